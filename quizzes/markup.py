"""Light Markdown of items to safe HTML: emphasis, lists, line breaks, pictures and sounds of the item; no more.

HTML in a text is shown as text. Results are kept by text, since an attempt shows the same texts again and again.
"""

import re
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# "zero" switches everything off: what is not named here stays text.
_markdown = MarkdownIt("zero", {"breaks": True}).enable(["list", "emphasis", "newline", "escape", "entity", "image"])
_markdown.validateLink = lambda url: url.startswith("media:")  # type: ignore[method-assign]

_TELLING = re.compile(r"[*_\\&!\[]|^\s*([-+]|\d+[.)])\s|\n\s*\n", re.MULTILINE)
_PICTURE = re.compile(r'<img src="media:([A-Za-z0-9_-]+)" alt="([^"]*)"(?: title="[^"]*")?\s*/?>')
_OTHER_PICTURE = re.compile(r"<img [^>]*>")
_PLAIN = re.compile(r"\\([*_\[\]!\\])|!\[([^\]]*)\]\([^)]*\)|\*{1,3}(?=\S)|(?<=\S)\*{1,3}")


def block(text: str, media_url: str = "") -> SafeString:
    """`text` as paragraphs, lists and pictures."""
    return mark_safe(_pictures(_block(text), media_url))  # noqa: S308 - rendered with HTML switched off


def line(text: str, media_url: str = "") -> SafeString:
    """`text` as words in a line, with breaks."""
    return mark_safe(_pictures(_line(text), media_url))  # noqa: S308 - rendered with HTML switched off


def is_line(text: str) -> bool:
    """Whether `text` is one paragraph, so that it may stand where only words may."""
    html = _block(text)
    return html.count("<p>") <= 1 and "<ul>" not in html and "<ol" not in html


@lru_cache(4096)
def _block(text: str) -> str:
    if not _TELLING.search(text):
        return f"<p>{_line(text)}</p>" if text.strip() else ""
    return _markdown.render(text).strip()


@lru_cache(4096)
def _line(text: str) -> str:
    if not _TELLING.search(text):
        return escape(text.strip()).replace("\r\n", "\n").replace("\n", "<br>\n")
    return _markdown.renderInline(text.strip())


def _pictures(html: str, media_url: str) -> str:
    if "<img" not in html:
        return html
    html = _PICTURE.sub(rf'<img src="{escape(media_url)}\1" alt="\2" loading="lazy" class="quiz-picture">', html)
    return _OTHER_PICTURE.sub(lambda found: found[0] if 'class="quiz-picture"' in found[0] else "", html)


def plain(text: str) -> str:
    """`text` without its marks, for lists and labels."""
    return " ".join(_PLAIN.sub(lambda found: found[1] or found[2] or "", text).split())
