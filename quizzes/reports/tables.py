"""Rows of figures as files for spreadsheets. Nothing that a person typed becomes a formula (people.spreadsheets)."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from people.spreadsheets import safe_cell
from quizzes.formats.texts import without_control

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST_CELL = 32_767  # what XLSX allows


def table(rows: Iterable[Sequence[Any]], *, format: str, name: str) -> bytes:
    """The rows as CSV (UTF-8 with its mark, which spreadsheet programs need) or as a workbook with one sheet."""
    return _workbook(rows, name) if format == "xlsx" else _csv(rows)


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(
        [safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue().encode("utf-8-sig")


def _workbook(rows: Iterable[Sequence[Any]], name: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    for row in rows:
        cells = []
        for value in row:
            text = isinstance(value, str)
            cell = WriteOnlyCell(sheet, value=without_control(safe_cell(value))[:LONGEST_CELL] if text else value)
            if text:
                cell.data_type = "s"  # never a formula, whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
