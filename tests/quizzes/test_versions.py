"""Which version a quiz asks, question by question: kept or following, for who may change quizzes."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from quizzes import services
from tests.factories.people import UserFactory, make_trainer
from tests.factories.quizzes import in_both, plain_quiz, rewrite
from tests.quizzes.test_viewsets import words

pytestmark = pytest.mark.django_db
QUERIES_OF_THE_FRAME = 6


@pytest.fixture
def desk(client):
    client.force_login(make_trainer())
    return client


def page_of(quiz):
    return reverse("quizzes_admin:pin", args=[quiz.pk])


def kept(quiz):
    return list(quiz.quiz_items.order_by("sort_order").values_list("pinned_version", flat=True))


def test_one_question_is_kept_and_the_others_follow(desk, quiz, learner):
    first, second, *_others = quiz.quiz_items.order_by("sort_order")
    was = first.item.current_version_id

    desk.post(page_of(quiz), {"question": first.pk})
    desk.post(page_of(quiz), {"question": first.pk})
    for row in (first, second):
        rewrite(row.item, stem=in_both("Other words?"))
    text = words(desk.get(page_of(quiz)))

    assert kept(quiz) == [was, None, None, None, None]
    assert "version 1 of 2, kept There is a newer one." in text
    assert text.count("Keep as it reads now") == 4
    asked = {row.version.item_id: row.version_id for row in services.start_attempt(learner, quiz).attempt_items.all()}
    second.item.refresh_from_db()
    assert (asked[first.item_id], asked[second.item_id]) == (was, second.item.current_version_id)


def test_one_question_follows_again(desk, quiz):
    services.pin_items(quiz)
    first = quiz.quiz_items.order_by("sort_order").first()

    desk.post(page_of(quiz), {"question": first.pk, "follow": "1"})
    desk.post(page_of(quiz), {"question": first.pk, "follow": "1"})

    assert [bool(version) for version in kept(quiz)] == [False, True, True, True, True]


@pytest.mark.parametrize("question", ["x", "-1", "9" * 30, "0"])
def test_question_that_is_not_one_changes_nothing(desk, quiz, question):
    response = desk.post(page_of(quiz), {"question": question})

    assert response.status_code == 302
    assert kept(quiz) == [None] * 5


def test_question_of_another_quiz_is_left_alone(desk, quiz):
    other = plain_quiz(1)

    desk.post(page_of(quiz), {"question": other.quiz_items.get().pk})

    assert (kept(quiz), kept(other)) == ([None] * 5, [None])


@pytest.mark.parametrize("may_enter", [True, False])
def test_who_may_not_change_quizzes_keeps_no_version(client, stranger, quiz, may_enter):
    if may_enter:
        stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)
    first = quiz.quiz_items.first()

    client.post(page_of(quiz), {"question": first.pk})
    page = client.get(page_of(quiz))

    assert kept(quiz) == [None] * 5
    assert first.item.code not in page.content.decode()


def test_results_lead_to_the_versions(desk, quiz):
    assert page_of(quiz) in desk.get(reverse("quizzes_admin:inspect", args=[quiz.pk])).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_versions(client, count, django_assert_num_queries):
    quiz = plain_quiz(count)
    client.force_login(UserFactory(is_superuser=True))
    client.get(page_of(quiz))

    with django_assert_num_queries(QUERIES_OF_THE_FRAME + 3):
        page = client.get(page_of(quiz))

    assert page.content.decode().count("Keep as it reads now") == count
