"""Figures of rules in words, for those who read and write rules in the CMS. Judges nobody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curriculum.data import RequirementFacts, RequirementSetFacts
from curriculum.evaluation import CHECKS, PARAMETERS, SELECT, WINDOW, Node, as_day, tree
from curriculum.fields import Translated
from curriculum.kinds import FAULT_SENTENCES, KIND_NAMES
from curriculum.models import Verification
from curriculum.sentences import (
    Names,
    authority_name,
    code_name,
    component_names,
    day_in_words,
    delivery_names,
    level_names,
    part_name,
)
from people.durations import spoken

FIGURE_NAMES = {
    "minutes": gettext_lazy("Time"),
    "window_months": gettext_lazy("Months before the expiry day"),
    "lookback_months": gettext_lazy("Months before the day asked about"),
    "in_cycle": gettext_lazy("Only in the cycle"),
    "from": gettext_lazy("From"),
    "to": gettext_lazy("To (inclusive)"),
    "open_from": gettext_lazy("Open from"),
    "open_to": gettext_lazy("Open to (inclusive)"),
    "competency": gettext_lazy("Competency"),
    "competencies": gettext_lazy("Competencies"),
    "tag": gettext_lazy("Topic"),
    "tags": gettext_lazy("Topics"),
    "deliveries": gettext_lazy("Ways of teaching"),
    "components": gettext_lazy("Parts of a training"),
    "levels": gettext_lazy("Levels"),
    "authority": gettext_lazy("Approved by"),
    "statuses": gettext_lazy("Standing of the approval"),
    "first_time": gettext_lazy("Given for the first time"),
    "any": gettext_lazy("Any of these"),
    "none": gettext_lazy("None of these"),
    "only": gettext_lazy("Only asked of these"),
    "overlap_allowed": gettext_lazy("The same time may serve another topic"),
    "buckets": gettext_lazy("Groups that share no time"),
    "at_least": gettext_lazy("How many of them, at least"),
    "count": gettext_lazy("How many"),
    "each_at_least": gettext_lazy("Competencies in each, at least"),
    "share_percent": gettext_lazy("Share in percent"),
    "basis": gettext_lazy("Share of what"),
    "sponsors": gettext_lazy("The approval of a sponsor counts"),
    "percent": gettext_lazy("Percent, at least"),
    "documents": gettext_lazy("Papers"),
    "attempts": gettext_lazy("Attempts, at most"),
    "inside": gettext_lazy("Inside the total"),
    "once_per": gettext_lazy("Counts once for each"),
    "carried_minutes": gettext_lazy("Carried over, at most"),
    "exempt": gettext_lazy("A first cycle owes nothing"),
    "prorate": gettext_lazy("A first cycle owes less"),
    "cycle_months": gettext_lazy("Months of a whole cycle"),
    "grace_months": gettext_lazy("Months of grace"),
    "days": gettext_lazy("Further days"),
    "related": gettext_lazy("Only with a competency"),
    "multiplier_percent": gettext_lazy("Counts so many percent"),
    "step_minutes": gettext_lazy("In steps of"),
    "direction": gettext_lazy("Rounded"),
    "per": gettext_lazy("What is rounded"),
    "unit": gettext_lazy("Unit"),
    "years": gettext_lazy("Age in years, at least"),
    "residences": gettext_lazy("Lives in"),
    "education": gettext_lazy("Schooling"),
    "earliest_days": gettext_lazy("Days before the expiry day, at the earliest"),
    "latest_days": gettext_lazy("Days before the expiry day, at the latest"),
}

_TIMES = ("minutes", "carried_minutes", "step_minutes")
_SELECTORS = ("any", "none", "only")
_CODES = ("competency", "competencies", "tag", "tags", "documents", "unit", "residences", "education")


def _choice_names() -> dict[str, str]:
    """Words that figures choose among."""
    return {
        **delivery_names(),
        **component_names(),
        **level_names(),
        "required": _("the hours asked for"),
        "counted": _("the hours that count"),
        "down": _("down"),
        "up": _("up"),
        "nearest": _("to the nearest; a half goes up"),
        "record": _("each record"),
        "total": _("the total"),
        "activity": _("activity"),
        "full": _("full approval"),
        "warning": _("under warning"),
        "pending": _("not decided"),
        "withdrawn": _("withdrawn"),
    }


def figure_in_words(key: str, value: Any, names: Names) -> str:
    """One figure of a rule as a reader says it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key in _TIMES:
        return spoken(value)
    if key == "authority":
        return authority_name(value, names)
    if key in _SELECTORS:
        return _("; or: ").join(_selector_in_words(item, names) for item in value)
    if key == "buckets":
        return "; ".join(
            f"{part_name(item['code'], item.get('text', {}), names)}: {spoken(item['minutes'])}" for item in value
        )
    if key in _CODES:
        return ", ".join(code_name(code, names) for code in ([value] if isinstance(value, str) else value))
    if isinstance(value, list | tuple):
        return ", ".join(_choice_names().get(str(item), str(item)) for item in value)
    day = as_day(value) if isinstance(value, str | date) else None
    return day_in_words(day) if day else _choice_names().get(str(value), str(value))


