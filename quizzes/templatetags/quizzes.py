"""How texts and marks of quizzes are shown."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from quizzes import behaviours, kinds, markup, reports
from quizzes.data import ShownQuestion, ShownText
from quizzes.formats.answers import ENDINGS, TYPES
from quizzes.models import Attempt, AttemptItem

register = template.Library()


@register.filter
def points(hundredths: int | None) -> str:
    """Marks as points, in the reader's way of writing numbers."""
    return "" if hundredths is None else kinds.points_in_words(hundredths)


@register.filter
def markup_block(text: ShownText, media_url: str = "") -> SafeString:
    """A text as paragraphs, lists and pictures."""
    return markup.block(str(text), media_url)


@register.filter
def markup_line(text: ShownText, media_url: str = "") -> SafeString:
    """A text as words in a line."""
    return markup.line(str(text), media_url)


@register.filter
def accepted_types(accept: str) -> str:
    """What a file field offers for a question that takes pictures, recordings or documents: types and endings."""
    return ",".join([*TYPES[accept], *(ENDINGS[type] for type in TYPES[accept])]) if accept else ""


@register.filter
def stem_of(row: AttemptItem) -> ShownText:
    """The question of an attempt item, in the reader's language."""
    return reports.shown(row.version.question["stem"] or row.version.question.get("text", {}), get_language())


@register.filter
def is_line(text: ShownText) -> bool:
    """Whether a text may stand where only words may."""
    return markup.is_line(str(text))


@register.filter
def plain(text: ShownText) -> str:
    """A text without its marks."""
    return markup.plain(str(text))


@register.filter
def can_check(attempt: Attempt | None, question: ShownQuestion) -> bool:
    """Whether the answer to a question of this attempt can be checked now."""
    if attempt is None or question.is_finished:
        return False
    return behaviours.can_check(attempt.behaviour, question.kind, question.points)


@register.simple_tag
def lang_of(text: ShownText) -> SafeString | str:
    """The attribute that says in which language a text is, where it is not the page's."""
    return format_html(' lang="{}"', text.language) if text and text.is_fallback else ""
