"""Grading again: seen first, done, undone, and nobody loses a pass unless a person with the right says so."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import User
from quizzes import reports, services
from quizzes.errors import InvalidRegrade
from quizzes.items import WHOLE
from quizzes.models import Attempt, Grading, Item, MarkingTask, Quiz, Regrade, Response
from quizzes.signals import attempt_graded
from tests.factories.people import UserFactory, make_program_admin, make_trainer
from tests.factories.quizzes import ItemFactory, answer_right, essay_quiz, plain_quiz, rewrite, sent
from tests.quizzes.test_models import provoke


@pytest.fixture
def tess(db):
    return make_trainer(email="tess@example.org")


@pytest.fixture
def luis(db):
    return make_program_admin(email="luis@example.org")


@pytest.fixture
def rung():
    heard = []

    def hear(sender, attempt_id, **kwargs):
        heard.append(attempt_id)

    attempt_graded.connect(hear)
    yield heard
    attempt_graded.disconnect(hear)


def item_at(quiz, place):
    return Item.objects.get(quiz_items__quiz=quiz, quiz_items__sort_order=place)


def other_key(item, right="wrong"):
    """The item with another right answer."""
    spec = services.item_spec(item).model_dump(mode="json")
    choices = [choice | {"weight": WHOLE if choice["text"]["en"] == right else 0} for choice in spec["choices"]]
    return rewrite(item, choices=choices)


def state_of(attempt):
    attempt.refresh_from_db()
    return attempt.marks, attempt.max_marks, attempt.is_passed


# --- What the closing had at hand ----------------------------------------------------------------------------------


def test_review_of_an_attempt_that_was_just_sent_asks_again_once_it_was_regraded(learner, luis):
    quiz = plain_quiz(5, shuffle_items=False)
    just_sent = sent(learner, quiz, rights=3)
    assert just_sent.standing.number == 1
    other_key(item_at(quiz, 4))
    services.apply_regrade(quiz, item_at(quiz, 4), action="key", actor=luis, reason="Wrong key")

    just_sent.refresh_from_db()

    of_fresh = reports.review_of(Attempt.objects.get(pk=just_sent.pk), language="en")
    assert reports.review_of(just_sent, language="en") == of_fresh
    assert (of_fresh.marks, of_fresh.is_regraded) == (400, True)


def test_review_of_an_attempt_that_was_just_sent_is_that_of_later(learner):
    just_sent = sent(learner, plain_quiz(3), rights=2)

    later = Attempt.objects.select_related("quiz").get(pk=just_sent.pk)

    assert reports.review_of(just_sent, language="en") == reports.review_of(later, language="en")


# --- What changes --------------------------------------------------------------------------------------------------


def test_plan_says_what_would_change_and_writes_nothing(learner, stranger, tess):
    quiz = plain_quiz(5, shuffle_items=False)
    low, high = sent(learner, quiz, rights=3), sent(stranger, quiz, rights=5)
    item = item_at(quiz, 4)
    other_key(item)

    plan = services.plan_regrade(quiz, item, action="key")

    assert [
        (line.attempt_id, line.marks_before, line.marks_after, line.is_passed_before, line.is_passed_after)
        for line in plan.lines
    ] == [(low.pk, 300, 400, False, True), (high.pk, 500, 400, True, True)]
    assert (plan.people, len(plan.passing), len(plan.failing), len(plan.kept)) == (2, 1, 0, 0)
    assert (state_of(low), Grading.objects.count(), Regrade.objects.count()) == ((300, 500, False), 2, 0)


def test_regrade_by_the_newest_key(learner, tess, rung, django_capture_on_commit_callbacks):
    quiz = plain_quiz(5, shuffle_items=False)
    attempt = sent(learner, quiz, rights=3)
    item = item_at(quiz, 4)
    other_key(item)
    plan = services.plan_regrade(quiz, item, action="key")

    with django_capture_on_commit_callbacks(execute=True):
        done = services.apply_regrade(
            quiz, item, action="key", actor=tess, reason=" The key was wrong. ", digest=plan.digest
        )

    standing = Grading.objects.get(attempt=attempt, number=2)
    assert state_of(attempt) == (400, 500, True)
    assert (standing.cause, standing.actor, standing.reason, standing.regrade) == (
        "regrade", tess, "The key was wrong.", done,
    )  # fmt: skip
    assert standing.items[4] == {"position": 5, "marks": 100, "max": 100, "by": "key", "version": done.version_id}
    assert Response.objects.get(attempt_item__position=5).marks == 100
    assert rung == [attempt.pk]
    shown = reports.review_of(attempt, language="en").questions[4]
    assert (shown.is_right, [line.is_right for line in shown.lines]) == (True, [True])


def test_regrade_by_a_key_that_the_answer_does_not_fit_keeps_its_marks(learner, tess):
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = sent(learner, quiz)
    item = item_at(quiz, 0)
    spec = services.item_spec(item).model_dump(mode="json")
    rewrite(item, choices=[choice | {"key": f"new{place}"} for place, choice in enumerate(spec["choices"])])

    services.apply_regrade(quiz, item, action="key", actor=tess, reason="why")

    assert (state_of(attempt), Grading.objects.count()) == ((200, 200, True), 1)


def test_regrade_keeps_what_the_question_was_worth(learner, tess):
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = sent(learner, quiz, rights=0)
    item = other_key(item_at(quiz, 0))
    rewrite(item, points=7)

    services.apply_regrade(quiz, item, action="key", actor=tess, reason="why")

    assert state_of(attempt) == (100, 200, False)


def test_drop_lowers_the_maximum(learner, stranger, tess):
    quiz = plain_quiz(5, shuffle_items=False)
    low, high = sent(learner, quiz, rights=3), sent(stranger, quiz, rights=4)

    services.apply_regrade(quiz, item_at(quiz, 4), action="drop", actor=tess, reason="Nobody could know.")

    assert (state_of(low), state_of(high)) == ((300, 400, False), (400, 400, True))
    assert Grading.objects.get(attempt=high, number=2).items[4] == {"position": 5, "marks": 0, "max": 0, "by": "drop"}
    assert reports.review_of(low, language="en").questions[4].by == "drop"


def test_full_marks_also_for_who_did_not_answer(learner, tess):
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = services.submit_attempt(services.start_attempt(learner, quiz))

    services.apply_regrade(quiz, item_at(quiz, 1), action="full", actor=tess, reason="why")

    assert state_of(attempt) == (100, 200, False)


def test_only_what_counts_left_out_is_refused(learner, tess):
    quiz = plain_quiz(1)
    sent(learner, quiz)

    with pytest.raises(InvalidRegrade, match="nothing else that counts"):
        services.plan_regrade(quiz, item_at(quiz, 0), action="drop")


def test_other_quizzes_and_voided_attempts_stay(learner, stranger, luis, tess):
    quiz = plain_quiz(2, shuffle_items=False)
    voided = sent(learner, quiz)
    services.void_attempt(voided, actor=luis, reason="why")

    services.apply_regrade(quiz, item_at(quiz, 0), action="drop", actor=tess, reason="why")

    assert state_of(voided) == (200, 200, True)
    assert Grading.objects.count() == 1


# --- Passes --------------------------------------------------------------------------------------------------------


def test_nobody_loses_a_pass(learner, tess, rung, django_capture_on_commit_callbacks):
    quiz = plain_quiz(5, shuffle_items=False)
    attempt = sent(learner, quiz, rights=4)
    item = other_key(item_at(quiz, 0))
    plan = services.plan_regrade(quiz, item, action="key")

    with django_capture_on_commit_callbacks(execute=True):
        services.apply_regrade(quiz, item, action="key", actor=tess, reason="why")

    assert (len(plan.kept), len(plan.failing), plan.lines[0].is_passed_after) == (1, 0, True)
    assert state_of(attempt) == (300, 500, True)
    assert Grading.objects.get(number=2).is_pass_kept
    assert reports.review_of(attempt, language="en").is_pass_kept
    assert rung == []


def test_pass_is_taken_away_only_by_who_may_void(learner, tess, luis, rung, django_capture_on_commit_callbacks):
    quiz = plain_quiz(5, shuffle_items=False)
    attempt = sent(learner, quiz, rights=4)
    item = other_key(item_at(quiz, 0))

    with pytest.raises(InvalidRegrade, match="may take a pass away"):
        services.apply_regrade(quiz, item, action="key", actor=tess, reason="why", may_lower=True)
    with django_capture_on_commit_callbacks(execute=True):
        services.apply_regrade(quiz, item, action="key", actor=luis, reason="why", may_lower=True)

    assert state_of(attempt) == (300, 500, False)
    assert rung == [attempt.pk]


# --- Those who wait, answer, or come later -------------------------------------------------------------------------


def test_who_waits_or_answers_gets_it_when_graded_and_who_comes_later_does_not(learner, stranger, tess):
    quiz = essay_quiz(choices=2)
    waiting = sent(learner, quiz, rights=1)
    answering = services.start_attempt(stranger, quiz)
    item = item_at(quiz, 1)

    plan = services.plan_regrade(quiz, item, action="full")
    services.apply_regrade(quiz, item, action="full", actor=tess, reason="why")
    answer_right(answering, rights=1)
    services.submit_attempt(answering)
    later = sent(UserFactory(), quiz, rights=1)
    for task in MarkingTask.objects.all():
        services.save_marking(task, actor=tess, revision=1, marks=0)

    assert (plan.lines, plan.later) == ((), 2)
    assert [state_of(attempt)[0] for attempt in (waiting, answering, later)] == [200, 200, 100]


def test_essay_that_is_left_out_no_longer_waits(learner, tess):
    quiz = essay_quiz()
    attempt = sent(learner, quiz)

    done = services.apply_regrade(quiz, item_at(quiz, 1), action="drop", actor=tess, reason="why")

    assert state_of(attempt) == (100, 100, True)
    assert list(reports.queue_of(tess)) == []
    services.undo_regrade(done, actor=tess, reason="after all")
    assert state_of(attempt) == (100, 100, True)  # nobody marked it, and nothing can wait any more


# --- Undoing -------------------------------------------------------------------------------------------------------


def test_undo_is_planned_done_once_and_kept(learner, tess):
    quiz = plain_quiz(5, shuffle_items=False)
    attempt = sent(learner, quiz, rights=3)
    done = services.apply_regrade(quiz, item_at(quiz, 4), action="drop", actor=tess, reason="why")

    plan = services.plan_undo(done)
    services.undo_regrade(done, actor=tess, reason="It was right.", digest=plan.digest)
    again = services.undo_regrade(done, actor=tess, reason="Other")

    assert [(line.max_before, line.max_after) for line in plan.lines] == [(400, 500)]
    assert state_of(attempt) == (300, 500, False)
    assert (again.undone_by, again.undo_reason) == (tess, "It was right.")
    assert list(Grading.objects.values_list("number", "cause").order_by("number")) == [
        (1, "submit"), (2, "regrade"), (3, "undo"),
    ]  # fmt: skip


def test_undo_of_a_decision_gives_late_attempts_what_they_would_have_had(learner, tess):
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = services.start_attempt(learner, quiz)
    done = services.apply_regrade(quiz, item_at(quiz, 1), action="full", actor=tess, reason="why")
    answer_right(attempt, rights=1)
    services.submit_attempt(attempt)
    assert state_of(attempt) == (200, 200, True)

    services.undo_regrade(done, actor=tess, reason="why")

    assert state_of(attempt) == (100, 200, True)  # the pass stays
    assert Grading.objects.get(number=2).is_pass_kept


def test_earlier_decision_is_undone_after_the_later_one(learner, tess):
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = sent(learner, quiz, rights=0)
    first = services.apply_regrade(quiz, item_at(quiz, 0), action="full", actor=tess, reason="why")
    second = services.apply_regrade(quiz, item_at(quiz, 0), action="drop", actor=tess, reason="why")

    with pytest.raises(InvalidRegrade, match="later one first"):
        services.undo_regrade(first, actor=tess, reason="why")
    services.undo_regrade(second, actor=tess, reason="why")
    assert state_of(attempt) == (100, 200, False)
    services.undo_regrade(first, actor=tess, reason="why")

    assert state_of(attempt) == (0, 200, False)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_undo_restores_exactly(data):
    """Whatever was decided before, in whatever order: the marks, the maximum, the pass and every question's mark."""
    count = data.draw(st.integers(2, 4))
    quiz = plain_quiz(count, shuffle_items=False, pass_mark_percent=data.draw(st.sampled_from([30, 60, 80])))
    luis = User.objects.filter(email="boss@example.org").first() or make_program_admin(email="boss@example.org")
    attempts = [
        sent(UserFactory(), quiz, rights=data.draw(st.integers(0, count)))
        for _place in range(data.draw(st.integers(1, 3)))
    ]
    for place in range(count):
        other_key(item_at(quiz, place))
    decisions = st.tuples(st.integers(0, count - 1), st.sampled_from(["key", "full", "drop"]), st.booleans())

    def decide(place, action, may_lower):
        try:
            return services.apply_regrade(
                quiz, item_at(quiz, place), action=action, actor=luis, reason="why", may_lower=may_lower
            )
        except InvalidRegrade:  # nothing else that counts
            return None

    for decision in data.draw(st.lists(decisions, max_size=2)):
        decide(*decision)
    before = [snapshot(attempt) for attempt in attempts]
    done = decide(*data.draw(decisions))
    if done is not None:
        services.undo_regrade(done, actor=luis, reason="back", may_lower=True)

    for attempt, was in zip(attempts, before, strict=True):
        assert snapshot(attempt) == was


