"""The day whose rules count, as a table."""

from datetime import date

import pytest

from curriculum.facts import binding_day
from tests.curriculum.judging import line

FIRST, LAST, TO_COME, TODAY = date(2024, 2, 1), date(2025, 9, 1), date(2026, 5, 1), date(2026, 3, 15)


@pytest.mark.parametrize(
    ("binding", "days", "starts_on", "expected"),
    [
        ("application", [FIRST, LAST], date(2023, 1, 1), TODAY),
        ("start", [LAST, FIRST], None, FIRST),
        ("start", [LAST, FIRST], date(2024, 1, 1), date(2024, 1, 1)),
        ("start", [], None, TODAY),
        ("start", [TO_COME], None, TODAY),
        ("completion", [FIRST, LAST, TO_COME], None, LAST),
        ("completion", [], date(2024, 1, 1), TODAY),
    ],
)
def test_binding_day(binding, days, starts_on, expected):
    lines = [line(str(number), 60, earned_on=day) for number, day in enumerate(days)]

    assert binding_day(binding, lines, starts_on, TODAY) == expected
