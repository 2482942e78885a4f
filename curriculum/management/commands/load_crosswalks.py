"""Propose the links between frameworks in the files of curriculum/crosswalks. Safe to run again.

What people confirmed or withdrew stays as it is.
"""

from django.core.management.base import BaseCommand, CommandError

from curriculum.crosswalks import load_crosswalks
from curriculum.errors import CurriculumError


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        try:
            count = load_crosswalks()
        except CurriculumError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"links proposed: {count}")
