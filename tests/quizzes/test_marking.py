"""Two marks and a third look: whole numbers, thresholds at exactly, one below, one above."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.marking import mean_of, needs_third

MARKS = st.integers(min_value=0, max_value=100_000)


@pytest.mark.parametrize(("first", "second", "mean"), [(0, 0, 0), (100, 101, 101), (101, 100, 101), (300, 400, 350)])
def test_mean_is_rounded_half_up(first, second, mean):
    assert mean_of(first, second) == mean


@given(MARKS, MARKS)
def test_mean_lies_between_and_does_not_depend_on_the_order(first, second):
    mean = mean_of(first, second)

    assert min(first, second) <= mean <= max(first, second)
    assert mean == mean_of(second, first)
    assert 0 <= 2 * mean - first - second <= 1


@pytest.mark.parametrize(
    ("difference", "percent", "expected"),
    [(40, 10, False), (41, 10, True), (39, 10, False), (0, 0, False), (1, 0, True), (400, 100, False)],
)
def test_third_is_asked_beyond_the_share(difference, percent, expected):
    assert needs_third(0, difference, maximum=400, difference_percent=percent) is expected


@given(MARKS, MARKS, st.integers(min_value=0, max_value=100))
def test_third_does_not_depend_on_the_order(first, second, percent):
    assert needs_third(first, second, maximum=100_000, difference_percent=percent) == needs_third(
        second, first, maximum=100_000, difference_percent=percent
    )
