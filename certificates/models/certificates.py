"""Certificates, frozen at issue; what became of them; and their mail."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.kinds import Kind
from certificates.models.issuers import Paper
from certificates.models.letters import LetterRequest
from certificates.models.programs import Program
from certificates.models.templates import TemplateVersion
from courses.models import CourseCompletion
from curriculum.fields import TranslatedTextField


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Certificates, named for who reads them."""

    def for_checking(self):
        """With what became of each: its revocation, and of its successor only what is told. One query."""
        return self.select_related("revocation").annotate(
            newer_id=models.F("superseded_by"),
            newer_issued_at=models.F("superseded_by__issued_at"),
            newer_change=models.F("superseded_by__change"),
            newer_reason=models.F("superseded_by__change_reason"),
        )


# The ways of learning of courses; and what adds up several courses may have been learned in several ways.
DELIVERIES = [*CourseCompletion.Delivery.choices, ("mixed", _("in several ways"))]


class Certificate(models.Model):
    """A certificate (of a course, of a program, of hours in a period) or a letter that verifies training.

    Every fact was copied on the day of issue; its PDF lies in `certificates.files`, and its hash is here.

    It never says "certified": only a board certifies. Whether it still stands is answered by `validity` from its
    `Revocation`, its successor and its dates, never by editing it: database triggers refuse UPDATE and DELETE, but for
    one move, once: the name is erased (decision 0020). A
    correction, a new name and a renewal are new certificates that supersede this one: a line, never a fork.

    Personal data: recipient_name, the addressee in details, and the stored file.
    """

    class Change(models.TextChoices):
        """Why a certificate took the place of another."""

        CORRECTION = "correction", _("correction")
        RENAME = "rename", _("new name")
        RENEWAL = "renewal", _("renewal")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.COURSE)
    # The source, by kind: a completion, a program, days, or a request for a letter (and nothing of the others).
    completion = models.ForeignKey(
        CourseCompletion, on_delete=models.PROTECT, related_name="certificates", null=True, blank=True
    )
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="certificates", null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    request = models.ForeignKey(
        LetterRequest, on_delete=models.PROTECT, related_name="certificates", null=True, blank=True
    )
    source_key = models.CharField(
        max_length=64, blank=True, help_text="Of a period: hash of its days, language and entries of the ledger."
    )
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
    recipient_name = models.CharField(max_length=120, blank=True, help_text="Empty: erased.")
    name_erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    course_title = TranslatedTextField(max_length=255)
    course_revision = models.CharField(max_length=64)
    contact_minutes = models.PositiveIntegerField()
    competency_minutes = models.JSONField(
        help_text='[{"framework", "code", "name": {lang: text}, "minutes"}] as on the day of issue.'
    )
    delivery = models.CharField(max_length=20, choices=DELIVERIES)
    details = models.JSONField(
        default=dict,
        help_text="What a kind states beside the columns (see certificates.services.freezing): objectives, activities…",
    )
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
    template_version = models.PositiveSmallIntegerField(default=1, help_text="Of the program that draws.")
    template = models.ForeignKey(
        TemplateVersion, on_delete=models.PROTECT, related_name="certificates", null=True, blank=True
    )
    template_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the template's content.")
    paper = models.CharField(max_length=10, choices=Paper.choices, default=Paper.LETTER)
    signed_by = models.CharField(max_length=200, blank=True, help_text="Whose key; empty: not signed.")
    signer_fingerprint = models.CharField(max_length=64, blank=True)
    pdf_sha256 = models.CharField(max_length=64, unique=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at"]
        permissions = [("revoke_certificate", _("Can take a certificate back"))]
        constraints = [
            models.CheckConstraint(condition=models.Q(contact_minutes__gte=1), name="certificate_has_minutes"),
            models.CheckConstraint(
                condition=models.Q(name_erased_at=None) & ~models.Q(recipient_name="")
                | models.Q(name_erased_at__isnull=False, recipient_name=""),
                name="certificate_name_or_its_erasure",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_on=None) | models.Q(expires_on__gt=models.F("completed_on")),
                name="certificate_expires_after_completion",
            ),
            models.UniqueConstraint(
                fields=["completion"], condition=models.Q(supersedes=None), name="certificate_one_line_per_completion"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(supersedes=None), name="certificate_one_line_per_request"
            ),
            models.UniqueConstraint(
                fields=["recipient", "source_key"],
                condition=models.Q(kind="period", supersedes=None),
                name="certificate_one_line_per_period",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind="course",
                    completion__isnull=False,
                    program=None,
                    since=None,
                    until=None,
                    request=None,
                    source_key="",
                )
                | models.Q(
                    kind="program",
                    completion=None,
                    program__isnull=False,
                    since=None,
                    until=None,
                    request=None,
                    source_key="",
                )
                | models.Q(
                    kind="period",
                    completion=None,
                    program=None,
                    since__isnull=False,
                    until__isnull=False,
                    request=None,
                )
                & ~models.Q(source_key="")
                | models.Q(kind="training_letter", completion=None, program=None, request__isnull=False, source_key=""),
                name="certificate_kind_and_source_agree",
            ),
            models.CheckConstraint(
                condition=models.Q(since=None) | models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="certificate_days_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(template=None, template_sha256="")
                | models.Q(template__isnull=False) & ~models.Q(template_sha256=""),
                name="certificate_template_is_whole",
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
        return f"{self.recipient_name or gettext('erased person')}: {self.course_title}"


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
