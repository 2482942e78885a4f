"""Pure: who would stand otherwise if something of the rules or the register changed. Two evaluations are compared.

Whose hours these are is not known here. The app that keeps hours fills the slot `hours` when it starts; the lower app
only says what it needs.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol

from curriculum.data import CycleFacts, Evaluation, Evidence, RequirementSetFacts, Status
from curriculum.evaluation import Prepared, evaluate
from curriculum.facts import RegisterFacts, dossier_of

# --- The slot -----------------------------------------------------------------------------------------------------


class Hours(Protocol):
    """Where people's hours are kept."""

    def count_people(self) -> int:
        """How many people have hours. One query."""

    def people_after(self, person_id: int, limit: int) -> Sequence[int]:
        """The next people with hours, by id. One query."""

    def lines_of(
        self, person_ids: Collection[int], frameworks: Collection[str]
    ) -> Mapping[int, Mapping[str, Sequence[Evidence]]]:
        """Their hours by person and framework. A fixed number of queries, however many people and lines."""

    def may_see_people(self, user: Any) -> bool:
        """Whether this user may see whose hours they are; others see counts."""


class HoursSlot:
    """Holds what fills it. Filled once, from an app's config."""

    def __init__(self) -> None:
        self._filled: Hours | None = None

    def fill(self, hours: Hours) -> None:
        """Let this be where hours are kept."""
        self._filled = hours

    @property
    def source(self) -> Hours:
        """Where hours are kept. Raises LookupError where no app keeps any."""
        if self._filled is None:
            raise LookupError("No app has said where hours are kept: see curriculum.simulation.hours.")
        return self._filled


hours = HoursSlot()


# --- One person ---------------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What a change does to where a person stands. A requirement that is waived is settled, as one that is met."""

    BECOMES_MET = "becomes_met"
    BECOMES_SHORT = "becomes_short"
    BECOMES_UNCLEAR = "becomes_unclear"
    STAYS_MET = "stays_met"
    STAYS_SHORT = "stays_short"
    STAYS_UNCLEAR = "stays_unclear"

    @property
    def turns(self) -> bool:
        return self in (Outcome.BECOMES_MET, Outcome.BECOMES_SHORT, Outcome.BECOMES_UNCLEAR)


def outcome_of(before: Status | None, after: Status) -> Outcome:
    """What became of a status. Nobody was judged (`before` is None): whatever comes is new."""
    plain = {Status.WAIVED: Status.MET}
    was, now = plain.get(before, before) if before else None, plain.get(after, after)
    becomes = {
        Status.MET: (Outcome.STAYS_MET, Outcome.BECOMES_MET),
        Status.SHORT: (Outcome.STAYS_SHORT, Outcome.BECOMES_SHORT),
        Status.CANNOT_TELL: (Outcome.STAYS_UNCLEAR, Outcome.BECOMES_UNCLEAR),
    }
    return becomes[now][was != now]


@dataclass(frozen=True, kw_only=True)
class RuleTurn:
    """One rule of a set that is answered otherwise; None: the rule is not there."""

    code: str
    before: Status | None
    after: Status | None


@dataclass(frozen=True, kw_only=True)
class SetChange:
    """Where a person stands with a requirement set before and after. Minutes before are 0 where nobody was judged."""

    code: str
    before: Status | None
    after: Status
    counted_before: int
    counted_after: int
    short_before: int
    short_after: int
    turned: tuple[RuleTurn, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.before, self.after)

    @property
    def gained_minutes(self) -> int:
        """Minutes that count after and did not before; below zero: lost."""
        return self.counted_after - self.counted_before

    @property
    def is_changed(self) -> bool:
        """Whether the person would see another answer."""
        return bool(
            self.before != self.after or self.gained_minutes or self.short_before != self.short_after or self.turned
        )


def compare(before: Evaluation | None, after: Evaluation) -> SetChange:
    """Two answers for one person: which rules turned, and how many minutes more or less count."""
    old = {result.code: result.status for result in before.results} if before else {}
    new = {result.code: result.status for result in after.results}
    turned = tuple(
        RuleTurn(code=code, before=old.get(code), after=new.get(code))
        for code in dict.fromkeys((*new, *old))
        if before is not None and old.get(code) != new.get(code)
    )
    return SetChange(
        code=after.rules.code,
        before=before.status if before else None,
        after=after.status,
        counted_before=before.counted_minutes if before else 0,
        counted_after=after.counted_minutes,
        short_before=before.short_minutes if before else 0,
        short_after=after.short_minutes,
        turned=turned,
    )


# --- What would change --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Case:
    """A requirement set by the rules before and after; `before` is None for a set that was not there.

    `credential` is opaque here: whoever makes the case reads people's cycles by it.
    """

    name: str
    framework: str
    credential: Any
    purpose: str
    before: Prepared | None
    after: Prepared

    @property
    def code(self) -> str:
        return self.after.rules.code


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A change that nobody has made yet: the register and the rules before and after, judged on a day."""

    as_of: date
    before: RegisterFacts
    after: RegisterFacts
    cases: tuple[Case, ...]

    @property
    def digest(self) -> str:
        """The same for the same proposal against the same rules and register."""
        rules = [(case.code, case.before and case.before.rules, case.after.rules) for case in self.cases]
        told = repr((self.as_of, _plain(self.before), _plain(self.after), rules))
        return sha256(told.encode()).hexdigest()[:24]


def _plain(register: RegisterFacts) -> tuple[Any, ...]:
    return register.approvals, register.sponsorships, sorted(register.waivers.items())


def cites(rules: RequirementSetFacts, authorities: Collection[str] | None) -> bool:
    """Whether a rule asks how a provider stands with one of these authorities (None: with any)."""

    def asks(value: Any) -> bool:
        if isinstance(value, Mapping):
            named = value.get("authority")
            if named is not None and (authorities is None or named in authorities):
                return True
            return any(asks(item) for item in value.values())
        return isinstance(value, list | tuple) and any(asks(item) for item in value)

    return any(asks(requirement.parameters) for requirement in rules.requirements)


def judge(proposal: Proposal, case: Case, lines: Sequence[Evidence], cycle: CycleFacts) -> SetChange:
    """Where a person with these lines stands before and after. Evaluates once where nothing that is offered differs."""
    after = dossier_of(lines, proposal.after, case.after.rules, cycle)
    judged_after = evaluate(case.after, after, as_of=proposal.as_of)
    if case.before is None:
        return compare(None, judged_after)
    before = dossier_of(lines, proposal.before, case.before.rules, cycle)
    if case.before is case.after and before == after:
        return compare(judged_after, judged_after)
    return compare(evaluate(case.before, before, as_of=proposal.as_of), judged_after)


# --- Many people --------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """Counts of one requirement set over the people judged so far. The outcomes add up to the people."""

    outcomes: dict[str, int] = field(default_factory=lambda: {outcome.value: 0 for outcome in Outcome})
    changed: int = 0
    gained_minutes: int = 0
    lost_minutes: int = 0

    def add(self, change: SetChange) -> None:
        """Count one person."""
        self.outcomes[change.outcome.value] += 1
        self.changed += change.is_changed
        self.gained_minutes += max(0, change.gained_minutes)
        self.lost_minutes += max(0, -change.gained_minutes)

    @property
    def people(self) -> int:
        return sum(self.outcomes.values())

    @property
    def turned(self) -> int:
        """Of how many people the status turns."""
        return sum(self.outcomes[outcome.value] for outcome in Outcome if outcome.turns)
