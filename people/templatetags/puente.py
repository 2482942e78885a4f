"""What every template may ask: time in words, who is looking, this page in the other languages, a drawn bridge.

Lives in the lowest app because all others' templates load it. Nothing here writes, and nothing decides who may do what:
a link that is hidden is still guarded by its view.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, sin
from typing import Any

from django import template
from django.conf import settings
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_urlconf, reverse, translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, override
from wagtail.models import Page

from people.durations import signed
from people.models import Membership

register = template.Library()


# --- Time in words ------------------------------------------------------------------------------------------------


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
    return signed(int(minutes))


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


# --- Pictures -----------------------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache
def icon(name: str) -> SafeString:
    """A drawn icon, 24 px: one of the symbols in static/img/icons.svg. Always beside words: screen readers skip it."""
    return format_html(
        '<svg class="icon" width="24" height="24" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


# --- Addresses ----------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def qs(context, **changes: Any) -> str:
    """The query of this request with some parameters replaced; None or "" drops one. Starts with "?"."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@dataclass(frozen=True)
class LanguageLink:
    """One language of the site and where this page is in it. No url: a form must switch."""

    code: str
    name: str
    url: str | None
    is_current: bool


@lru_cache(maxsize=512)
def _address(name: str, args: tuple, language: str, urlconf: str | None) -> str:
    """The header asks for the same addresses on every page: kept for the life of the process."""
    with override(language):
        try:
            return reverse(name, args=args, urlconf=urlconf)
        except NoReverseMatch:
            return ""


@register.simple_tag
def optional_url(name: str, *args) -> str:
    """The address of a view in the active language, or "" where this installation does not have it."""
    return _address(name, args, get_language(), get_urlconf())


@register.simple_tag
def home_url(language: str | None = None) -> str:
    """The front page in a language (default: the active one)."""
    return _address("wagtail_serve", ("",), language or get_language(), get_urlconf())


@register.simple_tag(takes_context=True)
def language_links(context) -> list[LanguageLink]:
    """This page in every language of the site.

    A Wagtail page leads to its live translation, else to its nearest ancestor's, else to the front page, by one query.
    """
    request = context.get("request")
    active = get_language()
    page = context.get("page")
    others = [code for code, _name in settings.LANGUAGES if code != active]
    known = context.get("language_paths") or {}
    if all(code in known for code in others):
        addresses = known  # the view knows where this page is in every language and spares the query
    elif isinstance(page, Page) and page.pk:
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
        .only("depth", "url_path", "locale__language_code")
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

# In units of the drawing (320 wide, 150 high): how far the arch spans, how high it rises, how thick its stones are, the
# height of its feet and of the road above it.
_MIDDLE, _SPAN, _RISE, _THICKNESS, _FEET_Y, _ROAD_Y = 160.0, 256.0, 82.0, 22.0, 138.0, 26.0
_RADIUS = (_SPAN * _SPAN / 4 + _RISE * _RISE) / (2 * _RISE)
_CENTRE_Y = _FEET_Y - _RISE + _RADIUS
_HALF_ANGLE = asin(_SPAN / 2 / _RADIUS)
_BANK = 30.0  # how far a bank reaches in
_KEYSTONE_SHARE = 0.05  # of the half arch at least: the keystone is seen however many stones there are


@dataclass(frozen=True)
class Stone:
    """One drawn stone: its outline as SVG path data, and what belongs to it above and below."""

    title: str
    state: str
    is_keystone: bool
    path: str
    column: str  # from a laid stone up to the road
    pointer: str  # "you are here", below the current stone
    tick: str  # on a laid keystone


@dataclass(frozen=True)
class Bridge:
    """The whole drawing. The road reaches as far from each bank as stones were laid without a hole."""

    stones: list[Stone]
    road: str
    is_whole: bool


