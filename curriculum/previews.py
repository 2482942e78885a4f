"""A change before it is made: who would stand otherwise. Reads; writes nothing, and keeps nothing but what it returns.

People are judged in chunks, and one call lasts about as long as it is told to. Where it stopped goes back to the caller
as a signed token: the server remembers nothing between two calls.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from curriculum.data import CycleFacts, Status
from curriculum.errors import CurriculumError, StalePreview
from curriculum.evaluation import Prepared, RulesError
from curriculum.models import (
    CompetencyFramework,
    ProviderApproval,
    RegisterEntry,
    RequirementSet,
    Sponsorship,
    Waiver,
)
from curriculum.register import facts_from, refuse_ending, refuse_unless_in_effect, register_facts, rows_in_effect
from curriculum.services import expiry_days, facts_of, requirement_sets_in_force
from curriculum.simulation import Case, Proposal, RuleTurn, SetChange, Tally, cites, hours, judge
from people.models import User

CHUNK = 50
# A request answers well within the half minute that a web server waits, however many people there are.
SECONDS = 6.0
ROWS_SHOWN = 100
TOKEN_LASTS = 60 * 60


# --- What is proposed ---------------------------------------------------------------------------------------------


def day_to_judge_on(entry: RegisterEntry | RequirementSet, today: date) -> date:
    """Today, or the nearest day on which a waiver or a version of rules makes a difference at all."""
    if isinstance(entry, Waiver):
        return max(entry.first_on, min(today, entry.last_on or today))
    if isinstance(entry, RequirementSet):
        return max(entry.effective_from, min(today, entry.effective_to or today))
    return today


def propose_publishing(entries: Sequence[RegisterEntry], *, as_of: date) -> Proposal:
    """What it would do to publish these drafts."""
    return _propose(added=entries, removed=(), as_of=as_of)


def propose_closing(entry: RegisterEntry, *, last_on: date, as_of: date) -> Proposal:
    """What it would do to let a published entry end on a day. Raises NotInEffect, RegisterError."""
    refuse_ending(entry, last_on)
    ended = copy(entry)
    ended.last_on = last_on
    return _propose(added=[ended], removed=[entry], as_of=as_of)


def propose_withdrawing(approval: ProviderApproval, *, on: date, as_of: date) -> Proposal:
    """What it would do to write down that the authority withdrew an approval from a day on. Raises RegisterError."""
    day_before = on - timedelta(days=1)
    if approval.last_on is None or approval.last_on > day_before:
        refuse_ending(approval, day_before)
    refuse_unless_in_effect(approval)
    ended, withdrawal = copy(approval), copy(approval)
    ended.last_on = min(filter(None, (approval.last_on, day_before)))
    withdrawal.pk, withdrawal.first_on, withdrawal.last_on = None, on, None
    withdrawal.status, withdrawal.allows_ce = ProviderApproval.Status.WITHDRAWN, False
    return _propose(added=[ended, withdrawal], removed=[approval], as_of=as_of)


def propose_voiding(entry: RegisterEntry, *, as_of: date) -> Proposal:
    """What it would do to let a published entry count no more. Raises NotInEffect."""
    refuse_unless_in_effect(entry)
    return _propose(added=(), removed=[entry], as_of=as_of)


def propose_version(requirement_set: RequirementSet, *, as_of: date) -> Proposal:
    """What it does that these rules take the place of the version before them. Raises CurriculumError."""
    earlier = (
        RequirementSet.objects.filter(
            code=requirement_set.code, version__lt=requirement_set.version, effective_from__lte=as_of
        )
        .exclude(effective_to__lt=as_of)
        .order_by("-version")
        .first()
    )
    register = register_facts()
    case = _case(requirement_set, _frameworks(), before=_prepared(earlier) if earlier else None, is_new=earlier is None)
    return Proposal(as_of=as_of, before=register, after=register, cases=(case,))


def _propose(*, added: Iterable[RegisterEntry], removed: Iterable[RegisterEntry], as_of: date) -> Proposal:
    added, removed = list(added), list(removed)
    gone = {(type(entry), entry.pk) for entry in removed}
    present = rows_in_effect()
    return Proposal(
        as_of=as_of,
        before=facts_from(present),
        after=facts_from([*(row for row in present if (type(row), row.pk) not in gone), *added]),
        cases=_cases([*added, *removed], as_of),
    )


def _cases(touched: Sequence[RegisterEntry], as_of: date) -> tuple[Case, ...]:
    """The requirement sets whose answer these entries can change at all."""
    waived = {entry.requirement.requirement_set_id for entry in touched if isinstance(entry, Waiver)}
    authorities = {entry.authority.code for entry in touched if isinstance(entry, ProviderApproval)}
    asks_any = any(isinstance(entry, Sponsorship) for entry in touched)
    frameworks = _frameworks()
    found = {
        requirement_set.pk: requirement_set
        for requirement_set in requirement_sets_in_force(as_of)
        if requirement_set.pk not in waived
        and (asks_any or authorities)
        and cites(facts_of(requirement_set), None if asks_any else authorities)
    }
    for requirement_set in RequirementSet.objects.filter(pk__in=waived).select_related("credential"):
        found[requirement_set.pk] = requirement_set
    return tuple(
        _case(requirement_set, frameworks)
        for requirement_set in sorted(found.values(), key=lambda item: (item.code, item.version))
    )


def _frameworks() -> dict[int, str]:
    return dict(CompetencyFramework.objects.values_list("pk", "code"))


def _prepared(requirement_set: RequirementSet) -> Prepared:
    try:
        return Prepared(facts_of(requirement_set))
    except RulesError as error:
        raise CurriculumError(
            _("The rules of %(set)s cannot be applied as they are written: %(problem)s")
            % {"set": requirement_set, "problem": error}
        ) from error


def _case(
    requirement_set: RequirementSet,
    frameworks: dict[int, str],
    *,
    before: Prepared | None = None,
    is_new: bool = False,
) -> Case:
    after = _prepared(requirement_set)
    credential = requirement_set.credential
    return Case(
        name=str(requirement_set.name) or requirement_set.code,
        framework=frameworks.get(credential.framework_id or 0, ""),
        credential=credential,
        purpose=requirement_set.purpose,
        before=None if is_new else before or after,
        after=after,
    )


# --- Judging everybody --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Row:
    """One person who would see another answer from the case with this number."""

    person_id: int
    case: int
    change: SetChange


@dataclass
class Progress:
    """How far a preview has come. `people`: how many there are; `rows`: the first of those who change, where kept."""

    people: int
    last_id: int = 0
    tallies: list[Tally] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    is_done: bool = False
    judged: int = 0


def begin(proposal: Proposal) -> Progress:
    """Nobody judged yet. A proposal that can change no set is done at once."""
    return Progress(
        people=hours.source.count_people(),
        tallies=[Tally() for _case in proposal.cases],
        is_done=not proposal.cases,
    )


def advance(
    proposal: Proposal,
    progress: Progress,
    *,
    keep_rows: bool,
    seconds: float = SECONDS,
    chunk: int = CHUNK,
    clock: Callable[[], float] = time.monotonic,
) -> Progress:
    """Judge on from where it stopped, at least one chunk of people, until the time is over or everybody is judged.

    A chunk costs three queries and one for each case. `keep_rows` only for those who may see whose hours they are.
    """
    until = clock() + seconds
    while not progress.is_done:
        ids = hours.source.people_after(progress.last_id, chunk)
        for row in _judge_chunk(proposal, ids):
            progress.tallies[row.case].add(row.change)
            if keep_rows and row.change.is_changed and len(progress.rows) < ROWS_SHOWN:
                progress.rows.append(row)
        progress.judged += len(ids)
        progress.last_id = ids[-1] if ids else progress.last_id
        progress.is_done = len(ids) < chunk
        if clock() >= until:
            break
    return progress


def changed_rows(proposal: Proposal, *, chunk: int = CHUNK) -> Iterator[Row]:
    """Everybody who would see another answer, in the order of their ids. As long as it takes, a chunk at a time."""
    last_id = 0
    while proposal.cases and (ids := hours.source.people_after(last_id, chunk)):
        yield from (row for row in _judge_chunk(proposal, ids) if row.change.is_changed)
        last_id = ids[-1]


def _judge_chunk(proposal: Proposal, ids: Sequence[int]) -> Iterator[Row]:
    if not ids:
        return
    lines = hours.source.lines_of(ids, {case.framework for case in proposal.cases})
    days = [expiry_days(ids, case.credential, case.purpose, today=proposal.as_of) for case in proposal.cases]
    for person_id in ids:
        for number, case in enumerate(proposal.cases):
            cycle = CycleFacts(expires_on=days[number][person_id])
            yield Row(
                person_id=person_id,
                case=number,
                change=judge(proposal, case, lines[person_id][case.framework], cycle),
            )


def record_look(user: User, about: Iterable[Any], proposal: Proposal, *, sees_people: bool, is_export: bool) -> None:
    """Note in the CMS's log who looked at what a change would do, and whether names were shown."""
    for instance in about:
        log(
            instance,
            "curriculum.preview",
            user=user,
            data={"as_of": proposal.as_of.isoformat(), "people": sees_people, "export": is_export},
        )


