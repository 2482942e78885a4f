"""The pens of those who mark: give marks, send an answer back; and of the learner who answers it again.

The attempt is locked first, then its tasks are read: sending, marking, voiding and regrading wait for each other.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import User
from quizzes import items, marking
from quizzes.errors import AnswerMoved, AttemptClosed, InvalidMarking, InvalidResponse
from quizzes.kinds import fault_sentence, points_in_words
from quizzes.models import AnswerReturn, Attempt, AttemptItem, Grading, Marking, MarkingTask, Response
from quizzes.services import outcomes
from quizzes.services.telling import tell_returned

LONGEST_COMMENT = 5_000
LONGEST_REASON = 1_000
PLACES = {MarkingTask.State.FIRST: 1, MarkingTask.State.SECOND: 2, MarkingTask.State.THIRD: 3}


def save_marking(
    task: MarkingTask,
    *,
    actor: User,
    revision: int,
    levels: Mapping[str, str] | None = None,
    marks: int | None = None,
    comment: str = "",
    is_final: bool = True,
    now: datetime | None = None,
) -> Marking:
    """Keep what `actor` gives the answer as it read at `revision`: levels of the rubric, or marks in hundredths of a
    point where there is none.

    A final mark moves the answer on, and the last one that an attempt waits for grades it. The same person's second
    final mark is the first one again. Raises InvalidMarking for what does not fit or may not be, and AnswerMoved where
    the answer was marked, returned or changed meanwhile.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = _locked(task)
        _refuse_marker(locked, actor)
        finals = list(Marking.objects.filter(task=locked, revision=revision, state=Marking.State.FINAL))
        mine = next((final for final in finals if final.marker_id == actor.pk), None)
        if mine is not None:
            return mine
        response = _standing_answer(locked, revision)
        if locked.state not in PLACES:
            raise _moved()
        place = PLACES[MarkingTask.State(locked.state)]
        if place == 3 and not actor.has_perm("quizzes.decide_marking"):
            raise InvalidMarking(_("Two people marked this answer and differ. Somebody with the right to decides."))
        given = Marking.objects.create(
            task=locked,
            revision=response.revision,
            place=place,
            marker=actor,
            state=Marking.State.FINAL if is_final else Marking.State.DRAFT,
            levels=dict(levels or {}),
            marks=_marks_given(locked, levels or {}, marks, is_final=is_final),
            comment=_comment(comment),
            at=now,
        )
        if is_final:
            _move_on(locked, [*finals, given], actor, now)
        return given


def _locked(task: MarkingTask) -> MarkingTask:
    """The task as it is now, under the lock of its attempt."""
    attempt_id = AttemptItem.objects.values_list("attempt", flat=True).get(pk=task.attempt_item_id)
    Attempt.objects.select_for_update(of=("self",)).get(pk=attempt_id)
    return MarkingTask.objects.select_related("attempt_item__attempt__quiz", "attempt_item__version").get(pk=task.pk)


def _refuse_marker(task: MarkingTask, actor: User) -> None:
    attempt = task.attempt_item.attempt
    if attempt.learner_id == actor.pk:
        raise InvalidMarking(_("This is your own answer: somebody else marks it."))
    if not actor.has_perm("quizzes.mark_response"):
        raise InvalidMarking(_("You may not mark answers. Please ask the administrator of your program."))
    if attempt.state == Attempt.State.VOIDED:
        raise AnswerMoved(_("This try no longer counts, so its answers are not marked any more."))


def _moved() -> AnswerMoved:
    return AnswerMoved(_("Somebody else was quicker: this answer does not wait for you any more. Nothing was changed."))


def _standing_answer(task: MarkingTask, revision: int) -> Response:
    response: Response = Response.objects.get(attempt_item=task.attempt_item_id)
    if response.revision != revision:
        raise AnswerMoved(_("The learner has changed this answer since you opened it. Please read it again."))
    return response


def _marks_given(task: MarkingTask, levels: Mapping[str, str], marks: int | None, *, is_final: bool) -> int | None:
    spec: Any = task.attempt_item.version.spec
    maximum = spec.points * items.HUNDREDTHS
    if spec.rubric:
        try:
            by_rubric = items.grade_rubric(spec, levels)
        except KeyError as error:
            raise InvalidMarking(_("This level is not one of the rubric. Please load the page again.")) from error
        if is_final and not by_rubric.is_complete:
            raise InvalidMarking(_("Please choose a level for each criterion."))
        return by_rubric.earned if by_rubric.is_complete else None
    if marks is None and is_final:
        raise InvalidMarking(_("Please say how many points the answer gets."))
    if marks is not None and not 0 <= marks <= maximum:
        raise InvalidMarking(
            _("Please give points from 0 to %(max_points)s.") % {"max_points": points_in_words(maximum)}
        )
    return marks


