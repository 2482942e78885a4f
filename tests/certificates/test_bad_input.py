"""What comes in wrong, or breaks in the middle: refused in words, nothing half stored, and the sweep makes it good."""

import csv
import errno
import json
import os
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pikepdf
import pytest
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from wagtail.admin.views.reports.base import ReportView
from wagtail.admin.viewsets.model import ModelViewSet

from certificates import files, verification
from certificates.data import Answer
from certificates.errors import AlreadyRevoked, AlreadySuperseded, NotEligible
from certificates.forms import LARGEST_BODY, LARGEST_FILE
from certificates.models import Certificate, LedgerEntry, Revocation
from certificates.reports import facts_of
from certificates.services import (
    credit_completion,
    issue_certificate,
    pdf_of,
    revoke_certificate,
    stray_files,
    supersede_certificate,
)
from certificates.validity import last_day
from people.models import OutboxMail, User
from people.services import give_consent, mails
from people.spreadsheets import SafeExport
from tests.certificates.test_pdf import by_pypdf
from tests.factories.certificates import completion_with_shares
from tests.factories.people import UserFactory, make_board_reviewer, make_program_admin

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def forget_failures():
    cache.clear()


def issued(learner, **fields) -> Certificate:
    completion = completion_with_shares(learner, **fields)
    credit_completion(completion.pk)
    return issue_certificate(completion.pk)


# --- Names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        r"Rosa) Tj ET (Núñez",
        "Rosa endstream endobj trailer Núñez",
        "Rosa <b>Núñez</b> & <script>alert(1)</script>",
        "{{ rosa }} {% now %} %s %(name)s",
        r"Rosa\) /OpenAction << /S /JavaScript >> \050",
        "'; DROP TABLE certificates_certificate; --",
    ],
)
def test_syntax_in_a_name_is_letters_on_paper_and_on_every_page(client, issuer, name):
    learner = UserFactory(printed_name=name)
    certificate = issued(learner)
    client.force_login(learner)

    lines = " ".join(by_pypdf(pdf_of(certificate)))
    with pikepdf.open(BytesIO(pdf_of(certificate))) as document:
        active = {"/OpenAction", "/AA", "/JavaScript", "/Launch"}.intersection(str(key) for key in document.Root)
    pages = [
        client.get(path).content.decode()
        for path in (
            f"/en/verify/{certificate.token}/",
            f"/en/certificates/{certificate.public_id}/",
            "/en/path/hours/",
        )
    ]

    assert name.replace(" ", "") in lines.replace(" ", "")
    assert active == set()
    assert all("<script>alert" not in page and "<b>N" not in page for page in pages)


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200e", "\u202a", "\u0000"])
def test_turned_and_hidden_names_are_neither_kept_nor_printed(client, issuer, learner, mark):
    client.force_login(learner)
    name = f"Rosa{mark}Núñez"

    answer = client.post(
        "/en/account/profile/", {"printed_name": name, "language": "en", "time_zone": "America/New_York"}
    )

    assert answer.status_code == 422
    assert User.objects.get(pk=learner.pk).printed_name == "Rosa María Núñez"
    if mark != "\u0000":  # PostgreSQL keeps none
        User.objects.filter(pk=learner.pk).update(printed_name=name)
        with pytest.raises(NotEligible):
            issued(learner)


def test_name_of_300_letters_is_refused_by_form_and_database_and_one_of_120_is_printed(client, issuer, learner):
    client.force_login(learner)
    profile = {"language": "en", "time_zone": "America/New_York"}

    page = client.post("/en/account/profile/", {**profile, "printed_name": "Ana " * 75}).content.decode()

    assert "at most 120 fit on a certificate" in page
    if connection.vendor == "postgresql":  # SQLite keeps no lengths
        with pytest.raises(DataError), transaction.atomic():
            User.objects.filter(pk=learner.pk).update(printed_name="A" * 300)
    longest = ("Ana " * 30).strip()
    client.post("/en/account/profile/", {**profile, "printed_name": longest})
    assert "".join(by_pypdf(pdf_of(issued(User.objects.get(pk=learner.pk))))).count("Ana") == 30


# --- Taken back ---------------------------------------------------------------------------------------------------


