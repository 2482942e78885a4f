"""What learners said in their own words may be emptied, and in no other way changed: for who has her data erased.

An answer of a closed attempt may become {}, what it said before (returned, replaced or checked) too, and the name of a sent file may
become empty; with every other column of the row as it was. Written over the triggers as they stand when this runs, so
it must stay the last migration that makes them; one that makes them again later calls `let_answers_be_emptied` after.
"""

import re

from django.db import migrations

# Table: its column, what it becomes, its trigger on SQLite, on PostgreSQL, the other events of that, its function.
ERASABLE = (
    (
        "quizzes_response", "value", "{}", "response_update_while_open", "response_while_open", "INSERT OR DELETE",
        "quizzes_response_while_open",
    ),
    (
        "quizzes_answerreturn", "earlier_value", "{}", "answerreturn_never_changes", "answerreturn_never_changes", "",
        "quizzes_answerreturn_never_changes",
    ),
    (
        "quizzes_answerfile", "name", "", "answerfile_never_changes", "answerfile_never_changes", "DELETE",
        "quizzes_row_never_changes",
    ),
    *(
        (
            f"quizzes_{table}", "value", "{}", f"{table}_never_changes", f"{table}_never_changes", "DELETE",
            "quizzes_row_never_changes",
        )
        for table in ("responseevent", "responsecheck")
    ),
)


def _is_erasure(connection, table, column, empty):
    is_same, cast = ("IS", "") if connection.vendor == "sqlite" else ("IS NOT DISTINCT FROM", "::jsonb" if empty else "")
    with connection.cursor() as cursor:
        columns = [each.name for each in connection.introspection.get_table_description(cursor, table)]
    rest = " AND ".join(f"NEW.{name} {is_same} OLD.{name}" for name in columns if name != column)
    return f"NEW.{column} = '{empty}'{cast} AND {rest}"


def statements(connection):
    """Yield the SQL that adds the exceptions to the triggers as they stand. Twice is as once."""
    for table, column, empty, trigger, on_postgresql, others, function in ERASABLE:
        erasure = _is_erasure(connection, table, column, empty)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [trigger])
                (sql,) = cursor.fetchone()
            if erasure in sql:
                continue
            head, condition, body = re.fullmatch(r"(.*?\bWHEN\b)(.*)(\bBEGIN\b.*)", sql, re.DOTALL).groups()
            yield f"DROP TRIGGER {trigger}"
            yield f"{head} NOT ({erasure}) AND ({condition}) {body}"
            continue
        yield f"DROP TRIGGER IF EXISTS {on_postgresql}_but_erased ON {table}"
        yield f"DROP TRIGGER IF EXISTS {on_postgresql} ON {table}"
        if others:
            yield (
                f"CREATE TRIGGER {on_postgresql} BEFORE {others} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
            )
        yield (
            f"CREATE TRIGGER {on_postgresql}_but_erased BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (NOT ({erasure})) EXECUTE FUNCTION {function}()"
        )


def let_answers_be_emptied(apps, schema_editor):
    for statement in list(statements(schema_editor.connection)):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0031_languages_that_are_missing")]

    operations = [migrations.RunPython(let_answers_be_emptied, migrations.RunPython.noop)]
