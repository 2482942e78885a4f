"""What an answer earns: tables of cases for every kind, in hundredths of a point."""

import copy

import pytest

from quizzes.items import WHOLE, grade, grade_rubric, read_item, response_faults, rounded_marks, split
from tests.quizzes.items.samples import EMPTY, RIGHT, SPECS, WRONG, t

THIRD = 333_333


def item(kind, **changes):
    return read_item(copy.deepcopy(SPECS[kind]) | changes)


def earned(spec, response):
    assert response_faults(split(spec)[0], response) == []
    return grade(spec, response).earned


@pytest.mark.parametrize("kind", RIGHT)
def test_all_right_earns_the_whole_mark_also_from_the_two_halves(kind):
    spec = item(kind, points=3)

    assert earned(spec, RIGHT[kind]) == 300
    assert grade(split(spec), RIGHT[kind]) == grade(spec, RIGHT[kind])
    assert grade(spec, RIGHT[kind]).is_right
    assert grade(spec, RIGHT[kind]).is_complete


@pytest.mark.parametrize("kind", WRONG)
def test_all_wrong_earns_nothing(kind):
    assert earned(item(kind), WRONG[kind]) == 0


@pytest.mark.parametrize("kind", EMPTY)
def test_no_answer_earns_nothing_and_needs_nobody(kind):
    marks = grade(item(kind), EMPTY[kind])

    assert (marks.earned, marks.is_complete, marks.needs_person) == (0, False, False)


@pytest.mark.parametrize(
    ("earned_weight", "whole", "points", "marks"),
    [
        (0, 3, 1, 0),
        (1, 3, 1, 33),
        (2, 3, 1, 67),
        (1, 2, 1, 50),
        (1, 8, 1, 13),  # 12.5 rounds half up
        (1, 200, 1, 1),  # 0.5 of a hundredth
        (1, 201, 1, 0),
        (-1, 3, 1, 0),
        (4, 3, 1, 100),
        (1, 3, 10, 333),
        (THIRD, WHOLE, 1, 33),
    ],
)
def test_marks_are_rounded_once_and_half_up(earned_weight, whole, points, marks):
    assert rounded_marks(earned_weight, whole, points) == marks


@pytest.mark.parametrize(("taken", "marks"), [(["a"], 100), (["b"], 50), (["c"], 0)])
def test_a_single_choice_earns_its_weight_and_never_less_than_nothing(taken, marks):
    assert earned(item("single_choice"), taken) == marks


def choices(*weights):
    return [{"key": f"k{at}", "text": t(f"c{at}"), "weight": weight} for at, weight in enumerate(weights)]


