"""Texts of Moodle XML: their format, the files that travel with them, and the languages they are marked up for."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from django.utils.translation import gettext as _

from quizzes.formats.html import picture, read_text
from quizzes.formats.media import MediaShelf, from_base64
from quizzes.formats.shapes import MAX_TEXT, Notes, check_length
from quizzes.formats.texts import foreign_markdown, own_markdown, pictures_in, with_addresses, without_control
from quizzes.formats.xml import Element, child_text, words

FORMATS = {"html": "html", "markdown": "markdown", "plain_text": "plain", "moodle_auto_format": "moodle"}
PLUGIN = "@@PLUGINFILE@@/"
_DATA = re.compile(r"data:[\w.+-]{1,40}/[\w.+-]{1,40};base64,([A-Za-z0-9+/=%]*)")
_INSIDE = "inside-the-text:"
# As Moodle's own filter finds them: no span inside a span.
_SPAN = re.compile(
    r"<(?:lang|span)(?=[^>]*\slang=[\"']?(?P<lang>[A-Za-z0-9_-]+))(?=[^>]*(?:\sclass=[\"']?multilang|<lang))[^>]*>"
    r"(?P<text>[^<]*(?:<(?!/?(?:lang|span)\b)[^<]*)*)</(?:lang|span)>",
    re.IGNORECASE,
)
_MLANG = re.compile(
    r"\{\s{0,9}mlang\s{1,9}(?P<lang>[\w,-]{1,60})\s{0,9}\}(?P<text>[^{]*(?:\{(?!\s{0,9}mlang)[^{]*)*)\{\s{0,9}mlang\s{0,9}\}",
    re.IGNORECASE,
)


def _codes(lang: str) -> list[str]:
    """Codes of languages as items have them: "es_mx" is "es-mx"."""
    found = []
    for code in lang.replace("_", "-").split(","):
        code = code.strip().lower()
        if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", code):
            found.append(code)
    return found


def languages_in(text: str) -> list[str]:
    """Codes of the languages that a text is marked up for, in their order."""
    found: dict[str, None] = {}
    if len(text) > MAX_TEXT:
        return []
    for pattern in (_SPAN, _MLANG):
        for part in pattern.finditer(text):
            for code in _codes(part["lang"]):
                found.setdefault(code)
    return list(found)


def in_language(text: str, language: str) -> str:
    """What a text says in one language: its own parts, and what stands outside of all."""
    for pattern in (_SPAN, _MLANG):
        text = pattern.sub(lambda part: part["text"] if language in _codes(part["lang"]) else "", text)
    return text


@dataclass
class TextReader:
    """Reads the texts of one question in all its languages."""

    question: Element
    language: str
    notes: Notes
    shelf: MediaShelf = field(default_factory=MediaShelf)

    def __post_init__(self) -> None:
        found: dict[str, None] = {}
        for element in self.question.iter("text"):
            for code in languages_in(words(element)):
                found.setdefault(code)
        # A text without any mark is the same in every language of the question.
        self.languages = list(found) or [self.language]
        self.is_marked = bool(found)
        self.default_format = self._format(self.question.find("questiontext"), "moodle")

    def _format(self, element: Element | None, default: str) -> str:
        given = "" if element is None else element.get("format", "")
        return FORMATS.get(given, default)

    def _files(self, element: Element) -> dict[str, str | None]:
        """Keys of the files that an element brings along, by their address in its text."""
        found: dict[str, str | None] = {}
        for file in element.findall("file"):
            name = file.get("name", "")
            content = from_base64(file.text or "") if file.get("encoding") == "base64" else None
            path = file.get("path", "/").strip("/")
            address = f"{path}/{name}" if path else name
            found[address] = self.shelf.put(name, content) if content else None
        return found

    def say(self, element: Element | None, *, text: str | None = None, format: str = "") -> dict[str, str]:
        """What an element says, by language; `text` stands in for its own words, `format` for what it says of them."""
        if element is None:
            return {}
        holder = element.find("text")
        whole = text if text is not None else words(holder) if holder is not None else (element.text or "")
        if not whole.strip():
            return {}
        files = self._files(element)
        found: set[str] = set()
        # Pictures inside the text itself may be large: only a mark of each goes through what reads texts.
        inside: list[str] = []

        def set_aside(one: re.Match[str]) -> str:
            inside.append(one[1])
            return f"{_INSIDE}{len(inside)}"

        whole = _DATA.sub(set_aside, whole)
        check_length(whole)

        def find_file(address: str) -> str | None:
            if address.startswith(_INSIDE):
                number = address.removeprefix(_INSIDE)
                is_known = number.isdecimal() and len(number) < 7 and 1 <= int(number) <= len(inside)
                content = from_base64(unquote(inside[int(number) - 1])) if is_known else None
                return self.shelf.put("picture", content) if content else None
            if not address.startswith(PLUGIN):
                return None
            path = unquote(address.removeprefix(PLUGIN).partition("?")[0])
            found.add(path)
            return files.get(path)

        format = format or self._format(element, self.default_format)
        said = {}
        for code in self.languages:
            shown = self._markdown(in_language(whole, code), format, find_file)
            if shown:
                said[code] = shown
        # A file that no text names, an old question's picture perhaps, is shown below the text.
        for path, key in files.items():
            if path in found:
                continue
            if key is None:
                self.notes.lost([path])
            elif said:
                said = {code: f"{shown}\n\n{picture('', key)}" for code, shown in said.items()}
        return said

    def _markdown(self, text: str, format: str, find_file) -> str:  # type: ignore[no-untyped-def]
        if format != "markdown":
            reading = read_text(without_control(text), format, find_file)
            self.notes.lost(reading.lost)
            return reading.text
        markdown = own_markdown(without_control(text)).strip()
        addresses = {}
        for _words, address in pictures_in(markdown):
            key = find_file(address)
            if key is not None:
                addresses[address] = f"media:{key}"
            elif not address.startswith("media:"):
                self.notes.lost([address])
        markdown = with_addresses(markdown, addresses)
        # As it stands in the file: what was words for its writer is told apart from tags.
        foreign = foreign_markdown(without_control(text))
        if foreign:
            self.notes.change(_("Shown as plain text: %(what)s.") % {"what": ", ".join(foreign)})
        return markdown

    def plain(self, element: Element | None) -> str:
        """The words of an element that has no form: what a learner types."""
        if element is None:
            return ""
        whole = child_text(element, "text") if element.find("text") is not None else (element.text or "").strip()
        return without_control(in_language(whole, self.languages[0])).strip()
