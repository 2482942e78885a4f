"""The public page of a credential."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from curriculum.models import Competency, RequirementSet
from tests.factories.curriculum import CredentialFactory, RequirementFactory, RequirementSetFactory

pytestmark = pytest.mark.django_db


def url(code, language="en"):
    with translation.override(language):
        return reverse("curriculum:credential", args=[code])


def test_anyone_reads_what_a_credential_asks_for(client, massachusetts):
    response = client.get(url("ma-chw"))

    html = response.content.decode()
    assert response.status_code == 200
    assert html.count("<h1>") == 1
    for part in (
        "Certified Community Health Worker (Massachusetts)",
        "Sample: confirm with your board.",
        "15 contact hours of continuing education",
        'href="https://regulations.justia.com/states/massachusetts/272-cmr/title-272-cmr-7-00/section-7-03"',
        "272 CMR 7.03(1)",
        "<strong>not verified: confirm with your board</strong>",
        "MA-10",
    ):
        assert part in html, part


def test_page_speaks_spanish(client, massachusetts):
    html = client.get(url("ma-chw", "es")).content.decode()

    for part in ("Promotor de salud certificado", "Ejemplo: confirme con su junta.", "15 horas de contacto", "Fuente:"):
        assert part in html, part


def test_page_shows_the_waiver_only_while_it_lasts(client, massachusetts):
    RequirementSet.objects.get(code="ma-initial").requirements.filter(code="online-cap").update(
        waived_from=date(2000, 1, 1), waived_to=date(2001, 1, 1)
    )
    ended = client.get(url("ma-chw")).content.decode()
    RequirementSet.objects.get(code="ma-initial").requirements.filter(code="online-cap").update(
        waived_from=date(2000, 1, 1), waived_to=date(2999, 1, 1)
    )
    lasts = client.get(url("ma-chw")).content.decode()

    sentence = "The board does not ask for this until Jan. 1, 2999."
    assert (sentence in ended, sentence in lasts) == (False, True)


def test_page_leaves_out_archived_competencies(client, massachusetts, now):
    Competency.objects.filter(code="MA-9").update(archived_at=now)

    html = client.get(url("ma-chw")).content.decode()

    assert ("MA-8" in html, "MA-9" in html) == (True, False)


def test_unknown_credential_is_not_found(client):
    assert client.get(url("nothing")).status_code == 404


def test_nothing_can_be_posted(client, massachusetts):
    assert client.post(url("ma-chw")).status_code == 405


def test_credential_without_rules_says_so(client):
    CredentialFactory(code="empty")

    assert "No rules are in force now" in client.get(url("empty")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_database_as_often_for_three_sets_as_for_one(client, count, django_assert_num_queries):
    credential = CredentialFactory(code="x")
    for _index in range(count):
        RequirementFactory.create_batch(2, requirement_set=RequirementSetFactory(credential=credential))

    with django_assert_num_queries(4):
        html = client.get(url("x")).content.decode()

    assert html.count("15 hours.") == 2 * count