def test_revoked_twice_is_revoked_once_with_the_first_reason(certificate, operator):
    revoke_certificate(certificate, actor=operator, reason="First.")
    with pytest.raises(AlreadyRevoked):
        revoke_certificate(certificate, actor=operator, reason="Second.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Revocation.objects.create(
            certificate=certificate, reason="Third.", revoked_at=certificate.issued_at, revoked_by=operator
        )

    assert [each.reason for each in Revocation.objects.all()] == ["First."]


def test_revoking_under_a_line_of_three_is_refused_but_at_its_end_and_all_lead_there(certificate, operator, learner):
    second = supersede_certificate(certificate, change="correction", reason="One.", actor=operator)
    third = supersede_certificate(second, change="correction", reason="Two.", actor=operator)

    for older in (certificate, second):
        with pytest.raises(AlreadySuperseded):
            revoke_certificate(older, actor=operator, reason="x")
    revoke_certificate(third, actor=operator, reason="Issued by mistake.")

    old = [verification.verify_token(each.token) for each in (certificate, second)]
    assert [(each.answer, each.newer_token) for each in old] == [(Answer.SUPERSEDED, third.token)] * 2
    assert verification.verify_token(third.token).answer is Answer.REVOKED
    with pytest.raises(NotEligible):
        supersede_certificate(third, change="correction", reason="x", actor=operator)


# --- Clocks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "learner_zone", "completed", "issued_on"),
    [
        # The last second of a year where the site is at home, and the first of the next.
        (datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC), "America/New_York", date(2026, 12, 31), date(2026, 12, 31)),
        (datetime(2027, 1, 1, 5, 0, 0, tzinfo=UTC), "America/New_York", date(2027, 1, 1), date(2027, 1, 1)),
        # The learner's year has begun, or not yet, and the issuer's has not.
        (datetime(2026, 12, 31, 20, 0, tzinfo=UTC), "Asia/Tokyo", date(2027, 1, 1), date(2026, 12, 31)),
        (datetime(2027, 1, 1, 6, 0, tzinfo=UTC), "America/Los_Angeles", date(2026, 12, 31), date(2027, 1, 1)),
        # The hour that is not there in spring, and the one that is there twice in autumn.
        (datetime(2026, 3, 8, 4, 59, tzinfo=UTC), "America/New_York", date(2026, 3, 7), date(2026, 3, 7)),
        (datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), "America/New_York", date(2026, 3, 8), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 3, 59, 59, tzinfo=UTC), "America/New_York", date(2026, 3, 8), date(2026, 3, 8)),
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "America/New_York", date(2026, 11, 1), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 4, 59, tzinfo=UTC), "America/New_York", date(2026, 11, 1), date(2026, 11, 1)),
        (datetime(2028, 2, 29, 4, 30, tzinfo=UTC), "America/New_York", date(2028, 2, 28), date(2028, 2, 28)),
    ],
)
def test_days_are_the_learners_for_what_she_did_and_the_issuers_for_what_was_issued(
    issuer, moment, learner_zone, completed, issued_on
):
    learner = UserFactory(time_zone=learner_zone)
    completion = completion_with_shares(learner, completed_at=moment)
    entry = credit_completion(completion.pk, now=moment)

    facts = facts_of(issue_certificate(completion.pk, now=moment))

    assert (entry.earned_on, facts.completed_on, facts.issued_on) == (completed, completed, issued_on)


def test_last_good_day_ends_with_the_issuers_day(learner, issuer, monkeypatch):
    issuer.months_good = 12
    issuer.save()
    certificate = issued(learner, completed_at=datetime(2025, 11, 1, 14, 0, tzinfo=UTC))
    assert certificate.expires_on == last_day(date(2025, 11, 1), 12) == date(2026, 11, 1)
    answers = []
    for moment in (datetime(2026, 11, 2, 4, 59, 59, tzinfo=UTC), datetime(2026, 11, 2, 5, 0, tzinfo=UTC)):
        monkeypatch.setattr(verification.timezone, "now", lambda moment=moment: moment)
        answers.append(verification.verify_token(certificate.token).answer)
    assert answers == [Answer.STANDS, Answer.EXPIRED]


def test_clock_that_was_set_back_brings_nothing_back(certificate, operator, now, monkeypatch):
    revoke_certificate(certificate, actor=operator, reason="Issued by mistake.", now=now + timedelta(days=2))
    monkeypatch.setattr(verification.timezone, "now", lambda: now)

    answer = verification.verify_token(certificate.token)

    assert (answer.answer, answer.since) == (Answer.REVOKED, date(2026, 3, 17))


