"""Forms of people: shape of input. One password field a form: it can be shown, so nothing is typed twice."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.utils import filter_users_by_email
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Consent, Membership, Organization, User
from people.names import MAX_LENGTH, check_name, normalize_name

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PASSWORD_HELP = _("At least 10 characters. Three or four words that only you would put together are easy to remember.")
EMAIL_ATTRIBUTES = {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}


class PrintedNameField(forms.CharField):
    """A name as it will be printed: normalized, then judged by us and by whoever prints it."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("label", _("Your name, as it must be printed on certificates"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "name"}))
        # The limit is judged by check_name, whose sentence says what to do.
        super().__init__(**(kwargs | {"strip": False, "max_length": None}))

    def to_python(self, value):
        return normalize_name(super().to_python(value) or "")

    def validate(self, value):
        if not value and not self.required:
            return
        check_name(value)
        for path in settings.NAME_VALIDATORS:
            import_string(path)(value)


class PlainFieldsMixin:
    """Our words and helpers on allauth's fields: real labels instead of placeholders, the phone's right keyboard."""

    fields: dict[str, forms.Field]
    labels: dict[str, StrOrPromise] = {}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.EmailField):
                field.widget.attrs.update(EMAIL_ATTRIBUTES)
                field.label = _("E-mail address")
            if isinstance(field.widget, forms.PasswordInput):
                is_new = field.widget.attrs.get("autocomplete") == "new-password"
                field.help_text = PASSWORD_HELP if is_new else ""
            if name in self.labels:
                field.label = self.labels[name]


