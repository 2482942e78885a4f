"""What a learner is told by mail once people have read her answers: once, in her language, and nothing she wrote."""

import re
from datetime import timedelta

import pytest

from people.models import OutboxMail
from people.services import Outcome, deliver, erase_person
from quizzes import services
from quizzes.errors import AnswerMoved, InvalidMarking
from quizzes.models import Attempt, MarkingTask
from tests.factories.people import make_program_admin, make_trainer
from tests.factories.quizzes import essay_quiz, plain_quiz, rewrite, sent

pytestmark = pytest.mark.django_db
ANSWER, COMMENT, REASON = "Canary-of-the-answer", "Canary-of-the-comment", "Canary-of-the-reason"


@pytest.fixture
def learner(learner):
    """Rosa reads Spanish."""
    learner.language = "es"
    learner.save()
    return learner


@pytest.fixture
def tess(db):
    return make_trainer(email="tess@example.org")


@pytest.fixture
def admin(db):
    return make_program_admin(email="admin@example.org")


def task_of(attempt, position=2) -> MarkingTask:
    return MarkingTask.objects.get(attempt_item__attempt=attempt, attempt_item__position=position)


def mark(attempt, actor, marks, position=2, **more):
    values = {"revision": 1, "comment": COMMENT} | more
    return services.save_marking(task_of(attempt, position), actor=actor, marks=marks, **values)


def send_back(attempt, actor, **more):
    return services.return_answer(task_of(attempt), actor=actor, reason=REASON, **({"revision": 1} | more))


def waiting(learner, now, **quiz):
    return sent(learner, essay_quiz(**quiz), now=now, text=ANSWER)


def kinds() -> list[str]:
    return list(OutboxMail.objects.order_by("pk").values_list("kind", flat=True))


def assert_says_nothing_secret(message):
    everything = " ".join([message.subject, message.body, *(part.content for part in message.alternatives)])
    everything = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", everything)  # chance may put any digits there
    for secret in (ANSWER, COMMENT, REASON, "Question item", "tess", "3.5", "3,5", "450", "350"):
        assert secret not in everything
    for mail in OutboxMail.objects.all():
        assert all(isinstance(value, int) for value in mail.context.values())


# --- The result ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "passed", "otherwise"), [(350, "Aprobó.", "Esta vez no aprobó."), (0, "Esta vez no aprobó.", "Aprobó.")]
)
def test_last_mark_tells_the_learner_in_her_language_whether_she_passed(
    learner, tess, now, mailoutbox, settings, django_capture_on_commit_callbacks, marks, passed, otherwise
):
    attempt = waiting(learner, now)

    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, tess, marks, now=now)

    (message,) = mailoutbox
    title = f"{attempt.quiz.title.in_language('es')}"
    link = f"{settings.BASE_URL}/es/quiz/{attempt.public_id}/review/"
    assert (message.to, message.subject) == (["rosa@example.org"], f"Ya está su resultado: {title}")
    assert {title, passed, link} <= set(message.body.splitlines())
    assert otherwise not in message.body
    assert f'href="{link}"' in message.alternatives[0].content
    assert passed in message.alternatives[0].content
    assert_says_nothing_secret(message)
    row = OutboxMail.objects.get()
    assert (row.posted_at, row.language, row.context) == (now, "es", {"attempt": attempt.pk})


def test_attempt_that_waits_for_more_is_told_once_when_all_is_marked(learner, tess, now):
    attempt = waiting(learner, now, essays=2)

    mark(attempt, tess, 100, is_final=False, now=now)
    mark(attempt, tess, 100, now=now)
    assert kinds() == []
    mark(attempt, tess, 100, position=3, now=now)
    mark(attempt, tess, 400, position=3, now=now)

    assert kinds() == ["attempt_graded"]


def test_two_markers_tell_after_the_second(learner, tess, admin, now):
    attempt = waiting(learner, now, has_second_marker=True)

    mark(attempt, tess, 400, now=now)
    assert kinds() == []
    mark(attempt, make_trainer(email="tom@example.org"), 400, now=now)

    assert kinds() == ["attempt_graded"]


def test_what_no_person_marks_is_not_mailed(learner, now):
    sent(learner, plain_quiz(1), now=now)

    assert kinds() == []


def test_regrading_and_undoing_tell_nothing_again(learner, tess, admin, now):
    attempt = waiting(learner, now)
    mark(attempt, tess, 400, now=now)
    quiz = attempt.quiz
    item = attempt.attempt_items.get(position=1).version.item
    essay = attempt.attempt_items.get(position=2).version.item
    rewrite(item, stem={"en": "Another?", "es": "¿Otra?"})

    for decided in (item, essay):
        regrade = services.apply_regrade(quiz, decided, action="full", actor=admin, reason="x", may_lower=True, now=now)
        services.undo_regrade(regrade, actor=admin, reason="y", may_lower=True, now=now)

    assert Attempt.objects.get().grading_number > 1
    assert kinds() == ["attempt_graded"]


def test_decision_that_ends_the_waiting_tells_once(learner, admin, now):
    attempt = waiting(learner, now)
    essay = attempt.attempt_items.get(position=2).version.item

    regrade = services.apply_regrade(attempt.quiz, essay, action="full", actor=admin, reason="x", now=now)
    services.undo_regrade(regrade, actor=admin, reason="y", now=now)

    assert kinds() == ["attempt_graded"]


