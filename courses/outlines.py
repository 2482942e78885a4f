"""Reads live pages into outlines, and keeps them ready. Writes no row.

An outline is cached under its course and a version; publishing, unpublishing, moving or deleting any page of a course
gives a new version (see `forget`), so a stale one is never asked for again. The version is random, not counted: the
file cache has no atomic counter.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page, Site

from courses.data import LessonOutline, ModuleOutline, Outline, Share
from courses.models import CoursePage, LessonPage, ModuleCompetency, ModulePage
from curriculum.fields import Translated

# An outline also holds names of competencies and topics, which no page signal tells of: they show after this while.
KEPT_SECONDS = 15 * 60
ALL = "all"
# Names the fields of what is kept, so that a new version of the site never reads what an old one pickled.
SHAPE = hashlib.sha256(
    "|".join(
        f"{shape.__name__}:{','.join(found.name for found in fields(shape))}"
        for shape in (Outline, ModuleOutline, LessonOutline, Share)
    ).encode()
).hexdigest()[:12]


def outline_of(course_key: UUID) -> Outline | None:
    """The live course under this key; none when no language of it is live or it has no lesson yet."""
    return outlines_of([course_key]).get(course_key)


def outlines_of(course_keys: Iterable[UUID]) -> dict[UUID, Outline]:
    """The live courses among these keys; what is not in the cache is read in one go, however many there are."""
    wanted = {key: f"courses:outline:{SHAPE}:{key}:{version}" for key, version in _versions(course_keys).items()}
    kept = cache.get_many(list(wanted.values()))
    if missing := [key for key, name in wanted.items() if name not in kept]:
        built = _build(missing)
        fresh = {wanted[key]: built.get(key) for key in missing}
        cache.set_many(fresh, KEPT_SECONDS)
        kept |= fresh
    return {key: kept[name] for key, name in wanted.items() if kept[name] is not None}


def live_course_keys() -> list[UUID]:
    """Keys of the courses that are live in any language, newest first."""
    name = f"courses:live:{_version(ALL)}"
    keys = cache.get(name)
    if keys is None:
        found = (
            CoursePage.objects.live().order_by("-first_published_at", "-pk").values_list("translation_key", flat=True)
        )
        keys = list(dict.fromkeys(found))
        cache.set(name, keys, KEPT_SECONDS)
    return keys


def course_key_of(lesson_key: UUID) -> UUID | None:
    """The course that a lesson (of any language) belongs to, live or not. Kept: lessons seldom change course."""
    name = f"courses:of:{lesson_key}:{_version(ALL)}"
    key: UUID | None = cache.get(name)
    if key is None:
        page = LessonPage.objects.filter(translation_key=lesson_key).only("path", "depth").order_by("-live").first()
        if page is None:
            return None
        key = CoursePage.objects.ancestor_of(page).values_list("translation_key", flat=True).first()
        cache.set(name, key, KEPT_SECONDS)
    return key


def forget(page: Page) -> None:
    """Give the course of `page` (a course, module or lesson) a new version, now and again after commit.

    Now: so that this transaction reads what it wrote. After commit: so that what another request read meanwhile, before
    the commit, is not kept.
    """
    names = [ALL, *(str(key) for key in _course_keys_of(page))]
    _renew(names)
    transaction.on_commit(partial(_renew, names), robust=True)


def _course_keys_of(page: Page) -> list[UUID]:
    if isinstance(page, CoursePage):
        return [page.translation_key]
    # A moved page arrives as a plain Page: the course itself may be it.
    return list(CoursePage.objects.ancestor_of(page, inclusive=True).values_list("translation_key", flat=True))


def _renew(names: list[str]) -> None:
    cache.set_many({f"courses:version:{name}": uuid.uuid4().hex for name in names}, None)


def _version(name: str) -> str:
    return str(cache.get_or_set(f"courses:version:{name}", lambda: uuid.uuid4().hex, None))


def _versions(course_keys: Iterable[UUID]) -> dict[UUID, str]:
    names = {key: f"courses:version:{key}" for key in course_keys}
    kept = cache.get_many(list(names.values()))
    return {key: kept.get(name) or _version(str(key)) for key, name in names.items()}


# --- Reading ------------------------------------------------------------------------------------------------------


def site_paths(pages: Iterable[Page]) -> dict[int, str]:
    """Where each page is on the site, by its pk. One query at most (the roots of the site, which Wagtail caches)."""
    roots = Site.get_site_root_paths()
    found: dict[int, str] = {}
    for page in pages:
        for root in roots:
            if page.url_path.startswith(root.root_path):
                with override(root.language_code):
                    found[page.pk] = reverse("wagtail_serve", args=(page.url_path[len(root.root_path) :],))
                break
    return found


def _language_order(code: str) -> tuple[bool, str]:
    """The site's own language leads: order, times and splits of a course come from it where it is live."""
    return (code != settings.LANGUAGE_CODE, code)


