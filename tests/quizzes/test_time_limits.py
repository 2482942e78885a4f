"""Time that ends, windows that close, extra time: the server's clock decides, and nothing that was saved is lost."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.errors import AttemptClosed, AttemptLimitReached, QuizNotOpen
from quizzes.models import Accommodation, Attempt, Quiz, Response
from tests.factories.people import UserFactory
from tests.factories.quizzes import ItemFactory, in_both, plain_quiz, rewrite
from tests.quizzes.test_models import provoke
from tests.quizzes.test_views import JSON, key_at, post_answer, url, words

HOUR = timedelta(hours=1)


@pytest.fixture
def timed(learner, now):
    """An attempt of 30 minutes that began now, with the first answer right."""
    attempt = services.start_attempt(learner, plain_quiz(2, time_limit_minutes=30, pass_mark_percent=50), now=now)
    services.save_response(attempt, 1, [key_at(attempt, 1)], revision=1, now=now)
    return attempt


@pytest.fixture
def overdue(learner):
    """An attempt whose time was over an hour ago, by the real clock."""
    quiz = plain_quiz(1, time_limit_minutes=30)
    return services.start_attempt(learner, quiz, now=timezone.now() - timedelta(minutes=90))


def save(attempt, now, position=2):
    return services.save_response(attempt, position, [key_at(attempt, position)], revision=1, now=now)


def after(now, **delta):
    return now + timedelta(**delta)


def test_answer_within_the_grace_is_kept(timed, now):
    save(timed, after(now, minutes=30, seconds=30))

    assert services.submit_attempt(timed, now=after(now, minutes=30, seconds=30)).marks == 200


def test_answer_after_the_grace_is_refused_and_what_was_saved_is_sent(timed, now):
    with pytest.raises(AttemptClosed, match="The time is over"):
        save(timed, after(now, minutes=30, seconds=31))

    timed.refresh_from_db()
    assert (timed.state, timed.marks, timed.submitted_at) == ("graded", 100, after(now, minutes=30))
    assert Response.objects.count() == 1


def test_sending_late_counts_from_the_end_of_the_time(timed, now):
    graded = services.submit_attempt(timed, now=now + HOUR)

    assert (graded.submitted_at, graded.marks, graded.is_passed) == (after(now, minutes=30), 100, True)


def test_starting_again_sends_what_ran_out_and_begins_anew(timed, learner, now):
    second = services.start_attempt(learner, timed.quiz, now=now + HOUR)

    timed.refresh_from_db()
    assert (timed.state, second.number, second.time_limit_minutes) == ("graded", 2, 30)


def test_change_of_the_limit_changes_no_running_attempt(timed, now):
    Quiz.objects.update(time_limit_minutes=5)
    timed.refresh_from_db()

    assert services.deadline_of(timed) == after(now, minutes=30)
    provoke("attempt_moves_forward", lambda: Attempt.objects.update(time_limit_minutes=500))


def test_sweep_sends_what_ran_out_and_leaves_the_others(timed, now):
    running = services.start_attempt(UserFactory(), timed.quiz, now=after(now, minutes=20))
    endless = services.start_attempt(UserFactory(), plain_quiz(1), now=now)

    moment = after(now, minutes=31)

    assert [services.close_expired_attempts(now=moment) for _twice in range(2)] == [1, 0]
    states = dict(Attempt.objects.values_list("pk", "state"))
    assert states == {timed.pk: "graded", running.pk: "open", endless.pk: "open"}


def test_sweep_is_a_command(overdue, capsys):
    call_command("close_expired_attempts")

    overdue.refresh_from_db()
    assert (capsys.readouterr().out.strip(), overdue.state) == ("1 closed", "graded")


# --- Extra time ----------------------------------------------------------------------------------------------------


def test_extra_time_reaches_a_running_attempt(timed, learner, now):
    Accommodation.objects.create(learner=learner, extra_time_percent=50)

    save(timed, after(now, minutes=44))

    assert services.deadline_of(timed) == after(now, minutes=45)
    assert services.close_expired_attempts(now=after(now, minutes=40)) == 0
    assert services.close_expired_attempts(now=after(now, minutes=46)) == 1


def test_no_limit_reaches_a_running_attempt(timed, learner, now):
    Accommodation.objects.create(learner=learner, is_untimed=True)

    save(timed, after(now, days=3))

    assert services.deadline_of(timed) is None
    assert services.close_expired_attempts(now=after(now, days=9)) == 0


def test_extra_time_beyond_bounds_is_refused(learner):
    provoke(
        "accommodation_extra_time_within_bounds",
        lambda: Accommodation.objects.create(learner=learner, extra_time_percent=901),
    )


def test_extra_time_twice_for_a_person_is_refused(learner):
    Accommodation.objects.create(learner=learner)

    with pytest.raises(IntegrityError), transaction.atomic():
        Accommodation.objects.create(learner=learner)


# --- Windows -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"),
    [(1, None, "This quiz opens on"), (None, 0, "This quiz closed on"), (-2, -1, "This quiz closed on")],
)
def test_quiz_outside_its_window_is_not_started(learner, now, opens, closes, sentence):
    quiz = plain_quiz(
        1,
        opens_at=None if opens is None else now + opens * HOUR,
        closes_at=None if closes is None else now + closes * HOUR,
    )

    with pytest.raises(QuizNotOpen, match=sentence):
        services.start_attempt(learner, quiz, now=now)
    assert not Attempt.objects.exists()


def test_closing_ends_an_attempt_without_a_limit_and_not_one_with_a_limit(learner, now):
    closes_at = after(now, minutes=10)
    free = services.start_attempt(learner, plain_quiz(1, closes_at=closes_at), now=now)
    limited = services.start_attempt(learner, plain_quiz(1, closes_at=closes_at, time_limit_minutes=30), now=now)

    assert services.close_expired_attempts(now=after(now, minutes=11)) == 1
    free.refresh_from_db()
    assert (free.state, free.submitted_at) == ("graded", closes_at)
    save(limited, after(now, minutes=25), position=1)


def test_open_attempt_goes_on_though_the_window_closed(learner, now):
    quiz = plain_quiz(1, closes_at=after(now, minutes=10), time_limit_minutes=30)
    attempt = services.start_attempt(learner, quiz, now=now)

    assert services.start_attempt(learner, quiz, now=after(now, minutes=20)) == attempt


def test_next_try_waits(learner, now):
    quiz = plain_quiz(1, wait_minutes=60)
    services.submit_attempt(services.start_attempt(learner, quiz, now=now), now=now)

    with pytest.raises(QuizNotOpen, match="You can try again from"):
        services.start_attempt(learner, quiz, now=after(now, minutes=59))
    assert services.start_attempt(learner, quiz, now=after(now, minutes=60)).number == 2


def test_voided_try_makes_nobody_wait(learner, stranger, now):
    quiz = plain_quiz(1, wait_minutes=60)
    sent = services.submit_attempt(services.start_attempt(learner, quiz, now=now), now=now)
    services.void_attempt(sent, actor=stranger, reason="The power went out")

    assert services.start_attempt(learner, quiz, now=now).number == 2


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("quiz_gives_a_minute", {"time_limit_minutes": 0}),
        ("quiz_closes_after_it_opens", {"opens_at": timezone.now(), "closes_at": timezone.now() - HOUR}),
    ],
)
def test_quiz_with_an_impossible_time_is_refused(db, name, values):
    quiz = plain_quiz(1)

    provoke(name, lambda: Quiz.objects.filter(pk=quiz.pk).update(**values))


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_page_says_when_the_time_ends(signed_in, learner):
    attempt = services.start_attempt(learner, plain_quiz(1, time_limit_minutes=30))

    response = signed_in.get(url("attempt", attempt))

    assert "Your time ends on" in words(response)
    assert 1_700 < int(response.content.decode().split('data-seconds="')[1].split('"')[0]) <= 1_800


def test_page_of_an_attempt_without_end_shows_no_clock(signed_in, attempt):
    assert "data-clock" not in signed_in.get(url("attempt", attempt)).content.decode()


@pytest.mark.parametrize(("method", "name"), [("get", "attempt"), ("get", "submit"), ("post", "submit")])
def test_page_of_an_attempt_whose_time_is_over_sends_it(signed_in, overdue, method, name):
    response = getattr(signed_in, method)(url(name, overdue))

    overdue.refresh_from_db()
    assert (response.url, overdue.state) == (url("review", overdue), "graded")


def test_answer_to_an_attempt_whose_time_is_over_is_a_conflict_in_words(signed_in, overdue):
    page = post_answer(signed_in, overdue, 1, key_at(overdue, 1))
    script = post_answer(signed_in, overdue, 1, key_at(overdue, 1), headers=JSON)

    assert (page.status_code, script.status_code) == (409, 409)
    assert "The time is over." in words(page)
    assert not Response.objects.exists()


# --- The desk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, db):
    client.force_login(UserFactory(is_superuser=True))
    return client


def test_questions_are_pinned_and_follow_again(desk):
    item = ItemFactory()
    quiz = plain_quiz(1)
    quiz.quiz_items.update(item=item)
    url_of_pin = reverse("quizzes_admin:pin", args=[quiz.pk])
    page = reverse("quizzes_admin:inspect", args=[quiz.pk])

    desk.post(url_of_pin)
    first = item.current_version
    rewrite(item, stem=in_both("Other words"))
    desk.post(url_of_pin)

    assert quiz.quiz_items.get().pinned_version == first
    assert "One question is kept as it read when it was pinned." in desk.get(page).content.decode()
    desk.post(url_of_pin, {"follow": "1"})
    assert quiz.quiz_items.get().pinned_version is None


def test_who_may_not_change_quizzes_pins_nothing(client, stranger, db):
    quiz = plain_quiz(1)
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)

    client.post(reverse("quizzes_admin:pin", args=[quiz.pk]))

    assert quiz.quiz_items.get().pinned_version is None


def test_extra_time_is_granted_in_the_desk(desk, learner):
    desk.post(
        reverse("accommodations:add"),
        {"learner": learner.pk, "extra_time_percent": "50", "breaks_minutes": "10", "reason": "reads by touch"},
    )

    granted = Accommodation.objects.get()
    assert (granted.learner, granted.extra_time_percent, granted.is_untimed) == (learner, 50, False)
    assert granted.breaks_minutes == 10
    assert desk.get(reverse("accommodations:index")).status_code == 200


@pytest.mark.parametrize("name", ["index", "add"])
def test_extra_time_is_no_business_of_a_stranger(client, stranger, name):
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)

    assert client.get(reverse(f"accommodations:{name}")).status_code == 302


def test_last_try_that_ran_out_is_sent_when_no_other_may_be_started(learner, now):
    quiz = plain_quiz(1, time_limit_minutes=10, attempt_limit=1)
    attempt = services.start_attempt(learner, quiz, now=now)

    with pytest.raises(AttemptLimitReached):
        services.start_attempt(learner, quiz, now=now + timedelta(minutes=11))

    attempt.refresh_from_db()
    assert (attempt.state, attempt.submitted_at) == ("graded", now + timedelta(minutes=10))


# --- Told afterwards -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "is_told"), [(29, False), (30, True), (31, True)])
def test_result_says_that_the_time_ended(signed_in, timed, now, minutes, is_told):
    services.submit_attempt(timed, now=after(now, minutes=minutes))

    page = words(signed_in.get(url("review", timed)))

    assert services.ran_out(Attempt.objects.get()) is is_told
    assert ("Your time ended. What you had answered by then was sent." in page) is is_told


def test_result_says_that_the_window_closed(learner, now):
    attempt = services.start_attempt(learner, plain_quiz(1, closes_at=after(now, minutes=10)), now=now)

    sent = services.submit_attempt(attempt, now=after(now, minutes=11))

    assert services.ran_out(sent)


def test_attempt_without_an_end_never_ran_out_and_asks_nothing(attempt, now, django_assert_num_queries):
    services.submit_attempt(attempt, now=after(now, minutes=500))
    sent = Attempt.objects.select_related("quiz").get()

    with django_assert_num_queries(0):
        assert not services.ran_out(sent)


def test_attempt_that_runs_or_was_voided_did_not_run_out(timed, stranger, now):
    assert not services.ran_out(timed)

    services.void_attempt(timed, actor=stranger, reason="x", now=after(now, minutes=40))

    assert not services.ran_out(Attempt.objects.get())