class LoginForm(PlainFieldsMixin, allauth_forms.LoginForm):
    """Signing in."""

    labels: dict[str, StrOrPromise] = {"password": _("Password")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # The address is the name to sign in with: password managers look for this word.
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignUpForm(PlainFieldsMixin, allauth_forms.SignupForm):
    """A new account: address, password, printed name, language."""

    printed_name = PrintedNameField(
        help_text=_("You can change it later. Certificates you already have keep the name they were made with.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    field_order = ["printed_name", "email", "password1", "language"]
    labels: dict[str, StrOrPromise] = {"password1": _("Password")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = translation.get_language()
        self.fields["printed_name"].widget.attrs["maxlength"] = MAX_LENGTH

    def validate_unique_email(self, value):
        # Never "this address is taken" on the screen: `try_save` tells the owner of the address by mail instead.
        self.account_already_exists = bool(filter_users_by_email(value))
        return value

    def try_save(self, request):
        if not self.account_already_exists:
            try:
                with transaction.atomic():
                    return super().try_save(request)
            except IntegrityError:
                # The same address twice at once: the second one is told by mail, like anyone who has an account.
                self.account_already_exists = True
        email = self.cleaned_data["email"]
        adapter = get_adapter(request)
        if ratelimit.consume(request, action="confirm_email", key=email):
            adapter.send_account_already_exists_mail(email)
        return None, adapter.respond_email_verification_sent(request, None)


class ResetPasswordForm(PlainFieldsMixin, allauth_forms.ResetPasswordForm):
    """Asking for a code."""


class ConfirmPasswordResetCodeForm(PlainFieldsMixin, allauth_forms.ConfirmPasswordResetCodeForm):
    """Typing the code from the mail."""

    labels: dict[str, StrOrPromise] = {"code": _("Code from our message")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(
            {"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "one-time-code"}
        )


class ResetPasswordKeyForm(PlainFieldsMixin, allauth_forms.ResetPasswordKeyForm):
    """Choosing the new password after the code."""

    password2 = None
    labels: dict[str, StrOrPromise] = {"password1": _("New password")}


class ChangePasswordForm(PlainFieldsMixin, allauth_forms.ChangePasswordForm):
    """Changing the password while signed in."""

    password2 = None
    labels: dict[str, StrOrPromise] = {"oldpassword": _("Current password"), "password1": _("New password")}


class SetPasswordForm(PlainFieldsMixin, allauth_forms.SetPasswordForm):
    """The first password of an account that was made without one."""

    password2 = None
    labels: dict[str, StrOrPromise] = {"password1": _("New password")}


class ReauthenticateForm(PlainFieldsMixin, allauth_forms.ReauthenticateForm):
    """The password once more before something that matters."""

    labels: dict[str, StrOrPromise] = {"password": _("Password")}


class AddEmailForm(PlainFieldsMixin, allauth_forms.AddEmailForm):
    """Another address for the account."""


def time_zone_choices() -> list[tuple[str, str]]:
    """Return the zones people live in, readable: "America/New York"."""
    return [
        (zone, zone.replace("_", " "))
        for zone in sorted(zoneinfo.available_timezones())
        if "/" in zone and "Etc" not in zone
    ]


class ProfileForm(forms.ModelForm):
    """What a person may change about themselves."""

    printed_name = PrintedNameField(help_text=_("Certificates you already have keep the name they were made with."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        help_text=_("Days and hours are shown as they are where you live."),
    )

    class Meta:
        model = User
        fields = ["printed_name", "language", "time_zone"]


class ConsentForm(forms.Form):
    """Which board may see my hours, and until when."""

    organization = forms.ModelChoiceField(
        label=_("Board"),
        queryset=Organization.objects.filter(kind=Organization.Kind.BOARD),
        empty_label=_("Choose a board"),
        error_messages={"invalid_choice": _("This board is not in the list. Please choose one that is.")},
    )
    expires_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=_("The last day on which the board may look. Leave it empty to decide later."),
        error_messages={"invalid": _("This is not a day. Please write it as year-month-day, like 2027-07-31.")},
    )

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day is not None and day < timezone.localdate():
            raise ValidationError(_("This day is over. Please choose a day to come, or leave it empty."))
        if day is not None and day > timezone.localdate() + timedelta(days=3653):
            raise ValidationError(_("This day is too far away. Please choose one within ten years."))
        return day

    @property
    def expires_at(self) -> datetime | None:
        """The end of that day where the person lives."""
        day = self.cleaned_data["expires_on"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class EraseForm(forms.Form):
    """A word, typed: nobody erases an account by a slip of the thumb."""

    word = forms.CharField(
        label=_("Type this word to confirm: ERASE"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Nothing was erased. Please type the word.")},
    )

    def clean_word(self) -> str:
        word = self.cleaned_data["word"].strip().casefold()
        if word != gettext("ERASE").casefold():
            raise ValidationError(_("Nothing was erased: this is another word."))
        return word


# --- For the CMS ------------------------------------------------------------------------------------------------------


class AccountForm(forms.ModelForm):
    """An account, as a program administrator may change it. Roles are memberships; passwords are their owners'."""

    printed_name = PrintedNameField(required=False, label=_("Name on certificates"))
    is_superuser = forms.BooleanField(
        label=_("Operator"), required=False, help_text=_("May do everything. Give it to those who run the site only.")
    )

    class Meta:
        model = User
        fields = ["email", "printed_name", "language", "time_zone", "is_active", "is_superuser"]

    def __init__(self, *args, actor: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["time_zone"] = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)
        if not actor.is_superuser:
            # Whoever chooses the address can ask for a code to it: that would be taking over the account.
            self.fields["email"].disabled = self.instance.pk is not None
            del self.fields["is_superuser"]
        elif actor.pk == self.instance.pk:
            del self.fields["is_superuser"]
        if actor.pk == self.instance.pk:
            del self.fields["is_active"]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class MembershipForm(forms.ModelForm):
    """Give a person a role. The person is named by address: a list of everybody would be long, and shown to many."""

    email = forms.EmailField(
        label=_("E-mail address of the person"),
        widget=forms.EmailInput(attrs=EMAIL_ATTRIBUTES | {"autocomplete": "off"}),
    )

    class Meta:
        model = Membership
        fields = ["organization", "role"]

    field_order = ["email", "organization", "role"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        self.person = User.objects.filter(email=email, is_active=True).first()
        if self.person is None:
            raise ValidationError(_("There is no account with this address. Please ask the person to sign up first."))
        return email


class OrganizationForm(forms.ModelForm):
    """An organization; its kind stays once people rely on it."""

    class Meta:
        model = Organization
        fields = ["name", "kind", "website"]

    def clean_kind(self) -> str:
        kind = self.cleaned_data["kind"]
        in_use = self.instance.pk and (
            Membership.objects.filter(organization=self.instance).exists()
            or Consent.objects.filter(organization=self.instance).exists()
        )
        if in_use and kind != Organization.objects.values_list("kind", flat=True).get(pk=self.instance.pk):
            raise ValidationError(
                _("People have roles here or show it their hours, so the kind stays. Please add another organization.")
            )
        return kind
