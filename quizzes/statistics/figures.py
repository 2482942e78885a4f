"""Facility, discrimination, answers on offer, marks and reliability."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizzes.statistics.sittings import Line, Sitting

ENOUGH = 20  # learners: below, no coefficient and no notice; chance would decide


@dataclass(frozen=True)
class ItemFigures:
    """How a version of an item did.

    `facility`: of what could be earned, so much was. `index`: facility among the best 27 % less that among the
    weakest (Kelley 1939). `correlation`: between the marks of the item and those of all the others (the corrected
    point-biserial, Crocker and Algina, section 14.2).
    """

    asked: int
    unanswered: int
    right: int
    earned: int
    possible: int
    index: float | None
    correlation: float | None

    @property
    def facility(self) -> Fraction | None:
        return Fraction(self.earned, self.possible * self.asked) if self.possible and self.asked else None

    @property
    def facility_percent(self) -> int | None:
        """For reading only."""
        return None if self.facility is None else int(self.facility * 100 + Fraction(1, 2))


def item_figures(lines: Sequence[Line], possible: int) -> ItemFigures:
    """The figures of the version that all `lines` are of; `possible` is what it is worth."""
    asked = sum(line.times for line in lines)
    return ItemFigures(
        asked=asked,
        unanswered=sum(line.times for line in lines if not line.taken),
        right=sum(line.times for line in lines if line.earned >= possible),
        earned=sum(line.earned * line.times for line in lines),
        possible=possible,
        index=discrimination_index(lines, possible) if asked >= ENOUGH else None,
        correlation=corrected_correlation(lines, possible) if asked >= ENOUGH else None,
    )


def discrimination_index(lines: Sequence[Line], possible: int, *, percent: int = 27) -> float | None:
    """Facility among the best `percent` less facility among the weakest.

    Where the border of a group falls among people with the same marks, they count in part: the same as the mean over
    all ways of choosing among them.
    """
    by_rate: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        level = by_rate[line.rate]
        level[0] += line.times
        level[1] += line.earned * line.times
    asked = sum(count for count, _earned in by_rate.values())
    if len(by_rate) < 2 or not possible:
        return None
    best = _earned_by_first(asked * percent, [by_rate[rate] for rate in sorted(by_rate, reverse=True)])
    weakest = _earned_by_first(asked * percent, [by_rate[rate] for rate in sorted(by_rate)])
    return float((best - weakest) / (asked * percent * possible))


def _earned_by_first(size: int, levels: Iterable[Sequence[int]]) -> Fraction:
    """What the first `size` hundredths of a person earned, in hundredths; of the level at the border, its mean."""
    left, earned = size, 0
    for count, marks in levels:
        if count * 100 >= left:
            return earned + Fraction(marks * left, count)
        earned += marks * 100
        left -= count * 100
    return Fraction(earned)


def corrected_correlation(lines: Sequence[Line], possible: int) -> float | None:
    """Pearson's correlation of the item's marks with how well everything else was done. None without variation."""
    points = [
        (line.earned, (line.marks - line.earned) / (line.max_marks - possible), line.times)
        for line in lines
        if line.max_marks > possible
    ]
    total = sum(count for _x, _y, count in points)
    if total < 2:
        return None
    mean_x = sum(x * count for x, _y, count in points) / total
    mean_y = math.fsum(y * count for _x, y, count in points) / total
    across = math.fsum((x - mean_x) * (y - mean_y) * count for x, y, count in points)
    of_x = math.fsum((x - mean_x) ** 2 * count for x, _y, count in points)
    of_y = math.fsum((y - mean_y) ** 2 * count for _x, y, count in points)
    if of_x < 1e-9 or of_y < 1e-9 * total:
        return None
    return max(-1.0, min(1.0, across / math.sqrt(of_x * of_y)))


# --- Answers on offer ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Third:
    """How many sittings stand in a third."""

    lower: int
    middle: int
    upper: int


@dataclass(frozen=True)
class Taken:
    """How often an answer on offer was taken, by thirds of the sittings; `mean` is how much of everything those who
    took it earned, None where nobody did. The key "" stands for: not answered."""

    key: str
    count: int
    lower: int
    middle: int
    upper: int
    mean: float | None


def thirds_of(lines: Sequence[Line]) -> dict[float, int]:
    """Which third (0 lower, 1 middle, 2 upper) each result stands in: that in which the middle of those with it
    stands, so that people with the same marks stay together."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[line.rate] += line.times
    total, below, places = counts.total(), 0, {}
    for rate in sorted(counts):
        middle = 2 * below + counts[rate]  # twice the rank of their middle
        places[rate] = min(2, 3 * middle // (2 * total))
        below += counts[rate]
    return places


def distractors(lines: Sequence[Line], keys: Sequence[str]) -> tuple[Third, list[Taken]]:
    """The size of the thirds, and a row for each of `keys` in their order, and one for "not answered"."""
    places = thirds_of(lines)
    sizes = [0, 0, 0]
    taken: dict[str, list[int]] = {key: [0, 0, 0] for key in (*keys, "")}
    rates: dict[str, list[float]] = {key: [] for key in (*keys, "")}
    for line in lines:
        third = places[line.rate]
        sizes[third] += line.times
        for key in line.taken or ("",):
            if key in taken:
                taken[key][third] += line.times
                rates[key].append(line.rate * line.times)
    return Third(*sizes), [
        Taken(
            key=key,
            count=sum(counts),
            lower=counts[0],
            middle=counts[1],
            upper=counts[2],
            mean=math.fsum(rates[key]) / sum(counts) if sum(counts) else None,
        )
        for key, counts in taken.items()
    ]


# --- A whole quiz -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuizFigures:
    """How a quiz did. Percent are of what could be earned.

    `reliability`: Cronbach's alpha, which is KR-20 where every item is right or wrong; where questions were drawn
    (`is_drawn`), the reliability of a mean of so many questions, which counts the luck of the draw as error (Shrout
    and Fleiss 1979, ICC(1,k)). `error_percent`: the standard error of measurement.
    """

    sittings: int
    mean_percent: float
    median_percent: float
    deviation_percent: float | None
    reliability: float | None
    error_percent: float | None
    is_drawn: bool


def quiz_figures(
    sittings: Sequence[Sitting], lines: Mapping[int, Sequence[Line]], item_of: Mapping[int, int]
) -> QuizFigures | None:
    """The figures of a quiz; None where nobody sent it. `item_of` says whose versions are to be scored: those that it
    leaves out are worth nothing."""
    if not sittings:
        return None
    results = Counter((sitting.marks, sitting.max_marks) for sitting in sittings)
    rates: Counter[float] = Counter()
    for (marks, most), times in results.items():
        rates[marks / most if most else 0.0] += times
    count = len(sittings)
    mean = math.fsum(rate * times for rate, times in rates.items()) / count
    squares = math.fsum((rate - mean) ** 2 * times for rate, times in rates.items())
    deviation = math.sqrt(squares / (count - 1)) if count > 1 else None
    by_item: dict[int, list[Line]] = defaultdict(list)
    for version, of_version in lines.items():
        if version in item_of:
            by_item[item_of[version]].extend(of_version)
    asked = {item: sum(line.times for line in of_item) for item, of_item in by_item.items()}
    is_drawn = any(times != count for times in asked.values())
    reliability = None
    if len({sitting.learner for sitting in sittings}) >= ENOUGH and deviation:
        totals = [sitting.marks for sitting in sittings]
        if not is_drawn:
            reliability = alpha([_variance(_marks_of(of_item)) for of_item in by_item.values()], _variance(totals))
        elif len({most for _marks, most in results}) == 1 and sum(asked.values()) % count == 0:
            of_marks = sum(line.earned**2 * line.times for of_item in by_item.values() for line in of_item)
            reliability = drawn_reliability(totals, of_marks, sum(asked.values()) // count)
    return QuizFigures(
        sittings=count,
        mean_percent=mean * 100,
        median_percent=(_at(rates, (count - 1) // 2) + _at(rates, count // 2)) * 50,
        deviation_percent=deviation * 100 if deviation is not None else None,
        reliability=reliability,
        error_percent=deviation * math.sqrt(1 - reliability) * 100
        if deviation is not None and reliability is not None and 0 <= reliability <= 1
        else None,
        is_drawn=is_drawn,
    )


def _at(values: Counter[float], place: int) -> float:
    """The value at this place (from 0) among all, in their order."""
    for value in sorted(values):
        place -= values[value]
        if place < 0:
            return value
    raise IndexError(place)


def _marks_of(lines: Iterable[Line]) -> Counter[int]:
    marks: Counter[int] = Counter()
    for line in lines:
        marks[line.earned] += line.times
    return marks


def _variance(values: Sequence[int] | Counter[int]) -> Fraction:
    """Exact variance of all the values (divided by their number)."""
    counts = values if isinstance(values, Counter) else Counter(values)
    total = counts.total()
    of_squares = sum(value * value * count for value, count in counts.items())
    return Fraction(of_squares * total - sum(value * count for value, count in counts.items()) ** 2, total * total)


def alpha(variances: Sequence[Fraction], of_total: Fraction) -> float | None:
    """Cronbach's alpha (1951) from the variance of every item and that of the totals; of items that are right or wrong
    it is KR-20 (Kuder and Richardson 1937). None for a single item or without variation."""
    number = len(variances)
    if number < 2 or not of_total:
        return None
    return float(Fraction(number, number - 1) * (1 - sum(variances, Fraction(0)) / of_total))


def drawn_reliability(totals: Sequence[int], squares: int, asked: int) -> float | None:
    """ICC(1,k) (Shrout and Fleiss 1979): people between each other against questions within people, `asked` questions
    each; `squares` is the sum of the squared marks of all questions. None without variation between people."""
    people, whole = len(totals), sum(totals)
    if people < 2 or asked < 2:
        return None
    of_totals = Fraction(sum(total * total for total in totals), asked)
    between = (of_totals - Fraction(whole * whole, people * asked)) / (people - 1)
    within = (squares - of_totals) / (people * (asked - 1))
    return float(1 - within / between) if between else None


def histogram(sittings: Iterable[Sitting], *, bars: int = 10) -> list[int]:
    """How many sittings earned from 0 to under 10 percent, and so on; the last bar holds the full mark, too."""
    counts = [0] * bars
    for (marks, most), times in Counter((sitting.marks, sitting.max_marks) for sitting in sittings).items():
        if most:
            counts[min(marks * bars // most, bars - 1)] += times
    return counts
