"""The only pens of curriculum, and what other apps may ask of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from curriculum import reports
from curriculum.data import RequirementFacts, RequirementSetFacts
from curriculum.errors import InvalidCycle, NoRequirementSet, RulesInForce
from curriculum.evaluation import months_before, next_fixed_day
from curriculum.exporting import branches
from curriculum.loading import (
    FRAMEWORKS,
    PACKS,
    CompetencyEntry,
    CredentialEntry,
    FrameworkFile,
    PackFile,
    read_frameworks,
    read_packs,
)
from curriculum.models import Competency, CompetencyFramework, Credential, Cycle, Requirement, RequirementSet
from people.models import Organization, User
from people.services import ensure_organization

# --- Frameworks and competencies ----------------------------------------------------------------------------------


@transaction.atomic
def load_frameworks(folder: Path = FRAMEWORKS, *, now: datetime | None = None) -> list[CompetencyFramework]:
    """Bring the frameworks up to date with the files of a folder; return those in the files.

    A file that was loaded before and has not changed changes nothing, so that what editors did since stays. A
    competency that is gone from its file is archived. Raises DataFileError before anything is written.
    """
    return [_load_framework(file, now or timezone.now()) for file in read_frameworks(folder)]


def _load_framework(file: FrameworkFile, now: datetime) -> CompetencyFramework:
    framework, created = CompetencyFramework.objects.get_or_create(code=file.code)
    if not created and framework.file_digest == file.digest:
        return framework
    framework.name = file.name
    framework.publisher = file.publisher
    framework.version = file.version
    framework.source_url = file.source_url
    framework.verification = file.verification
    framework.notice = file.notice
    framework.file_digest = file.digest
    framework.save()
    for order, entry in enumerate(file.competencies, start=1):
        Competency.objects.update_or_create(
            framework=framework, code=entry.code, defaults=_competency_values(entry, order)
        )
    gone = Competency.objects.filter(framework=framework, archived_at=None)
    gone.exclude(code__in=[entry.code for entry in file.competencies]).update(archived_at=now, changed_at=now)
    return framework


def _competency_values(entry: CompetencyEntry, order: int) -> dict[str, object]:
    return {
        "name": entry.name,
        "description": entry.description,
        "verification": entry.verification,
        "source_url": entry.source_url,
        "sort_order": order,
        "archived_at": None,
    }


@transaction.atomic
def archive_competency(competency: Competency, *, actor: User, now: datetime | None = None) -> Competency:
    """Take a competency out of use; what cites it stays as it is. Twice is once: the first moment stays."""
    now = now or timezone.now()
    if Competency.objects.filter(pk=competency.pk, archived_at=None).update(archived_at=now, changed_at=now):
        log(competency, "curriculum.archive", user=actor)
    competency.refresh_from_db(fields=["archived_at"])
    return competency


@transaction.atomic
def restore_competency(competency: Competency, *, actor: User) -> Competency:
    """Put an archived competency back in use. Twice is once."""
    if Competency.objects.filter(pk=competency.pk, archived_at__isnull=False).update(
        archived_at=None, changed_at=timezone.now()
    ):
        log(competency, "curriculum.restore", user=actor)
    competency.refresh_from_db(fields=["archived_at"])
    return competency


# --- Requirement sets ---------------------------------------------------------------------------------------------


@transaction.atomic
def load_packs(folder: Path = PACKS, *, today: date | None = None) -> list[RequirementSet]:
    """Bring requirement sets up to date with the files of a folder; return those in the files.

    A file that was loaded before and has not changed changes nothing. Words, sources and marks of rules in force are
    corrected in place; figures and dates are not. Raises DataFileError before anything is written, and RulesInForce,
    with nothing written, where a file changes the figures of rules in force under the same version.
    """
    today = today or timezone.localdate()
    return [_load_pack(file, today) for file in read_packs(folder)]


def _load_pack(file: PackFile, today: date) -> RequirementSet:
    credential = _load_credential(file.credential)
    values = {
        "name": file.name,
        "notice": file.notice,
        "file_digest": file.digest,
        "purpose": file.purpose,
        "effective_from": file.effective_from,
        "effective_to": file.effective_to,
        "minutes_per_hour": file.minutes_per_hour,
        "binding": file.binding,
        "words": file.words,
    }
    requirement_set, created = RequirementSet.objects.get_or_create(
        code=file.code, version=file.version, defaults={"credential": credential, **values}
    )
    if not created:
        if requirement_set.file_digest == file.digest:
            return requirement_set
        # The stored row decides whether the rules are in force, not the file: it could move the day.
        if requirement_set.has_started(today):
            _refuse_changed_figures(requirement_set, credential, file)
        for name, value in {"credential": credential, **values}.items():
            setattr(requirement_set, name, value)
        requirement_set.save()
    for order, facts in enumerate(file.requirements, start=1):
        Requirement.objects.update_or_create(
            requirement_set=requirement_set, code=facts.code, defaults=_requirement_values(facts, order)
        )
    codes = [facts.code for facts in file.requirements]
    Requirement.objects.filter(requirement_set=requirement_set).exclude(code__in=codes).delete()
    return requirement_set


def _load_credential(entry: CredentialEntry | None) -> Credential:
    """Credentials are made from the first file that names them; after that they belong to the editors."""
    assert entry is not None  # noqa: S101 - only a loose pack lacks it, and those are not loaded
    known = Credential.objects.filter(code=entry.code).first()
    if known:
        return known
    board = entry.authority
    authority = ensure_organization(board.name, kind=Organization.Kind.BOARD, website=board.website, code=board.code)
    credential, _created = Credential.objects.get_or_create(
        code=entry.code,
        defaults={
            "name": entry.name,
            "authority": authority,
            "framework": CompetencyFramework.objects.filter(code=entry.framework).first(),
            "cycle_months": entry.cycle_months,
            "fixed_expiry_month": entry.fixed_expiry_month,
            "fixed_expiry_day": entry.fixed_expiry_day,
            "fixed_expiry_years": entry.fixed_expiry_years,
        },
    )
    return credential


def _requirement_values(facts: RequirementFacts, order: int) -> dict[str, object]:
    return {
        "kind": facts.kind,
        "part_of": facts.part_of,
        "parameters": facts.parameters,
        "text": facts.text,
        "source_url": facts.source_url,
        "source_citation": facts.source_citation,
        "verification": facts.verification,
        "waived_from": facts.waived_from,
        "waived_to": facts.waived_to,
        "sort_order": order,
    }


def _figures(requirements: Iterable[RequirementFacts]) -> dict[str, object]:
    return {
        item.code: (item.kind, item.part_of, dict(item.parameters), item.waived_from, item.waived_to)
        for item in requirements
    }


def _refuse_changed_figures(requirement_set: RequirementSet, credential: Credential, file: PackFile) -> None:
    stored = facts_of(requirement_set)
    before = (
        requirement_set.credential_id,
        stored.purpose,
        stored.effective_from,
        stored.effective_to,
        stored.minutes_per_hour,
        requirement_set.binding,
    )
    after = (
        credential.pk,
        file.purpose,
        file.effective_from,
        file.effective_to,
        file.minutes_per_hour,
        file.binding,
    )
    old, new = _figures(stored.requirements), _figures(file.requirements)
    changed = sorted(code for code in old.keys() | new.keys() if old.get(code) != new.get(code))
    if before != after or changed:
        raise RulesInForce(
            _(
                "%(file)s changes rules of %(code)s, version %(version)s, that are in force (%(what)s). "
                "Raise the version."
            )
            % {
                "file": file.file_name,
                "code": file.code,
                "version": file.version,
                "what": ", ".join(changed) or _("dates or length of an hour"),
            }
        )


def requirement_sets_in_force(on: date) -> list[RequirementSet]:
    """Every requirement set in force on a day, one version of each code, with its requirements and credential."""
    found = names_in_force(on)
    prefetch_related_objects(found, "requirements")
    return found


def names_in_force(on: date) -> list[RequirementSet]:
    """The same without requirements: to choose from. One query."""
    found = (
        RequirementSet.objects.filter(effective_from__lte=on)
        .exclude(effective_to__lt=on)
        .select_related("credential__framework")
        .order_by("code", "-version")
    )
    newest: dict[str, RequirementSet] = {}
    for requirement_set in found:
        newest.setdefault(requirement_set.code, requirement_set)
    return list(newest.values())


def bound_versions(sets: Sequence[RequirementSet], days: Mapping[str, date], *, on: date) -> list[RequirementSet]:
    """Of each set in force, the version that binds a person: the highest in force on the day of `days` (by code).

    A set without a day stays as it is, and so does one of which no version was in force on that day. One query, none
    where all days are `on`.
    """
    asked = {code: day for code, day in days.items() if day != on}
    if not asked:
        return list(sets)
    versions = (
        RequirementSet.objects.filter(code__in=asked, effective_from__lte=on)
        .select_related("credential")
        .prefetch_related("requirements")
        .order_by("version")
    )
    bound: dict[str, RequirementSet] = {}
    for item in versions:
        day = asked[item.code]
        if (item.effective_from or day) <= day <= (item.effective_to or day):
            bound[item.code] = item
    return [bound.get(item.code, item) for item in sets]


def requirement_set_in_force(code: str, on: date) -> RequirementSet:
    """The version of a requirement set that is in force on a day. Raises NoRequirementSet."""
    found = (
        RequirementSet.objects.filter(code=code, effective_from__lte=on)
        .exclude(effective_to__lt=on)
        .select_related("credential")
        .order_by("-version")
        .first()
    )
    if found is None:
        raise NoRequirementSet(
            _("No rules with the code %(code)s are in force on %(day)s.")
            % {"code": code, "day": date_format(on, "DATE_FORMAT")}
        )
    return found


def facts_of(requirement_set: RequirementSet) -> RequirementSetFacts:
    """The requirement set as the engine and the reports read it. One query."""
    return RequirementSetFacts(
        code=requirement_set.code,
        version=requirement_set.version,
        purpose=requirement_set.purpose,
        name=requirement_set.name,
        notice=requirement_set.notice,
        words=requirement_set.words,
        minutes_per_hour=requirement_set.minutes_per_hour,
        effective_from=requirement_set.effective_from,
        effective_to=requirement_set.effective_to,
        requirements=tuple(
            RequirementFacts(
                code=item.code,
                kind=item.kind,
                part_of=item.part_of,
                parameters=item.parameters,
                text=item.text,
                source_url=item.source_url,
                source_citation=item.source_citation,
                verification=item.verification,
                waived_from=item.waived_from,
                waived_to=item.waived_to,
            )
            for item in sorted(requirement_set.requirements.all(), key=lambda item: (item.sort_order, item.code))
        ),
    )


def describe_credential(code: str, *, on: date) -> dict[str, Any]:
    """A credential, the rules in force for it and its competencies, to be shown. Raises Http404."""
    credential = get_object_or_404(Credential.objects.select_related("authority", "framework"), code=code)
    requirement_sets = [
        {
            "code": requirement_set.code,
            "name": str(requirement_set.name),
            "notice": str(requirement_set.notice),
            "effective_from": requirement_set.effective_from,
            "effective_to": requirement_set.effective_to,
            "rules": reports.rules_as_written(facts_of(requirement_set), on),
        }
        for requirement_set in requirement_sets_in_force(on)
        if requirement_set.credential_id == credential.pk
    ]
    competencies = Competency.objects.filter(framework=credential.framework_id, archived_at=None)
    return {
        "credential": credential,
        "requirement_sets": requirement_sets,
        "competencies": branches(competencies.order_by("sort_order", "code")),
    }


@transaction.atomic
def open_new_version(
    requirement_set: RequirementSet, *, effective_from: date, actor: User, today: date | None = None
) -> RequirementSet:
    """Copy rules to the next version, in force from a day to come, to be edited until then.

    Raises RulesInForce where that day is not to come.
    """
    if effective_from <= (today or timezone.localdate()):
        raise RulesInForce(_("A new version starts on a day to come, so that it can be edited before."))
    latest = RequirementSet.objects.filter(code=requirement_set.code).order_by("-version").first()
    copied = RequirementSet.objects.create(
        credential=requirement_set.credential,
        code=requirement_set.code,
        version=(latest or requirement_set).version + 1,
        purpose=requirement_set.purpose,
        name=requirement_set.name,
        effective_from=effective_from,
        minutes_per_hour=requirement_set.minutes_per_hour,
        binding=requirement_set.binding,
        notice=requirement_set.notice,
        words=requirement_set.words,
    )
    for order, facts in enumerate(facts_of(requirement_set).requirements, start=1):
        Requirement.objects.create(requirement_set=copied, code=facts.code, **_requirement_values(facts, order))
    log(copied, "curriculum.new_version", user=actor)
    return copied


# --- Cycles -------------------------------------------------------------------------------------------------------


def followed_sets(in_force: Sequence[RequirementSet], cycles: Sequence[Cycle]) -> list[RequirementSet]:
    """Those of the sets in force that a person with these cycles works toward, renewals first; those of
    FIRST_CREDENTIALS where the person has chosen none."""
    chosen = {(cycle.credential_id, cycle.purpose) for cycle in cycles}
    found = [item for item in in_force if (item.credential_id, item.purpose) in chosen]
    if not found:
        found = [item for item in in_force if item.credential.code in settings.FIRST_CREDENTIALS]
    return sorted(found, key=lambda item: (item.purpose != RequirementSet.Purpose.RENEWAL, item.code))


def cycles_of(person: User) -> list[Cycle]:
    """What the person works toward. One query."""
    return list(Cycle.objects.filter(person=person))


@transaction.atomic
def follow(person: User, code: str, *, on: date) -> Cycle:
    """Show the person where they stand by these rules. Twice is once. Raises NoRequirementSet.

    Who has chosen nothing yet keeps the rules that were shown without asking.
    """
    chosen = requirement_set_in_force(code, on)
    if not cycles_of(person):
        for shown in followed_sets(requirement_sets_in_force(on), ()):
            Cycle.objects.get_or_create(person=person, credential=shown.credential, purpose=shown.purpose)
    cycle, _created = Cycle.objects.get_or_create(person=person, credential=chosen.credential, purpose=chosen.purpose)
    return cycle


@transaction.atomic
def unfollow(person: User, code: str, *, on: date) -> None:
    """Show the person these rules no longer; the day that they told us goes too. Twice is once.

    Raises NoRequirementSet, and InvalidCycle for the last one: somebody who works toward nothing sees nothing.
    """
    chosen = requirement_set_in_force(code, on)
    others = [item for item in followed_sets(requirement_sets_in_force(on), cycles_of(person)) if item.code != code]
    if not others:
        raise InvalidCycle(_("Choose other rules first. Without any, we cannot show you what you still need."))
    for item in others:
        Cycle.objects.get_or_create(person=person, credential=item.credential, purpose=item.purpose)
    Cycle.objects.filter(person=person, credential=chosen.credential, purpose=chosen.purpose).delete()


def cycle_for(requirement_set: RequirementSet, person: User, cycles: Iterable[Cycle], *, today: date) -> Cycle:
    """The cycle that the person told us, with the next fixed day where they told us none (`is_assumed`). No query.

    First certification has no such day: an assumed cycle for it ends on no day.
    """
    credential, purpose = requirement_set.credential, requirement_set.purpose
    for cycle in cycles:
        if (cycle.credential_id, cycle.purpose) == (credential.pk, purpose):
            break
    else:
        cycle = Cycle(person=person, credential=credential, purpose=purpose)
    if cycle.expires_on is None:
        cycle.is_assumed = True
        cycle.expires_on = _assumed_day(credential, purpose, today)
    return cycle


def cycle_of(person: User, credential: Credential, purpose: str, *, today: date) -> Cycle:
    """The same, looked up for one credential. The cycle is not to be saved."""
    found = Cycle.objects.filter(person=person, credential=credential, purpose=purpose)
    return cycle_for(RequirementSet(credential=credential, purpose=purpose), person, found, today=today)


def expiry_days(
    person_ids: Collection[int], credential: Credential, purpose: str, *, today: date
) -> dict[int, date | None]:
    """The last day of each person's cycle, told or assumed as `cycle_of` does. One query."""
    assumed = _assumed_day(credential, purpose, today)
    told = Cycle.objects.filter(person__in=person_ids, credential=credential, purpose=purpose).exclude(expires_on=None)
    return dict.fromkeys(person_ids, assumed) | dict(told.values_list("person_id", "expires_on"))


