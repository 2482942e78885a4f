"""The register: what authorities decided of providers, who sponsors whose activities, which rules are waived, and when.

A row is a draft, which may be changed or thrown away, until a person publishes it. From then on it is never deleted: it
gets a last day, or it is voided by a named person for a reason and counts no more. `curriculum.register` writes it.
"""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from curriculum.data import Standing


class RegisterEntryQuerySet(models.QuerySet):
    def live(self):
        """All but those that were voided: drafts and published ones."""
        return self.filter(voided_at=None)

    def drafts(self):
        """Those that nobody has published."""
        return self.filter(published_at=None)

    def in_effect(self):
        """Those that count: published and not voided."""
        return self.filter(published_at__isnull=False, voided_at=None)

    def on(self, day):
        """Those whose days hold this one."""
        return self.filter(first_on__lte=day).exclude(last_on__lt=day)


def _dated_constraints(name: str, key: list[str]) -> list[models.BaseConstraint]:
    """What holds for every kind of entry; `key` says what an entry is about."""
    return [
        models.CheckConstraint(
            condition=models.Q(last_on=None) | models.Q(last_on__gte=models.F("first_on")),
            name=f"{name}_ends_after_start",
        ),
        models.CheckConstraint(
            condition=models.Q(published_at=None, published_by=None)
            | models.Q(published_at__isnull=False, published_by__isnull=False),
            name=f"{name}_published_whole_or_none",
        ),
        models.CheckConstraint(
            condition=models.Q(voided_at=None, voided_by=None, void_reason="")
            | models.Q(voided_at__isnull=False, voided_by__isnull=False, published_at__isnull=False)
            & ~models.Q(void_reason=""),
            name=f"{name}_voided_whole_or_none",
        ),
        # Two that begin on one day, or two without an end, always overlap; the rest is the service's, under a lock.
        models.UniqueConstraint(
            fields=[*key, "first_on"],
            condition=models.Q(voided_at=None),
            name=f"{name}_unique_start",
        ),
        models.UniqueConstraint(
            fields=key,
            condition=models.Q(voided_at=None, last_on=None),
            name=f"{name}_one_open",
        ),
    ]


class RegisterEntry(models.Model):
    """Something that holds from a day to a day, both inclusive; no last day: still in force."""

    KEY: ClassVar[tuple[str, ...]] = ()

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        VOIDED = "voided", _("void")

    first_on = models.DateField(_("first day"))
    last_on = models.DateField(
        _("last day (inclusive)"), null=True, blank=True, help_text=_("Leave it empty while it is still in force.")
    )
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("published by"),
    )
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("voided by"),
    )
    void_reason = models.CharField(_("why it is void"), max_length=500, blank=True, editable=False)

    objects = RegisterEntryQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def key(self) -> tuple[object, ...]:
        """What it is about: two entries with one key must not share a day."""
        return tuple(getattr(self, self._meta.get_field(name).attname) for name in self.KEY)  # type: ignore[union-attr]

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def counts(self) -> bool:
        """Whether it is published and not void."""
        return self.published_at is not None and self.voided_at is None

    @property
    def state(self) -> "RegisterEntry.State":
        if self.voided_at is not None:
            return self.State.VOIDED
        return self.State.DRAFT if self.is_draft else self.State.PUBLISHED

    @property
    def state_name(self) -> str:
        return str(self.state.label)

    @property
    def days(self) -> str:
        """Its days, in the reader's language."""
        first = date_format(self.first_on, "DATE_FORMAT")
        if self.last_on is None:
            return gettext("from %(first)s") % {"first": first}
        return gettext("from %(first)s to %(last)s") % {
            "first": first,
            "last": date_format(self.last_on, "DATE_FORMAT"),
        }

    def clean(self) -> None:
        """Says in words what the constraints refuse, without asking the database as they would."""
        super().clean()
        if self.first_on and self.last_on and self.last_on < self.first_on:
            raise ValidationError({"last_on": _("The last day comes before the first.")})

    def overlaps(self, other: "RegisterEntry") -> bool:
        """Whether both are about the same and share a day."""
        return (
            self.key == other.key
            and (other.last_on is None or self.first_on <= other.last_on)
            and (self.last_on is None or other.first_on <= self.last_on)
        )


