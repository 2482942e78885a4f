"""JSON of a CASE package, and single values of it: checked, mended, with their place in the file."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from curriculum.errors import Fault, FrameworkFileError
from curriculum.formats import mending
from curriculum.formats.case_terms import EXTENSION
from curriculum.formats.shapes import MAX_BYTES, MAX_COMPETENCIES, Notes, read_uuid

# Read, or only addresses and bookkeeping of the system the file comes from: no word is lost when they are left out.
_READ = {
    "CFPackage": {"CFDocument", "CFItems", "CFAssociations", "CFDefinitions", "extensions"},
    "CFDocument": {
        "identifier", "uri", "caseVersion", "title", "creator", "publisher", "lastChangeDateTime", "officialSourceURL",
        "description", "language", "version", "adoptionStatus", "statusEndDate", "notes", "extensions", "CFPackageURI",
    },
    "CFItems": {
        "identifier", "uri", "fullStatement", "abbreviatedStatement", "humanCodingScheme", "listEnumeration", "notes",
        "language", "statusEndDate", "lastChangeDateTime", "extensions", "CFDocumentURI", "CFItemAssociationURI",
        "CFItemTypeURI", "subjectURI", "conceptKeywordsURI",
    },
    "CFAssociations": {
        "identifier", "uri", "associationType", "sequenceNumber", "originNodeURI", "destinationNodeURI",
        "lastChangeDateTime", "notes", "extensions", "CFDocumentURI", "CFAssociationGroupingURI",
    },
}  # fmt: skip


# --- JSON ---------------------------------------------------------------------------------------------------------


class _Doubled(ValueError):
    """A JSON object names a property twice."""


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Doubled(next(key for key, count in Counter(key for key, _value in pairs).items() if count > 1))
    return result


def parse(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        raise _refused("", _("The file is too large: at most %(size)d MB.") % {"size": MAX_BYTES // 1024 // 1024})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(_("byte %(number)d") % {"number": error.start + 1}, _("This is not UTF-8 text.")) from error
    try:
        return json.loads(text, object_pairs_hook=_no_doubles)
    except json.JSONDecodeError as error:
        place = _("line %(line)d, column %(column)d") % {"line": error.lineno, "column": error.colno}
        raise _refused(place, _("This is not JSON.")) from error
    except _Doubled as error:
        raise _refused("", _("“%(key)s” stands twice in one object.") % {"key": error}) from error
    except (RecursionError, ValueError) as error:
        raise _refused("", _("This JSON is nested too deeply, or has a number that is too long.")) from error


def _refused(where: str, reason: str) -> FrameworkFileError:
    return FrameworkFileError([Fault(where, reason)])


def package_in(value: Any, notes: Notes) -> Mapping[str, Any]:
    """The CFPackage in a JSON document. Raises FrameworkFileError with what it is instead."""
    if isinstance(value, Mapping) and isinstance(value.get("CFPackage"), Mapping):
        notes.warn("CFPackage", _("The package was wrapped in another object."))
        value = value["CFPackage"]
    if not isinstance(value, Mapping):
        raise _refused("", _("This is no CASE package: it must be a JSON object with a CFDocument."))
    if isinstance(value.get("CFDocument"), Mapping):
        return value
    for key, reason in (
        ("CFDocument", _("This is no CASE package: CFDocument must be an object.")),
        ("CFDocuments", _("This is a list of CASE documents: a package (CFPackage) of one document is needed.")),
        ("imsx_codeMajor", _("This is the error message of a CASE server, not a package.")),
        ("document", _("This is the form of another program (“document”), not a CASE package.")),
        ("$schema", _("This is a JSON Schema, not a CASE package.")),
        ("fullStatement", _("This is one CASE item, not a package: its CFDocument is missing.")),
        ("title", _("This is one CASE document without its items: a package (CFPackage) is needed.")),
    ):
        if key in value:
            raise _refused("", reason)
    raise _refused("", _("This is no CASE package: there is no CFDocument."))


# --- Values -------------------------------------------------------------------------------------------------------


class CaseValues:
    """Takes values out of the objects of a package. Every fault and every mended blemish goes to `notes`."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.notes = Notes()
        self.left_out: Counter[tuple[str, str]] = Counter()

    def _list(self, package: Mapping[str, Any], key: str) -> list[Any]:
        value = package.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.notes.refuse(key, _("This must be a list."))
            return []
        if len(value) > MAX_COMPETENCIES * 3 or (key == "CFItems" and len(value) > MAX_COMPETENCIES):
            raise _refused(
                key, _("The file is too large: at most %(count)d competencies.") % {"count": MAX_COMPETENCIES}
            )
        return value

    def _raw(self, entry: Mapping[str, Any], key: str, where: str) -> str:
        """The text as it stands in the file; empty where there is none. A number is taken as its digits."""
        value = entry.get(key)
        if value is None:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.notes.warn(f"{where}.{key}", _("A number was taken as text."))
            return str(value)
        if not isinstance(value, str):
            self.notes.refuse(f"{where}.{key}", _("This must be a text."))
            return ""
        return value

    def _text(self, entry: Mapping[str, Any], key: str, where: str, *, multiline: bool = False) -> str:
        raw = self._raw(entry, key, where)
        return mending.clean_text(raw, f"{where}.{key}", self.notes, multiline=multiline) if raw else ""

    def _identifier(self, entry: Mapping[str, Any], where: str) -> UUID | None:
        text = self._raw(entry, "identifier", where)
        if not text:
            self.notes.refuse(f"{where}.identifier", _("This is missing."))
            return None
        found = read_uuid(text)
        if found is None:
            self.notes.refuse(f"{where}.identifier", _("“%(value)s” is no UUID.") % {"value": text[:60]})
        elif str(found) != text:
            self.notes.warn(f"{where}.identifier", _("The identifier was written in the usual form."))
        return found

    def _moment(self, entry: Mapping[str, Any], where: str) -> Any:
        text = self._raw(entry, "lastChangeDateTime", where)
        if not text:
            self.notes.warn(f"{where}.lastChangeDateTime", _("This is missing."))
            return None
        return mending.read_moment(text, f"{where}.lastChangeDateTime", self.notes)

    def _ended_on(self, entry: Mapping[str, Any], where: str) -> date | None:
        text = self._raw(entry, "statusEndDate", where)
        day = mending.read_day(text, f"{where}.statusEndDate", self.notes) if text else None
        if day and day > self.today:
            self.notes.warn(f"{where}.statusEndDate", _("It ends on a day to come: archive it then."))
            return None
        return day

    def _extension(self, entry: Mapping[str, Any], where: str) -> Mapping[str, Any]:
        """Our own part of `extensions`; empty where there is none."""
        everything = entry.get("extensions")
        if everything is None:
            return {}
        mine = everything.get(EXTENSION) if isinstance(everything, Mapping) else None
        others = set(everything) - {EXTENSION} if isinstance(everything, Mapping) else {"?"}
        if others:
            self.left_out[where.split("[")[0], "extensions"] += 1
        if mine is None:
            return {}
        if not isinstance(mine, Mapping):
            self.notes.refuse(f"{where}.extensions.{EXTENSION}", _("This must be an object."))
            return {}
        return mine

    def _translations(self, mine: Mapping[str, Any], key: str, where: str) -> dict[str, str]:
        """Our texts by language, every language of the site named. Refuses what is no text."""
        value = mine.get(key, {})
        place = f"{where}.extensions.{EXTENSION}.{key}"
        if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
            self.notes.refuse(place, _("This must be a text for each language."))
            return {}
        known = dict(settings.LANGUAGES)
        if unknown := sorted(set(value) - set(known)):
            self.notes.warn(
                place, _("Languages that this site does not have: %(codes)s.") % {"codes": ", ".join(unknown)}
            )
        bad = [text for text in value.values() if is_broken(text)]
        if bad:
            self.notes.refuse(place, _("This has characters that cannot be kept."))
            return {}
        return {code: value.get(code, "") for code in known}

    def _mine_or(self, mine: Mapping[str, Any], key: str, where: str) -> str | None:
        """A short text of our extension; None where the file does not speak of it."""
        if key not in mine:
            return None
        value = mine[key]
        if not isinstance(value, str):
            self.notes.refuse(f"{where}.extensions.{EXTENSION}.{key}", _("This must be a text."))
            return None
        return value

    def _verification(self, mine: Mapping[str, Any], where: str) -> str | None:
        value = self._mine_or(mine, "verification", where)
        if value not in {None, "verified", "unverified"}:
            self.notes.refuse(
                f"{where}.extensions.{EXTENSION}.verification", _("This must be “verified” or “unverified”.")
            )
        return value

    def _address(self, text: str | None, where: str) -> str | None:
        if text and not mending.is_address(text):
            self.notes.warn(where, _("“%(value)s” is no web address: it was left out.") % {"value": text[:60]})
            return None
        return text

    def _count_left_out(self, kind: str, entry: Mapping[str, Any]) -> None:
        for key, value in entry.items():
            if key not in _READ[kind] and value not in (None, "", [], {}):
                self.left_out[kind, key] += 1

    def _tell_left_out(self, package: Mapping[str, Any]) -> None:
        for (kind, key), count in sorted(self.left_out.items()):
            self.notes.warn(kind, _("“%(key)s” is not kept (%(count)d times).") % {"key": key, "count": count})
        definitions = package.get("CFDefinitions")
        for key, value in sorted(definitions.items()) if isinstance(definitions, Mapping) else []:
            if value:
                self.notes.warn("CFDefinitions", _("“%(key)s” is not kept (%(count)d times).") % {
                    "key": key, "count": len(value) if isinstance(value, list) else 1,
                })  # fmt: skip


def is_broken(text: str) -> bool:
    """Whether a text has what no database keeps: NUL, or half of a character."""
    if "\x00" in text:
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key under which "10" comes after "9"."""
    parts = re.findall(r"\d{1,9}|\D+", text.strip())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
