"""What the tests of courses share: a site, a course of two modules with two lessons, and Rosa enrolled in it."""

import pytest
from django.utils import translation

from courses.services import enroll
from tests.factories.courses import make_course, make_site


@pytest.fixture(autouse=True)
def english():
    """A request leaves its language behind in the thread; each test begins in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def indexes(db):
    return make_site()


@pytest.fixture
def course(indexes):
    return make_course(indexes)


@pytest.fixture
def quiz_course(indexes):
    return make_course(indexes, code="quizzed", with_quiz=True)


@pytest.fixture
def enrollment(course, learner, now):
    return enroll(learner, course.key, now=now)
