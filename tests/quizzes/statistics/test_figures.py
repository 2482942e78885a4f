"""Figures against published worked examples, and against the same formulas over single people."""

import math
import statistics
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.statistics import (
    ENOUGH,
    Line,
    Sitting,
    alpha,
    corrected_correlation,
    discrimination_index,
    distractors,
    drawn_reliability,
    histogram,
    item_figures,
    lines_of,
    paces_of,
    packed,
    packed_paces,
    quiz_figures,
    thirds_of,
)
from tests.quizzes.statistics.people import sittings_of

# Ten students, ten items: K. L. Wuensch, East Carolina University, "The Kuder-Richardson 20" (StatHelp, KR20.txt).
# Published there: p of every item, and 5.84 as the variance of the totals.
WUENSCH = [
    [1, 1, 1, 1, 1, 1, 0, 1, 1, 0],
    [1, 0, 1, 1, 0, 1, 1, 1, 0, 1],
    [1, 1, 1, 1, 0, 1, 1, 0, 0, 1],
    [0, 0, 1, 0, 0, 0, 1, 0, 0, 0],
    [0, 0, 0, 0, 0, 1, 0, 0, 1, 0],
    [1, 1, 1, 0, 1, 1, 1, 1, 1, 1],
    [1, 1, 0, 1, 1, 1, 0, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1, 1, 0, 1],
    [0, 1, 0, 1, 1, 1, 1, 1, 0, 1],
    [1, 1, 0, 1, 1, 0, 1, 1, 1, 0],
]
WUENSCH_P = [7, 7, 6, 7, 6, 8, 7, 7, 5, 6]


def test_facility_of_the_published_table():
    lines = lines_of(sittings_of(WUENSCH))

    assert [item_figures(lines[number], 100).facility for number in range(1, 11)] == [
        Fraction(right, 10) for right in WUENSCH_P
    ]


def test_kr20_of_the_published_table():
    variances = [Fraction(right * (10 - right), 100) for right in WUENSCH_P]

    # 10/9 × (1 - 2.18/5.84), from the figures that are printed there
    assert alpha(variances, Fraction(584, 100)) == pytest.approx(0.69634, abs=1e-5)


def test_alpha_of_marks_is_that_of_the_published_variances():
    rows = WUENSCH * 2  # twice the same people: the same alpha, and enough of them to say it
    sittings = sittings_of(rows)

    figures = quiz_figures(sittings, lines_of(sittings), {number: number for number in range(1, 11)})

    assert figures.reliability == pytest.approx(0.69634, abs=1e-5)
    assert not figures.is_drawn
    assert figures.mean_percent == pytest.approx(66)
    deviation = statistics.stdev(sum(row) * 10 for row in rows)
    assert figures.deviation_percent == pytest.approx(deviation)
    assert figures.error_percent == pytest.approx(deviation * math.sqrt(1 - figures.reliability))


# Six targets, four judges: Shrout and Fleiss, "Intraclass correlations: uses in assessing rater reliability",
# Psychological Bulletin 86 (1979), table 2; ICC(1,4) = .44 is their table 4.
SHROUT_AND_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_reliability_of_drawn_questions_is_that_of_shrout_and_fleiss():
    totals = [sum(row) for row in SHROUT_AND_FLEISS]
    squares = sum(mark * mark for row in SHROUT_AND_FLEISS for mark in row)

    assert drawn_reliability(totals, squares, 4) == pytest.approx(0.44, abs=0.005)


def test_alpha_is_the_consistency_of_shrout_and_fleiss():
    """Their ICC(3,4) = .91 is Cronbach's alpha."""
    variances = [
        Fraction(statistics.pvariance(map(Fraction, column))) for column in zip(*SHROUT_AND_FLEISS, strict=True)
    ]
    of_total = statistics.pvariance([Fraction(sum(row)) for row in SHROUT_AND_FLEISS])

    assert alpha(variances, of_total) == pytest.approx(0.91, abs=0.005)


# --- Against single people ----------------------------------------------------------------------------------------

MATRICES = (
    st.integers(0, 2**32)
    .map(Random)
    .map(
        lambda random: [
            [int(random.random() < ability) for _item in range(6)]
            for ability in (random.random() for _person in range(random.randint(ENOUGH, 60)))
        ]
    )
)


def plain_correlation(xs, ys):
    if len(set(xs)) < 2 or len(set(ys)) < 2:
        return None
    return statistics.correlation(xs, ys)


@settings(max_examples=60, deadline=None)
@given(MATRICES)
def test_correlation_is_that_of_single_people(rows):
    lines = lines_of(sittings_of(rows))

    for item in range(6):
        found = corrected_correlation(lines[item + 1], 100)
        expected = plain_correlation([row[item] for row in rows], [sum(row) - row[item] for row in rows])
        assert found == (None if expected is None else pytest.approx(expected, abs=1e-9))


@settings(max_examples=60, deadline=None)
@given(MATRICES)
def test_alpha_is_that_of_single_people(rows):
    sittings = sittings_of(rows)
    figures = quiz_figures(sittings, lines_of(sittings), {number: number for number in range(1, 7)})
    of_total = statistics.pvariance(sum(row) for row in rows)
    of_items = sum(statistics.pvariance(column) for column in zip(*rows, strict=True))

    assert figures.reliability == (pytest.approx(6 / 5 * (1 - of_items / of_total)) if of_total else None)


