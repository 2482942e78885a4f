"""A person is forgotten: all or nothing, once, swept where it was broken off; and before that she takes her data."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from people import holders
from people.errors import ErasureNotPossible
from people.models import Consent, Erasure, Membership, OutboxMail, User
from people.roles import Role
from people.services import (
    erase_person,
    export_person,
    finish_erasure,
    give_consent,
    grant_role,
    post_mail,
    unfinished_erasures,
)
from tests.factories.people import BoardFactory, OrganizationFactory, UserFactory, make_trainer

pytestmark = pytest.mark.django_db


class RecordingHolder:
    """Stands above people, as an app does; breaks where it is told to."""

    def __init__(self):
        self.erased, self.cleaned, self.breaks = [], [], set()

    def holdings(self, person, today):
        return [holders.Holding("A tape", stays=True, why="It is a tape", until=today)]

    def erase(self, person, now):
        self.erased.append(person.email)
        if "erase" in self.breaks:
            raise OSError("broken")

    def clean(self, person):
        if "clean" in self.breaks:
            raise OSError("broken")
        self.cleaned.append(person.pk)

    def export(self, person):
        return {"tape": [person.email]}, [("tapes/one.txt", b"tape")]


@pytest.fixture
def tape(monkeypatch):
    holder = RecordingHolder()
    monkeypatch.setitem(holders._holders, "tape", holder)
    return holder


@pytest.fixture
def rosa(learner, now):
    """Rosa with all that people keeps about a person."""
    board = BoardFactory(name="Board")
    give_consent(learner, board, now=now)
    grant_role(learner, Role.LEARNER, OrganizationFactory(), now=now)
    EmailAddress.objects.create(user=learner, email="rosa@example.org", primary=True)
    EmailAddress.objects.create(user=learner, email="rosa@home.example")
    post_mail(key="x-1", recipient=learner, kind="x", language="en", context={})
    return learner


def test_erase_leaves_a_pseudonym_of_which_nothing_is_known(rosa, now, tape):
    before = rosa.public_id

    erasure = erase_person(rosa.pk, now=now + timedelta(days=1))

    person = User.objects.get(pk=rosa.pk)
    assert person.email == f"{person.public_id}@erased.invalid"
    assert person.public_id != before
    assert (str(person), person.printed_name, person.is_active, person.last_login) == ("erased person", "", False, None)
    assert (person.has_usable_password(), person.date_joined) == (False, erasure.erased_at)
    assert not EmailAddress.objects.filter(user=person).exists()
    assert not Consent.objects.current().exists()
    assert not Membership.objects.current().filter(person=person).exists()
    assert person.groups.count() == 0
    assert OutboxMail.objects.get().problem == "no_reason"
    assert tape.erased == ["rosa@example.org"]


def test_erase_twice_is_once(rosa, now, tape):
    first = erase_person(rosa.pk, now=now)

    assert erase_person(rosa.pk) == first
    assert (Erasure.objects.get().erased_at, len(tape.erased)) == (now, 1)


def test_erasure_is_all_or_nothing(rosa, tape):
    tape.breaks.add("erase")

    with pytest.raises(OSError, match="broken"), transaction.atomic():
        erase_person(rosa.pk)

    assert User.objects.get(pk=rosa.pk).email == "rosa@example.org"
    assert (Erasure.objects.count(), Consent.objects.current().count()) == (0, 1)


def test_files_are_cleaned_after_the_commit_and_swept_where_that_failed(
    rosa, tape, client, django_capture_on_commit_callbacks
):
    client.force_login(rosa)
    tape.breaks.add("clean")
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(rosa.pk)
    assert [each.person_id for each in unfinished_erasures()] == [rosa.pk]

    tape.breaks.clear()
    assert [finish_erasure(rosa.pk), finish_erasure(rosa.pk)] == [True, True]

    assert (tape.cleaned, list(unfinished_erasures()), Session.objects.count()) == ([rosa.pk], [], 0)
    assert not get_user(client).is_authenticated


@pytest.mark.parametrize("make", [make_trainer, lambda: UserFactory(is_superuser=True)])
def test_who_works_here_is_not_erased_before_the_roles_end(make):
    person = make()

    with pytest.raises(ErasureNotPossible):
        erase_person(person.pk)

    assert User.objects.get(pk=person.pk).erased_at is None


@pytest.mark.parametrize(
    "wrong",
    [{"printed_name": "Rosa"}, {"is_active": True}, {"email": "rosa@example.org"}, {"is_superuser": True}],
)
def test_constraint_an_erased_person_is_nobody(rosa, now, wrong):
    erase_person(rosa.pk, now=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=rosa.pk).update(**wrong)


def test_constraint_cleaned_after_erased(rosa, now):
    erase_person(rosa.pk, now=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.update(cleaned_at=now - timedelta(seconds=1))


def test_export_has_every_section_and_file(rosa, tape):
    target = BytesIO()

    export_person(rosa, target)

    with ZipFile(target) as archive:
        data = json.loads(archive.read("data.json"))
        assert archive.read("tapes/one.txt") == b"tape"
    assert data["account"]["name"] == "Rosa María Núñez"
    assert data["account"]["other_addresses"] == ["rosa@home.example"]
    assert data["permissions"][0]["organization_name"] == "Board"
    assert (data["tape"], data["roles"][0]["role"]) == (["rosa@example.org"], "learner")


# --- On the screen ------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client, rosa):
    """Rosa typed her password a moment ago."""
    rosa.set_password("puente-arco-rio")
    rosa.save()
    client.force_login(rosa)
    client.post("/en/account/reauthenticate/", {"password": "puente-arco-rio"})
    return rosa


@pytest.mark.parametrize(("language", "word"), [("en", "erase"), ("es", " BORRAR ")])
def test_erase_after_the_word_was_typed_and_sign_out(client, signed_in, tape, language, word):
    with override(language):
        url = reverse("people:erase")
    page = client.get(url).content.decode()
    assert "A tape" in page

    assert client.post(url, {"word": "no"}).status_code == 422
    assert User.objects.get(pk=signed_in.pk).erased_at is None
    response = client.post(url, {"word": word}, follow=True)

    assert User.objects.get(pk=signed_in.pk).erased_at is not None
    assert response.redirect_chain[-1][0].endswith("/account/privacy/erased/")
    assert not get_user(client).is_authenticated


def test_erase_asks_for_the_password_again_where_it_was_typed_long_ago(client, learner):
    client.force_login(learner)

    response = client.post("/en/account/privacy/erase/", {"word": "erase"})

    assert response["Location"].startswith("/en/account/reauthenticate/")
    assert User.objects.get(pk=learner.pk).erased_at is None


def test_trainer_reads_why_not(client, tape):
    trainer = make_trainer(email="t@example.org")
    trainer.set_password("puente-arco-rio")
    trainer.save()
    client.force_login(trainer)
    client.post("/en/account/reauthenticate/", {"password": "puente-arco-rio"})

    text = client.post("/en/account/privacy/erase/", {"word": "erase"}).content.decode()

    assert "Ask an administrator to end your roles." in text
    assert User.objects.get(pk=trainer.pk).erased_at is None


def test_nobody_signed_in_gets_no_data_and_erases_nothing(client, learner):
    for url in ("/en/account/privacy/data.zip", "/en/account/privacy/erase/"):
        assert client.get(url)["Location"].startswith("/en/account/login/")
        client.post(url, {"word": "erase"})
    assert User.objects.get(pk=learner.pk).erased_at is None


def test_my_data_are_mine_alone(client, stranger, rosa, tape):
    client.force_login(stranger)

    response = client.get("/en/account/privacy/data.zip")

    with ZipFile(BytesIO(b"".join(response.streaming_content))) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "charlie@example.org" in text
    assert "rosa" not in text


# --- The command --------------------------------------------------------------------------------------------------


def test_command_says_first_and_erases_with_yes(rosa, tape, capsys):
    call_command("erase_person", "Rosa@example.org")
    assert "stays: A tape. It is a tape Until" in capsys.readouterr().out
    assert User.objects.get(pk=rosa.pk).erased_at is None

    call_command("erase_person", "rosa@example.org", "--yes")

    assert User.objects.get(pk=rosa.pk).erased_at is not None
    with pytest.raises(CommandError):
        call_command("erase_person", "rosa@example.org")


def test_command_refuses_as_the_page_does(tape):
    with pytest.raises(CommandError):
        call_command("erase_person", make_trainer(email="t@example.org").email, "--yes")
