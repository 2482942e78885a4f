"""The figures of a quiz, for those who teach. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from quizzes import behaviours, grading, items, twins
from quizzes.data import PassMark, QuizSummary
from quizzes.models import Attempt, Item, Quiz, QuizDraw, QuizItem

MOST_TWINS = 200  # pairs on a page

LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


def pass_mark_of(quiz: Quiz) -> PassMark:
    """What passing takes today: one query."""
    unknown = PassMark(quiz.pass_mark_percent, None, None)
    listed = (
        QuizItem.objects.filter(quiz=quiz, item__archived_at=None)
        .exclude(item__current_version=None)
        .annotate(is_drawn=Exists(QuizDraw.objects.filter(section__quiz=quiz)))
        .order_by()
        .values_list("section", "section__draw_count", "item__points", "is_drawn")
    )
    worth: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for section, draw_count, points, is_drawn in listed:
        if is_drawn:
            return unknown
        worth[section, draw_count].append(points)
    max_points = 0
    for (_section, draw_count), of_section in worth.items():
        drawn = len(of_section) if draw_count is None else min(draw_count, len(of_section))
        if drawn < len(of_section) and len(set(of_section)) > 1:
            return unknown
        max_points += sum(of_section[:drawn])
    if not max_points:
        return unknown
    max_marks = max_points * items.HUNDREDTHS * behaviours.times_at_most(quiz.behaviour)
    return PassMark(quiz.pass_mark_percent, grading.marks_to_pass(max_marks, quiz.pass_mark_percent), max_marks)


def asked_count(quiz: Quiz) -> str:
    """How many questions an attempt has, or "all". Reads sections, items and draws, best fetched before."""
    sections = quiz.sections.all()
    if all(section.draw_count is None and not section.draws.all() for section in sections):
        return str(_("all"))
    return str(
        sum(
            (len(section.items.all()) if section.draw_count is None else section.draw_count)
            + sum(draw.count for draw in section.draws.all())
            for section in sections
        )
    )


def quizzes_with(item: Item) -> QuerySet[Quiz]:
    """Where the item is used."""
    return Quiz.objects.filter(quiz_items__item=item).order_by("code")


def twins_of(item: Item) -> QuerySet[Item]:
    """Other items of the kind that ask the same in one of the languages."""
    same = Q()
    for language, text in item.stem.items():
        if text:
            same |= Q(**{f"stem__{language}": text})
    if not same:
        return Item.objects.none()
    return Item.objects.filter(same, kind=item.kind, archived_at=None).exclude(pk=item.pk).order_by("code")


def languages_missing(item: Item) -> list[str]:
    """Codes of the languages in which a part of the item is not written; empty where all of it is in all."""
    if item.current_version is None:
        return []
    texts = [text for text in _texts(items.content_of(item.current_version.spec)) if any(text.values())]
    return [code for code, _name in settings.LANGUAGES if not all(text.get(code) for text in texts)]


def _texts(value: Any) -> Iterator[Mapping[str, str]]:
    """Every text by language in plain values: the mappings whose names are all languages of the site, or none."""
    if isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif isinstance(value, dict):
        if value and all(isinstance(text, str) for text in value.values()) and not LANGUAGES.isdisjoint(value):
            yield value
        else:
            for member in value.values():
                yield from _texts(member)


def summary_of(quiz: Quiz) -> QuizSummary:
    """How the graded attempts of the quiz went: one query, answered from one index, a learner after the other."""
    return QuizSummary(
        **Attempt.objects.filter(quiz=quiz, state=Attempt.State.GRADED)
        .order_by()
        .values("learner")
        .annotate(of_learner=Count("number"), of_passed=Count("number", filter=Q(is_passed=True)))
        .aggregate(attempts=Sum("of_learner", default=0), passed=Sum("of_passed", default=0), learners=Count("learner"))
    )


def likely_twins() -> list[tuple[Item, Item, int]]:
    """Pairs of items that likely ask the same, with percent alike, the likeliest first; archived ones are left out.

    Two queries. Each language is looked at by itself.
    """
    rows = list(Item.objects.filter(archived_at=None).values_list("pk", "stem"))
    found: dict[tuple[int, int], int] = {}
    for code, _name in settings.LANGUAGES:
        for first, second, percent in twins.likely_twins((pk, (stem or {}).get(code, "")) for pk, stem in rows):
            found[first, second] = max(found.get((first, second), 0), percent)
    pairs = sorted(found, key=lambda pair: (-found[pair], pair))[:MOST_TWINS]
    items_by_pk = Item.objects.select_related("bank").in_bulk({pk for pair in pairs for pk in pair})
    return [(items_by_pk[first], items_by_pk[second], found[first, second]) for first, second in pairs]
