"""Only what more than one folder uses: people and the clock."""

import fcntl
import gc
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase, override_settings
from django.utils import timezone, translation

from tests.factories.people import UserFactory


def pytest_addoption(parser):
    parser.addoption(
        "--only-database", action="store_true", help="Leave out what asks no database: it was run on the other one."
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--only-database"):
        return
    asks = {"db", "transactional_db", "live_server", "django_db_setup", "client", "admin_client"}
    kept = [item for item in items if item.get_closest_marker("django_db") or asks.intersection(item.fixturenames)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


@contextmanager
def no_collector():
    """Migrations make models of past states by the thousand: looking for garbage is a quarter of their time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, tmp_path_factory):
    """The test database, with every migration run.

    Processes that share the tests out (pytest-xdist) migrate one database between them: the first to come makes it, and
    each takes a copy, as the processes of Django's own test runner do.
    """
    worker = getattr(request.config, "workerinput", {}).get("workerid")
    if worker is None:
        with no_collector():
            request.getfixturevalue("django_db_setup")  # what pytest-django does
        yield
        return
    folder = tmp_path_factory.getbasetemp().parent  # the one that the processes of a run have in common
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(folder / "migrated.sqlite3")
    creation, name = connection.creation, connection.settings_dict["NAME"]
    source, is_made = creation._get_test_db_name(), folder / "migrated"
    with (folder / "migrating").open("w") as gate, django_db_blocker.unblock():
        fcntl.flock(gate, fcntl.LOCK_EX)
        is_mine = not is_made.exists()
        if is_mine:
            with no_collector():
                creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.close()
            is_made.touch()
        connection.settings_dict["NAME"] = source
        creation.clone_test_db(suffix=worker, verbosity=0, autoclobber=True)
        connection.settings_dict.update(creation.get_test_db_clone_settings(worker))
    yield
    with (folder / "migrating").open("w") as gate, django_db_blocker.unblock():
        fcntl.flock(gate, fcntl.LOCK_EX)
        creation.destroy_test_db(old_database_name=source, verbosity=0)
        if is_mine:  # whoever comes later still migrates one of its own
            is_made.unlink()
            creation.destroy_test_db(old_database_name=name, verbosity=0)


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
    """Issued files and files of learners lie in folders of the test run."""
    own = {
        name: {**settings.STORAGES[name], "OPTIONS": {"location": str(tmp_path_factory.mktemp(name))}}
        for name in ("certificates", "answers")
    }
    with override_settings(STORAGES={**settings.STORAGES, **own}):
        yield


@pytest.fixture(scope="session", autouse=True)
def flush_may_empty_history():
    """Lets transactional tests empty the database between them.

    Triggers refuse to delete from append-only tables (certificates.0002). They stand while every test runs; only
    around the flush of a TransactionTestCase are they taken down, by the migration's own statements, and put back.
    """
    history = import_module("certificates.migrations.0002_refuse_rewriting_history")
    templates = import_module("certificates.migrations.0031_templates_written_once")
    names = import_module("certificates.migrations.0021_names_may_be_erased")
    attendance = import_module("certificates.migrations.0022_attendance")
    flush = TransactionTestCase._fixture_teardown

    def flush_without_triggers(self):
        with connection.cursor() as cursor:
            for statement in (
                *attendance.statements_to_drop(connection.vendor),
                *templates.statements_to_drop(connection.vendor),
                *history.statements_to_drop(connection.vendor),
            ):
                cursor.execute(statement)
        try:
            flush(self)
        finally:
            with connection.cursor() as cursor:
                for statement in history.statements_to_create(connection.vendor):
                    cursor.execute(statement)
                for statement in (
                    *names.statements_to_let_a_name_be_erased(connection),
                    *templates.statements_to_create(connection.vendor),
                    *attendance.statements_to_create(connection.vendor),
                ):
                    cursor.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_triggers)
        yield
