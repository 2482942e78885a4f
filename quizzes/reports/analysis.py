"""What the attempts of a quiz say about it and its items, for those who teach. Writes nothing.

Only attempts that count are read: graded ones, of each learner the first (or, where asked for, all). What stands ready
in the tallies is read in one statement; attempts whose tally is missing are named in `Analysis.missing`, for the pen.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes import behaviours, items, statistics
from quizzes.models import Attempt, ItemVersion, Quiz
from quizzes.reports import pictures
from quizzes.reports.asking import shown
from quizzes.reports.offers import Offer, offers_of
from quizzes.statistics import Differential, ItemFigures, Line, Notice, Pace, QuizFigures, Sitting, Taken, Third

LANGUAGE_NAMES = dict(settings.LANGUAGES)

NOTICES: Mapping[str, object] = {
    "look_at_key": gettext_lazy("The best learners choose “%(choice)s”: look at the key."),
    "works_backwards": gettext_lazy("Those who do well elsewhere do worse here: look at the wording and at the key."),
    "tells_little": gettext_lazy("This question tells little about who knows the subject."),
    "harder_in": gettext_lazy(
        "This question reads differently in %(language)s: it is harder there for learners who know as much."
    ),
    "easier_in": gettext_lazy(
        "This question reads differently in %(language)s: it is easier there for learners who know as much."
    ),
    "too_easy": gettext_lazy("Almost nobody gets this wrong."),
    "too_hard": gettext_lazy("Hardly anybody gets this right."),
    "left_out": gettext_lazy("Many leave this out."),
    "idle": gettext_lazy("Nobody chooses “%(choice)s”: another answer may be more likely."),
}


def language_name(code: str) -> str:
    """The language in its own words; "" is that of attempts from before it was kept."""
    return LANGUAGE_NAMES.get(code, code) if code else _("language not known")


class Compared(NamedTuple):
    """Two languages by their names, what comparing them found, and its picture where one item is looked at."""

    focal: str
    reference: str
    found: Differential
    picture: pictures.Profile | None


@dataclass(frozen=True)
class VersionAnalysis:
    """How one version of an item did in one quiz. `number` of `versions`: which of the item's versions it is."""

    item_id: int
    version_id: int
    code: str
    stem: str
    number: int
    versions: int
    figures: ItemFigures
    pace: Pace | None
    notices: tuple[str, ...]
    languages: tuple[tuple[str, ItemFigures], ...]  # of one item alone, else empty
    compared: tuple["Compared", ...]

    @property
    def is_scored(self) -> bool:
        return self.figures.possible > 0


@dataclass(frozen=True)
class TakenPart:
    """How often each answer on offer was taken: of the whole question, or of one `part` of it."""

    part: str
    thirds: Third
    rows: tuple[tuple[Offer, Taken], ...]
    unanswered: Taken


@dataclass(frozen=True)
class Analysis:
    """The statistics of a quiz. `languages` holds those that may be shown; `is_hidden`: some are too small."""

    is_first_only: bool
    learners: int
    figures: QuizFigures | None
    languages: tuple[tuple[str, QuizFigures], ...]
    is_hidden: bool
    bars: tuple[int, ...]
    versions: tuple[VersionAnalysis, ...]
    missing: tuple[int, ...]
    lines: Mapping[int, Sequence[Line]]


def analysis_of(quiz: Quiz, *, language: str, is_first_only: bool = True, item_id: int | None = None) -> Analysis:
    """The statistics of a quiz, or in it of the one item: three queries, however many attempts there are."""
    everything, missing = _sittings(quiz)
    of_learner: dict[int, Sitting] = {}
    for sitting in everything:
        of_learner.setdefault(sitting.learner, sitting)
    # Hidden in one way of counting is hidden in the other, or the two could be subtracted.
    first = list(of_learner.values())
    groups = _shown_groups(everything)
    if len(first) != len(everything):
        groups &= _shown_groups(first)
    sittings = first if is_first_only else everything
    is_hidden = len({sitting.group for sitting in everything} - groups) > 0
    lines = statistics.lines_of(sittings)
    paces = statistics.paces_of(sittings)
    versions = list(
        ItemVersion.objects.filter(pk__in=lines)
        .select_related("item")
        .only("content_hash", "question", "answer_key", "item__code", "item__stem", "item__current_version")
    )
    item_of = {version.pk: version.item_id for version in versions if version.question["points"]}
    numbers = _numbers({version.item_id for version in versions})
    known = sorted(groups, key=lambda group: (-sum(one.group == group for one in sittings), group))
    return Analysis(
        is_first_only=is_first_only,
        learners=len(of_learner),
        figures=statistics.quiz_figures(sittings, lines, item_of),
        languages=tuple(_of_languages(sittings, lines, item_of, known)),
        is_hidden=is_hidden,
        bars=tuple(statistics.histogram(sittings)),
        versions=tuple(
            sorted(
                (
                    _version(
                        version,
                        lines[version.pk],
                        paces.get(version.pk),
                        known,
                        numbers,
                        language,
                        is_alone=item_id is not None,
                    )
                    for version in versions
                    if item_id in (None, version.item_id)
                ),
                key=lambda one: (not one.is_scored, one.figures.facility or 0, one.code, one.number),
            )
        ),
        missing=tuple(missing),
        lines=lines,
    )


