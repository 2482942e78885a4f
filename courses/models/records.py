"""What learners did. Each row is written once; it can be reversed by a named person for a stated reason, never edited.

`course_key` and `lesson_key` are translation keys of pages: the same in every language. They are no foreign keys, so
the delete guard in `courses.wagtail_hooks` keeps pages that someone has learned from.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curriculum.fields import TranslatedTextField
from curriculum.models import Competency
from quizzes.models import Attempt


def reversal_is_whole(name: str) -> models.CheckConstraint:
    """A constraint: the reversal fields are all set (with a reason) or all empty."""
    return models.CheckConstraint(
        condition=models.Q(reversed_at=None, reversed_by=None, reversal_reason="")
        | models.Q(reversed_at__isnull=False, reversed_by__isnull=False) & ~models.Q(reversal_reason=""),
        name=name,
    )


class Reversible(models.Model):
    """Stands until a named person reverses it for a stated reason."""

    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reversal_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class Enrollment(models.Model):
    """A person takes a course: active, then completed or withdrawn. One active a course; again is a new row."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        COMPLETED = "completed", _("completed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrollments")
    course_key = models.UUIDField(db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    enrolled_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key"],
                condition=models.Q(state="active"),
                name="enrollment_one_active_per_course",
            ),
            models.CheckConstraint(
                condition=models.Q(state="active", ended_at=None)
                | models.Q(state__in=["completed", "withdrawn"], ended_at__isnull=False),
                name="enrollment_state_and_end_agree",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.course_key} ({self.state})"


class Place(models.Model):
    """Where the learner stopped reading: a bookmark, not a record. One an enrollment, moved as they read."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="place")
    lesson_key = models.UUIDField()
    block_id = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")

    def __str__(self) -> str:
        return f"{self.lesson_key}#{self.block_id}"


class LessonCompletion(Reversible):
    """The learner finished this lesson, in whatever language."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="lesson_completions")
    lesson_key = models.UUIDField(db_index=True)
    completed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("lesson completion")
        verbose_name_plural = _("lesson completions")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson_key"],
                condition=models.Q(reversed_at=None),
                name="lessoncompletion_one_standing",
            ),
            reversal_is_whole("lessoncompletion_reversal_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.lesson_key}"


class LessonAttempt(models.Model):
    """This quiz attempt was made for this lesson of this enrollment."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="lesson_attempts")
    lesson_key = models.UUIDField(db_index=True)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="lesson_attempt")
    language = models.CharField(max_length=10, blank=True, help_text="Language in which the quiz was opened last.")

    class Meta:
        verbose_name = _("lesson attempt")
        verbose_name_plural = _("lesson attempts")

    def __str__(self) -> str:
        return f"{self.lesson_key}: {self.attempt_id}"


class CourseCompletion(Reversible):
    """The learner finished the course as it stood that day. Everything that was earned is copied here."""

    class Delivery(models.TextChoices):
        """How it was taught. In brackets the words by which boards tell kinds apart: live, webinar, home study."""

        SELF_PACED = "self_paced", _("self-paced, online (home study)")
        LIVE_ONLINE = "live_online", _("live, online (webinar)")
        IN_PERSON = "in_person", _("in person (live)")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="completions")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="course_completions")
    course_key = models.UUIDField(db_index=True)
    completed_at = models.DateTimeField()
    course_title = TranslatedTextField(max_length=255)
    course_revision = models.CharField(
        max_length=64, help_text="Revision of the course page(s) that counted, e.g. en:41 es:42."
    )
    language = models.CharField(max_length=10, help_text="Language in which the course was finished.")
    delivery = models.CharField(max_length=20, choices=Delivery.choices, default=Delivery.SELF_PACED)
    contact_minutes = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("course completion")
        verbose_name_plural = _("course completions")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"], condition=models.Q(reversed_at=None), name="coursecompletion_one_standing"
            ),
            models.CheckConstraint(condition=models.Q(contact_minutes__gte=1), name="coursecompletion_has_minutes"),
            reversal_is_whole("coursecompletion_reversal_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.course_title}"


class CompletionShare(models.Model):
    """So many minutes of a completion counted for this competency. Written with the completion, never changed."""

    completion = models.ForeignKey(CourseCompletion, on_delete=models.PROTECT, related_name="shares")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("share of a completion")
        verbose_name_plural = _("shares of a completion")
        constraints = [
            models.UniqueConstraint(fields=["completion", "competency"], name="completionshare_once_per_competency"),
            models.CheckConstraint(condition=models.Q(minutes__gte=1), name="completionshare_has_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.competency_id}: {self.minutes}"
