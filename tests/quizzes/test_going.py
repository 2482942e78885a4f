"""Forward only, promises, breaks, what is said at the start and told at the end, and which try counts."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from quizzes import reports, services
from quizzes.errors import AnswersMissing, BreakRefused, CheckRefused, PromiseMissing, QuestionClosed
from quizzes.models import Accommodation, Attempt, HonestyStatement, Quiz, QuizSection, Response
from tests.factories.people import UserFactory
from tests.factories.quizzes import in_both, keys, plain_quiz
from tests.quizzes.test_views import JSON, answer_all, url, words


def key_at(attempt, position, text="right"):
    return keys(attempt.attempt_items.select_related("version__item").get(position=position).version.item, text)


def save(attempt, position, text="right", **more):
    return services.save_response(attempt, position, key_at(attempt, position, text), **{"revision": 1} | more)


# --- Forward only --------------------------------------------------------------------------------------------------


@pytest.fixture
def forward(learner):
    return services.start_attempt(learner, plain_quiz(3, navigation="sequential"))


def post(client, attempt, position, go, text="right", **extra):
    data = {"position": position, "revision": 1, "choice": key_at(attempt, position, text), "go": go}
    return client.post(url("save", attempt), data, **extra)


def test_going_on_leaves_a_question_for_good(forward):
    save(forward, 1)

    assert [services.go_on(forward, 1), services.go_on(forward, 1)] == [2, 2]
    for position in (1, 3):
        with pytest.raises(QuestionClosed, match="goes forward only"):
            save(forward, position, "wrong", revision=2)
    assert save(forward, 2).revision == 1
    assert Response.objects.count() == 2


def test_answer_that_was_kept_may_come_again_after_going_on(forward):
    save(forward, 1)
    services.go_on(forward, 1)

    again = save(forward, 1, "wrong")  # the same place in the order: what stands is said

    assert again.value == key_at(forward, 1)


def test_free_quiz_is_never_left(attempt):
    assert services.go_on(attempt, 1) == 1
    assert save(attempt, 4).revision == 1


def test_question_that_was_left_is_not_checked(learner):
    attempt = services.start_attempt(learner, plain_quiz(2, navigation="sequential", behaviour="adaptive"))
    save(attempt, 1, "wrong")
    services.go_on(attempt, 1)

    with pytest.raises(CheckRefused, match="goes forward only"):
        services.check_response(attempt, 1)


def test_page_shows_only_the_question_that_was_reached(signed_in, forward):
    for q in ("1", "2", "3", ""):
        html = signed_in.get(url("attempt", forward), {"q": q}).content.decode()
        assert re.findall(r'data-question="(\d)"', html) == ["1"]
        assert "<template" not in html

    response = post(signed_in, forward, 1, "2")

    assert response.url == url("attempt", forward) + "?q=2"
    html = signed_in.get(url("attempt", forward), {"q": 1}).content.decode()
    assert re.findall(r'data-question="(\d)"', html) == ["2"]
    assert "Go back" not in html
    assert "You cannot come back to this question once you go on." in html


def test_script_gets_the_next_question_with_its_answer(signed_in, forward):
    brought = [
        post(signed_in, forward, position, go, headers=JSON).json()
        for position, go in ((1, "2"), (2, "3"), (3, "check"))
    ]

    assert [one["screen"] for one in brought] == ["2", "3", "check"]
    assert 'data-question="2"' in brought[0]["html"]
    assert "Send my answers" in brought[2]["html"]
    assert f"?q={1}" not in brought[2]["html"]
    forward.refresh_from_db()
    assert forward.reached == 4


def test_script_that_says_it_twice_is_where_it_is(signed_in, forward):
    first, again = (post(signed_in, forward, 1, "2", headers=JSON).json() for _time in range(2))

    assert (first["screen"], again["screen"]) == ("2", "2")
    forward.refresh_from_db()
    assert forward.reached == 2


def test_answer_to_a_question_that_was_left_is_refused_in_words(signed_in, forward):
    post(signed_in, forward, 1, "2")
    data = {"position": 1, "revision": 2, "choice": key_at(forward, 1, "wrong"), "go": "2"}

    response = signed_in.post(url("save", forward), data, headers=JSON)

    assert response.status_code == 400
    assert "goes forward only" in response.json()["error"]
    assert Response.objects.get().value == key_at(forward, 1)


def test_last_look_shows_no_question_again(signed_in, forward):
    html = signed_in.get(url("submit", forward)).content.decode()

    assert "?q=" not in html
    assert "Question item-" not in html
    assert "Back to the question" in html


def test_finished_question_is_left_by_its_own_button(signed_in, learner):
    attempt = services.start_attempt(learner, plain_quiz(2, navigation="sequential", behaviour="immediate"))
    post(signed_in, attempt, 1, "try")

    page = signed_in.post(url("onward", attempt), {"position": 1, "go": "2"})
    script = signed_in.post(url("onward", attempt), {"position": 1, "go": "2"}, headers=JSON).json()

    assert page.url == url("attempt", attempt) + "?q=2"
    assert script["screen"] == "2"
    attempt.refresh_from_db()
    assert attempt.reached == 2


# --- Promises ------------------------------------------------------------------------------------------------------


@pytest.fixture
def promising(learner):
    quiz = plain_quiz(1, honesty_statement=in_both("I did this myself."))
    return services.start_attempt(learner, quiz)


def test_sending_without_the_promise_is_refused_and_keeps_the_answers(promising, now):
    for promised in ("", "0" * 64):
        with pytest.raises(PromiseMissing, match="read the promise and tick it"):
            services.send_attempt(promising, promised=promised, now=now)
    promising.refresh_from_db()
    assert (promising.state, promising.honesty, HonestyStatement.objects.count()) == ("open", None, 0)


def test_promise_is_kept_with_its_words_and_its_moment(promising, now):
    promised = services.promise_hash(promising.quiz)

    sent = services.send_attempt(promising, promised=promised, now=now)
    again = services.send_attempt(promising, now=now + timedelta(hours=1))

    assert (sent.state, sent.honesty.content_hash, sent.honesty_at) == ("graded", promised, now)
    assert sent.honesty.text == in_both("I did this myself.")
    assert (again.honesty_at, HonestyStatement.objects.count()) == (now, 1)


def test_promise_in_words_of_before_is_none(promising):
    promised = services.promise_hash(promising.quiz)
    Quiz.objects.update(honesty_statement=in_both("I did this alone and without notes."))

    with pytest.raises(PromiseMissing):
        services.send_attempt(promising, promised=promised)


def test_attempt_whose_time_is_over_is_sent_without_a_promise(learner, now):
    quiz = plain_quiz(1, honesty_statement=in_both("I did this myself."), time_limit_minutes=10)
    attempt = services.start_attempt(learner, quiz, now=now)

    sent = services.send_attempt(attempt, now=now + timedelta(minutes=10))

    assert (sent.state, sent.honesty_at) == ("graded", None)


def test_quiz_without_a_promise_asks_for_none(attempt):
    assert services.promise_hash(attempt.quiz) == ""
    assert services.send_attempt(attempt).state == "graded"


def test_promise_is_ticked_on_the_last_look(signed_in, promising):
    html = signed_in.get(url("submit", promising)).content.decode()
    promised = re.search(r'name="promise" value="(\w{64})" required', html)[1]
    assert "I did this myself." in words(signed_in.get(url("submit", promising)))

    without = signed_in.post(url("submit", promising), {"unanswered": "1"}, follow=True)
    assert "Please read the promise and tick it." in without.content.decode()
    signed_in.post(url("submit", promising), {"unanswered": "1", "promise": promised})

    promising.refresh_from_db()
    assert (promising.state, promising.honesty.content_hash) == ("graded", promised)


# --- Answers that are missing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [0, 1])
def test_sending_with_more_missing_than_she_knew_is_refused_and_changes_nothing(attempt, promising, known):
    for run in (attempt, promising):
        missing = run.attempt_items.count()
        promised = services.promise_hash(run.quiz)
        with pytest.raises(AnswersMissing, match="look once more"):
            services.send_attempt(run, promised=promised, known_missing=min(known, missing - 1))
        run.refresh_from_db()
        assert (run.state, run.honesty_at) == ("open", None)
    assert HonestyStatement.objects.count() == 0


def test_answer_taken_back_on_another_device_is_missing(attempt):
    for position in range(1, 6):
        save(attempt, position)
    services.save_response(attempt, 2, [], revision=2)

    with pytest.raises(AnswersMissing):
        services.send_attempt(attempt, known_missing=0)

    assert services.send_attempt(attempt, known_missing=1).marks == 400


def test_what_is_missing_does_not_hold_up_what_the_clock_sends(learner, now):
    attempt = services.start_attempt(learner, plain_quiz(1, time_limit_minutes=10), now=now)

    sent = services.send_attempt(attempt, known_missing=0, now=now + timedelta(minutes=10))

    assert sent.state == "graded"


def test_sending_names_the_attempt_of_the_learner_alone(attempt, stranger):
    with pytest.raises(Attempt.DoesNotExist):
        services.send_attempt(services.OwnAttempt(attempt.public_id, stranger.pk))

    assert services.send_attempt(services.OwnAttempt(attempt.public_id, attempt.learner_id)).state == "graded"


# --- Breaks --------------------------------------------------------------------------------------------------------


@pytest.fixture
def timed(learner, now):
    Accommodation.objects.create(learner=learner, breaks_minutes=5)
    return services.start_attempt(learner, plain_quiz(2, time_limit_minutes=10), now=now)


def at(now, minutes):
    return now + timedelta(minutes=minutes)


def test_clock_stands_still_during_a_break(timed, now):
    services.start_break(timed, now=at(now, 2))
    timed.refresh_from_db()
    assert services.deadline_of(timed, now=at(now, 5)) == at(now, 13)

    services.end_break(timed, now=at(now, 5))
    timed.refresh_from_db()

    assert (timed.break_seconds, timed.break_started_at) == (180, None)
    assert services.deadline_of(timed, now=at(now, 9)) == at(now, 13)
    assert services.break_seconds_left(timed, now=at(now, 9)) == 120


def test_sum_of_the_breaks_is_bounded(timed, now):
    services.start_break(timed, now=now)
    timed.refresh_from_db()

    assert services.deadline_of(timed, now=at(now, 60)) == at(now, 15)
    assert services.close_if_over(timed, now=at(now, 14)).is_open
    assert services.close_if_over(timed, now=at(now, 16)).state == "graded"


def test_break_twice_is_once(timed, now):
    services.start_break(timed, now=now)
    again = services.start_break(timed, now=at(now, 1))
    assert again.break_started_at == now

    for _time in range(2):
        services.end_break(again, now=at(now, 2))
    stale = Attempt.objects.get(pk=timed.pk)
    stale.break_started_at = now
    services.end_break(stale, now=at(now, 4))  # another device that has not heard of the end

    timed.refresh_from_db()
    assert timed.break_seconds == 120


def test_who_answers_goes_on(timed, now):
    services.start_break(timed, now=at(now, 1))

    save(timed, 1, now=at(now, 3))

    timed.refresh_from_db()
    assert (timed.break_seconds, timed.break_started_at) == (120, None)


def test_breaks_that_are_used_up_give_no_more(timed, now):
    services.start_break(timed, now=now)
    timed.refresh_from_db()
    services.end_break(timed, now=at(now, 6))

    timed.refresh_from_db()
    assert timed.break_seconds == 300
    with pytest.raises(BreakRefused, match="no break left"):
        services.start_break(timed, now=at(now, 7))


def test_break_that_is_granted_now_holds_for_an_attempt_that_runs(learner, now):
    attempt = services.start_attempt(learner, plain_quiz(1, time_limit_minutes=10), now=now)
    with pytest.raises(BreakRefused):
        services.start_break(attempt, now=now)

    Accommodation.objects.create(learner=learner, breaks_minutes=5, extra_time_percent=50)

    assert services.start_break(attempt, now=now).break_started_at == now
    attempt.refresh_from_db()
    assert services.deadline_of(attempt, now=at(now, 3)) == at(now, 18)


@pytest.mark.parametrize("fields", [{}, {"closes_at": timezone.now() + timedelta(days=3)}])
def test_there_is_no_break_without_a_time_limit(learner, fields):
    Accommodation.objects.create(learner=learner, breaks_minutes=5)

    with pytest.raises(BreakRefused):
        services.start_break(services.start_attempt(learner, plain_quiz(1, **fields)))


def test_answer_from_before_the_end_of_a_break_comes_in_time(timed, now):
    """What was kept on a phone during the break is taken while the time runs, with the break on top."""
    services.start_break(timed, now=at(now, 9))

    kept = save(timed, 1, now=at(now, 14))

    assert kept.revision == 1
    assert services.close_if_over(timed, now=at(now, 14)).is_open


def test_break_screen_shows_no_question(signed_in, learner):
    Accommodation.objects.create(learner=learner, breaks_minutes=5)
    attempt = services.start_attempt(learner, plain_quiz(2, time_limit_minutes=10))
    assert "Take a break The clock may stand still for 5 minutes more." in words(signed_in.get(url("attempt", attempt)))

    during = signed_in.post(url("break", attempt), {"start": "1"}, follow=True)
    assert "You are on a break The clock stands still until" in words(during)
    assert "data-question" not in during.content.decode()
    after = signed_in.post(url("break", attempt), {"end": "1"}, follow=True)

    assert "Question 1 of 2" in words(after)


def test_learner_without_breaks_is_offered_none(signed_in, learner):
    attempt = services.start_attempt(learner, plain_quiz(2, time_limit_minutes=10))

    assert "Take a break" not in words(signed_in.get(url("attempt", attempt)))
    response = signed_in.post(url("break", attempt), {"start": "1"}, follow=True)
    assert "There is no break left in this try." in response.content.decode()


@pytest.mark.parametrize("name", ["onward", "break"])
def test_strangers_find_nothing(client, stranger, attempt, name):
    client.force_login(stranger)

    assert client.post(url(name, attempt), {"position": "1", "go": "2", "start": "1"}).status_code == 404
    attempt.refresh_from_db()
    assert (attempt.reached, attempt.break_started_at) == (1, None)


# --- Before the first question --------------------------------------------------------------------------------------


def lines(quiz, learner):
    opening = services.opening_of(quiz, learner, language="en")
    return list(opening.lines) if opening else []


def test_plain_quiz_says_nothing_before_it(learner, quiz):
    assert services.opening_of(quiz, learner, language="en") is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"attempt_limit": 1}, ["You have one try."]),
        ({"attempt_limit": 3}, ["You have 3 tries left."]),
        ({"attempt_limit": 3, "counting": "latest"}, ["You have 3 tries left.", "The latest try counts."]),
        ({"counting": "first"}, ["Your first try counts. Later ones are for practice."]),
        (
            {"time_limit_minutes": 20},
            ["You have 20 minutes from the start. What you have answered by then is sent by itself."],
        ),
        (
            {"navigation": "sequential"},
            ["The questions come one after another. You cannot go back, and you need a connection to go on."],
        ),
        ({"behaviour": "immediate"}, ["You can check each answer once, and see at once how it went."]),
    ],
)
def test_opening_says_what_should_be_known(learner, fields, said):
    assert lines(plain_quiz(1, **fields), learner) == said


@pytest.mark.parametrize(
    ("granted", "said"),
    [
        ({"extra_time_percent": 50}, ["You have 30 minutes from the start."]),
        ({"is_untimed": True}, ["There is no time limit for you."]),
        (
            {"breaks_minutes": 5},
            ["You have 20 minutes from the start.", "You may stop the clock for breaks: 5 minutes"],
        ),
    ],
)
def test_opening_says_what_the_learner_is_granted(learner, granted, said):
    Accommodation.objects.create(learner=learner, **granted)

    heard = lines(plain_quiz(1, time_limit_minutes=20), learner)

    assert [line.startswith(start) for line, start in zip(heard, said, strict=True)] == [True] * len(said)


def test_opening_names_sections_and_statements(learner):
    quiz = plain_quiz(1, aids_statement=in_both("Notes allowed."), honesty_statement=in_both("Done alone."))
    quiz.sections.update(title=in_both("Listening"), pass_mark_percent=60)
    QuizSection.objects.create(quiz=quiz, title=in_both("Privacy"), sort_order=1)

    opening = services.opening_of(quiz, learner, language="es")

    assert [(str(part.title), part.percent) for part in opening.sections] == [
        ("Listening (es)", 60),
        ("Privacy (es)", None),
    ]
    assert (str(opening.aids), str(opening.honesty)) == ("Notes allowed. (es)", "Done alone. (es)")


def test_opening_is_not_said_again_to_who_goes_on_or_has_no_try_left(learner):
    quiz = plain_quiz(1, attempt_limit=1)
    attempt = services.start_attempt(learner, quiz)
    assert services.opening_of(quiz, learner, language="en") is None
    services.submit_attempt(attempt)

    assert services.opening_of(quiz, learner, language="en") is None


# --- What is told when ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "rights", "has_marks", "has_feedback"),
    [
        ({}, 2, True, True),
        ({"tell_marks": "after_pass"}, 2, False, True),
        ({"tell_marks": "after_pass"}, 5, True, True),
        ({"tell_marks": "never"}, 5, False, True),
        ({"tell_marks": "after_try", "tell_feedback": "after_try"}, 2, True, True),
        ({"tell_feedback": "after_pass"}, 2, True, False),
        ({"tell_feedback": "never"}, 5, True, False),
    ],
)
def test_review_tells_marks_and_feedback_when_the_quiz_says(
    signed_in, attempt, fields, rights, has_marks, has_feedback
):
    Quiz.objects.update(tell_key="never", **fields)
    answer_all(attempt, rights)
    services.submit_attempt(attempt)

    text = words(signed_in.get(url("review", attempt)))

    assert (f"You got {rights} of 5." in text) is has_marks
    assert ("Not right" in text or "Right Your answer" in text) is has_marks
    assert ("Look-again" in text) is has_feedback
    assert ("You passed." in text) is (rights == 5)


def test_review_says_which_part_was_short(signed_in, learner):
    quiz = plain_quiz(2, pass_mark_percent=50)
    quiz.sections.update(title=in_both("Listening"), pass_mark_percent=100)
    attempt = services.start_attempt(learner, quiz)
    answer_all(attempt, 1)
    services.submit_attempt(attempt)

    text = words(signed_in.get(url("review", attempt)))

    assert "You also need 2 of 2 in “Listening”." in text
    assert "Part by part Listening : 1 of 2, 2 needed" in text


# --- Which try counts ----------------------------------------------------------------------------------------------


def take(learner, quiz, rights):
    attempt = services.start_attempt(learner, quiz)
    answer_all(attempt, rights)
    return services.submit_attempt(attempt)


@pytest.mark.parametrize(("counting", "number"), [("highest", 2), ("latest", 3), ("first", 1)])
def test_counting_try_of_each_learner(learner, stranger, counting, number):
    quiz = plain_quiz(2, counting=counting)
    tries = [take(learner, quiz, rights) for rights in (0, 2, 1)]
    other = take(stranger, quiz, 0)
    services.start_attempt(learner, quiz)

    assert services.counting_of(quiz, [learner.pk, stranger.pk]) == {
        learner.pk: tries[number - 1].pk,
        stranger.pk: other.pk,
    }


def test_voided_try_counts_for_nothing(learner, stranger):
    quiz = plain_quiz(2, counting="first")
    first, second = take(learner, quiz, 2), take(learner, quiz, 2)
    assert [services.earns(first), services.earns(second)] == [True, False]

    services.void_attempt(first, actor=stranger, reason="Wrong person")

    assert services.earns(second)
    assert services.counting_of(quiz, [learner.pk]) == {learner.pk: second.pk}


@pytest.mark.parametrize("counting", ["highest", "latest"])
def test_every_pass_earns_where_the_best_or_the_latest_counts(learner, counting):
    quiz = plain_quiz(1, counting=counting)

    assert [services.earns(take(learner, quiz, rights)) for rights in (0, 1, 0, 1)] == [True] * 4


# --- The record ----------------------------------------------------------------------------------------------------


def test_record_tells_earlier_answers(learner, quiz):
    attempt = services.start_attempt(learner, quiz)
    save(attempt, 1, "worse", revision=1)
    save(attempt, 1, "wrong", revision=2)
    save(attempt, 1, "right", revision=3)
    services.submit_attempt(attempt)

    first, second, *_rest = reports.record_of(attempt, language="en")

    assert [[str(line.given) for line in one.words] for one in first.earlier] == [["worse"], ["wrong"]]
    assert second.earlier == ()


def test_record_page_shows_earlier_answers(client, attempt):
    save(attempt, 1, "worse", revision=1)
    save(attempt, 1, "right", revision=2)
    services.submit_attempt(attempt)
    client.force_login(UserFactory(email="op@example.org", is_superuser=True))

    text = words(client.get(reverse("attempts:inspect", args=[attempt.pk])))

    assert "One earlier answer" in text
    assert ": worse" in text
