"""How figures of answers are shown: for reading only."""

from django import template

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
