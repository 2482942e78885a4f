"""Markdown of a bundle to the HTML that Wagtail keeps as rich text: paragraphs, lists, emphasis and links, no more."""

from collections.abc import Mapping

from django.utils.html import escape
from django.utils.translation import gettext, override
from markdown_it import MarkdownIt

from starter.bundles import CITATION, Source

# "zero" switches everything off: HTML in a bundle stays text, and only what a lesson may hold is understood.
_markdown = MarkdownIt("zero").enable(["list", "emphasis", "link", "newline", "escape", "entity"])


def to_rich_text(text: str, sources: Mapping[str, Source], language: str) -> str:
    """Return `text` as rich text; each `[@key]` becomes a link to that source, numbered as in the course's list."""
    numbers = {key: number for number, key in enumerate(sources, start=1)}
    links: dict[str, str] = {}

    def remember(match) -> str:
        key = match.group(1)
        mark = f"SOURCE{numbers[key]}MARK"
        with override(language):
            label = gettext("source %(number)d") % {"number": numbers[key]}
        links[mark] = f'<a href="{escape(sources[key].url)}">({escape(label)})</a>'
        return mark

    html = _markdown.render(CITATION.sub(remember, text)).strip()
    for mark in sorted(links, key=len, reverse=True):
        html = html.replace(mark, links[mark])
    return html.replace("<strong>", "<b>").replace("</strong>", "</b>").replace("<em>", "<i>").replace("</em>", "</i>")


def to_plain_text(text: str) -> str:
    """Return `text` without citations, for fields that hold no markup."""
    return " ".join(CITATION.sub("", text).split())
