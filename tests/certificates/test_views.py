"""My path, transcript, certificate, the board's desk: who sees what, in how many queries."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from certificates.models import Disclosure
from certificates.reports import transcript_of
from certificates.services import adjust_hours, credit_completion, issue_certificate, pdf_of
from curriculum.models import Cycle
from curriculum.services import load_frameworks, load_packs
from people.models import Organization, Role
from people.services import end_role, give_consent, grant_role, withdraw_consent
from tests.factories.certificates import CompetencyFactory, completion_with_shares
from tests.factories.people import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db
MY_PATH = "/en/path/"


def earn(learner, number):
    for _n in range(number):
        completion = completion_with_shares(learner)
        credit_completion(completion.pk)
        issue_certificate(completion.pk)


@pytest.fixture
def rules(db):
    load_frameworks()
    load_packs()


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


# --- My path ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item_count", [1, 3])
def test_my_path_asks_the_same_for_one_and_three(
    signed_in, learner, issuer, rules, item_count, django_assert_num_queries
):
    earn(learner, item_count)
    signed_in.get(MY_PATH)

    with django_assert_num_queries(20):
        response = signed_in.get(MY_PATH)

    assert response.status_code == 200
    assert len(response.context["certificates"]) == item_count
    assert response.context["transcript"].total_minutes == 150 * item_count


def test_my_path_says_what_is_missing_by_when(signed_in, learner, issuer, rules):
    earn(learner, 1)

    answers = signed_in.get(MY_PATH).context["answers"]

    renewal = answers[0]["answer"]
    assert (renewal.code, renewal.purpose) == ("ma-renewal", "renewal")
    assert (renewal.report.counted_minutes, renewal.report.required_minutes) == (150, 900)


def test_my_path_empty_teaches_the_next_step(signed_in):
    content = signed_in.get(MY_PATH).content.decode()

    assert "No course yet" in content
    assert "Finish a course, and its certificate is here a moment later." in content


def test_my_path_says_that_the_certificate_waits_for_a_name(signed_in, learner, issuer):
    learner.printed_name = ""
    learner.save()
    credit_completion(completion_with_shares(learner).pk)

    response = signed_in.get(MY_PATH)

    assert response.context["waiting"] is True
    assert "Your certificate waits for your name." in response.content.decode()


def test_cycle_saves_the_day_and_again(signed_in, learner, rules):
    day = timezone.localdate() + timedelta(days=200)

    for _time in range(2):
        response = signed_in.post(
            reverse("certificates:cycle"), {"requirement_set": "ma-renewal", "expires_on": day.isoformat()}
        )
        assert (response.status_code, response["Location"]) == (302, MY_PATH)

    assert list(Cycle.objects.values_list("person", "expires_on")) == [(learner.pk, day)]


@pytest.mark.parametrize(
    "data",
    [
        {"requirement_set": "ma-renewal", "expires_on": "soon"},
        {"requirement_set": "ma-renewal", "expires_on": "1999-01-01"},
        {"requirement_set": "no-such", "expires_on": "2027-07-31"},
        {},
    ],
)
def test_cycle_refuses_with_a_sentence_and_writes_nothing(signed_in, rules, data):
    response = signed_in.post(reverse("certificates:cycle"), data)

    assert (response.status_code, Cycle.objects.count()) == (422, 0)


def chosen(client):
    return {item["answer"].code for item in client.get(MY_PATH).context["answers"]}


def test_rules_are_chosen_and_hidden(signed_in, rules):
    for _twice in range(2):
        added = signed_in.post("/en/path/rules/", {"requirement_set": "tx-renewal"})
    with_texas = chosen(signed_in)
    for _twice in range(2):
        signed_in.post("/en/path/rules/", {"requirement_set": "ma-initial", "what": "stop"})

    assert (added.status_code, added["Location"]) == (302, MY_PATH)
    assert with_texas == {"ma-renewal", "ma-initial", "tx-renewal"}
    assert chosen(signed_in) == {"ma-renewal", "tx-renewal"}


@pytest.mark.parametrize("data", [{}, {"requirement_set": "xx"}, {"requirement_set": "xx", "what": "stop"}])
def test_unknown_rules_are_refused_in_words(signed_in, rules, data):
    response = signed_in.post("/en/path/rules/", data, follow=True)

    assert response.status_code == 200
    assert len(response.context["messages"]) == 1
    assert not Cycle.objects.exists()


def test_rules_are_chosen_by_the_signed_in_for_themselves(client, learner, stranger, rules):
    anonymous = client.post("/en/path/rules/", {"requirement_set": "tx-renewal"})
    client.force_login(stranger)
    client.post("/en/path/rules/", {"requirement_set": "tx-renewal", "person": learner.pk})

    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/en/account/login/")
    assert set(Cycle.objects.values_list("person", flat=True)) == {stranger.pk}


# --- Transcript ---------------------------------------------------------------------------------------------------


def test_transcript_equals_the_ledger_to_the_minute(learner, issuer, operator):
    earn(learner, 2)
    adjust_hours(
        learner, minutes=-7, shares={CompetencyFactory(code="MA-3"): -7}, reason="Seven too many.", actor=operator
    )

    found = transcript_of(learner)

    totals = {total.code: total.minutes for _code, _name, group in found.frameworks for total in group}
    assert (found.total_minutes, totals) == (293, {"MA-10": 180, "MA-3": 113})
    assert all(
        total.minutes == sum(minutes for _line, minutes in total.lines)
        for _code, _name, group in found.frameworks
        for total in group
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 150), ("?since=2026-03-15", 150), ("?since=2026-03-16", 0), ("?until=2026-03-15", 150),
        ("?until=2026-03-14", 0), ("?since=nonsense", 150), ("?since=2026-04-01&until=2026-01-01", 150),
    ],
)  # fmt: skip
def test_transcript_window_includes_both_days(signed_in, learner, issuer, query, expected):
    earn(learner, 1)

    response = signed_in.get(f"/en/path/hours/{query}")

    assert (response.status_code, response.context["transcript"].total_minutes) == (200, expected)


@pytest.mark.parametrize("item_count", [1, 3])
def test_transcript_asks_the_same_for_one_and_three(signed_in, learner, issuer, item_count, django_assert_num_queries):
    earn(learner, item_count)

    with django_assert_num_queries(9):
        response = signed_in.get("/en/path/hours/")

    assert len(response.context["transcript"].lines) == item_count


def test_transcript_csv_adds_up_and_runs_no_formula(signed_in, learner, issuer, operator):
    earn(learner, 1)
    adjust_hours(learner, minutes=-5, shares={}, reason="=HYPERLINK(1)", actor=operator)

    response = signed_in.get("/en/path/hours.csv")

    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    body = rows[1 : rows.index([])]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert sum(int(row[5]) for row in body if row[5]) == 145
    assert {row[8] for row in body} == {"", "'=HYPERLINK(1)"}


def test_transcript_pdf_holds_every_line(signed_in, learner, issuer):
    earn(learner, 30)

    reader = PdfReader(BytesIO(signed_in.get("/en/path/hours.pdf").content))
    text = "\n".join(page.extract_text() for page in reader.pages)

    assert len(reader.pages) > 1
    assert text.count("MA-10 1 hour 30 minutes") == 30
    assert "75 hours" in text


@pytest.mark.parametrize(("query", "size"), [("", (612, 792)), ("?paper=a4", (595, 842)), ("?paper=../x", (612, 792))])
def test_transcript_pdf_comes_on_the_paper_that_was_asked_for(signed_in, learner, issuer, query, size):
    earn(learner, 1)

    reader = PdfReader(BytesIO(signed_in.get(f"/en/path/hours.pdf{query}").content))

    assert (round(reader.pages[0].mediabox.width), round(reader.pages[0].mediabox.height)) == size


# --- One certificate ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["certificate", "pdf"])
def test_certificate_is_its_owners_alone(client, signed_in, certificate, stranger, name):
    address = reverse(f"certificates:{name}", args=[certificate.public_id])

    mine = signed_in.get(address).status_code
    client.force_login(stranger)
    strangers = client.get(address).status_code
    client.logout()
    anonymous = client.get(address)

    assert (mine, strangers, anonymous.status_code) == (200, 404, 302)


def test_pdf_is_the_issued_bytes(signed_in, certificate):
    response = signed_in.get(reverse("certificates:pdf", args=[certificate.public_id]))

    assert response.content == pdf_of(certificate)
    assert response["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("path", ["path/", "path/hours/", "path/hours.csv", "path/hours.pdf", "path/looks/", "board/"])
def test_signed_out_is_sent_to_sign_in(client, db, path):
    response = client.get(f"/en/{path}")

    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/en/account/login/")


# --- The board's desk ---------------------------------------------------------------------------------------------


@pytest.fixture
def board(db):
    return OrganizationFactory(name="Massachusetts board", kind=Organization.Kind.BOARD)


@pytest.fixture
def reviewer(board):
    person = UserFactory(email="grace@example.org", printed_name="Grace Whitfield")
    grant_role(person, Role.BOARD_REVIEWER, board)
    return person


def consenting(board, number):
    people = [UserFactory(printed_name=f"Zoila {letter}") for letter in "UVW"[:number]]
    for person in people:
        give_consent(person, board)
    return people


@pytest.mark.parametrize("item_count", [1, 3])
def test_board_asks_the_same_for_one_and_three(client, board, reviewer, item_count, django_assert_num_queries):
    consenting(board, item_count)
    client.force_login(reviewer)
    client.get("/en/board/")

    with django_assert_num_queries(7):
        response = client.get("/en/board/")

    assert len(response.context["page_obj"].object_list) == item_count


def test_board_is_closed_to_everyone_else_and_once_the_role_ends(client, board, reviewer, learner, operator):
    give_consent(learner, board)
    person_page = reverse("certificates:board_person", args=[learner.public_id])
    for other in (learner, operator):
        client.force_login(other)
        assert [client.get(address).status_code for address in ("/en/board/", person_page)] == [404, 404]
    client.force_login(reviewer)
    assert [client.get(address).status_code for address in ("/en/board/", person_page)] == [200, 200]

    end_role(reviewer.memberships.get(), actor=operator)

    assert [client.get(address).status_code for address in ("/en/board/", person_page)] == [404, 404]


def test_board_sees_only_who_consented_to_it_and_only_until_withdrawn(client, board, reviewer, learner, stranger):
    other_board = OrganizationFactory(kind=Organization.Kind.BOARD)
    give_consent(stranger, other_board)
    consent = give_consent(learner, board)
    client.force_login(reviewer)
    pages = [
        reverse(f"certificates:{name}", args=[person.public_id])
        for person in (learner, stranger)
        for name in ("board_person", "board_packet")
    ]

    before = [client.get(page).status_code for page in pages]
    listed = list(client.get("/en/board/").context["page_obj"].object_list)
    withdraw_consent(consent)
    after = [client.get(page).status_code for page in pages]

    assert (before, listed, after) == ([200, 200, 404, 404], [learner], [404] * 4)
    assert client.get(f"/en/board/?board={other_board.pk}").status_code == 404


def test_board_searches_and_sorts(client, board, reviewer, issuer):
    *_others, third = consenting(board, 3)
    earn(third, 1)
    client.force_login(reviewer)

    def names(query):
        return [person.printed_name for person in client.get(f"/en/board/?{query}").context["page_obj"]]

    assert names("") == ["Zoila U", "Zoila V", "Zoila W"]
    assert names("order=hours") == ["Zoila W", "Zoila U", "Zoila V"]
    assert names("q=zoila v") == ["Zoila V"]
    assert names("q=nobody") == []


def test_board_person_opens_every_total(client, board, reviewer, learner, issuer, rules):
    earn(learner, 2)
    give_consent(learner, board)
    client.force_login(reviewer)

    response = client.get(reverse("certificates:board_person", args=[learner.public_id]))

    (framework,) = response.context["frameworks"]
    assert [(t["minutes"], len(t["lines"])) for t in framework["totals"]] == [(120, 2), (180, 2)]
    assert [item["result"].answer for item in response.context["results"]] == ["stands", "stands"]
    assert response.content.decode().count('<details class="fold">') >= 2


def test_every_look_is_written_down_and_the_person_can_read_it(client, board, reviewer, learner, issuer):
    earn(learner, 1)
    give_consent(learner, board)
    client.force_login(reviewer)
    for _time in range(2):
        client.get("/en/board/")
        client.get(reverse("certificates:board_person", args=[learner.public_id]))
    client.get(reverse("certificates:board_packet", args=[learner.public_id]))

    looks = Disclosure.objects.order_by("pk").values_list("reviewer", "person", "organization", "what")

    assert list(looks) == [(reviewer.pk, learner.pk, board.pk, what) for what in ("list", "person", "person", "packet")]
    client.force_login(learner)
    page = client.get("/en/path/looks/").context["page_obj"]
    assert [look.what for look in page] == ["packet", "person", "person", "list"]


def test_packet_has_lines_totals_and_certificates(client, board, reviewer, learner, issuer):
    earn(learner, 1)
    give_consent(learner, board)
    client.force_login(reviewer)

    response = client.get(reverse("certificates:board_packet", args=[learner.public_id]))

    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Name", "Rosa María Núñez"]
    assert [row[5] for row in rows if row and row[0] == "Total" and row[5:] and row[5]] == ["150"]
    assert rows[-1][1:5] == ["Compassion resilience", "2026-03-15", "150", "Stands"]
