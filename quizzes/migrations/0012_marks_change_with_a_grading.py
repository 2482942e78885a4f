"""Triggers: marks of a graded attempt change only together with a new grading that says the same.

The order in which the services write, and the only one that passes: the grading (its number follows the attempt's),
the marks of the responses, the attempt with the number of that grading. What was true before stays true (0002): an
attempt moves forward only (open, submitted, graded, voided), what it asked never changes, answers change while it is
open. New: an answer that was returned to the learner may change while its attempt waits for a person.

A marker never marks her own answer; gradings, markings, files and regrade decisions are written once.

SQLite refuses to rebuild a table that a trigger of another table names: a later migration that alters one of these
tables runs `drop_triggers` before and `create_triggers` after.
"""

from django.db import migrations, models

FROZEN_ALWAYS = [
    "learner_id", "quiz_id", "number", "seed", "pass_mark_percent", "time_limit_minutes", "started_at",
    "reopened_from_id",
]  # fmt: skip
SETTLED = ["marks", "max_marks", "is_passed"]
NEVER_CHANGE = ("itemversion", "attemptitem", "grading", "marking", "answerfile")
REGRADE_FROZEN = ["quiz_id", "item_id", "action", "version_id", "may_lower", "reason", "actor_id", "at"]
RETURN_FROZEN = ["task_id", "returned_by_id", "returned_at", "reason", "earlier_value", "earlier_revision"]


def _changed(columns, is_distinct):
    return " OR ".join(f"NEW.{column} {is_distinct} OLD.{column}" for column in columns)


def _same_but(columns, is_distinct):
    return f"NOT ({_changed(columns, is_distinct)})"


def moves_back(is_distinct):
    return f"""
        OLD.state = 'voided'
        OR {_changed(FROZEN_ALWAYS, is_distinct)}
        OR OLD.state IN ('submitted', 'graded') AND NEW.state = 'open'
        OR OLD.state = 'graded' AND NEW.state = 'submitted'
        OR OLD.state <> 'open' AND NEW.submitted_at {is_distinct} OLD.submitted_at
        OR NEW.grading_number <> OLD.grading_number AND (
            NEW.grading_number <> OLD.grading_number + 1 OR NEW.state <> 'graded' OR NOT EXISTS (
                SELECT 1 FROM quizzes_grading grading
                WHERE grading.attempt_id = NEW.id AND grading.number = NEW.grading_number
                AND grading.marks = NEW.marks AND grading.max_marks = NEW.max_marks
                AND grading.is_passed = NEW.is_passed
            )
        )
        OR NEW.grading_number = OLD.grading_number AND ({_changed(SETTLED, is_distinct)})
    """


def response_refused(is_distinct, state, attempt_number, is_same_value):
    return f"""
        {state} <> 'open' AND (
            NEW.attempt_item_id {is_distinct} OLD.attempt_item_id
            OR NOT ({is_same_value} AND {_same_but(["revision", "saved_at"], is_distinct)}) AND NOT (
                {state} = 'submitted' AND EXISTS (
                    SELECT 1 FROM quizzes_answerreturn returned
                    JOIN quizzes_markingtask task ON task.id = returned.task_id
                    WHERE task.attempt_item_id = OLD.attempt_item_id AND returned.closed_at IS NULL
                )
            )
            OR NEW.marks {is_distinct} OLD.marks AND NOT EXISTS (
                SELECT 1 FROM quizzes_grading grading
                JOIN quizzes_attemptitem item ON item.attempt_id = grading.attempt_id
                WHERE item.id = OLD.attempt_item_id AND grading.number = {attempt_number} + 1
            )
        )
    """


FOLLOWS = """NOT EXISTS (
        SELECT 1 FROM quizzes_attempt attempt
        WHERE attempt.id = NEW.attempt_id AND attempt.state <> 'voided' AND attempt.grading_number + 1 = NEW.number
    )"""
