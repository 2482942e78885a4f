"""Pure: what checking an answer does, by the behaviour of a quiz, and what the answers of a question earn in the end.

Marks are hundredths of a point, penalties millionths of what the item is worth. The rules are Moodle's:

  deferred       Nothing is checked before the end.
  immediate      One check; then the question is finished.
  several_tries  As many tries as the item has hints, and one. Each wrong one costs the penalty, and shows a hint.
                 The last try decides.
  adaptive       Any number of checks until it is right; each wrong one costs the penalty. The best one decides.
  certainty      Certainty-based marking after Gardner-Medwin: the learner says how sure she is.

What was answered after the last check, and not checked, is one more try when the attempt is sent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from quizzes.data import QuestionState
from quizzes.items import HUNDREDTHS, WHOLE

DEFERRED = "deferred"
IMMEDIATE = "immediate"
SEVERAL_TRIES = "several_tries"
ADAPTIVE = "adaptive"
CERTAINTY = "certainty"

MARKED_BY_PERSON = frozenset({"essay", "upload"})
CHECKING = frozenset({IMMEDIATE, SEVERAL_TRIES, ADAPTIVE})

# How sure → (times the marks when right, times the marks of the item when wrong).
LEVELS = {1: (1, 0), 2: (2, -2), 3: (3, -6)}
LEAST_SURE = 1


def times_at_most(behaviour: str, kind: str = "") -> int:
    """How many times its points an item can earn: three for who is sure and right. Pass marks are of that. Who reads
    an answer gives its points, however sure the learner was."""
    if behaviour != CERTAINTY or kind in MARKED_BY_PERSON:
        return 1
    return max(right for right, _wrong in LEVELS.values())


def most_marks(behaviour: str, question: Mapping[str, Any]) -> int:
    """The most that a question (`quizzes.items.split`) can earn."""
    return int(question["points"]) * HUNDREDTHS * times_at_most(behaviour, question["kind"])


def can_check(behaviour: str, kind: str, points: int) -> bool:
    """Whether answers to such a question are checked while the attempt is open: not what a person marks, and not what
    is worth nothing."""
    return behaviour in CHECKING and points > 0 and kind not in MARKED_BY_PERSON


def tries_allowed(behaviour: str, hints: int) -> int | None:
    """How often an answer may be checked; None: as often as it takes."""
    if behaviour == ADAPTIVE:
        return None
    if behaviour == SEVERAL_TRIES:
        return 1 + hints
    return 1 if behaviour == IMMEDIATE else 0


def penalised(earned: int, maximum: int, penalty: int, wrong_before: int) -> int:
    """`earned` less the penalty for each wrong try before it; rounded half up, never below zero."""
    left = earned * WHOLE - maximum * penalty * wrong_before
    return max((2 * left + WHOLE) // (2 * WHOLE), 0)


def state_of(behaviour: str, checked: Sequence[int], *, maximum: int, penalty: int, hints: int) -> QuestionState:
    """Where a question stands after checks that earned `checked`, in their order."""
    allowed = tries_allowed(behaviour, hints)
    is_right = bool(checked) and checked[-1] == maximum
    is_finished = is_right or (allowed is not None and len(checked) >= allowed > 0)
    return QuestionState(
        checks=len(checked),
        earned=checked[-1] if checked else 0,
        maximum=maximum,
        is_right=is_right,
        is_finished=is_finished,
        tries_left=None if allowed is None else max(allowed - len(checked), 0),
        hints_shown=0 if is_finished or behaviour != SEVERAL_TRIES else min(len(checked), hints),
        costs=0 if is_finished else maximum - penalised(maximum, maximum, penalty, len(checked)),
    )


def marks_of(behaviour: str, checked: Sequence[int], last: int | None, *, maximum: int, penalty: int) -> int:
    """What a question earns: `checked` as above, `last` what the answer earns that was not checked (None: there is
    none). Not for `certainty`."""
    tries = [*checked] if last is None else [*checked, last]
    if not tries:
        return 0
    if behaviour == ADAPTIVE:
        return max(penalised(earned, maximum, penalty, before) for before, earned in enumerate(tries))
    if behaviour == SEVERAL_TRIES:
        return penalised(tries[-1], maximum, penalty, len(tries) - 1)
    return tries[-1]


def marks_by_certainty(earned: int, maximum: int, level: int | None) -> int:
    """What an answer earns from who is so sure of it. An answer that is partly right earns its part of the reward;
    only what earns nothing costs. Who says nothing is not sure."""
    right, wrong = LEVELS[level or LEAST_SURE]
    return right * earned if earned else wrong * maximum
