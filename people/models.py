"""Who is here: accounts, organizations, who plays which role where, and who allowed whom to see what.

No learning, no hours and no certificates live here; this app imports none of the others.
"""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the address is the name to sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """Return a new account. Raises ValueError without an address."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """Return a new account with every right (for the operator's first sign-in)."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """One person who can sign in. May change at any time; what was certified copies what it needs.

    Personal data: email, printed_name, time_zone, language.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    printed_name = models.CharField(
        _("name on certificates"),
        max_length=120,
        blank=True,
        help_text=_("Your full name, as it must be printed on your certificates."),
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default=settings.TIME_ZONE)
    is_staff = models.BooleanField(default=False, help_text=_("Unused by the site; superusers of Django carry it."))
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case"),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The printed name, or the address where none was given yet."""
        return self.printed_name or self.email

    def get_short_name(self) -> str:
        return self.printed_name.split(" ")[0] if self.printed_name else self.email.split("@")[0]

    @property
    def first_name(self) -> str:
        """What Wagtail's own templates greet by."""
        return self.get_short_name()

    @property
    def last_name(self) -> str:
        return ""


class Organization(models.Model):
    """A body that people belong to. Its kind says which doors its members may be given."""

    class Kind(models.TextChoices):
        PROGRAM = "program", _("training program")
        PROVIDER = "provider", _("training provider")
        EMPLOYER = "employer", _("employer")
        BOARD = "board", _("certification board")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    website = models.URLField(_("website"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may be here. The rights of each are in `people.roles`."""

    LEARNER = "learner", _("learner")
    TRAINER = "trainer", _("trainer")
    APPROVER = "approver", _("approver")
    PROGRAM_ADMIN = "program_admin", _("program administrator")
    BOARD_REVIEWER = "board_reviewer", _("board reviewer")
    SUPPORT = "support", _("support")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, now=None) -> "MembershipQuerySet":
        """Those in force at `now` (an aware datetime; default: this moment)."""
        now = now or timezone.now()
        return self.filter(started_at__lte=now).filter(models.Q(ended_at=None) | models.Q(ended_at__gt=now))


class Membership(models.Model):
    """A person holds a role in an organization from one moment until another. Ended, never deleted."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization", "role"],
                condition=models.Q(ended_at=None),
                name="membership_one_open_per_role",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}, {self.organization}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def current(self, now=None) -> "ConsentQuerySet":
        """Those in force at `now`: given, not withdrawn, not run out."""
        now = now or timezone.now()
        return self.filter(given_at__lte=now, withdrawn_at=None).filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        )


class Consent(models.Model):
    """A person lets an organization see their hours. Its absence means: they may see nothing.

    Given and withdrawn by the person alone; a withdrawn consent stays as a row, a new one is a new row.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="consents")
    given_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization"],
                condition=models.Q(withdrawn_at=None),
                name="consent_one_standing_per_organization",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.organization}"
