"""Judge a file of evidence by a pack of rules, without a database: see docs/requirement-evidence.md.

Exit status: 0 answered, 2 refused (a line for each fault).
"""

import json
import sys
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import translation

from curriculum.dossiers import read_dossier
from curriculum.errors import CurriculumError
from curriculum.loading import competencies_of
from curriculum.packfiles import as_json, find_pack, judge, report_of, version_for


class Command(BaseCommand):
    help = __doc__
    # Nothing here needs a database, a site or a session.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--pack", required=True, metavar="CODE_OR_FOLDER")
        parser.add_argument("--as-of", required=True, metavar="DATE", help="the day asked about, such as 2026-07-31")
        parser.add_argument("--evidence", required=True, metavar="FILE", help="a JSON file; - for standard input")
        parser.add_argument("--json", action="store_true", help="answer in JSON")
        parser.add_argument("--language", default="en", choices=["en", "es"])

    def handle(self, *args, **options) -> None:
        with translation.override(options["language"]):
            try:
                self._answer(options)
            except CurriculumError as error:
                self.stderr.write(str(error))
                sys.exit(2)

    def _answer(self, options) -> None:
        as_of = self._day(options["as_of"])
        packs = find_pack(options["pack"])
        dossier = read_dossier(self._content(options["evidence"]), as_of=as_of, competencies=competencies_of(packs[-1]))
        pack = version_for(packs, dossier, as_of)
        evaluation = judge(pack, dossier, as_of=as_of)
        report = report_of(pack, evaluation, dossier)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(pack, evaluation, report), indent=2, ensure_ascii=False))
            return
        self.stdout.write(f"{report.name or pack.code}\n{report.headline}\n")
        for rule in report.rules:
            indent = "  " * (rule.depth + (0 if rule.is_chosen else 1))
            self.stdout.write(f"{indent}[{rule.word}] {rule.text or rule.code}")
            self.stdout.write(f"{indent}    {rule.sentence}")
            for record in (*rule.left_out, *rule.to_confirm):
                self.stdout.write(f"{indent}    - {record.evidence_id}: {record.minutes} min. {record.reason}")
        for step in report.steps:
            self.stdout.write(f"+ {step}")
        if report.notice:
            self.stdout.write(f"\n{report.notice}")

    @staticmethod
    def _day(value: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise CurriculumError(f"--as-of: {value} is not a day such as 2026-07-31.") from None

    @staticmethod
    def _content(file: str) -> bytes:
        if file == "-":
            return sys.stdin.buffer.read()
        try:
            return Path(file).read_bytes()
        except OSError as error:
            raise CurriculumError(f"--evidence: {file} cannot be read: {error.strerror}.") from error
