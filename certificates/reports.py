"""Reads for screens and files: a person's transcript, a board's list. Writes nothing."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.codes import grouped
from certificates.data import (
    Activity,
    Answer,
    CertificateFacts,
    CheckedLine,
    CompetencyMinutes,
    CompetencyTotal,
    Transcript,
    TranscriptLine,
    TranscriptShare,
    VerificationResult,
)
from certificates.designs import filled
from certificates.models import Certificate, Kind, LedgerEntry, LedgerShare
from curriculum.fields import Translated
from people.models import Consent, Organization, User
from people.spreadsheets import safe_cell


def transcript_of(person: User, *, since: date | None = None, until: date | None = None) -> Transcript:
    """Return the person's account, oldest first, with the days from `since` to `until` (both included)."""
    entries = LedgerEntry.objects.filter(learner=person).order_by("earned_on", "id")
    if since:
        entries = entries.filter(earned_on__gte=since)
    if until:
        entries = entries.filter(earned_on__lte=until)
    shares = LedgerShare.objects.select_related("competency__framework").order_by(
        "competency__framework__code", "competency__sort_order", "competency__code"
    )
    by_entry: dict[int, list[LedgerShare]] = {}
    entries_read = list(entries)
    for share in shares.filter(entry__in=[entry.pk for entry in entries_read]):
        by_entry.setdefault(share.entry_id, []).append(share)
    lines = []
    totals: dict[str, dict[str, Any]] = {}
    for entry in entries_read:
        own = by_entry.get(entry.pk, [])
        line = TranscriptLine(
            public_id=str(entry.public_id),
            kind=entry.kind,
            kind_name=entry.get_kind_display(),
            earned_on=entry.earned_on,
            recorded_at=entry.recorded_at,
            title=entry.title,
            provider_name=entry.provider_name,
            delivery=entry.delivery,
            delivery_name=entry.get_delivery_display(),
            minutes=entry.minutes,
            reason=entry.reason,
            shares=tuple(
                TranscriptShare(
                    share.competency.framework.code, share.competency.code, share.competency.name, share.minutes
                )
                for share in own
            ),
        )
        lines.append(line)
        for share in own:
            framework = share.competency.framework
            group = totals.setdefault(framework.code, {"name": framework.name, "competencies": {}})
            group["competencies"].setdefault(share.competency, []).append((line, share.minutes))
    return Transcript(
        name=person.get_full_name(),
        since=since,
        until=until,
        lines=tuple(lines),
        total_minutes=sum(line.minutes for line in lines),
        frameworks=tuple(
            (
                code,
                group["name"],
                tuple(
                    CompetencyTotal(
                        framework=code,
                        framework_name=group["name"],
                        code=competency.code,
                        name=competency.name,
                        minutes=sum(minutes for _line, minutes in pairs),
                        lines=tuple(pairs),
                    )
                    for competency, pairs in sorted(
                        group["competencies"].items(), key=lambda item: (item[0].sort_order, item[0].code)
                    )
                ),
            )
            for code, group in sorted(totals.items())
        ),
    )


def for_screen(transcript: Transcript) -> list[dict[str, Any]]:
    """Return the totals by framework as the templates draw them."""
    return [
        {
            "name": str(Translated(name)) or code,
            # One more than the largest: a bar here compares, nothing is "full", and the meter must not say so.
            "full_bar": max((total.minutes for total in totals), default=0) + 1,
            "totals": [
                {"label": f"{total.code} {Translated(total.name)}", "minutes": total.minutes, "lines": total.lines}
                for total in totals
            ],
        }
        for code, name, totals in transcript.frameworks
    ]


def people_of_board(
    board: Organization, *, query: str = "", order: str = "name", now: datetime | None = None
) -> QuerySet[User]:
    """Return those whose consent to this board is in force, with their total as `total_minutes`."""
    consent = Consent.objects.current(now).filter(person=OuterRef("pk"), organization=board)
    total = (
        LedgerEntry.objects.filter(learner=OuterRef("pk"))
        .order_by()
        .values("learner")
        .annotate(total=Sum("minutes"))
        .values("total")
    )
    people = User.objects.filter(Exists(consent), is_active=True).annotate(
        total_minutes=Coalesce(Subquery(total, output_field=IntegerField()), Value(0)),
        sort_name=Lower("printed_name"),
    )
    for word in query.split():
        people = people.filter(Q(printed_name__icontains=word) | Q(email__icontains=word))
    return people.order_by(*{"hours": ("-total_minutes", "sort_name", "pk")}.get(order, ("sort_name", "pk")))


