"""Items as a table, one row each: CSV, or the first sheet of an XLSX file. The columns are described in
docs/item-files.md.

What columns cannot hold stands in the column `item`, as JSON (docs/item.schema.json). Where a row has it, the other
columns say what is different; without it, the row is read from the columns alone. Cells that a spreadsheet would run
as a formula are written with an apostrophe in front, and read without it.
"""

import csv
import io
import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from people.spreadsheets import FORMULA_STARTS
from quizzes.errors import ItemFileError
from quizzes.formats import leftovers
from quizzes.formats.packages import is_zip, open_package
from quizzes.formats.shapes import (
    Fault,
    Notes,
    Outgoing,
    Reading,
    ReadItem,
    Refused,
    Written,
    build,
    check_count,
    check_size,
    joined_category,
    mended_code,
    split_category,
)
from quizzes.formats.table_kinds import KINDS, answers_of, values_of
from quizzes.formats.texts import decode, without_control
from quizzes.items import content_of

LANGUAGES = [code for code, _name in settings.LANGUAGES]
_PLAIN = ("code", "kind", "name", "category", "tags", "points", "competency", "cognitive_level", "difficulty")
_TEXTS = ("stem", "right", "wrong", "feedback")
COLUMNS = (*_PLAIN, *(f"{name}_{code}" for name in _TEXTS for code in LANGUAGES), "item")
MAX_CELL = 32_767  # characters: what XLSX allows
_UNKNOWN = "\x00formula"  # no cell of a file can hold the first sign
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


# --- Writing ------------------------------------------------------------------------------------------------------


def write_table(outgoing: Sequence[Outgoing], *, is_workbook: bool = False) -> Written:
    """Items as CSV or as an XLSX workbook. Files cannot travel in a table: that is told item by item."""
    rows: list[list[str]] = [list(COLUMNS)]
    changed: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    for one in outgoing:
        row = _row(one)
        if is_workbook and any(len(cell) > MAX_CELL for cell in row):
            refused.append((one.spec.code, _("It is too long for a cell of a workbook: use CSV.")))
            continue
        rows.append(row)
        if one.spec.media:
            changed.append((one.spec.code, leftovers.sentence(["media"])))
    content = _workbook(rows) if is_workbook else _csv(rows)
    return Written(content=content, changed=tuple(changed), refused=tuple(refused))


def _row(one: Outgoing) -> list[str]:
    spec = one.spec
    cells: dict[str, str] = {
        "code": spec.code,
        "kind": spec.kind,
        "name": spec.name,
        "category": joined_category(spec.category),
        "tags": "\n".join(spec.tags),
        "points": str(spec.points),
        "competency": spec.competency,
        "cognitive_level": spec.cognitive_level or "",
        "difficulty": spec.difficulty or "",
        "item": json.dumps(content_of(spec), ensure_ascii=True, separators=(",", ":")),
    }
    for code in LANGUAGES:
        right, wrong = answers_of(spec, code)
        cells |= {
            f"stem_{code}": spec.stem.get(code, ""),
            f"feedback_{code}": spec.feedback.get(code, ""),
            f"right_{code}": "\n".join(right),
            f"wrong_{code}": "\n".join(wrong),
        }
    return [_cell(cells[name]) for name in COLUMNS]


def _is_formula(text: str) -> bool:
    return text.lstrip("'").startswith(FORMULA_STARTS)


def _cell(text: str) -> str:
    return f"'{text}" if _is_formula(text) else text


def _uncell(text: str) -> str:
    return text[1:] if text.startswith("'") and _is_formula(text) else text


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _workbook(rows: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("items")
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=without_control(text))
            cell.data_type = "s"  # never a formula, whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- Reading ------------------------------------------------------------------------------------------------------


def read_table(content: bytes, *, language: str = "en") -> Reading:
    """Every row of a table, read or refused. Raises ItemFileError where the file cannot be read.

    A column without a language (`stem`) is in `language`.
    """
    check_size(content)
    changed: list[str] = []
    rows = _sheet_rows(content) if is_zip(content) else _csv_rows(content, changed)
    header: list[str] | None = None
    entries: list[ReadItem | Refused] = []
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if _UNKNOWN in row and header is not None:
            reason = _("A cell holds a formula, and the file does not say what comes out of it.")
            entries.append(Refused(id="", line=line, reason=reason))
            check_count(len(entries))
            continue
        if header is None:
            header = _header(row, language, changed, line)
            continue
        cells = {
            name: _uncell(without_control(cell.replace("\r\n", "\n").replace("\r", "\n"))).strip()
            for name, cell in zip(header, row, strict=False)
            if name
        }
        entries.append(_read_row(cells, line))
        check_count(len(entries))
    if header is None:
        raise ItemFileError(_("The file is empty."), line=1)
    return Reading(entries=tuple(entries), changed=tuple(changed))


