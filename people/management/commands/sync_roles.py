"""Write the table of roles to the database: groups and their exact rights."""

from django.core.management.base import BaseCommand

from people.services import sync_roles


class Command(BaseCommand):
    help = "Makes a group for each role with exactly the rights of people/roles.py. Run it after every migrate."

    def handle(self, *args, **options) -> None:
        changed = sync_roles()
        self.stdout.write(f"Roles changed: {', '.join(changed) or 'none'}.")
