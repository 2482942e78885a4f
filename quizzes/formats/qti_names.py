"""Names of QTI: version 3 writes `qti-choice-interaction` what version 2 writes `choiceInteraction`."""

import re

from quizzes.formats.xml import Element

NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _camel(name: str) -> str:
    return re.sub(r"-([a-z0-9])", lambda found: found[1].upper(), name)


def local(element: Element) -> str:
    """The name of an element as version 2 has it, without namespace; empty for what is no element."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    name = tag.rpartition("}")[2]
    return _camel(name.removeprefix("qti-")) if name.startswith("qti-") else name


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute by its name in version 2."""
    if name == "lang":
        return str(element.get(XML_LANG, element.get("lang", default)))
    if name in element.attrib:
        return str(element.get(name))
    dashed = re.sub(r"([A-Z])", lambda found: "-" + found[1].lower(), name)
    return str(element.get(dashed, default))


def named(element: Element, *names: str) -> list[Element]:
    """All elements inside with one of these names, in their order."""
    return [inside for inside in element.iter() if local(inside) in names]


def first(element: Element, name: str) -> Element | None:
    return next(iter(named(element, name)), None)
