"""The courses that come with the site are whole, honest about time, and easy to read."""

import re
from pathlib import Path

import pyphen
import pytest

from starter.bundles import READING_WORDS_PER_MINUTE, read_bundle, reading_words, texts_of
from starter.demo import COURSES
from starter.richtext import to_plain_text

FOLDERS = sorted(path.parent for path in COURSES.glob("*/course.yaml"))
COMPETENCY_MINUTES = {
    # The author's split of the starter curriculum.
    "compassion-resilience": {"MA-3": 20, "MA-8": 15, "MA-10": 115},
    "early-childhood-mental-health": {"MA-2": 40, "MA-3": 10, "MA-4": 10, "MA-5": 40, "MA-6": 30, "MA-7": 50},
}
HIGHEST_GRADE = 6.99
LOWEST_SPANISH_EASE = 65  # Fernández Huerta: 60-70 is "normal", higher is easier

bundles = pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])


def test_both_courses_are_there():
    assert [folder.name for folder in FOLDERS] == list(COMPETENCY_MINUTES)


@bundles
def test_competency_minutes_as_planned(folder: Path):
    bundle = read_bundle(folder)
    sums: dict[str, int] = {}
    for module in bundle.modules:
        for code, minutes in module.split.items():
            sums[code] = sums.get(code, 0) + minutes

    assert sums == COMPETENCY_MINUTES[folder.name]


@bundles
def test_lesson_minutes_are_reading_plus_activity(folder: Path):
    bundle = read_bundle(folder)
    off = {}
    for lesson in bundle.lessons:
        if lesson.quiz:
            continue
        needed = reading_words(lesson, "en") / READING_WORDS_PER_MINUTE + lesson.activity_minutes
        if abs(needed - lesson.minutes) > 1:
            off[lesson.code] = (round(needed, 1), lesson.minutes)

    assert off == {}


def prose(lesson, language: str) -> str:
    texts = [to_plain_text(text.replace("*", "")) for block in lesson.blocks for text in texts_of(block, language)]
    return " ".join(text if text.endswith((".", "?", "!", ":")) else f"{text}." for text in texts)


def rates(text: str, language: str) -> tuple[float, float]:
    """Words a sentence and syllables a word. Syllables by the hyphenation patterns of the language."""
    sentences = len(re.findall(r"[.!?:]+(?:\s|$)", text))
    words = re.findall(r"[^\W\d_]+(?:[’'][^\W\d_]+)?", text)
    hyphens = pyphen.Pyphen(lang=language)
    syllables = sum(len(hyphens.positions(word.lower())) + 1 for word in words)
    return len(words) / sentences, syllables / len(words)


@bundles
def test_english_reads_at_grade_6(folder: Path):
    """Grade by Flesch and Kincaid (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    grades = {}
    for lesson in read_bundle(folder).lessons:
        words, syllables = rates(prose(lesson, "en"), "en_US")
        grades[lesson.code] = round(0.39 * words + 11.8 * syllables - 15.59, 2)

    assert {code: grade for code, grade in grades.items() if grade > HIGHEST_GRADE} == {}


@bundles
def test_spanish_reads_easily(folder: Path):
    """Ease by Fernández Huerta (1959): 206.84 - 60 syllables a word - 1.02 words a sentence."""
    eases = {}
    for lesson in read_bundle(folder).lessons:
        words, syllables = rates(prose(lesson, "es"), "es_ES")
        eases[lesson.code] = round(206.84 - 60 * syllables - 1.02 * words, 1)

    assert {code: ease for code, ease in eases.items() if ease < LOWEST_SPANISH_EASE} == {}


@bundles
def test_every_choice_teaches_and_modules_vary_their_questions(folder: Path):
    for module in read_bundle(folder).modules:
        quizzes = [lesson.quiz for lesson in module.lessons if lesson.quiz]

        assert len(quizzes) == 1
        assert len(quizzes[0].items) == 6
        assert quizzes[0].draw == 5
        kinds = [item.type for item in quizzes[0].items]
        assert kinds.count("true_false") <= 1
        assert kinds.count("multiple_choice") >= 1


@bundles
def test_pictures_carry_no_script_and_no_text(folder: Path):
    for picture in (folder / "images").glob("*.svg"):
        text = picture.read_text(encoding="utf-8")

        assert picture.stat().st_size <= 8_000
        for forbidden in ("<script", "<text", "href=", "<foreignObject", "onload"):
            assert forbidden not in text, picture.name