def snapshot(attempt):
    attempt.refresh_from_db()
    standing = Grading.objects.get(attempt=attempt, number=attempt.grading_number)
    assert sum(entry["marks"] for entry in standing.items) == attempt.marks == standing.marks
    assert sum(entry["max"] for entry in standing.items) == attempt.max_marks
    return {
        "items": standing.items,
        "marks": attempt.marks,
        "max_marks": attempt.max_marks,
        "is_passed": attempt.is_passed,
    }


# --- What is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", " \x00 ", "x" * 501])
def test_regrade_without_a_reason(learner, tess, reason):
    quiz = plain_quiz(2)
    sent(learner, quiz)

    with pytest.raises(InvalidRegrade):
        services.apply_regrade(quiz, item_at(quiz, 0), action="full", actor=tess, reason=reason)

    assert not Regrade.objects.exists()


def test_regrade_by_a_stranger_or_in_no_known_way(learner, stranger, tess):
    quiz = plain_quiz(2)
    sent(learner, quiz)
    item = item_at(quiz, 0)
    done = services.apply_regrade(quiz, item, action="full", actor=tess, reason="why")

    for act in (
        lambda: services.apply_regrade(quiz, item, action="drop", actor=stranger, reason="why"),
        lambda: services.undo_regrade(done, actor=stranger, reason="why"),
        lambda: services.plan_regrade(quiz, item, action="double"),
        lambda: services.plan_regrade(quiz, item, action="key", version=item_at(quiz, 1).current_version),
        lambda: services.plan_regrade(quiz, ItemFactory(kind="essay"), action="key"),
    ):
        with pytest.raises(InvalidRegrade):
            act()

    assert Regrade.objects.get(undone_at=None) == done


