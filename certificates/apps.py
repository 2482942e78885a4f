"""App config of certificates: connects its receivers, says where hours are kept, writes its letters."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = _("Certificates")

    def ready(self) -> None:
        from certificates import letters, receivers, signing  # noqa: PLC0415 - models must be loaded first
        from certificates.erasing import CertificatesHolder  # noqa: PLC0415 - models must be loaded first
        from certificates.evidence import LedgerHours  # noqa: PLC0415 - models must be loaded first
        from curriculum.simulation import hours  # noqa: PLC0415 - beside what fills it
        from people import holders  # noqa: PLC0415 - beside what fills it
        from people.letters import register  # noqa: PLC0415 - beside what fills it

        if signing.is_configured():
            signing.configured_seal()  # a site that cannot sign as it was told to does not start
        receivers.connect()
        hours.fill(LedgerHours())
        register("certificate_issued", letters.certificate_issued, name=_("certificate issued"))
        holders.register("certificates", CertificatesHolder())
