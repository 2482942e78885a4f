"""Triggers that refuse what no check constraint can see, because it stands in other rows.

A competency's parent is of its own framework, is no part of it, and has at most 11 above it; a link joins two
frameworks. A future migration that alters one of these tables on SQLite remakes it and loses its triggers: call
`create` again.
"""

from django.db import migrations

COMPETENCY, LINK = "curriculum_competency", "curriculum_competencylink"
LEVELS = 12

_ABOVE = f"{COMPETENCY} a1 " + " ".join(
    f"LEFT JOIN {COMPETENCY} a{step} ON a{step}.id = a{step - 1}.parent_id" for step in range(2, LEVELS + 1)
)
_IS_ABOVE = ", ".join(f"a{step}.id" for step in range(1, LEVELS + 1))

# Trigger: table, columns that may break it, what is refused, and the sentence.
RULES = (
    (
        "curriculum_parent_of_own_framework",
        COMPETENCY,
        "parent_id, framework_id",
        f"""(NEW.parent_id IS NOT NULL AND NEW.framework_id IS DISTINCT FROM
              (SELECT framework_id FROM {COMPETENCY} WHERE id = NEW.parent_id))
            OR EXISTS (SELECT 1 FROM {COMPETENCY} WHERE parent_id = NEW.id AND framework_id <> NEW.framework_id)""",
        "a competency and its parent are of one framework",
    ),
    (
        "curriculum_parents_without_circle",
        COMPETENCY,
        "parent_id",
        f"""NEW.parent_id IS NOT NULL AND EXISTS (SELECT 1 FROM {_ABOVE} WHERE a1.id = NEW.parent_id
              AND (NEW.id IN ({_IS_ABOVE}) OR a{LEVELS}.id IS NOT NULL))""",
        f"a competency is no part of itself, and has at most {LEVELS} levels",
    ),
    (
        "curriculum_linked_frameworks_differ",
        COMPETENCY,
        "framework_id",
        f"""EXISTS (SELECT 1 FROM {LINK} l JOIN {COMPETENCY} c
              ON c.id = CASE WHEN l.origin_id = NEW.id THEN l.destination_id ELSE l.origin_id END
              WHERE (l.origin_id = NEW.id OR l.destination_id = NEW.id) AND c.framework_id = NEW.framework_id)""",
        "a link joins two frameworks",
    ),
    (
        "curriculum_link_of_two_frameworks",
        LINK,
        "origin_id, destination_id",
        f"""(SELECT framework_id FROM {COMPETENCY} WHERE id = NEW.origin_id)
            IS NOT DISTINCT FROM (SELECT framework_id FROM {COMPETENCY} WHERE id = NEW.destination_id)""",
        "a link joins two frameworks",
    ),
)


def statements_to_create(vendor):
    """Return the SQL that makes the triggers on this kind of database."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name}_{act.split()[0].lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}') WHERE {refused}; END"
            for name, table, columns, refused, sentence in RULES
            for act in ("INSERT", f"UPDATE OF {columns}")
        ]
    if vendor == "postgresql":
        return [
            statement
            for name, table, columns, refused, sentence in RULES
            for statement in (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {refused} THEN "
                f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; "
                "END IF; RETURN NEW; END $$",
                f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {columns} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()",
            )
        ]
    raise NotImplementedError(f"No triggers are written for {vendor}.")


def statements_to_drop(vendor):
    """Return the SQL that takes the triggers away."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}_{act}" for name, *_rest in RULES for act in ("insert", "update")]
    if vendor == "postgresql":
        return [
            statement
            for name, table, *_rest in RULES
            for statement in (f"DROP TRIGGER IF EXISTS {name} ON {table}", f"DROP FUNCTION IF EXISTS {name}()")
        ]
    raise NotImplementedError(f"No triggers are written for {vendor}.")


def create(apps, schema_editor):
    for statement in statements_to_create(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in statements_to_drop(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("curriculum", "0007_framework_identifiers_required")]

    operations = [migrations.RunPython(create, drop)]
