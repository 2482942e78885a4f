"""Fill the site with the starter courses and with people in every role, some with history. Safe to run again."""

from django.core.management.base import BaseCommand

from starter.demo import load_demo, sign_ins


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        load_demo()
        self.stdout.write(sign_ins())
