"""What a certificate states is copied here, on the day of issue: one function a kind, each returning a row not yet
written. Nothing of it is read from a page, a profile or a template again.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from certificates import pdf
from certificates.designs import Design, filled, from_content
from certificates.errors import NotEligible
from certificates.fonts import normalise_name, validate_printable_name
from certificates.models import (
    Certificate,
    CertificateTemplate,
    Issuer,
    Kind,
    LedgerEntry,
    LetterRequest,
    Program,
    Signatory,
    TemplateVersion,
)
from certificates.pdf.words import WORDS, spoken, written
from certificates.services.ledger import day_of
from certificates.validity import last_day
from courses.models import CourseCompletion, CoursePage
from curriculum.fields import Translated
from curriculum.models import ProviderApproval
from people.models import User

SCHEMA = 1  # of Certificate.details
LANGUAGES = tuple(WORDS)


def version_in_use(issuer: Issuer, kind: str) -> TemplateVersion | None:
    """Return the newest version of the template that this issuer uses for this kind, or None: the house's look."""
    return (
        TemplateVersion.objects.filter(
            template__in=CertificateTemplate.objects.filter(issuer=issuer, kind=kind, is_in_use=True)
        )
        .order_by("-number")
        .first()
    )


def _begun(person: User, kind: str, *, language: str, completed_on: date, now: datetime) -> tuple[Certificate, Issuer]:
    """Return a row with what all kinds state: to whom, by whom, in which look. Raises NotEligible."""
    if person.erased_at is not None:
        raise NotEligible(_("The data of this person were erased, so nothing is issued any more."))
    name = normalise_name(person.printed_name)
    if not name:
        raise NotEligible(_("Your certificate waits for your name. Add it in your profile, as it must be printed."))
    try:
        validate_printable_name(name)
    except ValidationError as error:
        raise NotEligible(" ".join(error.messages)) from error
    issuer = Issuer.objects.filter(is_default=True).first()
    if issuer is None:
        raise NotEligible(_("No provider issues certificates on this site yet. Ask the people who run it."))
    version = version_in_use(issuer, kind)
    certificate = Certificate(
        recipient=person,
        kind=kind,
        language=language if language in LANGUAGES else settings.LANGUAGE_CODE,
        recipient_name=name,
        completed_on=completed_on,
        issued_at=now,
        issuer_name=issuer.printed_name,
        issuer_address=issuer.address,
        issuer_number=issuer.provider_number,
        approvals=approvals_of(issuer, completed_on),
        template_version=pdf.TEMPLATE_VERSION,
        template=version,
        template_sha256=version.content_sha256 if version else "",
        paper=issuer.paper,
        details={"schema": SCHEMA},
    )
    return certificate, issuer


def approvals_of(issuer: Issuer, day: date) -> list[dict[str, str]]:
    """Return who had approved the provider on that day, by the register."""
    return [
        {"authority": approval.authority.name, "number": approval.number, "status": approval.status}
        for approval in ProviderApproval.objects.live()
        .exclude(published_at=None)
        .filter(
            Q(last_on=None) | Q(last_on__gte=day),
            provider=issuer.printed_name,
            activity="",
            first_on__lte=day,
            status__in=[ProviderApproval.Status.FULL, ProviderApproval.Status.WARNING],
        )
        .select_related("authority")
        .order_by("authority__name")
    ]


def _ended(certificate: Certificate, issuer: Issuer, *, signatory: Signatory | None = None) -> Certificate:
    """Add who signs, and the texts of the template with their fields put in."""
    design = from_content(certificate.template.content) if certificate.template else Design()
    current = list(issuer.signatories.filter(is_current=True).order_by("pk"))
    chosen = [each for each in current if each.pk in design.signatories] or current[:1]
    if signatory is not None:
        chosen = [signatory]
    if chosen:
        certificate.signatory_name, certificate.signatory_title = chosen[0].printed_name, chosen[0].title
    if len(chosen) > 1:
        certificate.details["signatories"] = [{"name": each.printed_name, "title": dict(each.title)} for each in chosen]
    if certificate.template:
        certificate.paper = design.paper or certificate.paper
        if "location" in design.shows and design.location:
            certificate.details["location"] = dict(design.location)
        if "instructor" in design.shows and design.instructor:
            certificate.details["instructor"] = design.instructor
        for key in ("statement", "closing"):
            if texts := getattr(design, key):
                # The name stays a field here: a name that is erased must be in one place only.
                certificate.details[key] = {
                    language: filled(text, field_values(certificate, language) | {"recipient_name": "{recipient_name}"})
                    for language, text in texts.items()
                }
    return certificate


