"""That somebody was there: entered by a person, apart from what was measured and from what was awarded."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Attendance(models.Model):
    """A person attended a live session for so many minutes, says another one who was there. Append-only: database
    triggers refuse UPDATE and DELETE; a mistake is put right by a row that takes the whole of it back.

    It gives no hours by itself: those are proposed with the session as evidence, and confirmed by two people.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances", verbose_name=_("person")
    )
    title = models.CharField(_("session"), max_length=255)
    course_key = models.UUIDField(
        _("course"), null=True, blank=True, help_text=_("Of the course it belongs to, where it belongs to one.")
    )
    held_on = models.DateField(_("day"))
    minutes = models.IntegerField(_("minutes attended"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="correction", null=True, blank=True, editable=False
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(corrects=None, minutes__gt=0, minutes__lte=1440)
                | models.Q(corrects__isnull=False, minutes__lt=0) & ~models.Q(reason=""),
                name="attendance_minutes_or_a_correction",
            ),
            models.CheckConstraint(
                condition=~models.Q(entered_by=models.F("learner")), name="attendance_by_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.title} ({self.minutes})"
