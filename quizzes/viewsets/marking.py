"""The desk of those who mark: what waits, and one screen for each answer."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from quizzes import items, reports, services
from quizzes.errors import AnswerMoved, QuizError
from quizzes.kinds import points_in_words
from quizzes.marking_forms import MarkingForm, QueueForm, ReturnForm
from quizzes.models import AnswerFile, ItemMedia, MarkingTask
from quizzes.views import send_file

PER_PAGE = 50


class MarkersOnly:
    """For those who may mark answers."""

    request: Any
    kwargs: dict[str, Any]

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("quizzes.mark_response"):
            raise PermissionDenied
        return never_cache(super().dispatch)(request, *args, **kwargs)  # type: ignore[misc]

    @cached_property
    def task(self) -> MarkingTask:
        """The answer: not found where it is the marker's own."""
        tasks = MarkingTask.objects.select_related(
            "quiz", "attempt_item__attempt__learner", "attempt_item__version", "attempt_item__response"
        )
        return get_object_or_404(tasks.exclude(attempt_item__attempt__learner=self.request.user), pk=self.kwargs["pk"])


class QueueView(MarkersOnly, WagtailAdminTemplateMixin, TemplateView):
    """Waiting answers, the oldest first."""

    page_title = gettext_lazy("Answers to mark")
    header_icon = "edit"
    template_name = "quizzes/admin/marking_queue.html"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        form = QueueForm(self.request.GET)
        waiting = reports.queue_of(self.request.user, **_filters(form))
        page = Paginator(waiting, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            form=form, page_obj=page, filters=_query(form), is_filtered=bool(_query(form)), **kwargs
        )


def _filters(form: QueueForm) -> dict[str, Any]:
    """What the form says, without what it cannot say."""
    form.is_valid()
    quiz = form.cleaned_data.get("quiz")
    return {"quiz": quiz.pk if quiz else None, "show": form.cleaned_data.get("show", "")}


def _query(form: QueueForm) -> str:
    chosen = {name: value for name, value in _filters(form).items() if value}
    return f"?{urlencode(chosen)}" if chosen else ""


