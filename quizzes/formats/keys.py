"""Items compared by what they say: files name the parts of an item in their own way, or not at all."""

import re
from collections.abc import Mapping
from typing import Any

from quizzes.items import ItemSpec, content_of

# Fields that hold the key of another part.
_POINTERS = frozenset({"key", "match", "right", "group", "next", "start", "image"})
_NAMED = re.compile(r"\[\[([A-Za-z0-9_-]+)\]\]|(?<=\]\()media:([A-Za-z0-9_-]+)")


def said_by(spec: ItemSpec, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What an item says as plain values, its keys numbered in the order in which they stand in it.

    `names` are other names for some keys: a file may be called by what its bytes are.
    """
    content = content_of(spec)
    numbers: dict[str, str] = {}
    _number(content, numbers)
    named: dict[str, Any] = _renamed(content, {**numbers, **(names or {})}, "")
    return named


def _number(value: Any, numbers: dict[str, str]) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("key"), str):
            numbers.setdefault(value["key"], f"#{len(numbers)}")
        for member in value.values():
            _number(member, numbers)
    elif isinstance(value, list):
        for member in value:
            _number(member, numbers)


def _renamed(value: Any, numbers: Mapping[str, str], field: str) -> Any:
    if isinstance(value, dict):
        return {name: _renamed(member, numbers, name) for name, member in value.items()}
    if isinstance(value, list):
        return [_renamed(member, numbers, field) for member in value]
    if isinstance(value, str):
        if field in _POINTERS:
            return numbers.get(value, value)
        return _NAMED.sub(lambda found: f"<{numbers.get(found[1] or found[2], found[0])}>", value)
    return value