# --- Key and disk -------------------------------------------------------------------------------------------------


def test_key_that_went_missing_while_running_stops_nothing_that_was_issued(sealed, settings, completion, issuer):
    credit_completion(completion.pk)
    certificate = issue_certificate(completion.pk)
    content = pdf_of(certificate)
    settings.SIGNING_KEY_FILE = settings.SIGNING_CHAIN_FILE = ""

    assert pdf_of(certificate) == content
    assert verification.verify_file(content).answer is Answer.STANDS


def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


def half_written(self, name, content):
    path = self.path(name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content.read()[:1000])
    full()


def at_call(number, act):
    """`act` that says at its n-th call that the disk is full."""
    calls = []

    def count(*args, **kwargs):
        calls.append(1)
        return full() if len(calls) == number else act(*args, **kwargs)

    return count


def database_is_full(*args, **kwargs):
    raise OperationalError("database or disk is full")


WRITES = {
    "making the folder": (FileSystemStorage, "_save", full),
    "in the middle of the file": (FileSystemStorage, "_save", half_written),
    "flushing the file": (files.os, "fsync", at_call(1, os.fsync)),
    "flushing its folder": (files.os, "fsync", at_call(2, os.fsync)),
    "flushing the folder above": (files.os, "fsync", at_call(3, os.fsync)),
    "the row": (Certificate, "save", database_is_full),
    "the row of the mail": (OutboxMail.objects, "get_or_create", database_is_full),
}


def stored() -> set[str]:
    return files.names()


@pytest.mark.parametrize("write", WRITES)
def test_full_disk_at_any_write_leaves_nothing_and_the_sweep_makes_it_good(write, completion, issuer, capsys):
    credit_completion(completion.pk)
    before = stored()
    with pytest.MonkeyPatch.context() as patch:
        place, name, act = WRITES[write]
        patch.setattr(place, name, act)
        with pytest.raises((NotEligible, OperationalError)):
            issue_certificate(completion.pk)
    assert (stored(), Certificate.objects.count(), OutboxMail.objects.count()) == (before, 0, 0)

    call_command("sweep", "--json")

    assert json.loads(capsys.readouterr().out)["issued"] == 1
    certificate = Certificate.objects.get()
    assert stored() - before == {files.name_of(certificate.public_id)}
    assert pdf_of(certificate).startswith(b"%PDF-1.7")


def test_file_of_who_died_between_file_and_row_is_swept_after_an_hour(certificate, now):
    place = files.storage()
    name = files.name_of(completion_id := certificate.public_id).replace(str(completion_id), f"{completion_id}x")
    place.delete(name)
    with place.open(name, "wb") as file:
        file.write(b"%PDF-1.7 of nobody")
    written = place.get_modified_time(name)

    # Other tests of this run leave files in the same folder: only ours is looked at.
    assert name not in files.stray_names([certificate.public_id], before=written)
    found = files.stray_names([certificate.public_id], before=written + HOUR)
    assert (name in found, files.name_of(certificate.public_id) in found) == (True, False)
    files.delete_stray(name)
    assert name not in files.stray_names([certificate.public_id], before=written + HOUR)


def test_folder_of_another_site_is_not_emptied(certificate, monkeypatch, caplog):
    monkeypatch.setattr(files, "stray_names", lambda known, before: [f"{n}.pdf" for n in range(51)])

    assert stray_files() == []
    assert "Is this the folder of this site?" in caplog.text


# --- Files dropped on the check -----------------------------------------------------------------------------------


class Unread(BytesIO):
    """A body that nobody may read."""

    def read(self, *args):
        pytest.fail("The body was read.")


@pytest.mark.parametrize("path", ["/en/verify/file/", "/es/verify/file/", "/en/verify/list/"])
def test_file_of_100_mb_is_refused_before_it_is_read(client, path):
    response = client.generic(
        "POST",
        path,
        b"",
        CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(100 * 1024 * 1024),
        **{"wsgi.input": Unread()},
    )

    assert response.status_code == 413
    assert any(words in response.content.decode() for words in ("too large", "demasiado grande"))