OWN_ANSWER = """EXISTS (
        SELECT 1 FROM quizzes_markingtask task
        JOIN quizzes_attemptitem item ON item.id = task.attempt_item_id
        JOIN quizzes_attempt attempt ON attempt.id = item.attempt_id
        WHERE task.id = NEW.task_id AND attempt.learner_id = NEW.marker_id
    )"""


def _of_attempt(column, row):
    return f"""(SELECT attempt.{column} FROM quizzes_attempt attempt
         JOIN quizzes_attemptitem item ON item.attempt_id = attempt.id WHERE item.id = {row}.attempt_item_id)"""


def sqlite_triggers():
    def trigger(name, event, condition, message=""):
        return f"""
            CREATE TRIGGER {name} BEFORE {event} WHEN {condition}
            BEGIN SELECT RAISE(ABORT, '{message or name}'); END
        """

    yield trigger("attempt_moves_forward", "UPDATE ON quizzes_attempt", moves_back("IS NOT"))
    yield trigger(
        "response_insert_while_open",
        "INSERT ON quizzes_response",
        f"{_of_attempt('state', 'NEW')} IS NOT 'open'",
        "response_while_open",
    )
    refused = response_refused(
        "IS NOT", _of_attempt("state", "OLD"), _of_attempt("grading_number", "OLD"), "NEW.value IS OLD.value"
    )
    yield trigger(
        "response_update_while_open",
        "UPDATE ON quizzes_response",
        f"{_of_attempt('state', 'NEW')} <> 'open' AND NEW.attempt_item_id IS NOT OLD.attempt_item_id OR {refused}",
        "response_while_open",
    )
    for table in NEVER_CHANGE:
        yield trigger(f"{table}_never_changes", f"UPDATE ON quizzes_{table}", "1")
    yield trigger("grading_follows", "INSERT ON quizzes_grading", FOLLOWS)
    yield trigger("marking_not_by_the_learner", "INSERT ON quizzes_marking", OWN_ANSWER)
    yield trigger("markingtask_once_done_stays", "UPDATE ON quizzes_markingtask", "OLD.state = 'done'")
    yield trigger(
        "regrade_never_changes",
        "UPDATE ON quizzes_regrade",
        f"OLD.undone_at IS NOT NULL OR {_changed(REGRADE_FROZEN, 'IS NOT')}",
    )
    yield trigger(
        "answerreturn_never_changes",
        "UPDATE ON quizzes_answerreturn",
        f"OLD.closed_at IS NOT NULL OR {_changed(RETURN_FROZEN, 'IS NOT')}",
    )


