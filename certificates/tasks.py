"""Work that may wait: mail. Thin: fetch by id, send one mail."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from certificates.models import Certificate, Kind
from certificates.services import claim_mail, mark_mail_sent


def subject_of(certificate: Certificate) -> str:
    """What the mail about it is called, in the active language."""
    title = {"title": certificate.course_title}
    return {
        Kind.PERIOD: _("Your statement of hours: %(title)s") % title,
        Kind.TRAINING_LETTER: _("Your letter is ready"),
    }.get(Kind(certificate.kind), _("Your certificate: %(title)s") % title)


@task()
def mail_certificate(certificate_id: int) -> None:
    """Tell the learner that the certificate is there, once, in its language."""
    if not claim_mail(certificate_id):
        return
    certificate = Certificate.objects.select_related("recipient").get(pk=certificate_id)
    with override(certificate.language):
        base = settings.BASE_URL.rstrip("/")
        context = {
            "certificate": certificate,
            "certificate_url": base + reverse("certificates:certificate", args=[certificate.public_id]),
            "my_path_url": base + reverse("certificates:my_path"),
            "language": certificate.language,
        }
        message = EmailMultiAlternatives(
            subject=subject_of(certificate),
            body=render_to_string("emails/certificate_issued.txt", context),
            to=[certificate.recipient.email],
            # A process may die between sending and saying so. Sent again it is the same mail, and is shown once.
            headers={"Message-ID": f"<certificate-{certificate.public_id}@{urlsplit(base).hostname}>"},
        )
        message.attach_alternative(render_to_string("emails/certificate_issued.html", context), "text/html")
    message.send()
    mark_mail_sent(certificate_id)
