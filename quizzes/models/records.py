"""What learners did, and what a person is granted: attempts with what was asked, responses, extra time."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import connections, models
from django.utils.translation import gettext_lazy as _

from quizzes.models.content import ItemVersion, Quiz


class Attempt(models.Model):
    """One sitting of a quiz by a person: open, submitted while somebody has yet to read an answer, graded; voided only
    by a named person. It moves forward only.

    The conditions (pass mark) and the marks are copied here and never recomputed from the quiz. Marks are those of the
    `Grading` whose number is `grading_number`; the database lets them change together with a new one only.
    """

    wagtail_reference_index_ignore = True

    class State(models.TextChoices):
        OPEN = "open", _("open")
        SUBMITTED = "submitted", _("waits for a person")
        GRADED = "graded", _("graded")
        VOIDED = "voided", _("voided")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Neither needs an index of its own: the constraints below begin with learner, the index below with quiz.
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    seed = models.BigIntegerField()
    pass_mark_percent = models.PositiveSmallIntegerField()
    time_limit_minutes = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    marks = models.PositiveIntegerField(null=True, blank=True, help_text="hundredths of a point")
    max_marks = models.PositiveIntegerField(help_text="hundredths of a point")
    is_passed = models.BooleanField(null=True, blank=True)
    grading_number = models.PositiveIntegerField(default=0, help_text="number of the grading that stands; 0: none")
    reopened_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reopened_as", null=True, blank=True, editable=False
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    void_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        permissions = [("void_attempt", "Can void an attempt")]
        indexes = [models.Index(fields=["quiz", "submitted_at", "id"], name="attempt_results_of_quiz")]
        constraints = [
            models.UniqueConstraint(fields=["learner", "quiz", "number"], name="attempt_number_unique"),
            models.UniqueConstraint(
                # One that waits for a person keeps the next from being started: nobody knows yet whether it passed.
                fields=["learner", "quiz"],
                condition=models.Q(state__in=["open", "submitted"]),
                name="attempt_one_open_per_quiz",
            ),
            models.CheckConstraint(
                condition=models.Q(marks=None) | models.Q(marks__lte=models.F("max_marks")),
                name="attempt_marks_within_maximum",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", submitted_at=None, marks=None, is_passed=None, grading_number=0)
                | models.Q(
                    state="submitted", submitted_at__isnull=False, marks=None, is_passed=None, grading_number=0
                )
                | models.Q(
                    state="graded",
                    submitted_at__isnull=False,
                    marks__isnull=False,
                    is_passed__isnull=False,
                    grading_number__gte=1,
                )
                | models.Q(state="voided"),
                name="attempt_state_and_marks_agree",
            ),
            models.CheckConstraint(
                condition=models.Q(state="voided", voided_at__isnull=False, voided_by__isnull=False)
                & ~models.Q(void_reason="")
                | ~models.Q(state="voided") & models.Q(voided_at=None, voided_by=None, void_reason=""),
                name="attempt_voided_by_someone_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id} #{self.number}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_waiting(self) -> bool:
        """Sent, and somebody has yet to read an answer of it."""
        return self.state == self.State.SUBMITTED


class Accommodation(models.Model):
    """What a person needs to be asked fairly: more time, or no limit. Holds for every quiz, from the moment it is
    written, also for an attempt that runs. Its absence means: the time that everybody has."""

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="quiz_accommodation",
        verbose_name=_("learner"),
    )
    extra_time_percent = models.PositiveSmallIntegerField(
        _("extra time (percent)"), default=0, validators=[MaxValueValidator(900)]
    )
    is_untimed = models.BooleanField(_("no time limit"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True, help_text=_("Only those who edit this read it."))
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("extra time")
        verbose_name_plural = _("extra time")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(extra_time_percent__lte=900), name="accommodation_extra_time_within_bounds"
            ),
        ]

    def __str__(self) -> str:
        return str(self.learner)


class AttemptItem(models.Model):
    """What was asked, at which place (from 1), answers in which order. Written with the attempt, never changed."""

    wagtail_reference_index_ignore = True

    # Each constraint below begins with one of the two: two indexes serve what four would.
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="attempt_items", db_index=False)
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="attempt_items", db_index=False)
    position = models.PositiveSmallIntegerField()
    choice_order = models.JSONField(
        help_text="Places of the choices (of a matching: of the prompts) in the version's question, in the order shown."
    )

    class Meta:
        verbose_name = _("attempt item")
        verbose_name_plural = _("attempt items")
        ordering = ["attempt", "position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="attemptitem_position_unique"),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="attemptitem_position_from_one"),
            models.UniqueConstraint(fields=["version", "attempt"], name="attemptitem_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}.{self.position}"


class ResponseQuerySet(models.QuerySet["Response"]):
    def save_newer(self, *, attempt_item_id: int, value: Any, revision: int, saved_at: datetime) -> int | None:
        """Write the answer unless one of the same or a newer revision is there; return its id, or None.

        One statement, so that two devices cannot interleave: Django's `bulk_create(update_conflicts=True)` knows no
        condition on the update.
        """
        fields = {field.name: field for field in Response._meta.concrete_fields}
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO quizzes_response (attempt_item_id, value, revision, saved_at) VALUES (%s, %s, %s, %s)
                ON CONFLICT (attempt_item_id) DO UPDATE
                SET value = excluded.value, revision = excluded.revision, saved_at = excluded.saved_at
                WHERE quizzes_response.revision < excluded.revision
                RETURNING id
                """,
                [
                    attempt_item_id,
                    fields["value"].get_db_prep_save(value, cursor.db),
                    revision,
                    fields["saved_at"].get_db_prep_save(saved_at, cursor.db),
                ],
            )
            row = cursor.fetchone()
        return row[0] if row else None


class Response(models.Model):
    """The answer to one attempt item, as last given while the attempt was open. Its absence means: not answered; so
    does an empty value, which says that an answer was taken back.

    `revision` grows with each change by the learner's device; an older revision never overwrites a newer one. Once the
    attempt is closed the database takes another value only for an answer that was returned for revision, and other
    `marks` only together with a new `Grading` (migration 0012): that is written first, these next, the attempt last.
    `marks` are what the answer earned by the grading that stands; of a dropped question, what it had earned before.
    """

    wagtail_reference_index_ignore = True

    attempt_item = models.OneToOneField(AttemptItem, on_delete=models.PROTECT, related_name="response")
    value = models.JSONField(help_text="As the kind of the item has it: see quizzes.items.responses.")
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    marks = models.PositiveIntegerField(null=True, blank=True, help_text="hundredths of a point")

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.CheckConstraint(condition=models.Q(revision__gte=1), name="response_revision_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_item_id} r{self.revision}"
