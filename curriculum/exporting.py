"""Frameworks written out: as files, and as the objects that the CASE service answers with. Writes no row."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from curriculum.errors import CurriculumError
from curriculum.formats.case_writing import CaseWriter, write_case
from curriculum.formats.shapes import CompetencyItem, FrameworkPackage, LinkItem
from curriculum.formats.table import write_table
from curriculum.models import Competency, CompetencyFramework, CompetencyLink

FORMATS = ("case", "csv")


def day_of(moment: datetime | None) -> date | None:
    """The day of a moment in UTC: what files say of archiving."""
    return moment.astimezone(UTC).date() if moment else None


def in_tree_order(rows: Iterable[Competency]) -> list[Competency]:
    """All rows of one framework, each before its parts; those of one parent as they come."""
    children: dict[int | None, list[Competency]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[Competency] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting.extend(reversed(children.get(row.pk, [])))
    return ordered


@dataclass
class Branch:
    """A competency with its parts, to be shown."""

    competency: Competency
    parts: list["Branch"]


def branches(rows: Iterable[Competency]) -> list[Branch]:
    """Rows as a tree, in their order. What belongs to a competency that is not among them stands at the top."""
    by_key = {row.pk: Branch(row, []) for row in rows}
    top: list[Branch] = []
    for branch in by_key.values():
        above = by_key.get(branch.competency.parent_id or 0)
        (above.parts if above else top).append(branch)
    return top


def package_of(framework: CompetencyFramework) -> FrameworkPackage:
    """A framework as plain data, parents before children, with its confirmed links. Two queries."""
    links = (
        CompetencyLink.objects.filter(origin__framework=framework, confirmed_at__isnull=False)
        .select_related("origin", "destination")
        .order_by("origin__code", "destination__identifier")
    )
    return replace(package_of_tree(framework), links=tuple(link_of(link) for link in links))


def package_of_tree(framework: CompetencyFramework) -> FrameworkPackage:
    """A framework as plain data, parents before children, without links. One query."""
    rows = in_tree_order(Competency.objects.filter(framework=framework).order_by("sort_order", "code"))
    codes = {row.pk: row.code for row in rows}
    return FrameworkPackage(
        **framework_values(framework),
        competencies=tuple(item_of(row, codes.get(row.parent_id or 0, "")) for row in rows),
    )


def framework_values(framework: CompetencyFramework) -> dict[str, Any]:
    """The fields of a framework as a package names them."""
    return {
        "code": framework.code,
        "identifier": framework.identifier,
        "name": framework.name,
        "publisher": framework.publisher,
        "version": framework.version,
        "source_url": framework.source_url,
        "verification": framework.verification,
        "notice": framework.notice,
        "archived_on": day_of(framework.archived_at),
        "changed_at": framework.changed_at,
    }


def item_of(row: Competency, parent: str) -> CompetencyItem:
    """A competency as plain data; `parent` is the code of its parent, or empty."""
    return CompetencyItem(
        code=row.code,
        parent=parent,
        identifier=row.identifier,
        name=row.name,
        statement=row.statement,
        description=row.description,
        verification=row.verification,
        source_url=row.source_url,
        archived_on=day_of(row.archived_at),
        changed_at=row.changed_at,
    )


def link_of(link: CompetencyLink) -> LinkItem:
    """A confirmed link as plain data."""
    return LinkItem(
        origin=link.origin.code,
        association=link.association,
        destination=link.destination.identifier,
        note=link.note,
        destination_title=link.destination.name.in_language(settings.LANGUAGE_CODE) or link.destination.code,
        origin_identifier=link.origin.identifier,
        changed_at=link.confirmed_at,
    )


def export_framework(code: str, *, format: str) -> bytes:
    """A framework as a file, archived competencies too. Raises CurriculumError for a code that nobody knows."""
    framework = CompetencyFramework.objects.filter(code=code).first()
    if framework is None:
        raise CurriculumError(_("There is no framework %(code)s on this site.") % {"code": code})
    package = package_of(framework)
    return write_case(package, settings.BASE_URL) if format == "case" else write_table(package)


# --- What the CASE service answers --------------------------------------------------------------------------------

CaseAnswer = tuple[dict[str, Any], datetime]


def _writer(framework: CompetencyFramework) -> CaseWriter:
    return CaseWriter(FrameworkPackage(**framework_values(framework)), settings.BASE_URL)


def _document(framework: CompetencyFramework) -> dict[str, Any]:
    writer = _writer(framework)
    return {**writer.document(), "CFPackageURI": writer.package_link()}


def case_documents(*, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """How many frameworks there are, and a page of them. Two queries."""
    frameworks = CompetencyFramework.objects.order_by("code")
    return frameworks.count(), [_document(framework) for framework in frameworks[offset : offset + limit]]


def case_document(identifier: UUID) -> CaseAnswer | None:
    """One framework. One query."""
    framework = CompetencyFramework.objects.filter(identifier=identifier).first()
    return None if framework is None else (_document(framework), framework.changed_at)


def case_package(identifier: UUID) -> CaseAnswer | None:
    """One framework with its competencies and confirmed links. Four queries."""
    framework = CompetencyFramework.objects.filter(identifier=identifier).first()
    if framework is None:
        return None
    package = package_of(framework)
    # A link that was withdrawn changed the package too, though it is no longer in it.
    links = CompetencyLink.objects.filter(origin__framework=framework).values_list("confirmed_at", "withdrawn_at")
    moments = [framework.changed_at, *(item.changed_at for item in package.competencies)]
    moments += [moment for pair in links for moment in pair]
    return CaseWriter(package, settings.BASE_URL).package(), max(moment for moment in moments if moment)


def case_item(identifier: UUID) -> CaseAnswer | None:
    """One competency. One query."""
    row = Competency.objects.select_related("framework").filter(identifier=identifier).first()
    return None if row is None else (_item(row, _writer(row.framework)), row.changed_at)


def _item(row: Competency, writer: CaseWriter) -> dict[str, Any]:
    return {**writer.item(item_of(row, "")), "CFDocumentURI": writer.document_link()}


def case_item_associations(identifier: UUID) -> CaseAnswer | None:
    """One competency with its parent, its parts, and its confirmed links in both directions. Three queries."""
    row = Competency.objects.select_related("framework").filter(identifier=identifier).first()
    if row is None:
        return None
    # The number of a competency is its place among its siblings: the whole tree is read for it.
    package = package_of_tree(row.framework)
    writer = CaseWriter(package, settings.BASE_URL)
    ends = {str(row.identifier)}
    tree = [
        entry
        for entry in writer.tree()
        if ends & {entry["originNodeURI"]["identifier"], entry["destinationNodeURI"]["identifier"]}
    ]
    links = (
        CompetencyLink.objects.filter(Q(origin=row) | Q(destination=row))
        .select_related("origin__framework", "destination")
        .order_by("pk")
    )
    confirmed = []
    for link in links:
        if link.is_confirmed:
            owner = _writer(link.origin.framework)
            entry = owner.link(link_of(link), title=link.origin.name.in_language(settings.LANGUAGE_CODE))
            confirmed.append({**entry, "CFDocumentURI": owner.document_link()})
    answer = {
        "CFItem": _item(row, writer),
        "CFAssociations": [*({**entry, "CFDocumentURI": writer.document_link()} for entry in tree), *confirmed],
    }
    moments = [row.framework.changed_at, *(item.changed_at for item in package.competencies)]
    moments += [moment for link in links for moment in (link.confirmed_at, link.withdrawn_at)]
    return answer, max(moment for moment in moments if moment)
