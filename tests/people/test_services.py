"""Roles, consents and addresses: done once, done twice, done at the same time."""

from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from wagtail.models import Collection, GroupCollectionPermission

from people import roles, services
from people.errors import ConsentNotPossible, RoleNotAllowedHere, UnknownPermission
from people.models import Consent, Membership, User
from people.roles import COLLECTION_PERMISSIONS, PERMISSIONS, Role
from tests.factories.people import BoardFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


def permissions_of(person) -> set[str]:
    return User.objects.get(pk=person.pk).get_all_permissions()


# --- Roles --------------------------------------------------------------------------------------------------------


def test_grant_role_gives_the_rights_and_keeps_who_gave_them(learner, stranger, now):
    services.sync_roles()
    program = OrganizationFactory()

    membership = services.grant_role(learner, Role.TRAINER, program, actor=stranger, now=now)

    assert (membership.started_at, membership.granted_by, membership.ended_at) == (now, stranger, None)
    assert permissions_of(learner) >= PERMISSIONS[Role.TRAINER]


def test_grant_role_twice_is_once(learner, now):
    program = OrganizationFactory()

    first = services.grant_role(learner, Role.TRAINER, program, now=now)
    second = services.grant_role(learner, Role.TRAINER, program, now=now + timedelta(days=1))

    assert (first, second.started_at, Membership.objects.count()) == (second, now, 1)
    assert [group.name for group in learner.groups.all()] == ["trainer"]


def test_board_reviewers_belong_to_boards(learner):
    with pytest.raises(RoleNotAllowedHere) as refusal:
        services.grant_role(learner, Role.BOARD_REVIEWER, OrganizationFactory())

    assert str(refusal.value) == (
        "Only a certification board can have board reviewers. Please choose a board, or another role."
    )
    assert (Membership.objects.count(), learner.groups.count()) == (0, 0)


def test_unknown_role_is_refused(learner):
    with pytest.raises(ValueError, match="king"):
        services.grant_role(learner, "king", OrganizationFactory())


def test_end_role_takes_the_rights(learner, stranger, now):
    services.sync_roles()
    membership = services.grant_role(learner, Role.TRAINER, OrganizationFactory(), now=now)

    ended = services.end_role(membership, actor=stranger, now=now + timedelta(days=1))

    assert (ended.ended_at, ended.ended_by) == (now + timedelta(days=1), stranger)
    assert permissions_of(learner) == set()


def test_end_role_twice_keeps_the_first_end(learner, stranger, now):
    membership = services.grant_role(learner, Role.TRAINER, OrganizationFactory(), now=now)

    services.end_role(membership, actor=learner, now=now)
    again = services.end_role(membership, actor=stranger, now=now + timedelta(days=1))

    assert (again.ended_at, again.ended_by) == (now, learner)


def test_end_role_leaves_rights_that_another_membership_gives(learner, now):
    here = services.grant_role(learner, Role.TRAINER, OrganizationFactory(), now=now)
    there = services.grant_role(learner, Role.TRAINER, OrganizationFactory(), now=now)
    services.grant_role(learner, Role.LEARNER, OrganizationFactory(), now=now)

    services.end_role(here, actor=None, now=now)
    after_one = sorted(learner.groups.values_list("name", flat=True))
    services.end_role(there, actor=None, now=now)
    after_both = sorted(learner.groups.values_list("name", flat=True))

    assert (after_one, after_both) == (["learner", "trainer"], ["learner"])


def test_ended_role_given_again_is_a_new_row(learner, now):
    program = OrganizationFactory()
    services.end_role(services.grant_role(learner, Role.TRAINER, program, now=now), actor=None, now=now)

    services.grant_role(learner, Role.TRAINER, program, now=now + timedelta(days=1))

    assert Membership.objects.filter(person=learner).count() == 2
    assert [group.name for group in learner.groups.all()] == ["trainer"]


# --- The table of rights ------------------------------------------------------------------------------------------


def test_sync_roles_gives_each_group_exactly_its_rights():
    services.sync_roles()

    rights = {
        group.name: {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()}
        for group in Group.objects.filter(name__in=Role.values)
    }
    assert rights == {role.value: set(PERMISSIONS[role]) for role in Role}


def test_sync_roles_gives_files_in_the_root_collection():
    services.sync_roles()

    rights = {role.value: set() for role in Role}
    for row in GroupCollectionPermission.objects.filter(group__name__in=Role.values).select_related(
        "permission__content_type", "group", "collection"
    ):
        assert row.collection == Collection.get_first_root_node()
        rights[row.group.name].add(f"{row.permission.content_type.app_label}.{row.permission.codename}")
    assert rights == {role.value: set(COLLECTION_PERMISSIONS[role]) for role in Role}


def test_sync_roles_twice_changes_nothing_and_asks_five_times(django_assert_num_queries):
    first = services.sync_roles()

    with django_assert_num_queries(5 + 2):  # and the savepoint
        again = services.sync_roles()

    assert (first, again) == (Role.values, [])


def test_sync_roles_takes_back_what_was_added_by_hand():
    services.sync_roles()
    trainers = Group.objects.get(name=Role.TRAINER)
    trainers.permissions.add(Permission.objects.get(codename="delete_user"))
    GroupCollectionPermission.objects.filter(group=trainers).first().delete()
    Group.objects.get(name=Role.SUPPORT).permissions.clear()

    assert services.sync_roles() == ["trainer", "support"]
    assert services.sync_roles() == []


