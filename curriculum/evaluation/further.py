"""The shortest way to finish: which sorts of minutes can still be earned, and the fewest of them that settle it."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from curriculum.data import Evidence, Step
from curriculum.evaluation.allocation import Kind, Use, fewest_further
from curriculum.evaluation.pool import Pool, limit_select
from curriculum.evaluation.selectors import Granted, Match, matcher

# Gates that say what a further minute must be like; a subject may be any of many.
WISHING = ("provider_eligibility", "activity_approval", "delivery", "component", "level")
# With more topics than this only single ones, pairs and all together are looked at.
MOST_TOGETHER = 6


def further(pool: Pool) -> tuple[int, tuple[Step, ...]]:
    """The fewest further minutes that settle every minimum of a pool, and what they are.

    Where no minutes would (a limit of nothing on what is asked for), what lacks most is said, and no way.
    """
    lacks = [ask.minutes - pool.counted(i) for i, ask in enumerate(pool.asks)]
    short = {i for i, lack in enumerate(lacks) if lack > 0}
    if pool.lacks_day or not short:
        return 0, ()
    offers = _kinds_of(pool)
    # Of equally few minutes those that answer least of what is met already.
    plainest = sorted(offers, key=lambda kind: len(kind.asks - short))
    needed = fewest_further(pool.problem, pool.sizes, pool.allocation, plainest)
    if needed is None:
        return max(lacks), ()
    steps = tuple(_step(pool, kind, offers[kind], minutes, short) for kind, minutes in needed.items() if minutes)
    return sum(needed.values()), steps


def _kinds_of(pool: Pool) -> dict[Kind, Evidence]:
    """The classes of minutes that can be earned, each with the plainest line that is of it."""
    matches: dict[frozenset[str], tuple[list[Match], list[Match]]] = {}
    kinds: dict[Kind, Evidence] = {}
    for line in _offers(pool):
        granted = frozenset(line.sponsors)
        if granted not in matches:
            register = Granted(granted)
            matches[granted] = (
                [matcher(select, register) for select in pool.selects],
                [matcher(limit_select(item), register) for item, _limit in pool.limits],
            )
        competency = next(iter(line.competencies), "")
        asks, limits = (
            frozenset(i for i, match in enumerate(group) if match(line, competency)) for group in matches[granted]
        )
        kinds.setdefault(Kind(asks, limits), line)
    return kinds


def _offers(pool: Pool) -> Iterator[Evidence]:
    """Sorts of minutes that can still be earned, the plainest first: what gates ask for, with nothing more, with
    what one minimum asks for, with what several do."""
    base: dict[str, Any] = {}
    for gate in pool.active:
        if gate.kind in WISHING and "only" not in gate.parameters:
            base = _joined(base, _wish(gate.parameters)) or base
    if pool.total:
        base = _joined(base, _wish(pool.total.parameters)) or base
    asked = list(zip(pool.selects, pool.asks, strict=True))
    competencies = [select["competency"] for select, ask in asked if ask.use == Use.COMPETENCY]
    others = [_wish(select) for select, ask in asked if ask.use not in (Use.TOTAL, Use.COMPETENCY)]
    most = len(others) if len(others) <= MOST_TOGETHER else 2
    sizes = [*range(most + 1), *([len(others)] if most < len(others) else [])]
    for size in sizes:
        for together in combinations(others, size):
            wish: dict[str, Any] | None = base
            for one in together:
                wish = _joined(wish, one) if wish is not None else None
            if wish is None:
                continue
            yield _imagined(pool, wish)
            if "competency" not in wish:
                for code in competencies:
                    yield _imagined(pool, {**wish, "competency": code})


def _imagined(pool: Pool, wish: Mapping[str, Any]) -> Evidence:
    competency = wish.get("competency", "")
    return Evidence(
        id="",
        minutes=1,
        earned_on=pool.base[1] if pool.base else pool.intake.as_of,
        delivery=wish.get("delivery", ""),
        component=wish.get("component", "class"),
        level=wish.get("level", ""),
        tags=frozenset(wish.get("tags", ())),
        competencies={competency: 1} if competency else {},
        sponsors=tuple(sorted(wish.get("authorities", ()))),
        first_time=wish.get("first_time", True),
    )


def _step(pool: Pool, kind: Kind, line: Evidence, minutes: int, short: set[int]) -> Step:
    codes = []
    for minimum in pool.minimums:
        if short.intersection(minimum.positions) & kind.asks:
            codes.append(minimum.requirement.code)
    return Step(
        minutes=minutes,
        competency=next(iter(line.competencies), ""),
        tags=line.tags,
        delivery=line.delivery,
        component=line.component if line.component != "class" else "",
        level=line.level,
        authorities=frozenset(line.sponsors),
        settles=tuple(codes),
    )


def _wish(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The plainest minutes that a rule's figures accept."""
    wish: dict[str, Any] = {}
    for choice in figures.get("any", ())[:1]:
        wish = _wish(choice)
    if competency := figures.get("competency") or next(iter(figures.get("competencies", ())), None):
        wish["competency"] = competency
    if tag := figures.get("tag") or next(iter(figures.get("tags", ())), None):
        wish["tags"] = frozenset({*wish.get("tags", ()), tag})
    for key, name in (("deliveries", "delivery"), ("components", "component"), ("levels", "level")):
        if figures.get(key):
            wish[name] = "class" if name == "component" and "class" in figures[key] else figures[key][0]
    if "authority" in figures:
        wish["authorities"] = frozenset({*wish.get("authorities", ()), figures["authority"]})
    if "first_time" in figures:
        wish["first_time"] = figures["first_time"]
    return wish


def _joined(wish: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
    """Minutes that are both; None where they cannot be."""
    joined = dict(wish)
    for key, value in other.items():
        if key in ("tags", "authorities"):
            joined[key] = frozenset({*joined.get(key, ()), *value})
        elif joined.get(key, value) != value:
            return None
        else:
            joined[key] = value
    return joined
