"""Looks of a board, written down."""

from datetime import datetime, timedelta

from django.utils import timezone

from certificates.models import Disclosure
from people.models import Organization, User


def record_looks(
    reviewer: User, people: list[User], organization: Organization, *, what: str, now: datetime | None = None
) -> None:
    """Note that `reviewer` looked at these people's hours. A list is noted once a day a person, a person every time."""
    now = now or timezone.now()
    ids = [person.pk for person in people]
    if what == Disclosure.What.LIST:
        noted = Disclosure.objects.filter(
            reviewer=reviewer,
            organization=organization,
            what=what,
            person_id__in=ids,
            looked_at__gt=now - timedelta(days=1),
        ).values_list("person_id", flat=True)
        ids = [pk for pk in ids if pk not in set(noted)]
    Disclosure.objects.bulk_create(
        Disclosure(reviewer=reviewer, person_id=pk, organization=organization, what=what, looked_at=now) for pk in ids
    )
