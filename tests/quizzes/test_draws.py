"""Random draws and what people mark: taken only where the draw says so, counted at the desk, frozen in an attempt."""

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from quizzes import services
from quizzes.errors import QuizEmpty
from quizzes.models import Attempt, Item, MarkingTask, Quiz, QuizDraw
from tests.factories.people import UserFactory, make_trainer
from tests.factories.quizzes import ItemFactory, QuizFactory, answer_right
from tests.quizzes.screens import words
from tests.quizzes.test_viewsets import a_draw, quiz_data, rows, section_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_trainer())
    return client


@pytest.fixture
def bank():
    """Two choices and an essay, approved; an essay that is not."""
    bank = ItemFactory(code="choice-1").bank
    ItemFactory(code="choice-2", bank=bank)
    ItemFactory(code="essay", kind="essay", points=4, bank=bank)
    Item.objects.update(review_state=Item.ReviewState.APPROVED)
    ItemFactory(code="draft", kind="essay", points=4, bank=bank)
    return bank


def drawing(bank, count, *, items=(), **draw) -> Quiz:
    quiz = QuizFactory(items=list(items))
    QuizDraw.objects.create(section=quiz.sections.get(), count=count, bank=bank, **draw)
    return quiz


def asked(attempt) -> set[str]:
    return set(attempt.attempt_items.values_list("version__item__code", flat=True))


# --- Drawing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Item.MARKED_BY_PERSON)
def test_draw_takes_what_people_mark_only_where_it_says_so(learner, bank, kind):
    Item.objects.filter(code="essay").update(kind=kind)
    careful = drawing(bank, 2)
    open_to_all = drawing(bank, 3, can_take_marked=True)

    drawn = [asked(services.start_attempt(UserFactory(), careful)) for _start in range(10)]

    assert drawn == [{"choice-1", "choice-2"}] * 10
    assert asked(services.start_attempt(learner, open_to_all)) == {"choice-1", "choice-2", "essay"}


def test_start_is_refused_where_only_what_people_mark_would_fill_the_draw(learner, bank):
    quiz = drawing(bank, 3)

    with pytest.raises(QuizEmpty, match="does not have enough questions"):
        services.start_attempt(learner, quiz)

    assert Attempt.objects.count() == 0


def test_start_is_refused_where_even_that_does_not_fill_it(learner, bank):
    quiz = drawing(bank, 4, can_take_marked=True)

    with pytest.raises(QuizEmpty, match="does not have enough questions"):
        services.start_attempt(learner, quiz)


def test_attempt_keeps_what_it_drew_and_waits_for_a_person(learner, bank, now):
    quiz = drawing(bank, 3, can_take_marked=True)
    attempt = services.start_attempt(learner, quiz, now=now)
    QuizDraw.objects.update(can_take_marked=False, count=2)

    answer_right(attempt, now=now)
    sent = services.submit_attempt(attempt, now=now)

    assert (asked(sent), sent.max_marks) == ({"choice-1", "choice-2", "essay"}, 600)
    assert sent.state == Attempt.State.SUBMITTED
    assert MarkingTask.objects.get().attempt_item.version.item.code == "essay"


def test_two_draws_of_one_bank_each_say_it_for_themselves(learner, bank):
    quiz = drawing(bank, 1, can_take_marked=True)
    QuizDraw.objects.create(section=quiz.sections.get(), count=2, bank=bank, sort_order=1)

    attempt = services.start_attempt(learner, quiz)

    assert asked(attempt) == {"choice-1", "choice-2", "essay"}  # the first gives the choices to the second


def test_draw_takes_no_one_s_marking_unless_it_is_told_to():
    assert QuizDraw().can_take_marked is False


def test_draws_of_before_take_what_they_took(bank):
    quiz = drawing(bank, 3)
    migration = import_module("quizzes.migrations.0051_draws_of_before_take_what_they_took")

    migration.go_on(apps, None)

    assert quiz.sections.get().draws.get().can_take_marked is True
    assert [type(operation).__name__ for operation in migration.Migration.operations] == ["RunPython"]


