"""XML of strangers: nothing is fetched, no entity is resolved, and whatever is wrong has a line."""

import re
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from quizzes.errors import ItemFileError

Element = Any  # lxml carries no types

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\x00<", b"<\x00")


def _parser() -> etree.XMLParser:
    # huge_tree stays off: libxml2 then refuses what grows out of all proportion, and texts above 10 MB.
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, recover=False, strip_cdata=True,
    )  # fmt: skip


def parse(content: bytes) -> tuple[Element, list[str]]:
    """The root of a document, and what had to be mended. Raises ItemFileError with the line of what is wrong."""
    changed: list[str] = []
    try:
        root = _root(content)
    except etree.XMLSyntaxError as error:
        mended = _mended(content, changed)
        if mended is None:
            raise _refused(error) from error
        try:
            root = _root(mended)
        except etree.XMLSyntaxError as second:
            raise _refused(second) from second
    return root, changed


def _root(content: bytes) -> Element:
    place = _declared_entity(content)
    if place >= 0:
        raise ItemFileError(
            _("The file declares entities of its own. That is not needed and can do harm: take them out."),
            line=content.count(b"\n", 0, place) + 1,
        )
    root = etree.fromstring(content, _parser())
    subset = root.getroottree().docinfo.internalDTD
    if subset is not None and any(True for _entity in subset.iterentities()):
        raise ItemFileError(
            _("The file declares entities of its own. That is not needed and can do harm: take them out."), line=1
        )
    return root


def _declared_entity(content: bytes) -> int:
    """Where an entity is declared, in any encoding with letters of one or more bytes; -1 for nowhere."""
    found = re.search(rb"<\x00*!\x00*E\x00*N\x00*T\x00*I\x00*T\x00*Y", content)
    if found is None:
        return -1
    # The words may stand in a text: only the part before the first element can declare anything.
    first = re.search(rb"<\x00*[A-Za-z_]", content)
    return found.start() if first is None or found.start() < first.start() else -1


def _mended(content: bytes, changed: list[str]) -> bytes | None:
    """The same file in UTF-8 without signs that XML forbids; None where that was not what is wrong with it."""
    if content.startswith(_WIDE):
        return None
    try:
        text = content.decode("utf-8-sig")
        known = True
    except UnicodeDecodeError:
        text, known = content.decode("cp1252", errors="ignore"), False
        changed.append(_("The file is not UTF-8: it was read as Windows-1252. Check letters with accents."))
    clean = _CONTROL.sub(b"", _DECLARATION.sub("", text).encode())
    if known and clean == _DECLARATION.sub("", text).encode():
        return None
    if _CONTROL.search(text.encode()):
        changed.append(_("Characters that cannot be shown were taken out."))
    return clean


def _refused(error: etree.XMLSyntaxError) -> ItemFileError:
    line = max(1, error.lineno or 1)
    if "huge" in str(error).lower() or "amplification" in str(error).lower() or "depth" in str(error).lower():
        return ItemFileError(_("A part of the file is too large or too deep."), line=line)
    return ItemFileError(_("This is not well-formed XML."), line=line)


def words(element: Element | None) -> str:
    """All text inside an element, tags inside it as they were written; empty for no element."""
    if element is None:
        return ""
    if not len(element):
        return element.text or ""
    inside = [element.text or ""]
    inside += [etree.tostring(child, encoding="unicode") for child in element]
    return "".join(inside)


def child_text(element: Element, path: str) -> str:
    """The text of the first element at a path, without spaces around it."""
    return words(element.find(path)).strip()
