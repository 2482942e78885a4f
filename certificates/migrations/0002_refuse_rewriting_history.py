"""Triggers that refuse to change or delete what was written: ledger, certificates, revocations, disclosures.

A future migration that alters one of these tables on SQLite remakes it and loses its triggers: call `create` again.
"""

from django.db import migrations

# Table: what the database refuses.
TABLES = (
    "certificates_ledgerentry",
    "certificates_ledgershare",
    "certificates_certificate",
    "certificates_revocation",
    "certificates_disclosure",
)
MESSAGE = "is append-only: write a new row that puts it right"


def statements_to_create(vendor):
    """Return the SQL that makes the triggers on this kind of database."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_refuse_{act} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} {MESSAGE}'); END"
            for table in TABLES
            for act in ("update", "delete")
        ]
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION certificates_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '% {MESSAGE}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
            "END $$",
            *(
                f"CREATE TRIGGER {table}_refuse_{act} BEFORE {act.upper()} ON {table} "
                f"FOR EACH {'STATEMENT' if act == 'truncate' else 'ROW'} EXECUTE FUNCTION certificates_refuse()"
                for table in TABLES
                for act in ("update", "delete", "truncate")
            ),
        ]
    raise NotImplementedError(f"No triggers are written for {vendor}.")


def statements_to_drop(vendor):
    """Return the SQL that takes the triggers away: for going back, and for tests that empty the database."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_refuse_{act}" for table in TABLES for act in ("update", "delete")]
    if vendor == "postgresql":
        return [
            *(
                f"DROP TRIGGER IF EXISTS {table}_refuse_{act} ON {table}"
                for table in TABLES
                for act in ("update", "delete", "truncate")
            ),
            "DROP FUNCTION IF EXISTS certificates_refuse()",
        ]
    raise NotImplementedError(f"No triggers are written for {vendor}.")


def create(apps, schema_editor):
    for statement in statements_to_create(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)  # a % in it is no placeholder


def drop(apps, schema_editor):
    for statement in statements_to_drop(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)  # a % in it is no placeholder


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
