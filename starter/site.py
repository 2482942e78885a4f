"""What every new site has before anyone signs in: languages, front pages, catalogues, topics, roles, rules."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from courses.models import CourseIndexPage, CourseTopic, HomePage
from courses.services import setup_course_permissions
from curriculum.crosswalks import load_crosswalks
from curriculum.fields import Translated
from curriculum.services import load_frameworks, load_packs
from people.services import sync_roles
from starter.loading import key_of

TOPICS = {
    "wellbeing": {"en": "Caring for yourself", "es": "Cuidarse a sí mismo"},
    "early-childhood": {"en": "Early childhood", "es": "Primera infancia"},
    "stigma": {"en": "Stigma and support", "es": "Estigma y apoyo"},
    "community": {"en": "Community", "es": "Comunidad"},
    "professional": {"en": "Your profession", "es": "Su profesión"},
}

HOME = {
    "en": {
        "title": "Puente",
        "slug": "en",
        "tagline": "Short courses for community health workers, and proof of your hours that you keep.",
    },
    "es": {
        "title": "Puente",
        "slug": "es",
        "tagline": "Cursos cortos para promotores de salud, y un comprobante de sus horas que es suyo.",
    },
}

INDEX = {
    "en": {"title": "Courses", "slug": "courses", "intro": "Learn at your own pace, ten minutes at a time."},
    "es": {"title": "Cursos", "slug": "cursos", "intro": "Aprenda a su ritmo, diez minutos a la vez."},
}


@transaction.atomic
def setup_site() -> None:
    """Bring the site to the state described above. Safe to run again: it adds what is missing and changes nothing
    that editors may have changed since.
    """
    sync_roles()
    load_frameworks()
    load_packs()
    load_crosswalks()
    for order, (code, name) in enumerate(TOPICS.items()):
        CourseTopic.objects.get_or_create(code=code, defaults={"name": Translated(name), "sort_order": order})
    homes = {code: _front_page(code) for code, _name in settings.LANGUAGES}
    if not Site.objects.filter(is_default_site=True, root_page__in=homes.values()).exists():
        address = urlsplit(settings.BASE_URL)
        Site.objects.update_or_create(
            is_default_site=True,
            defaults={
                "root_page": homes[settings.LANGUAGE_CODE],
                "site_name": "Puente",
                "hostname": address.hostname or "localhost",
                "port": address.port or (443 if address.scheme == "https" else 80),
            },
        )
    # Django's welcome page of a fresh Wagtail has no place here.
    for page in Page.objects.filter(depth=2).exclude(pk__in=[home.pk for home in homes.values()]):
        if page.specific_class is Page:
            page.delete()
    setup_course_permissions()


def _front_page(code: str) -> HomePage:
    locale, _created = Locale.objects.get_or_create(language_code=code)
    root = Page.get_first_root_node()
    home = HomePage.objects.filter(locale=locale).first()
    if home is None:
        # Fresh Wagtail has a page "home"; ours is named by its language, which never meets it.
        home = root.add_child(instance=HomePage(translation_key=key_of("page", "home"), locale=locale, **HOME[code]))
    if not CourseIndexPage.objects.child_of(home).exists():
        home.add_child(
            instance=CourseIndexPage(translation_key=key_of("page", "courses"), locale=locale, **INDEX[code])
        )
    return home
