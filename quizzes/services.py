"""The only pens of quizzes: start, answer, submit, void; and copy and archive for those who write items."""

import hashlib
import json
import secrets
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import User
from quizzes import grading, selection
from quizzes.data import GradedItem
from quizzes.errors import AttemptClosed, AttemptLimitReached, InvalidResponse, QuizEmpty, VoidReasonMissing
from quizzes.models import Attempt, AttemptItem, Choice, Item, ItemVersion, Quiz, Response
from quizzes.signals import attempt_graded, attempt_voided

LARGEST_REVISION = 2**31 - 1  # what the column holds on PostgreSQL
ROUNDS_OF_A_RACE = 3


# --- Starting ------------------------------------------------------------------------------------------------------


def start_attempt(learner: User, quiz: Quiz, *, now: datetime | None = None) -> Attempt:
    """Return the learner's open attempt, or open one with everything it asks frozen.

    Raises AttemptLimitReached when every try was used (voided ones do not count) and QuizEmpty where there is nothing
    to ask.
    """
    now = now or timezone.now()
    for rounds_left in reversed(range(ROUNDS_OF_A_RACE)):
        try:
            with transaction.atomic():
                standing = Attempt.objects.filter(learner=learner, quiz=quiz, state=Attempt.State.OPEN).first()
                return standing or _open_attempt(learner, quiz, now)
        except IntegrityError:  # another device opened (and perhaps sent) an attempt in the same moment: look again
            if not rounds_left:
                raise
    raise AssertionError("unreachable")


def tries_left(learner: User, quiz: Quiz) -> int | None:
    """How often the learner may still start an attempt; None where there is no limit."""
    if quiz.attempt_limit is None:
        return None
    graded = Attempt.objects.filter(learner=learner, quiz=quiz, state=Attempt.State.GRADED).count()
    return max(quiz.attempt_limit - graded, 0)


def _open_attempt(learner: User, quiz: Quiz, now: datetime) -> Attempt:
    before = Attempt.objects.filter(learner=learner, quiz=quiz).aggregate(
        graded=Count("pk", filter=Q(state=Attempt.State.GRADED)), last=Max("number")
    )
    if quiz.attempt_limit is not None and before["graded"] >= quiz.attempt_limit:
        raise AttemptLimitReached(
            ngettext(
                "You have used the one try that this quiz allows. Please talk with your trainer.",
                "You have used all %(count)s tries that this quiz allows. Please talk with your trainer.",
                quiz.attempt_limit,
            )
            % {"count": quiz.attempt_limit}
        )
    pool = [
        str(key)
        for key in Item.objects.filter(quiz_items__quiz=quiz, archived_at=None)
        .order_by("quiz_items__sort_order", "pk")
        .values_list("key", flat=True)
    ]
    if not pool:
        raise QuizEmpty(_("This quiz has no questions yet. Please tell your trainer."))
    is_drawn = quiz.draw_count is not None and quiz.draw_count < len(pool)
    seen = _items_asked(learner, quiz, before["last"]) if is_drawn and before["last"] else set()
    seed = secrets.randbits(63)
    drawn = selection.draw_items(seed, pool, count=quiz.draw_count, shuffle=quiz.shuffle_items, seen=seen)
    items = {str(item.key): item for item in Item.objects.filter(key__in=drawn)}
    asked = [items[key] for key in drawn]
    choices = _choices_of(asked)
    versions = _versions_of(asked, choices)
    attempt = Attempt.objects.create(
        learner=learner,
        quiz=quiz,
        number=(before["last"] or 0) + 1,
        seed=seed,
        pass_mark_percent=quiz.pass_mark_percent,
        max_points=sum(item.points for item in asked),
        started_at=now,
    )
    AttemptItem.objects.bulk_create(
        AttemptItem(
            attempt=attempt,
            version_id=versions[item.pk],
            position=position,
            choice_order=selection.order_choices(
                seed,
                str(item.key),
                [str(choice.key) for choice in choices[item.pk]],
                shuffle=quiz.shuffle_choices and item.kind != Item.Kind.TRUE_FALSE,
            ),
        )
        for position, item in enumerate(asked, start=1)
    )
    return attempt


