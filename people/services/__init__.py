"""The only pens of people: roles, consents, profiles, mails to be sent. Each may be called twice."""

from people.services.accounts import (
    change_email,
    end_role,
    ensure_organization,
    give_consent,
    grant_role,
    sync_roles,
    withdraw_consent,
)
from people.services.mails import Outcome, deliver, due_mails, post_mail, retry_mail

__all__ = [
    "Outcome",
    "change_email",
    "deliver",
    "due_mails",
    "end_role",
    "ensure_organization",
    "give_consent",
    "grant_role",
    "post_mail",
    "retry_mail",
    "sync_roles",
    "withdraw_consent",
]
