"""What attempts earned, each time it was settled, and the decisions by which it was settled anew."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from quizzes.models.content import Item, ItemVersion
from quizzes.models.quizzes import Quiz
from quizzes.models.records import Attempt


class Regrade(models.Model):
    """A person decided how one item counts in one quiz, for everybody who was asked it by then: by another version's
    key, not at all, or as wholly right. It stands until a person undoes it; who waits or still answers gets it later.
    """

    wagtail_reference_index_ignore = True

    class Action(models.TextChoices):
        KEY = "key", _("grade by another version's key")
        DROP = "drop", _("leave the question out")
        FULL = "full", _("full marks for everybody who was asked")

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="regrades")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="regrades")
    action = models.CharField(max_length=10, choices=Action.choices)
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    may_lower = models.BooleanField(default=False, help_text="Who passed before may fail by it.")
    reason = models.CharField(max_length=500)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    undo_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("regrading")
        verbose_name_plural = _("regradings")
        permissions = [("regrade_attempt", "Can grade attempts again")]
        indexes = [models.Index(fields=["quiz", "at"], name="regrade_of_quiz")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="regrade_for_a_reason"),
            models.CheckConstraint(
                condition=models.Q(action="key", version__isnull=False)
                | ~models.Q(action="key") & models.Q(version=None),
                name="regrade_by_key_names_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None, undo_reason="")
                | models.Q(undone_at__isnull=False, undone_by__isnull=False) & ~models.Q(undo_reason=""),
                name="regrade_undo_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}, {self.item_id}: {self.action}"


class Grading(models.Model):
    """What an attempt earned, settled for the `number`th time. Never changed; the attempt says which one stands.

    `items` holds, by position, {"position", "marks", "max", "by"}: hundredths of a point, given by "key", "person",
    "drop" (then max is 0) or "full"; "version" where the key of another version than the one asked graded.
    """

    wagtail_reference_index_ignore = True

    class Cause(models.TextChoices):
        SUBMIT = "submit", _("sent")
        MARKING = "marking", _("marked by a person")
        REGRADE = "regrade", _("graded again")
        UNDO = "undo", _("regrading undone")

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="gradings", db_index=False)
    number = models.PositiveIntegerField()
    marks = models.PositiveIntegerField(help_text="hundredths of a point")
    max_marks = models.PositiveIntegerField(help_text="hundredths of a point")
    is_passed = models.BooleanField()
    is_pass_kept = models.BooleanField(default=False, help_text="The marks are below the pass mark; the pass stays.")
    items = models.JSONField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    regrade = models.ForeignKey(Regrade, on_delete=models.PROTECT, related_name="gradings", null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("grading")
        verbose_name_plural = _("gradings")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="grading_number_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="grading_number_from_one"),
            models.CheckConstraint(
                condition=models.Q(marks__lte=models.F("max_marks")), name="grading_marks_within_maximum"
            ),
            models.CheckConstraint(
                condition=models.Q(is_pass_kept=False) | models.Q(is_passed=True), name="grading_kept_pass_is_a_pass"
            ),
            models.CheckConstraint(
                condition=models.Q(cause="submit", regrade=None, actor=None)
                | models.Q(cause="marking", regrade=None, actor__isnull=False)
                | models.Q(cause__in=["regrade", "undo"], regrade__isnull=False, actor__isnull=False)
                & ~models.Q(reason=""),
                name="grading_cause_names_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} #{self.number}: {self.marks} of {self.max_marks}"
