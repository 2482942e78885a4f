"""Many at once: exactly one of everything. Real threads, real transactions, a database file."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from courses import services
from courses.models import CourseCompletion, Enrollment, LessonCompletion
from tests.factories.courses import make_course, make_site
from tests.factories.people import UserFactory

THREADS = 8

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site_course():
    from wagtail.models import Locale, Page  # noqa: PLC0415 - a flushed database has neither root nor language

    locale, _created = Locale.objects.get_or_create(language_code="en")
    if Page.get_first_root_node() is None:
        Page.add_root(title="Root", slug="root", locale=locale)
    return make_course(make_site(), is_sequential=False, modules=1, lessons=4)


def at_once(works):
    """Run each work in a thread of its own, all let go in the same moment; raises what any of them raised."""
    barrier = Barrier(len(works))

    def run(work):
        try:
            barrier.wait(timeout=30)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


def test_enrolling_many_times_at_once_is_one_enrollment(site_course, now):
    learner = UserFactory()

    found = at_once([lambda: services.enroll(learner, site_course.key, now=now)] * THREADS)

    assert len({enrollment.pk for enrollment in found}) == 1
    assert Enrollment.objects.count() == 1


def test_last_lessons_finished_at_once_complete_the_course_once(site_course, now):
    enrollment = services.enroll(UserFactory(), site_course.key, now=now)
    keys = site_course.lesson_keys * 2  # each of four lessons twice

    at_once([lambda key=key: services.complete_lesson(enrollment, key, language="en", now=now) for key in keys])

    assert LessonCompletion.objects.count() == 4
    completion = CourseCompletion.objects.get()
    assert completion.contact_minutes == 20
    assert completion.shares.count() == 1
    enrollment.refresh_from_db()
    assert enrollment.state == Enrollment.State.COMPLETED
