"""What reading the attempts of a quiz costs: results and statistics, of few attempts and of many, in one run."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from people.models import User
from quizzes import items, services
from quizzes.models import (
    Attempt,
    AttemptItem,
    Grading,
    Item,
    ItemBank,
    ItemVersion,
    Quiz,
    QuizItem,
    QuizSection,
    Response,
)

QUESTIONS = 10


def quiz_of(code: str, *, questions: int = QUESTIONS) -> Quiz:
    """A quiz of single choices, four answers each, the first one right."""
    bank, _created = ItemBank.objects.get_or_create(code="figures", defaults={"name": {"en": "Figures"}})
    quiz = Quiz.objects.create(code=code, title={"en": f"Quiz {code}", "es": f"Cuestionario {code}"})
    section = QuizSection.objects.create(quiz=quiz)
    for number in range(questions):
        spec = items.read_item(
            {
                "kind": "single_choice",
                "code": f"{code}-{number}",
                "stem": {"en": f"Question {number + 1}?", "es": f"¿Pregunta {number + 1}?"},
                "choices": [
                    {
                        "key": f"c{place}",
                        "text": {"en": f"Answer {place} to {number}", "es": f"Respuesta {place} a la {number}"},
                        "weight": items.WHOLE if place == 0 else 0,
                        "feedback": {"en": "Because of this.", "es": "Por esto."},
                    }
                    for place in range(4)
                ],
            }
        )
        item = services.write_item(spec, bank=bank)
        QuizItem.objects.create(quiz=quiz, section=section, item=item, sort_order=number)
    return quiz


def sent_quiz(count: int) -> int:
    """The key of a quiz of one question with so many results."""
    quiz = quiz_of(f"bench-sent-{count}", questions=1)
    send_many(quiz, count)
    return quiz.pk


def answered_quiz(count: int) -> int:
    """The key of a quiz of ten questions that so many learners answered."""
    quiz = quiz_of(f"bench-{count}")
    answer_many(quiz, count)
    return quiz.pk


def answer_many(quiz: Quiz, count: int, *, seed: int = 1) -> None:
    """So many learners answer the quiz once each, straight into the tables; two of three in English.

    The last question is harder in Spanish; of the last but one, the key is wrong.
    """
    random = Random(seed)
    now = timezone.now()
    User.objects.bulk_create(
        [
            User(email=f"{quiz.code}-{number}@bench.example", printed_name=f"Learner {random.randrange(10**9):09}")
            for number in range(count)
        ],
        batch_size=1000,
    )
    learners = list(
        User.objects.filter(email__startswith=f"{quiz.code}-", email__endswith="@bench.example").order_by("pk")
    )
    of_quiz = Item.objects.filter(quiz_items__quiz=quiz).order_by("quiz_items__sort_order")
    versions = list(ItemVersion.objects.filter(pk__in=of_quiz.values("current_version")).order_by("pk"))
    for first in range(0, count, 1000):
        _answer(
            quiz, versions, learners[first : first + 1000], random, now - timedelta(days=30) + timedelta(seconds=first)
        )
    services.tally_attempts(Attempt.objects.filter(quiz=quiz).values_list("pk", flat=True))


def send_many(quiz: Quiz, count: int) -> None:
    """So many results without answers, for the list of results alone."""
    random, now = Random(2), timezone.now()
    User.objects.bulk_create(
        [
            User(email=f"{quiz.code}-{number}@bench.example", printed_name=f"Learner {random.randrange(10**9):09}")
            for number in range(count)
        ],
        batch_size=1000,
    )
    learners = User.objects.filter(email__startswith=f"{quiz.code}-", email__endswith="@bench.example").order_by("pk")
    Attempt.objects.bulk_create(
        [
            Attempt(
                learner_id=pk,
                quiz=quiz,
                number=1,
                seed=number,
                pass_mark_percent=80,
                state=Attempt.State.GRADED,
                started_at=now - timedelta(days=30) + timedelta(seconds=number),
                submitted_at=now - timedelta(days=29) + timedelta(seconds=number),
                marks=(marks := 100 * random.randrange(11)),
                max_marks=1000,
                grading_number=1,
                is_passed=marks >= 800,
                language="en",
            )
            for number, pk in enumerate(learners.values_list("pk", flat=True))
        ],
        batch_size=1000,
    )


def _answer(quiz: Quiz, versions: list[ItemVersion], learners: list[User], random: Random, began) -> None:
    attempts = Attempt.objects.bulk_create(
        [
            Attempt(
                learner=learner,
                quiz=quiz,
                number=1,
                seed=number,
                pass_mark_percent=quiz.pass_mark_percent,
                max_marks=len(versions) * items.HUNDREDTHS,
                language="es" if number % 3 == 0 else "en",
                started_at=began + timedelta(seconds=number),
            )
            for number, learner in enumerate(learners)
        ]
    )
    asked = AttemptItem.objects.bulk_create(
        [
            AttemptItem(attempt=attempt, version=version, position=position, choice_order=[0, 1, 2, 3])
            for attempt in attempts
            for position, version in enumerate(versions, start=1)
        ],
        batch_size=2000,
    )
    responses: list[Response] = []
    marks: dict[int, list[int]] = {attempt.pk: [] for attempt in attempts}
    ability = {attempt.pk: random.gauss(0.65, 0.2) for attempt in attempts}
    spanish = {attempt.pk for attempt in attempts if attempt.language == "es"}
    for row in asked:
        place = row.position - 1
        chance = ability[row.attempt_id] + 0.03 * (place - 4)
        if place == len(versions) - 1 and row.attempt_id in spanish:
            chance -= 0.35
        is_right = random.random() < chance
        letter = "a" if is_right else random.choice("bcd")
        if place == len(versions) - 2:
            letter = "b" if is_right else random.choice("acd")
        key = versions[place].question["choices"]["abcd".index(letter)]["key"]
        earned = items.HUNDREDTHS if letter == "a" else 0
        marks[row.attempt_id].append(earned)
        saved_at = began + timedelta(seconds=20 * row.position + random.randrange(15))
        responses.append(Response(attempt_item=row, value=[key], marks=earned, saved_at=saved_at))
    Response.objects.bulk_create(responses, batch_size=2000)
    for attempt in attempts:
        attempt.state, attempt.marks, attempt.grading_number = Attempt.State.GRADED, sum(marks[attempt.pk]), 1
        attempt.is_passed = attempt.marks * 100 >= attempt.max_marks * quiz.pass_mark_percent
        attempt.submitted_at = attempt.started_at + timedelta(minutes=4)
    Grading.objects.bulk_create(
        Grading(
            attempt=attempt,
            number=1,
            marks=attempt.marks,
            max_marks=attempt.max_marks,
            is_passed=attempt.is_passed,
            items=[
                {"position": position, "marks": earned, "max": items.HUNDREDTHS, "by": "key"}
                for position, earned in enumerate(marks[attempt.pk], start=1)
            ],
            cause=Grading.Cause.SUBMIT,
            at=attempt.submitted_at,
        )
        for attempt in attempts
    )
    fields = ["state", "marks", "is_passed", "submitted_at", "grading_number"]
    Attempt.objects.bulk_update(attempts, fields, batch_size=200)
