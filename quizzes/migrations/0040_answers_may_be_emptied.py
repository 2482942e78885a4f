"""An answer of a closed attempt may be emptied, and in no other way changed: for who has her data erased.

Whatever the triggers on answers refuse, they refuse no more where the value becomes {} and nothing else of the row
changes. Written over what stands when this runs, so it must stay the last migration that makes those triggers; one that
makes them again later calls `let_answers_be_emptied` after.
"""

import re

from django.db import migrations

IS_SAME_REST = ("id", "attempt_item_id", "revision", "saved_at", "marks")


def _emptied(is_same, empty):
    rest = " AND ".join(f"NEW.{name} {is_same} OLD.{name}" for name in IS_SAME_REST)
    return f"NEW.value = {empty} AND {rest}"


def statements(connection):
    """Return the SQL that adds the exception to the triggers as they stand. Twice is as once."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'response_update_while_open'")
            (sql,) = cursor.fetchone()
        emptied = _emptied("IS", "'{}'")
        if emptied in sql:
            return []
        head, condition, body = re.fullmatch(r"(.*?\bWHEN\b)(.*)(\bBEGIN\b.*)", sql, re.DOTALL).groups()
        return ["DROP TRIGGER response_update_while_open", f"{head} NOT ({emptied}) AND ({condition}) {body}"]
    trigger = "FOR EACH ROW {when} EXECUTE FUNCTION quizzes_response_while_open()"
    return [
        "DROP TRIGGER IF EXISTS response_update_while_open ON quizzes_response",
        "DROP TRIGGER response_while_open ON quizzes_response",
        "CREATE TRIGGER response_while_open BEFORE INSERT OR DELETE ON quizzes_response " + trigger.format(when=""),
        "CREATE TRIGGER response_update_while_open BEFORE UPDATE ON quizzes_response "
        + trigger.format(when=f"WHEN (NOT ({_emptied('IS NOT DISTINCT FROM', chr(39) + '{}' + chr(39) + '::jsonb')}))"),
    ]


def let_answers_be_emptied(apps, schema_editor):
    for statement in statements(schema_editor.connection):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0007_when_the_key_is_told")]

    operations = [migrations.RunPython(let_answers_be_emptied, migrations.RunPython.noop)]
