"""A framework as a table (CSV): a row for the framework itself, then one for each competency, parents named by code.

A plain table that a person wrote works too: columns `code` and `name` are enough. Cells that a spreadsheet would run as
a formula are written with an apostrophe in front, and read without it.
"""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from curriculum.errors import Fault, FrameworkFileError
from curriculum.formats import mending
from curriculum.formats.case_values import is_broken
from curriculum.formats.shapes import (
    MAX_BYTES,
    MAX_COMPETENCIES,
    MAX_NAME,
    CompetencyItem,
    FrameworkPackage,
    Notes,
    Reading,
    Texts,
    is_code,
    made_code,
    mended_code,
    read_uuid,
)
from curriculum.formats.tree import Node, arrange, refuse_doubles
from people.spreadsheets import FORMULA_STARTS

_LANGUAGES = [code for code, _name in settings.LANGUAGES]
_TEXTS = ("name", "statement", "description")
COLUMNS = (
    "kind", "code", "parent", "identifier",
    *(f"{text}_{code}" for text in _TEXTS for code in _LANGUAGES),
    "publisher", "version", "source_url", "verification", "archived_on",
)  # fmt: skip
# How other programs head the same columns, in letters only.
_ALIASES = {
    "name": f"name_{settings.LANGUAGE_CODE}",
    "title": f"name_{settings.LANGUAGE_CODE}",
    "abbreviatedstatement": f"name_{settings.LANGUAGE_CODE}",
    "statement": f"statement_{settings.LANGUAGE_CODE}",
    "fullstatement": f"statement_{settings.LANGUAGE_CODE}",
    "description": f"description_{settings.LANGUAGE_CODE}",
    "notes": f"description_{settings.LANGUAGE_CODE}",
    "humancodingscheme": "code",
    "parentcode": "parent",
    "ischildof": "parent",
    "source": "source_url",
    "uuid": "identifier",
}
_BY_LETTERS = {re.sub(r"[^a-z]", "", name): name for name in COLUMNS} | _ALIASES


