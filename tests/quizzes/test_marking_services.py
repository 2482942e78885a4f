"""From a sent essay to marks: who may mark, what waits, what the learner may still do."""

from datetime import timedelta

import pytest
from django.db import connection

from quizzes import reports, services
from quizzes.errors import AnswerMoved, AttemptClosed, AttemptWaits, InvalidMarking, InvalidResponse
from quizzes.items import response_from
from quizzes.models import AnswerReturn, Attempt, Grading, Marking, MarkingTask, Quiz, Response
from quizzes.signals import attempt_graded
from tests.factories.people import make_approver, make_trainer
from tests.factories.quizzes import RUBRIC, essay_quiz, sent
from tests.quizzes.test_models import provoke


@pytest.fixture
def rung():
    heard = []

    def hear(sender, attempt_id, **kwargs):
        heard.append(attempt_id)

    attempt_graded.connect(hear)
    yield heard
    attempt_graded.disconnect(hear)


@pytest.fixture
def tess(db):
    return make_trainer(email="tess@example.org")


@pytest.fixture
def tom(db):
    return make_trainer(email="tom@example.org")


@pytest.fixture
def ana(db):
    return make_approver(email="ana@example.org")


def task_of(attempt, position=2):
    return MarkingTask.objects.get(attempt_item__attempt=attempt, attempt_item__position=position)


def mark(task, actor, marks, **more):
    return services.save_marking(task, actor=actor, revision=more.pop("revision", 1), marks=marks, **more)


# --- Sending -------------------------------------------------------------------------------------------------------


def test_sent_essay_waits_and_does_not_ring(learner, now, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        attempt = sent(learner, essay_quiz(), now=now)

    assert (attempt.state, attempt.submitted_at, attempt.marks, attempt.is_passed) == ("submitted", now, None, None)
    assert (task_of(attempt).state, task_of(attempt).waiting_since) == ("first", now)
    assert rung == []
    assert services.submit_attempt(attempt) == attempt
    assert MarkingTask.objects.count() == 1


def test_essay_without_an_answer_earns_nothing_and_waits_for_nobody(learner, now):
    attempt = services.start_attempt(learner, essay_quiz(), now=now)

    closed = services.submit_attempt(attempt, now=now)

    assert (closed.state, closed.marks, closed.max_marks) == ("graded", 0, 500)
    assert not MarkingTask.objects.exists()


def test_essay_that_was_left_at_its_template_is_no_answer():

    question = {"kind": "essay", "template": {"en": "I saw:  \nI did:", "es": "Vi:"}}

    assert response_from(question, {"text": ["I saw: I did:"]}) == {}
    assert response_from(question, {"text": ["I saw: rain I did:"]}) == {"text": "I saw: rain I did:"}


def test_no_new_try_while_one_waits(learner, tess, now):
    quiz = essay_quiz(attempt_limit=2)
    attempt = sent(learner, quiz, now=now)

    with pytest.raises(AttemptWaits):
        services.start_attempt(learner, quiz, now=now)
    assert services.tries_left(learner, quiz) == 1
    mark(task_of(attempt), tess, 0, now=now)

    assert services.start_attempt(learner, quiz, now=now).number == 2


def test_database_keeps_one_attempt_at_a_time(learner, now):
    attempt = sent(learner, essay_quiz(), now=now)
    name = "UNIQUE constraint failed" if connection.vendor == "sqlite" else "attempt_one_open_per_quiz"

    provoke(
        name,
        lambda: Attempt.objects.create(
            learner=learner, quiz=attempt.quiz, number=2, seed=1, pass_mark_percent=80, max_marks=1, started_at=now
        ),
    )


# --- Marking -------------------------------------------------------------------------------------------------------


def test_mark_grades_and_rings_once(learner, tess, now, rung, django_capture_on_commit_callbacks):
    attempt = sent(learner, essay_quiz(), now=now)

    with django_capture_on_commit_callbacks(execute=True):
        given = mark(task_of(attempt), tess, 350, comment=" Well seen. ", now=now)
        again = mark(task_of(attempt), tess, 0, now=now)

    attempt.refresh_from_db()
    standing = Grading.objects.get()
    assert again == given
    assert given.comment == "Well seen."
    assert (attempt.state, attempt.marks, attempt.max_marks, attempt.is_passed) == ("graded", 450, 500, True)
    assert (standing.cause, standing.actor, standing.number) == ("marking", tess, 1)
    assert [(entry["by"], entry["marks"]) for entry in standing.items] == [("key", 100), ("person", 350)]
    assert Response.objects.get(attempt_item__position=2).marks == 350
    assert rung == [attempt.pk]


def test_mark_by_rubric(learner, tess, now):
    attempt = sent(learner, essay_quiz(rubric=RUBRIC), now=now)
    task = task_of(attempt)

    for levels, words in (
        ({}, "each criterion"),
        ({"clear": "great"}, "not one of the rubric"),
        ({"x": "y"}, "rubric"),
    ):
        with pytest.raises(InvalidMarking, match=words):
            services.save_marking(task, actor=tess, revision=1, levels=levels)
    services.save_marking(task, actor=tess, revision=1, levels={"clear": "some"}, now=now)

    attempt.refresh_from_db()
    assert (attempt.marks, attempt.is_passed) == (300, False)


@pytest.mark.parametrize("marks", [-1, 401, None])
def test_mark_beyond_the_question_is_refused(learner, tess, now, marks):
    attempt = sent(learner, essay_quiz(), now=now)

    with pytest.raises(InvalidMarking):
        mark(task_of(attempt), tess, marks)

    assert not Marking.objects.exists()


def test_draft_moves_nothing_and_is_kept_for_its_writer(learner, tess, tom, now):
    task = task_of(sent(learner, essay_quiz(), now=now))

    mark(task, tess, None, comment="hm", is_final=False, now=now)
    newest = mark(task, tess, 200, is_final=False, now=now)

    task.refresh_from_db()
    assert task.state == "first"
    assert reports.newest_draft(task, tess, 1) == newest
    assert reports.newest_draft(task, tom, 1) is None


def test_attempt_waits_for_every_answer(learner, tess, now):
    attempt = sent(learner, essay_quiz(essays=2), now=now)

    mark(task_of(attempt, 2), tess, 400, now=now)
    attempt.refresh_from_db()
    assert attempt.state == "submitted"
    mark(task_of(attempt, 3), tess, 300, now=now)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.marks) == ("graded", 800)


