"""The CMS: lists to read, two audited acts, nothing to edit or delete."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates import services
from certificates.codes import grouped
from certificates.models import Certificate, Issuer, LedgerEntry, Revocation
from people.models import Organization, Role
from people.services import grant_role, sync_roles
from tests.factories.certificates import CompetencyFactory
from tests.factories.people import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, operator):
    client.force_login(operator)
    return client


@pytest.fixture
def support(db):
    """Someone who may read the records and change none of them."""
    sync_roles()
    person = UserFactory(email="sam@example.org")
    grant_role(person, Role.SUPPORT, OrganizationFactory(kind=Organization.Kind.PROGRAM))
    return type(person).objects.get(pk=person.pk)


def adjustment(person, **changes):
    return {
        "learner": person.pk, "minutes": "-30", "earned_on": "2026-03-15", "delivery": "self_paced",
        "component": "class", "evidence": "", "provider_name": "", "reason": "Counted twice.", "confirm": "on",
    } | changes  # fmt: skip


@pytest.mark.parametrize("name", ["ledgerentry", "certificate", "issuer"])
def test_lists_open_and_search(desk, certificate, name):
    response = desk.get(reverse(f"{name}:index"), {"q": "puente" if name == "issuer" else "rosa"})

    assert response.status_code == 200
    assert len(response.context["object_list"]) == 1


def test_list_of_certificates_never_reads_a_pdf(desk, certificate, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as queries:
        desk.get(reverse("certificate:index"))

    assert [q for q in queries.captured_queries if '"certificates_certificate"."pdf"' in q["sql"]] == []


def test_adjust_hours_writes_an_entry_and_the_log(desk, learner, operator):
    competency = CompetencyFactory(code="MA-3")

    response = desk.post(reverse("ledgerentry:add"), adjustment(learner, **{f"share_{competency.pk}": "-30"}))

    entry = LedgerEntry.objects.get()
    assert (response.status_code, entry.minutes, entry.reason, entry.actor) == (302, -30, "Counted twice.", operator)
    assert [(share.competency, share.minutes) for share in entry.shares.all()] == [(competency, -30)]
    assert list(ModelLogEntry.objects.filter(action="certificates.adjust").values_list("user", "object_id")) == [
        (operator.pk, str(entry.pk))
    ]


@pytest.mark.parametrize(
    "changes", [{"reason": ""}, {"confirm": ""}, {"minutes": "0"}, {"minutes": "x"}, {"learner": ""}]
)
def test_adjust_hours_asks_for_everything(desk, learner, changes):
    response = desk.post(reverse("ledgerentry:add"), adjustment(learner, **changes))

    assert (response.status_code, LedgerEntry.objects.count()) == (200, 0)


def test_revoke_asks_for_a_reason_and_a_confirmation(desk, certificate, operator):
    address = reverse("certificate:edit", args=[certificate.pk])

    for data in ({"reason": "", "confirm": "on"}, {"reason": "Wrong person."}):
        assert desk.post(address, data).status_code == 200
    assert Revocation.objects.count() == 0
    done = desk.post(address, {"reason": "Wrong person.", "confirm": "on"})
    again = desk.post(address, {"reason": "Once more.", "confirm": "on"})

    assert (done.status_code, again.status_code) == (302, 302)
    assert list(Revocation.objects.values_list("reason", "revoked_by")) == [("Wrong person.", operator.pk)]
    assert ModelLogEntry.objects.filter(action="certificates.revoke").count() == 1


def test_taking_back_says_what_it_does_and_to_whom(desk, certificate):
    address = reverse("certificate:edit", args=[certificate.pk])

    page = BeautifulSoup(desk.get(address).content, "html.parser")
    listed = BeautifulSoup(desk.get(reverse("certificate:index")).content, "html.parser")
    read = BeautifulSoup(desk.get(reverse("certificate:inspect", args=[certificate.pk])).content, "html.parser")

    buttons = page.select("#w-editor-form footer button[type=submit]")
    assert [" ".join(button.get_text().split()) for button in buttons] == ["Take the certificate back"]
    said = " ".join(page.select_one("main").get_text().split())
    assert f"This is the certificate {grouped(certificate.code)} of {certificate.recipient_name} for" in said
    assert "This cannot be undone." in said
    # The name leads to reading; only a button that says so leads to the act.
    assert [link["href"] for link in listed.select("td.title a[href]") if not link.find("svg")] == [
        reverse("certificate:inspect", args=[certificate.pk])
    ]
    for found in (listed, read):
        links = {" ".join(link.get_text().split()) for link in found.select(f"main a[href='{address}']")}
        assert links == {"Take the certificate back"}


def test_a_certificate_taken_back_offers_it_no_more(desk, certificate, operator):
    services.revoke_certificate(certificate, actor=operator, reason="Wrong person.")

    for name, args in (("index", []), ("inspect", [certificate.pk])):
        page = desk.get(reverse(f"certificate:{name}", args=args)).content.decode()
        assert certificate.recipient_name in page
        assert reverse("certificate:edit", args=[certificate.pk]) not in page


def test_what_the_service_refuses_is_said_above_the_form(desk, certificate, learner, operator):
    competency = CompetencyFactory(code="MA-3")

    unequal = desk.post(reverse("ledgerentry:add"), adjustment(learner, **{f"share_{competency.pk}": "-20"}))
    blank = desk.post(reverse("certificate:edit", args=[certificate.pk]), {"reason": " x ", "confirm": ""})

    assert "The shares of a framework must add up to -30 minutes." in unequal.content.decode()
    assert "The hours were not adjusted: please look at the form." in unequal.content.decode()
    assert "The certificate was not taken back: please look at the form." in blank.content.decode()
    assert (LedgerEntry.objects.filter(kind="adjustment").count(), Revocation.objects.count()) == (0, 0)


def test_list_says_that_a_name_was_erased_and_still_opens(client, certificate, operator):
    services.erase_name(certificate)
    client.force_login(operator)

    page = BeautifulSoup(client.get(reverse("certificate:index")).content, "html.parser")

    link = page.find("a", href=reverse("certificate:inspect", args=[certificate.pk]))
    assert link.get_text(strip=True) == "erased person"


def test_support_reads_and_changes_nothing(client, support, certificate, learner):
    client.force_login(support)

    reads = [client.get(reverse(f"{name}:index")).status_code for name in ("ledgerentry", "certificate")]
    client.post(reverse("ledgerentry:add"), adjustment(learner))
    client.post(reverse("certificate:edit", args=[certificate.pk]), {"reason": "x", "confirm": "on"})

    assert reads == [200, 200]
    assert (LedgerEntry.objects.count(), Revocation.objects.count()) == (1, 0)


def test_nobody_deletes(desk, certificate):
    entry = LedgerEntry.objects.get()
    for name, pk in (("ledgerentry", entry.pk), ("certificate", certificate.pk)):
        desk.post(reverse(f"{name}:delete", args=[pk]))

    assert (LedgerEntry.objects.count(), Certificate.objects.count()) == (1, 1)


def test_strangers_stay_outside(client, stranger, certificate):
    client.force_login(stranger)

    for name in ("ledgerentry", "certificate", "issuer"):
        assert client.get(reverse(f"{name}:index")).status_code == 403


def test_export_runs_no_formula(desk, certificate, learner):
    learner.printed_name = "=HYPERLINK(1)"
    learner.save()

    content = b"".join(desk.get(reverse("ledgerentry:index"), {"export": "csv"}).streaming_content).decode()

    assert "'=HYPERLINK(1)" in content
    assert ",=HYPERLINK" not in content


def test_issuer_is_edited_with_its_signatories(desk, issuer):
    assert desk.get(reverse("issuer:edit", args=[issuer.pk])).status_code == 200
    assert Issuer.objects.get().signatories.get().printed_name == "Elena Vargas"
