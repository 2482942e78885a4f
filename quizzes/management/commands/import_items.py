"""Bring items from a file into a bank: GIFT, Moodle XML, QTI 2 and 3, or a table (CSV, XLSX).

A second time changes nothing. Every item of the file is imported or refused with a reason.
Exit status: 0 when the file could be read, 2 when it could
not: nothing is written then.
"""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from quizzes.errors import ItemFileError
from quizzes.formats.shapes import MAX_BYTES, place_name
from quizzes.formats.texts import without_control
from quizzes.importing import FORMATS, ImportReport, import_items


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--bank", required=True, help="code or name of the bank; it is made where there is none")
        parser.add_argument("--language", default="en", help="the language of texts that the file does not mark")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    def handle(self, *args, file: Path, format: str, bank: str, language: str, dry_run: bool, **options) -> None:
        # Bytes of a command line that are no text arrive as halves of characters.
        bank = " ".join(without_control(bank).split())
        if not bank:
            raise CommandError(_("The bank needs a name."), returncode=2)
        try:
            # One byte more than is allowed is enough to be refused.
            with file.open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
        try:
            report = import_items(content, format=format, bank=bank, language=language, dry_run=dry_run)
        except ItemFileError as error:
            if options["json"]:
                fault = {"line": error.line, "reason": str(error)}
                nothing = {"read": 0, "imported": 0, "changed": [], "refused": []}
                self.stdout.write(json.dumps({**nothing, "error": fault}, ensure_ascii=False, indent=2))
            raise CommandError(f"{file.name}, {place_name(error.line)}: {error}", returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self._tell(report)

    def _tell(self, report: ImportReport) -> None:
        for note in report.notes:
            self.stderr.write(_("Note: %(line)s") % {"line": note})
        for line in report.lines:
            said = f": {' '.join(line.what)}" if line.what else ""
            self.stdout.write(f"{line.action}: {line.id}{said}")
        self.stdout.write(
            _("Read: %(read)d. Imported: %(imported)d. Refused: %(refused)d.")
            % {"read": len(report.lines), "imported": len(report.imported), "refused": len(report.refused)}
        )
        if report.is_dry_run:
            self.stdout.write(_("Nothing was written."))
