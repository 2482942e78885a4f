"""The public read: a token, a code with a surname, or a file, to an honest answer with all that was certified.

Asked by people without an account, so it says no more than the paper in their hand: a wrong surname gets the same
answer as a code that was never ours.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from certificates import codes
from certificates.data import Answer, VerificationResult
from certificates.models import Certificate
from certificates.reports import facts_of
from certificates.validity import State, standing

UNKNOWN = VerificationResult(Answer.UNKNOWN)
# A clinic's phones share one address, and people mistype; an honest room of them stays below this.
MOST_FAILURES = 20
FAILURES_FORGOTTEN_AFTER = 15 * 60


def site_day(moment: datetime) -> date:
    """Return the day of `moment` where the site is at home."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def result_of(certificate: Certificate, *, today: date | None = None) -> VerificationResult:
    """Answer for a certificate already read, with its revocation."""
    revocation = getattr(certificate, "revocation", None)
    now_stands = standing(
        today=today or site_day(timezone.now()),
        expires_on=certificate.expires_on,
        revoked_on=site_day(revocation.revoked_at) if revocation else None,
    )
    return VerificationResult(
        answer=Answer.STANDS if now_stands.stands else Answer.ENDED,
        facts=facts_of(certificate),
        since=now_stands.since,
        reason=revocation.reason if revocation and now_stands.state is State.REVOKED else "",
        pdf_sha256=certificate.pdf_sha256,
    )


def _find(**lookup: str) -> Certificate | None:
    return Certificate.objects.select_related("revocation").filter(**lookup).first()


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
    if found is None or not codes.surname_matches(surname, found.recipient_name):
        return UNKNOWN
    return result_of(found, today=today)


def verify_file(sha256: str, *, today: date | None = None) -> VerificationResult:
    """Answer for the hash of a file: it is one of ours byte for byte, or it is not."""
    found = _find(pdf_sha256=sha256.lower())
    return result_of(found, today=today) if found else UNKNOWN


# --- Guessing -----------------------------------------------------------------------------------------------------


def _key(address: str) -> str:
    # A household has a whole /64 of IPv6: its first four groups stand for it.
    return "verify-failures:" + (":".join(address.split(":")[:4]) if ":" in address else address)


def may_ask(address: str) -> bool:
    """Say whether this address has not failed too often lately."""
    return (cache.get(_key(address)) or 0) < MOST_FAILURES


def note_failure(address: str) -> None:
    """Remember one more failed guess from this address."""
    if not cache.add(_key(address), 1, FAILURES_FORGOTTEN_AFTER):
        try:
            cache.incr(_key(address))
        except ValueError:  # forgotten between the two calls
            cache.set(_key(address), 1, FAILURES_FORGOTTEN_AFTER)