def facts_of(certificate: Certificate) -> CertificateFacts:
    """Return all that a certificate states, from its own row alone."""
    return CertificateFacts(
        recipient_name=certificate.recipient_name,
        course_title=certificate.course_title,
        course_revision=certificate.course_revision,
        contact_minutes=certificate.contact_minutes,
        competencies=tuple(
            CompetencyMinutes(
                framework=row["framework"],
                framework_name=Translated(row["framework_name"]),
                code=row["code"],
                name=Translated(row["name"]),
                minutes=row["minutes"],
            )
            for row in certificate.competency_minutes
        ),
        delivery=certificate.delivery,
        delivery_name=certificate.get_delivery_display(),
        completed_on=certificate.completed_on,
        issued_on=certificate.issued_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date(),
        expires_on=certificate.expires_on,
        issuer_name=certificate.issuer_name,
        issuer_address=certificate.issuer_address,
        issuer_number=certificate.issuer_number,
        signatory_name=certificate.signatory_name,
        signatory_title=certificate.signatory_title,
        language=certificate.language,
        template_version=certificate.template_version,
        code=certificate.code,
        token=certificate.token,
        link=_address_of(certificate.token),
        paper=certificate.paper,
        signed_by=certificate.signed_by,
        approvals=tuple(certificate.approvals),
        kind=certificate.kind,
        kind_name=certificate.get_kind_display(),
        since=certificate.since,
        until=certificate.until,
        **_details_of(certificate.details, certificate.recipient_name),
    )


