"""The public read: a token, a code with a surname, or a file, to an honest answer with all that was certified.

Asked by people without an account, so it says no more than the paper in their hand: a wrong surname gets the same
answer as a code that was never ours.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache as store
from django.db.models import QuerySet
from django.utils import timezone

from certificates import codes
from certificates.data import Answer, CheckedLine, VerificationResult
from certificates.models import Certificate
from certificates.reports import facts_of
from certificates.scanning import scan
from certificates.validity import State, standing

UNKNOWN = VerificationResult(Answer.UNKNOWN)
# A clinic's phones share one address, and people mistype; an honest room of them stays below this.
MOST_FAILURES = 20
FAILURES_FORGOTTEN_AFTER = 15 * 60


def site_day(moment: datetime) -> date:
    """Return the day of `moment` where the site is at home."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


ANSWERS = {
    State.STANDS: Answer.STANDS,
    State.REVOKED: Answer.REVOKED,
    State.EXPIRED: Answer.EXPIRED,
    State.SUPERSEDED: Answer.SUPERSEDED,
}
# Longer lines exist only if somebody makes them on purpose: whoever asks then reads the last one that was followed.
LONGEST_LINE = 50


def result_of(certificate: Certificate, *, today: date | None = None) -> VerificationResult:
    """Answer for a certificate read by `Certificate.objects.for_checking()`."""
    revocation = getattr(certificate, "revocation", None)
    newer_issued_at = certificate.newer_issued_at  # type: ignore[attr-defined]
    revoked_on = site_day(revocation.revoked_at) if revocation else None
    superseded_on = site_day(newer_issued_at) if newer_issued_at else None
    now_stands = standing(
        # A clock that was set back must not bring back what was taken back "tomorrow".
        today=today or max(filter(None, (site_day(timezone.now()), revoked_on, superseded_on))),
        expires_on=certificate.expires_on,
        revoked_on=revoked_on,
        superseded_on=superseded_on,
    )
    result = VerificationResult(
        answer=ANSWERS[now_stands.state],
        facts=facts_of(certificate),
        since=now_stands.since,
        pdf_sha256=certificate.pdf_sha256,
    )
    if revocation and now_stands.state is State.REVOKED:
        return replace(result, reason=revocation.reason)
    if now_stands.state is State.SUPERSEDED:
        return replace(
            result,
            reason=certificate.newer_reason,  # type: ignore[attr-defined]
            newer_token=_newest_token(certificate.newer_id),  # type: ignore[attr-defined]
            change_name=str(Certificate.Change(certificate.newer_change).label),  # type: ignore[attr-defined]
        )
    return result


def _newest_token(certificate_id: int) -> str:
    """The token at the end of the line. One query a step, and lines are short."""
    for _step in range(LONGEST_LINE):
        newer_id = Certificate.objects.filter(supersedes=certificate_id).values_list("pk", flat=True).first()
        if newer_id is None:
            break
        certificate_id = newer_id
    return Certificate.objects.values_list("token", flat=True).get(pk=certificate_id)


@cache
def _to_check() -> QuerySet[Certificate]:
    """Built once, never evaluated: joining and naming its columns costs as much as asking the database."""
    return Certificate.objects.for_checking().order_by()


def _find(**lookup: str) -> Certificate | None:
    """Return the certificate of a lookup by a unique column. One query."""
    return next(iter(_to_check().filter(**lookup)), None)


def verify_token(token: str, *, today: date | None = None) -> VerificationResult:
    """Answer for the link in the QR code."""
    token = codes.normalise(token)
    if not codes.is_token(token):
        return UNKNOWN
    found = _find(token=token)
    return result_of(found, today=today) if found else UNKNOWN


def verify_code(code: str, surname: str, *, today: date | None = None) -> VerificationResult:
    """Answer for a typed code and surname. A code whose check character fails is called mistyped, whoever it was."""
    code = codes.normalise(code)
    if problem := codes.problem_of(code):
        return VerificationResult(Answer.MISTYPED, problem=problem)
    found = _find(code=code)
    if found is None or not _is_holder(found, surname):
        return UNKNOWN
    return result_of(found, today=today)


