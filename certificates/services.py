"""The only pens of certificates: hours credited, reversed and adjusted; certificates issued and taken back.

Each may be called twice, by two people at once: a constraint decides, the loser reads what the winner wrote.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import codes, pdf
from certificates.errors import AlreadyRevoked, InvalidAdjustment, NotAllowed, NotEligible
from certificates.fonts import normalise_name, validate_printable_name
from certificates.models import (
    Certificate,
    CertificateMail,
    Disclosure,
    Issuer,
    LedgerEntry,
    LedgerShare,
    Revocation,
)
from certificates.reports import facts_of
from certificates.signals import certificate_issued, certificate_revoked
from courses.models import CourseCompletion
from curriculum.fields import Translated
from curriculum.models import Competency
from people.models import Organization, User

# Another worker that claimed a mail this long ago and did not say "sent" is taken for dead.
MAIL_CLAIM_LASTS = timedelta(minutes=15)
MAKES_OF_A_CODE = 5


def zone_of(person: User) -> ZoneInfo:
    """Return the person's time zone, or the site's where theirs is unknown here."""
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def day_of(moment: datetime, person: User) -> date:
    """Return the day that `moment` was for the person."""
    return moment.astimezone(zone_of(person)).date()


# --- The ledger ---------------------------------------------------------------------------------------------------


@transaction.atomic
def credit_completion(completion_id: int, *, now: datetime | None = None) -> LedgerEntry:
    """Return the credit of a completion, written if it was not there. Raises NotEligible for a reversed completion."""
    if existing := _credit_of(completion_id):
        return existing
    completion = CourseCompletion.objects.select_related("learner").get(pk=completion_id)
    if completion.reversed_at is not None:
        raise NotEligible(_("This completion was reversed, so its hours do not count."))
    issuer = Issuer.objects.filter(is_default=True).first()
    try:
        with transaction.atomic():
            entry = LedgerEntry.objects.create(
                kind=LedgerEntry.Kind.CREDIT,
                learner=completion.learner,
                minutes=completion.contact_minutes,
                earned_on=day_of(completion.completed_at, completion.learner),
                recorded_at=now or timezone.now(),
                completion=completion,
                title=completion.course_title,
                provider_name=issuer.printed_name if issuer else settings.WAGTAIL_SITE_NAME,
                delivery=completion.delivery,
            )
            LedgerShare.objects.bulk_create(
                LedgerShare(entry=entry, competency_id=competency_id, minutes=minutes)
                for competency_id, minutes in completion.shares.values_list("competency_id", "minutes")
            )
    except IntegrityError:
        winner = _credit_of(completion_id)
        if winner is None:
            raise
        return winner
    return entry


def _credit_of(completion_id: int) -> LedgerEntry | None:
    return LedgerEntry.objects.filter(completion_id=completion_id, kind=LedgerEntry.Kind.CREDIT).first()


@transaction.atomic
def reverse_credit(completion_id: int, *, now: datetime | None = None) -> LedgerEntry | None:
    """Take back the credit of a reversed completion; return the reversal.

    None where the completion stands, or where it was never credited. The person and the reason are the completion's.
    A certificate of the completion is not touched: taking it back is a person's act, and the desk lists it for one.
    """
    completion = CourseCompletion.objects.select_related("reversed_by").get(pk=completion_id)
    actor = completion.reversed_by
    if completion.reversed_at is None or actor is None:
        return None
    credit = _credit_of(completion_id)
    if credit is None:
        return None
    try:
        with transaction.atomic():
            reversal = LedgerEntry.objects.create(
                kind=LedgerEntry.Kind.REVERSAL,
                learner_id=credit.learner_id,
                minutes=-credit.minutes,
                earned_on=credit.earned_on,
                recorded_at=now or timezone.now(),
                completion_id=completion_id,
                reverses=credit,
                title=credit.title,
                provider_name=credit.provider_name,
                delivery=credit.delivery,
                reason=completion.reversal_reason,
                actor=actor,
            )
            LedgerShare.objects.bulk_create(
                LedgerShare(entry=reversal, competency_id=competency_id, minutes=-minutes)
                for competency_id, minutes in credit.shares.values_list("competency_id", "minutes")
            )
    except IntegrityError:
        return LedgerEntry.objects.get(reverses=credit)
    return reversal


@transaction.atomic
def adjust_hours(
    learner: User,
    *,
    minutes: int,
    shares: Mapping[Competency, int],
    reason: str,
    actor: User,
    title: Mapping[str, str] | None = None,
    provider_name: str = "",
    delivery: str = CourseCompletion.Delivery.SELF_PACED,
    earned_on: date | None = None,
    now: datetime | None = None,
) -> LedgerEntry:
    """Add `minutes` (or take away, below zero) to a person's account, as a line with its reason and its author.

    `shares` split the minutes over competencies; within each framework they must add up to `minutes`, with its sign.
    Raises NotAllowed, InvalidAdjustment.
    """
    if not actor.has_perm("certificates.adjust_ledger"):
        raise NotAllowed(_("You may not adjust hours. Ask a program administrator."))
    reason = reason.strip()
    if not reason:
        raise InvalidAdjustment(_("Please write why the hours are adjusted. The person can read it."))
    if minutes == 0:
        raise InvalidAdjustment(_("An adjustment of zero minutes changes nothing. Please enter the minutes."))
    by_framework: dict[int, int] = defaultdict(int)
    for competency, share in shares.items():
        if share == 0 or (share > 0) != (minutes > 0):
            raise InvalidAdjustment(_("Each share must have minutes, with the same sign as the whole."))
        by_framework[competency.framework_id] += share
    if any(total != minutes for total in by_framework.values()):
        raise InvalidAdjustment(
            _("The shares of a framework must add up to %(minutes)d minutes.") % {"minutes": minutes}
        )
    now = now or timezone.now()
    entry = LedgerEntry.objects.create(
        kind=LedgerEntry.Kind.ADJUSTMENT,
        learner=learner,
        minutes=minutes,
        earned_on=earned_on or day_of(now, learner),
        recorded_at=now,
        title=Translated(title or {"en": "Adjustment of hours", "es": "Ajuste de horas"}),
        provider_name=provider_name or _default_provider_name(),
        delivery=delivery,
        reason=reason,
        actor=actor,
    )
    LedgerShare.objects.bulk_create(
        LedgerShare(entry=entry, competency=competency, minutes=share) for competency, share in shares.items()
    )
    return entry


def _default_provider_name() -> str:
    issuer = Issuer.objects.filter(is_default=True).first()
    return issuer.printed_name if issuer else settings.WAGTAIL_SITE_NAME


# --- Certificates -------------------------------------------------------------------------------------------------


def issue_certificate(completion_id: int, *, now: datetime | None = None) -> Certificate:
    """Return the certificate of a completion, issued if it was not there.

    Raises NotEligible, with a sentence for the learner, where the completion was reversed or not credited, where the
    profile has no name that can be printed, or where nobody issues certificates here yet.
    """
    if existing := Certificate.objects.filter(completion_id=completion_id).first():
        return existing
    completion = CourseCompletion.objects.select_related("learner").get(pk=completion_id)
    if completion.reversed_at is not None:
        raise NotEligible(_("This completion was reversed, so there is no certificate for it."))
    if _credit_of(completion_id) is None:
        raise NotEligible(_("The hours of this course are still being credited. Your certificate comes right after."))
    learner = completion.learner
    name = normalise_name(learner.printed_name)
    if not name:
        raise NotEligible(_("Your certificate waits for your name. Add it in your profile, as it must be printed."))
    try:
        validate_printable_name(name)
    except ValidationError as error:
        raise NotEligible(" ".join(error.messages)) from error
    issuer = Issuer.objects.filter(is_default=True).first()
    if issuer is None:
        raise NotEligible(_("No provider issues certificates on this site yet. Ask the people who run it."))
    signatory = issuer.signatories.filter(is_current=True).order_by("pk").first()
    now = now or timezone.now()
    competencies = [
        {
            "framework": share.competency.framework.code,
            "framework_name": dict(share.competency.framework.name),
            "code": share.competency.code,
            "name": dict(share.competency.name),
            "minutes": share.minutes,
        }
        for share in completion.shares.select_related("competency__framework").order_by(
            "competency__framework__code", "competency__sort_order", "competency__code"
        )
    ]
    certificate = Certificate(
        recipient=learner,
        completion=completion,
        language=completion.language,
        recipient_name=name,
        course_title=completion.course_title,
        course_revision=completion.course_revision,
        contact_minutes=completion.contact_minutes,
        competency_minutes=competencies,
        delivery=completion.delivery,
        completed_on=day_of(completion.completed_at, learner),
        issued_at=now,
        issuer_name=issuer.printed_name,
        issuer_address=issuer.address,
        issuer_number=issuer.provider_number,
        signatory_name=signatory.printed_name if signatory else "",
        signatory_title=signatory.title if signatory else Translated(),
        template_version=pdf.TEMPLATE_VERSION,
    )
    # Drawn before the transaction: SQLite has one writer, and drawing takes longer than writing.
    for _attempt in range(MAKES_OF_A_CODE):
        certificate.code, certificate.token = codes.make_code(), codes.make_token()
        certificate.pdf = pdf.draw_certificate(facts_of(certificate))
        certificate.pdf_sha256 = sha256(certificate.pdf).hexdigest()
        try:
            with transaction.atomic():
                certificate.save(force_insert=True)
                CertificateMail.objects.create(certificate=certificate)
                transaction.on_commit(
                    partial(certificate_issued.send_robust, sender=Certificate, certificate_id=certificate.pk),
                    robust=True,
                )
        except IntegrityError:
            if winner := Certificate.objects.filter(completion_id=completion_id).first():
                return winner
            certificate.pk = None  # the code was taken: one chance in 2^80, and the database saw it
        else:
            return certificate
    raise NotEligible(_("The certificate could not be made. Nothing was lost: we try again within the day."))


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


def completions_without_credit() -> QuerySet[CourseCompletion]:
    """Return standing completions that the ledger does not know."""
    return CourseCompletion.objects.filter(
        ~Exists(LedgerEntry.objects.filter(completion=OuterRef("pk"), kind=LedgerEntry.Kind.CREDIT)),
        reversed_at=None,
    ).order_by("pk")


def completions_without_certificate() -> QuerySet[CourseCompletion]:
    """Return standing, credited completions that have no certificate."""
    return CourseCompletion.objects.filter(
        Exists(LedgerEntry.objects.filter(completion=OuterRef("pk"), kind=LedgerEntry.Kind.CREDIT)),
        ~Exists(Certificate.objects.filter(completion=OuterRef("pk"))),
        reversed_at=None,
    ).order_by("pk")


def reversed_but_credited() -> QuerySet[CourseCompletion]:
    """Return reversed completions whose credit or certificate still stands."""
    unreversed = LedgerEntry.objects.filter(completion=OuterRef("pk"), kind=LedgerEntry.Kind.CREDIT, reversal=None)
    unrevoked = Certificate.objects.filter(completion=OuterRef("pk"), revocation=None)
    return CourseCompletion.objects.filter(Exists(unreversed) | Exists(unrevoked), reversed_at__isnull=False).order_by(
        "pk"
    )


@transaction.atomic
def revoke_certificate(
    certificate: Certificate, *, actor: User, reason: str, now: datetime | None = None
) -> Revocation:
    """Take a certificate back, for a reason the public can read. Raises NotAllowed, NotEligible, AlreadyRevoked."""
    if not actor.has_perm("certificates.revoke_certificate"):
        raise NotAllowed(_("You may not take certificates back. Ask a program administrator."))
    reason = reason.strip()
    if not reason:
        raise NotEligible(_("Please write why the certificate is taken back. Whoever checks it can read the reason."))
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


# --- Mail ---------------------------------------------------------------------------------------------------------


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


# --- Looks of a board ---------------------------------------------------------------------------------------------


def record_looks(
    reviewer: User, people: list[User], organization: Organization, *, what: str, now: datetime | None = None
) -> None:
    """Note that `reviewer` looked at these people's hours. A list is noted once a day a person, a person every time."""
    now = now or timezone.now()
    ids = [person.pk for person in people]
    if what == Disclosure.What.LIST:
        noted = Disclosure.objects.filter(
            reviewer=reviewer,
            organization=organization,
            what=what,
            person_id__in=ids,
            looked_at__gt=now - timedelta(days=1),
        ).values_list("person_id", flat=True)
        ids = [pk for pk in ids if pk not in set(noted)]
    Disclosure.objects.bulk_create(
        Disclosure(reviewer=reviewer, person_id=pk, organization=organization, what=what, looked_at=now) for pk in ids
    )
