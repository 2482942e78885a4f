"""Erasure against retention: what stays of who is forgotten, what goes, and what the database still refuses."""

import json
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from wagtail.log_actions import log

from certificates import files, verification
from certificates.data import Answer
from certificates.errors import FileLost, NotEligible
from certificates.models import Certificate, Disclosure, Issuer, LedgerEntry, LetterRequest
from certificates.services import (
    adjust_hours,
    completions_without_certificate,
    credit_completion,
    erase_name,
    issue_certificate,
    names_to_erase,
    pdf_of,
    restore_pdf,
    revoke_certificate,
    supersede_certificate,
)
from courses.models import Enrollment, Place
from curriculum.models import Cycle
from people.models import User
from people.services import erase_person, export_person, give_consent, holdings_of
from tests.factories.certificates import completion_with_shares
from tests.factories.people import BoardFactory, make_board_reviewer
from tests.factories.register import make_board

pytestmark = pytest.mark.django_db
YEARS = 7


@pytest.fixture(autouse=True)
def forget_failures():
    cache.clear()


@pytest.fixture
def at_once(issuer):
    Issuer.objects.update(erasure_policy="at_once")


def erased(learner, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(learner.pk, now=now)


def frozen(model) -> list:
    """Rows of a table whole, as they are."""
    return list(model.objects.order_by("pk").values())


def test_ledger_is_untouched_and_stays_one_account(
    certificate, learner, operator, now, django_capture_on_commit_callbacks
):
    adjust_hours(learner, minutes=-15, shares={}, reason="Counted twice.", actor=operator, now=now)
    before = frozen(LedgerEntry)

    erased(learner, now, django_capture_on_commit_callbacks)

    assert frozen(LedgerEntry) == before
    assert sum(entry.minutes for entry in LedgerEntry.objects.filter(learner=learner.pk)) == 135


def test_keep_name_answers_with_the_name_until_the_years_are_over_and_then_without(
    certificate, learner, now, django_capture_on_commit_callbacks
):
    content = pdf_of(certificate)

    erased(learner, now, django_capture_on_commit_callbacks)

    kept = verification.verify_code(certificate.code, "Núñez")
    assert (kept.answer, kept.facts.recipient_name) == (Answer.STANDS, "Rosa María Núñez")
    assert verification.verify_code(certificate.code, "Stranger").answer is Answer.UNKNOWN
    assert files.read_pdf(certificate.public_id) is None
    last = date(2033, 3, 15)
    assert names_to_erase(now=now.replace(year=last.year)) == []
    (over,) = names_to_erase(now=now.replace(year=last.year) + timedelta(days=1))
    assert [erase_name(over), erase_name(over)] == [True, False]
    gone = verification.verify_code(certificate.code, "whoever asks")
    assert (gone.answer, gone.facts.recipient_name, gone.facts.contact_minutes) == (Answer.STANDS, "", 150)
    assert verification.verify_file(content).answer is Answer.STANDS


def test_sweep_takes_names_off_when_the_years_are_over(certificate, learner, now, monkeypatch, capsys):
    erase_person(learner.pk, now=now)
    call_command("sweep", "--json")
    assert json.loads(capsys.readouterr().out)["names_erased"] == 0
    monkeypatch.setattr("certificates.services.retention.timezone.now", lambda: now.replace(year=2034))

    call_command("sweep", "--json")
    call_command("sweep", "--json")

    assert [json.loads(line)["names_erased"] for line in capsys.readouterr().out.splitlines()] == [1, 0]
    assert Certificate.objects.get().recipient_name == ""


def test_at_once_answers_without_the_name_from_then_on(
    certificate, learner, now, at_once, client, operator, django_capture_on_commit_callbacks
):
    erased(learner, now, django_capture_on_commit_callbacks)

    text = client.get(f"/en/verify/{certificate.token}/").content.decode()
    assert "Puente issued this certificate, and it stands today." in text
    assert "we can no longer say to whom" in text
    assert "Núñez" not in text
    data = client.get(f"/en/verify/{certificate.token}/", headers={"accept": "application/json"}).json()
    assert (data["certificate"]["recipient_name"], data["certificate"]["is_holder_erased"]) == (None, True)
    revoke_certificate(Certificate.objects.get(), actor=operator, reason="Issued by mistake.")
    assert verification.verify_token(certificate.token).answer is Answer.REVOKED


def test_rule_of_the_issuer_counts_by_its_name_and_the_default_for_all_others(certificate, learner, now):
    Issuer.objects.update(printed_name="Renamed", retention_years=4)
    day = timedelta(days=1)

    assert names_to_erase(now=now.replace(year=2030), recipient=learner) == []
    assert len(names_to_erase(now=now.replace(year=2030) + day, recipient=learner)) == 1
    Issuer.objects.update(printed_name=certificate.issuer_name, is_default=False, retention_years=10)
    assert names_to_erase(now=now.replace(year=2036), recipient=learner) == []
    Issuer.objects.update(printed_name="Gone")
    assert len(names_to_erase(now=now.replace(year=2033) + day, recipient=learner)) == 1


def test_nobody_loses_a_name_who_asked_for_nothing(certificate, at_once):
    assert names_to_erase() == []


@pytest.mark.parametrize("wrong", [{"retention_years": 0}, {"retention_years": 101}, {"erasure_policy": "x"}])
def test_constraints_of_retention(issuer, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Issuer.objects.update(**wrong)


# --- What the database refuses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"recipient_name": "Somebody Else"},
        {"recipient_name": ""},
        {"name_erased_at": "now"},
        {"recipient_name": "", "name_erased_at": "now", "contact_minutes": 9000},
        {"recipient_name": "", "name_erased_at": "now", "course_title": {"en": "x"}},
        {"recipient_name": "", "name_erased_at": "now", "pdf_sha256": "0" * 64},
        {"recipient_name": "", "name_erased_at": "now", "expires_on": date(2040, 1, 1)},
    ],
)
def test_database_lets_nothing_but_the_name_go(certificate, now, change):
    before = frozen(Certificate)

    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.update(**{name: now if value == "now" else value for name, value in change.items()})

    assert frozen(Certificate) == before


