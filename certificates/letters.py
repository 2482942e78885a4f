"""The letters that certificates writes: what a mail of the outbox says."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.models import Certificate, Kind
from people.letters import Letter
from people.models import OutboxMail


def subject_of(certificate: Certificate) -> str:
    """What the mail about it is called, in the active language."""
    title = {"title": certificate.course_title}
    return {
        Kind.PERIOD: _("Your statement of hours: %(title)s") % title,
        Kind.TRAINING_LETTER: _("Your letter is ready"),
    }.get(Kind(certificate.kind), _("Your certificate: %(title)s") % title)


def certificate_issued(mail: OutboxMail) -> Letter | None:
    """A certificate is there. Nothing to say where its holder's account is not hers any more."""
    certificate = Certificate.objects.filter(pk=mail.context["certificate"], recipient=mail.recipient).first()
    if certificate is None:
        return None
    base = settings.BASE_URL.rstrip("/")
    context = {
        "certificate": certificate,
        "certificate_url": base + reverse("certificates:certificate", args=[certificate.public_id]),
        "my_path_url": base + reverse("certificates:my_path"),
    }
    return Letter(
        subject=subject_of(certificate),
        text=render_to_string("emails/certificate_issued.txt", context),
        html=render_to_string("emails/certificate_issued.html", context),
    )
