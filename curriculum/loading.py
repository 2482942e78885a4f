"""Reads the files of frameworks and packs into plain data. Writes no row.

A file is refused as a whole, with its name and the key that is wrong: nothing is ever half read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from curriculum.data import RequirementFacts
from curriculum.errors import DataFileError
from curriculum.evaluation import COMPETENCIES, cited, faults, set_faults
from curriculum.fields import Translated
from curriculum.files import Entry, open_file, refuse_doubles
from curriculum.kinds import fault_sentence
from curriculum.models import RequirementSet, Verification

FRAMEWORKS = Path(__file__).parent / "frameworks"
PACKS = Path(__file__).parent / "packs"
PACK_FILES = "*/pack*.yaml"


@dataclass(frozen=True, kw_only=True)
class CompetencyEntry:
    code: str
    name: Translated
    description: Translated
    verification: str
    source_url: str


@dataclass(frozen=True, kw_only=True)
class FrameworkFile:
    """One framework as its file says."""

    digest: str
    code: str
    name: Translated
    publisher: str
    version: str
    source_url: str
    verification: str
    notice: Translated
    competencies: tuple[CompetencyEntry, ...]


@dataclass(frozen=True, kw_only=True)
class AuthorityEntry:
    code: str
    name: str
    website: str


@dataclass(frozen=True, kw_only=True)
class CredentialEntry:
    code: str
    name: Translated
    authority: AuthorityEntry
    framework: str
    cycle_months: int | None
    fixed_expiry_month: int | None
    fixed_expiry_day: int | None
    fixed_expiry_years: str


@dataclass(frozen=True, kw_only=True)
class PackFile:
    """One requirement set as its file says, with the credential it is for."""

    file_name: str
    digest: str
    credential: CredentialEntry | None
    code: str
    version: int
    purpose: str
    name: Translated
    notice: Translated
    effective_from: date | None
    effective_to: date | None
    minutes_per_hour: int
    binding: str
    words: Mapping[str, Translated]
    requirements: tuple[RequirementFacts, ...]


def read_framework(path: Path) -> FrameworkFile:
    """Read one file of a framework. Raises DataFileError."""
    entry, digest = open_file(path)
    framework = FrameworkFile(
        digest=digest,
        code=entry.code(),
        name=entry.texts("name"),
        publisher=entry.text("publisher", ""),
        version=entry.text("version", ""),
        source_url=entry.url("source_url"),
        verification=entry.choice("verification", Verification.values),
        notice=entry.texts("notice", needed=False),
        competencies=tuple(_read_competency(item) for item in entry.entries("competencies")),
    )
    entry.done()
    refuse_doubles([item.code for item in framework.competencies], path.name, "competencies")
    return framework


def _read_competency(entry: Entry) -> CompetencyEntry:
    competency = CompetencyEntry(
        code=entry.code(),
        name=entry.texts("name"),
        description=entry.texts("description", needed=False),
        verification=entry.choice("verification", Verification.values),
        source_url=entry.url("source_url"),
    )
    entry.done()
    return competency


def read_pack(path: Path, *, loose: bool = False) -> PackFile:
    """Read one file of a pack. Raises DataFileError.

    A `loose` pack needs a code and requirements alone: enough to judge evidence by, not to be loaded.
    """
    name = f"{path.parent.name}/{path.name}"
    entry, digest = open_file(path, name, loose=loose)
    pack = PackFile(
        file_name=name,
        digest=digest,
        credential=_read_credential(entry.entry("credential")) if "credential" in entry.left or not loose else None,
        code=entry.code(),
        version=entry.whole("version", 1) if loose else entry.whole("version"),
        purpose=entry.choice("purpose", RequirementSet.Purpose.values, *(["renewal"] if loose else [])),
        name=entry.texts("name"),
        notice=entry.texts("notice"),
        effective_from=entry.day("effective_from", *([None] if loose else [])),
        effective_to=entry.day("effective_to", None),
        minutes_per_hour=entry.whole("minutes_per_hour", 60) if loose else entry.whole("minutes_per_hour"),
        binding=entry.choice("binding", RequirementSet.Binding.values, RequirementSet.Binding.APPLICATION.value),
        words=_read_words(entry.entry("words")) if "words" in entry.left else {},
        requirements=tuple(item for part in entry.entries("requirements") for item in _read_requirement(part)),
    )
    entry.done()
    if pack.effective_to and pack.effective_from and pack.effective_to < pack.effective_from:
        raise entry.refuse("effective_to", "comes before effective_from.")
    for fault in set_faults(pack.requirements):
        raise entry.refuse("requirements", fault_sentence(fault))
    _refuse_unknown_competencies(entry, pack)
    return pack


def _read_words(entry: Entry) -> dict[str, Translated]:
    return {code: entry.texts(code) for code in list(entry.left)}


def _refuse_unknown_competencies(entry: Entry, pack: PackFile) -> None:
    known = competencies_of(pack)
    if known is None:
        return
    for requirement in pack.requirements:
        for code in sorted(cited(requirement.parameters, COMPETENCIES) - known):
            raise entry.refuse("requirements", f"{requirement.code} names {code}, which the framework does not have.")


def competencies_of(pack: PackFile) -> frozenset[str] | None:
    """Codes of the competencies that a pack counts by; None where it names no framework that is a file here."""
    if pack.credential is None or not pack.credential.framework:
        return None
    return _framework_codes().get(pack.credential.framework)


@cache
def _framework_codes() -> Mapping[str, frozenset[str]]:
    return {file.code: frozenset(item.code for item in file.competencies) for file in read_frameworks()}


def _read_credential(entry: Entry) -> CredentialEntry:
    authority = entry.entry("authority")
    fixed = entry.entry("fixed_expiry") if "fixed_expiry" in entry.left else None
    credential = CredentialEntry(
        code=entry.code(),
        name=entry.texts("name"),
        authority=AuthorityEntry(code=authority.code(), name=authority.text("name"), website=authority.url("website")),
        framework=entry.text("framework", ""),
        cycle_months=entry.whole("cycle_months", None),
        fixed_expiry_month=fixed.whole("month") if fixed else None,
        fixed_expiry_day=fixed.whole("day") if fixed else None,
        fixed_expiry_years=fixed.choice("years", ["odd", "even", "every"]) if fixed else "",
    )
    for part in filter(None, (authority, fixed, entry)):
        part.done()
    return credential


def _plain(value: Any) -> Any:
    """Figures as JSON holds them: YAML makes a day of 2026-07-31."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _read_requirement(entry: Entry, part_of: str = "") -> list[RequirementFacts]:
    """A rule and, under it, the rules that stand in its `parts`."""
    kind = entry.text("kind")
    parameters = _plain(entry.take("parameters", {}))
    for fault in faults(kind, parameters):
        raise entry.refuse("kind" if fault.code == "unknown_kind" else "parameters", fault_sentence(fault))
    waiver = entry.entry("waived") if "waived" in entry.left else None
    requirement = RequirementFacts(
        code=entry.code(),
        kind=kind,
        part_of=part_of or entry.text("part_of", ""),
        parameters=parameters,
        text=entry.texts("text"),
        source_url=entry.url("source_url"),
        source_citation=entry.text("source_citation", ""),
        verification=entry.choice(
            "verification", Verification.values, *([Verification.UNVERIFIED.value] if entry.loose else [])
        ),
        waived_from=waiver.day("from") if waiver else None,
        waived_to=waiver.day("to") if waiver else None,
    )
    parts = entry.entries("parts") if "parts" in entry.left else []
    entry.done()
    if waiver:
        waiver.done()
        if requirement.waived_to < requirement.waived_from:  # type: ignore[operator]
            raise waiver.refuse("to", "comes before the first day.")
    return [requirement, *(item for part in parts for item in _read_requirement(part, requirement.code))]


def _read_all(folder: Path, pattern: str, read: Any) -> list[Any]:
    files = [read(path) for path in sorted(folder.glob(pattern))]
    if not files:
        raise DataFileError(f"{folder}: there is no {pattern} here.")
    return files


def read_frameworks(folder: Path = FRAMEWORKS) -> list[FrameworkFile]:
    """Read every framework of a folder. Raises DataFileError, also for a code that two files use."""
    files = _read_all(folder, "*.yaml", read_framework)
    refuse_doubles([item.code for item in files], str(folder), "the folder")
    return files


def read_packs(folder: Path = PACKS) -> list[PackFile]:
    """Read every pack of a folder: a folder each, with a file for each version. Raises DataFileError, also for a
    version that two files have."""
    files = _read_all(folder, PACK_FILES, read_pack)
    refuse_doubles([f"{item.code} {item.version}" for item in files], str(folder), "the folder")
    return files
