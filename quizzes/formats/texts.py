"""The light Markdown of items and the plain text of other programs, each from the other."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from quizzes.errors import ItemFileError

# What the text of an item may hold (quizzes.items): anything else is shown as it stands.
_markdown = MarkdownIt("zero").enable(["list", "emphasis", "newline", "escape", "entity", "image"])
_PUNCTUATION = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
# Signs that Markdown would take for its own, where they could be.
_SPECIAL = re.compile(
    rf"\\(?=[{_PUNCTUATION}]|\n|$)"
    r"|(?<!\s)\*|\*(?!\s|$)"
    r"|(?<![^\W_])_(?=[^\s])|_(?=_*[^\W_])(?<![^\W_]_)(?<![^\W_])"
    r"|&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)"
    r"|!(?=\[)"
)
_AT_START = re.compile(r"^([ \t]*)(?:([-+*](?=\s|$))|(\d{1,9})([.)](?=\s|$)))", re.MULTILINE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|<!--")
# Control characters: a database refuses NUL, and no reader sees the others. Line feed and tab stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def has_html(text: str) -> bool:
    """Whether a text has tags or entities in it that are meant as such: "x < y" has not."""
    return _TAG.search(text) is not None or _ENTITY.search(text) is not None


def without_control(text: str) -> str:
    """The text without the characters that cannot be shown or stored."""
    return _CONTROL.sub("", text)


def escaped(plain: str, *, is_start: bool = True) -> str:
    """Plain words with a backslash before each sign that Markdown would take for its own."""
    text = _SPECIAL.sub(lambda found: "\\" + found[0], plain)
    return _AT_START.sub(_escaped_start, text) if is_start else text


def _escaped_start(found: re.Match[str]) -> str:
    space, bullet, number, dot = found.groups()
    return f"{space}\\{bullet}" if bullet else f"{space}{number}\\{dot}"


def markdown_of(plain: str) -> str:
    """Plain text so that it is shown as it stands, with as few backslashes as that takes."""
    text = without_control(plain.replace("\r\n", "\n").replace("\r", "\n"))
    text = "\n".join(line.strip() for line in text.split("\n")).strip()
    text = re.sub(r"\n{3,}", "\n\n", text)
    return text if plain_of(text) == text else escaped(text)


def _words(tokens: list[Token] | None) -> str:
    parts = []
    for token in tokens or []:
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_words(token.children))
        else:
            parts.append(token.content)
    return "".join(parts)


def plain_of(markdown: str) -> str:
    """The words of a Markdown text, for what cannot hold any form; a picture is its description."""
    lines: list[str] = []
    marks: list[str] = []
    numbers: list[int] = []
    for token in _markdown.parse(markdown):
        if token.type == "bullet_list_open":
            numbers.append(-1)
        elif token.type == "ordered_list_open":
            numbers.append(int(token.attrGet("start") or 1))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
        elif token.type == "list_item_open":
            marks.append("- " if numbers[-1] < 0 else f"{numbers[-1]}. ")
            numbers[-1] += 1 if numbers[-1] >= 0 else 0
        elif token.type == "inline":
            if lines and not marks:
                lines.append("")
            lines.append("".join(marks[-1:]) + _words(token.children))
            marks.clear()
    return "\n".join(lines)


def is_plain(markdown: str) -> bool:
    """Whether a Markdown text is words alone: its plain form says all of it."""
    return all(
        token.type in ("paragraph_open", "paragraph_close", "inline")
        and all(child.type in ("text", "text_special", "softbreak") for child in token.children or [])
        for token in _markdown.parse(markdown)
    )


# --- Markdown of programs that take HTML inside it ----------------------------------------------------------------

_TO_HIDE = re.compile(r"&(?=(?:amp;)*lt;)")
_HIDDEN = re.compile(r"&((?:amp;)*)lt;")


def shared_markdown(markdown: str) -> str:
    """Our Markdown for programs that would run HTML inside it: here a tag is words."""
    return _TO_HIDE.sub("&amp;", markdown).replace("<", "&lt;")


def own_markdown(shared: str) -> str:
    """The way back from `shared_markdown`."""
    return _HIDDEN.sub(lambda found: f"&{found[1][4:]}lt;" if found[1] else "<", shared)


_commonmark = MarkdownIt("commonmark", {"html": True})
_SHOWN = frozenset(
    [
        "inline",
        "text",
        "text_special",
        "softbreak",
        "hardbreak",
        "paragraph_open",
        "paragraph_close",
        "bullet_list_open",
        "bullet_list_close",
        "ordered_list_open",
        "ordered_list_close",
        "list_item_open",
        "list_item_close",
        "em_open",
        "em_close",
        "strong_open",
        "strong_close",
        "image",
    ]
)
_FOREIGN_NAMES = {
    "html_inline": "HTML",
    "html_block": "HTML",
    "fence": "code",
    "code_block": "code",
    "code_inline": "code",
}


def foreign_markdown(markdown: str) -> list[str]:
    """What in a text is Markdown elsewhere and would be shown as it stands here, e.g. ["heading", "link"]."""
    found: dict[str, None] = {}
    for token in _commonmark.parse(markdown):
        for part in (token, *(token.children or ())):
            if part.type not in _SHOWN:
                found.setdefault(_FOREIGN_NAMES.get(part.type, part.type.removesuffix("_open").removesuffix("_close")))
    return list(found)


_IMAGE = re.compile(r"!\[((?:[^\[\]\\]|\\.)*)\]\(\s*<?([^()\s<>]*)>?(?:\s+\"[^\"]*\")?\s*\)")


def without_pictures(markdown: str) -> str:
    """The text with the description of each picture in its place."""
    return _IMAGE.sub(lambda found: found[1], markdown)


def pictures_in(markdown: str) -> list[tuple[str, str]]:
    """(description, address) of each picture."""
    return [(found[1], found[2]) for found in _IMAGE.finditer(markdown)]


def with_addresses(markdown: str, address_of: dict[str, str]) -> str:
    """The text with other addresses for its pictures; those that are not named keep theirs."""
    return _IMAGE.sub(
        lambda found: f"![{found[1]}]({address_of[found[2]]})" if found[2] in address_of else found[0], markdown
    )


# --- Bytes and numbers --------------------------------------------------------------------------------------------


def decode(content: bytes) -> tuple[str, list[str]]:
    """A text file with line feeds for line ends, and what had to be assumed. Raises ItemFileError for what is no text.

    UTF-8 with or without a mark, UTF-16 with one; anything else is taken for Windows-1252.
    """
    changed = []
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252: browsers take them for control characters, which are left out later.
        text = content.decode("cp1252", errors="ignore")
        changed.append(_("The file is not UTF-8: it was read as Windows-1252. Check letters with accents."))
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise ItemFileError(_("This is not a text file."), line=line)
    return text.replace("\r\n", "\n").replace("\r", "\n"), changed


def decimal_text(number: Decimal) -> str:
    """A number as an item holds it: digits with a point, an exponent only where it is very large or small."""
    number = number + 0 if number.is_zero() else number
    plain = (
        f"{number:f}"
        if -25 <= number.adjusted() <= 25
        else f"{number.normalize():E}".replace("E+", "e").replace("E", "e")
    )
    return "0" if number.is_zero() else plain
