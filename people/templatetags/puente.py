"""What every template may ask: time in words, who is looking, this page in the other languages, a drawn bridge.

Lives in the lowest app because all others' templates load it. Nothing here writes, and nothing decides who may do what:
a link that is hidden is still guarded by its view.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, sin, sqrt
from typing import Any

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language, gettext, ngettext, override
from wagtail.models import Page

from people.models import Membership

register = template.Library()


# --- Time in words ------------------------------------------------------------------------------------------------


def _spoken(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    in_minutes = ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest}
    if not hours:
        return in_minutes
    in_hours = ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    if not rest:
        return in_hours
    return gettext("%(hours)s %(minutes)s") % {"hours": in_hours, "minutes": in_minutes}


def _noted(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(gettext("%(count)s h") % {"count": hours})
    if rest or not hours:
        parts.append(gettext("%(count)s min") % {"count": rest})
    return " ".join(parts)


@register.filter
def duration(minutes: int | None) -> str:
    """150 → "2 hours 30 minutes". Nothing for None: a template may ask before there is an answer."""
    if minutes is None or minutes == "":
        return ""
    minutes = int(minutes)
    if minutes < 0:
        return gettext("minus %(duration)s") % {"duration": _spoken(-minutes)}
    return _spoken(minutes)


@register.filter
def duration_short(minutes: int | None) -> str:
    """150 → "2 h 30 min", for a chip or a column of a table."""
    if minutes is None or minutes == "":
        return ""
    minutes = int(minutes)
    if minutes < 0:
        return gettext("minus %(duration)s") % {"duration": _noted(-minutes)}
    return _noted(minutes)


# --- Who is looking -----------------------------------------------------------------------------------------------


@register.simple_tag
def has_role(user, *roles: str) -> bool:
    """Whether this person holds one of the roles anywhere, now. One query a request, however often it is asked."""
    if not getattr(user, "is_authenticated", False):
        return False
    held = getattr(user, "_roles_for_templates", None)
    if held is None:
        held = frozenset(Membership.objects.filter(person=user).current().values_list("role", flat=True))
        user._roles_for_templates = held
    return not held.isdisjoint(roles)


# --- Addresses ----------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def qs(context, **changes: Any) -> str:
    """The query of this request with some parameters replaced; None or "" drops one. Starts with "?"."""
    request = context.get("request")
    query = request.GET.copy() if request else template.base.QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@dataclass(frozen=True)
class LanguageLink:
    """One language of the site and where this page is in it. No url: only a form can switch."""

    code: str
    name: str
    url: str | None
    is_current: bool


@register.simple_tag
def home_url(language: str | None = None) -> str:
    """The front page in a language (default: the active one)."""
    with override(language or get_language()):
        return reverse("wagtail_serve", args=[""])


@register.simple_tag(takes_context=True)
def language_links(context) -> list[LanguageLink]:
    """This page in every language of the site.

    A Wagtail page leads to its live translation, else to its nearest ancestor's, else to the front page, by one query.
    """
    request = context.get("request")
    active = get_language()
    page = context.get("page")
    others = [code for code, _name in settings.LANGUAGES if code != active]
    if isinstance(page, Page) and page.pk:
        urls = _page_urls(page, request)
        addresses = {code: urls.get(code) or home_url(code) for code in others}
    else:
        addresses = {code: _view_url(request, code) for code in others}
    return [
        LanguageLink(code=code, name=name, url=addresses.get(code), is_current=code == active)
        for code, name in settings.LANGUAGES
    ]


def _page_urls(page: Page, request) -> dict[str, str]:
    family = Page.objects.ancestor_of(page, inclusive=True).filter(depth__gt=1)
    translations = (
        Page.objects.live()
        .filter(translation_key__in=family.values("translation_key"))
        .exclude(locale_id=page.locale_id)
        .select_related("locale")
        .order_by("depth")
    )
    # Deeper ones come later and win: the page itself before its parents.
    return {found.locale.language_code: found.get_url(request) for found in translations}


def _view_url(request, code: str) -> str | None:
    if request is None or request.resolver_match is None or request.resolver_match.url_name == "wagtail_serve":
        return home_url(code)
    here = request.get_full_path()
    there = translate_url(here, code)
    return None if there == here else there


# --- The bridge ---------------------------------------------------------------------------------------------------

BRIDGE_WIDTH = 320
_SPAN, _RISE, _THICKNESS, _SPRING_Y = 264.0, 78.0, 26.0, 128.0


@dataclass(frozen=True)
class Stone:
    """One drawn stone: its outline as SVG path data, and where its middle is."""

    title: str
    state: str
    path: str
    x: float
    y: float
    is_keystone: bool
    is_roomy: bool


@register.simple_tag
def bridge_drawing(stones: Iterable[Any]) -> list[Stone]:
    """Lay the stones of a course as an arch: from both banks to the middle, the last one as the keystone."""
    stones = list(stones)
    if not stones:
        return []
    radius = (_SPAN * _SPAN / 4 + _RISE * _RISE) / (2 * _RISE)
    half_angle = asin(_SPAN / 2 / radius)
    centre_y = _SPRING_Y + sqrt(radius * radius - _SPAN * _SPAN / 4)
    count = len(stones)
    # The keystone stays wide enough to be seen, however many stones there are.
    key = half_angle if count == 1 else max(half_angle / count, 0.055)
    sides = ((count) // 2, (count - 1) // 2)
    gap = 0.9 if count <= 24 else 0.6
    drawn = []
    for index, stone in enumerate(stones):
        is_keystone = index == count - 1
        if is_keystone:
            start, end = -key, key
        else:
            on_right = index % 2
            width = (half_angle - key) / sides[on_right]
            place = index // 2
            start, end = -half_angle + place * width, -half_angle + (place + 1) * width
            if on_right:
                start, end = -end, -start
        lift = 7.0 if stone.state == "current" else 0.0
        inner = radius - (5.0 if is_keystone else 0.0) + lift
        outer = radius + _THICKNESS + (5.0 if is_keystone else 0.0) + lift
        middle = (start + end) / 2
        across = (inner + outer) / 2
        drawn.append(
            Stone(
                title=str(stone.title),
                state=stone.state,
                path=_wedge(start, end, inner, outer, centre_y, gap),
                x=round(BRIDGE_WIDTH / 2 + across * sin(middle), 1),
                y=round(centre_y - across * cos(middle), 1),
                is_keystone=is_keystone,
                is_roomy=(end - start) * radius > 14,
            )
        )
    return drawn


def _wedge(start: float, end: float, inner: float, outer: float, centre_y: float, gap: float) -> str:
    def point(angle: float, radius: float, shift: float) -> str:
        angle += shift / radius
        x, y = BRIDGE_WIDTH / 2 + radius * sin(angle), centre_y - radius * cos(angle)
        return f"{x:.1f} {y:.1f}"

    return (
        f"M{point(start, inner, gap)}L{point(start, outer, gap)}"
        f"A{outer:.1f} {outer:.1f} 0 0 1 {point(end, outer, -gap)}"
        f"L{point(end, inner, -gap)}A{inner:.1f} {inner:.1f} 0 0 0 {point(start, inner, gap)}Z"
    )


@register.filter
def percent_of(value: int | None, maximum: int | None) -> int:
    """A whole percentage from 0 to 100, rounded down so that 100 means all of it."""
    if not value or not maximum:
        return 0
    return max(0, min(100, int(value) * 100 // int(maximum)))


@register.simple_tag
def optional_url(name: str, *args) -> str:
    """The address of a view, or "" where this installation does not have it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
