"""How figures of answers are shown: for reading only."""

from django import template
from django.utils.formats import number_format

from quizzes.reports import pictures

register = template.Library()


@register.filter
def share_of(count: int, whole: int) -> int:
    """Percent of `whole`."""
    return pictures.percent(count, whole)


@register.filter
def as_percent(rate: float | None) -> str:
    """0.5 is "50 %"; a dash where nobody is."""
    return "–" if rate is None else f"{round(rate * 100)} %"


@register.filter
def as_signed_percent(rate: float) -> str:
    """0.12 is "+12", with a true minus below zero."""
    return f"{round(rate * 100):+d}".replace("-", "−")


@register.filter
def as_signed(figure: float, digits: int) -> str:
    """0.314 is "+0.31" or "+0,31", as the language writes it, with a true minus below zero."""
    sign = "−" if figure < 0 else "+"
    return sign + number_format(abs(figure), digits)
