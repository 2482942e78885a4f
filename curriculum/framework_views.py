"""Frameworks in and out in the CMS: bring in a file after a look at what it would do, write one out, link two.

Rights are those on frameworks: who may look may write one out and read crosswalks, who may change may do the rest.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from curriculum import crosswalks, exporting, importing
from curriculum.errors import CurriculumError, FrameworkFileError
from curriculum.forms import ConfirmForm, FrameworkFileForm, ProposeLinkForm
from curriculum.models import CompetencyFramework, CompetencyLink

LOOK = ["view", "add", "change"]


class FrameworkDeskView(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    """A page of the CMS about frameworks, with the way back to their list."""

    model: Any = CompetencyFramework
    index_url_name: Any = None
    header_icon = "list-ul"
    request: Any
    breadcrumbs_items: Any

    def above(self) -> list[dict[str, str]]:
        """Pages between the list of frameworks and this one."""
        return []

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("competencyframework:index"), "label": _("Competency frameworks")},
            *self.above(),
            {"url": "", "label": self.get_page_title()},
        ]


# --- In -----------------------------------------------------------------------------------------------------------


class ImportView(FrameworkDeskView, FormView):
    """Take a file, and refuse it at once with a line for each fault where it cannot be read."""

    permission_required = "change"
    page_title = gettext_lazy("Bring in a framework")
    template_name = "curriculum/admin/import.html"
    form_class = FrameworkFileForm

    def form_valid(self, form):
        file = form.cleaned_data["file"]
        try:
            importing.keep_upload(self.request.user, content=file.read(), file_name=file.name)
        except FrameworkFileError as error:
            return self.render_to_response(self.get_context_data(form=form, file_name=file.name, faults=error.faults))
        return redirect("competencyframework:import_confirm")


class ImportConfirmView(FrameworkDeskView, FormView):
    """Show what the file would do; do it when the person says so, and only if it still is what they saw."""

    permission_required = "change"
    page_title = gettext_lazy("What this file would do")
    template_name = "curriculum/admin/import_confirm.html"
    form_class: type[Form] = ConfirmForm

    def above(self):
        return [{"url": reverse("competencyframework:import"), "label": str(ImportView.page_title)}]

    upload: Any = None

    def dispatch(self, request, *args, **kwargs):
        self.upload = importing.upload_of(request.user)
        if self.upload is None and self.user_has_permission(self.permission_required):
            messages.warning(request, _("There is no file that waits. Choose one."))
            return redirect("competencyframework:import")
        return super().dispatch(request, *args, **kwargs)

    def _run(self, *, dry_run: bool) -> importing.ImportReport:
        return importing.import_framework(
            bytes(self.upload.content), file_name=self.upload.file_name, dry_run=dry_run, actor=self.request.user
        )

    def get_context_data(self, **kwargs):
        try:
            shown: dict[str, Any] = {"report": self._run(dry_run=True)}
        except FrameworkFileError as error:
            shown = {"faults": error.faults}
        return super().get_context_data(file_name=self.upload.file_name, **shown, **kwargs)

    def form_valid(self, form):
        if "drop" in self.request.POST:
            importing.drop_upload(self.request.user)
            messages.success(self.request, _("The file was put aside. Nothing was changed."))
            return redirect("competencyframework:index")
        try:
            seen = self.request.POST.get("digest")
            if self._run(dry_run=True).digest != seen:
                messages.warning(self.request, _("The site changed in the meantime. Please look again."))
                return self.render_to_response(self.get_context_data(form=form))
            report = self._run(dry_run=False)
        except FrameworkFileError:
            return self.render_to_response(self.get_context_data(form=form))
        importing.drop_upload(self.request.user)
        messages.success(self.request, _("“%(name)s” is as the file says.") % {"name": report.name})
        framework = CompetencyFramework.objects.get(code=report.code)
        return redirect("competencyframework:inspect", framework.pk)


# --- Out ----------------------------------------------------------------------------------------------------------


class ExportView(PermissionCheckedMixin, View):
    """One framework as a file to download."""

    model: Any = CompetencyFramework
    any_permission_required = LOOK
    TYPES = {"case": ("application/json", "json"), "csv": ("text/csv; charset=utf-8", "csv")}

    def get(self, request, pk, format):
        framework = get_object_or_404(CompetencyFramework, pk=pk)
        if format not in self.TYPES:
            raise Http404
        content_type, suffix = self.TYPES[format]
        content = exporting.export_framework(framework.code, format=format)
        disposition = f'attachment; filename="{framework.code}.{suffix}"'
        return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})


# --- Between two --------------------------------------------------------------------------------------------------


class CrosswalkIndexView(FrameworkDeskView, TemplateView):
    """Pairs of frameworks that have links, and a way to any other pair."""

    any_permission_required = LOOK
    page_title = gettext_lazy("Crosswalks")
    template_name = "curriculum/admin/crosswalk_index.html"

    def get(self, request, *args, **kwargs):
        chosen = [request.GET.get(name, "") for name in ("left", "right")]
        if all(chosen):
            # No key is longer; a longer number is none.
            keys = {int(key) for key in chosen if key.isdecimal() and len(key) < 19}
            if CompetencyFramework.objects.filter(pk__in=keys).count() == 2:
                return redirect("competencyframework:crosswalk", *chosen)
            messages.warning(request, _("Choose two different frameworks."))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        frameworks = CompetencyFramework.objects.filter(archived_at=None).order_by("code")
        return super().get_context_data(pairs=crosswalks.pairs(), frameworks=frameworks, **kwargs)


class CrosswalkView(FrameworkDeskView, FormView):
    """Two frameworks side by side: every competency with its links, or a gap. A person confirms each link."""

    any_permission_required = LOOK
    template_name = "curriculum/admin/crosswalk.html"
    form_class = ProposeLinkForm

    def above(self):
        return [
            {"url": reverse("competencyframework:crosswalks"), "label": str(CrosswalkIndexView.page_title)},
        ]

    def get_page_title(self):
        return f"{self.left.code} – {self.right.code}"

    @cached_property
    def left(self):
        return get_object_or_404(CompetencyFramework, pk=self.kwargs["left"])

    @cached_property
    def right(self):
        if self.kwargs["left"] == self.kwargs["right"]:
            raise Http404
        return get_object_or_404(CompetencyFramework, pk=self.kwargs["right"])

    @cached_property
    def may_change(self) -> bool:
        return self.user_has_permission("change")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "left": self.left, "right": self.right}

    def get_context_data(self, **kwargs):
        crosswalk = crosswalks.crosswalk_of(self.left, self.right)
        swap = reverse("competencyframework:crosswalk", args=[self.right.pk, self.left.pk])
        return super().get_context_data(crosswalk=crosswalk, may_change=self.may_change, swap_url=swap, **kwargs)

    def get_success_url(self):
        return reverse("competencyframework:crosswalk", args=[self.left.pk, self.right.pk])

    def post(self, request, *args, **kwargs):
        if not self.may_change:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            crosswalks.propose_link(**form.cleaned_data, actor=self.request.user)
        except CurriculumError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The link is proposed."))
        return super().form_valid(form)


class LinkDeedView(PermissionCheckedMixin, View):
    """Confirm or withdraw one link, by a button beside it."""

    model: Any = CompetencyFramework
    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request, pk, deed):
        link = get_object_or_404(CompetencyLink.objects.select_related("origin", "destination"), pk=pk)
        deeds = {
            "confirm": (crosswalks.confirm_link, _("You confirmed the link.")),
            "withdraw": (crosswalks.withdraw_link, _("The link was withdrawn.")),
        }
        if deed not in deeds:
            raise Http404
        do, sentence = deeds[deed]
        try:
            do(link, actor=request.user)
        except CurriculumError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, sentence)
        ends = [link.origin.framework_id, link.destination.framework_id]
        # Back to the side the person looked from; anything else in the field is not listened to.
        if request.POST.get("left") == str(ends[1]):
            ends.reverse()
        return redirect("competencyframework:crosswalk", *ends)