def field_values(certificate: Certificate, language: str) -> dict[str, str]:
    """Return what the named fields of a template mean on this certificate, in the language."""
    addressee = certificate.details.get("addressee", [])
    issued_on = certificate.issued_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    title = Translated(certificate.course_title).in_language(language)

    def day(value: date | None) -> str:
        return written(value, language) if value else ""

    return {
        "recipient_name": certificate.recipient_name,
        "title": title,
        "course_title": title,
        "hours": spoken(certificate.contact_minutes, language),
        "minutes": str(certificate.contact_minutes),
        "completed_on": day(certificate.completed_on),
        "since": day(certificate.since),
        "until": day(certificate.until),
        "issued_on": day(issued_on),
        "expires_on": day(certificate.expires_on),
        "provider": certificate.issuer_name,
        "addressee": addressee[0] if addressee else "",
    }


# --- Minutes ------------------------------------------------------------------------------------------------------


def _competencies(rows: Iterable[tuple[Any, int]]) -> list[dict[str, Any]]:
    """Return (competency, minutes) summed, as it is stored; in the order of the framework."""
    totals: dict[Any, int] = {}
    for competency, minutes in rows:
        totals[competency] = totals.get(competency, 0) + minutes
    ordered = sorted(totals, key=lambda each: (each.framework.code, each.sort_order, each.code))
    return [
        {
            "framework": competency.framework.code,
            "framework_name": dict(competency.framework.name),
            "code": competency.code,
            "name": dict(competency.name),
            "minutes": totals[competency],
        }
        for competency in ordered
        if totals[competency]
    ]


def _one_way(deliveries: Iterable[str]) -> str:
    ways = set(deliveries)
    return ways.pop() if len(ways) == 1 else "mixed"


def _activity(title: Mapping[str, str], **facts: Any) -> dict[str, Any]:
    return {"title": dict(title), **facts}


# --- One function a kind ------------------------------------------------------------------------------------------


def course_facts(completion: CourseCompletion, *, now: datetime) -> Certificate:
    """Return the certificate of a completion, not yet written. Raises NotEligible."""
    learner = completion.learner
    completed_on = day_of(completion.completed_at, learner)
    certificate, issuer = _begun(learner, Kind.COURSE, language=completion.language, completed_on=completed_on, now=now)
    certificate.completion = completion
    certificate.course_title = completion.course_title
    certificate.course_revision = completion.course_revision
    certificate.contact_minutes = completion.contact_minutes
    certificate.competency_minutes = _competencies(
        (share.competency, share.minutes) for share in completion.shares.select_related("competency__framework")
    )
    certificate.delivery = completion.delivery
    certificate.expires_on = last_day(completed_on, issuer.months_good)
    if certificate.template and "objectives" in from_content(certificate.template.content).shows:
        pages = CoursePage.objects.filter(translation_key=completion.course_key).select_related("locale")
        objectives = {
            page.locale.language_code: [line.strip() for line in page.objectives.splitlines() if line.strip()]
            for page in pages
        }
        certificate.details["objectives"] = {language: lines for language, lines in objectives.items() if lines}
    return _ended(certificate, issuer)


