"""Pure: marks of the items to the marks of an attempt, passed or not. Integers only; nothing is rounded before it is
compared. How one item is graded is `quizzes.items.grading`, what tries cost is `quizzes.behaviours`."""

from collections.abc import Mapping, Sequence
from typing import Any

from quizzes.data import Grade, PartMarks, PartRule, PassRule
from quizzes.items import Marks


def grade_attempt(marks: Sequence[Marks], rule: PassRule) -> Grade:
    """Marks by item in their order, their sum (never below zero), the most that could be earned, how each part of the
    rule went, and whether all of it is met."""
    earned = tuple(one.earned for one in marks)
    most = tuple(one.maximum for one in marks)
    total, maximum = max(sum(earned), 0), sum(most)
    parts = tuple(_part(part, earned, most) for part in rule.parts)
    is_passed = meets_pass_mark(total, maximum, rule.percent) and all(part.is_met for part in parts)
    return Grade(earned, total, maximum, is_passed, parts)


def parts_of(earned: Sequence[int], most: Sequence[int], rule: PassRule) -> tuple[PartMarks, ...]:
    """How each section and competency of the rule went, from the marks of the items in their order."""
    return tuple(_part(part, earned, most) for part in rule.parts)


def _part(part: PartRule, earned: Sequence[int], most: Sequence[int]) -> PartMarks:
    marks = max(sum(earned[position - 1] for position in part.positions), 0)
    maximum = sum(most[position - 1] for position in part.positions)
    if part.percent is None or not maximum:  # a part that is worth nothing asks for nothing
        return PartMarks(part, marks, maximum, 0, is_met=True)
    needed = marks_to_pass(maximum, part.percent)
    return PartMarks(part, marks, maximum, needed, meets_pass_mark(marks, maximum, part.percent))


def read_rule(percent: int, stored: Mapping[str, Any] | None) -> PassRule:
    """The rule that an attempt was started with, from its columns."""
    return PassRule(
        percent,
        tuple(
            PartRule(part["kind"], part["title"], part["percent"], tuple(part["positions"]))
            for part in (stored or {}).get("parts", ())
        ),
    )


def written_rule(parts: Sequence[PartRule]) -> dict[str, Any] | None:
    """The parts of a rule as plain values for JSON; None where there are none."""
    if not parts:
        return None
    return {
        "parts": [
            {"kind": part.kind, "title": dict(part.title), "percent": part.percent, "positions": list(part.positions)}
            for part in parts
        ]
    }


def meets_pass_mark(marks: int, max_marks: int, percent: int) -> bool:
    """Whether `marks` of `max_marks` reach `percent`. A quiz worth nothing cannot be passed."""
    return max_marks > 0 and marks * 100 >= percent * max_marks


def marks_to_pass(max_marks: int, percent: int) -> int:
    """The fewest marks that meet the pass mark: what "You need 4 of 5" says."""
    return -(-percent * max_marks // 100)
