"""The account of hours: its lines, their shares by competency, and hours that wait for a second person."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import CourseCompletion
from curriculum.fields import TranslatedTextField
from curriculum.models import Competency


class LedgerEntry(models.Model):
    """One line of a person's account of hours, in whole minutes. Never changed, never deleted: a mistake is put right
    by a reversal or an adjustment, which is another line. Database triggers refuse UPDATE and DELETE.

    credit: from a course completion. reversal: takes back one entry in full. adjustment: by a named person, for a
    stated reason; where it adds hours a second person confirmed it (see HoursProposal).
    """

    class Component(models.TextChoices):
        """What kind of learning it was, in the words of the requirement sets."""

        CLASS = "class", _("class")
        HOMEWORK = "homework", _("homework")
        READING = "reading", _("reading")
        PRACTICUM = "practicum", _("practicum")
        ASSESSMENT = "assessment", _("assessment")
        MENTORSHIP = "mentorship", _("mentorship")
        EXPERIENCE = "experience", _("work experience")

    class Kind(models.TextChoices):
        CREDIT = "credit", _("credit")
        REVERSAL = "reversal", _("reversal")
        ADJUSTMENT = "adjustment", _("adjustment")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ledger_entries")
    minutes = models.IntegerField()
    earned_on = models.DateField(help_text="Day of the activity, in the learner's time zone.")
    recorded_at = models.DateTimeField(default=timezone.now)
    completion = models.ForeignKey(
        CourseCompletion, on_delete=models.PROTECT, related_name="ledger_entries", null=True, blank=True
    )
    component = models.CharField(
        max_length=20, choices=Component.choices, blank=True, help_text="Empty only in rows older than this column."
    )
    activity_key = models.UUIDField(null=True, blank=True, help_text="Of the course, the same in every language.")
    edition = models.CharField(max_length=64, blank=True, help_text="Of the course that counted, e.g. en:41 es:42.")
    evidence = models.CharField(max_length=300, blank=True, help_text="What shows that it was so.")
    provider = models.ForeignKey(
        "people.Organization", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, related_name="reversal", null=True, blank=True)
    title = TranslatedTextField(max_length=255)
    provider_name = models.CharField(max_length=200)
    delivery = models.CharField(max_length=20, choices=CourseCompletion.Delivery.choices)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["earned_on", "id"]
        permissions = [("adjust_ledger", _("Can adjust a person's hours"))]
        indexes = [models.Index(fields=["learner", "earned_on"], name="ledgerentry_by_learner")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(minutes=0), name="ledgerentry_not_zero"),
            models.UniqueConstraint(
                fields=["completion"], condition=models.Q(kind="credit"), name="ledgerentry_one_credit_per_completion"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="credit", completion__isnull=False, reverses=None, minutes__gt=0)
                | models.Q(kind="reversal", reverses__isnull=False, actor__isnull=False) & ~models.Q(reason="")
                | models.Q(kind="adjustment", reverses=None, actor__isnull=False) & ~models.Q(reason=""),
                name="ledgerentry_kind_and_source_agree",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="adjustment", minutes__gt=0)
                | models.Q(component="")
                | models.Q(confirmed_by__isnull=False)
                & ~models.Q(confirmed_by=models.F("actor"))
                & ~models.Q(confirmed_by=models.F("learner"))
                & ~models.Q(actor=models.F("learner")),
                name="ledgerentry_granted_by_two_others",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earned_on} {self.kind} {self.minutes}"


class LedgerShare(models.Model):
    """So many minutes of an entry count for this competency. Same sign as the entry; append-only like it."""

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="shares")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="ledger_shares")
    minutes = models.IntegerField()

    class Meta:
        verbose_name = _("share of an entry")
        verbose_name_plural = _("shares of an entry")
        constraints = [
            models.UniqueConstraint(fields=["entry", "competency"], name="ledgershare_once_per_competency"),
            models.CheckConstraint(condition=~models.Q(minutes=0), name="ledgershare_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.competency_id}: {self.minutes}"


class HoursProposal(models.Model):
    """A person proposes to add hours to somebody's account; another one decides. Nothing counts before.

    Decided once, and never after: approved (then `entry` is the line of the ledger) or refused with a reason.
    """

    class Decision(models.TextChoices):
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hours_proposals", verbose_name=_("person")
    )
    minutes = models.PositiveIntegerField(_("minutes"))
    shares = models.JSONField(default=dict, help_text="Minutes by the key of the competency.")
    earned_on = models.DateField(_("day of the activity"))
    delivery = models.CharField(_("way of learning"), max_length=20, choices=CourseCompletion.Delivery.choices)
    component = models.CharField(_("component"), max_length=20, choices=LedgerEntry.Component.choices)
    provider_name = models.CharField(_("provider"), max_length=200)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
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
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="proposal", null=True, blank=True)

    class Meta:
        verbose_name = _("hours to be confirmed")
        verbose_name_plural = _("hours to be confirmed")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="hoursproposal_adds_minutes"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="hoursproposal_has_a_reason"),
            models.CheckConstraint(
                condition=~models.Q(proposed_by=models.F("learner"))
                & (models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")))
                & (models.Q(decided_by=None) | ~models.Q(decided_by=models.F("learner"))),
                name="hoursproposal_by_two_others",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_by=None, decided_at=None, entry=None, decision_reason="")
                | models.Q(decision="approved", decided_by__isnull=False, decided_at__isnull=False, entry__isnull=False)
                | models.Q(decision="refused", decided_by__isnull=False, decided_at__isnull=False, entry=None)
                & ~models.Q(decision_reason=""),
                name="hoursproposal_decision_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.minutes}"
