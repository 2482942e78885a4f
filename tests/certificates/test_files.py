"""The stored file: drawn once, kept byte for byte, made again only where it comes out the same."""

import errno
from datetime import date
from hashlib import sha256
from importlib import import_module
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from certificates import files
from certificates.errors import FileLost, NotEligible
from certificates.models import Certificate, Issuer
from certificates.services import certificates_without_file, credit_completion, issue_certificate, pdf_of, restore_pdf
from curriculum.models import ProviderApproval
from people.models import Organization, OutboxMail
from tests.factories.people import OrganizationFactory

pytestmark = pytest.mark.django_db


class FullDisk(FileSystemStorage):
    def _save(self, name, content):
        super()._save(name, content)
        raise OSError(errno.ENOSPC, "No space left on device")


def stored(certificate) -> list[str]:
    place = files.storage()
    folder = files.name_of(certificate.public_id).split("/")[0]
    return place.listdir(folder)[1] if place.exists(folder) else []


def test_issue_stores_the_file_that_its_hash_names(certificate):
    content = files.read_pdf(certificate.public_id)

    assert sha256(content).hexdigest() == certificate.pdf_sha256
    assert content.startswith(b"%PDF-1.7")


def test_full_disk_issues_nothing_says_so_and_the_next_try_succeeds(completion, issuer, now, settings, tmp_path):
    credit_completion(completion.pk, now=now)
    whole = settings.STORAGES
    full = {"BACKEND": "tests.certificates.test_files.FullDisk", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**whole, "certificates": full}

    with pytest.raises(NotEligible, match="Nothing was lost"):
        issue_certificate(completion.pk, now=now)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert (Certificate.objects.count(), OutboxMail.objects.count()) == (0, 0)
    settings.STORAGES = whole
    assert issue_certificate(completion.pk, now=now).completion == completion


def test_lost_file_is_made_again_byte_for_byte(certificate):
    issued = pdf_of(certificate)
    files.delete_pdf(certificate.public_id)
    assert list(certificates_without_file()) == [certificate]

    again = pdf_of(Certificate.objects.get(pk=certificate.pk))

    assert again == issued == files.read_pdf(certificate.public_id)
    assert list(certificates_without_file()) == []


def test_lost_signed_file_is_made_again_byte_for_byte(sealed, completion, issuer):
    credit_completion(completion.pk)
    certificate = issue_certificate(completion.pk)
    issued = pdf_of(certificate)
    files.delete_pdf(certificate.public_id)

    assert restore_pdf(Certificate.objects.get(pk=certificate.pk)) == issued


def test_broken_file_is_never_served(certificate):
    issued = pdf_of(certificate)
    files.write_pdf(certificate.public_id, issued[:-10])

    assert pdf_of(certificate) == issued


def test_file_that_cannot_be_made_again_is_said_to_be_lost(client, sealed, settings, completion, issuer, learner):
    credit_completion(completion.pk)
    certificate = issue_certificate(completion.pk)
    files.delete_pdf(certificate.public_id)
    settings.SIGNING_KEY_FILE = settings.SIGNING_CHAIN_FILE = ""
    client.force_login(learner)

    with pytest.raises(FileLost):
        pdf_of(certificate)
    response = client.get(reverse("certificates:pdf", args=[certificate.public_id]), follow=True)

    assert response.status_code == 200
    assert "can bring it back" in response.content.decode()


def test_loser_of_a_race_leaves_no_file(completion, issuer, now, monkeypatch):
    credit_completion(completion.pk, now=now)
    write = files.write_pdf
    others: list[Certificate] = []

    def overtaken(public_id, content):
        write(public_id, content)
        if not others:
            others.append(None)
            others[0] = issue_certificate(completion.pk, now=now)

    monkeypatch.setattr(files, "write_pdf", overtaken)

    winner = issue_certificate(completion.pk, now=now)

    place = files.storage()
    assert winner == others[0]
    assert [name for name in stored(winner) if place.exists(f"{winner.public_id.hex[:2]}/{name}")].count(
        f"{winner.public_id}.pdf"
    ) == 1
    assert Certificate.objects.count() == 1


def test_files_of_the_old_column_are_written_once_and_checked():
    """The migration that moved them, on rows as they were then."""
    move = import_module("certificates.migrations.0003_pdfs_become_files").write_files
    old = b"%PDF-1.4 old"
    row = SimpleNamespace(public_id=uuid4(), pdf=memoryview(old), pdf_sha256=sha256(old).hexdigest())
    rows = SimpleNamespace(order_by=lambda _key: SimpleNamespace(iterator=lambda chunk_size: iter([row])))
    apps = SimpleNamespace(get_model=lambda *_names: SimpleNamespace(objects=rows))
    files.write_pdf(row.public_id, b"broken off")

    for _time in range(2):
        move(apps, None)

    assert files.read_pdf(row.public_id) == old


def test_last_day_and_paper_are_the_issuers_and_frozen(completion, issuer, now):
    Issuer.objects.update(paper="a4", months_good=24)
    credit_completion(completion.pk, now=now)

    certificate = issue_certificate(completion.pk, now=now)
    Issuer.objects.update(paper="letter", months_good=1)

    assert (certificate.expires_on, certificate.paper) == (date(2028, 3, 15), "a4")
    assert restore_pdf(Certificate.objects.get()) == pdf_of(certificate)


def test_approval_of_the_day_of_completion_is_frozen(completion, issuer, now, operator):
    board = OrganizationFactory(name="Massachusetts board", kind=Organization.Kind.BOARD, code="MA-BOARD")
    common = {"authority": board, "provider": issuer.printed_name, "published_at": now, "published_by": operator}
    ProviderApproval.objects.create(
        **common, status="full", number="CHW-7", first_on=date(2026, 1, 1), last_on=date(2026, 3, 15)
    )
    ProviderApproval.objects.create(**common, status="full", number="CHW-8", first_on=date(2026, 3, 16))
    credit_completion(completion.pk, now=now)

    certificate = issue_certificate(completion.pk, now=now)

    assert certificate.approvals == [{"authority": "Massachusetts board", "number": "CHW-7", "status": "full"}]
