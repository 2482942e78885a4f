"""Reads the files of frameworks and packs into plain data. Writes no row.

A file is refused as a whole, with its name and the key that is wrong: nothing is ever half read.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.dateparse import parse_date

from curriculum.data import RequirementFacts
from curriculum.errors import DataFileError
from curriculum.evaluation import faults, set_faults
from curriculum.fields import Translated
from curriculum.models import RequirementSet, Verification, code_validator, fault_sentence

FRAMEWORKS = Path(__file__).parent / "frameworks"
PACKS = Path(__file__).parent / "packs"
_MISSING = object()


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
    credential: CredentialEntry
    code: str
    version: int
    purpose: str
    name: Translated
    notice: Translated
    effective_from: date
    effective_to: date | None
    minutes_per_hour: int
    requirements: tuple[RequirementFacts, ...]


class _Entry:
    """A mapping of a file that knows where it stands, and refuses what it was not asked for."""

    def __init__(self, value: Any, file: str, where: str = "") -> None:
        self.file, self.where = file, where
        if not isinstance(value, Mapping):
            raise DataFileError(f"{file}: {where or 'the file'} must be names with values.")
        self.left = dict(value)

    def refuse(self, key: str, problem: str) -> DataFileError:
        return DataFileError(f"{self.file}: {self.path(key)} {problem}")

    def path(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def take(self, key: str, default: Any = _MISSING) -> Any:
        value = self.left.pop(key, default)
        if value is _MISSING:
            raise self.refuse(key, "is missing.")
        return value

    def text(self, key: str, default: Any = _MISSING) -> str:
        value = self.take(key, default)
        if not isinstance(value, str) or (default is _MISSING and not value.strip()):
            raise self.refuse(key, "must be a text.")
        return value.strip()

    def code(self, key: str = "code") -> str:
        value = self.text(key)
        try:
            code_validator(value)
        except ValidationError as error:
            raise self.refuse(key, f"is not a code: {value}.") from error
        return value

    def url(self, key: str) -> str:
        value = self.text(key, "")
        try:
            if value:
                URLValidator()(value)
        except ValidationError as error:
            raise self.refuse(key, f"is not an address: {value}.") from error
        return value

    def choice(self, key: str, choices: list[str], default: Any = _MISSING) -> str:
        value = self.take(key, default)
        if value not in choices:
            raise self.refuse(key, f"must be one of {', '.join(filter(None, choices))}, not {value!r}.")
        return value

    def whole(self, key: str, default: Any = _MISSING) -> Any:
        value = self.take(key, default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise self.refuse(key, f"must be a whole number above zero, not {value!r}.")
        return value

    def day(self, key: str, default: Any = _MISSING) -> Any:
        value = self.take(key, default)
        if isinstance(value, str):
            try:
                value = parse_date(value)
            except ValueError:
                value = ""
        if value is not default and type(value) is not date:
            raise self.refuse(key, "must be a day such as 2026-07-31.")
        return value

    def texts(self, key: str, *, needed: bool = True) -> Translated:
        value = self.take(key, _MISSING if needed else {})
        if not isinstance(value, Mapping) or not all(isinstance(text, str) and text.strip() for text in value.values()):
            raise self.refuse(key, "must be a text for each language.")
        known = [code for code, _name in settings.LANGUAGES]
        if (value or needed) and sorted(value) != sorted(known):
            raise self.refuse(key, f"must have exactly these languages: {', '.join(known)}.")
        return Translated({code: " ".join(value[code].split()) for code in known if code in value})

    def entry(self, key: str) -> "_Entry":
        return _Entry(self.take(key), self.file, self.path(key))

    def entries(self, key: str) -> list["_Entry"]:
        value = self.take(key)
        if not isinstance(value, list) or not value:
            raise self.refuse(key, "must be a list with something in it.")
        return [_Entry(item, self.file, f"{self.path(key)}[{index}]") for index, item in enumerate(value, start=1)]

    def done(self) -> None:
        for key in self.left:
            raise self.refuse(str(key), "is not known here.")


def _refuse_double_keys(node: yaml.Node | None, file: str) -> None:
    """YAML lets the last of two equal keys win in silence."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                raise DataFileError(f"{file}: {key.value} stands twice (line {key.start_mark.line + 1}).")
            seen.add(key.value)
            _refuse_double_keys(value, file)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_double_keys(value, file)


def _open(path: Path) -> tuple[_Entry, str]:
    content = path.read_bytes()
    try:
        _refuse_double_keys(yaml.compose(content, Loader=yaml.SafeLoader), path.name)
        value = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise DataFileError(f"{path.name}: this is not YAML: {error}") from error
    return _Entry(value, path.name), hashlib.sha256(content).hexdigest()


