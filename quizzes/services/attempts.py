"""The pens of an attempt: start, answer, submit, void."""

import secrets
from collections.abc import Callable, Mapping
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
from quizzes import behaviours, grading, items, selection, timing
from quizzes.errors import (
    AttemptClosed,
    AttemptLimitReached,
    AttemptWaits,
    InvalidResponse,
    QuizNotOpen,
    VoidReasonMissing,
)
from quizzes.kinds import fault_sentence
from quizzes.models import Accommodation, AnswerFile, Attempt, AttemptItem, Item, ItemVersion, Quiz, Response
from quizzes.services import outcomes
from quizzes.services.composing import compose, rule_parts
from quizzes.services.judging import refuse_closed_question, standing_response
from quizzes.services.pausing import end_break
from quizzes.signals import attempt_voided

LARGEST_REVISION = 2**31 - 1  # what the column holds on PostgreSQL
ROUNDS_OF_A_RACE = 3
SENT = (Attempt.State.SUBMITTED, Attempt.State.GRADED)


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
    """The open attempt of the learner."""
    open_ones = Attempt.objects.filter(learner=learner, quiz=quiz, state=Attempt.State.OPEN)
    return open_ones.select_related("quiz").first()


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


# --- Answering -----------------------------------------------------------------------------------------------------


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
    return _save(attempt, position, lambda _question: value, Sending(revision, certainty, operation_id), now)


@dataclass(frozen=True)
class OwnAttempt:
    """An attempt as the browser of its learner names it. It is looked up with the question: one statement less for
    what is asked most often."""

    public_id: UUID
    learner_id: int


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

    def read(question: Mapping[str, Any]) -> Any:
        try:
            return items.response_from(question, fields)
        except items.UnreadableFields as error:
            raise InvalidResponse(fault_sentence(items.Fault(error.code))) from error

    return _save(attempt, position, read, Sending(revision, certainty, operation_id), now)


@dataclass(frozen=True)
class Sending:
    """What comes with an answer: its place in the order of the learner's device, how sure she is, under which id."""

    revision: int
    certainty: int | None
    operation_id: UUID | None


def _save(
    attempt: Attempt | OwnAttempt,
    position: int,
    read: Callable[[Mapping[str, Any]], Any],
    sending: Sending,
    now: datetime | None,
) -> Response:
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
    own = {"public_id": attempt.public_id, "learner": attempt.learner_id}
    questions = AttemptItem.objects.select_for_update(of=("attempt",)) if is_locked else AttemptItem.objects
    asked = (
        questions.filter(position=position, **{f"attempt__{name}": value for name, value in own.items()})
        .select_related("attempt__quiz", "version")
        .only(
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
        .first()
    )
    if asked is None:
        Attempt.objects.only("pk").get(**own)
        raise InvalidResponse(_("This quiz has no question with that number."))
    if not asked.attempt.is_open:
        raise closed(asked.attempt)
    if timing.is_over(deadline_of(asked.attempt, now=now), now):
        raise TimeIsOver(asked.attempt)
    return asked


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
    if _is_plain(asked):
        given = _read_answer(asked, read, sending, now)
        if _write(given, only_if_open=True):
            return given
    with transaction.atomic():
        asked = question_for_writing(attempt, position, now)
        given = _read_answer(asked, read, sending, now)
        _check_files(asked, given.value)
        refuse_closed_question(asked, given.value, sending)
        end_break(asked.attempt, now=now)
        return given if _write(given) else standing_response(asked, sending)


def _is_plain(asked: AttemptItem) -> bool:
    """Whether only the end of the attempt can close the question, and nothing else changes with an answer to it."""
    return (
        not asked.attempt.is_sequential
        and asked.attempt.behaviour not in behaviours.CHECKING
        and asked.attempt.break_started_at is None
        and asked.version.question["kind"] != "upload"
    )


def _read_answer(
    asked: AttemptItem, read: Callable[[Mapping[str, Any]], Any], sending: Sending, now: datetime
) -> Response:
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


def _write(given: Response, *, only_if_open: bool = False) -> bool:
    return Response.objects.save_newer(
        attempt_item_id=given.attempt_item_id,
        value=given.value,
        revision=given.revision,
        saved_at=given.saved_at,
        certainty=given.certainty,
        operation_id=given.operation_id,
        only_if_open=only_if_open,
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
        end = deadline_of(standing, now=now)
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
