"""Pure: responses to points, points to pass or not. Integers only; nothing is rounded before it is compared."""

from collections.abc import Collection, Sequence

from quizzes.data import Grade, GradedItem


def grade_item(item: GradedItem) -> int:
    """Points for one item: all of them where exactly the right choices were taken, else none.

    The same rule serves every kind: single choice and true or false have one right choice, multiple choice may have
    several. Nothing taken earns nothing, also where an item (wrongly) has no right choice.
    """
    taken = set(item.taken)
    return item.points if taken and taken == set(item.correct) else 0


def grade_attempt(items: Sequence[GradedItem], *, pass_mark_percent: int) -> Grade:
    """Points by item in their order, their sum, the most that could be earned, and whether the pass mark is met."""
    earned = tuple(grade_item(item) for item in items)
    points = sum(earned)
    max_points = sum(item.points for item in items)
    return Grade(earned, points, max_points, meets_pass_mark(points, max_points, pass_mark_percent))


def meets_pass_mark(points: int, max_points: int, percent: int) -> bool:
    """Whether `points` of `max_points` reach `percent`. A quiz worth nothing cannot be passed."""
    return max_points > 0 and points * 100 >= percent * max_points


def points_to_pass(max_points: int, percent: int) -> int:
    """The fewest points that meet the pass mark: what "You need 4 of 5" says."""
    return -(-percent * max_points // 100)


def faults(kind: str, correct: Collection[bool]) -> list[str]:
    """What keeps an item from being asked, as codes (their sentences are in `quizzes.forms`).

    `correct` says of each choice whether it is right.
    """
    found = []
    if len(correct) < 2:
        found.append("too_few_choices")
    if kind == "true_false" and len(correct) > 2:
        found.append("two_choices")
    if kind == "multiple_choice":
        if not any(correct):
            found.append("no_right_choice")
    elif sum(correct) != 1:
        found.append("one_right_choice")
    return found
