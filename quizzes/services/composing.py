"""Which items an attempt asks, in which order, and what passing it takes. Reads; what it finds is frozen by the start.

Items that a quiz lists are never drawn from a pool as well, and nothing is drawn twice: where pools overlap, the lots
are dealt so that every draw gets its number, if there is a way.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from curriculum.models import Competency
from quizzes import selection
from quizzes.data import PartRule
from quizzes.errors import QuizEmpty
from quizzes.models import Item, Quiz, QuizDraw, QuizItem, QuizSection


@dataclass(frozen=True)
class Candidate:
    """An item that may be asked: its version, what it is about, and whether a person marks it."""

    key: str
    version_id: int
    competency_id: int | None
    kind: str = ""

    @property
    def is_marked_by_person(self) -> bool:
        return self.kind in Item.MARKED_BY_PERSON


@dataclass(frozen=True)
class Suiting:
    """How many questions a draw can take now that its quiz does not list, and how many of them people mark.
    `left_out`: those that only people mark and the draw does not take. What other draws take is not deducted."""

    count: int
    by_person: int
    left_out: int
    is_enough: bool


@dataclass(frozen=True)
class Part:
    """A section of an attempt: what it asks, in order."""

    title: Mapping[str, str]
    percent: int | None
    asked: tuple[Candidate, ...]


def compose(quiz: Quiz, seed: int, *, seen: Callable[[], Collection[str]] = frozenset) -> list[Part]:
    """What an attempt with this seed asks, section by section. The keys that `seen` gives are drawn after all others;
    it is asked only where lots are drawn.

    Two statements, and for random draws one more and one each. Raises QuizEmpty where there is nothing to ask, or not
    as much as a section asks each time.
    """
    sections = (
        QuizSection.objects.filter(quiz=quiz)
        .annotate(has_draws=Exists(QuizDraw.objects.filter(section=OuterRef("pk"))))
        .order_by("sort_order", "pk")
    )
    listed: dict[int, dict[str, Candidate]] = {section.pk: {} for section in sections}
    for section_id, one in _listed(quiz):
        listed[section_id][one.key] = one
    draws: list[QuizDraw] = []
    if any(section.has_draws for section in sections):
        draws = list(QuizDraw.objects.filter(section__quiz=quiz).order_by("section__sort_order", "sort_order", "pk"))
    pools = [pool_of(draw) for draw in draws]
    is_drawn = bool(draws) or any((s.draw_count or len(listed[s.pk])) < len(listed[s.pk]) for s in sections)
    asked_before = seen() if is_drawn else frozenset()
    dealt = deal(seed, draws, pools, listed=[key for rows in listed.values() for key in rows], seen=asked_before)
    if dealt is None:
        raise _too_few()
    parts = []
    for section in sections:
        rows = listed[section.pk]
        if section.draw_count is not None and section.draw_count > len(rows):
            raise _too_few()
        keys = selection.draw_items(seed, list(rows), count=section.draw_count, shuffle=False, seen=asked_before)
        here = dict(rows)
        for draw, pool, lot in zip(draws, pools, dealt, strict=True):
            if draw.section_id == section.pk:
                keys += lot
                here |= {key: pool[key] for key in lot}
        if section.shuffle_items:
            keys = selection.shuffled(seed, "order", keys)
        parts.append(Part(section.title, section.pass_mark_percent, tuple(here[key] for key in keys)))
    if not any(part.asked for part in parts):
        raise QuizEmpty(_("This quiz has no questions yet. Please tell your trainer."))
    return parts


def _too_few() -> QuizEmpty:
    return QuizEmpty(_("This quiz does not have enough questions at the moment. Please tell your trainer."))


def _listed(quiz: Quiz) -> Iterable[tuple[int, Candidate]]:
    """What is asked of each listed item: the version that is pinned, else the newest one."""
    rows = (
        QuizItem.objects.filter(quiz=quiz, item__archived_at=None)
        .exclude(item__current_version=None)
        .order_by("sort_order", "item")
        .values_list(
            "section_id",
            "item__key",
            Coalesce(F("pinned_version"), F("item__current_version")),
            "item__competency_id",
            "item__kind",
        )
    )
    for section_id, key, version_id, competency_id, kind in rows:
        yield section_id, Candidate(str(key), version_id, competency_id, kind)


def suiting(draw: QuizDraw, *, listed: Collection[str] | None = None) -> Suiting:
    """What suits a draw: approved, and not among the `listed` keys (by default those that its saved quiz lists)."""
    if listed is None:
        rows = QuizItem.objects.filter(quiz__sections=draw.section_id)
        listed = {str(key) for key in rows.values_list("item__key", flat=True)}
    found = [one for key, one in pool_of(draw, with_marked=True).items() if key not in listed]
    by_person = sum(one.is_marked_by_person for one in found)
    count = len(found) if draw.can_take_marked else len(found) - by_person
    return Suiting(
        count=count,
        by_person=by_person if draw.can_take_marked else 0,
        left_out=0 if draw.can_take_marked else by_person,
        is_enough=count >= draw.count,
    )


def pool_of(draw: QuizDraw, *, with_marked: bool = False) -> dict[str, Candidate]:
    """The approved items that a draw may take, by their key; what a person marks only where the draw, or the caller,
    says so. The draw need not be saved."""
    items = (
        Item.objects.filter(review_state=Item.ReviewState.APPROVED, archived_at=None, points__gte=1)
        .exclude(current_version=None)
        .order_by("code")
    )
    if draw.bank_id:
        items = items.filter(bank=draw.bank_id)
    if draw.competency_id:
        items = items.filter(competency=draw.competency_id)
    if draw.difficulty:
        items = items.filter(difficulty=draw.difficulty)
    if draw.category:
        below = items.filter(category__startswith=f"{draw.category}/").exclude(
            category__startswith=f"{draw.category}//"  # a slash within the name of another category
        )
        items = below | items.filter(category=draw.category)
    if not (draw.can_take_marked or with_marked):
        items = items.exclude(kind__in=Item.MARKED_BY_PERSON)
    # In Python: SQLite cannot ask whether a list in JSON has a member.
    return {
        str(key): Candidate(str(key), version_id, competency_id, kind)
        for key, version_id, competency_id, kind, tags in items.values_list(
            "key", "current_version_id", "competency_id", "kind", "tags"
        )
        if not draw.tag or draw.tag in tags
    }


def deal(
    seed: int,
    draws: Sequence[QuizDraw],
    pools: Sequence[Mapping[str, Any]],
    *,
    listed: Collection[str],
    seen: Collection[str] = frozenset(),
) -> list[list[str]] | None:
    """For each draw the keys that it gets; None where there is no way to give each its number."""
    without = set(listed)
    return selection.deal(
        seed,
        [(draw.count, [key for key in pool if key not in without]) for draw, pool in zip(draws, pools, strict=True)],
        seen=seen,
    )


def rule_parts(quiz: Quiz, parts: Sequence[Part]) -> list[PartRule]:
    """The sections and competencies that an attempt at these parts is judged by, or shown under."""
    rules = []
    position = 0
    by_competency: dict[int, list[int]] = {}
    for part in parts:
        positions = tuple(range(position + 1, position + 1 + len(part.asked)))
        if part.percent is not None or part.title or len(parts) > 1:
            rules.append(PartRule("section", part.title, part.percent, positions))
        for position, one in zip(positions, part.asked, strict=True):
            if one.competency_id is not None:
                by_competency.setdefault(one.competency_id, []).append(position)
    if quiz.competency_percent is not None:
        found = Competency.objects.filter(pk__in=by_competency).order_by("code")
        rules += [
            PartRule("competency", one.name, quiz.competency_percent, tuple(by_competency[one.pk])) for one in found
        ]
    return rules
