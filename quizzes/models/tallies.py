"""What closed attempts add to the statistics."""

from django.db import models

from quizzes.models.records import Attempt


class AttemptTally(models.Model):
    """What a closed attempt adds to the statistics, packed so that thousands can be counted in one reading (see
    `quizzes.statistics.sittings`). Says nothing that the attempt itself does not say: it may be written anew at any
    time, and its absence means that it has to be.

    Nothing of a person stands here: no words that a learner wrote, only keys of what was on offer.
    """

    wagtail_reference_index_ignore = True

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, primary_key=True, related_name="tally")
    cells = models.TextField(help_text="version:marks:what was taken, a question a cell, joined by semicolons")
    paces = models.TextField(blank=True, help_text="version:seconds, joined by semicolons, where they are known")

    class Meta:
        verbose_name = "tally of an attempt"
        verbose_name_plural = "tallies of attempts"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.attempt_id)
