"""What waits for a person, and what people gave. Writes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from people.models import User
from quizzes import items
from quizzes.data import ReturnedQuestion, ReviewedCriterion, ReviewedMarking
from quizzes.models import AnswerReturn, Attempt, AttemptItem, Marking, MarkingTask, Quiz
from quizzes.reports.asking import questions_of, shown

WAITS = (MarkingTask.State.FIRST, MarkingTask.State.SECOND)


def queue_of(marker: User, *, quiz: int | None = None, show: str = "") -> QuerySet[MarkingTask]:
    """Answers that wait for this person, oldest first: never her own, never one that she has marked as it reads.

    `show`: "mine" (begun by her), "second", "third", or "returned" (with the learner). Answers about which two people
    differ are there only for who may decide.
    """
    final = Marking.objects.filter(
        task=OuterRef("pk"),
        marker=marker,
        state=Marking.State.FINAL,
        revision=OuterRef("attempt_item__response__revision"),
    )
    tasks = (
        MarkingTask.objects.filter(attempt_item__attempt__state=Attempt.State.SUBMITTED)
        .exclude(attempt_item__attempt__learner=marker)
        .exclude(Exists(final))
        .select_related("quiz", "attempt_item__attempt__learner", "attempt_item__version")
        .order_by("waiting_since", "pk")
    )
    states = [*WAITS, MarkingTask.State.THIRD] if marker.has_perm("quizzes.decide_marking") else [*WAITS]
    if show in {MarkingTask.State.SECOND, MarkingTask.State.THIRD}:
        states = [state for state in states if state == show]
    elif show == MarkingTask.State.RETURNED:
        states = [MarkingTask.State.RETURNED]
    tasks = tasks.filter(state__in=states)
    if show == "mine":
        begun = Marking.objects.filter(task=OuterRef("pk"), marker=marker, state=Marking.State.DRAFT)
        tasks = tasks.filter(Exists(begun))
    return tasks if quiz is None else tasks.filter(quiz=quiz)


def quizzes_that_wait() -> QuerySet[Quiz]:
    """Quizzes in which an answer waits for anybody."""
    waiting = MarkingTask.objects.filter(
        quiz=OuterRef("pk"), attempt_item__attempt__state=Attempt.State.SUBMITTED
    ).exclude(state=MarkingTask.State.DONE)
    return Quiz.objects.filter(Exists(waiting)).order_by("code")


def newest_draft(task: MarkingTask, marker: User, revision: int) -> Marking | None:
    """What this person began to give the answer as it reads now."""
    mine = Marking.objects.filter(task=task, marker=marker, revision=revision, state=Marking.State.DRAFT)
    return mine.order_by("-pk").first()


def finals_of(task: MarkingTask, revision: int) -> list[Marking]:
    """The final marks of the answer as it reads now, in their order."""
    finals = Marking.objects.filter(task=task, revision=revision, state=Marking.State.FINAL)
    return list(finals.select_related("marker").order_by("place"))


def rubric_of(spec: Any, language: str, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """The lines of a rubric with their levels and what each earns, in hundredths of a point, ready for a form."""
    whole = sum(max(level.weight for level in criterion.levels) for criterion in spec.rubric)
    return [
        {
            "key": criterion.key,
            "name": shown(criterion.name, language),
            "levels": [
                {
                    "key": level.key,
                    "text": shown(level.text, language),
                    "marks": items.rounded_marks(level.weight, whole, spec.points),
                    "is_chosen": chosen.get(criterion.key) == level.key,
                }
                for level in criterion.levels
            ],
        }
        for criterion in spec.rubric
    ]


def markings_of(rows: Sequence[AttemptItem], language: str) -> dict[int, list[ReviewedMarking]]:
    """What people said about answers as they read now, by attempt item: of the one who decided where one did, else
    of all. One query."""
    specs = {row.pk: row.version for row in rows}
    finals = Marking.objects.filter(
        task__attempt_item__in=specs,
        state=Marking.State.FINAL,
        revision=F("task__attempt_item__response__revision"),
    )
    by_row: dict[int, list[Marking]] = {}
    for final in finals.select_related("task").order_by("place"):
        by_row.setdefault(final.task.attempt_item_id, []).append(final)
    return {
        pk: [
            ReviewedMarking(final.comment, _criteria(specs[pk].spec, final.levels, language))
            for final in given
            if final.place == 3 or given[-1].place != 3
        ]
        for pk, given in by_row.items()
    }


def returned_question(attempt: Attempt, position: int, *, language: str) -> ReturnedQuestion | None:
    """The question at `position` for the learner to answer again; None where it was not returned."""
    returned = AnswerReturn.objects.filter(
        task__attempt_item__attempt=attempt,
        task__attempt_item__position=position,
        task__attempt_item__attempt__state=Attempt.State.SUBMITTED,
        closed_at=None,
    ).first()
    if returned is None:
        return None
    question = next(one for one in questions_of(attempt, language=language) if one.position == position)
    return ReturnedQuestion(question, returned.reason)


def _criteria(spec: Any, levels: Mapping[str, str], language: str) -> tuple[ReviewedCriterion, ...]:
    return tuple(
        ReviewedCriterion(shown(criterion.name, language), shown(level.text, language))
        for criterion in spec.rubric
        for level in criterion.levels
        if levels.get(criterion.key) == level.key
    )
