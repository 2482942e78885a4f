"""A line of certificates: correction, new name, renewal; old codes lead to the new one; nothing is rewritten."""

from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates import verification
from certificates.data import Answer
from certificates.errors import AlreadySuperseded, NotAllowed, NotEligible
from certificates.models import Certificate, Issuer
from certificates.services import (
    credit_completion,
    issue_certificate,
    issue_if_ready,
    pdf_of,
    revoke_certificate,
    supersede_certificate,
)
from certificates.validity import last_day
from people.models import OutboxMail
from tests.certificates.test_concurrency import at_once
from tests.certificates.test_issuance import copy_of
from tests.certificates.test_ledger import may, reverse_by
from tests.certificates.test_pdf import by_pypdf
from tests.factories.certificates import completion_with_shares

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 5, 2, 14, 0, tzinfo=UTC)
TODAY = date(2026, 5, 3)


def rename(certificate, operator, name="Rosa Peña", **extra):
    learner = certificate.recipient
    learner.printed_name = name
    learner.save()
    values = {"change": "rename", "reason": "Married.", "actor": operator, "now": LATER} | extra
    return supersede_certificate(certificate, **values)


def test_rename_makes_a_new_certificate_and_leaves_the_old_as_it_was(certificate, operator):
    issued, before = pdf_of(certificate), Certificate.objects.values().get(pk=certificate.pk)

    newer = rename(certificate, operator)

    assert (newer.recipient_name, newer.supersedes, newer.change) == ("Rosa Peña", certificate, "rename")
    assert (newer.change_reason, newer.issued_by, newer.issued_at) == ("Married.", operator, LATER)
    assert newer.completed_on == certificate.completed_on
    assert len({certificate.code, newer.code}) == len({certificate.token, newer.token}) == 2
    assert Certificate.objects.values().get(pk=certificate.pk) == before
    assert pdf_of(certificate) == issued
    assert "Rosa Peña" in by_pypdf(pdf_of(newer))


def test_old_link_code_and_file_lead_to_the_newest(client, certificate, operator):
    second = rename(certificate, operator)
    third = rename(second, operator, name="Rosa Peña Díaz", change="correction", reason="One name was left out.")

    by_link = verification.verify_token(certificate.token, today=TODAY)
    by_code = verification.verify_code(certificate.code, "Nunez", today=TODAY)
    by_file = verification.verify_file(pdf_of(certificate), today=TODAY)

    assert by_link == by_code == by_file
    assert (by_link.answer, by_link.since, by_link.reason) == (Answer.SUPERSEDED, date(2026, 5, 2), "Married.")
    assert (by_link.change_name, by_link.newer_token) == ("new name", third.token)
    assert verification.verify_token(third.token, today=TODAY).answer is Answer.STANDS
    page = BeautifulSoup(client.get(f"/en/verify/{certificate.token}/").content, "html.parser")
    assert page.find("a", string="See the newer certificate")["href"] == f"/en/verify/{third.token}/"
    data = client.get(f"/en/verify/{certificate.token}/", headers={"accept": "application/json"}).json()
    assert (data["answer"], data["superseded_by"][-28:]) == ("superseded", f"/{third.token}/")


def test_renewal_has_a_later_last_day_and_the_old_one_says_so(completion, issuer, operator, now):
    Issuer.objects.update(months_good=12)
    credit_completion(completion.pk)
    first = issue_certificate(completion.pk, now=now)

    newer = supersede_certificate(
        first, change="renewal", reason="Second year.", actor=operator, expires_on=date(2028, 3, 15), now=LATER
    )

    assert (first.expires_on, newer.expires_on) == (date(2027, 3, 15), date(2028, 3, 15))
    assert verification.verify_token(first.token, today=date(2027, 6, 1)).answer is Answer.SUPERSEDED
    assert verification.verify_token(newer.token, today=date(2028, 3, 15)).answer is Answer.STANDS
    assert verification.verify_token(newer.token, today=date(2028, 3, 16)).answer is Answer.EXPIRED


