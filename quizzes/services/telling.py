"""What learners are told by mail once people have read their answers: rows of the outbox, written with the fact."""

from datetime import datetime

from people.services import post_mail
from quizzes.models import AnswerReturn, Attempt


def tell_graded(attempt: Attempt, *, now: datetime) -> None:
    """Tell the learner that an attempt which waited for people has its result. Once an attempt: what is decided about
    it later stands on its page."""
    _tell(attempt, "attempt_graded", f"attempt-{attempt.public_id}-graded", {"attempt": attempt.pk}, now)


def tell_returned(returned: AnswerReturn, attempt: Attempt, *, now: datetime) -> None:
    """Tell the learner that an answer came back to be changed. Once a return: one taken back may be made again."""
    key = f"attempt-{attempt.public_id}-returned-{returned.pk}"
    _tell(attempt, "answer_returned", key, {"returned": returned.pk}, now)


def _tell(attempt: Attempt, kind: str, key: str, context: dict[str, int], now: datetime) -> None:
    person = attempt.learner
    post_mail(key=key, recipient=person, kind=kind, language=person.language, context=context, now=now)
