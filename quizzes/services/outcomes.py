"""How an attempt gets its marks: the one road of sending, marking, regrading and undoing.

Everything that writes here runs in the transaction of its caller, who holds the lock on the attempt. The order of
writing is the one that the database accepts (migration 0012): the grading, the marks of the responses, the attempt.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from people.models import User
from quizzes import behaviours, grading, items
from quizzes.data import Grade, ItemMark
from quizzes.errors import AnswersMissing
from quizzes.models import Attempt, AttemptItem, Grading, ItemVersion, MarkingTask, Quiz, Regrade, Response
from quizzes.reports.judged import earned_by, spec_for, with_checks
from quizzes.services.tallies import answered, tally_closed
from quizzes.services.telling import tell_graded
from quizzes.signals import attempt_graded


def close_attempt(attempt: Attempt, *, at: datetime, known_missing: int | None = None) -> None:
    """Settle an open attempt as it stands; where somebody has to read an answer, let it wait for that person. `attempt`
    is then as it was written; where it was graded, with what was asked.

    Raises AnswersMissing where more questions than `known_missing` have no answer.
    """
    asked = asked_in(attempt)
    if known_missing is not None and sum(_lacks_answer(row) for row in asked) > known_missing:
        raise AnswersMissing(_("Some answers are missing. Please look once more before you send."))
    rulings = rulings_of(attempt.quiz_id)
    marks = [mark_of(row, ruling_for(row, attempt, rulings)) for row in asked]
    waiting = [row for row, mark in zip(asked, marks, strict=True) if mark is None]
    if not waiting:
        attempt.standing = settle(attempt, asked, known(marks), cause=Grading.Cause.SUBMIT, at=at, submitted_at=at)
        attempt.asked = asked
        return
    still_open = Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.OPEN)
    _write(still_open, attempt, state=Attempt.State.SUBMITTED, submitted_at=at)
    quiz: Quiz = attempt.quiz
    MarkingTask.objects.bulk_create(
        MarkingTask(
            attempt_item=row,
            quiz=quiz,
            has_second_marker=quiz.has_second_marker,
            difference_percent=quiz.marking_difference_percent,
            is_blind=quiz.is_marked_blind,
            waiting_since=at,
        )
        for row in waiting
    )


def _lacks_answer(row: AttemptItem) -> bool:
    response = getattr(row, "response", None)
    return row.version.question["kind"] != "description" and (response is None or items.is_empty(response.value))


def settle_if_marked(attempt: Attempt, *, cause: str, actor: User, at: datetime, **why: Any) -> bool:
    """Grade a waiting attempt once nothing in it waits any more, and tell the learner; say whether that was so."""
    asked = asked_in(attempt)
    rulings = rulings_of(attempt.quiz_id)
    marks = [mark_of(row, ruling_for(row, attempt, rulings)) for row in asked]
    if None in marks:
        return False
    settle(attempt, asked, known(marks), cause=cause, at=at, actor=actor, **why)
    tell_graded(attempt, now=at)
    return True


def settle(
    attempt: Attempt,
    asked: Sequence[AttemptItem],
    marks: Sequence[ItemMark],
    *,
    cause: str,
    at: datetime,
    submitted_at: datetime | None = None,
    actor: User | None = None,
    reason: str = "",
    regrade: Regrade | None = None,
    may_lower: bool = False,
    keeps_anyway: bool = False,
) -> Grading:
    """Write what the attempt earns from now on, and ring where that is new or turns a pass.

    A pass that stands is kept although the marks are too few now, unless `may_lower`; `keeps_anyway` where it had been
    kept before and what stood then comes back.
    """
    grade = grade_of(attempt, marks)
    is_kept = not grade.is_passed and keeps_pass(attempt, may_lower=may_lower, anyway=keeps_anyway)
    written = Grading.objects.create(
        attempt=attempt,
        number=attempt.grading_number + 1,
        marks=grade.marks,
        max_marks=grade.max_marks,
        is_passed=grade.is_passed or is_kept,
        is_pass_kept=is_kept,
        items=[
            {"position": mark.position, "marks": mark.marks, "max": mark.max_marks, "by": mark.by}
            | ({"version": mark.version} if mark.version else {})
            for mark in marks
        ],
        cause=cause,
        regrade=regrade,
        actor=actor,
        reason=reason,
        at=at,
    )
    _write_responses(asked, marks)
    is_news = attempt.is_passed is None or attempt.is_passed != written.is_passed
    _write(
        Attempt.objects.filter(pk=attempt.pk),
        attempt,
        state=Attempt.State.GRADED,
        marks=written.marks,
        max_marks=written.max_marks,
        is_passed=written.is_passed,
        grading_number=written.number,
        **({"submitted_at": submitted_at} if submitted_at else {}),
    )
    tally_closed(
        attempt,
        [
            answered(row.version_id, row.version.question, getattr(row, "response", None), mark.marks)
            for row, mark in zip(asked, marks, strict=True)
            if mark.by != "drop"
        ],
    )
    if is_news:
        transaction.on_commit(partial(attempt_graded.send_robust, sender=Attempt, attempt_id=attempt.pk), robust=True)
    return written


def _write(row: QuerySet[Attempt], attempt: Attempt, **values: Any) -> None:
    """Write these columns, and give what was written to `attempt`, so that nobody need read it again."""
    if row.update(**values):
        for name, value in values.items():
            setattr(attempt, name, value)


def keeps_pass(attempt: Attempt, *, may_lower: bool, anyway: bool) -> bool:
    """Whether the attempt stays passed however few marks it gets."""
    return anyway or (bool(attempt.is_passed) and not may_lower)


def grade_of(attempt: Attempt, marks: Sequence[ItemMark]) -> Grade:
    """What these marks make of the attempt. The one place where the pass rule is asked."""
    rule = grading.read_rule(attempt.pass_mark_percent, attempt.pass_rule)
    return grading.grade_attempt([items.Marks(mark.marks, mark.max_marks) for mark in marks], rule)


def _write_responses(asked: Sequence[AttemptItem], marks: Sequence[ItemMark]) -> None:
    by_marks: dict[int, list[int]] = defaultdict(list)
    for row, mark in zip(asked, marks, strict=True):
        response = getattr(row, "response", None)
        if response is not None and mark.by != "drop" and response.marks != mark.marks:
            response.marks = mark.marks
            by_marks[mark.marks].append(response.pk)
    for earned, pks in by_marks.items():
        Response.objects.filter(pk__in=pks).update(marks=earned)


# --- One question --------------------------------------------------------------------------------------------------


def asked_in(attempt: Attempt) -> list[AttemptItem]:
    """What was asked, with what was answered, checked and marked: one query, and one where answers are checked."""
    asked = AttemptItem.objects.filter(attempt=attempt).select_related("version", "response", "marking_task")
    rows = list(asked.order_by("position"))
    with_checks(attempt, rows)
    return rows


def mark_of(row: AttemptItem, ruling: Regrade | None = None) -> ItemMark | None:
    """What one question earns: by what was decided about it, else by a person, else by its key. None: it waits."""
    maximum = behaviours.most_marks(row.attempt.behaviour, row.version.question)
    if ruling is not None and ruling.action == Regrade.Action.DROP:
        return ItemMark(row.position, 0, 0, "drop")
    if ruling is not None and ruling.action == Regrade.Action.FULL:
        return ItemMark(row.position, maximum, maximum, "full")
    if (task := getattr(row, "marking_task", None)) is not None:
        return None if task.marks is None else ItemMark(row.position, task.marks, maximum, "person")
    response = getattr(row, "response", None)
    if response is None:
        return ItemMark(row.position, 0, maximum, "key")
    version = _key_for(row, response.value, ruling.version if ruling else None)
    marks = items.grade(spec_for(row, version), response.value)
    if marks.needs_person:
        return None
    earned = earned_by(row, marks, version)
    return ItemMark(row.position, earned, maximum, "key", version.pk if version.pk != row.version_id else None)


def _key_for(row: AttemptItem, value: Any, other: ItemVersion | None) -> ItemVersion:
    """The version that grades an answer: another one only where the answer fits it too."""
    if other is not None and not items.response_faults(other.question, value):
        return other
    return row.version


def rulings_of(quiz_id: int) -> list[Regrade]:
    """What was decided about items of the quiz and stands, the oldest first."""
    standing = Regrade.objects.filter(quiz=quiz_id, undone_at=None).prefetch_related("version")
    return list(standing.order_by("at", "pk"))


def ruling_for(row: AttemptItem, attempt: Attempt, rulings: Sequence[Regrade]) -> Regrade | None:
    """The newest decision about this question. One that was taken before the attempt began is not about it: the item
    may have been mended since."""
    about = [ruling for ruling in rulings if ruling.item_id == row.version.item_id and ruling.at >= attempt.started_at]
    return about[-1] if about else None


def known(marks: Sequence[ItemMark | None]) -> list[ItemMark]:
    """The marks, none of which waits."""
    return [mark for mark in marks if mark is not None]


def marks_in(grading_row: Grading) -> list[ItemMark]:
    """The marks by question that a grading holds."""
    return [
        ItemMark(entry["position"], entry["marks"], entry["max"], entry["by"], entry.get("version"))
        for entry in grading_row.items
    ]
