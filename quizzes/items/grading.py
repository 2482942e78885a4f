"""A spec and an answer to marks. Whole numbers only: weights in millionths are summed, and rounded once, half up, to
hundredths of a point."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from quizzes.items import numbers, words
from quizzes.items.arranging import Case, GapSelect, Matching, Ordering, best_way
from quizzes.items.base import WHOLE, ItemSpec
from quizzes.items.choices import Choice, Hotspot, ImageChoice, MultipleChoice, PictureChoice, Region
from quizzes.items.responses import is_empty
from quizzes.items.writing import AcceptedNumber, Cloze, NumberGap, Numeric, SelectGap, ShortText, TextGap

HUNDREDTHS = 100  # marks are hundredths of a point


@dataclass(frozen=True)
class PartMark:
    """How one part of an answer did: `earned` of what the part can earn, in millionths."""

    key: str
    earned: int

    @property
    def is_right(self) -> bool:
        return self.earned >= WHOLE


@dataclass(frozen=True)
class Marks:
    """What an answer earns, in hundredths of a point: never below 0, never above `maximum`.

    `parts` are those that can be right or wrong by themselves (pairs, places, gaps, ticks, steps). `feedback` names
    the texts of the spec that answer it: keys of choices, "GAP/0" or "0" for the first accepted form of a gap or of
    the item. Where `needs_person`, `earned` stays 0 until somebody has marked it.
    """

    earned: int
    maximum: int
    parts: tuple[PartMark, ...] = ()
    is_complete: bool = True
    needs_person: bool = False
    feedback: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        return self.earned == self.maximum


@dataclass(frozen=True)
class Tally:
    """What an answer adds up to: `earned` of `whole`, in the same unit."""

    earned: int = 0
    whole: int = WHOLE
    parts: tuple[PartMark, ...] = ()
    is_complete: bool = True
    feedback: list[str] = field(default_factory=list)


def rounded_marks(earned: int, whole: int, points: int) -> int:
    """`earned` of `whole`, as hundredths of `points`: held between nothing and everything, rounded half up."""
    earned = min(max(earned, 0), whole)
    return (2 * earned * points * HUNDREDTHS + whole) // (2 * whole)


def grade(spec: ItemSpec, response: Any) -> Marks:
    """What `response` earns. It must be free of faults (`response_faults`); no answer at all earns nothing."""
    maximum = spec.points * HUNDREDTHS
    if not maximum:
        return Marks(0, 0, is_complete=spec.kind == "description" or not is_empty(response))
    if is_empty(response):
        return Marks(0, maximum, is_complete=False, needs_person=False)
    if spec.kind not in _RULES:
        return Marks(0, maximum, needs_person=True)
    tally = _RULES[spec.kind](spec, response)
    return Marks(
        rounded_marks(tally.earned, tally.whole, spec.points),
        maximum,
        parts=tally.parts,
        is_complete=tally.is_complete,
        feedback=tuple(tally.feedback),
    )


def grade_rubric(spec: Any, levels: Mapping[str, str]) -> Marks:
    """What an essay or upload earns with these levels (criterion → level), given by a person.

    The best level of every criterion together is the whole mark. A criterion that is left out earns nothing and
    leaves the marking incomplete. Raises KeyError for a criterion or level that the rubric does not have.
    """
    earned = whole = 0
    parts = []
    known = {criterion.key: criterion for criterion in spec.rubric}
    for key in levels:
        known[key]
    for criterion in spec.rubric:
        worth = {level.key: level.weight for level in criterion.levels}
        most = max(worth.values())
        got = worth[levels[criterion.key]] if criterion.key in levels else 0
        earned, whole = earned + got, whole + most
        parts.append(PartMark(criterion.key, got * WHOLE // most))
    is_complete = len(levels) == len(known)
    return Marks(
        rounded_marks(earned, whole, spec.points) if whole else 0,
        spec.points * HUNDREDTHS,
        tuple(parts),
        is_complete=is_complete,
        needs_person=not is_complete,
    )


# --- Choices ------------------------------------------------------------------------------------------------------


def _one_choice(spec: Any, response: list[str]) -> Tally:
    choice = next(choice for choice in spec.choices if choice.key == response[0])
    return Tally(choice.weight, feedback=[choice.key] if choice.feedback else [])


def _several(
    choices: tuple[Choice, ...] | tuple[PictureChoice, ...] | tuple[Region, ...], taken: set[str], scoring: str
) -> Tally:
    right = {choice.key: choice.weight for choice in choices if choice.weight > 0}
    parts = tuple(
        PartMark(choice.key, WHOLE if choice.key in right else 0) for choice in choices if choice.key in taken
    )
    feedback = [choice.key for choice in choices if choice.key in taken and choice.feedback]
    if scoring == "all_or_nothing":
        return Tally(WHOLE if taken == set(right) else 0, WHOLE, parts, feedback=feedback)
    whole = sum(right.values())
    earned = sum(choice.weight for choice in choices if choice.key in taken)
    excess = max(len(taken) - len(right), 0)
    if scoring == "proportional" and excess:
        # In units of one over the number of right answers, so that nothing is rounded here.
        return Tally(earned * len(right) - excess * whole, whole * len(right), parts, feedback=feedback)
    return Tally(earned, whole, parts, feedback=feedback)


def _multiple_choice(spec: MultipleChoice, response: list[str]) -> Tally:
    return _several(spec.choices, set(response), spec.scoring)


def _image_choice(spec: ImageChoice, response: list[str]) -> Tally:
    return _several(spec.choices, set(response), spec.scoring) if spec.is_multiple else _one_choice(spec, response)


def regions_at(spec: Hotspot, points: list[list[int]]) -> list[str]:
    """Keys of the regions that were touched, each once; where regions overlap, the first of the list."""
    touched = (next((region.key for region in spec.regions if region.area.contains(x, y)), "") for x, y in points)
    return [key for key in dict.fromkeys(touched) if key]


def _hotspot(spec: Hotspot, response: Mapping[str, Any]) -> Tally:
    taken = response["regions"] if "regions" in response else regions_at(spec, response["points"])
    if spec.is_multiple:
        # A touch beside every region is a try like any other: it counts beyond the number of right places.
        missed = len(response.get("points", ())) - len(taken) if "points" in response else 0
        tally = _several(spec.regions, set(taken), "with_penalty")
        right = sum(region.weight > 0 for region in spec.regions)
        excess = max(len(taken) + max(missed, 0) - right, 0) if missed else 0
        return Tally(
            tally.earned * right - excess * tally.whole, tally.whole * right, tally.parts, feedback=tally.feedback
        )
    region = next((region for region in spec.regions if region.key in taken), None)
    if region is None:
        return Tally(0)
    return Tally(region.weight, feedback=[region.key] if region.feedback else [])


# --- Putting together ---------------------------------------------------------------------------------------------


def _matching(spec: Matching, response: Mapping[str, str]) -> Tally:
    parts = tuple(
        PartMark(prompt.key, WHOLE if response.get(prompt.key) == prompt.match else 0) for prompt in spec.prompts
    )
    return Tally(
        sum(part.earned for part in parts),
        WHOLE * len(parts),
        parts,
        all(response.get(prompt.key) for prompt in spec.prompts),
        [prompt.key for prompt in spec.prompts if prompt.feedback],
    )


def _ordering(spec: Ordering, response: list[str]) -> Tally:
    right = [entry.key for entry in spec.entries]
    given = [*response, *[""] * (len(right) - len(response))]
    is_complete = all(given)
    if spec.scoring == "neighbours":
        follows = set(pairwise(given))
        parts = tuple(PartMark(one, WHOLE if (one, other) in follows else 0) for one, other in pairwise(right))
    else:
        parts = tuple(PartMark(key, WHOLE if given[at] == key else 0) for at, key in enumerate(right))
    if spec.scoring == "all_or_nothing":
        return Tally(WHOLE if given == right else 0, WHOLE, parts, is_complete)
    return Tally(sum(part.earned for part in parts), WHOLE * len(parts), parts, is_complete)


def _gap_select(spec: GapSelect, response: Mapping[str, str]) -> Tally:
    parts = tuple(PartMark(gap.key, WHOLE if response.get(gap.key) == gap.right else 0) for gap in spec.gaps)
    return Tally(
        sum(part.earned * gap.weight for part, gap in zip(parts, spec.gaps, strict=True)),
        WHOLE * sum(gap.weight for gap in spec.gaps),
        parts,
        all(response.get(gap.key) for gap in spec.gaps),
    )


def _case(spec: Case, response: list[str]) -> Tally:
    nodes = {node.key: node for node in spec.nodes}
    here, earned, parts, feedback = spec.start, 0, [], []
    for key in response:
        best = max(choice.weight for choice in nodes[here].choices)
        choice = next(choice for choice in nodes[here].choices if choice.key == key)
        earned += choice.weight
        parts.append(PartMark(key, WHOLE if choice.weight == best else 0))
        feedback += [key] if choice.feedback else []
        here = choice.next
    is_over = not here or not nodes[here].choices
    return Tally(earned, best_way(spec), tuple(parts), is_over, feedback)


# --- Words and numbers --------------------------------------------------------------------------------------------


def _text_form(answers: Any, forgive: Any, text: str) -> int | None:
    """The place of the first accepted form that fits."""
    return next((at for at, answer in enumerate(answers) if words.fits(text, answer, forgive)), None)


def _short_text(spec: ShortText, response: Mapping[str, str]) -> Tally:
    at = _text_form(spec.answers, spec.forgive, response["text"])
    return _found(spec.answers, at)


def _found(answers: Any, at: int | None) -> Tally:
    if at is None:
        return Tally(0)
    return Tally(answers[at].weight, feedback=[str(at)] if answers[at].feedback else [])


def _number_form(answers: tuple[AcceptedNumber, ...], found: list[Any]) -> int | None:
    """The place of the first number that is near enough to one of the readings; of two readings the better counts."""
    fitting = [
        next((at for at, answer in enumerate(answers) if numbers.is_near(number, answer)), None) for number in found
    ]
    known = [at for at in fitting if at is not None]
    return max(known, key=lambda at: answers[at].weight, default=None)


def _numeric(spec: Numeric, response: Mapping[str, str]) -> Tally:
    text, unit = response["text"], response.get("unit", "").strip()
    if spec.unit != "none" and not unit:
        text, unit = numbers.number_and_unit(text)
    found = numbers.readings(text)
    multiplier = numbers.multiplier_of(unit, spec) if unit else None
    is_unit_right = spec.unit == "none" or multiplier is not None or (spec.unit == "optional" and not unit)
    at = _number_form(spec.answers, found if multiplier is None else [numbers.times(one, multiplier) for one in found])
    if at is None and multiplier is not None:
        # The number is right and its unit is not, known though it is: that costs what any wrong unit costs.
        at, is_unit_right = _number_form(spec.answers, found), False
    tally = _found(spec.answers, at)
    if is_unit_right:
        return tally
    return Tally(tally.earned * (WHOLE - spec.unit_penalty), WHOLE * WHOLE, feedback=tally.feedback)


def _gap(gap: SelectGap | TextGap | NumberGap, value: str) -> tuple[int, list[str]]:
    """What one gap earns, in millionths of it, and its feedback."""
    if not value.strip():
        return 0, []
    if isinstance(gap, SelectGap):
        choice = next(choice for choice in gap.choices if choice.key == value)
        return max(choice.weight, 0), [choice.key] if choice.feedback else []
    if isinstance(gap, TextGap):
        at = _text_form(gap.answers, gap.forgive, value)
    else:
        at = _number_form(gap.answers, numbers.readings(value))
    if at is None:
        return 0, []
    return gap.answers[at].weight, [f"{gap.key}/{at}"] if gap.answers[at].feedback else []


def _cloze(spec: Cloze, response: Mapping[str, str]) -> Tally:
    earned, feedback, parts = 0, [], []
    for gap in spec.gaps:
        worth, said = _gap(gap, response.get(gap.key, ""))
        earned += worth * gap.weight
        feedback += [word if "/" in word else f"{gap.key}/{word}" for word in said]
        parts.append(PartMark(gap.key, worth))
    return Tally(
        earned,
        WHOLE * sum(gap.weight for gap in spec.gaps),
        tuple(parts),
        all(response.get(gap.key, "").strip() for gap in spec.gaps),
        feedback,
    )


_RULES: dict[str, Callable[[Any, Any], Tally]] = {
    "single_choice": _one_choice,
    "true_false": _one_choice,
    "multiple_choice": _multiple_choice,
    "image_choice": _image_choice,
    "hotspot": _hotspot,
    "matching": _matching,
    "ordering": _ordering,
    "gap_select": _gap_select,
    "cloze": _cloze,
    "case": _case,
    "short_text": _short_text,
    "numeric": _numeric,
}
