"""What is exported for spreadsheets: nothing that a person typed becomes a formula.

A cell that begins with one of these signs is run by spreadsheet programs (OWASP, "CSV injection"); a leading apostrophe
makes it plain text again.
"""

from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones in Japanese programs


def safe_cell(value: Any) -> str:
    """Return `value` as a spreadsheet may read it."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not isinstance(value, int) else text


class SafeExport:
    """A list or report of the CMS whose export holds no formula. Stands before Wagtail's view class."""

    def to_row_dict(self, item: Any) -> Any:
        row = super().to_row_dict(item)  # type: ignore[misc]
        return type(row)((name, safe_cell(cell) if isinstance(cell, str) else cell) for name, cell in row.items())

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        value = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        return safe_cell(value) if isinstance(value, str) else value
