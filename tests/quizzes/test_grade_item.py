"""`manage.py grade_item`: marks without a database."""

import copy
import json

import pytest
from django.core.management import call_command

from tests.quizzes.items.samples import RIGHT, SPECS


def run(tmp_path, content, *flags):
    path = tmp_path / "item.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    call_command("grade_item", str(path), *flags)


@pytest.mark.parametrize("kind", RIGHT)
def test_every_kind_is_graded(kind, tmp_path, capsys):
    run(
        tmp_path,
        {"item": SPECS[kind], "responses": [RIGHT[kind], [] if isinstance(RIGHT[kind], list) else {}]},
        "--json",
    )

    answer = json.loads(capsys.readouterr().out)
    assert [marks["earned"] for marks in answer["responses"]] == [100, 0]
    assert [marks["is_complete"] for marks in answer["responses"]] == [True, False]
    assert (answer["kind"], answer["points"]) == (kind, 1)


def test_an_answer_says_how_its_parts_did(tmp_path, capsys):
    run(tmp_path, {"item": SPECS["cloze"], "responses": [{"g1": "x", "g2": "drive"}]}, "--json")

    assert json.loads(capsys.readouterr().out)["responses"] == [
        {
            "earned": 63,
            "maximum": 100,
            "is_complete": False,
            "needs_person": False,
            "parts": [
                {"key": "g1", "earned": 1_000_000},
                {"key": "g2", "earned": 500_000},
                {"key": "g3", "earned": 0},
            ],
            "feedback": ["g1/x"],
        }
    ]


def test_a_rubric_is_graded_by_its_levels(tmp_path, capsys):
    responses = [{"text": "one"}, {"text": "two"}]

    run(tmp_path, {"item": SPECS["essay"], "responses": responses, "rubrics": [{"clear": "yes", "true": "no"}, None]})

    assert capsys.readouterr().out.splitlines() == [
        "1: 267 of 400 hundredths",
        "2: waits for a person",
    ]


BROKEN = copy.deepcopy(SPECS["single_choice"])
BROKEN["choices"][0]["weight"] = 0.5
BROKEN["points"] = 0


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"{", ["the file: is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."]),
        (b"[" * 100_000, None),
        (b"\xff", None),
        (b"3", ['the file: must be {"item": …, "responses": […]}, and nothing else but "rubrics".']),
        ({"item": 3, "responses": []}, ["item: must be an object."]),
        (
            {"item": BROKEN, "responses": []},
            [
                "item.points: Input should be greater than or equal to 1",
                "item.choices.0.weight: Input should be a valid integer",
            ],
        ),
        (
            {"item": SPECS["single_choice"], "responses": [["z"], ["a"], "x"]},
            ["responses.0: not_offered", "responses.2: wrong_shape"],
        ),
        (
            {"item": SPECS["short_text"], "responses": [{"text": "x" * 1_001}]},
            ["responses.0: too_long (limit 1000)"],
        ),
        ({"item": SPECS["single_choice"], "responses": {}}, ["responses: must be a list of at most 10000."]),
        (
            {"item": SPECS["single_choice"], "responses": [["a"]], "rubrics": [{"x": "y"}]},
            ["rubrics: this item has no rubric."],
        ),
        (
            {"item": SPECS["essay"], "responses": [{"text": "a"}], "rubrics": [{"x": "y"}]},
            ["rubrics.0: x is not in the rubric."],
        ),
        ({"item": {"kind": "guess"}, "responses": []}, ["item.kind: is missing or not known."]),
        ({"item": {"kind": ["essay"]}, "responses": []}, ["item.kind: is missing or not known."]),
        ({"item": {}, "responses": []}, ["item.kind: is missing or not known."]),
        (
            b'{"item": {"kind": "essay", "stem": {"en": "a"}, "stem": {"en": "b"}}, "responses": []}',
            ["the file: is not JSON: the name “stem” is there twice in one object."],
        ),
        (b'{"item": {}, "responses": [NaN]}', ["the file: is not JSON: NaN is no number."]),
        (b'{"item": {}, "responses": [-Infinity]}', ["the file: is not JSON: -Infinity is no number."]),
        (
            b'{"item": {}, "responses": [' + b"9" * 5_000 + b"]}",
            ["the file: is not JSON: a number has more than 40 digits."],
        ),
        (
            {"item": SPECS["single_choice"], "responses": [1e300, None, {}, [["a"]], [1], True, "a"]},
            [f"responses.{at}: wrong_shape" for at in range(7)],
        ),
        (
            b'{"item": {"kind": "essay", "stem": {"\\ud800": "x"}}, "responses": []}',
            ["item.stem: “?” is no code of a language."],
        ),
        (
            b'{"item": {"kind": "essay", "stem": {"en": "\\ud800"}}, "responses": []}',
            ["item.stem: A text contains a character that cannot be stored."],
        ),
    ],
)
def test_what_cannot_be_graded_is_refused_with_a_line_a_fault(content, lines, tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        run(tmp_path, content, "--json")

    assert caught.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == lines if lines else said.err


def test_a_file_that_is_not_there_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        call_command("grade_item", str(tmp_path / "gone.json"))

    assert caught.value.code == 2
    assert "cannot be read: No such file or directory." in capsys.readouterr().err
