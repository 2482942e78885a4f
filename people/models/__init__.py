"""Who is here: accounts, organizations, who plays which role where, and who allowed whom to see what; and the mails
that are to reach them.

No learning, no hours and no certificates live here; this app imports none of the others.
"""

from people.models.accounts import (
    Consent,
    ConsentQuerySet,
    Membership,
    MembershipQuerySet,
    Organization,
    User,
    UserManager,
    UserQuerySet,
)
from people.models.erasures import Erasure
from people.models.outbox import OutboxMail
from people.roles import Role

__all__ = [
    "Consent",
    "ConsentQuerySet",
    "Erasure",
    "Membership",
    "MembershipQuerySet",
    "Organization",
    "OutboxMail",
    "Role",
    "User",
    "UserManager",
    "UserQuerySet",
]
