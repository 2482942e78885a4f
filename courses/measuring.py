"""Measures how long a learner was seen at work. Called within the transactions of `courses.services`."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from courses.models import Enrollment, MeasuredTime

# Who is not heard of for longer was away, and none of it is counted (boards that ask for a rule ask for ten minutes).
LONGEST_GAP = timedelta(minutes=10)


def gap_that_counts(last_seen_at: datetime, now: datetime) -> int:
    """Return the seconds between two signs of life, 0 where somebody was away or a clock was set back. Pure."""
    gap = now - last_seen_at
    return int(gap.total_seconds()) if timedelta() < gap <= LONGEST_GAP else 0


def see(enrollment: Enrollment, lesson_key: UUID, *, now: datetime) -> None:
    """Note a sign of life in this lesson. The time since the last one belongs to the lesson that was open then.

    Two devices at once are one learner: the gap is claimed by compare and swap, so no second counts twice.
    """
    last = MeasuredTime.objects.filter(enrollment=enrollment).order_by("-last_seen_at", "-pk").first()
    if last is not None:
        if now <= last.last_seen_at:
            return
        is_same = last.lesson_key == lesson_key
        claimed = MeasuredTime.objects.filter(pk=last.pk, last_seen_at=last.last_seen_at, seconds=last.seconds)
        claimed.update(
            seconds=F("seconds") + gap_that_counts(last.last_seen_at, now),
            last_seen_at=now if is_same else last.last_seen_at,
        )
        if is_same:
            return
    _open(enrollment, lesson_key, now)


def _open(enrollment: Enrollment, lesson_key: UUID, now: datetime) -> None:
    opened, is_new = MeasuredTime.objects.get_or_create(
        enrollment=enrollment, lesson_key=lesson_key, defaults={"last_seen_at": now}
    )
    if not is_new:
        MeasuredTime.objects.filter(pk=opened.pk).update(last_seen_at=now)
