"""What screens read: questions of an open attempt, the review of a graded one, the figures of a quiz. Writes nothing.

`questions_of` is all that the screens of an open attempt may use: it never selects the column of the keys.
"""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum

from quizzes import grading
from quizzes.data import (
    ItemFacility,
    PassMark,
    QuizSummary,
    Review,
    ReviewedChoice,
    ReviewedQuestion,
    ShownChoice,
    ShownQuestion,
    ShownText,
)
from quizzes.models import Attempt, AttemptItem, Choice, Item, Quiz, QuizItem


def shown(texts: Mapping[str, str], language: str) -> ShownText:
    """`texts` for a reader of `language`: in it, else in the site's default language, else in any there is."""
    for code in (language, settings.LANGUAGE_CODE, *texts):
        if texts.get(code):
            return ShownText(texts[code], code, is_fallback=code != language)
    return ShownText("", language, is_fallback=False)


# --- An open attempt -----------------------------------------------------------------------------------------------


def questions_of(attempt: Attempt, *, language: str) -> list[ShownQuestion]:
    """Every question of the attempt with the answer given so far: one query."""
    rows = (
        AttemptItem.objects.filter(attempt=attempt)
        .order_by("position")
        .values_list("position", "choice_order", "version__question", "response__value", "response__revision")
    )
    total = len(rows)
    return [
        _question(question, order, value or (), language, position=position, total=total, revision=revision or 0)
        for position, order, question, value, revision in rows
    ]


def preview_of(item: Item, *, language: str) -> ShownQuestion:
    """The item as a learner would be asked it, as it reads now."""
    choices = Choice.objects.filter(item=item).order_by("sort_order", "pk")
    question = {
        "kind": item.kind,
        "stem": item.stem,
        "choices": [{"key": str(choice.key), "text": choice.text} for choice in choices],
    }
    order = range(len(question["choices"]))
    return _question(question, order, (), language, position=1, total=1, revision=0)


def _question(
    question: Mapping,
    order: Iterable[int],
    taken: Iterable[str],
    language: str,
    *,
    position: int,
    total: int,
    revision: int,
) -> ShownQuestion:
    choices = [question["choices"][place] for place in order]
    return ShownQuestion(
        position=position,
        total=total,
        is_multiple=question["kind"] == Item.Kind.MULTIPLE_CHOICE,
        stem=shown(question["stem"], language),
        choices=tuple(
            ShownChoice(choice["key"], shown(choice["text"], language), choice["key"] in taken) for choice in choices
        ),
        revision=revision,
    )


# --- A graded attempt ----------------------------------------------------------------------------------------------


def review_of(attempt: Attempt, *, language: str) -> Review:
    """The outcome of a graded attempt.

    Which choices were right is told once there is nothing left to win by knowing: after a pass, or when every try is
    used and none is open.
    """
    limit = attempt.quiz.attempt_limit
    counts = Attempt.objects.filter(learner=attempt.learner_id, quiz=attempt.quiz_id).aggregate(
        graded=Count("pk", filter=Q(state=Attempt.State.GRADED)),
        passed=Count("pk", filter=Q(state=Attempt.State.GRADED, is_passed=True)),
        open=Count("pk", filter=Q(state=Attempt.State.OPEN)),
    )
    tries_left = None if limit is None else max(limit - counts["graded"], 0)
    is_key_told = bool(counts["passed"]) or (tries_left == 0 and not counts["open"])
    rows = AttemptItem.objects.filter(attempt=attempt).select_related("version", "response").order_by("position")
    return Review(
        questions=tuple(_reviewed(row, language, is_key_told=is_key_told) for row in rows),
        points=attempt.points or 0,
        max_points=attempt.max_points,
        points_to_pass=grading.points_to_pass(attempt.max_points, attempt.pass_mark_percent),
        is_passed=bool(attempt.is_passed),
        tries_left=tries_left,
        is_key_told=is_key_told,
    )


