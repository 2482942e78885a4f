"""How the site speaks to its database."""

import pytest
from django.db import close_old_connections, connection


@pytest.mark.django_db(transaction=True)
def test_connection_to_sqlite_outlives_a_request():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has a pool")
    connection.ensure_connection()
    standing = connection.connection

    close_old_connections()  # what Django does before and after every request

    assert connection.connection is standing
