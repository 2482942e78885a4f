"""An answer as the fields of a plain form, and back: what a page without a script sends.

`choice` (several), `text` and `unit`, `region` and `point` ("x,y", several), `part.KEY` for pairs, gaps and
statements, `place.KEY` for the number of an entry's place, `node.KEY` for the reply taken at a moment of a
conversation, `file` (several) for the tokens of files that were sent before.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Fields = Mapping[str, Sequence[str]]

_POINT = re.compile(r"([0-9]{1,4}),([0-9]{1,4})")


class UnreadableFields(ValueError):
    """The fields make no answer; `code` says why, as a response fault does."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def response_from(question: Mapping[str, Any], fields: Fields) -> Any:
    """The answer that the fields of a form give. Whether it fits the question is for `response_faults` to say.

    Raises UnreadableFields.
    """
    return _READERS[question["kind"]](question, fields)


def fields_of(question: Mapping[str, Any], response: Any) -> list[tuple[str, str]]:
    """The fields that would give this answer."""
    if not response:
        return []
    kind = question["kind"]
    if kind == "ordering":
        return [(f"place.{key}", str(place)) for place, key in enumerate(response, start=1) if key]
    if kind == "case":
        return [(f"node.{node}", key) for node, key in _way(question, response)]
    if kind == "hotspot":
        points = [("point", f"{x},{y}") for x, y in response.get("points", ())]
        return points + [("region", key) for key in response.get("regions", ())]
    if kind == "upload":
        return [("file", token) for token in response.get("files", ())]
    if isinstance(response, list):
        return [("choice", key) for key in response]
    if "text" in response and kind in _WORDS:
        return [(name, response[name]) for name in ("text", "unit") if response.get(name)]
    return [(f"part.{key}", value) for key, value in response.items() if value]


_WORDS = {"short_text", "numeric", "essay", "survey"}


def _way(question: Mapping[str, Any], response: Sequence[str]) -> list[tuple[str, str]]:
    """(node, reply) of each step."""
    nodes = {node["key"]: node for node in question["nodes"]}
    here, steps = question["start"], []
    for key in response:
        steps.append((here, key))
        here = next((reply["next"] for reply in nodes[here]["choices"] if reply["key"] == key), "")
        if not here:
            break
    return steps


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name) or [""]
    return values[0]


def _choices(question: Mapping[str, Any], fields: Fields) -> list[str]:
    return list(fields.get("choice", ()))


def _parts(question: Mapping[str, Any], fields: Fields) -> dict[str, str]:
    parts = {name[5:]: values[0] for name, values in fields.items() if name.startswith("part.") and values}
    return {key: value for key, value in parts.items() if value.strip()}


def _words(question: Mapping[str, Any], fields: Fields) -> dict[str, str]:
    text, unit = _first(fields, "text"), _first(fields, "unit").strip()
    if not text.strip():
        return {}
    return {"text": text} | ({"unit": unit} if unit and question["kind"] == "numeric" else {})


def _essay(question: Mapping[str, Any], fields: Fields) -> dict[str, str]:
    """What stood in the field at the start and was left as it was is no answer."""
    words = _words(question, fields)
    written = words.get("text", "").split()
    return {} if any(text.split() == written for text in question["template"].values() if text.strip()) else words


def _survey(question: Mapping[str, Any], fields: Fields) -> Any:
    return _choices(question, fields) if question["choices"] else _words(question, fields)


def _ordering(question: Mapping[str, Any], fields: Fields) -> list[str]:
    count = len(question["entries"])
    order = [""] * count
    for name, values in fields.items():
        if not name.startswith("place.") or not values or not values[0].strip():
            continue
        place = values[0].strip()
        if not (place.isascii() and place.isdecimal() and 1 <= int(place[:4]) <= count):
            raise UnreadableFields("place_unknown")
        if order[int(place) - 1]:
            raise UnreadableFields("place_twice")
        order[int(place) - 1] = name[6:]
    return order if any(order) else []


def _hotspot(question: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    if points := fields.get("point"):
        found = [_POINT.fullmatch(point) for point in points]
        if not all(found):
            raise UnreadableFields("wrong_shape")
        return {"points": [[int(point[1]), int(point[2])] for point in found if point]}
    regions = list(fields.get("region", ()))
    return {"regions": regions} if regions else {}


def _case(question: Mapping[str, Any], fields: Fields) -> list[str]:
    nodes = {node["key"]: node for node in question["nodes"]}
    here, way = question["start"], []
    while here:
        key = _first(fields, f"node.{here}")
        if not key:
            break
        way.append(key)
        here = next((reply["next"] for reply in nodes[here]["choices"] if reply["key"] == key), "")
    return way


def _files(question: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    files = [token for token in fields.get("file", ()) if token]
    return {"files": files} if files else {}


def _nothing(question: Mapping[str, Any], fields: Fields) -> list[str]:
    return []


_READERS: dict[str, Callable[[Mapping[str, Any], Fields], Any]] = {
    "single_choice": _choices,
    "true_false": _choices,
    "multiple_choice": _choices,
    "image_choice": _choices,
    "matching": _parts,
    "gap_select": _parts,
    "cloze": _parts,
    "likert": _parts,
    "ordering": _ordering,
    "short_text": _words,
    "numeric": _words,
    "essay": _essay,
    "hotspot": _hotspot,
    "case": _case,
    "survey": _survey,
    "description": _nothing,
    "upload": _files,
}
