"""People and organizations for tests. No random counts, no hidden children."""

import factory
from django.utils import timezone

from people.models import Consent, Membership, Organization, User
from people.roles import Role
from people.services import grant_role, sync_roles


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    printed_name = factory.Sequence(lambda n: f"Person Number{n}")


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Organization {n}")
    kind = Organization.Kind.PROVIDER


class BoardFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"Board {n}")
    kind = Organization.Kind.BOARD


class MembershipFactory(factory.django.DjangoModelFactory):
    """The row alone, without the group: for rights, use the functions below."""

    class Meta:
        model = Membership

    person = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    role = Role.LEARNER


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consent

    person = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(BoardFactory)
    given_at = factory.LazyFunction(timezone.now)


def make_person(role: str, organization: Organization | None = None, **fields) -> User:
    """Return a new person who holds `role` with all its rights; groups and permissions are made where missing."""
    sync_roles()
    if organization is None:
        organization = BoardFactory() if role == Role.BOARD_REVIEWER else OrganizationFactory()
    person = UserFactory(**fields)
    grant_role(person, role, organization)
    return person


def make_trainer(organization: Organization | None = None, **fields) -> User:
    return make_person(Role.TRAINER, organization, **fields)


def make_approver(organization: Organization | None = None, **fields) -> User:
    return make_person(Role.APPROVER, organization, **fields)


def make_program_admin(organization: Organization | None = None, **fields) -> User:
    return make_person(Role.PROGRAM_ADMIN, organization, **fields)


def make_support(organization: Organization | None = None, **fields) -> User:
    return make_person(Role.SUPPORT, organization, **fields)


def make_board_reviewer(board: Organization | None = None, **fields) -> User:
    return make_person(Role.BOARD_REVIEWER, board, **fields)
