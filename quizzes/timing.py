"""Pure: until when an attempt runs, and from when one may be started. The clock is the server's, given by the caller.

The rule of a window that closes: it ends attempts without a time limit. One that has a limit runs its full time, so
that extra time never collides with the closing; it only cannot be started any more.
"""

import math
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
    break_seconds: int = 0,
) -> datetime | None:
    """When the time of an attempt ends; None where it does not. Extra time is in percent of the limit; for
    `break_seconds` the clock stood still."""
    if limit_minutes is None or is_untimed:
        return closes_at
    return started_at + timedelta(seconds=-(-limit_minutes * 60 * (100 + extra_percent) // 100) + break_seconds)


def minutes_allowed(limit_minutes: int, extra_percent: int) -> int:
    """The limit with extra time, for reading: whole minutes that are really there."""
    return limit_minutes * (100 + extra_percent) // 100


def break_seconds(ended: int, started_at: datetime | None, *, allowed_minutes: int, now: datetime) -> int:
    """For how long the clock stood still: the breaks that have `ended` and the one that began at `started_at`, if one
    runs; together no longer than is allowed. Who comes back late has not lost the break, only what goes beyond."""
    running = max(int((now - started_at).total_seconds()), 0) if started_at else 0
    return min(ended + running, allowed_minutes * 60)


def is_over(end: datetime | None, now: datetime) -> bool:
    """Whether answers are too late: the time has ended and the grace, too."""
    return end is not None and now > end + GRACE


def seconds_until(end: datetime | None, now: datetime) -> int | None:
    """Whole seconds that are left, none of them lost; None where the time does not end."""
    return None if end is None else max(math.ceil((end - now).total_seconds()), 0)


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
