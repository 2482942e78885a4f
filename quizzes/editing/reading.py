"""From the fields of a form to a spec."""

import mimetypes
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from quizzes import items
from quizzes.items import WHOLE

Plain = dict[str, Any]


@dataclass
class Draft:
    """A spec on its way: plain values, and the bytes of the pictures that were chosen by their key."""

    spec: Plain
    files: dict[str, bytes] = field(default_factory=dict)


def new_key() -> str:
    return "".join(secrets.choice("abcdefghjkmnpqrstvwxyz") for _place in range(6))


def _words(value: Mapping[str, str] | None) -> dict[str, str]:
    return {code: text for code, text in (value or {}).items() if text and text.strip()}


def _millionths(percent: Decimal | None) -> int | None:
    return None if percent is None else int((percent * 10_000).to_integral_value(ROUND_HALF_UP))


def equal_weights(rights: Sequence[bool], scoring: str) -> list[int]:
    """What the right answers are worth where nobody says so: each the whole, or an equal share of it."""
    count = sum(rights)
    if scoring in {"", "all_or_nothing"} or not count:
        return [WHOLE if right else 0 for right in rights]
    share = WHOLE // count
    return [share if right else (-share if scoring == "with_penalty" else 0) for right in rights]


def drafted(kind: str, value: Mapping[str, Any], existing: Plain | None = None) -> Draft:
    """The draft that the fields of `kind` make. What the form does not ask stays as it is in `existing`."""
    draft = Draft({"kind": kind, **(existing or {})})
    spec = draft.spec
    spec["stem"] = _words(value["stem"])
    for name in ("feedback", "feedback_right", "feedback_partly", "feedback_wrong"):
        if name in value:
            spec[name] = _words(value[name])
    if "points" in value:
        spec["points"] = value["points"]
    if "hints" in value:
        spec["hints"] = [hint for hint in map(_words, value["hints"]) if hint]
        spec["penalty"] = _millionths(value["penalty_percent"]) or 0
    media = {file["key"]: file for file in spec.get("media", ())}
    for file in value["files"]:
        if file["picture"]:
            _add_picture(draft, media, file["picture"], file["key"] or new_key())
    _OUT[kind](draft, value, media)
    named = items.media_named({name: part for name, part in spec.items() if name != "media"})
    spec["media"] = [file for key, file in media.items() if key in named]
    draft.files = {key: content for key, content in draft.files.items() if key in named}
    return draft


def _add_picture(draft: Draft, media: dict[str, Plain], picture: Any, key: str) -> str:
    name = picture.file.name.rpartition("/")[2]
    with picture.file.open("rb") as handle:
        draft.files[key] = handle.read()
    media[key] = {"key": key, "name": name, "type": mimetypes.guess_type(name)[0] or "image/png"}
    return key


def _choices_out(rows: Sequence[Mapping[str, Any]], scoring: str) -> list[Plain]:
    weights = equal_weights([bool(row["right"]) for row in rows], scoring)
    chosen = []
    for key, row, weight in zip(_keys(rows), rows, weights, strict=True):
        given = _millionths(row["percent"])
        chosen.append(
            {
                "key": key,
                "text": _words(row.get("text")),
                "weight": weight if given is None else given,
                "feedback": _words(row["feedback"]),
            }
        )
    return chosen


def _options_out(rows: Sequence[Mapping[str, Any]]) -> list[Plain]:
    return [{"key": key, "text": _words(row["text"])} for key, row in zip(_keys(rows), rows, strict=True)]


