"""Pure: marks of the items to the marks of an attempt, passed or not. Integers only; nothing is rounded before it is
compared. How one item is graded is `quizzes.items.grading`."""

from collections.abc import Sequence

from quizzes.data import Grade
from quizzes.items import Marks


def grade_attempt(marks: Sequence[Marks], *, pass_mark_percent: int) -> Grade:
    """Marks by item in their order, their sum, the most that could be earned, and whether the pass mark is met."""
    earned = tuple(one.earned for one in marks)
    maximum = sum(one.maximum for one in marks)
    return Grade(earned, sum(earned), maximum, meets_pass_mark(sum(earned), maximum, pass_mark_percent))


def meets_pass_mark(marks: int, max_marks: int, percent: int) -> bool:
    """Whether `marks` of `max_marks` reach `percent`. A quiz worth nothing cannot be passed."""
    return max_marks > 0 and marks * 100 >= percent * max_marks


def marks_to_pass(max_marks: int, percent: int) -> int:
    """The fewest marks that meet the pass mark: what "You need 4 of 5" says."""
    return -(-percent * max_marks // 100)
