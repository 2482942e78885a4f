"""What each kind of rule must be told, and what is wrong with a rule as written. Minutes and percents are whole."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from math import comb, prod
from typing import Any

from curriculum.data import COMPONENTS, DELIVERIES, LEVELS, RequirementFacts, Standing

# Ways through the alternatives of one set of rules: each is judged in full, so there is a limit.
MOST_WAYS = 64


@dataclass(frozen=True)
class Fault:
    """Something wrong with the figures of a rule: which one, and a code for it."""

    key: str
    code: str


class RulesError(ValueError):
    """The rules cannot be applied as written: which one, and what is wrong with it."""


# --- Values -------------------------------------------------------------------------------------------------------


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_count(value: Any) -> bool:
    return _is_whole(value) and value > 0


def _is_percent(value: Any) -> bool:
    return _is_count(value) and value <= 100


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_codes(value: Any) -> bool:
    return (
        isinstance(value, list | tuple) and bool(value) and all(map(_is_code, value)) and len(set(value)) == len(value)
    )


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def as_day(value: Any) -> date | None:
    """A day as a rule states it (a date, or 2026-07-31 in JSON); None where it is neither."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _some_of(known: Sequence[str]) -> Callable[[Any], bool]:
    return lambda value: _is_codes(value) and set(value) <= set(known)


def _one_of(*known: str) -> Callable[[Any], bool]:
    return lambda value: value in known


CHECKS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(
        (
            "minutes", "count", "each_at_least", "at_least", "years", "window_months", "lookback_months", "attempts",
            "multiplier_percent", "step_minutes", "cycle_months", "grace_months", "days",
        ),
        (_is_count, "not_whole"),
    ),
    **dict.fromkeys(("earliest_days", "latest_days", "carried_minutes"), (_is_whole, "not_whole_or_zero")),
    **dict.fromkeys(("share_percent", "percent"), (_is_percent, "not_percent")),
    **dict.fromkeys(("competency", "tag", "authority", "unit"), (_is_code, "not_code")),
    **dict.fromkeys(("competencies", "tags", "documents", "residences", "education"), (_is_codes, "not_codes")),
    **dict.fromkeys(
        ("overlap_allowed", "inside", "in_cycle", "first_time", "exempt", "prorate", "related", "sponsors"),
        (_is_bool, "not_yes_or_no"),
    ),
    **dict.fromkeys(("from", "to", "open_from", "open_to"), (lambda value: as_day(value) is not None, "not_a_day")),
    "deliveries": (_some_of(DELIVERIES), "not_deliveries"),
    "components": (_some_of(COMPONENTS), "not_components"),
    "levels": (_some_of(LEVELS), "not_levels"),
    "statuses": (_some_of([status.value for status in Standing]), "not_statuses"),
    "basis": (_one_of("required", "counted"), "not_basis"),
    "direction": (_one_of("down", "up", "nearest"), "not_direction"),
    "per": (_one_of("record", "total"), "not_per"),
    "once_per": (_one_of("activity"), "not_once_per"),
}  # fmt: skip

# --- Kinds --------------------------------------------------------------------------------------------------------

# Which minutes a rule speaks of. All that are given must hold; within a list any one does.
SELECTOR = (
    "competency", "competencies", "tag", "tags", "deliveries", "components", "levels", "authority", "statuses",
    "first_time",
)  # fmt: skip
# Lists of selectors: minutes that match any of these, and none of those.
CHOICES = ("any", "none")
SELECT = (*SELECTOR, *CHOICES)
WINDOW = ("window_months", "lookback_months", "in_cycle", "from", "to")


@dataclass(frozen=True)
class Parameters:
    """Figures a kind needs, those it may have, and those of which exactly (or at least) one is needed."""

    needed: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        return frozenset(self.needed + self.allowed + self.one_of + self.some_of)


