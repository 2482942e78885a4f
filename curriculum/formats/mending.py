"""Texts, dates and codes of real files, with their blemishes put right."""

import re
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from curriculum.formats.shapes import MAX_NAME, Notes

# Only tags that publishers use in statements: "x < y and z > w" is no tag.
_TAGS = (
    "a|abbr|b|blockquote|br|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|s|script|small|span|strong|style|sub|sup|table|"
    "tbody|td|th|thead|tr|u|ul"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_BREAKS = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"}
)
_SILENT = frozenset({"script", "style"})
# Control characters: PostgreSQL refuses NUL, and no reader sees the others. Line feed and tab stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class _PlainText(HTMLParser):
    """The words of a piece of HTML, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _SILENT:
            self.silent += 1
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        if tag == "sup":
            self.parts.append("^")
        if tag in {"td", "th"}:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def without_html(text: str) -> str:
    """The words of a text that has HTML in it; any other text as it is."""
    if _TAG.search(text):
        parser = _PlainText()
        parser.feed(text)
        parser.close()
        return "".join(parser.parts)
    return unescape(text) if _ENTITY.search(text) else text


def tidy(text: str) -> str:
    """The text without spaces that nobody sees, its paragraphs kept."""
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean_text(text: str, where: str, notes: Notes, *, multiline: bool = False) -> str:
    """A text as Puente keeps it. Warns of HTML, of control characters and of broken characters that were mended."""
    mended = _CONTROL.sub("", _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r", "\n")))
    if mended != text.replace("\r", "\n"):
        notes.warn(where, _("Characters that cannot be shown were taken out."))
    plain = without_html(mended)
    if plain != mended:
        notes.warn(where, _("HTML was turned into plain text."))
    plain = tidy(plain)
    return plain if multiline else " ".join(plain.split())


def name_and_statement(full: str, short: str) -> tuple[str, str]:
    """A name of at most 200 characters, and the full wording where that is more than the name.

    `full` is tidy text, perhaps of several lines; `short` is the publisher's own short form, or empty.
    """
    line = " ".join(full.split())
    if not short and len(line) <= MAX_NAME:
        return line, "" if line == full else full
    name = short or line
    if len(name) > MAX_NAME:
        name = name[: MAX_NAME - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    return name, "" if name == full else full


def site_language(tag: str) -> str | None:
    """The language of the site for a tag such as "en-US" or "eng"; None where the site does not have it."""
    base = tag.strip().lower().replace("_", "-").split("-")[0]
    base = {"eng": "en", "spa": "es", "esp": "es"}.get(base, base)
    return base if base in dict(settings.LANGUAGES) else None


def read_moment(text: str, where: str, notes: Notes) -> datetime | None:
    """A moment in UTC. Warns where the zone is missing (UTC is taken) or where it is no moment (None)."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            notes.warn(where, _("The time zone is missing: UTC was taken."))
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        notes.warn(where, _("“%(value)s” is not a moment: it was left out.") % {"value": text[:60]})
        return None


def read_day(text: str, where: str, notes: Notes) -> date | None:
    """A day. Warns where it is none."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        notes.warn(where, _("“%(value)s” is not a day: it was left out.") % {"value": text[:60]})
        return None


def is_address(text: str) -> bool:
    """Whether a text is an address that a browser can open."""
    try:
        URLValidator()(text)
    except ValidationError:
        return False
    return len(text) <= 500
