"""The pen of those who grade again: how one item counts for everybody who was asked it, seen first, done, undone.

A decision is about attempts that began before it. Graded ones get a new grading where something changes; one that
waits for a person, or is still open, gets the decision when it is graded (`outcomes.ruling_for`).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import User
from quizzes.data import ItemMark, RegradeLine, RegradePlan
from quizzes.errors import InvalidRegrade
from quizzes.models import Attempt, AttemptItem, Grading, Item, ItemVersion, Quiz, Regrade
from quizzes.services import outcomes

PERSON_ONLY = Item.MARKED_BY_PERSON


def plan_regrade(
    quiz: Quiz, item: Item, *, action: str, version: ItemVersion | None = None, may_lower: bool = False
) -> RegradePlan:
    """What grading again would change; writes nothing. `version` (by default the newest) is whose key grades.

    Raises InvalidRegrade.
    """
    decision = _decision(quiz, item, action=action, version=version, may_lower=may_lower, now=timezone.now())
    return _plan(_Regrading(decision))


def apply_regrade(
    quiz: Quiz,
    item: Item,
    *,
    action: str,
    actor: User,
    reason: str,
    version: ItemVersion | None = None,
    may_lower: bool = False,
    digest: str = "",
    now: datetime | None = None,
) -> Regrade:
    """Let the item count as `action` says, for a stated reason.

    `digest` is that of the plan that the person saw: InvalidRegrade where something changed since. Nobody loses a pass
    unless `may_lower`, which takes the right to void attempts.
    """
    now = now or timezone.now()
    _refuse_actor(actor, may_lower=may_lower)
    reason = _reason(reason)
    with transaction.atomic():
        _lock(quiz, item)
        decision = _decision(quiz, item, action=action, version=version, may_lower=may_lower, now=now)
        plan = _plan(_Regrading(decision))
        if digest and digest != plan.digest:
            raise _changed_meanwhile()
        decision.actor, decision.reason = actor, reason
        decision.save()
        _write(_Regrading(decision), cause=Grading.Cause.REGRADE, actor=actor, reason=reason, now=now)
        for attempt in _asked(quiz, item, Attempt.State.SUBMITTED):
            outcomes.settle_if_marked(
                attempt, cause=Grading.Cause.REGRADE, actor=actor, at=now, reason=reason, regrade=decision
            )
        return decision


def plan_undo(regrade: Regrade, *, may_lower: bool = False) -> RegradePlan:
    """What taking the decision back would change; writes nothing. Raises InvalidRegrade."""
    _refuse_undo(regrade)
    return _plan(_Undoing(regrade, may_lower=may_lower))


def undo_regrade(
    regrade: Regrade,
    *,
    actor: User,
    reason: str,
    may_lower: bool = False,
    digest: str = "",
    now: datetime | None = None,
) -> Regrade:
    """Let the item count as it did before the decision, for a stated reason. Undone twice it is undone once.

    A pass that the decision gave stays unless `may_lower`. Raises InvalidRegrade.
    """
    now = now or timezone.now()
    _refuse_actor(actor, may_lower=may_lower)
    reason = _reason(reason)
    with transaction.atomic():
        _lock(regrade.quiz, regrade.item)
        standing = Regrade.objects.select_for_update(of=("self",)).get(pk=regrade.pk)
        if standing.undone_at is not None:
            return standing
        _refuse_undo(standing)
        undoing = _Undoing(standing, may_lower=may_lower)
        if digest and digest != _plan(undoing).digest:
            raise _changed_meanwhile()
        Regrade.objects.filter(pk=standing.pk).update(undone_at=now, undone_by=actor, undo_reason=reason)
        _write(undoing, cause=Grading.Cause.UNDO, actor=actor, reason=reason, now=now)
        standing.refresh_from_db()
        return standing


# --- What may be ---------------------------------------------------------------------------------------------------


def _decision(
    quiz: Quiz, item: Item, *, action: str, version: ItemVersion | None, may_lower: bool, now: datetime
) -> Regrade:
    if action not in Regrade.Action.values:
        raise InvalidRegrade(_("Please say how the question shall count."))
    if action == Regrade.Action.KEY:
        if item.kind in PERSON_ONLY:
            raise InvalidRegrade(_("People mark this question. It can be left out, or everybody gets full marks."))
        version = version or item.current_version
        if version is None or version.item_id != item.pk:
            raise InvalidRegrade(_("This version does not belong to the question."))
    else:
        version = None
    return Regrade(quiz=quiz, item=item, action=action, version=version, may_lower=may_lower, at=now)


def _refuse_actor(actor: User, *, may_lower: bool) -> None:
    if not actor.has_perm("quizzes.regrade_attempt"):
        raise InvalidRegrade(_("You may not grade attempts again. Please ask the administrator of your program."))
    if may_lower and not actor.has_perm("quizzes.void_attempt"):
        raise InvalidRegrade(_("Only who may void attempts may take a pass away."))


def _refuse_undo(regrade: Regrade) -> None:
    later = Regrade.objects.filter(quiz=regrade.quiz_id, item=regrade.item_id, undone_at=None, pk__gt=regrade.pk)
    if regrade.undone_at is None and later.exists():
        raise InvalidRegrade(_("This question was graded again after that. Please undo the later one first."))


def _reason(reason: str) -> str:
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise InvalidRegrade(_("Please say why."))
    if len(reason) > 500:
        raise InvalidRegrade(_("Please write no more than %(limit)s characters.") % {"limit": 500})
    return reason


def _changed_meanwhile() -> InvalidRegrade:
    return InvalidRegrade(_("Something changed since you looked. Nothing was done; please look once more."))


# --- Who is concerned ----------------------------------------------------------------------------------------------


def _asked(quiz: Quiz, item: Item, state: str) -> list[Attempt]:
    attempts = Attempt.objects.filter(quiz=quiz, state=state, attempt_items__version__item=item)
    return list(attempts.select_related("quiz").order_by("pk"))


def _lock(quiz: Quiz, item: Item) -> None:
    """Sending, marking and voiding of these attempts wait until this is done."""
    attempts = Attempt.objects.filter(quiz=quiz, attempt_items__version__item=item)
    list(attempts.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


class _Regrading:
    """What each graded attempt gets by a decision."""

    def __init__(self, decision: Regrade) -> None:
        self.decision = decision
        self.may_lower = decision.may_lower

    def mark(self, row: AttemptItem, attempt: Attempt) -> tuple[ItemMark | None, bool]:
        """The mark of the question, and whether a pass stands however few marks there are."""
        return outcomes.mark_of(row, self.decision), False


class _Undoing:
    """What each graded attempt gets when a decision is taken back: exactly what stood before it or, where there was
    nothing before, what it would have got without."""

    def __init__(self, regrade: Regrade, *, may_lower: bool) -> None:
        self.decision = regrade
        self.may_lower = may_lower
        self.others = [other for other in outcomes.rulings_of(regrade.quiz_id) if other.pk != regrade.pk]
        by_it = Grading.objects.filter(regrade=regrade, cause=Grading.Cause.REGRADE)
        numbers = dict(by_it.values_list("attempt", "number"))
        before = Grading.objects.filter(attempt__in=numbers).order_by("attempt", "number")
        self.before = {one.attempt_id: one for one in before if one.number == numbers[one.attempt_id] - 1}

    def mark(self, row: AttemptItem, attempt: Attempt) -> tuple[ItemMark | None, bool]:
        before = self.before.get(attempt.pk)
        if before is not None:
            return next(
                mark for mark in outcomes.marks_in(before) if mark.position == row.position
            ), before.is_pass_kept
        return outcomes.mark_of(row, outcomes.ruling_for(row, attempt, self.others)), False


def _changes(
    act: _Regrading | _Undoing,
) -> Iterator[tuple[Attempt, list[ItemMark], bool]]:
    """(attempt, its marks from then on, whether its pass stands anyway) of every graded attempt that changes."""
    decision = act.decision
    asked = AttemptItem.objects.filter(
        attempt__quiz=decision.quiz_id,
        attempt__state=Attempt.State.GRADED,
        attempt__started_at__lte=decision.at,
        attempt__learner__erased_at=None,  # what they wrote is gone: their marks stay as they were
        version__item=decision.item_id,
    )
    rows = asked.select_related("attempt__learner", "version", "response", "marking_task").order_by("attempt")
    standing = {
        one.attempt_id: one
        for one in Grading.objects.filter(attempt__attempt_items__in=asked).select_related("attempt")
        if one.number == one.attempt.grading_number
    }
    for row in rows:
        attempt = row.attempt
        mark, is_pass_kept = act.mark(row, attempt)
        marks = outcomes.marks_in(standing[attempt.pk])
        # Nobody marked it because everybody got full marks: it keeps them, nothing can wait any more.
        if mark is None or mark in marks:
            continue
        if mark.by == "drop" and not any(one.max_marks for one in marks if one.position != mark.position):
            raise InvalidRegrade(_("Somebody was asked nothing else that counts. Please give full marks instead."))
        yield attempt, [mark if one.position == mark.position else one for one in marks], is_pass_kept


def _plan(act: _Regrading | _Undoing) -> RegradePlan:
    lines = []
    for attempt, marks, is_pass_kept in _changes(act):
        grade = outcomes.grade_of(attempt, marks)
        is_kept = not grade.is_passed and outcomes.keeps_pass(attempt, may_lower=act.may_lower, anyway=is_pass_kept)
        lines.append(
            RegradeLine(
                attempt_id=attempt.pk,
                learner=str(attempt.learner),
                number=attempt.number,
                grading_number=attempt.grading_number,
                marks_before=attempt.marks or 0,
                max_before=attempt.max_marks,
                is_passed_before=bool(attempt.is_passed),
                marks_after=grade.marks,
                max_after=grade.max_marks,
                is_passed_after=grade.is_passed or is_kept,
                is_pass_kept=is_kept,
            )
        )
    decision = act.decision
    waiting = Attempt.objects.filter(
        quiz=decision.quiz_id,
        state__in=[Attempt.State.OPEN, Attempt.State.SUBMITTED],
        attempt_items__version__item=decision.item_id,
    ).count()
    told = json.dumps([asdict(line) for line in lines], sort_keys=True)
    version = decision.version_id or 0
    return RegradePlan(
        tuple(lines), waiting, hashlib.sha256(f"{decision.action} {version} {told}".encode()).hexdigest()
    )


def _write(act: _Regrading | _Undoing, *, cause: str, actor: User, reason: str, now: datetime) -> None:
    changes = list(_changes(act))
    asked: dict[int, list[AttemptItem]] = {attempt.pk: [] for attempt, _marks, _kept in changes}
    rows = AttemptItem.objects.filter(attempt__in=asked).select_related("response").order_by("attempt", "position")
    for row in rows:
        asked[row.attempt_id].append(row)
    for attempt, marks, is_pass_kept in changes:
        outcomes.settle(
            attempt,
            asked[attempt.pk],
            marks,
            cause=cause,
            at=now,
            actor=actor,
            reason=reason,
            regrade=act.decision,
            may_lower=act.may_lower,
            keeps_anyway=is_pass_kept,
        )
