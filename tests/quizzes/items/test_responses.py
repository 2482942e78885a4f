"""Which answers are taken, and what is wrong with the others."""

import pytest

from quizzes.items import KINDS, is_empty, read_item, response_faults, split
from tests.quizzes.items.samples import EMPTY, RIGHT, SPECS, WRONG


def question(kind, **changes):
    return split(read_item(SPECS[kind] | changes))[0]


def codes(kind, response, **changes):
    return [fault.code for fault in response_faults(question(kind, **changes), response)]


@pytest.mark.parametrize("kind", RIGHT)
def test_right_wrong_and_empty_answers_have_the_right_shape(kind):
    assert [codes(kind, answer) for answer in (RIGHT[kind], WRONG[kind], EMPTY[kind])] == [[], [], []]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("response", [3, "a", 1.5, True, [1], [["a"]], {"a": 1}, {"a": ["b"]}, [None], {"text": None}])
def test_a_wrong_shape_is_said_and_never_crashes(kind, response):
    assert codes(kind, response) != []


@pytest.mark.parametrize(
    ("kind", "response", "expected"),
    [
        ("single_choice", ["a", "b"], ["one_only"]),
        ("single_choice", ["z"], ["not_offered"]),
        ("single_choice", ["a", "a"], ["taken_twice", "one_only"]),
        ("multiple_choice", ["a", "b"], []),
        ("multiple_choice", ["a"] * 301, ["wrong_shape"]),
        ("matching", {"p1": "m1"}, []),
        ("matching", {"p1": "p2"}, ["not_offered"]),
        ("matching", {"x": "m1"}, ["not_asked"]),
        ("ordering", ["q", "", "z"], []),
        ("ordering", ["q", "q"], ["taken_twice"]),
        ("ordering", ["q", "", "z", "m", "k"], ["not_offered"]),
        ("gap_select", {"g1": "x", "g2": "x"}, []),
        ("cloze", {"g1": "elan"}, ["not_offered"]),
        ("cloze", {"g2": "x" * 1_001}, ["too_long"]),
        ("cloze", {"g2": "a\0"}, ["not_storable"]),
        ("short_text", {"text": "\ud800"}, ["not_storable"]),
        ("short_text", {"text": "x", "unit": "kg"}, ["wrong_shape"]),
        ("numeric", {"unit": "kg"}, ["wrong_shape"]),
        ("essay", {"text": "x" * 100_001}, ["too_long"]),
        ("hotspot", {"regions": ["r1"], "points": []}, ["wrong_shape"]),
        ("hotspot", {"points": [[1, 2], [3, 4]]}, ["one_only"]),
        ("hotspot", {"points": [[1001, 0]]}, ["wrong_shape"]),
        ("hotspot", {"points": [[True, 0]]}, ["wrong_shape"]),
        ("hotspot", {"points": [[1, 1]] * 51}, ["too_many"]),
        ("case", ["c4"], ["not_offered"]),
        ("case", ["c3", "c4"], ["not_offered"]),
        ("upload", {"files": ["a", "b"]}, ["too_many"]),
        ("likert", {"s1": "x"}, ["not_offered"]),
        ("survey", ["a", "b"], ["one_only"]),
        ("description", None, []),
    ],
)
def test_a_fault_has_its_code(kind, response, expected):
    assert codes(kind, response) == expected


def test_a_word_that_may_be_used_once_is_used_once():
    assert codes("gap_select", {"g1": "x", "g2": "x"}, may_repeat=False) == ["used_twice"]


def test_a_survey_without_choices_takes_words():
    assert codes("survey", {"text": "the songs"}, choices=[]) == []


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ([], True),
        ({}, True),
        (None, True),
        ({"text": " ", "unit": "kg"}, True),
        (["", ""], True),
        ({"g1": ""}, True),
        ({"points": []}, True),
        (["a"], False),
        ({"text": "0"}, False),
        ({"points": [[0, 0]]}, False),
    ],
)
def test_what_is_no_answer(response, expected):
    assert is_empty(response) is expected
