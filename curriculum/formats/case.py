"""CASE 1.1 packages of 1EdTech (CFPackage) read; those of CASE 1.0, and with the blemishes of real exports, too.

What CASE has no place for (other languages, how sure we are, sources) travels in `extensions.puente`, which the schema
allows. Where the standard's own properties say something else than our extension, the standard's win: somebody edited
the file.
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from curriculum.formats import mending
from curriculum.formats.case_terms import EXTENSION, LINK_TYPES, TYPES_BY_LETTERS, statements_of, str_of
from curriculum.formats.case_values import CaseValues, is_broken, natural_key, package_in, parse
from curriculum.formats.shapes import (
    CompetencyItem,
    FrameworkPackage,
    LinkItem,
    Reading,
    Texts,
    is_code,
    made_code,
    made_framework_code,
    mended_code,
    read_uuid,
)
from curriculum.formats.tree import Node, arrange, refuse_doubles


def read_case(content: bytes, *, today: date) -> Reading:
    """Read a CFPackage. Raises FrameworkFileError with a line for each fault.

    `today` decides whether a `statusEndDate` has passed.
    """
    return _Reader(today).read(content)


def looks_like_case(content: bytes) -> bool:
    """Whether the content begins as JSON does."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}


# --- The reader ---------------------------------------------------------------------------------------------------


