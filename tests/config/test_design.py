"""The design system keeps its promises: contrast, weight, no inline code, documented components, error pages."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from people.models import Membership, Role
from tests.factories.people import OrganizationFactory, UserFactory

CSS = settings.BASE_DIR / "static" / "css"
TEMPLATES = settings.BASE_DIR / "templates"
SPRITE = settings.BASE_DIR / "static" / "img" / "icons.svg"

# --- Colours: WCAG 2.2, measured from the tokens ------------------------------------------------------------------

SURFACES = ("ground", "surface", "sunk")
WASHES = ("deck-wash", "leaf-wash", "sun-wash", "alarm-wash")
TEXT_PAIRS = [
    *((ink, paper) for ink in ("ink", "ink-soft", "deck", "deck-strong", "alarm") for paper in SURFACES),
    *(("ink", wash) for wash in WASHES),
    ("ink-soft", "deck-wash"),
    ("deck", "deck-wash"),
    ("deck-strong", "deck-wash"),
    ("leaf", "leaf-wash"),
    ("sun", "sun-wash"),
    ("alarm", "alarm-wash"),
    ("deck", "alarm-wash"),
    ("deck", "leaf-wash"),
    ("deck", "sun-wash"),
    ("clay", "ground"),
    ("on-deck", "deck"),
    ("on-deck", "deck-strong"),
    ("on-clay", "clay"),
    ("on-alarm", "alarm"),
    ("on-foot", "foot"),
    ("on-foot-soft", "foot"),
]
GRAPHIC_PAIRS = [
    *((line, paper) for line in ("edge", "focus", "clay", "leaf", "sun", "deck") for paper in SURFACES),
    ("edge", "deck-wash"),
    ("deck", "deck-wash"),
    ("clay", "bank"),
    ("deck", "bank"),
    ("on-foot", "foot"),
]


def _tokens(theme: str) -> dict[str, str]:
    light, dark = (CSS / "tokens.css").read_text().split("@media screen and (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", light))
    if theme == "dark":
        changed = dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", dark))
        assert set(changed) == set(found), "a colour without its other theme"
        found = changed
    return found


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_standard_says():
    assert _contrast("#000000", "#FFFFFF") == 21
    assert round(_contrast("#767676", "#FFFFFF"), 2) == 4.54


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "floor"), [(TEXT_PAIRS, 4.5), (GRAPHIC_PAIRS, 3.0)], ids=["text", "graphics"])
def test_pairs_can_be_told_apart(theme, pairs, floor):
    tokens = _tokens(theme)

    too_close = {
        f"{one} on {other}": round(_contrast(tokens[one], tokens[other]), 2)
        for one, other in pairs
        if _contrast(tokens[one], tokens[other]) < floor
    }

    assert too_close == {}


def test_colours_are_named_in_one_place_only():
    found = re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", (CSS / "site.css").read_text())

    assert found == []


def test_every_token_in_use_exists_and_every_token_is_used():
    defined = set(re.findall(r"--([a-z0-9-]+):", (CSS / "tokens.css").read_text()))
    pages = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    used = set(re.findall(r"var\(--([a-z0-9-]+)", (CSS / "site.css").read_text() + pages))

    assert used - defined == set()
    assert defined - used == set()


# --- Weight -------------------------------------------------------------------------------------------------------


def test_css_of_a_page_stays_below_10_kilobytes_in_2_requests():
    page = render_to_string("base.html", request=_request())
    sheets = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', page)

    weight = sum(len(gzip.compress((settings.BASE_DIR / "static" / sheet).read_bytes(), 9)) for sheet in sheets)

    assert sheets == ["css/tokens.css", "css/site.css"]
    assert weight < 10_000


def test_icons_and_script_of_a_page_are_small():
    assert len(gzip.compress(SPRITE.read_bytes(), 9)) < 3_000
    assert len(gzip.compress((settings.BASE_DIR / "static/js/site.js").read_bytes(), 9)) < 1_000


# --- Templates ----------------------------------------------------------------------------------------------------

OURS = [path for path in sorted(TEMPLATES.rglob("*.html")) if "emails" not in path.parts and "email" not in path.parts]


def _name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("path", OURS, ids=_name)
def test_templates_hold_no_inline_code(path):
    text = path.read_text()

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text) == []


@pytest.mark.parametrize("path", sorted((TEMPLATES / "components").glob("[!_]*.html")), ids=_name)
def test_components_say_what_they_take(path):
    assert path.read_text().startswith("{% comment %}")


def test_icons_in_use_are_drawn():
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', SPRITE.read_text()))
    asked = {name for path in OURS for name in re.findall(r'\{% icon "([^"]+)"', path.read_text())}

    assert asked - drawn == set()
    assert asked != set()


def _request(user=None, path="/en/"):
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    request.resolver_match = None
    return request


def test_base_of_a_visitor_asks_the_database_nothing():
    with override("en"):
        page = render_to_string("base.html", request=_request())

    assert '<html lang="en" dir="ltr">' in page
    assert page.count("<h1") == 0
    assert '<a class="skip" href="#main">' in page
    assert '<a class="site-link" href="/es/" lang="es" hreflang="es">Español</a>' in page


def test_base_of_a_person_asks_the_database_once(learner, django_assert_num_queries):
    Membership.objects.create(person=learner, organization=OrganizationFactory(), role=Role.TRAINER)

    with override("es"), django_assert_num_queries(1):
        page = render_to_string("base.html", request=_request(learner))

    assert 'href="/admin/"' in page
    assert "/es/account/login/" not in page


def test_base_shows_the_way_to_manage_only_to_those_who_may(db):
    page = render_to_string("base.html", request=_request(UserFactory()))

    assert 'href="/admin/"' not in page


# --- Error pages --------------------------------------------------------------------------------------------------

ERRORS = [
    ("400", "We could not read that", "No pudimos leer eso"),
    ("403", "This is not open to you", "Esta página no está abierta para usted"),
    ("403_csrf", "This page was open for a long time", "Esta página estuvo abierta mucho tiempo"),
    ("404", "There is no page here", "Aquí no hay ninguna página"),
    ("409", "This has changed in the meantime", "Esto cambió mientras tanto"),
    ("429", "Please wait a moment", "Espere un momento, por favor"),
    ("500", "Something broke on our side", "Algo falló de nuestro lado"),
]


@pytest.mark.parametrize(("code", "english", "spanish"), ERRORS)
def test_error_pages_speak_both_languages_without_database(code, english, spanish):
    for language, title in (("en", english), ("es", spanish)):
        with override(language):
            page = render_to_string(f"{code}.html", request=_request(path=f"/{language}/"))
        assert re.findall(r"<h1>(.*?)</h1>", page) == [title]
        assert page.count('class="button"') == 1


@pytest.mark.parametrize("code", ["400", "403_csrf", "500"])
def test_pages_for_broken_days_need_no_request(code):
    page = render_to_string(f"{code}.html")

    assert '<link rel="stylesheet" href="/static/css/site.css">' in page


def test_missing_page_is_answered_in_the_language_of_its_address(client, db):
    answer = client.get("/es/account/no/such/")

    assert answer.status_code == 404
    assert answer.templates[0].name == "404.html"
    assert "Aquí no hay ninguna página" in answer.content.decode()


# --- The style guide, in development ------------------------------------------------------------------------------


@pytest.mark.urls("config.urls_dev")
def test_style_guide_shows_every_component(client):
    page = client.get("/en/styleguide/?messages=1")

    shown = {template.name for template in page.templates if template.name}
    documented = {f"components/{path.name}" for path in (TEMPLATES / "components").glob("*.html")}
    assert page.status_code == 200
    assert documented - shown == {"components/trouble.html"}


def test_style_guide_is_not_part_of_the_site(client, db):
    assert client.get("/en/styleguide/").status_code == 404
