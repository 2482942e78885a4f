"""Pure: a course as it is written now, drafts included, to what must be mended before it may be published.

Knows no table. Sentences are in the language of whoever edits; each problem names the page to mend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class QuizFacts:
    """`items`: how many may be asked; `asked`: how many are asked each time (none: all)."""

    title: str
    items: int
    asked: int | None


@dataclass(frozen=True)
class LessonFacts:
    page_id: int
    key: UUID
    title: str
    minutes: int
    quiz: QuizFacts | None = None
    quiz_id: int | None = None
    blocks: tuple[tuple[str, str], ...] = ()  # (type, id)
    pictures_without_text: int = 0
    videos_without_captions: int = 0
    has_draft: bool = False


@dataclass(frozen=True)
class ModuleFacts:
    page_id: int
    key: UUID
    title: str
    lessons: tuple[LessonFacts, ...]
    shares: tuple[tuple[str, str, int], ...] = ()  # (framework, competency code, minutes)
    has_draft: bool = False

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def sums(self) -> dict[str, int]:
        sums: Counter[str] = Counter()
        for framework, _code, minutes in self.shares:
            sums[framework] += minutes
        return dict(sums)


@dataclass(frozen=True)
class CourseFacts:
    page_id: int
    key: UUID
    title: str
    language: str  # its own name, for sentences
    modules: tuple[ModuleFacts, ...]
    has_draft: bool = False

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)

    @property
    def lessons(self) -> tuple[LessonFacts, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)


@dataclass(frozen=True)
class Problem:
    """What is wrong, in a sentence, and the page where it is mended."""

    page_id: int
    text: str


def problems_of(course: CourseFacts, twins: tuple[CourseFacts, ...] = ()) -> list[Problem]:
    """Everything to mend. `twins`: the same course in the other languages in which learners can already take it."""
    found = list(_own_problems(course))
    for twin in twins:
        found.extend(_twin_problems(course, twin))
    return found


def _own_problems(course: CourseFacts) -> Iterator[Problem]:
    if not course.modules:
        yield Problem(course.page_id, _("This course has no module yet."))
    for module in course.modules:
        yield from _module_problems(module)
        for lesson in module.lessons:
            yield from _lesson_problems(lesson)


def _module_problems(module: ModuleFacts) -> Iterator[Problem]:
    if not module.lessons:
        yield Problem(module.page_id, _("The module “%(title)s” has no lesson yet.") % {"title": module.title})
        return
    if not module.shares:
        yield Problem(
            module.page_id,
            _("The module “%(title)s” does not say which competencies its minutes count for.")
            % {"title": module.title},
        )
    for framework, total in sorted(module.sums.items()):
        if total != module.minutes:
            yield Problem(
                module.page_id,
                _(
                    "The module “%(title)s” has lessons of %(minutes)d minutes, "
                    "but its competencies (%(framework)s) add up to %(total)d minutes."
                )
                % {
                    "title": module.title,
                    "minutes": module.minutes,
                    "framework": framework,
                    "total": total,
                },
            )


def _lesson_problems(lesson: LessonFacts) -> Iterator[Problem]:
    if lesson.minutes < 1:
        yield Problem(lesson.page_id, _("The lesson “%(title)s” has no minutes.") % {"title": lesson.title})
    if not lesson.blocks and lesson.quiz is None:
        yield Problem(lesson.page_id, _("The lesson “%(title)s” is empty.") % {"title": lesson.title})
    if lesson.quiz is not None and lesson.quiz.items < (lesson.quiz.asked or 1):
        yield Problem(
            lesson.page_id,
            _("The quiz of “%(title)s” asks %(asked)d questions and has %(items)d.")
            % {"title": lesson.title, "asked": lesson.quiz.asked or 1, "items": lesson.quiz.items},
        )
    if lesson.pictures_without_text:
        yield Problem(
            lesson.page_id,
            ngettext(
                "A picture in “%(title)s” has no description.",
                "%(count)d pictures in “%(title)s” have no description.",
                lesson.pictures_without_text,
            )
            % {"title": lesson.title, "count": lesson.pictures_without_text},
        )
    if lesson.videos_without_captions:
        yield Problem(
            lesson.page_id,
            ngettext(
                "A video in “%(title)s” has no captions.",
                "%(count)d videos in “%(title)s” have no captions.",
                lesson.videos_without_captions,
            )
            % {"title": lesson.title, "count": lesson.videos_without_captions},
        )


def _twin_problems(course: CourseFacts, twin: CourseFacts) -> Iterator[Problem]:
    here = {lesson.key: lesson for lesson in course.lessons}
    there = {lesson.key: lesson for lesson in twin.lessons}
    for key, lesson in here.items():
        other = there.get(key)
        names = {"title": lesson.title, "language": twin.language}
        if other is None:
            yield Problem(lesson.page_id, _("The lesson “%(title)s” is missing in %(language)s.") % names)
            continue
        if other.minutes != lesson.minutes:
            yield Problem(
                lesson.page_id,
                _("The lesson “%(title)s” has %(minutes)d minutes here and %(other)d in %(language)s.")
                % {**names, "minutes": lesson.minutes, "other": other.minutes},
            )
        if other.quiz_id != lesson.quiz_id:
            yield Problem(lesson.page_id, _("The lesson “%(title)s” has another quiz in %(language)s.") % names)
    for key, lesson in there.items():
        if key not in here:
            yield Problem(
                course.page_id,
                _("The lesson “%(title)s” exists in %(language)s only.")
                % {"title": lesson.title, "language": twin.language},
            )
    if here.keys() == there.keys() and list(here) != list(there):
        yield Problem(
            course.page_id, _("The lessons are in another order in %(language)s.") % {"language": twin.language}
        )
    splits = {module.key: sorted(module.shares) for module in twin.modules}
    for module in course.modules:
        if module.key in splits and splits[module.key] != sorted(module.shares):
            yield Problem(
                module.page_id,
                _("The minutes of the module “%(title)s” are split in another way in %(language)s.")
                % {"title": module.title, "language": twin.language},
            )
