"""Mantel-Haenszel against published examples; groups that are too small."""

import math
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.statistics import (
    ENOUGH_TO_COMPARE,
    SMALLEST_GROUP,
    Line,
    Stratum,
    differential,
    mantel_haenszel,
    shown_groups,
)

# Admissions of Berkeley by department, men and women, admitted and rejected (Bickel and others 1975), as R has them
# (UCBAdmissions). R's manual prints for mantelhaen.test: X-squared 1.4269, p 0.2323, odds ratio 0.9046968,
# interval of 95 % from 0.7719074 to 1.0603298.
BERKELEY = [
    Stratum(512, 313, 89, 19),
    Stratum(353, 207, 17, 8),
    Stratum(120, 205, 202, 391),
    Stratum(138, 279, 131, 244),
    Stratum(53, 138, 94, 299),
    Stratum(22, 351, 24, 317),
]
# Rabbits and penicillin (Mantel 1963, from Hajime), as R's manual has them: X-squared 3.9286, p 0.04747, odds ratio 7.
RABBITS = [
    Stratum(0, 6, 0, 5),
    Stratum(3, 3, 0, 6),
    Stratum(6, 0, 2, 4),
    Stratum(5, 1, 6, 0),
    Stratum(2, 0, 5, 0),
]


def test_berkeley():
    found = mantel_haenszel(BERKELEY)

    assert found.odds_ratio == pytest.approx(0.9046968, abs=1e-7)
    assert found.chi_squared == pytest.approx(1.4269, abs=5e-5)
    assert found.p_value == pytest.approx(0.2323, abs=5e-5)
    z = 1.959963985
    assert math.exp(math.log(found.odds_ratio) - z * found.error) == pytest.approx(0.7719074, abs=1e-6)
    assert math.exp(math.log(found.odds_ratio) + z * found.error) == pytest.approx(1.0603298, abs=1e-6)


def test_rabbits():
    found = mantel_haenszel(RABBITS)

    assert found.odds_ratio == pytest.approx(7)
    assert found.chi_squared == pytest.approx(3.9286, abs=5e-5)
    assert found.p_value == pytest.approx(0.04747, abs=5e-6)


def test_strata_of_one_group_say_nothing():
    assert mantel_haenszel([Stratum(5, 5, 0, 0), Stratum(0, 0, 5, 5)]) is None


def people(shift, *, each=100, seed=1):
    """Two languages that do alike in all but this item, which is harder by `shift` (a share) in Spanish."""
    random = Random(seed)
    for group, marks in product(("en", "es"), range(0, 1_000, 100)):
        for _person in range(each // 10):
            chance = 0.1 + 0.8 * marks / 900 - (shift if group == "es" else 0)
            earned = 100 if random.random() < chance else 0
            yield Line(1, earned, (), marks, 1_000, group, 1)


@pytest.mark.parametrize(("shift", "level"), [(0, "A"), (0.5, "C"), (-0.5, "C")])
def test_item_that_is_harder_in_one_language_is_found(shift, level):
    found = differential(list(people(shift, each=1_000)), 100, reference="en", focal="es")

    assert found.level == level
    if shift:
        assert math.copysign(1, found.delta) == math.copysign(1, -shift)
        assert math.copysign(1, found.difference) == math.copysign(1, -shift)
        assert abs(found.difference) > 0.2


@pytest.mark.parametrize(
    ("odds", "people", "level"),
    # delta = -2.35 ln(odds): 1.5 gives 0.95 (A), 1.6 gives 1.10 (B), 1.9 gives 1.51: C only where it is sure
    [((150, 100), 50_000, "A"), ((160, 100), 50_000, "B"), ((190, 100), 100, "B"), ((300, 100), 50_000, "C")],
)
def test_classes_of_ets(odds, people, level):
    up, down = odds
    right = people * up // (up + down)
    lines = [
        Line(1, earned, (), marks, 200, group, count)
        for marks in (100, 200)
        for group, earned, count in (
            ("en", 100, right),
            ("en", 0, people - right),
            ("es", 100, people // 2),
            ("es", 0, people - people // 2),
        )
    ]

    assert differential(lines, 100, reference="en", focal="es").level == level


@pytest.mark.parametrize(("focal", "is_said"), [(ENOUGH_TO_COMPARE - 1, False), (ENOUGH_TO_COMPARE, True)])
def test_too_few_to_compare(focal, is_said):
    lines = [Line(1, 100 * (n % 2), (), 100, 200, "en", 1) for n in range(100)]
    lines += [Line(1, 100 * (n % 2), (), 100, 200, "es", 1) for n in range(focal)]

    assert (differential(lines, 100, reference="en", focal="es") is not None) is is_said


# --- Groups that are too small ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("learners", "shown"),
    [
        ({"en": 100}, {"en"}),
        ({"en": 100, "es": SMALLEST_GROUP}, {"en", "es"}),
        ({"en": 100, "es": SMALLEST_GROUP - 1}, set()),  # the whole less English would be Spanish
        ({"en": 100, "es": 40, "pt": 3}, {"en"}),
        ({"en": 100, "es": 40, "pt": 6, "fr": 5}, {"en", "es"}),
        ({"en": 100, "es": 40, "pt": 3, "fr": 2}, {"en"}),
        ({"en": SMALLEST_GROUP - 1}, set()),
        ({}, set()),
    ],
)
def test_small_groups_are_hidden_and_cannot_be_had_by_subtracting(learners, shown):
    assert shown_groups(learners) == shown


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 60)))
def test_nothing_hidden_is_small_enough_to_be_had(learners):
    shown = shown_groups(learners)
    hidden = {group: count for group, count in learners.items() if count and group not in shown}

    assert all(learners[group] >= SMALLEST_GROUP for group in shown)
    if shown and hidden:
        assert len(hidden) >= 2
        assert sum(hidden.values()) >= SMALLEST_GROUP
