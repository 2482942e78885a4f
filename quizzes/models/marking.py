"""Answers that a person reads: what waits, what markers gave, what went back to the learner, files that were sent.

Markings, returns and files are records. A task is the one row here that moves: it says whose turn it is.
"""

import secrets

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from curriculum.fields import ReadableEncoder
from quizzes.models.quizzes import Quiz
from quizzes.models.records import AttemptItem


class MarkingTask(models.Model):
    """An answer of a sent attempt is to be marked by a person. Made when the attempt is sent, with the conditions of
    the quiz on that day; its absence means that nobody needs to read the answer.

    It waits for the first mark, the second one (where two people mark) and, where these two differ too much, for a
    third person who decides; or for the learner, to whom it was returned. Done, it has its marks and never changes.
    """

    wagtail_reference_index_ignore = True

    class State(models.TextChoices):
        FIRST = "first", _("first mark")
        SECOND = "second", _("second mark")
        THIRD = "third", _("third look")
        RETURNED = "returned", _("with the learner")
        DONE = "done", _("done")

    attempt_item = models.OneToOneField(AttemptItem, on_delete=models.PROTECT, related_name="marking_task")
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="marking_tasks")
    state = models.CharField(max_length=10, choices=State.choices, default=State.FIRST)
    has_second_marker = models.BooleanField()
    difference_percent = models.PositiveSmallIntegerField()
    is_blind = models.BooleanField()
    waiting_since = models.DateTimeField()
    marks = models.PositiveIntegerField(null=True, blank=True, help_text="hundredths of a point")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("answer to mark")
        verbose_name_plural = _("answers to mark")
        indexes = [models.Index(fields=["state", "waiting_since", "id"], name="markingtask_oldest_first")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="done", marks__isnull=False, done_at__isnull=False)
                | ~models.Q(state="done") & models.Q(marks=None, done_at=None),
                name="markingtask_done_with_marks",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_item_id}: {self.state}"


class Marking(models.Model):
    """What a person gave an answer, as it read at `revision`: a draft, or final at its place (1, 2, or 3 who decides).

    Written once; a draft that is changed is another row, and the newest one of a marker is hers.
    """

    wagtail_reference_index_ignore = True

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        FINAL = "final", _("final")

    task = models.ForeignKey(MarkingTask, on_delete=models.PROTECT, related_name="markings")
    revision = models.PositiveIntegerField()
    place = models.PositiveSmallIntegerField()
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    levels = models.JSONField(default=dict, help_text="criterion of the rubric → level")
    marks = models.PositiveIntegerField(null=True, blank=True, help_text="hundredths of a point")
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("marking")
        verbose_name_plural = _("markings")
        permissions = [
            ("mark_response", "Can mark answers"),
            ("decide_marking", "Can decide where two markers differ"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "revision", "place"],
                condition=models.Q(state="final"),
                name="marking_one_final_a_place",
            ),
            models.UniqueConstraint(
                fields=["task", "revision", "marker"],
                condition=models.Q(state="final"),
                name="marking_one_final_a_person",
            ),
            models.CheckConstraint(condition=models.Q(place__gte=1, place__lte=3), name="marking_place_from_1_to_3"),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(marks__isnull=False), name="marking_final_has_marks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.place}: {self.state}"


class AnswerReturn(models.Model):
    """An answer went back to the learner for revision, by a named person for a stated reason.

    Until `closed_at` the learner may answer that one question again; what it said before is kept here.
    """

    wagtail_reference_index_ignore = True

    task = models.ForeignKey(MarkingTask, on_delete=models.PROTECT, related_name="returns")
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()
    reason = models.CharField(max_length=1000)
    earlier_value = models.JSONField(encoder=ReadableEncoder)
    earlier_revision = models.PositiveIntegerField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("returned answer")
        verbose_name_plural = _("returned answers")
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(closed_at=None), name="answerreturn_one_open_a_task"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="answerreturn_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} r{self.earlier_revision}"


def new_file_token() -> str:
    """A name of 130 random bits."""
    return "a" + "".join(secrets.choice("0123456789abcdefghjkmnpqrstvwxyz") for _place in range(26))


class AnswerFile(models.Model):
    """A file that a learner sent as an answer. Never changed or removed: another one is another row, and the answer
    says which of them count. `type` is what the bytes are, whatever the name said.
    """

    wagtail_reference_index_ignore = True

    attempt_item = models.ForeignKey(AttemptItem, on_delete=models.PROTECT, related_name="files")
    token = models.CharField(max_length=40, unique=True, default=new_file_token, editable=False)
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=100, help_text="in the storage of answers")
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file of a learner")
        verbose_name_plural = _("files of learners")

    def __str__(self) -> str:
        return self.name

    def open(self) -> File:
        """The bytes. They lie apart from media: no web server shows that folder."""
        return storages["answers"].open(self.path)
