"""The pens of the hours ledger: credited, reversed, adjusted."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.errors import AlreadyDecided, InvalidAdjustment, NotAllowed, NotEligible
from certificates.models import HoursProposal, Issuer, LedgerEntry, LedgerShare
from courses.models import CourseCompletion
from curriculum.fields import Translated
from curriculum.models import Competency
from people.models import User


def zone_of(person: User) -> ZoneInfo:
    """Return the person's time zone, or the site's where theirs is unknown here."""
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def day_of(moment: datetime, person: User) -> date:
    """Return the day that `moment` was for the person."""
    return moment.astimezone(zone_of(person)).date()


@transaction.atomic
def credit_completion(completion_id: int, *, now: datetime | None = None) -> LedgerEntry:
    """Return the credit of a completion, written if it was not there. Raises NotEligible for a reversed completion."""
    if existing := credit_of(completion_id):
        return existing
    completion = CourseCompletion.objects.select_related("learner").get(pk=completion_id)
    if completion.reversed_at is not None:
        raise NotEligible(_("This completion was reversed, so its hours do not count."))
    issuer = Issuer.objects.select_related("organization").filter(is_default=True).first()
    try:
        with transaction.atomic():
            entry = LedgerEntry.objects.create(
                kind=LedgerEntry.Kind.CREDIT,
                learner=completion.learner,
                minutes=completion.contact_minutes,
                earned_on=day_of(completion.completed_at, completion.learner),
                recorded_at=now or timezone.now(),
                completion=completion,
                component=LedgerEntry.Component.CLASS,
                activity_key=completion.course_key,
                edition=completion.course_revision,
                evidence=f"completion {completion.public_id}",
                title=completion.course_title,
                provider=issuer.organization if issuer else None,
                provider_name=issuer.printed_name if issuer else settings.WAGTAIL_SITE_NAME,
                delivery=completion.delivery,
            )
            LedgerShare.objects.bulk_create(
                LedgerShare(entry=entry, competency_id=competency_id, minutes=minutes)
                for competency_id, minutes in completion.shares.values_list("competency_id", "minutes")
            )
    except IntegrityError:
        winner = credit_of(completion_id)
        if winner is None:
            raise
        return winner
    return entry


def credit_of(completion_id: int) -> LedgerEntry | None:
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
    credit = credit_of(completion_id)
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
                component=credit.component,
                activity_key=credit.activity_key,
                edition=credit.edition,
                evidence=credit.evidence,
                provider_id=credit.provider_id,
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


def adjust_hours(
    learner: User,
    *,
    minutes: int,
    shares: Mapping[Competency, int],
    reason: str,
    actor: User,
    provider_name: str = "",
    delivery: str = CourseCompletion.Delivery.SELF_PACED,
    component: str = LedgerEntry.Component.CLASS,
    evidence: str = "",
    earned_on: date | None = None,
    now: datetime | None = None,
) -> LedgerEntry:
    """Take `minutes` (below zero) from a person's account, as a line with its reason and its author.

    `shares` split the minutes over competencies; within each framework they must add up to `minutes`, with its sign.
    Hours are added by `propose_hours`, which a second person confirms. Raises NotAllowed, InvalidAdjustment.
    """
    reason = _checked(actor, minutes, shares, reason)
    if minutes > 0:
        raise InvalidAdjustment(_("Hours are added by two people: propose them, and somebody else confirms."))
    return _adjust(
        learner,
        minutes=minutes,
        shares={competency.pk: share for competency, share in shares.items()},
        reason=reason,
        actor=actor,
        confirmed_by=None,
        provider_name=provider_name,
        delivery=delivery,
        component=component,
        evidence=evidence,
        earned_on=earned_on,
        now=now or timezone.now(),
    )


def _checked(actor: User, minutes: int, shares: Mapping[Competency, int], reason: str) -> str:
    """Return the tidied reason. Raises NotAllowed, InvalidAdjustment."""
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
    return reason


@transaction.atomic
def _adjust(
    learner: User,
    *,
    minutes: int,
    shares: Mapping[int, int],
    reason: str,
    actor: User,
    confirmed_by: User | None,
    provider_name: str,
    delivery: str,
    component: str,
    evidence: str,
    earned_on: date | None,
    now: datetime,
) -> LedgerEntry:
    issuer = Issuer.objects.select_related("organization").filter(is_default=True).first()
    provider_name = provider_name or (issuer.printed_name if issuer else settings.WAGTAIL_SITE_NAME)
    entry = LedgerEntry.objects.create(
        kind=LedgerEntry.Kind.ADJUSTMENT,
        learner=learner,
        minutes=minutes,
        earned_on=earned_on or day_of(now, learner),
        recorded_at=now,
        component=component,
        evidence=evidence,
        title=Translated({"en": "Adjustment of hours", "es": "Ajuste de horas"}),
        provider=issuer.organization if issuer and issuer.printed_name == provider_name else None,
        provider_name=provider_name,
        delivery=delivery,
        reason=reason,
        actor=actor,
        confirmed_by=confirmed_by,
    )
    LedgerShare.objects.bulk_create(
        LedgerShare(entry=entry, competency_id=competency_id, minutes=share) for competency_id, share in shares.items()
    )
    return entry


# --- Hours that a person grants: proposed by one, confirmed by another --------------------------------------------


def propose_hours(
    learner: User,
    *,
    minutes: int,
    shares: Mapping[Competency, int],
    reason: str,
    actor: User,
    earned_on: date,
    provider_name: str = "",
    delivery: str = CourseCompletion.Delivery.IN_PERSON,
    component: str = LedgerEntry.Component.CLASS,
    evidence: str = "",
    now: datetime | None = None,
) -> HoursProposal:
    """Propose to add `minutes` to a person's account. Nothing counts until a second person approves.

    Raises NotAllowed, InvalidAdjustment.
    """
    reason = _checked(actor, minutes, shares, reason)
    if minutes < 0:
        raise InvalidAdjustment(_("Only hours to be added are proposed. What is taken away is written at once."))
    if actor == learner:
        raise NotAllowed(_("Nobody adds hours to their own account. Ask somebody else to propose them."))
    issuer = Issuer.objects.filter(is_default=True).first()
    return HoursProposal.objects.create(
        learner=learner,
        minutes=minutes,
        shares={str(competency.pk): share for competency, share in shares.items()},
        earned_on=earned_on,
        delivery=delivery,
        component=component,
        provider_name=provider_name or (issuer.printed_name if issuer else settings.WAGTAIL_SITE_NAME),
        evidence=evidence.strip(),
        reason=reason,
        proposed_by=actor,
        proposed_at=now or timezone.now(),
    )


def decide_hours(
    proposal_id: int, *, approve: bool, actor: User, reason: str = "", now: datetime | None = None
) -> HoursProposal:
    """Approve proposed hours, which writes them into the ledger, or refuse them for a reason. Once.

    Raises NotAllowed (for the proposer and for the person too), InvalidAdjustment, AlreadyDecided.
    """
    if not actor.has_perm("certificates.adjust_ledger"):
        raise NotAllowed(_("You may not adjust hours. Ask a program administrator."))
    proposal = HoursProposal.objects.select_related("learner", "proposed_by").get(pk=proposal_id)
    if actor in (proposal.proposed_by, proposal.learner):
        raise NotAllowed(_("A second person decides: neither who proposed the hours nor who gets them."))
    now, reason = now or timezone.now(), reason.strip()
    if not approve and not reason:
        raise InvalidAdjustment(_("Please write why the hours are refused."))
    with transaction.atomic():
        entry = None
        if approve:
            entry = _adjust(
                proposal.learner,
                minutes=proposal.minutes,
                shares={int(pk): share for pk, share in proposal.shares.items()},
                reason=proposal.reason,
                actor=proposal.proposed_by,
                confirmed_by=actor,
                provider_name=proposal.provider_name,
                delivery=proposal.delivery,
                component=proposal.component,
                evidence=proposal.evidence,
                earned_on=proposal.earned_on,
                now=now,
            )
        # Compare and swap: of two who decide at once the slower one's entry is rolled back with this.
        if not HoursProposal.objects.filter(pk=proposal_id, decision="").update(
            decision=HoursProposal.Decision.APPROVED if approve else HoursProposal.Decision.REFUSED,
            decision_reason=reason,
            decided_by=actor,
            decided_at=now,
            entry=entry,
        ):
            raise AlreadyDecided(_("Somebody decided this before. Nothing was changed."))
    proposal.refresh_from_db()
    return proposal


def completions_without_credit() -> QuerySet[CourseCompletion]:
    """Return standing completions that the ledger does not know."""
    return CourseCompletion.objects.filter(
        ~Exists(LedgerEntry.objects.filter(completion=OuterRef("pk"), kind=LedgerEntry.Kind.CREDIT)),
        reversed_at=None,
    ).order_by("pk")
