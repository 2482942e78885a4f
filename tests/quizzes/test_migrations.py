"""What was there before items of every kind says and earns the same after it, and can be turned back."""

import json
from importlib import import_module

import pytest

from quizzes.items import WHOLE, grade, merge, split

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
