"""Earlier answers: kept by the database itself, told to who looks into the record, and never rewritten."""

from datetime import timedelta
from uuid import UUID

import pytest

from quizzes import services
from quizzes.models import (
    Accommodation,
    Attempt,
    HonestyStatement,
    Quiz,
    QuizDraw,
    QuizSection,
    Response,
    ResponseCheck,
    ResponseEvent,
)
from tests.factories.quizzes import ItemFactory, QuizFactory, keys
from tests.quizzes.test_models import provoke

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def attempt(learner, now):
    item = ItemFactory(choices=[("right", True), ("wrong", False), ("worse", False)])
    return services.start_attempt(learner, QuizFactory(items=[item]), now=now)


@pytest.fixture
def save(attempt, now):
    item = attempt.attempt_items.get().version.item

    def save_one(text, revision, operation=None, minutes=0):
        return services.save_response(
            attempt,
            1,
            keys(item, text) if text else [],
            revision=revision,
            operation_id=operation,
            now=now + timedelta(minutes=minutes),
        )

    return save_one


def words(attempt, value):
    texts = {c["key"]: c["text"]["en"] for c in attempt.attempt_items.get().version.question["choices"]}
    return texts[value[0]] if value else ""


def test_first_answer_leaves_no_event(save):
    save("right", 1, ONE)

    assert (Response.objects.count(), ResponseEvent.objects.count()) == (1, 0)


def test_each_answer_that_is_replaced_is_kept(attempt, save, now):
    save("wrong", 1, ONE)
    save("worse", 2, TWO, minutes=1)
    save("right", 5, THREE, minutes=2)

    events = ResponseEvent.objects.order_by("revision")
    assert [(e.revision, words(attempt, e.value), e.operation_id) for e in events] == [
        (1, "wrong", ONE),
        (2, "worse", TWO),
    ]
    assert [(e.saved_at - now, e.replaced_at - now) for e in events] == [
        (timedelta(0), timedelta(minutes=1)),
        (timedelta(minutes=1), timedelta(minutes=2)),
    ]
    standing = Response.objects.get()
    assert (standing.revision, words(attempt, standing.value), standing.operation_id) == (5, "right", THREE)


def test_answer_that_is_written_past_the_services_is_kept_too(attempt, save):
    save("wrong", 1, ONE)

    Response.objects.update(value=[], revision=2)

    assert ResponseEvent.objects.get().operation_id == ONE


def test_grading_leaves_no_event(attempt, save):
    save("right", 1)

    services.submit_attempt(attempt)

    assert ResponseEvent.objects.count() == 0


def test_same_operation_again_changes_nothing_and_is_answered_the_same(attempt, save):
    first = save("wrong", 1, ONE)
    save("right", 2, TWO)

    again = save("wrong", 1, ONE, minutes=5)

    assert (again.revision, again.value, again.saved_at) == (first.revision, first.value, first.saved_at)
    assert words(attempt, Response.objects.get().value) == "right"
    assert ResponseEvent.objects.count() == 1


@pytest.mark.parametrize("revision", [2, 9])
def test_same_operation_with_another_revision_changes_nothing(attempt, save, revision):
    save("wrong", 1, ONE)

    again = save("right", revision, ONE)

    assert (again.revision, words(attempt, again.value)) == (1, "wrong")
    assert Response.objects.get().revision == 1


def test_replaced_operation_with_a_newer_revision_changes_nothing(attempt, save):
    save("wrong", 1, ONE)
    save("right", 2, TWO)

    again = save("worse", 9, ONE)

    assert (again.revision, words(attempt, again.value)) == (1, "wrong")
    assert words(attempt, Response.objects.get().value) == "right"


def test_answer_that_came_too_late_in_the_order_is_told_what_stands(attempt, save):
    save("right", 5, ONE)

    late = save("wrong", 2, TWO)

    assert (late.revision, words(attempt, late.value)) == (5, "right")
    assert ResponseEvent.objects.count() == 0


# --- What the database refuses -------------------------------------------------------------------------------------


