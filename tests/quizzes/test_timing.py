"""When an attempt ends and when the next may begin: a table over the days on which the clock is changed."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from quizzes.timing import GRACE, deadline, is_over, may_start_from, seconds_until

START = datetime(2026, 3, 1, 12, tzinfo=UTC)

# The night on which each zone changes its clock (or none), an hour before the change, as local time.
NIGHTS = [
    ("America/New_York", "2026-03-08T01:00"),
    ("America/New_York", "2026-11-01T00:30"),
    ("America/Chicago", "2026-03-08T01:00"),
    ("America/Los_Angeles", "2026-11-01T00:30"),
    ("America/St_Johns", "2026-03-08T01:00"),
    ("America/Santiago", "2026-04-04T23:00"),
    ("America/Havana", "2026-03-08T23:00"),
    ("America/Mexico_City", "2026-04-05T01:00"),
    ("America/Phoenix", "2026-03-08T01:00"),
    ("America/Puerto_Rico", "2026-11-01T01:00"),
    ("Europe/Madrid", "2026-03-29T01:00"),
    ("Europe/Madrid", "2026-10-25T02:30"),
    ("Australia/Lord_Howe", "2026-04-05T01:00"),
    ("Asia/Kathmandu", "2026-06-01T01:00"),
    ("Pacific/Apia", "2026-06-01T23:00"),
]
CASES = list(product(NIGHTS, [1, 30, 60, 90, 180], [0, 25, 100]))


def test_the_table_is_long_enough():
    assert len(CASES) >= 200


@pytest.mark.parametrize(("night", "limit", "extra"), CASES)
def test_a_limit_is_so_many_minutes_whatever_the_clock_on_the_wall_does(night, limit, extra):
    zone, wall = night
    start = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    end = deadline(start, limit_minutes=limit, extra_percent=extra)

    assert end - start == timedelta(seconds=limit * 60 * (100 + extra) / 100)
    assert not is_over(end, end)
    assert not is_over(end, end + GRACE)
    assert is_over(end, end + GRACE + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("given", "minutes"),
    [
        ({"limit_minutes": 30}, 30),
        ({"limit_minutes": 30, "extra_percent": 50}, 45),
        ({"limit_minutes": 30, "closes_at": START + timedelta(minutes=5)}, 30),
        ({"limit_minutes": 30, "is_untimed": True}, None),
        ({"limit_minutes": 30, "is_untimed": True, "closes_at": START + timedelta(minutes=90)}, 90),
        ({"limit_minutes": None}, None),
        ({"limit_minutes": None, "closes_at": START + timedelta(minutes=5)}, 5),
    ],
)
def test_what_ends_an_attempt(given, minutes):
    end = deadline(START, **given)

    assert end == (None if minutes is None else START + timedelta(minutes=minutes))
    assert is_over(end, START + timedelta(days=1)) is (minutes is not None)


def test_extra_time_is_rounded_up_to_a_second():
    assert deadline(START, limit_minutes=1, extra_percent=1) == START + timedelta(seconds=61)


@pytest.mark.parametrize(("sent_at", "wait", "minutes"), [(START, 15, 15), (START, 0, None), (None, 15, None)])
def test_when_the_next_try_may_begin(sent_at, wait, minutes):
    assert may_start_from(sent_at, wait) == (None if minutes is None else START + timedelta(minutes=minutes))


@pytest.mark.parametrize(("left", "seconds"), [(0.1, 1), (1, 1), (61.5, 62), (0, 0), (-5, 0)])
def test_seconds_that_are_left_are_never_too_few(left, seconds):
    assert seconds_until(START + timedelta(seconds=left), START) == seconds


def test_time_without_an_end_has_no_seconds_left():
    assert seconds_until(None, START) is None