def _assumed_day(credential: Credential, purpose: str, today: date) -> date | None:
    if purpose != RequirementSet.Purpose.RENEWAL or not credential.fixed_expiry_month:
        return None
    return next_fixed_day(
        today,
        month=credential.fixed_expiry_month,
        day=credential.fixed_expiry_day or 1,
        years=credential.fixed_expiry_years,
    )


def set_cycle(
    person: User, credential: Credential, purpose: str, *, expires_on: date, today: date | None = None
) -> Cycle:
    """Write down on which day the person's certificate expires. Twice is once; a new day takes the place of the old.

    Raises InvalidCycle where the day is more than one cycle past, or more than two cycles away.
    """
    today = today or timezone.localdate()
    months = credential.cycle_months or 24
    earliest, latest = months_before(today, months), months_before(today, -2 * months)
    if not earliest <= expires_on <= latest:
        raise InvalidCycle(
            _("Please check the day: it must be between %(first)s and %(last)s. It is printed on your certificate.")
            % {"first": date_format(earliest, "DATE_FORMAT"), "last": date_format(latest, "DATE_FORMAT")}
        )
    cycle, _created = Cycle.objects.update_or_create(
        person=person, credential=credential, purpose=purpose, defaults={"expires_on": expires_on}
    )
    return cycle


# --- Words --------------------------------------------------------------------------------------------------------


def competency_names(framework_codes: Collection[str]) -> dict[str, dict[str, str]]:
    """The names of the competencies of some frameworks by their code, in the active language. One query."""
    found: dict[str, dict[str, str]] = {code: {} for code in framework_codes}
    competencies = Competency.objects.filter(framework__code__in=framework_codes)
    for framework_code, code, name in competencies.values_list("framework__code", "code", "name"):
        found[framework_code][code] = str(name)
    return found
