"""What an attempt costs: ten questions one by one, step by step, beside the bare minimum of SQL that makes the same
things last.

The minimum writes the same rows with one statement for each, in as many transactions, and asks nothing: no session,
no person, no page. The distance to it is what Django, the rules and the screens cost.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks import crowd, quizzes
from people.models import User
from quizzes import services
from quizzes.models import (
    Attempt,
    AttemptItem,
    AttemptTally,
    Grading,
    ItemVersion,
    Quiz,
    Response,
)

QUESTIONS = 10
ROUNDS = 20
GOAL = "goal 90 ms, 13 requests, 4 kB"
TABLES = (Attempt, AttemptItem, Response, Grading, AttemptTally)
GRADED = json.dumps([{"position": at, "marks": 100, "max": 100, "by": "key"} for at in range(1, QUESTIONS + 1)])


class Steps:
    """Processor milliseconds and statements by step, added up over the rounds."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = defaultdict(float)
        self.statements: dict[str, int] = {}

    @contextmanager
    def step(self, name: str, *, is_counted: bool) -> Iterator[None]:
        if is_counted:
            with CaptureQueriesContext(connection) as queries:
                yield
                statements = len(connection.queries_log) - queries.initial_queries
            self.statements[name] = self.statements.get(name, 0) + statements
            return
        began = time.process_time()
        yield
        self.milliseconds[name] += (time.process_time() - began) * 1000


def sitting(client: Client, learner: User, quiz: Quiz, steps: Steps, *, is_counted: bool = False) -> int:
    """One attempt as a phone with JavaScript makes it; the number of requests, with the one that starts it."""
    with steps.step("start", is_counted=is_counted):
        run = services.start_attempt(learner, quiz)
        assert client.get(reverse("quizzes:attempt", args=[run.public_id])).status_code == 200
    for position in range(1, QUESTIONS + 1):
        with steps.step("ten saves", is_counted=is_counted):
            response = client.post(
                reverse("quizzes:save", args=[run.public_id]),
                {"position": position, "choice": "c0", "revision": 1},
                headers={"accept": "application/json"},
            )
        assert response.json()["is_kept"], response.content
    with steps.step("submit and review", is_counted=is_counted):
        response = client.post(
            reverse("quizzes:submit", args=[run.public_id]), {"unanswered": "0"}, headers={"accept": "application/json"}
        )
    assert "question-10" in response.json()["html"], response.content
    assert Attempt.objects.values_list("is_passed", flat=True).get(pk=run.pk)
    return QUESTIONS + 3


def page_sitting(client: Client, learner: User, quiz: Quiz, steps: Steps) -> None:
    """One attempt of a quiz whose questions stand on one page: answered, sent together, then sent."""
    with steps.step("start", is_counted=False):
        run = services.start_attempt(learner, quiz)
        assert client.get(reverse("quizzes:attempt", args=[run.public_id])).status_code == 200
    answers = [
        {"position": at, "revision": 1, "operation": uuid4().hex, "fields": [["choice", "c0"]]}
        for at in range(1, QUESTIONS + 1)
    ]
    with steps.step("ten answers", is_counted=False):
        reply = client.post(reverse("quizzes:save_together", args=[run.public_id]), {"answers": json.dumps(answers)})
    assert all(answer["is_kept"] for answer in reply.json()["answers"]), reply.content
    with steps.step("submit and review", is_counted=False):
        client.post(
            reverse("quizzes:submit", args=[run.public_id]), {"unanswered": "0"}, headers={"accept": "application/json"}
        )
    assert Attempt.objects.values_list("is_passed", flat=True).get(pk=run.pk)


