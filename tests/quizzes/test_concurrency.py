"""Sixteen at once, in real threads against the real database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from quizzes import services
from quizzes.errors import AttemptClosed
from quizzes.models import Attempt, AttemptItem, Item, ItemVersion, Response
from quizzes.signals import attempt_graded
from tests.factories.people import UserFactory
from tests.factories.quizzes import keys, plain_quiz

THREADS = 16

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(act, count=THREADS):
    """Results of `act(n)` for n in 0..count-1, all started in the same moment; errors of the app as results."""
    barrier = Barrier(count)

    def run(number):
        barrier.wait(timeout=30)
        try:
            return act(number)
        except AttemptClosed as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def rung():
    heard = []

    def hear(sender, attempt_id, **kwargs):
        heard.append(attempt_id)

    attempt_graded.connect(hear)
    yield heard
    attempt_graded.disconnect(hear)


def test_start_from_many_devices_opens_one_attempt(learner):
    quiz = plain_quiz(4, draw_count=3)

    started = at_once(lambda _: services.start_attempt(learner, quiz).pk)

    assert len(set(started)) == 1
    assert Attempt.objects.count() == 1
    assert AttemptItem.objects.count() == 3


def test_start_by_many_learners_writes_each_version_once(db):
    quiz = plain_quiz(4)
    learners = UserFactory.create_batch(THREADS)

    started = at_once(lambda number: services.start_attempt(learners[number], quiz).pk)

    assert len(set(started)) == THREADS
    assert ItemVersion.objects.count() == Item.objects.count() == 4
    assert AttemptItem.objects.count() == 4 * THREADS


def test_submit_from_many_devices_grades_and_rings_once(learner, rung):
    attempt = services.start_attempt(learner, plain_quiz(3))
    for row in attempt.attempt_items.select_related("version__item"):
        services.save_response(attempt, row.position, keys(row.version.item, "right"), revision=1)

    graded = at_once(lambda _: services.submit_attempt(attempt))

    assert {(one.pk, one.state, one.marks, one.submitted_at) for one in graded} == {
        (attempt.pk, "graded", 300, graded[0].submitted_at)
    }
    assert rung == [attempt.pk]


def test_save_from_many_devices_keeps_the_newest(learner):
    attempt = services.start_attempt(learner, plain_quiz(1))
    offer = keys(Item.objects.get(), "right", "wrong", "worse")

    at_once(lambda number: services.save_response(attempt, 1, [offer[number % 3]], revision=number + 1))

    response = Response.objects.get()
    assert (response.revision, response.value) == (THREADS, [offer[(THREADS - 1) % 3]])


def test_answers_that_race_the_submission_are_graded_or_refused(learner):
    """Whatever was acknowledged counts: the marks agree with the answers that stand."""
    attempt = services.start_attempt(learner, plain_quiz(THREADS - 1))
    rows = {row.position: row for row in attempt.attempt_items.select_related("version__item")}

    def act(number):
        if number == 0:
            return services.submit_attempt(attempt)
        return services.save_response(attempt, number, keys(rows[number].version.item, "right"), revision=1)

    outcome = at_once(act)

    graded = Attempt.objects.get()
    acknowledged = sum(isinstance(result, Response) for result in outcome)
    assert graded.state == "graded"
    assert (
        graded.marks
        == acknowledged * 100
        == 100 * Response.objects.filter(marks=100).count()
        == 100 * Response.objects.count()
    )
    assert sum(isinstance(result, AttemptClosed) for result in outcome) == THREADS - 1 - acknowledged
