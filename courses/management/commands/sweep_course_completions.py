"""Finds courses that are done and that no completion tells of. Run it from the scheduler."""

from django.core.management.base import BaseCommand

from courses.services import sweep_course_completions


class Command(BaseCommand):
    help = "Complete courses whose lessons are all done, for example after their minutes were mended."

    def handle(self, *args, **options):
        self.stdout.write(f"Completed: {sweep_course_completions()}")
