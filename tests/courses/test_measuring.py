"""Time that the site saw: gaps between signs of life, none above ten minutes, no second twice."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from courses.measuring import LONGEST_GAP, gap_that_counts, see
from courses.models import CourseCompletion, Enrollment, MeasuredTime
from courses.services import complete_lesson, enroll, save_place
from tests.factories.courses import make_course, make_site

pytestmark = pytest.mark.django_db
ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def enrollment(learner):
    return Enrollment.objects.create(learner=learner, course_key=uuid4())


def seen(enrollment) -> dict[UUID, int]:
    return dict(MeasuredTime.objects.filter(enrollment=enrollment).values_list("lesson_key", "seconds"))


@pytest.mark.parametrize(
    ("gap", "counts"),
    [
        (timedelta(seconds=1), 1),
        (LONGEST_GAP, 600),
        (LONGEST_GAP + timedelta(seconds=1), 0),
        (timedelta(days=1), 0),
        (timedelta(), 0),
        (timedelta(seconds=-5), 0),
    ],
)
def test_gap_that_counts(now, gap, counts):
    assert gap_that_counts(now, now + gap) == counts


def test_signs_of_life_add_up_and_a_pause_does_not(enrollment, now):
    for seconds in (0, 60, 120, 3720, 3780):
        see(enrollment, ONE, now=now + timedelta(seconds=seconds))

    assert seen(enrollment) == {ONE: 180}


def test_time_belongs_to_the_lesson_that_was_open(enrollment, now):
    for seconds, lesson in ((0, ONE), (100, OTHER), (130, OTHER), (150, ONE), (160, ONE)):
        see(enrollment, lesson, now=now + timedelta(seconds=seconds))

    assert seen(enrollment) == {ONE: 110, OTHER: 50}


def test_same_sign_twice_and_two_devices_count_no_second_twice(enrollment, now):
    for seconds in (0, 60, 60, 30, 90):
        see(enrollment, ONE, now=now + timedelta(seconds=seconds))

    assert seen(enrollment) == {ONE: 90}
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasuredTime.objects.create(enrollment=enrollment, lesson_key=ONE, last_seen_at=now)


def test_reading_and_finishing_are_seen_and_award_nothing_of_their_own(learner, now):
    course = make_course(make_site(), modules=1, lessons=2)
    enrollment = enroll(learner, course.key, now=now)
    first, second = course.lesson_keys

    save_place(enrollment, first, "", now=now)
    save_place(enrollment, first, "", now=now + timedelta(minutes=3))
    complete_lesson(enrollment, first, language="en", now=now + timedelta(minutes=4))
    complete_lesson(enrollment, second, language="en", now=now + timedelta(minutes=6))

    assert seen(enrollment) == {first: 360, second: 0}
    # The author's figure, whatever was measured.
    awarded = CourseCompletion.objects.get().contact_minutes
    assert awarded != sum(seen(enrollment).values()) // 60
    MeasuredTime.objects.update(seconds=999_999)
    assert CourseCompletion.objects.get().contact_minutes == awarded
