"""Frozen shapes that cross the border of curriculum. Standard library only; minutes are whole numbers, always."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

Texts = Mapping[str, str]
Window = tuple[date, date]


class Status(StrEnum):
    """What can be said of a requirement, and of a whole set of them."""

    MET = "met"
    SHORT = "short"
    CANNOT_TELL = "cannot_tell"
    WAIVED = "waived"


class Standing(StrEnum):
    """What an authority has decided of a provider, or of one activity, for a time."""

    FULL = "full"
    WARNING = "warning"
    PENDING = "pending"
    WITHDRAWN = "withdrawn"


DELIVERIES = ("in_person", "live_online", "self_paced", "recorded", "hybrid")
COMPONENTS = ("class", "homework", "reading", "practicum", "assessment", "mentorship", "experience")
LEVELS = ("introductory", "intermediate", "advanced")

# Component of an hour that is work, not training: it answers an experience requirement and no other.
EXPERIENCE = "experience"


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# --- What is offered ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One line of proof: so many minutes, earned that day, split over competencies as the author of the course did.

    Negative minutes are a correction: they take back minutes of other lines, never more than there are. What nobody
    knows of a line is None or empty, and the rules that ask for it answer "cannot tell".
    `units` says how much was earned in another unit than minutes (academic credits), under the unit's name.
    Raises ValueError for minutes that are not whole, or a split that is larger than the whole.
    """

    id: str
    minutes: int
    earned_on: date
    delivery: str = ""
    competencies: Mapping[str, int] = field(default_factory=dict)
    provider: str = ""
    sponsors: tuple[str, ...] = ()
    activity: str = ""
    title: str = ""
    tags: frozenset[str] = frozenset()
    component: str = "class"
    level: str = ""
    first_time: bool | None = None
    attendance_percent: int | None = None
    score_percent: int | None = None
    units: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _whole(self.minutes):
            raise ValueError(f"Evidence {self.id}: minutes must be a whole number, not {self.minutes!r}.")
        for code, minutes in self.competencies.items():
            if not _whole(minutes):
                raise ValueError(f"Evidence {self.id}: minutes of {code} must be a whole number, not {minutes!r}.")
            if minutes * self.minutes < 0:
                raise ValueError(f"Evidence {self.id}: minutes of {code} have another sign than the whole.")
        if sum(abs(minutes) for minutes in self.competencies.values()) > abs(self.minutes):
            raise ValueError(f"Evidence {self.id}: the competencies have more minutes than the whole.")


@dataclass(frozen=True, kw_only=True)
class ApprovalFacts:
    """An authority's decision about a provider between two days, both inclusive; no last day: still in force.

    With an `activity` it covers that activity alone. `allows_ce` is for a standing under warning whose notice lets
    its continuing education count (272 CMR 7.03(1)(b)). `minutes` is the length that was approved, where one was.
    Raises ValueError where the last day comes before the first.
    """

    provider: str
    authority: str
    status: Standing
    first_on: date | None = None
    last_on: date | None = None
    activity: str = ""
    allows_ce: bool = False
    minutes: int | None = None
    number: str = ""

    def __post_init__(self) -> None:
        if self.first_on and self.last_on and self.last_on < self.first_on:
            raise ValueError(f"The approval of {self.provider} ends before it begins.")

    def covers(self, day: date) -> bool:
        """Whether it was in force on that day."""
        return (self.first_on is None or self.first_on <= day) and (self.last_on is None or day <= self.last_on)

    def overlaps(self, other: "ApprovalFacts") -> bool:
        """Whether some day has both, for the same provider, authority and activity."""
        same = (self.provider, self.authority, self.activity) == (other.provider, other.authority, other.activity)
        begins = max(self.first_on or date.min, other.first_on or date.min)
        return same and begins <= min(self.last_on or date.max, other.last_on or date.max)


@dataclass(frozen=True, kw_only=True)
class WaiverFacts:
    """A rule that is not asked of this person (or of anybody) between two days, both inclusive, and why."""

    rule: str
    first_on: date | None = None
    last_on: date | None = None
    reason: str = ""

    def covers(self, day: date) -> bool:
        """Whether it holds on that day."""
        return (self.first_on is None or self.first_on <= day) and (self.last_on is None or day <= self.last_on)


@dataclass(frozen=True, kw_only=True)
class DocumentFacts:
    """A paper that was shown: a reference, a photo, a statement. `covers` says for which competencies it speaks."""

    kind: str
    covers: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """What a rule may ask of the person. Nothing here is stored by Puente; whoever asks may tell it."""

    age: int | None = None
    residence: str = ""
    education: str = ""


