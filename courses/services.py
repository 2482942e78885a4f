"""The pens of courses: everything a learner's record is written by, and the reads that neighbours may ask for.

Facts are made single by constraints. A lesson and a course are finished under a lock on the enrollment: without it two
last lessons, finished at the same moment, would each see the other one undone. (SQLite has one writer anyway.)
"""

from __future__ import annotations

import logging
import re
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import completion as rules
from courses.data import CourseProgress, LessonOutline, Outline, in_language
from courses.errors import CourseUnknown, LessonLocked, NoQuiz, NotEnrolled, QuizDecides
from courses.measuring import see
from courses.models import (
    CompletionShare,
    CourseCompletion,
    CourseIndexPage,
    Enrollment,
    LessonAttempt,
    LessonCompletion,
    Place,
)
from courses.outlines import course_key_of, live_course_keys, outline_of, outlines_of
from courses.publishing import setup_course_permissions
from courses.signals import completion_reversed, course_completed
from curriculum.fields import Translated
from people.models import User
from quizzes.data import Opening
from quizzes.models import Attempt, Grading, Quiz
from quizzes.services import earns, marks_are_told, opening_of, start_attempt, tries_left

__all__ = [
    "catalogue",
    "complete_lesson",
    "courses_of",
    "current_enrollment",
    "done_lessons",
    "enroll",
    "follow_reopened",
    "index_page",
    "last_attempt",
    "may_try",
    "outline",
    "outline_with",
    "record_attempt_result",
    "resume_path",
    "reverse_completion",
    "save_place",
    "setup_course_permissions",
    "standing_of",
    "start_lesson_attempt",
    "sweep_attempt_results",
    "sweep_course_completions",
    "withdraw",
]

logger = logging.getLogger(__name__)

BLOCK_ID = re.compile(r"^(?:b-)?([A-Za-z0-9-]{1,62})$")


# --- Reading ------------------------------------------------------------------------------------------------------


def outline(course_key: UUID) -> Outline | None:
    """The live course as it stands now (both languages, cached); none when it is not live."""
    return outline_of(course_key)


def outline_with(lesson_key: UUID) -> Outline | None:
    """The live course that holds this live lesson; none when either is not live."""
    course_key = course_key_of(lesson_key)
    plan = outline_of(course_key) if course_key else None
    return plan if plan and plan.lesson(lesson_key) else None


def index_page(language: str) -> CourseIndexPage | None:
    """The live catalogue page in `language`, else in any language."""
    pages = CourseIndexPage.objects.live().select_related("locale").order_by("path")
    return pages.filter(locale__language_code=language).first() or pages.first()


def catalogue() -> list[Outline]:
    """Every live course, newest first."""
    keys = live_course_keys()
    found = outlines_of(keys)
    return [found[key] for key in keys if key in found]


def current_enrollment(learner: User, course_key: UUID) -> Enrollment | None:
    """The enrollment that counts: the running one, else the last finished one. Withdrawn ones do not count."""
    return (
        Enrollment.objects.filter(learner=learner, course_key=course_key)
        .exclude(state=Enrollment.State.WITHDRAWN)
        .select_related("place")
        .order_by("state", "-enrolled_at", "-pk")  # "active" comes before "completed"
        .first()
    )


def standing_of(learner: User, course_key: UUID) -> tuple[Enrollment | None, frozenset[UUID]]:
    """The enrollment that counts and the lessons done in it, by one query: every lesson page asks."""
    done = FilteredRelation("lesson_completions", condition=Q(lesson_completions__reversed_at=None))
    rows = list(
        Enrollment.objects.filter(learner=learner, course_key=course_key)
        .exclude(state=Enrollment.State.WITHDRAWN)
        .select_related("place")
        .annotate(standing=done, done_key=F("standing__lesson_key"))
        .order_by("state", "-enrolled_at", "-pk")
    )
    if not rows:
        return None, frozenset()
    first = rows[0]
    return first, frozenset(row.done_key for row in rows if row.pk == first.pk and row.done_key)


def last_attempt(enrollment: Enrollment, lesson_key: UUID) -> Attempt | None:
    """The newest attempt at the quiz of a lesson, whatever came of it."""
    return (
        Attempt.objects.filter(lesson_attempt__enrollment=enrollment, lesson_attempt__lesson_key=lesson_key)
        .select_related("quiz")
        .order_by("-number")
        .first()
    )


