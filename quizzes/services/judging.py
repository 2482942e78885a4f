"""Which answers of an open attempt may still change, and what is said about one that was not written. Writes
nothing."""

from typing import Any

from django.utils.translation import gettext as _

from quizzes import behaviours
from quizzes.errors import QuestionClosed
from quizzes.models import AttemptItem, Response, ResponseEvent
from quizzes.reports.judged import checks_of, state_of


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
    checks = checks_of(asked)
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
