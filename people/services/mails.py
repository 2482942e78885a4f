"""The outbox: posted with the fact, claimed before it is sent, tried again, given up at last."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from people import letters
from people.models import OutboxMail, User
from people.signals import mail_posted

logger = logging.getLogger(__name__)
# Whoever claimed a mail this long ago and said nothing since is taken for dead. Far above EMAIL_TIMEOUT.
CLAIM_LASTS = timedelta(minutes=15)
# Until the next try, after each try that failed; one more failure and a person has to look.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 4 * 60, 12 * 60, 24 * 60))
MOST_ATTEMPTS = len(WAITS) + 1
Problem = OutboxMail.Problem


class Outcome(StrEnum):
    """What became of a call to `deliver`."""

    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"  # nobody, or nothing, to tell any more
    NOT_OURS = "not_ours"


def post_mail(
    *,
    key: str,
    recipient: User,
    kind: str,
    language: str,
    context: Mapping[str, int | str],
    now: datetime | None = None,
) -> OutboxMail:
    """Write down that `recipient` is to be told, once a `key`; call it in the transaction of the fact.

    `context`: ids, nothing else. The mail goes out after the commit, or with the next sweep.
    """
    now = now or timezone.now()
    mail, is_new = OutboxMail.objects.get_or_create(
        key=key,
        defaults={
            "recipient": recipient,
            "kind": kind,
            "language": language,
            "context": dict(context),
            "posted_at": now,
            "due_at": now,
        },
    )
    if is_new:
        transaction.on_commit(
            partial(mail_posted.send_robust, sender=OutboxMail, mail_id=mail.pk),
            robust=True,
        )
    return mail


def _waiting(now: datetime) -> QuerySet[OutboxMail]:
    """Mails that nobody is sending and whose time has come."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return OutboxMail.objects.filter(free, sent_at=None, given_up_at=None, due_at__lte=now)


def due_mails(*, now: datetime | None = None) -> QuerySet[OutboxMail]:
    """Return the mails to be delivered now, the oldest first."""
    return _waiting(now or timezone.now()).order_by("due_at", "pk")


def _claim(mail_id: int, now: datetime) -> OutboxMail | None:
    """Return the mail if the caller is the one to send it. Compare and swap: of many callers one gets it."""
    won = (
        _waiting(now)
        .filter(pk=mail_id, attempts__lt=MOST_ATTEMPTS)
        .update(attempts=F("attempts") + 1, claimed_until=now + CLAIM_LASTS)
    )
    return OutboxMail.objects.select_related("recipient").get(pk=mail_id) if won else None


def deliver(mail_id: int, *, now: datetime | None = None) -> Outcome:
    """Send this mail if it is due and nobody else is sending it; say what became of it.

    What goes wrong is written down and tried again later, then given up. Raises nothing that a mail server does.
    """
    moment = now or timezone.now()
    mail = _claim(mail_id, moment)
    if mail is None:
        # Its last try ended without a word: nobody is left to say so but whoever finds it.
        spent = _waiting(moment).filter(pk=mail_id, attempts__gte=MOST_ATTEMPTS)
        return Outcome.GIVEN_UP if spent.update(given_up_at=moment, problem=Problem.DIED) else Outcome.NOT_OURS
    try:
        with override(mail.language):
            letter = letters.letter_of(mail) if mail.recipient.erased_at is None else None
        if letter is None:
            _ours(mail).update(given_up_at=moment, problem=Problem.NO_REASON, claimed_until=None)
            return Outcome.DROPPED
        _message(mail, letter).send()
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be written down, and keep no other mail waiting
        return _failed(mail, error, moment)
    _ours(mail).update(sent_at=now or timezone.now(), claimed_until=None, problem="")
    return Outcome.SENT


def _ours(mail: OutboxMail) -> QuerySet[OutboxMail]:
    """The mail, unless somebody claimed it after us: then it is theirs to speak of."""
    return OutboxMail.objects.filter(pk=mail.pk, attempts=mail.attempts, sent_at=None, given_up_at=None)


def _message(mail: OutboxMail, letter: letters.Letter) -> EmailMultiAlternatives:
    host = urlsplit(settings.BASE_URL).hostname
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[mail.recipient.email],
        # A process may die between sending and saying so. Sent again it is the same mail, and is shown once.
        headers={"Message-ID": f"<{mail.key}@{host}>"},
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def _failed(mail: OutboxMail, error: Exception, now: datetime) -> Outcome:
    logger.error("Mail %s could not be sent (try %s): %s", mail.key, mail.attempts, type(error).__name__)
    if problem_of(error) is Problem.UNWRITTEN:
        logger.error("Mail %s could not be written.", mail.key, exc_info=error)
    problem = problem_of(error)
    if mail.attempts >= MOST_ATTEMPTS:
        _ours(mail).update(given_up_at=now, problem=problem, claimed_until=None)
        return Outcome.GIVEN_UP
    _ours(mail).update(due_at=now + WAITS[mail.attempts - 1], problem=problem, claimed_until=None)
    return Outcome.FAILED


def problem_of(error: Exception) -> Problem:
    """Return what went wrong, without the address that the error may speak of."""
    if isinstance(error, SMTPRecipientsRefused):
        return Problem.ADDRESS
    if isinstance(error, SMTPAuthenticationError):
        return Problem.SIGN_IN
    if isinstance(error, SMTPException):
        return Problem.REFUSED
    if isinstance(error, OSError):
        return Problem.UNREACHABLE
    return Problem.UNWRITTEN


def drop_mails(person: User, *, now: datetime) -> None:
    """Send nothing more to a person whose data are erased."""
    OutboxMail.objects.filter(recipient=person, sent_at=None, given_up_at=None).update(
        given_up_at=now, problem=Problem.NO_REASON, claimed_until=None
    )


def retry_mail(mail_id: int, *, now: datetime | None = None) -> bool:
    """Let a mail that was given up, or that waits for its next try, be tried at once; say whether there was one.

    What was given up because there is nobody to tell any more stays so.
    """
    now = now or timezone.now()
    found = OutboxMail.objects.filter(pk=mail_id, sent_at=None).exclude(problem=Problem.NO_REASON)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    if not found.filter(free).update(given_up_at=None, attempts=0, due_at=now, claimed_until=None):
        return False
    transaction.on_commit(partial(mail_posted.send_robust, sender=OutboxMail, mail_id=mail_id), robust=True)
    return True