def test_attempt_given_back_is_told_anew(learner, tess, admin, now):
    attempt = waiting(learner, now)
    mark(attempt, tess, 0, now=now)

    fresh = services.reopen_attempt(attempt, actor=admin, reason="By mistake", now=now)
    mark(services.submit_attempt(fresh, now=now), tess, 400, now=now)

    assert kinds() == ["attempt_graded", "attempt_graded"]


def test_mail_says_what_stands_when_it_leaves(learner, tess, admin, now, mailoutbox):
    attempt = waiting(learner, now)
    mark(attempt, tess, 0, now=now)
    essay = attempt.attempt_items.get(position=2).version.item
    services.apply_regrade(attempt.quiz, essay, action="full", actor=admin, reason="x", now=now)

    deliver(OutboxMail.objects.get().pk)

    assert "Aprobó." in mailoutbox[0].body.splitlines()


def test_attempt_voided_before_the_mail_left_is_not_told(learner, tess, admin, now, mailoutbox):
    attempt = waiting(learner, now)
    mark(attempt, tess, 400, now=now)
    services.void_attempt(attempt, actor=admin, reason="x", now=now)

    assert deliver(OutboxMail.objects.get().pk) is Outcome.DROPPED
    assert mailoutbox == []


def test_person_who_was_erased_is_told_nothing(learner, tess, now, mailoutbox):
    attempt = waiting(learner, now)
    erase_person(learner.pk, now=now)

    mark(attempt, tess, 400, now=now)

    assert deliver(OutboxMail.objects.get().pk) is Outcome.DROPPED
    assert mailoutbox == []


def test_refused_mark_tells_nothing(learner, tess, stranger, now):
    attempt = waiting(learner, now)

    with pytest.raises(InvalidMarking):
        mark(attempt, stranger, 400, now=now)
    with pytest.raises(InvalidMarking):
        mark(attempt, tess, 401, now=now)
    with pytest.raises(InvalidMarking):
        send_back(attempt, stranger, now=now)

    assert kinds() == []


# --- Returned ------------------------------------------------------------------------------------------------------


def test_returned_answer_tells_what_to_do(
    learner, tess, now, mailoutbox, settings, django_capture_on_commit_callbacks, client
):
    attempt = waiting(learner, now)

    with django_capture_on_commit_callbacks(execute=True):
        returned = send_back(attempt, tess, now=now)
        send_back(attempt, tess, now=now)

    (message,) = mailoutbox
    title = attempt.quiz.title.in_language("es")
    path = f"/es/quiz/{attempt.public_id}/again/2/"
    assert (message.to, message.subject) == (
        ["rosa@example.org"],
        f"Por favor conteste otra vez una pregunta: {title}",
    )
    assert {title, "Pregunta 2", settings.BASE_URL + path} <= set(message.body.splitlines())
    assert f'href="{settings.BASE_URL}{path}"' in message.alternatives[0].content
    assert_says_nothing_secret(message)
    assert OutboxMail.objects.get().context == {"returned": returned.pk}
    # Where the link leads, the reason stands.
    client.force_login(learner)
    assert REASON in client.get(path).content.decode()


def test_answer_returned_again_is_told_again(learner, tess, now):
    attempt = waiting(learner, now)

    send_back(attempt, tess, now=now)
    services.take_back_return(task_of(attempt), actor=tess, now=now)
    send_back(attempt, tess, now=now)
    services.answer_again(attempt, 2, lambda row: {"text": "Because."}, now=now + timedelta(days=1))
    send_back(attempt, tess, revision=2, now=now + timedelta(days=2))

    assert kinds() == ["answer_returned"] * 3
    assert OutboxMail.objects.values("key").distinct().count() == 3


@pytest.mark.parametrize(
    "then",
    [
        lambda attempt, tess: services.take_back_return(task_of(attempt), actor=tess),
        lambda attempt, tess: services.answer_again(attempt, 2, lambda row: {"text": "Because."}),
        lambda attempt, tess: services.void_attempt(attempt, actor=tess, reason="x"),
    ],
    ids=["taken back", "answered", "voided"],
)
def test_return_that_is_over_before_the_mail_left_is_not_told(learner, tess, now, mailoutbox, then):
    attempt = waiting(learner, now)
    send_back(attempt, tess, now=now)

    then(attempt, tess)

    assert deliver(OutboxMail.objects.get().pk) is Outcome.DROPPED
    assert mailoutbox == []


def test_return_that_came_too_late_tells_nothing(learner, tess, now):
    attempt = waiting(learner, now)
    mark(attempt, tess, 400, now=now)

    with pytest.raises(AnswerMoved):
        send_back(attempt, tess, now=now)

    assert kinds() == ["attempt_graded"]


@pytest.mark.parametrize("kind", ["attempt_graded", "answer_returned"])
def test_letter_goes_to_nobody_else(learner, stranger, tess, now, mailoutbox, kind):
    attempt = waiting(learner, now)
    send_back(attempt, tess, now=now)
    if kind == "attempt_graded":
        services.take_back_return(task_of(attempt), actor=tess, now=now)
        mark(attempt, tess, 400, now=now)

    row = OutboxMail.objects.get(kind=kind)
    OutboxMail.objects.filter(pk=row.pk).update(recipient=stranger)

    assert deliver(row.pk) is Outcome.DROPPED
    assert mailoutbox == []