def are_marks_told(attempt: Attempt) -> bool:
    """Whether the learner may know the marks of her attempt by now."""
    return marks_are_told(attempt)


def may_try(enrollment: Enrollment, quiz_id: int | None, last: Attempt | None) -> bool:
    """Whether the learner may start the quiz, or go on with an open attempt. Not while a person reads the last one."""
    if quiz_id is None or (last is not None and last.is_waiting):
        return False
    if last is not None and last.is_open:
        return True
    return tries_left(enrollment.learner, Quiz.objects.get(pk=quiz_id)) != 0


def done_lessons(enrollment: Enrollment) -> frozenset[UUID]:
    """Keys of the lessons done in this enrollment."""
    rows = LessonCompletion.objects.filter(enrollment=enrollment, reversed_at=None)
    return frozenset(rows.values_list("lesson_key", flat=True))


def courses_of(learner: User) -> list[CourseProgress]:
    """The courses a person takes or took, one line a course: running ones first, then the newest.

    A course that is no longer live is shown by the title it was finished under, or left out when it never was.
    """
    language = get_language() or learner.language
    enrollments = list(
        Enrollment.objects.filter(learner=learner)
        .exclude(state=Enrollment.State.WITHDRAWN)
        .order_by("state", "-enrolled_at", "-pk")
    )
    latest: dict[UUID, Enrollment] = {}
    for enrollment in enrollments:
        latest.setdefault(enrollment.course_key, enrollment)
    if not latest:
        return []
    done: dict[int, set[UUID]] = {}
    for enrollment_id, key in LessonCompletion.objects.filter(
        enrollment__in=[enrollment.pk for enrollment in latest.values()], reversed_at=None
    ).values_list("enrollment_id", "lesson_key"):
        done.setdefault(enrollment_id, set()).add(key)
    completions = {
        completion.enrollment_id: completion
        for completion in CourseCompletion.objects.filter(learner=learner, reversed_at=None)
    }
    outlines = outlines_of(latest)
    lines = [
        _progress(
            enrollment,
            outlines.get(enrollment.course_key),
            done.get(enrollment.pk, set()),
            completions.get(enrollment.pk),
            language,
        )
        for enrollment in latest.values()
    ]
    return [line for line in lines if line is not None]


def _progress(
    enrollment: Enrollment,
    plan: Outline | None,
    done: set[UUID],
    completion: CourseCompletion | None,
    language: str,
) -> CourseProgress | None:
    if plan is None:
        if completion is None:
            return None
        return CourseProgress(
            course_key=enrollment.course_key,
            titles=Translated(completion.course_title),
            state=enrollment.state,
            path="",
            done=len(done),
            total=len(done),
            minutes=completion.contact_minutes,
            minutes_left=0,
            next_lesson=None,
            next_number=None,
            enrolled_at=enrollment.enrolled_at,
            completed_at=completion.completed_at,
        )
    is_running = enrollment.state == Enrollment.State.ACTIVE
    upcoming = rules.next_lesson(plan, done) if is_running else None
    return CourseProgress(
        course_key=enrollment.course_key,
        titles=plan.titles,
        state=enrollment.state,
        path=in_language(plan.paths, language),
        done=rules.done_count(plan, done),
        total=len(plan.lessons),
        minutes=plan.minutes,
        minutes_left=rules.minutes_left(plan, done) if is_running else 0,
        next_lesson=upcoming,
        next_number=plan.lessons.index(upcoming) + 1 if upcoming else None,
        enrolled_at=enrollment.enrolled_at,
        completed_at=completion.completed_at if completion else None,
    )


def resume_path(learner: User, course_key: UUID) -> str:
    """Where "Continue" leads: the lesson and block where the learner stopped, in the active language.

    A lesson that is done gives way to the next undone one; with nothing left to do it is the course itself.
    Raises CourseUnknown and NotEnrolled.
    """
    plan = _plan(course_key)
    enrollment = current_enrollment(learner, course_key)
    if enrollment is None:
        raise NotEnrolled(_("You are not enrolled in this course yet."))
    language = get_language() or learner.language
    done = done_lessons(enrollment)
    place = getattr(enrollment, "place", None)
    if place and place.lesson_key not in done:
        lesson = plan.lesson(place.lesson_key)
        if lesson and rules.blocking_lesson(plan, done, lesson.key) is None:
            anchor = f"#b-{place.block_id}" if place.block_id else ""
            return in_language(lesson.paths, language) + anchor
    upcoming = rules.next_lesson(plan, done)
    return in_language(upcoming.paths if upcoming else plan.paths, language)


