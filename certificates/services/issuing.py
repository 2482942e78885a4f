"""Certificates are issued: facts frozen, the page drawn and signed, the file stored, the row written, in this order.

A process that dies in between leaves nothing that anybody could see: at worst a file that no row names. Whoever sweeps
later begins again.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import codes, designs, files, pdf, signing
from certificates.data import Transcript
from certificates.errors import CertificateError, FileLost, NotEligible
from certificates.models import Certificate, LedgerEntry
from certificates.reports import facts_of
from certificates.services.freezing import course_facts
from certificates.services.ledger import credit_of
from certificates.signals import certificate_issued
from courses.models import CourseCompletion
from people.services import post_mail

logger = logging.getLogger(__name__)
MAKES_OF_A_CODE = 5
# Between its file and its row a certificate takes a moment; a file without a row for this long is nobody's.
BEING_WRITTEN = timedelta(hours=1)
MOST_STRAYS = 50


def issue_certificate(completion_id: int, *, now: datetime | None = None) -> Certificate:
    """Return the certificate of a completion (the newest of its line), issued if it was not there.

    Raises NotEligible, with a sentence for the learner, where the completion was reversed or not credited, where the
    profile has no name that can be printed, where nobody issues certificates here yet, or where the file could not be
    stored.
    """
    if existing := _certificate_of(completion_id):
        return existing
    completion = CourseCompletion.objects.select_related("learner").get(pk=completion_id)
    if completion.reversed_at is not None:
        raise NotEligible(_("This completion was reversed, so there is no certificate for it."))
    if credit_of(completion_id) is None:
        raise NotEligible(_("The hours of this course are still being credited. Your certificate comes right after."))
    return written(
        lambda: course_facts(completion, now=now or timezone.now()), winner=lambda: _certificate_of(completion_id)
    )


def _certificate_of(completion_id: int) -> Certificate | None:
    return Certificate.objects.filter(completion_id=completion_id, superseded_by=None).first()


def written(
    make: Callable[[], Certificate],
    *,
    winner: Callable[[], Certificate | None],
    also: Callable[[Certificate], None] | None = None,
) -> Certificate:
    """Draw, sign, store and write what `make` froze; return it, or the row of `winner` where somebody was faster.

    `also` writes what belongs to it in the same transaction; what it raises undoes all.
    Drawn before the transaction: SQLite has one writer, and drawing takes longer than writing. Raises NotEligible.
    """
    for _attempt in range(MAKES_OF_A_CODE):
        certificate = make()
        certificate.code, certificate.token = codes.make_code(), codes.make_token()
        seal = signing.seal_for(certificate.issued_at)
        if seal:
            certificate.signed_by, certificate.signer_fingerprint = seal.name[:200], seal.fingerprint
        content = _drawn(certificate, seal)
        certificate.pdf_sha256 = sha256(content).hexdigest()
        try:
            files.write_pdf(certificate.public_id, content)
        except OSError as error:
            logger.exception("The file of a certificate could not be stored.")
            raise NotEligible(
                _("The certificate could not be stored. Nothing was lost: we try again within the day.")
            ) from error
        try:
            with transaction.atomic():
                certificate.save(force_insert=True)
                if also:
                    also(certificate)
                post_mail(
                    key=f"certificate-{certificate.public_id}",
                    recipient=certificate.recipient,
                    kind="certificate_issued",
                    language=certificate.language,
                    context={"certificate": certificate.pk},
                )
                transaction.on_commit(
                    partial(certificate_issued.send_robust, sender=Certificate, certificate_id=certificate.pk),
                    robust=True,
                )
        except IntegrityError:
            files.delete_pdf(certificate.public_id)
            if found := winner():
                return found
            continue  # the code was taken: one chance in 2^80, and the database saw it
        except CertificateError:
            files.delete_pdf(certificate.public_id)
            raise
        except DatabaseError:  # a full disk, a lost connection: where the row was written after all, the sweep redraws
            files.delete_pdf(certificate.public_id)
            raise
        return certificate
    raise NotEligible(_("The certificate could not be made. Nothing was lost: we try again within the day."))


def _drawn(certificate: Certificate, seal: signing.Seal | None) -> bytes:
    design, picture = design_of(certificate)
    content = pdf.draw_certificate(facts_of(certificate), design, picture)
    return signing.signed(content, seal, certificate.issued_at) if seal else content


def design_of(certificate: Certificate) -> tuple[designs.Design, bytes | None]:
    """Return how a certificate looks, and its logo, by the version it was issued from. Raises FileLost if touched.

    Nobody can change a version here; a database restored from pieces could hold another one.
    """
    version = certificate.template
    if version is None:
        return designs.HOUSE, None
    if designs.hash_of(version.content) != certificate.template_sha256:
        raise _lost()
    return designs.from_content(version.content), bytes(version.logo.content) if version.logo else None


def issue_if_ready(completion_id: int, *, now: datetime | None = None) -> Certificate | None:
    """Issue the certificate, or leave it to the sweep and to the saving of a name where it must wait."""
    try:
        return issue_certificate(completion_id, now=now)
    except NotEligible:
        return None


def issue_waiting(person_id: int, *, now: datetime | None = None) -> list[Certificate]:
    """Issue what waited for this person's name; return what was issued."""
    waiting = completions_without_certificate().filter(learner_id=person_id).values_list("pk", flat=True)
    return [certificate for pk in waiting if (certificate := issue_if_ready(pk, now=now))]


