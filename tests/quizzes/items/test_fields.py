"""An answer as the fields of a form and back, and an answer that is right for every kind."""

import pytest

from quizzes.items import KINDS, UnreadableFields, fields_of, grade, read_item, response_from, right_response, split
from tests.quizzes.items.samples import RIGHT, SPECS, WRONG


def question(kind):
    return split(read_item(SPECS[kind]))[0]


def as_form(pairs):
    fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


ANSWERS = [(kind, answer) for table in (RIGHT, WRONG) for kind, answer in table.items()] + [
    ("ordering", ["q", "", "m", ""]),
    ("hotspot", {"regions": ["r1"]}),
    ("case", ["c1"]),
    ("likert", {"s1": "h"}),
    ("survey", ["a"]),
    ("essay", {"text": "two\nlines"}),
]


@pytest.mark.parametrize(("kind", "answer"), ANSWERS)
def test_the_fields_of_an_answer_give_it_back(kind, answer):
    asked = question(kind)

    assert response_from(asked, as_form(fields_of(asked, answer))) == answer


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_without_fields_is_no_answer(kind):
    asked = question(kind)

    assert not response_from(asked, {})
    assert fields_of(asked, response_from(asked, {})) == []


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("ordering", {"place.q": ["1"], "place.z": ["1"]}, "place_twice"),
        ("ordering", {"place.q": ["0"]}, "place_unknown"),
        ("ordering", {"place.q": ["x"]}, "place_unknown"),
        ("ordering", {"place.q": ["٣"]}, "place_unknown"),
        ("ordering", {"place.q": ["9" * 5_000]}, "place_unknown"),
        ("hotspot", {"point": ["1;2"]}, "wrong_shape"),
    ],
)
def test_fields_that_make_no_answer(kind, fields, code):
    with pytest.raises(UnreadableFields) as caught:
        response_from(question(kind), fields)
    assert caught.value.code == code


@pytest.mark.parametrize("kind", RIGHT)
def test_the_right_response_earns_the_whole_mark(kind):
    spec = read_item(SPECS[kind])

    assert grade(spec, right_response(spec)).is_right


@pytest.mark.parametrize("kind", ["essay", "upload", "likert", "survey", "description"])
def test_what_no_rule_grades_has_no_right_response(kind):
    assert right_response(read_item(SPECS[kind])) == []
