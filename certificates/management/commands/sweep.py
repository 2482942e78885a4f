"""Find facts without their consequence, and call the services that should have been called."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certificates import services
from certificates.errors import FileLost
from certificates.files import delete_pdf, delete_stray
from courses.services import sweep_attempt_results, sweep_course_completions
from people.services import Outcome, deliver, due_mails, finish_erasure, unfinished_erasures

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Credit, reverse, issue, store again and mail what was missed. Safe to run at any time, as often as you like. "
        "Ends with status 1 where something failed or a file is lost."
    )

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="answer one line of JSON")

    def handle(self, *args, **options):
        self.counts: Counter[str] = Counter()
        self.lost: list[str] = []
        # Lower facts first: each rings the bells that the later lines then find answered.
        self.each([None], lambda _all: sweep_attempt_results(), "attempts", many=True)
        self.each([None], lambda _all: sweep_course_completions(), "completions", many=True)
        self.each(_ids(services.completions_without_credit()), services.credit_completion, "credited")
        self.each(_ids(services.reversed_but_credited()), services.reverse_credit, "reversed")
        self.each(_ids(services.completions_without_certificate()), self.issue, "issued")
        self.each([None], lambda _all: len(services.issue_programs()), "issued", many=True)
        self.each(list(services.certificates_without_file()), self.restore, "restored")
        self.each(services.stray_files(), self.forget_stray, "strays")
        self.each(services.names_to_erase(), lambda found: services.erase_name(found) or None, "names_erased")
        self.each(list(services.files_of_the_erased()), self.forget_file, "files_erased")
        erased = list(unfinished_erasures().values_list("person", flat=True))
        self.each(erased, finish_erasure, "erasures_finished")
        self.each(list(due_mails().values_list("pk", flat=True)), self.mail, "mailed")
        names = (
            "attempts", "completions", "credited", "reversed", "issued", "waiting", "restored", "strays",
            "names_erased", "files_erased", "erasures_finished", "mailed", "failed",
        )  # fmt: skip
        found: dict[str, Any] = {name: self.counts[name] for name in names} | {"lost": self.lost}
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(", ".join(f"{name} {found[name]}" for name in names))
            for public_id in self.lost:
                self.stdout.write(f"lost: {public_id}. Bring its file back from a backup.")
        if self.lost or self.counts["failed"]:
            raise CommandError("Not all could be done: see above, and the log.", returncode=1)

    def each(self, things: Iterable[Any], act: Callable[[Any], Any], done: str, *, many: bool = False) -> None:
        """Do `act` for each; count it as `done` where it says that it did something, or how many (`many`)."""
        for thing in things:
            try:
                result = act(thing)
            except Exception:
                logger.exception("The sweep could not do this: %s %s", done, thing)
                self.counts["failed"] += 1
            else:
                self.counts[done] += result if many else result is not None

    def issue(self, completion_id: int) -> Any:
        """Issue, or count as waiting (for a name, for an issuer)."""
        certificate = services.issue_if_ready(completion_id)
        self.counts["waiting"] += certificate is None
        return certificate

    def mail(self, mail_id: int) -> Any:
        """Send one, or count it as failed; the outbox says why, and when it is tried again."""
        outcome = deliver(mail_id)
        self.counts["failed"] += outcome in (Outcome.FAILED, Outcome.GIVEN_UP)
        return True if outcome is Outcome.SENT else None

    def forget_stray(self, name: str) -> bool:
        """Take away a file that no certificate owns."""
        delete_stray(name)
        return True

    def forget_file(self, certificate: Any) -> bool:
        """Take away a file that was still being written when its holder went."""
        delete_pdf(certificate.public_id)
        return True

    def restore(self, certificate: Any) -> Any:
        """Make a file again, or call it lost."""
        try:
            return services.restore_pdf(certificate)
        except FileLost:
            self.lost.append(str(certificate.public_id))
            return None


def _ids(completions):
    return list(completions.values_list("pk", flat=True))
