"""The pens of accounts: roles, consents, profiles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Collection, GroupCollectionPermission

from people.access import may_hold
from people.errors import ConsentNotPossible, RoleNotAllowedHere, UnknownPermission
from people.models import Consent, Membership, Organization, User
from people.roles import COLLECTION_PERMISSIONS, PERMISSIONS, Role


@transaction.atomic
def grant_role(
    person: User, role: str, organization: Organization, *, actor: User | None = None, now: datetime | None = None
) -> Membership:
    """Return the open membership of `person` as `role` in `organization`, made where there was none.

    Raises RoleNotAllowedHere. `actor` is None where the machine acts (loading, migration).
    """
    role = Role(role)
    if not may_hold(role, organization):
        raise RoleNotAllowedHere(
            _("Only a certification board can have board reviewers. Please choose a board, or another role.")
        )
    _lock(person)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                person=person,
                role=role,
                organization=organization,
                granted_by=actor,
                started_at=now or timezone.now(),
            )
    except IntegrityError:
        membership = Membership.objects.get(person=person, role=role, organization=organization, ended_at=None)
    group, _created = Group.objects.get_or_create(name=role.value)
    person.groups.add(group)
    return membership


def ensure_organization(name: str, *, kind: str, website: str = "", code: str = "") -> Organization:
    """Return the organization with this code, else with this name, made where there was none.

    One that is there is left as it is, but for a code that it did not have.
    """
    if code and (known := Organization.objects.filter(code=code).first()):
        return known
    organization, _created = Organization.objects.get_or_create(
        name=name, defaults={"kind": Organization.Kind(kind), "website": website, "code": code}
    )
    if code and not organization.code:
        organization.code = code
        organization.save(update_fields=["code"])
    return organization


@transaction.atomic
def end_role(membership: Membership, *, actor: User | None, now: datetime | None = None) -> Membership:
    """End the membership and take the role's rights away, unless another current membership still gives them."""
    now = now or timezone.now()
    _lock(membership.person)
    Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=now, ended_by=actor)
    membership.refresh_from_db()
    still_held = membership.person.memberships.filter(role=membership.role, ended_at=None).exists()
    if not still_held:
        membership.person.groups.remove(*Group.objects.filter(name=membership.role))
    return membership


@transaction.atomic
def give_consent(
    person: User, organization: Organization, *, expires_at: datetime | None = None, now: datetime | None = None
) -> Consent:
    """Let a board see the hours of `person` until `expires_at` (None: until withdrawn); return the standing consent.

    The same consent again is the same row; another end replaces it. Raises ConsentNotPossible.
    """
    now = now or timezone.now()
    if organization.kind != Organization.Kind.BOARD:
        raise ConsentNotPossible(_("Hours can only be shown to a certification board. Please choose a board."))
    if expires_at is not None and expires_at <= now:
        raise ConsentNotPossible(_("This day is over. Please choose a day to come, or leave it empty."))
    _lock(person)
    standing = Consent.objects.filter(person=person, organization=organization, withdrawn_at=None, replaced_at=None)
    same = standing.current(now).filter(expires_at=expires_at).first()
    if same is not None:
        return same
    standing.update(replaced_at=now)
    try:
        with transaction.atomic():
            return Consent.objects.create(person=person, organization=organization, given_at=now, expires_at=expires_at)
    except IntegrityError:
        # Two presses at once where the person's row cannot be locked: the first one stands.
        return standing.get()


@transaction.atomic
def withdraw_consent(consent: Consent, *, now: datetime | None = None) -> Consent:
    """Withdraw the consent from this moment on; return it. A consent already withdrawn or replaced stays as it is."""
    Consent.objects.filter(pk=consent.pk, withdrawn_at=None, replaced_at=None).update(
        withdrawn_at=now or timezone.now()
    )
    consent.refresh_from_db()
    return consent


@transaction.atomic
def change_email(person: User, email: str) -> User:
    """Give the account another address to sign in with, not confirmed yet; the old one opens it no longer."""
    person.email = email.lower()
    person.save(update_fields=["email"])
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"primary": True})
    return person


@transaction.atomic
def sync_roles() -> list[str]:
    """Make the groups and give each exactly the rights of `people.roles`; return the roles that had to change.

    Raises UnknownPermission where an installed app lacks a permission the table names.
    """
    every = _permissions(frozenset().union(*PERMISSIONS.values(), *COLLECTION_PERMISSIONS.values()))
    root = Collection.get_first_root_node()
    of_role = {"group__name__in": Role.values}
    groups = {group.name: group for group in Group.objects.filter(name__in=Role.values)}
    held = _by_role(Group.permissions.through.objects.filter(**of_role).values_list("group__name", "permission_id"))
    for_files = _by_role(
        GroupCollectionPermission.objects.filter(**of_role).values_list("group__name", "permission_id", "collection_id")
    )
    changed = []
    for role in Role:
        group = groups.get(role.value) or Group.objects.create(name=role.value)
        wanted = {(every[name],) for name in PERMISSIONS[role] if name in every}
        if differs := held[role.value] != wanted:
            group.permissions.set([pk for (pk,) in wanted])
        wanted_for_files = {(every[name], root.pk) for name in COLLECTION_PERMISSIONS[role] if name in every}
        if differs_for_files := for_files[role.value] != wanted_for_files:
            GroupCollectionPermission.objects.filter(group=group).delete()
            GroupCollectionPermission.objects.bulk_create(
                GroupCollectionPermission(group=group, permission_id=pk, collection_id=collection)
                for pk, collection in sorted(wanted_for_files)
            )
        if differs or differs_for_files or role.value not in groups:
            changed.append(role.value)
    return changed


def _by_role(rows: Iterable[tuple]) -> dict[str, set[tuple]]:
    """The rest of each row, by the role that it begins with."""
    found: dict[str, set[tuple]] = {role.value: set() for role in Role}
    for name, *rest in rows:
        found[name].add(tuple(rest))
    return found


def _permissions(names: frozenset[str]) -> dict[str, int]:
    """Return the keys of the named permissions of installed apps, by name."""
    installed = {config.label for config in apps.get_app_configs()}
    expected = {name for name in names if name.split(".")[0] in installed}
    found = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.filter(
            content_type__app_label__in={name.split(".")[0] for name in expected},
            codename__in={name.split(".")[1] for name in expected},
        ).values_list("pk", "content_type__app_label", "codename")
    }
    unknown = sorted(expected - found.keys())
    if unknown:
        raise UnknownPermission(
            f"people/roles.py names permissions that do not exist: {', '.join(unknown)}. "
            "Correct the table, or run migrate first."
        )
    return {name: found[name] for name in expected}


def _lock(person: User) -> None:
    """Make those who write about this person wait for each other (SQLite's IMMEDIATE transactions do already)."""
    User.objects.select_for_update().filter(pk=person.pk).values_list("pk", flat=True).first()
