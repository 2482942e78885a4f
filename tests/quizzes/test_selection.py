"""The draw: the same for the same seed everywhere, fair over seeds, and new before seen."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from quizzes import selection

seeds = st.integers(0, 2**63 - 1)
pools = st.lists(st.uuids().map(str), min_size=1, max_size=30, unique=True)


def test_draw_is_what_it_was():
    """Written down once: another Python, another machine or a refactoring must not change what a seed means."""
    assert selection.draw_items(7, list("abcdef"), count=4, shuffle=True) == ["f", "d", "e", "c"]
    assert selection.order_choices(7, "item", ["a", "b", "c", "d"], shuffle=True) == [3, 0, 2, 1]


@given(seeds, pools, st.data())
def test_draw_asks_so_many_different_items_of_the_pool(seed, pool, data):
    count = data.draw(st.integers(1, len(pool)))

    drawn = selection.draw_items(seed, pool, count=count, shuffle=True)

    assert len(drawn) == len(set(drawn)) == count
    assert set(drawn) <= set(pool)


@given(seeds, pools, st.data())
def test_draw_prefers_what_was_not_seen(seed, pool, data):
    count = data.draw(st.integers(1, len(pool)))
    seen = set(data.draw(st.lists(st.sampled_from(pool), unique=True)))

    drawn = selection.draw_items(seed, pool, count=count, shuffle=True, seen=seen)

    unseen = len(pool) - len(seen)
    assert len(set(drawn) - seen) == min(count, unseen)


@given(seeds, pools)
def test_draw_does_not_depend_on_the_order_of_the_pool(seed, pool):
    assert selection.draw_items(seed, pool, count=3, shuffle=True) == selection.draw_items(
        seed, pool[::-1], count=3, shuffle=True
    )


@given(seeds, pools)
def test_draw_without_shuffling_keeps_the_order_of_the_quiz(seed, pool):
    assert selection.draw_items(seed, pool, count=None, shuffle=False) == pool


@given(seeds, pools)
def test_choices_are_each_shown_once(seed, keys):
    assert sorted(selection.order_choices(seed, "item", keys, shuffle=True)) == list(range(len(keys)))
    assert selection.order_choices(seed, "item", keys, shuffle=False) == list(range(len(keys)))


def test_draw_is_fair():
    """Chi-squared over 6,000 seeds stays below the 99.9th percentile (5 degrees of freedom: 20.5)."""
    counts = Counter(selection.draw_items(seed, list("abcdef"), count=1, shuffle=True)[0] for seed in range(6000))

    assert sum((counts[key] - 1000) ** 2 / 1000 for key in "abcdef") < 20.5


def test_order_is_fair():
    """Every one of the 24 orders of four choices (23 degrees of freedom: 49.7)."""
    counts = Counter(tuple(selection.order_choices(seed, "item", list("abcd"), shuffle=True)) for seed in range(12000))

    assert len(counts) == 24
    assert sum((count - 500) ** 2 / 500 for count in counts.values()) < 49.7
