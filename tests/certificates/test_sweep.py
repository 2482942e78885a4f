"""The sweep: after a kill at any step, exactly one credit, one certificate, one file and one mail."""

import json
import re
from contextlib import suppress

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from certificates import files, pdf, signing
from certificates.models import Certificate, LedgerEntry, LedgerShare
from certificates.services import credit_completion, issue_certificate, pdf_of
from certificates.services import issuing as issuing_module
from courses.models import CourseCompletion
from courses.signals import course_completed
from people.models import OutboxMail
from people.services import mails
from tests.certificates.test_ledger import reverse_by
from tests.factories.certificates import completion_with_shares

pytestmark = pytest.mark.django_db
NOTHING = {
    "attempts": 0, "completions": 0, "credited": 0, "reversed": 0, "issued": 0, "waiting": 0, "restored": 0,
    "strays": 0, "names_erased": 0, "files_erased": 0, "erasures_finished": 0, "mailed": 0, "failed": 0, "lost": [],
}  # fmt: skip


KILLS: list[str] = []


class Killed(BaseException):
    """The process ends here; nothing catches it."""


def swept(capsys) -> dict:
    capsys.readouterr()
    call_command("sweep", "--json")
    return json.loads(capsys.readouterr().out)


def test_sweep_does_what_was_never_rung_and_then_finds_nothing(completion, issuer, learner, operator, now, capsys):
    gone = completion_with_shares(learner)
    credit_completion(gone.pk)
    reverse_by(gone, operator, now)

    first, second = swept(capsys), swept(capsys)

    assert first == NOTHING | {"credited": 1, "reversed": 1, "issued": 1, "mailed": 1}
    assert second == NOTHING
    assert (LedgerEntry.objects.count(), learner.certificates.count(), len(mail.outbox)) == (3, 1, 1)


def test_sweep_speaks_plainly(db, capsys):
    call_command("sweep")

    assert capsys.readouterr().out.strip() == (
        "attempts 0, completions 0, credited 0, reversed 0, issued 0, waiting 0, restored 0, "
        "strays 0, names_erased 0, files_erased 0, erasures_finished 0, mailed 0, failed 0"
    )


def test_sweep_counts_who_waits_for_a_name(completion, issuer, learner, capsys):
    learner.printed_name = ""
    learner.save()

    assert swept(capsys) == NOTHING | {"credited": 1, "waiting": 1}


def test_sweep_leaves_a_certificate_of_a_reversed_one_to_a_person(certificate, completion, operator, now, capsys):
    swept(capsys)
    reverse_by(completion, operator, now)

    assert [swept(capsys)["reversed"], swept(capsys)["reversed"]] == [1, 0]
    assert not hasattr(Certificate.objects.get(), "revocation")


def test_sweep_makes_a_lost_file_again(certificate, capsys):
    issued = pdf_of(certificate)
    swept(capsys)
    files.delete_pdf(certificate.public_id)

    assert swept(capsys) == NOTHING | {"restored": 1}
    assert files.read_pdf(certificate.public_id) == issued


def test_sweep_names_a_file_that_is_lost_and_ends_with_an_error(sealed, settings, completion, issuer, capsys):
    credit_completion(completion.pk)
    certificate = issue_certificate(completion.pk)
    files.delete_pdf(certificate.public_id)
    settings.SIGNING_KEY_FILE = settings.SIGNING_CHAIN_FILE = ""

    with pytest.raises(CommandError):
        call_command("sweep")

    assert f"lost: {certificate.public_id}." in capsys.readouterr().out


def test_one_broken_row_keeps_nobody_else_waiting(learner, stranger, issuer, capsys, monkeypatch):
    broken, whole = completion_with_shares(stranger), completion_with_shares(learner)
    draw = pdf.draw_certificate

    def draw_or_break(facts, *look):
        if facts.recipient_name == "Charlie Stranger":
            raise ZeroDivisionError
        return draw(facts, *look)

    monkeypatch.setattr(pdf, "draw_certificate", draw_or_break)

    with pytest.raises(CommandError):
        call_command("sweep", "--json")

    assert json.loads(capsys.readouterr().out)["failed"] == 1
    assert list(Certificate.objects.values_list("completion", flat=True)) == [whole.pk]
    monkeypatch.undo()
    assert swept(capsys)["issued"] == 1
    assert Certificate.objects.filter(completion=broken).exists()


def kill_before(monkeypatch, place, name):
    def killed(*args, **kwargs):
        KILLS.append(name)
        raise Killed

    monkeypatch.setattr(place, name, killed)


def kill_after(monkeypatch, place, name):
    act = getattr(place, name)

    def killed(*args, **kwargs):
        act(*args, **kwargs)
        KILLS.append(name)
        raise Killed

    monkeypatch.setattr(place, name, killed)


STEPS = {
    "before the credit": (kill_before, LedgerEntry.objects, "create"),
    "between credit and its shares": (kill_before, LedgerShare.objects, "bulk_create"),
    "while facts are frozen": (kill_before, issuing_module, "course_facts"),
    "while drawing": (kill_before, pdf, "draw_certificate"),
    "while signing": (kill_before, signing, "signed"),
    "before the file": (kill_before, files, "write_pdf"),
    "after the file": (kill_after, files, "write_pdf"),
    "before the row": (kill_before, Certificate, "save"),
    "between row and mail's row": (kill_before, OutboxMail.objects, "get_or_create"),
    "after mail's row": (kill_after, OutboxMail.objects, "get_or_create"),
    "before the mail": (kill_before, mails, "_claim"),
    "between claim and mail": (kill_after, mails, "_claim"),
    "while the mail is sent": (kill_before, mails.EmailMultiAlternatives, "send"),
    "after the mail was sent": (kill_after, mails.EmailMultiAlternatives, "send"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_and_swept_there_is_exactly_one_of_each(step, sealed, issuer, learner, capsys, settings):
    completion = completion_with_shares(learner)
    with pytest.MonkeyPatch.context() as patch:
        kill, place, name = STEPS[step]
        KILLS.clear()
        kill(patch, place, name)
        with suppress(Killed):  # a mail is a task, and tasks keep what went wrong in them to themselves
            course_completed.send(sender=CourseCompletion, completion_id=completion.pk)
    assert KILLS == [name]

    swept(capsys)
    OutboxMail.objects.filter(sent_at=None).update(claimed_until=None)  # a quarter of an hour later
    swept(capsys)

    assert swept(capsys) == NOTHING
    assert (LedgerEntry.objects.count(), LedgerShare.objects.count(), OutboxMail.objects.count()) == (1, 2, 1)
    certificate = Certificate.objects.get()
    assert pdf_of(certificate).startswith(b"%PDF-1.7")
    # A mail that was sent, and not yet said to be, goes out again under the same name: readers show it once.
    names = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert names == {f"<certificate-{certificate.public_id}@{re.sub('.*//|:.*', '', settings.BASE_URL)}>"}
    assert len(mail.outbox) == (2 if step == "after the mail was sent" else 1)
