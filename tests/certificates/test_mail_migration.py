"""The migration that moved mails about certificates into the outbox, on rows as they were then."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest

from people.models import OutboxMail
from people.services import due_mails

pytestmark = pytest.mark.django_db
migration = import_module("certificates.migrations.0020_mails_in_the_outbox")


class OldMails:
    """The table that is gone: enough of it to be read, and to be written back."""

    def __init__(self, rows):
        self.rows, self.written = rows, []

    def __call__(self, **fields):
        return SimpleNamespace(**fields)

    @property
    def objects(self):
        return self

    def select_related(self, *_names):
        return self

    def order_by(self, *_names):
        return self

    def iterator(self, chunk_size):
        return iter(self.rows)

    def bulk_create(self, rows):
        self.written.extend(rows)


def as_apps(old):
    return SimpleNamespace(get_model=lambda app, _name: OutboxMail if app == "people" else old)


@pytest.mark.parametrize(
    ("claimed", "sent", "expected"),
    [
        (None, None, {"attempts": 0, "is_sent": False, "is_due": True}),
        ("long ago", None, {"attempts": 1, "is_sent": False, "is_due": True}),
        ("just now", None, {"attempts": 1, "is_sent": False, "is_due": False}),
        ("long ago", "then", {"attempts": 1, "is_sent": True, "is_due": False}),
    ],
)
def test_mail_keeps_what_became_of_it_and_its_message_id(certificate, now, claimed, sent, expected):
    OutboxMail.objects.all().delete()
    claimed_at = {None: None, "long ago": now - timedelta(hours=1), "just now": now}[claimed]
    row = SimpleNamespace(certificate=certificate, claimed_at=claimed_at, sent_at=sent and now)
    old = OldMails([row])

    migration.move(as_apps(old), None)

    mail = OutboxMail.objects.get()
    assert (mail.key, mail.recipient, mail.kind) == (
        f"certificate-{certificate.public_id}", certificate.recipient, "certificate_issued",
    )  # fmt: skip
    found = {"attempts": mail.attempts, "is_sent": mail.sent_at is not None, "is_due": mail in due_mails(now=now)}
    assert found == expected
    migration.move_back(as_apps(old), None)
    (back,) = old.written
    assert (back.certificate_id, back.sent_at) == (certificate.pk, row.sent_at)
    assert bool(back.claimed_at) == bool(claimed)
    assert OutboxMail.objects.count() == 0
