"""Signing up, signing in, new passwords, addresses: through the pages a person uses."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from people.models import User
from tests.factories.people import UserFactory, make_trainer

PASSWORD = "three calm mountain goats"
SIGN_UP = {"printed_name": "Ana  Lucía Peña", "email": "Ana@Example.org", "password1": PASSWORD, "language": "es"}


@pytest.fixture
def ana(db):
    person = UserFactory(email="ana@example.org", printed_name="Ana Lucía Peña", language="es")
    person.set_password(PASSWORD)
    person.save()
    return person


def code_in(message) -> str:
    return re.search(r"^[A-Z0-9]{4,}(-[A-Z0-9]{4,})*$", message.body, re.MULTILINE).group()


def confirm_link_in(message) -> str:
    return re.search(r"http://testserver(/\S+)", message.body).group(1)


# --- Signing up ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_sign_up_makes_an_account_in_the_chosen_language_and_signs_in(client):
    response = client.post("/en/account/signup/", SIGN_UP)

    person = User.objects.get()
    assert (person.email, person.printed_name, person.language) == ("ana@example.org", "Ana Lucía Peña", "es")
    assert person.check_password(PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/es/account/start/")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.cookies["django_language"].value == "es"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_sign_up_page_preselects_its_own_language(client, language):
    form = client.get(f"/{language}/account/signup/").context["form"]

    assert form["language"].value() == language
    assert [field.name for field in form] == ["printed_name", "email", "password1", "language"]


@pytest.mark.django_db
def test_sign_up_sends_one_mail_in_the_chosen_language_with_a_link_in_it(client):
    client.post("/en/account/signup/", SIGN_UP)

    (message,) = mail.outbox
    assert message.to == ["ana@example.org"]
    assert message.body.startswith("Hola, Ana Lucía Peña:")
    assert confirm_link_in(message).startswith("/es/account/confirm-email/")
    assert message.alternatives == []


@pytest.mark.django_db
def test_sign_up_goes_to_the_page_the_person_came_for(client):
    response = client.post("/en/account/signup/", SIGN_UP | {"next": "/en/account/privacy/"})

    assert response["Location"] == "/en/account/privacy/"


@pytest.mark.django_db
def test_sign_up_with_a_taken_address_does_not_say_so_and_tells_the_owner(client, ana):
    response = client.post("/es/account/signup/", SIGN_UP | {"printed_name": "Somebody Else"}, follow=True)

    assert response.redirect_chain == [("/es/account/confirm-email/", 302)]
    assert "_auth_user_id" not in client.session
    assert [user.printed_name for user in User.objects.all()] == ["Ana Lucía Peña"]
    assert [message.subject for message in mail.outbox] == ["Usted ya tiene una cuenta"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        (
            {"printed_name": "12345"},
            "printed_name",
            "This name has no letters. Please type your name as it is written in your papers.",
        ),
        ({"printed_name": ""}, "printed_name", "Please type your name, as it must be printed on your certificates."),
        ({"email": "nobody"}, "email", "Enter a valid email address."),
        ({"password1": "short"}, "password1", "This password is too short. It must contain at least 10 characters."),
        ({"password1": "ana@example.org"}, "password1", "The password is too similar to the e-mail address."),
        ({"language": "xx"}, "language", "Select a valid choice. xx is not one of the available choices."),
    ],
)
def test_sign_up_refuses_with_a_sentence(client, change, field, sentence):
    response = client.post("/en/account/signup/", SIGN_UP | change)

    assert response.context["form"].errors == {field: [sentence]}
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_sign_up_fields_help_the_phone(client):
    form = client.get("/en/account/signup/").context["form"]
    attributes = {field.name: field.field.widget.attrs for field in form}

    assert attributes["printed_name"]["autocomplete"] == "name"
    assert (attributes["email"]["autocomplete"], attributes["email"]["inputmode"]) == ("email", "email")
    assert attributes["password1"]["autocomplete"] == "new-password"
    assert [name for name, values in attributes.items() if "placeholder" in values] == []


# --- Confirming an address ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_address_is_confirmed_by_a_button_not_by_opening_the_link(client):
    client.post("/es/account/signup/", SIGN_UP)
    link = confirm_link_in(mail.outbox[0])

    client.get(link)
    after_opening = EmailAddress.objects.get().verified
    client.post(link)

    assert (after_opening, EmailAddress.objects.get().verified) == (False, True)


@pytest.mark.django_db
def test_wrong_link_says_what_to_do(client):
    response = client.get("/en/account/confirm-email/nonsense/")

    assert "This link has run out or was used already." in response.content.decode()


# --- Signing in and out -------------------------------------------------------------------------------------------


def test_sign_in_brings_the_saved_language(client, ana):
    response = client.post("/en/account/login/", {"login": "ANA@example.org", "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/es/account/start/")
    assert client.cookies["django_language"].value == "es"


def test_sign_in_for_a_given_page_keeps_its_language(client, ana):
    response = client.post(
        "/en/account/login/", {"login": "ana@example.org", "password": PASSWORD, "next": "/en/account/profile/"}
    )

    assert response["Location"] == "/en/account/profile/"
    assert "django_language" not in client.cookies


def test_sign_in_does_not_lead_to_another_site(client, ana):
    response = client.post(
        "/en/account/login/", {"login": "ana@example.org", "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert response["Location"] == "/es/account/start/"


@pytest.mark.parametrize("address", ["ana@example.org", "nobody@example.org"])
def test_failed_sign_in_says_the_same_for_known_and_unknown_addresses(client, ana, address):
    response = client.post("/en/account/login/", {"login": address, "password": "wrong password"})

    assert response.context["form"].non_field_errors() == [
        "The address or the password is not right. Please check both, or ask for a code to choose a new password."
    ]
    assert "_auth_user_id" not in client.session


def test_closed_account_does_not_sign_in(client, ana):
    User.objects.update(is_active=False)

    client.post("/en/account/login/", {"login": "ana@example.org", "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_sign_out_asks_first_and_acts_on_post(client, ana):
    client.force_login(ana)

    asked = client.get("/en/account/logout/")
    still_in = "_auth_user_id" in client.session
    client.post("/en/account/logout/")

    assert (asked.status_code, still_in, "_auth_user_id" in client.session) == (200, True, False)


@pytest.mark.django_db
def test_sign_out_needs_the_token_of_the_form(ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)

    response = client.post("/en/account/logout/")

    assert (response.status_code, "_auth_user_id" in client.session) == (403, True)


# --- The one door -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["/admin/login/", "/en/_util/login/", "/es/_util/login/"])
def test_wagtails_own_sign_in_forms_do_not_sign_in(client, door):
    trainer = make_trainer(email="trainer@example.org")
    trainer.set_password(PASSWORD)
    trainer.save()

    response = client.post(
        door, {"username": "trainer@example.org", "login": "trainer@example.org", "password": PASSWORD}
    )

    assert response.status_code == 302
    assert response["Location"].split("?")[0].endswith("/account/login/")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_desk_is_reached_through_the_same_door(client):
    trainer = make_trainer(email="trainer@example.org")
    trainer.set_password(PASSWORD)
    trainer.save()

    sent_to = client.get("/admin/pages/?q=1")["Location"]
    response = client.post(
        "/en/account/login/",
        {"login": "trainer@example.org", "password": PASSWORD, "next": "/admin/pages/?q=1"},
    )

    assert sent_to == "/en/account/login/?next=/admin/pages/%3Fq%3D1"
    assert response["Location"] == "/admin/pages/?q=1"


@pytest.mark.django_db
def test_old_admin_door_passes_on_where_to_go(client):
    response = client.get("/admin/login/?next=/admin/images/")

    assert response["Location"] == "/en/account/login/?next=%2Fadmin%2Fimages%2F"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/password_reset/", "/admin/password_reset/confirm/MQ/x-y/"])
def test_wagtails_own_password_reset_is_shut(client, path):
    for_strangers = client.get(path)
    client.force_login(make_trainer())
    for_trainers = client.get(path, follow=True)

    assert for_strangers["Location"].split("?")[0] == "/en/account/login/"
    assert for_trainers.status_code == 404


# --- A new password by code ---------------------------------------------------------------------------------------


def test_password_reset_by_code(client, ana):
    asked = client.post("/es/account/password/reset/", {"email": "ana@example.org"})
    (message,) = mail.outbox
    typed = client.post(asked["Location"], {"code": code_in(message)})
    chosen = client.post(typed["Location"], {"password1": "four patient river stones"})

    ana.refresh_from_db()
    assert asked["Location"] == "/es/account/password/reset/confirm/"
    assert message.subject == "Su código para una contraseña nueva"
    assert typed["Location"] == "/es/account/password/reset/complete/"
    assert chosen["Location"] == "/es/account/password/reset/done/"
    assert ana.check_password("four patient river stones")
    assert mail.outbox[-1].subject == "Su contraseña cambió"


def test_password_reset_mail_speaks_the_persons_language_not_the_pages(client, ana):
    client.post("/en/account/password/reset/", {"email": "ana@example.org"})

    assert mail.outbox[0].subject == "Su código para una contraseña nueva"


def test_password_reset_looks_the_same_for_an_unknown_address(client, ana):
    known = client.post("/en/account/password/reset/", {"email": "ana@example.org"})
    unknown = Client().post("/en/account/password/reset/", {"email": "nobody@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert mail.outbox[1].subject == "There is no account with this address"


def test_wrong_code_says_so_and_the_third_one_ends_it(client, ana):
    url = client.post("/en/account/password/reset/", {"email": "ana@example.org"})["Location"]

    first = client.post(url, {"code": "WRONG"})
    client.post(url, {"code": "WRONG"})
    third = client.post(url, {"code": "WRONG"}, follow=True)

    assert first.context["form"].errors == {
        "code": ["This code is not right. Please look at our newest message and type the code again."]
    }
    assert third.redirect_chain == [("/en/account/password/reset/", 302)]
    assert [str(m) for m in third.context["messages"]] == [
        "That was too many tries, so this code is over. Please ask for a new one."
    ]


def test_code_works_once(client, ana):
    url = client.post("/en/account/password/reset/", {"email": "ana@example.org"})["Location"]
    code = code_in(mail.outbox[0])
    complete = client.post(url, {"code": code})["Location"]
    client.post(complete, {"password1": "four patient river stones"})

    again = client.post(url, {"code": code}, follow=True)

    assert [str(m) for m in again.context["messages"]][-1:] == [
        "This code has run out or was used already. Please ask for a new one."
    ]


@pytest.mark.parametrize("page", ["confirm", "complete"])
def test_expired_code_says_so(client, ana, settings, page):
    client.post("/en/account/password/reset/", {"email": "ana@example.org"})
    settings.ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = -1

    response = client.post(f"/en/account/password/reset/{page}/", {"code": code_in(mail.outbox[0])}, follow=True)

    assert response.redirect_chain == [("/en/account/password/reset/", 302)]
    assert [str(m) for m in response.context["messages"]] == [
        "This code has run out or was used already. Please ask for a new one."
    ]


# --- Changing password and address --------------------------------------------------------------------------------


def test_password_change_asks_for_the_old_one(client, ana):
    client.force_login(ana)

    wrong = client.post("/en/account/password/change/", {"oldpassword": "x", "password1": "four patient river stones"})
    right = client.post(
        "/en/account/password/change/", {"oldpassword": PASSWORD, "password1": "four patient river stones"}
    )

    ana.refresh_from_db()
    assert wrong.context["form"].errors == {"oldpassword": ["This is not your current password. Please type it again."]}
    assert (right.status_code, right["Location"]) == (302, "/en/account/profile/")
    assert ana.check_password("four patient river stones")
    assert client.get("/en/account/profile/").status_code == 200


def test_new_address_becomes_the_main_one_only_when_confirmed(client, ana):
    client.force_login(ana)

    client.post("/en/account/email/", {"action_add": "1", "email": "ana.new@example.org"})
    client.post("/en/account/email/", {"action_primary": "1", "email": "ana.new@example.org"})
    unconfirmed = User.objects.get().email
    client.post(confirm_link_in(mail.outbox[0]))
    client.post("/en/account/email/", {"action_primary": "1", "email": "ana.new@example.org"})

    assert (unconfirmed, User.objects.get().email) == ("ana@example.org", "ana.new@example.org")


def test_confirmed_address_of_an_unconfirmed_account_cannot_be_taken_over(client, ana, stranger):
    EmailAddress.objects.create(user=ana, email=stranger.email, verified=True)
    client.force_login(ana)

    response = client.post("/en/account/email/", {"action_primary": "1", "email": stranger.email}, follow=True)

    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
    assert [str(m) for m in response.context["messages"]] == [
        "This address cannot be used for your account. Please use another one."
    ]


def test_strangers_address_cannot_be_removed(client, ana, stranger):
    EmailAddress.objects.create(user=ana, email="ana@example.org", primary=True, verified=True)
    client.force_login(stranger)

    client.post("/en/account/email/", {"action_remove": "1", "email": "ana@example.org"})

    assert EmailAddress.objects.filter(user=ana).count() == 1


# --- Limits -------------------------------------------------------------------------------------------------------


def test_too_many_tries_are_told_to_wait(client, ana, settings):
    del settings.ACCOUNT_RATE_LIMITS
    cache.clear()

    for _number in range(5):
        client.post("/en/account/login/", {"login": "ana@example.org", "password": "wrong password"})
    response = client.post("/en/account/login/", {"login": "ana@example.org", "password": PASSWORD})

    cache.clear()
    assert response.context["form"].non_field_errors() == [
        "That was too many tries. Nothing is lost: please wait five minutes and try again."
    ]
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_limit_page_is_a_page_with_a_sentence(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    cache.clear()

    client.post("/en/account/password/reset/", {"email": "nobody@example.org"})
    response = client.post("/en/account/password/reset/", {"email": "nobody@example.org"})

    cache.clear()
    assert response.status_code == 429
    assert "Wait five minutes, then try again." in response.content.decode()


@pytest.mark.django_db
def test_owner_of_a_taken_address_is_not_flooded_with_mail(ana, settings):
    del settings.ACCOUNT_RATE_LIMITS
    cache.clear()

    Client().post("/es/account/signup/", SIGN_UP)
    Client().post("/es/account/signup/", SIGN_UP)

    cache.clear()
    assert len(mail.outbox) == 1


# --- Every page is ours -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("path", "template", "signed_in"),
    [
        ("login/", "account/login.html", False),
        ("signup/", "account/signup.html", False),
        ("password/reset/", "account/password_reset.html", False),
        ("password/reset/done/", "account/password_reset_from_key_done.html", False),
        ("confirm-email/", "account/verification_sent.html", False),
        ("confirm-email/x/", "account/email_confirm.html", False),
        ("inactive/", "account/account_inactive.html", False),
        ("logout/", "account/logout.html", True),
        ("password/change/", "account/password_change.html", True),
        ("email/", "account/email.html", True),
        ("reauthenticate/", "account/reauthenticate.html", True),
    ],
)
def test_account_pages_are_drawn_with_our_frame(client, ana, language, path, template, signed_in):
    if signed_in:
        client.force_login(ana)

    response = client.get(f"/{language}/account/{path}")

    html = response.content.decode()
    assert response.templates[0].name == template
    assert "base.html" in [used.name for used in response.templates]
    assert html.count("<h1") == 1
    assert f'<html lang="{language}"' in html
    assert re.findall(r"\sstyle=|\son\w+=|<script(?![^>]*src)", html) == []
