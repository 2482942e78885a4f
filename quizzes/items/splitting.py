"""Takes a spec apart into what a learner may see and what she may not, and puts it together again.

Both halves are plain values, ready to be stored side by side. What the marks `Secret` and `OrderTells` name goes into
the answer key; what `Catalogue` names (code, tags and the like) is about the item, not of it, and goes into neither.
`merge(*split(spec))` is the spec again but for the catalogue.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from quizzes.items.base import Catalogue, ItemSpec, Mark, OrderTells, Secret, media_named


def _has(field: FieldInfo, mark: Mark) -> bool:
    return any(entry is mark for entry in field.metadata)


def catalogue_fields() -> list[str]:
    """Names of the fields that are about an item and no part of what is asked."""
    return [name for name, field in ItemSpec.model_fields.items() if _has(field, Catalogue)]


def split(spec: ItemSpec) -> tuple[dict[str, Any], dict[str, Any]]:
    """The question and its answer key, as plain values for JSON.

    The question has every field that is not secret. The answer key has the others where they differ from their
    default; for the members of a list it is {"of": {key: secrets}, "order": [keys]}, `order` only where it tells.
    """
    question, answer_key = _split(spec)
    shown = media_named(question)
    question["media"] = [{"key": media.key, "type": media.type} for media in spec.media if media.key in shown]
    answer_key.pop("media", None)
    if spec.media:
        answer_key["media"] = [media.model_dump(mode="json") for media in spec.media]
    return question, answer_key


def _split(part: BaseModel) -> tuple[dict[str, Any], dict[str, Any]]:
    shown: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if _has(field, Catalogue):
            continue
        if _has(field, Secret):
            if value != field.get_default(call_default_factory=True):
                hidden[name] = _plain(value)
        elif _is_keyed(value):
            shown[name], hidden_members = _split_members(value, _has(field, OrderTells))
            if hidden_members:
                hidden[name] = hidden_members
        elif isinstance(value, BaseModel):
            shown[name], within = _split(value)
            if within:
                hidden[name] = within
        else:
            shown[name] = _plain(value)
    return shown, hidden


def _split_members(members: tuple[Any, ...], order_tells: bool) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    halves = {member.key: _split(member) for member in members}
    keys = [member.key for member in members]
    hidden: dict[str, Any] = {}
    if within := {key: half[1] for key, half in halves.items() if half[1]}:
        hidden["of"] = within
    if order_tells:
        hidden["order"] = keys
        keys = sorted(keys, key=_lot)
    return [halves[key][0] for key in keys], hidden


def _lot(key: str) -> tuple[bytes, str]:
    """An order that has nothing to do with the alphabet, in which authors tend to give keys."""
    return blake2b(key.encode(), digest_size=8).digest(), key


def _is_keyed(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], BaseModel) and hasattr(value[0], "key")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return value


def joined(question: Mapping[str, Any], answer_key: Mapping[str, Any]) -> dict[str, Any]:
    """The spec as plain values, from its two halves."""
    whole = dict(question)
    for name, hidden in answer_key.items():
        if name != "media" and isinstance(hidden, Mapping) and _is_list_of_parts(question.get(name)):
            whole[name] = _join_members(question[name], hidden)
        elif isinstance(hidden, Mapping) and isinstance(question.get(name), Mapping):
            whole[name] = joined(question[name], hidden)
        else:
            whole[name] = hidden
    return whole


def _is_list_of_parts(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], Mapping)


def _join_members(members: list[Mapping[str, Any]], hidden: Mapping[str, Any]) -> list[dict[str, Any]]:
    secrets = hidden.get("of", {})
    whole = {member["key"]: joined(member, secrets.get(member["key"], {})) for member in members}
    return [whole[key] for key in hidden.get("order", whole)]
