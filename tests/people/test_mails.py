"""The outbox: once a key, claimed before it is sent, tried again, given up at last, retried by a person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused
from threading import Barrier

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.models import ModelLogEntry

from people import letters
from people.letters import Letter
from people.models import OutboxMail
from people.services import Outcome, deliver, due_mails, post_mail, retry_mail
from people.services.mails import CLAIM_LASTS, MOST_ATTEMPTS, WAITS
from tests.factories.people import UserFactory, make_program_admin, make_support

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def greeting(monkeypatch):
    """Letters of a kind that only tests write; its subject is in the language of the row."""
    monkeypatch.setitem(letters._writers, "greeting", lambda row: Letter(gettext("Sent"), "text", "<p>html</p>"))
    monkeypatch.setitem(letters._names, "greeting", "a greeting")


def posted(person, key="greeting-1", **fields) -> OutboxMail:
    return post_mail(key=key, recipient=person, kind="greeting", language="es", context={"person": person.pk}, **fields)


def refuse_with(monkeypatch, error):
    def send(message):
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)


# --- Posted once --------------------------------------------------------------------------------------------------


def test_same_key_is_the_same_mail(learner, stranger):
    first = posted(learner)

    assert posted(stranger) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMail.objects.create(key="greeting-1", recipient=learner, language="en", kind="greeting")


def test_mail_goes_out_after_the_commit_in_its_language_as_text_and_html(
    learner, mailoutbox, django_capture_on_commit_callbacks, settings
):
    settings.BASE_URL = "https://puente.example:8000"

    with django_capture_on_commit_callbacks(execute=True):
        posted(learner)
        assert mailoutbox == []

    (message,) = mailoutbox
    assert (message.to, message.subject, message.body) == (["rosa@example.org"], "Enviado", "text")
    assert [tuple(part) for part in message.alternatives] == [("<p>html</p>", "text/html")]
    assert message.extra_headers == {"Message-ID": "<greeting-1@puente.example>"}
    row = OutboxMail.objects.get()
    assert (row.attempts, row.problem, row.claimed_until) == (1, "", None)
    assert row.sent_at is not None


def test_rolled_back_fact_sends_nothing(learner, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        posted(learner)
        raise ZeroDivisionError

    assert (mailoutbox, OutboxMail.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sent_at": "now"},
        {"sent_at": "now", "attempts": 1, "given_up_at": "now", "problem": "died"},
        {"given_up_at": "now", "attempts": 1},
    ],
)
def test_constraints_of_the_outbox(learner, now, wrong):
    posted(learner)

    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMail.objects.update(**{name: now if value == "now" else value for name, value in wrong.items()})


# --- Delivered ----------------------------------------------------------------------------------------------------


def test_deliver_twice_sends_once(learner, mailoutbox):
    row = posted(learner)

    assert [deliver(row.pk), deliver(row.pk)] == [Outcome.SENT, Outcome.NOT_OURS]
    assert len(mailoutbox) == 1


def test_mail_with_nothing_to_tell_is_dropped(learner, mailoutbox, monkeypatch):
    monkeypatch.setitem(letters._writers, "greeting", lambda row: None)
    row = posted(learner)

    assert deliver(row.pk) is Outcome.DROPPED
    assert (mailoutbox, OutboxMail.objects.get().problem, retry_mail(row.pk)) == ([], "no_reason", False)
    assert list(due_mails()) == []


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ConnectionRefusedError(), "unreachable"),
        (TimeoutError(), "unreachable"),
        (SMTPAuthenticationError(535, b"no"), "sign_in"),
        (SMTPRecipientsRefused({"rosa@example.org": (550, b"no such user")}), "address"),
        (SMTPDataError(554, b"spam"), "refused"),
        (KeyError("greeting"), "unwritten"),
    ],
)
def test_failure_is_told_in_words_without_the_address(learner, now, monkeypatch, caplog, error, problem):
    refuse_with(monkeypatch, error)
    row = posted(learner, now=now)

    assert deliver(row.pk, now=now) is Outcome.FAILED

    row.refresh_from_db()
    assert (row.problem, row.attempts, row.due_at, row.claimed_until) == (problem, 1, now + WAITS[0], None)
    assert "rosa@example.org" not in "".join(record.getMessage() for record in caplog.records)


def test_waits_grow_then_it_is_given_up_and_a_person_may_retry(learner, now, monkeypatch, mailoutbox):
    with monkeypatch.context() as patch:
        refuse_with(patch, ConnectionRefusedError())
        row, moment, outcomes = posted(learner, now=now), now, []
        for wait in (*WAITS, timedelta()):
            assert deliver(row.pk, now=moment - timedelta(seconds=1)) is Outcome.NOT_OURS
            outcomes.append(deliver(row.pk, now=moment))
            moment += wait
    assert outcomes == [Outcome.FAILED] * len(WAITS) + [Outcome.GIVEN_UP]
    assert [list(due_mails(now=moment + 999 * HOUR)), deliver(row.pk, now=moment + 999 * HOUR)] == [
        [], Outcome.NOT_OURS,
    ]  # fmt: skip

    assert [retry_mail(row.pk, now=moment), deliver(row.pk, now=moment)] == [True, Outcome.SENT]
    assert (len(mailoutbox), retry_mail(row.pk)) == (1, False)


def test_claim_of_a_dead_process_runs_out_and_a_mail_that_kills_each_time_is_given_up(learner, now):
    row = posted(learner, now=now)
    OutboxMail.objects.update(attempts=1, claimed_until=now + CLAIM_LASTS)

    assert list(due_mails(now=now + CLAIM_LASTS - timedelta(seconds=1))) == []
    assert list(due_mails(now=now + CLAIM_LASTS)) == [row]
    OutboxMail.objects.update(attempts=MOST_ATTEMPTS)
    assert deliver(row.pk, now=now + CLAIM_LASTS) is Outcome.GIVEN_UP
    assert OutboxMail.objects.get().problem == "died"


def test_slow_one_says_nothing_over_who_claimed_after_it(learner, now, monkeypatch):
    row = posted(learner, now=now)

    def overtaken(message):
        OutboxMail.objects.update(attempts=2, claimed_until=now + 2 * CLAIM_LASTS)
        raise TimeoutError

    monkeypatch.setattr(EmailMultiAlternatives, "send", overtaken)
    deliver(row.pk, now=now)

    row.refresh_from_db()
    assert (row.attempts, row.problem, row.due_at) == (2, "", now)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_100_mails_under_16_at_once_go_out_once_each(settings):
    rows = [posted(UserFactory(), key=f"greeting-{n}") for n in range(100)]
    OutboxMail.objects.update(attempts=0, sent_at=None)  # what the commit rang for
    mail.outbox.clear()
    gate = Barrier(16)

    def sweep() -> list[Outcome]:
        try:
            gate.wait(timeout=60)
            return [deliver(row.pk) for row in rows]
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        outcomes = [outcome for future in [pool.submit(sweep) for _n in range(16)] for outcome in future.result()]

    assert (outcomes.count(Outcome.SENT), outcomes.count(Outcome.NOT_OURS)) == (100, 1500)
    assert sorted(message.to[0] for message in mail.outbox) == sorted(row.recipient.email for row in rows)
    assert set(OutboxMail.objects.values_list("attempts", flat=True)) == {1}


# --- At the desk --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_mails_asks_as_much_for_one_as_for_three(client, django_assert_num_queries, count):
    client.force_login(make_support())
    for n in range(count):
        posted(UserFactory(printed_name=f"Ana {n}"), key=f"greeting-{n}")
    client.get(reverse("outboxmail:index"))

    with django_assert_num_queries(10):
        text = client.get(reverse("outboxmail:index")).content.decode()

    assert [text.count(f"Ana {n}") > 0 for n in range(count)] == [True] * count
    assert "a greeting" in text


def test_administrator_retries_and_support_only_reads(client, learner, now, monkeypatch, mailoutbox):
    with monkeypatch.context() as patch:
        refuse_with(patch, ConnectionRefusedError())
        row = posted(learner, now=now)
        deliver(row.pk, now=now)
    url = reverse("outboxmail:edit", args=[row.pk])
    client.force_login(make_support())
    assert url not in client.get(reverse("outboxmail:index")).content.decode()
    client.post(url)
    assert OutboxMail.objects.get().attempts == 1

    client.force_login(make_program_admin())
    assert url in client.get(reverse("outboxmail:index")).content.decode()
    assert "the mail server could not be reached" in client.get(url).content.decode()
    client.post(url)

    assert OutboxMail.objects.get().attempts == 0
    assert ModelLogEntry.objects.get(action="people.retry_mail").object_id == str(row.pk)


def test_sent_mail_cannot_be_sent_again_and_none_is_deleted(client, learner, mailoutbox):
    row = posted(learner)
    deliver(row.pk)
    client.force_login(make_program_admin(is_superuser=True))

    client.post(reverse("outboxmail:edit", args=[row.pk]))
    client.post(reverse("outboxmail:delete", args=[row.pk]))

    row.refresh_from_db()
    assert (row.attempts, len(mailoutbox)) == (1, 1)


def test_stranger_sees_no_mails(client, learner, stranger):
    row = posted(learner)
    client.force_login(stranger)

    for url in (reverse("outboxmail:index"), reverse("outboxmail:edit", args=[row.pk])):
        assert client.get(url).status_code == client.post(url).status_code == 403
    assert OutboxMail.objects.get().attempts == 0
