"""What templates may ask: tables of words in both languages, and the one query each tag may cost."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import resolve
from django.utils.translation import override
from wagtail.models import Locale, Page, Site

from people.models import Membership, Role
from people.templatetags import puente
from tests.factories.people import OrganizationFactory

DURATIONS = [
    (0, "0 minutes", "0 minutos", "0 min", "0 min"),
    (1, "1 minute", "1 minuto", "1 min", "1 min"),
    (59, "59 minutes", "59 minutos", "59 min", "59 min"),
    (60, "1 hour", "1 hora", "1 h", "1 h"),
    (61, "1 hour 1 minute", "1 hora y 1 minuto", "1 h 1 min", "1 h 1 min"),
    (120, "2 hours", "2 horas", "2 h", "2 h"),
    (150, "2 hours 30 minutes", "2 horas y 30 minutos", "2 h 30 min", "2 h 30 min"),
    (6000, "100 hours", "100 horas", "100 h", "100 h"),
    (-30, "minus 30 minutes", "menos 30 minutos", "minus 30 min", "menos 30 min"),
    (-61, "minus 1 hour 1 minute", "menos 1 hora y 1 minuto", "minus 1 h 1 min", "menos 1 h 1 min"),
    (None, "", "", "", ""),
    ("", "", "", "", ""),
]


@pytest.mark.parametrize(("minutes", "english", "spanish", "english_short", "spanish_short"), DURATIONS)
def test_duration_speaks_both_languages(minutes, english, spanish, english_short, spanish_short):
    with override("en"):
        in_english = (puente.duration(minutes), puente.duration_short(minutes))
    with override("es"):
        in_spanish = (puente.duration(minutes), puente.duration_short(minutes))

    assert in_english == (english, english_short)
    assert in_spanish == (spanish, spanish_short)


@pytest.mark.parametrize(
    ("value", "maximum", "percent"),
    [(0, 10, 0), (1, 3, 33), (899, 900, 99), (900, 900, 100), (901, 900, 100), (-5, 10, 0), (5, 0, 0), (None, 9, 0)],
)
def test_percent_is_full_only_when_all_is_done(value, maximum, percent):
    assert puente.percent_of(value, maximum) == percent


@pytest.mark.parametrize(
    ("query", "changes", "expected"),
    [
        ("", {"page": 2}, "?page=2"),
        ("?q=no&page=1", {"page": 2}, "?q=no&page=2"),
        ("?q=no&page=1", {"page": None}, "?q=no"),
        ("?q=no", {"q": ""}, "?"),
        ("?t=a&t=b", {"page": 3}, "?t=a&t=b&page=3"),
        ("?q=%22%3E", {"page": 2}, "?q=%22%3E&page=2"),
    ],
)
def test_qs_replaces_only_what_it_is_told(query, changes, expected):
    request = RequestFactory().get(f"/en/{query}")

    assert puente.qs({"request": request}, **changes) == expected


def test_qs_without_request_starts_from_nothing():
    assert puente.qs({}, page=2) == "?page=2"


def test_optional_url_of_an_unknown_view_is_empty():
    assert puente.optional_url("nowhere:at_all") == ""
    with override("es"):
        assert puente.optional_url("account_login") == "/es/account/login/"


# --- Roles --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [1, 3])
def test_has_role_asks_the_database_once(learner, asked, django_assert_num_queries):
    Membership.objects.create(person=learner, organization=OrganizationFactory(), role=Role.BOARD_REVIEWER)

    with django_assert_num_queries(1):
        answers = {puente.has_role(learner, "trainer", "board_reviewer") for _time in range(asked)}

    assert answers == {True}


def test_has_role_is_false_for_other_roles_and_ended_ones(learner, now):
    Membership.objects.create(person=learner, organization=OrganizationFactory(), role=Role.LEARNER)
    Membership.objects.create(
        person=learner,
        organization=OrganizationFactory(),
        role=Role.BOARD_REVIEWER,
        started_at=now,
        ended_at=now,
    )

    assert puente.has_role(learner, "board_reviewer") is False
    assert puente.has_role(learner, "learner") is True


def test_has_role_of_a_visitor_costs_nothing():
    assert puente.has_role(AnonymousUser(), "learner") is False
    assert puente.has_role("", "learner") is False


# --- Languages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def site(db):
    """A site with an English front page, below it a page, and a Spanish front page; returns those three."""
    english, _made = Locale.objects.get_or_create(language_code="en")
    spanish, _made = Locale.objects.get_or_create(language_code="es")
    root = Page.get_first_root_node()
    home = root.add_child(instance=Page(title="Home", slug="front", locale=english))
    below = home.add_child(instance=Page(title="About", slug="about", locale=english))
    casa = root.add_child(
        instance=Page(title="Casa", slug="front-es", locale=spanish, translation_key=home.translation_key)
    )
    Site.objects.all().delete()
    Site.objects.create(hostname="testserver", root_page=home, is_default_site=True)
    return SimpleNamespace(home=home, below=below, casa=casa, spanish=spanish)


def _links(page, language="en"):
    request = RequestFactory().get("/")
    with override(language):
        found = puente.language_links({"request": request, "page": page})
    return [(link.code, link.name, link.url, link.is_current) for link in found]


def test_language_links_lead_to_the_translation_of_a_page(site, django_assert_num_queries):
    acerca = site.casa.add_child(
        instance=Page(title="Acerca", slug="acerca", locale=site.spanish, translation_key=site.below.translation_key)
    )
    _links(acerca)  # warms Wagtail's own list of sites, which is kept in the cache
    request = RequestFactory().get("/en/about/")
    Site.find_for_request(request)  # as serving the page has done before its template is drawn

    with override("en"), django_assert_num_queries(1):
        found = puente.language_links({"request": request, "page": site.below})

    links = [(link.code, link.name, link.url, link.is_current) for link in found]
    assert links == [("en", "English", None, True), ("es", "Español", "/es/acerca/", False)]


def test_language_links_climb_where_a_page_is_not_translated(site):
    site.casa.add_child(
        instance=Page(
            title="Borrador", slug="draft", locale=site.spanish, live=False, translation_key=site.below.translation_key
        )
    )

    assert _links(site.below) == [("en", "English", None, True), ("es", "Español", "/es/", False)]


def test_language_links_of_a_page_without_family_lead_to_the_front_page(site):
    site.casa.delete()

    assert _links(site.below) == [("en", "English", None, True), ("es", "Español", "/es/", False)]


def test_language_links_of_a_view_translate_its_address_and_keep_the_query():
    request = RequestFactory().get("/en/account/login/?next=/en/x/")
    request.resolver_match = resolve("/en/account/login/")
    with override("en"):
        links = puente.language_links({"request": request})

    assert [link.url for link in links] == [None, "/es/account/login/?next=/en/x/"]


def test_language_links_of_an_address_without_language_ask_for_a_form():
    request = RequestFactory().get("/i18n/setlang/")
    request.resolver_match = resolve("/i18n/setlang/")
    with override("en"):
        links = puente.language_links({"request": request})

    assert [link.url for link in links] == [None, None]


# --- The bridge ---------------------------------------------------------------------------------------------------


def _bridge(*states):
    return puente.bridge_drawing([SimpleNamespace(title=f"Lesson {n}", state=state) for n, state in enumerate(states)])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 9, 24, 40])
def test_bridge_has_one_stone_a_lesson_and_the_last_is_the_keystone(count):
    bridge = _bridge(*["open"] * count)

    assert [stone.title for stone in bridge.stones] == [f"Lesson {n}" for n in range(count)]
    assert [stone.is_keystone for stone in bridge.stones] == [False] * (count - 1) + [True]
    assert len({stone.path for stone in bridge.stones}) == count


def test_bridge_is_whole_only_when_every_stone_is_laid():
    assert _bridge("done", "done", "done").is_whole is True
    assert _bridge("done", "done", "done").road == "M4 26H316"
    assert _bridge("done", "done", "current").is_whole is False
    assert _bridge().is_whole is False


def test_bridge_marks_what_belongs_to_each_state():
    done, current, opened, locked = _bridge("done", "current", "open", "locked").stones

    assert [bool(stone.pointer) for stone in (done, current, opened, locked)] == [False, True, False, False]
    assert [bool(stone.tick) for stone in (done, current, opened, locked)] == [False] * 4
    assert _bridge("done", "done").stones[-1].tick != ""


def test_bridge_road_stops_at_the_first_hole():
    straight = _bridge("done", "done", "done", "done", "locked", "locked", "locked")
    with_hole = _bridge("done", "done", "locked", "locked", "done", "done", "locked")

    assert with_hole.road == _bridge("done", "done", *["locked"] * 5).road
    assert straight.road != with_hole.road


def test_templates_can_load_all_of_it():
    template = Template("{% load puente %}{{ 150|duration }}|{{ 150|duration_short }}|{% home_url as home %}{{ home }}")

    with override("en"):
        assert template.render(Context()) == "2 hours 30 minutes|2 h 30 min|/en/"
