"""The form of a quiz: what is always needed is open, what has a sensible default is folded away."""

from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList, Panel

from quizzes import services
from quizzes.forms import QuizForm


class PoolPanel(Panel):
    """How many questions suit a draw that was saved, and how many of them people mark."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "quizzes/admin/_pool.html"

        def is_shown(self):
            return self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | {"suiting": services.suiting(self.instance)}


def quiz_panels() -> ObjectList:
    """Everything about a quiz, on one page."""
    return ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("code"),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("pass_mark_percent"), FieldPanel("attempt_limit")]),
                    FieldRowPanel([FieldPanel("competency_percent"), FieldPanel("counting")]),
                    HelpPanel(gettext_lazy("Attempts that are open or done keep the conditions they began with.")),
                ],
                heading=gettext_lazy("Conditions"),
            ),
            InlinePanel(
                "sections",
                heading=gettext_lazy("Questions"),
                label=gettext_lazy("Section"),
                help_text=gettext_lazy("One section is enough for most quizzes."),
                min_num=1,
                panels=[
                    InlinePanel(
                        "items",
                        heading=gettext_lazy("Items"),
                        label=gettext_lazy("Item"),
                        panels=[FieldPanel("item")],
                    ),
                    InlinePanel(
                        "draws",
                        heading=gettext_lazy("Random draws"),
                        label=gettext_lazy("Random draw"),
                        help_text=gettext_lazy("Drawn from approved items that this quiz does not list."),
                        panels=[
                            FieldRowPanel([FieldPanel("count"), FieldPanel("difficulty")]),
                            FieldPanel("bank"),
                            FieldPanel("competency"),
                            FieldRowPanel([FieldPanel("category"), FieldPanel("tag")]),
                            FieldPanel("can_take_marked"),
                            PoolPanel(),
                        ],
                    ),
                    MultiFieldPanel(
                        [
                            FieldPanel("title"),
                            FieldRowPanel([FieldPanel("draw_count"), FieldPanel("pass_mark_percent")]),
                            FieldPanel("shuffle_items"),
                        ],
                        heading=gettext_lazy("About this section"),
                    ),
                ],
            ),
            MultiFieldPanel(
                [
                    FieldPanel("behaviour"),
                    FieldPanel("navigation"),
                    FieldPanel("shuffle_choices"),
                    FieldPanel("aids_statement"),
                    FieldPanel("honesty_statement"),
                ],
                heading=gettext_lazy("How it is asked"),
                classname="collapsed",
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("time_limit_minutes"), FieldPanel("wait_minutes")]),
                    FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                ],
                heading=gettext_lazy("Time"),
                classname="collapsed",
            ),
            MultiFieldPanel(
                [FieldPanel("tell_marks"), FieldPanel("tell_feedback"), FieldPanel("tell_key")],
                heading=gettext_lazy("What is told when"),
                classname="collapsed",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("has_second_marker"),
                    FieldPanel("marking_difference_percent"),
                    FieldPanel("is_marked_blind"),
                    HelpPanel(gettext_lazy("For essays and files. Answers that wait keep how they were sent.")),
                ],
                heading=gettext_lazy("Marking by people"),
                classname="collapsed",
            ),
        ],
        base_form_class=QuizForm,
    )
