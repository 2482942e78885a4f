"""The optimiser against brute force, and what holds for any case."""

import os
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.evaluation.allocation import (
    Ask,
    Coverage,
    Kind,
    Limit,
    Problem,
    Use,
    allocate,
    fewest_further,
    takes_from,
)

MOST = 4
# A run that does not look for this again may look at fewer (the suite on the second database).
CASES = int(os.environ.get("ALLOCATION_CASES", "10000"))


def kind(asks=(), limits=()):
    return Kind(frozenset(asks), frozenset(limits))


def dividing(problem, of):
    return [i for i in problem.dividing if i in of.asks]


def ways_to_use(problem, kind_, credit):
    """Every way to give the credited minutes of a kind to asks that need minutes of their own."""
    positions = dividing(problem, kind_)
    for amounts in product(range(credit + 1), repeat=len(positions)):
        groups = {}
        for position, amount in zip(positions, amounts, strict=True):
            group = problem.asks[position].group
            groups[group] = groups.get(group, 0) + amount
        if all(total <= credit for total in groups.values()):
            yield dict(zip(positions, amounts, strict=True))


def within_limits(problem, credits):
    everything = sum(credits.values())
    for position, limit in enumerate(problem.limits):
        under = sum(minutes for of, minutes in credits.items() if position in of.limits)
        if limit.minutes is not None and under > limit.minutes:
            return False
        if limit.percent_of_counted is not None and 100 * under > limit.percent_of_counted * everything:
            return False
    return True


def counted(problem, credits, used):
    """Minutes that answer each ask, or None where an ask takes more than it wants."""
    sums = []
    for position, ask in enumerate(problem.asks):
        if position in problem.dividing:
            total = sum(uses.get(position, 0) for uses in used.values())
            if total > ask.minutes:
                return None
        else:
            takers = [other for other in problem.dividing if takes_from(problem.asks[other], ask)]
            total = sum(
                credits[of] - sum(used[of].get(other, 0) for other in takers) for of in credits if position in of.asks
            )
        sums.append(total)
    return sums


def lacks(problem, sums):
    """What each ask lacks; of a coverage only the asks that are nearest to being answered."""
    short = [max(0, ask.minutes - total) for ask, total in zip(problem.asks, sums, strict=True)]
    for coverage in problem.coverages:
        members = [i for i, ask in enumerate(problem.asks) if ask.group == coverage.group]
        for i in sorted(members, key=lambda i: (short[i], i))[coverage.at_least :]:
            short[i] = 0
    return short


def every_allocation(problem, sizes):
    kinds = list(sizes)
    for amounts in product(*(range(sizes[of] + 1) for of in kinds)):
        credits = dict(zip(kinds, amounts, strict=True))
        if not within_limits(problem, credits):
            continue
        for uses in product(*(list(ways_to_use(problem, of, credits[of])) for of in kinds)):
            used = dict(zip(kinds, uses, strict=True))
            sums = counted(problem, credits, used)
            if sums is not None:
                yield credits, used, sums


def worth(problem, credits, used, sums):
    """What the optimiser aims at, in its order."""
    if problem.counts_buckets:
        total = sum(total for ask, total in zip(problem.asks, sums, strict=True) if ask.use == Use.BUCKET)
    else:
        total = sum(credits.values())
    short = lacks(problem, sums)
    return total, -sum(short), [-short[i] for i in problem.precedence]


def judged(problem, allocation):
    used = {of: {} for of in allocation.credit}
    for (position, of), minutes in allocation.used.items():
        used[of][position] = minutes
    return allocation.credit, used, counted(problem, allocation.credit, used)


# Made once: a strategy that is made anew for each of ten thousand cases is looked through anew for each.
BOOLEANS, ONE_OR_TWO, ONE_TO_THREE, NONE_TO_TWO = st.booleans(), st.integers(1, 2), st.integers(1, 3), st.integers(0, 2)
SHAPES = st.sampled_from(["shared", "alone", "buckets", "on_top", "competencies", "coverage"])
PERCENTS = st.sampled_from([10, 25, 50, 70])
UP_TO = {most: st.integers(1, most) for most in (4, 5, 8)}
NONE_TO_SIX = st.integers(0, 6)
SOME_OF = {count: st.sets(st.sampled_from(range(count))) for count in (1, 2, 3, 4)}


