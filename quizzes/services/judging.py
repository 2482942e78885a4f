"""What the answers of an attempt earn by its behaviour, and which of them may still change. Writes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from quizzes import behaviours, items
from quizzes.errors import QuestionClosed
from quizzes.models import Attempt, AttemptItem, Response, ResponseCheck, ResponseEvent
from quizzes.reports.checked import state_of


def marks_of_questions(attempt: Attempt, asked: Sequence[AttemptItem]) -> list[items.Marks]:
    """Marks by question, in the order of `asked`, which has versions and responses fetched.

    One statement where the behaviour lets answers be checked, else none.
    """
    checks: dict[int, list[ResponseCheck]] = defaultdict(list)
    if attempt.behaviour in behaviours.CHECKING:
        for check in ResponseCheck.objects.filter(attempt_item__attempt=attempt).order_by("number"):
            checks[check.attempt_item_id].append(check)
    return [_marks(attempt.behaviour, one, checks[one.pk]) for one in asked]


def _marks(behaviour: str, asked: AttemptItem, checks: Sequence[ResponseCheck]) -> items.Marks:
    question = asked.version.question
    maximum = question["points"] * items.HUNDREDTHS
    response = getattr(asked, "response", None)
    if response is None:
        return items.Marks(0, maximum * behaviours.times_at_most(behaviour), is_complete=False)
    raw = items.grade((question, asked.version.answer_key), response.value)
    if behaviour == behaviours.CERTAINTY and not raw.needs_person:
        is_answered = not items.is_empty(response.value)
        earned = behaviours.marks_by_certainty(raw.earned, raw.maximum, response.certainty) if is_answered else 0
        return items.Marks(earned, raw.maximum * behaviours.times_at_most(behaviour), is_complete=raw.is_complete)
    if not checks:
        return raw
    last = raw.earned if response.value != checks[-1].value else None
    earned = behaviours.marks_of(
        behaviour, [check.earned for check in checks], last, maximum=maximum, penalty=question["penalty"]
    )
    return items.Marks(earned, maximum, raw.parts, raw.is_complete, raw.needs_person, raw.feedback)


def refuse_closed_question(asked: AttemptItem, value: Any, sending: Any) -> None:
    """Raise QuestionClosed for an answer to a question that takes none any more; one that was kept before may come
    again. One statement where the behaviour or the way through asks for it, else none."""
    attempt = asked.attempt
    if attempt.is_sequential and asked.position != attempt.reached:
        if asked.position < attempt.reached and _is_known(asked, value, sending):
            return
        raise QuestionClosed(
            _("This quiz goes forward only, and this is not where you are. What you answered before stays as it was.")
        )
    if attempt.behaviour not in behaviours.CHECKING:
        return
    checks = list(ResponseCheck.objects.filter(attempt_item=asked).order_by("number"))
    if checks and state_of(asked, checks).is_finished and not _is_known(asked, value, sending):
        raise QuestionClosed(_("Your answer to this question was checked, so it can no longer be changed."))


def _is_known(asked: AttemptItem, value: Any, sending: Any) -> bool:
    standing = Response.objects.filter(attempt_item=asked).first()
    if standing is None or standing.revision < sending.revision:
        return (
            standing is not None
            and standing.operation_id is not None
            and (standing.operation_id == sending.operation_id)
        )
    return True  # it will not be written: what stands, or what was answered to this operation, is said again


def standing_response(asked: AttemptItem, sending: Any) -> Response:
    """What is said about an answer that was not written: what was said of the same operation before, else what
    stands."""
    standing = Response.objects.get(attempt_item=asked.pk)
    standing.attempt_item = asked
    if sending.operation_id is None or standing.operation_id == sending.operation_id:
        return standing
    event = ResponseEvent.objects.filter(attempt_item=asked.pk, operation_id=sending.operation_id).first()
    if event is None:
        return standing
    return Response(
        attempt_item=asked,
        value=event.value,
        revision=event.revision,
        certainty=event.certainty,
        operation_id=event.operation_id,
        saved_at=event.saved_at,
    )
