"""Certificates in the CMS: lists to read, and two audited acts (adjust, revoke) that go through the services."""

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from certificates import papers, services
from certificates.codes import grouped
from certificates.errors import CertificateError
from certificates.forms import AdjustForm, ReplaceForm, RevokeForm
from certificates.models import Certificate, Issuer, Kind, LedgerEntry, Revocation
from people.durations import signed
from people.spreadsheets import SafeExport


class WrittenOncePolicy(ModelPermissionPolicy):
    """Rows that are read, never edited. `acts` names the one right by which a desk may add to them, if any."""

    acts: dict[str, str] = {}

    def user_has_permission(self, user, action):
        if action == "view":
            return super().user_has_permission(user, action)
        return action in self.acts and user.is_active and user.has_perm(self.acts[action])

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


class LedgerPolicy(WrittenOncePolicy):
    acts = {"add": "certificates.adjust_ledger"}


class CertificatePolicy(WrittenOncePolicy):
    acts = {"change": "certificates.revoke_certificate"}


# --- Ledger -------------------------------------------------------------------------------------------------------


class LedgerIndexView(SafeExport, generic.IndexView):
    """Every entry; nothing opens to be edited."""

    page_title = gettext_lazy("Hours ledger")
    add_item_label = gettext_lazy("Adjust hours")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("learner", "actor", "confirmed_by")

    def get_edit_url(self, instance):
        return None

    def get_delete_url(self, instance):
        return None

    def get_copy_url(self, instance):
        return None


class ActOfService:
    """An act at the desk that a service carries out: what it refuses is said above the form, and nothing was done."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except CertificateError as error:
            form.add_error(None, str(error))
            self.produced_error_code = "validation_error"
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def get_success_url(self):
        return reverse(self.index_url_name)


class ActOnce(ActOfService, generic.EditView):
    """An act on one row, which its form carries out once: who comes second is told, and nothing changes."""

    permission_required = "change"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.can_delete = False

    def done_before(self, rows: QuerySet) -> str:
        """What to say where the act on the row in `rows` (one or none) was done; empty where it was not."""
        raise NotImplementedError

    def dispatch(self, request, *args, **kwargs):
        if said := self.done_before(self.model._default_manager.filter(pk=unquote(str(kwargs["pk"])))):
            messages.warning(request, said)
            return redirect(self.index_url_name)
        return super().dispatch(request, *args, **kwargs)


class DecideOnce(ActOnce):
    """A decision on what somebody asked for."""

    submit_button_label = gettext_lazy("Decide")
    submit_button_active_label = gettext_lazy("Deciding…")
    error_message = gettext_lazy("Nothing was decided: please look at the form.")

    def done_before(self, rows):
        return _("Somebody decided this before. Nothing was changed.") if rows.exclude(decision="").exists() else ""


class AdjustView(ActOfService, generic.CreateView):
    """Adjust a person's hours."""

    page_title = gettext_lazy("Adjust hours")
    submit_button_label = gettext_lazy("Adjust the hours")
    submit_button_active_label = gettext_lazy("Adjusting…")
    error_message = gettext_lazy("The hours were not adjusted: please look at the form.")
    success_message = gettext_lazy("The hours were adjusted: %(object)s.")

    def save_instance(self):
        data = self.form.cleaned_data
        adds = data["minutes"] > 0
        entry = (services.propose_hours if adds else services.adjust_hours)(
            data["learner"],
            minutes=data["minutes"],
            shares=self.form.shares,
            reason=data["reason"],
            actor=self.request.user,
            provider_name=data["provider_name"],
            delivery=data["delivery"],
            component=data["component"],
            evidence=data["evidence"],
            earned_on=data["earned_on"],
        )
        if adds:
            self.success_message = _("Written down. The hours count when a second person confirms them: %(object)s.")
            log(instance=entry, action="certificates.propose", data={"reason": entry.reason, "minutes": entry.minutes})
            return entry
        log(instance=entry, action="certificates.adjust", data={"reason": entry.reason, "minutes": entry.minutes})
        return entry


