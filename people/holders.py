"""Who holds what about a person. Each app says for itself what it keeps, what it gives up and what it hands over; this
is the slot it fills, and people asks them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from people.models import User


@dataclass(frozen=True)
class Holding:
    """Something that is kept about a person, in words for her, and what an erasure does to it.

    `why`: of what stays; `until`: the last day, where there is one.
    """

    what: str
    stays: bool = False
    why: str = ""
    until: date | None = None


class Holder(Protocol):
    """One app's part of what is kept about people."""

    def holdings(self, person: User, today: date) -> Sequence[Holding]:
        """What it keeps about her. Reads only."""

    def erase(self, person: User, now: datetime) -> None:
        """Give up what goes. Called within the transaction of the erasure, before the name is gone; rows only."""

    def clean(self, person: User) -> None:
        """Give up the files. Called after the commit, and again until it raises nothing."""

    def export(self, person: User) -> tuple[dict[str, Any], Iterable[tuple[str, bytes]]]:
        """What she takes with her: sections of data (of plain types and times), and files by their names."""


_holders: dict[str, Holder] = {}


def register(name: str, holder: Holder) -> None:
    """Let `holder` answer for what an app keeps. Called once, from its config."""
    _holders[name] = holder


def all_holders() -> tuple[Holder, ...]:
    """Return those who hold something, upper apps first: what is above may still read what is below."""
    return tuple(_holders.values())


def rows(found: QuerySet[Any], *names: str) -> list[dict[str, Any]]:
    """Return rows as plain data to take along, under names that a person can read."""
    return [{name.replace("__", "_"): value for name, value in row.items()} for row in found.values(*names)]
