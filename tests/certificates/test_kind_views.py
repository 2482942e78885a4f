"""Pages of statements, letters and programs: the person's own, and the desk's."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates.models import Certificate, Kind, LetterRequest, Program, ProgramCourse
from certificates.services import (
    credit_completion,
    issue_letter,
    issue_period,
    issue_program,
    pdf_of,
    request_letter,
    reverse_credit,
)
from people.models import Organization, Role
from people.services import grant_role, sync_roles
from tests.certificates.test_kinds import BOARD, NOW, SPRING, finish_all, finished
from tests.factories.certificates import completion_with_shares
from tests.factories.people import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db
DAYS = {"since": "2026-03-01", "until": "2026-03-31"}


@pytest.fixture
def rosa(client, learner, issuer):
    finished(learner)
    client.force_login(learner)
    return client


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


# --- Statements ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("en", "2 hours 30 minutes"), ("es", "2 horas y 30 minutos")])
def test_statement_is_shown_before_it_is_made(rosa, language, words):
    response = rosa.get(f"/{language}/path/statement/", DAYS)

    assert words in text_of(response)
    assert response.context["facts"].contact_minutes == 150
    assert Certificate.objects.count() == 0


def test_statement_is_made_once_and_opens(rosa, learner):
    first = rosa.post("/en/path/statement/issue/", DAYS)
    second = rosa.post("/en/path/statement/issue/", DAYS, follow=True)

    made = Certificate.objects.get()
    assert first.url == second.redirect_chain[0][0] == reverse("certificates:certificate", args=[made.public_id])
    assert (made.recipient, made.since, made.until) == (learner, date(2026, 3, 1), date(2026, 3, 31))
    assert "Statement of contact hours" in text_of(second)
    assert "What this total is made of" in text_of(second)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"since": "2026-03-31", "until": "2026-03-01"}, "The first day is after the last one."),
        ({"since": "2026-03-01"}, "This field is required."),
        ({"since": "2020-03-01", "until": "2020-03-02"}, "There are no hours in these days"),
        ({"since": "soon", "until": "2020-03-02"}, "Enter a valid date."),
    ],
)
def test_statement_says_what_is_wrong_and_loses_nothing(rosa, days, sentence):
    response = rosa.post("/en/path/statement/issue/", days)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert f'value="{days["since"]}"' in response.content.decode()
    assert Certificate.objects.count() == 0


def test_statement_is_ones_own(rosa, client, stranger):
    rosa.post("/en/path/statement/issue/", DAYS)
    made = Certificate.objects.get()
    client.force_login(stranger)

    tried = client.post("/en/path/statement/issue/", DAYS)

    assert tried.status_code == 422
    assert client.get(reverse("certificates:certificate", args=[made.public_id])).status_code == 404
    assert client.get(reverse("certificates:pdf", args=[made.public_id])).status_code == 404
    assert list(Certificate.objects.all()) == [made]


@pytest.mark.parametrize("language", ["en", "es"])
def test_everybody_can_check_what_a_statement_says(client, learner, issuer, language):
    finished(learner)
    made = issue_period(learner, **SPRING, language=language, now=NOW)

    page = client.get(f"/{language}/verify/{made.token}/")
    data = client.get(f"/en/verify/{made.token}/", headers={"accept": "application/json"}).json()

    assert {"en": "Statement of contact hours", "es": "Constancia de horas de contacto"}[language] in text_of(page)
    assert (data["answer"], data["certificate"]["kind"]) == ("stands", "period")
    assert (data["certificate"]["since"], data["certificate"]["until"]) == ("2026-03-01", "2026-03-31")
    assert [each["minutes"] for each in data["certificate"]["activities"]] == [150]


# --- Letters ------------------------------------------------------------------------------------------------------


def test_letter_is_asked_for_by_address_or_board_and_once(rosa, learner):
    board = OrganizationFactory(kind=Organization.Kind.BOARD, name="The Board")
    for _twice in range(2):
        rosa.post("/en/path/letters/", {"board": board.pk, "addressee": "Boston", "language": "es", "note": "Soon"})

    asked = LetterRequest.objects.get()
    assert (asked.learner, asked.requested_by, asked.organization) == (learner, learner, board)
    assert (asked.addressee, asked.language, asked.note) == ("The Board\nBoston", "es", "Soon")
    assert "Waiting: somebody of the program looks at it." in text_of(rosa.get("/en/path/letters/"))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"language": "en"}, "Please write to whom the letter goes."),
        ({"language": "fr", "addressee": "x"}, "Select a valid choice."),
        ({"language": "en", "addressee": "x", "until": "2020-01-01"}, "nothing to verify"),
        ({"language": "en", "addressee": "x" * 300}, "An address has at most 6 lines"),
    ],
)
def test_letter_request_says_what_is_wrong(rosa, values, sentence):
    response = rosa.post("/en/path/letters/", values)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert LetterRequest.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_letters_page_asks_the_same_for_one_and_three(rosa, learner, operator, count, django_assert_num_queries):
    for number in range(count):
        asked = request_letter(learner, addressee=f"Board {number}", actor=learner, now=NOW)
        issue_letter(asked.pk, actor=operator, now=NOW)

    with django_assert_num_queries(6):
        response = rosa.get("/en/path/letters/")

    assert text_of(response).count("See the letter") == count


def test_letters_of_others_are_not_seen(rosa, client, learner, stranger):
    request_letter(learner, addressee=BOARD, actor=learner, now=NOW)
    client.force_login(stranger)

    assert list(client.get("/en/path/letters/").context["asked"]) == []


@pytest.fixture
def asked(learner, issuer):
    finished(learner)
    return request_letter(learner, addressee=BOARD, actor=learner, language="en", now=NOW)


@pytest.fixture
def desk(client, operator):
    client.force_login(operator)
    return client


def test_desk_sees_the_letter_and_issues_it(desk, asked, operator, issuer, mailoutbox,
                                            django_capture_on_commit_callbacks):  # fmt: skip
    page = desk.get(reverse("letterrequest:edit", args=[asked.pk]))
    assert (page.context["facts"].contact_minutes, page.context["facts"].addressee[2]) == (150, "Boston")

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(
            reverse("letterrequest:edit", args=[asked.pk]),
            {"verdict": "issue", "signatory": issuer.signatories.get().pk},
        )

    letter = Certificate.objects.get(kind=Kind.TRAINING_LETTER)
    assert (letter.request, letter.request.decided_by) == (asked, operator)
    assert [message.subject for message in mailoutbox] == ["Your letter is ready"]
    assert ModelLogEntry.objects.filter(action="certificates.issue_letter", user=operator).count() == 1
    again = desk.post(reverse("letterrequest:edit", args=[asked.pk]), {"verdict": "issue"}, follow=True)
    assert "Somebody decided this before." in text_of(again)
    assert Certificate.objects.count() == 1


def test_desk_opens_the_issued_letter_and_strangers_do_not(desk, client, asked, operator, stranger):
    address = reverse("letterrequest:file", args=[asked.pk])
    assert desk.get(address, follow=True).status_code == 404
    letter = issue_letter(asked.pk, actor=operator, now=NOW)

    assert desk.get(address).content == pdf_of(letter)
    assert address in desk.get(reverse("letterrequest:index")).content.decode()
    assert ModelLogEntry.objects.filter(action="certificates.download", user=operator).count() == 1
    client.force_login(stranger)
    assert not client.get(address).content.startswith(b"%PDF")


def test_desk_refuses_with_a_reason_that_the_person_reads(desk, client, asked, learner):
    url = reverse("letterrequest:edit", args=[asked.pk])
    assert "Please write why there is no letter." in text_of(desk.post(url, {"verdict": "refuse", "why": " "}))

    desk.post(url, {"verdict": "refuse", "why": "Ask the other program."})

    client.force_login(learner)
    assert "There is no letter: Ask the other program." in text_of(client.get("/en/path/letters/"))


def test_desk_asks_for_a_person(desk, learner, issuer, operator):
    finished(learner)

    desk.post(reverse("letterrequest:add"), {"learner": learner.pk, "addressee": BOARD, "language": "es"})

    asked = LetterRequest.objects.get()
    assert (asked.learner, asked.requested_by, asked.language) == (learner, operator, "es")


def test_letters_are_closed_to_who_may_not_issue_them(client, asked, stranger):
    sync_roles()
    support = UserFactory(email="sam@example.org")
    grant_role(support, Role.SUPPORT, OrganizationFactory(kind=Organization.Kind.PROGRAM))
    for person in (stranger, type(support).objects.get(pk=support.pk)):
        client.force_login(person)
        client.post(reverse("letterrequest:edit", args=[asked.pk]), {"verdict": "issue"})
        client.post(reverse("letterrequest:edit", args=[asked.pk]), {"verdict": "refuse", "why": "x"})
        client.post(reverse("letterrequest:add"), {"learner": asked.learner_id, "addressee": "x", "language": "en"})
        client.post(reverse("program:add"), {"code": "x", "name_en": "X"})
        assert BOARD.splitlines()[1] not in text_of(client.get(reverse("letterrequest:index")))

    asked.refresh_from_db()
    assert (asked.decision, LetterRequest.objects.count(), Certificate.objects.count()) == ("", 1, 0)
    assert Program.objects.count() == 0


def test_program_administrator_has_the_rights(client, asked):
    sync_roles()
    luis = UserFactory(email="luis@example.org")
    grant_role(luis, Role.PROGRAM_ADMIN, OrganizationFactory(kind=Organization.Kind.PROGRAM))
    client.force_login(type(luis).objects.get(pk=luis.pk))

    client.post(reverse("letterrequest:edit", args=[asked.pk]), {"verdict": "issue"})

    asked.refresh_from_db()
    assert (asked.decision, asked.decided_by_id) == ("issued", luis.pk)


@pytest.mark.parametrize("count", [1, 3])
def test_queue_asks_the_same_for_one_and_three(desk, learner, issuer, count, django_assert_max_num_queries):
    finished(learner)
    for number in range(count):
        request_letter(learner, addressee=f"Board {number}", actor=learner, now=NOW)

    with django_assert_max_num_queries(14):
        response = desk.get(reverse("letterrequest:index"))

    assert text_of(response).count("Board ") >= count


# --- Programs and many at once ------------------------------------------------------------------------------------


def test_program_is_made_and_changed_at_the_desk(desk, learner):
    key = str(finished(learner).course_key)
    program = Program.objects.create(code="old", name={"en": "Old"})
    ProgramCourse.objects.create(program=program, course_key=key)

    response = desk.post(
        reverse("program:edit", args=[program.pk]),
        {"code": "core", "name_en": "Core", "name_es": "Básica", "is_open": "on", "course_keys": [key]},
    )

    program.refresh_from_db()
    assert response.status_code == 302
    assert (program.code, program.name, [str(each.course_key) for each in program.courses.all()]) == (
        "core", {"en": "Core", "es": "Básica"}, [key],
    )  # fmt: skip


def test_bulk_statements_go_on_where_they_stopped(desk, issuer, operator, monkeypatch):
    from certificates import bulk_views  # noqa: PLC0415 - patched here only

    completion = None
    for name in ("Ana", "Bea", ""):
        completion = completion_with_shares(
            UserFactory(printed_name=name), completed_at=datetime(2026, 3, 9, 14, tzinfo=UTC),
            **({"course_key": completion.course_key} if completion else {}),
        )  # fmt: skip
        credit_completion(completion.pk)
    ticks = iter([0, 1, 99])
    monkeypatch.setattr(bulk_views.time, "monotonic", lambda: next(ticks))
    values = {"course": str(completion.course_key), **DAYS}

    first = desk.post(reverse("certificates_bulk_statements"), values)
    monkeypatch.undo()
    after = first.context["statements"].initial["after"]
    second = desk.post(reverse("certificates_bulk_statements"), values | {"after": after})

    assert "1 of 3 people; 1 statements in this step." in text_of(first)
    assert "3 of 3 people; 1 statements in this step." in text_of(second)
    assert "waits for your name" in text_of(second)
    assert sorted(Certificate.objects.values_list("recipient_name", flat=True)) == ["Ana", "Bea"]
    assert ModelLogEntry.objects.filter(action="certificates.issue_statement", user=operator).count() == 2


def test_desk_is_asked_to_decide_when_hours_behind_a_paper_are_taken_back(desk, learner, issuer, operator):
    program = Program.objects.create(code="core", name={"en": "Core"})
    completion = finished(learner)
    ProgramCourse.objects.create(program=program, course_key=completion.course_key)
    issue_program(program, learner, now=NOW)
    issue_period(learner, **SPRING, language="en", now=NOW)
    issue_period(learner, since=date(2026, 3, 1), until=date(2026, 3, 15), language="en", now=NOW)
    asked = request_letter(learner, addressee=BOARD, actor=learner, now=NOW)
    issue_letter(asked.pk, actor=operator, now=NOW)
    finished(learner, on=20)
    other = issue_period(learner, since=date(2026, 3, 20), until=date(2026, 3, 20), language="en", now=NOW)
    assert "please decide" not in text_of(desk.get(reverse("certificate:index")))

    type(completion).objects.filter(pk=completion.pk).update(
        reversed_at=NOW, reversed_by=operator, reversal_reason="Not hers."
    )
    reverse_credit(completion.pk, now=NOW + timedelta(minutes=1))

    found = desk.get(reverse("certificate:index")).context["object_list"]
    assert [each.kind for each in found if not each.is_waiting] == ["period"]
    assert next(each for each in found if not each.is_waiting) == other
    assert sorted(each.kind for each in found if each.is_waiting) == ["period", "period", "program", "training_letter"]


def test_bulk_statements_are_closed_to_strangers(client, learner, issuer, stranger):
    key = finished(learner).course_key
    client.force_login(stranger)

    client.post(reverse("certificates_bulk_statements"), {"course": str(key), **DAYS})

    assert Certificate.objects.count() == 0


def test_bulk_issues_programs_and_takes_along_every_kind(desk, learner, issuer):
    program = Program.objects.create(code="core", name={"en": "Core"})
    ProgramCourse.objects.create(program=program, course_key="00000000-0000-0000-0000-000000000001")
    finish_all(program, learner)
    assert "1 finished program has no certificate yet." in text_of(desk.get(reverse("certificates_bulk")))

    desk.post(reverse("certificates_bulk_issue"))
    issue_period(learner, **SPRING, now=NOW)

    assert set(Certificate.objects.values_list("kind", flat=True)) == {"course", "program", "period"}
    for choice in (f"program:{program.pk}", "kind:period"):
        response = desk.post(reverse("certificates_bulk_download"), {"course": choice})
        assert response.streaming
        assert response["Content-Type"] == "application/zip"
        b"".join(response.streaming_content)