def _selector_in_words(selector: Mapping[str, Any], names: Names) -> str:
    return ", ".join(f"{label}: {value}" for label, value in figures_in_words(selector, names))


def figures_in_words(parameters: Mapping[str, Any], names: Names) -> list[tuple[str, str]]:
    """Every figure of a rule with its name, in words, in one order: a database need not keep that of the file."""
    places = {key: place for place, key in enumerate(FIGURE_NAMES)}
    figures = sorted(parameters.items(), key=lambda figure: (places.get(figure[0], len(places)), figure[0]))
    return [(str(FIGURE_NAMES.get(key, key)), figure_in_words(key, value, names)) for key, value in figures]


# --- A whole set as it nests --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WrittenRule:
    """A rule as it is written down, with those that are part of it. `asks`: how many of the parts, for a group."""

    facts: RequirementFacts
    kind: str
    text: str
    asks: str
    figures: tuple[tuple[str, str], ...]
    is_verified: bool
    verification_name: str
    parts: tuple["WrittenRule", ...]

    @property
    def source_url(self) -> str:
        return self.facts.source_url

    @property
    def source_citation(self) -> str:
        return self.facts.source_citation


def written_rules(rules: RequirementSetFacts, names: Names) -> tuple[WrittenRule, ...]:
    """The rules of a set in their order, as they nest."""
    return tuple(_written(node, names) for node in tree(rules.requirements))


def _written(node: Node, names: Names) -> WrittenRule:
    facts = node.facts
    shown = {key: value for key, value in facts.parameters.items() if (facts.kind, key) != ("n_of", "count")}
    return WrittenRule(
        facts=facts,
        kind=str(KIND_NAMES.get(facts.kind, facts.kind)),
        text=str(Translated(facts.text)),
        asks=_asks(facts),
        figures=tuple(figures_in_words(shown, names)),
        is_verified=facts.verification == Verification.VERIFIED,
        verification_name=str(Verification(facts.verification).label),
        parts=tuple(_written(part, names) for part in node.parts),
    )


def _asks(facts: RequirementFacts) -> str:
    if facts.kind == "all_of":
        return _("All of these:")
    if facts.kind == "any_of":
        return _("Any one of these:")
    if facts.kind == "n_of":
        return _("At least %(count)s of these:") % {"count": facts.parameters["count"]}
    return ""


# --- Help for those who write rules -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class KindHelp:
    """Which figures a kind of rule takes: those it needs, those of which it needs one, and those it may have."""

    code: str
    name: str
    needed: tuple[str, ...]
    one_of: tuple[str, ...]
    some_of: tuple[str, ...]
    allowed: tuple[str, ...]
    selects: bool
    must_select: bool
    has_days: bool


def kinds_in_words() -> list[KindHelp]:
    """Every kind of rule with its figures, as `curriculum.evaluation.PARAMETERS` has them."""
    return [_kind_help(code) for code in KIND_NAMES]


def _kind_help(code: str) -> KindHelp:
    takes = PARAMETERS[code]
    must_select = set(SELECT) <= set(takes.some_of)
    has_days = code != "window" and set(WINDOW) <= {*takes.allowed, *takes.some_of}
    selects = must_select or "tag" in takes.allowed
    grouped = {*(SELECT if selects else ()), *(WINDOW if has_days else ())}
    return KindHelp(
        code=code,
        name=str(KIND_NAMES[code]),
        needed=takes.needed,
        one_of=takes.one_of,
        some_of=tuple(key for key in takes.some_of if key not in grouped),
        allowed=tuple(key for key in takes.allowed if key not in grouped),
        selects=selects,
        must_select=must_select,
        has_days=has_days,
    )


def figures_explained(keys: Sequence[str] = ()) -> Iterator[tuple[str, str, str]]:
    """Each figure (or these): its key, what it says, and how it is written."""
    for key in keys or FIGURE_NAMES:
        form = CHECKS[key][1] if key in CHECKS else "not_buckets" if key == "buckets" else "not_selectors"
        yield key, str(FIGURE_NAMES[key]), str(FAULT_SENTENCES[form]) % {"key": key}