@pytest.mark.parametrize("expires_on", [None, date(2026, 3, 15), date(2020, 1, 1)])
def test_renewal_needs_a_later_last_day(certificate, operator, expires_on):
    with pytest.raises(NotEligible, match="later"):
        supersede_certificate(certificate, change="renewal", reason="x", actor=operator, expires_on=expires_on)

    assert Certificate.objects.count() == 1


def test_second_course_of_the_same_name_is_a_certificate_of_its_own(certificate, learner):
    again = completion_with_shares(learner, course_key=certificate.completion.course_key)
    credit_completion(again.pk)

    second = issue_certificate(again.pk)

    assert second.supersedes is None
    assert verification.verify_token(certificate.token, today=TODAY).answer is Answer.STANDS


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"reason": "  "}, "why"), ({"change": "whim"}, "what kind"), ({"change": ""}, "what kind")],
)
def test_supersede_refuses_without_kind_or_reason(certificate, operator, values, sentence):
    with pytest.raises(NotEligible, match=sentence):
        supersede_certificate(certificate, **{"change": "rename", "reason": "x", "actor": operator} | values)


def test_supersede_needs_the_right_and_a_certificate_that_stands(certificate, stranger, operator, now):
    with pytest.raises(NotAllowed):
        supersede_certificate(certificate, change="rename", reason="x", actor=stranger)
    revoke_certificate(certificate, actor=operator, reason="Wrong person.", now=now)

    with pytest.raises(NotEligible, match="taken back"):
        supersede_certificate(certificate, change="rename", reason="x", actor=may(stranger, "revoke_certificate"))

    assert Certificate.objects.count() == 1


def test_supersede_refuses_a_reversed_completion(certificate, completion, operator, now):
    reverse_by(completion, operator, now)

    with pytest.raises(NotEligible, match="reversed"):
        supersede_certificate(Certificate.objects.get(), change="rename", reason="x", actor=operator)


def test_supersede_twice_is_refused_and_a_line_never_forks(certificate, operator):
    rename(certificate, operator)

    with pytest.raises(AlreadySuperseded):
        rename(certificate, operator)

    assert Certificate.objects.count() == 2


def test_only_the_newest_can_be_taken_back_and_the_old_codes_lead_to_that(certificate, operator, now):
    newer = rename(certificate, operator)
    with pytest.raises(AlreadySuperseded):
        revoke_certificate(certificate, actor=operator, reason="x", now=LATER)

    revoke_certificate(newer, actor=operator, reason="Wrong person.", now=LATER)

    assert verification.verify_token(certificate.token, today=TODAY).newer_token == newer.token
    assert verification.verify_token(newer.token, today=TODAY).answer is Answer.REVOKED


def test_issue_after_a_replacement_returns_the_newest_and_makes_none(certificate, operator):
    newer = rename(certificate, operator)

    assert issue_certificate(certificate.completion_id) == newer == issue_if_ready(certificate.completion_id)
    assert Certificate.objects.count() == 2


def test_new_certificate_is_mailed_once_in_its_language(learner, issuer, operator, mailoutbox, now,
                                                        django_capture_on_commit_callbacks):  # fmt: skip
    completion = completion_with_shares(learner, language="es")
    credit_completion(completion.pk)
    first = issue_certificate(completion.pk, now=now)

    with django_capture_on_commit_callbacks(execute=True):
        newer = rename(first, operator)

    (message,) = mailoutbox
    assert message.subject == "Su certificado: Resiliencia y compasión"
    assert str(newer.public_id) in message.body
    assert OutboxMail.objects.count() == 2


def test_own_page_shows_the_newest_only(client, certificate, operator):
    newer = rename(certificate, operator)
    client.force_login(certificate.recipient)

    listed = client.get("/en/path/").context["certificates"]
    old = client.get(reverse("certificates:certificate", args=[certificate.public_id])).content.decode()

    assert [each.pk for each in listed] == [newer.pk]
    assert "Replaced by a newer certificate" in old


