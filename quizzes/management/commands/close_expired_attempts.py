"""Send the attempts whose time is over, with what was saved in them. Run it from the scheduler, every minute or so."""

from django.core.management.base import BaseCommand

from quizzes.services import close_expired_attempts


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"{close_expired_attempts()} closed")
