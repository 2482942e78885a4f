"""The test database: migrated once a run, copied by each process, copied anew after a test that commits.

Processes that share the tests out (pytest-xdist) copy what the first of them migrated, as the processes of Django's own
test runner do. A test that commits (`transaction=True`) leaves nothing behind either: the copy is made anew, with every
row that migrations wrote. Django would empty all tables instead, which takes longer, takes those rows away, and is
refused by the triggers of tables that are only added to.
"""

import fcntl
import gc
import sqlite3
from contextlib import contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.db import connection


class MigratedDatabase:
    """The migrated database of a run (`source`), and the copy of it that this process works on."""

    def __init__(self, folder: Path, worker: str):
        """`folder`: what the processes of a run have in common."""
        self.folder, self.worker = folder, worker
        self.creation = connection.creation
        self.own_name = connection.settings_dict["NAME"]
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(folder / "migrated.sqlite3")
        self.source = self.creation._get_test_db_name()
        self.is_mine = False

    @contextmanager
    def alone(self):
        """No other process of the run copies, makes or drops the migrated database meanwhile."""
        with (self.folder / "migrating").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield self.folder / "migrated"

    def set_up(self) -> None:
        with self.alone() as mark:
            self.is_mine = not mark.exists()
            if self.is_mine:
                self._migrate()
                mark.touch()
            self._copy()

    def _migrate(self) -> None:
        # Models of past states come by the thousand: to look for garbage as often as usual is a quarter of the time.
        # Not to look at all would take a gigabyte.
        usual = gc.get_threshold()
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)
        try:
            self.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        finally:
            gc.set_threshold(*usual)
            gc.unfreeze()
        connection.close()

    def _copy(self) -> None:
        connection.settings_dict["NAME"] = self.source
        self.creation.clone_test_db(suffix=self.worker, verbosity=0, autoclobber=True)
        connection.settings_dict.update(self.creation.get_test_db_clone_settings(self.worker))

    def restore(self) -> None:
        """Bring the copy back to what the migrations made."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            migrated = sqlite3.connect(self.source)
            migrated.backup(connection.connection)
            migrated.close()
        else:
            copy = connection.settings_dict["NAME"]
            connection.close()
            connection.close_pool()
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')
            with self.alone():
                self._copy()
        ContentType.objects.clear_cache()

    def tear_down(self) -> None:
        with self.alone() as mark:
            self.creation.destroy_test_db(old_database_name=self.source, verbosity=0)
            if self.is_mine:  # whoever comes later migrates one
                mark.unlink()
                self.creation.destroy_test_db(old_database_name=self.own_name, verbosity=0)
