"""What the database refuses, and what each table says of the people in it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from people.models import Consent, Membership, Organization, User
from people.roles import Role
from tests.factories.people import BoardFactory, ConsentFactory, MembershipFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


def refused(constraint: str, make) -> bool:
    """Say whether the database refuses, by this very constraint (SQLite names the columns of unique ones instead)."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make()
    return constraint in str(error.value) or "UNIQUE constraint failed" in str(error.value)


# --- Accounts -----------------------------------------------------------------------------------------------------


def test_user_email_unique(learner):
    assert refused("people_user_email", lambda: UserFactory(email="rosa@example.org"))


def test_user_email_is_lower_case():
    assert refused("user_email_is_lower_case", lambda: UserFactory(email="Rosa@example.org"))


def test_create_user_writes_the_address_in_lower_case():
    person = User.objects.create_user("Rosa@Example.ORG", "x")

    assert person.email == "rosa@example.org"


def test_create_user_needs_an_address():
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")


@pytest.mark.parametrize(
    ("printed_name", "full", "short"),
    [("Rosa María Núñez", "Rosa María Núñez", "Rosa"), ("", "rosa@example.org", "rosa")],
)
def test_names_of_an_account(printed_name, full, short):
    person = User(email="rosa@example.org", printed_name=printed_name)

    assert (person.get_full_name(), person.get_short_name(), str(person)) == (full, short, full)


@pytest.mark.parametrize("factory", [MembershipFactory, ConsentFactory])
def test_account_with_a_history_is_not_deleted(factory):
    row = factory()

    with pytest.raises(ProtectedError):
        row.person.delete()


# --- Organizations ------------------------------------------------------------------------------------------------


def test_organization_name_unique():
    OrganizationFactory(name="Junta")

    assert refused("people_organization_name", lambda: OrganizationFactory(name="Junta"))


def test_organization_kind_known():
    assert refused("organization_kind_known", lambda: OrganizationFactory(kind="club"))


# --- Memberships --------------------------------------------------------------------------------------------------


def test_membership_one_open_per_role(learner):
    first = MembershipFactory(person=learner)

    assert refused(
        "membership_one_open_per_role", lambda: MembershipFactory(person=learner, organization=first.organization)
    )


def test_membership_may_begin_again_after_it_ended(learner, now):
    first = MembershipFactory(person=learner, started_at=now, ended_at=now)
    MembershipFactory(person=learner, organization=first.organization)

    assert Membership.objects.count() == 2


def test_membership_ends_after_start(now):
    assert refused(
        "membership_ends_after_start", lambda: MembershipFactory(started_at=now, ended_at=now - timedelta(seconds=1))
    )


def test_membership_ended_by_needs_end(learner):
    assert refused("membership_ended_by_needs_end", lambda: MembershipFactory(ended_by=learner))


def test_membership_role_known():
    assert refused("membership_role_known", lambda: MembershipFactory(role="king"))


def test_current_memberships(now):
    day = timedelta(days=1)
    for_ever = MembershipFactory(started_at=now - day)
    ends_later = MembershipFactory(started_at=now - day, ended_at=now + day)
    MembershipFactory(started_at=now - day, ended_at=now)
    MembershipFactory(started_at=now + day)

    assert set(Membership.objects.current(now)) == {for_ever, ends_later}


@pytest.mark.parametrize("number", [1, 3])
def test_people_with_current_memberships_cost_two_queries(django_assert_num_queries, now, number):
    for _index in range(number):
        MembershipFactory(role=Role.TRAINER, started_at=now)

    with django_assert_num_queries(2):
        roles = [[m.role for m in person.current_memberships] for person in User.objects.with_current_memberships()]

    assert roles == [["trainer"]] * number


# --- Consents -----------------------------------------------------------------------------------------------------


def test_consent_one_standing_per_organization(learner):
    first = ConsentFactory(person=learner)

    assert refused(
        "consent_one_standing_per_organization",
        lambda: ConsentFactory(person=learner, organization=first.organization),
    )


@pytest.mark.parametrize("stamp", ["withdrawn_at", "replaced_at"])
def test_consent_may_be_given_again_after_it_ended(learner, now, stamp):
    first = ConsentFactory(person=learner, given_at=now, **{stamp: now})
    ConsentFactory(person=learner, organization=first.organization)

    assert Consent.objects.count() == 2


@pytest.mark.parametrize(
    ("constraint", "stamps"),
    [
        ("consent_withdrawn_after_given", {"withdrawn_at": -1}),
        ("consent_replaced_after_given", {"replaced_at": -1}),
        ("consent_expires_after_given", {"expires_at": 0}),
        ("consent_withdrawn_or_replaced_not_both", {"withdrawn_at": 1, "replaced_at": 1}),
    ],
)
def test_consent_stamps_make_sense(now, constraint, stamps):
    moments = {name: now + timedelta(seconds=seconds) for name, seconds in stamps.items()}

    assert refused(constraint, lambda: ConsentFactory(given_at=now, **moments))


def test_current_consents_and_their_state(now):
    day = timedelta(days=1)
    rows = {
        "for ever": ConsentFactory(given_at=now - day),
        "until tomorrow": ConsentFactory(given_at=now - day, expires_at=now + day),
        "until now": ConsentFactory(given_at=now - day, expires_at=now),
        "withdrawn": ConsentFactory(given_at=now - day, withdrawn_at=now),
        "replaced": ConsentFactory(given_at=now - day, replaced_at=now),
    }

    assert {name for name, row in rows.items() if row in Consent.objects.current(now)} == {"for ever", "until tomorrow"}
    assert {name: row.state_at(now).value for name, row in rows.items()} == {
        "for ever": "stands",
        "until tomorrow": "stands",
        "until now": "expired",
        "withdrawn": "withdrawn",
        "replaced": "replaced",
    }


def test_last_day_of_a_consent_is_the_day_before_midnight(now):
    midnight = now.replace(hour=4, minute=0)  # 00:00 of 15 March in Massachusetts
    consent = Consent(expires_at=midnight)

    assert str(consent.last_day) == "2026-03-14"
    assert Consent().last_day is None


# --- Personal data ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", list(apps.get_app_config("people").get_models()), ids=lambda model: model.__name__)
def test_every_column_says_whether_it_is_personal(model):
    columns = [field.name for field in model._meta.concrete_fields]

    assert sorted([*model.PERSONAL_DATA, *model.NOT_PERSONAL]) == sorted(columns)


def test_strings_of_rows(learner):
    board = BoardFactory(name="Junta")

    assert str(board) == "Junta"
    assert str(Membership(person=learner, organization=board, role=Role.BOARD_REVIEWER)) == (
        "Rosa María Núñez: board reviewer, Junta"
    )
    assert str(Consent(person=learner, organization=board)) == "Rosa María Núñez → Junta"
    assert Organization.Kind.values == ["program", "provider", "employer", "board"]


def test_two_organizations_share_no_code_but_many_have_none():
    OrganizationFactory.create_batch(2, code="")
    OrganizationFactory(code="MA-BOARD")

    with pytest.raises(IntegrityError), transaction.atomic():
        OrganizationFactory(code="MA-BOARD")
