"""Registers certificates in the CMS; no logic."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.permissions import register_permission_policy

from certificates.models import Certificate, HoursProposal, LedgerEntry
from certificates.proposal_viewsets import ProposalPolicy, ProposalViewSet
from certificates.viewsets import CertificatePolicy, CertificateViewSet, IssuerViewSet, LedgerPolicy, LedgerViewSet

register_permission_policy(LedgerEntry, LedgerPolicy(LedgerEntry))
register_permission_policy(Certificate, CertificatePolicy(Certificate))
register_permission_policy(HoursProposal, ProposalPolicy(HoursProposal))


class CertificatesViewSetGroup(ModelViewSetGroup):
    """One entry of the menu."""

    menu_label = _("Certificates")
    menu_icon = "tick-inverse"
    menu_order = 320
    items = (LedgerViewSet, ProposalViewSet, CertificateViewSet, IssuerViewSet)


@hooks.register("register_admin_viewset")
def register_certificates():
    return CertificatesViewSetGroup()


@hooks.register("register_log_actions")
def register_acts(actions):
    actions.register_action("certificates.adjust", _("Adjust hours"), _("Hours adjusted"))
    actions.register_action("certificates.propose", _("Propose hours"), _("Hours proposed"))
    actions.register_action("certificates.decide", _("Decide on hours"), _("Hours decided on"))
    actions.register_action("certificates.replace", _("Replace"), _("Certificate replaced"))
    actions.register_action("certificates.revoke", _("Take back"), _("Certificate taken back"))
