"""Tables of cases: what adds up, and where passing begins. How one item is graded is in items/test_grading.py."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import grading
from quizzes.data import Grade, PartRule, PassRule
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


def rule(percent, *parts):
    return PassRule(percent, parts)


def section(percent, *positions):
    return PartRule("section", {"en": "Part"}, percent, positions)


def test_grade_attempt_adds_up_in_order():
    marks = [Marks(100, 100), Marks(0, 200), Marks(150, 300)]

    assert grading.grade_attempt(marks, rule(42)) == Grade((100, 0, 150), 250, 600, False)
    assert grading.grade_attempt(marks, rule(41)) == Grade((100, 0, 150), 250, 600, True)


def test_grade_attempt_of_nothing_is_not_passed():
    assert grading.grade_attempt([], rule(1)) == Grade((), 0, 0, False)


def test_grade_attempt_below_zero_is_nothing():
    assert grading.grade_attempt([Marks(-600, 300), Marks(300, 300)], rule(1)) == Grade((-600, 300), 0, 600, False)


@pytest.mark.parametrize(("percent", "is_passed"), [(66, True), (67, False), (None, True), (1, True), (100, False)])
def test_grade_attempt_asks_each_part_for_its_own_mark(percent, is_passed):
    marks = [Marks(100, 100), Marks(100, 100), Marks(0, 100), Marks(100, 100)]

    grade = grading.grade_attempt(marks, rule(50, section(percent, 1, 2, 3), section(100, 4)))

    assert grade.is_passed is is_passed
    assert [(part.marks, part.max_marks) for part in grade.parts] == [(200, 300), (100, 100)]


def test_part_that_is_worth_nothing_asks_for_nothing():
    grade = grading.grade_attempt([Marks(100, 100), Marks(0, 0)], rule(100, section(100, 2)))

    assert (grade.is_passed, grade.parts[0].is_met, grade.parts[0].needed) == (True, True, 0)


def test_part_below_zero_counts_as_nothing():
    [part] = grading.parts_of([-600, 100], [300, 300], rule(50, section(1, 1, 2)))

    assert (part.marks, part.is_met, part.needed) == (0, False, 6)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8), st.integers(1, 100))
def test_a_part_that_is_everything_is_the_rule_of_the_whole(pairs, percent):
    marks = [Marks(min(one, other) * 100, other * 100) for one, other in pairs]
    everything = section(percent, *range(1, len(marks) + 1))

    grade = grading.grade_attempt(marks, rule(percent, everything))

    assert grade.is_passed is grading.meets_pass_mark(grade.marks, grade.max_marks, percent)


def test_rule_comes_back_as_it_was_written():
    parts = (section(60, 1, 2), PartRule("competency", {"en": "Outreach", "es": "Alcance"}, None, (3,)))

    assert grading.read_rule(80, json.loads(json.dumps(grading.written_rule(parts)))) == PassRule(80, parts)
    assert grading.written_rule(()) is None
    assert grading.read_rule(80, None) == PassRule(80)
