"""Which words fit an accepted form."""

import time

import pytest

from quizzes import items
from quizzes.items.words import fits, plain_words
from quizzes.items.writing import AcceptedText, Forgive

STRICT = {"case": False, "accents": False}


@pytest.mark.parametrize(
    ("text", "form", "forgive", "expected"),
    [
        ("Promotora", "promotora", {}, True),
        ("Promotora", "promotora", STRICT, False),
        ("  blood   pressure ", "blood pressure", STRICT, True),
        ("bloodpressure", "blood pressure", {}, False),
        ("bloodpressure", "blood pressure", {"spacing": True}, True),
        ("presion", "presión", {}, True),
        ("presion", "presión", {"accents": False}, False),
        ("presio\u0301n", "presión", STRICT, True),  # composed or not is the same word
        ("ano", "año", {}, True),
        ("ano", "año", {"accents": False}, False),
        ("follow-up", "follow up", {}, False),
        ("follow-up.", "follow up", {"punctuation": True}, True),
        ("don’t", "don't", STRICT, True),
        ("straße", "STRASSE", {}, True),
        ("a*b", "a*b", STRICT, True),
        ("axb", "a*b", STRICT, False),
        ("", "x", {}, False),
    ],
)
def test_words_fit_as_far_as_it_is_forgiven(text, form, forgive, expected):
    assert fits(text, AcceptedText(text=form), Forgive(**forgive)) is expected


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("health worker", "health work*", True),
        ("health work", "health work*", True),
        ("a health worker", "health work*", False),
        ("a health worker", "*health*work*", True),
        ("work health", "*health*work*", False),
        ("anything", "*", True),
        ("ab", "a*b", True),
        ("a", "a*a", False),  # the ends may not share a letter
        ("aa", "a*a", True),
        ("2*3", r"2\*3", True),
        ("2x3", r"2\*3", False),
        ("2*3=6", r"2\*3*", True),
        ("a\\b", r"a\b", True),
        ("blood test", "blood * test", False),
        ("blood sugar test", "blood * test", True),
        ("SUGAR", "*ugar", True),
        ("abcabc", "*abc*abc", True),
        ("abc", "*abc*abc", False),
    ],
)
def test_a_star_stands_for_any_run(text, pattern, expected):
    assert fits(text, AcceptedText(text=pattern, is_pattern=True), Forgive()) is expected


def test_a_hostile_pattern_is_quick():
    form = AcceptedText(text="*a" * 490 + "*b", is_pattern=True)

    before = time.perf_counter()
    is_found = fits("a" * 1_000, form, Forgive())

    assert not is_found
    assert time.perf_counter() - before < 1


def test_plain_words_of_the_same_answer_are_the_same():
    assert plain_words(" El  NIÑO ", Forgive()) == "el nino"


@pytest.mark.parametrize(
    ("answers", "forgive", "twins"),
    [
        (["promotora", "Promotora"], {}, ["Promotora"]),
        (["promotora", "Promotora"], {"case": False}, []),
        (["ñame", "name", "NAMÉ"], {}, ["name", "NAMÉ"]),
        (["ñame", "name"], {"accents": False}, []),
        (["a b", "ab"], {}, []),
        (["a b", "ab"], {"spacing": True}, ["ab"]),
        (["don't", "don’t"], {}, ["don’t"]),
        (["5 mg.", "5 mg"], {"punctuation": True}, ["5 mg"]),
        (["a", "b", "c"], {}, []),
    ],
)
def test_accepted_texts_that_say_the_same(answers, forgive, twins):
    value = {"kind": "short_text", "stem": {"en": "?"}, "answers": [{"text": text} for text in answers]}
    spec = items.read_item(value | {"forgive": forgive})

    once = items.without_twin_answers(spec)

    assert items.twin_answers(spec) == twins
    assert items.twin_answers(once) == []
    assert [answer.text for answer in once.answers] == [text for text in answers if text not in twins]


def test_pattern_is_no_twin_of_the_same_letters():
    answers = [{"text": "a*"}, {"text": "a*", "is_pattern": True}, {"text": "A*", "is_pattern": True}]
    spec = items.read_item({"kind": "short_text", "stem": {"en": "?"}, "answers": answers})

    assert items.twin_answers(spec) == ["A*"]


def test_gaps_are_looked_at_one_by_one():
    gaps = [
        {"key": "g", "kind": "short_text", "answers": [{"text": "a"}, {"text": "A"}]},
        {"key": "h", "kind": "short_text", "answers": [{"text": "a"}]},
    ]
    spec = items.read_item({"kind": "cloze", "text": {"en": "[[g]] [[h]]"}, "gaps": gaps})

    assert items.twin_answers(spec) == ["A"]
    assert [len(gap.answers) for gap in items.without_twin_answers(spec).gaps] == [1, 1]
