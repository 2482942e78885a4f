"""Markers, regrades, voidings and learners in the same moment, in real threads against the real database."""

import pytest

from quizzes import services
from quizzes.errors import QuizError
from quizzes.models import Attempt, Grading, Item, Marking, MarkingTask, Response
from tests.factories.people import UserFactory
from tests.factories.quizzes import essay_quiz, plain_quiz, sent
from tests.quizzes.test_concurrency import at_once

THREADS = 8

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def operator():
    """Somebody with every right: the flush of an earlier transactional test took what roles stand on."""
    return UserFactory(is_superuser=True)


def refusing(act):
    """The act, with the app's own refusals as results."""

    def run(number):
        try:
            return act(number)
        except QuizError as error:
            return error

    return run


def agrees(attempt):
    """The attempt says what its last grading says, and gradings are numbered without a gap."""
    attempt.refresh_from_db()
    gradings = list(Grading.objects.filter(attempt=attempt).order_by("number"))
    assert [one.number for one in gradings] == list(range(1, attempt.grading_number + 1))
    last = gradings[-1]
    assert (attempt.marks, attempt.max_marks, attempt.is_passed) == (last.marks, last.max_marks, last.is_passed)
    return last


def test_many_markers_at_once_give_one_mark(learner):
    attempt = sent(learner, essay_quiz())
    task = MarkingTask.objects.get()
    markers = [operator() for _number in range(THREADS)]

    given = at_once(
        refusing(lambda n: services.save_marking(task, actor=markers[n], revision=1, marks=n * 50)), THREADS
    )

    final = Marking.objects.get()
    assert sum(isinstance(one, Marking) for one in given) == 1
    assert agrees(attempt).items[1]["marks"] == final.marks


def test_many_second_markers_at_once_give_two_marks(learner):
    attempt = sent(learner, essay_quiz(has_second_marker=True, marking_difference_percent=100))
    task = MarkingTask.objects.get()
    markers = [operator() for _number in range(THREADS)]

    at_once(refusing(lambda n: services.save_marking(task, actor=markers[n], revision=1, marks=n * 50)), THREADS)

    first, second = Marking.objects.order_by("place").values_list("marks", flat=True)
    assert agrees(attempt).items[1]["marks"] == (first + second + 1) // 2


def test_marking_against_a_return(learner):
    attempt = sent(learner, essay_quiz())
    task = MarkingTask.objects.get()
    markers = [operator() for _number in range(THREADS)]

    def act(n):
        if n % 2:
            return services.save_marking(task, actor=markers[n], revision=1, marks=100)
        return services.return_answer(task, actor=markers[n], revision=1, reason="Why?")

    at_once(refusing(act), THREADS)

    attempt.refresh_from_db()
    task.refresh_from_db()
    assert (attempt.state, task.state, Marking.objects.count()) in [("graded", "done", 1), ("submitted", "returned", 0)]


def test_regrade_against_void(learner, stranger):
    quiz = plain_quiz(5, shuffle_items=False)
    attempts = [sent(learner, quiz, rights=3), sent(stranger, quiz, rights=5)]
    luis = operator()
    item = Item.objects.filter(quiz_items__quiz=quiz).first()

    def act(n):
        if n < 2:
            return services.void_attempt(attempts[n], actor=luis, reason="Somebody else's")
        action = ("drop", "full")[n % 2]
        return services.apply_regrade(quiz, item, action=action, actor=luis, reason=f"why {n}")

    at_once(refusing(act), THREADS)

    for attempt in attempts:
        assert agrees(attempt)
        assert attempt.state == "voided"


def test_regrades_and_undos_at_once_leave_numbers_that_agree(learner):
    quiz = plain_quiz(3, shuffle_items=False)
    attempt = sent(learner, quiz, rights=1)
    luis = operator()
    items = list(Item.objects.filter(quiz_items__quiz=quiz).order_by("quiz_items__sort_order"))

    def act(n):
        done = services.apply_regrade(quiz, items[n % 3], action="full", actor=luis, reason="why")
        return services.undo_regrade(done, actor=luis, reason="back", may_lower=True)

    at_once(refusing(act), THREADS)

    last = agrees(attempt)
    assert sum(entry["marks"] for entry in last.items) == last.marks


def test_reopening_at_once_opens_one(learner):
    attempt = sent(learner, plain_quiz(2))
    luis = operator()

    fresh = at_once(refusing(lambda _n: services.reopen_attempt(attempt, actor=luis, reason="why").pk), THREADS)

    assert len(set(fresh)) == 1
    assert list(Attempt.objects.order_by("number").values_list("state", flat=True)) == ["voided", "open"]
    assert Response.objects.count() == 4


def test_sending_against_a_regrade_counts_the_decision(learner):
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = services.start_attempt(learner, quiz)
    luis = operator()
    item = Item.objects.filter(quiz_items__quiz=quiz).first()

    def act(n):
        if n == 0:
            return services.apply_regrade(quiz, item, action="full", actor=luis, reason="why")
        return services.submit_attempt(attempt)

    at_once(refusing(act), THREADS)

    assert agrees(attempt).marks == 100
