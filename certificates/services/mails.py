"""The outbox: one row a certificate, claimed before it is sent."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from certificates.models import CertificateMail

# Another worker that claimed a mail this long ago and did not say "sent" is taken for dead.
MAIL_CLAIM_LASTS = timedelta(minutes=15)


def claim_mail(certificate_id: int, *, now: datetime | None = None) -> bool:
    """Say whether the caller is the one to send the mail about this certificate (compare-and-swap)."""
    now = now or timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - MAIL_CLAIM_LASTS)
    return bool(
        CertificateMail.objects.filter(free, certificate_id=certificate_id, sent_at=None).update(claimed_at=now)
    )


def mark_mail_sent(certificate_id: int, *, now: datetime | None = None) -> None:
    """Note that the mail is out."""
    CertificateMail.objects.filter(certificate_id=certificate_id, sent_at=None).update(sent_at=now or timezone.now())


def unsent_mails(*, now: datetime | None = None) -> QuerySet[CertificateMail]:
    """Return mails that nobody is sending."""
    now = now or timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - MAIL_CLAIM_LASTS)
    return CertificateMail.objects.filter(free, sent_at=None).order_by("pk")