def test_own_answer_is_never_marked(tess, now):
    task = task_of(sent(tess, essay_quiz(), now=now))

    with pytest.raises(InvalidMarking, match="your own"):
        mark(task, tess, 100)
    assert list(reports.queue_of(tess)) == []
    provoke(
        "marking_not_by_the_learner",
        lambda: Marking.objects.create(task=task, revision=1, place=1, marker=tess, state="final", marks=1, at=now),
    )


def test_person_without_the_right_marks_nothing(learner, stranger, now):
    task = task_of(sent(learner, essay_quiz(), now=now))

    for act in (
        lambda: mark(task, stranger, 100),
        lambda: services.return_answer(task, actor=stranger, revision=1, reason="why"),
        lambda: services.take_back_return(task, actor=stranger),
    ):
        with pytest.raises(InvalidMarking, match="may not mark"):
            act()

    assert (Marking.objects.count(), AnswerReturn.objects.count()) == (0, 0)


def test_second_first_marker_comes_too_late(learner, tess, tom, now):
    task = task_of(sent(learner, essay_quiz(), now=now))
    mark(task, tess, 100, now=now)

    with pytest.raises(AnswerMoved, match="quicker"):
        mark(task, tom, 400, now=now)

    task.refresh_from_db()
    assert task.marks == 100


def test_voided_attempt_is_marked_no_more(learner, tess, stranger, now):
    attempt = sent(learner, essay_quiz(), now=now)
    services.void_attempt(attempt, actor=stranger, reason="Somebody else's", now=now)

    with pytest.raises(AnswerMoved, match="no longer counts"):
        mark(task_of(attempt), tess, 100)
    assert list(reports.queue_of(tess)) == []


# --- Two markers ---------------------------------------------------------------------------------------------------


def test_two_markers_that_agree_give_the_mean(learner, tess, tom, now):
    attempt = sent(learner, essay_quiz(has_second_marker=True), now=now)

    mark(task_of(attempt), tess, 301, now=now)
    attempt.refresh_from_db()
    assert (attempt.state, task_of(attempt).state) == ("submitted", "second")
    mark(task_of(attempt), tom, 340, now=now)

    assert (task_of(attempt).state, task_of(attempt).marks) == ("done", 321)


