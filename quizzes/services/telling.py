"""What learners are told by mail once people have read their answers: rows of the outbox, written with the fact."""

from datetime import datetime

from people.services import post_mail
from quizzes.models import AnswerReturn, Attempt


def tell_graded(attempt: Attempt, *, now: datetime) -> None:
    """Tell the learner that an attempt which waited for people has its result. Once an attempt: what is decided about
    it later stands on its page."""
    post_mail(
        key=f"attempt-{attempt.public_id}-graded",
        recipient=attempt.learner,
        kind="attempt_graded",
        language=attempt.learner.language,
        context={"attempt": attempt.pk},
        now=now,
    )


def tell_returned(returned: AnswerReturn, attempt: Attempt, *, now: datetime) -> None:
    """Tell the learner that an answer came back to be changed. Once a return: one taken back may be made again."""
    post_mail(
        key=f"attempt-{attempt.public_id}-returned-{returned.pk}",
        recipient=attempt.learner,
        kind="answer_returned",
        language=attempt.learner.language,
        context={"returned": returned.pk},
        now=now,
    )
