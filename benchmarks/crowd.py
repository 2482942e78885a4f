"""Sixteen learners at once against the site as it is served: attempts of ten questions a second, from start to review.

Web processes as the guide for operators has them (one more than this machine has cores, one thread each), on the
database of the figures; a connection kept by each learner, no pause between two answers.
The learners share the machine with the site, so the figure is what the machine gives to both.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.urls import reverse

from people.models import User
from quizzes import services
from quizzes.models import Attempt, Quiz

LEARNERS = 16
WORKERS = (os.cpu_count() or 1) + 1
ATTEMPTS_EACH = 6
GOAL = "goal 18 and 40"
JSON = "application/json"
TOKEN = "t" * 32  # of the cross-site check: cookie and field only have to agree


class Phone:
    """One learner's connection, with her session. As little as a browser needs: the phones share the machine with the
    site, and what they cost is not the site's."""

    def __init__(self, port: int, learner: User) -> None:
        client = Client()
        client.force_login(learner, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = "".join(
            f"{name}: {value}\r\n"
            for name, value in {
                "Host": f"127.0.0.1:{port}",
                "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
                "X-CSRFToken": TOKEN,
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept-Language": "en",
            }.items()
        )
        self.port = port

    @cached_property
    def socket(self) -> socket.socket:
        """Opened with the first request: the server waits a while for who says nothing."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def ask(self, method: str, path: str, *, accept: str = "text/html", **fields: str | int) -> None:
        body = urlencode(fields)
        head = f"{method} {path} HTTP/1.1\r\n{self.headers}Accept: {accept}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.socket.sendall((head + body).encode())
        reply = b""
        while (end := reply.find(b"\r\n\r\n")) < 0:
            reply += self._more()
        head_of_reply = reply[:end].lower()
        assert head_of_reply.startswith(b"http/1.1 200"), (method, path, reply[:300])
        length = int(head_of_reply.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(reply) < end + 4 + length:
            reply += self._more()

    def _more(self) -> bytes:
        received = self.socket.recv(65_536)
        assert received, "the server hung up"
        return received

    def one_by_one(self, public_id: str, questions: int) -> None:
        """From the first question to the review, each answer sent as it is given."""
        self.ask("GET", reverse("quizzes:attempt", args=[public_id]))
        save = reverse("quizzes:save", args=[public_id])
        for position in range(1, questions + 1):
            self.ask("POST", save, accept=JSON, position=position, choice="c0", revision=1)
        self.ask("POST", reverse("quizzes:submit", args=[public_id]), accept=JSON, unanswered=0)

    def on_one_page(self, public_id: str, questions: int) -> None:
        """The same where all answers go out together."""
        self.ask("GET", reverse("quizzes:attempt", args=[public_id]))
        answers = json.dumps(
            [
                {"position": position, "revision": 1, "operation": str(uuid4()), "fields": [["choice", "c0"]]}
                for position in range(1, questions + 1)
            ]
        )
        self.ask("POST", reverse("quizzes:save_together", args=[public_id]), accept=JSON, answers=answers)
        self.ask("POST", reverse("quizzes:submit", args=[public_id]), accept=JSON, unanswered=0)


def _served(port: int) -> subprocess.Popen:
    log = subprocess.DEVNULL
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        [*command, "--worker-class", "gthread", "--workers", str(WORKERS), "--threads", "1", "--keep-alive", "30"],
        env={**os.environ},
        stdout=log,
        stderr=log,
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
        one_by_one = _rate(quiz, learners, lambda place, attempt: phones[place].one_by_one(attempt, questions))
        Quiz.objects.filter(pk=quiz.pk).update(navigation=Quiz.Navigation.PAGE)
        one_page = _rate(quiz, learners, lambda place, attempt: phones[place].on_one_page(attempt, questions))
        Quiz.objects.filter(pk=quiz.pk).update(navigation=Quiz.Navigation.FREE)
    finally:
        server.terminate()
        server.wait(timeout=20)
    print(
        f"{LEARNERS} learners at once, served by {WORKERS} processes: {one_by_one:.1f} attempts a second one by one, "
        f"{one_page:.1f} on one page  {GOAL}"
    )


def _rate(quiz: Quiz, learners: list[User], take: Callable[[int, str], None]) -> float:
    """Attempts a second, all of them passed."""

    def study(place: int) -> None:
        for _time in range(ATTEMPTS_EACH):
            take(place, str(services.start_attempt(learners[place], quiz).public_id))

    study(0)  # the first request of a process costs more
    before = Attempt.objects.filter(quiz=quiz, is_passed=True).count()
    began = time.perf_counter()
    with ThreadPoolExecutor(LEARNERS) as crowd:
        list(crowd.map(study, range(LEARNERS)))
    seconds = time.perf_counter() - began
    done = Attempt.objects.filter(quiz=quiz, is_passed=True).count() - before
    assert done == LEARNERS * ATTEMPTS_EACH, done
    return done / seconds