def test_two_markers_that_differ_are_decided_by_a_third_with_the_right(learner, tess, tom, ana, now):
    attempt = sent(learner, essay_quiz(has_second_marker=True), now=now)
    mark(task_of(attempt), tess, 300, now=now)
    mark(task_of(attempt), tom, 341, now=now)
    task = task_of(attempt)
    third = make_trainer(email="third@example.org")

    assert task.state == "third"
    with pytest.raises(InvalidMarking, match="right to decides"):
        mark(task, third, 320)
    assert (list(reports.queue_of(third)), list(reports.queue_of(ana))) == ([], [task])
    mark(task, ana, 333, now=now)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.marks, task_of(attempt).marks) == ("graded", 433, 333)


def test_who_gave_the_first_mark_is_not_asked_for_the_second(learner, tess, tom, now):
    task = task_of(sent(learner, essay_quiz(has_second_marker=True), now=now))
    first = mark(task, tess, 100, now=now)

    assert mark(task, tess, 400, now=now) == first
    assert (list(reports.queue_of(tess)), list(reports.queue_of(tom, show="second"))) == ([], [task])


# --- Returned for revision -----------------------------------------------------------------------------------------


def test_returned_answer_is_answered_again_and_keeps_the_earlier_one(learner, tess, now):
    attempt = sent(learner, essay_quiz(), now=now, text="Short.")
    task = task_of(attempt)
    mark(task, tess, 10, is_final=False, now=now)

    returned = services.return_answer(task, actor=tess, revision=1, reason="Say why.", now=now)
    assert services.return_answer(task, actor=tess, revision=1, reason="Other", now=now) == returned
    later = now + timedelta(days=1)
    services.answer_again(attempt, 2, lambda row: {"text": "Because."}, now=later)

    task.refresh_from_db()
    attempt.refresh_from_db()
    response = Response.objects.get(attempt_item=task.attempt_item_id)
    returned.refresh_from_db()
    assert (attempt.state, task.state, task.waiting_since) == ("submitted", "first", later)
    assert (response.value, response.revision) == ({"text": "Because."}, 2)
    assert (returned.earlier_value, returned.closed_at) == ({"text": "Short."}, later)
    with pytest.raises(AttemptClosed):
        services.answer_again(attempt, 2, lambda row: {"text": "More."}, now=later)
    with pytest.raises(AnswerMoved, match="changed this answer"):
        mark(task, tess, 100, revision=1)
    mark(task, tess, 400, revision=2, now=later)
    attempt.refresh_from_db()
    assert attempt.marks == 500


def test_returned_answer_must_be_answered(learner, tess, now):
    attempt = sent(learner, essay_quiz(), now=now)
    services.return_answer(task_of(attempt), actor=tess, revision=1, reason="Say why.", now=now)

    for value in ({}, {"text": " "}, {"files": ["x"]}):
        with pytest.raises(InvalidResponse):
            services.answer_again(attempt, 2, lambda row, value=value: value, now=now)
    with pytest.raises(AttemptClosed):
        services.answer_again(attempt, 1, lambda row: {"text": "?"}, now=now)

    assert task_of(attempt).state == "returned"


def test_answer_is_returned_for_a_reason_only(learner, tess, now):
    task = task_of(sent(learner, essay_quiz(), now=now))

    for reason in ("", " \x00", "x" * 1001):
        with pytest.raises(InvalidMarking):
            services.return_answer(task, actor=tess, revision=1, reason=reason)

    assert not AnswerReturn.objects.exists()


def test_return_is_taken_back(learner, tess, now):
    attempt = sent(learner, essay_quiz(), now=now)
    services.return_answer(task_of(attempt), actor=tess, revision=1, reason="Say why.", now=now)

    services.take_back_return(task_of(attempt), actor=tess, now=now)

    assert task_of(attempt).state == "first"
    with pytest.raises(AttemptClosed):
        services.answer_again(attempt, 2, lambda row: {"text": "More."}, now=now)
    with pytest.raises(AnswerMoved):
        services.take_back_return(task_of(attempt), actor=tess, now=now)


# --- What the database refuses -------------------------------------------------------------------------------------


