"""How numbers are read, and when they are near enough."""

from decimal import Decimal

import pytest

from quizzes.items.numbers import is_near, number_and_unit, readings
from quizzes.items.writing import AcceptedNumber


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5", ["3.5"]),
        ("3,5", ["3.5"]),
        (" 3,5 ", ["3.5"]),
        ("-3.5", ["-3.5"]),
        ("−3,5", ["-3.5"]),
        ("- 3,5", ["-3.5"]),
        ("+7", ["7"]),
        (".5", ["0.5"]),
        (",5", ["0.5"]),
        ("5.", ["5"]),
        ("1e3", ["1000"]),
        ("1,5E-2", ["0.015"]),
        ("1 000", ["1000"]),
        ("1\u00a0000,5", ["1000.5"]),
        ("1'000", ["1000"]),
        ("1,000", ["1", "1000"]),
        ("1.000", ["1", "1000"]),
        ("0,125", ["0.125"]),
        ("1,234.5", ["1234.5"]),
        ("1.234,5", ["1234.5"]),
        ("1,234,567", ["1234567"]),
        ("1.234.567,8", ["1234567.8"]),
        ("1234,567", ["1234.567"]),
        ("1,2,3", []),
        ("12,34,567", []),
        ("1.2,3.4", []),
        ("", []),
        ("3x10^8", ["3e8"]),
        ("1,5 × 10 ** -2", ["0.015"]),
        ("2*10^+3", ["2000"]),
        ("2x10^999", []),
        ("2x11^3", []),
        ("5" + " " * 300 + "x", []),
        ("three", []),
        ("3.5 kg", []),
        ("1e999999", []),
        ("1" * 61, []),
        ("١٢", []),
        ("NaN", []),
        ("Infinity", []),
        ("0x10", []),
    ],
)
def test_numbers_are_read_as_people_write_them(text, expected):
    assert readings(text) == [Decimal(number) for number in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3,5 kg", ("3,5", "kg")),
        ("3.5kg", ("3.5", "kg")),
        ("-2 °C", ("-2", "°C")),
        ("1 000 mL", ("1 000", "mL")),
        ("5", ("5", "")),
        ("2 m2", ("2", "m2")),
        ("kg", ("kg", "")),
        ("", ("", "")),
        ("1e3 g", ("1e3", "g")),
        ("3x10^8 g", ("3e8", "g")),
        ("$1,332", ("1,332", "$")),
        ("US$ 5", ("5", "US$")),
        ("kg kg 5 kg", ("kg kg 5 kg", "")),
    ],
)
def test_a_unit_is_cut_off(text, expected):
    assert number_and_unit(text) == expected


@pytest.mark.parametrize(
    ("number", "accepted", "expected"),
    [
        ("3.6", {"value": "3.5", "tolerance": "0.1"}, True),
        ("3.60001", {"value": "3.5", "tolerance": "0.1"}, False),
        ("0.3", {"value": "0.1", "tolerance": "0.2"}, True),  # where floats would say 0.30000000000000004
        ("110", {"value": "100", "tolerance": "0.1", "tolerance_kind": "relative"}, True),
        ("-110", {"value": "-100", "tolerance": "0.1", "tolerance_kind": "relative"}, True),
        ("110.1", {"value": "100", "tolerance": "0.1", "tolerance_kind": "relative"}, False),
        ("50", {"value": "100", "tolerance": "1", "tolerance_kind": "geometric"}, True),
        ("200", {"value": "100", "tolerance": "1", "tolerance_kind": "geometric"}, True),
        ("49.9", {"value": "100", "tolerance": "1", "tolerance_kind": "geometric"}, False),
        ("-100", {"value": "100", "tolerance": "1", "tolerance_kind": "geometric"}, False),
        ("3", {"value": "3", "upper": "4", "tolerance_kind": "range"}, True),
        ("4", {"value": "3", "upper": "4", "tolerance_kind": "range"}, True),
        ("4.01", {"value": "3", "upper": "4", "tolerance_kind": "range"}, False),
        ("12345", {"tolerance_kind": "any"}, True),
        ("1e99", {"value": "1e99", "tolerance": "0"}, True),
        ("1", {"value": "1e-99", "tolerance": "1"}, True),
        ("1.1", {"value": "1e-99", "tolerance": "1"}, False),
    ],
)
def test_a_number_is_near_within_its_tolerance(number, accepted, expected):
    assert is_near(Decimal(number), AcceptedNumber(**accepted)) is expected
