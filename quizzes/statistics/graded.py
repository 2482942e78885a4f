"""Whether a question that gives part of its marks reads the same in another language, and how it goes by total.

Marks are taken as they are, not as right or wrong: Mantel's test for ordered categories, "Chi-square tests with one
degree of freedom: extensions of the Mantel-Haenszel procedure" (1963); the standardised mean difference of Dorans and
Schmitt (1991); both for items with more than two marks in Zwick and Thayer, "Evaluating the magnitude of differential
item functioning in polytomous items" (1996).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

SIGNIFICANT = 0.05
# |SMD|/SD in hundredths: above the first BB, above the second CC.
MODERATE, LARGE = 17, 25
MOST_BANDS = 5


class GradedStratum(NamedTuple):
    """People with the same total: marks and how many got them, in the reference group and in the focal group."""

    reference: Mapping[int, int]
    focal: Mapping[int, int]


@dataclass(frozen=True)
class Mantel:
    """Mantel's test of strata. `difference` is the standardised mean difference in marks (below zero: the focal group
    earns less), `ratio` that in standard deviations of the marks, `level` its class."""

    chi_squared: float
    p_value: float
    difference: Fraction
    ratio: float
    level: str


@dataclass(frozen=True)
class Band:
    """People with about the same total, of two groups: what share of the total, and of this question, they earned."""

    total: Fraction
    reference: Fraction
    focal: Fraction


def mantel(strata: Iterable[GradedStratum]) -> Mantel | None:
    """Compare the marks of two groups among people with the same total, without a continuity correction.

    The mean difference is weighted by the focal group; the standard deviation is that of all marks of both groups.
    Classes as Zwick, Thayer and Mazzeo, "Describing and categorizing DIF in polytomous items" (1997), propose and NAEP
    has them: AA where the test is not significant at 5 %, or the difference is at most 0.17 standard deviations; CC
    above 0.25; BB between. None where no stratum holds people of both groups whose marks differ.
    """
    strata = list(strata)
    observed = expected = variance = difference = Fraction(0)
    weight = 0
    for reference, focal in strata:
        of_reference, of_focal = sum(reference.values()), sum(focal.values())
        if not of_reference or not of_focal:
            continue
        people = of_reference + of_focal
        focal_sum, reference_sum = _sum(focal), _sum(reference)
        marks, squares = focal_sum + reference_sum, _sum_of_squares(focal) + _sum_of_squares(reference)
        observed += focal_sum
        expected += Fraction(of_focal * marks, people)
        variance += Fraction(
            of_reference * of_focal * (people * squares - marks * marks), people * people * (people - 1)
        )
        difference += of_focal * (Fraction(focal_sum, of_focal) - Fraction(reference_sum, of_reference))
        weight += of_focal
    if not variance:
        return None
    difference /= weight
    spread = _variance(strata)
    chi_squared = float((observed - expected) ** 2 / variance)
    p_value = math.erfc(math.sqrt(chi_squared / 2))
    return Mantel(
        chi_squared=chi_squared,
        p_value=p_value,
        difference=difference,
        ratio=math.copysign(math.sqrt(difference**2 / spread), difference),
        level=_level(p_value, difference**2 / spread),
    )


def _level(p_value: float, squared: Fraction) -> str:
    """The class, from the square of the ratio: thresholds are met exactly, not by a root."""
    if p_value >= SIGNIFICANT or squared * 10_000 <= MODERATE**2:
        return "AA"
    return "CC" if squared * 10_000 > LARGE**2 else "BB"


def _sum(counts: Mapping[int, int]) -> int:
    return sum(marks * count for marks, count in counts.items())


def _sum_of_squares(counts: Mapping[int, int]) -> int:
    return sum(marks * marks * count for marks, count in counts.items())


def _variance(strata: Iterable[GradedStratum]) -> Fraction:
    """The variance of all marks (of everybody, not an estimate from a sample)."""
    people = marks = squares = 0
    for counts in (group for stratum in strata for group in stratum):
        people += sum(counts.values())
        marks += _sum(counts)
        squares += _sum_of_squares(counts)
    return Fraction(people * squares - marks * marks, people * people)


def bands(
    people: Iterable[tuple[Fraction, int, bool, int]], possible: int, *, smallest: int, most: int = MOST_BANDS
) -> Sequence[Band]:
    """Bands of totals for a picture, each with at least `smallest` people of both groups, and nobody left out: no
    band is a person, and none can be had by subtracting.

    `people`: total as a share, marks, whether of the focal group, how many. Fewer than two bands are none.
    """
    by_total: dict[Fraction, list[int]] = {}
    for total, earned, is_focal, times in people:
        sums = by_total.setdefault(total, [0, 0, 0, 0])
        place = 2 if is_focal else 0
        sums[place] += times
        sums[place + 1] += earned * times
    everybody = sum(sums[0] + sums[2] for sums in by_total.values())
    open_band, found = _Pile(), []
    for total in sorted(by_total):
        open_band.add(total, by_total[total])
        if open_band.smaller >= smallest and open_band.size * most >= everybody:
            found.append(open_band)
            open_band = _Pile()
    if found and open_band.size:
        found[-1].merge(open_band)
    return [pile.band(possible) for pile in found] if len(found) > 1 else []


class _Pile:
    """A band that is being filled."""

    def __init__(self) -> None:
        self.totals = Fraction(0)
        self.sums = [0, 0, 0, 0]

    @property
    def size(self) -> int:
        return self.sums[0] + self.sums[2]

    @property
    def smaller(self) -> int:
        return min(self.sums[0], self.sums[2])

    def add(self, total: Fraction, sums: Sequence[int]) -> None:
        self.totals += total * (sums[0] + sums[2])
        self.sums = [mine + more for mine, more in zip(self.sums, sums, strict=True)]

    def merge(self, other: "_Pile") -> None:
        self.totals += other.totals
        self.sums = [mine + more for mine, more in zip(self.sums, other.sums, strict=True)]

    def band(self, possible: int) -> Band:
        of_reference, reference, of_focal, focal = self.sums
        return Band(
            self.totals / self.size, Fraction(reference, of_reference * possible), Fraction(focal, of_focal * possible)
        )
