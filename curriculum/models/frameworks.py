"""Frameworks and their competencies, and how they are linked. Reference data kept by staff; archived, never deleted."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from curriculum.fields import StableIdentifierField, TranslatedTextField
from curriculum.files import code_validator
from curriculum.formats.case_writing import identifier_of
from curriculum.formats.shapes import MAX_LEVELS


class Verification(models.TextChoices):
    """How sure we are of a stated rule or text. Nothing but VERIFIED may be shown as settled."""

    VERIFIED = "verified", _("found in the source")
    UNVERIFIED = "unverified", _("not verified: confirm with your board")


class CompetencyFramework(ClusterableModel):
    """One published list of competencies, e.g. the ten of the Massachusetts board, in one version.

    `identifier` is the one of its publisher where it was imported, else ours; `changed_at` is the publisher's day too.

    Archived when no longer used, never deleted. `file_digest` says which content of a file it was last loaded from, so
    that loading again changes nothing that editors changed since.
    """

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    name = TranslatedTextField(_("name"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    version = models.CharField(_("version"), max_length=40, blank=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    verification = models.CharField(
        _("verification"), max_length=20, choices=Verification.choices, default=Verification.UNVERIFIED
    )
    notice = TranslatedTextField(_("notice"), blank=True, multiline=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    file_digest = models.CharField(max_length=64, blank=True, editable=False)
    identifier = StableIdentifierField(_("identifier"), unique=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("competency framework")
        verbose_name_plural = _("competency frameworks")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name) or self.code

    def make_identifier(self) -> UUID:
        """The identifier of a framework of our own."""
        return identifier_of(settings.BASE_URL, "CFDocuments", self.code)


class Competency(models.Model):
    """One ability, under a code that never changes. Archived when no longer used, never deleted once cited.

    `parent` is the one it is a part of, in the same framework: the database refuses another framework, a circle and
    more than 12 levels (migration 0005). `statement` is the publisher's full wording where that is more than the name.
    """

    framework = ParentalKey(CompetencyFramework, on_delete=models.PROTECT, related_name="competencies")
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True, verbose_name=_("part of")
    )
    name = TranslatedTextField(_("name"), max_length=200)
    statement = TranslatedTextField(_("full statement"), blank=True, multiline=True)
    description = TranslatedTextField(_("description"), blank=True, multiline=True)
    verification = models.CharField(
        _("verification of the description"),
        max_length=20,
        choices=Verification.choices,
        default=Verification.UNVERIFIED,
    )
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    sort_order = models.PositiveIntegerField(default=0, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    identifier = StableIdentifierField(_("identifier"), unique=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        ordering = ["framework", "sort_order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="competency_code_unique_in_framework"),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="competency_not_its_own_parent",
                violation_error_message=_("A competency cannot be a part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def make_identifier(self) -> UUID:
        """The identifier of a competency of our own."""
        return identifier_of(settings.BASE_URL, "CFItems", self.framework.code, self.code)

    def clean(self) -> None:
        """Say in words what the database's triggers refuse."""
        super().clean()
        if self.pk and Competency.objects.filter(pk=self.pk).exclude(framework=self.framework_id).exists():
            links = CompetencyLink.objects.filter(models.Q(origin=self.pk) | models.Q(destination=self.pk))
            if self.children.exists() or links.exists():
                raise ValidationError({"framework": _("It has parts or links, so it stays in its framework.")})
        if self.parent is None:
            return
        if self.parent.framework_id != self.framework_id:
            raise ValidationError({"parent": _("Choose a competency of the same framework.")})
        above: list[Competency] = []
        step: Competency | None = self.parent
        while step is not None and step.pk != self.pk and len(above) < MAX_LEVELS:
            above.append(step)
            step = step.parent
        if step is not None and step.pk == self.pk:
            raise ValidationError({"parent": _("That one is a part of this one.")})
        if len(above) >= MAX_LEVELS:
            raise ValidationError({"parent": _("That is too deep: a framework has 12 levels at most.")})

    @property
    def is_verified(self) -> bool:
        """Whether the description was found in the source."""
        return self.verification == Verification.VERIFIED

    @property
    def verification_name(self) -> str:
        return str(self.get_verification_display())

    @property
    def is_archived(self) -> bool:
        """Whether nothing new should cite this competency."""
        return self.archived_at is not None


class CompetencyLink(models.Model):
    """Somebody says that two competencies of different frameworks have to do with each other.

    A proposal until a person confirms it; a proposal or a confirmed link can be withdrawn, and the row stays, so that
    no file proposes it again. It says nothing of minutes: nothing is ever converted along a link. The database refuses
    a second row for a pair, in either direction, and two competencies of one framework (migration 0005).
    """

    class Association(models.TextChoices):
        """Words of CASE: "origin … destination"."""

        EXACT = "exactMatchOf", _("is the same as")
        PART = "isPartOf", _("is a part of")
        RELATED = "isRelatedTo", _("has to do with")
        PEER = "isPeerOf", _("stands beside")
        PRECEDES = "precedes", _("comes before")
        REPLACED = "replacedBy", _("was replaced by")
        TRANSLATION = "isTranslationOf", _("is a translation of")

    origin = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="links_out", verbose_name=_("competency")
    )
    destination = models.ForeignKey(
        Competency,
        on_delete=models.PROTECT,
        related_name="links_in",
        verbose_name=_("competency of the other framework"),
    )
    association = models.CharField(
        _("relation"), max_length=20, choices=Association.choices, default=Association.RELATED
    )
    note = models.TextField(_("note"), max_length=1000, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    # Nobody: it was read from a file.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("link between frameworks")
        verbose_name_plural = _("links between frameworks")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                Least("origin", "destination"), Greatest("origin", "destination"), name="competencylink_pair_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(origin=models.F("destination")), name="competencylink_two_competencies"
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None, confirmed_at=None)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="competencylink_confirmation_whole_or_none",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_by=None, withdrawn_at=None)
                | models.Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="competencylink_withdrawal_whole_or_none",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | models.Q(withdrawn_at=None),
                name="competencylink_confirmed_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    association__in=(
                        "exactMatchOf", "isPartOf", "isRelatedTo", "isPeerOf", "precedes", "replacedBy",
                        "isTranslationOf",
                    )
                ),
                name="competencylink_association_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.origin} – {self.destination}"

    @property
    def is_confirmed(self) -> bool:
        """Whether a person answers for it."""
        return self.confirmed_at is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it no longer counts for anything."""
        return self.withdrawn_at is not None


class FrameworkUpload(models.Model):
    """A file that a person sent in the CMS and has not yet confirmed. Thrown away when done, or by the next one."""

    uploaded_by = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("uploaded framework file")
        verbose_name_plural = _("uploaded framework files")

    def __str__(self) -> str:
        return self.file_name
