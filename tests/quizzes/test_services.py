"""Start, answer, submit, void: once, twice, too late, and with something else's keys."""

from datetime import timedelta

import pytest

from quizzes import services
from quizzes.errors import AttemptClosed, AttemptLimitReached, InvalidResponse, QuizEmpty, VoidReasonMissing
from quizzes.items import WHOLE
from quizzes.models import Attempt, Item, ItemVersion, QuizItem, Response
from quizzes.signals import attempt_graded, attempt_voided
from tests.factories.quizzes import ItemFactory, QuizFactory, in_both, keys, plain_quiz, rewrite


@pytest.fixture
def rung():
    """What the doorbells said."""
    heard = []

    def hear_graded(sender, attempt_id, **kwargs):
        heard.append(("graded", attempt_id))

    def hear_voided(sender, attempt_id, **kwargs):
        heard.append(("voided", attempt_id))

    attempt_graded.connect(hear_graded)
    attempt_voided.connect(hear_voided)
    yield heard
    attempt_graded.disconnect(hear_graded)
    attempt_voided.disconnect(hear_voided)


def asked(attempt):
    return list(attempt.attempt_items.select_related("version__item"))


def answer(attempt, rights, now=None):
    """Answer the first `rights` questions right and the others wrong."""
    for row in asked(attempt):
        text = "right" if row.position <= rights else "wrong"
        services.save_response(attempt, row.position, keys(row.version.item, text), revision=1, now=now)


def take(learner, quiz, rights):
    attempt = services.start_attempt(learner, quiz)
    answer(attempt, rights)
    return services.submit_attempt(attempt)


# --- Starting ------------------------------------------------------------------------------------------------------


def test_start_freezes_conditions_and_questions(learner, quiz, now):
    attempt = services.start_attempt(learner, quiz, now=now)

    assert (attempt.number, attempt.state, attempt.pass_mark_percent, attempt.max_marks, attempt.started_at) == (
        1,
        "open",
        80,
        500,
        now,
    )
    assert [row.position for row in asked(attempt)] == [1, 2, 3, 4, 5]
    assert {row.version.item for row in asked(attempt)} == set(Item.objects.all())


def test_start_twice_returns_the_open_attempt(learner, quiz, now):
    first = services.start_attempt(learner, quiz, now=now)

    assert services.start_attempt(learner, quiz, now=now) == first
    assert Attempt.objects.count() == 1


def test_start_seeds_differ(learner, stranger, quiz):
    assert services.start_attempt(learner, quiz).seed != services.start_attempt(stranger, quiz).seed


def test_start_shares_versions_of_the_same_content(learner, stranger, quiz):
    first, second = services.start_attempt(learner, quiz), services.start_attempt(stranger, quiz)

    assert ItemVersion.objects.count() == 5
    assert {row.version_id for row in asked(first)} == {row.version_id for row in asked(second)}


def test_version_keeps_what_may_be_seen_apart_from_the_key(learner):
    item = ItemFactory(
        choices=[("yes", True, "Well done"), ("no", False)], feedback=in_both("See lesson 2"), kind="true_false"
    )
    (yes, no) = keys(item, "yes", "no")

    row = asked(services.start_attempt(learner, QuizFactory(items=[item])))[0]

    assert row.version.question == {
        "schema_version": 1,
        "kind": "true_false",
        "stem": dict(item.stem),
        "points": 1,
        "penalty": 0,
        "media": [],
        "choices": [
            {"key": yes, "text": in_both("yes")},
            {"key": no, "text": in_both("no")},
        ],
    }
    assert row.version.answer_key == {
        "feedback": in_both("See lesson 2"),
        "choices": {"of": {yes: {"weight": WHOLE, "feedback": in_both("Well done")}}},
    }
    assert row.choice_order == [0, 1]  # true and false keep their natural order


