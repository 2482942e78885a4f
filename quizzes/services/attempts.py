"""The pens of an attempt: start, submit, void."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from people.models import User
from quizzes import behaviours, grading, selection, timing
from quizzes.errors import (
    AttemptClosed,
    AttemptLimitReached,
    AttemptWaits,
    QuizNotOpen,
    VoidReasonMissing,
)
from quizzes.models import Accommodation, Attempt, AttemptItem, Item, ItemVersion, Quiz
from quizzes.services import outcomes
from quizzes.services.composing import compose, rule_parts
from quizzes.signals import attempt_voided

ROUNDS_OF_A_RACE = 3
SENT = (Attempt.State.SUBMITTED, Attempt.State.GRADED)


@dataclass(frozen=True)
class OwnAttempt:
    """An attempt as the browser of its learner names it. It is looked up with what is done to it: one statement less
    for what is asked most often."""

    public_id: UUID
    learner_id: int


# --- Starting ------------------------------------------------------------------------------------------------------


def start_attempt(learner: User, quiz: Quiz, *, language: str = "", now: datetime | None = None) -> Attempt:
    """Return the learner's open attempt, or open one with everything it asks frozen.

    `language` is the one it is started in, by default that of the thread; an attempt that is open keeps its own.
    Raises AttemptWaits while a person has yet to read the last one, AttemptLimitReached when every try was used
    (voided ones do not count), QuizNotOpen outside the quiz's window and before the waiting time is over, and QuizEmpty
    where there is nothing to ask.
    """
    now = now or timezone.now()
    language = language or get_language() or ""
    for rounds_left in reversed(range(ROUNDS_OF_A_RACE)):
        standing = _standing(learner, quiz)
        # In a transaction of its own: what is over stays sent, also where no other attempt may be started.
        if standing is not None and (standing := close_if_over(standing, now=now)).is_open:
            return standing
        try:
            return _open_attempt(learner, quiz, language, now)
        except IntegrityError:  # another device opened (and perhaps sent) an attempt in the same moment: look again
            if not rounds_left:
                raise
    raise AssertionError("unreachable")


def _standing(learner: User, quiz: Quiz) -> Attempt | None:
    """The open attempt of the learner; there is one at most."""
    for standing in Attempt.objects.filter(learner=learner, quiz=quiz, state=Attempt.State.OPEN):
        standing.quiz = quiz
        return standing
    return None


def tries_left(learner: User, quiz: Quiz) -> int | None:
    """How often the learner may still start an attempt; None where there is no limit."""
    if quiz.attempt_limit is None:
        return None
    sent = Attempt.objects.filter(learner=learner, quiz=quiz, state__in=SENT).count()
    return max(quiz.attempt_limit - sent, 0)


def _open_attempt(learner: User, quiz: Quiz, language: str, now: datetime) -> Attempt:
    before = Attempt.objects.filter(learner=learner, quiz=quiz).aggregate(
        sent=Count("pk", filter=Q(state__in=SENT)),
        waiting=Count("pk", filter=Q(state=Attempt.State.SUBMITTED)),
        last=Max("number"),
        sent_at=Max("submitted_at", filter=Q(state__in=SENT)),
    )
    if before["waiting"]:
        raise AttemptWaits(
            _("A person is still reading your last try. When that is done, you see here whether you need another one.")
        )
    _refuse_outside_window(quiz, before["sent_at"], now)
    if quiz.attempt_limit is not None and before["sent"] >= quiz.attempt_limit:
        raise AttemptLimitReached(
            ngettext(
                "You have used the one try that this quiz allows. Please talk with your trainer.",
                "You have used all %(count)s tries that this quiz allows. Please talk with your trainer.",
                quiz.attempt_limit,
            )
            % {"count": quiz.attempt_limit}
        )
    seed = secrets.randbits(63)
    parts = compose(quiz, seed, seen=partial(_items_asked, learner, quiz, before["last"]))
    drawn = [one for part in parts for one in part.asked]
    questions = dict(ItemVersion.objects.filter(pk__in=[one.version_id for one in drawn]).values_list("pk", "question"))
    attempt = Attempt(
        learner=learner,
        quiz=quiz,
        number=(before["last"] or 0) + 1,
        seed=seed,
        pass_mark_percent=quiz.pass_mark_percent,
        pass_rule=grading.written_rule(rule_parts(quiz, parts)),
        behaviour=quiz.behaviour,
        is_sequential=quiz.navigation == Quiz.Navigation.SEQUENTIAL,
        time_limit_minutes=quiz.time_limit_minutes,
        max_marks=sum(behaviours.most_marks(quiz.behaviour, questions[one.version_id]) for one in drawn),
        language=language,
        started_at=now,
    )
    asked = [
        AttemptItem(
            attempt=attempt,
            version_id=one.version_id,
            position=position,
            choice_order=_order(seed, one.key, questions[one.version_id], shuffle=quiz.shuffle_choices),
        )
        for position, one in enumerate(drawn, start=1)
    ]
    # What was read is not locked: whoever was quicker has the number that this attempt wants, and this one is refused.
    with transaction.atomic():
        attempt.save(force_insert=True)
        AttemptItem.objects.bulk_create(asked)
    return attempt


def _refuse_outside_window(quiz: Quiz, sent_at: datetime | None, now: datetime) -> None:
    if quiz.opens_at and now < quiz.opens_at:
        raise QuizNotOpen(_("This quiz opens on %(moment)s.") % {"moment": _in_words(quiz.opens_at)})
    if quiz.closes_at and now >= quiz.closes_at:
        raise QuizNotOpen(
            _("This quiz closed on %(moment)s. Please talk with your trainer.") % {"moment": _in_words(quiz.closes_at)}
        )
    again_at = timing.may_start_from(sent_at, quiz.wait_minutes)
    if again_at and now < again_at:
        raise QuizNotOpen(
            _("You can try again from %(moment)s. Until then, look at the lesson again.")
            % {"moment": _in_words(again_at)}
        )


def _in_words(moment: datetime) -> str:
    """The moment in the site's zone, which is named."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'DATETIME_FORMAT')} ({local.tzname()})"


