"""The sidebar of the desk is what Wagtail makes, whoever looks, in both languages."""

import pytest
from django.test import RequestFactory
from django.utils import translation
from wagtail.admin.templatetags import wagtailadmin_tags

from people import sidebar
from people.models import User
from tests.factories.people import make_program_admin, make_support, make_trainer

pytestmark = pytest.mark.django_db


def both(person: User) -> tuple[str, str]:
    """Ours and Wagtail's, for a request of its own."""
    request = RequestFactory().get("/admin/")
    request.user = User.objects.get(pk=person.pk)
    return sidebar.sidebar_props({"request": request}), wagtailadmin_tags.sidebar_props({"request": request})


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("make", [make_trainer, make_program_admin, make_support])
def test_sidebar_reads_as_the_one_of_wagtail(make, language):
    person = make()

    with translation.override(language):
        for _time in range(2):  # packed, then as it was kept
            ours, theirs = both(person)
            assert ours == theirs


def test_sidebar_follows_what_a_person_may_do():
    person = make_trainer()
    before, _theirs = both(person)

    User.objects.filter(pk=person.pk).update(is_superuser=True)
    after, theirs = both(person)

    assert after == theirs != before


def test_sidebar_names_the_person_who_looks():
    one, other = make_trainer(printed_name="Luz Uno"), make_trainer(printed_name="Ana Otra")

    assert '"name": "Luz"' in both(one)[0]
    assert '"name": "Ana"' in both(other)[0]


def test_page_of_the_desk_is_made_with_our_sidebar():
    assert wagtailadmin_tags.register.tags["sidebar_props"].__wrapped__ is sidebar.sidebar_props
