"""Names of QTI: version 3 writes `qti-choice-interaction` what version 2 writes `choiceInteraction`."""

import re
from functools import lru_cache

from quizzes.formats.xml import Element

NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


# A package has few names and very many elements. The bound is for strangers who make names up.
@lru_cache(maxsize=4096)
def _name_of(tag: str) -> str:
    name = tag.rpartition("}")[2]
    if not name.startswith("qti-"):
        return name
    return re.sub(r"-([a-z0-9])", lambda found: found[1].upper(), name.removeprefix("qti-"))


@lru_cache(maxsize=4096)
def _dashed(name: str) -> str:
    return re.sub(r"([A-Z])", lambda found: "-" + found[1].lower(), name)


def local(element: Element) -> str:
    """The name of an element as version 2 has it, without namespace; empty for what is no element."""
    tag = element.tag
    return _name_of(tag) if isinstance(tag, str) else ""


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute by its name in version 2."""
    if name == "lang":
        return str(element.get(XML_LANG, element.get("lang", default)))
    if name in element.attrib:
        return str(element.get(name))
    return str(element.get(_dashed(name), default))


def named(element: Element, *names: str) -> list[Element]:
    """All elements inside with one of these names, in their order."""
    return [inside for inside in element.iter() if local(inside) in names]


def first(element: Element, *names: str) -> Element | None:
    return next((inside for inside in element.iter() if local(inside) in names), None)
