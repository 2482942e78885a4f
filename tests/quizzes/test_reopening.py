"""An attempt that was sent by mistake comes back as a new one: same questions, same answers, another start."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quizzes import services
from quizzes.errors import ReopenRefused, VoidReasonMissing
from quizzes.models import AnswerFile, Attempt
from quizzes.signals import attempt_reopened, attempt_voided
from tests.factories.people import make_program_admin, make_trainer
from tests.factories.quizzes import ItemFactory, QuizFactory, essay_quiz, plain_quiz, sent


@pytest.fixture
def luis(db):
    return make_program_admin(email="luis@example.org")


@pytest.fixture
def rung():
    heard = []

    def voided(sender, attempt_id, **kwargs):
        heard.append(("voided", attempt_id))

    def reopened(sender, attempt_id, **kwargs):
        heard.append(("reopened", attempt_id))

    attempt_voided.connect(voided)
    attempt_reopened.connect(reopened)
    yield heard
    attempt_voided.disconnect(voided)
    attempt_reopened.disconnect(reopened)


def asked(attempt):
    return list(
        attempt.attempt_items.order_by("position").values_list(
            "position", "version", "choice_order", "response__value", "response__revision"
        )
    )


def test_reopened_attempt_is_voided_and_begins_anew(learner, luis, now, rung, django_capture_on_commit_callbacks):
    attempt = sent(learner, plain_quiz(3, time_limit_minutes=10), rights=2, now=now)
    later = now + timedelta(days=2)

    with django_capture_on_commit_callbacks(execute=True):
        fresh = services.reopen_attempt(attempt, actor=luis, reason=" Sent by a child. ", now=later)
        again = services.reopen_attempt(attempt, actor=luis, reason="Other", now=later)

    attempt.refresh_from_db()
    assert again == fresh
    assert (attempt.state, attempt.voided_by, attempt.void_reason) == ("voided", luis, "Sent by a child.")
    assert (fresh.state, fresh.number, fresh.started_at, fresh.reopened_from) == ("open", 2, later, attempt)
    assert (fresh.time_limit_minutes, fresh.pass_mark_percent, fresh.seed) == (10, 80, attempt.seed)
    assert asked(fresh) == asked(attempt)
    assert rung == [("voided", attempt.pk), ("reopened", fresh.pk)]
    assert services.submit_attempt(fresh, now=later).marks == 200


def test_waiting_attempt_is_given_back(learner, luis):
    attempt = sent(learner, essay_quiz())

    fresh = services.reopen_attempt(attempt, actor=luis, reason="why")

    assert (services.start_attempt(learner, attempt.quiz), fresh.max_marks) == (fresh, 500)


def test_maximum_comes_back_with_a_question_that_was_dropped(learner, luis):
    quiz = plain_quiz(2, shuffle_items=False)
    attempt = sent(learner, quiz)
    item = quiz.quiz_items.first().item
    services.apply_regrade(quiz, item, action="drop", actor=luis, reason="why")

    assert services.reopen_attempt(attempt, actor=luis, reason="why").max_marks == 200


def test_files_come_along_under_new_names(learner, luis):
    quiz = QuizFactory(items=[ItemFactory(kind="upload", accept="document")])
    attempt = services.start_attempt(learner, quiz)
    sent = SimpleUploadedFile("a.pdf", b"%PDF-1.7 %%EOF")
    token = services.save_upload(attempt, 1, files=[sent]).value["files"][0]
    services.submit_attempt(attempt)

    fresh = services.reopen_attempt(attempt, actor=luis, reason="why")

    first, second = AnswerFile.objects.order_by("pk")
    assert (first.token, first.path, first.sha256) == (token, second.path, second.sha256)
    assert fresh.attempt_items.get().response.value == {"files": [second.token]}
    assert services.save_upload(fresh, 1, keep=[second.token]).value == {"files": [second.token]}


def test_reopening_is_refused(learner, luis, now):
    quiz = plain_quiz(1)
    running = services.start_attempt(learner, quiz)
    with pytest.raises(ReopenRefused, match="that was sent"):
        services.reopen_attempt(running, actor=luis, reason="why")
    first = services.submit_attempt(running)
    second = services.start_attempt(learner, quiz)
    with pytest.raises(ReopenRefused, match="another try under way"):
        services.reopen_attempt(first, actor=luis, reason="why")
    services.submit_attempt(second)
    with pytest.raises(VoidReasonMissing):
        services.reopen_attempt(first, actor=luis, reason=" ")
    quiz.closes_at = now
    quiz.save()
    with pytest.raises(ReopenRefused, match="has closed"):
        services.reopen_attempt(first, actor=luis, reason="why", now=now + timedelta(days=1))

    assert list(Attempt.objects.values_list("state", flat=True)) == ["graded", "graded"]


def test_attempt_is_given_back_at_the_desk(client, learner, luis):
    attempt = sent(learner, plain_quiz(1))
    client.force_login(luis)
    url = reverse("attempts:inspect", args=[attempt.pk])

    missing = client.post(url, {"act": "reopen", "reason": ""}).content.decode()
    response = client.post(url, {"act": "reopen", "reason": "Sent by mistake."})

    fresh = Attempt.objects.get(reopened_from=attempt)
    assert "This field is required." in missing
    assert response.url == reverse("attempts:inspect", args=[fresh.pk])
    assert "Given back: the attempt before it" in client.get(response.url).content.decode()


def test_attempt_is_given_back_only_by_who_may(client, learner, stranger):
    attempt = sent(learner, plain_quiz(1))

    for person in (stranger, learner, make_trainer()):
        client.force_login(person)
        client.post(reverse("attempts:inspect", args=[attempt.pk]), {"act": "reopen", "reason": "why"})

    assert list(Attempt.objects.values_list("state", flat=True)) == ["graded"]
