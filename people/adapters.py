"""How allauth's sign-up, sign-in and mails behave here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from people.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by e-mail address, in the language of the person."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The address or the password is not right. Please check both, or ask for a code to choose a new password."
        ),
        "enter_current_password": _("This is not your current password. Please type it again."),
        "incorrect_password": _("This is not your password. Please type it again."),
        "incorrect_code": _("This code is not right. Please look at our newest message and type the code again."),
        "too_many_login_attempts": _(
            "That was too many tries. Nothing is lost: please wait five minutes and try again."
        ),
        "rate_limited": _("That was too fast for us. Please wait a minute and try again."),
        "email_taken": _("This address cannot be used for your account. Please use another one."),
        "duplicate_email": _("This address is yours already."),
        "cannot_remove_primary_email": _("You sign in with this address. Please choose another as main address first."),
        "unverified_primary_email": _("Please confirm the new address first; then it can be your main address."),
        "account_inactive": _("This account is closed. Please write to your program if you think that is a mistake."),
    }

    def save_user(self, request, user, form, commit=True):
        """Keep what our sign-up form asks for on top of address and password."""
        user.printed_name = form.cleaned_data.get("printed_name", "")
        user.language = form.cleaned_data.get("language") or translation.get_language()
        return super().save_user(request, user, form, commit)

    # --- Language: mails in the person's own, and the site after signing in without a page to go to ---------------

    def send_mail(self, template_prefix, email, context):
        person = context.get("user") or User.objects.filter(email=email.lower()).first()
        with translation.override(person.language if person else translation.get_language()):
            super().send_mail(
                template_prefix, email, {**context, "person": person, "site_name": settings.WAGTAIL_SITE_NAME}
            )

    def get_email_confirmation_url(self, request, emailconfirmation):
        with translation.override(emailconfirmation.email_address.user.language):
            return super().get_email_confirmation_url(request, emailconfirmation)

    def get_login_redirect_url(self, request):
        with translation.override(request.user.language):
            return reverse(settings.LOGIN_REDIRECT_URL)

    def get_signup_redirect_url(self, request):
        return self.get_login_redirect_url(request)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        if response.headers.get("Location") == self.get_login_redirect_url(request):
            remember_language(response, user.language)
        return response

    def get_password_change_redirect_url(self, request):
        return reverse("people:profile")

    def get_email_verification_redirect_url(self, email_address):
        if self.request.user.is_authenticated:
            return reverse("people:profile")
        return reverse("account_login")


def remember_language(response: HttpResponseBase, language: str) -> None:
    """Keep the language for this browser, as Django's own language switch does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]  # one of the words Django allows
    )