LOGIC = ("all_of", "any_of", "n_of")
# Judge each line: a line that fails counts nowhere below; `only` narrows which lines are judged.
GATES = (
    "provider_eligibility", "activity_approval", "subject", "delivery", "component", "window", "level", "attendance",
    "no_double_counting",
)  # fmt: skip
CAPS = ("credit_cap", "cross_profession", "instructor_credit")
# Share minutes out within one total.
MINIMUMS = ("total_minimum", "nested_minimum", "competency_minimum", "partition", "coverage", "mandatory_topic")
# Say how the rest is to be read; they stand at the top and hold for the whole set.
MODIFIERS = (
    "conversion", "rounding", "carry_over", "first_cycle", "lapse", "extension", "instructor_credit",
)  # fmt: skip

PARAMETERS: Mapping[str, Parameters] = {
    "all_of": Parameters(allowed=("open_from", "open_to")),
    "any_of": Parameters(allowed=("open_from", "open_to")),
    "n_of": Parameters(needed=("count",), allowed=("open_from", "open_to")),
    "total_minimum": Parameters(needed=("minutes",), allowed=WINDOW + SELECT),
    "nested_minimum": Parameters(needed=("minutes",), allowed=("overlap_allowed", *WINDOW), some_of=SELECT),
    "competency_minimum": Parameters(
        needed=("minutes", "competencies"), allowed=tuple({*WINDOW, *SELECT} - {"competency", "competencies"})
    ),
    "partition": Parameters(needed=("buckets",), allowed=WINDOW),
    "coverage": Parameters(needed=("competencies",), allowed=("at_least", "minutes", *WINDOW)),
    "mandatory_topic": Parameters(needed=("minutes",), allowed=("inside", *WINDOW), some_of=SELECT),
    "credit_cap": Parameters(one_of=("share_percent", "minutes"), allowed=("basis",), some_of=SELECT),
    "cross_profession": Parameters(needed=("minutes", "tags"), allowed=("related",)),
    "instructor_credit": Parameters(
        needed=("multiplier_percent",), one_of=("share_percent", "minutes"), allowed=("tags", "first_time")
    ),
    "provider_eligibility": Parameters(needed=("authority",), allowed=("statuses", "sponsors", "only")),
    "activity_approval": Parameters(needed=("authority",), allowed=("statuses", "only")),
    "subject": Parameters(some_of=("competencies", "tags"), allowed=("only",)),
    "delivery": Parameters(needed=("deliveries",), allowed=("only",)),
    "component": Parameters(needed=("components",), allowed=("only",)),
    "window": Parameters(some_of=WINDOW, allowed=("only",)),
    "level": Parameters(needed=("levels",), allowed=("only",)),
    "attendance": Parameters(needed=("percent",), allowed=("only",)),
    "no_double_counting": Parameters(some_of=("once_per", "first_time", "tags"), allowed=("only",)),
    "experience": Parameters(needed=("minutes",), allowed=("lookback_months", "tags", "documents")),
    "supervision": Parameters(needed=("minutes", "components"), allowed=("lookback_months", "tags", "documents")),
    "assessment": Parameters(allowed=("percent", "competencies", "attempts")),
    "carry_over": Parameters(needed=("carried_minutes",)),
    "first_cycle": Parameters(one_of=("exempt", "prorate"), allowed=("cycle_months",)),
    "lapse": Parameters(some_of=("grace_months", "lookback_months", "documents")),
    "extension": Parameters(needed=("days",)),
    "rounding": Parameters(needed=("step_minutes", "direction"), allowed=("per",)),
    "conversion": Parameters(needed=("unit", "minutes")),
    "documents": Parameters(needed=("documents",)),
    "references": Parameters(needed=("count", "each_at_least", "competencies")),
    "person_eligibility": Parameters(some_of=("years", "residences", "education")),
    "filing_window": Parameters(some_of=("earliest_days", "latest_days")),
}  # fmt: skip


def _selector_faults(place: str, value: Any) -> Iterator[Fault]:
    """What is wrong with a list of selectors."""
    if not isinstance(value, list | tuple) or not value:
        yield Fault(place, "not_selectors")
        return
    for index, selector in enumerate(value):
        here = f"{place}[{index}]"
        if not isinstance(selector, Mapping) or not selector:
            yield Fault(here, "not_selector")
            continue
        yield from _value_faults(here, selector, frozenset(SELECT))


