"""Answers that come together: from a page of many questions, or from a phone that was without a connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from quizzes import items, timing
from quizzes.errors import InvalidResponse, QuestionClosed
from quizzes.models import Attempt, Response
from quizzes.services.answering import (
    Sending,
    answer_in,
    is_plain,
    questions_of_own,
    read_answer,
    save_sent,
)
from quizzes.services.attempts import OwnAttempt, deadline_of


@dataclass(frozen=True)
class SentAnswer:
    """The fields of one question's form, with what comes with an answer."""

    position: int
    fields: items.Fields
    sending: Sending


def save_together(
    attempt: Attempt | OwnAttempt, answers: Sequence[SentAnswer], *, now: datetime | None = None
) -> list[Response | InvalidResponse | QuestionClosed]:
    """`save_fields` for each answer, in their order: the answer that stands, or why this one was not taken.

    One that is refused keeps no other from being kept. Plain ones cost one statement each and one together. Raises
    AttemptClosed, and Attempt.DoesNotExist for what is not the learner's own.
    """
    now = now or timezone.now()
    done: dict[int, Response | InvalidResponse | QuestionClosed] = {}
    wanted = {answer.position for answer in answers}
    asked = {row.position: row for row in questions_of_own(attempt).filter(position__in=wanted)}
    first = next(iter(asked.values()), None)
    if first is not None and first.attempt.is_open and not timing.is_over(deadline_of(first.attempt, now=now), now):
        with transaction.atomic():
            for place, answer in enumerate(answers):
                row = asked.get(answer.position)
                if row is None or not is_plain(row):
                    continue
                try:
                    given = read_answer(row, partial(answer_in, answer.fields), answer.sending, now)
                except InvalidResponse as error:
                    done[place] = error
                    continue
                if Response.objects.save_newer(given, only_if_open=True):
                    done[place] = given
    for place, answer in enumerate(answers):
        if place not in done:
            done[place] = _save_alone(attempt, answer, now)
    return [done[place] for place in range(len(answers))]


def _save_alone(
    attempt: Attempt | OwnAttempt, answer: SentAnswer, now: datetime
) -> Response | InvalidResponse | QuestionClosed:
    try:
        return save_sent(attempt, answer.position, partial(answer_in, answer.fields), answer.sending, now)
    except (InvalidResponse, QuestionClosed) as error:
        return error
