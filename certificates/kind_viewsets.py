"""Letters and programs in the CMS: a queue of requests to decide on, and the courses that make a program."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from certificates import reports, services
from certificates.errors import CertificateError
from certificates.kind_forms import DecideLetterForm, ProgramForm, StaffLetterForm
from certificates.models import Certificate, LetterRequest, Program
from certificates.viewsets import ActOfService, DecideOnce, NeverView, WrittenOncePolicy
from people.spreadsheets import SafeExport

RIGHT = "certificates.issue_letter"


class LetterPolicy(WrittenOncePolicy):
    """Who may issue letters reads, asks and decides; others see nothing of it."""

    acts = {"add": RIGHT, "change": RIGHT, "view": RIGHT}

    def user_has_permission(self, user, action):
        return action in self.acts and user.is_active and user.has_perm(self.acts[action])


class LetterIndexView(SafeExport, generic.IndexView):
    """What waits first: the register of letters asked for, issued and refused."""

    page_title = gettext_lazy("Letters")
    add_item_label = gettext_lazy("Ask for a person")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("learner", "decided_by")

    def get_edit_url(self, instance):
        return None if instance.decision else super().get_edit_url(instance)

    def get_delete_url(self, instance):
        return None

    def get_copy_url(self, instance):
        return None

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if instance.decision == LetterRequest.Decision.ISSUED:
            url = reverse("letterrequest:file", args=[instance.pk])
            buttons.append(MenuItem(_("Open the letter (PDF)"), url=url, icon_name="doc-full", priority=10))
        return buttons


class LetterFileView(View):
    """The issued letter, the newest of its line: to print, sign and put into an envelope. Noted in the log."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not LetterPolicy(LetterRequest).user_has_permission(request.user, "view"):
            raise Http404
        letter = get_object_or_404(Certificate, request=pk, superseded_by=None)
        try:
            content = services.pdf_of(letter)
        except CertificateError as error:
            messages.error(request, str(error))
            return redirect("letterrequest:index")
        log(instance=letter, action="certificates.download")
        return HttpResponse(content, content_type="application/pdf", headers={"Cache-Control": "no-store"})


class AskForLetterView(ActOfService, generic.CreateView):
    """A person cannot ask herself: on paper, by telephone."""

    page_title = gettext_lazy("Ask for a letter")
    submit_button_label = gettext_lazy("Put it in the queue")
    success_message = gettext_lazy("In the queue: %(object)s.")
    error_message = gettext_lazy("Nothing was written: please look at the form.")

    def save_instance(self):
        data = self.form.cleaned_data
        request = services.request_letter(
            data["learner"],
            addressee=data["addressee"],
            organization=data["board"],
            since=data["since"],
            until=data["until"],
            language=data["language"],
            note=data["note"],
            actor=self.request.user,
        )
        log(instance=request, action="certificates.ask_letter")
        return request


class DecideLetterView(DecideOnce):
    """The letter as it would be, and what becomes of it."""

    page_title = gettext_lazy("Decide on a letter")
    template_name = "certificates/admin/letter.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        try:
            made = services.letter_preview(self.object, now=timezone.now())
        except CertificateError as error:
            return context | {"fault": str(error)}
        return context | {"facts": reports.facts_of(made)}

    def save_instance(self):
        data, actor = self.form.cleaned_data, self.request.user
        if data["verdict"] == "refuse":
            refused = services.refuse_letter(self.object.pk, actor=actor, reason=data["why"])
            log(instance=refused, action="certificates.refuse_letter", data={"reason": refused.decision_reason})
            self.said = _("Refused. The person reads your reason.")
            return refused
        letter = services.issue_letter(self.object.pk, actor=actor, signatory=data["signatory"])
        log(instance=self.object, action="certificates.issue_letter", data={"letter": str(letter.public_id)})
        self.said = _("Issued: %(letter)s. The person gets a mail.") % {"letter": letter.recipient_name}
        return self.object

    def get_success_message(self):
        return self.said


def state_in_words(request) -> str:
    """Waiting, or what was decided."""
    return request.get_decision_display() if request.decision else _("waiting")


class LetterViewSet(ModelViewSet):
    """Requests for letters: a queue, then a register."""

    model = LetterRequest
    icon = "mail"
    menu_label = gettext_lazy("Letters")
    index_view_class = LetterIndexView
    add_view_class = AskForLetterView
    edit_view_class = DecideLetterView
    delete_view_class = NeverView
    permission_policy = LetterPolicy(LetterRequest)
    list_display = [
        "learner",
        "addressee",
        Column("requested_at", label=gettext_lazy("Asked on"), sort_key="requested_at"),
        Column("state", label=gettext_lazy("State"), accessor=state_in_words),
        "decided_by",
    ]
    list_export = [
        "public_id", "learner.email", "learner.printed_name", "addressee", "requested_at", "decision", "decided_at",
        "decided_by", "decision_reason",
    ]  # fmt: skip
    list_filter = ["decision", "requested_at"]
    search_fields = ["learner__email", "learner__printed_name", "addressee"]
    ordering = ["decision", "-requested_at"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update=False):
        return DecideLetterForm if for_update else StaffLetterForm

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("file/<int:pk>/", LetterFileView.as_view(), name="file")]

    @cached_property
    def edit_view(self):
        return self.construct_view(DecideLetterView, **self.get_edit_view_kwargs() | {"panel": None})


class ProgramViewSet(ModelViewSet):
    """Programs: courses that together earn one certificate more."""

    model = Program
    icon = "list-ul"
    menu_label = gettext_lazy("Programs")
    delete_view_class = NeverView
    list_display = ["name", "code", BooleanColumn("is_open", label=gettext_lazy("Issues certificates"))]
    search_fields = ["code"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update=False):
        return ProgramForm
