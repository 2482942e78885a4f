"""The desk of those who mark, and what the learner sees while a person reads."""

import pytest
from django.urls import reverse

from quizzes import services
from quizzes.models import AnswerReturn, Marking, MarkingTask, Response
from tests.factories.people import UserFactory, make_approver, make_trainer
from tests.factories.quizzes import RUBRIC, essay_quiz, in_both, rewrite, sent
from tests.quizzes.screens import words


@pytest.fixture
def tess(db):
    return make_trainer(email="tess@example.org", printed_name="Tess Trainer")


@pytest.fixture
def desk(client, tess):
    client.force_login(tess)
    return client


def task_of(attempt, position=2):
    return MarkingTask.objects.get(attempt_item__attempt=attempt, attempt_item__position=position)


def at(task, query=""):
    return reverse("marking:mark", args=[task.pk]) + query


# --- The queue -----------------------------------------------------------------------------------------------------


def test_queue_says_when_nothing_waits(desk):
    assert "Nothing waits. Essays and files appear here" in words(desk.get(reverse("marking:index")))


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_queue(desk, count, django_assert_num_queries):
    for _place in range(count):
        sent(UserFactory(), essay_quiz())
    desk.get(reverse("marking:index"))

    with django_assert_num_queries(11):
        html = words(desk.get(reverse("marking:index")))

    assert f"{count} answer{'s wait' if count > 1 else ' waits'}." in html


def test_queue_shows_the_oldest_first_and_filters(desk, tess, learner, stranger, now):
    first, second = essay_quiz(), essay_quiz(has_second_marker=True)
    later = sent(learner, second)
    early = sent(stranger, first, now=now)
    own = sent(tess, first, now=now)
    services.save_marking(task_of(later), actor=make_trainer(), revision=1, marks=100)

    def shown(**query):
        html = desk.get(reverse("marking:index"), query).content.decode()
        marks = [(html.find(f'href="{reverse("marking:mark", args=[task.pk])}'), task) for task in tasks]
        return [task for place, task in sorted(marks, key=lambda mark: mark[0]) if place >= 0]

    tasks = [task_of(later), task_of(early), task_of(own)]
    assert shown() == [task_of(early), task_of(later)]
    assert shown(quiz=second.pk) == [task_of(later)]
    assert shown(show="second") == [task_of(later)]
    assert shown(show="mine") == []
    services.save_marking(task_of(early), actor=tess, revision=1, is_final=False, comment="begun")
    assert shown(show="mine") == [task_of(early)]
    assert shown(show="nonsense") == [task_of(early), task_of(later)]


def test_blind_marking_names_nobody(desk, learner):
    attempt = sent(learner, essay_quiz(is_marked_blind=True))

    for url in (reverse("marking:index"), at(task_of(attempt))):
        html = desk.get(url).content.decode()
        assert "without name" in html
        for secret in (learner.printed_name, learner.email, str(attempt.public_id)):
            assert secret not in html
    seen = desk.get(at(task_of(sent(learner, essay_quiz())))).content.decode()
    assert "Rosa María Núñez" in seen


# --- One answer ----------------------------------------------------------------------------------------------------


def test_answer_is_marked_by_rubric_and_the_next_one_follows(desk, tess, learner, stranger, now):
    quiz = essay_quiz(rubric=RUBRIC)
    first, second = sent(stranger, quiz, now=now), sent(learner, quiz)
    rewrite(task_of(first).attempt_item.version.item, notes=in_both("Look for the plan"))

    html = desk.get(at(task_of(first))).content.decode()
    assert [text in html for text in ("I would listen first.", "very clear", "(4)", "(2)")] == [True] * 4
    response = desk.post(
        at(task_of(first), "?show=x"), {"revision": 1, "level.clear": "yes", "comment": "Good", "go": "next"}
    )

    given = Marking.objects.get()
    assert (given.marker, given.levels, given.marks, given.comment) == (tess, {"clear": "yes"}, 400, "Good")
    assert response.url == at(task_of(second))
    last = desk.post(at(task_of(second)), {"revision": 1, "level.clear": "no", "go": "next"}, follow=True)
    assert "Marked. Nothing else waits here." in last.content.decode()


def test_answer_without_rubric_gets_points_and_a_draft_comes_back(desk, learner):
    task = task_of(sent(learner, essay_quiz()))

    desk.post(at(task), {"revision": 1, "points": "2.5", "comment": "so far", "go": "draft"})
    html = desk.get(at(task)).content.decode()
    desk.post(at(task), {"revision": 1, "points": "3.25", "go": "next"})

    assert ('value="2.5"' in html, "so far" in html) == (True, True)
    assert list(Marking.objects.order_by("pk").values_list("state", "marks")) == [("draft", 250), ("final", 325)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"points": "5"}, "Please give points from 0 to 4."),
        ({"points": ""}, "Please say how many points the answer gets."),
        ({"points": "NaN"}, "Enter a number."),
        ({"points": "1e3"}, "Please give points from 0 to 4."),
        ({"points": "1", "comment": "x" * 5001}, "at most 5000 characters"),
    ],
)
def test_mark_that_does_not_fit_is_refused_in_words(desk, learner, data, sentence):
    task = task_of(sent(learner, essay_quiz()))

    response = desk.post(at(task), {"revision": 1, "go": "next", **data})

    assert (response.status_code, sentence in response.content.decode()) == (400, True)
    assert not Marking.objects.exists()


