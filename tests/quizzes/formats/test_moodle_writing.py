"""Items as Moodle XML: what the format can say comes back as it was, and what it cannot is told item by item."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from quizzes.formats.keys import said_by
from quizzes.formats.moodle_writing import write_moodle_xml
from quizzes.formats.moodle_xml import read_moodle_xml
from quizzes.formats.shapes import Outgoing
from quizzes.formats.texts import markdown_of
from quizzes.items import WHOLE
from tests.quizzes.formats.specs import ALL_KINDS, PNG, glued, items, marked, matching_in, plain_lines, spec_of

HELD = (
    "single_choice", "multiple_choice", "true_false", "short_text", "numeric", "matching", "ordering", "gap_select",
    "cloze", "essay", "upload", "description",
)  # fmt: skip
words = st.one_of(plain_lines, glued).map(lambda text: " ".join(text.split())).filter(bool)
tidy = st.one_of(words.map(markdown_of), marked).filter(lambda text: text == text.strip() and text)
answers = words.filter(lambda text: "*" not in text and not text.startswith("["))
LANGUAGES = st.sampled_from([("en",), ("es",), ("en", "es")])


def back(values, media=None):
    spec = spec_of(values)
    written = write_moodle_xml([Outgoing(spec=spec, media=media or {})], language="en")
    return spec, written, read_moodle_xml(written.content)


@pytest.mark.parametrize("kind", HELD)
@given(data=st.data())
def test_item_comes_back_as_it_was(kind, data):
    # Gaps have one language there.
    languages = data.draw(LANGUAGES) if kind != "cloze" else ("en",)
    values = data.draw(items(kind, languages=languages, inner=tidy, plain=answers, numbers_as_ranges=False))
    if kind in ("essay", "upload"):
        values["rubric"] = []
    if values.get("category"):
        values["category"] = [" ".join(name.split()) for name in values["category"]]
    if kind in ("single_choice", "matching", "ordering"):
        values |= {"points": 3, "penalty": 333_333, "hints": [values["stem"]], "feedback_right": values["stem"]}
    if kind in ("cloze", "gap_select"):
        values["stem"] = {}

    spec, written, reading = back(values)

    assert (reading.refused, written.refused) == ([], ())
    assert [said_by(item.spec) for item in reading.items] == [said_by(spec)]
    # Nothing was lost that nobody told of.
    assert written.changed == ()


@pytest.mark.parametrize("kind", [kind for kind in ALL_KINDS if kind not in (*HELD, "image_choice")])
@given(data=st.data())
def test_kind_without_a_place_is_refused_with_a_line(kind, data):
    values = data.draw(items(kind)) | {"code": "X"}

    written = write_moodle_xml([Outgoing(spec=spec_of(values), media={"pic": PNG})], language="en")

    assert [code for code, _reason in written.refused] == ["X"]
    assert len(etree.fromstring(written.content)) == 0


def test_files_travel_inside_with_names_that_differ():
    media = [
        {"key": "one", "name": "a map.png", "type": "image/png"},
        {"key": "two", "name": "a map.png", "type": "image/png"},
    ]
    values = {
        "kind": "essay",
        "code": "Q",
        "stem": {"en": "![left](media:one) and ![right (2)](media:two)"},
        "media": media,
    }

    spec, written, reading = back(values, {"one": PNG, "two": PNG + b"more"})

    (item,) = reading.items
    assert (
        item.spec.stem["en"].replace(item.spec.media[0].key, "one").replace(item.spec.media[1].key, "two")
        == (spec.stem["en"])
    )
    assert sorted(item.media.values()) == [PNG, PNG + b"more"]
    assert [file.get("name") for file in etree.fromstring(written.content).iter("file")] == [
        "a map.png", "two-a map.png",
    ]  # fmt: skip
    assert base64.b64decode(next(etree.fromstring(written.content).iter("file")).text) == PNG


def test_pictures_to_choose_from_become_choices_that_show_them_and_it_is_told():
    choices = [
        {"key": "a", "image": "pic", "alt": {"en": "A cat"}, "weight": WHOLE},
        {"key": "b", "image": "pic", "alt": {"en": "A dog"}, "text": {"en": "Dog"}},
    ]
    media = [{"key": "pic", "name": "cat.png", "type": "image/png"}]
    values = {"kind": "image_choice", "code": "Q", "stem": {"en": "Which?"}, "choices": choices, "media": media}

    _spec, written, reading = back(values, {"pic": PNG})

    spec = reading.items[0].spec
    shown = [choice.text["en"].replace(spec.media[0].key, "KEY") for choice in spec.choices]
    assert (spec.kind, shown) == ("single_choice", ["![A cat](media:KEY)", "![A dog](media:KEY) Dog"])
    assert written.changed == (("Q", "Left out, because the format has no place for it: kind."),)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"competency": "C1"}, ["competency"]),
        ({"cognitive_level": "apply", "difficulty": "hard"}, ["cognitive level", "difficulty"]),
        ({"feedback_right": {"en": "Yes"}}, ["feedback to right answers"]),
        ({"rubric": [{"key": "c", "name": {"en": "C"}, "levels": [
            {"key": "l", "text": {"en": "L"}}, {"key": "m", "text": {"en": "M"}, "weight": 1}]}]}, ["rubric"]),
    ],
)  # fmt: skip
def test_what_has_no_place_is_told(more, what):
    _spec, written, _reading = back({"kind": "essay", "code": "Q", "stem": {"en": "Write."}, **more})

    assert [(code, sentence.split(": ", 1)[1]) for code, sentence in written.changed] == [("Q", f"{', '.join(what)}.")]


def test_range_is_written_by_its_middle_and_accepts_the_same_numbers():
    answer = {"value": "1", "upper": "2.5", "tolerance_kind": "range"}

    _spec, written, reading = back({"kind": "numeric", "stem": {"en": "How many?"}, "answers": [answer]})

    found = reading.items[0].spec.answers[0]
    assert (found.value, found.tolerance, found.tolerance_kind, written.changed) == ("1.75", "0.75", "absolute", ())


def test_units_come_back():
    values = {
        "kind": "numeric",
        "stem": {"en": "How long?"},
        "answers": [{"value": "2"}],
        "units": [{"name": "m"}, {"name": "cm", "multiplier": "0.01"}],
        "unit": "required",
        "unit_penalty": 250_000,
    }

    spec, _written, reading = back(values)

    assert reading.items[0].spec.units == spec.units
    assert (reading.items[0].spec.unit, reading.items[0].spec.unit_penalty) == ("required", 250_000)


@pytest.mark.parametrize("order", ["xyz", "yxz", "zyx"])
@pytest.mark.parametrize("pairs", ["xy", "yx", "xx"])
def test_matches_come_back_in_their_order(order, pairs):
    spec, _written, reading = back(matching_in(order, pairs))

    (item,) = reading.items
    assert said_by(item.spec) == said_by(spec)


def test_files_come_back_in_their_order():
    media = [{"key": key, "name": f"{key}.png", "type": "image/png"} for key in ("one", "two")]
    values = {"kind": "essay", "stem": {"en": "![b](media:two) and ![a](media:one)"}, "media": media}

    _spec, _written, reading = back(values, {"one": PNG, "two": PNG + b"2"})

    (item,) = reading.items
    assert [file.name for file in item.spec.media] == ["one.png", "two.png"]


def test_choice_in_a_gap_that_is_a_picture_alone_is_refused():
    choices = [{"key": "a", "text": {"en": "![](media:pic)"}, "weight": WHOLE}, {"key": "b", "text": {"en": "b"}}]
    values = {
        "kind": "cloze", "code": "Q", "text": {"en": "It is [[g]]."},
        "gaps": [{"kind": "select", "key": "g", "choices": choices}],
        "media": [{"key": "pic", "name": "a.png", "type": "image/png"}],
    }  # fmt: skip

    _spec, written, reading = back(values, {"pic": PNG})

    assert (reading.items, written.refused) == (
        [], (("Q", "A picture stands there without words, and the format has no place for pictures."),),
    )  # fmt: skip


def test_own_uploads_come_back_without_a_line():
    _spec, _written, reading = back({"kind": "upload", "stem": {"en": "Say it."}, "accept": "audio"})

    (item,) = reading.items
    assert item.changed == ()
