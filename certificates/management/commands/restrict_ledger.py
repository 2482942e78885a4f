"""Take from the role that serves the site the right to rewrite what is append-only (PostgreSQL)."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from certificates.privileges import statements


class Command(BaseCommand):
    help = (
        "Print the SQL that lets a PostgreSQL role serve the site and leaves it no UPDATE, DELETE or TRUNCATE on the "
        "ledger, certificates, revocations and disclosures; with --apply, run it. Run it as the owner of the tables, "
        "after every migrate."
    )

    def add_arguments(self, parser):
        parser.add_argument("--role", required=True, help="the role in the site's DATABASE_URL; not the owner")
        parser.add_argument("--apply", action="store_true", help="run it, and do not only print it")

    def handle(self, *args, **options):
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles. On SQLite the triggers stand alone.")
        role = options["role"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper, rolname = current_user FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM pg_tables t JOIN pg_roles r ON pg_has_role(r.oid, t.tableowner, 'USAGE') "
                "WHERE t.schemaname = current_schema() AND r.rolname = %s",
                [role],
            )
            owned = cursor.fetchone()[0]
        if found is None:
            raise CommandError(f"There is no role {role}. Make it first: CREATE ROLE {role} LOGIN;")
        if any(found) or owned:
            raise CommandError(
                f"{role} is a superuser, owns tables, or is who asks now: no privilege binds such a role. "
                "Let the owner run this, and give it another role for the site."
            )
        try:
            lines = statements(connection, role)
        except LookupError as error:
            raise CommandError(str(error)) from error
        if not options["apply"]:
            self.stdout.write("\n".join(lines))
            return
        with transaction.atomic(), connection.cursor() as cursor:
            for line in lines:
                cursor.execute(line)
        self.stdout.write(f"{role} can add to the ledger and rewrite nothing of it.")