@settings(max_examples=40, deadline=None)
@given(MATRICES, st.integers(0, 100))
def test_index_is_the_mean_over_ways_of_choosing_among_equals(rows, seed):
    """A group drawn at random among equals has, in the long run, the index that is computed."""
    totals = [sum(row) for row in rows]
    size = len(rows) * 27 // 100
    if len(rows) * 27 % 100 or len(set(totals)) < 2:
        rows = [row for row in rows for _copy in range(100)][: len(rows) * 100]
        totals = [sum(row) for row in rows]
        size = len(rows) * 27 // 100
    found = discrimination_index(lines_of(sittings_of(rows))[1], 100)
    if len(set(totals)) < 2:
        assert found is None
        return

    def expected(best):
        """Whoever is surely in the group counts whole; those at the border by their chance."""
        border = sorted(totals, reverse=best)[size - 1]
        inside = [
            row[0] for row, total in zip(rows, totals, strict=True) if (total > border if best else total < border)
        ]
        at = [row[0] for row, total in zip(rows, totals, strict=True) if total == border]
        return (sum(inside) + sum(at) * (size - len(inside)) / len(at)) / size

    assert found == pytest.approx(expected(best=True) - expected(best=False))


@pytest.mark.parametrize(
    ("rights", "index"),
    [([*range(73, 100)], 1.0), ([*range(27)], -1.0), ([*range(100)], 0.0), ([*range(86, 100)], 14 / 27)],
)
def test_index_of_a_hundred_people_in_a_row(rights, index):
    lines = [Line(1, 100 if place in rights else 0, (), place + 1, 1_000, "en", 1) for place in range(100)]

    assert discrimination_index(lines, 100) == pytest.approx(index)


def test_what_everybody_did_alike_has_no_coefficient():
    lines = lines_of(sittings_of([[1, 1], [1, 1]] * 20))

    figures = item_figures(lines[1], 100)

    assert (figures.index, figures.correlation, figures.facility) == (None, None, 1)


@pytest.mark.parametrize(("people", "is_said"), [(ENOUGH - 1, False), (ENOUGH, True)])
def test_coefficients_need_enough_people(people, is_said):
    sittings = sittings_of([[number % 2, number % 2, 1] for number in range(people)])
    lines = lines_of(sittings)

    figures = item_figures(lines[1], 100)
    of_quiz = quiz_figures(sittings, lines, {1: 1, 2: 2, 3: 3})

    assert [value is not None for value in (figures.index, figures.correlation, of_quiz.reliability)] == [is_said] * 3


def test_unanswered_counts_as_wrong():
    sittings = [Sitting(n, "en", 0, 200, packed([(1, 0, []), (2, 0, ["w"])])) for n in range(3)]
    sittings.append(Sitting(9, "en", 100, 200, packed([(1, 100, ["k"]), (2, 0, [])])))

    figures = item_figures(lines_of(sittings)[1], 100)

    assert (figures.asked, figures.unanswered, figures.right, figures.facility) == (4, 3, 1, Fraction(1, 4))


def test_thirds_keep_equals_together():
    lines = lines_of(sittings_of([[0, 0]] * 2 + [[1, 0]] * 5 + [[1, 1]] * 2))[1]

    assert thirds_of(lines) == {0.0: 0, 0.5: 1, 1.0: 2}


def test_answers_by_thirds_with_the_mean_of_those_who_took_them():
    rows = [("a", 0), ("a", 0), ("b", 100), ("b", 300), ("b", 400), ("", 200)]
    sittings = [
        Sitting(n, "en", marks, 400, packed([(1, 0, [key] if key else [])])) for n, (key, marks) in enumerate(rows)
    ]

    thirds, taken = distractors(lines_of(sittings)[1], ["a", "b", "c"])

    assert (thirds.lower, thirds.middle, thirds.upper) == (2, 2, 2)
    assert [(row.key, row.count, row.lower, row.middle, row.upper, row.mean) for row in taken] == [
        ("a", 2, 2, 0, 0, 0.0),
        ("b", 3, 0, 1, 2, pytest.approx(2 / 3)),
        ("c", 0, 0, 0, 0, None),
        ("", 1, 0, 1, 0, 0.5),
    ]


def test_histogram_puts_the_full_mark_into_the_last_bar():
    sittings = [Sitting(n, "en", marks, 1_000, "") for n, marks in enumerate([0, 99, 100, 999, 1_000])]

    assert histogram(sittings) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]


def test_paces_are_quantiles_of_what_is_known():
    sittings = [Sitting(n, "en", 0, 100, "", packed_paces([(7, seconds)])) for n, seconds in enumerate([5, 9, 1, 30])]
    sittings.append(Sitting(9, "en", 0, 100, "", ""))

    pace = paces_of(sittings)[7]

    assert (pace.known, pace.quarter, pace.median, pace.three_quarters) == (4, 1, 5, 9)


def test_nobody_has_no_figures():
    assert quiz_figures([], {}, {}) is None
    assert lines_of([]) == {}
    assert paces_of([]) == {}


def test_drawn_questions_are_said_to_be_drawn():
    sittings = [
        Sitting(n, "en", 100 * (n % 2), 100, packed([(1 + n % 3, 100 * (n % 2), ["k"]), (9, 0, ["k"])]))
        for n in range(30)
    ]

    figures = quiz_figures(sittings, lines_of(sittings), {1: 1, 2: 2, 3: 3, 9: 9})

    assert figures.is_drawn
    assert figures.reliability is not None
