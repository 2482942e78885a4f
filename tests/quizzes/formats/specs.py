"""Any item, made by Hypothesis."""

from pathlib import Path

from hypothesis import strategies as st

from quizzes.formats.texts import markdown_of
from quizzes.items import KINDS, WHOLE, ItemSpec, read_item

# Files of other programs that are no part of this project: where they are, they are tried.
_ROOT = Path(__file__).parents[3]
SAMPLES = next(
    (place for parent in _ROOT.parents if (place := parent / "shared/samples").is_dir()), _ROOT / "no-samples"
)

# Signs that one format or another takes for its own.
SIGNS = [
    *"=~#{}:\\*_%<>&[]()!-|/'\"$;,.+",
    "->", "<b>", "&amp;", "&lt;", "//", "::", "####", "%50%", "[html]", "$$",
]  # fmt: skip
_letters = st.sampled_from(["ant", "Bob", "é", "¿qué?", "3", "3.5", "水", "T", "TRUE"])
plain_lines = st.lists(st.one_of(_letters, st.sampled_from(SIGNS)), min_size=1, max_size=6).map(" ".join)
glued = st.lists(st.one_of(_letters, st.sampled_from(SIGNS)), min_size=1, max_size=6).map("".join)
marked = st.sampled_from(["**bold** words", "*thin*", "one\ntwo", "- a\n- b", "1. a\n2. b", "two\n\nparagraphs"])
safe_lines = st.lists(_letters, min_size=1, max_size=4).map(" ".join)


def texts(languages, inner):
    return st.fixed_dictionaries(dict.fromkeys(languages, inner))


def maybe(strategy):
    return st.one_of(st.just({}), strategy)


def weights_of_one(count):
    """Weights of which one at least is the whole mark."""
    some = st.sampled_from([0, 0, 250_000, 333_333, 500_000, 123_456, WHOLE])
    return st.lists(some, min_size=count - 1, max_size=count - 1).flatmap(lambda rest: st.permutations([WHOLE, *rest]))


def weights_of_several(count):
    """Weights that make up the whole together, and one that takes away."""
    right = st.sampled_from([[500_000, 500_000], [333_333] * 3, [WHOLE], [200_000, 800_000], [166_667] * 6])
    return right.flatmap(
        lambda some: st.permutations([*some[:count], *([0, -500_000] * count)[: max(0, count - len(some))]])
    ).filter(lambda weights: len(weights) == count and abs(sum(w for w in weights if w > 0) - WHOLE) <= 6)


def choices(draw, text, feedback, weights):
    return [
        {"key": f"k{number}", "text": draw(text), "weight": weight, "feedback": draw(feedback)}
        for number, weight in enumerate(weights)
    ]


@st.composite
def items(draw, kind, *, languages=("en",), inner=None, common=True, plain=None, numbers_as_ranges=True):
    """Values of an item of a kind. `inner` makes its texts, `plain` what has no form (short answers, names)."""
    inner = inner if inner is not None else st.one_of(safe_lines, marked)
    plain = plain if plain is not None else safe_lines
    text = texts(languages, inner)
    feedback = maybe(text)
    values = {"kind": kind, "stem": draw(text), "code": draw(st.sampled_from(["", "Q-1", "b.2"])), "name": draw(plain)}
    if common:
        values["feedback"] = draw(feedback) if kind != "description" else {}
        values["tags"] = draw(st.lists(safe_lines, max_size=2, unique=True))
        values["category"] = draw(st.lists(safe_lines, max_size=2))
    values |= draw(_OF_KIND[kind](text, feedback, plain, inner, languages))
    if not numbers_as_ranges:
        for answers in [values, *values.get("gaps", [])]:
            answers["answers"] = [without_range(answer) for answer in answers.get("answers", [])]
            if not answers["answers"]:
                del answers["answers"]
    return values


def without_range(answer):
    return {name: value for name, value in answer.items() if name != "upper" and value != "range"}


@st.composite
def _single(draw, text, feedback, plain, inner, languages):
    weights = draw(st.integers(2, 5).flatmap(weights_of_one))
    return {"choices": choices(draw, text, feedback, weights)}


@st.composite
def _multiple(draw, text, feedback, plain, inner, languages):
    weights = draw(st.integers(2, 6).flatmap(weights_of_several))
    return {"scoring": "with_penalty", "choices": choices(draw, text, feedback, weights)}


