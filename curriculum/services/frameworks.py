"""Frameworks and competencies: brought in from files, archived, named."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from curriculum.loading import (
    FRAMEWORKS,
    CompetencyEntry,
    FrameworkFile,
    read_frameworks,
)
from curriculum.models import Competency, CompetencyFramework
from people.models import User


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


def competency_names(framework_codes: Collection[str]) -> dict[str, dict[str, str]]:
    """The names of the competencies of some frameworks by their code, in the active language. One query."""
    found: dict[str, dict[str, str]] = {code: {} for code in framework_codes}
    competencies = Competency.objects.filter(framework__code__in=framework_codes)
    for framework_code, code, name in competencies.values_list("framework__code", "code", "name"):
        found[framework_code][code] = str(name)
    return found
