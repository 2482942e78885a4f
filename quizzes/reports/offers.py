"""What a version offers to take, with what is right of it: for those who teach."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from quizzes.models import ItemVersion
from quizzes.reports.asking import shown


@dataclass(frozen=True)
class Offer:
    """An answer on offer; `is_right`: taking it earns something. Of what is worth nothing, nothing is right."""

    key: str
    text: str
    is_right: bool


@dataclass(frozen=True)
class OfferedPart:
    """What is on offer for the whole question (`name` is empty) or for one part of it."""

    name: str
    label: str
    offers: tuple[Offer, ...]


def offers_of(version: ItemVersion, language: str) -> list[OfferedPart]:
    """Empty for a question that is answered in words, in an order, or not at all."""
    if version.question["kind"] not in _PARTS:
        return []
    return list(_PARTS[version.question["kind"]](version.spec, language))


def _offers(choices: Iterable[Any], language: str) -> tuple[Offer, ...]:
    return tuple(Offer(choice.key, _words(choice, language), getattr(choice, "weight", 0) > 0) for choice in choices)


def _words(choice: Any, language: str) -> str:
    texts: Mapping[str, str] = getattr(choice, "text", None) or getattr(choice, "alt", None) or choice.label
    return str(shown(texts, language))


def _choices(spec: Any, language: str) -> Iterator[OfferedPart]:
    if spec.choices:
        yield OfferedPart("", "", _offers(spec.choices, language))


def _hotspot(spec: Any, language: str) -> Iterator[OfferedPart]:
    yield OfferedPart(
        "", "", tuple(Offer(one.key, str(shown(one.label, language)), one.weight > 0) for one in spec.regions)
    )


def _matching(spec: Any, language: str) -> Iterator[OfferedPart]:
    for prompt in spec.prompts:
        yield OfferedPart(
            prompt.key,
            _words(prompt, language),
            tuple(Offer(one.key, _words(one, language), one.key == prompt.match) for one in spec.matches),
        )


def _gap_select(spec: Any, language: str) -> Iterator[OfferedPart]:
    groups = {group.key: group.choices for group in spec.groups}
    for number, gap in enumerate(spec.gaps, start=1):
        yield OfferedPart(
            gap.key,
            _("Gap %(number)s") % {"number": number},
            tuple(Offer(one.key, _words(one, language), one.key == gap.right) for one in groups[gap.group]),
        )


def _cloze(spec: Any, language: str) -> Iterator[OfferedPart]:
    for number, gap in enumerate(spec.gaps, start=1):
        if gap.kind == "select":
            yield OfferedPart(gap.key, _("Gap %(number)s") % {"number": number}, _offers(gap.choices, language))


def _case(spec: Any, language: str) -> Iterator[OfferedPart]:
    choices = [choice for node in spec.nodes for choice in node.choices]
    yield OfferedPart("", "", _offers(choices, language))


def _likert(spec: Any, language: str) -> Iterator[OfferedPart]:
    for statement in spec.statements:
        yield OfferedPart(statement.key, _words(statement, language), _offers(spec.scale, language))


_PARTS: Mapping[str, Any] = {
    "single_choice": _choices,
    "multiple_choice": _choices,
    "true_false": _choices,
    "image_choice": _choices,
    "survey": _choices,
    "hotspot": _hotspot,
    "matching": _matching,
    "gap_select": _gap_select,
    "cloze": _cloze,
    "case": _case,
    "likert": _likert,
}
