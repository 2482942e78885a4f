"""The figures of a quiz, for those who teach. Writes nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from quizzes import behaviours, grading, items
from quizzes.data import ItemFacility, PassMark, QuizSummary
from quizzes.models import Attempt, AttemptItem, Item, Quiz

LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


def pass_mark_of(quiz: Quiz) -> PassMark:
    """What passing takes today: four queries."""
    unknown = PassMark(quiz.pass_mark_percent, None, None)
    max_points = 0
    for section in quiz.sections.get_queryset().prefetch_related("items__item", "draws"):
        asked = [row.item for row in section.items.all()]
        worth = [item.points for item in asked if item.archived_at is None and item.current_version_id]
        drawn = len(worth) if section.draw_count is None else min(section.draw_count, len(worth))
        if section.draws.all() or (drawn < len(worth) and len(set(worth)) > 1):
            return unknown
        max_points += sum(worth[:drawn])
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
    """How the graded attempts of the quiz went: one query."""
    return QuizSummary(
        **Attempt.objects.filter(quiz=quiz, state=Attempt.State.GRADED).aggregate(
            attempts=Count("pk"),
            passed=Count("pk", filter=Q(is_passed=True)),
            learners=Count("learner", distinct=True),
            last_submitted_at=Max("submitted_at"),
        )
    )


def facility_of(quiz: Quiz) -> list[ItemFacility]:
    """Per item, over all its versions: how much of what could be earned was earned; the hardest first. One query.

    A question without an answer earned nothing, so it counts among the possible marks.
    What is worth nothing is left out.
    """
    rows = (
        AttemptItem.objects.filter(attempt__quiz=quiz, attempt__state=Attempt.State.GRADED)
        .exclude(version__item__points=0)
        .values("version__item", "version__item__code", "version__item__stem", "version__question__points")
        .annotate(asked=Count("pk"), earned=Sum("response__marks", default=0))
        .order_by()
    )
    by_item: dict[int, ItemFacility] = {}
    for row in rows:
        before = by_item.get(row["version__item"])
        by_item[row["version__item"]] = ItemFacility(
            item_id=row["version__item"],
            code=row["version__item__code"],
            stem=str(row["version__item__stem"]),
            asked=row["asked"] + (before.asked if before else 0),
            earned=row["earned"] + (before.earned if before else 0),
            possible=row["asked"] * row["version__question__points"] * items.HUNDREDTHS
            + (before.possible if before else 0),
        )
    return sorted(by_item.values(), key=lambda item: (item.percent, item.code))


def results_of(quiz: Quiz) -> QuerySet[Attempt]:
    """Closed attempts of the quiz with their learners, the newest first."""
    return (
        Attempt.objects.filter(quiz=quiz)
        .exclude(state=Attempt.State.OPEN)
        .select_related("learner")
        .order_by("-submitted_at", "-pk")
    )