def _bucket_faults(value: Any) -> Iterator[Fault]:
    if not isinstance(value, list | tuple) or not value:
        yield Fault("buckets", "not_buckets")
        return
    codes = []
    for index, bucket in enumerate(value):
        here = f"buckets[{index}]"
        if not isinstance(bucket, Mapping) or "code" not in bucket or "minutes" not in bucket:
            yield Fault(here, "not_bucket")
            continue
        if not _is_code(bucket["code"]):
            yield Fault(f"{here}.code", "not_code")
        codes.append(str(bucket["code"]))
        if not any(key in bucket for key in SELECT):
            yield Fault(here, "bucket_takes_nothing")
        figures = {key: item for key, item in bucket.items() if key not in ("code", "text")}
        yield from _value_faults(here, figures, frozenset({"minutes", *SELECT}))
    if doubles := [code for code, times in Counter(codes).items() if times > 1]:
        yield Fault(f"buckets: {', '.join(doubles)}", "double_code")


def _value_faults(place: str, parameters: Mapping[Any, Any], known: frozenset[str]) -> Iterator[Fault]:
    for key in sorted(parameters, key=str):
        here = f"{place}.{key}" if place else str(key)
        if key not in known:
            yield Fault(here, "unknown")
        elif key in (*CHOICES, "only"):
            yield from _selector_faults(here, parameters[key])
        elif key == "buckets":
            yield from _bucket_faults(parameters[key])
        elif not CHECKS[key][0](parameters[key]):
            yield Fault(here, CHECKS[key][1])


def faults(kind: str, parameters: Any) -> list[Fault]:
    """What is wrong with a rule as written; empty where nothing is."""
    if kind not in PARAMETERS:
        return [Fault("kind", "unknown_kind")]
    if not isinstance(parameters, Mapping):
        return [Fault("parameters", "not_a_mapping")]
    known = PARAMETERS[kind]
    found = [Fault(key, "missing") for key in known.needed if key not in parameters]
    if known.one_of and sum(key in parameters for key in known.one_of) != 1:
        found.append(Fault(", ".join(known.one_of), "exactly_one"))
    if known.some_of and not any(key in parameters for key in known.some_of):
        found.append(Fault(", ".join(known.some_of), "at_least_one"))
    found += _value_faults("", parameters, known.known)
    return found or list(_contradictions(kind, parameters))


def _contradictions(kind: str, parameters: Mapping[str, Any]) -> Iterator[Fault]:
    """Figures that are each well formed but cannot hold together."""
    for first, last in (("from", "to"), ("open_from", "open_to")):
        begins, ends = as_day(parameters.get(first)), as_day(parameters.get(last))
        if begins and ends and ends < begins:
            yield Fault(last, "ends_before_it_begins")
    looks = [key for key in ("window_months", "lookback_months", "in_cycle") if key in parameters]
    if len(looks) > 1:
        yield Fault(", ".join(looks), "exactly_one")
    if "statuses" in parameters and "authority" not in parameters:
        yield Fault("authority", "missing")
    if kind == "references" and parameters["each_at_least"] > len(parameters["competencies"]):
        yield Fault("each_at_least", "more_than_listed")
    if kind == "coverage" and parameters.get("at_least", 0) > len(parameters["competencies"]):
        yield Fault("at_least", "more_than_listed")
    if kind == "filing_window" and parameters.get("latest_days", 0) > parameters.get("earliest_days", 10**6):
        yield Fault("latest_days", "latest_before_earliest")
    if kind == "first_cycle" and parameters.get("prorate") and "cycle_months" not in parameters:
        yield Fault("cycle_months", "missing")


# --- The tree -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A rule with those that are part of it, in the order of the file."""

    facts: RequirementFacts
    parts: tuple["Node", ...] = field(default=())

    def walk(self) -> Iterator["Node"]:
        yield self
        for part in self.parts:
            yield from part.walk()


