"""What is refused as an item, by code and place."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from quizzes.items import KINDS, WHOLE, content_of, media_named, pieces_of, read_item, schema, spec_faults
from tests.quizzes.items.samples import SPECS, t


def faults(kind, **changes):
    with pytest.raises(ValidationError) as caught:
        read_item(copy.deepcopy(SPECS[kind]) | changes)
    return [(place, code) for place, code, _sentence in spec_faults(caught.value)]


def choices(*weights):
    return [{"key": f"k{at}", "text": t("x"), "weight": weight} for at, weight in enumerate(weights)]


def node(key, *replies):
    return {
        "key": key,
        "text": t(key),
        "choices": [{"key": f"{key}{to or 'end'}", "text": t("go"), "next": to, "weight": 1} for to in replies],
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_what_it_writes_and_fits_the_schema(kind):
    spec = read_item(SPECS[kind])

    assert read_item(json.dumps(content_of(spec))) == spec
    jsonschema.Draft202012Validator(schema()).validate(content_of(spec))


def test_the_published_schema_is_the_one_that_reads():
    path = Path(__file__).parents[3] / "docs" / "item.schema.json"

    assert json.loads(path.read_text()) == schema()


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("single_choice", {"surprise": 1}, [("surprise", "extra_forbidden")]),
        ("single_choice", {"stem": {}}, [("stem", "text_missing")]),
        ("single_choice", {"stem": {"en": "  "}}, [("stem", "text_missing")]),
        ("single_choice", {"stem": {"english": "x"}}, [("stem", "language_unknown")]),
        ("single_choice", {"stem": {"en": "a\0b"}}, [("stem", "text_has_null")]),
        ("single_choice", {"stem": {"en": "x" * 20_001}}, [("stem", "text_too_long")]),
        ("single_choice", {"stem": "x"}, [("stem", "dict_type")]),
        ("single_choice", {"points": 0}, [("points", "greater_than_equal")]),
        ("single_choice", {"points": 1.5}, [("points", "int_type")]),
        ("single_choice", {"points": "2"}, [("points", "int_type")]),
        ("single_choice", {"points": True}, [("points", "int_type")]),
        ("single_choice", {"choices": choices(WHOLE, 0.5)}, [("choices.1.weight", "int_type")]),
        ("single_choice", {"schema_version": 2}, [("schema_version", "literal_error")]),
        ("single_choice", {"code": "a b"}, [("code", "string_pattern_mismatch")]),
        ("single_choice", {"choices": choices(WHOLE)}, [("choices", "too_short")]),
        ("single_choice", {"choices": choices(WHOLE, *[0] * 100)}, [("choices", "too_long")]),
        ("single_choice", {"choices": choices(1, 0)}, [("item", "no_right_answer")]),
        ("single_choice", {"choices": choices(WHOLE + 1, 0)}, [("choices.0.weight", "less_than_equal")]),
        ("single_choice", {"choices": choices(WHOLE, 0)[:1] * 2}, [("item", "key_twice")]),
        ("single_choice", {"stem": t("![x](media:gone)")}, [("item", "media_missing")]),
        ("true_false", {"choices": choices(WHOLE, WHOLE)}, [("item", "both_right")]),
        ("multiple_choice", {"choices": choices(0, 0)}, [("item", "no_right_answer")]),
        ("multiple_choice", {"choices": choices(WHOLE, WHOLE)}, [("item", "weights_not_whole")]),
        ("multiple_choice", {"choices": choices(WHOLE, -1)}, [("item", "weight_below_zero")]),
        ("matching", {"matches": SPECS["matching"]["matches"][1:]}, [("item", "match_missing")]),
        ("ordering", {"entries": SPECS["ordering"]["entries"][:1]}, [("entries", "too_short")]),
        ("cloze", {"text": t("A [[g1]] and [[g2]].")}, [("item", "gaps_differ")]),
        ("cloze", {"text": {"en": "[[g1]] [[g2]] [[g3]]", "es": "[[g1]] [[g2]]"}}, [("item", "gaps_differ")]),
        ("cloze", {"text": t("[[g1]] [[g1]] [[g2]] [[g3]]")}, [("item", "gaps_differ")]),
        ("gap_select", {"may_repeat": False, "text": t("[[g1]]"), "gaps": []}, [("gaps", "too_short")]),
        ("short_text", {"answers": []}, [("answers", "too_short")]),
        ("short_text", {"answers": [{"text": "x", "weight": 5}]}, [("item", "no_right_answer")]),
        ("short_text", {"answers": [{"text": " "}]}, [("answers.0", "text_missing")]),
        ("numeric", {"answers": [{"value": "3,5"}]}, [("answers.0.value", "string_pattern_mismatch")]),
        ("numeric", {"answers": [{"value": "1e999999"}]}, [("answers.0.value", "string_pattern_mismatch")]),
        ("numeric", {"answers": [{"value": "NaN"}]}, [("answers.0.value", "string_pattern_mismatch")]),
        ("numeric", {"answers": [{"value": "3", "tolerance": "-1"}]}, [("answers.0", "tolerance_below_zero")]),
        ("numeric", {"answers": [{"value": "3", "upper": "4"}]}, [("answers.0", "range_end")]),
        (
            "numeric",
            {"answers": [{"value": "3", "upper": "2", "tolerance_kind": "range"}]},
            [("answers.0", "range_end")],
        ),
        ("numeric", {"units": []}, [("item", "units_do_not_fit")]),
        ("numeric", {"units": [{"name": "kg", "multiplier": "0.0"}]}, [("units.0", "unit_empty")]),
        ("hotspot", {"image": "gone"}, [("item", "media_missing")]),
        (
            "hotspot",
            {"media": [{"key": "pic", "name": "a.mp3", "type": "audio/mpeg"}]},
            [("item", "not_a_picture")],
        ),
        ("hotspot", {"regions": SPECS["hotspot"]["regions"][1:]}, [("item", "no_right_answer")]),
        ("hotspot", {"regions": SPECS["hotspot"]["regions"][:1]}, [("regions", "too_short")]),
        ("case", {"start": "gone"}, [("item", "node_missing")]),
        ("case", {"start": "a", "nodes": [node("a", "b"), node("b", "a")]}, [("item", "case_circle")]),
        ("case", {"start": "a", "nodes": [node("a", "a", "")]}, [("item", "case_circle")]),
        ("case", {"start": "a", "nodes": [node("a")]}, [("item", "case_empty")]),
        ("essay", {"min_words": 300}, [("item", "words_contradict")]),
        ("upload", {"max_megabytes": 21}, [("max_megabytes", "less_than_equal")]),
        ("upload", {"accept": "program"}, [("accept", "literal_error")]),
        ("likert", {"points": 1}, [("points", "literal_error")]),
        ("survey", {"choices": SPECS["survey"]["choices"][:1]}, [("item", "too_few_choices")]),
        ("description", {"choices": []}, [("choices", "extra_forbidden")]),
    ],
)
def test_a_fault_has_its_place_and_its_code(kind, changes, expected):
    assert faults(kind, **changes) == expected


def test_places_inside_gaps_are_named_without_the_kind():
    gaps = copy.deepcopy(SPECS["cloze"]["gaps"])
    gaps[1]["answers"][0]["weight"] = -1

    assert faults("cloze", gaps=gaps) == [("gaps.1.answers.0.weight", "greater_than_equal")]


def test_three_thirds_are_a_whole():
    spec = read_item(SPECS["multiple_choice"] | {"choices": choices(333_333, 333_333, 333_333, 0)})

    assert sum(choice.weight for choice in spec.choices) == WHOLE - 1


def test_ways_that_meet_again_are_no_circle():
    nodes = [node("a", "b", "c"), node("b", "d"), node("c", "d", "b"), node("d", "")]

    assert read_item(SPECS["case"] | {"start": "a", "nodes": nodes}).start == "a"


def test_a_long_conversation_is_read_without_running_out_of_depth():
    names = [f"n{at}" for at in range(300)]
    nodes = [node(name, after) for name, after in zip(names, [*names[1:], ""], strict=True)]

    assert len(read_item(SPECS["case"] | {"start": "n0", "nodes": nodes}).nodes) == 300


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "3",
        "{",
        '{"kind": "cloze"}',
        '{"kind": []}',
        "[" * 100_000,
        b"\xff\xfe",
        '{"kind": "\\ud800"}',
    ],
)
def test_what_is_no_item_is_refused_and_nothing_else_happens(content):
    with pytest.raises(ValidationError):
        read_item(content)


def test_pieces_of_a_text_with_gaps():
    assert pieces_of("A [[g1]] and [[g-2]]!") == [("A ", "g1"), (" and ", "g-2"), ("!", "")]


def test_media_are_found_in_texts_and_pictures():
    assert media_named(read_item(SPECS["hotspot"] | {"stem": t("Look ![x](media:pic)")})) == {"pic"}
