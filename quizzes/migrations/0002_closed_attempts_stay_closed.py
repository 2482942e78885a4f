"""Triggers: an attempt only moves forward, its answers change only while it is open, and versions never change.

The services keep to this by themselves; the triggers are for the view, the shell or the script that forgets.
There is no exception for grading: it writes the points of the responses first and closes the attempt last, in one
transaction, so that every write meets an open attempt.

PostgreSQL also refuses to delete answers of a closed attempt, and takes a share lock on the attempt, so that a late
answer waits for the submission and is then refused. SQLite has one writer at a time and needs no lock; it cannot tell
a deletion from the flush that ends a transactional test (PostgreSQL flushes by TRUNCATE, which these triggers let
pass), so deletions are guarded by the protecting foreign keys alone there.

SQLite refuses to rebuild a table that a trigger of another table names: a later migration that alters
`quizzes_attempt` or `quizzes_attemptitem` runs `drop_triggers` before and `create_triggers` after.
"""

from django.db import migrations

FROZEN_ALWAYS = ["quiz_id", "number", "seed", "max_points", "pass_mark_percent", "started_at"]
FROZEN_ONCE_GRADED = ["points", "is_passed", "submitted_at"]


def _changed(columns, is_distinct):
    return " OR ".join(f"NEW.{column} {is_distinct} OLD.{column}" for column in columns)


def _moves_back(is_distinct):
    return f"""
        OLD.state = 'voided'
        OR {_changed(FROZEN_ALWAYS, is_distinct)}
        OR OLD.state = 'graded' AND (NEW.state = 'open' OR {_changed(FROZEN_ONCE_GRADED, is_distinct)})
    """


def sqlite_triggers():
    state = """
        (SELECT attempt.state FROM quizzes_attempt attempt
         JOIN quizzes_attemptitem item ON item.attempt_id = attempt.id
         WHERE item.id = {row}.attempt_item_id)
    """
    yield f"""
        CREATE TRIGGER attempt_moves_forward BEFORE UPDATE ON quizzes_attempt WHEN {_moves_back("IS NOT")}
        BEGIN SELECT RAISE(ABORT, 'attempt_moves_forward'); END
    """
    yield f"""
        CREATE TRIGGER response_insert_while_open BEFORE INSERT ON quizzes_response
        WHEN {state.format(row="NEW")} IS NOT 'open'
        BEGIN SELECT RAISE(ABORT, 'response_while_open'); END
    """
    yield f"""
        CREATE TRIGGER response_update_while_open BEFORE UPDATE ON quizzes_response
        WHEN {state.format(row="NEW")} IS NOT 'open' OR {state.format(row="OLD")} IS NOT 'open'
        BEGIN SELECT RAISE(ABORT, 'response_while_open'); END
    """
    for table in ("itemversion", "attemptitem"):
        yield f"""
            CREATE TRIGGER {table}_never_changes BEFORE UPDATE ON quizzes_{table}
            BEGIN SELECT RAISE(ABORT, '{table}_never_changes'); END
        """


def postgresql_triggers():
    yield f"""
        CREATE FUNCTION quizzes_attempt_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {_moves_back("IS DISTINCT FROM")} THEN
                RAISE EXCEPTION 'attempt_moves_forward' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """
    yield """
        CREATE TRIGGER attempt_moves_forward BEFORE UPDATE ON quizzes_attempt
        FOR EACH ROW EXECUTE FUNCTION quizzes_attempt_moves_forward()
    """
    yield """
        CREATE FUNCTION quizzes_response_while_open() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            touched bigint[] := CASE TG_OP
                WHEN 'INSERT' THEN ARRAY[NEW.attempt_item_id]
                WHEN 'DELETE' THEN ARRAY[OLD.attempt_item_id]
                ELSE ARRAY[NEW.attempt_item_id, OLD.attempt_item_id]
            END;
        BEGIN
            PERFORM 1 FROM quizzes_attempt WHERE id IN
                (SELECT attempt_id FROM quizzes_attemptitem WHERE id = ANY(touched)) FOR SHARE;
            IF EXISTS (
                SELECT 1 FROM quizzes_attempt attempt JOIN quizzes_attemptitem item ON item.attempt_id = attempt.id
                WHERE item.id = ANY(touched) AND attempt.state <> 'open'
            ) THEN
                RAISE EXCEPTION 'response_while_open' USING ERRCODE = 'check_violation';
            END IF;
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END $$
    """
    yield """
        CREATE TRIGGER response_while_open BEFORE INSERT OR UPDATE OR DELETE ON quizzes_response
        FOR EACH ROW EXECUTE FUNCTION quizzes_response_while_open()
    """
    yield """
        CREATE FUNCTION quizzes_row_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%_never_changes', TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END $$
    """
    for table in ("itemversion", "attemptitem"):
        yield f"""
            CREATE TRIGGER {table}_never_changes BEFORE UPDATE ON quizzes_{table}
            FOR EACH ROW EXECUTE FUNCTION quizzes_row_never_changes()
        """


def create_triggers(apps, schema_editor):
    statements = {"sqlite": sqlite_triggers, "postgresql": postgresql_triggers}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for function in ("attempt_moves_forward", "response_while_open", "row_never_changes"):
            schema_editor.execute(f"DROP FUNCTION quizzes_{function}() CASCADE")
        return
    for trigger in (
        "attempt_moves_forward",
        "response_insert_while_open",
        "response_update_while_open",
        "itemversion_never_changes",
        "attemptitem_never_changes",
    ):
        schema_editor.execute(f"DROP TRIGGER {trigger}")


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0001_initial")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
