"""What becomes of a certificate: taken back, or replaced by a newer one of the same line."""

from datetime import date, datetime
from functools import partial
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.errors import AlreadyRevoked, AlreadySuperseded, NotAllowed, NotEligible
from certificates.models import Certificate, Kind, LedgerEntry, LetterRequest, Program, Revocation, Signatory
from certificates.services.freezing import course_facts, letter_facts, program_facts
from certificates.services.issuing import written
from certificates.services.statements import period_of
from certificates.signals import certificate_revoked
from courses.models import CourseCompletion
from people.models import User


@transaction.atomic
def revoke_certificate(
    certificate: Certificate, *, actor: User, reason: str, now: datetime | None = None
) -> Revocation:
    """Take a certificate back, for a reason the public can read.

    Only the newest of a line can be taken back: the older ones lead to it. Raises NotAllowed, NotEligible,
    AlreadyRevoked, AlreadySuperseded.
    """
    if not actor.has_perm("certificates.revoke_certificate"):
        raise NotAllowed(_("You may not take certificates back. Ask a program administrator."))
    reason = reason.strip()
    if not reason:
        raise NotEligible(_("Please write why the certificate is taken back. Whoever checks it can read the reason."))
    if Certificate.objects.filter(supersedes=certificate).exists():
        raise AlreadySuperseded(
            _("A newer certificate took the place of this one. Take the newer one back: the older leads to it.")
        )
    revocation, is_new = _revoke(certificate, actor=actor, reason=reason, now=now or timezone.now())
    if not is_new:
        raise AlreadyRevoked(_("This certificate was taken back before. Nothing was changed."))
    return revocation


def _revoke(certificate: Certificate, *, actor: User, reason: str, now: datetime) -> tuple[Revocation, bool]:
    try:
        with transaction.atomic():
            revocation = Revocation.objects.create(
                certificate=certificate, reason=reason, revoked_at=now, revoked_by=actor
            )
    except IntegrityError:
        return Revocation.objects.get(certificate=certificate), False
    transaction.on_commit(
        partial(certificate_revoked.send_robust, sender=Certificate, certificate_id=certificate.pk), robust=True
    )
    return revocation, True


def supersede_certificate(
    certificate: Certificate,
    *,
    change: str,
    reason: str,
    actor: User,
    expires_on: date | None = None,
    now: datetime | None = None,
) -> Certificate:
    """Issue a new certificate in the place of this one, with today's name and issuer; return it.

    `change`: a Certificate.Change. A renewal needs `expires_on`, its new last day; any other change keeps the last
    day of the old one. What was earned (course, minutes, days) is the completion's and stays. The old one is not
    touched, and its codes lead to the new one. Raises NotAllowed, NotEligible, AlreadySuperseded.
    """
    if not actor.has_perm("certificates.revoke_certificate"):
        raise NotAllowed(_("You may not replace certificates. Ask a program administrator."))
    now, reason = now or timezone.now(), reason.strip()
    if change not in Certificate.Change.values:
        raise NotEligible(_("Please say what kind of change this is."))
    if not reason:
        raise NotEligible(_("Please write why the certificate is replaced. Whoever checks the old one can read it."))
    if Revocation.objects.filter(certificate=certificate).exists():
        raise NotEligible(_("This certificate was taken back, so nothing can take its place."))
    is_renewal = change == Certificate.Change.RENEWAL
    if is_renewal and (expires_on is None or expires_on <= (certificate.expires_on or certificate.completed_on)):
        raise NotEligible(_("A renewal needs a last day that is later than the one before."))
    if is_renewal and certificate.kind not in (Kind.COURSE, Kind.PROGRAM):
        raise NotEligible(_("Statements and letters have no last day, so they are not renewed. Issue a new one."))
    if Certificate.objects.filter(supersedes=certificate).exists():
        raise _already_superseded()

    def make() -> Certificate:
        new = frozen_again(certificate, now=now)
        new.supersedes, new.change, new.change_reason, new.issued_by = certificate, change, reason, actor
        new.expires_on = expires_on if is_renewal else certificate.expires_on
        return new

    def refuse_second() -> Certificate | None:
        if Certificate.objects.filter(supersedes=certificate).exists():
            raise _already_superseded()
        return None

    return written(make, winner=refuse_second)


def frozen_again(certificate: Certificate, *, now: datetime) -> Certificate:
    """Return what a certificate would state if it were issued now, from the same source. Raises NotEligible.

    Everything is read anew: the name must be the one in the profile now, whatever the caller's object remembers.
    """
    if certificate.kind == Kind.PERIOD:
        person = User.objects.get(pk=certificate.recipient_id)
        # The database says that a statement has both days.
        since, until = cast("date", certificate.since), cast("date", certificate.until)
        return period_of(person, since=since, until=until, language=certificate.language, now=now)
    if certificate.kind == Kind.TRAINING_LETTER:
        request = LetterRequest.objects.select_related("learner").get(certificates=certificate)
        signatory = Signatory.objects.filter(
            printed_name=certificate.signatory_name, is_current=True, issuer__is_default=True
        ).first()
        return letter_facts(request, signatory=signatory, now=now)
    if certificate.kind == Kind.PROGRAM:
        program = Program.objects.get(certificates=certificate)
        return program_facts(program, _completions_of(certificate), now=now)
    completion = CourseCompletion.objects.select_related("learner").get(certificates=certificate)
    if completion.reversed_at is not None:
        raise NotEligible(_("This completion was reversed, so there is no certificate for it."))
    return course_facts(completion, now=now)


def _completions_of(certificate: Certificate) -> list[CourseCompletion]:
    """The finished courses that the certificate of a program is made of. Raises NotEligible where one was reversed."""
    ids = [row["completion"] for row in certificate.details["activities"]]
    completions = list(CourseCompletion.objects.filter(public_id__in=ids).select_related("learner"))
    if any(each.reversed_at is not None for each in completions):
        raise NotEligible(_("One of its courses was taken back, so the program is not complete any more."))
    return completions


def _already_superseded() -> AlreadySuperseded:
    return AlreadySuperseded(_("A newer certificate took the place of this one before. Nothing was changed."))


def reversed_but_credited() -> QuerySet[CourseCompletion]:
    """Return reversed completions whose credit still stands. Their certificates are for a person to decide on."""
    unreversed = LedgerEntry.objects.filter(completion=OuterRef("pk"), kind=LedgerEntry.Kind.CREDIT, reversal=None)
    return CourseCompletion.objects.filter(Exists(unreversed), reversed_at__isnull=False).order_by("pk")
