"""Checking a certificate: three honest answers, for anyone, without a cookie."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.core.cache import cache
from django.urls import reverse

from certificates import verification
from certificates.codes import grouped
from certificates.data import Answer
from certificates.services import pdf_of, revoke_certificate
from people.models import Organization, Role
from people.services import grant_role
from tests.factories.people import OrganizationFactory

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

    assert (result.answer, result.since) == (Answer.REVOKED, date(2026, 3, 15))
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
    changed = upload(client, b"%PDF-1.7 of somebody else")
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


# --- JSON ---------------------------------------------------------------------------------------------------------


def as_json(client, address, **extra):
    return client.get(address, headers={"accept": "application/json"}, **extra)


def test_json_states_every_fact(client, certificate):
    response = as_json(client, f"/en/verify/{certificate.token}/")

    data = response.json()
    assert (response.status_code, data["answer"], data["since"]) == (200, "stands", None)
    assert data["certificate"]["recipient_name"] == "Rosa María Núñez"
    assert data["certificate"]["contact_minutes"] == 150
    assert [each["minutes"] for each in data["certificate"]["competencies"]] == [90, 60]
    assert data["certificate"]["completed_on"] == "2026-03-15"
    assert data["pdf_sha256"] == certificate.pdf_sha256
    assert data["certificate"]["is_state_certification"] is False
    assert "Accept" in response["Vary"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert client.cookies.output() == ""


def test_json_says_why_it_ended(client, certificate, operator, now):
    revoke_certificate(certificate, actor=operator, reason="Wrong person.", now=now)

    data = as_json(client, f"/es/verify/{certificate.token}/").json()

    assert (data["answer"], data["since"], data["reason"]) == ("revoked", "2026-03-15", "Wrong person.")


def test_json_of_an_unknown_token_holds_nothing(client, certificate):
    response = as_json(client, f"/en/verify/{'0' * 26}/")

    assert (response.status_code, response.json()) == (404, {"answer": "unknown"})


def test_json_says_when_there_were_too_many_tries(client, certificate):
    for _guess in range(verification.MOST_FAILURES):
        as_json(client, f"/en/verify/{'0' * 26}/")

    response = as_json(client, f"/en/verify/{certificate.token}/")

    assert (response.status_code, response["Retry-After"]) == (429, "900")
    assert response.json() == {"answer": "too_many_tries"}


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""])
def test_browsers_get_the_page(client, certificate, accept):
    response = client.get(f"/en/verify/{certificate.token}/", headers={"accept": accept})

    assert response["Content-Type"] == "text/html; charset=utf-8"


def test_address_without_a_language_leads_to_the_answer(client, certificate):
    response = as_json(client, f"/verify/{certificate.token}", follow=True)

    assert response.json()["answer"] == "stands"


# --- Lists --------------------------------------------------------------------------------------------------------

LIST = "/en/verify/list/"


def send_list(client, text: str | bytes, **data):
    content = text.encode() if isinstance(text, str) else text
    return client.post(LIST, {"file": BytesIO(content), **data})


@pytest.mark.parametrize(
    "table",
    [
        "code,surname\n{code},Nunez\n{link},\n{token},x\n{code},Lopez\nABC,x\n,nobody\n",
        "apellido;código\nNunez;{code}\n;{link}\nx;{token}\nLopez;{code}\nx;ABC\n\n",
        "{code}\tNunez\n{link}\n{token}\tx\n{code}\tLopez\nABC\tx",
    ],
)
def test_list_answers_line_by_line(client, certificate, table, django_assert_num_queries):
    token, code = certificate.token, grouped(certificate.code)
    text = table.format(code=code, token=token, link=f"http://x/v/{token}/")

    with django_assert_num_queries(2):
        response = send_list(client, text)

    assert [answer for _line, answer in response.context["checked"]] == [
        "Stands", "Stands", "Stands", "Not one of ours", "Looks mistyped",
    ]  # fmt: skip
    assert client.cookies.output() == ""
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_list_comes_back_as_a_table_that_runs_no_formula(client, certificate):
    response = send_list(client, f"code,surname\n{certificate.code},Nunez\n=1+1,@x\n", **{"as": "csv"})

    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert rows[1][:4] == ["2", certificate.code, "Nunez", "Stands"]
    assert rows[1][6:10] == ["Rosa María Núñez", "Compassion resilience", "150", "2026-03-15"]
    assert rows[2][:4] == ["3", "'=1+1", "'@x", "Looks mistyped"]


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 400, "choose a file"),
        (b"code,surname\n", 400, "no line with a code"),
        (b"\n\n,,\n", 400, "no line with a code"),
        (b"A\n" * 501, 400, "at most 500"),
        (b"A\n" * 200_000, 413, "too large"),
        (b'"' + b"x" * 200_000 + b'"', 400, "cannot be read as a table"),
        (b"\x00\xff\xfe" * 10, 200, "Looks mistyped"),
        (b"PK\x03\x04" + bytes(range(256)) * 10, 400, "file"),
    ],
)
def test_list_that_is_none_is_answered_with_a_sentence(client, db, content, status, words):
    response = send_list(client, content)

    assert response.status_code == status
    assert words in response.content.decode()


def test_list_of_guesses_counts_each_and_never_stops_a_board(client, certificate, operator):
    guesses = "\n".join(f"{'0' * 17},x" for _guess in range(verification.MOST_FAILURES))
    assert send_list(client, guesses).status_code == 200
    own = f"{certificate.code},Nunez"
    assert send_list(client, own).status_code == 429

    board = OrganizationFactory(kind=Organization.Kind.BOARD)
    grant_role(operator, Role.BOARD_REVIEWER, board)
    client.force_login(operator)

    assert send_list(client, own).status_code == 200
    assert client.get(f"/en/verify/{certificate.token}/").status_code == 200


@pytest.mark.parametrize("language", ["en", "es"])
def test_list_page_asks_nothing_and_sets_no_cookie(client, db, language, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(f"/{language}/verify/list/")

    assert (response.status_code, client.cookies.output()) == (200, "")
