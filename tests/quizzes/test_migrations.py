"""What was there before items of every kind says and earns the same after it, and can be turned back."""

import json
from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quizzes import models
from quizzes.items import WHOLE, grade, merge, split
from tests.quizzes.test_models import provoke

migration = import_module("quizzes.migrations.0004_content_in_versions")

OLD = {
    "kind": "multiple_choice",
    "stem": {"en": "Which?", "es": "¿Cuáles?"},
    "points": 2,
    "choices": [
        {"key": "0b0f4f0e-3f6c-5f1b-9b53-0c9a6f1f5a11", "text": {"en": "a"}},
        {"key": "1b0f4f0e-3f6c-5f1b-9b53-0c9a6f1f5a11", "text": {"en": "b"}},
        {"key": "2b0f4f0e-3f6c-5f1b-9b53-0c9a6f1f5a11", "text": {"en": "c"}},
    ],
}
FIRST, SECOND, THIRD = (choice["key"] for choice in OLD["choices"])


@pytest.mark.parametrize(
    ("kind", "correct"), [("multiple_choice", [FIRST, SECOND]), ("single_choice", [SECOND]), ("true_false", [FIRST])]
)
@pytest.mark.parametrize("feedback", [{}, {"en": "Look again"}])
def test_version_is_rewritten_into_what_the_spec_itself_would_write(kind, correct, feedback):
    question = OLD | {"kind": kind, "choices": OLD["choices"][:2] if kind == "true_false" else OLD["choices"]}
    key = {"correct": correct, "feedback": feedback, "choice_feedback": {FIRST: {"en": "well"}}}

    wrong = [SECOND] if kind == "true_false" else [THIRD]

    halves = migration.in_new_shape(question, key)

    assert split(merge(*halves)) == halves
    assert [grade(halves, taken).earned for taken in (correct, wrong)] == [200, 0]
    assert migration.in_old_shape(*json.loads(json.dumps(halves))) == (question, key)


def test_only_the_kinds_of_before_can_be_turned_back():
    with pytest.raises(Exception, match="had no place before"):
        migration.in_old_shape({"kind": "ordering"}, {})


def test_weight_of_the_migration_is_the_whole():
    assert migration.WHOLE == WHOLE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_site_of_before_moves_forward_with_its_attempts(learner, now):
    """Down to where items had rows of choices, rows as they were written then, and up again."""
    executor = MigrationExecutor(connection)
    executor.migrate([("quizzes", "0002_closed_attempts_stay_closed")])
    try:
        old = executor.loader.project_state([("quizzes", "0002_closed_attempts_stay_closed")]).apps
        (Bank, Item, Choice, Quiz, QuizItem, Version, Attempt, Asked, Response) = (
            old.get_model("quizzes", name)
            for name in (
                "ItemBank", "Item", "Choice", "Quiz", "QuizItem", "ItemVersion", "Attempt", "AttemptItem", "Response",
            )
        )  # fmt: skip
        item = Item.objects.create(
            bank=Bank.objects.create(code="b", name={"en": "B"}),
            code="i",
            kind="single_choice",
            stem={"en": "Which?"},
            points=2,
        )
        unfinished = Item.objects.create(bank=item.bank, code="u", stem={"en": "Nothing to choose?"})
        choices = [
            Choice.objects.create(item=item, text={"en": text}, is_correct=text == "right", sort_order=place)
            for place, text in enumerate(("wrong", "right"))
        ]
        quiz = Quiz.objects.create(code="q", title={"en": "Q"})
        QuizItem.objects.create(quiz=quiz, item=item)
        right = str(choices[1].key)
        version = Version.objects.create(
            item=item,
            content_hash="old",
            question={
                "kind": "single_choice",
                "stem": {"en": "Which one?"},
                "points": 2,
                "choices": [{"key": str(choice.key), "text": choice.text} for choice in choices],
            },
            answer_key={"correct": [right], "feedback": {}, "choice_feedback": {}},
        )
        attempt = Attempt.objects.create(
            learner_id=learner.pk, quiz=quiz, number=1, seed=1, pass_mark_percent=80, max_points=2, started_at=now
        )
        asked = Asked.objects.create(attempt=attempt, version=version, position=1, choice_order=[1, 0])
        Response.objects.create(attempt_item=asked, value=[right], saved_at=now, points=2)
        Attempt.objects.update(state="graded", submitted_at=now, points=2, is_passed=True)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    kept = models.Attempt.objects.get()
    row = kept.attempt_items.select_related("version", "response").get()
    today = models.Item.objects.get(code="i").current_version
    assert (kept.marks, kept.max_marks, kept.is_passed, row.response.marks) == (200, 200, True, 200)
    assert grade(row.version.spec, row.response.value).earned == 200
    assert (row.version.question["stem"], today.question["stem"]) == ({"en": "Which one?"}, {"en": "Which?"})
    assert [choice.weight for choice in today.spec.choices] == [0, WHOLE]
    assert models.Item.objects.get(pk=unfinished.pk).current_version is None
    first = models.Grading.objects.get(attempt=kept)
    assert (kept.grading_number, first.number, first.marks, first.max_marks, first.is_passed) == (1, 1, 200, 200, True)
    assert (first.items, first.cause) == ([{"position": 1, "marks": 200, "max": 200, "by": "key"}], "submit")
    provoke("attempt_moves_forward", lambda: models.Attempt.objects.update(marks=0))
