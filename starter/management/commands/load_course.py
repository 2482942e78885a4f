"""Load a course bundle (a folder) into the site, in every language. Exit status 2 when the bundle has faults."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from starter.bundles import BundleError, read_bundle
from starter.errors import StarterError
from starter.loading import load_course


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--update", action="store_true", help="overwrite what reads differently on the site")
        parser.add_argument("--dry-run", action="store_true", help="only read and check the bundle")

    def handle(self, *args, folder: Path, update: bool, dry_run: bool, **options) -> None:
        try:
            bundle = read_bundle(folder)
        except BundleError as error:
            for fault in error.faults:
                self.stderr.write(fault)
            raise CommandError(
                _("Nothing was loaded: %(count)d faults.") % {"count": len(error.faults)}, returncode=2
            ) from error
        if dry_run:
            self.stdout.write(_("The bundle is in order. Nothing was loaded."))
            return
        try:
            report = load_course(bundle, update=update)
        except StarterError as error:
            raise CommandError(str(error), returncode=2) from error
        for name in report.left_alone:
            self.stdout.write(_("Reads differently on the site, left alone: %(name)s") % {"name": name})
        self.stdout.write(", ".join(f"{what}: {count}" for what, count in sorted(report.counts.items())))