def _sittings(quiz: Quiz) -> tuple[list[Sitting], list[int]]:
    """Every attempt that counts, each learner's in their order; ids of those whose tally is missing."""
    rows = (
        Attempt.objects.filter(quiz=quiz, state=Attempt.State.GRADED)
        .order_by("learner", "number")
        .values_list("pk", "learner", "language", "behaviour", "marks", "max_marks", "tally__cells", "tally__paces")
    )
    sittings: list[Sitting] = []
    missing: list[int] = []
    for pk, learner, group, behaviour, marks, max_marks, cells, paces in rows:
        if cells is None:
            missing.append(pk)
        else:
            times = behaviours.times_at_most(behaviour)  # as the tally has it
            sittings.append(Sitting(learner, group, (marks or 0) // times, max_marks // times, cells, paces))
    return sittings, missing


def _shown_groups(sittings: Sequence[Sitting]) -> set[str]:
    people = {(sitting.group, sitting.learner) for sitting in sittings}
    return statistics.shown_groups(Counter(group for group, _learner in people))


def _numbers(item_ids: set[int]) -> dict[int, tuple[int, int]]:
    """Of each version: which it is among the versions of its item, and of how many."""
    by_item: dict[int, list[int]] = defaultdict(list)
    for item, pk in ItemVersion.objects.filter(item__in=item_ids).order_by("pk").values_list("item", "pk"):
        by_item[item].append(pk)
    return {pk: (number, len(pks)) for pks in by_item.values() for number, pk in enumerate(pks, start=1)}


def _of_languages(
    sittings: Sequence[Sitting], lines: Mapping[int, Sequence[Line]], item_of: Mapping[int, int], groups: Sequence[str]
) -> list[tuple[str, QuizFigures]]:
    if len(groups) < 2:
        return []
    found = []
    for group in groups:
        of_group = [sitting for sitting in sittings if sitting.group == group]
        of_lines = {version: [line for line in of if line.group == group] for version, of in lines.items()}
        figures = statistics.quiz_figures(of_group, of_lines, item_of)
        if figures:
            found.append((language_name(group), figures))
    return found


def _version(
    version: ItemVersion,
    lines: Sequence[Line],
    pace: Pace | None,
    groups: Sequence[str],
    numbers: Mapping[int, tuple[int, int]],
    language: str,
    *,
    is_alone: bool,
) -> VersionAnalysis:
    possible = version.question["points"] * items.HUNDREDTHS
    figures = statistics.item_figures(lines, possible)
    compared = [
        found
        for focal in groups[1:]
        if possible
        and groups[0]
        and focal
        and (found := statistics.differential(lines, possible, reference=groups[0], focal=focal))
    ]
    number, versions = numbers[version.pk]
    return VersionAnalysis(
        item_id=version.item_id,
        version_id=version.pk,
        code=version.item.code,
        stem=str(shown(version.item.stem, language)) or version.item.code,
        number=number,
        versions=versions,
        figures=figures,
        pace=pace if pace and pace.known >= statistics.ENOUGH else None,
        notices=tuple(_notices(version, lines, figures, compared, language)) if possible else (),
        languages=tuple(
            (language_name(group), statistics.item_figures([line for line in lines if line.group == group], possible))
            for group in (groups if is_alone and len(groups) > 1 else ())
        ),
        compared=tuple(
            Compared(
                language_name(one.focal),
                language_name(one.reference),
                one,
                _picture(lines, possible, one) if is_alone else None,
            )
            for one in compared
        ),
    )


def _picture(lines: Sequence[Line], possible: int, found: Differential) -> pictures.Profile | None:
    bands = statistics.profile(lines, possible, reference=found.reference, focal=found.focal)
    return pictures.profile_of([(band.total, band.reference, band.focal) for band in bands]) if bands else None


def _notices(
    version: ItemVersion,
    lines: Sequence[Line],
    figures: ItemFigures,
    compared: Sequence[Differential],
    language: str,
) -> list[str]:
    offers = next((part.offers for part in offers_of(version, language) if not part.name), ())
    thirds, taken = statistics.distractors(lines, [offer.key for offer in offers])
    rights = [offer.key for offer in offers if offer.is_right]
    words = {offer.key: offer.text for offer in offers}
    return [_sentence(notice, words) for notice in statistics.notices_of(figures, thirds, taken, rights, compared)]


def _sentence(notice: Notice, words: Mapping[str, str]) -> str:
    return str(NOTICES[notice.code]) % {
        "choice": words.get(notice.key, ""),
        "language": language_name(notice.language),
    }


def taken_of(version: ItemVersion, lines: Sequence[Line], *, language: str) -> list[TakenPart]:
    """How often each answer on offer was taken, part by part; empty for a question that offers none."""
    parts = []
    for part in offers_of(version, language):
        prefix = f"{part.name}=" if part.name else ""
        thirds, taken = statistics.distractors(
            _only_part(lines, prefix) if prefix else lines, [prefix + offer.key for offer in part.offers]
        )
        parts.append(
            TakenPart(
                part=part.label,
                thirds=thirds,
                rows=tuple(zip(part.offers, taken[:-1], strict=True)),
                unanswered=taken[-1],
            )
        )
    return parts


def _only_part(lines: Sequence[Line], prefix: str) -> list[Line]:
    """The same answers with nothing but the one part in them."""
    return [line._replace(taken=tuple(key for key in line.taken if key.startswith(prefix))) for line in lines]