def tree(requirements: Sequence[RequirementFacts], part_of: str = "") -> tuple[Node, ...]:
    """The rules as a forest. The rules must be free of set_faults."""
    return tuple(
        Node(item, tree(requirements, item.code) if item.kind in LOGIC else ())
        for item in requirements
        if item.part_of == part_of
    )


def choices(node: Node) -> list[tuple[Node, ...]]:
    """Which parts are taken together, for each way through an alternative; the first way first."""
    if node.facts.kind == "any_of":
        return [(part,) for part in node.parts]
    if node.facts.kind == "n_of":
        return list(combinations(node.parts, int(node.facts.parameters["count"])))
    return [node.parts]


def _ways(node: Node) -> int:
    """How many ways lead through a node: counted, not walked."""
    if node.facts.kind == "any_of":
        return sum(map(_ways, node.parts))
    if node.facts.kind == "n_of":
        if all(_ways(part) == 1 for part in node.parts):
            return comb(len(node.parts), int(node.facts.parameters["count"]))
        return sum(prod(map(_ways, taken)) for taken in choices(node))
    return prod(map(_ways, node.parts))


def _circle(requirements: Sequence[RequirementFacts]) -> str:
    """The code of a rule that is part of itself, by whatever detour; "" where there is none."""
    above = {item.code: item.part_of for item in requirements}
    for item in requirements:
        seen, code = set(), item.code
        while code:
            if code in seen:
                return item.code
            seen.add(code)
            code = above.get(code, "")
    return ""


def set_faults(requirements: Sequence[RequirementFacts]) -> list[Fault]:
    """What is wrong with rules taken together; each must be well formed by itself."""
    kinds = {item.code: item.kind for item in requirements}
    found = [
        Fault(code, "double_code") for code, times in Counter(item.code for item in requirements).items() if times > 1
    ]
    for item in requirements:
        if item.part_of and item.part_of not in kinds:
            found.append(Fault(item.code, "part_of_nothing"))
        elif item.part_of and kinds[item.part_of] not in LOGIC:
            found.append(Fault(item.code, "part_of_no_group"))
        if item.part_of and item.kind in MODIFIERS:
            found.append(Fault(item.code, "stands_at_the_top"))
    if code := _circle(requirements):
        found.append(Fault(code, "circle"))
    return found or _shape_faults(requirements)


def _shape_faults(requirements: Sequence[RequirementFacts]) -> list[Fault]:
    forest = tree(requirements)
    found = []
    for root in forest:
        for node in root.walk():
            if node.facts.kind in LOGIC and not node.parts:
                found.append(Fault(node.facts.code, "empty_group"))
            elif node.facts.kind == "n_of" and node.facts.parameters["count"] > len(node.parts):
                found.append(Fault(node.facts.code, "more_than_listed"))
    if found:
        return found
    if prod(map(_ways, forest)) > MOST_WAYS:
        return [Fault("requirements", "too_many_ways")]
    return _total_faults(requirements)


def _total_faults(requirements: Sequence[RequirementFacts]) -> list[Fault]:
    """One total at most on any way through the same group, and a share needs a total above it."""
    above = {item.code: item.part_of for item in requirements}
    kinds = {item.code: item.kind for item in requirements}
    found = []
    totals: Counter[str] = Counter()

    def groups(code: str) -> Iterator[str]:
        """The group of a rule and those it is nested in, up to the top ("")."""
        while code:
            code = above[code]
            yield code

    # Rules of an all-of stand beside those of the group above it.
    def owner(code: str) -> str:
        group = above[code]
        while group and kinds[group] == "all_of" and above[group] and kinds[above[group]] == "all_of":
            group = above[group]
        return group

    for item in requirements:
        if item.kind == "total_minimum":
            totals[owner(item.code)] += 1
    found += [Fault("total_minimum", "more_than_one_total") for times in totals.values() if times > 1]
    with_total = {above[item.code] for item in requirements if item.kind == "total_minimum"}
    for item in requirements:
        share = "share_percent" in item.parameters and item.parameters.get("basis", "required") == "required"
        if share and item.kind in CAPS and not with_total.intersection(groups(item.code)):
            found.append(Fault(item.code, "share_of_no_total"))
    return found
