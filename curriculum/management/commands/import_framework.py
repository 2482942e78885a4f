"""Bring one framework up to date with a file (CASE or CSV). A second time changes nothing.

Competencies that are gone from the file are archived, never deleted. Exit status 2 when the file has faults: nothing is
written then.
"""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from curriculum.errors import FrameworkFileError
from curriculum.exporting import FORMATS
from curriculum.formats.shapes import MAX_BYTES
from curriculum.importing import ImportReport, import_framework


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=FORMATS, default="", help="else it is seen from the file")
        parser.add_argument("--code", default="", help="the code of the framework on this site")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    def handle(self, *args, file: Path, format: str, code: str, dry_run: bool, **options) -> None:
        try:
            # One byte more than is allowed is enough to be refused.
            with file.open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
        try:
            report = import_framework(content, file_name=file.name, format=format, code=code, dry_run=dry_run)
        except FrameworkFileError as error:
            if options["json"]:
                refused = [{"where": fault.where, "reason": fault.reason} for fault in error.faults]
                self.stdout.write(json.dumps({"status": "refused", "refused": refused}, ensure_ascii=False, indent=2))
            else:
                for fault in error.faults:
                    self.stderr.write(str(fault))
            raise CommandError(
                _("Nothing was loaded. Faults: %(count)d.") % {"count": len(error.faults)}, returncode=2
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(report), ensure_ascii=False, indent=2))
        else:
            self._tell(report)

    def _tell(self, report: ImportReport) -> None:
        for warning in report.warnings:
            self.stderr.write(_("Note: %(line)s") % {"line": warning})
        for line in report.lines:
            fields = f" ({', '.join(line.fields)})" if line.fields else ""
            self.stdout.write(f"{line.action}: {line.code} {line.name}{fields}")
        if report.links_proposed:
            self.stdout.write(_("Links proposed: %(count)d") % {"count": report.links_proposed})
        if report.is_unchanged:
            self.stdout.write(_("%(code)s is up to date: nothing changed.") % {"code": report.code})
        elif report.is_dry_run:
            self.stdout.write(_("Nothing was written."))


def as_json(report: ImportReport) -> dict[str, object]:
    """The report for other programs."""
    framework = next((line for line in report.lines if line.is_framework), None)
    return {
        "status": "unchanged" if report.is_unchanged else "planned" if report.is_dry_run else "loaded",
        "framework": {
            "code": report.code,
            "name": report.name,
            "action": framework.action if framework else "unchanged",
        },
        "created": report.codes("created"),
        "changed": [
            {"code": line.code, "fields": list(line.fields)}
            for line in report.lines
            if line.action == "changed" and not line.is_framework
        ],
        "archived": report.codes("archived"),
        "restored": report.codes("restored"),
        "unchanged": report.unchanged,
        "links_proposed": report.links_proposed,
        "refused": [],
        "warnings": [{"where": fault.where, "reason": fault.reason} for fault in report.warnings],
    }
