"""How certificates look: templates whose draft is edited, versions that never change, pictures kept once each.

A certificate points at the version it was drawn from, and holds its hash: editing a template changes nothing issued.
Database triggers refuse UPDATE and DELETE of versions and pictures.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.kinds import Kind
from certificates.models.issuers import Issuer


class TemplateLogo(models.Model):
    """A picture, checked and written anew by `certificates.logos`; its hash is its name. Never changed."""

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self) -> str:
        return self.sha256[:12]


class CertificateTemplate(models.Model):
    """The template of one kind of certificate of one issuer. `draft` (a `designs.Design`) may change at any time; what
    is issued follows its newest version, and none before the first is published.

    One of an issuer and a kind is in use; where none is, certificates look as the house draws them.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("Short, for lists: hours-2026."))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, related_name="certificate_templates", verbose_name=_("issuer")
    )
    is_in_use = models.BooleanField(_("in use"), default=False)
    draft = models.JSONField(default=dict)
    drafted_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("certificate template")
        verbose_name_plural = _("certificate templates")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind"],
                condition=models.Q(is_in_use=True),
                name="certificatetemplate_one_in_use",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="certificatetemplate_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """What a template said and how it looked when a named person published it. Never changed, never deleted."""

    template = models.ForeignKey(CertificateTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    logo = models.ForeignKey(TemplateLogo, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("version of a template")
        verbose_name_plural = _("versions of a template")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="templateversion_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="templateversion_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"
