"""What the role that serves the site may do on PostgreSQL: the second lock, behind the triggers.

What a trigger refuses by its name, the role gets no right to: tables are read from the triggers that stand, so one that
a later migration protects is covered without being named here. Pure SQL text; it is run by whoever owns the tables.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

# The one UPDATE that a trigger on certificates lets through (decision 0020), column by column.
MAY_UPDATE = {"certificates_certificate": ("recipient_name", "name_erased_at")}
PROTECTED = """
    SELECT relation.relname, array_agg(trigger.tgname::text)
    FROM pg_trigger trigger JOIN pg_class relation ON relation.oid = trigger.tgrelid
    WHERE NOT trigger.tgisinternal AND relation.relnamespace = current_schema()::regnamespace
        AND (trigger.tgname LIKE '%\\_refuse\\_update' OR trigger.tgname LIKE '%\\_refuse\\_delete')
    GROUP BY relation.relname ORDER BY relation.relname
"""


def protected_tables(cursor: CursorWrapper) -> dict[str, set[str]]:
    """Return what the triggers refuse, as {table: {"UPDATE", "DELETE"}}."""
    cursor.execute(PROTECTED)
    return {table: {name.rsplit("_", 1)[1].upper() for name in names} for table, names in cursor.fetchall()}


def statements(connection: BaseDatabaseWrapper, role: str) -> list[str]:
    """Return the SQL after which `role` can serve the site and rewrite nothing.

    It may read and write rows, run no TRUNCATE, make or alter no table, disable no trigger; from append-only tables it
    can only read, and add to them. Raises LookupError where no table is protected: then migrations have not run here.
    """
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        protected = protected_tables(cursor)
        cursor.execute("SELECT current_schema(), current_database()")
        schema, database = (connection.ops.quote_name(each) for each in cursor.fetchone())
    if not protected:
        raise LookupError("No table is append-only here: run migrate first.")
    lines = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name};",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {name};",
        f"GRANT CONNECT ON DATABASE {database} TO {name};",
        f"GRANT USAGE ON SCHEMA {schema} TO {name};",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {name};",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name};",
    ]
    for table, acts in protected.items():
        quoted = connection.ops.quote_name(table)
        lines.append(f"REVOKE {', '.join(sorted(acts))} ON {quoted} FROM {name};")
        if columns := MAY_UPDATE.get(table):
            lines.append(f"GRANT UPDATE ({', '.join(columns)}) ON {quoted} TO {name};")
    # Migrations are the owner's: the site reads which of them ran.
    lines.append(f'REVOKE INSERT, UPDATE, DELETE ON "django_migrations" FROM {name};')
    return lines
