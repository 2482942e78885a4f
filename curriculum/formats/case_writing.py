"""Writes CASE 1.1: whole packages for files, and the single objects that its REST binding serves."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from curriculum.formats.case_terms import EXTENSION, statements_of, str_of
from curriculum.formats.shapes import CompetencyItem, FrameworkPackage, LinkItem, Texts, made_code

PATH = "/ims/case/v1p1"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def identifier_of(base_url: str, kind: str, *parts: str) -> UUID:
    """The identifier this site gives to something of its own: the same for ever for the same codes."""
    return uuid5(NAMESPACE_URL, "/".join([f"{base_url.rstrip('/')}{PATH}", kind, *parts]))


def write_case(package: FrameworkPackage, base_url: str) -> bytes:
    """The package as a file. The same rows give the same bytes."""
    return to_bytes(CaseWriter(package, base_url).package())


def to_bytes(value: Mapping[str, Any]) -> bytes:
    """JSON that people can read too."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _without_empty(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value not in ("", None, {})}


def _moment(value: datetime | None) -> str:
    return (value or _NEVER).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _language_of(texts: Texts) -> str:
    """The language the standard's own properties speak: the site's, where there is a text in it."""
    default = settings.LANGUAGE_CODE
    return default if texts.get(default) else next((code for code, text in texts.items() if text), default)


def _texts(texts: Texts | None) -> dict[str, str]:
    """By language, in the order of the site's languages."""
    return {code: (texts or {})[code] for code, _name in settings.LANGUAGES if (texts or {}).get(code)}


@dataclass(frozen=True)
class CaseWriter:
    """One framework as CASE. Every competency and the framework must have an identifier."""

    framework: FrameworkPackage
    base_url: str

    def uri(self, kind: str, identifier: object) -> str:
        return f"{self.base_url.rstrip('/')}{PATH}/{kind}/{identifier}"

    @property
    def title(self) -> str:
        return str_of(self.framework.name, settings.LANGUAGE_CODE) or self.framework.code

    def document_link(self) -> dict[str, str]:
        identifier = str(self.framework.identifier)
        return {"title": self.title, "identifier": identifier, "uri": self.uri("CFDocuments", identifier)}

    def package_link(self) -> dict[str, str]:
        return {**self.document_link(), "uri": self.uri("CFPackages", self.framework.identifier)}

    def package(self) -> dict[str, Any]:
        """The CFPackage: document, items in the order of the tree, associations."""
        return {
            "CFDocument": self.document(),
            "CFItems": [self.item(item) for item in self.framework.competencies],
            "CFAssociations": [*self.tree(), *(self.link(link) for link in self.framework.links)],
            "CFDefinitions": {
                "CFConcepts": [],
                "CFSubjects": [],
                "CFLicenses": [],
                "CFItemTypes": [],
                "CFAssociationGroupings": [],
            },
        }

    def document(self) -> dict[str, Any]:
        """The CFDocument of a package; `CFPackageURI` is added where it stands alone."""
        framework = self.framework
        mine = {
            "code": framework.code,
            "name": _texts(framework.name),
            "notice": _texts(framework.notice),
            "verification": framework.verification,
        }
        entry = {
            "identifier": str(framework.identifier),
            "uri": self.uri("CFDocuments", framework.identifier),
            "caseVersion": "1.1",
            "creator": framework.publisher or self.title,
            "title": self.title,
            "lastChangeDateTime": _moment(framework.changed_at),
            "officialSourceURL": framework.source_url,
            "publisher": framework.publisher,
            "language": _language_of(framework.name),
            "version": framework.version,
            "adoptionStatus": "Deprecated" if framework.archived_on else "",
            "statusEndDate": _day(framework.archived_on),
            "notes": (framework.notice or {}).get(_language_of(framework.name), ""),
        }
        # A publisher that is not known is said to be not known: the standard wants a creator in any case.
        unknown = {} if framework.publisher else {"publisher": ""}
        return {**_without_empty(entry), "extensions": {EXTENSION: {**_without_empty(mine), **unknown}}}

    def item(self, item: CompetencyItem) -> dict[str, Any]:
        """The CFItem of a package; `CFDocumentURI` is added where it stands alone."""
        texts = {"name": item.name, "statement": item.statement or {}, "description": item.description or {}}
        language = _language_of(item.name)
        stated = statements_of(texts, language, item.code)
        is_made = item.identifier is not None and item.code == made_code(item.identifier)
        entry = {
            "identifier": str(item.identifier),
            "fullStatement": stated["fullStatement"],
            "uri": self.uri("CFItems", item.identifier),
            "humanCodingScheme": "" if is_made else item.code,
            "abbreviatedStatement": stated["abbreviatedStatement"],
            "notes": stated["notes"],
            "language": language,
            "statusEndDate": _day(item.archived_on),
            "lastChangeDateTime": _moment(item.changed_at),
        }
        mine = {
            **{key: _texts(value) for key, value in texts.items()},
            "verification": item.verification,
        }
        # An empty source is said too: a file that does not speak of it leaves the stored one.
        source = {"source_url": item.source_url or ""}
        return {**_without_empty(entry), "extensions": {EXTENSION: {**_without_empty(mine), **source}}}

    # --- Associations ---------------------------------------------------------------------------------------------

    def tree(self) -> Iterable[dict[str, Any]]:
        """A CFAssociation isChildOf for each competency, in their order."""
        by_code = {item.code: item for item in self.framework.competencies}
        counts: dict[str, int] = {}
        for item in self.framework.competencies:
            counts[item.parent] = number = counts.get(item.parent, 0) + 1
            yield self.child_of(item, by_code.get(item.parent), number)

    def child_of(self, item: CompetencyItem, parent: CompetencyItem | None, number: int) -> dict[str, Any]:
        """`number` is the place among its siblings, from 1."""
        above = self._node(parent) if parent else {**self.document_link(), "targetType": "CASE"}
        # lastChangeDateTime is the child's: where it stands is one of its own properties here.
        return self._association("isChildOf", self._node(item), above, item.changed_at, sequenceNumber=number)

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {item.code: self._title(item) for item in self.framework.competencies}

    def link(self, link: LinkItem, *, title: str = "") -> dict[str, Any]:
        """The CFAssociation of a confirmed link. `title` is that of its origin, where that is of another framework."""
        origin = self._end(title or self._titles.get(link.origin, link.origin), link.origin_identifier)
        destination = self._end(link.destination_title, link.destination)
        return self._association(link.association, origin, destination, link.changed_at, notes=link.note)

    def _title(self, item: CompetencyItem) -> str:
        return str_of(item.name, settings.LANGUAGE_CODE) or item.code

    def _node(self, item: CompetencyItem) -> dict[str, str]:
        return self._end(self._title(item), item.identifier)

    def _end(self, title: str, identifier: UUID | None) -> dict[str, str]:
        return {
            "title": title,
            "identifier": str(identifier),
            "uri": self.uri("CFItems", identifier),
            "targetType": "CASE",
        }

    def _association(
        self, kind: str, origin: dict[str, str], destination: dict[str, str], changed_at: datetime | None, **more: Any
    ) -> dict[str, Any]:
        ends = (origin["identifier"], kind, destination["identifier"])
        identifier = uuid5(NAMESPACE_URL, "/".join(ends))
        entry = {
            "identifier": str(identifier),
            "associationType": kind,
            "uri": self.uri("CFAssociations", identifier),
            "originNodeURI": origin,
            "destinationNodeURI": destination,
            "lastChangeDateTime": _moment(changed_at),
            **more,
        }
        return _without_empty(entry)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
