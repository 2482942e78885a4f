"""Checking a certificate: three honest answers, for anyone, without a cookie."""

from datetime import date
from io import BytesIO

import pytest
from django.core.cache import cache
from django.urls import reverse

from certificates import verification
from certificates.codes import grouped
from certificates.data import Answer
from certificates.services import pdf_of, revoke_certificate

pytestmark = pytest.mark.django_db
VERIFY = "/en/verify/"


@pytest.fixture(autouse=True)
def forget_failures():
    cache.clear()


def ask(client, **data):
    return client.post(VERIFY, data)


def test_verify_token_stands_with_every_fact(certificate):
    result = verification.verify_token(certificate.token.lower())

    assert (result.answer, result.since, result.reason) == (Answer.STANDS, None, "")
    assert (result.facts.recipient_name, result.facts.contact_minutes) == ("Rosa María Núñez", 150)
    assert result.facts.link == f"http://localhost:8000/v/{certificate.token}/"


def test_verify_token_says_since_when_and_why_it_no_longer_stands(certificate, operator, now):
    revoke_certificate(certificate, actor=operator, reason="Given to the wrong person.", now=now)

    result = verification.verify_token(certificate.token, today=date(2026, 4, 1))

    assert (result.answer, result.since) == (Answer.ENDED, date(2026, 3, 15))
    assert result.reason == "Given to the wrong person."


@pytest.mark.parametrize("token", ["", "x", "0" * 26, "U" * 26, "../../etc", "0" * 400])
def test_verify_token_unknown(certificate, token):
    assert verification.verify_token(token) == verification.UNKNOWN


def test_wrong_surname_and_unknown_code_get_the_same_answer(certificate):
    unknown = verification.verify_code("0" * 17, "Núñez")

    assert verification.verify_code(certificate.code, "Lopez") == unknown == verification.UNKNOWN


def test_code_with_any_word_of_the_name_is_answered(certificate):
    typed = grouped(certificate.code).lower()

    assert {verification.verify_code(typed, word).answer for word in ("nunez", "ROSA", "maría núñez")} == {
        Answer.STANDS
    }


def test_short_link_leads_to_the_answer_and_sets_no_cookie(client, certificate, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(f"/v/{certificate.token}/", follow=True)

    assert response.status_code == 200
    assert response.context["result"].answer is Answer.STANDS
    assert client.cookies.output() == ""
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "Rosa María Núñez" in response.content.decode()


def test_form_answers_with_a_status_of_its_own(client, certificate):
    code = certificate.code
    mistyped = code[:-1] + ("0" if code[-1] != "0" else "1")

    answers = [
        (ask(client, code=c, surname=s).status_code)
        for c, s in ((code, "Nunez"), (code, "Lopez"), (mistyped, "Nunez"), ("", ""))
    ]

    assert answers == [200, 404, 400, 400]
    assert client.cookies.output() == ""


def test_form_page_sets_no_cookie_and_asks_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(VERIFY)

    assert (response.status_code, client.cookies.output()) == (200, "")
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_too_many_failures_from_one_address_are_stopped_and_no_other_address(client, certificate):
    for _guess in range(verification.MOST_FAILURES):
        assert ask(client, code="0" * 17, surname="x").status_code == 404

    stopped = ask(client, code=certificate.code, surname="Nunez")
    other = client.post(VERIFY, {"code": certificate.code, "surname": "Nunez"}, REMOTE_ADDR="10.1.1.1")

    assert (stopped.status_code, stopped["Retry-After"]) == (429, "900")
    assert "wait 15 minutes" in stopped.content.decode()
    assert other.status_code == 200


def test_mistyped_codes_are_no_guesses(client, certificate):
    for _slip in range(verification.MOST_FAILURES + 1):
        assert ask(client, code="0" * 16 + "1", surname="x").status_code == 400

    assert ask(client, code=certificate.code, surname="Nunez").status_code == 200


def upload(client, content):
    return client.post(reverse("certificates:verify_file"), {"file": BytesIO(content)})


def test_file_is_recognised_byte_for_byte(client, certificate):
    same = upload(client, pdf_of(certificate))
    changed = upload(client, pdf_of(certificate) + b" ")
    by_hash = client.post(reverse("certificates:verify_file"), {"sha256": certificate.pdf_sha256.upper()})

    assert (same.status_code, changed.status_code, by_hash.status_code) == (200, 404, 200)
    assert same.context["facts"].code == certificate.code
    assert client.cookies.output() == ""


@pytest.mark.parametrize(("data", "status"), [({}, 400), ({"sha256": "zz"}, 400), ({"file": BytesIO(b"")}, 400)])
def test_file_missing_is_said(client, db, data, status):
    assert client.post(reverse("certificates:verify_file"), data).status_code == status


def test_file_too_large_is_refused(client, db):
    assert upload(client, b"x" * (2 * 1024 * 1024 + 1)).status_code == 413


def test_ipv6_neighbours_share_a_limit():
    assert verification._key("2001:db8:1:2:aaaa::1") == verification._key("2001:db8:1:2:bbbb::2")
    assert verification._key("2001:db8:1:2::1") != verification._key("2001:db8:1:3::1")
