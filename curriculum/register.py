"""The pens of the register (approvals, sponsorships, waivers), and the register as the engine reads it.

Each may be called twice and by two people at once: who writes about an authority's decisions waits for its row.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from curriculum.data import ApprovalFacts, Standing, WaiverFacts
from curriculum.errors import NotADraft, NotInEffect, Overlap, RegisterError
from curriculum.facts import RegisterFacts, SponsorFacts
from curriculum.models import ProviderApproval, RegisterEntry, RequirementSet, Sponsorship, Waiver
from people.models import Organization, User

Entry = TypeVar("Entry", ProviderApproval, Sponsorship, Waiver)


# --- Checks -------------------------------------------------------------------------------------------------------


def tidy(entry: RegisterEntry) -> None:
    """Names without blanks at their ends or doubled within: a name that only looks the same would match nothing."""
    for field in entry._meta.get_fields():
        if isinstance(field, models.CharField | models.TextField):
            value = getattr(entry, field.attname)
            setattr(
                entry, field.attname, " ".join(value.split()) if isinstance(field, models.CharField) else value.strip()
            )


def overlap_sentence(entry: RegisterEntry, other: RegisterEntry) -> str:
    """Names both, and says what to do."""
    return _(
        "These two are about the same and share a day: “%(first)s” and “%(second)s”. "
        "End the earlier one before the later one begins."
    ) % {"first": entry, "second": other}


def problems_of(entry: RegisterEntry) -> dict[str, list[str]]:
    """What is wrong with the entry by itself, by field. Asks the database nothing."""
    found: dict[str, list[str]] = {}
    # Foreign keys are rows already read; asking for each again would cost a query a line of an import.
    relations = {field.name for field in entry._meta.concrete_fields if field.is_relation}
    for check in (partial(entry.clean_fields, exclude=relations), entry.clean):
        try:
            check()
        except ValidationError as error:
            for name, texts in error.message_dict.items():
                found.setdefault(name, []).extend(texts)
    if isinstance(entry, ProviderApproval) and entry.authority_id and not entry.authority.code:
        found.setdefault("authority", []).append(
            _("“%(name)s” has no code, so no rule can name it. Give it one under People → Organizations.")
            % {"name": entry.authority}
        )
    return found


def _refuse_problems(entry: RegisterEntry) -> None:
    if found := problems_of(entry):
        raise RegisterError(
            " ".join(
                f"{entry._meta.get_field(name).verbose_name}: {text}"  # type: ignore[union-attr]
                for name, texts in found.items()
                for text in texts
            )
        )


def lock_authorities(authority_ids: Collection[int]) -> None:
    """Make those who write about these authorities' decisions wait for each other, in one order."""
    rows = Organization.objects.select_for_update().filter(pk__in=authority_ids).order_by("pk")
    list(rows.values_list("pk", flat=True))


def _lock(entry: RegisterEntry) -> None:
    """Make those who write about the same wait for each other (SQLite's IMMEDIATE transactions do already)."""
    if isinstance(entry, ProviderApproval):
        lock_authorities([entry.authority_id])
    elif isinstance(entry, Waiver):
        sets = RequirementSet.objects.select_for_update().filter(requirements=entry.requirement_id)
        sets.values_list("pk", flat=True).first()


def refuse_unless_in_effect(entry: RegisterEntry) -> None:
    """Raise NotInEffect for a draft, and for what is void."""
    if not entry.counts:
        raise NotInEffect(_("Only what is published, and not void, can be ended."))


def refuse_ending(entry: RegisterEntry, last_on: date) -> None:
    """Raise NotInEffect, or RegisterError where it would end before it begins."""
    refuse_unless_in_effect(entry)
    if last_on < entry.first_on:
        raise RegisterError(
            _("The last day comes before the first. If it should never have been written, void it instead.")
        )


def _lock_order(entry: RegisterEntry) -> tuple[int, int]:
    """Two who publish many at once lock in one order, so neither waits for the other for ever."""
    owner = getattr(entry, "authority_id", None) or getattr(entry, "requirement_id", None)
    return owner or 0, entry.pk


def _rivals(entry: Entry) -> models.QuerySet[Entry]:
    """Live entries about the same, but for this one."""
    rows = type(entry).objects.live().filter(**{name: getattr(entry, name) for name in entry.KEY})
    return rows.exclude(pk=entry.pk) if entry.pk else rows


