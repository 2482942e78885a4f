"""Checking the answer to one question while the attempt is open."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes import behaviours, items
from quizzes.data import QuestionState
from quizzes.errors import CheckRefused
from quizzes.models import Attempt, Response, ResponseCheck
from quizzes.reports.judged import checks_of, state_of
from quizzes.services.answering import TimeIsOver, late_answer, question_for_writing
from quizzes.services.attempts import submit_attempt
from quizzes.services.pausing import end_break


def check_response(attempt: Attempt, position: int, *, now: datetime | None = None) -> QuestionState:
    """Check the answer that stands at `position`, and return where the question stands then.

    The same answer is checked once: whoever asks again, also on another device, gets the same. Raises CheckRefused
    where nothing is checked before the end and where there is no answer, and what `save_response` raises.
    """
    now = now or timezone.now()
    try:
        with transaction.atomic():
            return _check(attempt, position, now)
    except TimeIsOver:
        submit_attempt(attempt, now=now)
        raise late_answer() from None


def _check(attempt: Attempt, position: int, now: datetime) -> QuestionState:
    asked = question_for_writing(attempt, position, now, "version__answer_key")
    question = asked.version.question
    if not behaviours.can_check(asked.attempt.behaviour, question["kind"], question["points"]):
        raise CheckRefused(_("Answers to this question are checked when everything is sent."))
    checks = checks_of(asked)
    state = state_of(asked, checks)
    standing = Response.objects.filter(attempt_item=asked).first()
    if state.is_finished or (checks and standing is not None and standing.value == checks[-1].value):
        return state
    if standing is None or items.is_empty(standing.value):
        raise CheckRefused(_("There is no answer to check yet. Please answer first."))
    if asked.attempt.is_sequential and position != asked.attempt.reached:
        raise CheckRefused(
            _("This quiz goes forward only, and this is not where you are. What you answered before stays as it was.")
        )
    marks = items.grade((question, asked.version.answer_key), standing.value)
    end_break(asked.attempt, now=now)
    check = ResponseCheck.objects.create(
        attempt_item=asked,
        number=len(checks) + 1,
        value=standing.value,
        earned=marks.earned,
        checked_at=now,
    )
    return state_of(asked, [*checks, check])
