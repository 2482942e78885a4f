"""Requirement sets in force, as facts and in words; and their next version."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
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
from curriculum.errors import NoRequirementSet, RulesInForce
from curriculum.evaluation import AUTHORITIES, cited
from curriculum.exporting import branches
from curriculum.models import Competency, Credential, Requirement, RequirementSet
from curriculum.services.frameworks import competency_names
from curriculum.wording import WrittenRule, written_rules
from people.models import Organization, User


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
        .select_related("credential__framework", "credential__authority")
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
        .select_related("credential__authority")
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
        .select_related("credential__authority")
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
    """The requirement set as the engine and the reports read it. One query, where its credential and authority are
    at hand."""
    return RequirementSetFacts(
        code=requirement_set.code,
        version=requirement_set.version,
        purpose=requirement_set.purpose,
        name=requirement_set.name,
        notice=requirement_set.notice,
        words={**requirement_set.words, **_own_name(requirement_set.credential.authority)},
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


def rules_in_words(requirement_set: RequirementSet) -> tuple[WrittenRule, ...]:
    """The rules of a set as they nest, with their figures in words of the active language."""
    facts = facts_of(requirement_set)
    figures = [item.parameters for item in facts.requirements]
    framework = requirement_set.credential.framework
    competencies = competency_names([framework.code])[framework.code] if framework else {}
    names = reports.names_in(facts, competencies, authority_names(cited(figures, AUTHORITIES)))
    return written_rules(facts, names)


def _own_name(authority: Organization) -> dict[str, dict[str, str]]:
    """The name on record as the word for an authority's code: it goes before the words of a file."""
    return {authority.code: {settings.LANGUAGE_CODE: authority.name}} if authority.code else {}


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
        Requirement.objects.create(requirement_set=copied, code=facts.code, **values_of(facts, order))
    log(copied, "curriculum.new_version", user=actor)
    return copied


def authority_names(codes: Iterable[str]) -> dict[str, str]:
    """What authorities are called, by code, where they are on record. One query, or none for no code."""
    asked = set(codes)
    return dict(Organization.objects.filter(code__in=asked).values_list("code", "name")) if asked else {}


def values_of(facts: RequirementFacts, order: int) -> dict[str, object]:
    """A rule as the columns of its row; `order` is its place in the set."""
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
