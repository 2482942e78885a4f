"""How a course goes live: checked, then published whole. Also who may write and who may publish, and the last lock
before deleting what somebody has learned from.

The course is what is sent, approved and published; its modules and lessons go with it in one act.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Count, ProtectedError, Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.models import GroupApprovalTask, GroupPagePermission, Page, Workflow, WorkflowPage, WorkflowTask

from courses import checks
from courses.checks import CourseFacts, LessonFacts, ModuleFacts, Problem, QuizFacts
from courses.errors import CourseUnfit
from courses.models import (
    CourseCompletion,
    CourseIndexPage,
    CoursePage,
    Enrollment,
    LessonAttempt,
    LessonCompletion,
    LessonPage,
    ModulePage,
)
from curriculum.models import Competency
from people.models import Role
from quizzes.models import Quiz

# A name in the database is one for all readers, and Wagtail shows it on screens and in mails: so it says it twice.
WORKFLOW_NAME = "Course approval · Aprobación de cursos"
# Was live once and is not now: somebody took it out on purpose. It counts for nothing and does not come back by itself.
TAKEN_DOWN = Q(live=False, first_published_at__isnull=False)


# --- Checking -----------------------------------------------------------------------------------------------------


def course_of(page: Page) -> CoursePage | None:
    """The course a page belongs to (itself, when it is one)."""
    if isinstance(page, CoursePage):
        return page
    return CoursePage.objects.ancestor_of(page, inclusive=True).first() if page.path else None


def facts_of(course: CoursePage) -> CourseFacts:
    """The course as it is written now: of each page the newest draft. A constant number of queries."""
    modules = [_as_written(page) for page in _with_drafts(ModulePage, course)]
    lessons = [_as_written(page) for page in _with_drafts(LessonPage, course)]
    quizzes = {
        quiz.pk: _quiz_facts(quiz)
        for quiz in Quiz.objects.filter(pk__in={page.quiz_id for page in lessons if page.quiz_id})
        .annotate(live_items=Count("quiz_items", filter=Q(quiz_items__item__archived_at=None)))
        .prefetch_related("sections__draws")
    }
    wanted = {share.competency_id for page in modules for share in page.competencies.all()}
    known = Competency.objects.filter(pk__in=wanted).values_list("pk", "framework__code", "code")
    names = {pk: (framework, code) for pk, framework, code in known}
    parts = []
    for module in modules:
        below = [page for page in lessons if page.path.startswith(module.path)]
        parts.append(
            ModuleFacts(
                page_id=module.pk,
                key=module.translation_key,
                title=module.title,
                lessons=tuple(_lesson_facts(page, quizzes) for page in below),
                shares=tuple(
                    (*names.get(share.competency_id, ("", "")), share.minutes) for share in module.competencies.all()
                ),
                has_draft=module.has_unpublished_changes or not module.live,
            )
        )
    return CourseFacts(
        page_id=course.pk,
        key=course.translation_key,
        title=course.title,
        language=course.locale.get_display_name(),
        modules=tuple(parts),
        has_draft=course.has_unpublished_changes or not course.live,
    )


def _quiz_facts(quiz: Any) -> QuizFacts:
    """What random draws take from banks is there: the quiz was not saved without, and does not start without."""
    sections = quiz.sections.all()
    lots = sum(draw.count for section in sections for draw in section.draws.all())
    asked = sum(section.draw_count or 0 for section in sections) + lots
    return QuizFacts(title=str(quiz), items=quiz.live_items + lots, asked=asked or None)


def _with_drafts(model: type[Page], course: CoursePage) -> Iterable[Any]:
    pages = model.objects.descendant_of(course).exclude(TAKEN_DOWN)
    return pages.select_related("latest_revision").order_by("path")


def _as_written(page: Any) -> Any:
    if page.latest_revision is None:
        return page
    return page.with_content_json(page.latest_revision.content)


def _lesson_facts(page: LessonPage, quizzes: dict[int, QuizFacts]) -> LessonFacts:
    # The stored form: asking the blocks for their pictures would cost a query each.
    raw = list(page.body.raw_data)
    return LessonFacts(
        page_id=page.pk,
        key=page.translation_key,
        title=page.title,
        minutes=page.minutes or 0,
        quiz=quizzes.get(page.quiz_id) if page.quiz_id else None,
        quiz_id=page.quiz_id,
        blocks=tuple((block["type"], str(block.get("id") or "")) for block in raw),
        pictures_without_text=sum(block["type"] == "image" and not _is_described(block["value"]) for block in raw),
        videos_without_captions=sum(
            block["type"] == "video"
            and not block["value"].get("captions")
            and not block["value"].get("no_captions_reason")
            for block in raw
        ),
        has_draft=page.has_unpublished_changes or not page.live,
    )


def _is_described(value: dict[str, Any]) -> bool:
    image = value.get("image")
    return isinstance(image, dict) and bool(image.get("decorative") or (image.get("alt_text") or "").strip())


def problems_of(course: CoursePage, *, with_twins: bool = True, facts: CourseFacts | None = None) -> list[Problem]:
    """What must be mended before this course may be published, its drafts included.

    Another language counts only once learners can take the course in it: a translation may be begun at leisure.
    """
    facts = facts or facts_of(course)
    twins: list[CourseFacts] = []
    if with_twins:
        live = CoursePage.objects.live().filter(translation_key=course.translation_key).exclude(pk=course.pk)
        twins = [facts_of(twin) for twin in live.select_related("locale")]
    return checks.problems_of(facts, tuple(twins))


def refuse_unfit(course: CoursePage) -> None:
    """The last lock, for every way of publishing that is not the editor: raises CourseUnfit with all the sentences.

    A course without any lesson may pass: it is in no catalogue, nothing can be finished in it, and programs that write
    a course begin with its page. Other languages are the editor's business, because a program writes one after another.
    """
    facts = facts_of(course)
    if facts.lessons and (found := problems_of(course, with_twins=False, facts=facts)):
        raise CourseUnfit(" ".join(problem.text for problem in found))


# --- Publishing ---------------------------------------------------------------------------------------------------


def drafts_below(course: CoursePage) -> QuerySet[Page]:
    """Modules and lessons that have something to publish, from the top down."""
    unpublished = Q(has_unpublished_changes=True) | Q(live=False)
    return Page.objects.descendant_of(course).filter(unpublished).exclude(TAKEN_DOWN).order_by("path")


@transaction.atomic
def publish_below(course: CoursePage, *, actor: Any = None) -> int:
    """Publish every draft below the course; returns how many. What an editor took down (unpublished) stays down.

    Called whenever a course goes live, so that one approval is enough.
    """
    count = 0
    for page in drafts_below(course).select_related("latest_revision").specific():
        (page.latest_revision or page.save_revision(user=actor)).publish(user=actor)
        count += 1
    return count


# --- Rights -------------------------------------------------------------------------------------------------------

PAGE_RIGHTS = {
    Role.TRAINER: ("add", "change"),
    Role.APPROVER: ("add", "change", "publish", "lock", "unlock"),
}


@transaction.atomic
def setup_course_permissions() -> None:
    """Trainers write below every catalogue, approvers publish, and one workflow joins them. Safe to run again."""
    indexes = list(CourseIndexPage.objects.all())
    groups = {role: Group.objects.get_or_create(name=role.value)[0] for role in PAGE_RIGHTS}
    for role, actions in PAGE_RIGHTS.items():
        wanted = Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=[f"{action}_page" for action in actions]
        )
        for index in indexes:
            for permission in wanted:
                GroupPagePermission.objects.get_or_create(group=groups[role], page=index, permission=permission)
            GroupPagePermission.objects.filter(group=groups[role], page=index).exclude(permission__in=wanted).delete()
    # Found by its place, not by its name: an operator may call it something else.
    workflow = Workflow.objects.active().filter(workflow_pages__page__in=indexes).order_by("pk").first()
    if workflow is None:
        workflow, _created = Workflow.objects.get_or_create(name=WORKFLOW_NAME, defaults={"active": True})
    task = GroupApprovalTask.objects.filter(workflow_tasks__workflow=workflow).first()
    if task is None:
        task = GroupApprovalTask.objects.create(name=WORKFLOW_NAME, active=True)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    task.groups.set([groups[Role.APPROVER]])
    for index in indexes:
        WorkflowPage.objects.update_or_create(page=index, defaults={"workflow": workflow})


# --- Deleting -----------------------------------------------------------------------------------------------------


def learned_pages(pages: Iterable[Page]) -> list[str]:
    """Titles of the courses and lessons below (or among) `pages` that someone has learned from, in any language."""
    below = Q(pk__in=[])
    for page in pages:
        below |= Q(path__startswith=page.path)
    found = Page.objects.filter(below).type(CoursePage, LessonPage).order_by("path")
    titles = dict(found.values_list("translation_key", "title"))
    used = _used_keys(titles.keys())
    return [title for key, title in titles.items() if key in used]


def _used_keys(keys: Iterable[UUID]) -> set[UUID]:
    keys = list(keys)
    courses = (
        model.objects.filter(course_key__in=keys).values_list("course_key", flat=True)
        for model in (Enrollment, CourseCompletion)
    )
    lessons = (
        model.objects.filter(lesson_key__in=keys).values_list("lesson_key", flat=True)
        for model in (LessonCompletion, LessonAttempt)
    )
    return {key for rows in (*courses, *lessons) for key in rows.distinct()}


def refuse_delete(page: Page) -> None:
    """The last lock, for every way of deleting that is not the admin: raises ProtectedError."""
    if _used_keys([page.translation_key]):
        raise ProtectedError(deletion_refusal([page.title]), {page})


def deletion_refusal(titles: list[str]) -> str:
    """Why these pages stay, and what to do instead."""
    shown = ", ".join(f"“{title}”" for title in titles[:3])
    if len(titles) > 3:
        shown = _("%(titles)s and %(count)d more") % {"titles": shown, "count": len(titles) - 3}
    return _(
        "People have learned from %(titles)s, so it cannot be deleted: their records point to it. "
        "Unpublish it instead; learners will no longer see it."
    ) % {"titles": shown}