def program_facts(program: Program, completions: list[CourseCompletion], *, now: datetime) -> Certificate:
    """Return the certificate of a program from the finished courses that it is made of. Raises NotEligible."""
    last = max(completions, key=lambda each: each.completed_at)
    learner = last.learner
    completed_on = day_of(last.completed_at, learner)
    certificate, issuer = _begun(learner, Kind.PROGRAM, language=last.language, completed_on=completed_on, now=now)
    certificate.program = program
    certificate.course_title = program.name
    certificate.contact_minutes = sum(each.contact_minutes for each in completions)
    certificate.competency_minutes = _competencies(
        (share.competency, share.minutes)
        for each in completions
        for share in each.shares.select_related("competency__framework")
    )
    certificate.delivery = _one_way(each.delivery for each in completions)
    certificate.expires_on = last_day(completed_on, issuer.months_good)
    certificate.details["activities"] = [
        _activity(
            each.course_title,
            minutes=each.contact_minutes,
            on=day_of(each.completed_at, learner).isoformat(),
            delivery=each.delivery,
            reference=each.course_revision,
            completion=str(each.public_id),
        )
        for each in sorted(completions, key=lambda each: (each.completed_at, each.pk))
    ]
    return _ended(certificate, issuer)


def standing_entries(person: User, *, since: date | None, until: date | None) -> list[LedgerEntry]:
    """Return the entries of the ledger in these days (both included) that were not taken back, oldest first.

    A reversal stands on the day of what it takes back, so leaving out both changes no total.
    """
    entries = LedgerEntry.objects.filter(learner=person, reversal=None).exclude(kind=LedgerEntry.Kind.REVERSAL)
    if since:
        entries = entries.filter(earned_on__gte=since)
    if until:
        entries = entries.filter(earned_on__lte=until)
    return list(entries.prefetch_related("shares__competency__framework").order_by("earned_on", "pk"))


def _from_entries(certificate: Certificate, entries: list[LedgerEntry]) -> None:
    """Raises NotEligible where they add up to nothing."""
    certificate.contact_minutes = sum(entry.minutes for entry in entries)
    if certificate.contact_minutes < 1:
        raise NotEligible(_("There are no hours in these days, so there is nothing to state. Choose other days."))
    certificate.competency_minutes = _competencies(
        (share.competency, share.minutes) for entry in entries for share in entry.shares.all()
    )
    certificate.delivery = _one_way(entry.delivery for entry in entries)
    certificate.details["activities"] = [
        _activity(
            entry.title,
            minutes=entry.minutes,
            on=entry.earned_on.isoformat(),
            delivery=entry.delivery,
            provider=entry.provider_name,
            reference=entry.edition,
            kind=entry.kind,
            entry=str(entry.public_id),
        )
        for entry in entries
    ]


def period_facts(
    person: User, entries: list[LedgerEntry], *, since: date, until: date, language: str, now: datetime
) -> Certificate:
    """Return the statement of these entries, which are all of those days. Raises NotEligible."""
    certificate, issuer = _begun(person, Kind.PERIOD, language=language, completed_on=until, now=now)
    certificate.since, certificate.until = since, until
    certificate.course_title = Translated(
        {
            code: f"{WORDS[code]['from']} {written(since, code)} {WORDS[code]['until']} {written(until, code)}"
            for code in LANGUAGES
        }
    )
    _from_entries(certificate, entries)
    return _ended(certificate, issuer)


def letter_facts(request: LetterRequest, *, signatory: Signatory | None, now: datetime) -> Certificate:
    """Return the letter that answers a request. Raises NotEligible."""
    person = request.learner
    entries = standing_entries(person, since=request.since, until=request.until)
    last = max((entry.earned_on for entry in entries), default=day_of(now, person))
    certificate, issuer = _begun(person, Kind.TRAINING_LETTER, language=request.language, completed_on=last, now=now)
    certificate.request = request
    certificate.since, certificate.until = request.since, request.until
    certificate.course_title = Translated({code: WORDS[code]["title_training_letter"] for code in LANGUAGES})
    _from_entries(certificate, entries)
    certificate.details["addressee"] = [line.strip() for line in request.addressee.splitlines() if line.strip()]
    if signatory is None:
        signatory = issuer.signatories.filter(is_current=True).order_by("pk").first()
    if signatory is None:
        raise NotEligible(_("A letter needs somebody who signs. Add a signatory to the issuer first."))
    return _ended(certificate, issuer, signatory=signatory)