def _comment(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if len(text) > LONGEST_COMMENT:
        raise InvalidMarking(_("Please write no more than %(limit)s characters.") % {"limit": LONGEST_COMMENT})
    return text


def _move_on(task: MarkingTask, finals: list[Marking], actor: User, now: datetime) -> None:
    """What comes after a final mark: the next marker, or the marks of the answer."""
    given = {final.place: final.marks or 0 for final in finals}
    if 3 in given:
        result = given[3]
    elif 2 in given:
        maximum = task.attempt_item.version.question["points"] * items.HUNDREDTHS
        if marking.needs_third(given[1], given[2], maximum=maximum, difference_percent=task.difference_percent):
            MarkingTask.objects.filter(pk=task.pk).update(state=MarkingTask.State.THIRD)
            return
        result = marking.mean_of(given[1], given[2])
    elif task.has_second_marker:
        MarkingTask.objects.filter(pk=task.pk).update(state=MarkingTask.State.SECOND)
        return
    else:
        result = given[1]
    MarkingTask.objects.filter(pk=task.pk).update(state=MarkingTask.State.DONE, marks=result, done_at=now)
    attempt = task.attempt_item.attempt
    if attempt.is_waiting:
        outcomes.settle_if_marked(attempt, cause=Grading.Cause.MARKING, actor=actor, at=now)


# --- Back to the learner -------------------------------------------------------------------------------------------


def return_answer(
    task: MarkingTask, *, actor: User, revision: int, reason: str, now: datetime | None = None
) -> AnswerReturn:
    """Let the learner answer this one question again, and tell her; what it says now is kept. The attempt goes on
    waiting.

    Returned twice it is returned once. Raises InvalidMarking without a reason, and AnswerMoved.
    """
    now = now or timezone.now()
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise InvalidMarking(_("Please tell the learner what to change."))
    if len(reason) > LONGEST_REASON:
        raise InvalidMarking(_("Please write no more than %(limit)s characters.") % {"limit": LONGEST_REASON})
    with transaction.atomic():
        locked = _locked(task)
        _refuse_marker(locked, actor)
        response = _standing_answer(locked, revision)
        if locked.state == MarkingTask.State.RETURNED:
            return AnswerReturn.objects.get(task=locked, closed_at=None)
        if locked.state not in PLACES:
            raise _moved()
        returned = AnswerReturn.objects.create(
            task=locked,
            returned_by=actor,
            returned_at=now,
            reason=reason,
            earlier_value=response.value,
            earlier_revision=response.revision,
        )
        MarkingTask.objects.filter(pk=locked.pk).update(state=MarkingTask.State.RETURNED)
        tell_returned(returned, locked.attempt_item.attempt, now=now)
        return returned


def take_back_return(task: MarkingTask, *, actor: User, now: datetime | None = None) -> MarkingTask:
    """Mark the answer as it stands after all: the learner can no longer change it. Raises AnswerMoved."""
    now = now or timezone.now()
    with transaction.atomic():
        locked = _locked(task)
        _refuse_marker(locked, actor)
        if not AnswerReturn.objects.filter(task=locked, closed_at=None).update(closed_at=now):
            raise _moved()
        revision = Response.objects.values_list("revision", flat=True).get(attempt_item=locked.attempt_item_id)
        finals = Marking.objects.filter(task=locked, state=Marking.State.FINAL, revision=revision).count()
        state = (MarkingTask.State.FIRST, MarkingTask.State.SECOND, MarkingTask.State.THIRD)[min(finals, 2)]
        MarkingTask.objects.filter(pk=locked.pk).update(state=state, waiting_since=now)
        return MarkingTask.objects.get(pk=locked.pk)


def answer_again_by_fields(
    attempt: Attempt, position: int, fields: items.Fields, *, now: datetime | None = None
) -> Response:
    """`answer_again` for the fields of a form."""

    def read(row: AttemptItem) -> Any:
        if row.version.question["kind"] == "upload":
            raise InvalidResponse(_("Please choose a file."))
        return items.response_from(row.version.question, fields)

    return answer_again(attempt, position, read, now=now)


def answer_again(
    attempt: Attempt, position: int, read: Callable[[AttemptItem], Any], *, now: datetime | None = None
) -> Response:
    """Put another answer in the place of one that was returned; it waits for its first mark anew.

    `read` gives the answer for what was asked. Raises AttemptClosed where nothing was returned (any more), and
    InvalidResponse.
    """
    now = now or timezone.now()
    with transaction.atomic():
        Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        returned = (
            AnswerReturn.objects.filter(
                task__attempt_item__attempt=attempt,
                task__attempt_item__position=position,
                task__attempt_item__attempt__state=Attempt.State.SUBMITTED,
                closed_at=None,
            )
            .select_related("task__attempt_item__version")
            .first()
        )
        if returned is None:
            raise AttemptClosed(_("This answer cannot be changed any more: it is being read, or it was marked."))
        row = returned.task.attempt_item
        value = read(row)
        if faults := items.response_faults(row.version.question, value):
            raise InvalidResponse(fault_sentence(faults[0]))
        if items.is_empty(value):
            raise InvalidResponse(_("Please give an answer before you send it."))
        Response.objects.filter(attempt_item=row).update(
            value=value, revision=returned.earlier_revision + 1, saved_at=now
        )
        AnswerReturn.objects.filter(pk=returned.pk).update(closed_at=now)
        MarkingTask.objects.filter(pk=returned.task_id).update(state=MarkingTask.State.FIRST, waiting_since=now)
        return Response.objects.get(attempt_item=row)