def _refuse_doubles(codes: list[str], file: str, key: str) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise DataFileError(f"{file}: {key} has the code {code} twice.")


def read_framework(path: Path) -> FrameworkFile:
    """Read one file of a framework. Raises DataFileError."""
    entry, digest = _open(path)
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
    _refuse_doubles([item.code for item in framework.competencies], path.name, "competencies")
    return framework


def _read_competency(entry: _Entry) -> CompetencyEntry:
    competency = CompetencyEntry(
        code=entry.code(),
        name=entry.texts("name"),
        description=entry.texts("description", needed=False),
        verification=entry.choice("verification", Verification.values),
        source_url=entry.url("source_url"),
    )
    entry.done()
    return competency


def read_pack(path: Path) -> PackFile:
    """Read one file of a pack. Raises DataFileError."""
    entry, digest = _open(path)
    pack = PackFile(
        file_name=path.name,
        digest=digest,
        credential=_read_credential(entry.entry("credential")),
        code=entry.code(),
        version=entry.whole("version"),
        purpose=entry.choice("purpose", RequirementSet.Purpose.values),
        name=entry.texts("name"),
        notice=entry.texts("notice"),
        effective_from=entry.day("effective_from"),
        effective_to=entry.day("effective_to", None),
        minutes_per_hour=entry.whole("minutes_per_hour"),
        requirements=tuple(_read_requirement(item) for item in entry.entries("requirements")),
    )
    entry.done()
    if pack.effective_to and pack.effective_to < pack.effective_from:
        raise entry.refuse("effective_to", "comes before effective_from.")
    _refuse_doubles([item.code for item in pack.requirements], path.name, "requirements")
    for fault in set_faults(pack.requirements):
        raise entry.refuse("requirements", fault_sentence(fault))
    return pack


def _read_credential(entry: _Entry) -> CredentialEntry:
    authority = entry.entry("authority")
    fixed = entry.entry("fixed_expiry") if "fixed_expiry" in entry.left else None
    credential = CredentialEntry(
        code=entry.code(),
        name=entry.texts("name"),
        authority=AuthorityEntry(name=authority.text("name"), website=authority.url("website")),
        framework=entry.text("framework", ""),
        cycle_months=entry.whole("cycle_months", None),
        fixed_expiry_month=fixed.whole("month") if fixed else None,
        fixed_expiry_day=fixed.whole("day") if fixed else None,
        fixed_expiry_years=fixed.choice("years", ["odd", "even", "every"]) if fixed else "",
    )
    for part in filter(None, (authority, fixed, entry)):
        part.done()
    return credential


def _read_requirement(entry: _Entry) -> RequirementFacts:
    kind = entry.text("kind")
    parameters = entry.take("parameters", {})
    for fault in faults(kind, parameters):
        raise entry.refuse("kind" if fault.code == "unknown_kind" else "parameters", fault_sentence(fault))
    waiver = entry.entry("waived") if "waived" in entry.left else None
    requirement = RequirementFacts(
        code=entry.code(),
        kind=kind,
        parameters=parameters,
        text=entry.texts("text"),
        source_url=entry.url("source_url"),
        source_citation=entry.text("source_citation", ""),
        verification=entry.choice("verification", Verification.values),
        waived_from=waiver.day("from") if waiver else None,
        waived_to=waiver.day("to") if waiver else None,
    )
    entry.done()
    if waiver:
        waiver.done()
        if requirement.waived_to < requirement.waived_from:  # type: ignore[operator]
            raise waiver.refuse("to", "comes before the first day.")
    return requirement


def _read_all(folder: Path, read: Any) -> list[Any]:
    files = [read(path) for path in sorted(folder.glob("*.yaml"))]
    if not files:
        raise DataFileError(f"{folder}: there is no .yaml file here.")
    return files


def read_frameworks(folder: Path = FRAMEWORKS) -> list[FrameworkFile]:
    """Read every framework of a folder. Raises DataFileError, also for a code that two files use."""
    files = _read_all(folder, read_framework)
    _refuse_doubles([item.code for item in files], str(folder), "the folder")
    return files


def read_packs(folder: Path = PACKS) -> list[PackFile]:
    """Read every pack of a folder. Raises DataFileError, also for a version that two files have."""
    files = _read_all(folder, read_pack)
    _refuse_doubles([f"{item.code} {item.version}" for item in files], str(folder), "the folder")
    return files
