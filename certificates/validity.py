"""Pure: facts of a certificate and a day to stands, expired or revoked."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """The answers to "does it stand?" for a certificate that is ours."""

    STANDS = "stands"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


def last_day(completed_on: date, months: int | None) -> date | None:
    """Return the last good day, so many months on: the same day of the month, or its last where it has no such day."""
    if months is None:
        return None
    years, month = divmod(completed_on.month - 1 + months, 12)
    year = completed_on.year + years
    return date(year, month + 1, min(completed_on.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Standing:
    """A state, and since when it is so (None while it stands)."""

    state: State
    since: date | None = None

    @property
    def stands(self) -> bool:
        return self.state is State.STANDS


def standing(
    *, today: date, expires_on: date | None, revoked_on: date | None, superseded_on: date | None = None
) -> Standing:
    """Return how a certificate stands on `today`. The last good day is `expires_on` itself.

    A revocation says more than a newer certificate, and that more than an expiry, whichever came first.
    """
    if revoked_on is not None and revoked_on <= today:
        return Standing(State.REVOKED, revoked_on)
    if superseded_on is not None and superseded_on <= today:
        return Standing(State.SUPERSEDED, superseded_on)
    if expires_on is not None and today > expires_on:
        return Standing(State.EXPIRED, expires_on)
    return Standing(State.STANDS)