def test_edit_of_an_item_changes_no_attempt(learner, stranger, quiz):
    attempt = services.start_attempt(learner, quiz)
    before = [row.version.question for row in asked(attempt)]
    for row in asked(attempt):
        (wrong, right) = keys(row.version.item, "wrong", "right")
        choices = [
            {"key": right, "text": in_both("right")},
            {"key": wrong, "text": in_both("wrong"), "weight": WHOLE},
        ]
        rewrite(row.version.item, stem=in_both("Something else?"), choices=choices)

    answer(attempt, rights=5)

    assert [row.version.question for row in asked(attempt)] == before
    assert services.submit_attempt(attempt).marks == 500
    later = services.start_attempt(stranger, quiz)
    assert {row.version.question["stem"]["en"] for row in asked(later)} == {"Something else?"}
    assert ItemVersion.objects.count() == 10


def test_change_of_the_pass_mark_changes_no_attempt(learner, quiz):
    attempt = services.start_attempt(learner, quiz)
    quiz.pass_mark_percent = 100
    quiz.save()

    answer(attempt, rights=4)

    assert services.submit_attempt(attempt).is_passed is True


def test_start_of_a_quiz_without_items(learner):
    with pytest.raises(QuizEmpty, match="no questions yet"):
        services.start_attempt(learner, QuizFactory())


def test_start_leaves_archived_items_out(learner, quiz, now):
    gone = Item.objects.first()
    services.archive_item(gone, now=now)

    attempt = services.start_attempt(learner, quiz)

    assert gone not in {row.version.item for row in asked(attempt)}
    assert attempt.max_marks == 400


def test_start_asks_no_item_without_content(learner, quiz):
    bank = Item.objects.first().bank
    empty = Item.objects.create(bank=bank, code="empty", stem=in_both("?"))
    QuizItem.objects.create(quiz=quiz, section=quiz.sections.get(), item=empty, sort_order=9)

    assert empty not in {row.version.item for row in asked(services.start_attempt(learner, quiz))}


def test_quiz_follows_the_newest_version_unless_one_is_pinned(learner):
    pinned, followed = ItemFactory(), ItemFactory()
    quiz = QuizFactory(items=[pinned, followed])
    first = pinned.current_version
    quiz.quiz_items.filter(item=pinned).update(pinned_version=first)
    for item in (pinned, followed):
        rewrite(item, stem=in_both("New words"))

    versions = {row.version.item_id: row.version for row in asked(services.start_attempt(learner, quiz))}

    assert versions[pinned.pk] == first
    assert versions[followed.pk].question["stem"]["en"] == "New words"


def test_limit_counts_graded_attempts(learner, quiz):
    quiz.attempt_limit = 2
    quiz.save()
    take(learner, quiz, rights=0)
    take(learner, quiz, rights=0)

    with pytest.raises(AttemptLimitReached, match="all 2 tries"):
        services.start_attempt(learner, quiz)
    assert services.tries_left(learner, quiz) == 0
    assert Attempt.objects.count() == 2


def test_limit_does_not_count_voided_attempts(learner, stranger, quiz):
    quiz.attempt_limit = 1
    quiz.save()
    services.void_attempt(take(learner, quiz, rights=0), actor=stranger, reason="The power went out")

    assert services.tries_left(learner, quiz) == 1
    assert services.start_attempt(learner, quiz).number == 2


def test_no_limit_leaves_tries_without_end(learner, quiz):
    assert services.tries_left(learner, quiz) is None


def test_retake_prefers_items_that_were_not_asked(learner):
    quiz = plain_quiz(6, draw_count=3)
    first = {row.version.item for row in asked(take(learner, quiz, rights=0))}

    second = {row.version.item for row in asked(services.start_attempt(learner, quiz))}

    assert len(first) == len(second) == 3
    assert first & second == set()


def test_draw_of_more_than_there_is_starts_nothing(learner):
    with pytest.raises(QuizEmpty, match="does not have enough questions at the moment"):
        services.start_attempt(learner, plain_quiz(2, draw_count=3))

    assert Attempt.objects.count() == 0


