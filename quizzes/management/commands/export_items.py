"""Write the items of a bank as a file. What the format has no place for is told item by item.

Exit status: 0 when the file was written, 2 when it was not.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from quizzes.errors import QuizError
from quizzes.item_exports import FORMATS, export_items, find_bank


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--bank", required=True, help="code or name of the bank")
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument("--language", default="en", help="the language to write where the format has only one")

    def handle(self, *args, bank: str, format: str, output: Path, language: str, **options) -> None:
        found = find_bank(bank)
        if found is None:
            raise CommandError(_("There is no item bank %(name)s.") % {"name": bank}, returncode=2)
        try:
            written = export_items(found, format=format, language=language)
            output.write_bytes(written.content)
        except QuizError as error:
            raise CommandError(str(error), returncode=2) from error
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}", returncode=2) from error
        for code, sentence in (*written.changed, *written.refused):
            self.stderr.write(f"{code}: {sentence}")
