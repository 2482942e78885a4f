"""Take, send and look back: with and without a script, twice, too late, and by a stranger."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from quizzes import services
from quizzes.models import Attempt, Quiz, Response
from tests.factories.quizzes import ItemFactory, QuizFactory, in_both, keys, plain_quiz

JSON = {"accept": "application/json"}


def url(name, attempt, language="en"):
    with override(language):
        return reverse(f"quizzes:{name}", args=[attempt.public_id])


def item_at(attempt, position):
    return attempt.attempt_items.select_related("version__item").get(position=position).version.item


def key_at(attempt, position, text="right"):
    return keys(item_at(attempt, position), text)[0]


def post_answer(client, attempt, position, choice, *, revision=1, go="", **extra):
    data = {"position": position, "revision": revision, "choice": choice, "go": go}
    return client.post(url("save", attempt), data, **extra)


def answer_all(attempt, rights):
    for position in range(1, attempt.attempt_items.count() + 1):
        text = "right" if position <= rights else "wrong"
        services.save_response(attempt, position, [key_at(attempt, position, text)], revision=1)


def words(response):
    """The text of the main part, one space between words; what lies in a template is not on the screen."""
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    main = re.sub(r"<template.*?</template>", " ", main, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main.split(">", 1)[1])).strip()


# --- Questions -----------------------------------------------------------------------------------------------------


def test_attempt_begins_with_the_first_question(signed_in, attempt):
    response = signed_in.get(url("attempt", attempt))

    assert response.status_code == 200
    assert f"Question 1 of 5 Question {item_at(attempt, 1).code}? Choose one answer." in words(response)


def test_attempt_resumes_at_the_first_question_without_an_answer(signed_in, attempt):
    services.save_response(attempt, 1, [key_at(attempt, 1)], revision=1)

    assert "Question 2 of 5" in words(signed_in.get(url("attempt", attempt)))


def test_attempt_shows_the_question_asked_for_and_its_answer(signed_in, attempt):
    key = key_at(attempt, 3)
    services.save_response(attempt, 3, [key], revision=1)

    response = signed_in.get(url("attempt", attempt), {"q": 3})

    assert "Question 3 of 5" in words(response)
    assert re.findall(r'value="(k[0-9-]+)" checked', response.content.decode()) == [key]


@pytest.mark.parametrize("q", ["0", "6", "-1", "x", "²", "9" * 400])
def test_attempt_of_no_such_question_shows_the_current_one(signed_in, attempt, q):
    assert "Question 1 of 5" in words(signed_in.get(url("attempt", attempt), {"q": q}))


def test_attempt_with_every_answer_ends_at_the_last_look(signed_in, attempt):
    answer_all(attempt, rights=5)

    assert "Look over your answers" in words(signed_in.get(url("attempt", attempt)))


def test_attempt_offers_boxes_for_several_answers(signed_in, learner):
    item = ItemFactory(kind="multiple_choice", choices=[("a", True), ("b", True)])
    attempt = services.start_attempt(learner, QuizFactory(items=[item]))

    response = signed_in.get(url("attempt", attempt))

    assert response.content.decode().count('type="checkbox"') == 2
    assert "Choose every answer that is right." in words(response)


# --- Answers without a script --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "go", "target"),
    [(1, "2", "?q=2"), (3, "2", "?q=2"), (2, "", "?q=2"), (2, "x", "?q=2")],
)
def test_save_keeps_the_answer_and_goes_on(signed_in, attempt, position, go, target):
    key = key_at(attempt, position)

    response = post_answer(signed_in, attempt, position, key, go=go)

    assert (response.status_code, response.url) == (302, url("attempt", attempt) + target)
    assert [(kept.value, kept.revision) for kept in Response.objects.all()] == [([key], 1)]


def test_save_after_the_last_question_goes_to_the_last_look(signed_in, attempt):
    response = post_answer(signed_in, attempt, 5, key_at(attempt, 5), go="check")

    assert response.url == url("submit", attempt)


def test_save_and_read_in_another_language_keeps_the_answer(signed_in, attempt):
    key = key_at(attempt, 2)

    response = signed_in.post(
        url("save", attempt), {"position": 2, "revision": 1, "choice": key, "go": "es"}, follow=True
    )

    assert response.redirect_chain == [(url("attempt", attempt, "es") + "?q=2", 302)]
    assert f'value="{key}" checked' in response.content.decode()
    assert f"Question {item_at(attempt, 2).code}? (es)" in words(response)


def test_save_without_a_choice_takes_the_answer_back(signed_in, attempt):
    services.save_response(attempt, 1, [key_at(attempt, 1)], revision=1)

    post_answer(signed_in, attempt, 1, [], revision=2, go="2")

    assert Response.objects.get().value == []


def test_save_older_than_what_stands_says_so(signed_in, attempt):
    services.save_response(attempt, 1, [key_at(attempt, 1, "wrong")], revision=5)

    response = signed_in.post(
        url("save", attempt), {"position": 1, "revision": 2, "choice": key_at(attempt, 1), "go": "2"}, follow=True
    )

    assert response.redirect_chain == [(url("attempt", attempt) + "?q=1", 302)]
    assert "That answer was kept; you can change it." in response.content.decode()
    assert Response.objects.get().value == [key_at(attempt, 1, "wrong")]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "came without its question"),
        ({"position": "x", "revision": "1"}, "came without its question"),
        ({"position": "99", "revision": "1"}, "no question with that number"),
        ({"position": "1", "revision": "0"}, "came without its place"),
        ({"position": "1", "revision": "1", "choice": "nonsense"}, "not one of those offered"),
        ({"position": "1", "revision": "1", "choice": "\x00"}, "not one of those offered"),
        ({"position": "9" * 30, "revision": "1"}, "no question with that number"),
    ],
)
def test_save_of_nonsense_is_refused_in_words(signed_in, attempt, data, sentence):
    page, script = (signed_in.post(url("save", attempt), data, headers=headers) for headers in ({}, JSON))

    assert (page.status_code, script.status_code) == (400, 400)
    assert sentence in words(page)
    assert sentence in script.json()["error"]
    assert Response.objects.count() == 0


def test_save_to_a_closed_attempt_is_a_conflict_in_words(signed_in, attempt):
    services.submit_attempt(attempt)

    page = post_answer(signed_in, attempt, 1, key_at(attempt, 1))
    script = post_answer(signed_in, attempt, 1, key_at(attempt, 1), headers=JSON)

    sentence = "Your answers were already sent, so this one was not added. Nothing that you sent before was lost."
    assert (page.status_code, script.status_code) == (409, 409)
    assert sentence in words(page)
    assert script.json() == {"error": sentence, "is_closed": True, "review": url("review", attempt)}
    assert Response.objects.count() == 0


# --- Answers with a script -----------------------------------------------------------------------------------------


def test_save_acknowledges_what_stands(signed_in, attempt):
    key = key_at(attempt, 1)

    response = post_answer(signed_in, attempt, 1, key, revision=3, headers=JSON)

    assert response.json() == {"position": 1, "revision": 3, "is_kept": True, "fields": [["choice", key]]}


def test_save_twice_acknowledges_twice_and_keeps_once(signed_in, attempt):
    key = key_at(attempt, 1)

    answers = [post_answer(signed_in, attempt, 1, key, headers=JSON).json() for _ in range(2)]

    assert answers == [{"position": 1, "revision": 1, "is_kept": True, "fields": [["choice", key]]}] * 2
    assert Response.objects.count() == 1


def test_save_older_acknowledges_the_newer(signed_in, attempt):
    newer = key_at(attempt, 1, "wrong")
    services.save_response(attempt, 1, [newer], revision=9)

    response = post_answer(signed_in, attempt, 1, key_at(attempt, 1), revision=2, headers=JSON)

    assert response.json() == {"position": 1, "revision": 9, "is_kept": False, "fields": [["choice", newer]]}


def test_page_carries_every_question_so_that_a_script_asks_no_more(signed_in, attempt):
    html = signed_in.get(url("attempt", attempt)).content.decode()

    assert re.findall(r'<template data-screen="(\w+)"', html) == ["2", "3", "4", "5", "check"]
    assert sorted(re.findall(r'data-question="(\d)"', html)) == ["1", "2", "3", "4", "5"]


# --- Sending -------------------------------------------------------------------------------------------------------


def test_last_look_lists_what_has_no_answer(signed_in, attempt):
    services.save_response(attempt, 1, [key_at(attempt, 1)], revision=1)

    response = signed_in.get(url("submit", attempt))

    html = response.content.decode().split('data-screen="check"')[1].split("<template")[0]
    assert [match == "" for match in re.findall(r"data-not-answered( hidden)?>", html)] == [
        False,
        True,
        True,
        True,
        True,
    ]
    assert '<input type="hidden" name="unanswered" value="4">' in html
    assert attempt.is_open


@pytest.mark.parametrize("data", [{"unanswered": "0"}, {}, {"unanswered": "x"}])
def test_send_grades_and_leads_to_the_review(signed_in, attempt, data):
    answer_all(attempt, rights=4)

    response = signed_in.post(url("submit", attempt), data)

    assert (response.status_code, response.url) == (302, url("review", attempt))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.marks) == ("graded", 400)


def test_send_twice_is_once(signed_in, attempt):
    answer_all(attempt, rights=4)

    answers = [signed_in.post(url("submit", attempt), {"unanswered": "0"}).url for _ in range(2)]

    assert answers == [url("review", attempt)] * 2
    assert Attempt.objects.count() == 1


def test_send_with_what_was_shown_as_missing(signed_in, attempt):
    signed_in.post(url("submit", attempt), {"unanswered": "5"})

    attempt.refresh_from_db()
    assert (attempt.state, attempt.marks) == ("graded", 0)


@pytest.mark.parametrize("data", [{}, {"unanswered": "4"}, {"unanswered": "x"}])
def test_send_with_more_missing_than_was_shown_looks_again(signed_in, attempt, data):
    response = signed_in.post(url("submit", attempt), data)

    attempt.refresh_from_db()
    assert (response.url, attempt.state) == (url("submit", attempt), "open")


def test_send_of_a_voided_attempt_is_a_conflict_in_words(signed_in, attempt, stranger):
    services.void_attempt(attempt, actor=stranger, reason="Wrong person")

    response = signed_in.post(url("submit", attempt), {"unanswered": "5"})

    assert response.status_code == 409
    assert "This try no longer counts, so it takes no more answers." in words(response)


def test_send_by_a_script_brings_what_came_of_it(signed_in, attempt):
    answer_all(attempt, rights=4)

    replies = [signed_in.post(url("submit", attempt), {"unanswered": "0"}, headers=JSON).json() for _ in range(2)]

    page = signed_in.get(url("review", attempt)).content.decode()
    assert replies[0] == replies[1]
    assert (replies[0]["url"], replies[0]["title"]) == (url("review", attempt), "Your result")
    assert "You got 4 of 5." in replies[0]["html"]
    assert without_tokens(replies[0]["html"]) in without_tokens(page)


def without_tokens(html):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html).strip()


def test_send_by_a_script_in_spanish(signed_in, attempt):
    answer_all(attempt, rights=5)

    reply = signed_in.post(url("submit", attempt, "es"), {"unanswered": "0"}, headers=JSON).json()

    assert "Aprobó." in reply["html"]
    assert reply["url"] == url("review", attempt, "es")


def test_send_by_a_script_with_more_missing_than_was_shown_looks_again(signed_in, attempt):
    reply = signed_in.post(url("submit", attempt), {"unanswered": "4"}, headers=JSON).json()

    assert reply == {"url": url("submit", attempt)}
    assert "Some answers are missing." in words_of_messages(signed_in.get(reply["url"]))
    attempt.refresh_from_db()
    assert attempt.is_open


def words_of_messages(response):
    return response.content.decode().split('class="site-messages')[1].split("<main")[0]


def test_send_by_a_script_of_a_voided_attempt_is_a_conflict_in_words(signed_in, attempt, stranger):
    services.void_attempt(attempt, actor=stranger, reason="Wrong person")

    response = signed_in.post(url("submit", attempt), {"unanswered": "5"}, headers=JSON)

    assert (response.status_code, response.json()["is_closed"]) == (409, True)
    assert response.json()["error"].startswith("This try no longer counts")


def test_send_of_somebody_elses_attempt_is_not_found_for_a_script_either(client, stranger, attempt):
    client.force_login(stranger)

    response = client.post(url("submit", attempt), {"unanswered": "5"}, headers=JSON)

    attempt.refresh_from_db()
    assert (response.status_code, attempt.is_open) == (404, True)


def test_description_is_no_missing_answer(signed_in, learner):
    text = ItemFactory(kind="description", points=0)
    attempt = services.start_attempt(learner, QuizFactory(items=[text]))

    assert signed_in.post(url("submit", attempt), {"unanswered": "0"}).url == url("review", attempt)


# --- Review --------------------------------------------------------------------------------------------------------


def test_review_of_a_pass_tells_all(signed_in, attempt):
    answer_all(attempt, rights=4)
    services.submit_attempt(attempt)

    text = words(signed_in.get(url("review", attempt)))

    assert text.startswith(f"{attempt.quiz.title['en']} You got 4 of 5. You passed.")
    assert text.count("Your answer: right Feedback-of-right") == 4
    assert text.count("Your answer: wrong Feedback-of-wrong") == 1
    assert text.count("Right answer: right Feedback-of-right") == 1
    assert text.count("Feedback-of-worse") == 0


def test_review_before_a_pass_keeps_the_right_answers_back(signed_in, attempt):
    answer_all(attempt, rights=2)
    services.submit_attempt(attempt)

    text = words(signed_in.get(url("review", attempt)))

    assert "You got 2 of 5. You need 4 of 5 to pass. You can try again." in text
    assert "The right answers are shown once you pass, or after your last try." in text
    assert text.count("Not right Your answer: wrong Feedback-of-wrong") == 3
    assert text.count("Right answer:") == 0
    assert text.count("Feedback-of-right") == 2  # of the two that were taken


def test_review_says_how_many_tries_are_left(signed_in, learner):
    attempt = services.submit_attempt(services.start_attempt(learner, plain_quiz(2, attempt_limit=3)))

    assert "You can try again 2 more times." in words(signed_in.get(url("review", attempt)))


def test_review_after_the_last_try_tells_all_and_what_to_do(signed_in, learner):
    attempt = services.start_attempt(learner, plain_quiz(2, attempt_limit=1))
    answer_all(attempt, rights=1)
    services.submit_attempt(attempt)

    text = words(signed_in.get(url("review", attempt)))

    assert "You have used all your tries. Please talk with your trainer" in text
    assert text.count("Right answer: right Feedback-of-right") == 1


def test_review_after_a_later_pass_tells_all(signed_in, learner, quiz):
    failed = services.submit_attempt(services.start_attempt(learner, quiz))
    passed = services.start_attempt(learner, quiz)
    answer_all(passed, rights=5)
    services.submit_attempt(passed)

    assert words(signed_in.get(url("review", failed))).count("Right answer: right") == 5


@pytest.mark.parametrize(
    ("rule", "closes", "rights", "is_told"),
    [
        ("at_once", None, 0, True),
        ("never", None, 4, False),
        ("after_pass", None, 4, True),
        ("after_closing", 1, 4, False),
        ("after_closing", 0, 0, True),
    ],
)
def test_review_tells_the_right_answers_when_the_quiz_says(signed_in, attempt, rule, closes, rights, is_told):
    answer_all(attempt, rights)
    services.submit_attempt(attempt)
    closes_at = None if closes is None else timezone.now() + timedelta(hours=closes)
    Quiz.objects.update(tell_key=rule, closes_at=closes_at)

    text = words(signed_in.get(url("review", attempt)))

    assert ("Right answer: right" in text) is is_told
    assert ("after the quiz has closed" in text) is (rule == "after_closing" and not is_told)


def test_review_of_no_answer_says_so(signed_in, attempt):
    services.submit_attempt(attempt)

    assert words(signed_in.get(url("review", attempt))).count("No answer") == 5


def test_review_of_a_voided_attempt_says_why(signed_in, attempt, stranger):
    answer_all(attempt, rights=5)
    services.submit_attempt(attempt)
    services.void_attempt(attempt, actor=stranger, reason="Taken by somebody else")

    text = words(signed_in.get(url("review", attempt)))

    assert "This try no longer counts" in text
    assert "Taken by somebody else" in text
    assert "Right answer" not in text


@pytest.mark.parametrize(("name", "state", "target"), [("review", "open", "attempt"), ("attempt", "graded", "review")])
def test_pages_lead_to_where_the_attempt_is(signed_in, attempt, name, state, target):
    if state == "graded":
        services.submit_attempt(attempt)

    assert signed_in.get(url(name, attempt)).url == url(target, attempt)


# --- Languages -----------------------------------------------------------------------------------------------------


def test_question_without_the_readers_language_falls_back_and_says_so(signed_in, learner):
    item = ItemFactory(stem={"en": "Only English?"}, choices=[("a", True), ("b", False)])
    attempt = services.start_attempt(learner, QuizFactory(items=[item]))

    spanish, english = (signed_in.get(url("attempt", attempt, code)).content.decode() for code in ("es", "en"))

    assert '<legend class="lead quiz-stem" lang="en">Only English?</legend>' in spanish
    assert "<span>a (es)</span>" in spanish
    assert '<legend class="lead quiz-stem">Only English?</legend>' in english
    assert ("notice--info" in spanish, "notice--info" in english) == (True, False)


# --- Who ------------------------------------------------------------------------------------------------------------

PAGES = [
    ("get", "attempt"),
    ("post", "save"),
    ("post", "save_together"),
    ("get", "submit"),
    ("post", "submit"),
    ("get", "review"),
]


@pytest.mark.parametrize(("method", "name"), PAGES)
def test_stranger_finds_nothing(client, stranger, attempt, method, name):
    client.force_login(stranger)
    data = {"position": 1, "revision": 1, "choice": key_at(attempt, 1), "unanswered": 5}

    response = getattr(client, method)(url(name, attempt), data)

    attempt.refresh_from_db()
    assert (response.status_code, attempt.state, Response.objects.count()) == (404, "open", 0)


@pytest.mark.parametrize(("method", "name"), PAGES)
def test_unknown_attempt_is_not_found(signed_in, attempt, method, name):
    attempt.public_id = uuid.uuid4()

    assert getattr(signed_in, method)(url(name, attempt)).status_code == 404


@pytest.mark.parametrize(("method", "name"), PAGES)
def test_anonymous_is_asked_to_sign_in(client, attempt, method, name):
    response = getattr(client, method)(url(name, attempt))

    assert response.url == f"{reverse('account_login')}?next={url(name, attempt)}"


@pytest.mark.parametrize(("method", "name"), [("post", "attempt"), ("get", "save"), ("post", "review")])
def test_wrong_method_is_refused(signed_in, attempt, method, name):
    assert getattr(signed_in, method)(url(name, attempt)).status_code == 405


# --- Secrets -------------------------------------------------------------------------------------------------------


def test_nothing_secret_leaves_while_the_attempt_is_open(signed_in, learner):
    """Canaries in every secret text; the same scan after sending finds them, so it would have found them before."""
    canary = "CANARY-7f3a"
    items = [
        ItemFactory(
            kind=kind,
            choices=[("right", True, f"{canary} right"), ("wrong", False, f"{canary} wrong")],
            feedback=in_both(f"{canary} item"),
        )
        for kind in ("single_choice", "multiple_choice", "true_false")
    ]
    attempt = services.start_attempt(learner, QuizFactory(items=items))
    right = {position: key_at(attempt, position) for position in (1, 2, 3)}
    bodies = []
    with CaptureQueriesContext(connection) as queries:
        for language in ("en", "es"):
            bodies += [signed_in.get(url(name, attempt, language)) for name in ("attempt", "submit")]
            bodies += [signed_in.get(url("attempt", attempt, language), {"q": n}) for n in (1, 2, 3)]
        for position, key in right.items():
            bodies.append(post_answer(signed_in, attempt, position, key, headers=JSON))
            bodies.append(post_answer(signed_in, attempt, position, key, revision=2))
            bodies.append(post_answer(signed_in, attempt, position, "nonsense", revision=3))

    sent = b"".join(response.content + repr(response.headers).encode() for response in bodies).decode()
    assert canary not in sent
    assert "weight" not in sent
    assert not [
        query["sql"] for query in queries if "quizzes_itemversion" in query["sql"] and "answer_key" in query["sql"]
    ]
    with CaptureQueriesContext(connection) as after:
        signed_in.post(url("submit", attempt), {"unanswered": "0"})
        review = signed_in.get(url("review", attempt)).content.decode()
    assert canary in review
    assert [query["sql"] for query in after if "answer_key" in query["sql"]]


# --- Queries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 10])
def test_queries_of_an_attempt(client, learner, count, django_assert_num_queries):
    """Session, person and roles (the frame asks once) are in every figure."""
    attempt = services.start_attempt(learner, plain_quiz(count))
    client.force_login(learner)
    client.get(url("attempt", attempt))
    key = key_at(attempt, 2)

    with django_assert_num_queries(5):  # + the attempt, its questions
        client.get(url("attempt", attempt), {"q": 2})
    with django_assert_num_queries(4):  # no frame; + the question with its attempt, the answer
        post_answer(client, attempt, 2, key, headers=JSON)
    answer_all(attempt, rights=count)
    with django_assert_num_queries(11):  # no frame; + the attempt, its questions; a savepoint, grading and tally
        client.post(url("submit", attempt), {"unanswered": "0"})
    with django_assert_num_queries(8):  # + the attempt, tries, the grading, questions with keys, lesson
        client.get(url("review", attempt))
