"""The pen that gives an attempt back: the one that was sent is voided, and a new one begins where it ended."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import User
from quizzes import behaviours, timing
from quizzes.errors import ReopenRefused
from quizzes.models import AnswerFile, Attempt, AttemptItem, Response, ResponseCheck, new_file_token
from quizzes.reports.judged import checks_of
from quizzes.services.attempts import deadline_of, void_attempt
from quizzes.services.outcomes import asked_in
from quizzes.signals import attempt_reopened

# What a new attempt does not take from the one before it. All else are its conditions.
OWN = frozenset(
    {
        "id", "public_id", "number", "state", "started_at", "submitted_at", "marks", "max_marks", "is_passed",
        "grading_number", "reopened_from", "break_seconds", "break_started_at", "honesty", "honesty_at",
        "voided_at", "voided_by", "void_reason",
    }
)  # fmt: skip


def reopen_attempt(attempt: Attempt, *, actor: User, reason: str, now: datetime | None = None) -> Attempt:
    """Void an attempt that was sent by mistake and return a new open one: the same questions, the answers as given.

    Its time begins anew. Reopened twice it is reopened once. Rings `attempt_voided` and `attempt_reopened` after
    commit. Raises VoidReasonMissing, and ReopenRefused for an attempt that is open or voided, while another one is
    under way, and where the time would be over at once.
    """
    now = now or timezone.now()
    with transaction.atomic():
        standing = Attempt.objects.select_for_update(of=("self",)).select_related("quiz").get(pk=attempt.pk)
        if (before := Attempt.objects.filter(reopened_from=standing).first()) is not None:
            return before
        if standing.state not in {Attempt.State.SUBMITTED, Attempt.State.GRADED}:
            raise ReopenRefused(_("Only an attempt that was sent and counts can be given back."))
        others = Attempt.objects.filter(learner=standing.learner_id, quiz=standing.quiz_id).exclude(pk=standing.pk)
        if others.filter(state__in=[Attempt.State.OPEN, Attempt.State.SUBMITTED]).exists():
            raise ReopenRefused(_("The learner has another try under way at this quiz. That one has to end first."))
        asked = asked_in(standing)
        void_attempt(standing, actor=actor, reason=reason, now=now)
        fresh = _copy_of(standing, asked, now)
        if timing.is_over(deadline_of(fresh), now):
            raise ReopenRefused(_("The quiz has closed: the new try would be over at once. Open the quiz first."))
        for row in asked:
            _copy_answer(row, fresh)
        transaction.on_commit(partial(attempt_reopened.send_robust, sender=Attempt, attempt_id=fresh.pk), robust=True)
        return fresh


def _copy_of(standing: Attempt, asked: list[AttemptItem], now: datetime) -> Attempt:
    last = Attempt.objects.filter(learner=standing.learner_id, quiz=standing.quiz_id).order_by("-number").first()
    conditions = {
        field.attname: getattr(standing, field.attname)
        for field in Attempt._meta.concrete_fields
        if field.name not in OWN
    }
    fresh: Attempt = Attempt.objects.create(
        **conditions,
        number=(last.number if last else 0) + 1,
        started_at=now,
        # As it was before a question was dropped: decisions about the old attempt are not about this one.
        max_marks=sum(behaviours.most_marks(standing.behaviour, row.version.question) for row in asked),
        reopened_from=standing,
    )
    fresh.quiz = standing.quiz
    return fresh


def _copy_answer(row: AttemptItem, fresh: Attempt) -> None:
    """The question with its answer; files are the same files under new names."""
    shown = {
        field.attname: getattr(row, field.attname)
        for field in AttemptItem._meta.concrete_fields
        if field.name not in {"id", "attempt"}
    }
    copy = AttemptItem.objects.create(attempt=fresh, **shown)
    response = getattr(row, "response", None)
    if response is None:
        return
    value = response.value
    if row.version.question["kind"] == "upload" and value:
        tokens = {}
        for answer in AnswerFile.objects.filter(attempt_item=row, token__in=value["files"]):
            tokens[answer.token] = token = new_file_token()
            answer.pk, answer.attempt_item, answer.token = None, copy, token
            answer.save(force_insert=True)
        value = {"files": [tokens[token] for token in value["files"] if token in tokens]}
    Response.objects.create(
        attempt_item=copy,
        value=value,
        certainty=response.certainty,
        revision=response.revision,
        saved_at=response.saved_at,
    )
    # What was checked was told: the question stands where it stood.
    for check in checks_of(row):
        ResponseCheck.objects.create(
            attempt_item=copy,
            number=check.number,
            value=check.value,
            earned=check.earned,
            checked_at=check.checked_at,
        )
