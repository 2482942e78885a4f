"""Frozen shapes that cross the border of certificates. Standard library and the shapes of courses only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from courses.data import Outline


@dataclass(frozen=True)
class CompetencyMinutes:
    """So many minutes for one competency, named as on the day."""

    framework: str
    framework_name: Mapping[str, str]
    code: str
    name: Mapping[str, str]
    minutes: int


@dataclass(frozen=True)
class Activity:
    """What a total is made of: a finished course, or an entry of the ledger. `reference`: edition of the course."""

    title: Mapping[str, str]
    minutes: int
    on: date
    delivery: str
    provider: str = ""
    reference: str = ""
    kind: str = "credit"


@dataclass(frozen=True)
class CertificateFacts:
    """All that a certificate states: what is drawn on paper, shown on the screen and answered to who checks it.

    `kind`: a certificates.designs kind; what follows it is there for some of them only.
    """

    recipient_name: str
    course_title: Mapping[str, str]
    course_revision: str
    contact_minutes: int
    competencies: tuple[CompetencyMinutes, ...]
    delivery: str
    delivery_name: str
    completed_on: date
    issued_on: date
    expires_on: date | None
    issuer_name: str
    issuer_address: str
    issuer_number: str
    signatory_name: str
    signatory_title: Mapping[str, str]
    language: str
    template_version: int
    code: str
    token: str
    link: str
    paper: str = "letter"
    signed_by: str = ""
    approvals: tuple[Mapping[str, str], ...] = ()
    kind: str = "course"
    kind_name: str = ""
    since: date | None = None
    until: date | None = None
    activities: tuple[Activity, ...] = ()
    objectives: Mapping[str, tuple[str, ...]] | None = None
    location: Mapping[str, str] | None = None
    instructor: str = ""
    signatories: tuple[tuple[str, Mapping[str, str]], ...] = ()
    addressee: tuple[str, ...] = ()
    statement: Mapping[str, str] | None = None
    closing: Mapping[str, str] | None = None

    @property
    def signers(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        """Everybody who stands under it, with their titles."""
        if self.signatories or not self.signatory_name:
            return self.signatories
        return ((self.signatory_name, self.signatory_title),)


class Answer(StrEnum):
    """The honest answers to who checks a certificate."""

    STANDS = "stands"
    REVOKED = "revoked"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    TAMPERED = "tampered"
    UNKNOWN = "unknown"
    MISTYPED = "mistyped"


@dataclass(frozen=True)
class VerificationResult:
    """What the public is told. `facts` and what follows are there only for a certificate of ours.

    `since`, `reason`: of its end. `newer_token`, `change_name`: of the certificate that took its place. `tampering`: of
    a file that is not as issued, "added" (it begins as one that was) or "changed"; `underlying` then answers for the
    certificate that the file speaks of.
    """

    answer: Answer
    facts: CertificateFacts | None = None
    since: date | None = None
    reason: str = ""
    pdf_sha256: str = ""
    problem: str = ""
    newer_token: str = ""
    change_name: str = ""
    tampering: str = ""
    underlying: "VerificationResult | None" = None

    @property
    def has_ended(self) -> bool:
        """It is ours, and it does not stand."""
        return self.answer in (Answer.REVOKED, Answer.EXPIRED, Answer.SUPERSEDED)


@dataclass(frozen=True)
class CheckedLine:
    """One line of a list that somebody brought, with its answer."""

    number: int
    code: str
    surname: str
    result: VerificationResult


@dataclass(frozen=True)
class TranscriptShare:
    """Part of a line of a transcript."""

    framework: str
    code: str
    name: Mapping[str, str]
    minutes: int


@dataclass(frozen=True)
class TranscriptLine:
    """One entry of the ledger as a person reads it; the names are in the language it was read in."""

    public_id: str
    kind: str
    kind_name: str
    earned_on: date
    recorded_at: datetime
    title: Mapping[str, str]
    provider_name: str
    delivery: str
    delivery_name: str
    minutes: int
    reason: str
    shares: tuple[TranscriptShare, ...]


@dataclass(frozen=True)
class CompetencyTotal:
    """The sum of shares for one competency, with the lines that make it."""

    framework: str
    framework_name: Mapping[str, str]
    code: str
    name: Mapping[str, str]
    minutes: int
    lines: tuple[tuple[TranscriptLine, int], ...]


@dataclass(frozen=True)
class Transcript:
    """A person's account of hours in a window of days. The totals are the sums of the lines, to the minute."""

    name: str
    since: date | None
    until: date | None
    lines: tuple[TranscriptLine, ...]
    total_minutes: int
    frameworks: tuple[tuple[str, Mapping[str, str], tuple[CompetencyTotal, ...]], ...]


@dataclass(frozen=True)
class RequirementReport:
    """How a person's hours answer one set of requirements. `report`: from `curriculum.services.explain`.

    `courses`: live ones, not yet taken, that would bring the person nearest to it.
    """

    code: str
    name: str
    purpose: str
    expires_on: date | None
    is_assumed: bool
    report: Any
    courses: tuple[Outline, ...] = ()
