"""Evidence as a file: read and checked without a database, so that anyone can check what Puente answers.

The form is docs/requirement-evidence.md; its JSON schema (docs/requirement-evidence.schema.json) is made from the
models below. A file is refused as a whole, with a line for each fault.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curriculum.data import (
    ApprovalFacts,
    CycleFacts,
    DocumentFacts,
    Dossier,
    Evidence,
    PersonFacts,
    Standing,
    WaiverFacts,
)
from curriculum.errors import DossierFaults

Minutes = Annotated[int, Field(ge=0, le=10_000_000, description="whole minutes")]
Percent = Annotated[int, Field(ge=0, le=100)]
Code = Annotated[str, Field(min_length=1, max_length=200)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class PersonEntry(BaseModel):
    """What a rule may ask of the person. Anything else said of the person is not read."""

    model_config = ConfigDict(extra="ignore", strict=True)

    age: Annotated[int, Field(ge=0, le=150)] | None = None
    born_on: date | None = Field(
        default=None, description="used for the age on the day asked about, where no age is given"
    )
    residence: str = ""
    education: str = ""


class CycleEntry(_Entry):
    """From when to when the certificate runs, both days inclusive."""

    starts_on: date | None = None
    expires_on: date | None = None
    first: bool | None = Field(default=None, description="whether it was never renewed before")
    carried_over_minutes: Minutes = Field(default=0, description="left over from the cycle before, as the board says")


class ApprovalEntry(_Entry):
    """A decision of an authority about a provider, or about one activity of it."""

    provider: Code
    authority: Code
    status: Literal["full", "warning", "pending", "withdrawn"]
    first_on: date | None = Field(default=None, alias="from")
    last_on: date | None = Field(default=None, alias="to", description="missing: still in force")
    activity: str = Field(default="", description="covers that activity alone")
    allows_ce: bool = Field(default=False, description="a warning whose notice lets continuing education count")
    minutes: Minutes | None = Field(default=None, description="length that was approved")
    number: str = ""


class WaiverEntry(_Entry):
    """A rule that is not asked for. A waiver of an extension is what grants it, until its last day."""

    rule: Code
    first_on: date | None = Field(default=None, alias="from")
    last_on: date | None = Field(default=None, alias="to", description="missing: no end is known")
    reason: str = ""


class EvidenceEntry(_Entry):
    """Minutes earned on a day."""

    id: Code
    minutes: Minutes = 0
    earned_on: date
    delivery: Literal["in_person", "live_online", "self_paced", "recorded", "hybrid"] | None = None
    component: Literal["class", "homework", "reading", "practicum", "assessment", "mentorship", "experience"] = "class"
    competencies: dict[str, Minutes] = Field(default_factory=dict)
    tags: list[str] = Field(default_factory=list)
    provider: str = ""
    sponsors: list[str] = Field(default_factory=list)
    activity: str = ""
    title: str = ""
    level: Literal["introductory", "intermediate", "advanced"] | None = None
    first_time: bool | None = None
    attendance_percent: Percent | None = None
    score_percent: Percent | None = None
    units: dict[str, Minutes] = Field(default_factory=dict, description="earned in another unit, such as credits")


class DocumentEntry(_Entry):
    """A paper that was shown, and the competencies that it speaks for."""

    kind: Code
    covers: list[str] = Field(default_factory=list)


class DossierEntry(_Entry):
    """Everything that is offered for one person."""

    person: PersonEntry = Field(default_factory=PersonEntry)
    cycle: CycleEntry = Field(default_factory=CycleEntry)
    approvals: list[ApprovalEntry] = Field(default_factory=list)
    waivers: list[WaiverEntry] = Field(default_factory=list)
    evidence: list[EvidenceEntry]
    documents: list[DocumentEntry] = Field(default_factory=list)


def schema() -> dict[str, Any]:
    """The JSON schema of the file (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Evidence for evaluate_requirements",
        **{key: value for key, value in DossierEntry.model_json_schema(by_alias=True).items() if key != "title"},
    }


# --- Faults -------------------------------------------------------------------------------------------------------

_WORDS = {
    "missing": gettext_lazy("is missing."),
    "extra_forbidden": gettext_lazy("is not known here."),
    "int_type": gettext_lazy("must be a whole number."),
    "int_from_float": gettext_lazy("must be a whole number."),
    "greater_than_equal": gettext_lazy("must be zero or more."),
    "less_than_equal": gettext_lazy("is too large."),
    "string_type": gettext_lazy("must be a text."),
    "string_too_short": gettext_lazy("must not be empty."),
    "string_too_long": gettext_lazy("is too long."),
    "bool_type": gettext_lazy("must be true or false."),
    "list_type": gettext_lazy("must be a list."),
    "dict_type": gettext_lazy("must be names with values."),
    "model_type": gettext_lazy("must be names with values."),
    "model_attributes_type": gettext_lazy("must be names with values."),
}


def _fault(error: Mapping[str, Any]) -> tuple[str, str]:
    place = _place(error["loc"])
    if error["type"].startswith("date"):
        return place, _("must be a day such as 2026-07-31.")
    if error["type"] == "literal_error":
        return place, _("must be one of: %(choices)s.") % {"choices": error["ctx"]["expected"].replace("'", "")}
    return place, str(_WORDS.get(error["type"], gettext_lazy("is not right.")))


def _place(location: tuple[Any, ...]) -> str:
    place = ""
    for part in location:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place or _("the file")