def test_order_is_that_of_the_quiz_without_shuffling(learner):
    quiz = plain_quiz(4, shuffle_items=False, shuffle_choices=False)

    rows = asked(services.start_attempt(learner, quiz))

    assert [row.version.item_id for row in rows] == list(quiz.quiz_items.values_list("item", flat=True))
    assert [row.choice_order for row in rows] == [[0, 1, 2]] * 4


# --- Answering -----------------------------------------------------------------------------------------------------


@pytest.fixture
def offer(attempt):
    """Keys of question 1: right, wrong, worse."""
    return keys(asked(attempt)[0].version.item, "right", "wrong", "worse")


def test_save_response_keeps_the_answer(attempt, offer, now):
    response = services.save_response(attempt, 1, [offer[1]], revision=1, now=now)

    assert (response.value, response.revision, response.saved_at, response.marks) == ([offer[1]], 1, now, None)
    assert response.attempt_item == asked(attempt)[0]


def test_save_response_newer_revision_wins(attempt, offer):
    services.save_response(attempt, 1, [offer[0]], revision=1)

    assert services.save_response(attempt, 1, [offer[1]], revision=4).value == [offer[1]]
    assert Response.objects.count() == 1


@pytest.mark.parametrize("revision", [1, 2, 3])
def test_save_response_older_or_same_revision_changes_nothing(attempt, offer, revision, now):
    services.save_response(attempt, 1, [offer[0]], revision=3, now=now)

    standing = services.save_response(attempt, 1, [offer[1]], revision=revision, now=now + timedelta(hours=1))

    assert (standing.value, standing.revision, standing.saved_at) == ([offer[0]], 3, now)


def test_save_response_empty_takes_the_answer_back(attempt, offer):
    services.save_response(attempt, 1, [offer[0]], revision=1)

    assert services.save_response(attempt, 1, [], revision=2).value == []
    assert services.submit_attempt(attempt).marks == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (["00000000-0000-0000-0000-000000000000"], "not one of those offered"),
        (["right"], "not one of those offered"),
        ([""], "not one of those offered"),
    ],
)
def test_save_response_takes_only_what_was_offered(attempt, value, words):
    with pytest.raises(InvalidResponse, match=words):
        services.save_response(attempt, 1, value, revision=1)
    assert Response.objects.count() == 0


def test_save_response_takes_no_key_of_another_question(attempt):
    other = asked(attempt)[1].version.item

    with pytest.raises(InvalidResponse):
        services.save_response(attempt, 1, keys(other, "right"), revision=1)


def test_save_response_takes_one_answer_to_a_single_choice(attempt, offer):
    with pytest.raises(InvalidResponse, match="one answer only"):
        services.save_response(attempt, 1, offer[:2], revision=1)


def test_save_response_takes_each_key_once(attempt, offer):
    with pytest.raises(InvalidResponse):
        services.save_response(attempt, 1, [offer[0], offer[0]], revision=1)


@pytest.mark.parametrize("position", [0, 6, -1])
def test_save_response_to_no_question(attempt, offer, position):
    with pytest.raises(InvalidResponse, match="no question with that number"):
        services.save_response(attempt, position, [offer[0]], revision=1)


@pytest.mark.parametrize("revision", [0, -1, 2**31])
def test_save_response_with_an_impossible_revision(attempt, offer, revision):
    with pytest.raises(InvalidResponse):
        services.save_response(attempt, 1, [offer[0]], revision=revision)


def test_save_response_several_answers_to_a_multiple_choice(learner):
    item = ItemFactory(kind="multiple_choice", choices=[("a", True), ("b", True), ("c", False)])
    attempt = services.start_attempt(learner, QuizFactory(items=[item]))

    services.save_response(attempt, 1, keys(item, "b", "a"), revision=1)

    assert services.submit_attempt(attempt).is_passed is True


