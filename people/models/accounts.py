"""Accounts, organizations, memberships, consents."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.names import MAX_LENGTH
from people.roles import Role


class UserQuerySet(models.QuerySet["User"]):
    def with_current_memberships(self) -> "UserQuerySet":
        """Each person with `current_memberships`, a list, read in one more query."""
        return self.prefetch_related(
            models.Prefetch("memberships", queryset=Membership.objects.current(), to_attr="current_memberships")
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
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

    `password` is a hash; `groups` follow from memberships (`people.services`) and are never edited by hand.
    """

    PERSONAL_DATA = ("email", "printed_name", "language", "time_zone", "password", "last_login", "date_joined")
    NOT_PERSONAL = ("id", "public_id", "is_staff", "is_superuser", "is_active", "erased_at")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    printed_name = models.CharField(
        _("name on certificates"),
        max_length=MAX_LENGTH,
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
    # Of the data; the row stays as a pseudonym, because what others rely on hangs on it.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case"),
            # allauth looks addresses up in lower case: another spelling could never sign in.
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(
                condition=models.Q(erased_at=None)
                | models.Q(printed_name="", is_active=False, is_superuser=False, last_login=None)
                & models.Q(email__endswith="@erased.invalid"),
                name="user_erased_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The printed name, or the address where none was given yet."""
        if self.erased_at:
            return gettext("erased person")
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
    """A body that people belong to. Its kind says which doors its members may be given. Never deleted."""

    PERSONAL_DATA = ()
    NOT_PERSONAL = ("id", "code", "name", "kind", "website", "created_at")

    class Kind(models.TextChoices):
        PROGRAM = "program", _("training program")
        PROVIDER = "provider", _("training provider")
        EMPLOYER = "employer", _("employer")
        BOARD = "board", _("certification board")

    # What rules and files call it, e.g. MA-BOARD; empty for those that none of them names.
    code = models.CharField(_("code"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    website = models.URLField(_("website"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["program", "provider", "employer", "board"]),
                name="organization_kind_known",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=~models.Q(code=""),
                name="organization_code_unique",
                violation_error_message=_("Another organization has this code."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, now=None) -> "MembershipQuerySet":
        """Those in force at `now` (an aware datetime; default: this moment)."""
        now = now or timezone.now()
        return self.filter(started_at__lte=now).filter(models.Q(ended_at=None) | models.Q(ended_at__gt=now))


class Membership(models.Model):
    """A person holds a role in an organization from one moment until another. Ended, never deleted.

    Written by `people.services.grant_role` and `end_role` alone, which keep the person's groups in step.
    """

    PERSONAL_DATA = ("person", "organization", "role", "started_at", "ended_at", "granted_by", "ended_by")
    NOT_PERSONAL = ("id",)

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person"))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    started_at = models.DateTimeField(_("since"), default=timezone.now)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("granted by")
    )
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("ended by")
    )

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
            models.CheckConstraint(
                condition=models.Q(ended_by=None) | models.Q(ended_at__isnull=False),
                name="membership_ended_by_needs_end",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}, {self.organization}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def current(self, now=None) -> "ConsentQuerySet":
        """Those in force at `now`: given, not withdrawn, not replaced, not run out."""
        now = now or timezone.now()
        return self.filter(given_at__lte=now, withdrawn_at=None, replaced_at=None).filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        )


class Consent(models.Model):
    """A person lets an organization see their hours. Its absence means: they may see nothing.

    Given and withdrawn by the person alone. A row is stamped once, when it is withdrawn or when the person gives a new
    one with another end; what runs out is not stamped. Nothing else changes and nothing is deleted.
    """

    PERSONAL_DATA = ("person", "organization", "given_at", "expires_at", "withdrawn_at", "replaced_at")
    NOT_PERSONAL = ("id",)

    class State(models.TextChoices):
        STANDS = "stands", _("in force")
        EXPIRED = "expired", _("ran out")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REPLACED = "replaced", _("replaced by a newer one")

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents", verbose_name=_("person"))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="consents", verbose_name=_("organization")
    )
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization"],
                condition=models.Q(withdrawn_at=None, replaced_at=None),
                name="consent_one_standing_per_organization",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=models.Q(replaced_at=None) | models.Q(replaced_at__gte=models.F("given_at")),
                name="consent_replaced_after_given",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at=None) | models.Q(expires_at__gt=models.F("given_at")),
                name="consent_expires_after_given",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(replaced_at=None),
                name="consent_withdrawn_or_replaced_not_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.organization}"

    def state_at(self, now) -> "Consent.State":
        """What became of it, seen at `now`."""
        if self.withdrawn_at is not None:
            return self.State.WITHDRAWN
        if self.replaced_at is not None:
            return self.State.REPLACED
        if self.expires_at is not None and self.expires_at <= now:
            return self.State.EXPIRED
        return self.State.STANDS

    @property
    def last_day(self):
        """The last day on which it is in force, where the reader is; None while it has no end."""
        return None if self.expires_at is None else timezone.localdate(self.expires_at - timedelta(microseconds=1))

    @property
    def ended_at(self):
        """When it was withdrawn or replaced; else when it runs out, where it does."""
        return self.withdrawn_at or self.replaced_at or self.expires_at
