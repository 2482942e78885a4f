"""Competencies of a file as a tree: doubles, missing parents and circles are found, and the order is made."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from curriculum.formats.shapes import MAX_LEVELS, CompetencyItem, Notes


@dataclass(frozen=True, kw_only=True)
class Node:
    """One competency as read: `key` is what parents are named by in the file, `where` its place there."""

    key: str
    where: str
    item: CompetencyItem
    parent: str = ""
    order: tuple[object, ...] = ()


def refuse_doubles(nodes: list[Node], notes: Notes) -> None:
    """Refuse a code or an identifier that two competencies have, a line for every one after the first."""
    codes: dict[str, str] = {}
    identifiers: dict[UUID, str] = {}
    for node in nodes:
        first = codes.setdefault(node.item.code, node.where)
        if first != node.where:
            notes.refuse(
                node.where,
                _("The code “%(code)s” is already at %(place)s.") % {"code": node.item.code, "place": first},
            )
        if node.item.identifier is not None:
            first = identifiers.setdefault(node.item.identifier, node.where)
            if first != node.where:
                notes.refuse(
                    node.where,
                    _("The identifier %(id)s is already at %(place)s.") % {"id": node.item.identifier, "place": first},
                )


def arrange(nodes: list[Node], notes: Notes) -> tuple[CompetencyItem, ...]:
    """The competencies, parents before children, children in their order. Refuses circles and too many levels.

    Every `parent` must be the key of a node or empty.
    """
    by_key = {node.key: node for node in nodes}
    _refuse_circles(by_key, notes)
    if notes.faults:
        return ()
    children: dict[str, list[Node]] = {}
    for node in nodes:
        children.setdefault(node.parent, []).append(node)
    for siblings in children.values():
        siblings.sort(key=lambda node: node.order)
    arranged: list[CompetencyItem] = []
    waiting = [(node, 1) for node in reversed(children.get("", []))]
    while waiting:
        node, level = waiting.pop()
        if level > MAX_LEVELS:
            notes.refuse(node.where, _("It is below %(count)d others: that is too deep.") % {"count": level - 1})
            continue
        parent = by_key[node.parent].item.code if node.parent else ""
        arranged.append(_with_parent(node.item, parent))
        waiting.extend((child, level + 1) for child in reversed(children.get(node.key, [])))
    return tuple(arranged)


def _with_parent(item: CompetencyItem, parent: str) -> CompetencyItem:
    return CompetencyItem(**{**vars(item), "parent": parent})


def _refuse_circles(by_key: dict[str, Node], notes: Notes) -> None:
    settled: set[str] = set()
    for start in by_key:
        path: dict[str, None] = {}
        key = start
        while key and key not in settled and key not in path:
            path[key] = None
            key = by_key[key].parent
        if key in path:
            keys = list(path)
            circle = keys[keys.index(key) :]
            codes = [by_key[each].item.code for each in [*circle, key]]
            notes.refuse(by_key[key].where, _("A circle of parents: %(codes)s.") % {"codes": " → ".join(codes)})
        settled.update(path)
