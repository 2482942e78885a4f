"""What earns and keeps a credential, as dated rules; and what a person works toward."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from curriculum.evaluation import faults
from curriculum.fields import TranslatedTextField
from curriculum.files import code_validator
from curriculum.kinds import KIND_NAMES, fault_sentence
from curriculum.models.frameworks import CompetencyFramework, Verification


class Credential(models.Model):
    """What can be earned from a body, e.g. certification as a CHW in Massachusetts. Puente never grants it."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    name = TranslatedTextField(_("name"), max_length=200)
    authority = models.ForeignKey(
        "people.Organization", on_delete=models.PROTECT, related_name="credentials", verbose_name=_("authority")
    )
    framework = models.ForeignKey(
        CompetencyFramework, on_delete=models.PROTECT, related_name="credentials", null=True, blank=True
    )
    # A fixed expiry day (31 July of odd years) beats "issue + length"; both are kept because 272 CMR 4.04 says both.
    cycle_months = models.PositiveSmallIntegerField(_("length of a cycle in months"), null=True, blank=True)
    fixed_expiry_month = models.PositiveSmallIntegerField(
        _("month of the fixed expiry day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    fixed_expiry_day = models.PositiveSmallIntegerField(
        _("day of the fixed expiry day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )
    fixed_expiry_years = models.CharField(
        _("years of the fixed expiry day"),
        max_length=10,
        blank=True,
        choices=[("odd", _("odd years")), ("even", _("even years")), ("every", _("every year"))],
    )

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fixed_expiry_month=None, fixed_expiry_day=None, fixed_expiry_years="")
                # "is not null" in full: a check that is neither true nor false lets the row pass.
                | models.Q(
                    fixed_expiry_month__isnull=False,
                    fixed_expiry_day__isnull=False,
                    fixed_expiry_month__range=(1, 12),
                    fixed_expiry_day__range=(1, 31),
                    fixed_expiry_years__in=("odd", "even", "every"),
                ),
                name="credential_fixed_expiry_whole_or_none",
                violation_error_message=_(
                    "A fixed expiry day needs its month, its day and its years, or none of them."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(cycle_months=None) | models.Q(cycle_months__gt=0),
                name="credential_cycle_has_length",
                violation_error_message=_("A cycle is at least one month long."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name) or self.code


class RequirementSet(ClusterableModel):
    """The conditions of a credential as they stood between two dates. A new rule is a new row, never an edit.

    From the first day in force nothing in it changes but wording, sources and marks from the files it came from.
    Where two versions are in force on a day, the higher version counts.
    """

    class Purpose(models.TextChoices):
        INITIAL = "initial", _("first certification")
        RENEWAL = "renewal", _("renewal")

    class Binding(models.TextChoices):
        APPLICATION = "application", _("the one in force on the day of the application")
        START = "start", _("the one in force when the training began")
        COMPLETION = "completion", _("the one in force when the training ended")

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="requirement_sets")
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    version = models.PositiveIntegerField(_("version"), default=1)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    name = TranslatedTextField(_("name"), max_length=200)
    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("in force to (inclusive)"), null=True, blank=True)
    binding = models.CharField(
        _("which version counts for a person"), max_length=20, choices=Binding.choices, default=Binding.APPLICATION
    )
    minutes_per_hour = models.PositiveSmallIntegerField(_("minutes in an hour"), default=60)
    notice = TranslatedTextField(_("notice"), blank=True, multiline=True)
    # What the codes of topics and papers in the rules are called: {"law": {"en": "…", "es": "…"}}.
    words = models.JSONField(default=dict, blank=True, editable=False)
    file_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("requirement set")
        verbose_name_plural = _("requirement sets")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="requirementset_version_unique"),
            models.CheckConstraint(
                condition=models.Q(effective_to=None) | models.Q(effective_to__gte=models.F("effective_from")),
                name="requirementset_ends_after_start",
                violation_error_message=_("The last day in force comes before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(minutes_per_hour__gt=0),
                name="requirementset_hour_has_minutes",
                violation_error_message=_("An hour has at least one minute."),
            ),
            models.CheckConstraint(
                condition=models.Q(version__gt=0),
                name="requirementset_version_from_one",
                violation_error_message=_("Versions are counted from 1."),
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=("initial", "renewal")), name="requirementset_purpose_known"
            ),
            models.CheckConstraint(
                condition=models.Q(binding__in=("application", "start", "completion")),
                name="requirementset_binding_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code}, {self.version})"

    def has_started(self, on: date) -> bool:
        """Whether these rules were in force on that day or before it, so that someone may rely on them."""
        return self.effective_from <= on

    def clean(self) -> None:
        """One code is one credential and one purpose, whatever the version."""
        super().clean()
        siblings = RequirementSet.objects.filter(code=self.code).exclude(pk=self.pk)
        if self.credential_id and siblings.exclude(credential=self.credential_id, purpose=self.purpose).exists():
            raise ValidationError({"code": _("This code is used for another credential or purpose.")})


class Requirement(models.Model):
    """One condition. `kind` names the rule in `curriculum.evaluation`; `parameters` are its figures, in minutes."""

    requirement_set = ParentalKey(RequirementSet, on_delete=models.CASCADE, related_name="requirements")
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    kind = models.CharField(_("kind"), max_length=40, choices=list(KIND_NAMES.items()))
    part_of = models.CharField(
        _("part of"),
        max_length=40,
        blank=True,
        validators=[code_validator],
        help_text=_("The code of the all-of, any-of or n-of rule that this one belongs to. Empty: it stands alone."),
    )
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    text = TranslatedTextField(_("what it says, in plain words"), multiline=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    source_citation = models.CharField(_("citation"), max_length=200, blank=True)
    verification = models.CharField(
        _("verification"), max_length=20, choices=Verification.choices, default=Verification.UNVERIFIED
    )
    waived_from = models.DateField(_("waived from"), null=True, blank=True)
    waived_to = models.DateField(_("waived to (inclusive)"), null=True, blank=True)
    sort_order = models.PositiveIntegerField(default=0, editable=False)
    sort_order_field = "sort_order"  # the CMS drags rows by it

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["requirement_set", "sort_order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["requirement_set", "code"], name="requirement_code_unique_in_set"),
            models.CheckConstraint(
                condition=models.Q(waived_from=None, waived_to=None)
                | models.Q(waived_from__isnull=False, waived_to__isnull=False, waived_to__gte=models.F("waived_from")),
                name="requirement_waiver_whole_and_ordered",
                violation_error_message=_("A waiver needs a first and a last day, in this order."),
            ),
            models.CheckConstraint(
                condition=~models.Q(part_of=models.F("code")),
                name="requirement_not_part_of_itself",
                violation_error_message=_("A rule cannot be part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.text) or self.code

    def clean(self) -> None:
        """Refuses figures that the rule could not be applied with."""
        super().clean()
        if found := faults(self.kind, self.parameters):
            key = "kind" if found[0].code == "unknown_kind" else "parameters"
            raise ValidationError({key: [fault_sentence(fault) for fault in found]})


class Cycle(models.Model):
    """A person works toward a credential, until a day if they told us one. May be changed by them.

    Without a row they have not chosen these rules. Personal data: person, expires_on.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cycles")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="cycles")
    purpose = models.CharField(max_length=20, choices=RequirementSet.Purpose.choices)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("cycle")
        verbose_name_plural = _("cycles")
        constraints = [
            models.UniqueConstraint(fields=["person", "credential", "purpose"], name="cycle_one_per_purpose"),
            models.CheckConstraint(condition=models.Q(purpose__in=("initial", "renewal")), name="cycle_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.credential}, {self.get_purpose_display()}"

    # Set where nobody told us the day: it is then the credential's next fixed one, and is never saved.
    is_assumed = False
