"""Registers certificates in the CMS; no logic."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from certificates.models import Certificate, LedgerEntry
from certificates.viewsets import CertificatePolicy, CertificatesViewSetGroup, LedgerPolicy

register_permission_policy(LedgerEntry, LedgerPolicy(LedgerEntry))
register_permission_policy(Certificate, CertificatePolicy(Certificate))


@hooks.register("register_admin_viewset")
def register_certificates():
    return CertificatesViewSetGroup()


@hooks.register("register_log_actions")
def register_acts(actions):
    actions.register_action("certificates.adjust", _("Adjust hours"), _("Hours adjusted"))
    actions.register_action("certificates.replace", _("Replace"), _("Certificate replaced"))
    actions.register_action("certificates.revoke", _("Take back"), _("Certificate taken back"))
