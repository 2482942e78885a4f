"""What the ledger offers as evidence, for one person or for many; and the filling of curriculum's slot for hours."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch

from certificates.models import LedgerEntry, LedgerShare
from curriculum.data import Evidence
from people.models import User


def evidence_of(learner: User, *, framework: str = "MA-CHW") -> list[Evidence]:
    """Return what the ledger offers as evidence, oldest first. A reversed credit is left out with its reversal.

    An entry is split once for each framework; `framework` says by whose competencies the rules count.
    """
    return evidence_of_many([learner.pk], [framework])[learner.pk][framework]


def evidence_of_many(learner_ids: Collection[int], frameworks: Collection[str]) -> dict[int, dict[str, list[Evidence]]]:
    """The evidence of many people for several frameworks, as `evidence_of` returns it. Two queries."""
    shares = LedgerShare.objects.filter(competency__framework__code__in=frameworks).select_related(
        "competency__framework"
    )
    entries = (
        LedgerEntry.objects.filter(learner__in=learner_ids, reversal=None)
        .exclude(kind=LedgerEntry.Kind.REVERSAL)
        .order_by("earned_on", "id")
        .prefetch_related(Prefetch("shares", shares, to_attr="own_shares"))
    )
    found: dict[int, dict[str, list[Evidence]]] = {
        learner_id: {framework: [] for framework in frameworks} for learner_id in learner_ids
    }
    for entry in entries:
        split: dict[str, dict[str, int]] = defaultdict(dict)
        for share in entry.own_shares:
            split[share.competency.framework.code][share.competency.code] = share.minutes
        title = str(entry.title)
        for framework, lines in found[entry.learner_id].items():
            lines.append(
                Evidence(
                    id=str(entry.public_id),
                    minutes=entry.minutes,
                    earned_on=entry.earned_on,
                    delivery=entry.delivery,
                    competencies=split.get(framework, {}),
                    provider=entry.provider_name,
                    title=title,
                    component=entry.component or LedgerEntry.Component.CLASS.value,
                )
            )
    return found


class LedgerHours:
    """Fills `curriculum.simulation.hours`."""

    def count_people(self) -> int:
        return LedgerEntry.objects.order_by().values("learner").distinct().count()

    def people_after(self, person_id: int, limit: int) -> Sequence[int]:
        rows = LedgerEntry.objects.filter(learner_id__gt=person_id).order_by("learner_id")
        return list(rows.values_list("learner_id", flat=True).distinct()[:limit])

    def lines_of(
        self, person_ids: Collection[int], frameworks: Collection[str]
    ) -> Mapping[int, Mapping[str, Sequence[Evidence]]]:
        return evidence_of_many(person_ids, frameworks)

    def may_see_people(self, user: Any) -> bool:
        """Those who may read the ledger and change people: program administrators. Support reads, and sees counts."""
        return user.is_active and user.has_perms(["certificates.view_ledgerentry", "people.change_user"])
