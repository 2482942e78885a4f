"""The search of the catalogue forgives accents, case and endings, in both languages."""

from uuid import UUID

import pytest

from courses.catalogue import matching, stem
from courses.data import LessonOutline, ModuleOutline, Outline

LENGTHS = {"short": (0, 60), "long": (61, 600)}


def course(number: int, english: str, spanish: str, minutes: int) -> Outline:
    titles = {"en": english, "es": spanish}
    lesson = LessonOutline(UUID(int=number), titles, minutes, None, {"en": "/en/", "es": "/es/"})
    return Outline(
        key=UUID(int=number),
        titles=titles,
        summaries={},
        helps_with={},
        paths={"en": "/en/", "es": "/es/"} if number == 1 else {"en": "/en/"},
        revision="",
        picture="",
        is_sequential=True,
        topics=("wellbeing",) if number == 1 else (),
        published_at=None,
        modules=(ModuleOutline(UUID(int=number), titles, {}, (lesson,), ()),),
    )


COURSES = [course(1, "Compassion resilience", "Resiliencia compasiva", 150), course(2, "Teeth", "Dientes", 30)]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [1, 2]),
        ({"q": "resiliencia"}, [1]),
        ({"q": "RESILIENCIA compasión"}, [1]),
        ({"q": "resiliencia compasion"}, [1]),
        ({"q": "compassionate"}, [1]),
        ({"q": "diente"}, [2]),
        ({"q": "teeth compasiva"}, []),
        ({"q": "bienestar"}, [1]),
        ({"q": "zzz"}, []),
        ({"topic": "wellbeing"}, [1]),
        ({"language": "es"}, [1]),
        ({"length": "short"}, [2]),
        ({"length": "long"}, [1]),
        ({"order": "shortest"}, [2, 1]),
        ({"order": "title"}, [1, 2]),
    ],
)
def test_matching(wanted, numbers):
    topics = {"wellbeing": {"en": "Wellbeing", "es": "Bienestar"}}

    found = matching(COURSES, wanted, topics=topics, lengths=LENGTHS, language="en")

    assert [outline.key.int for outline in found] == numbers


@pytest.mark.parametrize(("word", "expected"), [("compasion", "compas"), ("ojo", "ojo"), ("salud", "salu"), ("", "")])
def test_stem(word, expected):
    assert stem(word) == expected
