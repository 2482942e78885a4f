"""Going on where the way is forward only, and sending with a promise."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes import timing
from quizzes.errors import PromiseMissing
from quizzes.models import Attempt, HonestyStatement, Quiz
from quizzes.services.attempts import OwnAttempt, deadline_of, locked, submit_locked


def go_on(attempt: Attempt, position: int) -> int:
    """Leave the question at `position` for good, where the way is forward only; return where the learner is then.

    Twice is once: whoever left a question already is where she is. In a free quiz nothing happens.
    """
    if attempt.is_sequential:
        Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.OPEN, reached=position).update(reached=position + 1)
        attempt.refresh_from_db(fields=["reached", "state"])
    return attempt.reached


def promise_hash(quiz: Quiz) -> str:
    """Says in which words the promise of the quiz is made today, in all its languages; empty: there is none."""
    texts = {code: text for code, text in quiz.honesty_statement.items() if text}
    if not texts:
        return ""
    return hashlib.sha256(json.dumps(texts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def send_attempt(
    attempt: Attempt | OwnAttempt,
    *,
    promised: str = "",
    known_missing: int | None = None,
    now: datetime | None = None,
) -> Attempt:
    """`submit_attempt` by the learner: where the quiz asks for a promise, `promised` is the hash of the words that she
    ticked; `known_missing` is how many questions without an answer she was told of (None: it does not matter).

    Raises PromiseMissing, also when the words have changed since she read them, AnswersMissing where more answers are
    missing than she knows, and Attempt.DoesNotExist for what is not the learner's own. Neither holds up what is sent
    because its time is over.
    """
    now = now or timezone.now()
    with transaction.atomic():
        standing = locked(attempt)
        _take_promise(standing, promised, now)
        return submit_locked(standing, now=now, known_missing=known_missing)


def _take_promise(attempt: Attempt, promised: str, now: datetime) -> None:
    asked_for = promise_hash(attempt.quiz)
    if not asked_for or not attempt.is_open or attempt.honesty_at is not None:
        return
    end = deadline_of(attempt, now=now)
    if end is not None and now >= end:
        return  # it is sent by itself: nobody can be made to promise
    if promised != asked_for:
        raise PromiseMissing(_("Please read the promise and tick it. Your answers are kept."))
    statement, _created = HonestyStatement.objects.get_or_create(
        content_hash=asked_for, defaults={"text": attempt.quiz.honesty_statement}
    )
    Attempt.objects.filter(pk=attempt.pk).update(honesty=statement, honesty_at=now)
    attempt.honesty, attempt.honesty_at = statement, now


def seconds_left(attempt: Attempt, *, now: datetime | None = None) -> int | None:
    """Whole seconds until the time of the attempt ends, none of them lost; None: it has no end."""
    now = now or timezone.now()
    return timing.seconds_until(deadline_of(attempt, now=now), now)


def ran_out(attempt: Attempt) -> bool:
    """Whether the attempt was sent because its time ended. No query where it had no end."""
    if attempt.time_limit_minutes is None and attempt.quiz.closes_at is None:
        return False
    return attempt.submitted_at is not None and attempt.submitted_at == deadline_of(attempt, now=attempt.submitted_at)


# --- Which attempt counts --------------------------------------------------------------------------------------------


def earns(attempt: Attempt) -> bool:
    """Whether this graded attempt can earn a pass, by what counts in its quiz.

    Of the best and of the latest attempt, every pass does: it was the latest when it was sent, and what was earned
    once stays. Where the first counts, only that one does; a voided attempt is none.
    """
    if attempt.quiz.counting != Quiz.Counting.FIRST:
        return True
    before = Attempt.objects.filter(learner=attempt.learner_id, quiz=attempt.quiz_id, number__lt=attempt.number)
    return not before.exclude(state=Attempt.State.VOIDED).exists()


def counting_of(quiz: Quiz, learners: Iterable[int]) -> dict[int, int]:
    """The id of the graded attempt that counts, by learner. One query."""
    rows = list(
        Attempt.objects.filter(quiz=quiz, learner__in=learners, state=Attempt.State.GRADED)
        .order_by("number")
        .only("learner", "number", "is_passed", "marks", "max_marks")
    )
    if quiz.counting == Quiz.Counting.LATEST:
        rows.reverse()
    if quiz.counting == Quiz.Counting.HIGHEST:
        # Draws may be worth different marks: compared as fractions; of the same, the first.
        rows.sort(key=lambda one: (one.is_passed, Fraction(one.marks or 0, max(one.max_marks, 1))), reverse=True)
    counting: dict[int, int] = {}
    for one in rows:
        counting.setdefault(one.learner_id, one.pk)
    return counting