def completions_without_certificate() -> QuerySet[CourseCompletion]:
    """Return standing, credited completions that have no certificate."""
    return CourseCompletion.objects.filter(
        Exists(LedgerEntry.objects.filter(completion=OuterRef("pk"), kind=LedgerEntry.Kind.CREDIT)),
        ~Exists(Certificate.objects.filter(completion=OuterRef("pk"))),
        reversed_at=None,
        learner__erased_at=None,
    ).order_by("pk")


def transcript_pdf(transcript: Transcript, *, language: str, paper: str, now: datetime | None = None) -> bytes:
    """Draw a transcript, and sign it where the site has a key. It is made anew each time and kept nowhere."""
    now = now or timezone.now()
    seal = signing.seal_for(now)
    content = pdf.draw_transcript(
        transcript,
        language=language,
        drawn_on=timezone.localdate(now),
        paper=paper,
        signed_by=seal.name if seal else "",
    )
    return signing.signed(content, seal, now) if seal else content


# --- The stored file ----------------------------------------------------------------------------------------------


def pdf_of(certificate: Certificate) -> bytes:
    """Return the bytes that were issued. A file that is gone or broken is made again first. Raises FileLost."""
    _refuse_for_the_erased(certificate)
    content = files.read_pdf(certificate.public_id)
    if content is not None and sha256(content).hexdigest() == certificate.pdf_sha256:
        return content
    return restore_pdf(certificate)


def restore_pdf(certificate: Certificate) -> bytes:
    """Draw and sign the file again, store and return it, if it comes out byte for byte as issued.

    It does for the template version and the key of the day of issue. Raises FileLost otherwise: then only a backup has
    the file, and nothing else is put in its place.
    """
    _refuse_for_the_erased(certificate)
    seal = None
    if certificate.signed_by:
        seal = signing.seal_for(certificate.issued_at)
        if seal is None or seal.fingerprint != certificate.signer_fingerprint:
            raise _lost()
    content = _drawn(certificate, seal)
    if sha256(content).hexdigest() != certificate.pdf_sha256:
        raise _lost()
    try:
        files.write_pdf(certificate.public_id, content)
    except OSError:
        logger.exception("The file of certificate %s could not be stored again.", certificate.public_id)
    return content


def _refuse_for_the_erased(certificate: Certificate) -> None:
    if certificate.name_erased_at or certificate.recipient.erased_at:
        raise FileLost(_("The data of its holder were erased, so the file of this certificate is gone."))


def _lost() -> FileLost:
    return FileLost(_("The file of this certificate is not there. The people who run the site can bring it back."))


def stray_files(*, now: datetime | None = None) -> list[str]:
    """Return files that no row came to own: their process ended between the two. They hold a name, so they go.

    None where there are many: then it is the database that is not the one of this folder.
    """
    known = Certificate.objects.values_list("public_id", flat=True).iterator(chunk_size=2000)
    found = files.stray_names(known, before=(now or timezone.now()) - BEING_WRITTEN)
    if len(found) > MOST_STRAYS:
        logger.error("%s stored files belong to no certificate. Is this the folder of this site?", len(found))
        return []
    return found


def certificates_without_file() -> Iterator[Certificate]:
    """Yield certificates whose stored file is not there. Lists each folder once, and reads no file."""
    there = files.names()
    of_the_living = Certificate.objects.filter(recipient__erased_at=None)
    for pk, public_id in of_the_living.order_by("pk").values_list("pk", "public_id").iterator(chunk_size=2000):
        if files.name_of(public_id) not in there:
            yield Certificate.objects.get(pk=pk)
