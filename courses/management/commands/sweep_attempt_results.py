"""Finds graded and voided attempts whose consequence is missing. Run it from the scheduler."""

from django.core.management.base import BaseCommand

from courses.services import sweep_attempt_results


class Command(BaseCommand):
    help = "Record results of quiz attempts that no lesson tells of yet, and take back what voided attempts left."

    def handle(self, *args, **options):
        self.stdout.write(f"Recorded or reversed: {sweep_attempt_results()}")
