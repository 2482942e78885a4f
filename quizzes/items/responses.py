"""What an answer looks like for each kind, and what is wrong with one. Looks at the question only, never at the key.

The shapes, small JSON each:
  single_choice, true_false, image_choice, multiple_choice, survey with choices   ["key", …]
  matching, likert                {"prompt": "match", …}      cloze, gap_select   {"gap": "value or key", …}
  ordering                        ["key", …], "" for a place that is not taken yet
  short_text, essay, survey       {"text": "…"}               numeric             {"text": "3,5", "unit": "kg"}
  hotspot                         {"regions": ["key", …]} or {"points": [[x, y], …]} in per mille
  case                            ["choice", …] in the order taken
  upload                          {"files": ["id", …]}
An empty list or mapping says: no answer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_SHORT_TEXT = 1_000
LONGEST_ESSAY = 100_000
LARGEST_POINTS = 50


@dataclass(frozen=True)
class Fault:
    """Something wrong with an answer: a code that has a sentence in every language, and what fills it."""

    code: str
    context: Mapping[str, Any] = field(default_factory=dict)


def response_faults(question: Mapping[str, Any], response: Any) -> list[Fault]:
    """What is wrong with the shape of an answer to `question` (as `split` gives it); empty where it can be graded.

    An answer that is not finished is no fault: it is kept as it is.
    """
    return list(_CHECKS[question["kind"]](question, response))


def is_empty(response: Any) -> bool:
    """Whether nothing was answered: also where a form was sent with nothing in it."""
    if isinstance(response, str):
        return not response.strip()
    if isinstance(response, Mapping):
        return all(is_empty(value) for name, value in response.items() if name != "unit")
    if isinstance(response, list | tuple):
        return all(is_empty(value) for value in response)
    return response is None


_Check = Callable[[Mapping[str, Any], Any], Iterator[Fault]]
SHAPE = Fault("wrong_shape")


def _is_keys(value: Any, limit: int = 300) -> bool:
    return isinstance(value, list) and len(value) <= limit and all(isinstance(key, str) for key in value)


def _is_pairs(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and len(value) <= 300
        and all(isinstance(name, str) and isinstance(key, str) for name, key in value.items())
    )


def _keys(members: Any) -> set[str]:
    return {member["key"] for member in members}


def _taken(offered: set[str], response: Any, is_multiple: bool) -> Iterator[Fault]:
    if not _is_keys(response):
        yield SHAPE
        return
    if len(set(response)) != len(response):
        yield Fault("taken_twice")
    if not offered.issuperset(response):
        yield Fault("not_offered")
    if not is_multiple and len(response) > 1:
        yield Fault("one_only")


def _choices(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    is_multiple = question["kind"] == "multiple_choice" or question.get("is_multiple", False)
    yield from _taken(_keys(question["choices"]), response, is_multiple)


def _survey(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    yield from (_choices if question["choices"] else _essay)(question, response)


def _pairs(names: set[str], offered: Callable[[str], set[str]], response: Any) -> Iterator[Fault]:
    if not _is_pairs(response):
        yield SHAPE
        return
    for name, key in response.items():
        if name not in names:
            yield Fault("not_asked")
        elif key and key not in offered(name):
            yield Fault("not_offered")


def _matching(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    matches = _keys(question["matches"])
    yield from _pairs(_keys(question["prompts"]), lambda _name: matches, response)


def _likert(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    scale = _keys(question["scale"])
    yield from _pairs(_keys(question["statements"]), lambda _name: scale, response)


def _gap_select(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    groups = {group["key"]: _keys(group["choices"]) for group in question["groups"]}
    offered = {gap["key"]: groups[gap["group"]] for gap in question["gaps"]}
    yield from _pairs(set(offered), offered.__getitem__, response)
    if not question["may_repeat"] and _is_pairs(response):
        used = [key for key in response.values() if key]
        if len(set(used)) != len(used):
            yield Fault("used_twice")


def _cloze(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    if not _is_pairs(response):
        yield SHAPE
        return
    gaps = {gap["key"]: gap for gap in question["gaps"]}
    for name, value in response.items():
        if name not in gaps:
            yield Fault("not_asked")
        elif gaps[name]["kind"] == "select":
            if value and value not in _keys(gaps[name]["choices"]):
                yield Fault("not_offered")
        else:
            yield from _words(value, LONGEST_SHORT_TEXT)


def _words(text: str, longest: int) -> Iterator[Fault]:
    if len(text) > longest:
        yield Fault("too_long", {"limit": longest})
    if "\x00" in text or any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        yield Fault("not_storable")


def _ordering(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    if not _is_keys(response):
        yield SHAPE
        return
    placed = [key for key in response if key]
    entries = _keys(question["entries"])
    if len(set(placed)) != len(placed):
        yield Fault("taken_twice")
    if not entries.issuperset(placed) or len(response) > len(entries):
        yield Fault("not_offered")


def _text(longest: int, names: frozenset[str] = frozenset({"text"})) -> _Check:
    def check(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
        if response in ({}, []):
            return
        if not _is_pairs(response) or not names.issuperset(response) or "text" not in response:
            yield SHAPE
            return
        for text in response.values():
            yield from _words(text, longest)

    return check


_short_text = _text(LONGEST_SHORT_TEXT)
_essay = _text(LONGEST_ESSAY)
_numeric = _text(LONGEST_SHORT_TEXT, frozenset({"text", "unit"}))


def _hotspot(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    if response in ({}, []):
        return
    if not isinstance(response, Mapping) or len(response) != 1:
        yield SHAPE
    elif "regions" in response:
        yield from _taken(_keys(question["regions"]), response["regions"], question["is_multiple"])
    elif "points" in response and isinstance(response["points"], list):
        yield from _points(response["points"], question["is_multiple"])
    else:
        yield SHAPE


def _points(points: list[Any], is_multiple: bool) -> Iterator[Fault]:
    if len(points) > LARGEST_POINTS:
        yield Fault("too_many", {"limit": LARGEST_POINTS})
    elif not is_multiple and len(points) > 1:
        yield Fault("one_only")
    for point in points[:LARGEST_POINTS]:
        if not (
            isinstance(point, list) and len(point) == 2 and all(type(at) is int and 0 <= at <= 1000 for at in point)
        ):
            yield SHAPE
            return


def _case(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    if not _is_keys(response):
        yield SHAPE
        return
    nodes = {node["key"]: node for node in question["nodes"]}
    here = question["start"]
    for key in response:
        replies = {reply["key"]: reply["next"] for reply in nodes[here]["choices"]} if here else {}
        if key not in replies:
            yield Fault("not_offered")
            return
        here = replies[key]


def _upload(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    if response in ({}, []):
        return
    if not isinstance(response, Mapping) or set(response) != {"files"} or not _is_keys(response["files"]):
        yield SHAPE
    elif len(response["files"]) > question["max_files"]:
        yield Fault("too_many", {"limit": question["max_files"]})
    elif len(set(response["files"])) != len(response["files"]):
        yield Fault("taken_twice")


def _description(question: Mapping[str, Any], response: Any) -> Iterator[Fault]:
    if response not in ({}, [], None):
        yield SHAPE


_CHECKS: dict[str, _Check] = {
    "single_choice": _choices,
    "true_false": _choices,
    "multiple_choice": _choices,
    "image_choice": _choices,
    "matching": _matching,
    "ordering": _ordering,
    "gap_select": _gap_select,
    "cloze": _cloze,
    "short_text": _short_text,
    "numeric": _numeric,
    "hotspot": _hotspot,
    "case": _case,
    "essay": _essay,
    "upload": _upload,
    "likert": _likert,
    "survey": _survey,
    "description": _description,
}
