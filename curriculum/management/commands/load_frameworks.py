"""Bring the stored frameworks up to date with the files of curriculum/frameworks. Safe to run again."""

from django.core.management.base import BaseCommand, CommandError

from curriculum.errors import CurriculumError
from curriculum.services import load_frameworks


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        try:
            loaded = load_frameworks()
        except CurriculumError as error:
            raise CommandError(str(error)) from error
        for row in loaded:
            self.stdout.write(row.code)
