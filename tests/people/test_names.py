"""Names that can be printed, and the sentences for those that cannot: a table."""

import pytest
from django.core.exceptions import ValidationError

from people.names import MAX_LENGTH, check_name, normalize_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Rosa Núñez", "Rosa Núñez"),
        ("  Rosa \t Núñez \n", "Rosa Núñez"),
        ("Rosa\u00a0\u2009Núñez", "Rosa Núñez"),
        ("Nu\u0301n\u0303ez", "Núñez"),
        ("Nguye\u0302\u0303n Thi\u0323", "Nguyễn Thị"),
        ("", ""),
        ("Rosa\u2028Núñez", "Rosa\u2028Núñez"),
    ],
)
def test_normalize_name(typed, kept):
    assert normalize_name(typed) == kept


def test_normalize_name_twice_is_once():
    name = normalize_name("  Nu\u0301n\u0303ez \u00a0 Peña ")

    assert normalize_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "Rosa María Núñez",
        "Nguyễn Thị Minh Khai",
        "አበበ በቀለ",
        "محمد علي",
        "សុខ សុភា",
        "Jean-Baptiste D’Haïti",
        "O'Brien, Jr.",
        "Dr. Ana Peña (Lucía)",
        "X Æ A-12",
        "Martin Luther King III",
        "Bo",
        "Ng",
        "李",
        "王小明",
        "김",
        "नरेन्द्र",
        "क्\u200dष",  # a joiner at work
        "می\u200cخواهم",  # the Persian non-joiner
        "Oʻahu Kaʻiulani",  # the Hawaiian ʻokina
        "J Ó",
        "A" * MAX_LENGTH,
    ],
)
def test_names_of_people_are_accepted(name):
    assert check_name(normalize_name(name)) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        ("A" * (MAX_LENGTH + 1), "too_long"),
        ("Rosa\x00Núñez", "hidden"),
        ("Rosa\x1b[31m", "hidden"),
        ("Rosa\u202eNúñez", "hidden"),  # turns the direction of writing
        ("Rosa\u2066Núñez\u2069", "hidden"),
        ("Rosa\u200bNúñez", "hidden"),  # zero-width space
        ("\ufeffRosa Núñez", "hidden"),
        ("Ro\u00adsa Núñez", "hidden"),  # soft hyphen
        ("Rosa\u2028Núñez", "hidden"),
        ("Ro\u200dsa Núñez", "hidden"),  # a joiner with no work, in a name that looks like another
        ("Rosa Núñez\u200d", "hidden"),
        ("Rosa \ue000", "hidden"),  # private use
        ("Rosa \ud800", "hidden"),  # half a character
        ("Rosa 😀", "picture"),
        ("Rosa ❤\ufe0f", "picture"),
        ("Rosa 👩🏽", "picture"),
        ("Rosa ™", "picture"),
        ("12345", "no_letters"),
        ("978-1", "no_letters"),
        ("...", "no_letters"),
        ("R", "one_letter"),
        ("R.", "one_letter"),
        ("Ж", "one_letter"),
    ],
)
def test_what_cannot_be_printed_is_refused(name, code):
    with pytest.raises(ValidationError) as refusal:
        check_name(normalize_name(name))

    assert refusal.value.code == code
    assert refusal.value.messages[0].count(".") >= 1
