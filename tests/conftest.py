"""Only what more than one folder uses: people and the clock."""

import os
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import TransactionTestCase, override_settings
from django.utils import timezone, translation

from tests.databases import MigratedDatabase
from tests.factories.people import UserFactory


def pytest_addoption(parser):
    parser.addoption(
        "--only-database", action="store_true", help="Leave out what asks no database: it was run on the other one."
    )


def pytest_collection_modifyitems(config, items):
    # What takes longest begins first, or one process ends with it while the others stand by.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if not config.getoption("--only-database"):
        return
    asks = {"db", "transactional_db", "live_server", "django_db_setup", "client", "admin_client"}
    kept = [item for item in items if item.get_closest_marker("django_db") or asks.intersection(item.fixturenames)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, tmp_path_factory):
    """The test database, with every migration run; a test that commits finds and leaves it as they made it."""
    worker = getattr(request.config, "workerinput", {}).get("workerid")
    folder = tmp_path_factory.getbasetemp()
    database = MigratedDatabase(folder.parent if worker else folder, worker or "alone")
    with django_db_blocker.unblock():
        database.set_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: database.restore())
        yield
    with django_db_blocker.unblock():
        database.tear_down()


@pytest.fixture(autouse=True)
def plain_language_and_clock():
    """Each test begins in the site's language and time zone, whatever page the one before asked for."""
    translation.deactivate()
    timezone.deactivate()
    yield
    translation.deactivate()
    timezone.deactivate()


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


@pytest.fixture(scope="session", autouse=True)
def private_files_in_folders_of_their_own(tmp_path_factory):
    """Issued files and files of learners lie in folders of the test run; nothing in them need survive a power cut."""
    own = {
        name: {**settings.STORAGES[name], "OPTIONS": {"location": str(tmp_path_factory.mktemp(name))}}
        for name in ("certificates", "answers")
    }
    with pytest.MonkeyPatch.context() as patch, override_settings(STORAGES={**settings.STORAGES, **own}):
        patch.setattr(os, "fsync", lambda handle: None)
        yield