def _refuse_overlap(entry: Entry) -> None:
    for other in _rivals(entry).order_by("first_on"):
        if entry.overlaps(other):
            raise Overlap(overlap_sentence(*sorted((entry, other), key=lambda found: found.first_on)))


def _values(entry: RegisterEntry) -> dict[str, object]:
    return {field.attname: getattr(entry, field.attname) for field in entry._meta.concrete_fields if field.editable}


# --- Pens ---------------------------------------------------------------------------------------------------------


def record(entry: Entry, *, actor: User | None, now: datetime | None = None) -> Entry:
    """Write a draft, new or changed, and return it. The same draft again is the same row.

    `actor` is None where the machine acts. Raises NotADraft for a published one, Overlap, RegisterError.
    """
    tidy(entry)
    _refuse_problems(entry)
    with transaction.atomic():
        _lock(entry)
        if entry.pk:
            if not type(entry).objects.drafts().filter(pk=entry.pk).exists():
                raise NotADraft(_("This was published, so it stays as it is. End it, or void it and write a new one."))
        else:
            for known in _rivals(entry).filter(first_on=entry.first_on):
                if _values(known) | {"id": None} == _values(entry) | {"id": None}:
                    return known
            entry.created_at = now or timezone.now()
        _refuse_overlap(entry)
        is_new = entry.pk is None
        try:
            with transaction.atomic():
                entry.save()
        except IntegrityError as error:
            # Two at once about a sponsorship, which has no row of its own to wait for.
            _refuse_overlap(entry)
            raise RegisterError(_("This could not be written. Please try again.")) from error
        log(entry, "wagtail.create" if is_new else "wagtail.edit", user=actor)
    return entry


@transaction.atomic
def publish(entries: Iterable[Entry], *, actor: User, now: datetime | None = None) -> list[Entry]:
    """Let drafts count from now on; return those that this call published. Twice is once.

    Raises Overlap, with nothing published.
    """
    now = now or timezone.now()
    published = []
    for entry in sorted(entries, key=_lock_order):
        _lock(entry)
        entry.refresh_from_db()
        if not entry.is_draft:
            continue
        _refuse_overlap(entry)
        if type(entry).objects.drafts().filter(pk=entry.pk).update(published_at=now, published_by=actor):
            log(entry, "curriculum.publish", user=actor)
            published.append(entry)
        entry.refresh_from_db()
    return published


@transaction.atomic
def close(entry: Entry, *, last_on: date, actor: User) -> Entry:
    """Give what counts its last day, or another one. Twice is once. Raises NotInEffect, Overlap, RegisterError."""
    _lock(entry)
    entry.refresh_from_db()
    refuse_ending(entry, last_on)
    if entry.last_on == last_on:
        return entry
    before, entry.last_on = entry.last_on, last_on
    _refuse_overlap(entry)
    entry.save(update_fields=["last_on"])
    log(entry, "curriculum.close", user=actor, data={"before": before and str(before), "after": str(last_on)})
    return entry


@transaction.atomic
def withdraw_approval(
    approval: ProviderApproval,
    *,
    on: date,
    actor: User,
    note: str = "",
    source_url: str = "",
    now: datetime | None = None,
) -> ProviderApproval:
    """Write down that the authority withdrew an approval from a day on; return the decision that says so.

    The approval ends on the day before. Twice is once. Raises NotInEffect, Overlap, RegisterError.
    """
    now = now or timezone.now()
    _lock(approval)
    again = _withdrawal_of(approval, on)
    if again is not None:
        return again
    approval.refresh_from_db()
    if approval.last_on is None or approval.last_on >= on:
        close(approval, last_on=on - timedelta(days=1), actor=actor)
    else:
        refuse_unless_in_effect(approval)
    withdrawal = ProviderApproval(
        authority=approval.authority,
        provider=approval.provider,
        activity=approval.activity,
        status=ProviderApproval.Status.WITHDRAWN,
        first_on=on,
        number=approval.number,
        note=note,
        source_url=source_url,
    )
    publish([record(withdrawal, actor=actor, now=now)], actor=actor, now=now)
    withdrawal.refresh_from_db()
    return withdrawal


