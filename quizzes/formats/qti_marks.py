"""What an item of QTI says about marks: its declarations, and the rule that makes a score of them.

The rule may be one of the standard's templates or a small program of its own. Two of those are known here, whatever
their exact shape: an answer is compared with the right one (`match`), or its parts are looked up and added up (`map`).
Of any other, only the declarations are read, and that is told.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from math import gcd
from typing import Any

from django.utils.translation import gettext as _

from quizzes.formats.moodle_kinds import decimal_of
from quizzes.formats.qti_names import attribute, first, local, named
from quizzes.formats.shapes import Fault
from quizzes.formats.texts import decimal_text
from quizzes.formats.xml import Element
from quizzes.items import WHOLE

# What the known rules are written with; limits on the score and its sum among them.
_KNOWN = frozenset(
    ["responseProcessing", "responseCondition", "responseIf", "responseElseIf", "responseElse", "setOutcomeValue",
     "match", "equal", "stringMatch", "variable", "correct", "mapResponse", "sum", "baseValue", "isNull", "not", "and",
     "gt", "gte", "lt", "lte"]
)  # fmt: skip
_COMPARING = ("match", "equal", "stringMatch")


@dataclass
class Response:
    """What a response declaration says: how many values, which are right, and what each is worth."""

    is_single: bool
    base: str
    correct: list[str] = field(default_factory=list)
    mapped: dict[str, Decimal] = field(default_factory=dict)
    default: Decimal = Decimal(0)  # what a value is worth that is not mapped
    highest: Decimal | None = None  # where the sum of what is mapped stops
    is_case_sensitive: bool = True
    rule: str = ""  # match or map; empty where the item does not say
    tolerance: tuple[str, str, str] | None = None  # kind, below, above

    @property
    def by_map(self) -> bool:
        """Whether what is mapped decides; else the right answer alone does."""
        return bool(self.mapped) and self.rule != "match"

    def worth(self, name: str) -> Decimal:
        return self.mapped.get(name, self.default)

    def most(self) -> Decimal:
        """The most that an answer can be worth, as far as the declaration says."""
        values = [value for value in self.mapped.values() if value > 0]
        if not self.by_map or not values:
            return Decimal(0)
        total = max(values) if self.is_single else sum(values, Decimal(0))
        return total if self.highest is None or self.highest <= 0 else min(total, self.highest)


@dataclass
class Marks:
    """The responses of an item by their identifiers, its points, and how its rule puts them together."""

    responses: dict[str, Response]
    points: Decimal
    is_own_rule: bool = False
    is_all_at_once: bool = False  # several comparisons must all hold
    is_scaled: bool = False  # the item says another number of points than its rule adds up


def marks_of(root: Element) -> Marks:
    """What the item says about marks. Never raises."""
    responses = {attribute(one, "identifier"): _response(one) for one in named(root, "responseDeclaration")}
    marks = Marks(responses, Decimal(0))
    processing = first(root, "responseProcessing")
    steps: list[Element] = []
    if processing is not None:
        template = attribute(processing, "template").rsplit("/", 1)[-1].removesuffix(".xml")
        if template:
            _read_template(template, marks)
        else:
            steps = _steps(processing)
            _read_rule(steps, marks)
            # A score that no answer has a part in.
            is_aside = not any(response.rule for response in responses.values())
            marks.is_own_rule = marks.is_own_rule or (bool(steps) and is_aside)
    marks.is_own_rule = marks.is_own_rule or attribute(root, "adaptive") == "true"
    said, ruled = _said_points(root), _ruled_points(steps, marks)
    marks.points = said if said is not None else ruled or Decimal(1)
    is_mapped = any(response.by_map for response in responses.values())
    marks.is_scaled = is_mapped and said is not None and ruled > 0 and abs(said - ruled) > Decimal("0.01")
    return marks


def _response(element: Element) -> Response:
    correct, mapping = first(element, "correctResponse"), first(element, "mapping")
    found = Response(attribute(element, "cardinality") == "single", attribute(element, "baseType"))
    if correct is not None:
        found.correct = ["".join(value.itertext()).strip() for value in named(correct, "value")]
    if mapping is None:
        return found
    entries = named(mapping, "mapEntry")
    for entry in entries:
        value = decimal_of(attribute(entry, "mappedValue"))
        if value is not None:
            found.mapped[attribute(entry, "mapKey").strip()] = value
    found.default = decimal_of(attribute(mapping, "defaultValue", "0")) or Decimal(0)
    found.highest = decimal_of(attribute(mapping, "upperBound"))
    # The standard's own default is that capitals count.
    found.is_case_sensitive = any(attribute(entry, "caseSensitive", "true") == "true" for entry in entries)
    return found


def _read_template(name: str, marks: Marks) -> None:
    rule = {"match_correct": "match", "map_response": "map", "CC2_match": "match", "CC2_map_response": "map"}.get(name)
    # A template knows one response alone.
    marks.is_own_rule = rule is None or len(marks.responses) > 1
    for response in marks.responses.values():
        response.rule = rule or ""


def _steps(processing: Element) -> list[Element]:
    """The parts of a rule that the score comes from: what only chooses a feedback is left aside."""
    settings = named(processing, "setOutcomeValue")
    wanted = {"SCORE"}
    # Scores of parts of parts: nobody goes deeper, and a rule of thousands shall not keep the server busy.
    for _turn in range(min(len(settings), 10)):
        fed = {attribute(part, "identifier") for step in settings for part in named(step, "variable")
               if attribute(step, "identifier") in wanted}  # fmt: skip
        if fed <= wanted:
            break
        wanted |= fed
    kept: list[Element] = []
    for top in processing:
        inside = named(top, "setOutcomeValue")
        aside = [step for step in inside if attribute(step, "identifier") not in wanted]
        if inside and len(aside) == len(inside):
            continue
        # The elements themselves, not their ids: what nobody holds is made anew when it is met again.
        left_out = {part for step in aside for part in step.iter()}
        kept += [part for part in top.iter() if isinstance(part.tag, str) and part not in left_out]
    return kept


def _read_rule(steps: list[Element], marks: Marks) -> None:
    """What a rule of the item's own does with each response, where it is one of those that are known."""
    for step in steps:
        name = local(step)
        known = marks.responses.get(attribute(step, "identifier"))
        if name == "mapResponse" and known is not None:
            marks.is_own_rule = marks.is_own_rule or known.rule == "match"
            known.rule = "map"
        elif name in _COMPARING:
            _read_comparison(step, marks)
        elif name == "variable" and known is not None:
            # An answer is compared or looked up; whoever else looks at it has a rule of its own.
            is_known_use = local(step.getparent()) in (*_COMPARING, "isNull")
            marks.is_own_rule = marks.is_own_rule or not is_known_use
        elif name not in _KNOWN:
            marks.is_own_rule = True
    marks.is_all_at_once = any(
        local(step) == "and" and sum(local(part) in _COMPARING for part in step) > 1 for step in steps
    )