def _is_holder(certificate: Certificate, surname: str) -> bool:
    """Whether this is a surname of its holder. Where her name was erased nobody can say, and the code alone answers."""
    return not certificate.recipient_name or codes.surname_matches(surname, certificate.recipient_name)


def verify_hash(sha256: str, *, today: date | None = None) -> VerificationResult:
    """Answer for the hash of a file: it is one of ours byte for byte, or it is not."""
    found = _find(pdf_sha256=sha256.lower())
    return result_of(found, today=today) if found else UNKNOWN


def verify_file(content: bytes, *, today: date | None = None) -> VerificationResult:
    """Answer for a file. Genuine is only what was issued, byte for byte.

    Anything else that begins as one of ours, or that carries a link to one, is called tampered with, beside the facts
    of the real one. The file is read here and nowhere kept.
    """
    read = scan(content)
    by_hash = {
        found.pdf_sha256: found
        for found in Certificate.objects.for_checking().filter(pdf_sha256__in=[read.sha256, *read.revisions])
    }
    if genuine := by_hash.get(read.sha256):
        return result_of(genuine, today=today)
    if by_hash:
        return _tampered(next(iter(by_hash.values())), "added", today)
    by_token = (
        {found.token: found for found in Certificate.objects.for_checking().filter(token__in=read.tokens)}
        if read.tokens
        else {}
    )
    for token in read.tokens:
        if token in by_token:
            return _tampered(by_token[token], "changed", today)
    return UNKNOWN


def _tampered(certificate: Certificate, tampering: str, today: date | None) -> VerificationResult:
    underlying = result_of(certificate, today=today)
    return VerificationResult(Answer.TAMPERED, facts=underlying.facts, tampering=tampering, underlying=underlying)


def verify_list(lines: Sequence[tuple[int, str, str]], *, today: date | None = None) -> list[CheckedLine]:
    """Answer for many at once: (number of the line, code or link, surname). Two queries for all that stand."""
    wanted = [(number, typed, surname, *_code_or_token(typed)) for number, typed, surname in lines]
    possible = [line[3] for line in wanted if codes.problem_of(line[3]) is None]
    by_code = {found.code: found for found in Certificate.objects.for_checking().filter(code__in=possible)}
    by_token = {
        found.token: found
        for found in Certificate.objects.for_checking().filter(token__in=[line[4] for line in wanted if line[4]])
    }
    answered = []
    for number, typed, surname, code, token in wanted:
        found = by_token.get(token) if token else by_code.get(code)
        if not token and (problem := codes.problem_of(code)):
            result = VerificationResult(Answer.MISTYPED, problem=problem)
        elif found is None or (not token and not _is_holder(found, surname)):
            result = UNKNOWN
        else:
            result = result_of(found, today=today)
        answered.append(CheckedLine(number, typed, surname, result))
    return answered


def _code_or_token(typed: str) -> tuple[str, str]:
    """The normalised code, or the token of a link (bare or in its address)."""
    last = codes.normalise(typed.rstrip("/ ").rsplit("/", 1)[-1])
    return ("", last) if codes.is_token(last) else (last, "")


# --- Guessing -----------------------------------------------------------------------------------------------------


def _key(address: str) -> str:
    # A household has a whole /64 of IPv6: its first four groups stand for it.
    return "verify-failures:" + (":".join(address.split(":")[:4]) if ":" in address else address)


def may_ask(address: str) -> bool:
    """Say whether this address has not failed too often lately."""
    return (store.get(_key(address)) or 0) < MOST_FAILURES


def note_failure(address: str, count: int = 1) -> None:
    """Remember so many more failed guesses from this address."""
    if not store.add(_key(address), count, FAILURES_FORGOTTEN_AFTER):
        try:
            store.incr(_key(address), count)
        except ValueError:  # forgotten between the two calls
            store.set(_key(address), count, FAILURES_FORGOTTEN_AFTER)
