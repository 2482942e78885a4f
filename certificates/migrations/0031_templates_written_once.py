"""Triggers that refuse to change or delete versions of templates, their pictures, and what was counted for programs.

The migration before altered the table of certificates, which SQLite remakes without its triggers: there, they are made
again.
"""

from importlib import import_module

from django.db import migrations

names = import_module("certificates.migrations.0021_names_may_be_erased")
history = import_module("certificates.migrations.0002_refuse_rewriting_history")

TABLES = ("certificates_templateversion", "certificates_templatelogo", "certificates_programcredit")
# Not the function of 0002: that one goes when its own triggers go.
FUNCTION = "certificates_refuse_again"


def statements_to_create(vendor):
    """Return the SQL that makes the triggers on this kind of database."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_refuse_{act} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} {history.MESSAGE}'); END"
            for table in TABLES
            for act in ("update", "delete")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '% {history.MESSAGE}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$",
        *(
            f"CREATE TRIGGER {table}_refuse_{act} BEFORE {act.upper()} ON {table} "
            f"FOR EACH {'STATEMENT' if act == 'truncate' else 'ROW'} EXECUTE FUNCTION {FUNCTION}()"
            for table in TABLES
            for act in ("update", "delete", "truncate")
        ),
    ]


def statements_to_drop(vendor):
    """Return the SQL that takes the triggers away: for going back, and for tests that empty the database."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_refuse_{act}" for table in TABLES for act in ("update", "delete")]
    return [
        *(
            f"DROP TRIGGER IF EXISTS {table}_refuse_{act} ON {table}"
            for table in TABLES
            for act in ("update", "delete", "truncate")
        ),
        f"DROP FUNCTION IF EXISTS {FUNCTION}()",
    ]


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        history.drop(apps, schema_editor)
        history.create(apps, schema_editor)
    names.let_a_name_be_erased(apps, schema_editor)
    for statement in statements_to_create(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)  # a % in it is no placeholder


def drop(apps, schema_editor):
    for statement in statements_to_drop(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)  # a % in it is no placeholder


class Migration(migrations.Migration):
    dependencies = [("certificates", "0030_templates_and_kinds")]

    operations = [migrations.RunPython(create, drop)]