# --- How many suit -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "listed", "expected"),
    [
        ({"count": 2}, (), (2, 0, 1, True)),
        ({"count": 3}, (), (2, 0, 1, False)),
        ({"count": 3, "can_take_marked": True}, (), (3, 1, 0, True)),
        ({"count": 4, "can_take_marked": True}, (), (3, 1, 0, False)),
        ({"count": 1}, ("choice-1",), (1, 0, 1, True)),
        ({"count": 2, "can_take_marked": True}, ("essay",), (2, 0, 0, True)),
    ],
)
def test_suiting_counts_without_what_the_quiz_lists(bank, draw, listed, expected):
    quiz = drawing(bank, items=Item.objects.filter(code__in=listed), **draw)

    found = services.suiting(quiz.sections.get().draws.get())

    assert (found.count, found.by_person, found.left_out, found.is_enough) == expected


def test_suiting_of_three_costs_what_one_costs(bank, django_assert_num_queries):
    draw = drawing(bank, 2).sections.get().draws.get()
    for _item in range(3):
        Item.objects.filter(pk=ItemFactory(bank=bank).pk).update(review_state=Item.ReviewState.APPROVED)

    with django_assert_num_queries(2):
        assert services.suiting(draw).count == 5


# --- The desk ------------------------------------------------------------------------------------------------------


def test_desk_says_how_many_suit_a_saved_draw(desk, bank):
    quiz = drawing(bank, 2)
    page = reverse("quizzes_admin:edit", args=[quiz.pk])

    assert "2 questions suit this draw now. 1 more would suit that a person marks." in words(desk.get(page))

    QuizDraw.objects.update(can_take_marked=True)
    assert "3 questions suit this draw now. A person marks 1 of them." in words(desk.get(page))

    QuizDraw.objects.update(count=4)
    assert "These are too few: nobody can start this quiz until there are more." in words(desk.get(page))


def test_desk_says_nothing_of_a_draw_that_is_not_there_yet(desk, bank):
    assert "suit this draw" not in desk.get(reverse("quizzes_admin:add")).content.decode()


def test_trainer_lets_a_draw_take_what_people_mark(desk, bank):
    draw = a_draw(bank, "3") | {"can_take_marked": "on"}

    desk.post(reverse("quizzes_admin:add"), quiz_data(section_data(0, draws=[draw])))

    assert list(QuizDraw.objects.values_list("count", "can_take_marked")) == [(3, True)]


def test_draw_that_only_what_people_mark_would_fill_is_not_saved_and_says_why(desk, bank):
    response = desk.post(reverse("quizzes_admin:add"), quiz_data(section_data(0, draws=[a_draw(bank, "3")])))

    assert (response.status_code, Quiz.objects.count()) == (200, 0)
    page = response.content.decode()
    assert "A random draw asks for 3 questions. Only 2 fit it" in page
    assert "1 more would fit that a person marks. Tick at the draw that it may take it." in page


def test_draw_that_nothing_more_would_fill_does_not_speak_of_people(desk, bank):
    Item.objects.filter(code="essay").update(review_state=Item.ReviewState.DRAFT)

    response = desk.post(reverse("quizzes_admin:add"), quiz_data(section_data(0, draws=[a_draw(bank, "3")])))

    page = response.content.decode()
    assert "Only 2 fit it" in page
    assert "would fit that a person marks" not in page


def test_stranger_changes_no_draw(client, stranger, bank):
    quiz = drawing(bank, 2)
    section = quiz.sections.get()
    client.force_login(stranger)
    data = quiz_data(section_data(0))
    data |= {"sections-0-id": section.pk, "sections-INITIAL_FORMS": "1"}
    data |= rows("sections-0-draws", {"id": section.draws.get().pk} | a_draw(bank, "3") | {"can_take_marked": "on"})

    response = client.post(reverse("quizzes_admin:edit", args=[quiz.pk]), data)

    assert response.status_code in {302, 403}
    assert list(QuizDraw.objects.values_list("count", "can_take_marked")) == [(2, False)]
