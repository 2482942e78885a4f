"""Postmen of what a learner asks for: statements of hours in a period, letters that verify training."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from certificates import reports, services
from certificates.errors import CertificateError
from certificates.kind_forms import LetterForm, PeriodForm
from certificates.models import Certificate, LetterRequest
from people.data import SignedInRequest


@require_GET
@never_cache
def statement(request: SignedInRequest) -> HttpResponse:
    """Choose the days; see what the statement would say."""
    form = PeriodForm(request.GET or None)
    context: dict = {"form": form}
    status = HTTPStatus.OK
    if form.is_bound and form.is_valid():
        days = {"since": form.cleaned_data["since"], "until": form.cleaned_data["until"]}
        try:
            made = services.period_of(request.user, **days, language=get_language() or "en", now=timezone.now())
        except CertificateError as error:
            form.add_error(None, str(error))
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            context["facts"] = reports.facts_of(made)
    return render(request, "certificates/statement.html", context, status=status)


@require_POST
def issue_statement(request: SignedInRequest) -> HttpResponse:
    """Issue it."""
    form = PeriodForm(request.POST)
    if form.is_valid():
        try:
            made = services.issue_period(
                request.user,
                since=form.cleaned_data["since"],
                until=form.cleaned_data["until"],
                language=get_language() or "en",
            )
        except CertificateError as error:
            form.add_error(None, str(error))
        else:
            return redirect("certificates:certificate", public_id=made.public_id)
    return render(request, "certificates/statement.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def letters(request: SignedInRequest) -> HttpResponse:
    """Ask for a letter; see what became of those asked for."""
    form = LetterForm(request.POST or None, initial={"language": get_language()})
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            try:
                services.request_letter(
                    request.user,
                    addressee=data["addressee"],
                    organization=data["board"],
                    since=data["since"],
                    until=data["until"],
                    language=data["language"],
                    note=data["note"],
                    actor=request.user,
                )
            except CertificateError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("We have your request. We write to you when the letter is ready."))
                return redirect("certificates:letters")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    newest = Certificate.objects.filter(superseded_by=None).defer("competency_minutes", "details")
    asked = LetterRequest.objects.filter(learner=request.user).prefetch_related(
        Prefetch("certificates", queryset=newest, to_attr="newest")
    )
    return render(request, "certificates/letters.html", {"form": form, "asked": asked}, status=status)
