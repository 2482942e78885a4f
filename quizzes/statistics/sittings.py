"""Attempts packed into short texts, and counted. What is alike is counted before it is read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

WORDS = "*"  # an answer in words: given, but not one of those on offer
LONGEST_PACE = 30 * 60  # seconds: whoever took longer did something else


def packed(cells: Iterable[tuple[int, int, Sequence[str]]]) -> str:
    """Version, marks and what was taken, a question a cell; nothing taken: not answered. See `lines_of`."""
    return ";".join(f"{version}:{earned}:{','.join(sorted(taken))}" for version, earned, taken in cells)


def packed_paces(paces: Iterable[tuple[int, int]]) -> str:
    """Version and seconds, a question a cell."""
    return ";".join(f"{version}:{seconds}" for version, seconds in paces)


class Sitting(NamedTuple):
    """An attempt that counts: whose, in which language, its marks, and what was asked and answered (packed)."""

    learner: int
    group: str
    marks: int
    max_marks: int
    cells: str
    paces: str = ""


class Line(NamedTuple):
    """So many sittings with these marks, in this language, answered this version in this way."""

    version: int
    earned: int
    taken: tuple[str, ...]
    marks: int
    max_marks: int
    group: str
    times: int

    @property
    def rate(self) -> float:
        """How much of what could be earned was earned in the whole sitting. Equal fractions give equal floats."""
        return self.marks / self.max_marks if self.max_marks else 0.0


def lines_of(sittings: Iterable[Sitting]) -> dict[int, list[Line]]:
    """The answers counted, by version. Alike answers are counted before they are read, which is what makes thousands
    of sittings cheap."""
    alike: dict[tuple[int, int, str], list[str]] = defaultdict(list)
    for sitting in sittings:
        if sitting.cells:
            alike[sitting.marks, sitting.max_marks, sitting.group].append(sitting.cells)
    lines: dict[int, list[Line]] = defaultdict(list)
    for (marks, max_marks, group), cells in alike.items():
        for cell, count in Counter(";".join(cells).split(";")).items():
            version, earned, taken = cell.split(":", 2)
            answer = tuple(taken.split(",")) if taken else ()
            lines[int(version)].append(Line(int(version), int(earned), answer, marks, max_marks, group, count))
    return lines


def paces_of(sittings: Iterable[Sitting]) -> dict[int, "Pace"]:
    """How long each version took, where it is known."""
    seconds: dict[int, Counter[int]] = defaultdict(Counter)
    for cell, count in Counter(";".join(sitting.paces for sitting in sittings if sitting.paces).split(";")).items():
        if cell:
            version, _colon, took = cell.partition(":")
            seconds[int(version)][int(took)] += count
    return {
        version: Pace(known.total(), *(_quantile(known, share) for share in (25, 50, 75)))
        for version, known in seconds.items()
    }


@dataclass(frozen=True)
class Pace:
    """Seconds from one saved answer to the next: a quarter of the learners took no longer than `quarter`, half of them
    no longer than `median`."""

    known: int
    quarter: int
    median: int
    three_quarters: int


def _quantile(counts: Counter[int], percent: int) -> int:
    """The smallest value that at least so many percent do not exceed."""
    needed, seen = counts.total() * percent, 0
    for value in sorted(counts):
        seen += counts[value] * 100
        if seen >= needed:
            return value
    return 0
