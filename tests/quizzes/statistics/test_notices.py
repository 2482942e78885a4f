"""What figures say in words, at the borders."""

import pytest

from quizzes.statistics import Differential, ItemFigures, Taken, Third, notices_of

THIRDS = Third(20, 20, 20)


def codes(*, right=30, unanswered=0, correlation=0.3, taken=(), compared=(), asked=60):
    figures = ItemFigures(asked, unanswered, right, right * 100, 100, 0.3, correlation)
    return [(one.code, one.key or one.language) for one in notices_of(figures, THIRDS, taken, {"k"}, compared)]


def row(key, lower, middle, upper):
    return Taken(key, lower + middle + upper, lower, middle, upper, 0.5)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({}, []),
        ({"asked": 19, "right": 19}, []),
        ({"right": 57}, [("too_easy", "")]),
        ({"right": 56}, []),
        ({"right": 12}, [("too_hard", "")]),
        ({"right": 13}, []),
        ({"unanswered": 12}, [("left_out", "")]),
        ({"unanswered": 11}, []),
        ({"correlation": -0.01}, [("works_backwards", "")]),
        ({"correlation": 0.14}, [("tells_little", "")]),
        ({"correlation": 0.15}, []),
        ({"correlation": None}, []),
        ({"taken": [row("k", 5, 5, 9), row("b", 2, 4, 10)]}, [("look_at_key", "b")]),
        ({"taken": [row("k", 5, 5, 10), row("b", 2, 4, 10)]}, []),
        ({"taken": [row("k", 2, 5, 9), row("b", 11, 4, 10)]}, []),
        ({"taken": [row("k", 5, 5, 20), row("b", 0, 0, 0), row("", 0, 0, 0)]}, [("idle", "b")]),
        ({"taken": [row("k", 5, 5, 20), row("b", 0, 0, 0)], "asked": 49}, []),
    ],
)
def test_notices(case, expected):
    assert codes(**case) == expected


@pytest.mark.parametrize(("level", "delta", "code"), [("A", -2, None), ("B", -1.2, "harder_in"), ("C", 2, "easier_in")])
def test_notices_of_languages(level, delta, code):
    compared = Differential("es", "en", 2.0, 9.0, 0.01, delta, level, -0.2)

    assert codes(compared=[compared]) == ([(code, "es")] if code else [])
