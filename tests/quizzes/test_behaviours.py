"""Tables of cases: what checking does, what tries cost, and what being sure is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import behaviours
from quizzes.items import WHOLE

THIRD = 333_333
NAMES = ["deferred", "immediate", "several_tries", "adaptive"]


@pytest.mark.parametrize(
    ("behaviour", "hints", "allowed"),
    [
        ("deferred", 2, 0),
        ("certainty", 2, 0),
        ("immediate", 2, 1),
        ("several_tries", 0, 1),
        ("several_tries", 2, 3),
        ("adaptive", 0, None),
    ],
)
def test_tries_allowed(behaviour, hints, allowed):
    assert behaviours.tries_allowed(behaviour, hints) == allowed


@pytest.mark.parametrize(
    ("earned", "maximum", "penalty", "before", "left"),
    [
        (100, 100, THIRD, 0, 100),
        (100, 100, THIRD, 1, 67),
        (100, 100, THIRD, 2, 33),
        (100, 100, THIRD, 3, 0),
        (300, 300, THIRD, 1, 200),
        (50, 100, WHOLE // 2, 1, 0),
        (50, 100, WHOLE, 1, 0),
        (1, 1, WHOLE // 2, 1, 1),  # half a hundredth is rounded up
        (100, 100, 0, 9, 100),
    ],
)
def test_penalised(earned, maximum, penalty, before, left):
    assert behaviours.penalised(earned, maximum, penalty, before) == left


@pytest.mark.parametrize(
    ("behaviour", "checked", "last", "marks"),
    [
        ("deferred", [], None, 0),
        ("deferred", [], 100, 100),
        ("immediate", [], 60, 60),
        ("immediate", [60], None, 60),
        ("several_tries", [], 100, 100),
        ("several_tries", [0], 100, 75),
        ("several_tries", [0, 100], None, 75),
        ("several_tries", [60, 0], None, 0),  # the last try decides
        ("several_tries", [0, 0, 100], None, 50),
        ("several_tries", [0, 0, 0, 0, 0], 100, 0),
        ("adaptive", [0, 100], None, 75),
        ("adaptive", [60, 0], None, 60),  # the best one decides
        ("adaptive", [60], 80, 60),
        ("adaptive", [60], 100, 75),
    ],
)
def test_marks_of(behaviour, checked, last, marks):
    assert behaviours.marks_of(behaviour, checked, last, maximum=100, penalty=WHOLE // 4) == marks


@given(
    st.sampled_from(NAMES),
    st.lists(st.integers(0, 100), max_size=6),
    st.none() | st.integers(0, 100),
    st.integers(0, WHOLE),
)
def test_marks_are_within_what_the_best_answer_earned(behaviour, checked, last, penalty):
    tries = [*checked, *([] if last is None else [last])]

    marks = behaviours.marks_of(behaviour, checked, last, maximum=100, penalty=penalty)

    assert 0 <= marks <= max(tries, default=0)
    if penalty == 0 and behaviour == "adaptive":
        assert marks == max(tries, default=0)


@given(st.integers(0, 100), st.integers(0, WHOLE), st.integers(0, 8))
def test_one_more_wrong_try_never_pays(earned, penalty, before):
    less, more = (behaviours.penalised(earned, 100, penalty, count) for count in (before + 1, before))

    assert less <= more


@pytest.mark.parametrize(
    ("behaviour", "checked", "hints", "is_finished", "tries_left", "hints_shown", "costs"),
    [
        ("immediate", [], 2, False, 1, 0, 0),
        ("immediate", [0], 2, True, 0, 0, 0),
        ("immediate", [100], 2, True, 0, 0, 0),
        ("several_tries", [], 2, False, 3, 0, 0),
        ("several_tries", [0], 2, False, 2, 1, 25),
        ("several_tries", [0, 50], 2, False, 1, 2, 50),
        ("several_tries", [0, 0, 0], 2, True, 0, 0, 0),
        ("several_tries", [0, 100], 2, True, 1, 0, 0),
        ("several_tries", [0], 0, True, 0, 0, 0),
        ("adaptive", [0] * 9, 2, False, None, 0, 100),
        ("adaptive", [0, 100], 2, True, None, 0, 0),
        ("deferred", [], 2, False, 0, 0, 0),
    ],
)
def test_state_of(behaviour, checked, hints, is_finished, tries_left, hints_shown, costs):
    state = behaviours.state_of(behaviour, checked, maximum=100, penalty=WHOLE // 4, hints=hints)

    assert (state.is_finished, state.tries_left, state.hints_shown, state.costs) == (
        is_finished,
        tries_left,
        hints_shown,
        costs,
    )
    assert (state.checks, state.is_right) == (len(checked), bool(checked) and checked[-1] == 100)


@pytest.mark.parametrize(("level", "right", "wrong"), [(1, 100, 0), (2, 200, -200), (3, 300, -600), (None, 100, 0)])
def test_marks_by_certainty(level, right, wrong):
    assert behaviours.marks_by_certainty(100, 100, level) == right
    assert behaviours.marks_by_certainty(0, 100, level) == wrong
    assert behaviours.marks_by_certainty(50, 100, level) == right // 2  # partly right earns its part


def test_saying_how_sure_one_is_pays_when_it_is_true():
    """With the odds of each level, that level earns the most: below 2 in 3, up to 4 in 5, and above."""

    def expected(level, chance):
        right, wrong = (behaviours.marks_by_certainty(earned, 100, level) for earned in (100, 0))
        return right * chance + wrong * (100 - chance)

    best = {chance: max((1, 2, 3), key=lambda level: expected(level, chance)) for chance in (50, 66, 70, 79, 85, 99)}

    assert best == {50: 1, 66: 1, 70: 2, 79: 2, 85: 3, 99: 3}


@pytest.mark.parametrize(
    ("behaviour", "kind", "points", "can"),
    [
        ("immediate", "single_choice", 1, True),
        ("adaptive", "cloze", 2, True),
        ("immediate", "description", 0, False),
        ("immediate", "essay", 1, False),
        ("deferred", "single_choice", 1, False),
        ("certainty", "single_choice", 1, False),
    ],
)
def test_can_check(behaviour, kind, points, can):
    assert behaviours.can_check(behaviour, kind, points) is can