@pytest.mark.parametrize(
    ("scoring", "weights", "taken", "marks"),
    [
        ("all_or_nothing", (WHOLE, WHOLE, 0), "01", 100),
        ("all_or_nothing", (WHOLE, WHOLE, 0), "0", 0),
        ("all_or_nothing", (WHOLE, WHOLE, 0), "012", 0),
        ("proportional", (WHOLE // 2, WHOLE // 2, 0, 0), "0", 50),
        ("proportional", (WHOLE // 2, WHOLE // 2, 0, 0), "02", 50),
        ("proportional", (WHOLE // 2, WHOLE // 2, 0, 0), "012", 50),
        ("proportional", (WHOLE // 2, WHOLE // 2, 0, 0), "0123", 0),
        ("proportional", (THIRD, THIRD, THIRD, 0), "012", 100),
        ("proportional", (THIRD, THIRD, THIRD, 0), "01", 67),
        ("proportional", (THIRD, THIRD, THIRD, 0), "0123", 67),
        ("with_penalty", (WHOLE // 2, WHOLE // 2, -WHOLE // 2, 0), "02", 0),
        ("with_penalty", (WHOLE // 2, WHOLE // 2, -WHOLE // 4, 0), "012", 75),
        ("with_penalty", (WHOLE // 2, WHOLE // 2, -WHOLE, 0), "2", 0),
        ("with_penalty", (WHOLE // 2, WHOLE // 2, 0, 0), "0123", 100),
    ],
)
def test_several_choices_are_scored_as_the_item_says(scoring, weights, taken, marks):
    spec = item("multiple_choice", scoring=scoring, choices=choices(*weights))

    assert earned(spec, [f"k{at}" for at in taken]) == marks


def test_pictures_are_scored_like_choices_where_several_are_taken():
    pictures = [
        {"key": key, "image": "pic", "alt": t(key), "weight": weight}
        for key, weight in (("a", WHOLE // 2), ("b", WHOLE // 2), ("c", 0))
    ]
    spec = item("image_choice", is_multiple=True, scoring="proportional", choices=pictures)

    assert [earned(spec, taken) for taken in (["a", "b"], ["b"], ["a", "c"], ["a", "b", "c"])] == [100, 50, 50, 50]


@pytest.mark.parametrize(
    ("response", "marks", "complete"),
    [
        ({"p1": "m1"}, 33, False),
        ({"p1": "m1", "p2": "m2", "p3": "m3"}, 67, True),
        ({"p1": "m1", "p2": "", "p3": "m2"}, 67, False),
        ({"p1": "m2", "p2": "m1", "p3": "m2"}, 33, True),
    ],
)
def test_each_pair_is_an_equal_share(response, marks, complete):
    found = grade(item("matching"), response)

    assert (found.earned, found.is_complete) == (marks, complete)
    assert [part.key for part in found.parts] == ["p1", "p2", "p3"]


@pytest.mark.parametrize(
    ("scoring", "response", "marks"),
    [
        ("all_or_nothing", "qzmk", 100),
        ("all_or_nothing", "zqmk", 0),
        ("places", "zqmk", 50),
        ("places", "kqzm", 0),
        ("places", ["q", "", "m", ""], 50),
        ("places", "q", 25),
        ("neighbours", "kqzm", 67),
        ("neighbours", "mkqz", 67),
        ("neighbours", "kmzq", 0),
        ("neighbours", ["q", "", "m", "k"], 33),
        ("neighbours", "qz", 33),
    ],
)
def test_an_order_is_scored_as_the_item_says(scoring, response, marks):
    assert earned(item("ordering", scoring=scoring), list(response)) == marks


@pytest.mark.parametrize(
    ("response", "marks"),
    [({"g1": "x"}, 25), ({"g2": "y"}, 75), ({"g1": "y", "g2": "y"}, 75), ({"g1": "x", "g2": ""}, 25)],
)
def test_a_gap_counts_as_its_weight_says(response, marks):
    assert earned(item("gap_select"), response) == marks


@pytest.mark.parametrize(
    ("response", "marks", "feedback"),
    [
        ({"g1": "x"}, 50, ("g1/x",)),
        ({"g1": "y", "g2": "ÉLAN"}, 25, ()),  # a wrong gap takes nothing from the others
        ({"g2": "Drive"}, 13, ()),
        ({"g3": "38"}, 25, ()),
        ({"g3": "38.01"}, 0, ()),
        ({"g1": "x", "g2": "élan", "g3": "37"}, 100, ("g1/x",)),
    ],
)
def test_mixed_gaps_are_added_up(response, marks, feedback):
    found = grade(item("cloze"), response)

    assert (found.earned, found.feedback) == (marks, feedback)


@pytest.mark.parametrize(
    ("text", "marks", "feedback"),
    [("promotora", 100, ("0",)), ("PROMOTORA", 100, ("0",)), ("health worker", 50, ()), ("health", 0, ())],
)
def test_a_short_text_earns_what_the_first_form_that_fits_is_worth(text, marks, feedback):
    found = grade(item("short_text"), {"text": text})

    assert (found.earned, found.feedback) == (marks, feedback)


@pytest.mark.parametrize(
    ("response", "marks"),
    [
        ({"text": "3.5", "unit": "kg"}, 100),
        ({"text": "3,5 kg"}, 100),
        ({"text": "3500", "unit": "g"}, 100),
        ({"text": "3500 g"}, 100),
        ({"text": "3.5"}, 90),  # the unit is missing
        ({"text": "3.5", "unit": "lb"}, 90),
        ({"text": "3.5", "unit": "g"}, 90),  # the number is right, the unit is known and wrong
        ({"text": "kg 3.5"}, 100),
        ({"text": "3.5x10^3 g"}, 100),
        ({"text": "3.9", "unit": "kg"}, 50),
        ({"text": "3.9"}, 45),
        ({"text": "9", "unit": "kg"}, 0),
        ({"text": "some"}, 0),
    ],
)
def test_a_number_is_read_with_its_unit(response, marks):
    assert earned(item("numeric"), response) == marks


@pytest.mark.parametrize(
    ("response", "marks"), [({"text": "3.5"}, 100), ({"text": "3.5 kg"}, 100), ({"text": "3.5 x"}, 90)]
)
def test_a_unit_that_is_optional_may_be_left_out(response, marks):
    assert earned(item("numeric", unit="optional"), response) == marks


@pytest.mark.parametrize(
    ("response", "marks"),
    [
        ({"points": [[100, 100]]}, 100),  # the border belongs to it
        ({"points": [[101, 100]]}, 0),
        ({"points": [[500, 600]]}, 0),
        ({"regions": ["r1"]}, 100),
        ({"regions": ["r3"]}, 0),
    ],
)
def test_a_place_is_found_by_touch_and_by_its_label(response, marks):
    assert earned(item("hotspot"), response) == marks


def regions(*weights):
    return [
        {
            "key": f"r{at}",
            "label": t(f"r{at}"),
            "weight": weight,
            "area": {"shape": "rect", "left": at * 100, "top": 0, "right": at * 100 + 50, "bottom": 50},
        }
        for at, weight in enumerate(weights)
    ]


@pytest.mark.parametrize(
    ("response", "marks"),
    [
        ({"points": [[10, 10]]}, 50),
        ({"points": [[10, 10], [20, 20]]}, 50),  # the same place twice counts once, and as a miss beyond it not yet
        ({"points": [[10, 10], [110, 10]]}, 100),
        ({"points": [[10, 10], [110, 10], [900, 900]]}, 50),
        ({"points": [[10, 10], [110, 10], [900, 900], [901, 900]]}, 0),
        ({"regions": ["r0", "r1"]}, 100),
        ({"regions": ["r0", "r2"]}, 0),
    ],
)
def test_several_places_lose_by_touching_around(response, marks):
    spec = item("hotspot", is_multiple=True, regions=regions(WHOLE // 2, WHOLE // 2, -WHOLE // 2))

    assert earned(spec, response) == marks


@pytest.mark.parametrize(
    ("way", "marks", "complete"),
    [
        (["c1", "c4"], 100, True),
        (["c1", "c5"], 33, True),
        (["c2", "c4"], 33, True),
        (["c1"], 33, False),
        (["c3"], 0, True),
    ],
)
def test_a_conversation_earns_what_its_way_adds_up_to(way, marks, complete):
    found = grade(item("case"), way)

    assert (found.earned, found.is_complete) == (marks, complete)


def test_what_a_person_marks_waits_for_her():
    marks = grade(item("essay"), {"text": "I would listen first."})

    assert (marks.earned, marks.maximum, marks.needs_person) == (0, 400, True)


@pytest.mark.parametrize(
    ("levels", "marks", "complete"),
    [
        ({"clear": "yes", "true": "yes"}, 400, True),
        ({"clear": "some", "true": "yes"}, 267, True),
        ({"clear": "no", "true": "no"}, 0, True),
        ({"true": "yes"}, 133, False),
    ],
)
def test_a_rubric_earns_its_levels(levels, marks, complete):
    found = grade_rubric(item("essay"), levels)

    assert (found.earned, found.maximum, found.is_complete) == (marks, 400, complete)


@pytest.mark.parametrize("levels", [{"clear": "perfect"}, {"grammar": "yes"}])
def test_a_rubric_knows_only_its_own_levels(levels):
    with pytest.raises(KeyError):
        grade_rubric(item("essay"), levels)


@pytest.mark.parametrize(
    ("kind", "response", "complete"),
    [("likert", {"s1": "h"}, True), ("likert", {}, False), ("survey", ["a"], True), ("description", {}, True)],
)
def test_what_is_worth_nothing_earns_nothing(kind, response, complete):
    marks = grade(item(kind), response)

    assert (marks.earned, marks.maximum, marks.is_complete, marks.needs_person) == (0, 0, complete, False)
