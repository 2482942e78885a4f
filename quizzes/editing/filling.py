"""From a spec to the fields of a form."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from quizzes import items
from quizzes.editing.reading import Plain, equal_weights
from quizzes.items import WHOLE


def _percent(millionths: int) -> str:
    return format((Decimal(millionths) / 10_000).normalize(), "f")


def filled(spec: items.ItemSpec) -> Plain:
    """The fields of the form as they say what the spec says."""
    plain = items.content_of(spec)
    value = {name: plain[name] for name in plain if name not in {"media", *items.catalogue_fields()}}
    value["files"] = [
        {"key": file["key"], "name": file["name"], "type": file["type"], "picture": None} for file in plain["media"]
    ]
    value["penalty_percent"] = _percent(plain["penalty"]) if plain["penalty"] else None
    return value | _IN.get(spec.kind, lambda _plain: {})(plain)


def _ticks_in(rows: Sequence[Plain], scoring: str) -> list[Plain]:
    weights = [row["weight"] for row in rows]
    rights = [weight > 0 if scoring else weight == WHOLE for weight in weights]
    is_equal = weights == equal_weights(rights, scoring)
    return [
        row | {"right": right, "percent": None if is_equal else _percent(row["weight"])}
        for row, right in zip(rows, rights, strict=True)
    ]


def _forms_in(rows: Sequence[Plain]) -> list[Plain]:
    return [row | {"percent": _percent(row["weight"])} for row in rows]


def _regions_in(rows: Sequence[Plain], is_multiple: bool) -> list[Plain]:
    regions = []
    for row in _ticks_in(rows, "proportional" if is_multiple else ""):
        area = row["area"]
        if area["shape"] == "polygon":
            numbers = [at for corner in area["corners"] for at in corner]
        else:
            numbers = [value for name, value in area.items() if name != "shape"]
        regions.append(row | {"shape": area["shape"], "numbers": ", ".join(map(str, numbers))})
    return regions


def _matching_in(plain: Plain) -> Plain:
    texts = {match["key"]: match["text"] for match in plain["matches"]}
    used = {prompt["match"] for prompt in plain["prompts"]}
    return {
        "pairs": [
            prompt | {"match_key": prompt["match"], "match": texts[prompt["match"]]} for prompt in plain["prompts"]
        ],
        "others": [match for match in plain["matches"] if match["key"] not in used],
    }


def _gap_select_in(plain: Plain) -> Plain:
    texts = {choice["key"]: choice["text"] for group in plain["groups"] for choice in group["choices"]}
    used = {gap["right"] for gap in plain["gaps"]}
    return {
        "gaps": [gap | {"word_key": gap["right"], "word": texts[gap["right"]]} for gap in plain["gaps"]],
        "others": [
            choice | {"group": group["key"]}
            for group in plain["groups"]
            for choice in group["choices"]
            if choice["key"] not in used
        ],
    }


def _cloze_in(plain: Plain) -> Plain:
    gaps = []
    for gap in plain["gaps"]:
        row = dict(gap)
        if gap["kind"] == "select":
            row["choices"] = _ticks_in(gap["choices"], "")
        else:
            row["answers"] = _forms_in(gap["answers"])
        gaps.append({"type": row.pop("kind"), "value": row})
    return {"gaps": gaps}


_IN: dict[str, Callable[[Plain], Plain]] = {
    "single_choice": lambda plain: {"choices": _ticks_in(plain["choices"], "")},
    "true_false": lambda plain: {"choices": _ticks_in(plain["choices"], "")},
    "multiple_choice": lambda plain: {"choices": _ticks_in(plain["choices"], plain["scoring"])},
    "image_choice": lambda plain: {
        "choices": _ticks_in(plain["choices"], plain["scoring"] if plain["is_multiple"] else "")
    },
    "matching": _matching_in,
    "gap_select": _gap_select_in,
    "cloze": _cloze_in,
    # The first moment of the list is where it begins.
    "case": lambda plain: {"nodes": sorted(plain["nodes"], key=lambda node: node["key"] != plain["start"])},
    "short_text": lambda plain: {"answers": _forms_in(plain["answers"])},
    "numeric": lambda plain: {
        "answers": _forms_in(plain["answers"]),
        "unit_penalty_percent": _percent(plain["unit_penalty"]),
    },
    "hotspot": lambda plain: {"regions": _regions_in(plain["regions"], plain["is_multiple"])},
}
