"""Every name is printed so that it reads back letter for letter, whole and on the page; or refused where typed."""

import unicodedata
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from certificates import pdf
from certificates.fonts import normalise_name, validate_printable_name
from certificates.fonts.shaping import shape_line, width_of
from certificates.pdf.layout import MARGIN, fitted
from people.names import MAX_LENGTH
from tests.certificates.names import ALWAYS, NAMES
from tests.certificates.test_pdf import FACTS, by_poppler, by_pypdf

EVERY = [(kind, name) for kind, names in NAMES.items() for name in names]


def refusal_of(name: str) -> str:
    """The sentence with which the name is refused, or nothing."""
    if len(name) > MAX_LENGTH:
        return "too long"
    try:
        validate_printable_name(name)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


PRINTABLE = [(kind, name) for kind, name in EVERY if not refusal_of(name)]
REFUSED = [(kind, name) for kind, name in EVERY if refusal_of(name)]


def test_there_are_150_names_and_most_are_printed():
    assert len({name for _kind, name in EVERY}) == len(EVERY) >= 150
    assert len(PRINTABLE) > 120
    assert [(kind, name) for kind, name in REFUSED if kind in ALWAYS] == []


@pytest.mark.parametrize(("kind", "name"), PRINTABLE, ids=[f"{kind}-{n}" for n, (kind, _name) in enumerate(PRINTABLE)])
def test_name_reads_back_in_its_composed_form(kind, name):
    wanted = unicodedata.normalize("NFC", normalise_name(name))

    content = pdf.draw_certificate(replace(FACTS, recipient_name=wanted))

    lines = (by_poppler if name in STEPS_READ_AS_A_SPACE else by_pypdf)(content)
    start = next(n for n, line in enumerate(lines) if line.startswith("This certificate is given to")) + 1
    end = next(n for n, line in enumerate(lines) if line.startswith("who completed the course"))
    assert without_breaks(" ".join(lines[start:end])) == without_breaks(wanted)
    with pikepdf.open(BytesIO(content)) as document:
        assert len(document.pages) == 1


# Its second word makes room for a mark below it, and pypdf takes the room for a space; poppler does not.
STEPS_READ_AS_A_SPACE = {"জ্যোতি চক্রবর্তী"}


def without_breaks(text: str) -> str:
    """A word that is wider than the page is broken where it must, so spaces tell nothing there."""
    return text if len(text) < 60 else text.replace(" ", "")


@pytest.mark.parametrize(("kind", "name"), PRINTABLE, ids=[f"{kind}-{n}" for n, (kind, _name) in enumerate(PRINTABLE)])
def test_name_fits_the_page_and_misses_no_glyph(kind, name):
    body = 612 - 2 * MARGIN

    size, lines = fitted(normalise_name(name), largest=30, smallest=15, width=body, lines=2, weight="Bold")

    assert all(width_of(line, size, "Bold") <= body for line in lines)
    assert len(lines) * size * 1.3 < 140
    missing = [glyph for line in lines for run in shape_line(line, "Bold") for glyph in run.glyphs if glyph.gid == 0]
    assert missing == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("kind", "name"), REFUSED, ids=[f"{kind}-{n}" for n, (kind, _name) in enumerate(REFUSED)])
def test_name_that_cannot_be_printed_is_refused_where_it_is_typed(client, learner, kind, name, language):
    client.force_login(learner)

    response = client.post(
        f"/{language}" + reverse("people:profile")[3:],
        {"printed_name": name, "language": language, "time_zone": "America/New_York"},
    )

    learner.refresh_from_db()
    assert response.status_code in {200, 400, 422}
    assert response.context["form"].errors["printed_name"]
    assert learner.printed_name == "Rosa María Núñez"


@pytest.mark.parametrize(
    "name", ["<b>Rosa</b>", "Rosa)>> endobj", "Rosa %PDF-1.7", "(((", "\\Rosa\\", "{{ name }} {% x %}"]
)
def test_syntax_in_a_name_is_only_letters(name):
    if refusal_of(name):
        return

    content = pdf.draw_certificate(replace(FACTS, recipient_name=name))

    assert name in by_pypdf(content)
    with pikepdf.open(BytesIO(content)) as document:
        assert document.check_pdf_syntax() == []
