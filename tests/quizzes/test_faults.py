"""Servers that die, answers that race: what was acknowledged is there, and marks are those of what was frozen."""

import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection, connections

from quizzes import items, services
from quizzes.errors import AttemptClosed
from quizzes.models import Response
from tests.factories.quizzes import plain_quiz

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KILLS = 200
ROUNDS = 500
QUESTIONS = 3


def regraded(attempt):
    """The marks of what is frozen, worked out again."""
    total = 0
    for row in attempt.attempt_items.select_related("version", "response"):
        response = getattr(row, "response", None)
        if response:
            total += items.grade((row.version.question, row.version.answer_key), response.value).earned
    return total


@pytest.fixture
def server():
    """A process of its own on the database of the tests; `kill_after(attempt, acks)` lets it save and kills it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = os.environ["DATABASE_URL"].replace("/puente?", f"/{name}?")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.quizzes.saver"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(settings.BASE_DIR)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def kill_after(attempt, revision, acks):
        process.stdin.write(f"{attempt.pk} {revision}\n")
        process.stdin.flush()
        child, heard = None, []
        while True:
            words = process.stdout.readline().split()
            assert words, "the process ended by itself"
            if words[0] == "pid":
                child = int(words[1])
            elif words[0] == "ack":
                heard.append((int(words[1]), int(words[2]), words[3]))
            elif words[0] == "dead":
                return heard
            if child and len(heard) >= acks:
                os.kill(child, signal.SIGKILL)
                acks = sys.maxsize

    yield kill_after
    process.stdin.close()
    process.wait(timeout=30)
    process.stdout.close()


def test_no_acknowledged_answer_is_lost_when_the_server_is_killed(server, learner):
    attempt = services.start_attempt(learner, plain_quiz(QUESTIONS))
    rng = random.Random(7)
    newest: dict[int, tuple[int, str]] = {}
    revision = 0

    for _kill in range(KILLS):
        for position, acknowledged, key in server(attempt, revision, rng.randint(1, 5)):
            newest[position] = (acknowledged, key)
        kept = {
            row.attempt_item.position: (row.revision, row.value[0])
            for row in Response.objects.filter(attempt_item__attempt=attempt).select_related("attempt_item")
        }
        for position, (acknowledged, key) in newest.items():
            assert kept[position][0] >= acknowledged
            if kept[position][0] == acknowledged:
                assert kept[position][1] == key
        revision = max(stored for stored, _key in kept.values())

    graded = services.submit_attempt(attempt)
    assert graded.marks == regraded(graded)
    assert revision >= KILLS


def test_answers_that_race_the_sending_are_in_the_marks_or_refused(learner):
    quiz = plain_quiz(1)
    gate = Barrier(2)

    def act(what):
        try:
            gate.wait(timeout=30)
            return what()
        except AttemptClosed as error:
            return error

    kept = 0
    with ThreadPoolExecutor(2) as pool:
        for number in range(ROUNDS):
            attempt = services.start_attempt(learner, quiz)
            question = attempt.attempt_items.select_related("version").get()
            right = items.right_response(question.version.spec)
            saving = pool.submit(act, lambda a=attempt, r=right: services.save_response(a, 1, r, revision=1))
            sending = pool.submit(act, lambda a=attempt: services.submit_attempt(a))
            saved, sent = saving.result(), sending.result()
            is_kept = isinstance(saved, Response)
            assert sent.state == "graded", number
            assert sent.marks == regraded(sent) == (100 if is_kept else 0), number
            kept += is_kept
        for _thread in range(2):
            pool.submit(act, connections.close_all)

    assert 0 < kept <= ROUNDS
