"""Deadlines, windows and waiting times over the nights on which clocks change, from a table of its own.

The instants and offsets below are written by hand from the laws of each place; nothing in the expected values comes
from a library of time zones. Offsets are minutes ahead of UTC.
"""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from quizzes import services
from quizzes.errors import AttemptClosed, QuizNotOpen
from quizzes.models import Accommodation, Quiz
from quizzes.timing import GRACE, deadline, is_over, may_start_from, wall_time
from tests.factories.quizzes import plain_quiz
from tests.quizzes.test_viewsets import quiz_data, section_data

CHANGES = [
    ("America/New_York", "2026-03-08T07:00", -300, -240),
    ("America/New_York", "2026-11-01T06:00", -240, -300),
    ("America/Chicago", "2026-03-08T08:00", -360, -300),
    ("America/Chicago", "2026-11-01T07:00", -300, -360),
    ("America/Los_Angeles", "2026-03-08T10:00", -480, -420),
    ("America/Los_Angeles", "2026-11-01T09:00", -420, -480),
    ("America/St_Johns", "2026-03-08T05:30", -210, -150),
    ("America/St_Johns", "2026-11-01T04:30", -150, -210),
    ("America/Havana", "2026-03-08T05:00", -300, -240),
    ("America/Havana", "2026-11-01T05:00", -240, -300),
    ("America/Santiago", "2026-04-05T03:00", -180, -240),
    ("America/Santiago", "2026-09-06T04:00", -240, -180),
    ("Australia/Sydney", "2026-04-04T16:00", 660, 600),
    ("Australia/Sydney", "2026-10-03T16:00", 600, 660),
    ("Australia/Lord_Howe", "2026-04-04T15:00", 660, 630),
    ("Australia/Lord_Howe", "2026-10-03T15:30", 630, 660),
    ("Pacific/Auckland", "2026-04-04T14:00", 780, 720),
    ("Pacific/Auckland", "2026-09-26T14:00", 720, 780),
    ("Pacific/Chatham", "2026-04-04T14:00", 825, 765),
    ("Pacific/Chatham", "2026-09-26T14:00", 765, 825),
    ("Europe/London", "2026-03-29T01:00", 0, 60),
    ("Europe/London", "2026-10-25T01:00", 60, 0),
    ("Europe/Madrid", "2026-03-29T01:00", 60, 120),
    ("Europe/Madrid", "2026-10-25T01:00", 120, 60),
    ("Africa/Casablanca", "2026-02-15T02:00", 60, 0),
    ("Africa/Casablanca", "2026-03-22T02:00", 0, 60),
    ("Asia/Beirut", "2026-03-28T22:00", 120, 180),
    ("Asia/Beirut", "2026-10-24T21:00", 180, 120),
    ("Africa/Cairo", "2026-04-23T22:00", 120, 180),
    ("Africa/Cairo", "2026-10-29T21:00", 180, 120),
]
STEADY = [
    ("America/Phoenix", -420),
    ("America/Puerto_Rico", -240),
    ("America/Tegucigalpa", -360),
    ("America/Mexico_City", -360),
    ("Pacific/Honolulu", -600),
    ("Asia/Kathmandu", 345),
    ("Asia/Kolkata", 330),
]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def on_the_wall(instant, offset):
    return instant.replace(tzinfo=None) + timedelta(minutes=offset)


def walls():
    """Times on the wall around every change: the second before, the first and last one of the hour that is skipped or
    comes twice, its middle, and the first one after it."""
    for zone, text, before, after in CHANGES:
        instant = utc(text)
        odd = "skipped" if after > before else "twice"
        begin, end = sorted([on_the_wall(instant, before), on_the_wall(instant, after)])
        second = timedelta(seconds=1)
        yield zone, begin - second, "once"
        yield zone, begin, odd
        yield zone, begin + (end - begin) / 2, odd
        yield zone, end - second, odd
        yield zone, end, "once"


def ends():
    """Attempts that run over every change: start, what they are given, and what the wall shows when they end."""
    for (zone, text, before, after), (limit, extra, lead) in product(
        CHANGES, [(60, 0, 20), (60, 50, 89), (90, 100, 1), (1440, 0, 60), (20, 0, 40)]
    ):
        instant = utc(text)
        start = instant - timedelta(minutes=lead)
        runs = limit * (100 + extra) // 100
        offset = after if runs >= lead else before
        yield zone, start, limit, extra, on_the_wall(start + timedelta(minutes=runs), offset)
    for (zone, offset), text in product(STEADY, ["2026-03-08T09:30", "2026-11-01T05:30", "2028-02-28T23:50"]):
        yield zone, utc(text), 60, 0, on_the_wall(utc(text) + timedelta(minutes=60), offset)


def test_the_table_is_long_enough():
    assert len(list(walls())) + len(list(ends())) >= 300


@pytest.mark.parametrize(("zone", "wall", "expected"), walls())
def test_times_that_are_on_no_clock_or_on_it_twice(zone, wall, expected):
    assert wall_time(wall, ZoneInfo(zone)) == expected


