"""What learners did, and what a person is granted: attempts with what was asked, responses, extra time."""

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import connections, models
from django.utils.translation import gettext_lazy as _

from quizzes import behaviours
from quizzes.models.content import ItemVersion
from quizzes.models.quizzes import Quiz


class Attempt(models.Model):
    """One sitting of a quiz by a person: open, submitted while somebody has yet to read an answer, graded; voided only
    by a named person. It moves forward only.

    The conditions (pass mark, time, when answers are checked, the way through) and the marks are copied here and never
    recomputed from the quiz. Marks are those of the `Grading` whose number is `grading_number`; the database lets them
    change together with a new one only.
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
    pass_rule = models.JSONField(
        null=True, blank=True, help_text="Sections and competencies: see quizzes.grading.read_rule."
    )
    behaviour = models.CharField(max_length=20, choices=Quiz.Behaviour.choices, default=Quiz.Behaviour.DEFERRED)
    is_sequential = models.BooleanField(default=False)
    reached = models.PositiveSmallIntegerField(default=1, help_text="Position of the question, where forward only.")
    time_limit_minutes = models.PositiveIntegerField(null=True, blank=True)
    break_seconds = models.PositiveIntegerField(default=0, help_text="Of breaks that have ended.")
    break_started_at = models.DateTimeField(null=True, blank=True)
    honesty = models.ForeignKey(
        "quizzes.HonestyStatement", on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    honesty_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(
        max_length=20, blank=True, default="", help_text="In which it was started; empty: from before it was kept."
    )
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
        indexes = [
            models.Index(fields=["quiz", "submitted_at", "id"], name="attempt_results_of_quiz"),
            # Sums of a quiz are read from the index alone, one learner after the other.
            models.Index(fields=["quiz", "state", "learner", "number", "is_passed"], name="attempt_sums_of_quiz"),
            models.Index(fields=["quiz", "marks", "id"], name="attempt_marks_of_quiz"),
        ]
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
                | models.Q(state="submitted", submitted_at__isnull=False, marks=None, is_passed=None, grading_number=0)
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
            models.CheckConstraint(condition=models.Q(reached__gte=1), name="attempt_reached_from_one"),
            models.CheckConstraint(
                condition=models.Q(honesty=None, honesty_at=None)
                | models.Q(honesty__isnull=False, honesty_at__isnull=False),
                name="attempt_promised_at_a_moment",
            ),
        ]

    # What the service that closed it had at hand: its questions with answers and marks, and the grading that stands. So
    # that showing what came of it need not ask for them again.
    asked: Any = None
    standing: Any = None

    def __str__(self) -> str:
        return f"{self.quiz_id} #{self.number}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_on_one_page(self) -> bool:
        """Whether its questions are shown together. Only a matter of showing, so the quiz decides, as it is today; what
        is frozen here (forward only, checked one by one) goes before."""
        is_plain = not self.is_sequential and self.behaviour not in behaviours.CHECKING
        return is_plain and self.quiz.navigation == Quiz.Navigation.PAGE

    @property
    def is_waiting(self) -> bool:
        """Sent, and somebody has yet to read an answer of it."""
        return self.state == self.State.SUBMITTED


class Accommodation(models.Model):
    """What a person needs to be asked fairly: more time, no limit, or breaks. Holds for every quiz, from the moment it
    is written, also for an attempt that runs. Its absence means: the time that everybody has."""

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
    breaks_minutes = models.PositiveSmallIntegerField(
        _("breaks (minutes in all)"),
        default=0,
        validators=[MaxValueValidator(600)],
        help_text=_("In each try with a time limit, the clock may stand still for so long."),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True, help_text=_("Only those who edit this read it."))
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("extra time")
        verbose_name_plural = _("extra time")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(extra_time_percent__lte=900), name="accommodation_extra_time_within_bounds"
            ),
            models.CheckConstraint(
                condition=models.Q(breaks_minutes__lte=600), name="accommodation_breaks_within_bounds"
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

    checks: Any = None  # what a report fetched of the checks of its answers, so that they are not asked for one by one

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
    def save_newer(self, answer: "Response", *, only_if_open: bool = False) -> bool:
        """Write the answer unless one of the same or a newer revision is there, or one by the same operation was;
        return whether it was written. `only_if_open`: nor once its attempt is closed, nor while a break runs; for
        those who do not hold the lock on the attempt.

        One statement, so that two devices cannot interleave: Django's `bulk_create(update_conflicts=True)` knows no
        condition on the update. A trigger keeps the answer that is replaced (`ResponseEvent`).
        """
        given = ("attempt_item_id", "value", "revision", "saved_at", "certainty", "operation_id")
        fields = {field.attname: field for field in Response._meta.concrete_fields}
        with connections[self.db].cursor() as cursor:
            row = {name: fields[name].get_db_prep_save(getattr(answer, name), cursor.db) for name in given}
            # Whoever is just sending the attempt holds its row: the statement waits, and then finds it closed.
            share = "FOR SHARE OF attempt" if cursor.db.features.has_select_for_update else ""
            source = (
                f"""
                FROM quizzes_attemptitem asked JOIN quizzes_attempt attempt ON attempt.id = asked.attempt_id
                WHERE asked.id = %(attempt_item_id)s AND attempt.state = 'open' AND attempt.break_started_at IS NULL
                {share}
                """
                if only_if_open
                else "WHERE TRUE"
            )
            cursor.execute(
                f"""
                INSERT INTO quizzes_response (attempt_item_id, value, revision, saved_at, certainty, operation_id)
                SELECT %(attempt_item_id)s, %(value)s, %(revision)s, %(saved_at)s, %(certainty)s, %(operation_id)s
                {source}
                ON CONFLICT (attempt_item_id) DO UPDATE
                SET value = excluded.value, revision = excluded.revision, saved_at = excluded.saved_at,
                    certainty = excluded.certainty, operation_id = excluded.operation_id
                WHERE quizzes_response.revision < excluded.revision
                AND NOT EXISTS (
                    SELECT 1 FROM quizzes_responseevent WHERE attempt_item_id = excluded.attempt_item_id
                    AND operation_id = excluded.operation_id
                )
                AND (quizzes_response.operation_id = excluded.operation_id) IS NOT TRUE
                RETURNING id
                """,  # noqa: S608  what is put in is written above
                row,
            )
            return cursor.fetchone() is not None


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
    certainty = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How sure the learner is: 1 to 3.")
    revision = models.PositiveIntegerField(default=1)
    operation_id = models.UUIDField(null=True, blank=True, help_text="Of the learner's device.")
    saved_at = models.DateTimeField()
    marks = models.IntegerField(
        null=True, blank=True, help_text="hundredths of a point; below zero for what was sure and wrong"
    )

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.CheckConstraint(condition=models.Q(revision__gte=1), name="response_revision_from_one"),
            models.CheckConstraint(
                condition=models.Q(certainty=None) | models.Q(certainty__gte=1, certainty__lte=3),
                name="response_certainty_is_a_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_item_id} r{self.revision}"
