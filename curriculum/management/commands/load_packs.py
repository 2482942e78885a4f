"""Bring the stored packs up to date with the files of curriculum/packs. Safe to run again."""

from django.core.management.base import BaseCommand, CommandError

from curriculum.errors import CurriculumError
from curriculum.services import load_packs


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        try:
            loaded = load_packs()
        except CurriculumError as error:
            raise CommandError(str(error)) from error
        for row in loaded:
            self.stdout.write(row.code)
