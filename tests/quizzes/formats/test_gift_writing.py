"""Items as GIFT: what the format can say comes back as it was, and what it cannot is told item by item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.formats.gift import read_gift
from quizzes.formats.gift_writing import write_gift
from quizzes.formats.keys import said_by
from quizzes.formats.shapes import Outgoing
from quizzes.formats.texts import markdown_of
from quizzes.items import WHOLE
from tests.quizzes.formats.specs import ALL_KINDS, glued, items, marked, matching_in, plain_lines, spec_of

HELD = ("single_choice", "multiple_choice", "true_false", "short_text", "numeric", "matching", "description")
words = st.one_of(plain_lines, glued).filter(lambda text: "->" not in text)
tidy = st.one_of(words.map(markdown_of), marked).filter(lambda text: text == text.strip() and text)


def back(values, language="en"):
    spec = spec_of(values)
    written = write_gift([Outgoing(spec=spec)], language=language)
    reading = read_gift(written.content, language=language)
    return spec, written, reading


@pytest.mark.parametrize("kind", HELD)
@given(data=st.data())
def test_item_comes_back_as_it_was(kind, data):
    answers = words.map(lambda text: " ".join(text.split())).filter(lambda text: "*" not in text and text)
    values = data.draw(items(kind, inner=tidy, plain=answers))

    spec, written, reading = back(values)

    assert (reading.refused, written.refused) == ([], ())
    assert [said_by(item.spec) for item in reading.items] == [said_by(spec)]
    # Nothing was lost that nobody told of.
    assert written.changed == ()


@pytest.mark.parametrize("kind", [kind for kind in ALL_KINDS if kind not in (*HELD, "essay", "survey")])
@given(data=st.data())
def test_kind_without_a_place_is_refused_with_a_line(kind, data):
    values = data.draw(items(kind))

    written = write_gift([Outgoing(spec=spec_of(values | {"code": "X"}))], language="en")

    assert (written.content, [code for code, _reason in written.refused]) == (b"", ["X"])


def single(**more):
    choices = [
        {"key": "a", "text": {"en": "Yes", "es": "Sí"}, "weight": WHOLE},
        {"key": "b", "text": {"en": "No", "es": "No"}},
    ]
    return {"kind": "single_choice", "code": "Q", "stem": {"en": "Well?", "es": "¿Y?"}, "choices": choices, **more}


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"points": 2}, "points"),
        ({"penalty": 333_333}, "penalty"),
        ({"hints": [{"en": "Think.", "es": "Piense."}]}, "hints"),
        ({"feedback_wrong": {"en": "No.", "es": "No."}}, "feedback to wrong answers"),
        ({"competency": "C1"}, "competency"),
        ({"shuffle": False}, "fixed order of the answers"),
        ({"difficulty": "easy"}, "difficulty"),
    ],
)
def test_what_has_no_place_is_told(more, what):
    _spec, written, _reading = back(single(**more))

    assert len(written.changed) == 1
    code, sentence = written.changed[0]
    assert code == "Q"
    assert {"other languages", what} == set(sentence.removesuffix(".").split(": ", 1)[1].split(", "))


def test_one_language_is_written_the_asked_one_if_there_is_one():
    spec = spec_of(single())

    assert b"\xc2\xbfY?" in write_gift([Outgoing(spec=spec)], language="es").content
    assert b"Well?" in write_gift([Outgoing(spec=spec)], language="fr").content


def test_text_is_what_a_person_would_write():
    written = write_gift(
        [Outgoing(spec=spec_of(single(name="A name", tags=["t"], category=["A", "B/C"])))], language="en"
    )

    assert written.content.decode() == (
        "$CATEGORY: A/B//C\n\n// [id:Q] [tag:t]\n::A name::Well? {\n\t=Yes\n\t~No\n}\n\n"
    )


@pytest.mark.parametrize("order", ["xyz", "yxz", "zyx", "yzx"])
@pytest.mark.parametrize("pairs", ["xy", "yx", "xx", "zxy"])
def test_matches_come_back_in_their_order(order, pairs):
    spec, _written, reading = back(matching_in(order, pairs))

    (item,) = reading.items
    assert said_by(item.spec) == said_by(spec)


def test_picture_without_words_is_refused_where_no_picture_can_be():
    values = single(media=[{"key": "pic", "name": "a.png", "type": "image/png"}])
    values["choices"][0]["text"] = {"en": "![](media:pic)"}

    written = write_gift([Outgoing(spec=spec_of(values))], language="en")

    assert (written.content, written.refused) == (
        b"", (("Q", "A picture stands there without words, and the format has no place for pictures."),),
    )  # fmt: skip
