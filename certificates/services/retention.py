"""How long a certificate of an erased person keeps her name: the rule of its issuer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from certificates import files
from certificates.models import Certificate, Issuer
from certificates.validity import last_day
from people.models import User


@dataclass(frozen=True)
class RetentionRule:
    """So many years from the award a certificate keeps the name of its holder; 0: it goes with her data."""

    years: int


# Seven years: what accredited providers of continuing education publish (IACET); others ask for four or five.
USUAL = RetentionRule(years=Issuer.USUAL_RETENTION_YEARS)
Rules = Mapping[str, RetentionRule]


def retention_rules() -> Rules:
    """Return the rule of each issuer by its name on certificates; under "" the one for all others. One query."""
    rules = {"": USUAL}
    for issuer in Issuer.objects.order_by("is_default", "pk"):
        keeps = issuer.erasure_policy == Issuer.ErasurePolicy.KEEP_NAME
        rule = RetentionRule(years=issuer.retention_years if keeps else 0)
        rules[issuer.printed_name] = rule
        if issuer.is_default:
            rules[""] = rule
    return rules


def named_until(certificate: Certificate, rules: Rules, today: date) -> date | None:
    """Return the last day on which the certificate of an erased person keeps her name; None where that is over."""
    rule = rules.get(certificate.issuer_name, rules[""])
    if rule.years == 0:
        return None
    awarded_on = certificate.issued_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    until = last_day(awarded_on, 12 * rule.years)
    return until if until and today <= until else None


def _of_the_erased() -> QuerySet[Certificate]:
    return Certificate.objects.exclude(recipient__erased_at=None)


def names_to_erase(*, now: datetime | None = None, recipient: User | None = None) -> list[Certificate]:
    """Return certificates whose name no rule covers any more: of those who were erased, or of `recipient` now."""
    rules = retention_rules()
    today = (now or timezone.now()).astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    found = _of_the_erased() if recipient is None else Certificate.objects.filter(recipient=recipient)
    named = found.filter(name_erased_at=None).order_by("pk")
    return [each for each in named.iterator(chunk_size=500) if named_until(each, rules, today) is None]


def erase_name(certificate: Certificate, *, now: datetime | None = None) -> bool:
    """Take the name off a certificate; say whether it was there. The one change that the database lets through."""
    return bool(
        Certificate.objects.filter(pk=certificate.pk, name_erased_at=None).update(
            recipient_name="", name_erased_at=now or timezone.now()
        )
    )


def files_of_the_erased() -> Iterator[Certificate]:
    """Yield certificates of erased persons whose file lies there still (it was being written as she went)."""
    found = list(_of_the_erased().only("public_id").order_by("pk"))
    if found:
        there = files.names()
        yield from (each for each in found if files.name_of(each.public_id) in there)