class MarkingView(MarkersOnly, WagtailAdminTemplateMixin, TemplateView):
    """One answer with what it was asked, and the form that marks it. POST `go`: next, draft, return or take_back."""

    page_title = gettext_lazy("Mark an answer")
    header_icon = "edit"
    template_name = "quizzes/admin/marking.html"

    @cached_property
    def filters(self) -> QueueForm:
        return QueueForm(self.request.GET)

    def get_breadcrumbs_items(self):
        index = reverse("marking:index") + _query(self.filters)
        return [
            *self.breadcrumbs_items,
            {"url": index, "label": _("Answers to mark")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs):
        task = self.task
        attempt, response = task.attempt_item.attempt, task.attempt_item.response
        spec: Any = task.attempt_item.version.spec
        draft = reports.newest_draft(task, self.request.user, response.revision)
        given = kwargs["form"].levels if "form" in kwargs else (draft.levels if draft else {})
        finals = reports.finals_of(task, response.revision)
        files = reports.files_of(attempt) if spec.kind == "upload" else {}
        kwargs.setdefault("form", self._form(draft, response.revision))
        kwargs.setdefault("return_form", ReturnForm(initial={"revision": response.revision}))
        waiting = reports.queue_of(self.request.user, **_filters(self.filters))
        return super().get_context_data(
            task=task,
            attempt=attempt,
            stem=reports.shown(spec.stem, get_language()),
            notes=reports.shown(spec.notes, get_language()),
            media_url=reverse("marking:media", args=[task.pk, "-"]).removesuffix("-"),
            text=response.value.get("text", "") if isinstance(response.value, dict) else "",
            words=len(response.value.get("text", "").split()) if isinstance(response.value, dict) else 0,
            spec=spec,
            files=[files[token] for token in response.value.get("files", ()) if token in files],
            rubric=reports.rubric_of(spec, get_language(), given),
            max_marks=spec.points * items.HUNDREDTHS,
            returns=list(task.returns.order_by("pk")),
            # Who gives the second mark does not see the first one; who decides sees both.
            others=finals if task.state == MarkingTask.State.THIRD else [],
            is_marked_by_me=any(final.marker_id == self.request.user.pk for final in finals),
            can_mark=self._can_mark(),
            waiting=waiting.count(),
            filters=_query(self.filters),
            **kwargs,
        )

    def _can_mark(self) -> bool:
        return reports.queue_of(self.request.user).filter(pk=self.task.pk).exists()

    def _form(self, draft: Any, revision: int) -> MarkingForm:
        initial: dict[str, Any] = {"revision": revision}
        if draft is not None:
            initial["comment"] = draft.comment
            if draft.marks is not None:
                initial["points"] = points_in_words(draft.marks)
        return MarkingForm(initial=initial)

    def post(self, request, *args, **kwargs):
        go = request.POST.get("go", "")
        act = {"return": self._return, "take_back": self._take_back}.get(go, self._mark)
        try:
            return act(go)
        except AnswerMoved as error:
            messages.warning(request, str(error))
            return redirect(reverse("marking:index") + _query(self.filters))

    def _mark(self, go: str):
        form = MarkingForm(self.request.POST)
        is_final = go != "draft"
        if form.is_valid():
            try:
                services.save_marking(
                    self.task,
                    actor=self.request.user,
                    revision=form.cleaned_data["revision"],
                    levels=form.levels,
                    marks=form.marks,
                    comment=form.cleaned_data["comment"],
                    is_final=is_final,
                )
            except AnswerMoved:
                raise
            except QuizError as error:
                form.add_error(None, str(error))
        if form.errors:
            return self.render_to_response(self.get_context_data(form=form), status=400)
        if not is_final:
            messages.success(self.request, _("Kept as a draft. Nobody but you sees it."))
            return redirect(self.request.get_full_path())
        return self._next()

    def _next(self):
        following = reports.queue_of(self.request.user, **_filters(self.filters))
        after = following.exclude(pk=self.task.pk).first()
        if after is None:
            messages.success(self.request, _("Marked. Nothing else waits here."))
            return redirect(reverse("marking:index") + _query(self.filters))
        messages.success(self.request, _("Marked. This is the next one."))
        return redirect(reverse("marking:mark", args=[after.pk]) + _query(self.filters))

    def _return(self, go: str):
        form = ReturnForm(self.request.POST)
        if form.is_valid():
            try:
                services.return_answer(
                    self.task,
                    actor=self.request.user,
                    revision=form.cleaned_data["revision"],
                    reason=form.cleaned_data["reason"],
                )
            except AnswerMoved:
                raise
            except QuizError as error:
                form.add_error(None, str(error))
        if form.errors:
            return self.render_to_response(self.get_context_data(return_form=form), status=400)
        messages.success(self.request, _("Sent back to the learner."))
        return redirect(reverse("marking:index") + _query(self.filters))

    def _take_back(self, go: str):
        services.take_back_return(self.task, actor=self.request.user)
        messages.success(self.request, _("The learner can no longer change it. You can mark it now."))
        return redirect(self.request.get_full_path())


class MarkedFileView(MarkersOnly, View):
    """A file of an answer, for those who mark it. Without names, its name says nothing either."""

    def get(self, request, pk, token):
        task = self.task
        answer = get_object_or_404(AnswerFile, token=token, attempt_item=task.attempt_item_id)
        name = answer.name
        if task.is_blind:
            name = f"{_('answer')}.{answer.name.rpartition('.')[2]}"
        return send_file(answer, name=name)


class MarkedMediaView(MarkersOnly, View):
    """A picture of the question that is marked."""

    def get(self, request, pk, token):
        if token not in {media.key for media in self.task.attempt_item.version.spec.media}:
            raise Http404
        return send_file(get_object_or_404(ItemMedia, token=token))


class MarkingMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("quizzes.mark_response")


class MarkingViewSet(ViewSet):
    icon = "edit"
    menu_label = gettext_lazy("Answers to mark")
    menu_item_class = MarkingMenuItem

    def get_urlpatterns(self):
        return [
            path("", QueueView.as_view(), name="index"),
            path("<int:pk>/", MarkingView.as_view(), name="mark"),
            path("<int:pk>/file/<str:token>", MarkedFileView.as_view(), name="file"),
            path("<int:pk>/media/<str:token>", MarkedMediaView.as_view(), name="media"),
        ]
