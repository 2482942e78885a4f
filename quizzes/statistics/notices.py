"""What the figures of a version say to those who wrote it: codes, for which `quizzes.kinds` has words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizzes.statistics.figures import ENOUGH, ItemFigures, Taken, Third
from quizzes.statistics.languages import Differential

EASY_PERCENT = 95
HARD_PERCENT = 20
WEAK_CORRELATION = 0.15  # below 0.15 to 0.20 an item tells little (Ebel and Frisbie 1991, chapter 13)
UNANSWERED_PERCENT = 20
ENOUGH_FOR_IDLE = 50  # sittings before an answer that nobody takes is called idle


@dataclass(frozen=True)
class Notice:
    """Something to look at: `key` of an answer on offer, or `language`, where it is about one."""

    code: str
    key: str = ""
    language: str = ""


def notices_of(
    figures: ItemFigures, thirds: Third, taken: Sequence[Taken], right: Iterable[str], compared: Iterable[Differential]
) -> list[Notice]:
    """The gravest first. Nothing is said of fewer than `ENOUGH` sittings. `right` are the keys that earn something."""
    if figures.asked < ENOUGH:
        return []
    percent = figures.facility_percent
    found = []
    rights = set(right)
    offered = [row for row in taken if row.key]
    if rights and thirds.upper and (wrong := _best_take(offered, rights)):
        found.append(Notice("look_at_key", key=wrong))
    elif figures.correlation is not None and figures.correlation < 0:
        found.append(Notice("works_backwards"))
    elif figures.correlation is not None and figures.correlation < WEAK_CORRELATION and not _is_easy(percent):
        found.append(Notice("tells_little"))
    found += [
        Notice("harder_in" if one.is_harder else "easier_in", language=one.focal) for one in compared if one.is_notable
    ]
    if _is_easy(percent):
        found.append(Notice("too_easy"))
    if percent is not None and percent <= HARD_PERCENT:
        found.append(Notice("too_hard"))
    if figures.unanswered * 100 >= figures.asked * UNANSWERED_PERCENT:
        found.append(Notice("left_out"))
    if figures.asked >= ENOUGH_FOR_IDLE and not _is_easy(percent):
        found += [Notice("idle", key=row.key) for row in offered if not row.count and row.key not in rights]
    return found


def _is_easy(percent: int | None) -> bool:
    return percent is not None and percent >= EASY_PERCENT


def _best_take(offered: Sequence[Taken], rights: set[str]) -> str:
    """The wrong answer that more of the upper third took than any right one, though not more of the lower third."""
    best_right = max((row.upper for row in offered if row.key in rights), default=0)
    wrong = max((row for row in offered if row.key not in rights), key=lambda row: row.upper, default=None)
    return wrong.key if wrong and wrong.upper > best_right and wrong.upper >= wrong.lower else ""
