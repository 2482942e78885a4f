"""Quizzes and how they go; attempts to read, and to void; extra time."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from quizzes import reports, services
from quizzes.errors import QuizError
from quizzes.forms import VoidForm
from quizzes.models import Accommodation, Attempt, Quiz
from quizzes.viewsets.figures import QuizExportView, QuizResultsView, QuizStatisticsView, pass_mark_in_words
from quizzes.viewsets.pages import KeptDeleteView, KeptViewSet, RowPage
from quizzes.viewsets.quiz_panels import quiz_panels
from quizzes.viewsets.versions import QuizVersionsView


def say_pass_mark(request, quiz: Quiz) -> Quiz:
    """Say what passing the quiz that was just saved takes."""
    messages.info(request, _("To pass: %(mark)s.") % {"mark": pass_mark_in_words(quiz)})
    return quiz


class QuizAddView(generic.CreateView):
    def save_instance(self):
        return say_pass_mark(self.request, super().save_instance())


class QuizEditView(generic.EditView):
    def save_instance(self):
        return say_pass_mark(self.request, super().save_instance())


class QuizIndexView(generic.IndexView):
    def get_base_queryset(self):
        quizzes = super().get_base_queryset().annotate(item_count=Count("quiz_items"))
        return quizzes.prefetch_related("sections__items", "sections__draws")


class QuizPreviewView(RowPage):
    """The quiz as a learner gets it, with the questions of one draw; nothing is started, sent or kept."""

    def get(self, request, *args, **kwargs):
        language = kwargs["language"]
        if language not in dict(settings.LANGUAGES):
            raise Http404
        with override(language):
            media_url = reverse("quiz-items:file", args=["-"]).removesuffix("-")
            try:
                questions = services.preview_quiz(self.object, language=language, media_url=media_url)
            except QuizError as error:
                questions = []
                messages.warning(request, str(error))
            context = {
                "quiz": self.object,
                "opening": services.opening_of(self.object, None, language=language),
                "questions": questions,
                "sample": Attempt(behaviour=self.object.behaviour),
                "languages": [entry for entry in settings.LANGUAGES if entry[0] != language],
            }
            return TemplateResponse(request, "quizzes/admin/quiz_preview.html", context).render()


class QuizViewSet(KeptViewSet):
    model = Quiz
    icon = "clipboard-list"
    menu_label = gettext_lazy("Quizzes")
    left_out = frozenset({"usage"})
    add_to_reference_index = True
    index_view_class = QuizIndexView
    add_view_class = QuizAddView
    edit_view_class = QuizEditView
    inspect_view_class = QuizResultsView
    delete_view_class = KeptDeleteView
    list_display = [
        "__str__",
        "code",
        Column("item_count", label=gettext_lazy("Items")),
        Column("asked", label=gettext_lazy("Asked each time"), accessor=reports.asked_count),
        Column("pass_mark_percent", label=gettext_lazy("Pass mark (percent)")),
    ]
    search_fields = ["code", "title__en", "title__es"]
    search_backend_name = None
    edit_handler = quiz_panels()

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("pin/<int:pk>/", self.page(QuizVersionsView), name="pin"),
            path("preview/<int:pk>/<slug:language>/", self.page(QuizPreviewView), name="preview"),
            path("statistics/<int:pk>/", self.page(QuizStatisticsView), name="statistics"),
            path("export/<int:pk>/<str:what>.<str:format>", self.page(QuizExportView), name="export"),
        ]


class AttemptIndexView(generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("learner", "quiz").order_by("-pk")


class AttemptInspectView(RowPage):
    """What was asked, answered and earned. Read-only; with the right to, the attempt can be voided."""

    template_name = "quizzes/admin/attempt.html"
    page_title = gettext_lazy("Attempt")

    @cached_property
    def object(self):
        return get_object_or_404(
            Attempt.objects.select_related("learner", "quiz", "voided_by", "honesty"), pk=self.kwargs["pk"]
        )

    def get_page_subtitle(self):
        return f"{self.object.learner}: {self.object.quiz}"

    @property
    def may_void(self):
        return self.request.user.has_perm("quizzes.void_attempt") and self.object.state != Attempt.State.VOIDED

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", VoidForm())
        kwargs.setdefault("reopen_form", VoidForm(auto_id="reopen_%s"))
        # Whoever may look at an attempt may still be about to take one like it: no key before it is closed.
        questions = () if self.object.is_open else reports.record_of(self.object, language=get_language())
        return super().get_context_data(
            questions=questions,
            parts=list(reports.reviewed_parts(self.object, questions, get_language())) if questions else (),
            gradings=self.object.gradings.select_related("actor").order_by("number"),
            may_void=self.may_void,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        if not request.user.has_perm("quizzes.void_attempt"):
            raise PermissionDenied
        if request.POST.get("act") == "reopen":
            return self._reopen(request)
        form = VoidForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            services.void_attempt(self.object, actor=request.user, reason=form.cleaned_data["reason"])
        except QuizError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The attempt no longer counts."))
        return redirect(request.path)

    def _reopen(self, request):
        form = VoidForm(request.POST, auto_id="reopen_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(reopen_form=form))
        try:
            fresh = services.reopen_attempt(self.object, actor=request.user, reason=form.cleaned_data["reason"])
        except QuizError as error:
            messages.error(request, str(error))
            return redirect(request.path)
        messages.success(request, _("The learner can go on with it. This is the new attempt."))
        return redirect(reverse("attempts:inspect", args=[fresh.pk]))


class AttemptViewSet(KeptViewSet):
    model = Attempt
    icon = "list-ol"
    menu_label = gettext_lazy("Attempts")
    left_out = frozenset({"add", "edit", "delete", "usage", "history", "history_results"})
    index_view_class = AttemptIndexView
    inspect_view_class = AttemptInspectView
    form_fields: list[str] = []
    list_display = [
        Column("learner", label=gettext_lazy("Learner")),
        "quiz",
        "number",
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
        Column("points", label=gettext_lazy("Points"), accessor=reports.marks_in_words),
        "submitted_at",
    ]
    list_filter = ["quiz", "state"]


class AccommodationViewSet(ModelViewSet):
    """Extra time of people: for those who look after them."""

    model = Accommodation
    icon = "time"
    menu_label = gettext_lazy("Extra time")
    add_to_reference_index = False
    copy_view_enabled = False
    list_display = [Column("learner", label=gettext_lazy("Learner")), "extra_time_percent", "is_untimed", "changed_at"]
    search_backend_name = None
    panels = [
        FieldPanel("learner"),
        FieldRowPanel([FieldPanel("extra_time_percent"), FieldPanel("is_untimed")]),
        FieldPanel("breaks_minutes"),
        FieldPanel("reason"),
        HelpPanel(gettext_lazy("Holds at once and everywhere, also in a quiz that is being taken.")),
    ]
