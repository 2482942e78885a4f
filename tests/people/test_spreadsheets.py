"""Nothing that a person typed becomes a formula."""

import pytest

from people.spreadsheets import safe_cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋"])
def test_safe_cell_disarms_formulas(start):
    assert safe_cell(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize(("value", "expected"), [(-5, "-5"), ("a=b", "a=b"), ("", ""), (None, "None")])
def test_safe_cell_leaves_the_rest(value, expected):
    assert safe_cell(value) == expected
