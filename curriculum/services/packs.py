"""Requirement sets from files: loaded again and again; rules in force keep their figures."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from curriculum.data import RequirementFacts
from curriculum.errors import RulesInForce
from curriculum.loading import (
    PACKS,
    CredentialEntry,
    PackFile,
    read_packs,
)
from curriculum.models import CompetencyFramework, Credential, Requirement, RequirementSet
from curriculum.services.rules import facts_of, values_of
from people.models import Organization
from people.services import ensure_organization


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
    _fill_framework(credential, file.credential)
    for order, facts in enumerate(file.requirements, start=1):
        Requirement.objects.update_or_create(
            requirement_set=requirement_set, code=facts.code, defaults=values_of(facts, order)
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


def _fill_framework(credential: Credential, entry: CredentialEntry | None) -> None:
    """A framework that was not there when the credential was made. One that editors chose stays."""
    if entry and entry.framework and credential.framework_id is None:
        credential.framework = CompetencyFramework.objects.filter(code=entry.framework).first()
        credential.save(update_fields=["framework"])


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
