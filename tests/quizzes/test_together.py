"""Answers that come together, and a quiz whose questions stand on one page."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from quizzes import services
from quizzes.errors import AttemptClosed, InvalidResponse, QuestionClosed
from quizzes.models import Accommodation, Attempt, Quiz, Response
from quizzes.services import OwnAttempt, Sending, SentAnswer
from tests.factories.quizzes import ItemFactory, QuizFactory, keys, plain_quiz
from tests.quizzes.test_views import JSON, answer_all, item_at, key_at, url, words

pytestmark = pytest.mark.django_db


def sent(attempt, position, text="right", *, revision=1, operation=None, **fields):
    fields = fields or {"choice": [key_at(attempt, position, text)]}
    return SentAnswer(position, fields, Sending(revision, None, operation))


def kept(attempt):
    return dict(Response.objects.filter(attempt_item__attempt=attempt).values_list("attempt_item__position", "value"))


# --- The service ---------------------------------------------------------------------------------------------------


def test_answers_are_kept_together_at_the_cost_of_one_each(attempt, django_assert_num_queries):
    answers = [sent(attempt, position) for position in (1, 2, 3)]

    with django_assert_num_queries(6):  # the questions; savepoint, three answers, release
        results = services.save_together(OwnAttempt(attempt.public_id, attempt.learner_id), answers)

    assert [result.value for result in results] == [answer.fields["choice"] for answer in answers]
    assert kept(attempt) == {1: results[0].value, 2: results[1].value, 3: results[2].value}


def test_answers_sent_twice_are_kept_once(attempt):
    answers = [sent(attempt, position, operation=uuid.uuid4()) for position in (1, 2)]

    first = services.save_together(attempt, answers)
    second = services.save_together(attempt, answers)

    assert [one.value for one in second] == [one.value for one in first]
    assert set(Response.objects.values_list("revision", flat=True)) == {1}


def test_newer_answer_stands_against_an_older_one_that_comes_with_others(attempt):
    newer = services.save_response(attempt, 1, [key_at(attempt, 1)], revision=5)

    results = services.save_together(attempt, [sent(attempt, 1, "wrong", revision=4), sent(attempt, 2)])

    assert (results[0].value, results[0].revision) == (newer.value, 5)
    assert results[1].value == [key_at(attempt, 2)]


@pytest.mark.parametrize(
    ("position", "fields"),
    [(1, {"choice": ["nothing"]}), (1, {"choice": ["a"] * 60}), (99, {"choice": ["a"]}), (0, {"choice": ["a"]})],
)
def test_one_that_is_refused_keeps_no_other_from_being_kept(attempt, position, fields):
    bad = SentAnswer(position, fields, Sending(1, None, None))

    results = services.save_together(attempt, [bad, sent(attempt, 2)])

    assert isinstance(results[0], InvalidResponse)
    assert kept(attempt) == {2: [key_at(attempt, 2)]}


def test_nothing_is_kept_after_the_attempt_was_sent(attempt):
    services.submit_attempt(attempt)

    with pytest.raises(AttemptClosed):
        services.save_together(attempt, [sent(attempt, 1), sent(attempt, 2)])

    assert kept(attempt) == {}


def test_answers_after_the_end_are_refused_and_the_attempt_is_sent(learner, now):
    attempt = services.start_attempt(learner, plain_quiz(2, time_limit_minutes=10), now=now)
    services.save_response(attempt, 1, [key_at(attempt, 1)], revision=1, now=now)

    with pytest.raises(AttemptClosed):
        services.save_together(attempt, [sent(attempt, 2)], now=now + timedelta(minutes=30))

    attempt.refresh_from_db()
    assert (attempt.state, attempt.marks, kept(attempt)) == ("graded", 100, {1: [key_at(attempt, 1)]})


def test_answers_that_come_together_end_a_break(learner, now):
    Accommodation.objects.create(learner=learner, breaks_minutes=20)
    attempt = services.start_attempt(learner, plain_quiz(2, time_limit_minutes=10), now=now)
    services.start_break(attempt, now=now + timedelta(minutes=1))

    services.save_together(attempt, [sent(attempt, 1), sent(attempt, 2)], now=now + timedelta(minutes=4))

    attempt.refresh_from_db()
    assert (attempt.break_started_at, attempt.break_seconds, len(kept(attempt))) == (None, 180, 2)


def test_what_goes_forward_only_is_decided_one_by_one(learner):
    attempt = services.start_attempt(learner, plain_quiz(3, navigation="sequential"))

    results = services.save_together(attempt, [sent(attempt, 2), sent(attempt, 1)])

    assert isinstance(results[0], QuestionClosed)
    assert kept(attempt) == {1: [key_at(attempt, 1)]}


def test_somebody_elses_attempt_is_none(attempt, stranger):
    with pytest.raises(Attempt.DoesNotExist):
        services.save_together(OwnAttempt(attempt.public_id, stranger.pk), [sent(attempt, 1)])

    assert kept(attempt) == {}


# --- The request ---------------------------------------------------------------------------------------------------


def as_sent(*answers):
    return {"answers": json.dumps(answers)}


def entry(attempt, position, text="right", **more):
    fields = [["choice", key_at(attempt, position, text)]]
    return {"position": position, "revision": 1, "operation": uuid.uuid4().hex, "fields": fields} | more


def test_script_is_told_of_each_answer(signed_in, attempt):
    bad = entry(attempt, 2) | {"fields": [["choice", "nothing"]]}

    reply = signed_in.post(url("save_together", attempt), as_sent(entry(attempt, 1), bad), headers=JSON)

    told = reply.json()["answers"]
    assert (told[0]["is_kept"], told[0]["revision"], told[0]["fields"]) == (True, 1, [["choice", key_at(attempt, 1)]])
    assert set(told[1]) == {"position", "error"}
    assert kept(attempt) == {1: [key_at(attempt, 1)]}


def test_script_is_told_what_stands_instead(signed_in, attempt):
    services.save_response(attempt, 1, [key_at(attempt, 1)], revision=7)

    reply = signed_in.post(url("save_together", attempt), as_sent(entry(attempt, 1, "wrong")), headers=JSON)

    (told,) = reply.json()["answers"]
    assert (told["is_kept"], told["revision"], told["fields"]) == (False, 7, [["choice", key_at(attempt, 1)]])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{}",
        "[]",
        "[1]",
        "[[]]",
        "[" * 5000,
        "[" * 100_000,
        '[{"position": 1, "revision": 1}]',
        '[{"position": 1, "revision": 1, "fields": {}}]',
        '[{"position": 1, "revision": 1, "fields": [["choice"]]}]',
        '[{"position": 1, "revision": 1, "fields": [["choice", 1]]}]',
        '[{"position": "x", "revision": 1, "fields": []}]',
        '[{"position": 1, "revision": [], "fields": []}]',
        '[{"position": 1, "revision": 1, "operation": "x", "fields": []}]',
        '[{"position": 1, "revision": 1, "fields": [["certainty", "x"]]}]',
        "[" + ",".join(['{"position": 1, "revision": 1, "fields": []}'] * 501) + "]",
    ],
    ids=lambda text: text[:60],
)
def test_what_is_no_answer_is_refused_in_words(signed_in, attempt, text):
    response = signed_in.post(url("save_together", attempt), {"answers": text}, headers=JSON)

    assert response.status_code == 400
    assert response.json()["error"] == "This answer came without its question. Please load the page again."
    assert kept(attempt) == {}


@pytest.mark.parametrize("revision", [0, -1, 2**31, 2**63, 10**400])
def test_revision_out_of_bounds_is_refused_in_words(signed_in, attempt, revision):
    reply = signed_in.post(url("save_together", attempt), as_sent(entry(attempt, 1, revision=revision)), headers=JSON)

    assert reply.status_code in (200, 400)
    assert "Please load the page again." in reply.content.decode()
    assert kept(attempt) == {}


def test_stranger_keeps_no_answers(client, stranger, attempt):
    client.force_login(stranger)

    response = client.post(url("save_together", attempt), as_sent(entry(attempt, 1)), headers=JSON)

    assert (response.status_code, kept(attempt)) == (404, {})


def test_answers_to_what_was_sent_are_a_conflict(signed_in, attempt):
    services.submit_attempt(attempt)

    response = signed_in.post(url("save_together", attempt), as_sent(entry(attempt, 1)), headers=JSON)

    assert (response.status_code, response.json()["is_closed"]) == (409, True)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_answers_that_come_together(signed_in, attempt, count, django_assert_num_queries):
    answers = as_sent(*(entry(attempt, position) for position in range(1, count + 1)))

    with django_assert_num_queries(5 + count):  # session, person, questions, savepoint, each answer, release
        signed_in.post(url("save_together", attempt), answers, headers=JSON)


# --- All on one page -----------------------------------------------------------------------------------------------


@pytest.fixture
def on_a_page(learner):
    return services.start_attempt(learner, plain_quiz(3, navigation="page"))


def test_page_shows_every_question_and_the_last_look(signed_in, on_a_page):
    html = signed_in.get(url("attempt", on_a_page)).content.decode()

    assert "<template" not in html
    assert re.findall(r'<form class="stack quiz-question"[^>]* id="question-(\d)"', html) == ["1", "2", "3"]
    assert html.count("<h1") == 1
    assert re.findall(r"<h2[^>]*>(Question \d of \d|Look over your answers)<", html) == [
        "Question 1 of 3",
        "Question 2 of 3",
        "Question 3 of 3",
        "Look over your answers",
    ]
    assert html.count('href="#question-') == 3


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_page_do_not_grow(client, learner, count, django_assert_num_queries):
    attempt = services.start_attempt(learner, plain_quiz(count, navigation="page"))
    client.force_login(learner)
    client.get(url("attempt", attempt))

    with django_assert_num_queries(5):  # session, person, roles, the attempt, its questions
        client.get(url("attempt", attempt))


def test_answer_without_a_script_comes_back_to_its_question(signed_in, on_a_page):
    data = {"position": 2, "revision": 1, "choice": key_at(on_a_page, 2), "go": "2"}

    response = signed_in.post(url("save", on_a_page), data)

    assert response.url == f"{url('attempt', on_a_page)}#question-2"
    page = signed_in.get(url("attempt", on_a_page))
    assert re.findall(r'value="(k[0-9-]+)" checked', page.content.decode()) == [key_at(on_a_page, 2)]


def test_page_is_sent_from_its_end(signed_in, on_a_page):
    answer_all(on_a_page, rights=3)

    response = signed_in.post(url("submit", on_a_page), {"unanswered": "0"})

    assert response.url == url("review", on_a_page)
    assert "You got 3 of 3." in words(signed_in.get(response.url))


def test_page_with_missing_answers_is_shown_again(signed_in, on_a_page):
    response = signed_in.post(url("submit", on_a_page), {"unanswered": "0"})

    page = signed_in.get(response.url)
    assert "Some answers are missing." in page.content.decode()
    assert "Question 3 of 3" in words(page)


@pytest.mark.parametrize("change", [{"behaviour": "immediate"}, {"navigation": "sequential"}])
def test_what_an_attempt_began_with_goes_before_one_page(signed_in, learner, change):
    quiz = plain_quiz(3, **change)
    attempt = services.start_attempt(learner, quiz)
    Quiz.objects.filter(pk=quiz.pk).update(navigation="page", behaviour="deferred")

    html = signed_in.get(url("attempt", attempt)).content.decode()

    assert re.findall(r"<h1[^>]*>([^<]+)<", html)[0] == "Question 1 of 3"


def test_page_in_spanish_says_so_before_it_starts(learner):
    quiz = plain_quiz(2, navigation="page")

    with override("es"):
        opening = services.opening_of(quiz, learner, language="es")

    assert "Todas las preguntas están en una página. Cada respuesta se guarda cuando usted la da." in opening.lines


def test_no_key_is_on_the_page(signed_in, learner):
    item = ItemFactory(choices=[("right", True, "CANARY-91 right"), ("wrong", False, "CANARY-91 wrong")])
    attempt = services.start_attempt(learner, QuizFactory(items=[item], navigation="page"))

    html = signed_in.get(url("attempt", attempt)).content.decode()
    reply = signed_in.post(url("save_together", attempt), as_sent(entry(attempt, 1)), headers=JSON).content.decode()

    assert "CANARY-91" not in html + reply
    assert keys(item_at(attempt, 1), "right")[0] in html
    with override("en"):
        sending = signed_in.post(reverse("quizzes:submit", args=[attempt.public_id]), {"unanswered": "0"}, headers=JSON)
    assert "CANARY-91 right" in sending.json()["html"]
