"""What is kept of an attempt beside its newest answers: earlier answers, answers that were checked, promises made.
Rows of here are written once; the database refuses to change them (migration 0022)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from curriculum.fields import TranslatedTextField
from quizzes.models.records import AttemptItem


class ResponseEvent(models.Model):
    """An answer that stood until a newer one took its place. The newest answer is the `Response`, so a question that
    was answered once has no event.

    Written by a trigger of the database in the statement that replaces the answer: whatever writes answers cannot
    forget it, and it costs no statement. `saved_at` and `replaced_at` are the server's.
    """

    wagtail_reference_index_ignore = True

    # No index of its own: the constraint below begins with it.
    attempt_item = models.ForeignKey(
        AttemptItem, on_delete=models.PROTECT, related_name="response_events", db_index=False
    )
    revision = models.PositiveIntegerField()
    operation_id = models.UUIDField(null=True, blank=True)
    value = models.JSONField()
    certainty = models.PositiveSmallIntegerField(null=True, blank=True)
    saved_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("earlier answer")
        verbose_name_plural = _("earlier answers")
        ordering = ["attempt_item", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["attempt_item", "revision"], name="responseevent_revision_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_item_id} r{self.revision}"


class ResponseCheck(models.Model):
    """An answer that was checked while the attempt was open, and what it earned by itself, before what tries cost.

    Its absence means: not checked. What follows from the checks of a question (finished or not, its marks) is worked
    out by `quizzes.behaviours`.
    """

    wagtail_reference_index_ignore = True

    attempt_item = models.ForeignKey(
        AttemptItem, on_delete=models.PROTECT, related_name="response_checks", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    value = models.JSONField()
    earned = models.PositiveIntegerField(help_text="hundredths of a point")
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("checked answer")
        verbose_name_plural = _("checked answers")
        ordering = ["attempt_item", "number"]
        constraints = [
            models.UniqueConstraint(fields=["attempt_item", "number"], name="responsecheck_number_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="responsecheck_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_item_id} #{self.number}"


class HonestyStatement(models.Model):
    """A promise in the words that learners made it in, under the hash of those words."""

    wagtail_reference_index_ignore = True

    content_hash = models.CharField(max_length=64)
    text = TranslatedTextField(multiline=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [models.UniqueConstraint(fields=["content_hash"], name="honestystatement_content_unique")]

    def __str__(self) -> str:
        return str(self.text)
