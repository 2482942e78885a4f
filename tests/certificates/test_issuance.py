"""Certificates: issued once, frozen, mailed once, taken back once."""

from datetime import date
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from certificates.codes import problem_of
from certificates.errors import AlreadyRevoked, NotAllowed, NotEligible
from certificates.models import Certificate, Issuer, Revocation
from certificates.services import credit_completion, issue_certificate, issue_if_ready, pdf_of, revoke_certificate
from people.models import OutboxMail
from people.services import deliver
from tests.certificates.test_ledger import may, reverse_by
from tests.factories.certificates import completion_with_shares

pytestmark = pytest.mark.django_db


def test_issue_certificate_freezes_every_fact(certificate, completion, learner, now):
    assert (certificate.recipient, certificate.completion, certificate.issued_at) == (learner, completion, now)
    assert (certificate.recipient_name, certificate.contact_minutes) == ("Rosa María Núñez", 150)
    assert certificate.course_title == {"en": "Compassion resilience", "es": "Resiliencia y compasión"}
    assert (certificate.completed_on, certificate.language) == (date(2026, 3, 15), "en")
    assert (certificate.issuer_number, certificate.signatory_name) == ("PRV-0042", "Elena Vargas")
    assert certificate.competency_minutes == [
        {
            "framework": "MA-CHW",
            "framework_name": {"en": "Massachusetts core competencies", "es": "Competencias básicas de Massachusetts"},
            "code": code,
            "name": {"en": f"Competency {code}", "es": f"Competencia {code}"},
            "minutes": minutes,
        }
        for code, minutes in (("MA-10", 90), ("MA-3", 60))
    ]
    assert problem_of(certificate.code) is None
    assert certificate.pdf_sha256 == sha256(pdf_of(certificate)).hexdigest()


def test_issue_certificate_stays_as_it_was_after_renames(certificate, completion, learner, issuer):
    issued = pdf_of(certificate)
    learner.printed_name = "Rosa Peña"
    learner.save()
    Issuer.objects.update(printed_name="Another provider")

    again = issue_certificate(completion.pk)

    assert (again, again.recipient_name, again.issuer_name) == (
        certificate,
        "Rosa María Núñez",
        "Puente Training Collaborative",
    )
    assert pdf_of(again) == issued


def test_issue_certificate_refuses_before_the_credit(completion, issuer):
    with pytest.raises(NotEligible):
        issue_certificate(completion.pk)


def test_issue_certificate_refuses_a_reversed_completion(completion, issuer, operator, now):
    credit_completion(completion.pk)
    reverse_by(completion, operator, now)

    with pytest.raises(NotEligible):
        issue_certificate(completion.pk)


def test_issue_certificate_refuses_without_an_issuer(completion):
    credit_completion(completion.pk)

    with pytest.raises(NotEligible):
        issue_certificate(completion.pk)


@pytest.mark.parametrize("name", ["", "   ", "李小龙"])
def test_issue_certificate_waits_for_a_name_and_its_saving_issues_it(
    learner, completion, issuer, name, django_capture_on_commit_callbacks
):
    learner.printed_name = name
    learner.save()
    credit_completion(completion.pk)
    assert issue_if_ready(completion.pk) is None

    with django_capture_on_commit_callbacks(execute=True):
        learner.printed_name = "Rosa  Núñez"
        learner.save()

    assert Certificate.objects.get().recipient_name == "Rosa Núñez"


def test_mail_goes_out_once_in_the_language_of_the_certificate(
    learner, issuer, mailoutbox, django_capture_on_commit_callbacks, settings
):
    completion = completion_with_shares(learner, language="es")
    credit_completion(completion.pk)

    with django_capture_on_commit_callbacks(execute=True):
        certificate = issue_certificate(completion.pk)
    deliver(OutboxMail.objects.get().pk)

    (mail,) = mailoutbox
    assert mail.to == ["rosa@example.org"]
    link = f"{settings.BASE_URL}/es/certificates/{certificate.public_id}/"
    assert link in mail.body.splitlines()
    assert "Resiliencia y compasión" in mail.body.splitlines()
    assert f'href="{link}"' in mail.alternatives[0].content
    assert OutboxMail.objects.get().sent_at is not None


def test_revoke_certificate_once_by_right_and_for_a_reason(certificate, stranger, operator, now):
    with pytest.raises(NotAllowed):
        revoke_certificate(certificate, actor=stranger, reason="x", now=now)
    with pytest.raises(NotEligible):
        revoke_certificate(certificate, actor=operator, reason="  ", now=now)
    allowed = may(stranger, "revoke_certificate")

    revocation = revoke_certificate(certificate, actor=allowed, reason="Wrong person.", now=now)
    with pytest.raises(AlreadyRevoked):
        revoke_certificate(certificate, actor=operator, reason="Again.", now=now)

    assert list(Revocation.objects.values_list("reason", "revoked_by", "revoked_at")) == [
        ("Wrong person.", allowed.pk, now)
    ]
    assert revocation.certificate == certificate


def copy_of(certificate, **fields):
    names = [f.attname for f in Certificate._meta.fields if f.attname not in {"id", "public_id"}]
    unique = {"code": "2" * 17, "token": "2" * 26, "pdf_sha256": "2" * 64}
    return {name: getattr(certificate, name) for name in names} | unique | fields


@pytest.mark.parametrize("same", ["code", "token", "pdf_sha256", "completion_id"])
def test_constraint_unique(certificate, learner, same):
    other = completion_with_shares(learner)
    values = copy_of(certificate, completion_id=other.pk) | {same: getattr(certificate, same)}

    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(**values)


@pytest.mark.parametrize("wrong", [{"contact_minutes": 0}, {"expires_on": date(2026, 3, 15)}])
def test_constraint_minutes_and_expiry(certificate, learner, wrong):
    other = completion_with_shares(learner)

    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(**copy_of(certificate, completion_id=other.pk, **wrong))


def test_constraint_revocation_has_a_reason(certificate, operator, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Revocation.objects.create(certificate=certificate, reason="", revoked_at=now, revoked_by=operator)
