"""Registers people in the CMS; no logic."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from people import sidebar  # noqa: F401  registers its tag
from people.mail_viewsets import OutboxPolicy, OutboxViewSet
from people.models import Membership, Organization, OutboxMail
from people.viewsets import (
    KeptForeverPolicy,
    NoDeleteByHand,
    NoGroupByHand,
    PeopleViewSetGroup,
    SetActiveByThoseWhoMay,
)

register_permission_policy(Organization, KeptForeverPolicy(Organization))
register_permission_policy(Membership, KeptForeverPolicy(Membership))
register_permission_policy(OutboxMail, OutboxPolicy(OutboxMail))


class PeopleGroup(PeopleViewSetGroup):
    """With the outbox."""

    items = (*PeopleViewSetGroup.items, OutboxViewSet)


@hooks.register("register_admin_viewset")
def register_people():
    return PeopleGroup()


@hooks.register("register_log_actions")
def register_acts(actions):
    actions.register_action("people.retry_mail", _("Send again"), _("Mail sent again"))


# After Wagtail's own (order 0): of two actions of the same name, the later one counts.
for action in (NoGroupByHand, NoDeleteByHand, SetActiveByThoseWhoMay):
    hooks.register("register_bulk_action", action, order=10)