def postgresql_triggers():
    def function(name, body, declare=""):
        return f"""
            CREATE FUNCTION quizzes_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
            {declare}
            BEGIN
                {body}
            END $$
        """

    def refusing(name, condition):
        return function(
            name,
            f"""IF {condition} THEN
                    RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;""",
        )

    def trigger(name, event, table, calls=""):
        return f"""
            CREATE TRIGGER {name} BEFORE {event} ON quizzes_{table}
            FOR EACH ROW EXECUTE FUNCTION quizzes_{calls or name}()
        """

    yield refusing("attempt_moves_forward", moves_back("IS DISTINCT FROM"))
    yield trigger("attempt_moves_forward", "UPDATE", "attempt")
    refused = response_refused(
        "IS DISTINCT FROM", "attempt_state", "attempt_number", "NEW.value::text IS NOT DISTINCT FROM OLD.value::text"
    )
    yield function(
        "response_while_open",
        f"""PERFORM 1 FROM quizzes_attempt WHERE id IN
                (SELECT attempt_id FROM quizzes_attemptitem WHERE id = ANY(touched)) FOR SHARE;
            IF TG_OP = 'UPDATE' THEN
                SELECT attempt.state, attempt.grading_number INTO attempt_state, attempt_number
                FROM quizzes_attempt attempt JOIN quizzes_attemptitem item ON item.attempt_id = attempt.id
                WHERE item.id = OLD.attempt_item_id;
                is_refused := {refused};
            END IF;
            IF is_refused OR (
                TG_OP <> 'UPDATE' OR NEW.attempt_item_id <> OLD.attempt_item_id
            ) AND EXISTS (
                SELECT 1 FROM quizzes_attempt attempt JOIN quizzes_attemptitem item ON item.attempt_id = attempt.id
                WHERE item.id = ANY(touched) AND attempt.state <> 'open'
            ) THEN
                RAISE EXCEPTION 'response_while_open' USING ERRCODE = 'check_violation';
            END IF;
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;""",
        """DECLARE
            touched bigint[] := CASE TG_OP
                WHEN 'INSERT' THEN ARRAY[NEW.attempt_item_id]
                WHEN 'DELETE' THEN ARRAY[OLD.attempt_item_id]
                ELSE ARRAY[NEW.attempt_item_id, OLD.attempt_item_id]
            END;
            attempt_state text;
            attempt_number integer;
            is_refused boolean := false;""",
    )
    yield trigger("response_while_open", "INSERT OR UPDATE OR DELETE", "response")
    yield function(
        "row_never_changes",
        "RAISE EXCEPTION '%_never_changes', substr(TG_TABLE_NAME, 9) USING ERRCODE = 'check_violation';",
    )
    for table in NEVER_CHANGE:
        event = "UPDATE" if table in {"itemversion", "attemptitem"} else "UPDATE OR DELETE"
        yield trigger(f"{table}_never_changes", event, table, "row_never_changes")
    yield refusing("grading_follows", FOLLOWS)
    yield trigger("grading_follows", "INSERT", "grading")
    yield refusing("marking_not_by_the_learner", OWN_ANSWER)
    yield trigger("marking_not_by_the_learner", "INSERT", "marking")
    yield refusing("markingtask_once_done_stays", "OLD.state = 'done'")
    yield trigger("markingtask_once_done_stays", "UPDATE", "markingtask")
    yield refusing(
        "regrade_never_changes", f"OLD.undone_at IS NOT NULL OR {_changed(REGRADE_FROZEN, 'IS DISTINCT FROM')}"
    )
    yield trigger("regrade_never_changes", "UPDATE", "regrade")
    yield refusing(
        "answerreturn_never_changes", f"OLD.closed_at IS NOT NULL OR {_changed(RETURN_FROZEN, 'IS DISTINCT FROM')}"
    )
    yield trigger("answerreturn_never_changes", "UPDATE", "answerreturn")


FUNCTIONS = (
    "attempt_moves_forward", "response_while_open", "row_never_changes", "grading_follows",
    "marking_not_by_the_learner", "markingtask_once_done_stays", "regrade_never_changes", "answerreturn_never_changes",
)  # fmt: skip
TRIGGERS = (
    "attempt_moves_forward", "response_insert_while_open", "response_update_while_open", "grading_follows",
    "marking_not_by_the_learner", "markingtask_once_done_stays", "regrade_never_changes", "answerreturn_never_changes",
    *(f"{table}_never_changes" for table in NEVER_CHANGE),
)  # fmt: skip


def create_triggers(apps, schema_editor):
    statements = {"sqlite": sqlite_triggers, "postgresql": postgresql_triggers}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for function in FUNCTIONS:
            schema_editor.execute(f"DROP FUNCTION quizzes_{function}() CASCADE")
        return
    for trigger in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {trigger}")


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0011_first_gradings")]

    operations = [
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grading_number', 0), ('is_passed', None), ('marks', None), ('state', 'open'), ('submitted_at', None)), models.Q(('grading_number', 0), ('is_passed', None), ('marks', None), ('state', 'submitted'), ('submitted_at__isnull', False)), models.Q(('grading_number__gte', 1), ('is_passed__isnull', False), ('marks__isnull', False), ('state', 'graded'), ('submitted_at__isnull', False)), ('state', 'voided'), _connector='OR'), name='attempt_state_and_marks_agree'),
        ),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