# --- Between two requests -----------------------------------------------------------------------------------------


def _salt(user: User) -> str:
    return f"curriculum.previews.{user.pk}"


def pack(proposal: Proposal, progress: Progress, user: User) -> str:
    """Progress as a token that only this user can send back, for this proposal."""
    return signing.dumps({"of": proposal.digest, **asdict(progress)}, salt=_salt(user), compress=True)


def unpack(token: str, proposal: Proposal, user: User) -> Progress:
    """The progress in a token. Raises StalePreview where it is old, not theirs, or of another proposal."""
    try:
        told = signing.loads(token, salt=_salt(user), max_age=TOKEN_LASTS)
    except signing.BadSignature as error:
        raise StalePreview(_("This preview is too old. It began again.")) from error
    if told.pop("of") != proposal.digest:
        raise StalePreview(_("The rules or the approvals have changed since. The preview began again."))
    told["tallies"] = [Tally(**tally) for tally in told["tallies"]]
    told["rows"] = [_row(row) for row in told["rows"]]
    return Progress(**told)


def _row(told: dict[str, Any]) -> Row:
    change = told["change"]
    turned = tuple(
        RuleTurn(code=turn["code"], before=_status(turn["before"]), after=_status(turn["after"]))
        for turn in change.pop("turned")
    )
    before, after = _status(change.pop("before")), Status(change.pop("after"))
    return Row(
        person_id=told["person_id"],
        case=told["case"],
        change=SetChange(**change, before=before, after=after, turned=turned),
    )


def _status(value: str | None) -> Status | None:
    return Status(value) if value else None
