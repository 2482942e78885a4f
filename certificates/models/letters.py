"""Requests for letters that verify training: who asked, to whom it goes, what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LetterRequest(models.Model):
    """A person asks that their training be verified to somebody, mostly a board. Decided once: a letter was issued
    (its certificate of kind training_letter names this row), or it was refused for a reason the person reads.

    Personal data: addressee, note.
    """

    class Decision(models.TextChoices):
        ISSUED = "issued", _("issued")
        REFUSED = "refused", _("refused")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="letter_requests", verbose_name=_("person")
    )
    organization = models.ForeignKey(
        "people.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("board"),
    )
    addressee = models.CharField(_("addressed to"), max_length=400, help_text="Lines, as on an envelope.")
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    note = models.CharField(_("note"), max_length=500, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    requested_at = models.DateTimeField(_("asked"))
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    decision_reason = models.CharField(_("reason of the decision"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for a letter")
        verbose_name_plural = _("requests for letters")
        ordering = ["-requested_at", "-id"]
        permissions = [("issue_letter", _("Can issue letters that verify training"))]
        constraints = [
            models.CheckConstraint(condition=~models.Q(addressee=""), name="letterrequest_has_an_addressee"),
            models.CheckConstraint(
                condition=models.Q(since=None) | models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="letterrequest_days_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_by=None, decided_at=None, decision_reason="")
                | models.Q(decision="issued", decided_by__isnull=False, decided_at__isnull=False)
                | models.Q(decision="refused", decided_by__isnull=False, decided_at__isnull=False)
                & ~models.Q(decision_reason=""),
                name="letterrequest_decision_is_whole",
            ),
            # A double press asks once.
            models.UniqueConstraint(
                fields=["learner", "addressee", "language"],
                condition=models.Q(decision=""),
                name="letterrequest_one_open_per_addressee",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.addressee.splitlines()[0] if self.addressee else ''}"