def test_file_above_the_limit_is_streamed_and_never_held(client, monkeypatch):
    held = []
    receive = verification_handler().receive_data_chunk

    def watch(self, raw_data, start):
        try:
            return receive(self, raw_data, start)
        finally:
            held.append(sum(len(part) for part in self._parts))

    monkeypatch.setattr(verification_handler(), "receive_data_chunk", watch)

    response = client.post("/en/verify/file/", {"file": BytesIO(b"%PDF-1.7 " + b"x" * 8 * 1024 * 1024)})

    assert (response.status_code, "2 MB at most" in response.content.decode()) == (413, True)
    assert max(held) <= LARGEST_FILE < LARGEST_BODY


def verification_handler():
    from certificates.forms import BoundedUploadHandler  # noqa: PLC0415 - patched above

    return BoundedUploadHandler


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n" + b"\x00" * 4096,
        b"PK\x03\x04" + b"\x00" * 100,
        b"%PDF-1.7 /FlateDecode " + b"stream\n" * 2000,
        b"%PDF-1.7 1 0 obj << /Length 99999999999999999999 >> stream",
        b"%PDF-1.7 https://puente.example/v/" + b"A" * 100_000,
        b"\xff" * 1_000_000,
    ],
)
def test_hostile_file_is_not_one_of_ours_and_nothing_breaks(client, certificate, content):
    assert verification.verify_file(content).answer is Answer.UNKNOWN
    assert client.post("/en/verify/file/", {"file": BytesIO(content)}).status_code == 404


# --- Tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ['=HYPERLINK("http://evil","x")', "+1 Rosa", "-Rosa", "@SUM Rosa"])
def test_no_table_of_certificates_runs_a_formula_in_a_name(client, issuer, name):
    learner, board = UserFactory(printed_name=name), None
    certificate = issued(learner)
    reviewer = make_board_reviewer()
    board = reviewer.memberships.get().organization
    give_consent(learner, board)

    client.force_login(reviewer)
    packet = client.get(f"/en/board/{learner.public_id}/hours.csv").content
    listed = client.post(
        "/en/verify/list/", {"file": BytesIO(f"code\n{certificate.token}\n".encode()), "as": "csv"}
    ).content
    client.force_login(make_program_admin())
    days = {"course": str(certificate.completion.course_key), "since": "", "until": ""}
    archive = b"".join(client.post("/admin/certificates/bulk/download/", days).streaming_content)
    with ZipFile(BytesIO(archive)) as packed:
        bulk = packed.read("certificates.csv")
    exports = [
        b"".join(client.get(path, {"export": "csv"}).streaming_content)
        for path in ("/admin/certificate/", "/admin/ledgerentry/")
    ]

    for table in (packet, listed, bulk, *exports):
        cells = [cell for row in csv.reader(StringIO(table.decode("utf-8-sig"))) for cell in row]
        assert f"'{name}" in cells
        assert name not in cells


def every_subclass(kind):
    for child in kind.__subclasses__():
        yield child
        yield from every_subclass(child)


def test_every_export_of_the_desk_is_a_safe_one():
    ours = ("certificates", "courses", "curriculum", "people", "quizzes")
    views = {
        view.index_view_class
        for view in every_subclass(ModelViewSet)
        if view.__module__.startswith(ours)
        and (isinstance(view.list_export, list) or view.index_view_class.list_export)
    } | {view for view in every_subclass(ReportView) if view.__module__.startswith(ours) and view.list_export}

    assert len(views) >= 4
    assert {view.__name__ for view in views if not issubclass(view, SafeExport)} == set()


# --- Twice, and after the fact ------------------------------------------------------------------------------------


def test_mail_that_fails_keeps_the_certificate_and_goes_out_with_a_later_sweep(
    completion, issuer, monkeypatch, mailoutbox, django_capture_on_commit_callbacks, capsys
):
    credit_completion(completion.pk)
    with monkeypatch.context() as patch:
        patch.setattr(mails.EmailMultiAlternatives, "send", full)
        with django_capture_on_commit_callbacks(execute=True):
            issue_certificate(completion.pk)
    assert (Certificate.objects.count(), OutboxMail.objects.get().problem) == (1, "unreachable")
    OutboxMail.objects.update(due_at=OutboxMail.objects.get().posted_at)

    call_command("sweep", "--json")

    assert (json.loads(capsys.readouterr().out)["mailed"], len(mailoutbox)) == (1, 1)
    assert LedgerEntry.objects.count() == 1
