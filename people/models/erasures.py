"""That a person asked us to forget her, and that we did."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """A person's data were erased at her request. Written in the transaction that erased them; her row in the table of
    people is a pseudonym since. `cleaned_at`: when her files and sessions were gone too; empty until then, and swept.
    """

    PERSONAL_DATA = ()
    NOT_PERSONAL = ("id", "person", "erased_at", "cleaned_at")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="erasure")
    erased_at = models.DateTimeField()
    cleaned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cleaned_at=None) | models.Q(cleaned_at__gte=models.F("erased_at")),
                name="erasure_cleaned_after_erased",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.erased_at}"