def test_save_response_to_a_graded_attempt(attempt, offer):
    services.submit_attempt(attempt)

    with pytest.raises(AttemptClosed, match="already sent"):
        services.save_response(attempt, 1, [offer[0]], revision=1)
    assert Response.objects.count() == 0


def test_save_response_to_a_voided_attempt(attempt, offer, stranger):
    services.void_attempt(attempt, actor=stranger, reason="Wrong person")

    with pytest.raises(AttemptClosed, match="no longer counts"):
        services.save_response(attempt, 1, [offer[0]], revision=1)


# --- Closing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rights", "is_passed"), [(3, False), (4, True), (5, True)])
def test_submit_grades(attempt, rights, is_passed, now):
    answer(attempt, rights)

    graded = services.submit_attempt(attempt, now=now)

    assert (graded.state, graded.marks, graded.max_marks, graded.is_passed, graded.submitted_at) == (
        "graded",
        rights * 100,
        500,
        is_passed,
        now,
    )
    assert [row.response.marks for row in asked(graded)] == [100] * rights + [0] * (5 - rights)


def test_submit_twice_grades_and_rings_once(attempt, now, rung, django_capture_on_commit_callbacks):
    answer(attempt, rights=4)
    with django_capture_on_commit_callbacks(execute=True):
        first = services.submit_attempt(attempt, now=now)
        second = services.submit_attempt(attempt, now=now + timedelta(hours=1))

    assert (second.pk, second.marks, second.submitted_at) == (first.pk, 400, now)
    assert rung == [("graded", attempt.pk)]


def test_submit_without_answers_earns_nothing(attempt):
    graded = services.submit_attempt(attempt)

    assert (graded.marks, graded.is_passed) == (0, False)


def test_submit_weighs_points(learner):
    heavy, light = (ItemFactory(points=points, choices=[("right", True), ("wrong", False)]) for points in (3, 1))
    attempt = services.start_attempt(learner, QuizFactory(items=[heavy, light], pass_mark_percent=75))
    for row in asked(attempt):
        text = "right" if row.version.item == heavy else "wrong"
        services.save_response(attempt, row.position, keys(row.version.item, text), revision=1)

    graded = services.submit_attempt(attempt)

    assert (graded.marks, graded.max_marks, graded.is_passed) == (300, 400, True)


def test_submit_of_a_voided_attempt(attempt, stranger):
    services.void_attempt(attempt, actor=stranger, reason="Wrong person")

    with pytest.raises(AttemptClosed):
        services.submit_attempt(attempt)


def test_void_keeps_marks_and_says_who_and_why(attempt, stranger, now, rung, django_capture_on_commit_callbacks):
    answer(attempt, rights=5)
    services.submit_attempt(attempt)

    with django_capture_on_commit_callbacks(execute=True):
        voided = services.void_attempt(attempt, actor=stranger, reason=" Taken by somebody else ", now=now)

    assert (voided.state, voided.voided_by, voided.voided_at, voided.void_reason, voided.marks) == (
        "voided",
        stranger,
        now,
        "Taken by somebody else",
        500,
    )
    assert rung == [("voided", attempt.pk)]


def test_void_twice_keeps_the_first(attempt, learner, stranger, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.void_attempt(attempt, actor=stranger, reason="First")
        again = services.void_attempt(attempt, actor=learner, reason="Second")

    assert (again.voided_by, again.void_reason) == (stranger, "First")
    assert rung == [("voided", attempt.pk)]


def test_void_without_a_reason(attempt, stranger):
    with pytest.raises(VoidReasonMissing):
        services.void_attempt(attempt, actor=stranger, reason="  ")
    attempt.refresh_from_db()
    assert attempt.state == "open"


def test_start_after_a_voided_open_attempt(attempt, learner, quiz, stranger):
    services.void_attempt(attempt, actor=stranger, reason="Stuck")

    assert services.start_attempt(learner, quiz).number == 2
