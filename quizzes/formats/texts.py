"""The light Markdown of items and the plain text of other programs, each from the other."""

import re
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

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
_TO_SHOW = re.compile(r"&amp;(?=(?:amp;)*lt;)")


def shared_markdown(markdown: str) -> str:
    """Our Markdown for programs that would run HTML inside it: here a tag is words."""
    return _TO_HIDE.sub("&amp;", markdown).replace("<", "&lt;")


def own_markdown(shared: str) -> str:
    """The way back from `shared_markdown`."""
    return _TO_SHOW.sub("&", re.sub(r"(?<!&amp;)(?<!amp;)&lt;", "<", shared))


def unescaped(text: str) -> str:
    """The text with its HTML entities read."""
    return unescape(text)
