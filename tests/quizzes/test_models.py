"""What the database itself refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from quizzes import services
from quizzes.items import right_response
from quizzes.models import Attempt, AttemptItem, Item, ItemVersion, Quiz, QuizItem, QuizSection, Response
from tests.factories.quizzes import ItemFactory, QuizFactory


def refused(name):
    """The block breaks the constraint or trigger of this name."""
    return pytest.raises(IntegrityError, match=name)


def provoke(name, write):
    if connection.vendor == "sqlite" and name.endswith(("_unique", "_once", "_once_per_quiz", "_in_item")):
        name = "UNIQUE constraint failed"  # SQLite names the columns instead
    with refused(name), transaction.atomic():
        write()


@pytest.fixture
def graded(attempt, now):
    services.save_response(attempt, 1, _right(attempt, 1), revision=1, now=now)
    return services.submit_attempt(attempt, now=now)


def _right(attempt, position):
    return right_response(attempt.attempt_items.get(position=position).version.spec)


def _update(queryset, **values):
    return lambda: queryset.update(**values)


# --- Content -------------------------------------------------------------------------------------------------------


def test_item_worth_nothing_is_refused(db):
    item = ItemFactory()

    provoke("item_worth_a_point", _update(Item.objects.filter(pk=item.pk), points=0))


def test_survey_worth_nothing_is_kept(db):
    item = ItemFactory(kind="description")

    assert (item.kind, item.points) == ("description", 0)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("quiz_pass_mark_is_a_percentage", {"pass_mark_percent": 0}),
        ("quiz_pass_mark_is_a_percentage", {"pass_mark_percent": 101}),
        ("quiz_allows_an_attempt", {"attempt_limit": 0}),
        ("quiz_competency_mark_is_a_percentage", {"competency_percent": 0}),
        ("quiz_competency_mark_is_a_percentage", {"competency_percent": 101}),
    ],
)
def test_quiz_beyond_its_bounds_is_refused(db, name, values):
    quiz = QuizFactory()

    provoke(name, _update(Quiz.objects.filter(pk=quiz.pk), **values))


def test_quiz_item_twice_is_refused(db):
    item = ItemFactory()
    quiz = QuizFactory(items=[item])
    other = QuizSection.objects.create(quiz=quiz)

    provoke("quizitem_once_per_quiz", lambda: QuizItem.objects.create(quiz=quiz, section=other, item=item))


# --- Versions ------------------------------------------------------------------------------------------------------


def test_version_of_the_same_content_twice_is_refused(attempt):
    version = ItemVersion.objects.first()

    provoke(
        "itemversion_content_unique",
        lambda: ItemVersion.objects.create(
            item_id=version.item_id, content_hash=version.content_hash, question={}, answer_key={}
        ),
    )


def test_version_never_changes(attempt):
    provoke("itemversion_never_changes", _update(ItemVersion.objects, answer_key={}))


def test_attempt_item_never_changes(attempt):
    provoke("attemptitem_never_changes", _update(AttemptItem.objects.filter(attempt=attempt), choice_order=[0]))


def test_attempt_item_twice_at_a_position_is_refused(attempt):
    version = ItemVersion.objects.create(item=ItemFactory(), content_hash="x", question={}, answer_key={})

    provoke(
        "attemptitem_position_unique",
        lambda: AttemptItem.objects.create(attempt=attempt, version=version, position=1, choice_order=[]),
    )


def test_attempt_item_of_the_same_version_twice_is_refused(attempt):
    version = attempt.attempt_items.first().version

    provoke(
        "attemptitem_version_once",
        lambda: AttemptItem.objects.create(attempt=attempt, version=version, position=99, choice_order=[]),
    )


def test_attempt_item_before_the_first_position_is_refused(attempt):
    version = ItemVersion.objects.create(item=ItemFactory(), content_hash="x", question={}, answer_key={})

    provoke(
        "attemptitem_position_from_one",
        lambda: AttemptItem.objects.create(attempt=attempt, version=version, position=0, choice_order=[]),
    )


# --- Attempts ------------------------------------------------------------------------------------------------------


def _another(attempt, **values):
    return lambda: Attempt.objects.create(
        **{
            "learner_id": attempt.learner_id,
            "quiz_id": attempt.quiz_id,
            "number": attempt.number + 1,
            "seed": 1,
            "pass_mark_percent": 80,
            "max_marks": 500,
            "started_at": attempt.started_at,
            **values,
        }
    )


def test_attempt_number_twice_is_refused(graded):
    provoke("attempt_number_unique", _another(graded, number=graded.number))


def test_attempt_open_twice_is_refused(attempt):
    name = "UNIQUE constraint failed" if connection.vendor == "sqlite" else "attempt_one_open_per_quiz"

    provoke(name, _another(attempt))


def test_attempt_beyond_its_maximum_is_refused(attempt, now):
    provoke(
        "attempt_marks_within_maximum",
        _another(
            attempt,
            number=2,
            state="graded",
            submitted_at=now,
            is_passed=True,
            marks=attempt.max_marks + 1,
            max_marks=attempt.max_marks,
            grading_number=1,
        ),
    )


@pytest.mark.parametrize(
    "values",
    [
        {"state": "graded"},
        {"marks": 3},
        {"is_passed": True},
        {"grading_number": 1},
        {"state": "submitted"},
        {"state": "submitted", "submitted_at": datetime(2026, 3, 1, tzinfo=UTC), "marks": 0},
    ],
)
def test_attempt_state_and_marks_that_disagree_are_refused(attempt, values):
    provoke("attempt_state_and_marks_agree", _another(attempt, **{"number": 2, "max_marks": 500} | values))


def test_attempt_voided_by_nobody_is_refused(attempt, now):
    provoke(
        "attempt_voided_by_someone_for_a_reason",
        _update(Attempt.objects.filter(pk=attempt.pk), state="voided", voided_at=now, void_reason="why"),
    )


def test_attempt_voided_without_reason_is_refused(attempt, learner, now):
    provoke(
        "attempt_voided_by_someone_for_a_reason",
        _update(Attempt.objects.filter(pk=attempt.pk), state="voided", voided_at=now, voided_by=learner),
    )


@pytest.mark.parametrize(
    "values",
    [
        {"state": "open", "submitted_at": None, "marks": None, "is_passed": None},
        {"marks": 500},
        {"is_passed": True},
        {"max_marks": 1},
        {"pass_mark_percent": 1},
    ],
)
def test_attempt_once_graded_keeps_its_marks(graded, values):
    provoke("attempt_moves_forward", _update(Attempt.objects.filter(pk=graded.pk), **values))


def test_attempt_once_graded_keeps_its_moment(graded, now):
    later = now + timedelta(days=1)

    provoke("attempt_moves_forward", _update(Attempt.objects.filter(pk=graded.pk), submitted_at=later))


@pytest.mark.parametrize("values", [{"seed": 1}, {"pass_mark_percent": 1}, {"max_marks": 99}, {"number": 9}])
def test_attempt_keeps_its_conditions_while_open(attempt, values):
    provoke("attempt_moves_forward", _update(Attempt.objects.filter(pk=attempt.pk), **values))


def test_attempt_once_voided_stays(graded, stranger, now):
    services.void_attempt(graded, actor=stranger, reason="Taken by somebody else", now=now)

    provoke("attempt_moves_forward", _update(Attempt.objects.filter(pk=graded.pk), void_reason="other"))


# --- Responses -----------------------------------------------------------------------------------------------------


def test_response_revision_from_one(attempt, now):
    item = attempt.attempt_items.first()

    provoke(
        "response_revision_from_one",
        lambda: Response.objects.create(attempt_item=item, value=[], revision=0, saved_at=now),
    )


def test_response_to_a_closed_attempt_is_refused_by_the_database(graded, now):
    item = graded.attempt_items.get(position=2)

    provoke("response_while_open", lambda: Response.objects.create(attempt_item=item, value=[], saved_at=now))


def test_response_once_graded_is_not_changed(graded):
    provoke("response_while_open", _update(Response.objects.filter(attempt_item__attempt=graded), marks=0))


def test_response_does_not_move_into_an_open_attempt(graded, stranger, quiz):
    item = services.start_attempt(stranger, quiz).attempt_items.first()

    provoke("response_while_open", _update(Response.objects.filter(attempt_item__attempt=graded), attempt_item=item))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite cannot tell a deletion from a test's flush")
def test_response_once_graded_is_not_deleted(graded):
    provoke("response_while_open", lambda: Response.objects.filter(attempt_item__attempt=graded).delete())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_flush_of_a_transactional_test_meets_no_trigger(graded):
    """The flush after this test is the act; the next test that uses the database would see it fail."""
    assert Response.objects.count() == 1
