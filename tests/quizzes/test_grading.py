"""Tables of cases: what adds up, and where passing begins. How one item is graded is in items/test_grading.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import grading
from quizzes.data import Grade
from quizzes.items import Marks


@pytest.mark.parametrize(
    ("points", "max_points", "percent", "is_met"),
    [
        (4, 5, 80, True),
        (3, 5, 80, False),
        (5, 5, 80, True),
        (2, 3, 67, False),  # 66.67 would round up to 67: it is not 67
        (2, 3, 66, True),
        (7, 9, 78, False),  # 77.78 rounds to 78
        (1, 1, 100, True),
        (99, 100, 100, False),
        (0, 5, 1, False),
        (1, 100, 1, True),
        (0, 100, 1, False),
        (0, 0, 1, False),
        (29, 100, 29, True),  # 0.29 * 100 is 28.999999999999996 in floating point
    ],
)
def test_meets_pass_mark_at_below_and_above(points, max_points, percent, is_met):
    assert grading.meets_pass_mark(points, max_points, percent) is is_met


@pytest.mark.parametrize(
    ("max_points", "percent", "needed"), [(5, 80, 4), (6, 80, 5), (10, 80, 8), (3, 67, 3), (3, 66, 2), (1, 1, 1)]
)
def test_marks_to_pass_is_the_fewest(max_points, percent, needed):
    assert grading.marks_to_pass(max_points, percent) == needed


@given(st.integers(1, 500), st.integers(1, 100))
def test_marks_to_pass_agrees_with_meets_pass_mark(max_points, percent):
    needed = grading.marks_to_pass(max_points, percent)

    assert 1 <= needed <= max_points
    assert grading.meets_pass_mark(needed, max_points, percent)
    assert not grading.meets_pass_mark(needed - 1, max_points, percent)


def test_grade_attempt_adds_up_in_order():
    marks = [Marks(100, 100), Marks(0, 200), Marks(150, 300)]

    assert grading.grade_attempt(marks, pass_mark_percent=42) == Grade((100, 0, 150), 250, 600, False)
    assert grading.grade_attempt(marks, pass_mark_percent=41) == Grade((100, 0, 150), 250, 600, True)


def test_grade_attempt_of_nothing_is_not_passed():
    assert grading.grade_attempt([], pass_mark_percent=1) == Grade((), 0, 0, False)
