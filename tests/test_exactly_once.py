"""The whole way from "Send my answers" to the certificate, sixteen times at once for each of a hundred learners.

Nothing is stood in for: submitting rings, the lesson and the course are finished, hours are credited, a certificate is
drawn and issued, all by the receivers that the site runs with.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Count, Sum
from wagtail.models import Locale, Page

from certificates.models import Certificate, LedgerEntry
from courses.models import CourseCompletion, LessonCompletion
from courses.services import enroll, start_lesson_attempt
from quizzes.items import right_response
from quizzes.models import Attempt, AttemptItem, ItemVersion
from quizzes.services import save_response, submit_attempt
from tests.factories.certificates import SignatoryFactory
from tests.factories.courses import make_course, make_site
from tests.factories.people import UserFactory

LEARNERS, AT_ONCE = 100, 16


def answered_attempt(course, number: int) -> Attempt:
    """An open attempt of a new learner with every answer right, ready to be sent."""
    learner = UserFactory(printed_name=f"Learner Number{number}")
    attempt = start_lesson_attempt(enroll(learner, course.key), course.lesson_keys[0], language="es")
    for item in AttemptItem.objects.filter(attempt=attempt):
        right = right_response(ItemVersion.objects.get(pk=item.version_id).spec)
        save_response(attempt, item.position, right, revision=1)
    return attempt


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_credit_and_one_certificate_for_100_learners_under_16_parallel_submits():
    if not Page.objects.filter(depth=1).exists():
        # The flush of an earlier transactional test took them.
        locale, _created = Locale.objects.get_or_create(language_code="en")
        Page.add_root(title="Root", slug="root", locale=locale)
    course = make_course(make_site(), modules=1, lessons=1, with_quiz=True)
    SignatoryFactory()
    attempts = [answered_attempt(course, number) for number in range(LEARNERS)]
    gate = Barrier(AT_ONCE)

    def submit(pk: int) -> tuple[str, int | None]:
        try:
            gate.wait(timeout=60)  # before any query: the pool holds fewer connections than there are threads
            graded = submit_attempt(Attempt.objects.get(pk=pk))
            return graded.state, graded.marks
        finally:
            connection.close()

    for attempt in attempts:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = {future.result() for future in [pool.submit(submit, attempt.pk) for _n in range(AT_ONCE)]}
        assert answers == {("graded", 200)}

    once_each = {"rows": LEARNERS, "people": LEARNERS}
    assert LessonCompletion.objects.count() == LEARNERS
    assert CourseCompletion.objects.aggregate(rows=Count("pk"), people=Count("learner", distinct=True)) == once_each
    assert LedgerEntry.objects.aggregate(rows=Count("pk"), people=Count("learner", distinct=True)) == once_each
    assert LedgerEntry.objects.aggregate(sum=Sum("minutes"))["sum"] == 5 * LEARNERS
    assert Certificate.objects.aggregate(rows=Count("pk"), people=Count("recipient", distinct=True)) == once_each
