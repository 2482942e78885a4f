"""One small item of every kind as plain values, with an answer that is wholly right and one that is wholly wrong."""

from typing import Any

from quizzes.items import WHOLE


def t(text: str) -> dict[str, str]:
    return {"en": text, "es": f"{text} (es)"}


PICTURE = {"key": "pic", "name": "secret-name.png", "type": "image/png"}

SPECS: dict[str, dict[str, Any]] = {
    "single_choice": {
        "stem": t("Which?"),
        "choices": [
            {"key": "a", "text": t("this"), "weight": WHOLE, "feedback": t("yes")},
            {"key": "b", "text": t("half"), "weight": WHOLE // 2},
            {"key": "c", "text": t("that"), "weight": -WHOLE},
        ],
    },
    "true_false": {
        "stem": t("True?"),
        "choices": [{"key": "a", "text": t("true"), "weight": WHOLE}, {"key": "b", "text": t("false")}],
    },
    "multiple_choice": {
        "stem": t("Which ones?"),
        "scoring": "proportional",
        "choices": [
            {"key": "a", "text": t("one"), "weight": WHOLE // 2},
            {"key": "b", "text": t("two"), "weight": WHOLE // 2},
            {"key": "c", "text": t("three"), "feedback": t("no")},
            {"key": "d", "text": t("four")},
        ],
    },
    "image_choice": {
        "stem": t("Which picture?"),
        "media": [PICTURE],
        "choices": [
            {"key": "a", "image": "pic", "alt": t("a pump"), "weight": WHOLE},
            {"key": "b", "image": "pic", "alt": t("a well")},
        ],
    },
    "matching": {
        "stem": t("Match."),
        "prompts": [
            {"key": "p1", "text": t("cat"), "match": "m1"},
            {"key": "p2", "text": t("dog"), "match": "m2"},
            {"key": "p3", "text": t("puppy"), "match": "m2"},
        ],
        "matches": [
            {"key": "m1", "text": t("meows")},
            {"key": "m2", "text": t("barks")},
            {"key": "m3", "text": t("sings")},
        ],
    },
    "ordering": {
        "stem": t("Order."),
        "entries": [{"key": key, "text": t(key)} for key in ("q", "z", "m", "k")],
    },
    "gap_select": {
        "text": t("A [[g1]] and a [[g2]]."),
        "groups": [{"key": "w", "choices": [{"key": key, "text": t(key)} for key in ("x", "y", "v")]}],
        "gaps": [
            {"key": "g1", "group": "w", "right": "x"},
            {"key": "g2", "group": "w", "right": "y", "weight": 3},
        ],
    },
    "cloze": {
        "text": t("A [[g1]], [[g2]] and [[g3]]."),
        "gaps": [
            {
                "key": "g1",
                "kind": "select",
                "weight": 2,
                "choices": [
                    {"key": "x", "text": t("x"), "weight": WHOLE, "feedback": t("good")},
                    {"key": "y", "text": t("y"), "weight": -WHOLE},
                ],
            },
            {"key": "g2", "kind": "short_text", "answers": [{"text": "Élan"}, {"text": "drive", "weight": WHOLE // 2}]},
            {"key": "g3", "kind": "numeric", "answers": [{"value": "37.5", "tolerance": "0.5"}]},
        ],
    },
    "short_text": {
        "stem": t("Word?"),
        "answers": [
            {"text": "promotora", "feedback": t("yes")},
            {"text": "health work*", "is_pattern": True, "weight": WHOLE // 2},
        ],
    },
    "numeric": {
        "stem": t("How much?"),
        "answers": [
            {"value": "3.5", "tolerance": "0.1"},
            {"value": "3", "upper": "4", "tolerance_kind": "range", "weight": WHOLE // 2},
        ],
        "units": [{"name": "kg"}, {"name": "g", "multiplier": "0.001"}],
        "unit": "required",
        "unit_penalty": WHOLE // 10,
    },
    "hotspot": {
        "stem": t("Where?"),
        "media": [PICTURE],
        "image": "pic",
        "alt": t("a kitchen"),
        "regions": [
            {
                "key": "r1",
                "label": t("stove"),
                "weight": WHOLE,
                "area": {"shape": "rect", "left": 0, "top": 0, "right": 100, "bottom": 100},
            },
            {"key": "r2", "label": t("sink"), "area": {"shape": "circle", "x": 500, "y": 500, "radius": 100}},
            {
                "key": "r3",
                "label": t("door"),
                "area": {"shape": "polygon", "corners": [[900, 900], [1000, 900], [1000, 1000]]},
            },
        ],
    },
    "case": {
        "stem": t("A visit."),
        "start": "n1",
        "nodes": [
            {
                "key": "n1",
                "speaker": t("Rosa"),
                "text": t("Come in."),
                "choices": [
                    {"key": "c1", "text": t("greet"), "next": "n2", "weight": 1, "feedback": t("kind")},
                    {"key": "c2", "text": t("shout"), "next": "n2", "weight": -1},
                    {"key": "c3", "text": t("leave")},
                ],
            },
            {
                "key": "n2",
                "text": t("Sit."),
                "choices": [{"key": "c4", "text": t("listen"), "weight": 2}, {"key": "c5", "text": t("talk")}],
            },
        ],
    },
    "essay": {
        "stem": t("Write."),
        "points": 4,
        "max_words": 200,
        "rubric": [
            {
                "key": "clear",
                "name": t("clear"),
                "levels": [
                    {"key": "no", "text": t("not")},
                    {"key": "some", "text": t("somewhat"), "weight": 1},
                    {"key": "yes", "text": t("very"), "weight": 2},
                ],
            },
            {
                "key": "true",
                "name": t("true"),
                "levels": [{"key": "no", "text": t("not")}, {"key": "yes", "text": t("all"), "weight": 1}],
            },
        ],
        "notes": t("look for the plan"),
    },
    "upload": {"stem": t("Record."), "accept": "audio", "notes": t("listen for the greeting")},
    "likert": {
        "stem": t("How much do you agree?"),
        "statements": [{"key": "s1", "text": t("I can.")}, {"key": "s2", "text": t("I will.")}],
        "scale": [{"key": "l", "text": t("no")}, {"key": "h", "text": t("yes")}],
    },
    "survey": {
        "stem": t("What did you like?"),
        "choices": [{"key": "a", "text": t("a")}, {"key": "b", "text": t("b")}],
    },
    "description": {"stem": t("Read this.")},
}
for _kind, _spec in SPECS.items():
    _spec["kind"] = _kind

RIGHT: dict[str, Any] = {
    "single_choice": ["a"],
    "true_false": ["a"],
    "multiple_choice": ["b", "a"],
    "image_choice": ["a"],
    "matching": {"p1": "m1", "p2": "m2", "p3": "m2"},
    "ordering": ["q", "z", "m", "k"],
    "gap_select": {"g1": "x", "g2": "y"},
    "cloze": {"g1": "x", "g2": "elan", "g3": "37,5"},
    "short_text": {"text": " Promotora "},
    "numeric": {"text": "3,5", "unit": "kg"},
    "hotspot": {"points": [[50, 50]]},
    "case": ["c1", "c4"],
}
WRONG: dict[str, Any] = {
    "single_choice": ["c"],
    "true_false": ["b"],
    "multiple_choice": ["c"],
    "image_choice": ["b"],
    "matching": {"p1": "m3", "p2": "m3", "p3": "m3"},
    "ordering": ["k", "q", "z", "m"],
    "gap_select": {"g1": "v", "g2": "v"},
    "cloze": {"g1": "y", "g2": "no", "g3": "40"},
    "short_text": {"text": "doctor"},
    "numeric": {"text": "7 kg"},
    "hotspot": {"regions": ["r2"]},
    "case": ["c2", "c5"],
}
EMPTY: dict[str, Any] = {kind: {} if isinstance(answer, dict) else [] for kind, answer in RIGHT.items()} | {
    "essay": {"text": " "},
    "upload": {"files": []},
}