def _items_asked(learner: User, quiz: Quiz, number: int) -> set[str]:
    keys = Item.objects.filter(
        versions__attempt_items__attempt__learner=learner,
        versions__attempt_items__attempt__quiz=quiz,
        versions__attempt_items__attempt__number=number,
    ).values_list("key", flat=True)
    return {str(key) for key in keys}


def _choices_of(items: Iterable[Item]) -> dict[int, list[Choice]]:
    by_item: dict[int, list[Choice]] = defaultdict(list)
    for choice in Choice.objects.filter(item__in=items).order_by("sort_order", "pk"):
        by_item[choice.item_id].append(choice)
    return by_item


def _versions_of(items: Sequence[Item], choices: dict[int, list[Choice]]) -> dict[int, int]:
    """Ids of the versions that say what these items say today, by item; written where no attempt needed them yet."""
    wanted = {item.pk: _freeze(item, choices[item.pk]) for item in items}

    def written() -> dict[int, int]:
        rows = ItemVersion.objects.filter(
            item__in=items, content_hash__in=[version.content_hash for version in wanted.values()]
        ).values_list("item_id", "content_hash", "pk")
        return {item_id: pk for item_id, digest, pk in rows if wanted[item_id].content_hash == digest}

    found = written()
    if missing := [version for item_id, version in wanted.items() if item_id not in found]:
        ItemVersion.objects.bulk_create(missing, ignore_conflicts=True)  # a conflict: another attempt just wrote it
        found = written()
    return found


