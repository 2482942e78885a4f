"""What users of other platforms suffer (P1 to P12 of our survey): one test a pain, so that it never comes here."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO

import pikepdf
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import translation
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from certificates import pdf, verification
from certificates.data import Answer
from certificates.errors import NotEligible
from certificates.models import Certificate, Issuer, LedgerEntry, Signatory
from certificates.reports import facts_of, transcript_of
from certificates.services import (
    adjust_hours,
    credit_completion,
    issue_certificate,
    issue_if_ready,
    pdf_of,
    record_attendance,
    restore_pdf,
    supersede_certificate,
)
from certificates.times import times_of
from courses.measuring import see
from courses.models import CourseCompletion
from people.services import erase_person
from tests.certificates.test_ledger import reverse_by
from tests.certificates.test_pdf import NAMES, by_pypdf
from tests.factories.certificates import completion_with_shares
from tests.factories.people import UserFactory, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forget_failures():
    cache.clear()


def issued(learner, **fields) -> Certificate:
    completion = completion_with_shares(learner, **fields)
    credit_completion(completion.pk)
    return issue_certificate(completion.pk)


def test_p1_issued_certificate_never_changes_with_profile_issuer_or_template(client, certificate, learner, monkeypatch):
    content, facts = pdf_of(certificate), facts_of(certificate)
    learner.printed_name = "Somebody Else"
    learner.save()
    Issuer.objects.update(printed_name="Another provider", address="", provider_number="", paper="a4", months_good=1)
    Signatory.objects.update(printed_name="Another signatory")
    monkeypatch.setattr(pdf, "TEMPLATE_VERSION", 99)
    client.force_login(learner)

    downloaded = client.get(f"/en/certificates/{certificate.public_id}/pdf/").content

    assert downloaded == content
    assert facts_of(Certificate.objects.get()) == facts
    assert verification.verify_file(downloaded).answer is Answer.STANDS


def test_p2_lawful_rename_is_one_act_and_the_old_paper_leads_to_the_new(certificate, learner, operator):
    learner.printed_name = "Rosa Peña"
    learner.save()

    newer = supersede_certificate(certificate, change="rename", reason="Marriage.", actor=operator)

    old = verification.verify_code(certificate.code, "Núñez")
    assert (old.answer, old.newer_token, old.facts.recipient_name) == (
        Answer.SUPERSEDED, newer.token, "Rosa María Núñez",
    )  # fmt: skip
    assert verification.verify_code(newer.code, "Peña").answer is Answer.STANDS


def test_p3_upgrade_issues_and_mails_nothing_again(learner, issuer, mailoutbox, monkeypatch, capsys,
                                                   django_capture_on_commit_callbacks):  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        first = issued(learner)
    before = Certificate.objects.values().get()
    monkeypatch.setattr(pdf, "TEMPLATE_VERSION", 99)

    with django_capture_on_commit_callbacks(execute=True):
        call_command("sweep")
        learner.save()
        again = issue_certificate(first.completion_id, now=datetime(2030, 1, 1, tzinfo=UTC))

    assert again == first
    assert Certificate.objects.values().get() == before
    assert len(mailoutbox) == 1


def test_p4_nobody_gets_a_certificate_who_did_not_finish(learner, issuer, operator, now):
    uncredited, reversed_ = completion_with_shares(learner), completion_with_shares(learner)
    credit_completion(reversed_.pk)
    reverse_by(reversed_, operator, now)

    for completion in (uncredited, reversed_):
        with pytest.raises(NotEligible):
            issue_certificate(completion.pk)
        assert issue_if_ready(completion.pk) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(recipient=learner, code="x", token="x", contact_minutes=1, issued_at=now,
                                   completed_on=date(2026, 3, 1), competency_minutes=[], pdf_sha256="x")  # fmt: skip

    assert Certificate.objects.count() == 0


def test_p5_printed_dates_never_drift(certificate, learner):
    printed = by_pypdf(pdf_of(certificate))
    CourseCompletion.objects.update(completed_at=datetime(2031, 1, 1, tzinfo=UTC))
    learner.time_zone = "Asia/Tokyo"
    learner.save()

    later = verification.verify_token(certificate.token, today=date(2031, 6, 1))

    assert (later.facts.completed_on, later.facts.issued_on) == (date(2026, 3, 15), date(2026, 3, 15))
    assert by_pypdf(restore_pdf(Certificate.objects.get())) == printed


def test_p6_every_year_anew(learner, issuer):
    start = datetime(2024, 3, 15, 14, tzinfo=UTC)
    Issuer.objects.update(months_good=12)
    key = completion_with_shares(UserFactory()).course_key

    years = [issued(learner, course_key=key, completed_at=start + timedelta(days=365 * n)) for n in range(3)]

    assert [each.completed_on.year for each in years] == [2024, 2025, 2026]
    assert [each.expires_on.year for each in years] == [2025, 2026, 2027]
    answers = [verification.verify_token(each.token, today=date(2026, 6, 1)).answer for each in years]
    assert answers == [Answer.EXPIRED, Answer.EXPIRED, Answer.STANDS]
    assert transcript_of(learner).total_minutes == 450


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_p7_no_letter_of_a_name_becomes_a_question_mark(issuer, name):
    certificate = issued(UserFactory(printed_name=name))

    lines = by_pypdf(pdf_of(certificate))

    assert lines.count(name) == 1
    assert "?" not in "".join(lines)


def test_p7_name_that_no_font_has_is_refused_where_it_is_typed(client, learner):
    client.force_login(learner)

    response = client.post(reverse("people:profile"), {"printed_name": "李小龙", "language": "en", "time_zone": "UTC"})

    assert "cannot print these characters" in response.content.decode()
    learner.refresh_from_db()
    assert learner.printed_name == "Rosa María Núñez"


def test_p8_issued_file_can_be_listened_to(certificate):
    with pikepdf.open(BytesIO(pdf_of(certificate))) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang) == "en"
        assert document.Root.StructTreeRoot.K.S == pikepdf.Name.Document


def test_p9_certificate_and_mail_are_in_the_language_of_the_course(issuer, mailoutbox,
                                                                   django_capture_on_commit_callbacks):  # fmt: skip
    learner = UserFactory(language="en", printed_name="Rosa Núñez")

    with translation.override("en"), django_capture_on_commit_callbacks(execute=True):
        certificate = issued(learner, language="es")

    (message,) = mailoutbox
    assert "Certificado de finalización" in by_pypdf(pdf_of(certificate))
    assert (message.subject, certificate.language) == ("Su certificado: Resiliencia y compasión", "es")


def test_p10_doctored_file_never_verifies_and_the_page_shows_what_was_certified(client, certificate):
    doctored = pdf.draw_certificate(
        type(facts_of(certificate))(**{**vars(facts_of(certificate)), "contact_minutes": 9000})
    )  # fmt: skip

    text = client.post("/en/verify/file/", {"file": BytesIO(doctored)}).content.decode()

    assert "This file was changed" in text
    facts = facts_of(certificate)
    for fact in (
        facts.recipient_name, "Compassion resilience", "2 hours 30 minutes", "March 15, 2026", "home study",
        facts.issuer_name, facts.issuer_number, facts.signatory_name, facts.course_revision, "MA-3", "MA-10",
    ):  # fmt: skip
        assert fact in text


def test_p11_account_that_is_closed_destroys_no_proof(certificate, learner):
    learner.is_active = False
    learner.printed_name = ""
    learner.save()

    with pytest.raises(ProtectedError):
        learner.delete()

    result = verification.verify_token(certificate.token)
    assert (result.answer, result.facts.recipient_name) == (Answer.STANDS, "Rosa María Núñez")
    assert verification.verify_file(pdf_of(certificate)).answer is Answer.STANDS


@pytest.mark.parametrize(("policy", "name"), [("keep_name", "Rosa María Núñez"), ("at_once", "")])
def test_p11_data_that_are_erased_destroy_no_proof_and_leave_no_name_in_history(
    certificate, learner, operator, policy, name, django_capture_on_commit_callbacks
):
    content = pdf_of(certificate)
    Issuer.objects.update(erasure_policy=policy)
    for each in (learner, certificate):
        log(instance=each, action="wagtail.edit", user=operator, content_changed=True)

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(learner.pk)

    result = verification.verify_file(content)
    assert (result.answer, result.facts.recipient_name) == (Answer.STANDS, name)
    assert verification.verify_code(certificate.code, "Núñez").answer is Answer.STANDS
    assert LedgerEntry.objects.get().minutes == 150
    assert set(ModelLogEntry.objects.values_list("label", flat=True)) == {"erased person"}


def test_p12_hours_are_provable_line_by_line_and_agree_everywhere(client, learner, issuer, operator):
    for minutes in (150, 60):
        credit_completion(completion_with_shares(learner, minutes=minutes, shares={"MA-3": minutes}).pk)
    adjust_hours(learner, minutes=-15, shares={}, reason="Counted twice.", actor=operator)
    client.force_login(learner)

    transcript = transcript_of(learner)
    rows = list(csv.reader(StringIO(client.get("/en/path/hours.csv").content.decode("utf-8-sig"))))
    drawn = by_pypdf(client.get("/en/path/hours.pdf").content)

    entries = LedgerEntry.objects.all()
    assert transcript.total_minutes == sum(entry.minutes for entry in entries) == 195
    assert sum(int(row[5]) for row in rows[1 : rows.index([])] if row[5]) == 195
    assert "Total: 3 hours 15 minutes" in "".join(drawn)
    for entry in entries.filter(kind="credit"):
        assert (entry.evidence, entry.edition) == (f"completion {entry.completion.public_id}", "en:41 es:42")
    # What was awarded is the author's figure of that edition: no clock and no log of pages is asked.
    assert {entry.minutes for entry in entries.filter(kind="credit")} == {150, 60}


def test_p12_measured_and_attended_time_stay_apart_from_awarded(learner, issuer, now):
    completion = completion_with_shares(learner)
    credit_completion(completion.pk, now=now)
    for minutes in (0, 9, 18, 60):  # the last after a pause, which the published rule of ten minutes leaves out
        see(completion.enrollment, completion.course_key, now=now + timedelta(minutes=minutes))
    record_attendance(
        learner, title="Evening", course_key=completion.course_key, held_on=date(2026, 3, 14), minutes=200,
        actor=make_trainer(),
    )  # fmt: skip

    (times,) = times_of(learner)

    assert (times.awarded, times.measured, times.attended) == (150, 18, 200)
    assert transcript_of(learner).total_minutes == 150