def _details_of(details: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what a certificate states beside its columns (schema 1; an empty one states nothing more)."""
    return {
        "activities": tuple(
            Activity(
                title=Translated(row["title"]),
                minutes=row["minutes"],
                on=date.fromisoformat(row["on"]),
                delivery=row["delivery"],
                provider=row.get("provider", ""),
                reference=row.get("reference", ""),
                kind=row.get("kind", "credit"),
            )
            for row in details.get("activities", ())
        ),
        "objectives": {code: tuple(lines) for code, lines in details.get("objectives", {}).items()},
        "location": Translated(details.get("location", {})),
        "instructor": details.get("instructor", ""),
        "signatories": tuple((each["name"], Translated(each["title"])) for each in details.get("signatories", ())),
        "addressee": tuple(details.get("addressee", ())),
        **{
            key: Translated(
                {code: filled(text, {"recipient_name": name}) for code, text in details.get(key, {}).items()}
            )
            for key in ("statement", "closing")
        },
    }


def as_csv(rows: Iterable[Iterable[Any]]) -> str:
    """Return the rows as CSV, all cells quoted, with the mark by which spreadsheets see that it is UTF-8."""
    output = StringIO()
    writer = csv.writer(output, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return "\ufeff" + output.getvalue()


def transcript_rows(transcript: Transcript) -> list[list[Any]]:
    """Return a transcript as the rows of a table: the lines with their shares, then the totals."""
    rows: list[list[Any]] = [
        [
            _("Date"), _("Kind"), _("Activity"), _("Provider"), _("Way of learning"), _("Minutes"), _("Competency"),
            _("Minutes for the competency"), _("Reason"), _("Entry"),
        ]
    ]  # fmt: skip
    for line in transcript.lines:
        start = [
            line.earned_on.isoformat(), line.kind_name, line.title, line.provider_name, line.delivery_name,
            line.minutes,
        ]  # fmt: skip
        end = [line.reason, line.public_id]
        rows.append([*start, "", "", *end])
        # The minutes of the entry stand on its own row only, so that a column adds up to the ledger.
        rows.extend([*start[:5], "", f"{share.framework} {share.code}", share.minutes, *end] for share in line.shares)
    rows.append([])
    rows.append([_("Total"), "", "", "", "", transcript.total_minutes])
    for framework, _name, totals in transcript.frameworks:
        rows.extend(
            [_("Total"), "", total.name, "", "", "", f"{framework} {total.code}", total.minutes] for total in totals
        )
    return rows


def answer_in_words(result: VerificationResult) -> str:
    """Return the answer as a word or two."""
    return {
        Answer.STANDS: _("Stands"),
        Answer.REVOKED: _("Taken back"),
        Answer.EXPIRED: _("Expired"),
        Answer.SUPERSEDED: _("Replaced by a newer one"),
        Answer.TAMPERED: _("Changed since issue"),
        Answer.UNKNOWN: _("Not one of ours"),
        Answer.MISTYPED: _("Looks mistyped"),
    }[result.answer]


def heading_of(kind: str) -> str:
    """Return what a paper of this kind is called on the screen."""
    return {
        Kind.COURSE: _("Certificate of completion"),
        Kind.PROGRAM: _("Certificate of program completion"),
        Kind.PERIOD: _("Statement of contact hours"),
        Kind.TRAINING_LETTER: _("Verification of training"),
    }[Kind(kind)]


def certificate_rows(certificates: Iterable[tuple[Certificate, VerificationResult]]) -> list[list[Any]]:
    """Return certificates with their state as the rows of a table."""
    rows: list[list[Any]] = [
        [_("Certificate"), _("Course"), _("Completed on"), _("Minutes"), _("State"), _("Since"), _("Reason")]
    ]
    rows.extend(
        [
            grouped(certificate.code), certificate.course_title, certificate.completed_on.isoformat(),
            certificate.contact_minutes, answer_in_words(result), result.since or "", result.reason,
        ]
        for certificate, result in certificates
    )  # fmt: skip
    return rows


def checked_rows(checked: Iterable[CheckedLine]) -> list[list[Any]]:
    """Return the answers to a list as the rows of a table."""
    rows: list[list[Any]] = [
        [
            _("Line"), _("Code"), _("Surname"), _("State"), _("Since"), _("Reason"), _("Name"), _("Course"),
            _("Minutes"), _("Completed on"), _("Good until"), _("Provider"), _("Newer certificate"),
        ]
    ]  # fmt: skip
    for line in checked:
        result, facts = line.result, line.result.facts
        row: list[Any] = [
            line.number, line.code, line.surname, answer_in_words(result), result.since or "", result.reason,
        ]  # fmt: skip
        if facts:
            row += [
                facts.recipient_name or _("erased person"), facts.course_title, facts.contact_minutes,
                facts.completed_on.isoformat(),
                facts.expires_on or "", facts.issuer_name, _address_of(result.newer_token),
            ]  # fmt: skip
        rows.append(row)
    return rows


def _address_of(token: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("check", args=[token]) if token else ""


def answer_as_data(result: VerificationResult) -> dict[str, Any]:
    """Return an answer for a program: the same facts as on the page, days as YYYY-MM-DD, texts by language."""
    data: dict[str, Any] = {"answer": result.answer.value}
    if result.problem:
        data["problem"] = result.problem
    if result.tampering:
        data["tampering"] = result.tampering
    if result.underlying:
        return data | {"certificate_as_issued": answer_as_data(result.underlying)}
    if result.facts is None:
        return data
    facts = result.facts
    return data | {
        "since": result.since and result.since.isoformat(),
        "reason": result.reason,
        "superseded_by": _address_of(result.newer_token) or None,
        "pdf_sha256": result.pdf_sha256,
        "certificate": {
            "kind": facts.kind,
            "link": facts.link,
            "code": grouped(facts.code),
            "recipient_name": facts.recipient_name or None,
            "is_holder_erased": not facts.recipient_name,
            "course_title": dict(facts.course_title),
            "course_version": facts.course_revision,
            "contact_minutes": facts.contact_minutes,
            "competencies": [
                {
                    "framework": each.framework,
                    "code": each.code,
                    "name": dict(each.name),
                    "minutes": each.minutes,
                }
                for each in facts.competencies
            ],
            "delivery": facts.delivery,
            "since": facts.since and facts.since.isoformat(),
            "until": facts.until and facts.until.isoformat(),
            "activities": [
                {
                    "title": dict(each.title),
                    "minutes": each.minutes,
                    "on": each.on.isoformat(),
                    "delivery": each.delivery,
                    "provider": each.provider,
                    "version": each.reference,
                }
                for each in facts.activities
            ],
            "addressee": list(facts.addressee),
            "objectives": {code: list(lines) for code, lines in (facts.objectives or {}).items()},
            "location": dict(facts.location or {}),
            "instructor": facts.instructor,
            "statement": dict(facts.statement or {}),
            "completed_on": facts.completed_on.isoformat(),
            "issued_on": facts.issued_on.isoformat(),
            "expires_on": facts.expires_on and facts.expires_on.isoformat(),
            "provider": {
                "name": facts.issuer_name,
                "address": facts.issuer_address,
                "number": facts.issuer_number,
                "approvals": [dict(approval) for approval in facts.approvals],
            },
            "signatory": {"name": facts.signatory_name, "title": dict(facts.signatory_title)},
            "signatories": [{"name": name, "title": dict(title)} for name, title in facts.signers],
            "signed_by": facts.signed_by,
            "language": facts.language,
            "is_state_certification": False,
        },
    }