@dataclass(frozen=True, kw_only=True)
class CycleFacts:
    """From when to when a certificate runs. `is_first`: never renewed before; None where nobody told us.

    `carried_over_minutes` are left over from the cycle before, as the board says.
    """

    starts_on: date | None = None
    expires_on: date | None = None
    is_first: bool | None = None
    carried_over_minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything that is offered for one person: lines of evidence, papers, approvals and waivers that may matter."""

    evidence: tuple[Evidence, ...] = ()
    approvals: tuple[ApprovalFacts, ...] = ()
    waivers: tuple[WaiverFacts, ...] = ()
    documents: tuple[DocumentFacts, ...] = ()
    person: PersonFacts = PersonFacts()
    cycle: CycleFacts = CycleFacts()


# --- What is asked ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RequirementFacts:
    """One condition as it is written down; `kind` names a rule of `curriculum.evaluation`.

    `part_of` is the code of the all-of, any-of or n-of condition that it belongs to; empty for one that stands alone.
    """

    code: str
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    part_of: str = ""
    text: Texts = field(default_factory=dict)
    source_url: str = ""
    source_citation: str = ""
    verification: str = "unverified"
    waived_from: date | None = None
    waived_to: date | None = None

    def is_waived(self, on: date) -> bool:
        """Whether the authority does not ask for this on that day (both ends of the waiver inclusive)."""
        return self.waived_from is not None and self.waived_to is not None and self.waived_from <= on <= self.waived_to


@dataclass(frozen=True, kw_only=True)
class RequirementSetFacts:
    """The conditions of a credential in one version. `words`: what the codes of topics and papers are called."""

    code: str
    version: int = 1
    purpose: str = "renewal"
    name: Texts = field(default_factory=dict)
    notice: Texts = field(default_factory=dict)
    words: Mapping[str, Texts] = field(default_factory=dict)
    minutes_per_hour: int = 60
    effective_from: date | None = None
    effective_to: date | None = None
    requirements: tuple[RequirementFacts, ...] = ()


# --- What is answered ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why, as a code and its figures: `curriculum.reports` makes a sentence of it in the reader's language."""

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """So many minutes of this evidence count here."""

    evidence_id: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """So many minutes of this evidence do not count here, and why."""

    evidence_id: str
    minutes: int
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of several minimums inside a requirement (one competency, one bucket)."""

    code: str
    required_minutes: int
    counted_minutes: int
    text: Texts = field(default_factory=dict)

    @property
    def short_minutes(self) -> int:
        return max(0, self.required_minutes - self.counted_minutes)


@dataclass(frozen=True, kw_only=True)
class RequirementResult:
    """The answer to one condition, with everything needed to explain it.

    `is_chosen` is False for a condition on a way (any-of, n-of) that another way beats.
    """

    requirement: RequirementFacts
    status: Status
    required_minutes: int = 0
    counted_minutes: int = 0
    short_minutes: int = 0
    counted: tuple[Counted, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    reason: Reason | None = None
    window: Window | None = None
    parts: tuple[Part, ...] = ()
    is_chosen: bool = True

    @property
    def code(self) -> str:
        return self.requirement.code

    @property
    def kind(self) -> str:
        return self.requirement.kind

    @property
    def part_of(self) -> str:
        return self.requirement.part_of

    @property
    def text(self) -> Texts:
        return self.requirement.text

    @property
    def source_url(self) -> str:
        return self.requirement.source_url

    @property
    def source_citation(self) -> str:
        return self.requirement.source_citation


@dataclass(frozen=True, kw_only=True)
class Step:
    """One part of the shortest way to finish: so many further minutes of this sort, and the conditions they settle.

    Empty means "of any sort". `authorities` must have approved the provider.
    """

    minutes: int
    competency: str = ""
    tags: frozenset[str] = frozenset()
    delivery: str = ""
    component: str = ""
    level: str = ""
    authorities: frozenset[str] = frozenset()
    settles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The answer to a whole set of conditions on a day.

    `counted_minutes` is what counts toward the total; `short_minutes` the fewest further minutes that could settle
    every condition that is short, and `steps` what they would be. `due_on` is the last day on which minutes can be
    earned for it, where there is one.
    """

    rules: RequirementSetFacts
    status: Status
    as_of: date
    due_on: date | None
    required_minutes: int
    counted_minutes: int
    short_minutes: int
    competency_minutes: Mapping[str, int]
    results: tuple[RequirementResult, ...]
    steps: tuple[Step, ...] = ()

    def result(self, code: str) -> RequirementResult:
        """The answer to the requirement with this code. Raises KeyError where there is none."""
        for result in self.results:
            if result.code == code:
                return result
        raise KeyError(code)
