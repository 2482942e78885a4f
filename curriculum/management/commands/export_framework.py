"""Write a framework as CASE 1.1 or as CSV, to standard output or a file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from curriculum.errors import CurriculumError
from curriculum.exporting import FORMATS, export_framework


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("code")
        parser.add_argument("--format", choices=FORMATS, default="case")
        parser.add_argument("--output", type=Path, help="a file instead of standard output")

    def handle(self, *args, code: str, format: str, output: Path | None, **options) -> None:
        try:
            content = export_framework(code, format=format)
        except CurriculumError as error:
            raise CommandError(str(error), returncode=2) from error
        if output:
            try:
                output.write_bytes(content)
            except OSError as error:
                raise CommandError(f"{output}: {error.strerror}", returncode=2) from error
        else:
            self.stdout.write(content.decode(), ending="")
