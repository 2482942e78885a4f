"""What was earned: the hours ledger (append-only), certificates (frozen at issue), and what became of them.

Nothing here is recomputed from a page, a profile or a template: a certificate is a statement about a past day, and
every fact on it was copied at issue.
"""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from courses.models import CourseCompletion
from curriculum.fields import TranslatedTextField
from curriculum.models import Competency


class Paper(models.TextChoices):
    """What the page is printed on."""

    LETTER = "letter", _("Letter (8.5 × 11 inches)")
    A4 = "a4", _("A4 (210 × 297 mm)")


class Issuer(ClusterableModel):
    """The provider that stands behind certificates. Certificates copy its facts; changing it changes none of them."""

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


class Certificate(models.Model):
    """A certificate of completion, with every fact copied on the day of issue; its PDF lies in `certificates.files`,
    and its hash is here.

    It never says "certified": only a board certifies. Whether it still stands is answered by `validity` from its
    `Revocation`, its successor and its dates, never by editing it: database triggers refuse UPDATE and DELETE. A
    correction, a new name and a renewal are new certificates that supersede this one: a line, never a fork.

    Personal data: recipient_name, and the stored file.
    """

    class Change(models.TextChoices):
        """Why a certificate took the place of another."""

        CORRECTION = "correction", _("correction")
        RENAME = "rename", _("new name")
        RENEWAL = "renewal", _("renewal")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    completion = models.ForeignKey(CourseCompletion, on_delete=models.PROTECT, related_name="certificates")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )
    change = models.CharField(max_length=12, choices=Change.choices, blank=True)
    change_reason = models.CharField(max_length=500, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # `code` is typed by hand together with the surname; `token` is in the QR link (see certificates.codes).
    code = models.CharField(max_length=20, unique=True)
    token = models.CharField(max_length=32, unique=True)
    language = models.CharField(max_length=10)
    recipient_name = models.CharField(max_length=120)
    course_title = TranslatedTextField(max_length=255)
    course_revision = models.CharField(max_length=64)
    contact_minutes = models.PositiveIntegerField()
    competency_minutes = models.JSONField(
        help_text='[{"framework", "code", "name": {lang: text}, "minutes"}] as on the day of issue.'
    )
    delivery = models.CharField(max_length=20, choices=CourseCompletion.Delivery.choices)
    completed_on = models.DateField()
    issued_at = models.DateTimeField()
    expires_on = models.DateField(null=True, blank=True)
    issuer_name = models.CharField(max_length=200)
    issuer_address = models.CharField(max_length=300, blank=True)
    issuer_number = models.CharField(max_length=60, blank=True)
    approvals = models.JSONField(
        default=list, help_text='[{"authority", "number", "status"}] of the provider on the day of completion.'
    )
    signatory_name = models.CharField(max_length=120, blank=True)
    signatory_title = TranslatedTextField(max_length=120, blank=True)
    template_version = models.PositiveSmallIntegerField(default=1)
    paper = models.CharField(max_length=10, choices=Paper.choices, default=Paper.LETTER)
    signed_by = models.CharField(max_length=200, blank=True, help_text="Whose key; empty: not signed.")
    signer_fingerprint = models.CharField(max_length=64, blank=True)
    pdf_sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at"]
        permissions = [("revoke_certificate", _("Can take a certificate back"))]
        constraints = [
            models.CheckConstraint(condition=models.Q(contact_minutes__gte=1), name="certificate_has_minutes"),
            models.CheckConstraint(
                condition=models.Q(expires_on=None) | models.Q(expires_on__gt=models.F("completed_on")),
                name="certificate_expires_after_completion",
            ),
            models.UniqueConstraint(
                fields=["completion"], condition=models.Q(supersedes=None), name="certificate_one_line_per_completion"
            ),
            models.CheckConstraint(
                condition=models.Q(supersedes=None, change="", change_reason="", issued_by=None)
                | models.Q(supersedes__isnull=False, issued_by__isnull=False)
                & ~models.Q(change="")
                & ~models.Q(change_reason=""),
                name="certificate_change_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by="", signer_fingerprint="")
                | ~models.Q(signed_by="") & ~models.Q(signer_fingerprint=""),
                name="certificate_signer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_name}: {self.course_title}"


class Revocation(models.Model):
    """A named person took this certificate back, at a moment, for a stated reason. Never undone, never edited:
    database triggers refuse UPDATE and DELETE."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    reason = models.CharField(_("reason"), max_length=500)
    revoked_at = models.DateTimeField()
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="revocation_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.reason}"


class CertificateMail(models.Model):
    """The learner is to be told of this certificate. Written with it, so that a crash forgets nobody.

    Claimed before it is sent, so that two workers never send it twice; sent_at empty: not sent yet.
    """

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="mail")
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mail about a certificate")
        verbose_name_plural = _("mails about certificates")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(claimed_at__isnull=False),
                name="certificatemail_sent_implies_claimed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.sent_at}"


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
