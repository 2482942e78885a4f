"""What a person may do, and for whom: pure predicates over rows already read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from people.roles import CMS_ROLES, Role

if TYPE_CHECKING:
    from people.models import Consent, Membership, Organization, User


def roles_of(memberships: Iterable[Membership]) -> frozenset[str]:
    """Return the roles held in these (current) memberships."""
    return frozenset(membership.role for membership in memberships)


def has_role(memberships: Iterable[Membership], role: str, organization: Organization | None = None) -> bool:
    """Say whether one of these (current) memberships gives `role`, in `organization` where one is named."""
    return any(
        membership.role == role and (organization is None or membership.organization_id == organization.pk)
        for membership in memberships
    )


def may_hold(role: str, organization: Organization) -> bool:
    """Say whether the role goes with this kind of organization: only a board has board reviewers."""
    return role != Role.BOARD_REVIEWER or organization.kind == organization.Kind.BOARD


def may_see_hours(memberships: Iterable[Membership], consents: Iterable[Consent], person: User) -> bool:
    """Say whether a reviewer with these memberships may see the hours of `person` under these (current) consents."""
    boards = {membership.organization_id for membership in memberships if membership.role == Role.BOARD_REVIEWER}
    return any(consent.person_id == person.pk and consent.organization_id in boards for consent in consents)


def may_manage_account(actor: User, person: User) -> bool:
    """Say whether `actor`, who may change people, may change this one: no one but an operator touches an operator, and
    no one a person whose data are erased."""
    return person.erased_at is None and (actor.is_superuser or not person.is_superuser)


def landing_name(roles: Collection[str], *, is_operator: bool = False) -> str:
    """Return the name of the URL where someone with these roles begins."""
    if is_operator or CMS_ROLES.intersection(roles):
        return "wagtailadmin_home"
    if Role.BOARD_REVIEWER in roles:
        return "certificates:board"
    return "certificates:my_path"
