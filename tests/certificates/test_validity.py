"""Does it stand on a day?"""

from datetime import date

import pytest

from certificates.validity import Standing, State, standing

TODAY = date(2026, 3, 15)
BEFORE, AFTER = date(2026, 3, 14), date(2026, 3, 16)
STANDS = Standing(State.STANDS)


@pytest.mark.parametrize(
    ("expires_on", "revoked_on", "expected"),
    [
        (None, None, STANDS),
        (TODAY, None, STANDS),
        (AFTER, None, STANDS),
        (BEFORE, None, Standing(State.EXPIRED, BEFORE)),
        (None, TODAY, Standing(State.REVOKED, TODAY)),
        (None, BEFORE, Standing(State.REVOKED, BEFORE)),
        (None, AFTER, STANDS),
        (BEFORE, TODAY, Standing(State.REVOKED, TODAY)),
        (BEFORE, AFTER, Standing(State.EXPIRED, BEFORE)),
    ],
)
def test_standing(expires_on, revoked_on, expected):
    assert standing(today=TODAY, expires_on=expires_on, revoked_on=revoked_on) == expected