@st.composite
def _truth(draw, text, feedback, plain, inner, languages):
    words = {"en": ("True", "False"), "es": ("Verdadero", "Falso")}
    weights = draw(st.sampled_from([(WHOLE, 0), (0, WHOLE)]))
    return {
        "choices": [
            {
                "key": f"k{place}",
                "text": {code: words[code][place] for code in languages},
                "weight": weights[place],
                "feedback": draw(feedback),
            }
            for place in (0, 1)
        ]
    }


@st.composite
def accepted(draw, feedback, plain):
    weights = draw(st.integers(1, 4).flatmap(weights_of_one))
    return [
        {
            "text": draw(plain),
            "weight": weight,
            "feedback": draw(feedback),
        }
        for weight in weights
    ]


@st.composite
def _short(draw, text, feedback, plain, inner, languages):
    answers = draw(accepted(feedback, plain))
    if draw(st.booleans()):
        answers.append({"text": draw(st.sampled_from(["*", "a*b", "\\*x*"])), "weight": 0, "is_pattern": True})
    return {"forgive": {"case": True, "accents": False}, "answers": answers}


@st.composite
def numbers(draw, feedback):
    found = []
    for weight in draw(st.integers(1, 3).flatmap(weights_of_one)):
        number = st.sampled_from(["0", "3", "-2.5", "1822", "0.001", "12345678.9"])
        shape = draw(st.sampled_from(["plain", "tolerance", "range", "any"]))
        values = {"weight": weight, "feedback": draw(feedback)}
        if shape == "any":
            values |= {"tolerance_kind": "any"}
        elif shape == "range":
            low, high = sorted([draw(number), draw(number)], key=float)
            values |= {"value": low, "upper": high, "tolerance_kind": "range"}
        else:
            values |= {"value": draw(number), "tolerance": "0.5" if shape == "tolerance" else "0"}
        found.append(values)
    return found


@st.composite
def _numeric(draw, text, feedback, plain, inner, languages):
    return {"answers": draw(numbers(feedback))}


@st.composite
def _matching(draw, text, feedback, plain, inner, languages):
    words = draw(st.lists(plain, min_size=2, max_size=4, unique_by=lambda word: " ".join(word.split())))
    matches = [
        {"key": f"m{number}", "text": {code: markdown_of(word) for code in languages}}
        for number, word in enumerate(words)
    ]
    used = draw(st.lists(st.sampled_from(matches), min_size=1, max_size=4))
    # In the order in which files name them: first those that belong to a prompt.
    order = list({match["key"]: match for match in [*used, *matches]}.values())
    prompts = [{"key": f"p{number}", "text": draw(text), "match": match["key"]} for number, match in enumerate(used)]
    return {"prompts": prompts, "matches": order}


def _nothing(text, feedback, plain, inner, languages):
    return st.just({})


def _worthless(text, feedback, plain, inner, languages):
    return st.just({"points": 0})


@st.composite
def _ordering(draw, text, feedback, plain, inner, languages):
    count = draw(st.integers(2, 5))
    scoring = draw(st.sampled_from(["all_or_nothing", "places", "neighbours"]))
    return {"scoring": scoring, "entries": [{"key": f"e{number}", "text": draw(text)} for number in range(count)]}


@st.composite
def _gap_select(draw, text, feedback, plain, inner, languages):
    groups, gaps, parts = [], [], []
    for number in range(draw(st.integers(1, 2))):
        count = draw(st.integers(2, 3))
        options = [
            {"key": f"o{number}{place}", "text": {code: markdown_of(draw(plain)) for code in languages}}
            for place in range(count)
        ]
        groups.append({"key": f"g{number}", "choices": options})
        gaps.append({"key": f"a{number}", "group": f"g{number}", "right": draw(st.sampled_from(options))["key"]})
        parts.append(f"words [[a{number}]]")
    return {
        "text": {code: " ".join([*parts, "end"]) for code in languages},
        "groups": groups,
        "gaps": gaps,
        "may_repeat": draw(st.booleans()),
    }


@st.composite
def _cloze(draw, text, feedback, plain, inner, languages):
    gaps, parts = [], []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["select", "short_text", "numeric"]))
        gap = {"kind": kind, "key": f"a{number}", "weight": draw(st.integers(1, 3))}
        if kind == "select":
            offered = choices(draw, text, feedback, draw(st.integers(2, 3).flatmap(weights_of_one)))
            gap["choices"] = [choice | {"key": f"{choice['key']}of{number}"} for choice in offered]
        elif kind == "short_text":
            gap |= {"answers": draw(accepted(feedback, plain)), "forgive": {"case": True, "accents": False}}
        else:
            gap["answers"] = draw(numbers(feedback))
        gaps.append(gap)
        parts.append(f"words [[a{number}]]")
    return {"text": {code: " ".join([*parts, "end"]) for code in languages}, "gaps": gaps}


