"""Time that the site saw itself: a fact of its own, never what counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.records import Enrollment


class MeasuredTime(models.Model):
    """So long the learner was seen at work in this lesson: the sum of the gaps between what her page told us, as far as
    none is longer than `courses.measuring.LONGEST_GAP`. At least that long; reading without a connection is not seen.

    It never becomes hours: those are awarded by the author's figure (certificates), and attendance is entered by a
    person. The three stand side by side.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="measured")
    lesson_key = models.UUIDField()
    seconds = models.PositiveIntegerField(default=0)
    last_seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("measured time")
        verbose_name_plural = _("measured times")
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson_key"], name="measuredtime_once_per_lesson"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.lesson_key} {self.seconds}"
