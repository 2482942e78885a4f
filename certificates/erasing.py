"""What certificates keeps about a person, for `people.holders`.

The hours ledger stays as it is, under the pseudonym that the person's row becomes. A certificate keeps answering; its
name goes by the rule of its issuer (`services.retention`). The stored files go at once: nobody could fetch them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import ModelLogEntry

from certificates import files, services
from certificates.codes import grouped
from certificates.errors import CertificateError
from certificates.models import (
    Attendance,
    Certificate,
    Disclosure,
    HoursProposal,
    LedgerEntry,
    LedgerShare,
    LetterRequest,
)
from people.holders import Holding, rows
from people.models import User


class CertificatesHolder:
    """Hours, certificates, their files, and who looked."""

    def holdings(self, person: User, today: date) -> Sequence[Holding]:
        found = []
        certificates = list(Certificate.objects.filter(recipient=person))
        if certificates:
            found.append(
                Holding(
                    ngettext(
                        "The file of your certificate. Download it first if you want to keep it",
                        "The files of your %(count)d certificates. Download them first if you want to keep them",
                        len(certificates),
                    )
                    % {"count": len(certificates)}
                )
            )
            found.extend(self._kept(certificates, today))
        if LetterRequest.objects.filter(learner=person).exists():
            found.append(Holding(_("What you wrote when you asked for letters, and to whom they went")))
        if LedgerEntry.objects.filter(learner=person).exists():
            found.append(
                Holding(
                    _("Your hours, line by line, without your name"),
                    stays=True,
                    why=_("A line that was written is never changed. It says what was earned, not by whom."),
                )
            )
        if Disclosure.objects.filter(person=person).exists():
            found.append(
                Holding(
                    _("That a board looked at your hours, without your name"),
                    stays=True,
                    why=_("Boards answer for what they looked at."),
                )
            )
        return found

    def _kept(self, certificates: Sequence[Certificate], today: date) -> Iterator[Holding]:
        rules = services.retention_rules()
        named = [until for each in certificates if (until := services.named_until(each, rules, today)) is not None]
        if named:
            yield Holding(
                ngettext(
                    "Your certificate, with your name, for who checks it",
                    "%(count)d certificates, with your name, for who checks them",
                    len(named),
                )
                % {"count": len(named)},
                stays=True,
                why=_("The provider must be able to confirm it for some years. After that, your name goes too."),
                until=max(named),
            )
        if nameless := len(certificates) - len(named):
            yield Holding(
                ngettext(
                    "Your certificate, without your name, for who checks it",
                    "%(count)d certificates, without your name, for who checks them",
                    nameless,
                )
                % {"count": nameless},
                stays=True,
                why=_("Who has the paper can still see that it was issued, but no longer to whom."),
            )

    def erase(self, person: User, now: datetime) -> None:
        asked = LetterRequest.objects.filter(learner=person)
        asked.filter(decision="").delete()  # nobody is left to write it for
        asked.update(addressee="–", note="")
        own = Certificate.objects.filter(recipient=person)
        self._forget_labels(person, own)
        for certificate in services.names_to_erase(now=now, recipient=person):
            services.erase_name(certificate, now=now)

    def _forget_labels(self, person: User, own) -> None:
        labels = Q(pk__in=[])
        for found in (
            own,
            LedgerEntry.objects.filter(learner=person),
            HoursProposal.objects.filter(learner=person),
            Attendance.objects.filter(learner=person),
        ):
            kind, keys = ContentType.objects.get_for_model(found.model), found.values_list("pk", flat=True)
            labels |= Q(content_type=kind, object_id__in=[str(pk) for pk in keys])
        ModelLogEntry.objects.filter(labels).update(label=_("erased person"))

    def clean(self, person: User) -> None:
        for public_id in Certificate.objects.filter(recipient=person).values_list("public_id", flat=True):
            files.delete_pdf(public_id)

    def export(self, person: User) -> tuple[dict[str, Any], Iterable[tuple[str, bytes]]]:
        entries = LedgerEntry.objects.filter(learner=person).order_by("earned_on", "pk")
        certificates = Certificate.objects.filter(recipient=person).order_by("pk")
        return {
            "hours": rows(
                entries,
                "public_id", "kind", "minutes", "earned_on", "recorded_at", "title", "provider_name", "delivery",
                "component", "activity_key", "edition", "evidence", "reason",
            ),
            "hours_by_competency": rows(
                LedgerShare.objects.filter(entry__learner=person).order_by("entry__earned_on", "pk"),
                "entry__public_id", "competency__framework__code", "competency__code", "minutes",
            ),
            "hours_proposed": rows(
                HoursProposal.objects.filter(learner=person).order_by("pk"),
                "public_id", "minutes", "earned_on", "reason", "evidence", "decision", "decision_reason", "decided_at",
            ),
            "certificates": rows(
                certificates,
                "public_id", "code", "recipient_name", "course_title", "course_revision", "contact_minutes",
                "competency_minutes", "delivery", "completed_on", "issued_at", "expires_on", "issuer_name",
                "issuer_address", "issuer_number", "language", "pdf_sha256", "revocation__reason",
                "revocation__revoked_at",
            ),
            "letters_asked_for": rows(
                LetterRequest.objects.filter(learner=person).order_by("pk"),
                "addressee", "note", "language", "since", "until", "requested_at", "decision", "decision_reason",
                "decided_at",
            ),
            "sessions_attended": rows(
                Attendance.objects.filter(learner=person).order_by("held_on", "pk"),
                "title", "course_key", "held_on", "minutes", "entered_at", "reason",
            ),
            "who_looked_at_my_hours": rows(
                Disclosure.objects.filter(person=person).order_by("pk"), "organization__name", "what", "looked_at"
            ),
        }, self._files(certificates)  # fmt: skip

    def _files(self, certificates) -> Iterator[tuple[str, bytes]]:
        for certificate in certificates:
            try:
                content = services.pdf_of(certificate)
            except CertificateError:
                continue  # its facts are in the data; the operator is told of lost files by the sweep
            yield f"certificates/{grouped(certificate.code)}.pdf", content