def deadline_of(attempt: Attempt, *, now: datetime | None = None) -> datetime | None:
    """When the time of the attempt ends, with what the learner is granted today; None: it has no end."""
    if attempt.time_limit_minutes is None:
        return attempt.quiz.closes_at
    granted = Accommodation.objects.filter(learner=attempt.learner_id).first() or Accommodation()
    return timing.deadline(
        attempt.started_at,
        limit_minutes=attempt.time_limit_minutes,
        extra_percent=granted.extra_time_percent,
        is_untimed=granted.is_untimed,
        closes_at=attempt.quiz.closes_at,
        break_seconds=timing.break_seconds(
            attempt.break_seconds,
            attempt.break_started_at,
            allowed_minutes=granted.breaks_minutes,
            now=now or timezone.now(),
        ),
    )


def close_if_over(attempt: Attempt, *, now: datetime | None = None) -> Attempt:
    """Send an open attempt whose time is over, as it stands; return the attempt as it is then."""
    now = now or timezone.now()
    if not (attempt.is_open and timing.is_over(deadline_of(attempt, now=now), now)):
        return attempt
    with transaction.atomic():
        # Under the lock: a break may have begun since the attempt was read.
        locked = Attempt.objects.select_for_update(of=("self",)).select_related("quiz").get(pk=attempt.pk)
        if locked.is_open and timing.is_over(deadline_of(locked, now=now), now):
            return submit_attempt(locked, now=now)
        return locked


def close_expired_attempts(*, now: datetime | None = None) -> int:
    """Send every open attempt whose time is over, and say how many there were. What was saved counts."""
    now = now or timezone.now()
    running = Attempt.objects.filter(state=Attempt.State.OPEN).select_related("quiz")
    ending = running.filter(Q(time_limit_minutes__isnull=False) | Q(quiz__closes_at__lte=now))
    return sum(not close_if_over(attempt, now=now).is_open for attempt in ending.iterator())