def test_database_refuses_every_other_column_beside_the_name(certificate, now):
    """A column that was added later and forgotten by the trigger would fail here."""
    others = {
        field.attname
        for field in Certificate._meta.concrete_fields
        if field.attname not in {"id", "recipient_name", "name_erased_at"}
    }
    for name in sorted(others):
        value = getattr(certificate, name)
        field = Certificate._meta.get_field(name)
        other = {
            "CharField": "zz", "TranslatedTextField": {"en": "x"}, "JSONField": [1], "UUIDField": learner_uuid(),
        }.get(field.get_internal_type())  # fmt: skip
        if other is None and isinstance(value, int):
            other = value + 1
        if other is None:
            other = now + timedelta(days=9) if field.get_internal_type() == "DateTimeField" else date(2039, 1, 1)
        if field.is_relation:
            other = certificate.pk if value is None else value + 1
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Certificate.objects.update(recipient_name="", name_erased_at=now, **{name: other})


def learner_uuid():
    return "12345678-1234-4234-8234-123456789012"


def test_database_brings_no_name_back(certificate, learner, now, at_once):
    erase_person(learner.pk, now=now)

    for change in ({"recipient_name": "Rosa"}, {"recipient_name": "Rosa", "name_erased_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Certificate.objects.update(**change)
    assert Certificate.objects.get().recipient_name == ""


# --- Nothing comes after ------------------------------------------------------------------------------------------


def test_nothing_is_issued_or_drawn_for_who_is_erased(learner, issuer, operator, now):
    completion, waiting = completion_with_shares(learner), completion_with_shares(learner)
    credit_completion(completion.pk)
    credit_completion(waiting.pk)
    certificate = issue_certificate(completion.pk)
    erase_person(learner.pk, now=now)

    with pytest.raises(NotEligible, match="erased"):
        issue_certificate(waiting.pk)
    with pytest.raises(NotEligible, match="erased"):
        supersede_certificate(certificate, change="correction", reason="x", actor=operator)
    for act in (pdf_of, restore_pdf):
        with pytest.raises(FileLost):
            act(Certificate.objects.get())
    assert list(completions_without_certificate()) == []


def test_certificate_that_was_being_written_as_she_went_is_swept(certificate, learner, now, at_once, capsys):
    User.objects.filter(pk=learner.pk).update(
        erased_at=now, is_active=False, printed_name="", email="x@erased.invalid", last_login=None
    )

    call_command("sweep", "--json")

    swept = json.loads(capsys.readouterr().out)
    assert (swept["names_erased"], swept["files_erased"], swept["restored"]) == (1, 1, 0)
    assert files.read_pdf(certificate.public_id) is None


# --- Everywhere ---------------------------------------------------------------------------------------------------


def every_text() -> str:
    """Every value of every table, and every stored file's first bytes by name."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        found.extend(repr(row) for row in model._default_manager.values_list())
    return "\n".join(found)


def test_no_table_knows_her_any_more(certificate, learner, operator, now, at_once, client,
                                     django_capture_on_commit_callbacks):  # fmt: skip
    """Planted in every place that takes a name; looked for in every table."""
    board = make_board()
    give_consent(learner, BoardFactory(), now=now)
    Disclosure.objects.create(
        reviewer=make_board_reviewer(board), person=learner, organization=board, what="person", looked_at=now
    )
    enrollment = Enrollment.objects.create(learner=learner, course_key="12345678-1234-4234-8234-123456789012")
    Place.objects.create(enrollment=enrollment, lesson_key=enrollment.course_key, updated_at=now)
    for each in (learner, certificate, enrollment):
        log(instance=each, action="wagtail.edit", user=operator, content_changed=True)
    client.force_login(learner)
    client.get("/en/path/")
    assert "Núñez" in every_text()
    assert "rosa@example.org" in every_text()

    erased(learner, now, django_capture_on_commit_callbacks)

    after = every_text()
    assert [word for word in ("Rosa", "Núñez", "rosa@", "Nunez") if word in after] == []
    assert Cycle.objects.count() == Place.objects.count() == 0
    assert Disclosure.objects.filter(person=learner.pk).count() == 1
    assert Enrollment.objects.get(pk=enrollment.pk).state == "withdrawn"


def test_preview_says_what_stays_why_and_until_when(certificate, learner):
    said = {each.what: each for each in holdings_of(learner, today=date(2026, 6, 1))}

    kept = said["Your certificate, with your name, for who checks it"]
    assert (kept.stays, kept.until) == (True, date(2033, 3, 15))
    assert said["Your hours, line by line, without your name"].stays
    assert not said["The file of your certificate. Download it first if you want to keep it"].stays
    Issuer.objects.update(erasure_policy="at_once")
    assert "Your certificate, without your name, for who checks it" in {each.what for each in holdings_of(learner)}


def test_export_proves_the_hours_and_has_the_files(certificate, learner):
    target = BytesIO()

    export_person(learner, target)

    with ZipFile(target) as archive:
        data = json.loads(archive.read("data.json"))
        names = [name for name in archive.namelist() if name.endswith(".pdf")]
        assert [archive.read(name) for name in names] == [pdf_of(certificate)]
    assert [(row["minutes"], row["earned_on"]) for row in data["hours"]] == [(150, "2026-03-15")]
    assert {(row["competency_code"], row["minutes"]) for row in data["hours_by_competency"]} == {
        ("MA-3", 60), ("MA-10", 90),
    }  # fmt: skip
    assert data["certificates"][0]["recipient_name"] == "Rosa María Núñez"
    assert set(data) >= {"account", "courses_finished", "quiz_attempts", "rules_followed", "who_looked_at_my_hours"}


def test_requests_for_letters_lose_their_words_and_open_ones_go(certificate, learner, now):
    asked = {"learner": learner, "requested_by": learner, "requested_at": now, "language": "en"}
    LetterRequest.objects.create(addressee="My mother, Elm Street 5", note="Please hurry, I moved", **asked)
    refused = LetterRequest.objects.create(
        addressee="My landlord", note="For Rosa", decision="refused", decision_reason="Not a board.",
        decided_by=learner, decided_at=now, **asked,
    )  # fmt: skip
    assert any("letters" in holding.what for holding in holdings_of(learner))

    erase_person(learner.pk)

    kept = LetterRequest.objects.get()
    assert (kept.pk, kept.addressee, kept.note, kept.decision) == (refused.pk, "–", "", "refused")