def _keys(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A key for each row: its own, or a new one for a row that is new or was made by copying another."""
    keys: list[str] = []
    for row in rows:
        keys.append(row["key"] if row["key"] and row["key"] not in keys else new_key())
    return keys


def _texts_out(rows: Sequence[Mapping[str, Any]]) -> list[Plain]:
    return [
        {
            "text": row["text"],
            "is_pattern": bool(row["is_pattern"]),
            "weight": WHOLE if row["percent"] is None else _millionths(row["percent"]),
            "feedback": _words(row["feedback"]),
        }
        for row in rows
    ]


def _number(text: str | None) -> str:
    return (text or "").strip().replace(",", ".") or "0"


def _numbers_out(rows: Sequence[Mapping[str, Any]]) -> list[Plain]:
    return [
        {
            "value": _number(row["value"]),
            "tolerance": _number(row["tolerance"]),
            "tolerance_kind": row["tolerance_kind"],
            "upper": _number(row["upper"]) if row["tolerance_kind"] == "range" else None,
            "weight": WHOLE if row["percent"] is None else _millionths(row["percent"]),
            "feedback": _words(row["feedback"]),
        }
        for row in rows
    ]


def _flags(value: Mapping[str, Any], *names: str) -> Plain:
    return {name: bool(value[name]) for name in names}


def _ticks(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    scoring = value.get("scoring", "")
    draft.spec["choices"] = _choices_out(value["choices"], scoring)
    if scoring:
        draft.spec["scoring"] = scoring
    if "shuffle" in value:
        draft.spec |= _flags(value, "shuffle")


def _pictures(draft: Draft, value: Mapping[str, Any], media: dict[str, Plain]) -> None:
    draft.spec |= _flags(value, "is_multiple", "shuffle") | {"scoring": value["scoring"]}
    chosen = _choices_out(value["choices"], value["scoring"] if value["is_multiple"] else "")
    for choice, row in zip(chosen, value["choices"], strict=True):
        if row["picture"]:
            row["image"] = _add_picture(draft, media, row["picture"], new_key())
        choice |= {"image": row["image"] or "missing", "alt": _words(row["alt"])}
    draft.spec["choices"] = chosen


def _matching(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    matches: list[Plain] = []
    prompts = []
    for prompt_key, row in zip(_keys(value["pairs"]), value["pairs"], strict=True):
        text = _words(row["match"])
        match = next((match for match in matches if match["text"] == text), None)
        if match is None:
            taken = {match["key"] for match in matches}
            key = row["match_key"] if row["match_key"] not in taken else ""
            match = {"key": key or new_key(), "text": text}
            matches.append(match)
        prompts.append(
            {
                "key": prompt_key,
                "text": _words(row["text"]),
                "match": match["key"],
                "feedback": _words(row["feedback"]),
            }
        )
    taken = {match["key"] for match in matches}
    matches += [
        match | {"key": new_key() if match["key"] in taken else match["key"]} for match in _options_out(value["others"])
    ]
    draft.spec |= {"prompts": prompts, "matches": matches} | _flags(value, "shuffle")


def _ordering(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    draft.spec |= {"entries": _options_out(value["entries"]), "scoring": value["scoring"]}


def _gap_select(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    groups: dict[str, list[Plain]] = {}
    gaps = []
    for row in value["gaps"]:
        words, text = groups.setdefault(row["group"], []), _words(row["word"])
        word = next((word for word in words if word["text"] == text), None)
        if word is None:
            taken = {word["key"] for members in groups.values() for word in members}
            key = row["word_key"] if row["word_key"] not in taken else ""
            word = {"key": key or new_key(), "text": text}
            words.append(word)
        gaps.append({"key": row["key"], "group": row["group"], "right": word["key"], "weight": row["weight"]})
    for row in value["others"]:
        groups.setdefault(row["group"], []).append({"key": row["key"] or new_key(), "text": _words(row["text"])})
    draft.spec |= {
        "text": _words(value["text"]),
        "groups": [{"key": key, "choices": members} for key, members in groups.items()],
        "gaps": gaps,
    } | _flags(value, "may_repeat")


def _cloze(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    gaps: list[Plain] = []
    for child in value["gaps"]:
        row = child.value
        gap: Plain = {"kind": child.block_type, "key": row["key"], "weight": row["weight"]}
        if child.block_type == "select":
            gap |= {"choices": _choices_out(row["choices"], "")} | _flags(row, "shuffle")
        elif child.block_type == "short_text":
            gap |= {"answers": _texts_out(row["answers"]), "forgive": {k: bool(v) for k, v in row["forgive"].items()}}
        else:
            gap |= {"answers": _numbers_out(row["answers"])}
        gaps.append(gap)
    draft.spec |= {"text": _words(value["text"]), "gaps": gaps}


def _short_text(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    draft.spec["answers"] = _texts_out(value["answers"])
    draft.spec["forgive"] = {name: bool(is_set) for name, is_set in value["forgive"].items()}


def _numeric(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    penalty = value["unit_penalty_percent"]
    draft.spec |= {
        "answers": _numbers_out(value["answers"]),
        "units": [{"name": row["name"], "multiplier": _number(row["multiplier"])} for row in value["units"]],
        "unit": value["unit"],
        "unit_penalty": WHOLE if penalty is None else _millionths(penalty),
    }


def _hotspot(draft: Draft, value: Mapping[str, Any], media: dict[str, Plain]) -> None:
    image = value["image"]
    if value["picture"]:
        image = _add_picture(draft, media, value["picture"], new_key())
    rows = value["regions"]
    regions = _choices_out(rows, "proportional" if value["is_multiple"] else "")
    for region, row in zip(regions, rows, strict=True):
        region.pop("text")
        region |= {"label": _words(row["label"]), "area": _area(row["shape"], row["numbers"])}
    draft.spec |= {"image": image or "missing", "alt": _words(value["alt"]), "regions": regions}
    draft.spec |= _flags(value, "is_multiple")


def _area(shape: str, numbers: str) -> Plain:
    """What is not a number, or too few of them, is left for the spec to refuse."""
    found: list[Any] = [int(n) if n.isascii() and n.isdecimal() else n for n in numbers.replace(",", " ").split()]
    if shape == "polygon":
        return {"shape": shape, "corners": [list(pair) for pair in zip(found[::2], found[1::2], strict=False)]}
    names = ("left", "top", "right", "bottom") if shape == "rect" else ("x", "y", "radius", "height_percent")
    return {"shape": shape, **dict(zip(names, found, strict=False))}


def _case(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    nodes = [
        {
            "key": row["key"],
            "speaker": _words(row["speaker"]),
            "text": _words(row["text"]),
            "choices": [
                {
                    "key": key,
                    "text": _words(reply["text"]),
                    "next": (reply["next"] or "").strip(),
                    "weight": reply["weight"],
                    "feedback": _words(reply["feedback"]),
                }
                for key, reply in zip(_keys(row["choices"]), row["choices"], strict=True)
            ],
        }
        for row in value["nodes"]
    ]
    draft.spec |= {"nodes": nodes, "start": nodes[0]["key"]} | _flags(value, "shuffle")


def _rubric_out(rows: Sequence[Mapping[str, Any]]) -> list[Plain]:
    return [
        {
            "key": key,
            "name": _words(row["name"]),
            "levels": [
                option | {"weight": level["weight"]}
                for option, level in zip(_options_out(row["levels"]), row["levels"], strict=True)
            ],
        }
        for key, row in zip(_keys(rows), rows, strict=True)
    ]


def _essay(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    draft.spec |= {"min_words": value["min_words"], "max_words": value["max_words"]}
    draft.spec |= {"template": _words(value["template"]), "rubric": _rubric_out(value["rubric"])}
    draft.spec["notes"] = _words(value["notes"])


def _upload(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    draft.spec |= {"accept": value["accept"], "max_megabytes": value["max_megabytes"]}
    draft.spec |= {"rubric": _rubric_out(value["rubric"]), "notes": _words(value["notes"])}


def _likert(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    draft.spec |= {"statements": _options_out(value["statements"]), "scale": _options_out(value["scale"])}


def _survey(draft: Draft, value: Mapping[str, Any], media: Any) -> None:
    draft.spec |= {"choices": _options_out(value["choices"])} | _flags(value, "is_multiple")


_OUT: dict[str, Callable[[Draft, Mapping[str, Any], dict[str, Plain]], None]] = {
    "single_choice": _ticks,
    "true_false": _ticks,
    "multiple_choice": _ticks,
    "image_choice": _pictures,
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
    "description": lambda draft, value, media: None,
}
