"""Every constraint of the records, provoked."""

import pytest
from django.db import IntegrityError, transaction

from courses.models import CompletionShare, CourseCompletion, Enrollment, LessonCompletion, ModuleCompetency, Place
from curriculum.fields import Translated
from tests.factories.courses import make_competency
from tests.factories.people import UserFactory


@pytest.fixture
def completion(enrollment, learner, now):
    return CourseCompletion.objects.create(**completion_values(enrollment, learner, now))


def completion_values(enrollment, learner, now, **changes):
    return {
        "enrollment": enrollment,
        "learner": learner,
        "course_key": enrollment.course_key,
        "completed_at": now,
        "course_title": Translated({"en": "Course"}),
        "course_revision": "en:1",
        "language": "en",
        "contact_minutes": 20,
        **changes,
    }


def refused(name):
    """The database refuses, and says why: PostgreSQL by the constraint's name, SQLite by name or columns."""
    return pytest.raises(IntegrityError, match=name)


def test_one_active_enrollment_a_course(enrollment, learner):
    with refused("enrollment_one_active_per_course|courses_enrollment.course_key"), transaction.atomic():
        Enrollment.objects.create(learner=learner, course_key=enrollment.course_key)

    Enrollment.objects.create(
        learner=learner, course_key=enrollment.course_key, state="withdrawn", ended_at=enrollment.enrolled_at
    )


@pytest.mark.parametrize(("state", "has_end"), [("active", True), ("completed", False), ("withdrawn", False)])
def test_state_and_end_of_an_enrollment_agree(enrollment, now, state, has_end):
    with refused("enrollment_state_and_end_agree"), transaction.atomic():
        Enrollment.objects.filter(pk=enrollment.pk).update(state=state, ended_at=now if has_end else None)


def test_one_place_an_enrollment(enrollment, course, now):
    values = {"enrollment": enrollment, "lesson_key": course.lesson_keys[0], "updated_at": now}
    Place.objects.create(**values)

    with refused("enrollment_id"), transaction.atomic():
        Place.objects.create(**values)


def test_one_standing_lesson_completion(enrollment, course, now):
    values = {"enrollment": enrollment, "lesson_key": course.lesson_keys[0], "completed_at": now}
    first = LessonCompletion.objects.create(**values)
    with refused("lessoncompletion_one_standing|lesson_key"), transaction.atomic():
        LessonCompletion.objects.create(**values)

    LessonCompletion.objects.filter(pk=first.pk).update(
        reversed_at=now, reversed_by=UserFactory(), reversal_reason="Void."
    )
    LessonCompletion.objects.create(**values)


def test_one_standing_course_completion(completion, enrollment, learner, now):
    with refused("coursecompletion_one_standing|enrollment_id"), transaction.atomic():
        CourseCompletion.objects.create(**completion_values(enrollment, learner, now))


def test_course_completion_has_minutes(enrollment, learner, now):
    with refused("coursecompletion_has_minutes"), transaction.atomic():
        CourseCompletion.objects.create(**completion_values(enrollment, learner, now, contact_minutes=0))


REVERSALS = [(True, False, ""), (True, True, ""), (False, True, ""), (False, False, "Why"), (True, False, "Why")]


@pytest.mark.parametrize(("has_time", "has_person", "reason"), REVERSALS)
def test_reversal_of_a_course_is_whole(completion, stranger, now, has_time, has_person, reason):
    with refused("coursecompletion_reversal_is_whole"), transaction.atomic():
        CourseCompletion.objects.filter(pk=completion.pk).update(
            reversed_at=now if has_time else None,
            reversed_by=stranger if has_person else None,
            reversal_reason=reason,
        )


@pytest.mark.parametrize(("has_time", "has_person", "reason"), REVERSALS)
def test_reversal_of_a_lesson_is_whole(enrollment, course, stranger, now, has_time, has_person, reason):
    done = LessonCompletion.objects.create(enrollment=enrollment, lesson_key=course.lesson_keys[0], completed_at=now)

    with refused("lessoncompletion_reversal_is_whole"), transaction.atomic():
        LessonCompletion.objects.filter(pk=done.pk).update(
            reversed_at=now if has_time else None,
            reversed_by=stranger if has_person else None,
            reversal_reason=reason,
        )


def test_share_once_a_competency_and_with_minutes(completion):
    competency = make_competency()
    CompletionShare.objects.create(completion=completion, competency=competency, minutes=20)

    with refused("completionshare_once_per_competency|competency_id"), transaction.atomic():
        CompletionShare.objects.create(completion=completion, competency=competency, minutes=1)
    with refused("completionshare_has_minutes"), transaction.atomic():
        CompletionShare.objects.create(completion=completion, competency=make_competency("T-9"), minutes=0)


def test_competency_once_a_module_and_with_minutes(course):
    module = course.modules["en"][0]

    with refused("modulecompetency_once_per_module|competency_id"), transaction.atomic():
        ModuleCompetency.objects.create(module=module, competency=make_competency(), minutes=1)
    with refused("modulecompetency_has_minutes"), transaction.atomic():
        ModuleCompetency.objects.create(module=module, competency=make_competency("T-9"), minutes=0)
