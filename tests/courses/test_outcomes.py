"""What becomes of a lesson while a person reads, when a pass is won or lost, and when an attempt is given back."""

import pytest

from courses.models import CourseCompletion, LessonAttempt, LessonCompletion
from courses.services import (
    done_lessons,
    enroll,
    follow_reopened,
    last_attempt,
    may_try,
    record_attempt_result,
    start_lesson_attempt,
    sweep_attempt_results,
)
from quizzes import services as quizzes
from quizzes.items import read_item, right_response
from quizzes.models import Item, MarkingTask
from tests.factories.courses import make_course
from tests.factories.people import make_program_admin
from tests.factories.quizzes import ItemFactory, add_items, plain_quiz, sent


@pytest.fixture
def one(indexes):
    """A course of one lesson, which is a quiz of two questions."""
    return make_course(indexes, code="one", modules=1, lessons=1, with_quiz=True)


@pytest.fixture
def luis(db):
    return make_program_admin(email="luis@example.org")


@pytest.fixture
def sit(one, learner, now, django_capture_on_commit_callbacks):
    def sit(rights):
        enrollment = enroll(learner, one.key, now=now)
        attempt = start_lesson_attempt(enrollment, one.lesson_keys[0], language="en", now=now)
        for row in attempt.attempt_items.select_related("version__item").order_by("position"):
            value = right_response(row.version.spec) if row.position <= rights else []
            if row.version.item.kind == "essay":
                value = {"text": "So."}
            quizzes.save_response(attempt, row.position, value, revision=1, now=now)
        with django_capture_on_commit_callbacks(execute=True):
            quizzes.submit_attempt(attempt, now=now)
        return enrollment, attempt

    return sit


def standing():
    return (
        LessonCompletion.objects.filter(reversed_at=None).count(),
        CourseCompletion.objects.filter(reversed_at=None).count(),
    )


def regrade(attempt, actor, action, capture, **more):
    asked = attempt.attempt_items.select_related("version__item").get(position=2)
    with capture(execute=True):
        return quizzes.apply_regrade(
            attempt.quiz, asked.version.item, action=action, actor=actor, reason="The key was wrong.", **more
        )


def test_lesson_of_an_attempt_that_waits_is_not_done(
    client, one, sit, learner, luis, django_capture_on_commit_callbacks
):
    add_items(one.quizzes[0].sections.get(), [ItemFactory(kind="essay", points=1)])
    enrollment, attempt = sit(3)

    record_attempt_result(attempt.pk)
    sweep_attempt_results()
    assert standing() == (0, 0)
    last = last_attempt(enrollment, one.lesson_keys[0])
    assert (last.is_waiting, may_try(enrollment, one.quizzes[0].pk, last)) == (True, False)
    client.force_login(learner)
    page = client.get(one.lessons["en"][0].url).content.decode()
    assert "A person is reading your answers" in page
    assert "Try again" not in page
    assert "Start the quiz" not in page

    with django_capture_on_commit_callbacks(execute=True):
        quizzes.save_marking(MarkingTask.objects.get(), actor=luis, revision=1, marks=100)

    assert standing() == (1, 1)


def test_pass_won_by_grading_again_finishes_the_lesson(sit, luis, django_capture_on_commit_callbacks):
    enrollment, attempt = sit(1)
    assert standing() == (0, 0)

    regrade(attempt, luis, "full", django_capture_on_commit_callbacks)

    assert standing() == (1, 1)
    assert LessonCompletion.objects.get().completed_at == attempt.started_at
    assert len(done_lessons(enrollment)) == 1


def test_pass_that_is_kept_keeps_the_lesson(sit, luis, django_capture_on_commit_callbacks):
    _enrollment, attempt = sit(2)
    wrong_key(attempt)

    regrade(attempt, luis, "key", django_capture_on_commit_callbacks)

    assert standing() == (1, 1)