class _Reader(CaseValues):
    def __init__(self, today: date) -> None:
        super().__init__(today)
        self.language = settings.LANGUAGE_CODE
        self.other_links: Counter[str] = Counter()
        self.codes: dict[UUID, str] = {}  # of the items of this file, by identifier

    def read(self, content: bytes) -> Reading:
        package = package_in(parse(content), self.notes)
        self._count_left_out("CFPackage", package)
        document = package["CFDocument"]
        identifier = self._identifier(document, "CFDocument")
        self._choose_language(document)
        nodes = self._nodes(self._list(package, "CFItems"))
        refuse_doubles(nodes, self.notes)
        associations = list(enumerate(self._list(package, "CFAssociations"), start=1))
        parents = self._parents(associations, identifier, {node.key for node in nodes})
        competencies = () if self.notes.faults else arrange([self._placed(node, parents) for node in nodes], self.notes)
        framework = None if identifier is None else self._framework(document, identifier)
        links = self._links(associations)
        self._tell_left_out(package)
        for name, count in sorted(self.other_links.items()):
            self.notes.warn(
                "CFAssociations",
                _("Relations “%(name)s” that are not kept: %(count)d.") % {"name": name, "count": count},
            )
        self.notes.raise_faults()
        assert framework is not None  # noqa: S101 - a missing identifier is a fault, raised above
        if not competencies:
            self.notes.warn("CFItems", _("The framework has no competencies."))
        return Reading(
            package=FrameworkPackage(**{**framework, "competencies": competencies, "links": links}),
            warnings=tuple(dict.fromkeys(self.notes.warnings)),
        )

    def _placed(self, node: Node, parents: Mapping[str, tuple[str, tuple[int, int]]]) -> Node:
        parent, sequence = parents.get(node.key, ("", (1, 0)))
        return Node(key=node.key, where=node.where, item=node.item, parent=parent, order=(*sequence, *node.order))

    # --- The document ---------------------------------------------------------------------------------------------

    def _choose_language(self, document: Mapping[str, Any]) -> None:
        tag = self._raw(document, "language", "CFDocument")
        if tag and (known := mending.site_language(tag)):
            self.language = known
        elif tag:
            self.notes.warn(
                "CFDocument.language",
                _("This site has no language “%(tag)s”: the texts stand as %(language)s.")
                % {"tag": tag[:20], "language": dict(settings.LANGUAGES)[self.language]},
            )

    def _framework(self, document: Mapping[str, Any], identifier: UUID) -> dict[str, Any]:
        where = "CFDocument"
        self._count_left_out(where, document)
        mine = self._extension(document, where)
        title = self._text(document, "title", where)
        if not title:
            self.notes.refuse(f"{where}.title", _("This is missing."))
        code, is_made = self._framework_code(mine, title, identifier)
        source = self._raw(document, "officialSourceURL", where) or (
            # Where a foreign file came from is the best source it has.
            "" if mine else self._raw(document, "uri", where)
        )
        status = self._text(document, "adoptionStatus", where)
        if "draft" in status.lower():
            self.notes.warn(
                f"{where}.adoptionStatus",
                _("Its publisher calls it “%(status)s”. Here everybody can read it.") % {"status": status[:40]},
            )
        return {
            "code": code,
            "is_code_made": is_made,
            "identifier": identifier,
            "name": self._document_name(document, mine, title),
            "publisher": self._publisher(document, mine),
            "version": self._short(document, "version", mine, 40),
            "source_url": source if mending.is_address(source) else ("" if mine else None),
            "verification": self._verification(mine, where),
            "notice": self._notice(document, mine),
            "archived_on": self._ended_on(document, where),
            "changed_at": self._moment(document, where),
        }

    def _short(self, document: Mapping[str, Any], key: str, mine: Mapping[str, Any], longest: int) -> str:
        """A text of one line, at most so long; our own files are taken letter by letter."""
        text = self._raw(document, key, "CFDocument")
        if not mine or is_broken(text):
            text = self._text(document, key, "CFDocument")
        if len(text) > longest:
            self.notes.warn(f"CFDocument.{key}", _("This was cut at %(count)d characters.") % {"count": longest})
        return text[:longest]

    def _publisher(self, document: Mapping[str, Any], mine: Mapping[str, Any]) -> str:
        creator, publisher = (self._short(document, key, mine, 200) for key in ("creator", "publisher"))
        if not publisher:
            return "" if mine.get("publisher") == "" else creator
        if creator not in {"", publisher}:
            self.notes.warn(
                "CFDocument.creator", _("“%(name)s” is not kept: the publisher is.") % {"name": creator[:60]}
            )
        return publisher

    def _framework_code(self, mine: Mapping[str, Any], title: str, identifier: UUID) -> tuple[str, bool]:
        code = self._mine_or(mine, "code", "CFDocument")
        if code is None:
            return made_framework_code(title, identifier), True
        if not is_code(code):
            self.notes.refuse(
                f"CFDocument.extensions.{EXTENSION}.code", _("“%(value)s” is no code.") % {"value": code[:60]}
            )
        return code, False

    def _document_name(self, document: Mapping[str, Any], mine: Mapping[str, Any], title: str) -> Texts:
        name = self._translations(mine, "name", "CFDocument") if mine else {}
        if name and str_of(name, self.language) == document.get("title"):
            return name
        return {**name, self.language: mending.name_and_statement(title, "")[0]}

    def _notice(self, document: Mapping[str, Any], mine: Mapping[str, Any]) -> Texts | None:
        where = "CFDocument"
        kept = self._translations(mine, "notice", where) if mine else {}
        if mine and kept.get(self.language, "") == (document.get("notes") or "") and not document.get("description"):
            return kept
        given = [self._text(document, key, where, multiline=True) for key in ("description", "notes")]
        text = "\n\n".join(filter(None, given))
        return {**kept, self.language: text} if text or mine else None

    # --- Items ----------------------------------------------------------------------------------------------------

    def _nodes(self, entries: list[Any]) -> list[Node]:
        nodes: list[Node] = []
        written = {
            entry["humanCodingScheme"].strip()
            for entry in entries
            if isinstance(entry, Mapping) and isinstance(entry.get("humanCodingScheme"), str)
        }
        taken = {code for code in written if is_code(code)}
        for index, entry in enumerate(entries, start=1):
            where = f"CFItems[{index}]"
            if not isinstance(entry, Mapping):
                self.notes.refuse(where, _("This must be an object."))
                continue
            identifier = self._identifier(entry, where)
            if identifier is None:
                continue
            code = self._code(entry, identifier, where, taken)
            where = f"{where} ({code})"
            item = self._item(entry, identifier, code, where)
            self.codes.setdefault(identifier, code)
            order = (natural_key(self._raw(entry, "listEnumeration", where)), index)
            nodes.append(Node(key=str(identifier), where=where, item=item, order=order))
        return nodes

    def _code(self, entry: Mapping[str, Any], identifier: UUID, where: str, taken: set[str]) -> str:
        text = self._raw(entry, "humanCodingScheme", where).strip()
        if is_code(text):
            return text
        code = mended_code(text) if text else ""
        if not code:
            code = made_code(identifier)
            self.notes.warn(where, _("It has no code: “%(code)s” was made.") % {"code": code})
            return code
        if code in taken:
            code = f"{code[:33].rstrip('.-')}-{made_code(identifier)[2:8]}"
        taken.add(code)
        self.notes.warn(
            f"{where}.humanCodingScheme",
            _("The code “%(text)s” is written “%(code)s” here.") % {"text": text[:60], "code": code},
        )
        return code

    def _item(self, entry: Mapping[str, Any], identifier: UUID, code: str, where: str) -> CompetencyItem:
        self._count_left_out("CFItems", entry)
        mine = self._extension(entry, where)
        language = mending.site_language(self._raw(entry, "language", where)) or self.language
        if not self._raw(entry, "fullStatement", where).strip():
            self.notes.refuse(f"{where}.fullStatement", _("This is missing."))
        texts = self._item_texts(entry, mine, language, code, where)
        source = self._address(self._mine_or(mine, "source_url", where), f"{where}.extensions.{EXTENSION}.source_url")
        return CompetencyItem(
            code=code,
            identifier=identifier,
            **texts,
            verification=self._verification(mine, where),
            source_url=source,
            archived_on=self._ended_on(entry, where),
            changed_at=self._moment(entry, where),
        )

    def _item_texts(
        self, entry: Mapping[str, Any], mine: Mapping[str, Any], language: str, code: str, where: str
    ) -> dict[str, Any]:
        stated = {key: self._raw(entry, key, where) for key in ("fullStatement", "abbreviatedStatement", "notes")}
        kept = {
            key: self._translations(mine, key, where) if mine else {} for key in ("name", "statement", "description")
        }
        if mine and stated == statements_of(kept, language, code):
            return kept if any(kept["name"].values()) else {**kept, "name": {language: stated["fullStatement"]}}
        short = self._text(entry, "abbreviatedStatement", where)
        full = self._text(entry, "fullStatement", where, multiline=True)
        notes = self._text(entry, "notes", where, multiline=True)
        name, statement = mending.name_and_statement(full, short)
        return {
            "name": {**kept["name"], language: name},
            "statement": {**kept["statement"], language: statement},
            "description": {**kept["description"], language: notes} if mine or "notes" in entry else None,
        }

    # --- Associations ---------------------------------------------------------------------------------------------

    def _node_uri(self, entry: Mapping[str, Any], key: str, where: str) -> UUID | None:
        """The identifier at one end of an association: of a LinkGenURI, or at the end of an address."""
        value = entry.get(key)
        text = value.get("identifier") if isinstance(value, Mapping) else value
        found = None
        if isinstance(text, str):
            found = read_uuid(text) or read_uuid(text.rstrip("/").rsplit("/", 1)[-1])
        if found is None:
            self.notes.refuse(f"{where}.{key}", _("This names nothing: a UUID is needed."))
        return found

    def _type(self, entry: Mapping[str, Any], where: str) -> str:
        text = self._raw(entry, "associationType", where)
        name = TYPES_BY_LETTERS.get(re.sub(r"[^a-z]", "", text.lower()), "")
        if name and name != text:
            self.notes.warn(
                f"{where}.associationType",
                _("“%(text)s” was taken as “%(name)s”.") % {"text": text[:40], "name": name},
            )
        return name or text

    def _parents(
        self, associations: list[tuple[int, Any]], document: UUID | None, keys: set[str]
    ) -> dict[str, tuple[str, tuple[int, int]]]:
        """For each child its parent (empty: the document) with the order among siblings. Refuses a missing end."""
        chosen: dict[str, tuple[str, tuple[int, int]]] = {}
        for index, entry in associations:
            where = f"CFAssociations[{index}]"
            if not isinstance(entry, Mapping):
                self.notes.refuse(where, _("This must be an object."))
                continue
            self._count_left_out("CFAssociations", entry)
            if self._type(entry, where) != "isChildOf":
                continue
            child = self._node_uri(entry, "originNodeURI", where)
            parent = self._node_uri(entry, "destinationNodeURI", where)
            if child is None or parent is None:
                continue
            if str(child) not in keys:
                self.notes.refuse(where, _("The child %(id)s is not in the file.") % {"id": child})
                continue
            if str(parent) not in keys and parent != document:
                code = self.codes.get(child, "")
                self.notes.refuse(
                    where, _("The parent %(id)s of %(code)s is not in the file.") % {"id": parent, "code": code}
                )
                continue
            place = (
                "" if parent == document and str(parent) not in keys else str(parent),
                self._sequence(entry, where),
            )
            before = chosen.get(str(child))
            if before is None or (not before[0] and place[0]):
                chosen[str(child)] = place
            elif place[0] and place[0] != before[0]:
                self.notes.warn(
                    where,
                    _("%(code)s has more than one parent: the first, %(parent)s, is kept.")
                    % {"code": self.codes[child], "parent": self.codes[UUID(before[0])]},
                )
        self._tell_orphans(keys, chosen, document)
        return chosen

    def _tell_orphans(self, keys: set[str], chosen: Mapping[str, object], document: UUID | None) -> None:
        if orphans := len(keys - set(chosen)):
            self.notes.warn(
                "CFAssociations",
                _("Competencies that belong nowhere and stand at the top: %(count)d.") % {"count": orphans},
            )

    def _sequence(self, entry: Mapping[str, Any], where: str) -> tuple[int, int]:
        """Those with a number first, in its order."""
        value = entry.get("sequenceNumber")
        if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
            self.notes.warn(f"{where}.sequenceNumber", _("A text was taken as a number."))
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            if value is not None:
                self.notes.warn(f"{where}.sequenceNumber", _("This is no whole number: it was left out."))
            return (1, 0)
        return (0, value)

    def _links(self, associations: list[tuple[int, Any]]) -> tuple[LinkItem, ...]:
        """Relations to competencies of other frameworks. Those inside the framework are not kept, and counted."""
        links: dict[tuple[str, UUID], LinkItem] = {}
        for index, entry in associations:
            where = f"CFAssociations[{index}]"
            if not isinstance(entry, Mapping):
                continue
            kind = TYPES_BY_LETTERS.get(re.sub(r"[^a-z]", "", str(entry.get("associationType")).lower()), "")
            if kind == "isChildOf":
                continue
            origin, destination = (_quiet_end(entry, key) for key in ("originNodeURI", "destinationNodeURI"))
            if kind in LINK_TYPES and origin in self.codes and destination and destination not in self.codes:
                links.setdefault(
                    (self.codes[origin], destination),
                    LinkItem(
                        origin=self.codes[origin],
                        association=kind,
                        destination=destination,
                        note=self._text(entry, "notes", where, multiline=True),
                    ),
                )
            else:
                self.other_links[kind or str(entry.get("associationType"))[:40]] += 1
        return tuple(links.values())


def _quiet_end(entry: Mapping[str, Any], key: str) -> UUID | None:
    value = entry.get(key)
    text = value.get("identifier") if isinstance(value, Mapping) else value
    return (read_uuid(text) or read_uuid(text.rstrip("/").rsplit("/", 1)[-1])) if isinstance(text, str) else None
