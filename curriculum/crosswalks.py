"""The pens of links between frameworks: proposed by a file or a person, confirmed or withdrawn by a person.

A link says that two competencies have to do with each other. It converts nothing: minutes stay where they were learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from curriculum.errors import LinkRefused
from curriculum.formats.crosswalk import read_crosswalk
from curriculum.models import Competency, CompetencyFramework, CompetencyLink
from people.models import User

CROSSWALKS = Path(__file__).parent / "crosswalks"


@transaction.atomic
def propose_link(
    origin: Competency,
    destination: Competency,
    *,
    association: str = CompetencyLink.Association.RELATED,
    note: str = "",
    source: str = "",
    actor: User | None = None,
    now: datetime | None = None,
) -> CompetencyLink:
    """Propose that two competencies have to do with each other. Twice is once, in either direction.

    What a person withdrew comes back as a proposal only when a person proposes it, never from a file (`actor` None).
    Raises LinkRefused for two competencies of one framework.
    """
    if origin.framework_id == destination.framework_id:
        raise LinkRefused(_("Choose competencies of two different frameworks."))
    pair = Q(origin=origin, destination=destination) | Q(origin=destination, destination=origin)
    link = CompetencyLink.objects.select_for_update().filter(pair).first()
    if link is None:
        link = CompetencyLink.objects.create(
            origin=origin,
            destination=destination,
            association=association,
            note=note,
            source=source,
            proposed_by=actor,
            proposed_at=now or timezone.now(),
        )
        log(link, "curriculum.propose_link", user=actor)
    elif link.is_withdrawn and actor is not None:
        link.origin, link.destination = origin, destination
        link.association, link.note, link.source = association, note, source
        link.proposed_by, link.proposed_at = actor, now or timezone.now()
        link.withdrawn_by = link.withdrawn_at = None
        link.save()
        log(link, "curriculum.propose_link", user=actor)
    return link


@transaction.atomic
def confirm_link(link: CompetencyLink, *, actor: User, now: datetime | None = None) -> CompetencyLink:
    """Answer for a proposed link. Twice is once: the first person stays. Raises LinkRefused when it was withdrawn."""
    proposed = CompetencyLink.objects.filter(pk=link.pk, confirmed_at=None, withdrawn_at=None)
    if proposed.update(confirmed_by=actor, confirmed_at=now or timezone.now()):
        log(link, "curriculum.confirm_link", user=actor)
    link.refresh_from_db()
    if link.is_withdrawn:
        raise LinkRefused(_("This link was withdrawn. Propose it again first."))
    return link


@transaction.atomic
def withdraw_link(link: CompetencyLink, *, actor: User, now: datetime | None = None) -> CompetencyLink:
    """Take a proposal or a confirmed link back; the row stays, and its history with it. Twice is once."""
    standing = CompetencyLink.objects.filter(pk=link.pk, withdrawn_at=None)
    if standing.update(withdrawn_by=actor, withdrawn_at=now or timezone.now(), confirmed_by=None, confirmed_at=None):
        log(link, "curriculum.withdraw_link", user=actor)
    link.refresh_from_db()
    return link


@transaction.atomic
def load_crosswalks(folder: Path = CROSSWALKS, *, now: datetime | None = None) -> int:
    """Propose the links in the files of a folder, as far as their frameworks are here; return how many are new.

    What people confirmed or withdrew stays as it is. Raises DataFileError before anything is written.
    """
    rows = [row for path in sorted(folder.glob("*.yaml")) for row in read_crosswalk(path)]
    codes = {framework for row in rows for framework in (row.origin_framework, row.destination_framework)}
    found = {
        (item.framework.code, item.code): item
        for item in Competency.objects.filter(framework__code__in=codes).select_related("framework")
    }
    pairs = CompetencyLink.objects.values_list("origin", "destination")
    known = {frozenset(pair) for pair in pairs}
    count = 0
    for row in rows:
        origin = found.get((row.origin_framework, row.origin))
        destination = found.get((row.destination_framework, row.destination))
        if origin is None or destination is None or frozenset((origin.pk, destination.pk)) in known:
            continue
        propose_link(origin, destination, association=row.association, note=row.note, source=row.source, now=now)
        known.add(frozenset((origin.pk, destination.pk)))
        count += 1
    return count


# --- Reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CrosswalkRow:
    """One competency of the first framework and its standing links; none is a gap."""

    competency: Competency
    links: Sequence[tuple[CompetencyLink, Competency]]


@dataclass(frozen=True)
class Crosswalk:
    """Two frameworks side by side. `gaps` are those of the second that nothing of the first is linked to."""

    left: CompetencyFramework
    right: CompetencyFramework
    rows: Sequence[CrosswalkRow]
    gaps: Sequence[Competency]
    withdrawn: Sequence[CompetencyLink]


@dataclass(frozen=True)
class Pair:
    """Two frameworks that have standing links, and how many of them."""

    left: CompetencyFramework
    right: CompetencyFramework
    confirmed: int
    proposed: int


def pairs() -> list[Pair]:
    """Pairs of frameworks with standing links, the one with the code that comes first on the left. Two queries."""
    frameworks = CompetencyFramework.objects.in_bulk()
    counts: dict[tuple[int, int], list[int]] = {}
    standing = CompetencyLink.objects.filter(withdrawn_at=None).order_by()
    for one, other, confirmed, proposed in standing.values_list("origin__framework", "destination__framework").annotate(
        confirmed=Count("confirmed_at"), proposed=Count("pk", filter=Q(confirmed_at=None))
    ):
        left, right = sorted((one, other), key=lambda key: frameworks[key].code)
        both = counts.setdefault((left, right), [0, 0])
        both[0] += confirmed
        both[1] += proposed
    found = [Pair(frameworks[left], frameworks[right], *both) for (left, right), both in counts.items()]
    return sorted(found, key=lambda pair: (pair.left.code, pair.right.code))


def crosswalk_of(left: CompetencyFramework, right: CompetencyFramework) -> Crosswalk:
    """The links between two frameworks, whichever is their origin. Two queries."""
    competencies = list(Competency.objects.filter(framework__in=[left, right]).order_by("sort_order", "code"))
    links = list(
        CompetencyLink.objects.filter(
            Q(origin__framework=left, destination__framework=right)
            | Q(origin__framework=right, destination__framework=left)
        )
        .select_related("origin", "destination", "confirmed_by", "withdrawn_by")
        .order_by("pk")
    )
    standing = [link for link in links if not link.is_withdrawn]
    by_left: dict[int, list[tuple[CompetencyLink, Competency]]] = {}
    reached: set[int] = set()
    for link in standing:
        ends = (link.origin, link.destination)
        mine, other = ends if link.origin.framework_id == left.pk else ends[::-1]
        by_left.setdefault(mine.pk, []).append((link, other))
        reached.add(other.pk)
    return Crosswalk(
        left=left,
        right=right,
        rows=[
            CrosswalkRow(item, by_left.get(item.pk, []))
            for item in competencies
            if item.framework_id == left.pk and (not item.is_archived or item.pk in by_left)
        ],
        gaps=[
            item
            for item in competencies
            if item.framework_id == right.pk and item.pk not in reached and not item.is_archived
        ],
        withdrawn=[link for link in links if link.is_withdrawn],
    )
