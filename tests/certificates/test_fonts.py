"""Which names can be printed."""

import pytest
from django.core.exceptions import ValidationError

from certificates.fonts import unprintable_characters, validate_printable_name

PRINTABLE = [
    "Rosa María Núñez Peña", "Nguyễn Thị Minh Khai", "አልማዝ ተስፋዬ", "ليلى حداد", "សុភា ចាន់", "Marie-Ange Pétion",
    "Jean-Baptiste Désìr", "क्षितिज शर्मा", "রবীন্দ্রনাথ ঠাকুর", "Иван Ђорђевић", "Adébáyọ̀ Ṣẹ́gun", "Ana محمد Lopez",
    "Mary O’Neil, Jr.", "Ἀλέξανδρος", "مُحَمَّد رضا", "علی‌رضا",
]  # fmt: skip


@pytest.mark.parametrize("name", PRINTABLE)
def test_validate_printable_name_lets_pass(name):
    assert validate_printable_name(name) is None


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("李小龙", ["李", "小", "龙"]),
        ("Rosa 😀", ["😀"]),
        ("ทด Rosa", ["ท", "ด"]),
        ("Rosa\u202eaniM", ["\u202e"]),
        ("Rosa\x07", ["\x07"]),
        ("\ue000Rosa", ["\ue000"]),
    ],
)
def test_validate_printable_name_names_what_it_cannot_print(name, characters):
    shown = [c if c.isprintable() else f"U+{ord(c):04X}" for c in characters]

    with pytest.raises(ValidationError) as refused:
        validate_printable_name(name)

    assert unprintable_characters(name) == characters
    assert refused.value.code == "unprintable_name"
    assert refused.value.params["characters"] == " ".join(shown)


@pytest.mark.parametrize(
    ("name", "code"),
    [("\u0301Rosa", "loose_marks"), ("R" + "\u0323" * 6, "loose_marks"), ("123", "no_letter"), ("--", "no_letter")],
)
def test_validate_printable_name_refuses_what_is_no_name(name, code):
    with pytest.raises(ValidationError) as refused:
        validate_printable_name(name)

    assert refused.value.code == code