# --- What the database refuses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"supersedes": None, "completion": "same"},
        {"change": "rename", "change_reason": "x"},
        {"supersedes": "same", "change": "rename", "change_reason": ""},
        {"supersedes": "same", "change": "", "change_reason": "x"},
        {"supersedes": "same", "change": "rename", "change_reason": "x", "issued_by": None},
        {"signed_by": "Somebody", "signer_fingerprint": ""},
    ],
)
def test_constraint_lines_and_signers_are_whole(certificate, learner, operator, fields):
    other = certificate.completion if fields.get("completion") or fields.get("supersedes") else None
    completion = other or completion_with_shares(learner)
    values = copy_of(certificate, completion_id=completion.pk)
    if fields.get("supersedes") == "same":
        values |= {"supersedes_id": certificate.pk}
        values |= {} if "issued_by" in fields else {"issued_by_id": operator.pk}
    values |= {name: value for name, value in fields.items() if name not in {"supersedes", "completion", "issued_by"}}

    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(**values)


def test_constraint_one_successor(certificate, operator):
    newer = rename(certificate, operator)
    values = copy_of(newer, supersedes_id=certificate.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(**values)


def test_constraint_months_above_zero(issuer):
    with pytest.raises(IntegrityError), transaction.atomic():
        Issuer.objects.update(months_good=0)


@pytest.mark.django_db(transaction=True)
def test_many_who_replace_at_once_make_one(certificate, operator):
    def replace() -> tuple[int, int]:
        try:
            return supersede_certificate(certificate, change="rename", reason="x", actor=operator).pk, 1
        except AlreadySuperseded:
            return 0, 0

    answers = at_once(replace)

    assert Certificate.objects.filter(supersedes=certificate).count() == 1
    assert sorted(won for _pk, won in answers) == [0, 1]


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 3, 15), 24, date(2028, 3, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 15), None, None),
    ],
)
def test_last_day(day, months, last):
    assert last_day(day, months) == last


# --- At the desk --------------------------------------------------------------------------------------------------


def replace_url(certificate):
    return reverse("certificate:replace", args=[certificate.pk])


def test_desk_replaces_and_the_log_says_so(client, certificate, operator):
    client.force_login(operator)
    assert client.get(replace_url(certificate)).status_code == 200

    response = client.post(
        replace_url(certificate), {"change": "correction", "reason": "A letter was wrong.", "confirm": "on"}
    )

    newer = Certificate.objects.get(supersedes=certificate)
    assert (response.status_code, newer.change, newer.issued_by) == (302, "correction", operator)
    entry = ModelLogEntry.objects.get(action="certificates.replace")
    assert (entry.user, entry.object_id) == (operator, str(newer.pk))


@pytest.mark.parametrize(
    "data",
    [
        {"change": "correction", "reason": "x"},
        {"change": "", "reason": "x", "confirm": "on"},
        {"change": "rename", "reason": "", "confirm": "on"},
        {"change": "renewal", "reason": "x", "confirm": "on"},
        {"change": "renewal", "reason": "x", "confirm": "on", "expires_on": "2001-01-01"},
    ],
)
def test_desk_asks_for_everything(client, certificate, operator, data):
    client.force_login(operator)

    response = client.post(replace_url(certificate), data)

    assert (response.status_code, Certificate.objects.count()) == (200, 1)


def test_desk_is_closed_to_strangers(client, certificate, stranger, learner):
    for person in (stranger, learner):
        client.force_login(person)
        client.post(replace_url(certificate), {"change": "correction", "reason": "x", "confirm": "on"})

    assert Certificate.objects.count() == 1


def test_desk_offers_nothing_for_a_replaced_one(client, certificate, operator):
    newer = rename(certificate, operator)
    client.force_login(operator)

    listed = client.get(reverse("certificate:index")).content.decode()
    for name in ("edit", "replace"):
        assert client.get(reverse(f"certificate:{name}", args=[certificate.pk])).status_code == 302

    assert replace_url(newer) in listed
    assert replace_url(certificate) not in listed
    assert "replaced by a newer one" in listed