class ProviderApproval(RegisterEntry):
    """An authority's decision about a provider, or about one activity of it, between two days.

    The provider is text, as it is printed on its certificates: it need not be an organization of this site. No row at
    all means that nobody told us, and the rules answer "cannot tell".
    """

    KEY = ("authority", "provider", "activity")

    class Status(models.TextChoices):
        FULL = Standing.FULL.value, _("full approval")
        WARNING = Standing.WARNING.value, _("approval with warning")
        PENDING = Standing.PENDING.value, _("application pending")
        WITHDRAWN = Standing.WITHDRAWN.value, _("approval withdrawn")

    authority = models.ForeignKey(
        "people.Organization", on_delete=models.PROTECT, related_name="provider_approvals", verbose_name=_("authority")
    )
    provider = models.CharField(
        _("provider"), max_length=200, help_text=_("The name exactly as it is printed on the provider's certificates.")
    )
    activity = models.CharField(
        _("activity"),
        max_length=200,
        blank=True,
        help_text=_("The activity's code, where only this activity was decided on. Empty: all of the provider's."),
    )
    status = models.CharField(_("status"), max_length=20, choices=Status.choices)
    # 272 CMR 7.03(1)(b): a program under warning, if the board's notice lets its continuing education count.
    allows_ce = models.BooleanField(
        _("hours count under this warning"),
        default=False,
        help_text=_("Only for a warning whose notice says that the provider's hours still count."),
    )
    approved_minutes = models.PositiveIntegerField(
        _("approved minutes"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    number = models.CharField(_("approval number"), max_length=60, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("provider approval")
        verbose_name_plural = _("provider approvals")
        ordering = ["provider", "activity", "-first_on"]
        constraints = [
            *_dated_constraints("providerapproval", ["authority", "provider", "activity"]),
            models.CheckConstraint(
                condition=models.Q(status__in=[status.value for status in Standing]),
                name="providerapproval_status_known",
            ),
            models.CheckConstraint(condition=~models.Q(provider=""), name="providerapproval_names_a_provider"),
            models.CheckConstraint(
                condition=models.Q(allows_ce=False) | models.Q(status="warning"),
                name="providerapproval_ce_only_under_warning",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_minutes=None) | models.Q(approved_minutes__gt=0),
                name="providerapproval_minutes_above_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.get_status_display()}, {self.days}"

    def clean(self) -> None:
        super().clean()
        if self.allows_ce and self.status != self.Status.WARNING:
            raise ValidationError({"allows_ce": _("Only a warning can say that hours still count.")})

    @property
    def about(self) -> str:
        """The provider and, where there is one, the activity."""
        return f"{self.provider}, {self.activity}" if self.activity else self.provider


class Sponsorship(RegisterEntry):
    """A sponsor stands behind an activity of a provider, or behind all of them, between two days.

    Its approval then counts for the provider's hours too ("offered, sponsored or co-sponsored", 272 CMR 7.03(1)).
    """

    KEY = ("sponsor", "provider", "activity")

    sponsor = models.CharField(
        _("sponsor"), max_length=200, help_text=_("The name exactly as it stands in the sponsor's own approval.")
    )
    provider = models.CharField(
        _("provider"), max_length=200, help_text=_("The name exactly as it is printed on the provider's certificates.")
    )
    activity = models.CharField(
        _("activity"), max_length=200, blank=True, help_text=_("The activity's code. Empty: all of the provider's.")
    )
    note = models.TextField(_("note"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("sponsorship")
        verbose_name_plural = _("sponsorships")
        ordering = ["provider", "activity", "sponsor", "-first_on"]
        constraints = [
            *_dated_constraints("sponsorship", ["sponsor", "provider", "activity"]),
            models.CheckConstraint(
                condition=~models.Q(sponsor="") & ~models.Q(provider=""), name="sponsorship_names_both"
            ),
            models.CheckConstraint(
                condition=~models.Q(sponsor=models.F("provider")),
                name="sponsorship_of_another",
            ),
        ]

    def __str__(self) -> str:
        about = f"{self.provider}, {self.activity}" if self.activity else self.provider
        return f"{self.sponsor} → {about}, {self.days}"

    def clean(self) -> None:
        super().clean()
        if self.sponsor and self.sponsor == self.provider:
            raise ValidationError({"sponsor": _("A provider does not sponsor itself.")})


class Waiver(RegisterEntry):
    """An authority does not ask for a rule between two days. It stands beside the rule, which stays as written.

    It is about one version of the rule: the next version may say something else.
    """

    KEY = ("requirement",)

    requirement = models.ForeignKey(
        "curriculum.Requirement", on_delete=models.PROTECT, related_name="waivers", verbose_name=_("rule")
    )
    reason = models.TextField(_("reason"), max_length=1000)

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["requirement", "-first_on"]
        constraints = [
            *_dated_constraints("waiver", ["requirement"]),
            models.CheckConstraint(condition=~models.Q(reason=""), name="waiver_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement.requirement_set.code}, {self.requirement.code}: {self.days}"
