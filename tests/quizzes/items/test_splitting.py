"""What a learner may see, apart from what she may not; and nothing lost between the two."""

import copy
import json
import random

import pytest

from quizzes.items import KINDS, catalogue_of, merge, opaque_keys, read_item, split, with_catalogue
from tests.quizzes.items.samples import SPECS, t

CANARY = "canary-4711"
# Names that may stand in a question: a new field is looked at here before it is shown to anybody.
SHOWN = {
    "schema_version", "kind", "stem", "points", "penalty", "media", "key", "type", "text", "choices", "shuffle",
    "image", "alt", "is_multiple", "scoring", "prompts", "matches", "entries", "groups", "gaps", "group", "may_repeat",
    "weight", "units", "name", "multiplier", "unit", "regions", "label", "start", "nodes", "speaker", "next",
    "min_words", "max_words", "template", "rubric", "levels", "accept", "max_megabytes", "max_files", "statements",
    "scale", "en", "es",
}  # fmt: skip


def names_in(value):
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    return set()


def planted(value, name=""):
    """The item with a canary in every text that a learner may not see."""
    if name in {"feedback", "notes", "hints"} or name.startswith("feedback_"):
        return [t(CANARY)] if name == "hints" else t(CANARY)
    if isinstance(value, dict):
        return {key: planted(member, key) for key, member in value.items()}
    if isinstance(value, list):
        if name == "answers" and "text" in value[0]:
            return [*value, {"text": CANARY, "feedback": t(CANARY)}]
        if name == "answers":
            return [*value, {"value": "4711.4711", "tolerance": "4711.4711"}]
        return [planted(member, name) for member in value]
    return f"{CANARY}.png" if name == "name" and isinstance(value, str) and value.endswith(".png") else value


@pytest.mark.parametrize("kind", KINDS)
def test_the_two_halves_make_the_spec_again(kind):
    spec = read_item(SPECS[kind])

    question, answer_key = json.loads(json.dumps(split(spec)))

    assert merge(question, answer_key) == spec


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_holds_nothing_that_tells(kind):
    secret = {"feedback": {}, "hints": [], "feedback_right": {}, "feedback_partly": {}, "feedback_wrong": {}}
    spec = read_item(planted(copy.deepcopy(SPECS[kind]) | secret))

    question, answer_key = split(spec)

    assert CANARY in json.dumps(answer_key)
    assert CANARY not in json.dumps(question)
    assert "4711" not in json.dumps(question)
    assert names_in(question) <= SHOWN
    if kind not in {"cloze", "gap_select"}:  # where a weight says how much a gap counts
        assert "weight" not in names_in(question)


def test_a_gap_shows_what_it_counts_and_no_weight_of_its_choices():
    question, _key = split(read_item(SPECS["cloze"]))

    assert [gap["weight"] for gap in question["gaps"]] == [2, 1, 1]
    assert [set(choice) for choice in question["gaps"][0]["choices"]] == [{"key", "text"}, {"key", "text"}]


@pytest.mark.parametrize(("kind", "name"), [("ordering", "entries"), ("matching", "matches"), ("hotspot", "regions")])
def test_an_order_that_tells_is_the_same_whatever_the_order_in_the_spec(kind, name):
    value = copy.deepcopy(SPECS[kind])
    seen = set()

    for seed in range(5):
        random.Random(seed).shuffle(value[name])
        question, answer_key = split(read_item(value))
        seen.add(json.dumps(question))

        assert answer_key[name]["order"] == [member["key"] for member in value[name]]

    assert len(seen) == 1


def test_a_file_that_only_the_feedback_shows_is_not_in_the_question():
    media = [{"key": key, "name": f"{key}.png", "type": "image/png"} for key in ("asked", "told")]
    spec = read_item(
        SPECS["true_false"]
        | {"media": media, "stem": t("See ![a](media:asked)"), "feedback": t("Here: ![b](media:told)")}
    )

    question, answer_key = split(spec)

    assert question["media"] == [{"key": "asked", "type": "image/png"}]
    assert answer_key["media"] == media
    assert merge(question, answer_key) == spec


def test_the_catalogue_is_no_part_of_what_is_asked():
    entries = {
        "code": "x-1",
        "name": "n",
        "tags": ["a"],
        "category": ["b", "c"],
        "competency": "C1",
        "cognitive_level": "apply",
        "difficulty": "hard",
    }
    bare = read_item(SPECS["essay"])

    spec = with_catalogue(bare, **entries)

    assert split(spec) == split(bare)
    assert catalogue_of(spec) == entries
    assert with_catalogue(merge(*split(spec)), **catalogue_of(spec)) == spec


def test_opaque_keys_are_the_same_for_a_seed_and_differ_between_them():
    keys = opaque_keys("the whole source", 50)

    assert keys == opaque_keys("the whole source", 50)
    assert len(set(keys)) == 50
    assert keys[:3] != opaque_keys("another source", 3)
    assert sorted(keys) != keys
