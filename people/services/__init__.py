"""The only pens of people: roles, consents, profiles, erasures, mails to be sent. Each may be called twice."""

from people.services.accounts import (
    change_email,
    end_role,
    ensure_organization,
    give_consent,
    grant_role,
    sync_roles,
    withdraw_consent,
)
from people.services.erasing import erase_person, export_person, finish_erasure, holdings_of, unfinished_erasures
from people.services.mails import Outcome, deliver, due_mails, post_mail, retry_mail

__all__ = [
    "Outcome",
    "change_email",
    "deliver",
    "due_mails",
    "end_role",
    "ensure_organization",
    "erase_person",
    "export_person",
    "finish_erasure",
    "give_consent",
    "grant_role",
    "holdings_of",
    "post_mail",
    "retry_mail",
    "sync_roles",
    "unfinished_erasures",
    "withdraw_consent",
]