# --- Enrolling ----------------------------------------------------------------------------------------------------


def enroll(learner: User, course_key: UUID, *, now: datetime | None = None) -> Enrollment:
    """Let `learner` take the course; the running enrollment if there is one, else the finished one.

    A finished course is not started anew: the same minutes would be credited twice in one cycle, which no board allows
    without saying so. Raises CourseUnknown.
    """
    _plan(course_key)
    if (standing := current_enrollment(learner, course_key)) is not None:
        return standing
    with transaction.atomic():
        enrollment, _created = Enrollment.objects.get_or_create(
            learner=learner,
            course_key=course_key,
            state=Enrollment.State.ACTIVE,
            defaults={"enrolled_at": now or timezone.now()},
        )
    return enrollment


def withdraw(enrollment: Enrollment, *, now: datetime | None = None) -> Enrollment:
    """End a running enrollment; what was done stays on record. Twice is once. Raises NotEnrolled once it is completed.

    Enrolling again is a new start, and lessons done before count for that earlier start only.
    """
    with transaction.atomic():
        Enrollment.objects.filter(pk=enrollment.pk, state=Enrollment.State.ACTIVE).update(
            state=Enrollment.State.WITHDRAWN, ended_at=now or timezone.now()
        )
    enrollment.refresh_from_db()
    if enrollment.state == Enrollment.State.COMPLETED:
        raise NotEnrolled(_("You have finished this course already. What you earned stays yours."))
    return enrollment


def save_place(enrollment: Enrollment, lesson_key: UUID, block_id: str, *, now: datetime | None = None) -> None:
    """Remember where the learner reads: a bookmark, the last one wins. A block id of another shape is left out.

    Raises NotEnrolled and CourseUnknown.
    """
    _lesson(_plan(enrollment.course_key), lesson_key)
    if enrollment.state == Enrollment.State.WITHDRAWN:
        raise NotEnrolled(_("You are not enrolled in this course any more."))
    match, now = BLOCK_ID.match(block_id), now or timezone.now()
    values = {
        "lesson_key": lesson_key,
        "block_id": match.group(1).removeprefix("b-") if match else "",
        "updated_at": now,
    }
    with transaction.atomic():
        Place.objects.update_or_create(enrollment=enrollment, defaults=values)
        see(enrollment, lesson_key, now=now)


# --- Finishing ----------------------------------------------------------------------------------------------------


def complete_lesson(
    enrollment: Enrollment, lesson_key: UUID, *, language: str, now: datetime | None = None
) -> LessonCompletion:
    """Mark a lesson as done, and the course with it when it was the last one. Twice is once.

    Raises NotEnrolled, CourseUnknown, LessonLocked, and QuizDecides for a lesson with a quiz.
    """
    plan = _plan(enrollment.course_key)
    lesson = _lesson(plan, lesson_key)
    if lesson.has_quiz:
        raise QuizDecides(_("This lesson ends with a quiz. It is done when you pass the quiz."))
    now = now or timezone.now()
    with transaction.atomic():
        locked = _lock(enrollment)
        _refuse_withdrawn(locked)
        _refuse_locked(plan, locked, lesson)
        see(locked, lesson_key, now=now)
        done = _complete(locked, lesson_key, at=now)
        _complete_course(locked, plan, language=language)
    enrollment.refresh_from_db()
    return done