def _withdrawal_of(approval: ProviderApproval, on: date) -> ProviderApproval | None:
    rows = _rivals(approval).in_effect()  # type: ignore[attr-defined]
    return rows.filter(status=ProviderApproval.Status.WITHDRAWN, first_on=on).first()


@transaction.atomic
def void(entry: Entry, *, actor: User, reason: str, now: datetime | None = None) -> Entry:
    """Let a published entry that was a mistake count no more; it stays in the list with the reason. Twice is once.

    Raises RegisterError without a reason, NotInEffect for a draft (throw it away instead).
    """
    reason = " ".join(reason.split())
    if not reason:
        raise RegisterError(_("Please write why it is void. Whoever reads the list can see the reason."))
    entry.refresh_from_db()
    if entry.is_draft:
        raise NotInEffect(_("This is a draft. Delete it instead."))
    if (
        type(entry)
        .objects.in_effect()
        .filter(pk=entry.pk)
        .update(voided_at=now or timezone.now(), voided_by=actor, void_reason=reason)
    ):
        log(entry, "curriculum.void", user=actor, data={"reason": reason})
    entry.refresh_from_db()
    return entry


@transaction.atomic
def discard(entry: Entry, *, actor: User) -> None:
    """Throw a draft away. Raises NotADraft. Twice is once."""
    row = type(entry).objects.select_for_update().filter(pk=entry.pk).first()
    if row is None:
        return
    if not row.is_draft:
        raise NotADraft(_("This was published, so it is never deleted. End it, or void it with a reason."))
    log(row, "wagtail.delete", user=actor, deleted=True)
    row.delete()


# --- As the engine reads it ---------------------------------------------------------------------------------------


def approval_facts(approval: ProviderApproval) -> ApprovalFacts:
    """One decision; reads its authority."""
    return ApprovalFacts(
        provider=approval.provider,
        authority=approval.authority.code,
        status=Standing(approval.status),
        first_on=approval.first_on,
        last_on=approval.last_on,
        activity=approval.activity,
        allows_ce=approval.allows_ce,
        minutes=approval.approved_minutes,
        number=approval.number,
    )


def facts_from(rows: Sequence[RegisterEntry]) -> RegisterFacts:
    """These entries of any kind as the engine reads them, in a fixed order, whether they are published or not."""
    approvals, sponsorships = [], []
    waivers: dict[tuple[str, int], list[WaiverFacts]] = {}
    for row in rows:
        if isinstance(row, ProviderApproval):
            approvals.append(approval_facts(row))
        elif isinstance(row, Sponsorship):
            sponsorships.append(
                SponsorFacts(
                    sponsor=row.sponsor,
                    provider=row.provider,
                    activity=row.activity,
                    first_on=row.first_on,
                    last_on=row.last_on,
                )
            )
        elif isinstance(row, Waiver):
            owner = row.requirement.requirement_set
            waivers.setdefault((owner.code, owner.version), []).append(
                WaiverFacts(rule=row.requirement.code, first_on=row.first_on, last_on=row.last_on, reason=row.reason)
            )
    begins = date.min
    return RegisterFacts(
        tuple(sorted(approvals, key=lambda a: (a.provider, a.authority, a.activity, a.first_on or begins))),
        tuple(sorted(sponsorships, key=lambda s: (s.provider, s.activity, s.sponsor, s.first_on or begins))),
        {key: tuple(sorted(found, key=lambda w: (w.rule, w.first_on or begins))) for key, found in waivers.items()},
    )


def rows_in_effect(providers: Collection[str] | None = None) -> list[RegisterEntry]:
    """Every entry that counts, for these providers and their sponsors where they are given. Three queries."""
    sponsorships = Sponsorship.objects.in_effect()
    approvals = ProviderApproval.objects.in_effect().select_related("authority")
    if providers is not None:
        sponsorships = sponsorships.filter(provider__in=providers)
    found = list(sponsorships)
    if providers is not None:
        approvals = approvals.filter(provider__in={*providers, *(row.sponsor for row in found)})
    waivers = Waiver.objects.in_effect().select_related("requirement__requirement_set")
    return [*approvals, *found, *waivers]


def register_facts(providers: Collection[str] | None = None) -> RegisterFacts:
    """All that is published, for these providers and their sponsors or for all, to be judged by. Three queries."""
    return facts_from(rows_in_effect(providers))