def _read_comparison(step: Element, marks: Marks) -> None:
    names = {local(part): attribute(part, "identifier") for part in step}
    if "correct" not in names:
        # Scores are compared too, to keep them within bounds; answers compared with values are a rule of its own.
        is_about_answer = names.get("variable") in marks.responses or "mapResponse" in names
        marks.is_own_rule = marks.is_own_rule or is_about_answer
        return
    known = marks.responses.get(names["correct"])
    if known is None or names.get("variable") != names["correct"]:
        marks.is_own_rule = True
        return
    marks.is_own_rule = marks.is_own_rule or known.rule == "map"
    known.rule = "match"
    if local(step) == "stringMatch":
        known.is_case_sensitive = attribute(step, "caseSensitive", "true") == "true"
    if local(step) == "equal":
        kind = attribute(step, "toleranceMode", "exact")
        width = attribute(step, "tolerance").split()
        if kind in ("absolute", "relative") and width:
            known.tolerance = kind, width[0], width[-1]


def _said_points(root: Element) -> Decimal | None:
    """What the item says that it is worth; None where it does not."""
    outcomes = {attribute(one, "identifier"): one for one in named(root, "outcomeDeclaration")}
    said = None
    if "SCORE" in outcomes:
        said = decimal_of(attribute(outcomes["SCORE"], "normalMaximum"))
    if said is None and "MAXSCORE" in outcomes:
        value = first(outcomes["MAXSCORE"], "value")
        said = decimal_of("".join(value.itertext())) if value is not None else None
    return said


def _ruled_points(steps: list[Element], marks: Marks) -> Decimal:
    """What the rule adds up to for the best answer; zero where that cannot be seen."""
    mapped = sum((response.most() for response in marks.responses.values()), Decimal(0))
    settings = [step for step in steps if local(step) == "setOutcomeValue"]
    given: dict[str, Decimal] = {}
    added: dict[str, Decimal] = {}
    for step in settings:
        name = attribute(step, "identifier")
        for part in step:
            if local(part) == "baseValue":
                given[name] = max(given.get(name, Decimal(0)), _value(part))
            # Each right part adds its own; what comes after "else" is another way to the same points.
            elif local(part) == "sum" and local(step.getparent()) == "responseIf":
                values = [_value(one) for one in part if local(one) == "baseValue"]
                added[name] = sum((value for value in values if value > 0), added.get(name, Decimal(0)))
    score = added.get("SCORE", Decimal(0))
    if mapped > 0:
        return mapped + score
    # A score may be the sum of the scores of its parts.
    parts = {
        attribute(one, "identifier")
        for step in settings
        if attribute(step, "identifier") == "SCORE"
        for one in named(step, "variable")
    }
    of_parts = sum((given.get(name) or added.get(name, Decimal(0)) for name in parts - {"SCORE"}), Decimal(0))
    return given.get("SCORE", Decimal(0)) or score or of_parts


def _value(element: Element) -> Decimal:
    return decimal_of("".join(element.itertext())) or Decimal(0)


def ratio(values: list[Decimal]) -> list[int]:
    """How much parts count next to each other, by what they are worth; the same for all where that is not said."""
    sizes = [int(value * 10_000) for value in values]
    if not all(0 < size <= 100 * WHOLE for size in sizes):
        return [1] * len(values)
    divisor = gcd(*sizes)
    return [size // divisor for size in sizes]


def number_near(text: str, response: Response) -> dict[str, Any]:
    """A number that is accepted, as far from it as the item's rule allows. Raises Fault."""
    number = decimal_of(text)
    if number is None:
        raise Fault(_("“%(text)s” is no number.") % {"text": text[:60]})
    if response.tolerance is None:
        return {"value": decimal_text(number)}
    kind, *ends = response.tolerance
    below, above = (decimal_of(end) for end in ends)
    if below is None or above is None or below < 0 or above < 0:
        raise Fault(_("“%(text)s” is no number.") % {"text": " ".join(ends)[:60]})
    if kind == "relative":
        # The standard writes percent of the number.
        below, above = abs(number) * below / 100, abs(number) * above / 100
    if below == above:
        return {"value": decimal_text(number), "tolerance": decimal_text(below)}
    return {"value": decimal_text(number - below), "upper": decimal_text(number + above), "tolerance_kind": "range"}
