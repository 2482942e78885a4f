"""Frozen shapes that cross the border of curriculum. Standard library only; minutes are whole numbers, always."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

Texts = Mapping[str, str]


class Status(StrEnum):
    """What can be said of a requirement, and of a whole set of them."""

    MET = "met"
    SHORT = "short"
    CANNOT_TELL = "cannot_tell"
    WAIVED = "waived"


class Approval(StrEnum):
    """What is known of the provider's standing with the authority on the day of the activity."""

    APPROVED = "approved"
    NOT_APPROVED = "not_approved"
    UNKNOWN = "unknown"


# Component of an hour that is work, not training: it answers an experience requirement and no other.
EXPERIENCE = "experience"


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One line of proof: so many minutes, earned that day, split over competencies as the author of the course did.

    Negative minutes are a correction: they take back minutes of other lines, never more than there are.
    Raises ValueError for minutes that are not whole, or a split that is larger than the whole.
    """

    id: str
    minutes: int
    earned_on: date
    delivery: str = ""
    competencies: Mapping[str, int] = field(default_factory=dict)
    provider: str = ""
    title: str = ""
    tags: frozenset[str] = frozenset()
    component: str = "class"
    approval: Approval = Approval.UNKNOWN

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
class RequirementFacts:
    """One condition as it is written down; `kind` names a rule of `curriculum.evaluation`."""

    code: str
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
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
    """The conditions of a credential in one version."""

    code: str
    version: int = 1
    purpose: str = "renewal"
    name: Texts = field(default_factory=dict)
    notice: Texts = field(default_factory=dict)
    minutes_per_hour: int = 60
    effective_from: date | None = None
    effective_to: date | None = None
    requirements: tuple[RequirementFacts, ...] = ()


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
    """One of several minimums inside a requirement (one competency)."""

    code: str
    required_minutes: int
    counted_minutes: int

    @property
    def short_minutes(self) -> int:
        return max(0, self.required_minutes - self.counted_minutes)


@dataclass(frozen=True, kw_only=True)
class RequirementResult:
    """The answer to one condition, with everything needed to explain it."""

    requirement: RequirementFacts
    status: Status
    required_minutes: int = 0
    counted_minutes: int = 0
    short_minutes: int = 0
    counted: tuple[Counted, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    reason: Reason | None = None
    window: tuple[date, date] | None = None
    parts: tuple[Part, ...] = ()

    @property
    def code(self) -> str:
        return self.requirement.code

    @property
    def kind(self) -> str:
        return self.requirement.kind

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
class Evaluation:
    """The answer to a whole set of conditions on a day.

    `counted_minutes` is what counts toward the total; `short_minutes` the fewest further minutes that could settle
    every condition that is short. `due_on` is the last day on which minutes can be earned for it, where there is one.
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

    def result(self, code: str) -> RequirementResult:
        """The answer to the requirement with this code. Raises KeyError where there is none."""
        for result in self.results:
            if result.code == code:
                return result
        raise KeyError(code)
