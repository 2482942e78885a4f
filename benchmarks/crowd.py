"""Sixteen learners at once against the site as it is served: attempts of ten questions a second, from start to review.

Two web processes on the database of the figures, a connection kept by each learner, no pause between two answers.
The learners share the machine with the site, so the figure is what the machine gives to both.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse

from people.models import User
from quizzes import services
from quizzes.models import Attempt, Quiz

LEARNERS = 16
ATTEMPTS_EACH = 3
GOAL = "goal 18 a second"
TOKEN = "t" * 32  # of the cross-site check: cookie and field only have to agree


class Phone:
    """One learner's connection, with her session."""

    def __init__(self, port: int, learner: User) -> None:
        client = Client()
        client.force_login(learner, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept-Language": "en",
        }
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, expected: int, *, accept: str = "text/html", **fields: str | int) -> None:
        self.connection.request(method, path, urlencode(fields), self.headers | {"Accept": accept})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == expected, (method, path, answer.status, body[:300])

    def take(self, public_id: str, questions: int) -> None:
        """From the first question to the review."""
        self.ask("GET", reverse("quizzes:attempt", args=[public_id]), 200)
        for position in range(1, questions + 1):
            self.ask(
                "POST",
                reverse("quizzes:save", args=[public_id]),
                200,
                accept="application/json",
                position=position,
                choice="c0",
                revision=1,
            )
        self.ask("POST", reverse("quizzes:submit", args=[public_id]), 200, accept="application/json", unanswered=0)


def _served(port: int) -> subprocess.Popen:
    log = subprocess.DEVNULL
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        [*command, "--workers", "2", "--threads", "4", "--keep-alive", "30"], env={**os.environ}, stdout=log, stderr=log
    )
    for _look in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert server.poll() is None, "the server of the figures did not start"
            time.sleep(0.1)
        else:
            return server
    raise TimeoutError("the server of the figures does not answer")


def main(quiz: Quiz, questions: int) -> None:
    """Measure and print."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    learners = [User.objects.create_user(f"crowd{number}@bench.example") for number in range(LEARNERS)]
    server = _served(port)
    try:
        phones = [Phone(port, learner) for learner in learners]

        def study(place: int) -> None:
            for _time in range(ATTEMPTS_EACH):
                attempt = services.start_attempt(learners[place], quiz)
                phones[place].take(str(attempt.public_id), questions)

        study(0)  # the first request of a process costs more
        before = Attempt.objects.filter(quiz=quiz, is_passed=True).count()
        began = time.perf_counter()
        with ThreadPoolExecutor(LEARNERS) as crowd:
            list(crowd.map(study, range(LEARNERS)))
        seconds = time.perf_counter() - began
        done = Attempt.objects.filter(quiz=quiz, is_passed=True).count() - before
        assert done == LEARNERS * ATTEMPTS_EACH, done
    finally:
        server.terminate()
        server.wait(timeout=20)
    print(f"{LEARNERS} learners at once: {done / seconds:.1f} attempts a second, served by 2 processes  {GOAL}")
