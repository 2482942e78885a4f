"""Predicates, as tables; rows are built, not saved."""

import pytest

from people.access import has_role, landing_name, may_hold, may_manage_account, may_see_hours, roles_of
from people.models import Consent, Membership, Organization, User
from people.roles import Role

BOARD = Organization(pk=1, kind=Organization.Kind.BOARD)
PROGRAM = Organization(pk=2, kind=Organization.Kind.PROGRAM)
OTHER_BOARD = Organization(pk=3, kind=Organization.Kind.BOARD)
ROSA = User(pk=10)
CHARLIE = User(pk=11)


def member(role, organization=PROGRAM):
    return Membership(role=role, organization=organization)


@pytest.mark.parametrize(
    ("memberships", "role", "organization", "held"),
    [
        ([], Role.TRAINER, None, False),
        ([member(Role.TRAINER)], Role.TRAINER, None, True),
        ([member(Role.TRAINER)], Role.TRAINER, PROGRAM, True),
        ([member(Role.TRAINER)], Role.TRAINER, BOARD, False),
        ([member(Role.TRAINER)], Role.APPROVER, None, False),
        ([member(Role.LEARNER), member(Role.BOARD_REVIEWER, BOARD)], Role.BOARD_REVIEWER, BOARD, True),
    ],
)
def test_has_role(memberships, role, organization, held):
    assert has_role(memberships, role, organization) is held


def test_roles_of():
    assert roles_of([member(Role.TRAINER), member(Role.TRAINER), member(Role.LEARNER)]) == {"trainer", "learner"}


@pytest.mark.parametrize(
    ("role", "organization", "allowed"),
    [
        (Role.BOARD_REVIEWER, BOARD, True),
        (Role.BOARD_REVIEWER, PROGRAM, False),
        (Role.TRAINER, PROGRAM, True),
        (Role.TRAINER, BOARD, True),
    ],
)
def test_may_hold(role, organization, allowed):
    assert may_hold(role, organization) is allowed


@pytest.mark.parametrize(
    ("memberships", "consents", "allowed"),
    [
        ([member(Role.BOARD_REVIEWER, BOARD)], [Consent(person=ROSA, organization=BOARD)], True),
        ([member(Role.BOARD_REVIEWER, OTHER_BOARD)], [Consent(person=ROSA, organization=BOARD)], False),
        ([member(Role.BOARD_REVIEWER, BOARD)], [Consent(person=CHARLIE, organization=BOARD)], False),
        ([member(Role.PROGRAM_ADMIN, BOARD)], [Consent(person=ROSA, organization=BOARD)], False),
        ([member(Role.BOARD_REVIEWER, BOARD)], [], False),
        ([], [Consent(person=ROSA, organization=BOARD)], False),
    ],
)
def test_may_see_hours(memberships, consents, allowed):
    assert may_see_hours(memberships, consents, ROSA) is allowed


@pytest.mark.parametrize(
    ("actor_is_operator", "person_is_operator", "allowed"),
    [(False, False, True), (False, True, False), (True, False, True), (True, True, True)],
)
def test_may_manage_account(actor_is_operator, person_is_operator, allowed):
    assert may_manage_account(User(is_superuser=actor_is_operator), User(is_superuser=person_is_operator)) is allowed


@pytest.mark.parametrize(
    ("roles", "is_operator", "name"),
    [
        (set(), False, "certificates:my_path"),
        ({Role.LEARNER}, False, "certificates:my_path"),
        ({Role.BOARD_REVIEWER}, False, "certificates:board"),
        ({Role.BOARD_REVIEWER, Role.LEARNER}, False, "certificates:board"),
        ({Role.TRAINER}, False, "wagtailadmin_home"),
        ({Role.APPROVER}, False, "wagtailadmin_home"),
        ({Role.PROGRAM_ADMIN}, False, "wagtailadmin_home"),
        ({Role.SUPPORT}, False, "wagtailadmin_home"),
        ({Role.TRAINER, Role.BOARD_REVIEWER}, False, "wagtailadmin_home"),
        (set(), True, "wagtailadmin_home"),
    ],
)
def test_landing_name(roles, is_operator, name):
    assert landing_name(roles, is_operator=is_operator) == name


def test_nobody_manages_an_account_whose_data_are_erased(now):
    assert may_manage_account(User(is_superuser=True), User(erased_at=now)) is False