@pytest.mark.parametrize(("zone", "start", "limit", "extra", "wall"), ends())
def test_an_attempt_ends_when_the_wall_shows(zone, start, limit, extra, wall):
    end = deadline(start, limit_minutes=limit, extra_percent=extra)

    assert end.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == wall
    assert [is_over(end, end + GRACE + timedelta(seconds=late)) for late in (-1, 0, 1)] == [False, False, True]


@pytest.mark.parametrize(("zone", "text", "before", "after"), CHANGES)
def test_a_day_of_waiting_is_twenty_four_hours(zone, text, before, after):
    sent_at = utc(text) - timedelta(hours=12)

    again = may_start_from(sent_at, 24 * 60).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)

    assert again - on_the_wall(sent_at, before) == timedelta(hours=24, minutes=after - before)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2028-02-28T23:30", 60, "2028-02-29T00:30"),
        ("2028-02-29T23:30", 60, "2028-03-01T00:30"),
        ("2027-02-28T23:30", 60, "2027-03-01T00:30"),
        ("2028-02-28T12:00", 24 * 60, "2028-02-29T12:00"),
        ("2026-12-31T23:59", 1, "2027-01-01T00:00"),
    ],
)
def test_leap_days_and_ends_of_years(start, minutes, end):
    assert deadline(utc(start), limit_minutes=minutes) == may_start_from(utc(start), minutes) == utc(end)


# --- What the form makes of it ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("America/New_York", "2026-03-08 01:59", "2026-03-08T06:59"),
        ("America/New_York", "2026-03-08 03:00", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01 00:59", "2026-11-01T04:59"),
        ("America/New_York", "2026-11-01 02:00", "2026-11-01T07:00"),
        ("America/Phoenix", "2026-03-08 02:30", "2026-03-08T09:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03T15:30"),
        ("America/New_York", "2028-02-29 12:00", "2028-02-29T17:00"),
    ],
)
def test_window_is_kept_as_the_instant_that_the_wall_means(desk, settings, zone, wall, instant):
    settings.TIME_ZONE = zone
    item = plain_quiz(1).quiz_items.get().item

    desk.post(reverse("quizzes_admin:add"), quiz_data(section_data(0, item), closes_at=wall))

    assert Quiz.objects.get(code="spring").closes_at == utc(instant)


@pytest.mark.parametrize(
    ("zone", "wall", "sentence"),
    [
        ("America/New_York", "2026-03-08 02:30", "is on no clock in America/New_York. Please choose a later time."),
        ("America/New_York", "2026-11-01 01:30", "comes twice in America/New_York. Please choose another time."),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "is on no clock in Australia/Lord_Howe."),
        ("America/Santiago", "2026-04-04 23:30", "comes twice in America/Santiago."),
    ],
)
@pytest.mark.parametrize("field", ["opens_at", "closes_at"])
def test_time_on_no_clock_is_refused_in_words(desk, settings, zone, wall, sentence, field):
    settings.TIME_ZONE = zone
    item = plain_quiz(1).quiz_items.get().item

    response = desk.post(reverse("quizzes_admin:add"), quiz_data(section_data(0, item), **{field: wall}))

    assert sentence in response.content.decode()
    assert not Quiz.objects.filter(code="spring").exists()


# --- What the services make of it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "is_kept"), [(-1, True), (0, True), (1, False)])
@pytest.mark.parametrize(("extra", "minutes"), [(0, 60), (50, 90)])
@pytest.mark.parametrize("change", ["2026-03-08T07:00", "2026-11-01T06:00"])
def test_answers_over_the_change_are_taken_to_the_second(learner, change, extra, minutes, late, is_kept):
    start = utc(change) - timedelta(minutes=30)
    Accommodation.objects.create(learner=learner, extra_time_percent=extra)
    attempt = services.start_attempt(learner, plain_quiz(1, time_limit_minutes=60), now=start)
    key = attempt.attempt_items.get().version.question["choices"][0]["key"]
    moment = start + timedelta(minutes=minutes) + GRACE + timedelta(seconds=late)

    if is_kept:
        assert services.save_response(attempt, 1, [key], revision=1, now=moment).saved_at == moment
    else:
        with pytest.raises(AttemptClosed):
            services.save_response(attempt, 1, [key], revision=1, now=moment)
        attempt.refresh_from_db()
        assert attempt.submitted_at == start + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("seconds", "is_open"),
    [(-1, False), (0, True), (3_599, True), (3_600, False)],
    ids=["before", "at", "last", "closed"],
)
def test_window_over_the_change_opens_and_closes_to_the_second(learner, seconds, is_open):
    """From 1:30 before the change to 3:30 after it is an hour, whatever the wall says."""
    opens, closes = utc("2026-03-08T06:30"), utc("2026-03-08T07:30")
    quiz = plain_quiz(1, opens_at=opens, closes_at=closes)
    moment = opens + timedelta(seconds=seconds)

    if is_open:
        assert services.start_attempt(learner, quiz, now=moment).started_at == moment
    else:
        with pytest.raises(QuizNotOpen):
            services.start_attempt(learner, quiz, now=moment)
