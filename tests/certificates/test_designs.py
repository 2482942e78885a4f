"""Rules of designs: fields, words that only a board may use, colours that can be read."""

import pytest

from certificates import designs
from certificates.designs import COURSE, KINDS, LETTER, PERIOD


@pytest.mark.parametrize(
    ("text", "kind", "unknown"),
    [
        ("For {hours} of {course_title}, {completed_on}.", COURSE, ()),
        ("For {houres}.", COURSE, ("{houres}",)),
        ("To {addressee}", COURSE, ("{addressee}",)),
        ("To {addressee}", LETTER, ()),
        ("{since} {until}", PERIOD, ()),
        ("{{hours}}", COURSE, ("{", "}")),
        ("{hours", COURSE, ("{",)),
        ("a } b", COURSE, ("}",)),
        ("{recipient.password}", COURSE, ("{recipient.password}",)),
        ("{}", COURSE, ("{}",)),
        ("{% load x %} {hours!r}", COURSE, ("{% load x %}", "{hours!r}")),
    ],
)
def test_unknown_fields(text, kind, unknown):
    assert designs.unknown_fields(text, kind) == unknown


def test_filled_puts_in_once_and_looks_at_nothing_again():
    values = {"recipient_name": "{hours}", "hours": "2 hours"}

    assert designs.filled("{recipient_name}: {hours}", values) == "{hours}: 2 hours"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("is now a Certified Community Health Worker", "title"),
        ("CERTIFIED   CHW", "title"),
        ("Community health worker, certified", "title"),
        ("Ce\u00adrtified community health worker", "title"),
        ("Certified-Community-Health-Workers", "title"),
        ("registered CHW", "title"),
        ("CCHW", "title"),
        ("Trabajadora Comunitaria de Salud Certificada", "title"),
        ("trabajador comunitario de la salud, certificado", "title"),
        ("Promotora de Salud Certificada", "title"),
        ("promotor acreditado", "title"),
        ("is hereby certified", "certified"),
        ("Board-certified", "certified"),
        ("State certification", "certified"),
        ("queda certificada", "certified"),
        ("certificado por el Estado", "certified"),
        ("Certificación estatal", "certified"),
        ("licensed to practice", "licensed"),
        ("a health licence", "licensed"),
        ("con licencia", "licensed"),
        ("Licenciada en salud", "licensed"),
    ],
)
def test_protected_words_are_found(text, reason):
    assert designs.protected_words(text)[1] == reason


@pytest.mark.parametrize(
    "text",
    [
        "Certificate of completion",
        "Certificado de finalización",
        "Este certificado se otorga a",
        "for community health workers",
        "Capacitación para promotoras de salud",
        "{recipient_name} completed {hours} of training for community health workers",
        "Certificate in compassion resilience",
        "",
    ],
)
def test_protected_words_leave_plain_words_alone(text):
    assert designs.protected_words(text) is None


@pytest.mark.parametrize(
    ("colour", "readable"),
    [("#000000", True), ("#0F5C5C", True), ("#A8481F", True), ("#767676", True), ("#777777", False),
     ("#FFFFFF", False), ("#F0C36A", False)],
)  # fmt: skip
def test_is_readable_at_four_and_a_half_to_one(colour, readable):
    assert designs.is_readable(colour, [designs.PAPER_COLOUR]) is readable


def test_contrast_of_black_and_white_is_21():
    assert round(designs.contrast("#000000"), 3) == 21


@pytest.mark.parametrize(
    ("colour", "known"),
    [("#0f5c5c", True), ("#0F5C5", False), ("red", False), ("#0F5C5C\n", False), ("#GGGGGG", False)],
)
def test_is_colour(colour, known):
    assert designs.is_colour(colour) is known


def test_design_survives_being_stored():
    design = designs.Design(heading={"en": "Hello", "es": ""}, shows=("delivery",), signatories=(3, 4), logo="ab")

    back = designs.from_content(designs.as_content(design))

    assert back.heading == {"en": "Hello"}
    assert (back.shows, back.signatories, back.logo) == (("delivery",), (3, 4), "ab")
    assert designs.as_content(back) == designs.as_content(design)


def test_from_content_passes_over_what_it_does_not_know():
    assert designs.from_content({"later": 1, "main": "#111111"}).main == "#111111"


def test_hash_of_follows_every_value():
    content = designs.as_content(designs.HOUSE)
    changed = [content | {key: "other"} for key in content]

    assert len({designs.hash_of(each) for each in [content, *changed]}) == len(content) + 1


def test_text_falls_back_to_the_house_then_to_any_language():
    design = designs.Design(heading={"en": "Ours"}, statement={"en": "Words"})

    assert design.text("heading", "en", "House") == "Ours"
    assert design.text("heading", "es", "Casa") == "Casa"
    assert design.text("statement", "es", "") == "Words"


def test_second_stands_beside_words_of_the_same_hand():
    design = designs.Design(heading={"en": "Ours"}, earned={"en": "A", "es": "B"})

    assert design.second("heading", "en", "es", "Casa") == ""
    assert design.second("heading", "es", "en", "House") == "House"
    assert design.second("earned", "en", "es", "Casa") == "B"
    assert design.second("statement", "en", "es", "Casa") == "Casa"


def test_every_kind_has_texts_fields_and_choices():
    for kind in KINDS:
        assert designs.fields_for(kind)
        assert set(designs.TEXTS[kind]) <= set(designs.LONGEST_TEXT)
        assert set(designs.SHOWN[kind]) >= {"competencies", "delivery"}
