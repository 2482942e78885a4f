"""Every item stands in a section; the triggers come back, and new ones keep what is replaced and what was checked.

`response_keeps_what_is_replaced` writes the event of an earlier answer in the statement that replaces it; `response_says_no_other` lets how sure the learner was change with a newer answer
only. On
PostgreSQL deletions of events and checks are refused, too; see 0002 for why not on SQLite. A later migration that
alters a table named here drops the triggers before and creates them again after: `drop_triggers`, `create_triggers`.
"""

from importlib import import_module

import django.db.models.deletion
import modelcluster.fields
from django.db import migrations

before = import_module("quizzes.migrations.0012_marks_change_with_a_grading")

CONDITIONS = ("pass_rule", "behaviour", "is_sequential")
KEPT = "attempt_item_id, revision, operation_id, value, certainty, saved_at, replaced_at"
REPLACED = "OLD.attempt_item_id, OLD.revision, OLD.operation_id, OLD.value, OLD.certainty, OLD.saved_at, NEW.saved_at"


def _changed(is_distinct):
    return " OR ".join(f"NEW.{column} {is_distinct} OLD.{column}" for column in CONDITIONS)


def sqlite_triggers():
    yield f"""
        CREATE TRIGGER attempt_keeps_its_conditions BEFORE UPDATE ON quizzes_attempt
        WHEN {_changed("IS NOT")} OR NEW.reached < OLD.reached OR NEW.break_seconds < OLD.break_seconds
        BEGIN SELECT RAISE(ABORT, 'attempt_keeps_its_conditions'); END
    """
    yield """
        CREATE TRIGGER response_says_no_other BEFORE UPDATE ON quizzes_response
        WHEN NEW.revision = OLD.revision
        AND (NEW.certainty IS NOT OLD.certainty OR NEW.operation_id IS NOT OLD.operation_id)
        BEGIN SELECT RAISE(ABORT, 'response_says_no_other'); END
    """
    yield f"""
        CREATE TRIGGER response_keeps_what_is_replaced AFTER UPDATE ON quizzes_response
        WHEN NEW.revision > OLD.revision
        BEGIN INSERT INTO quizzes_responseevent ({KEPT}) VALUES ({REPLACED}); END
    """
    for table in ("responseevent", "responsecheck", "honestystatement"):
        yield f"""
            CREATE TRIGGER {table}_never_changes BEFORE UPDATE ON quizzes_{table} WHEN 1
            BEGIN SELECT RAISE(ABORT, '{table}_never_changes'); END
        """


def postgresql_triggers():
    yield f"""
        CREATE FUNCTION quizzes_attempt_keeps_its_conditions() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {_changed("IS DISTINCT FROM")} OR NEW.reached < OLD.reached OR NEW.break_seconds < OLD.break_seconds THEN
                RAISE EXCEPTION 'attempt_keeps_its_conditions' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """
    yield """
        CREATE TRIGGER attempt_keeps_its_conditions BEFORE UPDATE ON quizzes_attempt
        FOR EACH ROW EXECUTE FUNCTION quizzes_attempt_keeps_its_conditions()
    """
    yield """
        CREATE FUNCTION quizzes_response_says_no_other() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'response_says_no_other' USING ERRCODE = 'check_violation';
        END $$
    """
    yield """
        CREATE TRIGGER response_says_no_other BEFORE UPDATE ON quizzes_response
        FOR EACH ROW WHEN (NEW.revision = OLD.revision AND (
            NEW.certainty IS DISTINCT FROM OLD.certainty OR NEW.operation_id IS DISTINCT FROM OLD.operation_id
        ))
        EXECUTE FUNCTION quizzes_response_says_no_other()
    """
    yield f"""
        CREATE FUNCTION quizzes_response_keeps_what_is_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO quizzes_responseevent ({KEPT}) VALUES ({REPLACED});
            RETURN NULL;
        END $$
    """
    yield """
        CREATE TRIGGER response_keeps_what_is_replaced AFTER UPDATE ON quizzes_response
        FOR EACH ROW WHEN (NEW.revision > OLD.revision)
        EXECUTE FUNCTION quizzes_response_keeps_what_is_replaced()
    """
    for table in ("responseevent", "responsecheck", "honestystatement"):
        yield f"""
            CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON quizzes_{table}
            FOR EACH ROW EXECUTE FUNCTION quizzes_row_never_changes()
        """


def create_triggers(apps, schema_editor):
    """Those of 0012, and those of this migration."""
    before.create_triggers(apps, schema_editor)
    statements = {"sqlite": sqlite_triggers, "postgresql": postgresql_triggers}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for function in ("attempt_keeps_its_conditions", "response_says_no_other", "response_keeps_what_is_replaced"):
            schema_editor.execute(f"DROP FUNCTION quizzes_{function}() CASCADE")
    else:
        for trigger in (
            "attempt_keeps_its_conditions",
            "response_says_no_other",
            "response_keeps_what_is_replaced",
            "responseevent_never_changes",
            "responsecheck_never_changes",
            "honestystatement_never_changes",
        ):
            schema_editor.execute(f"DROP TRIGGER {trigger}")
    before.drop_triggers(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0021_items_stand_in_sections")]

    operations = [
        migrations.AlterField(
            model_name="quizitem",
            name="section",
            field=modelcluster.fields.ParentalKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="quizzes.quizsection"
            ),
        ),
        migrations.RemoveConstraint(model_name="quiz", name="quiz_draws_an_item"),
        migrations.RemoveField(model_name="quiz", name="draw_count"),
        migrations.RemoveField(model_name="quiz", name="shuffle_items"),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