def _order(seed: int, item_key: str, question: Mapping[str, Any], *, shuffle: bool) -> list[int]:
    """Places of the choices (or prompts), in the order shown. Other lists have their order from the seed alone."""
    members = question.get("choices") or question.get("prompts") or []
    return selection.order_choices(
        seed,
        item_key,
        [member["key"] for member in members],
        shuffle=shuffle and question.get("shuffle", False),
    )


def _items_asked(learner: User, quiz: Quiz, number: int | None) -> set[str]:
    if number is None:
        return set()
    keys = Item.objects.filter(
        versions__attempt_items__attempt__learner=learner,
        versions__attempt_items__attempt__quiz=quiz,
        versions__attempt_items__attempt__number=number,
    ).values_list("key", flat=True)
    return {str(key) for key in keys}


# --- Closing -------------------------------------------------------------------------------------------------------


def closed(attempt: Attempt) -> AttemptClosed:
    """Why an attempt takes no more answers."""
    if attempt.state == Attempt.State.VOIDED:
        return AttemptClosed(
            _("This try no longer counts, so it takes no more answers. Please go back to the lesson to start again.")
        )
    return AttemptClosed(
        _("Your answers were already sent, so this one was not added. Nothing that you sent before was lost.")
    )


def submit_attempt(attempt: Attempt, *, now: datetime | None = None) -> Attempt:
    """Close the attempt and grade it, once; whoever comes second gets the same attempt.

    Questions without an answer earn nothing. Where a person has to read an answer, the attempt is `submitted` and
    waits; it is graded, and rings, when that was done. An attempt whose time is over was sent when it ended. Rings
    `attempt_graded` after commit. Raises AttemptClosed for a voided attempt.
    """
    now = now or timezone.now()
    with transaction.atomic():
        return submit_locked(locked(attempt), now=now)


def locked(attempt: Attempt | OwnAttempt) -> Attempt:
    """The attempt as it is now, with its quiz; nobody else writes it until the transaction ends. Raises
    Attempt.DoesNotExist for what is not the learner's own."""
    own = Attempt.objects.filter(public_id=attempt.public_id, learner=attempt.learner_id)
    return own.select_for_update(of=("self",)).select_related("quiz").get()


def submit_locked(attempt: Attempt, *, now: datetime, known_missing: int | None = None) -> Attempt:
    """`submit_attempt` for one that is locked. `known_missing`: how many questions without an answer the learner was
    told of; while there is time, more than these raise AnswersMissing."""
    if attempt.state == Attempt.State.VOIDED:
        raise closed(attempt)
    if attempt.is_open:
        end = deadline_of(attempt, now=now)
        if end is not None and now >= end:
            outcomes.close_attempt(attempt, at=end)
        else:
            outcomes.close_attempt(attempt, at=now, known_missing=known_missing)
    return attempt


def void_attempt(attempt: Attempt, *, actor: User, reason: str, now: datetime | None = None) -> Attempt:
    """Take an attempt out of account, for a stated reason; its answers and marks stay to be read.

    A voided attempt stays as it was voided first. Rings `attempt_voided` after commit. Raises VoidReasonMissing.
    """
    now = now or timezone.now()
    reason = reason.strip()
    if not reason:
        raise VoidReasonMissing(_("Please say why this try shall no longer count."))
    with transaction.atomic():
        voided = (
            Attempt.objects.filter(pk=attempt.pk)
            .exclude(state=Attempt.State.VOIDED)
            .update(state=Attempt.State.VOIDED, voided_at=now, voided_by=actor, void_reason=reason)
        )
        if voided:
            transaction.on_commit(
                partial(attempt_voided.send_robust, sender=Attempt, attempt_id=attempt.pk), robust=True
            )
        return Attempt.objects.get(pk=attempt.pk)