def test_events_never_change(save):
    save("wrong", 1)
    save("right", 2)

    provoke("responseevent_never_changes", lambda: ResponseEvent.objects.update(value=[]))


def test_event_of_a_revision_is_there_once(save):
    save("wrong", 1)
    save("right", 2)
    event = ResponseEvent.objects.get()
    event.pk = None

    provoke("responseevent_revision_unique", lambda: event.save(force_insert=True))


def check_of(attempt, **changes):
    row = {"attempt_item": attempt.attempt_items.get(), "number": 1, "value": [], "earned": 0}
    return ResponseCheck.objects.create(**row | {"checked_at": attempt.started_at} | changes)


def test_checks_never_change(attempt):
    check_of(attempt)

    provoke("responsecheck_never_changes", lambda: ResponseCheck.objects.update(earned=100))


def test_checks_are_numbered_from_one_and_once(attempt):
    provoke("responsecheck_number_from_one", lambda: check_of(attempt, number=0))
    check_of(attempt)
    provoke("responsecheck_number_unique", lambda: check_of(attempt))


def test_promises_never_change(db):
    HonestyStatement.objects.create(content_hash="a", text={"en": "I did it myself."})

    provoke("honestystatement_never_changes", lambda: HonestyStatement.objects.update(text={}))
    provoke(
        "honestystatement_content_unique",
        lambda: HonestyStatement.objects.create(content_hash="a", text={"en": "Other"}),
    )


@pytest.mark.parametrize(
    "values",
    [
        {"behaviour": "adaptive"},
        {"is_sequential": True},
        {"pass_rule": {"parts": []}},
        {"reached": 1},
        {"break_seconds": 3},
    ],
)
def test_conditions_of_an_attempt_never_change(attempt, values):
    Attempt.objects.update(reached=2, break_seconds=4)

    provoke("attempt_keeps_its_conditions", lambda: Attempt.objects.update(**values))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("attempt_reached_from_one", {"reached": 0}),
        ("attempt_promised_at_a_moment", {"honesty_at": "2026-01-01T00:00Z"}),
    ],
)
def test_attempt_beyond_its_bounds_is_refused(learner, quiz, name, values):
    base = {"learner": learner, "quiz": quiz, "number": 1, "seed": 1, "pass_mark_percent": 80, "max_marks": 0}

    provoke(name, lambda: Attempt.objects.create(**base | {"started_at": "2026-01-01T00:00Z"} | values))


@pytest.mark.parametrize("certainty", [0, 4])
def test_certainty_beyond_its_levels_is_refused(save, certainty):
    save("right", 1)

    provoke("response_certainty_is_a_level", lambda: Response.objects.update(certainty=certainty, revision=2))


@pytest.mark.parametrize("values", [{"certainty": 3}, {"operation_id": TWO}])
def test_how_sure_somebody_was_changes_with_a_newer_answer_only(save, values):
    save("right", 1, ONE)

    provoke("response_says_no_other", lambda: Response.objects.update(**values))
    assert Response.objects.update(revision=2, **values) == 1


def test_breaks_beyond_their_bounds_are_refused(learner):
    provoke(
        "accommodation_breaks_within_bounds",
        lambda: Accommodation.objects.create(learner=learner, breaks_minutes=601),
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("quizsection_pass_mark_is_a_percentage", {"pass_mark_percent": 0}),
        ("quizsection_pass_mark_is_a_percentage", {"pass_mark_percent": 101}),
        ("quizsection_draws_an_item", {"draw_count": 0}),
    ],
)
def test_section_beyond_its_bounds_is_refused(quiz, name, values):
    provoke(name, lambda: QuizSection.objects.filter(quiz=quiz).update(**values))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("quizdraw_draws_an_item", {"count": 0, "tag": "x"}),
        ("quizdraw_draws_an_item", {"count": 101, "tag": "x"}),
        ("quizdraw_draws_from_somewhere", {"difficulty": "easy"}),
    ],
)
def test_draw_beyond_its_bounds_is_refused(quiz, name, values):
    section = quiz.sections.get()

    provoke(name, lambda: QuizDraw.objects.create(section=section, **values))
    assert Quiz.objects.count() == 1
