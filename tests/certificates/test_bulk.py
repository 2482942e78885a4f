"""Many at once at the desk: what waits is issued, the files of a course come as one archive, downloads are noted."""

import zipfile
from io import BytesIO

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates import bulk_views, files
from certificates.codes import grouped
from certificates.models import Certificate
from certificates.services import (
    credit_completion,
    issue_certificate,
    pdf_of,
    revoke_certificate,
    supersede_certificate,
)
from people.models import Organization, Role
from people.services import grant_role, sync_roles
from tests.factories.certificates import completion_with_shares
from tests.factories.people import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, operator):
    client.force_login(operator)
    return client


@pytest.fixture
def of_course(issuer, certificate):
    """Three more certificates of the course of Rosa's."""
    made = [certificate]
    for number in range(3):
        completion = completion_with_shares(
            UserFactory(printed_name=f"=Person {'ABC'[number]}"), course_key=certificate.completion.course_key
        )
        credit_completion(completion.pk)
        made.append(issue_certificate(completion.pk))
    return made


def download(desk, certificate, **days):
    return desk.post(reverse("certificates_bulk_download"), {"course": str(certificate.completion.course_key), **days})


def archive_of(response) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(b"".join(response.streaming_content)))


def test_download_holds_the_issued_bytes_and_a_table_and_is_noted(desk, of_course, operator):
    other = completion_with_shares(UserFactory())
    credit_completion(other.pk)
    issue_certificate(other.pk)

    packed = archive_of(download(desk, of_course[0]))

    names = {f"{grouped(each.code)}.pdf": each for each in of_course}
    assert set(packed.namelist()) == {*names, "certificates.csv"}
    assert all(packed.read(name) == pdf_of(each) for name, each in names.items())
    table = packed.read("certificates.csv").decode("utf-8-sig")
    assert '"\'=Person A"' in table
    noted = ModelLogEntry.objects.filter(action="certificates.download", user=operator)
    assert {int(entry.object_id) for entry in noted} == {each.pk for each in of_course}


def test_download_leaves_out_what_ended(desk, of_course, operator):
    revoke_certificate(of_course[1], actor=operator, reason="Wrong person.")
    newer = supersede_certificate(of_course[2], change="correction", reason="x", actor=operator)

    packed = archive_of(download(desk, of_course[0]))

    standing = (of_course[0], of_course[3], newer)
    assert set(packed.namelist()) == {*(f"{grouped(each.code)}.pdf" for each in standing), "certificates.csv"}


def test_download_names_a_file_that_is_lost(desk, sealed, settings, issuer):
    completion = completion_with_shares(UserFactory())
    credit_completion(completion.pk)
    certificate = issue_certificate(completion.pk)
    files.delete_pdf(certificate.public_id)
    settings.SIGNING_KEY_FILE = settings.SIGNING_CHAIN_FILE = ""

    packed = archive_of(download(desk, certificate))

    assert packed.read("missing.txt").decode() == grouped(certificate.code)
    assert not ModelLogEntry.objects.filter(action="certificates.download").exists()


@pytest.mark.parametrize(
    ("days", "status"),
    [
        ({"since": "2026-03-15", "until": "2026-03-15"}, 200),
        ({"since": "2026-03-16"}, 422),
        ({"until": "2026-03-14"}, 422),
        ({"since": "soon"}, 422),
        ({"course": "00000000-0000-0000-0000-000000000000"}, 422),
        ({"course": "' OR 1=1"}, 422),
    ],
)
def test_download_asks_for_a_course_and_days(desk, certificate, days, status):
    response = download(desk, certificate, **days)
    if response.streaming:
        assert len(archive_of(response).namelist()) == 2

    assert response.status_code == status


def test_download_refuses_too_many(desk, of_course, monkeypatch):
    monkeypatch.setattr(bulk_views, "MOST_FILES", 3)

    response = download(desk, of_course[0])

    assert response.status_code == 422
    assert "More than 3" in response.content.decode()


def test_issue_goes_on_where_it_stopped_and_says_how_far_it_came(desk, issuer, monkeypatch):
    nameless = completion_with_shares(UserFactory(printed_name=""))
    whole = [completion_with_shares(UserFactory(printed_name=f"Person {letter}")) for letter in "AB"]
    for completion in (nameless, *whole):
        credit_completion(completion.pk)
    page = desk.get(reverse("certificates_bulk")).content.decode()
    assert "3 finished courses have no certificate yet." in page
    ticks = iter([0, 1, 1, 99, 0, 0, 0, 0, 0])
    monkeypatch.setattr(bulk_views.time, "monotonic", lambda: next(ticks))

    first = desk.post(reverse("certificates_bulk_issue"), follow=True).content.decode()
    monkeypatch.undo()
    second = desk.post(reverse("certificates_bulk_issue"), follow=True).content.decode()

    assert "1 certificate was issued." in first
    assert "1 are left: press again" in first
    assert "1 certificate was issued." in second
    assert "1 wait for something" in second
    assert {each.completion for each in Certificate.objects.all()} == set(whole)


def test_bulk_is_closed_to_who_may_not(client, certificate, stranger):
    sync_roles()
    support = UserFactory(email="sam@example.org")
    grant_role(support, Role.SUPPORT, OrganizationFactory(kind=Organization.Kind.PROGRAM))
    client.force_login(stranger)
    strangers = [
        client.get(reverse("certificates_bulk")).status_code,
        client.post(reverse("certificates_bulk_issue")).status_code,
        download(client, certificate).status_code,
    ]
    client.force_login(type(support).objects.get(pk=support.pk))
    supports = [
        client.get(reverse("certificates_bulk")).status_code,
        client.post(reverse("certificates_bulk_issue")).status_code,
    ]

    assert 200 not in strangers
    assert supports[0] == 200
    assert supports[1] != 200
    assert not ModelLogEntry.objects.filter(action="certificates.download").exists()
