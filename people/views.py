"""Postmen of people: landing, profile, privacy, and the one door for signing in."""

import tempfile

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from people import services
from people.access import landing_name, roles_of
from people.adapters import remember_language
from people.data import SignedInRequest
from people.errors import PeopleError
from people.forms import ConsentForm, EraseForm, ProfileForm
from people.models import Consent, Membership, Organization

IN_MEMORY = 2 * 1024 * 1024  # bytes of an archive, before it goes to a file


@login_not_required
def sign_in_door(request: HttpRequest) -> HttpResponse:
    """Stands where Wagtail's own sign-in forms were: whatever is sent here, signing in happens at our door."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("wagtailadmin_home")
    return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")


@require_safe
@never_cache
def landing(request: SignedInRequest) -> HttpResponse:
    """Where a person begins after signing in."""
    roles = roles_of(Membership.objects.current().filter(person=request.user))
    return redirect(landing_name(roles, is_operator=request.user.is_superuser))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def profile(request: SignedInRequest) -> HttpResponse:
    """Name, language, time zone."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        person = form.save()
        with translation.override(person.language):
            messages.success(request, _("Saved."))
            response = redirect("people:profile")
        remember_language(response, person.language)
        return response
    if form.errors:
        # The form has already written what was typed onto the person; the page must show who they are.
        request.user.refresh_from_db()
    return render(request, "people/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@never_cache
def privacy(request: SignedInRequest) -> HttpResponse:
    """Who may see my hours, and who could once."""
    return _privacy_page(request, ConsentForm())


def _privacy_page(request: SignedInRequest, form: ConsentForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    consents = Consent.objects.filter(person=request.user).select_related("organization").order_by("-given_at", "-pk")
    rows = [(consent, consent.state_at(now)) for consent in consents]
    return render(
        request,
        "people/privacy.html",
        {
            "form": form,
            "standing": [consent for consent, state in rows if state == Consent.State.STANDS],
            "history": [
                {"consent": consent, "state": state} for consent, state in rows if state != Consent.State.STANDS
            ],
            "has_boards": Organization.objects.filter(kind=Organization.Kind.BOARD).exists(),
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def give_consent(request: SignedInRequest) -> HttpResponse:
    """GET: say in words what is about to be allowed. POST: allow it."""
    form = ConsentForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return _privacy_page(request, form, status=422)
    board = form.cleaned_data["organization"]
    if request.method != "POST":
        return render(
            request,
            "people/consent_give.html",
            {"board": board, "expires_on": form.cleaned_data["expires_on"], "form": form},
        )
    try:
        services.give_consent(request.user, board, expires_at=form.expires_at)
    except PeopleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(board)s may see your hours now.") % {"board": board})
    return redirect("people:privacy")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def withdraw_consent(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET: say in words what ends. POST: end it."""
    consent = get_object_or_404(Consent.objects.select_related("organization"), pk=pk, person=request.user)
    if request.method != "POST":
        return render(request, "people/consent_withdraw.html", {"consent": consent})
    services.withdraw_consent(consent)
    messages.success(request, _("%(board)s can no longer see your hours.") % {"board": consent.organization})
    return redirect("people:privacy")


@require_safe
@never_cache
def export(request: SignedInRequest) -> FileResponse:
    """All that is kept about me, as one file."""
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    services.export_person(request.user, archive)
    archive.seek(0)
    return FileResponse(archive, as_attachment=True, filename=_("my-data.zip"), content_type="application/zip")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@reauthentication_required
def erase(request: SignedInRequest) -> HttpResponse:
    """GET: say in words what goes, and what stays, why and until when. POST: erase, for who typed the word."""
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.erase_person(request.user.pk)
        except PeopleError as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            return redirect("people:erased")
    holdings = services.holdings_of(request.user)
    return render(
        request,
        "people/erase.html",
        {
            "form": form,
            "gone": [each for each in holdings if not each.stays],
            "kept": [each for each in holdings if each.stays],
        },
        status=422 if form.errors else 200,
    )


@require_safe
@login_not_required
def erased(request: HttpRequest) -> HttpResponse:
    """It is done."""
    return render(request, "people/erased.html")


class EmailView(allauth_views.EmailView):
    """allauth's page of addresses; only an address that is confirmed, and free, becomes the main one."""

    def _action_primary(self, request, *args, **kwargs):
        address = self._get_email_address(request)
        adapter = get_adapter(request)
        if address is not None and not address.verified:
            messages.error(request, adapter.error_messages["unverified_primary_email"])
            return redirect("account_email")
        try:
            with transaction.atomic():
                return super()._action_primary(request, *args, **kwargs)
        except IntegrityError:
            # Another account signs in with it, though it was never confirmed there.
            messages.error(request, adapter.error_messages["email_taken"])
            return redirect("account_email")


class ConfirmPasswordResetCodeView(allauth_views.ConfirmPasswordResetCodeView):
    """allauth's page for the code; where a code is over it says so instead of keeping silent."""

    @method_decorator(login_not_required)
    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        return response if self._process else _code_is_over(request)

    def form_invalid(self, form):
        if self._process.record_invalid_attempt():
            return self.render_to_response(self.get_context_data(form=form))
        messages.error(self.request, _("That was too many tries, so this code is over. Please ask for a new one."))
        return redirect("account_reset_password")


class CompletePasswordResetView(allauth_views.CompletePasswordResetView):
    """The page after it, where the new password is chosen; the same holds."""

    @method_decorator(login_not_required)
    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        return response if self._process else _code_is_over(request)


def _code_is_over(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("This code has run out or was used already. Please ask for a new one."))
    return redirect("account_reset_password")