def write_table(package: FrameworkPackage) -> bytes:
    """The package as a table. The same rows give the same bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    framework = {
        "kind": "framework",
        "code": package.code,
        "identifier": package.identifier,
        **_by_column("name", package.name),
        **_by_column("description", package.notice),
        "publisher": package.publisher,
        "version": package.version,
        "source_url": package.source_url,
        "verification": package.verification,
        "archived_on": package.archived_on,
    }
    competencies = [
        {
            "kind": "competency",
            "code": item.code,
            "parent": item.parent,
            "identifier": item.identifier,
            **_by_column("name", item.name),
            **_by_column("statement", item.statement),
            **_by_column("description", item.description),
            "source_url": item.source_url,
            "verification": item.verification,
            "archived_on": item.archived_on,
        }
        for item in package.competencies
    ]
    for row in [framework, *competencies]:
        writer.writerow([_cell(row.get(column)) for column in COLUMNS])
    return out.getvalue().encode()


def _by_column(text: str, texts: Texts | None) -> dict[str, str]:
    return {f"{text}_{code}": (texts or {}).get(code, "") for code in _LANGUAGES}


def _is_formula(text: str) -> bool:
    return text.lstrip("'").startswith(FORMULA_STARTS)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _is_formula(text) else text


def _uncell(text: str) -> str:
    return text[1:] if text.startswith("'") and _is_formula(text) else text


def read_table(content: bytes, *, name: str) -> Reading:
    """Read a table. Raises FrameworkFileError with a line for each fault.

    `name` (of the file) names a framework that has no row of its own.
    """
    return _TableReader(name).read(content)


def _refused(where: str, reason: str) -> FrameworkFileError:
    return FrameworkFileError([Fault(where, reason)])


def _rows(content: bytes) -> list[tuple[int, list[str]]]:
    """The rows that have something in them, with their line in the file."""
    if len(content) > MAX_BYTES:
        raise _refused("", _("The file is too large: at most %(size)d MB.") % {"size": MAX_BYTES // 1024 // 1024})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            _("byte %(number)d") % {"number": error.start + 1},
            _("This is not UTF-8 text. Save the table as “CSV UTF-8”."),
        ) from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
            if len(rows) > MAX_COMPETENCIES + 2:
                raise _refused("", _("The file is too large: at most %(count)d competencies.") % {
                    "count": MAX_COMPETENCIES,
                })  # fmt: skip
    except csv.Error as error:
        raise _refused(_("line %(line)d") % {"line": reader.line_num}, _("This is not CSV.")) from error
    return rows


class _TableReader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.notes = Notes()
        self.columns: dict[int, str] = {}
        self.width = 0
        self.is_ours = False

    def read(self, content: bytes) -> Reading:
        rows = _rows(content)
        if not rows:
            raise _refused("", _("The file is empty."))
        self._read_header(rows[0][1])
        entries = [(_("line %(line)d") % {"line": line}, self._entry(line, row)) for line, row in rows[1:]]
        frameworks = [(where, entry) for where, entry in entries if entry.get("kind", "").lower() == "framework"]
        for where, _entry in frameworks[1:]:
            self.notes.refuse(where, _("The table has a second row for a framework."))
        nodes = self._nodes(
            [(where, entry) for where, entry in entries if entry.get("kind", "").lower() != "framework"]
        )
        refuse_doubles(nodes, self.notes)
        competencies = () if self.notes.faults else arrange(nodes, self.notes)
        framework = self._framework(*frameworks[0]) if frameworks else self._unnamed_framework()
        self.notes.raise_faults()
        if not competencies:
            self.notes.warn("", _("The framework has no competencies."))
        return Reading(
            package=FrameworkPackage(**framework, competencies=competencies),
            warnings=tuple(dict.fromkeys(self.notes.warnings)),
        )

    # --- Rows -----------------------------------------------------------------------------------------------------

    def _read_header(self, cells: list[str]) -> None:
        where = _("line %(line)d") % {"line": 1}
        self.width = len(cells)
        for index, cell in enumerate(cells):
            name = _BY_LETTERS.get(re.sub(r"[^a-z]", "", cell.lower()))
            if name is None:
                if cell.strip():
                    self.notes.warn(where, _("The column “%(name)s” is not kept.") % {"name": cell.strip()[:60]})
                continue
            if name in self.columns.values():
                self.notes.refuse(where, _("The column “%(name)s” stands twice.") % {"name": name})
            self.columns[index] = name
        self.is_ours = "kind" in self.columns.values()
        if not {"code", "identifier"} & set(self.columns.values()):
            self.notes.refuse(where, _("There is no column “code”."))
        if not any(name.startswith(("name_", "statement_")) for name in self.columns.values()):
            self.notes.refuse(where, _("There is no column “name”."))
        # Without its head nothing in the table has a meaning.
        self.notes.raise_faults()

    def _entry(self, line: int, row: list[str]) -> dict[str, str]:
        where = _("line %(line)d") % {"line": line}
        if any(cell.strip() for cell in row[self.width :]):
            self.notes.refuse(where, _("It has more cells than the table has columns."))
        return {name: _uncell(row[index]) if index < len(row) else "" for index, name in self.columns.items()}

    def _nodes(self, entries: list[tuple[str, Mapping[str, str]]]) -> list[Node]:
        nodes: list[Node] = []
        taken: set[str] = {entry["code"].strip() for _where, entry in entries if is_code(entry.get("code", "").strip())}
        keys: dict[str, str] = {}  # a code as written: the key of its node
        for index, (where, entry) in enumerate(entries):
            written = entry.get("code", "").strip()
            identifier = self._identifier(entry, where)
            code = self._code(written, identifier, where, taken)
            if not code:
                continue
            label = f"{where} ({code})"
            item = self._item(entry, code, identifier, label)
            node = Node(key=where, where=label, item=item, parent=entry.get("parent", "").strip(), order=(index,))
            nodes.append(node)
            for name in (written, code):
                keys.setdefault(name, node.key)
        placed = []
        for node in nodes:
            if node.parent and node.parent not in keys:
                self.notes.refuse(
                    node.where, _("Its parent “%(code)s” is not in the file.") % {"code": node.parent[:60]}
                )
            placed.append(Node(**{**vars(node), "parent": keys.get(node.parent, "") if node.parent else ""}))
        return placed

    def _identifier(self, entry: Mapping[str, str], where: str) -> UUID | None:
        text = entry.get("identifier", "").strip()
        found = read_uuid(text) if text else None
        if text and found is None:
            self.notes.warn(where, _("“%(value)s” is no UUID: it was left out.") % {"value": text[:60]})
        return found

    def _code(self, written: str, identifier: UUID | None, where: str, taken: set[str]) -> str:
        if is_code(written):
            return written
        code = mended_code(written)
        if code:
            if code in taken:
                self.notes.refuse(where, _("The code “%(code)s” is used twice.") % {"code": code})
            taken.add(code)
            self.notes.warn(
                where, _("The code “%(text)s” is written “%(code)s” here.") % {"text": written[:60], "code": code}
            )
        elif identifier:
            code = made_code(identifier)
            self.notes.warn(where, _("It has no code: “%(code)s” was made.") % {"code": code})
        else:
            self.notes.refuse(where, _("It has no code."))
        return code

    # --- Values ---------------------------------------------------------------------------------------------------

    def _texts(self, entry: Mapping[str, str], text: str, where: str, *, multiline: bool = False) -> dict[str, str]:
        """The texts of the columns that there are, by language."""
        return {
            code: self._clean(entry[f"{text}_{code}"], where, multiline=multiline)
            for code in _LANGUAGES
            if f"{text}_{code}" in entry
        }

    def _clean(self, text: str, where: str, *, multiline: bool = False) -> str:
        """A table that Puente wrote (it has a column "kind") is taken letter by letter, others are mended."""
        if self.is_ours and not is_broken(text):
            return text
        return mending.clean_text(text, where, self.notes, multiline=multiline)

    def _item(self, entry: Mapping[str, str], code: str, identifier: UUID | None, where: str) -> CompetencyItem:
        names = self._texts(entry, "name", where)
        statements = self._texts(entry, "statement", where, multiline=True)
        for language in () if self.is_ours else _LANGUAGES:
            full, short = statements.get(language, ""), names.get(language, "")
            if full or len(short) > MAX_NAME:
                names[language], statements[language] = mending.name_and_statement(full or short, short if full else "")
        if not any(names.values()):
            self.notes.refuse(where, _("It has no name."))
        return CompetencyItem(
            code=code,
            identifier=identifier,
            name=names,
            statement=statements or None,
            description=self._texts(entry, "description", where, multiline=True) or None,
            verification=self._verification(entry, where),
            source_url=self._address(entry, where),
            archived_on=self._day(entry, where),
        )

    def _verification(self, entry: Mapping[str, str], where: str) -> str | None:
        value = entry.get("verification", "").strip().lower()
        if value not in {"", "verified", "unverified"}:
            self.notes.refuse(where, _("verification must be “verified” or “unverified”."))
        return value or None

    def _address(self, entry: Mapping[str, str], where: str) -> str | None:
        if "source_url" not in entry:
            return None
        text = entry["source_url"].strip()
        if text and not mending.is_address(text):
            self.notes.warn(where, _("“%(value)s” is no web address: it was left out.") % {"value": text[:60]})
            return None
        return text

    def _day(self, entry: Mapping[str, str], where: str) -> date | None:
        text = entry.get("archived_on", "").strip()
        return mending.read_day(text, where, self.notes) if text else None

    def _framework(self, where: str, entry: Mapping[str, str]) -> dict[str, Any]:
        code = entry.get("code", "").strip()
        if not is_code(code):
            self.notes.refuse(where, _("“%(value)s” is no code.") % {"value": code[:60]})
        names = self._texts(entry, "name", where)
        if not any(names.values()):
            self.notes.refuse(where, _("It has no name."))
        return {
            "code": code,
            "identifier": self._identifier(entry, where),
            "name": names,
            "publisher": self._short(entry, "publisher", where, 200),
            "version": self._short(entry, "version", where, 40),
            "source_url": self._address(entry, where),
            "verification": self._verification(entry, where),
            "notice": self._texts(entry, "description", where, multiline=True) or None,
            "archived_on": self._day(entry, where),
        }

    def _short(self, entry: Mapping[str, str], key: str, where: str, longest: int) -> str | None:
        if key not in entry:
            return None
        text = self._clean(entry[key], where)
        if len(text) > longest:
            self.notes.warn(where, _("This was cut at %(count)d characters.") % {"count": longest})
        return text[:longest]

    def _unnamed_framework(self) -> dict[str, Any]:
        code = mended_code(self.name)
        if not code:
            raise _refused("", _("The table has no row for the framework, and its file no name to call it by."))
        self.notes.warn("", _("The table has no row for the framework: it is called “%(code)s”.") % {"code": code})
        return {"code": code, "name": {settings.LANGUAGE_CODE: self.name.strip()[:200]}}