def _contradictions(
    entry: DossierEntry, competencies: frozenset[str] | None, places: Mapping[str, list[int]]
) -> Iterator[tuple[str, str]]:
    """What is well formed line by line and cannot stand together. `places`: where the lines of a list stand in the
    file, if some were put aside."""

    def numbered(name: str) -> Iterator[tuple[str, Any]]:
        lines = getattr(entry, name)
        return (
            (f"{name}[{place}]", line) for place, line in zip(places.get(name, range(len(lines))), lines, strict=True)
        )

    spans = [("cycle", entry.cycle.starts_on, entry.cycle.expires_on)]
    spans += [
        (place, item.first_on, item.last_on) for name in ("approvals", "waivers") for place, item in numbered(name)
    ]
    for place, first, last in spans:
        if first and last and last < first:
            yield place, _("ends before it begins.")
    for code, times in Counter(item.id for item in entry.evidence).items():
        if times > 1:
            yield "evidence", _("has the id %(id)s more than once.") % {"id": code}
    for here, line in numbered("evidence"):
        if "minutes" not in line.model_fields_set and not line.units:
            yield f"{here}.minutes", _("is missing.")
        if sum(line.competencies.values()) > line.minutes:
            yield f"{here}.competencies", _("have more minutes together than the whole.")
        yield from _unknown(f"{here}.competencies", line.competencies, competencies)
    for here, paper in numbered("documents"):
        yield from _unknown(f"{here}.covers", paper.covers, competencies)
    yield from _overlaps(list(numbered("approvals")))


def _unknown(place: str, codes: Any, competencies: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    for code in codes:
        if competencies is not None and code not in competencies:
            yield f"{place}.{code}", _("is not a competency of this framework.")


def _overlaps(approvals: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    by_what: dict[tuple[str, str, str], list[tuple[str, ApprovalFacts]]] = {}
    for place, item in approvals:
        if item.first_on and item.last_on and item.last_on < item.first_on:
            continue  # said already
        facts = _approval(item)
        by_what.setdefault((facts.provider, facts.authority, facts.activity), []).append((place, facts))
    for about_the_same in by_what.values():
        for (one, first), (other, second) in combinations(about_the_same, 2):
            if first.overlaps(second):
                yield other, _("overlaps with %(place)s.") % {"place": one}


# --- Reading ------------------------------------------------------------------------------------------------------


def read_dossier(content: str | bytes, *, as_of: date, competencies: frozenset[str] | None = None) -> Dossier:
    """Read a file of evidence. `competencies` are the codes that may be named; None: any.

    Raises DossierFaults with a line for each fault; then nothing is read.
    """
    try:
        entry = DossierEntry.model_validate_json(content)
    except ValidationError as error:
        raise DossierFaults([*_readable(error), *_faults_of_the_rest(content, error, competencies)]) from error
    if found := list(_contradictions(entry, competencies, {})):
        raise DossierFaults(found)
    return _facts(entry, as_of)


def _faults_of_the_rest(
    content: str | bytes, error: ValidationError, competencies: frozenset[str] | None
) -> list[tuple[str, str]]:
    """What else cannot stand together, once the lines with faults of their own are put aside: all in one look."""
    wrong = {fault["loc"][:2] for fault in error.errors(include_url=False)}
    if () in wrong:
        return []  # not JSON, or no object
    value = json.loads(content)
    places: dict[str, list[int]] = {}
    for name in {str(location[0]) for location in wrong}:
        lines = value.get(name)
        if isinstance(lines, list) and (name,) not in wrong:
            places[name] = [place for place in range(len(lines)) if (name, place) not in wrong]
            value[name] = [lines[place] for place in places[name]]
        else:
            value.pop(name, None)
    try:
        rest = DossierEntry.model_validate_json(json.dumps(value))
    except ValidationError:
        return []
    return list(_contradictions(rest, competencies, places))


def _readable(error: ValidationError) -> list[tuple[str, str]]:
    faults = error.errors(include_url=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        return [(_("the file"), _("is not JSON: %(problem)s.") % {"problem": faults[0]["ctx"]["error"]})]
    return [_fault(fault) for fault in faults]


def dossier_of(value: Mapping[str, Any], *, as_of: date, competencies: frozenset[str] | None = None) -> Dossier:
    """The same from plain values, as a case of a pack has them. Raises DossierFaults."""
    return read_dossier(json.dumps(value, default=str), as_of=as_of, competencies=competencies)


def _approval(item: Any) -> ApprovalFacts:
    return ApprovalFacts(**item.model_dump(exclude={"status"}), status=Standing(item.status))


def _facts(entry: DossierEntry, as_of: date) -> Dossier:
    return Dossier(
        evidence=tuple(
            Evidence(
                **line.model_dump(exclude={"tags", "sponsors", "delivery", "level"}),
                tags=frozenset(line.tags),
                sponsors=tuple(line.sponsors),
                delivery=line.delivery or "",
                level=line.level or "",
            )
            for line in entry.evidence
        ),
        approvals=tuple(_approval(item) for item in entry.approvals),
        waivers=tuple(WaiverFacts(**item.model_dump()) for item in entry.waivers),
        documents=tuple(DocumentFacts(kind=item.kind, covers=frozenset(item.covers)) for item in entry.documents),
        person=PersonFacts(
            age=_age(entry.person, as_of), residence=entry.person.residence, education=entry.person.education
        ),
        cycle=CycleFacts(
            starts_on=entry.cycle.starts_on,
            expires_on=entry.cycle.expires_on,
            is_first=entry.cycle.first,
            carried_over_minutes=entry.cycle.carried_over_minutes,
        ),
    )


def _age(person: PersonEntry, as_of: date) -> int | None:
    if person.age is not None or person.born_on is None:
        return person.age
    had_birthday = (as_of.month, as_of.day) >= (person.born_on.month, person.born_on.day)
    return as_of.year - person.born_on.year - (not had_birthday)
