"""Tables of cases: what earns points, and where passing begins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import grading
from quizzes.data import Grade, GradedItem


@pytest.mark.parametrize(
    ("correct", "taken", "points"),
    [
        (["a"], ["a"], 3),
        (["a"], ["b"], 0),
        (["a"], [], 0),
        (["a"], ["a", "b"], 0),
        (["a", "b"], ["a", "b"], 3),
        (["a", "b"], ["b", "a"], 3),
        (["a", "b"], ["a"], 0),
        (["a", "b"], ["a", "b", "c"], 0),
        (["a", "b"], ["c"], 0),
        ([], [], 0),
        ([], ["a"], 0),
    ],
)
def test_grade_item_all_or_nothing(correct, taken, points):
    assert grading.grade_item(GradedItem(points=3, correct=correct, taken=taken)) == points


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
def test_points_to_pass_is_the_fewest(max_points, percent, needed):
    assert grading.points_to_pass(max_points, percent) == needed


@given(st.integers(1, 500), st.integers(1, 100))
def test_points_to_pass_agrees_with_meets_pass_mark(max_points, percent):
    needed = grading.points_to_pass(max_points, percent)

    assert 1 <= needed <= max_points
    assert grading.meets_pass_mark(needed, max_points, percent)
    assert not grading.meets_pass_mark(needed - 1, max_points, percent)


def test_grade_attempt_adds_up_in_order():
    items = [
        GradedItem(points=1, correct=["a"], taken=["a"]),
        GradedItem(points=2, correct=["a"], taken=["b"]),
        GradedItem(points=3, correct=["a", "b"], taken=["a", "b"]),
    ]

    assert grading.grade_attempt(items, pass_mark_percent=67) == Grade((1, 0, 3), 4, 6, False)
    assert grading.grade_attempt(items, pass_mark_percent=66) == Grade((1, 0, 3), 4, 6, True)


def test_grade_attempt_of_nothing_is_not_passed():
    assert grading.grade_attempt([], pass_mark_percent=1) == Grade((), 0, 0, False)


@pytest.mark.parametrize(
    ("kind", "correct", "faults"),
    [
        ("single_choice", [True, False], []),
        ("single_choice", [True], ["too_few_choices"]),
        ("single_choice", [], ["too_few_choices", "one_right_choice"]),
        ("single_choice", [True, True], ["one_right_choice"]),
        ("single_choice", [False, False], ["one_right_choice"]),
        ("true_false", [True, False], []),
        ("true_false", [True, True], ["one_right_choice"]),
        ("true_false", [True, False, False], ["two_choices"]),
        ("multiple_choice", [True, True, False], []),
        ("multiple_choice", [True, False], []),
        ("multiple_choice", [False, False], ["no_right_choice"]),
    ],
)
def test_faults_of_an_item(kind, correct, faults):
    assert grading.faults(kind, correct) == faults
