"""Marks in parts between two groups: Mantel's test and the mean difference against an example worked by hand, and
against other formulas for what must be the same."""

import math
from collections import Counter
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quizzes.statistics import (
    ENOUGH_TO_COMPARE,
    SMALLEST_GROUP,
    GradedStratum,
    Line,
    bands,
    differential,
    mantel,
    profile,
)

# The table of Zwick and Thayer (1996, table 2) as Rasch Measurement Transactions 10:3 reprints it: a rating of 1, 2 or
# 3 among low and among high performers. The reprint gives the sums 474 (205 people) and 80 (36 people).
RATINGS = [
    GradedStratum(reference={1: 13, 2: 5, 3: 7}, focal={1: 5, 2: 14, 3: 4}),
    GradedStratum(reference={1: 28, 2: 54, 3: 98}, focal={1: 1, 2: 2, 3: 10}),
]

COUNTS = st.integers(0, 12)
RIGHT_OR_WRONG = st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=6)
PEOPLE = st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=40)


def strata_of(people):
    """One stratum of (is focal, marks)."""
    return [
        GradedStratum(*(Counter(marks for is_focal, marks in people if is_focal == wanted) for wanted in (False, True)))
    ]


# --- An example, by hand -------------------------------------------------------------------------------------------


def test_table_of_ratings_is_the_reprinted_one():
    sums = [
        (sum(group.values()), sum(mark * count for mark, count in group.items()))
        for group in (sum((Counter(stratum[place]) for stratum in RATINGS), Counter()) for place in (0, 1))
    ]

    assert sums == [(205, 474), (36, 80)]


def test_ratings_by_hand():
    found = mantel(RATINGS)

    # Low: 48 people, marks 18 + 38 + 33 = 89, squares 18 + 76 + 99 = 193; 23 of them focal, who have 45.
    # High: 193 people, marks 29 + 112 + 324 = 465, squares 29 + 224 + 972 = 1225; 13 of them focal, who have 35.
    expected = Fraction(23 * 89, 48) + Fraction(13 * 465, 193)
    variance = Fraction(25 * 23 * (48 * 193 - 89**2), 48**2 * 47) + Fraction(
        180 * 13 * (193 * 1225 - 465**2), 193**2 * 192
    )
    assert float(expected) == pytest.approx(73.9671, abs=5e-5)
    assert float(variance) == pytest.approx(13.7405, abs=5e-5)
    assert found.chi_squared == pytest.approx(float((80 - expected) ** 2 / variance))
    assert found.chi_squared == pytest.approx(2.649, abs=5e-4)
    assert found.p_value == pytest.approx(0.1036, abs=5e-5)
    # Means: low 45/23 and 44/25, high 35/13 and 430/180; weighted by the focal 23 and 13 of 36.
    difference = (23 * (Fraction(45, 23) - Fraction(44, 25)) + 13 * (Fraction(35, 13) - Fraction(430, 180))) / 36
    assert found.difference == difference
    assert float(difference) == pytest.approx(0.2351, abs=5e-5)
    # All 241: marks 554, squares 193 + 1225.
    deviation = math.sqrt(Fraction(1418, 241) - Fraction(554, 241) ** 2)
    assert found.ratio == pytest.approx(float(difference) / deviation)
    assert found.ratio == pytest.approx(0.3037, abs=5e-5)
    assert found.level == "AA"  # a third of a standard deviation, and yet it may be chance


def test_ratings_of_ten_times_as_many_are_no_chance():
    more = [
        GradedStratum(*({mark: 10 * count for mark, count in group.items()} for group in stratum))
        for stratum in RATINGS
    ]

    found = mantel(more)

    assert found.ratio == pytest.approx(mantel(RATINGS).ratio)
    assert found.level == "CC"


# --- Classes -------------------------------------------------------------------------------------------------------


def shifted(hundredths, people=10_000):
    """Both groups have half of their people at either end, 2 apart (a standard deviation of about 1); `hundredths` of
    the focal group's people stand above that."""
    half = people // 2
    more = people * hundredths // 200
    return [GradedStratum({0: half, 2: half}, {0: half - more, 2: half + more})]


@pytest.mark.parametrize(
    ("hundredths", "level"),
    [(0, "AA"), (16, "AA"), (18, "BB"), (24, "BB"), (26, "CC"), (-16, "AA"), (-18, "BB"), (-26, "CC")],
)
def test_classes_by_size(hundredths, level):
    found = mantel(shifted(hundredths))

    assert found.difference == Fraction(hundredths, 100)
    assert found.ratio == pytest.approx(hundredths / 100, rel=0.01)
    assert found.level == level


