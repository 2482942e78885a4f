"""Where the marks of a picture stand: plain coordinates, which the templates draw as SVG. The words are beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

WIDTH, HEIGHT = 420, 200
LEFT, BOTTOM, TOP = 20, 170, 20


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: from so many percent to so many, and how many there are."""

    x: int
    y: int
    width: int
    height: int
    first: int
    last: int
    count: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True)
class Histogram:
    bars: tuple[Bar, ...]
    pass_x: int
    pass_percent: int


def histogram_of(counts: Sequence[int], pass_percent: int) -> Histogram:
    """Marks in bars of equal width, and where the line of the pass mark stands."""
    width = (WIDTH - 2 * LEFT) // len(counts)
    most = max((*counts, 1))
    step = 100 // len(counts)
    bars = []
    for place, count in enumerate(counts):
        height = (BOTTOM - TOP) * count // most
        last = 100 if place == len(counts) - 1 else (place + 1) * step - 1
        bars.append(Bar(LEFT + place * width, BOTTOM - height, width - 3, height, place * step, last, count))
    return Histogram(tuple(bars), LEFT + width * len(counts) * pass_percent // 100, pass_percent)


MAP_WIDTH, MAP_HEIGHT, MAP_EDGE = 420, 300, 40


@dataclass(frozen=True)
class Point:
    """An item on the map: how much is earned to the right, how well it tells people apart upwards."""

    x: int
    y: int
    number: int
    is_noticed: bool


def map_of(items: Sequence[tuple[int, int, float, bool]]) -> tuple[Point, ...]:
    """Items as (number, facility in percent, correlation, whether something is to be looked at)."""
    return tuple(
        Point(
            x=MAP_EDGE + (MAP_WIDTH - 2 * MAP_EDGE) * percent // 100,
            y=map_y(correlation),
            number=number,
            is_noticed=is_noticed,
        )
        for number, percent, correlation, is_noticed in items
    )


def map_y(correlation: float) -> int:
    """Height of a correlation on the map, which goes from -0.5 to 1."""
    shown = min(max(correlation, -0.5), 1.0)
    return round(MAP_EDGE / 2 + (MAP_HEIGHT - MAP_EDGE - MAP_EDGE / 2) * (1 - shown) / 1.5)


@dataclass(frozen=True)
class ProfilePoint:
    """Learners who earned about `total` percent of the whole: what they earned of one question, in two languages."""

    x: int
    reference_y: int
    focal_y: int
    total: int
    reference: int
    focal: int


@dataclass(frozen=True)
class Profile:
    """Two lines: by what was earned of the whole, what was earned of one question."""

    points: tuple[ProfilePoint, ...]

    @property
    def reference_line(self) -> str:
        return " ".join(f"{point.x},{point.reference_y}" for point in self.points)

    @property
    def focal_line(self) -> str:
        return " ".join(f"{point.x},{point.focal_y}" for point in self.points)


def profile_of(bands: Sequence[tuple[Fraction, Fraction, Fraction]]) -> Profile:
    """Shares of the whole, and of one question in the reference language and in the other one."""
    return Profile(
        tuple(
            ProfilePoint(
                x=MAP_EDGE + round((MAP_WIDTH - 2 * MAP_EDGE) * total),
                reference_y=_profile_y(reference),
                focal_y=_profile_y(focal),
                total=round(total * 100),
                reference=round(reference * 100),
                focal=round(focal * 100),
            )
            for total, reference, focal in bands
        )
    )


def _profile_y(share: Fraction) -> int:
    return BOTTOM - round((BOTTOM - TOP) * share)


def percent(count: int, whole: int) -> int:
    """For reading only."""
    return (count * 200 + whole) // (2 * whole) if whole else 0
