"""Who looked at somebody's hours."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Disclosure(models.Model):
    """A board's reviewer looked at a person's hours, under the person's consent. Written at the look, never changed:
    database triggers refuse UPDATE and DELETE. Its absence means: nobody of that board looked.
    """

    class What(models.TextChoices):
        LIST = "list", _("your name and total in the board's list")
        PERSON = "person", _("your hours and certificates")
        PACKET = "packet", _("your hours as a file")

    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="disclosures")
    organization = models.ForeignKey("people.Organization", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=What.choices)
    looked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-looked_at", "-id"]
        indexes = [models.Index(fields=["person", "-looked_at"], name="disclosure_by_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.what} ({self.looked_at})"