def test_regrade_of_something_that_changed_since_is_refused(learner, stranger, tess):
    quiz = plain_quiz(2)
    sent(learner, quiz, rights=0)
    item = item_at(quiz, 0)
    plan = services.plan_regrade(quiz, item, action="full")
    sent(stranger, quiz, rights=0)

    with pytest.raises(InvalidRegrade, match="changed since you looked"):
        services.apply_regrade(quiz, item, action="full", actor=tess, reason="why", digest=plan.digest)

    assert Grading.objects.count() == 2


@pytest.mark.parametrize("values", [{"marks": 0}, {"max_marks": 900}, {"is_passed": False}, {"grading_number": 2}])
def test_database_keeps_marks_without_a_new_grading(learner, values):
    attempt = sent(learner, plain_quiz(2))

    provoke("attempt_moves_forward", lambda: Attempt.objects.filter(pk=attempt.pk).update(**values))


def test_database_takes_marks_only_as_the_grading_says(learner):
    attempt = sent(learner, plain_quiz(2))
    Grading.objects.create(
        attempt=attempt, number=2, marks=100, max_marks=200, is_passed=False, items=[], cause="submit",
        at=attempt.submitted_at,
    )  # fmt: skip
    rows = Attempt.objects.filter(pk=attempt.pk)

    provoke("attempt_moves_forward", lambda: rows.update(marks=50, is_passed=False, grading_number=2))
    rows.update(marks=100, is_passed=False, grading_number=2)

    assert state_of(attempt) == (100, 200, False)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("regrade_for_a_reason", {"reason": ""}),
        ("regrade_by_key_names_a_version", {"action": "key"}),
        ("regrade_undo_is_whole", {"undo_reason": "why"}),
    ],
)
def test_decision_beyond_its_bounds_is_refused(tess, now, name, values):
    quiz = plain_quiz(1)
    whole = {"quiz": quiz, "item": item_at(quiz, 0), "action": "full", "reason": "why", "actor": tess, "at": now}

    provoke(name, lambda: Regrade.objects.create(**whole | values))


