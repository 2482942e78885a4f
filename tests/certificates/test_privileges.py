"""The second lock: a role that serves the site, and that PostgreSQL itself lets rewrite nothing."""

from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

from certificates.models import Certificate, LedgerEntry
from certificates.privileges import protected_tables
from certificates.services import credit_completion, erase_name, issue_certificate
from tests.factories.certificates import completion_with_shares
from tests.factories.people import UserFactory

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has roles")
FROZEN = (
    "certificates_ledgerentry", "certificates_ledgershare", "certificates_certificate", "certificates_revocation",
    "certificates_disclosure", "certificates_attendance",
)  # fmt: skip


@pytest.mark.skipif(connection.vendor == "postgresql", reason="says why not elsewhere")
@pytest.mark.django_db
def test_command_says_that_other_databases_have_no_roles():
    with pytest.raises(CommandError, match="Only PostgreSQL"):
        call_command("restrict_ledger", "--role", "web")


@pytest.fixture
def web(transactional_db, issuer):
    """A real role with the rights that the command leaves it; its name is this test database's own."""
    role = f"{connection.settings_dict['NAME']}_web"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP ROLE IF EXISTS "{role}"')
        cursor.execute(f'CREATE ROLE "{role}" LOGIN')
    yield role
    with connection.cursor() as cursor:
        cursor.execute(f'DROP OWNED BY "{role}"')
        cursor.execute(f'DROP ROLE "{role}"')


def signed_in_as(role) -> psycopg.Connection:
    """A connection of its own, as the role itself: not `SET ROLE` by a superuser."""
    params = {**connection.get_connection_params(), "user": role}
    wanted = {"dbname", "user", "host", "port", "password"}
    return psycopg.connect(**{name: value for name, value in params.items() if name in wanted}, autocommit=True)


def refused_by_privilege(link, sql) -> bool:
    try:
        link.execute(sql)
    except psycopg.errors.InsufficientPrivilege:
        return True
    except psycopg.Error as error:
        pytest.fail(f"refused, but not by privilege: {error}")
    return False


@on_postgresql
def test_role_reads_and_adds_and_rewrites_nothing(web):
    completion = completion_with_shares(UserFactory(printed_name="Rosa Núñez"))
    credit_completion(completion.pk)
    certificate = issue_certificate(completion.pk)

    call_command("restrict_ledger", "--role", web, "--apply", stdout=StringIO())
    call_command("restrict_ledger", "--role", web, "--apply", stdout=StringIO())

    with signed_in_as(web) as link:
        assert link.execute("SELECT current_user, session_user").fetchone() == (web, web)
        for table in FROZEN:
            for act in (
                "UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE",
                "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}",
            ):  # fmt: skip
                assert refused_by_privilege(link, SQL(act).format(Identifier(table))), (act, table)
            link.execute(SQL("SELECT * FROM {}").format(Identifier(table)))
        assert refused_by_privilege(link, "UPDATE certificates_certificate SET contact_minutes = 9000")
        assert refused_by_privilege(link, "DELETE FROM django_migrations")
        assert refused_by_privilege(link, "CREATE TABLE mine (id int)")
        assert refused_by_privilege(link, "TRUNCATE people_user CASCADE")
        link.execute(
            "UPDATE certificates_certificate SET recipient_name = '', name_erased_at = now() WHERE id = %s",
            [certificate.pk],
        )
    assert Certificate.objects.get().recipient_name == ""


@on_postgresql
def test_site_itself_works_as_that_role(web):
    """The services' own SQL, run with the role's rights: credit, issue, erase a name; and a reader of everything."""
    completion = completion_with_shares(UserFactory(printed_name="Rosa Núñez"))
    call_command("restrict_ledger", "--role", web, "--apply", stdout=StringIO())

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{web}"')
        credit_completion(completion.pk)
        certificate = issue_certificate(completion.pk)
        assert erase_name(certificate)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            LedgerEntry.objects.update(minutes=9000)

    assert (LedgerEntry.objects.count(), Certificate.objects.get().recipient_name) == (1, "")


@on_postgresql
def test_command_prints_and_does_nothing_without_apply(web, capsys):
    call_command("restrict_ledger", "--role", web)

    printed = capsys.readouterr().out
    for table in FROZEN:
        assert f'REVOKE DELETE, UPDATE ON "{table}" FROM "{web}";' in printed
    with signed_in_as(web) as link:
        assert refused_by_privilege(link, "SELECT * FROM people_user")


@on_postgresql
@pytest.mark.django_db
def test_command_refuses_roles_that_no_privilege_binds():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]

    for role, words in ((owner, "no privilege binds"), ("nobody-of-ours", "There is no role")):
        with pytest.raises(CommandError, match=words):
            call_command("restrict_ledger", "--role", role)


@on_postgresql
@pytest.mark.django_db
def test_every_table_with_refusing_triggers_is_protected():
    with connection.cursor() as cursor:
        found = protected_tables(cursor)

    assert set(FROZEN) <= set(found)
    assert all(found[table] == {"UPDATE", "DELETE"} for table in FROZEN)
