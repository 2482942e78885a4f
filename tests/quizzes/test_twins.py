"""Which texts are likely the same question."""

import time

import pytest

from quizzes.twins import folded, likely_twins


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [
        ("What is a CHW?", "what is a chw", 100),
        ("¿Qué es la diabetes?", "Que es la Diabetes", 100),
        ("Which of these foods has the most sugar in it?", "Which of these foods has most sugar in it?", 95),
        ("How many hours of sleep does a child of 5 need?", "How many hours of sleep does a child of 7 need?", None),
        ("What is blood pressure?", "What is a referral?", None),
        ("", "", None),
        ("?", "!", None),
    ],
)
def test_twins(one, other, percent):
    assert likely_twins([(1, one), (2, other)]) == ([(1, 2, percent)] if percent else [])


def test_three_that_say_the_same_are_three_pairs():
    assert likely_twins([(3, "Why?"), (1, "why"), (2, "WHY!")]) == [(1, 2, 100), (1, 3, 100), (2, 3, 100)]


def test_folding_leaves_letters_and_numbers():
    assert folded("  ¿Cuánto pesa: 3,5 kg? ") == "cuanto pesa 3 5 kg"


def test_thousands_take_seconds():
    texts = [(n, f"What does the word number{n} mean in chapter {n % 40} about topic{n % 300}?") for n in range(3_000)]
    began = time.process_time()

    likely_twins([*texts, (9_999, texts[5][1].upper())])

    assert time.process_time() - began < 20
