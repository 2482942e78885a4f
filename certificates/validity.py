"""Pure: facts of a certificate and a day to stands, expired or revoked."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """The answers to "does it stand?" for a certificate that is ours."""

    STANDS = "stands"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Standing:
    """A state, and since when it is so (None while it stands)."""

    state: State
    since: date | None = None

    @property
    def stands(self) -> bool:
        return self.state is State.STANDS


def standing(*, today: date, expires_on: date | None, revoked_on: date | None) -> Standing:
    """Return how a certificate stands on `today`. The last good day is `expires_on` itself.

    A revocation says more than an expiry, whichever came first.
    """
    if revoked_on is not None and revoked_on <= today:
        return Standing(State.REVOKED, revoked_on)
    if expires_on is not None and today > expires_on:
        return Standing(State.EXPIRED, expires_on)
    return Standing(State.STANDS)
