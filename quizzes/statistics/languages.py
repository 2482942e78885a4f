"""Whether a question reads the same in another language, and which groups are too small to be shown."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from quizzes.statistics.graded import Band, GradedStratum, bands, mantel
from quizzes.statistics.sittings import Line

SMALLEST_GROUP = 10  # learners: figures of a smaller language group are not shown
ENOUGH_TO_COMPARE = 30  # learners in each language
STRATA = 20


@dataclass(frozen=True)
class Differential:
    """Whether an item is harder for people of one language who do as well otherwise.

    `delta` is on the scale of ETS (-2.35 ln of the common odds ratio): below zero, it is harder in `focal`.
    `level`: A negligible, B moderate, C large (Zieky 1993). `difference`: how many more in a hundred get it right in
    `focal` among those with the same total (Dorans and Kulick 1986).

    Where part of the marks was given, marks are compared as they are (see `graded`): `ratio` is the standardised mean
    difference in standard deviations, `level` is AA, BB or CC, and `difference` is a share of the points of the item.
    """

    focal: str
    reference: str
    odds_ratio: float | None
    chi_squared: float | None
    p_value: float | None
    delta: float | None
    level: str
    difference: float
    ratio: float | None = None

    @property
    def size(self) -> str:
        """The class as a word; empty where nothing could be compared."""
        return {"A": "small", "B": "moderate", "C": "large"}.get(self.level[:1], "")

    @property
    def is_notable(self) -> bool:
        """Whether the texts of the two languages should be read side by side."""
        return self.size in ("moderate", "large")

    @property
    def is_harder(self) -> bool:
        """Whether it is harder in `focal`, where it differs at all."""
        return (self.delta or self.ratio or 0) < 0


class Stratum(NamedTuple):
    """People with the same total: right and wrong, in the reference group and in the focal group."""

    reference_right: int
    reference_wrong: int
    focal_right: int
    focal_wrong: int


@dataclass(frozen=True)
class MantelHaenszel:
    """The common odds ratio of strata, the standard error of its logarithm, and the test that it is 1."""

    odds_ratio: float
    error: float
    chi_squared: float
    p_value: float


def mantel_haenszel(strata: Iterable[Stratum]) -> MantelHaenszel | None:
    """Mantel and Haenszel (1959), chi-squared with the continuity correction; the error by Robins, Breslow and
    Greenland (1986). None where no stratum holds people of both groups with both results, or only one direction."""
    up = down = observed = expected = variance = Fraction(0)
    pr = ps_qr = qs = Fraction(0)
    for a, b, c, d in strata:
        total = a + b + c + d
        if total < 2 or not (a + b) or not (c + d):
            continue
        r, s = Fraction(a * d, total), Fraction(b * c, total)
        p, q = Fraction(a + d, total), Fraction(b + c, total)
        up, down = up + r, down + s
        pr, ps_qr, qs = pr + p * r, ps_qr + p * s + q * r, qs + q * s
        observed += a
        expected += Fraction((a + b) * (a + c), total)
        variance += Fraction((a + b) * (c + d) * (a + c) * (b + d), total * total * (total - 1))
    if not up or not down or not variance:
        return None
    distance = max(abs(observed - expected) - Fraction(1, 2), Fraction(0))
    chi_squared = float(distance * distance / variance)
    return MantelHaenszel(
        odds_ratio=float(up / down),
        error=math.sqrt(pr / (2 * up * up) + ps_qr / (2 * up * down) + qs / (2 * down * down)),
        chi_squared=chi_squared,
        p_value=math.erfc(math.sqrt(chi_squared / 2)),
    )


def differential(lines: Sequence[Line], possible: int, *, reference: str, focal: str) -> Differential | None:
    """Compare two languages among people with the same total. Where nobody got part of the marks, as right or wrong.

    None where one of the groups is too small to say anything.
    """
    pair = [line for line in lines if line.group in (reference, focal)]
    if min(sum(line.times for line in pair if line.group == group) for group in (reference, focal)) < ENOUGH_TO_COMPARE:
        return None
    if any(0 < line.earned < possible for line in pair):
        return _by_marks(lines, possible, reference, focal)
    strata = list(_strata(lines, possible, reference, focal))
    difference = _standardized_difference(strata)
    found = mantel_haenszel(strata)
    if found is None:
        return Differential(focal, reference, None, None, None, None, "", difference)
    delta, error = -2.35 * math.log(found.odds_ratio), 2.35 * found.error
    if found.p_value >= 0.05 or abs(delta) < 1:
        level = "A"
    elif abs(delta) >= 1.5 and (abs(delta) - 1) / error > 1.645:
        level = "C"
    else:
        level = "B"
    return Differential(focal, reference, found.odds_ratio, found.chi_squared, found.p_value, delta, level, difference)


def _by_marks(lines: Sequence[Line], possible: int, reference: str, focal: str) -> Differential:
    cells: dict[float, tuple[Counter[int], Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))
    level_of = _leveller(lines)
    for line in lines:
        if line.group in (reference, focal):
            cells[level_of(line)][line.group == focal][line.earned] += line.times
    found = mantel(GradedStratum(*counts) for counts in cells.values())
    if found is None:
        return Differential(focal, reference, None, None, None, None, "", 0.0)
    return Differential(
        focal=focal,
        reference=reference,
        odds_ratio=None,
        chi_squared=found.chi_squared,
        p_value=found.p_value,
        delta=None,
        level=found.level,
        difference=float(found.difference / possible),
        ratio=found.ratio,
    )


def profile(lines: Iterable[Line], possible: int, *, reference: str, focal: str) -> Sequence[Band]:
    """How people of two languages do in an item by how they do in the whole; nothing where the groups are small."""
    return bands(
        (
            (Fraction(line.marks, line.max_marks or 1), line.earned, line.group == focal, line.times)
            for line in lines
            if line.group in (reference, focal)
        ),
        possible,
        smallest=SMALLEST_GROUP,
    )


def _strata(lines: Sequence[Line], possible: int, reference: str, focal: str) -> Iterator[Stratum]:
    cells: dict[float, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    level_of = _leveller(lines)
    for line in lines:
        if line.group in (reference, focal):
            place = (0 if line.group == reference else 2) + (0 if line.earned >= possible else 1)
            cells[level_of(line)][place] += line.times
    return (Stratum(*counts) for counts in cells.values())


def _leveller(lines: Sequence[Line]) -> Callable[[Line], float]:
    """Which stratum: one for each total; twenty of equal width where there are more totals than that."""
    if len({line.rate for line in lines}) <= STRATA + 1:
        return lambda line: line.rate
    return lambda line: line.marks * STRATA // (line.max_marks or 1)


def _standardized_difference(strata: Iterable[Stratum]) -> float:
    difference, weight = Fraction(0), 0
    for a, b, c, d in strata:
        if a + b and c + d:
            difference += (Fraction(c, c + d) - Fraction(a, a + b)) * (c + d)
            weight += c + d
    return float(difference / weight) if weight else 0.0


def shown_groups(learners: Mapping[str, int]) -> set[str]:
    """Which language groups may be shown, by their number of learners.

    Groups that are too small are hidden, and with them as many of the next ones as it takes that what is hidden cannot
    be had by subtracting what is shown from the whole: at least two groups and enough learners together.
    """
    sizes = sorted((count, group) for group, count in learners.items() if count)
    hidden = [entry for entry in sizes if entry[0] < SMALLEST_GROUP]
    rest = sizes[len(hidden) :]
    while hidden and rest and (len(hidden) < 2 or sum(count for count, _group in hidden) < SMALLEST_GROUP):
        hidden.append(rest.pop(0))
    return {group for _count, group in rest}
