"""Only what more than one folder uses: people and the clock."""

from datetime import UTC, datetime

import pytest

from tests.factories.people import UserFactory


@pytest.fixture
def now() -> datetime:
    """A fixed moment: 15 March 2026, 14:00 UTC (10:00 in Massachusetts)."""
    return datetime(2026, 3, 15, 14, 0, tzinfo=UTC)


@pytest.fixture
def learner(db):
    """Rosa, a learner."""
    return UserFactory(email="rosa@example.org", printed_name="Rosa María Núñez")


@pytest.fixture
def stranger(db):
    """Charlie: signed in, has no rights to anything of Rosa's."""
    return UserFactory(email="charlie@example.org", printed_name="Charlie Stranger")