def test_answer_that_was_marked_meanwhile_says_so(desk, learner):
    task = task_of(sent(learner, essay_quiz()))
    services.save_marking(task, actor=make_trainer(), revision=1, marks=100)

    response = desk.post(at(task), {"revision": 1, "points": "4", "go": "next"}, follow=True)

    assert "Somebody else was quicker" in response.content.decode()
    assert "Marked: 1 of 4." in words(desk.get(at(task)))


def test_second_marker_does_not_see_the_first_mark_and_who_decides_does(client, desk, learner):
    attempt = sent(learner, essay_quiz(has_second_marker=True))
    services.save_marking(task_of(attempt), actor=make_trainer(), revision=1, marks=123, comment="FIRST")

    assert "FIRST" not in desk.get(at(task_of(attempt))).content.decode()
    desk.post(at(task_of(attempt)), {"revision": 1, "points": "4", "go": "next"})
    client.force_login(make_approver())
    html = client.get(at(task_of(attempt))).content.decode()

    assert ("FIRST" in html, "Mark 1: 1.23 of 4" in html, "Mark 2: 4 of 4" in html) == (True, True, True)


def test_answer_goes_back_and_the_learner_answers_again(client, desk, tess, learner):
    attempt = sent(learner, essay_quiz(), text="Short.")
    task = task_of(attempt)

    missing = desk.post(at(task), {"revision": 1, "reason": "", "go": "return"})
    desk.post(at(task), {"revision": 1, "reason": "Say why.", "go": "return"})
    assert missing.status_code == 400
    assert "This answer is with the learner" in words(desk.get(at(task)))

    client.force_login(learner)
    review = client.get(reverse("quizzes:review", args=[attempt.public_id])).content.decode()
    again = reverse("quizzes:again", args=[attempt.public_id, 2])
    page = client.get(again).content.decode()
    assert (again in review, "Say why." in review, "Say why." in page, "Short." in page) == (True,) * 4
    client.post(again, {"kind": "essay", "text": "Because."})
    assert Response.objects.get(attempt_item=task.attempt_item_id).value == {"text": "Because."}
    assert client.get(again).url == reverse("quizzes:review", args=[attempt.public_id])

    client.force_login(tess)
    html = client.get(at(task)).content.decode()
    assert ("Because." in html, "Short." in html) == (True, True)


def test_return_is_taken_back_at_the_desk(desk, tess, learner):
    task = task_of(sent(learner, essay_quiz()))
    services.return_answer(task, actor=tess, revision=1, reason="Why?")

    desk.post(at(task), {"go": "take_back"})

    task.refresh_from_db()
    assert (task.state, AnswerReturn.objects.get().closed_at is None) == ("first", False)


# --- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("go", ["next", "draft", "return", "take_back"])
def test_stranger_marks_nothing(client, stranger, learner, go):
    task = task_of(sent(learner, essay_quiz()))
    client.force_login(stranger)

    for url in (reverse("marking:index"), at(task)):
        assert client.get(url).status_code == 403
    client.post(at(task), {"revision": 1, "points": "4", "reason": "x", "go": go})

    task.refresh_from_db()
    assert (task.state, Marking.objects.count(), AnswerReturn.objects.count()) == ("first", 0, 0)


def test_own_answer_is_not_found_at_the_desk(desk, tess):
    task = task_of(sent(tess, essay_quiz()))

    assert desk.get(at(task), follow=True).status_code == 404
    desk.post(at(task), {"revision": 1, "points": "4", "go": "next"})
    assert not Marking.objects.exists()


def test_stranger_answers_nothing_again(client, tess, learner, stranger):
    attempt = sent(learner, essay_quiz(), text="Mine.")
    services.return_answer(task_of(attempt), actor=tess, revision=1, reason="Why?")
    client.force_login(stranger)
    again = reverse("quizzes:again", args=[attempt.public_id, 2])

    assert (client.get(again).status_code, client.post(again, {"text": "Theirs."}).status_code) == (404, 404)
    assert Response.objects.get(attempt_item__position=2).value == {"text": "Mine."}


# --- The learner ---------------------------------------------------------------------------------------------------


def test_learner_reads_that_a_person_reads_and_what_is_known(client, learner):
    attempt = sent(learner, essay_quiz())
    client.force_login(learner)

    page = client.get(reverse("quizzes:review", args=[attempt.public_id]))

    text = words(page)
    assert "Your answers were sent. A person will read them." in text
    assert "So far you have 1 of 5." in text
    assert "A person will read your answer." in text
    assert "You passed." not in text


def test_learner_reads_what_the_person_gave(client, tess, learner):
    attempt = sent(learner, essay_quiz(rubric=RUBRIC))
    services.save_marking(
        task_of(attempt), actor=tess, revision=1, levels={"clear": "yes"}, comment="You <b>listen</b> well."
    )
    client.force_login(learner)

    html = client.get(reverse("quizzes:review", args=[attempt.public_id]))

    assert "You &lt;b&gt;listen&lt;/b&gt; well." in html.content.decode()
    assert "You got 5 of 5. You passed." in words(html)
    assert "A person gave 4 of 4." in words(html)
    assert "Clear: very clear" in words(html)