class LedgerViewSet(ModelViewSet):
    """The hours ledger: read, searched, exported; adjusted by a named person."""

    model = LedgerEntry
    icon = "history"
    menu_label = gettext_lazy("Hours ledger")
    index_view_class = LedgerIndexView
    add_view_class = AdjustView
    permission_policy = LedgerPolicy(LedgerEntry)
    list_display = [
        "learner",
        Column("title", label=gettext_lazy("Activity")),
        Column("minutes", label=gettext_lazy("Time"), accessor=lambda entry: signed(entry.minutes)),
        Column("earned_on", label=gettext_lazy("Day"), sort_key="earned_on"),
        Column("kind", label=gettext_lazy("Kind"), accessor=lambda entry: entry.get_kind_display()),
        "actor",
        "reason",
    ]
    list_filter = ["kind", "delivery", "earned_on"]
    list_export = [
        "public_id", "learner.email", "learner.printed_name", "kind", "minutes", "earned_on", "recorded_at",
        "provider_name", "delivery", "component", "activity_key", "edition", "evidence", "reason", "actor",
        "confirmed_by",
    ]  # fmt: skip
    search_fields = ["learner__email", "learner__printed_name", "reason", "provider_name"]
    ordering = ["-recorded_at", "-pk"]
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update=False):
        return AdjustForm


# --- Certificates -------------------------------------------------------------------------------------------------


class CertificateIndexView(SafeExport, generic.IndexView):
    """Every certificate with its state."""

    page_title = gettext_lazy("Certificates")

    def get_base_queryset(self):
        revoked = Exists(Revocation.objects.filter(certificate=OuterRef("pk")))
        superseded = Exists(Certificate.objects.filter(supersedes=OuterRef("pk")))
        of_hours = Q(kind__in=[Kind.PERIOD, Kind.TRAINING_LETTER])
        return (
            super()
            .get_base_queryset()
            .defer("competency_minutes", "details")
            .annotate(
                is_revoked=revoked,
                is_superseded=superseded,
                # Its hours were taken back; whether it still stands is for a person to say.
                is_waiting=ExpressionWrapper(
                    (
                        Q(completion__reversed_at__isnull=False)
                        | Q(papers.lost_a_course())
                        | of_hours & Q(papers.lost_hours())
                    )
                    & ~Q(revoked)
                    & ~Q(superseded),
                    output_field=BooleanField(),
                ),
            )
        )

    @cached_property
    def columns(self):
        name, *others = super().columns
        name.accessor = lambda found: found.recipient_name or _("erased person")
        return [name, *others]

    def get_edit_url(self, instance):
        return None  # a name leads to reading, never straight to the one act that cannot be undone

    def get_delete_url(self, instance):
        return None

    def get_copy_url(self, instance):
        return None

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if not instance.is_revoked and not instance.is_superseded and self.user_has_permission("change"):
            url = reverse("certificate:replace", args=[instance.pk])
            buttons.append(MenuItem(_("Replace the certificate"), url=url, icon_name="rotate", priority=20))
            url = reverse(self.edit_url_name, args=[instance.pk])
            buttons.append(MenuItem(_("Take the certificate back"), url=url, icon_name="circle-xmark", priority=30))
        return buttons

    @cached_property
    def header_more_buttons(self):
        return [
            *super().header_more_buttons,
            Button(_("Many at once"), url=reverse("certificates_bulk"), icon_name="download", priority=60),
        ]


class CertificateInspectView(generic.InspectView):
    """All that a certificate states; from here it can be taken back."""

    def get_edit_url(self):
        return None  # else the path above the page would lead to the act under the certificate's name

    @cached_property
    def header_more_buttons(self):
        ended = Q(revocation__isnull=False) | Q(superseded_by__isnull=False)
        if not self.user_has_permission("change") or Certificate.objects.filter(ended, pk=self.object.pk).exists():
            return []
        url = reverse(self.edit_url_name, args=[self.object.pk])
        replace = reverse("certificate:replace", args=[self.object.pk])
        return [
            Button(_("Replace the certificate"), url=replace, icon_name="rotate", priority=5),
            Button(_("Take the certificate back"), url=url, icon_name="circle-xmark", priority=10),
        ]


def state_in_words(certificate) -> str:
    """Whether it stands, or waits for somebody to decide."""
    if certificate.is_revoked:
        return _("taken back")
    if certificate.is_superseded:
        return _("replaced by a newer one")
    if certificate.expires_on and certificate.expires_on < timezone.localdate():
        return _("expired")
    return _("stands, but its hours were taken back: please decide") if certificate.is_waiting else _("stands")


