"""Set up the demonstration site where it is not yet, print the sample sign-ins, and serve it. What `make run` calls.

One process for all of it: importing Django and Wagtail is the slow part of a second start.
"""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from starter.demo import is_loaded, load_demo, sign_ins


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("address", nargs="?", default="8000")

    def handle(self, *args, address: str, **options) -> None:
        call_command("migrate", verbosity=0)
        if not is_loaded():
            self.stdout.write("Loading the demonstration site (about a minute, once) ...")
            load_demo()
        self.stdout.write(sign_ins())
        call_command("runserver", address, use_reloader=False)