def _build(course_keys: list[UUID]) -> dict[UUID, Outline]:
    courses = list(
        CoursePage.objects.live()
        .filter(translation_key__in=course_keys)
        .select_related("locale", "picture")
        .prefetch_related("topics")
        .order_by("path")
    )
    if not courses:
        return {}
    modules = _below(ModulePage, courses)
    lessons = _below(LessonPage, courses)
    shares: dict[int, list[Share]] = defaultdict(list)
    found = ModuleCompetency.objects.filter(module__in=[page.pk for page in modules])
    for row in found.select_related("competency__framework").order_by("sort_order", "pk"):
        shares[row.module_id].append(
            Share(
                competency_id=row.competency_id,
                framework=row.competency.framework.code,
                code=row.competency.code,
                name=Translated(row.competency.name),
                minutes=row.minutes,
            )
        )
    paths = site_paths([*courses, *lessons])
    by_key: dict[UUID, list[CoursePage]] = defaultdict(list)
    for course in sorted(courses, key=lambda page: _language_order(page.locale.language_code)):
        by_key[course.translation_key].append(course)
    outlines = {key: _assemble(pages, modules, lessons, shares, paths) for key, pages in by_key.items()}
    return {key: outline for key, outline in outlines.items() if outline.lessons}


def _below(model: type[Page], courses: list[CoursePage]) -> list:
    """Live pages of this type below the courses, in their order. Lesson bodies stay in the database."""
    paths = {course.path for course in courses}
    steplen = Page.steplen
    pages = model.objects.live().filter(depth=courses[0].depth + (1 if model is ModulePage else 2))
    if len(paths) == 1:
        pages = pages.filter(path__startswith=courses[0].path)
    if model is LessonPage:
        pages = pages.defer("body")
    width = courses[0].depth * steplen
    return [page for page in pages.order_by("path") if page.path[:width] in paths]


def _picture_of(course: CoursePage) -> str:
    image = course.picture
    if image is None:
        return ""
    return image.file.url if image.is_svg() else image.get_rendition("fill-640x400|format-webp").url


def _assemble(
    courses: list[CoursePage],
    modules: list[ModulePage],
    lessons: list[LessonPage],
    shares: Mapping[int, list[Share]],
    paths: Mapping[int, str],
) -> Outline:
    """One outline from the pages of one course, the leading language first."""
    lead = courses[0]
    code_of = {course.path: course.locale.language_code for course in courses}
    width = len(lead.path)
    module_twins: dict[UUID, dict[str, ModulePage]] = defaultdict(dict)
    for module in modules:
        if code := code_of.get(module.path[:width]):
            module_twins[module.translation_key][code] = module
    lesson_twins: dict[UUID, dict[str, LessonPage]] = defaultdict(dict)
    for lesson in lessons:
        if code := code_of.get(lesson.path[:width]):
            lesson_twins[lesson.translation_key][code] = lesson
    leading = lead.locale.language_code

    def lesson_outline(page: LessonPage) -> LessonOutline:
        twins = dict(sorted(lesson_twins[page.translation_key].items(), key=lambda item: _language_order(item[0])))
        return LessonOutline(
            key=page.translation_key,
            titles=Translated({code: twin.title for code, twin in twins.items()}),
            minutes=page.minutes,
            quiz_id=page.quiz_id,
            paths={code: paths[twin.pk] for code, twin in twins.items() if twin.pk in paths},
        )

    lesson_width = width + Page.steplen
    parts = []
    for module in modules:
        if code_of.get(module.path[:width]) != leading:
            continue
        twins = module_twins[module.translation_key]
        below = [page for page in lessons if page.path[:lesson_width] == module.path]
        parts.append(
            ModuleOutline(
                key=module.translation_key,
                titles=Translated({code: twin.title for code, twin in twins.items()}),
                summaries=Translated({code: twin.summary for code, twin in twins.items()}),
                lessons=tuple(lesson_outline(page) for page in below),
                shares=tuple(shares[module.pk]),
            )
        )
    languages = {course.locale.language_code: course for course in courses}
    return Outline(
        key=lead.translation_key,
        titles=Translated({code: page.title for code, page in languages.items()}),
        summaries=Translated({code: page.summary for code, page in languages.items()}),
        helps_with=Translated({code: page.helps_with for code, page in languages.items()}),
        paths={code: paths[page.pk] for code, page in languages.items() if page.pk in paths},
        revision=" ".join(f"{code}:{page.live_revision_id or 0}" for code, page in languages.items()),
        picture=_picture_of(lead),
        is_sequential=lead.is_sequential,
        topics=tuple(topic.code for topic in lead.topics.all()),
        published_at=lead.first_published_at,
        modules=tuple(parts),
    )
