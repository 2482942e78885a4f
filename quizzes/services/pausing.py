"""Breaks of learners who are granted them: the clock of an attempt stands still. The server's clock, and its sum."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes import timing
from quizzes.errors import BreakRefused
from quizzes.models import Accommodation, Attempt


def break_seconds_left(attempt: Attempt, *, now: datetime | None = None) -> int:
    """For how long the learner may still stop the clock of this attempt; 0 where it has none, or she is granted no
    breaks."""
    if not attempt.is_open or attempt.time_limit_minutes is None:
        return 0
    granted = Accommodation.objects.filter(learner=attempt.learner_id, is_untimed=False).first()
    if granted is None:
        return 0
    used = timing.break_seconds(
        attempt.break_seconds,
        attempt.break_started_at,
        allowed_minutes=granted.breaks_minutes,
        now=now or timezone.now(),
    )
    return granted.breaks_minutes * 60 - used


def start_break(attempt: Attempt, *, now: datetime | None = None) -> Attempt:
    """Stop the clock. A break that runs goes on as it began. Raises BreakRefused where there is none to take."""
    now = now or timezone.now()
    with transaction.atomic():
        locked = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if locked.break_started_at is None or not locked.is_open:
            if break_seconds_left(locked, now=now) <= 0:
                raise BreakRefused(_("There is no break left in this try. Your answers are kept; please go on."))
            locked.break_started_at = now
            locked.save(update_fields=["break_started_at"])
    return locked


def end_break(attempt: Attempt, *, now: datetime | None = None) -> None:
    """Let the clock run again; also whoever answers goes on. Nothing happens where no break runs."""
    if attempt.break_started_at is None:
        return
    now = now or timezone.now()
    granted = Accommodation.objects.filter(learner=attempt.learner_id).first() or Accommodation()
    before = attempt.break_seconds
    used = timing.break_seconds(before, attempt.break_started_at, allowed_minutes=granted.breaks_minutes, now=now)
    Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.OPEN, break_started_at=attempt.break_started_at).update(
        break_seconds=F("break_seconds") + max(used - before, 0), break_started_at=None
    )
    attempt.break_seconds, attempt.break_started_at = max(used, before), None
