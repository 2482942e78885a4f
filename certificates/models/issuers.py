"""Who stands behind certificates, and who signs them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from curriculum.fields import TranslatedTextField


class Paper(models.TextChoices):
    """What the page is printed on."""

    LETTER = "letter", _("Letter (8.5 × 11 inches)")
    A4 = "a4", _("A4 (210 × 297 mm)")


class Issuer(ClusterableModel):
    """The provider that stands behind certificates. Certificates copy its facts; changing it changes none of them.

    The rule of retention is the one thing that is asked of it later, by its printed name: boards change such rules for
    certificates that are long issued.
    """

    # What accredited providers of continuing education publish (IACET); boards ask for four to seven.
    USUAL_RETENTION_YEARS = 7

    class ErasurePolicy(models.TextChoices):
        """What becomes of the name on certificates when their holder has her data erased."""

        KEEP_NAME = "keep_name", _("stays until the years of retention are over")
        AT_ONCE = "at_once", _("goes at once")

    organization = models.OneToOneField("people.Organization", on_delete=models.PROTECT, related_name="issuer")
    printed_name = models.CharField(_("name on certificates"), max_length=200)
    address = models.CharField(_("address or e-mail"), max_length=300, blank=True)
    provider_number = models.CharField(_("provider number"), max_length=60, blank=True)
    is_default = models.BooleanField(_("issues by default"), default=False)
    paper = models.CharField(_("paper"), max_length=10, choices=Paper.choices, default=Paper.LETTER)
    months_good = models.PositiveSmallIntegerField(
        _("months a certificate is good for"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text=_("Counted from the day of completion. Empty: certificates have no last day."),
    )
    retention_years = models.PositiveSmallIntegerField(
        _("years of retention"),
        default=USUAL_RETENTION_YEARS,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("From the day of issue. Your approving body says how many it must be; seven is usual."),
    )
    erasure_policy = models.CharField(
        _("name on certificates, when the data of their holder are erased"),
        max_length=10,
        choices=ErasurePolicy.choices,
        default=ErasurePolicy.KEEP_NAME,
    )

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="issuer_one_default"
            ),
            models.CheckConstraint(
                condition=models.Q(months_good=None) | models.Q(months_good__gt=0), name="issuer_months_above_zero"
            ),
            models.CheckConstraint(
                condition=models.Q(retention_years__gte=1, retention_years__lte=100), name="issuer_retention_in_years"
            ),
            models.CheckConstraint(
                condition=models.Q(erasure_policy__in=["keep_name", "at_once"]), name="issuer_erasure_policy_known"
            ),
        ]

    def __str__(self) -> str:
        return self.printed_name


class Signatory(models.Model):
    """A person whose name stands under certificates of an issuer."""

    issuer = ParentalKey(Issuer, on_delete=models.CASCADE, related_name="signatories")
    printed_name = models.CharField(_("name"), max_length=120)
    title = TranslatedTextField(_("title"), max_length=120, blank=True)
    is_current = models.BooleanField(_("signs now"), default=True)

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")

    def __str__(self) -> str:
        return self.printed_name
