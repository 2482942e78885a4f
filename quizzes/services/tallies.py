"""The pen of what closed attempts add to the statistics."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F

from quizzes import behaviours, items
from quizzes.models import Attempt, AttemptItem, AttemptTally, Grading, ItemVersion, Response
from quizzes.statistics import LONGEST_PACE, WORDS, packed, packed_paces

AT_ONCE = 500  # attempts
OF_CHOICES = frozenset({"single_choice", "multiple_choice", "true_false", "image_choice", "survey", "case"})
OF_PARTS = frozenset({"matching", "gap_select", "likert"})


class Answered(NamedTuple):
    """One question of an attempt and what became of it. `value` and `saved_at` are None where it has no response."""

    version_id: int
    question: Mapping[str, Any]
    value: Any
    marks: int
    saved_at: datetime | None


def answered(version_id: int, question: Mapping[str, Any], response: Response | None, marks: int) -> Answered:
    """A question with its response, if there is one."""
    if response is None:
        return Answered(version_id, question, None, marks, None)
    return Answered(version_id, question, response.value, marks, response.saved_at)


def tally_attempts(attempt_ids: Iterable[int]) -> int:
    """Write what these attempts add, anew where it was written before; return how many. Attempts without a grading
    are left out, and so is every question that was dropped from one."""
    wanted = sorted(set(attempt_ids))
    done = 0
    for start in range(0, len(wanted), AT_ONCE):
        standing = (
            Grading.objects.filter(attempt__in=wanted[start : start + AT_ONCE], number=F("attempt__grading_number"))
            .order_by("attempt")
            .values_list("attempt", "attempt__started_at", "attempt__behaviour", "items")
        )
        gradings = {
            pk: (began, behaviour, {entry["position"]: entry for entry in entries})
            for pk, began, behaviour, entries in standing
        }
        rows = (
            AttemptItem.objects.filter(attempt__in=gradings)
            .order_by("attempt", "position")
            .values_list("attempt", "position", "version", "response__value", "response__saved_at")
        )
        asked: dict[int, list[tuple[Any, ...]]] = {pk: [] for pk in gradings}
        for attempt_id, *row in rows:
            asked[attempt_id].append(tuple(row))
        versions = {row[1] for of_attempt in asked.values() for row in of_attempt}
        questions = dict(ItemVersion.objects.filter(pk__in=versions).values_list("pk", "question"))
        _write(
            _tally(
                pk,
                *gradings[pk][:2],
                [
                    Answered(version, questions[version], value, entry["marks"], saved_at)
                    for position, version, value, saved_at in of_attempt
                    if (entry := gradings[pk][2].get(position)) and entry["by"] != "drop"
                ],
            )
            for pk, of_attempt in asked.items()
        )
        done += len(asked)
    return done


def tally_closed(attempt: Attempt, asked: Sequence[Answered]) -> None:
    """Write what an attempt adds that is being settled, from what is at hand: one statement."""
    _write([_tally(attempt.pk, attempt.started_at, attempt.behaviour, asked)])


def _write(tallies: Iterable[AttemptTally]) -> None:
    AttemptTally.objects.bulk_create(
        tallies, update_conflicts=True, unique_fields=["attempt"], update_fields=["cells", "paces"]
    )


def _tally(attempt_id: int, began: datetime, behaviour: str, asked: Sequence[Answered]) -> AttemptTally:
    """Marks are of the points of the question, also where who is sure earns more: being sure and wrong is nothing."""
    times = behaviours.times_at_most(behaviour)
    return AttemptTally(
        attempt_id=attempt_id,
        cells=packed(
            (one.version_id, max(one.marks, 0) // times, list(_taken(one.question, one.value))) for one in asked
        ),
        paces=packed_paces(_paces(began, asked)),
    )


def _taken(question: Mapping[str, Any], value: Any) -> Iterator[str]:
    """Keys of what was taken, or "part=key" of what is answered in parts; `WORDS` for anything else that was given."""
    kind = question["kind"]
    if items.is_empty(value):
        return
    if kind in OF_CHOICES and isinstance(value, list):
        yield from (key for key in dict.fromkeys(value) if key)
    elif kind == "hotspot" and "regions" in value:
        yield from value["regions"]
    elif kind in OF_PARTS:
        yield from (f"{part}={key}" for part, key in value.items() if key)
    elif kind == "cloze":
        selects = {gap["key"] for gap in question["gaps"] if gap["kind"] == "select"}
        yield from (f"{part}={given if part in selects else WORDS}" for part, given in value.items() if given)
    else:
        yield WORDS


def _paces(began: datetime, asked: Sequence[Answered]) -> Iterator[tuple[int, int]]:
    """Version and seconds from the answer before (of the first question: from the start) to the answer of this one.

    Only where the question before it in place was also the one answered before it in time: whoever went back took her
    time for several. Left out, too, are pages sent at once (no second between) and pauses (`LONGEST_PACE`).
    """
    moments = sorted((one.saved_at, place) for place, one in enumerate(asked) if one.saved_at is not None)
    before, last = began, -1
    for moment, place in moments:
        seconds = int((moment - before).total_seconds())
        if place == last + 1 and 1 <= seconds <= LONGEST_PACE:
            yield asked[place].version_id, seconds
        before, last = moment, place
