"""What people study: pages, one a language, tied together by their translation key. Content only, no rule.

What learners did hangs on the translation key (`course_key`, `lesson_key`), never on the page row of one language.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from courses.blocks import LessonBlocks, SourceBlocks
from curriculum.fields import TranslatedTextField
from curriculum.models import Competency


class CourseTopic(models.Model):
    """What a course is about, to find it by."""

    code = models.SlugField(_("code"), unique=True)
    name = TranslatedTextField(_("name"), max_length=100)
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["sort_order", "code"]

    def __str__(self) -> str:
        return str(self.name) or self.code


class HomePage(Page):
    """The front page of one language."""

    tagline = models.CharField(_("what this is, in one sentence"), max_length=200, blank=True)

    max_count_per_parent = 2
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CourseIndexPage"]
    content_panels = [*Page.content_panels, FieldPanel("tagline")]

    class Meta:
        verbose_name = _("front page")


class CourseIndexPage(Page):
    """The catalogue of one language."""

    intro = models.CharField(_("introduction"), max_length=300, blank=True)

    max_count_per_parent = 1
    parent_page_types = ["courses.HomePage"]
    subpage_types = ["courses.CoursePage"]
    content_panels = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("catalogue")


class CoursePage(Page):
    """A course in one language."""

    summary = models.CharField(_("summary"), max_length=200, blank=True)
    helps_with = models.CharField(_("what it helps with"), max_length=200, blank=True)
    objectives = models.TextField(
        _("objectives"), blank=True, help_text=_("One a line: what a learner can do after the course.")
    )
    picture = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    topics = ParentalManyToManyField(CourseTopic, blank=True, related_name="courses", verbose_name=_("topics"))
    is_sequential = models.BooleanField(
        _("lessons open in order"),
        default=True,
        help_text=_("The next lesson opens when the one before is done."),
    )
    minutes_basis = models.TextField(
        _("how the minutes were set"), blank=True, help_text=_("For example: reading speed, pilot timing and its date.")
    )
    sources = StreamField(SourceBlocks(), blank=True, verbose_name=_("sources"))

    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.ModulePage"]

    class Meta:
        verbose_name = _("course")


class ModulePage(Page):
    """A part of a course. Its minutes are split over competencies by its author; the split adds up to its lessons."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)
    objectives = models.TextField(_("objectives"), blank=True, help_text=_("One a line."))

    parent_page_types = ["courses.CoursePage"]
    subpage_types = ["courses.LessonPage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("objectives"),
        InlinePanel("competencies", label=_("competency")),
    ]

    class Meta:
        verbose_name = _("module")


class ModuleCompetency(models.Model):
    """So many minutes of a module count for this competency. Per framework they add up to the module's minutes."""

    module = ParentalKey(ModulePage, on_delete=models.CASCADE, related_name="competencies")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+", verbose_name=_("competency"))
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sort_order"]
        constraints = [
            models.UniqueConstraint(fields=["module", "competency"], name="modulecompetency_once_per_module"),
            models.CheckConstraint(condition=models.Q(minutes__gte=1), name="modulecompetency_has_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.minutes}"


class LessonPage(Page):
    """A sitting of a few minutes, in one language. With a quiz, it is done when the quiz is passed."""

    minutes = models.PositiveIntegerField(
        _("minutes"), default=5, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    body = StreamField(LessonBlocks(), blank=True, verbose_name=_("body"))
    quiz = models.ForeignKey(
        "quizzes.Quiz", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("quiz")
    )

    parent_page_types = ["courses.ModulePage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("minutes"), FieldPanel("body"), FieldPanel("quiz")]
    # The body goes to no index: lessons open only to those enrolled, and a search result would show their text.
    search_fields = [index.SearchField("title"), index.FilterField("live"), index.FilterField("path")]

    class Meta:
        verbose_name = _("lesson")
