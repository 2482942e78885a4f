"""Landing, profile, privacy."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Consent
from people.services import give_consent
from tests.factories.people import (
    BoardFactory,
    ConsentFactory,
    OrganizationFactory,
    UserFactory,
    make_approver,
    make_board_reviewer,
    make_program_admin,
    make_support,
    make_trainer,
)

pytestmark = pytest.mark.django_db

PROFILE = {"printed_name": "Rosa Núñez", "language": "es", "time_zone": "America/Chicago"}


@pytest.fixture
def rosa(client, learner):
    client.force_login(learner)
    return learner


# --- Landing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_trainer, make_approver, make_program_admin, make_support])
def test_landing_of_the_desk(client, make):
    client.force_login(make())

    assert client.get("/en/account/start/")["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("make", "place"), [(UserFactory, "certificates:my_path"), (make_board_reviewer, "certificates:board")]
)
def test_landing_of_learners_and_reviewers(client, make, place):
    client.force_login(make())

    assert client.get("/en/account/start/")["Location"] == reverse(place)


@pytest.mark.parametrize("number", [1, 3])
def test_landing_costs_three_queries_whatever_the_roles(client, number, django_assert_num_queries):
    person = make_trainer()
    for _index in range(number - 1):
        from_another = OrganizationFactory()
        person.memberships.create(role="trainer", organization=from_another)
    client.force_login(person)

    with django_assert_num_queries(3):  # session, person, memberships
        client.get("/en/account/start/")


# --- Profile ------------------------------------------------------------------------------------------------------


def test_profile_is_saved_and_the_site_speaks_the_new_language(client, rosa):
    response = client.post("/en/account/profile/", PROFILE | {"printed_name": "  Rosa   Nu\u0301n\u0303ez "})

    rosa.refresh_from_db()
    assert (rosa.printed_name, rosa.language, rosa.time_zone) == ("Rosa Núñez", "es", "America/Chicago")
    assert response["Location"] == "/es/account/profile/"
    assert client.cookies["django_language"].value == "es"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        (
            {"printed_name": "Rosa \u202eNúñez"},
            "printed_name",
            "This name holds an invisible character, perhaps from copying. Please type the name with your keyboard.",
        ),
        (
            {"printed_name": "Rosa 😀"},
            "printed_name",
            "A picture or symbol cannot be printed on a certificate. Please use letters only.",
        ),
        (
            {"printed_name": "A" * 121},
            "printed_name",
            "This name has 121 characters; at most 120 fit on a certificate. Please shorten it.",
        ),
        (
            {"printed_name": "R"},
            "printed_name",
            "One letter is too short for a certificate. Please type your full name.",
        ),
        (
            {"time_zone": "Nowhere/Land"},
            "time_zone",
            "Select a valid choice. Nowhere/Land is not one of the available choices.",
        ),
    ],
)
def test_profile_refuses_with_a_sentence_and_keeps_what_was(client, rosa, change, field, sentence):
    response = client.post("/en/account/profile/", PROFILE | change)

    rosa.refresh_from_db()
    html = response.content.decode()
    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}
    assert (rosa.printed_name, rosa.language) == ("Rosa María Núñez", "en")
    assert f'aria-describedby="id_{field}_helptext id_{field}_error"' in html
    assert f'id="id_{field}_error"' in html
    assert 'aria-invalid="true"' in html


def test_profile_asks_those_who_print_names(client, rosa, settings):
    settings.NAME_VALIDATORS = ["tests.people.test_views.refuse_every_name"]

    response = client.post("/en/account/profile/", PROFILE)

    assert response.context["form"].errors == {"printed_name": ["We cannot print this."]}


def refuse_every_name(name):
    from django.core.exceptions import ValidationError  # noqa: PLC0415 (the dotted path must be importable alone)

    raise ValidationError("We cannot print this.")


def test_profile_says_that_issued_certificates_keep_the_name(client, rosa):
    html = client.get("/en/account/profile/").content.decode()

    assert "Certificates you already have keep the name they were made with." in html


def test_profile_cannot_change_anything_else(client, rosa):
    client.post("/en/account/profile/", PROFILE | {"email": "x@example.org", "is_superuser": "on", "is_staff": "on"})

    rosa.refresh_from_db()
    assert (rosa.email, rosa.is_superuser, rosa.is_staff) == ("rosa@example.org", False, False)


# --- Privacy: giving ----------------------------------------------------------------------------------------------


def test_giving_asks_in_words_first_and_changes_nothing(client, rosa):
    board = BoardFactory(name="Junta de Massachusetts")
    day = timezone.localdate() + timedelta(days=30)

    response = client.get("/en/account/privacy/give/", {"organization": board.pk, "expires_on": day.isoformat()})

    html = response.content.decode()
    assert "Show your hours to Junta de Massachusetts?" in html
    assert "This ends by itself after" in html
    assert Consent.objects.count() == 0


def test_giving_until_a_day_lasts_to_its_end_where_the_person_lives(client, rosa):
    board = BoardFactory()
    day = timezone.localdate() + timedelta(days=30)

    client.post("/en/account/privacy/give/", {"organization": board.pk, "expires_on": day.isoformat()})

    consent = Consent.objects.get()
    assert (consent.person, consent.organization, consent.last_day) == (rosa, board, day)
    assert timezone.localtime(consent.expires_at).time().isoformat() == "00:00:00"


def test_giving_twice_is_once(client, rosa):
    board = BoardFactory()

    client.post("/en/account/privacy/give/", {"organization": board.pk})
    client.post("/en/account/privacy/give/", {"organization": board.pk})

    assert [(c.person, c.expires_at) for c in Consent.objects.all()] == [(rosa, None)]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("organization", "", "This field is required."),
        ("organization", "0", "This board is not in the list. Please choose one that is."),
        ("organization", "x", "This board is not in the list. Please choose one that is."),
        ("expires_on", "2020-01-01", "This day is over. Please choose a day to come, or leave it empty."),
        ("expires_on", "soon", "This is not a day. Please write it as year-month-day, like 2027-07-31."),
        ("expires_on", "9999-12-31", "This day is too far away. Please choose one within ten years."),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_giving_refuses_with_a_sentence(client, rosa, method, field, value, sentence):
    board = BoardFactory()

    response = getattr(client, method)("/en/account/privacy/give/", {"organization": board.pk} | {field: value})

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}
    assert Consent.objects.count() == 0


def test_hours_are_not_shown_to_an_employer(client, rosa):
    employer = OrganizationFactory(kind="employer")

    response = client.post("/en/account/privacy/give/", {"organization": employer.pk})

    assert response.status_code == 422
    assert Consent.objects.count() == 0


# --- Privacy: withdrawing -----------------------------------------------------------------------------------------


def test_withdrawing_asks_in_words_first(client, rosa):
    consent = ConsentFactory(person=rosa, organization=BoardFactory(name="Junta"))

    html = client.get(f"/en/account/privacy/withdraw/{consent.pk}/").content.decode()

    consent.refresh_from_db()
    assert "Stop showing your hours to Junta?" in html
    assert consent.withdrawn_at is None


def test_withdrawing_twice_is_once(client, rosa):
    consent = ConsentFactory(person=rosa)

    client.post(f"/en/account/privacy/withdraw/{consent.pk}/")
    first = Consent.objects.get().withdrawn_at
    client.post(f"/en/account/privacy/withdraw/{consent.pk}/")

    assert first is not None
    assert Consent.objects.get().withdrawn_at == first


@pytest.mark.parametrize("method", ["get", "post"])
def test_stranger_does_not_find_anothers_consent(client, learner, stranger, method):
    consent = ConsentFactory(person=learner)
    client.force_login(stranger)

    response = getattr(client, method)(f"/en/account/privacy/withdraw/{consent.pk}/")

    consent.refresh_from_db()
    assert (response.status_code, consent.withdrawn_at) == (404, None)


# --- Privacy: the page --------------------------------------------------------------------------------------------


def test_privacy_shows_what_stands_and_what_was(client, rosa, now):
    day = timedelta(days=1)
    stands = ConsentFactory(person=rosa)
    ConsentFactory(person=rosa, given_at=now - day, withdrawn_at=now)
    ConsentFactory(person=rosa, given_at=now - day, expires_at=now)
    ConsentFactory(person=UserFactory())

    response = client.get("/en/account/privacy/")

    assert response.context["standing"] == [stands]
    assert sorted(row["state"].value for row in response.context["history"]) == ["expired", "withdrawn"]


def test_privacy_without_boards_says_so(client, rosa):
    assert "No board uses this site yet." in client.get("/en/account/privacy/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_privacy_costs_the_same_for_one_and_three(client, rosa, number, django_assert_num_queries):
    for _index in range(number):
        give_consent(rosa, BoardFactory())
    client.get("/en/account/privacy/")

    with django_assert_num_queries(6):
        response = client.get("/en/account/privacy/")

    assert len(response.context["standing"]) == number


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("page", ["profile/", "privacy/"])
def test_pages_are_drawn_in_both_languages(client, rosa, language, page):
    BoardFactory()

    html = client.get(f"/{language}/account/{page}").content.decode()

    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