def _csv_rows(content: bytes, changed: list[str]) -> Iterator[tuple[int, list[str]]]:
    text, notes = decode(content)
    changed.extend(notes)
    # Some spreadsheets say on a line of its own what stands between the cells.
    said = re.match(r"sep=([,;\t|])\n", text)
    above = 1 if said else 0
    text = text[said.end() :] if said else text
    first = text.split("\n", 1)[0]
    delimiter = said[1] if said else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    previous = csv.field_size_limit(10_000_000)
    try:
        line = 1
        for row in reader:
            yield line + above, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise ItemFileError(_("This is not CSV."), line=reader.line_num + above) from error
    finally:
        csv.field_size_limit(previous)


def _sheet_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    package = open_package(content)
    has_formula = False
    for name in package.names:
        part = package.read(name)
        if part is None:
            raise ItemFileError(_("A part of the file is too large or too deep."))
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in part:
            raise ItemFileError(_("The file declares entities of its own. That is not needed and can do harm."), line=1)
        has_formula = has_formula or ("/worksheets/" in name and _FORMULA.search(part) is not None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of styles and names that nobody reads here
            rows = _first_sheet(content, data_only=True)
            if has_formula:
                # What a formula came to is beside it, unless no spreadsheet ever opened the file.
                written = _first_sheet(content, data_only=False)
                rows = [[_UNKNOWN if two and not one else one for one, two in zip(*both, strict=True)]
                        for both in zip(rows, written, strict=True)]  # fmt: skip
    except Exception as error:
        raise ItemFileError(_("This is not an XLSX file, or it is broken."), line=1) from error
    yield from enumerate(rows, start=1)


def _first_sheet(content: bytes, *, data_only: bool) -> list[list[str]]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    cells = sheet.iter_rows(values_only=True, max_row=30_000)
    rows = [[_as_text(value) for value in row[:200]] for row in cells]
    book.close()
    return rows


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _header(row: Sequence[str], language: str, changed: list[str], line: int) -> list[str]:
    known = {re.sub(r"[^a-z]", "", name): name for name in COLUMNS}
    for text in _TEXTS:
        known.setdefault(text, f"{text}_{language}")
        # A language of the file that the site does not have is kept too.
        known.setdefault(f"{text}{language.replace('-', '')}", f"{text}_{language}")
    known |= {"question": f"stem_{language}", "type": "kind", "answer": f"right_{language}"}
    names = [known.get(re.sub(r"[^a-z]", "", cell.lower()), "") for cell in row]
    unknown = [cell.strip()[:40] for cell, name in zip(row, names, strict=True) if cell.strip() and not name]
    if not any(name == "item" or name.startswith("stem_") for name in names):
        raise ItemFileError(_("The first row must name the columns: “stem” or “item” is missing."), line=line)
    if len(set(filter(None, names))) < len(list(filter(None, names))):
        raise ItemFileError(_("A column is there twice."), line=line)
    if unknown:
        changed.append(_("These columns were not read: %(names)s.") % {"names": ", ".join(unknown[:12])})
    return names


def _read_row(cells: Mapping[str, str], line: int) -> ReadItem | Refused:
    notes = Notes()
    name = cells.get("code") or cells.get("name") or ""
    try:
        values = _from_json(cells["item"]) if cells.get("item") else values_of(cells, notes)
        _overlay(values, cells, notes)
        spec = build(values)
    except Fault as fault:
        return Refused(id=name, line=fault.line or line, reason=str(fault))
    return ReadItem(id=name, line=line, spec=spec, changed=notes.changed)


def _from_json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Fault(_("The column “item” is no JSON.")) from error
    if not isinstance(value, dict):
        raise Fault(_("The column “item” is no JSON of an item."))
    return value


def _overlay(values: dict[str, Any], cells: Mapping[str, str], notes: Notes) -> None:
    """Put what the columns say into the values. An empty cell says nothing."""
    for name in ("name", "competency", "cognitive_level", "difficulty"):
        if cells.get(name):
            values[name] = cells[name]
    if cells.get("code"):
        values["code"] = mended_code(cells["code"])
        if values["code"] != cells["code"]:
            notes.change(
                _("The identifier “%(id)s” became “%(code)s”.") % {"id": cells["code"][:100], "code": values["code"]}
            )
    if cells.get("category"):
        values["category"] = list(split_category(cells["category"]))
    if cells.get("tags"):
        values["tags"] = list(dict.fromkeys(tag.strip() for tag in re.split(r"[\n;]", cells["tags"]) if tag.strip()))
    if cells.get("points"):
        if not re.fullmatch(r"\d{1,4}", cells["points"]):
            raise Fault(_("“%(text)s” is no whole number of points.") % {"text": cells["points"][:40]})
        values["points"] = int(cells["points"])
    if cells.get("kind") and cells["kind"] != values.get("kind"):
        raise Fault(_("“%(kind)s” is not the kind of the column “item”.") % {"kind": cells["kind"][:40]})
    for text in ("stem", "feedback"):
        given = {key.split("_", 1)[1]: cell for key, cell in cells.items() if key.startswith(f"{text}_") and cell}
        if given:
            stored = values.get(text)
            values[text] = {**(stored if isinstance(stored, dict) else {}), **given}


__all__ = ["COLUMNS", "KINDS", "read_table", "write_table"]