def bare_minimum(learner: User, quiz: Quiz, versions: list[ItemVersion], number: int, steps: Steps) -> None:
    """The same rows by plain SQL: start, ten answers and the end, each in a transaction of its own."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    columns = "public_id, learner_id, quiz_id, number, state, seed, pass_mark_percent, max_marks, started_at"
    with connection.cursor() as cursor:

        def row(table: str, names: str, values: list) -> int:
            marks = ", ".join(["%s"] * len(values))
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id", values)  # noqa: S608
            return cursor.fetchone()[0]

        defaults = _defaults(Attempt, columns)
        with steps.step("start", is_counted=False), transaction.atomic():
            attempt = row(
                "quizzes_attempt",
                ", ".join([columns, *defaults]),
                [
                    uuid4().hex,
                    learner.pk,
                    quiz.pk,
                    number,
                    "open",
                    number,
                    80,
                    QUESTIONS * 100,
                    now,
                    *defaults.values(),
                ],
            )
            asked = [
                row(
                    "quizzes_attemptitem",
                    "attempt_id, version_id, position, choice_order",
                    [attempt, version.pk, position, "[0, 1, 2, 3]"],
                )
                for position, version in enumerate(versions, start=1)
            ]
        for item in asked:
            with steps.step("ten saves", is_counted=False), transaction.atomic():
                row(
                    "quizzes_response",
                    "attempt_item_id, value, revision, saved_at",
                    [item, json.dumps(["c0"]), 1, now],
                )
        with steps.step("submit and review", is_counted=False), transaction.atomic():
            cursor.execute(
                "UPDATE quizzes_response SET marks = 100 WHERE attempt_item_id IN "
                "(SELECT id FROM quizzes_attemptitem WHERE attempt_id = %s)",
                [attempt],
            )
            row(
                "quizzes_grading",
                "attempt_id, number, marks, max_marks, is_passed, is_pass_kept, items, cause, reason, at",
                [attempt, 1, QUESTIONS * 100, QUESTIONS * 100, True, False, GRADED, "submit", "", now],
            )
            cursor.execute(
                "UPDATE quizzes_attempt SET state = 'graded', marks = max_marks, is_passed = %s, submitted_at = %s, "
                "grading_number = 1 WHERE id = %s",
                [True, now, attempt],
            )
            cells = ";".join(f"{version.pk}:100:c0" for version in versions)
            cursor.execute(
                "INSERT INTO quizzes_attempttally (attempt_id, cells, paces) VALUES (%s, %s, '')", [attempt, cells]
            )


def _defaults(model: type[Attempt], named: str) -> dict[str, object]:
    """What the other columns hold that may not be empty."""
    others = [field for field in model._meta.concrete_fields if field.column not in {"id", *named.split(", ")}]
    return {field.column: field.get_db_prep_save(field.get_default(), connection) for field in others if not field.null}


def _rows() -> int:
    return sum(model._base_manager.count() for model in TABLES)


def _bytes() -> int | None:
    """Size of the tables of attempts with their indexes, in bytes; None where the database does not tell."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tables = [model._meta.db_table for model in TABLES]
            cursor.execute(f"SELECT {' + '.join(['pg_total_relation_size(%s)'] * len(tables))}", tables)
            return cursor.fetchone()[0]
        cursor.execute("PRAGMA page_size")
        size = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA freelist_count")
        return size * (pages - cursor.fetchone()[0])


def main(client: Client, learner: User) -> None:
    """Measure and print."""
    quiz = quizzes.quiz_of("bench", questions=QUESTIONS)
    ours, least = Steps(), Steps()
    requests = sitting(client, learner, quiz, ours, is_counted=True)
    sitting(client, learner, quiz, Steps())
    rows, size = _rows(), _bytes()
    for _round in range(ROUNDS):
        sitting(client, learner, quiz, ours)
    rows, grown = (_rows() - rows) // ROUNDS, (_bytes() - size) / ROUNDS
    versions = list(ItemVersion.objects.filter(item__quiz_items__quiz=quiz).order_by("pk"))
    for number in range(1000, 1000 + ROUNDS):
        bare_minimum(learner, quiz, versions, number, least)
    print(f"An attempt of {QUESTIONS} questions, one by one: {requests} requests")
    print(f"{'':20}{'CPU ms':>8}{'bare SQL':>10}{'ratio':>8}{'SQL':>6}")
    for name in ours.milliseconds:
        mine, bare = ours.milliseconds[name] / ROUNDS, least.milliseconds.get(name, 0) / ROUNDS
        ratio = f"{mine / bare:8.0f}" if bare else f"{'':8}"
        print(f"{name:20}{mine:8.2f}{bare:10.2f}{ratio}{ours.statements[name]:6}")
    mine, bare = sum(ours.milliseconds.values()) / ROUNDS, sum(least.milliseconds.values()) / ROUNDS
    print(f"{'in all':20}{mine:8.2f}{bare:10.2f}{mine / bare:8.0f}{sum(ours.statements.values()):6}  {GOAL}")
    print(f"{rows} rows written, {grown / 1000:.1f} kB of growth")
    Quiz.objects.filter(pk=quiz.pk).update(navigation=Quiz.Navigation.PAGE)
    quiz.refresh_from_db()
    together = Steps()
    for _round in range(ROUNDS):
        page_sitting(client, learner, quiz, together)
    per_step = ", ".join(f"{name} {spent / ROUNDS:.1f}" for name, spent in together.milliseconds.items())
    print(f"On one page: {sum(together.milliseconds.values()) / ROUNDS:.1f} ms ({per_step}), 4 requests  goal 40 ms")
    Quiz.objects.filter(pk=quiz.pk).update(navigation=Quiz.Navigation.FREE)
    quiz.refresh_from_db()
    crowd.main(quiz, QUESTIONS)
