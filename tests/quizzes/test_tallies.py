"""What a closed attempt adds to the statistics: written as it closes, again after, and never with a learner's words."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from quizzes import services
from quizzes.models import Attempt, AttemptTally
from quizzes.services import tallies
from tests.factories.people import UserFactory
from tests.factories.quizzes import ItemFactory, QuizFactory, in_both, keys, plain_quiz


def answer(learner, quiz, *texts, now, pause=10):
    """One answer after the other, `pause` seconds apart; None leaves a question out."""
    attempt = services.start_attempt(learner, quiz, now=now)
    for number, (row, text) in enumerate(
        zip(attempt.attempt_items.select_related("version__item"), texts, strict=True)
    ):
        if text is not None:
            moment = now + timedelta(seconds=pause * (number + 1))
            services.save_response(attempt, row.position, keys(row.version.item, text), revision=1, now=moment)
    return services.submit_attempt(attempt, now=now + timedelta(minutes=5))


def test_tally_is_written_as_the_attempt_closes(learner, now):
    quiz = plain_quiz(3, shuffle_items=False)
    attempt = answer(learner, quiz, "right", "wrong", None, now=now)
    first, second, third = (row.item for row in quiz.quiz_items.order_by("sort_order"))

    tally = AttemptTally.objects.get()

    assert tally.attempt == attempt
    assert tally.cells == ";".join(
        [
            f"{first.current_version_id}:100:{keys(first, 'right')[0]}",
            f"{second.current_version_id}:0:{keys(second, 'wrong')[0]}",
            f"{third.current_version_id}:0:",
        ]
    )
    assert tally.paces == f"{first.current_version_id}:10;{second.current_version_id}:10"


def test_tally_written_again_is_the_same(learner, now):
    attempt = answer(learner, plain_quiz(2), "right", "right", now=now)
    before = AttemptTally.objects.values().get()

    assert [services.tally_attempts([attempt.pk]), services.tally_attempts([attempt.pk])] == [1, 1]

    assert AttemptTally.objects.values().get() == before


def test_tally_that_was_lost_is_written_from_the_record(learner, now):
    attempt = answer(learner, plain_quiz(2), "right", None, now=now)
    before = AttemptTally.objects.values().get()
    AttemptTally.objects.all().delete()

    services.tally_attempts([attempt.pk])

    assert AttemptTally.objects.values().get() == before


def test_open_attempt_has_no_tally(attempt):
    assert services.tally_attempts([attempt.pk]) == 0
    assert not AttemptTally.objects.exists()


@pytest.mark.parametrize("pause", [0, 1801])
def test_pace_is_left_out_where_it_says_nothing(learner, now, pause):
    answer(learner, plain_quiz(2), "right", "right", now=now, pause=pause)

    assert AttemptTally.objects.get().paces == ""


def test_pace_is_left_out_for_whoever_goes_back(learner, now):
    quiz = plain_quiz(3, shuffle_items=False)
    attempt = services.start_attempt(learner, quiz, now=now)
    rows = list(attempt.attempt_items.select_related("version__item").order_by("position"))
    for number, place in enumerate([0, 1, 2, 1], start=1):
        services.save_response(
            attempt,
            place + 1,
            keys(rows[place].version.item, "right"),
            revision=number,
            now=now + timedelta(seconds=7 * number),
        )
    services.submit_attempt(attempt, now=now + timedelta(minutes=1))

    assert AttemptTally.objects.get().paces == f"{rows[0].version_id}:7"


@pytest.mark.parametrize(
    ("kind", "value", "taken"),
    [
        ("multiple_choice", ["b", "a"], ["a", "b"]),
        ("single_choice", [], []),
        ("matching", {"p": "x", "q": ""}, ["p=x"]),
        ("likert", {"p": "x"}, ["p=x"]),
        ("gap_select", {"p": "x"}, ["p=x"]),
        ("hotspot", {"regions": ["r"]}, ["r"]),
        ("hotspot", {"points": [[1, 2]]}, ["*"]),
        ("short_text", {"text": "Doña Rosa"}, ["*"]),
        ("numeric", {"text": "12", "unit": "kg"}, ["*"]),
        ("numeric", {"text": " ", "unit": "kg"}, []),
        ("survey", {"text": "Doña Rosa"}, ["*"]),
        ("essay", {"text": "Doña Rosa"}, ["*"]),
        ("upload", {"files": ["id"]}, ["*"]),
        ("ordering", ["a", "", "b"], ["*"]),
        ("case", ["a", "b"], ["a", "b"]),
        ("cloze", {"g": "x", "h": "rosa", "text": "word"}, ["g=x", "h=*", "text=*"]),
    ],
)
def test_tally_holds_keys_and_no_words(kind, value, taken):
    gaps = [{"key": "g", "kind": "select"}, {"key": "h", "kind": "short_text"}, {"key": "text", "kind": "numeric"}]

    assert sorted(tallies._taken({"kind": kind, "gaps": gaps}, value)) == taken


def test_language_of_an_attempt_is_that_of_its_start_and_stays(learner, now):
    quiz = plain_quiz(1)
    with translation.override("es"):
        attempt = services.start_attempt(learner, quiz, now=now)
    again = services.start_attempt(learner, quiz, language="en", now=now)

    assert (attempt.language, again.language, again.pk) == ("es", "es", attempt.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(language="en")


def test_language_that_is_named_is_kept(learner, now):
    assert services.start_attempt(learner, plain_quiz(1), language="es", now=now).language == "es"


def test_in_both_is_not_stored(learner, now):
    """The words of the items themselves stand nowhere in a tally either."""
    quiz = QuizFactory(items=[ItemFactory(stem=in_both("CANARY"), choices=[("CANARY", True), ("b", False)])])
    answer(learner, quiz, "CANARY", now=now)

    assert "CANARY" not in AttemptTally.objects.get().cells


@pytest.fixture
def operator(db):
    return UserFactory(email="op@example.org", is_superuser=True)


def test_tally_follows_a_regrading_and_its_undoing(learner, operator, now):
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = answer(learner, quiz, "right", "wrong", now=now)
    _first, second = (row.item for row in quiz.quiz_items.order_by("sort_order"))
    before = AttemptTally.objects.values().get()

    regrade = services.apply_regrade(quiz, second, action="full", actor=operator, reason="Unclear.")
    full = AttemptTally.objects.values().get()
    services.tally_attempts([attempt.pk])

    assert full["cells"].split(";")[1].startswith(f"{second.current_version_id}:100:")
    assert AttemptTally.objects.values().get() == full
    services.undo_regrade(regrade, actor=operator, reason="It was clear.")
    assert AttemptTally.objects.values().get() == before


def test_question_that_was_dropped_is_left_out(learner, operator, now):
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = answer(learner, quiz, "right", "wrong", now=now)
    first, second = (row.item for row in quiz.quiz_items.order_by("sort_order"))

    services.apply_regrade(quiz, second, action="drop", actor=operator, reason="Nobody could know.")
    cells = AttemptTally.objects.get().cells
    services.tally_attempts([attempt.pk])

    assert cells == AttemptTally.objects.get().cells == f"{first.current_version_id}:100:{keys(first, 'right')[0]}"


def test_attempt_that_waits_for_a_person_has_no_tally(learner, now):
    quiz = QuizFactory(items=[ItemFactory(kind="essay")])
    attempt = services.start_attempt(learner, quiz, now=now)
    services.save_response(attempt, 1, {"text": "CANARY"}, revision=1, now=now)
    services.submit_attempt(attempt, now=now)

    assert services.tally_attempts([attempt.pk]) == 0
    assert not AttemptTally.objects.exists()