def _reviewed(row: AttemptItem, language: str, *, is_key_told: bool) -> ReviewedQuestion:
    question, key = row.version.question, row.version.answer_key
    response = getattr(row, "response", None)
    taken = response.value if response else []
    points = (response.points if response else 0) or 0
    is_right = points == question["points"]

    def reviewed(choice: Mapping) -> ReviewedChoice:
        is_taken = choice["key"] in taken
        is_correct = choice["key"] in key["correct"]
        feedback = key["choice_feedback"].get(choice["key"])
        has_feedback = feedback and (is_taken or (is_key_told and is_correct))
        return ReviewedChoice(
            text=shown(choice["text"], language),
            is_taken=is_taken,
            is_correct=is_correct if is_key_told or is_right else None,
            feedback=shown(feedback, language) if has_feedback else None,
        )

    return ReviewedQuestion(
        position=row.position,
        stem=shown(question["stem"], language),
        choices=tuple(reviewed(question["choices"][place]) for place in row.choice_order),
        feedback=shown(key["feedback"], language) if key["feedback"] else None,
        points=points,
        max_points=question["points"],
        is_answered=bool(taken),
    )


def record_of(attempt: Attempt, *, language: str) -> list[ReviewedQuestion]:
    """Everything that was asked and answered, with the key: for those who may look into records."""
    rows = AttemptItem.objects.filter(attempt=attempt).select_related("version", "response").order_by("position")
    return [_reviewed(row, language, is_key_told=True) for row in rows]


# --- A quiz, for those who teach -----------------------------------------------------------------------------------


def pass_mark_of(quiz: Quiz) -> PassMark:
    """What passing takes today: one query."""
    worth = list(QuizItem.objects.filter(quiz=quiz, item__archived_at=None).values_list("item__points", flat=True))
    drawn = len(worth) if quiz.draw_count is None else min(quiz.draw_count, len(worth))
    if not worth or (drawn < len(worth) and len(set(worth)) > 1):
        return PassMark(quiz.pass_mark_percent, None, None)
    max_points = sum(worth[:drawn])
    return PassMark(quiz.pass_mark_percent, grading.points_to_pass(max_points, quiz.pass_mark_percent), max_points)


def quizzes_with(item: Item) -> QuerySet[Quiz]:
    """Where the item is used."""
    return Quiz.objects.filter(quiz_items__item=item).order_by("code")


def languages_missing(item: Item) -> list[str]:
    """Codes of the languages in which a part of the item is not written; empty where all of it is in all."""
    choices = list(Choice.objects.filter(item=item))
    texts = [item.stem, *(choice.text for choice in choices)]
    # Feedback may be left out, but where it is given, it is given to everybody.
    texts += [text for text in (item.feedback, *(choice.feedback for choice in choices)) if any(text.values())]
    return [code for code, _name in settings.LANGUAGES if not all(text.get(code) for text in texts)]


def summary_of(quiz: Quiz) -> QuizSummary:
    """How the graded attempts of the quiz went: one query."""
    return QuizSummary(
        **Attempt.objects.filter(quiz=quiz, state=Attempt.State.GRADED).aggregate(
            attempts=Count("pk"),
            passed=Count("pk", filter=Q(is_passed=True)),
            learners=Count("learner", distinct=True),
            last_submitted_at=Max("submitted_at"),
        )
    )


def facility_of(quiz: Quiz) -> list[ItemFacility]:
    """Per item, over all its versions: how much of what could be earned was earned; the hardest first. One query.

    A question without an answer earned nothing, so it counts among the possible points.
    """
    rows = (
        AttemptItem.objects.filter(attempt__quiz=quiz, attempt__state=Attempt.State.GRADED)
        .values("version__item", "version__item__code", "version__item__stem", "version__question__points")
        .annotate(asked=Count("pk"), earned=Sum("response__points", default=0))
        .order_by()
    )
    by_item: dict[int, ItemFacility] = {}
    for row in rows:
        before = by_item.get(row["version__item"])
        by_item[row["version__item"]] = ItemFacility(
            item_id=row["version__item"],
            code=row["version__item__code"],
            stem=str(row["version__item__stem"]),
            asked=row["asked"] + (before.asked if before else 0),
            earned=row["earned"] + (before.earned if before else 0),
            possible=row["asked"] * row["version__question__points"] + (before.possible if before else 0),
        )
    return sorted(by_item.values(), key=lambda item: (item.earned * 100 // item.possible, item.code))


def results_of(quiz: Quiz) -> QuerySet[Attempt]:
    """Closed attempts of the quiz with their learners, the newest first."""
    return (
        Attempt.objects.filter(quiz=quiz)
        .exclude(state=Attempt.State.OPEN)
        .select_related("learner")
        .order_by("-submitted_at", "-pk")
    )
