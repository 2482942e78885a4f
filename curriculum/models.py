"""What a worker must be able to do, and what earns a credential. Reference data kept by staff, plus a person's cycles.

No course, no attempt and no certificate is known here: a course says which competencies it teaches, the ledger says
which it proved.
"""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from curriculum.fields import TranslatedTextField

code_validator = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9.-]*$", _("Use letters, digits, dots and hyphens only."))


class Verification(models.TextChoices):
    """How sure we are of a stated rule or text. Nothing but VERIFIED may be shown as settled."""

    VERIFIED = "verified", _("found in the source")
    UNVERIFIED = "unverified", _("not verified: confirm with your board")


class CompetencyFramework(ClusterableModel):
    """One published list of competencies, e.g. the ten of the Massachusetts board, in one version."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    name = TranslatedTextField(_("name"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    version = models.CharField(_("version"), max_length=40, blank=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    verification = models.CharField(
        _("verification"), max_length=20, choices=Verification.choices, default=Verification.UNVERIFIED
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("competency framework")
        verbose_name_plural = _("competency frameworks")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name) or self.code


class Competency(models.Model):
    """One ability, under a code that never changes. Archived when no longer used, never deleted once cited."""

    framework = ParentalKey(CompetencyFramework, on_delete=models.PROTECT, related_name="competencies")
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    name = TranslatedTextField(_("name"), max_length=200)
    description = TranslatedTextField(_("description"), blank=True, multiline=True)
    verification = models.CharField(
        _("verification of the description"),
        max_length=20,
        choices=Verification.choices,
        default=Verification.UNVERIFIED,
    )
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    sort_order = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        ordering = ["framework", "sort_order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="competency_code_unique_in_framework"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


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
    fixed_expiry_month = models.PositiveSmallIntegerField(null=True, blank=True)
    fixed_expiry_day = models.PositiveSmallIntegerField(null=True, blank=True)
    fixed_expiry_years = models.CharField(
        max_length=10,
        blank=True,
        choices=[("odd", _("odd years")), ("even", _("even years")), ("every", _("every year"))],
    )

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name) or self.code


class RequirementSet(ClusterableModel):
    """The conditions of a credential as they stood between two dates. A new rule is a new row, never an edit."""

    class Purpose(models.TextChoices):
        INITIAL = "initial", _("first certification")
        RENEWAL = "renewal", _("renewal")

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="requirement_sets")
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    version = models.PositiveIntegerField(_("version"), default=1)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    name = TranslatedTextField(_("name"), max_length=200)
    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("in force to (inclusive)"), null=True, blank=True)
    minutes_per_hour = models.PositiveSmallIntegerField(_("minutes in an hour"), default=60)
    notice = TranslatedTextField(_("notice"), blank=True, multiline=True)

    class Meta:
        verbose_name = _("requirement set")
        verbose_name_plural = _("requirement sets")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="requirementset_version_unique"),
            models.CheckConstraint(
                condition=models.Q(effective_to=None) | models.Q(effective_to__gte=models.F("effective_from")),
                name="requirementset_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(minutes_per_hour__gt=0), name="requirementset_hour_has_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.effective_from})"


class Requirement(models.Model):
    """One condition. `kind` names the rule in `curriculum.evaluation`; `parameters` are its figures, in minutes."""

    requirement_set = ParentalKey(RequirementSet, on_delete=models.CASCADE, related_name="requirements")
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    kind = models.CharField(_("kind"), max_length=40)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    text = TranslatedTextField(_("what it says, in plain words"), multiline=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    source_citation = models.CharField(_("citation"), max_length=200, blank=True)
    verification = models.CharField(
        _("verification"), max_length=20, choices=Verification.choices, default=Verification.UNVERIFIED
    )
    waived_from = models.DateField(_("waived from"), null=True, blank=True)
    waived_to = models.DateField(_("waived to (inclusive)"), null=True, blank=True)
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["requirement_set", "sort_order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["requirement_set", "code"], name="requirement_code_unique_in_set"),
        ]

    def __str__(self) -> str:
        return str(self.text) or self.code


class Cycle(models.Model):
    """A person works toward a credential until a day. Stated by the person; may be changed by them."""

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
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.credential}, {self.get_purpose_display()}"
