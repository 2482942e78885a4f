"""Frozen shapes that cross the border of courses. Standard library only.

Texts by language are mappings such as ``{"en": "Lesson", "es": "Lección"}``; they print in the active language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


def in_language(values: Mapping[str, str], language: str) -> str:
    """The value for `language`, else the first there is, else an empty text."""
    return values.get(language) or next(iter(values.values()), "")


@dataclass(frozen=True)
class Share:
    """So many minutes count for a competency."""

    competency_id: int
    framework: str
    code: str
    name: Mapping[str, str]
    minutes: int


@dataclass(frozen=True)
class LessonOutline:
    """A live lesson. `paths`: where it is, by language; a language it is not live in is missing."""

    key: UUID
    titles: Mapping[str, str]
    minutes: int
    quiz_id: int | None
    paths: Mapping[str, str]

    @property
    def has_quiz(self) -> bool:
        return self.quiz_id is not None


@dataclass(frozen=True)
class ModuleOutline:
    """A live module with its live lessons and how its minutes are split."""

    key: UUID
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    lessons: tuple[LessonOutline, ...]
    shares: tuple[Share, ...]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def adds_up(self) -> bool:
        """Whether its minutes are split, and in each framework the split is exactly the minutes of its lessons."""
        sums: dict[str, int] = {}
        for share in self.shares:
            sums[share.framework] = sums.get(share.framework, 0) + share.minutes
        return bool(sums) and all(total == self.minutes for total in sums.values())


@dataclass(frozen=True)
class Outline:
    """A live course as it stands now: its order, times and splits come from one language, titles from all.

    `picture`: address of its picture, empty where it has none.
    """

    key: UUID
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    helps_with: Mapping[str, str]
    paths: Mapping[str, str]
    revision: str
    picture: str
    is_sequential: bool
    topics: tuple[str, ...]
    published_at: datetime | None
    modules: tuple[ModuleOutline, ...]

    @property
    def lessons(self) -> tuple[LessonOutline, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.paths)

    @property
    def adds_up(self) -> bool:
        return bool(self.modules) and all(module.adds_up for module in self.modules)

    @property
    def shares(self) -> tuple[Share, ...]:
        """Minutes by competency over the whole course, in the order they first appear."""
        sums: dict[int, Share] = {}
        for module in self.modules:
            for share in module.shares:
                known = sums.get(share.competency_id)
                minutes = share.minutes + (known.minutes if known else 0)
                sums[share.competency_id] = Share(share.competency_id, share.framework, share.code, share.name, minutes)
        return tuple(sums.values())

    def lesson(self, key: UUID) -> LessonOutline | None:
        return next((lesson for lesson in self.lessons if lesson.key == key), None)

    def module_of(self, lesson_key: UUID) -> ModuleOutline | None:
        return next((m for m in self.modules if any(lesson.key == lesson_key for lesson in m.lessons)), None)


@dataclass(frozen=True)
class LessonState:
    """One stone of the bridge. state: done, current (the next to do), open or locked."""

    lesson: LessonOutline
    number: int
    state: str

    @property
    def title(self) -> str:
        return str(self.lesson.titles)


@dataclass(frozen=True)
class CourseProgress:
    """How far a person is in a course, for lists. state: active, completed or withdrawn.

    `next_lesson` and `minutes_left` are of what is not done yet. `completion_id`: public id of the standing completion.
    """

    course_key: UUID
    titles: Mapping[str, str]
    state: str
    path: str
    done: int
    total: int
    minutes: int
    minutes_left: int
    next_lesson: LessonOutline | None
    next_number: int | None
    enrolled_at: datetime
    completed_at: datetime | None

    @property
    def title(self) -> str:
        return str(self.titles)
