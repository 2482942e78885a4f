"""Registers people in the CMS; no logic."""

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from people.models import Membership, Organization
from people.viewsets import (
    KeptForeverPolicy,
    NoDeleteByHand,
    NoGroupByHand,
    PeopleViewSetGroup,
    SetActiveByThoseWhoMay,
)

register_permission_policy(Organization, KeptForeverPolicy(Organization))
register_permission_policy(Membership, KeptForeverPolicy(Membership))


@hooks.register("register_admin_viewset")
def register_people():
    return PeopleViewSetGroup()


# After Wagtail's own (order 0): of two actions of the same name, the later one counts.
for action in (NoGroupByHand, NoDeleteByHand, SetActiveByThoseWhoMay):
    hooks.register("register_bulk_action", action, order=10)
