"""What is done to entries of the register in the CMS, one deed a view; and approvals from files and into them."""

import base64
import binascii
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from curriculum import previews, register
from curriculum.approval_forms import ApprovalFileForm, EndForm, VoidForm, WithdrawForm
from curriculum.approval_imports import COLUMNS, export_approvals, import_approvals
from curriculum.change_views import ChangeView
from curriculum.models import ProviderApproval

# --- Deeds --------------------------------------------------------------------------------------------------------


class EntryDeed(ChangeView):
    """A deed on one entry."""

    index_url_name: Any = None
    inspect_url_name: Any = None

    @cached_property
    def object(self):
        return get_object_or_404(self.model, pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return str(self.object)

    def get_initial(self):
        return {"as_of": previews.day_to_judge_on(self.object, timezone.localdate())}

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.model._meta.verbose_name_plural.capitalize()},
            {"url": self.back_url(), "label": str(self.object)},
            {"url": "", "label": self.get_page_title()},
        ]

    def about(self):
        return [self.object]

    def back_url(self):
        return reverse(self.inspect_url_name, args=[self.object.pk])


class PublishView(EntryDeed):
    page_title = gettext_lazy("Preview the change")
    question = gettext_lazy(
        "See first who would stand otherwise. Once it is published it counts for everybody, and it is never deleted."
    )
    submit_label = gettext_lazy("Publish")

    def proposal(self, data):
        entries = [self.object] if self.object.is_draft else []
        return previews.propose_publishing(entries, as_of=data["as_of"])

    def do(self, data):
        register.publish([self.object], actor=self.request.user)
        return _("Published: %(entry)s.") % {"entry": self.object}


class EndView(EntryDeed):
    page_title = gettext_lazy("End it")
    form_class = EndForm
    question = gettext_lazy("It holds until this day, and no longer. What was counted by it on earlier days stays.")
    submit_label = gettext_lazy("Yes, end it")

    def proposal(self, data):
        return previews.propose_closing(self.object, last_on=data["last_on"], as_of=data["as_of"])

    def do(self, data):
        register.close(self.object, last_on=data["last_on"], actor=self.request.user)
        return _("Ended: %(entry)s.") % {"entry": self.object}


class WithdrawView(EntryDeed):
    page_title = gettext_lazy("The authority withdrew it")
    form_class = WithdrawForm
    question = gettext_lazy(
        "The approval ends on the day before, and a new entry says that it was withdrawn. Activities of earlier days "
        "stay as they are."
    )
    submit_label = gettext_lazy("Yes, write it down")

    def proposal(self, data):
        return previews.propose_withdrawing(self.object, on=data["on"], as_of=data["as_of"])

    def do(self, data):
        withdrawal = register.withdraw_approval(
            self.object, on=data["on"], actor=self.request.user, note=data["note"], source_url=data["source_url"]
        )
        return _("Written down: %(entry)s.") % {"entry": withdrawal}


class VoidView(EntryDeed):
    page_title = gettext_lazy("It was a mistake")
    form_class = VoidForm
    question = gettext_lazy(
        "It counts no more, for no day, as if it had never been published. It stays in the list with your reason."
    )
    submit_label = gettext_lazy("Yes, void it")

    def proposal(self, data):
        return previews.propose_voiding(self.object, as_of=data["as_of"])

    def do(self, data):
        register.void(self.object, actor=self.request.user, reason=data["reason"])
        return _("Void: %(entry)s.") % {"entry": self.object}


class PublishAllView(ChangeView):
    """Every draft of an approval at once, such as those of a file."""

    page_title = gettext_lazy("Publish all drafts")
    question = gettext_lazy("All drafts of approvals are looked at, and published, together.")
    submit_label = gettext_lazy("Publish all")

    @cached_property
    def drafts(self):
        return list(ProviderApproval.objects.drafts().select_related("authority"))

    def proposal(self, data):
        return previews.propose_publishing(self.drafts, as_of=data["as_of"])

    def about(self):
        return list({draft.authority for draft in self.drafts})

    def do(self, data):
        count = len(register.publish(self.drafts, actor=self.request.user))
        return ngettext("%(count)s approval is published.", "%(count)s approvals are published.", count) % {
            "count": count
        }

    def back_url(self):
        return reverse("providerapproval:index")


# --- Files --------------------------------------------------------------------------------------------------------


class ImportView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """A file is checked and shown; what is confirmed is checked again and written as drafts, all or none."""

    model: Any = None
    permission_required = "change"
    page_title = gettext_lazy("Import approvals")
    template_name = "curriculum/admin/approval_import.html"
    form_class = ApprovalFileForm
    _show_breadcrumbs = True
    request: Any

    def get_breadcrumbs_items(self):
        label = ProviderApproval._meta.verbose_name_plural.capitalize()
        return [
            *self.breadcrumbs_items,
            {"url": reverse("providerapproval:index"), "label": label},
            {"url": "", "label": self.get_page_title()},
        ]

    def post(self, request, *args, **kwargs):
        if "content" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            content = base64.b64decode(request.POST["content"], validate=True)
        except (binascii.Error, ValueError):
            messages.error(request, _("The file did not arrive whole. Please choose it again."))
            return redirect(request.path)
        answer = import_approvals(content, actor=request.user)
        if answer.faults:
            return self._show(content, answer)
        count = len(answer.added)
        messages.success(
            request, ngettext("%(count)s draft is written.", "%(count)s drafts are written.", count) % {"count": count}
        )
        return redirect("providerapproval:index")

    def form_valid(self, form):
        content = form.cleaned_data["file"].read()
        return self._show(content, import_approvals(content, actor=self.request.user, is_dry_run=True))

    def _show(self, content, answer):
        return self.render_to_response(
            self.get_context_data(
                form=self.form_class(), answer=answer, content=base64.b64encode(content).decode("ascii")
            )
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(columns=COLUMNS, back_url=reverse("providerapproval:index"), **kwargs)


class ExportView(PermissionCheckedMixin, View):
    """The published approvals, in the form that the import reads."""

    model: Any = None
    permission_required: Any = "view"

    def get(self, request):
        approvals = ProviderApproval.objects.in_effect().select_related("authority")
        response = HttpResponse("\ufeff" + export_approvals(approvals), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="approvals.csv"'
        return response
