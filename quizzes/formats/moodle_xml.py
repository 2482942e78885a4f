"""Moodle XML: a file of it as items, with the files inside it."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from lxml import etree

from quizzes.errors import ItemFileError
from quizzes.formats.html import picture
from quizzes.formats.media import from_base64
from quizzes.formats.moodle_kinds import KindReader, Values, decimal_of, is_on
from quizzes.formats.moodle_texts import TextReader
from quizzes.formats.shapes import (
    Fault,
    Notes,
    Reading,
    ReadItem,
    Refused,
    build,
    check_count,
    check_size,
    mended_code,
    short_name,
    split_category,
)
from quizzes.formats.texts import without_control
from quizzes.formats.weights import millionths
from quizzes.formats.xml import Element, child_text, parse, words
from quizzes.items import media_named

# Types whose numbers are made anew for each learner, or that are drawn from elsewhere.
_NO_PLACE = {
    "calculated": lambda: _("Its numbers are made anew for each learner, which items here do not do."),
    "calculatedmulti": lambda: _("Its numbers are made anew for each learner, which items here do not do."),
    "calculatedsimple": lambda: _("Its numbers are made anew for each learner, which items here do not do."),
    "random": lambda: _("It is drawn from a category: a quiz draws items by itself here."),
    "randomsamatch": lambda: _("It is drawn from other questions, which items here are not."),
}

# What is read of a question, whatever its type.
_READ = frozenset(
    ["answer", "attachments", "category", "correctfeedback", "defaultgrade", "drag", "dragbox", "drop", "file",
     "filetypeslist", "generalfeedback", "graderinfo", "gradingtype", "hidden", "hint", "idnumber", "image",
     "image_base64", "incorrectfeedback", "maxbytes", "maxwordlimit", "mediatype", "minwordlimit", "name",
     "partiallycorrectfeedback", "penalty", "questiontext", "responseformat", "responsetemplate", "selectoption",
     "selecttype", "showunits", "shuffleanswers", "single", "subquestion", "tags", "unitgradingtype", "unitpenalty",
     "units", "usecase"]
)  # fmt: skip
# How a question looks, and what Moodle keeps for itself: nothing that is asked or earned depends on it.
_LOOKS = frozenset(
    ["answernumbering", "instructions", "layouttype", "numberingstyle", "responsefieldlines", "selectcount",
     "showgrading", "showmisplaced", "shownumcorrect", "showstandardinstruction", "unitsleft", "versions"]
)  # fmt: skip
# Settings at the values that change nothing.
_PLAIN = {"attachmentsrequired": "0", "responserequired": "1", "timelimitinseconds": "0"}


def read_moodle_xml(content: bytes, *, language: str = "en") -> Reading:
    """Every question of a Moodle XML file, read or refused. Raises ItemFileError where the file cannot be read.

    Texts that the file marks up for languages are kept under those, all others under `language`.
    """
    check_size(content)
    root, changed = parse(content)
    if root.tag != "quiz":
        raise ItemFileError(_("This is not Moodle XML: it does not begin with <quiz>."), line=root.sourceline or 1)
    entries: list[ReadItem | Refused] = []
    category = ""
    strange: dict[str, None] = {}
    for element in root:
        if element.tag != "question":
            strange.setdefault(f"<{element.tag}>")
            continue
        if element.get("type") == "category":
            category = child_text(element, "category/text")
            continue
        entries.append(_read(element, language, category))
        check_count(len(entries))
    if strange:
        names = ", ".join(name[:40] for name in list(strange)[:12])
        changed.append(_("Only questions were read of the file, not: %(names)s.") % {"names": names})
    return Reading(entries=tuple(entries), changed=tuple(changed))


def _read(element: Element, language: str, category: str) -> ReadItem | Refused:
    notes = Notes()
    name = short_name(without_control(child_text(element, "name/text")))
    number = child_text(element, "idnumber")
    line = element.sourceline or 1
    texts = TextReader(element, language, notes)
    try:
        values = _values(element, texts, notes) | {
            "name": name,
            "category": list(split_category(without_control(category))),
        }
        spec = build(values)
    except Fault as fault:
        return Refused(id=number or name, line=fault.line or line, reason=str(fault))
    media = {entry.key: texts.shelf.content[entry.key] for entry in spec.media}
    return ReadItem(id=number or name, line=line, spec=spec, media=media, changed=notes.changed)


def _values(element: Element, texts: TextReader, notes: Notes) -> Values:
    """The values of a spec, its name and category apart. Raises Fault."""
    type = element.get("type", "")
    reader = KindReader(element, texts, notes, etree.tostring(element, encoding="unicode"))
    if type in _NO_PLACE:
        raise Fault(_NO_PLACE[type]())
    if type not in reader.readers:
        raise Fault(_("Questions of the type “%(type)s” are not known here.") % {"type": type[:40]})
    own = reader.readers[type]()
    points = {} if "points" in own else {"points": _points(element, notes)}
    values: Values = {
        "code": _code(element, notes),
        "penalty": _penalty(element, notes),
        "hints": [said for hint in element.findall("hint") if (said := texts.say(hint))],
        "feedback": texts.say(element.find("generalfeedback")),
        "feedback_right": texts.say(element.find("correctfeedback")),
        "feedback_partly": texts.say(element.find("partiallycorrectfeedback")),
        "feedback_wrong": texts.say(element.find("incorrectfeedback")),
        "tags": _tags(element),
        **points,
        **own,
    }
    if "stem" not in own:
        values["stem"] = _stem(element, texts, notes)
    _add_pictures(element, texts, notes, values)
    if own["kind"] == "description" and any(values[name] for name in ("hints", "feedback_right", "feedback_wrong")):
        values |= {"hints": [], "feedback_right": {}, "feedback_partly": {}, "feedback_wrong": {}}
    _tell_settings(element, notes, is_upload=own["kind"] == "upload")
    if is_on(element, "hidden", default=False):
        notes.change(_("It was hidden there; it is not hidden here."))
    media, _content = texts.shelf.used(media_named(values))
    values["media"] = media
    return values


def _tell_settings(element: Element, notes: Notes, *, is_upload: bool) -> None:
    """Tell of settings that have no place here and change what is asked."""
    # A file is the answer to an upload: it cannot be left out.
    known = _READ | _LOOKS | ({"attachmentsrequired"} if is_upload else set())
    left = dict.fromkeys(
        child.tag[:40]
        for child in element
        if child.tag not in known and words(child).strip() and words(child).strip() != _PLAIN.get(child.tag)
    )
    if left:
        notes.change(_("Settings without a place here were left out: %(names)s.") % {"names": ", ".join(left)})


def _stem(element: Element, texts: TextReader, notes: Notes) -> dict[str, str]:
    stem = texts.say(element.find("questiontext"))
    if not stem:
        stem = texts.say(element.find("name"))
        if stem:
            notes.change(_("The question has no text: its name was taken."))
    return stem


def _add_pictures(element: Element, texts: TextReader, notes: Notes, values: Values) -> None:
    """Pictures that stand beside the text: those of old files, and the one that things are dragged onto."""
    found: list[str | None] = []
    image = child_text(element, "image")
    if image:
        content = from_base64(child_text(element, "image_base64"))
        found.append(texts.shelf.put(image, content) if content else None)
        if found[-1] is None:
            notes.lost([image[:80]])
    if element.get("type") in ("ddimageortext", "ddmarker"):
        for file in element.findall("file"):
            content = from_base64(file.text or "")
            found.append(texts.shelf.put(file.get("name", ""), content) if content else None)
    place = "text" if values["kind"] in ("cloze", "gap_select") else "stem"
    for key in found:
        if key is not None:
            values[place] = {code: f"{text}\n\n{picture('', key)}" for code, text in values[place].items()}


def _code(element: Element, notes: Notes) -> str:
    given = child_text(element, "idnumber")
    code = mended_code(given)
    if code != given:
        notes.change(_("The identifier “%(id)s” became “%(code)s”.") % {"id": given[:100], "code": code})
    return code


def _tags(element: Element) -> list[str]:
    found = (" ".join(without_control(child_text(tag, "text")).split())[:100] for tag in element.findall("tags/tag"))
    return list(dict.fromkeys(tag for tag in found if tag))[:50]


def _penalty(element: Element, notes: Notes) -> int:
    given = decimal_of(child_text(element, "penalty") or "0") or Decimal(0)
    kept = min(Decimal(1), max(Decimal(0), given))
    if kept != given:
        notes.change(_("The penalty was brought between 0 and 100 %."))
    return millionths(kept * 100)


def _points(element: Element, notes: Notes) -> int:
    text = child_text(element, "defaultgrade")
    given = decimal_of(text) if text else Decimal(1)
    if given is None:
        notes.change(_("“%(text)s” is no number: 1 point was taken.") % {"text": text[:60]})
        return 1
    points = max(1, min(1_000, int(given.to_integral_value(ROUND_HALF_UP))))
    if points != given:
        notes.change(
            _("%(given)s points became %(points)d: points are whole here.") % {"given": text, "points": points}
        )
    return points
