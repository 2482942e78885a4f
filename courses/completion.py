"""Pure: outline and done lessons to what is open, what is next, what fraction is done.

Only what is in the outline counts: a lesson that was taken out neither helps nor hinders. Nothing is stored here, so
adding a lesson never undoes what someone finished; their completion is a row of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from courses.data import LessonOutline, LessonState, Outline


def done_count(outline: Outline, done: Collection[UUID]) -> int:
    """How many lessons of the outline are done."""
    return sum(lesson.key in done for lesson in outline.lessons)


def is_complete(outline: Outline, done: Collection[UUID]) -> bool:
    """Whether there is something to do and all of it is done."""
    return bool(outline.lessons) and done_count(outline, done) == len(outline.lessons)


def next_lesson(outline: Outline, done: Collection[UUID]) -> LessonOutline | None:
    """The first lesson that is not done; none when all are."""
    return next((lesson for lesson in outline.lessons if lesson.key not in done), None)


def lesson_after(outline: Outline, lesson_key: UUID, done: Collection[UUID]) -> LessonOutline | None:
    """Where to go from a lesson: the first undone one after it, else the first undone one before it."""
    lessons = outline.lessons
    place = next((index for index, lesson in enumerate(lessons) if lesson.key == lesson_key), -1)
    return next((lesson for lesson in (*lessons[place + 1 :], *lessons[: place + 1]) if lesson.key not in done), None)


def blocking_lesson(outline: Outline, done: Collection[UUID], lesson_key: UUID) -> LessonOutline | None:
    """The lesson to finish before this one opens; none when it is open.

    A done lesson stays open, also when a new lesson was put before it.
    """
    if not outline.is_sequential or lesson_key in done:
        return None
    first = next_lesson(outline, done)
    return first if first and first.key != lesson_key else None


def minutes_left(outline: Outline, done: Collection[UUID]) -> int:
    """Minutes of the lessons that are not done."""
    return sum(lesson.minutes for lesson in outline.lessons if lesson.key not in done)


def states(outline: Outline, done: Collection[UUID], *, is_enrolled: bool = True) -> tuple[LessonState, ...]:
    """Each lesson with its state, in order. Before enrolling nothing is current: all lie ahead."""
    upcoming = next_lesson(outline, done) if is_enrolled else None
    found = []
    for number, lesson in enumerate(outline.lessons, start=1):
        if lesson.key in done:
            state = "done"
        elif upcoming and lesson.key == upcoming.key:
            state = "current"
        elif outline.is_sequential or not is_enrolled:
            state = "locked"
        else:
            state = "open"
        found.append(LessonState(lesson=lesson, number=number, state=state))
    return tuple(found)