PNG = b"\x89PNG\r\n\x1a\n rest of a picture"
PICTURE = {"key": "pic", "name": "a map.png", "type": "image/png"}


@st.composite
def _hotspot(draw, text, feedback, plain, inner, languages):
    areas = [
        {"shape": "rect", "left": 0, "top": 10, "right": 500, "bottom": 400},
        {"shape": "circle", "x": 300, "y": 200, "radius": 50},
        {"shape": "polygon", "corners": [[0, 0], [100, 0], [50, 1000]]},
    ]
    weights = draw(st.sampled_from([[WHOLE, 0], [0, WHOLE, 0]]))
    return {
        "media": [PICTURE],
        "image": "pic",
        "alt": draw(text),
        "regions": [
            {"key": f"r{number}", "label": draw(text), "area": areas[number], "weight": weight}
            for number, weight in enumerate(weights)
        ],
    }


@st.composite
def _image_choice(draw, text, feedback, plain, inner, languages):
    weights = draw(st.integers(2, 3).flatmap(weights_of_one))
    return {
        "media": [PICTURE],
        "choices": [
            {"key": f"k{number}", "image": "pic", "alt": draw(text), "weight": weight, "feedback": draw(feedback)}
            for number, weight in enumerate(weights)
        ],
    }


@st.composite
def _case(draw, text, feedback, plain, inner, languages):
    return {
        "start": "n0",
        "nodes": [
            {
                "key": "n0",
                "speaker": draw(feedback),
                "text": draw(text),
                "choices": [
                    {"key": "c0", "text": draw(text), "next": "n1", "weight": WHOLE, "feedback": draw(feedback)},
                    {"key": "c1", "text": draw(text), "weight": 0},
                ],
            },
            {"key": "n1", "text": draw(text)},
        ],
    }


@st.composite
def rubrics(draw, text):
    if draw(st.booleans()):
        return []
    levels = [{"key": "l0", "text": draw(text), "weight": 0}, {"key": "l1", "text": draw(text), "weight": 3}]
    return [{"key": "c0", "name": draw(text), "levels": levels}]


@st.composite
def _essay(draw, text, feedback, plain, inner, languages):
    return {
        "min_words": draw(st.sampled_from([0, 5])),
        "max_words": draw(st.sampled_from([None, 50])),
        "template": draw(maybe(text)),
        "rubric": draw(rubrics(text)),
        "notes": draw(maybe(text)),
    }


@st.composite
def _upload(draw, text, feedback, plain, inner, languages):
    return {
        "accept": draw(st.sampled_from(["audio", "image", "document"])),
        "max_megabytes": draw(st.integers(1, 20)),
        "max_files": draw(st.integers(1, 3)),
        "rubric": draw(rubrics(text)),
    }


@st.composite
def _likert(draw, text, feedback, plain, inner, languages):
    return {
        "points": 0,
        "statements": [{"key": "s0", "text": draw(text)}],
        "scale": [{"key": f"p{number}", "text": draw(text)} for number in range(3)],
    }


@st.composite
def _survey(draw, text, feedback, plain, inner, languages):
    count = draw(st.sampled_from([0, 2, 3]))
    return {
        "points": 0,
        "choices": [{"key": f"k{number}", "text": draw(text)} for number in range(count)],
        "is_multiple": count > 0 and draw(st.booleans()),
    }


_OF_KIND = {
    "single_choice": _single,
    "multiple_choice": _multiple,
    "true_false": _truth,
    "short_text": _short,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "gap_select": _gap_select,
    "cloze": _cloze,
    "hotspot": _hotspot,
    "image_choice": _image_choice,
    "case": _case,
    "essay": _essay,
    "upload": _upload,
    "likert": _likert,
    "survey": _survey,
    "description": _worthless,
}
ALL_KINDS = sorted(KINDS)


def spec_of(values) -> ItemSpec:
    return read_item(values)


def matching_in(order, pairs):
    """An item whose matches stand in this `order` and whose prompts belong to `pairs` of them, by their letters."""
    return {
        "kind": "matching",
        "stem": {"en": "Match."},
        "prompts": [{"key": f"p{n}", "text": {"en": f"{n}"}, "match": key} for n, key in enumerate(pairs)],
        "matches": [{"key": key, "text": {"en": f"match {key}"}} for key in order],
    }
