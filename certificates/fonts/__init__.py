"""The fonts that certificates are printed with, and which names they can print.

All faces are Noto (OFL.txt beside them), bundled so that a certificate looks the same on every machine. What no face
covers is refused where the name is entered: a question mark on a certificate helps nobody.
"""

import unicodedata
from functools import cache
from pathlib import Path

import uharfbuzz
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FOLDER = Path(__file__).resolve().parent
# In order of preference: the first family that has a character prints it.
FAMILIES = (
    "NotoSans",  # Latin, Greek, Cyrillic and Devanagari
    "NotoSansArabic",
    "NotoSansEthiopic",
    "NotoSansKhmer",
    "NotoSansBengali",
    "NotoSansHebrew",
    "NotoSansCherokee",
    "NotoSansMyanmar",
)
WEIGHTS = ("Regular", "Bold")
# Joiners have no shape but change the shape of their neighbours (Persian, Bengali): names need them.
JOINERS = frozenset("\u200c\u200d")
# No name; and marks without end would draw over the rest of the page.
MOST_MARKS_IN_A_ROW = 4


@cache
def harfbuzz_face(family: str, weight: str) -> uharfbuzz.Face:
    """Return the face, read once per process."""
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FOLDER / f"{family}-{weight}.ttf")))


@cache
def coverage(family: str) -> frozenset[int]:
    """Return the code points that both weights of `family` can draw."""
    return frozenset.intersection(*(frozenset(harfbuzz_face(family, weight).unicodes) for weight in WEIGHTS))


@cache
def family_of(character: str) -> str | None:
    """Return the family that prints `character`, or None where none can."""
    if character in JOINERS:
        return FAMILIES[0]
    if unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}:
        return None
    return next((family for family in FAMILIES if ord(character) in coverage(family)), None)


def normalise_name(name: str) -> str:
    """Return `name` with one space between words and each letter in its composed form."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def unprintable_characters(name: str) -> list[str]:
    """Return the characters of `name` that no bundled font can print, each once, in order."""
    return list(dict.fromkeys(character for character in normalise_name(name) if family_of(character) is None))


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith(("C", "Z", "M")):
        return f"U+{ord(character):04X}"
    return character


def validate_printable_name(name: str) -> None:
    """Raise ValidationError where `name` cannot be printed; the message names the characters."""
    name = normalise_name(name)
    if bad := unprintable_characters(name):
        raise ValidationError(
            _(
                "We cannot print these characters on a certificate: %(characters)s. "
                "Please write your name without them, for example as it is in your passport."
            ),
            code="unprintable_name",
            params={"characters": " ".join(_shown(character) for character in bad)},
        )
    marks = 0
    for position, character in enumerate(name):
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if (marks and position == 0) or marks > MOST_MARKS_IN_A_ROW:
            raise ValidationError(
                _("We cannot print this name: there is an accent without a letter below it. Please write it again."),
                code="loose_marks",
            )
    if name and not any(unicodedata.category(character)[0] == "L" for character in name):
        raise ValidationError(_("A name needs at least one letter."), code="no_letter")