def start_lesson_attempt(
    enrollment: Enrollment, lesson_key: UUID, *, language: str | None = None, now: datetime | None = None
) -> Attempt:
    """Start the quiz of a lesson, or go on with the open attempt.

    Raises NotEnrolled, CourseUnknown, LessonLocked, NoQuiz, and quizzes' AttemptLimitReached.
    """
    plan = _plan(enrollment.course_key)
    lesson = _lesson(plan, lesson_key)
    if lesson.quiz_id is None:
        raise NoQuiz(_("This lesson has no quiz."))
    language = language or get_language() or enrollment.learner.language
    with transaction.atomic():
        locked = _lock(enrollment)
        _refuse_withdrawn(locked)
        _refuse_locked(plan, locked, lesson)
        attempt = start_attempt(locked.learner, Quiz.objects.get(pk=lesson.quiz_id), language=language, now=now)
        link, created = LessonAttempt.objects.get_or_create(
            attempt=attempt, defaults={"enrollment": locked, "lesson_key": lesson_key, "language": language}
        )
        if not created:
            # An open attempt has counted for nothing yet. One left over from an earlier enrollment, or from another
            # lesson with the same quiz, goes on for the lesson it is opened from now.
            LessonAttempt.objects.filter(pk=link.pk, attempt__state=Attempt.State.OPEN).update(
                enrollment=locked, lesson_key=lesson_key, language=language
            )
    return attempt


def opening_of_quiz(enrollment: Enrollment, lesson_key: UUID, *, language: str) -> Opening | None:
    """What is said before the quiz of the lesson is started; None where it starts at once. Writes nothing.

    Raises NotEnrolled, CourseUnknown, LessonLocked and NoQuiz.
    """
    plan = _plan(enrollment.course_key)
    lesson = _lesson(plan, lesson_key)
    if lesson.quiz_id is None:
        raise NoQuiz(_("This lesson has no quiz."))
    _refuse_withdrawn(enrollment)
    _refuse_locked(plan, enrollment, lesson)
    return opening_of(Quiz.objects.get(pk=lesson.quiz_id), enrollment.learner, language=language)


def record_attempt_result(attempt_id: int) -> LessonCompletion | None:
    """A graded attempt that passed finishes its lesson, if it is one that counts; one whose pass was taken away gives
    it back; any other leaves things as they are. Twice is once. Returns what was finished or reversed.

    The lesson counts as done from the moment the answers were sent, however late this is called.
    """
    link = LessonAttempt.objects.filter(attempt_id=attempt_id).select_related("enrollment__learner").first()
    if link is None:
        return None
    plan = outline_of(link.enrollment.course_key)
    with transaction.atomic():
        locked = _lock(link.enrollment)
        # Read under the lock: a voiding that comes first is seen here, one that comes later finds the completion.
        attempt = Attempt.objects.select_related("quiz").get(pk=attempt_id)
        if attempt.state != Attempt.State.GRADED or attempt.submitted_at is None:
            return None
        if not attempt.is_passed:
            return _take_back(locked, link.lesson_key, attempt, since=attempt.submitted_at)
        if not earns(attempt):
            return None
        if locked.state == Enrollment.State.WITHDRAWN:
            return None
        done = _complete(locked, link.lesson_key, at=attempt.submitted_at)
        if plan:
            _complete_course(locked, plan, language=link.language or link.enrollment.learner.language)
    return done


def reverse_completion(attempt_id: int) -> LessonCompletion | None:
    """Take back the lesson that a voided attempt had finished, and the course with it. Twice is once.

    Another attempt that passed keeps the lesson. The person and the reason are those of the voiding. The enrollment
    runs again, so that the quiz can be taken anew.
    """
    link = LessonAttempt.objects.filter(attempt_id=attempt_id).select_related("enrollment").first()
    if link is None:
        return None
    with transaction.atomic():
        locked = _lock(link.enrollment)
        attempt = Attempt.objects.get(pk=attempt_id)
        if attempt.state != Attempt.State.VOIDED:
            return None
        stamp = {
            "reversed_at": attempt.voided_at,
            "reversed_by": attempt.voided_by,
            "reversal_reason": attempt.void_reason,
        }
        return _reverse_lesson(locked, link.lesson_key, stamp)


def follow_reopened(attempt_id: int) -> LessonAttempt | None:
    """Let an attempt that was given back count for the lesson of the one before it. Twice is once."""
    before = (
        LessonAttempt.objects.filter(attempt__reopened_as=attempt_id)
        .select_related("enrollment")
        .order_by("pk")
        .first()
    )
    if before is None:
        return None
    with transaction.atomic():
        link, _created = LessonAttempt.objects.get_or_create(
            attempt_id=attempt_id,
            defaults={
                "enrollment": before.enrollment,
                "lesson_key": before.lesson_key,
                "language": before.language,
            },
        )
    return link


