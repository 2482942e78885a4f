"""Whose rules: what a person works toward, and until when."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from curriculum.errors import InvalidCycle
from curriculum.evaluation import months_before, next_fixed_day
from curriculum.models import Credential, Cycle, RequirementSet
from curriculum.services.rules import requirement_set_in_force, requirement_sets_in_force
from people.models import User


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