def wrong_key(attempt):
    item = attempt.attempt_items.select_related("version__item").get(position=2).version.item
    spec = quizzes.item_spec(item).model_dump(mode="json")
    most = max(choice["weight"] for choice in spec["choices"])
    choices = [choice | {"weight": most - choice["weight"]} for choice in spec["choices"]]
    if sum(choice["weight"] == most for choice in choices) != 1:
        first = next(choice["key"] for choice in choices if choice["weight"])
        choices = [choice | {"weight": most if choice["key"] == first else 0} for choice in choices]
    quizzes.write_item(read_item(spec | {"choices": choices}), bank=item.bank, item=Item.objects.get(pk=item.pk))


def test_pass_lost_takes_lesson_and_course_back_and_undo_gives_them_again(
    sit, luis, django_capture_on_commit_callbacks
):
    enrollment, attempt = sit(2)
    wrong_key(attempt)

    done = regrade(attempt, luis, "key", django_capture_on_commit_callbacks, may_lower=True)

    taken = LessonCompletion.objects.get()
    enrollment.refresh_from_db()
    assert (standing(), enrollment.state) == ((0, 0), "active")
    assert (taken.reversed_by, taken.reversal_reason) == (luis, "The key was wrong.")
    assert record_attempt_result(attempt.pk) is None
    with django_capture_on_commit_callbacks(execute=True):
        quizzes.undo_regrade(done, actor=luis, reason="It was right.")
    assert standing() == (1, 1)


def test_lost_pass_unheard_is_found_by_the_sweep(sit, luis):
    _enrollment, attempt = sit(2)
    wrong_key(attempt)
    item = attempt.attempt_items.select_related("version__item").get(position=2).version.item
    quizzes.apply_regrade(attempt.quiz, item, action="key", actor=luis, reason="why", may_lower=True)
    assert standing() == (1, 1)

    assert (sweep_attempt_results(), sweep_attempt_results()) == (1, 0)

    assert standing() == (0, 0)


def test_failed_attempt_takes_nothing_back_that_it_did_not_give(one, sit, learner, now):
    """A lesson finished before it had a quiz stays finished."""
    enrollment = enroll(learner, one.key, now=now)
    LessonCompletion.objects.create(enrollment=enrollment, lesson_key=one.lesson_keys[0], completed_at=now)

    _enrollment, attempt = sit(0)
    record_attempt_result(attempt.pk)
    sweep_attempt_results()

    assert standing()[0] == 1


def test_attempt_given_back_counts_for_its_lesson(sit, luis, django_capture_on_commit_callbacks):
    _enrollment, attempt = sit(1)

    with django_capture_on_commit_callbacks(execute=True):
        fresh = quizzes.reopen_attempt(attempt, actor=luis, reason="Sent by mistake.")
    asked = fresh.attempt_items.select_related("version").get(position=2)
    quizzes.save_response(fresh, 2, right_response(asked.version.spec), revision=9)
    with django_capture_on_commit_callbacks(execute=True):
        quizzes.submit_attempt(fresh)

    assert standing() == (1, 1)
    assert follow_reopened(fresh.pk) == LessonAttempt.objects.get(attempt=fresh)
    assert LessonAttempt.objects.count() == 2


def test_attempt_given_back_unheard_is_found_by_the_sweep(sit, luis):
    _enrollment, attempt = sit(2)
    fresh = quizzes.reopen_attempt(attempt, actor=luis, reason="Sent by mistake.")
    quizzes.submit_attempt(fresh)
    assert not LessonAttempt.objects.filter(attempt=fresh).exists()

    sweep_attempt_results()

    assert LessonAttempt.objects.filter(attempt=fresh).exists()
    assert standing() == (1, 1)


def test_reopened_attempt_outside_any_lesson_is_left_alone(learner, luis, db):
    fresh = quizzes.reopen_attempt(sent(learner, plain_quiz(1)), actor=luis, reason="why")

    assert follow_reopened(fresh.pk) is None
