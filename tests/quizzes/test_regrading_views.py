"""The desk of those who grade again: seen before it is done, done by a person with the right, undone."""

import pytest
from django.urls import reverse

from quizzes import services
from quizzes.models import Grading, Item, Regrade
from tests.factories.people import UserFactory, make_program_admin, make_support, make_trainer
from tests.factories.quizzes import essay_quiz, plain_quiz, sent
from tests.quizzes.screens import words


@pytest.fixture
def tess(db):
    return make_trainer(email="tess@example.org")


@pytest.fixture
def desk(client, tess):
    client.force_login(tess)
    return client


def last_item(quiz):
    return Item.objects.filter(quiz_items__quiz=quiz).order_by("quiz_items__sort_order").last()


def at(quiz, item, **query):
    url = reverse("regrading:regrade", args=[quiz.pk, item.pk])
    return f"{url}?{'&'.join(f'{name}={value}' for name, value in query.items())}" if query else url


def digest_in(response):
    return response.content.decode().split('name="digest" value="')[1].split('"')[0]


def test_regrade_is_seen_done_and_undone(desk, tess, learner):
    quiz = plain_quiz(5, shuffle_items=False)
    attempt = sent(learner, quiz, rights=3)
    item = last_item(quiz)
    url = at(quiz, item, action="full")

    preview = desk.get(url)
    assert "1 attempt (1 learner) gets other marks. 1 passes by it." in words(preview)
    assert "Rosa María Núñez 1 3 of 5, not passed 4 of 5, passed (changes)" in words(preview)
    assert not Regrade.objects.exists()
    assert desk.post(url, {"digest": digest_in(preview), "reason": ""}).status_code == 400
    desk.post(url, {"digest": digest_in(preview), "reason": "Nobody could know."})

    attempt.refresh_from_db()
    done = Regrade.objects.get()
    assert (attempt.marks, attempt.is_passed, done.actor, done.reason) == (400, True, tess, "Nobody could know.")
    undo = reverse("regrading:undo", args=[quiz.pk, done.pk])
    assert undo in desk.get(reverse("regrading:index", args=[quiz.pk])).content.decode()
    preview = desk.get(undo)
    assert "1 keeps a pass that the new marks would not give." in words(preview)
    desk.post(undo, {"digest": digest_in(preview), "reason": "They could."})

    attempt.refresh_from_db()
    assert (attempt.marks, attempt.is_passed) == (300, True)
    index = words(desk.get(reverse("regrading:index", args=[quiz.pk])))
    assert "Undone by" in index
    assert "They could." in index


def test_regrade_of_what_changed_since_is_shown_again(desk, learner, stranger):
    quiz = plain_quiz(2)
    sent(learner, quiz, rights=0)
    item = last_item(quiz)
    preview = desk.get(at(quiz, item, action="full"))
    sent(stranger, quiz, rights=0)

    response = desk.post(at(quiz, item, action="full"), {"digest": digest_in(preview), "reason": "why"}, follow=True)

    assert "Something changed since you looked." in response.content.decode()
    assert not Regrade.objects.exists()


def test_trainer_cannot_take_a_pass_away_and_who_may_void_can(client, desk, learner):
    quiz = plain_quiz(5, shuffle_items=False)
    attempt = sent(learner, quiz, rights=4)
    item = Item.objects.filter(quiz_items__quiz=quiz).order_by("quiz_items__sort_order").first()
    url = at(quiz, item, action="drop", may_lower="on")

    assert "may_lower" not in desk.get(at(quiz, item)).content.decode()
    assert "1 keeps a pass" in words(desk.get(url))
    client.force_login(make_program_admin())
    preview = client.get(url)
    assert "1 loses a pass" in words(preview)
    client.post(url, {"digest": digest_in(preview), "reason": "why"})

    attempt.refresh_from_db()
    assert attempt.is_passed is False


def test_essay_offers_no_key(desk, learner):
    quiz = essay_quiz()
    sent(learner, quiz)

    html = desk.get(at(quiz, last_item(quiz))).content.decode()

    assert ('value="key"' in html, 'value="drop"' in html) == (False, True)


@pytest.mark.parametrize("query", [{"action": "double"}, {"action": "key", "version": 999999}])
def test_choice_that_is_none_is_refused_in_words(desk, learner, query):
    quiz = plain_quiz(1)
    sent(learner, quiz)

    assert "Select a valid choice." in desk.get(at(quiz, last_item(quiz), **query)).content.decode()
    assert desk.post(at(quiz, last_item(quiz), **query), {"reason": "why"}).status_code == 400
    assert not Regrade.objects.exists()


def test_stranger_and_support_grade_nothing_again(client, tess, learner, stranger):
    quiz = plain_quiz(2)
    sent(learner, quiz, rights=0)
    item = last_item(quiz)
    done = services.apply_regrade(quiz, item, action="full", actor=tess, reason="Nobody could know.")
    urls = [
        reverse("regrading:index", args=[quiz.pk]),
        at(quiz, item, action="drop"),
        reverse("regrading:undo", args=[quiz.pk, done.pk]),
    ]

    client.force_login(tess)
    assert ["Nobody" in client.get(url).content.decode() for url in urls] == [True, False, True]
    for person in (stranger, learner, make_support()):
        client.force_login(person)
        for url in urls:
            assert "Nobody" not in client.get(url).content.decode()
            client.post(url, {"reason": "why"})

    assert (Regrade.objects.filter(undone_at=None).count(), Grading.objects.count()) == (1, 2)


def test_item_of_another_quiz_is_not_found(desk, learner):
    quiz, other = plain_quiz(1), plain_quiz(1)
    sent(learner, quiz)

    assert desk.get(at(other, last_item(quiz), action="full"), follow=True).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_desk(desk, tess, count, django_assert_num_queries):
    quiz = plain_quiz(3, shuffle_items=False)
    for _place in range(count):
        sent(UserFactory(), quiz, rights=0)
        services.apply_regrade(quiz, last_item(quiz), action="full", actor=tess, reason="why")
    index, item = reverse("regrading:index", args=[quiz.pk]), last_item(quiz)
    desk.get(index)

    with django_assert_num_queries(11):
        desk.get(index)
    with django_assert_num_queries(14):
        desk.get(at(quiz, item, action="drop"))


def test_attempt_page_tells_how_it_was_graded(client, learner):
    luis = make_program_admin()
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = sent(learner, quiz, rights=0)
    services.apply_regrade(quiz, last_item(quiz), action="full", actor=luis, reason="Nobody could know.")
    client.force_login(luis)

    text = words(client.get(reverse("attempts:inspect", args=[attempt.pk])))

    assert "0 of 2, not passed" in text
    assert "Nobody could know." in text
