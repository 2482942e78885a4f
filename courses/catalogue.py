"""Pure: which courses a search and its filters leave, in which order. Works on outlines, asks no table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from courses.data import Outline, in_language


def folded(text: str) -> str:
    """Text without accents and case, so that "compasion" finds "Compasión"."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def words_of(course: Outline, topics: Mapping[str, Mapping[str, str]]) -> str:
    """All that a search looks into, in every language the course has."""
    texts: list[str] = []
    for mapping in (course.titles, course.summaries, course.helps_with):
        texts.extend(mapping.values())
    for share in course.shares:
        texts.extend((share.code, *share.name.values()))
    for code in course.topics:
        texts.extend(topics.get(code, {}).values())
    return folded(" ".join(texts))


def _holds(text: str, query: Iterable[str]) -> bool:
    words = text.split()
    return all(word in text or any(found.startswith(stem(word)) for found in words) for word in query)


def stem(word: str) -> str:
    """The part of a word that its relatives share: "compasion" and "compasiva" both hold "compas".

    Cutting up to three letters, and never below four, is cruder than a stemmer, but the same in every language.
    """
    return word[: max(4, len(word) - 3)]


def matching(
    courses: Iterable[Outline],
    wanted: Mapping[str, str],
    *,
    topics: Mapping[str, Mapping[str, str]],
    lengths: Mapping[str, tuple[int, int]],
    language: str,
) -> list[Outline]:
    """The courses that fit all that is wanted (keys: q, topic, competency, language, length, order)."""
    found = list(courses)
    if query := folded(wanted.get("q", "")).split():
        found = [course for course in found if _holds(words_of(course, topics), query)]
    if topic := wanted.get("topic"):
        found = [course for course in found if topic in course.topics]
    if competency := wanted.get("competency"):
        found = [course for course in found if any(share.code == competency for share in course.shares)]
    if spoken := wanted.get("language"):
        found = [course for course in found if spoken in course.paths]
    if length := wanted.get("length"):
        shortest, longest = lengths[length]
        found = [course for course in found if shortest <= course.minutes <= longest]
    if wanted.get("order") == "title":
        found.sort(key=lambda course: folded(in_language(course.titles, language)))
    elif wanted.get("order") == "shortest":
        found.sort(key=lambda course: course.minutes)
    return found