def test_waiting_answer_changes_only_when_it_was_returned(learner, tess, now):
    attempt = sent(learner, essay_quiz(), now=now)
    answers = Response.objects.filter(attempt_item__attempt=attempt)

    provoke("response_while_open", lambda: answers.filter(attempt_item__position=2).update(value={"text": "x"}))
    services.return_answer(task_of(attempt), actor=tess, revision=1, reason="Say why.", now=now)
    provoke("response_while_open", lambda: answers.filter(attempt_item__position=1).update(value=[]))
    provoke("response_while_open", lambda: answers.filter(attempt_item__position=2).update(marks=1))


@pytest.mark.parametrize(
    "values",
    [
        {"state": "open", "submitted_at": None},
        {"state": "graded", "marks": 500, "is_passed": True, "grading_number": 1},
        {"submitted_at": None},
        {"max_marks": 1},
    ],
)
def test_waiting_attempt_moves_only_forward_and_by_a_grading(learner, now, values):
    attempt = sent(learner, essay_quiz(), now=now)

    provoke("attempt_moves_forward", lambda: Attempt.objects.filter(pk=attempt.pk).update(**values))


def test_markings_tasks_and_returns_are_kept(learner, tess, now):
    attempt = sent(learner, essay_quiz(), now=now)
    returned = services.return_answer(task_of(attempt), actor=tess, revision=1, reason="Why?", now=now)
    provoke("answerreturn_never_changes", lambda: AnswerReturn.objects.update(reason="other"))
    services.take_back_return(returned.task, actor=tess, now=now)
    provoke("answerreturn_never_changes", lambda: AnswerReturn.objects.update(closed_at=None))
    mark(task_of(attempt), tess, 100, now=now)

    provoke("marking_never_changes", lambda: Marking.objects.update(marks=200))
    provoke("markingtask_once_done_stays", lambda: MarkingTask.objects.update(marks=200))
    provoke("grading_never_changes", lambda: Grading.objects.update(reason="other"))
    provoke(
        "grading_follows",
        lambda: Grading.objects.create(
            attempt=attempt, number=3, marks=0, max_marks=0, is_passed=False, items=[], cause="submit", at=now
        ),
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("marking_place_from_1_to_3", {"place": 4}),
        ("marking_final_has_marks", {"marks": None}),
    ],
)
def test_marking_beyond_its_bounds_is_refused(learner, tess, now, name, values):
    task = task_of(sent(learner, essay_quiz(), now=now))
    whole = {"task": task, "revision": 1, "place": 1, "marker": tess, "state": "final", "marks": 1, "at": now}

    provoke(name, lambda: Marking.objects.create(**whole | values))


def test_one_final_mark_a_place_and_a_person(learner, tess, tom, now):
    task = task_of(sent(learner, essay_quiz(has_second_marker=True), now=now))
    mark(task, tess, 100, now=now)
    whole = {"task": task, "revision": 1, "state": "final", "marks": 1, "at": now}
    names = ("UNIQUE constraint failed",) * 2
    if connection.vendor == "postgresql":
        names = ("marking_one_final_a_place", "marking_one_final_a_person")

    provoke(names[0], lambda: Marking.objects.create(**whole, marker=tom, place=1))
    provoke(names[1], lambda: Marking.objects.create(**whole, marker=tess, place=2))


def test_done_task_has_marks(learner, now):
    task = task_of(sent(learner, essay_quiz(), now=now))

    provoke("markingtask_done_with_marks", lambda: MarkingTask.objects.filter(pk=task.pk).update(state="done"))


def test_return_has_a_reason_and_is_one(learner, tess, now):
    task = task_of(sent(learner, essay_quiz(), now=now))
    whole = {
        "task": task, "returned_by": tess, "returned_at": now, "earlier_value": {}, "earlier_revision": 1,
    }  # fmt: skip
    name = "UNIQUE constraint failed" if connection.vendor == "sqlite" else "answerreturn_one_open_a_task"

    provoke("answerreturn_for_a_reason", lambda: AnswerReturn.objects.create(**whole, reason=""))
    AnswerReturn.objects.create(**whole, reason="why")
    provoke(name, lambda: AnswerReturn.objects.create(**whole, reason="again"))


def test_quiz_marking_difference_is_a_percentage(db):

    quiz = essay_quiz()
    provoke(
        "quiz_marking_difference_is_a_percentage",
        lambda: Quiz.objects.filter(pk=quiz.pk).update(marking_difference_percent=101),
    )