def test_decision_never_changes(learner, tess):
    quiz = plain_quiz(2)
    done = services.apply_regrade(quiz, item_at(quiz, 0), action="full", actor=tess, reason="why")

    provoke("regrade_never_changes", lambda: Regrade.objects.update(reason="other"))
    services.undo_regrade(done, actor=tess, reason="why")
    provoke("regrade_never_changes", lambda: Regrade.objects.update(undone_at=None, undone_by=None, undo_reason=""))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("grading_number_from_one", {"number": 0}),
        ("grading_marks_within_maximum", {"marks": 201}),
        ("grading_kept_pass_is_a_pass", {"is_pass_kept": True}),
        ("grading_cause_names_who_and_why", {"cause": "regrade"}),
        ("grading_cause_names_who_and_why", {"cause": "marking"}),
        ("grading_number_unique", {"number": 1}),
    ],
)
def test_grading_beyond_its_bounds_is_refused(learner, now, name, values):
    attempt = sent(learner, plain_quiz(2))
    whole = {
        "attempt": attempt, "number": 2, "marks": 0, "max_marks": 200, "is_passed": False, "items": [],
        "cause": "submit", "at": now,
    }  # fmt: skip
    if values.get("number") is not None:  # the trigger that keeps the order comes first
        name = "grading_follows"

    provoke(name, lambda: Grading.objects.create(**whole | values))


def test_grading_is_not_deleted(learner):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite cannot tell a deletion from a test's flush")
    sent(learner, plain_quiz(2))

    provoke("grading_never_changes", lambda: Grading.objects.all().delete())


# --- Queries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_plan(tess, count, django_assert_num_queries):
    quiz = plain_quiz(2, shuffle_items=False)
    for _place in range(count):
        sent(UserFactory(), quiz, rights=0)
    item = item_at(quiz, 0)
    assert Quiz.objects.count() == 1

    with django_assert_num_queries(3):  # what was asked, the gradings that stand, who gets it later
        assert len(services.plan_regrade(quiz, item, action="full").lines) == count
