"""Statements of the hours in a period: the ledger's own lines of those days, frozen."""

from datetime import date, datetime
from hashlib import sha256

from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.errors import NotEligible
from certificates.models import Certificate, Kind
from certificates.services.freezing import period_facts, standing_entries
from certificates.services.issuing import written
from certificates.services.ledger import day_of
from people.models import User

LONGEST_DAYS = 366 * 10


def period_of(person: User, *, since: date, until: date, language: str, now: datetime) -> Certificate:
    """Return the statement of these days, not yet written: what a preview shows and an issue writes.

    Raises NotEligible, with a sentence for the person.
    """
    if until < since:
        raise NotEligible(_("The first day is after the last one. Please exchange them."))
    if until > day_of(now, person):
        raise NotEligible(_("These days are not over yet. A statement ends today at the latest."))
    if (until - since).days > LONGEST_DAYS:
        raise NotEligible(_("These are more than ten years. Please choose fewer."))
    entries = standing_entries(person, since=since, until=until)
    certificate = period_facts(person, entries, since=since, until=until, language=language, now=now)
    facts = [since.isoformat(), until.isoformat(), certificate.language, *(str(each.public_id) for each in entries)]
    certificate.source_key = sha256("|".join(facts).encode()).hexdigest()
    return certificate


def issue_period(
    person: User, *, since: date, until: date, language: str = "", now: datetime | None = None
) -> Certificate:
    """Return the statement of the person's hours from `since` to `until` (both included), issued if it was not there.

    The same days with the same entries in the same language are one statement; with a new entry it is another one.
    Raises NotEligible.
    """
    now = now or timezone.now()
    wanted = period_of(person, since=since, until=until, language=language or person.language, now=now)

    def existing() -> Certificate | None:
        # The end of the line that such a statement began.
        found = Certificate.objects.filter(
            kind=Kind.PERIOD, recipient=person, source_key=wanted.source_key, supersedes=None
        ).first()
        while found and (newer := Certificate.objects.filter(supersedes=found).first()):
            found = newer
        return found

    return existing() or written(
        lambda: period_of(person, since=since, until=until, language=wanted.language, now=now), winner=existing
    )
