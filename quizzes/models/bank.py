"""What was done to many items at once."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from curriculum.fields import ReadableEncoder


class BulkEdit(models.Model):
    """Somebody changed the places of many items in the bank at once. `changes` holds, for each item by its id, the
    fields that changed with what stood there before and after, so that it can be taken back; `undone_at` says that it
    was. What an item says is never changed by it."""

    wagtail_reference_index_ignore = True

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    changes = models.JSONField(encoder=ReadableEncoder)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "change of many items"
        verbose_name_plural = "changes of many items"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(undone_at=None) | models.Q(undone_at__gte=models.F("made_at")),
                name="bulkedit_undone_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}: {len(self.changes)}"