def at_threshold(hundredths, *, above=False):
    """Two groups of 80,000 whose means lie `hundredths` of a standard deviation of 200 apart, exactly; with `above`,
    one person of the focal group has 200 more."""
    apart, people = 2 * hundredths, 80_000
    ends = people * (200**2 - hundredths**2) // (2 * 200**2)  # at either end: the means' own spread is hundredths²
    middle = people - 2 * ends
    reference, focal = (
        {1_000 + sign * apart // 2 + place: count for place, count in ((-200, ends), (0, middle), (200, ends))}
        for sign in (-1, 1)
    )
    if above:
        focal[1_000 + apart // 2] -= 1
        focal[1_200 + apart // 2] += 1
    return [GradedStratum(reference, focal)]


@pytest.mark.parametrize(
    ("hundredths", "is_above", "level"), [(17, False, "AA"), (17, True, "BB"), (25, False, "BB"), (25, True, "CC")]
)
def test_threshold_itself_is_the_smaller_class(hundredths, is_above, level):
    found = mantel(at_threshold(hundredths, above=is_above))

    assert found.ratio == pytest.approx(hundredths / 100, abs=1e-4)
    assert is_above or found.difference == 2 * hundredths
    assert found.level == level


# --- What must be the same -----------------------------------------------------------------------------------------


@given(RIGHT_OR_WRONG)
def test_right_or_wrong_is_mantel_haenszel_without_correction(tables):
    """Σ(a - E a)² / Σ V a of the two-by-two tables, as Mantel and Haenszel (1959) have it."""
    a_sum = expected = variance = 0.0
    for right, wrong, focal_right, focal_wrong in tables:
        reference, focal = right + wrong, focal_right + focal_wrong
        total, rights, wrongs = reference + focal, right + focal_right, wrong + focal_wrong
        if reference and focal:
            a_sum += right
            expected += reference * rights / total
            variance += reference * focal * rights * wrongs / (total * total * (total - 1))

    found = mantel(GradedStratum({100: a, 0: b}, {100: c, 0: d}) for a, b, c, d in tables)

    if not variance:
        assert found is None
    else:
        assert found.chi_squared == pytest.approx((a_sum - expected) ** 2 / variance, abs=1e-9)


@given(PEOPLE)
def test_one_stratum_is_a_correlation(people):
    """Of one table Mantel's statistic is (N - 1) r², r between group and marks; the ratio is that of the means."""
    groups, marks = [float(is_focal) for is_focal, _mark in people], [float(mark) for _group, mark in people]
    assume(len(set(groups)) == 2)
    count = len(people)
    mean_group, mean_mark = sum(groups) / count, sum(marks) / count
    xx = sum((group - mean_group) ** 2 for group in groups)
    yy = sum((mark - mean_mark) ** 2 for mark in marks)
    xy = sum((group - mean_group) * (mark - mean_mark) for group, mark in zip(groups, marks, strict=True))

    found = mantel(strata_of(people))

    if not yy:
        assert found is None
        return
    assert found.chi_squared == pytest.approx((count - 1) * xy * xy / (xx * yy), abs=1e-9)
    means = [
        sum(mark for group, mark in people if group is wanted) / sum(group is wanted for group, _mark in people)
        for wanted in (True, False)
    ]
    assert float(found.difference) == pytest.approx(means[0] - means[1], abs=1e-9)
    assert found.ratio == pytest.approx((means[0] - means[1]) / math.sqrt(yy / count), abs=1e-9)


@given(st.lists(PEOPLE, min_size=1, max_size=4), st.integers(1, 50), st.integers(-20, 20))
def test_scale_of_the_marks_changes_nothing_but_the_difference(tables, times, plus):
    plain = mantel(stratum for table in tables for stratum in strata_of(table))
    other = mantel(
        stratum
        for table in tables
        for stratum in strata_of([(is_focal, times * mark + plus) for is_focal, mark in table])
    )

    if plain is None:
        assert other is None
        return
    assert (other.difference, other.level) == (plain.difference * times, plain.level)
    assert other.chi_squared == pytest.approx(plain.chi_squared, abs=1e-9)
    assert other.ratio == pytest.approx(plain.ratio, abs=1e-9)


@given(st.lists(PEOPLE, min_size=1, max_size=4))
def test_exchanging_the_groups_leaves_the_test(tables):
    plain = mantel(stratum for table in tables for stratum in strata_of(table))
    other = mantel(
        stratum for table in tables for stratum in strata_of([(not is_focal, mark) for is_focal, mark in table])
    )

    assert (plain is None) == (other is None)
    if plain:
        assert other.chi_squared == pytest.approx(plain.chi_squared, abs=1e-9)


@given(st.lists(PEOPLE, min_size=1, max_size=3), st.lists(st.integers(0, 4), max_size=20), st.booleans())
def test_stratum_of_one_group_moves_nothing_but_the_spread(tables, alone, is_focal):
    strata = [stratum for table in tables for stratum in strata_of(table)]

    plain, other = mantel(strata), mantel([*strata, *strata_of([(is_focal, mark) for mark in alone])])

    assert (plain is None) == (other is None)
    if plain:
        assert (other.chi_squared, other.difference) == (plain.chi_squared, plain.difference)


@pytest.mark.parametrize(
    "strata",
    [
        [],
        [GradedStratum({1: 5}, {})],
        [GradedStratum({1: 5}, {}), GradedStratum({}, {1: 3, 2: 2})],
        [GradedStratum({1: 5}, {1: 3}), GradedStratum({2: 5}, {2: 3})],  # equal among equals
    ],
)
def test_nothing_to_compare_says_nothing(strata):
    assert mantel(strata) is None


# --- An item in two languages --------------------------------------------------------------------------------------


def people(shift, *, each=400, seed=3, halves=True):
    """Two languages that do alike in all but this item of four points, which is harder by `shift` points in Spanish."""
    random = Random(seed)
    for group, marks in product(("en", "es"), range(0, 1_000, 100)):
        for _person in range(each // 10):
            mean = 0.5 + 3 * marks / 900 - (shift if group == "es" else 0)
            earned = min(max(round(random.gauss(mean, 1)), 0), 4)
            yield Line(1, earned * 100 if halves else (400 if earned >= 2 else 0), (), marks, 1_000, group, 1)


@pytest.mark.parametrize(("shift", "level"), [(0, "AA"), (0.9, "CC"), (-0.9, "CC")])
def test_item_that_gives_part_of_its_marks_is_compared_by_marks(shift, level):
    found = differential(list(people(shift)), 400, reference="en", focal="es")

    assert (found.level, found.delta, found.odds_ratio) == (level, None, None)
    assert found.is_notable is (level == "CC")
    if shift:
        assert found.is_harder is (shift > 0)
        assert math.copysign(1, found.ratio) == math.copysign(1, found.difference) == math.copysign(1, -shift)
        assert 0.1 < abs(found.difference) < 0.3  # about 0.9 of 4 points


def test_item_that_is_right_or_wrong_is_compared_as_before():
    found = differential(list(people(0.9, halves=False)), 400, reference="en", focal="es")

    assert (found.level, found.ratio) == ("C", None)
    assert found.delta < 0
    assert found.is_harder


def test_partial_marks_that_the_whole_mark_does_not_show_are_found():
    """Nobody gets all of it, so as right or wrong both languages do the same; by marks they do not."""
    lines = [
        Line(1, earned, (), marks, 1_000, group, 20)
        for marks in (300, 500, 700)
        for group, given in (("en", (200, 300)), ("es", (100, 200)))
        for earned in given
    ]

    found = differential(lines, 400, reference="en", focal="es")

    assert found.level == "CC"
    assert found.difference == pytest.approx(-0.25)


@pytest.mark.parametrize(("focal", "is_said"), [(ENOUGH_TO_COMPARE - 1, False), (ENOUGH_TO_COMPARE, True)])
def test_too_few_to_compare_by_marks(focal, is_said):
    lines = [Line(1, 50 * (n % 3), (), 100, 200, "en", 1) for n in range(100)]
    lines += [Line(1, 50 * (n % 3), (), 100, 200, "es", 1) for n in range(focal)]

    assert (differential(lines, 100, reference="en", focal="es") is not None) is is_said


def test_item_that_everybody_does_alike_cannot_be_compared():
    lines = [Line(1, 50, (), 100, 200, group, 40) for group in ("en", "es")]

    found = differential(lines, 100, reference="en", focal="es")

    assert (found.level, found.chi_squared, found.is_notable, found.is_harder) == ("", None, False, False)


# --- Bands ---------------------------------------------------------------------------------------------------------

OF_TOTALS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 4), st.booleans(), st.integers(1, 30)), min_size=1, max_size=40
)


@given(OF_TOTALS, st.integers(1, 12))
def test_bands_hold_everybody_and_no_small_group(rows, smallest):
    people = [(Fraction(total, 12), marks * 100, is_focal, times) for total, marks, is_focal, times in rows]

    found = bands(people, 400, smallest=smallest)

    assert len(found) != 1
    assert len(found) <= 5
    sizes = Counter()
    for _total, _marks, is_focal, times in people:
        sizes[is_focal] += times
    if found:
        assert len(found) * smallest <= min(sizes[False], sizes[True])
        assert [band.total for band in found] == sorted(band.total for band in found)
    assert all(0 <= share <= 1 for band in found for share in (band.total, band.reference, band.focal))


def test_bands_are_means_of_their_people():
    people = [
        (Fraction(1, 4), 0, False, 10),
        (Fraction(1, 4), 200, True, 10),
        (Fraction(3, 4), 400, False, 10),
        (Fraction(3, 4), 100, True, 8),
        (Fraction(1), 400, True, 2),  # too few for a band of their own
    ]

    low, high = bands(people, 400, smallest=10)

    assert (low.total, low.reference, low.focal) == (Fraction(1, 4), 0, Fraction(1, 2))
    assert (high.total, high.reference, high.focal) == (Fraction(31, 40), 1, Fraction(8 * 100 + 2 * 400, 4_000))


def test_profile_is_of_the_two_languages_and_of_no_small_group():
    lines = list(people(0.9))
    others = [Line(1, 400, (), 900, 1_000, "pt", 500)]

    found = profile([*lines, *others], 400, reference="en", focal="es")

    assert found == profile(lines, 400, reference="en", focal="es")
    assert len(found) == 5
    assert all(band.focal < band.reference for band in found)
    few = [line for line in lines if line.group == "en"] + [Line(1, 100, (), 500, 1_000, "es", SMALLEST_GROUP - 1)]
    assert profile(few, 400, reference="en", focal="es") == []