def _freeze(item: Item, choices: Sequence[Choice]) -> ItemVersion:
    """An unsaved version of the item as it reads now: what may be seen, and apart from it the key."""
    question = {
        "kind": item.kind,
        "stem": dict(item.stem),
        "points": item.points,
        "choices": [{"key": str(choice.key), "text": dict(choice.text)} for choice in choices],
    }
    answer_key = {
        "correct": [str(choice.key) for choice in choices if choice.is_correct],
        "feedback": dict(item.feedback),
        "choice_feedback": {str(choice.key): dict(choice.feedback) for choice in choices if choice.feedback},
    }
    content = json.dumps([question, answer_key], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return ItemVersion(
        item=item,
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        question=question,
        answer_key=answer_key,
    )


# --- Answering -----------------------------------------------------------------------------------------------------


def save_response(
    attempt: Attempt, position: int, value: list[str], *, revision: int, now: datetime | None = None
) -> Response:
    """Keep the answer to the question at `position` and return the one that stands.

    That is another one where the same or a newer revision came first: an answer is never overwritten by an older one,
    and the same one sent twice is kept once. An empty `value` takes the answer back. Raises AttemptClosed once the
    attempt was sent or voided, and InvalidResponse for an answer that was not offered.
    """
    now = now or timezone.now()
    with transaction.atomic():
        # The lock makes a late answer wait for the submission and then be refused; on SQLite the transaction is
        # exclusive from its first statement.
        asked = (
            AttemptItem.objects.select_for_update(of=("attempt",))
            .filter(attempt=attempt, position=position)
            .select_related("attempt", "version")
            .only("attempt__state", "version__question")
            .first()
        )
        if asked is None:
            raise InvalidResponse(_("This quiz has no question with that number."))
        if not asked.attempt.is_open:
            raise _closed(asked.attempt)
        _check_answer(asked.version.question, value, revision)
        Response.objects.save_newer(attempt_item_id=asked.pk, value=value, revision=revision, saved_at=now)
        return Response.objects.get(attempt_item=asked.pk)


def _check_answer(question: dict, value: list[str], revision: int) -> None:
    if not 1 <= revision <= LARGEST_REVISION:
        raise InvalidResponse(_("This answer came without its place in the order. Please load the page again."))
    offered = {choice["key"] for choice in question["choices"]}
    if len(set(value)) != len(value) or not offered.issuperset(value):
        raise InvalidResponse(_("This answer is not one of those offered. Please load the page again and choose."))
    if question["kind"] != Item.Kind.MULTIPLE_CHOICE and len(value) > 1:
        raise InvalidResponse(_("Please choose one answer only."))


def _closed(attempt: Attempt) -> AttemptClosed:
    if attempt.state == Attempt.State.VOIDED:
        return AttemptClosed(
            _("This try no longer counts, so it takes no more answers. Please go back to the lesson to start again.")
        )
    return AttemptClosed(
        _("Your answers were already sent, so this one was not added. Nothing that you sent before was lost.")
    )


# --- Closing -------------------------------------------------------------------------------------------------------


def submit_attempt(attempt: Attempt, *, now: datetime | None = None) -> Attempt:
    """Grade the attempt and close it, once; whoever comes second gets the same graded attempt.

    Questions without an answer earn nothing. Rings `attempt_graded` after commit. Raises AttemptClosed for a voided
    attempt.
    """
    now = now or timezone.now()
    with transaction.atomic():
        standing = Attempt.objects.select_for_update().get(pk=attempt.pk)
        if standing.state == Attempt.State.VOIDED:
            raise _closed(standing)
        if standing.state == Attempt.State.GRADED:
            return standing
        asked = list(
            AttemptItem.objects.filter(attempt=standing).select_related("version", "response").order_by("position")
        )
        responses = [getattr(item, "response", None) for item in asked]
        grade = grading.grade_attempt(
            [
                GradedItem(
                    points=item.version.question["points"],
                    correct=item.version.answer_key["correct"],
                    taken=response.value if response else (),
                )
                for item, response in zip(asked, responses, strict=True)
            ],
            pass_mark_percent=standing.pass_mark_percent,
        )
        # Points first, the state last: the database takes no write to the responses of a closed attempt.
        by_points: dict[int, list[int]] = defaultdict(list)
        for response, points in zip(responses, grade.earned, strict=True):
            if response:
                by_points[points].append(response.pk)
        for points, pks in by_points.items():
            Response.objects.filter(pk__in=pks).update(points=points)
        closed = Attempt.objects.filter(pk=standing.pk, state=Attempt.State.OPEN).update(
            state=Attempt.State.GRADED, submitted_at=now, points=grade.points, is_passed=grade.is_passed
        )
        if closed:
            transaction.on_commit(
                partial(attempt_graded.send_robust, sender=Attempt, attempt_id=standing.pk), robust=True
            )
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


# --- Items ---------------------------------------------------------------------------------------------------------


def copy_item(item: Item, *, code: str) -> Item:
    """Return a new item that says the same under another code, with keys of its own."""
    with transaction.atomic():
        copy = Item.objects.create(
            bank_id=item.bank_id,
            code=code,
            kind=item.kind,
            stem=item.stem,
            feedback=item.feedback,
            points=item.points,
            competency_id=item.competency_id,
        )
        Choice.objects.bulk_create(
            Choice(
                item=copy,
                key=uuid.uuid4(),
                text=choice.text,
                is_correct=choice.is_correct,
                feedback=choice.feedback,
                sort_order=choice.sort_order,
            )
            for choice in Choice.objects.filter(item=item)
        )
        return copy


def archive_item(item: Item, *, now: datetime | None = None) -> Item:
    """Ask the item no more; attempts that asked it keep it. Archived once, it keeps its first moment."""
    Item.objects.filter(pk=item.pk, archived_at=None).update(archived_at=now or timezone.now())
    item.refresh_from_db()
    return item


def restore_item(item: Item) -> Item:
    """Let an archived item be asked again."""
    Item.objects.filter(pk=item.pk).update(archived_at=None)
    item.refresh_from_db()
    return item
