"""Letters that verify training: asked for by the person, issued or refused by staff with the right."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.errors import AlreadyDecided, NotAllowed, NotEligible
from certificates.fonts import unprintable_characters
from certificates.models import Certificate, LetterRequest, Signatory
from certificates.services.freezing import letter_facts, standing_entries
from certificates.services.issuing import written
from people.models import Organization, User

RIGHT = "certificates.issue_letter"
MOST_LINES, LONGEST_LINE = 6, 80


def request_letter(
    learner: User,
    *,
    addressee: str,
    actor: User,
    organization: Organization | None = None,
    since: date | None = None,
    until: date | None = None,
    language: str = "",
    note: str = "",
    now: datetime | None = None,
) -> LetterRequest:
    """Ask for a letter to `addressee` (lines, as on an envelope); return the open request, made if it was not there.

    A person asks for herself; staff with the right may ask for her. Raises NotAllowed, NotEligible.
    """
    if actor != learner and not actor.has_perm(RIGHT):
        raise NotAllowed(_("You may not ask for letters of other people."))
    lines = [" ".join(line.split()) for line in addressee.splitlines() if line.strip()]
    if not lines:
        raise NotEligible(_("Please write to whom the letter goes."))
    if len(lines) > MOST_LINES or max(map(len, lines)) > LONGEST_LINE:
        raise NotEligible(
            _("An address has at most %(lines)d lines of %(letters)d letters.")
            % {"lines": MOST_LINES, "letters": LONGEST_LINE}
        )
    if bad := unprintable_characters(" ".join(lines)):
        raise NotEligible(_("We cannot print these characters: %(characters)s.") % {"characters": " ".join(bad)})
    if since and until and until < since:
        raise NotEligible(_("The first day is after the last one. Please exchange them."))
    if sum(entry.minutes for entry in standing_entries(learner, since=since, until=until)) < 1:
        raise NotEligible(_("There are no hours in these days, so there is nothing to verify."))
    wanted = {"learner": learner, "addressee": "\n".join(lines), "language": language or learner.language}
    try:
        with transaction.atomic():
            return LetterRequest.objects.create(
                **wanted,
                organization=organization,
                since=since,
                until=until,
                note=note.strip(),
                requested_by=actor,
                requested_at=now or timezone.now(),
            )
    except IntegrityError:
        return LetterRequest.objects.get(**wanted, decision="")


def letter_preview(request: LetterRequest, *, signatory: Signatory | None = None, now: datetime) -> Certificate:
    """Return the letter as it would be issued now, not written. Raises NotEligible."""
    return letter_facts(request, signatory=signatory, now=now)


def issue_letter(
    request_id: int, *, actor: User, signatory: Signatory | None = None, now: datetime | None = None
) -> Certificate:
    """Issue the letter that a request asks for; return it (the newest of its line where it was issued before).

    Nobody verifies their own training. Raises NotAllowed, NotEligible, AlreadyDecided (it was refused).
    """
    now = now or timezone.now()
    request = _decidable(request_id, actor)
    if existing := _letter_of(request):
        return existing
    if request.decision:
        raise AlreadyDecided(_("Somebody decided this before. Nothing was changed."))
    if signatory is not None and not (signatory.is_current and signatory.issuer.is_default):
        raise NotEligible(_("This person does not sign for the provider now. Choose somebody else."))

    def decide(_letter: Certificate) -> None:
        if not LetterRequest.objects.filter(pk=request.pk, decision="").update(
            decision=LetterRequest.Decision.ISSUED, decided_by=actor, decided_at=now
        ):
            raise AlreadyDecided(_("Somebody decided this before. Nothing was changed."))

    return written(
        lambda: letter_facts(request, signatory=signatory, now=now), winner=lambda: _letter_of(request), also=decide
    )


def refuse_letter(request_id: int, *, actor: User, reason: str, now: datetime | None = None) -> LetterRequest:
    """Refuse a request for a reason that the person reads. Raises NotAllowed, NotEligible, AlreadyDecided."""
    request, reason = _decidable(request_id, actor), reason.strip()
    if not reason:
        raise NotEligible(_("Please write why there is no letter. The person reads it."))
    if not LetterRequest.objects.filter(pk=request.pk, decision="").update(
        decision=LetterRequest.Decision.REFUSED,
        decision_reason=reason,
        decided_by=actor,
        decided_at=now or timezone.now(),
    ):
        raise AlreadyDecided(_("Somebody decided this before. Nothing was changed."))
    request.refresh_from_db()
    return request


def _decidable(request_id: int, actor: User) -> LetterRequest:
    if not actor.has_perm(RIGHT):
        raise NotAllowed(_("You may not issue letters. Ask a program administrator."))
    request = LetterRequest.objects.select_related("learner").get(pk=request_id)
    if actor == request.learner:
        raise NotAllowed(_("Nobody verifies their own training. Ask somebody else to do it."))
    return request


def _letter_of(request: LetterRequest) -> Certificate | None:
    return Certificate.objects.filter(request=request, superseded_by=None).first()