def _take_back(
    enrollment: Enrollment, lesson_key: UUID, attempt: Attempt, *, since: datetime
) -> LessonCompletion | None:
    """Reverse the lesson of an attempt that had passed and was graded lower by a named person who said that this may
    be. What was finished before the attempt was sent was not finished by it."""
    lost = Grading.objects.filter(attempt=attempt, is_passed=True).exists()
    last = Grading.objects.filter(attempt=attempt, number=attempt.grading_number).first()
    if lost and last is not None and last.actor_id:
        stamp = {"reversed_at": last.at, "reversed_by": last.actor, "reversal_reason": last.reason}
        return _reverse_lesson(enrollment, lesson_key, stamp, since=since)
    return None


def _reverse_lesson(
    enrollment: Enrollment, lesson_key: UUID, stamp: dict, *, since: datetime | None = None
) -> LessonCompletion | None:
    """Reverse the lesson (finished at `since` or later, where that is said) unless another one that counts keeps it."""
    passed = Attempt.objects.filter(
        lesson_attempt__enrollment=enrollment,
        lesson_attempt__lesson_key=lesson_key,
        state=Attempt.State.GRADED,
        is_passed=True,
    ).select_related("quiz")
    standing = LessonCompletion.objects.filter(enrollment=enrollment, lesson_key=lesson_key, reversed_at=None)
    done = standing.filter(completed_at__gte=since).first() if since else standing.first()
    if done is None or any(earns(other) for other in passed):
        return None
    if not LessonCompletion.objects.filter(pk=done.pk, reversed_at=None).update(**stamp):
        return None
    _reverse_course(enrollment, done, stamp)
    done.refresh_from_db()
    return done


def _reverse_course(enrollment: Enrollment, lesson: LessonCompletion, stamp: dict) -> None:
    """Reverse the course that counted this lesson. A lesson that was added after the course was finished did not."""
    course = CourseCompletion.objects.filter(
        enrollment=enrollment, reversed_at=None, completed_at__gte=lesson.completed_at
    ).first()
    if course is None or not CourseCompletion.objects.filter(pk=course.pk, reversed_at=None).update(**stamp):
        return
    transaction.on_commit(
        partial(completion_reversed.send_robust, sender=CourseCompletion, completion_id=course.pk), robust=True
    )
    try:
        with transaction.atomic():
            Enrollment.objects.filter(pk=enrollment.pk).update(state=Enrollment.State.ACTIVE, ended_at=None)
    except IntegrityError:
        # The learner has started the course anew meanwhile: that one runs, this one is over.
        Enrollment.objects.filter(pk=enrollment.pk).update(
            state=Enrollment.State.WITHDRAWN, ended_at=stamp["reversed_at"]
        )


def _plan(course_key: UUID) -> Outline:
    plan = outline_of(course_key)
    if plan is None:
        raise CourseUnknown(_("This course is not open at the moment."))
    return plan


def _lesson(plan: Outline, lesson_key: UUID) -> LessonOutline:
    lesson = plan.lesson(lesson_key)
    if lesson is None:
        raise CourseUnknown(_("This lesson is no longer part of the course."))
    return lesson


def _lock(enrollment: Enrollment) -> Enrollment:
    return Enrollment.objects.select_for_update(of=("self",)).select_related("learner").get(pk=enrollment.pk)


def _refuse_withdrawn(enrollment: Enrollment) -> None:
    if enrollment.state == Enrollment.State.WITHDRAWN:
        raise NotEnrolled(_("You are not enrolled in this course any more. Enroll again to go on."))


def _refuse_locked(plan: Outline, enrollment: Enrollment, lesson: LessonOutline) -> None:
    first = rules.blocking_lesson(plan, done_lessons(enrollment), lesson.key)
    if first is not None:
        raise LessonLocked(
            _("This lesson opens when you finish “%(title)s”.") % {"title": first.titles}, first_key=first.key
        )


def _complete(enrollment: Enrollment, lesson_key: UUID, *, at: datetime) -> LessonCompletion:
    done, _created = LessonCompletion.objects.get_or_create(
        enrollment=enrollment, lesson_key=lesson_key, reversed_at=None, defaults={"completed_at": at}
    )
    return done


