"""Days and windows. Both ends of a window are inclusive."""

from calendar import monthrange
from datetime import date, timedelta

from curriculum.data import Window


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last day of the month where there is no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def window_before(expires_on: date, months: int) -> Window:
    """First and last day of the months that end on the expiry day, both inclusive.

    24 months before 31 July 2027 run from 1 August 2025: 31 July 2025 belongs to the cycle before.
    """
    return months_before(expires_on, months) + timedelta(days=1), expires_on


def next_fixed_day(today: date, *, month: int, day: int, years: str) -> date:
    """The first such day of the calendar that is not past; `years` is odd, even or every."""
    for year in (today.year, today.year + 1, today.year + 2):
        if years == "every" or years == ("odd" if year % 2 else "even"):
            candidate = date(year, month, min(day, monthrange(year, month)[1]))
            if candidate >= today:
                return candidate
    raise ValueError(f"Years are odd, even or every, not {years!r}.")


def months_between(first: date, last: date) -> int:
    """Whole months from the first day to the last, both inclusive: 1 August to 31 July is twelve."""
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    return months - (after.day < first.day)
