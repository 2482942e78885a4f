"""Run the test cases of the packs, or of one folder of your own. Exit status 1 where an answer differs."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from curriculum.errors import CurriculumError
from curriculum.loading import PACKS
from curriculum.packfiles import differences, find_pack, judge, read_cases, version_for


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", nargs="*", type=Path, help="folders of packs; default: those of the project")

    def handle(self, *args, **options) -> None:
        folders = options["folder"] or sorted(path for path in PACKS.iterdir() if path.is_dir())
        wrong = 0
        for folder in folders:
            try:
                packs, cases = find_pack(str(folder)), read_cases(folder)
            except CurriculumError as error:
                self.stderr.write(str(error))
                sys.exit(2)
            for case in cases:
                answer = judge(version_for(packs, case.dossier, case.as_of), case.dossier, as_of=case.as_of)
                for difference in differences(answer, case.expect):
                    wrong += 1
                    self.stdout.write(f"{folder.name}, {case.name}: {difference}")
            self.stdout.write(f"{folder.name}: {len(cases)} cases")
        if wrong:
            sys.exit(1)