def test_sync_roles_names_a_right_that_does_not_exist(monkeypatch):
    monkeypatch.setitem(roles.PERMISSIONS, Role.SUPPORT, frozenset({"people.fly_user", "people.view_user"}))

    with pytest.raises(UnknownPermission, match=r"people\.fly_user"):
        services.sync_roles()

    assert Group.objects.filter(name__in=Role.values).count() == 0


def test_sync_roles_passes_over_apps_that_are_not_installed(monkeypatch):
    monkeypatch.setitem(roles.PERMISSIONS, Role.SUPPORT, frozenset({"community.view_event"}))

    services.sync_roles()

    assert Group.objects.get(name=Role.SUPPORT).permissions.count() == 0


def test_sync_roles_command_says_what_changed():
    first, second = StringIO(), StringIO()

    call_command("sync_roles", stdout=first)
    call_command("sync_roles", stdout=second)

    assert first.getvalue() == ("Roles changed: learner, trainer, approver, program_admin, board_reviewer, support.\n")
    assert second.getvalue() == "Roles changed: none.\n"


@pytest.mark.parametrize(
    ("role", "enters"),
    [
        (Role.LEARNER, False),
        (Role.TRAINER, True),
        (Role.APPROVER, True),
        (Role.PROGRAM_ADMIN, True),
        (Role.BOARD_REVIEWER, False),
        (Role.SUPPORT, True),
    ],
)
def test_who_enters_the_desk(role, enters):
    assert ("wagtailadmin.access_admin" in PERMISSIONS[role]) is enters


def test_no_role_deletes_anything():
    rights = set().union(*PERMISSIONS.values(), *COLLECTION_PERMISSIONS.values())

    assert [name for name in rights if ".delete_" in name] == []


def test_support_only_looks():
    assert {name.split(".")[1].split("_")[0] for name in PERMISSIONS[Role.SUPPORT]} == {"access", "view"}


# --- Consents -----------------------------------------------------------------------------------------------------


def test_give_consent(learner, now):
    board = BoardFactory()

    consent = services.give_consent(learner, board, expires_at=now + timedelta(days=1), now=now)

    assert (consent.person, consent.organization, consent.given_at) == (learner, board, now)
    assert consent.expires_at == now + timedelta(days=1)


def test_give_consent_twice_is_once(learner, now):
    board = BoardFactory()

    first = services.give_consent(learner, board, now=now)
    second = services.give_consent(learner, board, now=now + timedelta(days=1))

    assert (first, second.given_at, Consent.objects.count()) == (second, now, 1)


def test_give_consent_with_another_end_replaces_the_standing_one(learner, now):
    board = BoardFactory()
    later = now + timedelta(days=1)
    first = services.give_consent(learner, board, now=now)

    second = services.give_consent(learner, board, expires_at=later, now=now)

    first.refresh_from_db()
    assert (first.replaced_at, first.withdrawn_at) == (now, None)
    assert list(Consent.objects.current(now)) == [second]


def test_give_consent_again_after_it_ran_out(learner, now):
    board = BoardFactory()
    services.give_consent(learner, board, expires_at=now + timedelta(days=1), now=now)
    later = now + timedelta(days=2)

    second = services.give_consent(learner, board, now=later)

    assert list(Consent.objects.current(later)) == [second]


def test_give_consent_to_two_boards(learner, now):
    services.give_consent(learner, BoardFactory(), now=now)
    services.give_consent(learner, BoardFactory(), now=now)

    assert Consent.objects.current(now).count() == 2


def test_consent_goes_to_boards_only(learner):
    with pytest.raises(ConsentNotPossible) as refusal:
        services.give_consent(learner, OrganizationFactory())

    assert str(refusal.value) == "Hours can only be shown to a certification board. Please choose a board."
    assert Consent.objects.count() == 0


@pytest.mark.parametrize("seconds", [0, -1])
def test_consent_does_not_end_before_it_begins(learner, now, seconds):
    with pytest.raises(ConsentNotPossible):
        services.give_consent(learner, BoardFactory(), expires_at=now + timedelta(seconds=seconds), now=now)

    assert Consent.objects.count() == 0


def test_withdraw_consent_twice_keeps_the_first_moment(learner, now):
    consent = services.give_consent(learner, BoardFactory(), now=now)

    services.withdraw_consent(consent, now=now + timedelta(hours=1))
    again = services.withdraw_consent(consent, now=now + timedelta(hours=2))

    assert again.withdrawn_at == now + timedelta(hours=1)
    assert Consent.objects.current(now + timedelta(hours=1)).count() == 0


def test_withdraw_consent_leaves_a_replaced_one(learner, now):
    board = BoardFactory()
    first = services.give_consent(learner, board, now=now)
    services.give_consent(learner, board, expires_at=now + timedelta(days=1), now=now)

    services.withdraw_consent(first, now=now)

    assert (first.withdrawn_at, first.replaced_at) == (None, now)


# --- Address ------------------------------------------------------------------------------------------------------


def test_change_email_lets_the_old_address_in_no_longer():
    person = UserFactory(email="old@example.org")
    EmailAddress.objects.create(user=person, email="old@example.org", primary=True, verified=True)

    services.change_email(person, "New@example.org")
    services.change_email(person, "New@example.org")

    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "primary", "verified")) == [("new@example.org", True, False)]