@st.composite
def problems(draw, *, with_shares=True):
    asks = [Ask("total", draw(UP_TO[8]), Use.TOTAL)] if draw(BOOLEANS) else []
    shape = draw(SHAPES)
    number = draw(ONE_OR_TWO)
    for index in range(number):
        minutes = draw(UP_TO[5])
        asks.append(
            {
                "shared": Ask(f"s{index}", minutes, Use.SHARED),
                "alone": Ask(f"a{index}", minutes, Use.ALONE, "topics"),
                "on_top": Ask(f"o{index}", minutes, Use.ON_TOP, "topics"),
                "buckets": Ask(f"b{index}", minutes, Use.BUCKET, "parts"),
                "competencies": Ask(f"c{index}", minutes, Use.COMPETENCY, "each"),
                "coverage": Ask(f"c{index}", minutes, Use.COMPETENCY, "some"),
            }[shape]
        )
    if draw(BOOLEANS):
        asks.append(Ask("more", draw(UP_TO[4]), Use.SHARED))
    coverages = (Coverage("some", 1),) if shape == "coverage" and number == 2 else ()
    limits = []
    for index in range(draw(NONE_TO_TWO)):
        if with_shares and draw(BOOLEANS):
            limits.append(Limit(f"l{index}", percent_of_counted=draw(PERCENTS)))
        else:
            limits.append(Limit(f"l{index}", minutes=draw(NONE_TO_SIX)))
    sizes = {}
    total = {0} if asks and asks[0].use == Use.TOTAL else set()
    separate = [i for i, ask in enumerate(asks) if ask.use == Use.COMPETENCY]
    for _index in range(draw(ONE_TO_THREE)):
        mine = draw(SOME_OF[len(asks)]) | total
        for extra in separate[1:]:
            if separate[0] in mine:
                mine -= {extra}
        under = draw(SOME_OF[len(limits)]) if limits else set()
        sizes[kind(mine, under)] = draw(UP_TO[MOST])
    return Problem(tuple(asks), tuple(limits), coverages), sizes


@given(problems())
@settings(deadline=None, max_examples=CASES)
def test_brute_force_finds_nothing_better(case):
    problem, sizes = case

    allocation = allocate(problem, sizes)

    credits, used, sums = judged(problem, allocation)
    assert within_limits(problem, credits)
    assert all(0 <= credits[of] <= sizes[of] for of in sizes)
    assert sums is not None
    best = max(worth(problem, *found) for found in every_allocation(problem, sizes))
    assert worth(problem, credits, used, sums)[:2] == best[:2]
    if not problem.coverages:
        assert worth(problem, credits, used, sums) == best


@given(problems())
@settings(deadline=None, max_examples=150)
def test_brute_force_finds_no_fewer_further_minutes(case):
    problem, sizes = case
    everything = frozenset(range(len(problem.asks)))
    separate = [i for i, ask in enumerate(problem.asks) if ask.use == Use.COMPETENCY]
    offers = [Kind(everything - frozenset(separate) | {i}, frozenset()) for i in separate] or [
        Kind(everything, frozenset())
    ]
    allocation = allocate(problem, sizes)

    needed = fewest_further(problem, sizes, allocation, offers)

    assert needed is not None
    # With these minutes there is a way to lack nothing, and with one fewer there is none.
    assert _can_settle(problem, sizes, needed)
    if sum(needed.values()):
        assert not any(
            _can_settle(problem, sizes, dict(zip(offers, amounts, strict=True)))
            for amounts in product(range(sum(needed.values())), repeat=len(offers))
            if sum(amounts) == sum(needed.values()) - 1
        )


def _can_settle(problem, sizes, further):
    joined = dict(sizes)
    for of, minutes in further.items():
        joined[of] = joined.get(of, 0) + minutes
    joined = {of: minutes for of, minutes in joined.items() if minutes}
    return any(not any(lacks(problem, sums)) for _credits, _used, sums in every_allocation(problem, joined))


@given(problems(with_shares=False), st.integers(1, MOST), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=200)
def test_more_minutes_never_lower_what_is_credited(case, minutes, random):
    problem, sizes = case
    chosen = random.choice(sorted(sizes, key=lambda of: (sorted(of.asks), sorted(of.limits))))

    before = allocate(problem, sizes)
    after = allocate(problem, {**sizes, chosen: sizes[chosen] + minutes})

    assert worth(problem, *judged(problem, after))[0] >= worth(problem, *judged(problem, before))[0]


def test_limits_that_cross_are_filled_in_the_best_way():
    """A minute under both limits uses room of both: two minutes under one each are worth more."""
    problem = Problem((Ask("total", 100, Use.TOTAL),), (Limit("a", minutes=10), Limit("b", minutes=10)))
    sizes = {kind([0], [0, 1]): 10, kind([0], [0]): 10, kind([0], [1]): 10}

    assert allocate(problem, sizes).counted(problem, 0) == 20


def test_share_of_what_is_counted_is_exact_in_whole_minutes():
    problem = Problem((Ask("total", 100, Use.TOTAL),), (Limit("online", percent_of_counted=70),))
    sizes = {kind([0], [0]): 100, kind([0]): 10}

    allocation = allocate(problem, sizes)

    # 70 percent of 33 is 23.1: 23 of 33 may be online.
    assert allocation.credit == {kind([0], [0]): 23, kind([0]): 10}


def test_nothing_settles_an_ask_that_no_offer_answers():
    problem = Problem((Ask("a", 10, Use.SHARED),), (Limit("l", minutes=0),))

    assert fewest_further(problem, {}, allocate(problem, {}), [kind([0], [0])]) is None


@pytest.mark.parametrize("minutes", [1, 10, 11])
def test_one_minute_serves_all_that_share_it(minutes):
    problem = Problem((Ask("total", 10, Use.TOTAL), Ask("law", 10, Use.SHARED)), ())

    needed = fewest_further(problem, {}, allocate(problem, {}), [kind([0]), kind([0, 1])])

    assert needed == {kind([0, 1]): 10}
    assert allocate(problem, {kind([0, 1]): minutes}).counted(problem, 1) == minutes
