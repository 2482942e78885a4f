"""Read provider approvals from a CSV file: as drafts, or published by a named person."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curriculum.approval_imports import ApprovalImport, import_approvals
from people.models import User


class Command(BaseCommand):
    help = "Read provider approvals from a CSV file. With a fault nothing is written, and the exit status is 2."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Check the file and write nothing.")
        parser.add_argument("--json", action="store_true", help="Answer in JSON.")
        parser.add_argument(
            "--publish-as",
            metavar="EMAIL",
            help="Publish at once, in this person's name. Without it the approvals are drafts.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}", returncode=2) from error
        actor = _person(options["publish_as"]) if options["publish_as"] else None
        answer = import_approvals(
            content, actor=actor, is_dry_run=options["dry_run"], publish_them=bool(options["publish_as"])
        )
        if options["json"]:
            self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))
        else:
            self._say(answer, str(options["file"]))
        if answer.faults:
            sys.exit(2)

    def _say(self, answer: ApprovalImport, name: str) -> None:
        for fault in answer.faults:
            column = f", {fault.column}" if fault.column else ""
            self.stderr.write(f"{name}, line {fault.line}{column}: {fault.message}")
        if answer.faults:
            self.stderr.write("Nothing was written.")
            return
        verb = "would be added" if answer.is_dry_run else "added and published" if answer.is_published else "added"
        self.stdout.write(f"{len(answer.added)} {verb}, {answer.unchanged} were here already.")


def _person(email: str) -> User:
    person = User.objects.filter(email=email.lower()).first()
    if person is None or not person.has_perm("curriculum.change_providerapproval"):
        raise CommandError(f"{email} is nobody who may publish approvals.", returncode=2)
    return person