def _complete_course(enrollment: Enrollment, plan: Outline, *, language: str) -> CourseCompletion | None:
    """Write the completion when all is done and none stands yet. Called in the transaction of the last lesson."""
    if enrollment.state != Enrollment.State.ACTIVE:
        return None
    rows = LessonCompletion.objects.filter(enrollment=enrollment, reversed_at=None)
    done = dict(rows.values_list("lesson_key", "completed_at"))
    if not rules.is_complete(plan, done):
        return None
    if not plan.adds_up:
        # The gate of publishing lets no such course through; a lesson may have been unpublished since. The lesson
        # stays done, and the sweep finishes the course once its minutes are mended.
        logger.error("Course %s is done by enrollment %s but its minutes do not add up.", plan.key, enrollment.pk)
        return None
    # The day of a completion is the day of the work, not the day somebody noticed.
    completed_at = max(done[lesson.key] for lesson in plan.lessons)
    try:
        with transaction.atomic():
            completion = CourseCompletion.objects.create(
                enrollment=enrollment,
                learner_id=enrollment.learner_id,
                course_key=plan.key,
                completed_at=completed_at,
                course_title=Translated(plan.titles),
                course_revision=plan.revision[:64],
                language=language,
                contact_minutes=plan.minutes,
            )
    except IntegrityError:
        return None  # another request wrote it
    CompletionShare.objects.bulk_create(
        CompletionShare(completion=completion, competency_id=share.competency_id, minutes=share.minutes)
        for share in plan.shares
    )
    Enrollment.objects.filter(pk=enrollment.pk, state=Enrollment.State.ACTIVE).update(
        state=Enrollment.State.COMPLETED, ended_at=completed_at
    )
    transaction.on_commit(
        partial(course_completed.send_robust, sender=CourseCompletion, completion_id=completion.pk), robust=True
    )
    return completion


# --- Sweeping -----------------------------------------------------------------------------------------------------


def sweep_attempt_results() -> int:
    """Record graded attempts whose doorbell was not heard, and take back what voided ones left. Returns how many."""
    alone = Attempt.objects.filter(reopened_from__lesson_attempt__isnull=False, lesson_attempt=None)
    for pk in alone.values_list("pk", flat=True):
        follow_reopened(pk)
    done = LessonCompletion.objects.filter(
        enrollment=OuterRef("enrollment"), lesson_key=OuterRef("lesson_key"), reversed_at=None
    )
    links = LessonAttempt.objects.annotate(is_done=Exists(done)).order_by("attempt_id")
    unheard: QuerySet[LessonAttempt] = links.filter(
        Q(attempt__state=Attempt.State.GRADED, attempt__is_passed=True, is_done=False)
        & ~Q(enrollment__state=Enrollment.State.WITHDRAWN)
    )
    count = sum(record_attempt_result(pk) is not None for pk in unheard.values_list("attempt_id", flat=True))
    # A pass that was taken away: its lesson was finished when it was sent, or later.
    lost = links.filter(
        Exists(Grading.objects.filter(attempt=OuterRef("attempt"), is_passed=True)),
        Exists(done.filter(completed_at__gte=OuterRef("attempt__submitted_at"))),
        attempt__state=Attempt.State.GRADED,
        attempt__is_passed=False,
    )
    count += sum(record_attempt_result(pk) is not None for pk in lost.values_list("attempt_id", flat=True))
    voided = links.filter(attempt__state=Attempt.State.VOIDED, is_done=True)
    return count + sum(reverse_completion(pk) is not None for pk in voided.values_list("attempt_id", flat=True))


def sweep_course_completions() -> int:
    """Finish courses whose lessons are all done and that no completion tells of. Returns how many."""
    count = 0
    running = Enrollment.objects.filter(state=Enrollment.State.ACTIVE, lesson_completions__reversed_at=None)
    for enrollment in running.filter(lesson_completions__isnull=False).distinct().select_related("learner"):
        plan = outline_of(enrollment.course_key)
        if plan is None:
            continue
        with transaction.atomic():
            locked = _lock(enrollment)
            count += _complete_course(locked, plan, language=locked.learner.language) is not None
    return count
