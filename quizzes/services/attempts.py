"""The pens of an attempt: start, answer, submit, void."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import User
from quizzes import items, selection, timing
from quizzes.errors import (
    AttemptClosed,
    AttemptLimitReached,
    AttemptWaits,
    InvalidResponse,
    QuizEmpty,
    QuizNotOpen,
    VoidReasonMissing,
)
from quizzes.kinds import fault_sentence
from quizzes.models import Accommodation, AnswerFile, Attempt, AttemptItem, Item, ItemVersion, Quiz, QuizItem, Response
from quizzes.services import outcomes
from quizzes.signals import attempt_voided

LARGEST_REVISION = 2**31 - 1  # what the column holds on PostgreSQL
ROUNDS_OF_A_RACE = 3
SENT = (Attempt.State.SUBMITTED, Attempt.State.GRADED)


# --- Starting ------------------------------------------------------------------------------------------------------


def start_attempt(learner: User, quiz: Quiz, *, now: datetime | None = None) -> Attempt:
    """Return the learner's open attempt, or open one with everything it asks frozen.

    Raises AttemptWaits while a person has yet to read the last one, AttemptLimitReached when every try was used
    (voided ones do not count), QuizNotOpen outside the quiz's
    window and before the waiting time is over, and QuizEmpty where there is nothing to ask.
    """
    now = now or timezone.now()
    for rounds_left in reversed(range(ROUNDS_OF_A_RACE)):
        try:
            with transaction.atomic():
                standing = Attempt.objects.filter(learner=learner, quiz=quiz, state=Attempt.State.OPEN).first()
                if standing is not None and timing.is_over(deadline_of(standing), now):
                    submit_attempt(standing, now=now)
                    standing = None
                return standing or _open_attempt(learner, quiz, now)
        except IntegrityError:  # another device opened (and perhaps sent) an attempt in the same moment: look again
            if not rounds_left:
                raise
    raise AssertionError("unreachable")


def tries_left(learner: User, quiz: Quiz) -> int | None:
    """How often the learner may still start an attempt; None where there is no limit."""
    if quiz.attempt_limit is None:
        return None
    sent = Attempt.objects.filter(learner=learner, quiz=quiz, state__in=SENT).count()
    return max(quiz.attempt_limit - sent, 0)


def _open_attempt(learner: User, quiz: Quiz, now: datetime) -> Attempt:
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
    # What is asked of each item: the version that is pinned, else the newest one.
    pool = {
        str(key): version
        for key, version in QuizItem.objects.filter(quiz=quiz, item__archived_at=None)
        .exclude(item__current_version=None)
        .order_by("sort_order", "item")
        .values_list("item__key", Coalesce(F("pinned_version"), F("item__current_version")))
    }
    if not pool:
        raise QuizEmpty(_("This quiz has no questions yet. Please tell your trainer."))
    is_drawn = quiz.draw_count is not None and quiz.draw_count < len(pool)
    seen = _items_asked(learner, quiz, before["last"]) if is_drawn and before["last"] else set()
    seed = secrets.randbits(63)
    drawn = selection.draw_items(seed, list(pool), count=quiz.draw_count, shuffle=quiz.shuffle_items, seen=seen)
    questions = dict(ItemVersion.objects.filter(pk__in=[pool[key] for key in drawn]).values_list("pk", "question"))
    attempt = Attempt.objects.create(
        learner=learner,
        quiz=quiz,
        number=(before["last"] or 0) + 1,
        seed=seed,
        pass_mark_percent=quiz.pass_mark_percent,
        time_limit_minutes=quiz.time_limit_minutes,
        max_marks=sum(questions[pool[key]]["points"] for key in drawn) * items.HUNDREDTHS,
        started_at=now,
    )
    AttemptItem.objects.bulk_create(
        AttemptItem(
            attempt=attempt,
            version_id=pool[key],
            position=position,
            choice_order=_order(seed, key, questions[pool[key]], shuffle=quiz.shuffle_choices),
        )
        for position, key in enumerate(drawn, start=1)
    )
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


def deadline_of(attempt: Attempt) -> datetime | None:
    """When the time of the attempt ends, with what the learner is granted today; None: it has no end."""
    if attempt.time_limit_minutes is None:
        return attempt.quiz.closes_at
    granted = Accommodation.objects.filter(learner=attempt.learner_id).first()
    return timing.deadline(
        attempt.started_at,
        limit_minutes=attempt.time_limit_minutes,
        extra_percent=granted.extra_time_percent if granted else 0,
        is_untimed=granted.is_untimed if granted else False,
        closes_at=attempt.quiz.closes_at,
    )


def close_if_over(attempt: Attempt, *, now: datetime | None = None) -> Attempt:
    """Send an open attempt whose time is over, as it stands; return the attempt as it is then."""
    now = now or timezone.now()
    if attempt.is_open and timing.is_over(deadline_of(attempt), now):
        return submit_attempt(attempt, now=now)
    return attempt


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


def _items_asked(learner: User, quiz: Quiz, number: int) -> set[str]:
    keys = Item.objects.filter(
        versions__attempt_items__attempt__learner=learner,
        versions__attempt_items__attempt__quiz=quiz,
        versions__attempt_items__attempt__number=number,
    ).values_list("key", flat=True)
    return {str(key) for key in keys}


# --- Answering -----------------------------------------------------------------------------------------------------


def save_response(
    attempt: Attempt, position: int, value: Any, *, revision: int, now: datetime | None = None
) -> Response:
    """Keep the answer to the question at `position` and return the one that stands.

    That is another one where the same or a newer revision came first: an answer is never overwritten by an older one,
    and the same one sent twice is kept once. An empty `value` takes the answer back. Raises AttemptClosed once the
    attempt was sent or voided, and InvalidResponse for an answer that does not fit the question.
    """
    return _save(attempt, position, lambda _question: value, revision, now)


def save_fields(
    attempt: Attempt, position: int, fields: items.Fields, *, revision: int, now: datetime | None = None
) -> Response:
    """`save_response` for the fields of a form."""

    def read(question: Mapping[str, Any]) -> Any:
        try:
            return items.response_from(question, fields)
        except items.UnreadableFields as error:
            raise InvalidResponse(fault_sentence(items.Fault(error.code))) from error

    return _save(attempt, position, read, revision, now)


def _save(
    attempt: Attempt, position: int, read: Callable[[Mapping[str, Any]], Any], revision: int, now: datetime | None
) -> Response:
    now = now or timezone.now()
    try:
        return _save_in_time(attempt, position, read, revision, now)
    except _TimeIsOver:
        # Not in the same transaction: the refusal would take the sending back with it.
        submit_attempt(attempt, now=now)
        raise AttemptClosed(
            _("The time is over. What you had answered by then was sent; this answer came too late.")
        ) from None


class _TimeIsOver(Exception):
    """An answer came after the deadline and the grace."""


def _save_in_time(
    attempt: Attempt, position: int, read: Callable[[Mapping[str, Any]], Any], revision: int, now: datetime
) -> Response:
    with transaction.atomic():
        # The lock makes a late answer wait for the submission and then be refused; on SQLite the transaction is
        # exclusive from its first statement.
        asked = (
            AttemptItem.objects.select_for_update(of=("attempt",))
            .filter(attempt=attempt, position=position)
            .select_related("attempt__quiz", "version")
            .only(
                "attempt__state",
                "attempt__started_at",
                "attempt__time_limit_minutes",
                "attempt__learner_id",
                "attempt__quiz__closes_at",
                "version__question",
            )
            .first()
        )
        if asked is None:
            raise InvalidResponse(_("This quiz has no question with that number."))
        if not asked.attempt.is_open:
            raise closed(asked.attempt)
        if timing.is_over(deadline_of(asked.attempt), now):
            raise _TimeIsOver
        value = read(asked.version.question)
        _check_answer(asked.version.question, value, revision)
        _check_files(asked, value)
        Response.objects.save_newer(attempt_item_id=asked.pk, value=value, revision=revision, saved_at=now)
        standing = Response.objects.get(attempt_item=asked.pk)
        standing.attempt_item = asked
        return standing


def _check_answer(question: Mapping[str, Any], value: Any, revision: int) -> None:
    if not 1 <= revision <= LARGEST_REVISION:
        raise InvalidResponse(_("This answer came without its place in the order. Please load the page again."))
    if faults := items.response_faults(question, value):
        raise InvalidResponse(fault_sentence(faults[0]))


def _check_files(asked: AttemptItem, value: Any) -> None:
    if asked.version.question["kind"] != "upload" or not value:
        return
    sent = AnswerFile.objects.filter(attempt_item=asked, token__in=value["files"]).count()
    if sent != len(value["files"]):
        raise InvalidResponse(_("This file was not sent for this question. Please load the page again."))


def closed(attempt: Attempt) -> AttemptClosed:
    """Why an attempt takes no more answers."""
    if attempt.state == Attempt.State.VOIDED:
        return AttemptClosed(
            _("This try no longer counts, so it takes no more answers. Please go back to the lesson to start again.")
        )
    return AttemptClosed(
        _("Your answers were already sent, so this one was not added. Nothing that you sent before was lost.")
    )


# --- Closing -------------------------------------------------------------------------------------------------------


def submit_attempt(attempt: Attempt, *, now: datetime | None = None) -> Attempt:
    """Close the attempt and grade it, once; whoever comes second gets the same attempt.

    Questions without an answer earn nothing. Where a person has to read an answer, the attempt is `submitted` and
    waits; it is graded, and rings, when that was done. An attempt whose time is over was sent when it ended. Rings
    `attempt_graded` after commit. Raises AttemptClosed for a voided attempt.
    """
    now = now or timezone.now()
    with transaction.atomic():
        standing = Attempt.objects.select_for_update(of=("self",)).select_related("quiz").get(pk=attempt.pk)
        if standing.state == Attempt.State.VOIDED:
            raise closed(standing)
        if not standing.is_open:
            return standing
        end = deadline_of(standing)
        outcomes.close_attempt(standing, at=min(now, end) if end else now)
        standing.refresh_from_db()
        return standing


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