class RevokeView(ActOnce):
    """Take a certificate back: the only thing that can be done to one."""

    page_title = gettext_lazy("Take a certificate back")
    submit_button_label = gettext_lazy("Take the certificate back")
    submit_button_active_label = gettext_lazy("Taking it back…")
    error_message = gettext_lazy("The certificate was not taken back: please look at the form.")
    template_name = "certificates/admin/revoke.html"

    def done_before(self, rows):
        if rows.filter(revocation__isnull=False).exists():
            return _("This certificate was taken back before. Nothing was changed.")
        if rows.filter(superseded_by__isnull=False).exists():
            return _("A newer certificate took the place of this one. Nothing was changed.")
        return ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(code=grouped(self.object.code), **kwargs)

    def save_instance(self):
        reason = self.form.cleaned_data["reason"]
        services.revoke_certificate(self.object, actor=self.request.user, reason=reason)
        log(instance=self.object, action="certificates.revoke", data={"reason": reason})
        return self.object

    def get_success_message(self):
        return _("Taken back: %(certificate)s.") % {"certificate": self.object}


class ReplaceView(RevokeView):
    """Put a newer certificate in the place of this one: a correction, a new name, a renewal."""

    page_title = gettext_lazy("Replace a certificate")
    submit_button_label = gettext_lazy("Replace the certificate")
    submit_button_active_label = gettext_lazy("Replacing…")
    error_message = gettext_lazy("The certificate was not replaced: please look at the form.")
    template_name = "certificates/admin/replace.html"

    def save_instance(self):
        data = self.form.cleaned_data
        newer = services.supersede_certificate(
            self.object,
            change=data["change"],
            reason=data["reason"],
            expires_on=data["expires_on"],
            actor=self.request.user,
        )
        log(
            instance=newer,
            action="certificates.replace",
            data={"reason": newer.change_reason, "change": newer.change, "replaced": str(self.object.public_id)},
        )
        return newer

    def get_edit_url(self):
        return reverse("certificate:replace", args=[self.object.pk])

    def get_success_message(self):
        return _("Replaced: %(certificate)s.") % {"certificate": self.object}


class NeverView(generic.DeleteView):
    """Nothing of this is deleted, whoever asks."""

    def dispatch(self, request, *args, **kwargs):
        raise PermissionDenied


class CertificateViewSet(ModelViewSet):
    """Certificates: read, searched, exported; taken back by a named person."""

    model = Certificate
    icon = "doc-full"
    menu_label = gettext_lazy("Certificates")
    index_view_class = CertificateIndexView
    edit_view_class = RevokeView
    inspect_view_class = CertificateInspectView
    delete_view_class = NeverView
    permission_policy = CertificatePolicy(Certificate)
    list_display = [
        "recipient_name",
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        Column("course_title", label=gettext_lazy("Course")),
        Column("contact_minutes", label=gettext_lazy("Time"), accessor=lambda found: signed(found.contact_minutes)),
        Column("completed_on", label=gettext_lazy("Completed on"), sort_key="completed_on"),
        Column("code", label=gettext_lazy("Code"), accessor=lambda found: grouped(found.code)),
        Column(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda found: state_in_words(found),
        ),
    ]
    list_filter = ["kind", "language", "delivery", "completed_on"]
    list_export = [
        "public_id", "kind", "code", "recipient_name", "course_title", "contact_minutes", "completed_on", "issued_at",
        "issuer_name", "is_revoked", "pdf_sha256",
    ]  # fmt: skip
    search_fields = ["recipient_name", "code", "recipient__email"]
    ordering = ["-is_waiting", "-issued_at"]
    inspect_view_enabled = True
    inspect_view_fields_exclude = ["token"]
    copy_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update=False):
        return RevokeForm

    @cached_property
    def edit_view(self):
        return self.construct_view(RevokeView, **self.get_edit_view_kwargs())

    @cached_property
    def replace_view(self):
        kwargs = self.get_edit_view_kwargs(form_class=ReplaceForm, template_name=ReplaceView.template_name)
        return self.construct_view(ReplaceView, **kwargs)

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("replace/<str:pk>/", self.replace_view, name="replace")]


# --- Issuers ------------------------------------------------------------------------------------------------------


class IssuerViewSet(ModelViewSet):
    """Who stands behind certificates, and who signs. Changing them changes no certificate that was issued."""

    model = Issuer
    icon = "group"
    menu_label = gettext_lazy("Issuers and signatories")
    list_display = ["printed_name", "organization", "provider_number", "is_default"]
    search_fields = ["printed_name"]
    add_to_reference_index = False
    panels = [
        FieldPanel("organization"),
        FieldPanel("printed_name"),
        FieldPanel("address"),
        FieldPanel("provider_number"),
        FieldPanel("is_default"),
        FieldPanel("paper"),
        FieldPanel("months_good"),
        MultiFieldPanel(
            [FieldPanel("retention_years"), FieldPanel("erasure_policy")], heading=gettext_lazy("Retention")
        ),
        InlinePanel("signatories", label=gettext_lazy("signatory")),
    ]
