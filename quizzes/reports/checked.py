"""The questions of an open attempt with what was told of them already: verdicts, hints, and what is finished.

The only place that reads keys of an open attempt; and only of questions that were checked.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from quizzes import behaviours, items
from quizzes.data import CheckedQuestion, QuestionState, ShownQuestion, Told
from quizzes.models import Attempt, AttemptItem, Quiz, ResponseCheck
from quizzes.reports.asking import questions_of, shown
from quizzes.reports.reviewing import reviewed_questions


def asked_of(attempt: Attempt, *, language: str) -> list[ShownQuestion]:
    """`questions_of`, each with what was told of it. Two queries more where answers can be checked."""
    questions = questions_of(attempt, language=language)
    if attempt.behaviour not in behaviours.CHECKING:
        return questions
    checked = _checked(attempt, language)
    return [replace(question, checked=checked.get(question.position)) for question in questions]


def _checked(attempt: Attempt, language: str) -> dict[int, CheckedQuestion]:
    checks: dict[int, list[ResponseCheck]] = defaultdict(list)
    for check in ResponseCheck.objects.filter(attempt_item__attempt=attempt).order_by("number"):
        checks[check.attempt_item_id].append(check)
    if not checks:
        return {}
    quiz = attempt.quiz
    told = Told(
        marks=True,
        feedback=quiz.tell_feedback == Quiz.Tell.AT_ONCE,
        key=quiz.tell_key == Quiz.Tell.AT_ONCE,
    )
    rows = list(AttemptItem.objects.filter(pk__in=checks).select_related("version", "response").order_by("position"))
    states = {}
    for row in rows:
        row.attempt = attempt
        states[row.position] = state_of(row, checks[row.pk])
        row.response.marks = behaviours.marks_of(
            attempt.behaviour,
            [check.earned for check in checks[row.pk]],
            None,
            maximum=states[row.position].maximum,
            penalty=row.version.question["penalty"],
        )
    finished = [row for row in rows if states[row.position].is_finished]
    reviews = {one.position: one for one in reviewed_questions(attempt, finished, language, told)}
    hints = {row.position: row.version.answer_key.get("hints", ()) for row in rows}
    return {
        position: CheckedQuestion(
            state,
            tuple(shown(text, language) for text in hints[position][: state.hints_shown]),
            reviews.get(position),
        )
        for position, state in states.items()
    }


def state_of(asked: AttemptItem, checks: Sequence[ResponseCheck]) -> QuestionState:
    """Where a question stands after these checks; its version has both halves, its attempt the behaviour."""
    question = asked.version.question
    return behaviours.state_of(
        asked.attempt.behaviour,
        [check.earned for check in checks],
        maximum=question["points"] * items.HUNDREDTHS,
        penalty=question["penalty"],
        hints=len(asked.version.answer_key.get("hints", ())),
    )