@register.simple_tag
def bridge_drawing(stones: Iterable[Any]) -> Bridge:
    """Lay the stones of a course as an arch: from both banks to the middle in turn, the last one as the keystone."""
    laid = list(stones or ())
    last = len(laid) - 1
    sides = ((last + 1) // 2, last // 2)  # how many stones stand left and right of the keystone
    key = _HALF_ANGLE * max(1 / max(len(laid), 1), _KEYSTONE_SHARE)
    drawn = []
    reach = [-_HALF_ANGLE, -_HALF_ANGLE]
    for index, stone in enumerate(laid):
        if index == last:
            start, end = -key, key
        else:
            width = (_HALF_ANGLE - key) / sides[index % 2]
            start = -_HALF_ANGLE + index // 2 * width
            end = start + width
            if stone.state == "done" and abs(reach[index % 2] - start) < width / 2:
                reach[index % 2] = end
            if index % 2:
                start, end = -end, -start
        drawn.append(_stone(stone, start, end, is_keystone=index == last))
    is_whole = bool(laid) and all(stone.state == "done" for stone in laid)
    return Bridge(stones=drawn, road=_road(reach, is_whole), is_whole=is_whole)


def _stone(stone: Any, start: float, end: float, *, is_keystone: bool) -> Stone:
    inner = _RADIUS - (4 if is_keystone else 0)
    outer = _RADIUS + _THICKNESS + (3 if is_keystone else 0)
    gap = min(1.0, (end - start) * _RADIUS / 12)
    middle = (start + end) / 2
    x, top = _point(middle, outer)
    is_done, is_current = stone.state == "done", stone.state == "current"
    tip, left, right = _point(middle, inner - 4), _point(middle - 0.045, inner - 15), _point(middle + 0.045, inner - 15)
    tick_x, tick_y = _point(middle, (inner + outer) / 2)
    return Stone(
        title=str(stone.title),
        state=stone.state,
        is_keystone=is_keystone,
        path=_wedge(start, end, inner, outer, gap),
        column=f"M{x:.1f} {top:.1f}V{_ROAD_Y:.0f}" if is_done and not is_keystone and _BANK < x < 320 - _BANK else "",
        pointer=f"M{tip[0]:.1f} {tip[1]:.1f}L{left[0]:.1f} {left[1]:.1f}L{right[0]:.1f} {right[1]:.1f}Z"
        if is_current
        else "",
        tick=f"M{tick_x - 5:.1f} {tick_y:.1f}l3.5 4 6.5-8" if is_done and is_keystone else "",
    )


def _point(angle: float, radius: float) -> tuple[float, float]:
    return _MIDDLE + radius * sin(angle), _CENTRE_Y - radius * cos(angle)


def _wedge(start: float, end: float, inner: float, outer: float, gap: float) -> str:
    """The outline between two angles and two radii, with half the joint left free on each side."""
    corners = [
        _point(start + gap / inner, inner),
        _point(start + gap / outer, outer),
        _point(end - gap / outer, outer),
        _point(end - gap / inner, inner),
    ]
    a, b, c, d = (f"{x:.1f} {y:.1f}" for x, y in corners)
    return f"M{a}L{b}A{outer:.0f} {outer:.0f} 0 0 1 {c}L{d}A{inner:.0f} {inner:.0f} 0 0 0 {a}Z"


def _road(reach: list[float], is_whole: bool) -> str:
    if is_whole:
        return f"M4 {_ROAD_Y:.0f}H316"
    left = max(24.0, _point(reach[0], _RADIUS + _THICKNESS)[0])
    right = min(296.0, 2 * _MIDDLE - _point(reach[1], _RADIUS + _THICKNESS)[0])
    return f"M4 {_ROAD_Y:.0f}H{left:.0f}M316 {_ROAD_Y:.0f}H{right:.0f}"


@register.filter
def percent_of(value: int | None, maximum: int | None) -> int:
    """A whole percentage from 0 to 100, rounded down so that 100 means all of it."""
    if not value or not maximum:
        return 0
    return max(0, min(100, int(value) * 100 // int(maximum)))
