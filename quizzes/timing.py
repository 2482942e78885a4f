"""Pure: until when an attempt runs, and from when one may be started. The clock is the server's, given by the caller.

The rule of a window that closes: it ends attempts without a time limit. One that has a limit runs its full time, so
that extra time never collides with the closing; it only cannot be started any more.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

GRACE = timedelta(seconds=30)  # for answers that were on their way when the time ended


def deadline(
    started_at: datetime,
    *,
    limit_minutes: int | None,
    extra_percent: int = 0,
    is_untimed: bool = False,
    closes_at: datetime | None = None,
) -> datetime | None:
    """When the time of an attempt ends; None where it does not. Extra time is in percent of the limit."""
    if limit_minutes is None or is_untimed:
        return closes_at
    return started_at + timedelta(seconds=-(-limit_minutes * 60 * (100 + extra_percent) // 100))


def is_over(end: datetime | None, now: datetime) -> bool:
    """Whether answers are too late: the time has ended and the grace, too."""
    return end is not None and now > end + GRACE


def may_start_from(last_submitted_at: datetime | None, wait_minutes: int) -> datetime | None:
    """From when the next attempt may be started; None: at once."""
    if last_submitted_at is None or not wait_minutes:
        return None
    return last_submitted_at + timedelta(minutes=wait_minutes)


def wall_time(moment: datetime, zone: tzinfo) -> Literal["once", "skipped", "twice"]:
    """How often a clock on the wall of `zone` shows this time (without a zone): the night on which clocks are put
    forward skips an hour, or half of one, and the night on which they are put back has one twice."""
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return "once"
    back = first.astimezone(UTC).astimezone(zone)
    return "twice" if back.replace(tzinfo=None, fold=0) == moment else "skipped"
