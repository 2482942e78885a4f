"""The desk of those who grade again: which question, what it would change, and what was decided before."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from quizzes import services
from quizzes.errors import QuizError
from quizzes.marking_forms import ReasonForm, RegradeForm
from quizzes.models import Item, ItemVersion, Quiz, Regrade

SHOWN_LINES = 200


class RegradersOnly(WagtailAdminTemplateMixin, TemplateView):
    """A page for those who may grade attempts again."""

    header_icon = "rotate"
    page_title = gettext_lazy("Grade again")

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("quizzes.regrade_attempt"):
            raise PermissionDenied
        return never_cache(super().dispatch)(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        return self.render_to_response(self.get_context_data())

    @cached_property
    def quiz(self) -> Quiz:
        return get_object_or_404(Quiz, pk=self.kwargs["quiz"])

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("quizzes_admin:inspect", args=[self.quiz.pk]), "label": str(self.quiz)},
            {"url": reverse("regrading:index", args=[self.quiz.pk]), "label": _("Grade again")},
            {"url": "", "label": self.get_page_subtitle() or self.get_page_title()},
        ]

    @property
    def may_lower(self) -> bool:
        return self.request.user.has_perm("quizzes.void_attempt")


class RegradingIndexView(RegradersOnly):
    """Every question that the quiz has asked, and every decision about one."""

    template_name = "quizzes/admin/regrading_index.html"

    def get_context_data(self, **kwargs):
        asked = (
            Item.objects.filter(versions__attempt_items__attempt__quiz=self.quiz)
            .annotate(asked=Count("versions__attempt_items__attempt", distinct=True))
            .order_by("code")
        )
        decisions = Regrade.objects.filter(quiz=self.quiz).select_related("item", "actor", "undone_by").order_by("-pk")
        return super().get_context_data(quiz=self.quiz, asked=asked, decisions=decisions, **kwargs)


class RegradeView(RegradersOnly):
    """GET: choose how a question counts, then see what it would change. POST: do what was seen."""

    template_name = "quizzes/admin/regrade.html"

    @cached_property
    def item(self) -> Item:
        asked = Item.objects.filter(versions__attempt_items__attempt__quiz=self.quiz).distinct()
        return get_object_or_404(asked.select_related("current_version"), pk=self.kwargs["item"])

    def get_page_subtitle(self):
        return self.item.code

    def _form(self, data: Any) -> RegradeForm:
        versions = ItemVersion.objects.filter(item=self.item).order_by("-pk")
        form = RegradeForm(data, versions=versions)
        if self.item.kind in Item.MARKED_BY_PERSON:
            form.fields["action"].choices = [  # type: ignore[attr-defined]
                choice for choice in Regrade.Action.choices if choice[0] != Regrade.Action.KEY
            ]
            del form.fields["version"]
        if not self.may_lower:
            del form.fields["may_lower"]
        return form

    def _how(self, form: RegradeForm) -> dict[str, Any]:
        """What the form decided, for the services."""
        return {
            "action": form.cleaned_data["action"],
            "version": form.cleaned_data.get("version"),
            "may_lower": form.cleaned_data.get("may_lower", False),
        }

    def get_context_data(self, **kwargs):
        form = self._form(self.request.GET or None)
        plan = None
        if form.is_bound and form.is_valid():
            try:
                plan = services.plan_regrade(self.quiz, self.item, **self._how(form))
            except QuizError as error:
                form.add_error(None, str(error))
        kwargs.setdefault("reason_form", ReasonForm())
        return super().get_context_data(
            quiz=self.quiz,
            item=self.item,
            form=form,
            plan=plan,
            lines=plan.lines[:SHOWN_LINES] if plan else (),
            more=max(len(plan.lines) - SHOWN_LINES, 0) if plan else 0,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        form, reason_form = self._form(request.GET), ReasonForm(request.POST)
        if not form.is_valid() or not reason_form.is_valid():
            return self.render_to_response(self.get_context_data(reason_form=reason_form), status=400)
        try:
            services.apply_regrade(
                self.quiz,
                self.item,
                actor=request.user,
                reason=reason_form.cleaned_data["reason"],
                digest=request.POST.get("digest", ""),
                **self._how(form),
            )
        except QuizError as error:
            messages.warning(request, str(error))
            return redirect(request.get_full_path())
        messages.success(request, _("The question counts as decided. It can be undone below."))
        return redirect("regrading:index", self.quiz.pk)


class RegradeUndoView(RegradersOnly):
    """GET: what undoing would change. POST: undo."""

    template_name = "quizzes/admin/regrade.html"
    page_title = gettext_lazy("Undo a regrading")

    @cached_property
    def decision(self) -> Regrade:
        decisions = Regrade.objects.select_related("quiz", "item").filter(undone_at=None)
        return get_object_or_404(decisions, pk=self.kwargs["pk"], quiz=self.kwargs["quiz"])

    def get_page_subtitle(self):
        return self.decision.item.code

    @property
    def lowers(self) -> bool:
        return self.may_lower and self.request.GET.get("may_lower") == "on"

    def get_context_data(self, **kwargs):
        plan, refusal = None, ""
        try:
            plan = services.plan_undo(self.decision, may_lower=self.lowers)
        except QuizError as error:
            refusal = str(error)
        kwargs.setdefault("reason_form", ReasonForm())
        return super().get_context_data(
            quiz=self.quiz,
            item=self.decision.item,
            decision=self.decision,
            plan=plan,
            refusal=refusal,
            lowers=self.lowers,
            may_lower=self.may_lower,
            lines=plan.lines[:SHOWN_LINES] if plan else (),
            more=max(len(plan.lines) - SHOWN_LINES, 0) if plan else 0,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        reason_form = ReasonForm(request.POST)
        if not reason_form.is_valid():
            return self.render_to_response(self.get_context_data(reason_form=reason_form), status=400)
        try:
            services.undo_regrade(
                self.decision,
                actor=request.user,
                reason=reason_form.cleaned_data["reason"],
                may_lower=self.lowers,
                digest=request.POST.get("digest", ""),
            )
        except QuizError as error:
            messages.warning(request, str(error))
            return redirect(request.get_full_path())
        messages.success(request, _("Undone. The question counts as it did before."))
        return redirect("regrading:index", self.quiz.pk)


class RegradingViewSet(ViewSet):
    """Reached from the results of a quiz."""

    def get_urlpatterns(self):
        return [
            path("<int:quiz>/", RegradingIndexView.as_view(), name="index"),
            path("<int:quiz>/item/<int:item>/", RegradeView.as_view(), name="regrade"),
            path("<int:quiz>/undo/<int:pk>/", RegradeUndoView.as_view(), name="undo"),
        ]
