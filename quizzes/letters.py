"""The letters that quizzes writes: what a mail of the outbox says. Never what was asked, answered or earned."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from people.letters import Letter
from people.models import OutboxMail
from quizzes.models import AnswerReturn, Attempt


def attempt_graded(mail: OutboxMail) -> Letter | None:
    """People have read the answers: the attempt has its result. Nothing to say where it was voided since.

    Whether it was passed is what stands when the mail goes out.
    """
    attempt = (
        Attempt.objects.select_related("quiz")
        .filter(pk=mail.context["attempt"], learner=mail.recipient, state=Attempt.State.GRADED)
        .first()
    )
    if attempt is None:
        return None
    subject = _("Your result is there: %(title)s") % {"title": attempt.quiz.title}
    return _letter("attempt_graded", subject, attempt, reverse("quizzes:review", args=[attempt.public_id]))


def answer_returned(mail: OutboxMail) -> Letter | None:
    """An answer came back to be changed. Nothing to say where it was sent again, or taken back, since.

    Why it came back may speak of the answer: that stands on the page alone.
    """
    returned = (
        AnswerReturn.objects.select_related("task__attempt_item__attempt__quiz")
        .filter(
            pk=mail.context["returned"],
            closed_at=None,
            task__attempt_item__attempt__learner=mail.recipient,
            task__attempt_item__attempt__state=Attempt.State.SUBMITTED,
        )
        .first()
    )
    if returned is None:
        return None
    asked = returned.task.attempt_item
    subject = _("Please answer a question again: %(title)s") % {"title": asked.attempt.quiz.title}
    address = reverse("quizzes:again", args=[asked.attempt.public_id, asked.position])
    return _letter("answer_returned", subject, asked.attempt, address, position=asked.position)


def _letter(name: str, subject: str, attempt: Attempt, address: str, **more: int) -> Letter:
    context = {"attempt": attempt, "subject": subject, "url": settings.BASE_URL.rstrip("/") + address, **more}
    # A title is one line of a header, whatever its author typed.
    return Letter(
        subject=" ".join(subject.split()),
        text=render_to_string(f"emails/{name}.txt", context),
        html=render_to_string(f"emails/{name}.html", context),
    )
