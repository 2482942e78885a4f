"""People in the CMS, used by a program administrator who is no superuser."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from people.models import Membership, Organization, User
from people.roles import Role
from people.services import grant_role
from tests.factories.people import (
    BoardFactory,
    ConsentFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    make_program_admin,
    make_support,
    make_trainer,
)

pytestmark = pytest.mark.django_db

ACCOUNT = {
    "email": "new@example.org",
    "printed_name": "Nueva Persona",
    "language": "es",
    "time_zone": "America/Chicago",
}


@pytest.fixture
def admin(client):
    person = make_program_admin(email="admin@example.org", printed_name="Ada Admin")
    client.force_login(person)
    return person


@pytest.fixture
def operator():
    return UserFactory(email="operator@example.org", printed_name="Olga Operator", is_superuser=True)


# --- Accounts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_accounts_are_listed_at_the_same_cost(client, admin, number, django_assert_num_queries):
    for _index in range(number):
        make_trainer()
    client.get("/admin/users/")

    with django_assert_num_queries(12):
        html = client.get("/admin/users/").content.decode()

    assert html.count("example.org") >= number
    assert "trainer" in html


@pytest.mark.parametrize("searched", ["rosa@", "Núñez"])
def test_accounts_are_found_by_address_and_name(client, admin, learner, searched):
    html = client.get("/admin/users/", {"q": searched}).content.decode()

    assert "rosa@example.org" in html
    assert "admin@example.org" not in html


def test_new_account_has_no_password_and_its_owner_chooses_one(client, admin):
    page = client.get("/admin/users/new/")
    response = client.post("/admin/users/new/", ACCOUNT | {"is_active": "on", "email": "New@Example.org"})

    person = User.objects.get(email="new@example.org")
    assert (page.status_code, response.status_code) == (200, 302)
    assert (person.printed_name, person.language, person.time_zone) == ("Nueva Persona", "es", "America/Chicago")
    assert (person.has_usable_password(), person.is_active, person.is_superuser) == (False, True, False)


def test_account_is_changed(client, admin, learner):
    page = client.get(f"/admin/users/edit/{learner.pk}/")
    client.post(f"/admin/users/edit/{learner.pk}/", ACCOUNT | {"email": learner.email, "printed_name": "Rosa  Nueva"})

    learner.refresh_from_db()
    assert page.status_code == 200
    assert (learner.printed_name, learner.language, learner.is_active) == ("Rosa Nueva", "es", False)


def test_account_names_are_judged_in_the_desk_too(client, admin, learner):
    response = client.post(f"/admin/users/edit/{learner.pk}/", ACCOUNT | {"printed_name": "Rosa 😀"})

    assert response.context["form"].errors == {
        "printed_name": ["A picture or symbol cannot be printed on a certificate. Please use letters only."]
    }


def test_program_admin_cannot_make_operators_or_choose_groups_or_addresses(client, admin, learner):
    trainers = Group.objects.get(name=Role.TRAINER)
    reach = {
        "is_superuser": "on",
        "is_staff": "on",
        "groups": [trainers.pk],
        "password1": "x",
        "email": "evil@example.org",
    }

    client.post(f"/admin/users/edit/{learner.pk}/", ACCOUNT | reach | {"is_active": "on"})
    client.post("/admin/users/new/", ACCOUNT | reach | {"is_active": "on", "email": "made@example.org"})

    learner.refresh_from_db()
    made = User.objects.get(email="made@example.org")
    assert (learner.email, learner.printed_name) == ("rosa@example.org", "Nueva Persona")
    assert [(p.is_superuser, p.is_staff, p.groups.count()) for p in (learner, made)] == [(False, False, 0)] * 2


def test_program_admin_cannot_touch_an_operator(client, admin, operator):
    url = f"/admin/users/edit/{operator.pk}/"
    shown = client.get(url)
    client.post(url, ACCOUNT)
    client.post(f"/admin/bulk/people/user/set_active_state/?id={operator.pk}", {"mark_as_active": "False"})

    operator.refresh_from_db()
    assert shown.status_code == 302
    assert (operator.printed_name, operator.is_active) == ("Olga Operator", True)


def test_nobody_closes_the_own_account(client, admin):
    client.post(f"/admin/users/edit/{admin.pk}/", ACCOUNT | {"email": admin.email})

    admin.refresh_from_db()
    assert (admin.is_active, admin.printed_name) == (True, "Nueva Persona")


@pytest.mark.parametrize("who", ["admin", "operator"])
def test_accounts_are_not_deleted_and_groups_not_given_by_hand(client, admin, operator, learner, who):
    client.force_login({"admin": admin, "operator": operator}[who])
    trainers = Group.objects.get(name=Role.TRAINER)

    client.post(f"/admin/users/delete/{learner.pk}/")
    client.post(f"/admin/bulk/people/user/delete/?id={learner.pk}")
    client.post(f"/admin/bulk/people/user/assign_role/?id={learner.pk}", {"role": trainers.pk})

    assert User.objects.filter(pk=learner.pk).exists()
    assert learner.groups.count() == 0


def test_active_state_is_set_in_bulk_for_others(client, admin, learner):
    client.post(f"/admin/bulk/people/user/set_active_state/?id={learner.pk}", {"mark_as_active": "False"})

    learner.refresh_from_db()
    assert learner.is_active is False


def test_operator_changes_an_address_and_the_old_one_is_gone(client, operator, learner):
    EmailAddress.objects.create(user=learner, email="rosa@example.org", primary=True, verified=True)
    client.force_login(operator)

    client.post(f"/admin/users/edit/{learner.pk}/", ACCOUNT | {"email": "Rosa.new@example.org", "is_active": "on"})

    learner.refresh_from_db()
    assert learner.email == "rosa.new@example.org"
    assert [(a.email, a.verified) for a in EmailAddress.objects.all()] == [("rosa.new@example.org", False)]


@pytest.mark.parametrize("make", [make_trainer, make_support])
@pytest.mark.parametrize("path", ["/admin/users/new/", "/admin/membership/new/", "/admin/organization/new/"])
def test_others_of_the_desk_do_not_manage_people(client, make, path):
    client.force_login(make())

    response = client.post(path, ACCOUNT)

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert User.objects.filter(email="new@example.org").count() == 0


def test_own_settings_of_the_desk_work_without_first_and_last_name(client):
    trainer = make_trainer()
    client.force_login(trainer)

    page = client.get("/admin/account/")
    names = [
        form.prefix
        for form in (panel.get_form() for panels in page.context["panels_by_tab"].values() for panel in panels)
    ]
    response = client.post(
        "/admin/account/",
        {
            "locale-preferred_language": "es",
            "locale-current_time_zone": "",
            "theme-theme": "dark",
            "theme-contrast": "system",
            "theme-density": "default",
        },
    )

    assert page.status_code == 200
    assert "name_email" not in names
    assert (response.status_code, response["Location"]) == (302, "/admin/account/")
    trainer.refresh_from_db()
    assert trainer.wagtail_userprofile.preferred_language == "es"


# --- Organizations ------------------------------------------------------------------------------------------------


def test_organization_is_added_and_changed(client, admin):
    client.post("/admin/organization/new/", {"name": "Junta", "kind": "board", "website": ""})
    board = Organization.objects.get(name="Junta")
    client.post(
        f"/admin/organization/edit/{board.pk}/",
        {"name": "Junta nueva", "kind": "board", "website": "https://b.example/"},
    )

    board.refresh_from_db()
    assert (board.name, board.kind, board.website) == ("Junta nueva", "board", "https://b.example/")
    assert "Junta nueva" in client.get("/admin/organization/").content.decode()


@pytest.mark.parametrize("rely", [ConsentFactory, MembershipFactory])
def test_kind_stays_once_people_rely_on_it(client, admin, rely):
    board = BoardFactory(name="Junta")
    rely(organization=board)

    response = client.post(
        f"/admin/organization/edit/{board.pk}/", {"name": "Junta", "kind": "employer", "website": ""}
    )

    board.refresh_from_db()
    assert board.kind == "board"
    assert response.context["form"].errors == {
        "kind": ["People have roles here or show it their hours, so the kind stays. Please add another organization."]
    }


@pytest.mark.parametrize("who", ["admin", "operator"])
def test_organizations_and_memberships_are_never_deleted(client, admin, operator, who):
    client.force_login({"admin": admin, "operator": operator}[who])
    organization = OrganizationFactory()
    membership = MembershipFactory()

    client.post(f"/admin/organization/delete/{organization.pk}/")
    client.post(f"/admin/membership/delete/{membership.pk}/")

    assert Organization.objects.filter(pk=organization.pk).exists()
    assert Membership.objects.filter(pk=membership.pk).exists()


# --- Memberships --------------------------------------------------------------------------------------------------


def test_role_is_given_through_the_service(client, admin, learner):
    program = OrganizationFactory()
    page = client.get("/admin/membership/new/")
    grant = {"email": "Rosa@example.org", "organization": program.pk, "role": "trainer"}

    first = client.post("/admin/membership/new/", grant)
    client.post("/admin/membership/new/", grant)

    membership = learner.memberships.get()
    assert (page.status_code, first.status_code) == (200, 302)
    assert (membership.role, membership.organization, membership.granted_by) == ("trainer", program, admin)
    assert [group.name for group in learner.groups.all()] == ["trainer"]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        (
            {"email": "nobody@example.org"},
            {"email": ["There is no account with this address. Please ask the person to sign up first."]},
        ),
        (
            {"role": "board_reviewer"},
            {
                "organization": [
                    "Only a certification board can have board reviewers. Please choose a board, or another role."
                ]
            },
        ),
    ],
)
def test_role_is_refused_with_a_sentence(client, admin, learner, change, errors):
    program = OrganizationFactory()

    response = client.post(
        "/admin/membership/new/", {"email": learner.email, "organization": program.pk, "role": "trainer"} | change
    )

    assert response.context["form"].errors == errors
    assert learner.memberships.count() == 0


def test_role_is_ended_through_the_service_after_asking(client, admin, learner):
    membership = grant_role(learner, Role.TRAINER, OrganizationFactory(name="Programa"))
    url = f"/admin/membership/edit/{membership.pk}/"

    asked = client.get(url).content.decode()
    still_open = Membership.objects.get(pk=membership.pk).ended_at
    client.post(url)
    again = client.post(url)

    membership.refresh_from_db()
    assert "Rosa María Núñez will no longer be trainer at Programa, from this moment on." in asked
    assert still_open is None
    assert (membership.ended_by, learner.groups.count()) == (admin, 0)
    assert (again.status_code, again["Location"]) == (302, "/admin/membership/")


@pytest.mark.parametrize("number", [1, 3])
def test_memberships_are_listed_at_the_same_cost(client, admin, number, django_assert_num_queries):
    for _index in range(number):
        MembershipFactory()
    client.get("/admin/membership/")

    with django_assert_num_queries(11):
        response = client.get("/admin/membership/")

    assert len(response.context["object_list"]) == number + 1  # and the administrator's own


def test_support_sees_but_ends_nothing(client, learner):
    membership = grant_role(learner, Role.TRAINER, OrganizationFactory())
    client.force_login(make_support())

    listed = client.get("/admin/membership/")
    client.post(f"/admin/membership/edit/{membership.pk}/")

    membership.refresh_from_db()
    assert (listed.status_code, membership.ended_at) == (200, None)
