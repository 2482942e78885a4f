"""Pure predicates: who may see which lesson now. They take facts, ask no table and change nothing."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from courses.completion import blocking_lesson
from courses.data import LessonOutline, Outline

if TYPE_CHECKING:
    from courses.models import Enrollment


class Door(Enum):
    """What stands between a person and a lesson."""

    OPEN = "open"
    NOT_IN_COURSE = "not in course"
    NOT_ENROLLED = "not enrolled"
    LOCKED = "locked"


def door_of(
    plan: Outline | None, lesson_key: UUID, enrollment: Enrollment | None, done: Collection[UUID]
) -> tuple[Door, LessonOutline | None]:
    """Whether the lesson is open for this enrollment; with LOCKED, the lesson to finish first."""
    if plan is None or plan.lesson(lesson_key) is None:
        return Door.NOT_IN_COURSE, None
    if enrollment is None:
        return Door.NOT_ENROLLED, None
    first = blocking_lesson(plan, done, lesson_key)
    return (Door.LOCKED, first) if first else (Door.OPEN, None)
