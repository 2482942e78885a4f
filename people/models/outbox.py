"""The outbox: a mail is a row, written in the transaction of the fact that it tells, and sent afterwards."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxMail(models.Model):
    """A person is to be told something, once. Written with the fact, so that a crash forgets nobody.

    `key` is what makes it once: a second row of the same key is refused. `kind` names the letter (`people.letters`),
    `context` holds ids and nothing else about anybody: address and words are looked up when it is sent.

    It is claimed before it is sent: `attempts` counts the claims, and `claimed_until` is when a claimer that said
    nothing is taken for dead. Then it is sent again under the same Message-ID (at least once, by choice: a mail that
    never comes harms more than one that mail programs show once). `due_at`: not before. `given_up_at`: after the last
    try, until a person retries it.
    """

    PERSONAL_DATA = ("recipient", "language", "kind", "context", "key")
    NOT_PERSONAL = ("id", "posted_at", "due_at", "attempts", "claimed_until", "problem", "sent_at", "given_up_at")

    class Problem(models.TextChoices):
        """Why it was not sent, in words that hold no address."""

        UNREACHABLE = "unreachable", _("the mail server could not be reached")
        SIGN_IN = "sign_in", _("the mail server did not accept our password")
        ADDRESS = "address", _("the mail server refused the address")
        REFUSED = "refused", _("the mail server refused the mail")
        UNWRITTEN = "unwritten", _("the mail could not be written: see the log")
        DIED = "died", _("the site stopped while sending it")
        NO_REASON = "no_reason", _("there is nobody, or nothing, to tell any more")

    key = models.CharField(
        max_length=120, unique=True, validators=[RegexValidator(r"^[a-z0-9.-]+\Z")], help_text="Also its Message-ID."
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mails", verbose_name=_("person")
    )
    language = models.CharField(_("language"), max_length=10)
    kind = models.CharField(_("mail"), max_length=40)
    context = models.JSONField(default=dict, help_text="Ids only.")
    posted_at = models.DateTimeField(_("written"), default=timezone.now)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=20, choices=Problem.choices, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-posted_at", "-id"]
        permissions = [("retry_mail", _("Can have a mail sent again"))]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="outboxmail_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(attempts__gte=1, given_up_at=None),
                name="outboxmail_sent_after_a_try",
            ),
            models.CheckConstraint(
                condition=models.Q(given_up_at=None) | ~models.Q(problem=""), name="outboxmail_given_up_for_a_problem"
            ),
        ]

    def __str__(self) -> str:
        return self.key
