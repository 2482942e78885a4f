"""The questions of an open attempt with what was told of them already: verdicts, hints, and what is finished.

The only place that reads keys of an open attempt; and only of questions that were checked.
"""

from dataclasses import replace

from quizzes import behaviours
from quizzes.data import CheckedQuestion, ShownQuestion, Told
from quizzes.models import Attempt, AttemptItem, Quiz, ResponseCheck
from quizzes.reports.asking import questions_of, shown
from quizzes.reports.judged import checks_of, state_of, with_checks
from quizzes.reports.reviewing import reviewed_questions


def asked_of(attempt: Attempt, *, language: str) -> list[ShownQuestion]:
    """`questions_of`, each with what was told of it. One query more where answers are checked, three once one was."""
    questions = questions_of(attempt, language=language)
    if attempt.behaviour not in behaviours.CHECKING:
        return questions
    checked = _checked(attempt, language)
    return [replace(question, checked=checked.get(question.position)) for question in questions]


def _checked(attempt: Attempt, language: str) -> dict[int, CheckedQuestion]:
    checked = ResponseCheck.objects.filter(attempt_item__attempt=attempt).values_list("attempt_item", flat=True)
    asked = set(checked)
    if not asked:
        return {}
    quiz = attempt.quiz
    told = Told(
        marks=True,
        feedback=quiz.tell_feedback == Quiz.Tell.AT_ONCE,
        key=quiz.tell_key == Quiz.Tell.AT_ONCE,
    )
    rows = list(
        AttemptItem.objects.filter(pk__in=asked)
        .select_related("version", "response", "marking_task")
        .order_by("position")
    )
    with_checks(attempt, rows)
    states = {row.position: state_of(row, checks_of(row)) for row in rows}
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
