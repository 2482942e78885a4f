"""Registers certificates in the CMS; no logic."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.permissions import register_permission_policy

from certificates import bulk_views
from certificates.attendance_viewsets import AttendancePolicy, AttendanceViewSet, TimesReportView
from certificates.kind_viewsets import LetterPolicy, LetterViewSet, ProgramViewSet
from certificates.models import Attendance, Certificate, HoursProposal, LedgerEntry, LetterRequest
from certificates.proposal_viewsets import ProposalPolicy, ProposalViewSet
from certificates.template_viewsets import TemplateViewSet
from certificates.viewsets import CertificatePolicy, CertificateViewSet, IssuerViewSet, LedgerPolicy, LedgerViewSet

register_permission_policy(Attendance, AttendancePolicy(Attendance))
register_permission_policy(LedgerEntry, LedgerPolicy(LedgerEntry))
register_permission_policy(Certificate, CertificatePolicy(Certificate))
register_permission_policy(HoursProposal, ProposalPolicy(HoursProposal))
register_permission_policy(LetterRequest, LetterPolicy(LetterRequest))


class CertificatesViewSetGroup(ModelViewSetGroup):
    """One entry of the menu."""

    menu_label = _("Certificates")
    menu_icon = "tick-inverse"
    menu_order = 320
    items = (
        LedgerViewSet, ProposalViewSet, AttendanceViewSet, CertificateViewSet, LetterViewSet, ProgramViewSet,
        TemplateViewSet, IssuerViewSet,
    )  # fmt: skip


@hooks.register("register_admin_viewset")
def register_certificates():
    return CertificatesViewSetGroup()


@hooks.register("register_admin_urls")
def bulk_urls():
    return [
        path("certificates/bulk/", bulk_views.bulk, name="certificates_bulk"),
        path("certificates/bulk/issue/", bulk_views.bulk_issue, name="certificates_bulk_issue"),
        path("certificates/bulk/statements/", bulk_views.bulk_statements, name="certificates_bulk_statements"),
        path("certificates/bulk/download/", bulk_views.bulk_download, name="certificates_bulk_download"),
    ]


class TimesMenuItem(MenuItem):
    def is_shown(self, request):
        return TimesReportView.permission_policy.user_has_any_permission(request.user, ["view"])


@hooks.register("register_reports_menu_item")
def register_times_report():
    return TimesMenuItem(_("Time, three ways"), reverse("times_report"), icon_name="history", order=110)


@hooks.register("register_admin_urls")
def times_urls():
    return [
        path("reports/times/", TimesReportView.as_view(), name="times_report"),
        path("reports/times/results/", TimesReportView.as_view(results_only=True), name="times_report_results"),
    ]


@hooks.register("register_log_actions")
def register_acts(actions):
    actions.register_action("certificates.adjust", _("Adjust hours"), _("Hours adjusted"))
    actions.register_action("certificates.propose", _("Propose hours"), _("Hours proposed"))
    actions.register_action("certificates.decide", _("Decide on hours"), _("Hours decided on"))
    actions.register_action("certificates.download", _("Download"), _("Certificate downloaded with others"))
    actions.register_action("certificates.ask_letter", _("Ask for a letter"), _("Letter asked for"))
    actions.register_action("certificates.issue_letter", _("Issue a letter"), _("Letter issued"))
    actions.register_action("certificates.refuse_letter", _("Refuse a letter"), _("Letter refused"))
    actions.register_action("certificates.issue_statement", _("Issue a statement"), _("Statement of hours issued"))
    actions.register_action("certificates.publish_template", _("Publish"), _("Template published"))
    actions.register_action("certificates.retire_template", _("Take out of use"), _("Template taken out of use"))
    actions.register_action("certificates.replace", _("Replace"), _("Certificate replaced"))
    actions.register_action("certificates.attend", _("Enter attendance"), _("Attendance entered"))
    actions.register_action("certificates.unattend", _("Take attendance back"), _("Attendance taken back"))
    actions.register_action("certificates.revoke", _("Take back"), _("Certificate taken back"))
