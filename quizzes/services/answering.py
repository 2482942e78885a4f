"""The pen of an answer: kept once, newest first, never after the attempt was sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes import behaviours, items, timing
from quizzes.errors import AttemptClosed, InvalidResponse
from quizzes.kinds import fault_sentence
from quizzes.models import AnswerFile, Attempt, AttemptItem, Response
from quizzes.services.attempts import OwnAttempt, closed, deadline_of, submit_attempt
from quizzes.services.judging import refuse_closed_question, standing_response
from quizzes.services.pausing import end_break

LARGEST_REVISION = 2**31 - 1  # what the column holds on PostgreSQL


def save_response(
    attempt: Attempt,
    position: int,
    value: Any,
    *,
    revision: int,
    certainty: int | None = None,
    operation_id: UUID | None = None,
    now: datetime | None = None,
) -> Response:
    """Keep the answer to the question at `position` and return the one that stands.

    That is another one where the same or a newer revision came first: an answer is never overwritten by an older one,
    and the same one sent twice is kept once. An operation that was kept before changes nothing and is answered as it
    was then. An empty `value` takes the answer back. Raises AttemptClosed once the attempt was sent or voided,
    QuestionClosed for a question that was checked for good or left behind, and InvalidResponse for an answer that does
    not fit the question.
    """
    return save_sent(attempt, position, lambda _question: value, Sending(revision, certainty, operation_id), now)


def save_fields(
    attempt: Attempt | OwnAttempt,
    position: int,
    fields: items.Fields,
    *,
    revision: int,
    certainty: int | None = None,
    operation_id: UUID | None = None,
    now: datetime | None = None,
) -> Response:
    """`save_response` for the fields of a form. Raises Attempt.DoesNotExist for what is not the learner's own."""
    return save_sent(attempt, position, partial(answer_in, fields), Sending(revision, certainty, operation_id), now)


def answer_in(fields: items.Fields, question: Mapping[str, Any]) -> Any:
    """The answer to the question that the fields of its form hold. Raises InvalidResponse."""
    try:
        return items.response_from(question, fields)
    except items.UnreadableFields as error:
        raise InvalidResponse(fault_sentence(items.Fault(error.code))) from error


@dataclass(frozen=True)
class Sending:
    """What comes with an answer: its place in the order of the learner's device, how sure she is, under which id."""

    revision: int
    certainty: int | None
    operation_id: UUID | None


def save_sent(
    attempt: Attempt | OwnAttempt,
    position: int,
    read: Callable[[Mapping[str, Any]], Any],
    sending: Sending,
    now: datetime | None,
) -> Response:
    """`save_response` for what `read` makes of the question."""
    now = now or timezone.now()
    try:
        return _save_in_time(attempt, position, read, sending, now)
    except TimeIsOver as over:
        # Not in the same transaction: the refusal would take the sending back with it.
        submit_attempt(over.attempt, now=now)
        raise late_answer() from None


def late_answer() -> AttemptClosed:
    return AttemptClosed(_("The time is over. What you had answered by then was sent; this answer came too late."))


class TimeIsOver(Exception):
    """An answer came after the deadline and the grace."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__()
        self.attempt = attempt


def question_for_writing(
    attempt: Attempt | OwnAttempt, position: int, now: datetime, *also: str, is_locked: bool = True
) -> AttemptItem:
    """The question with its open attempt, locked: one statement, and one for what the learner is granted.

    The lock makes a late answer wait for the submission and then be refused; on SQLite the transaction is exclusive
    from its first statement. `also` names more columns. Raises InvalidResponse, AttemptClosed and TimeIsOver, and
    Attempt.DoesNotExist for what is not the learner's own.
    """
    questions = questions_of_own(attempt, *also)
    try:
        asked = (questions.select_for_update(of=("attempt",)) if is_locked else questions).get(position=position)
    except AttemptItem.DoesNotExist:
        Attempt.objects.only("pk").get(public_id=attempt.public_id, learner=attempt.learner_id)
        raise InvalidResponse(_("This quiz has no question with that number.")) from None
    if not asked.attempt.is_open:
        raise closed(asked.attempt)
    if timing.is_over(deadline_of(asked.attempt, now=now), now):
        raise TimeIsOver(asked.attempt)
    return asked


def questions_of_own(attempt: Attempt | OwnAttempt, *also: str) -> QuerySet[AttemptItem]:
    """What was asked in it, with what keeping an answer has to know; `also` names more columns."""
    asked = AttemptItem.objects.filter(attempt__public_id=attempt.public_id, attempt__learner=attempt.learner_id)
    return asked.select_related("attempt__quiz", "version").only(
        "position",
        "attempt__public_id",
        "attempt__state",
        "attempt__behaviour",
        "attempt__is_sequential",
        "attempt__reached",
        "attempt__started_at",
        "attempt__time_limit_minutes",
        "attempt__break_seconds",
        "attempt__break_started_at",
        "attempt__learner_id",
        "attempt__quiz__closes_at",
        "version__question",
        *also,
    )


def _save_in_time(
    attempt: Attempt | OwnAttempt,
    position: int,
    read: Callable[[Mapping[str, Any]], Any],
    sending: Sending,
    now: datetime,
) -> Response:
    """Most answers are kept by one statement that asks again whether the attempt takes them, and nobody waits for
    anybody. What has to look at more than that, and what that statement did not write, is decided under the lock."""
    asked = question_for_writing(attempt, position, now, is_locked=False)
    if is_plain(asked):
        given = read_answer(asked, read, sending, now)
        if Response.objects.save_newer(given, only_if_open=True):
            return given
    with transaction.atomic():
        asked = question_for_writing(attempt, position, now)
        given = read_answer(asked, read, sending, now)
        _check_files(asked, given.value)
        refuse_closed_question(asked, given.value, sending)
        end_break(asked.attempt, now=now)
        return given if Response.objects.save_newer(given) else standing_response(asked, sending)


def is_plain(asked: AttemptItem) -> bool:
    """Whether only the end of the attempt can close the question, and nothing else changes with an answer to it."""
    return (
        not asked.attempt.is_sequential
        and asked.attempt.behaviour not in behaviours.CHECKING
        and asked.attempt.break_started_at is None
        and asked.version.question["kind"] != "upload"
    )


def read_answer(
    asked: AttemptItem, read: Callable[[Mapping[str, Any]], Any], sending: Sending, now: datetime
) -> Response:
    """The answer as it would be kept. Raises InvalidResponse."""
    value = read(asked.version.question)
    _check_answer(asked.version.question, value, sending)
    return Response(
        attempt_item=asked,
        value=value,
        revision=sending.revision,
        certainty=sending.certainty if asked.attempt.behaviour == behaviours.CERTAINTY else None,
        operation_id=sending.operation_id,
        saved_at=now,
    )


def _check_answer(question: Mapping[str, Any], value: Any, sending: Sending) -> None:
    certainty_is_known = sending.certainty is None or sending.certainty in behaviours.LEVELS
    if not (1 <= sending.revision <= LARGEST_REVISION and certainty_is_known):
        raise InvalidResponse(_("This answer came without its place in the order. Please load the page again."))
    if faults := items.response_faults(question, value):
        raise InvalidResponse(fault_sentence(faults[0]))


def _check_files(asked: AttemptItem, value: Any) -> None:
    if asked.version.question["kind"] != "upload" or not value:
        return
    sent = AnswerFile.objects.filter(attempt_item=asked, token__in=value["files"]).count()
    if sent != len(value["files"]):
        raise InvalidResponse(_("This file was not sent for this question. Please load the page again."))
