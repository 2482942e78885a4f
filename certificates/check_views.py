"""The public check: by link, by code, by file, by list. No account, no cookie, nothing kept, nothing indexed."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from certificates import reports, verification
from certificates.codes import grouped
from certificates.data import Answer, VerificationResult
from certificates.forms import LARGEST_LIST, BoundedUploadHandler, CheckForm, FileHashForm, read_list
from people.models import Membership, Organization, Role

STATUS_OF = {
    Answer.UNKNOWN: HTTPStatus.NOT_FOUND,
    Answer.MISTYPED: HTTPStatus.BAD_REQUEST,
}


@require_GET
@login_not_required
def short_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the QR code, led to the reader's language. It asks nothing of the database."""
    return redirect("certificates:verify_token", token=token)


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _answer(request: HttpRequest, result: VerificationResult, **extra: Any) -> HttpResponse:
    status = STATUS_OF.get(result.answer, HTTPStatus.OK)
    if _wants_json(request):
        return _unlisted(JsonResponse(reports.answer_as_data(result), status=status))
    context = {"result": result, **extra}
    if result.facts:
        heading = reports.heading_of(result.facts.kind)
        context |= {"facts": result.facts, "code": grouped(result.facts.code), "heading": heading}
    else:
        context["form"] = extra.get("form") or CheckForm()
    return _unlisted(render(request, "certificates/verify_result.html", context, status=status))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept"])
    return response


def _form(request: HttpRequest, status: HTTPStatus, **context: Any) -> HttpResponse:
    return _unlisted(render(request, "certificates/verify.html", {"form": CheckForm(), **context}, status=status))


def _too_many(request: HttpRequest) -> HttpResponse:
    status = HTTPStatus.TOO_MANY_REQUESTS
    if _wants_json(request):
        response = _unlisted(JsonResponse({"answer": "too_many_tries"}, status=status))
    else:
        response = _form(request, status, is_limited=True, minutes=verification.FAILURES_FORGOTTEN_AFTER // 60)
    response["Retry-After"] = str(verification.FAILURES_FORGOTTEN_AFTER)
    return response


def _address(request: HttpRequest) -> str:
    """Whose tries are counted: as allauth counts them, behind as many proxies as the operator trusts."""
    return get_adapter(request).get_client_ip(request)


def _may_ask(request: HttpRequest) -> bool:
    """The limit stops guessing, never a board: its reviewers are known, and asked for only when it would bite."""
    return verification.may_ask(_address(request)) or (
        request.user.is_authenticated
        and Membership.objects.filter(
            person=request.user, role=Role.BOARD_REVIEWER, organization__kind=Organization.Kind.BOARD
        )
        .current()
        .exists()
    )


def _limited(request: HttpRequest, ask: Callable[[], VerificationResult], **extra: Any) -> HttpResponse:
    if not _may_ask(request):
        return _too_many(request)
    result = ask()
    if result.answer is Answer.UNKNOWN:
        verification.note_failure(_address(request))
    return _answer(request, result, **extra)


@require_GET
@login_not_required
def verify_token(request: HttpRequest, token: str) -> HttpResponse:
    """The answer for a link, as a page or as JSON."""
    return _limited(request, lambda: verification.verify_token(token), by_link=True)


# Nothing is changed by asking and nobody is signed in: a forged form gains nothing, and the page sets no cookie.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    """A code and a surname, typed."""
    if request.method != "POST":
        return _form(request, HTTPStatus.OK)
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _form(request, HTTPStatus.BAD_REQUEST, form=form)
    data = form.cleaned_data
    return _limited(request, lambda: verification.verify_code(data["code"], data["surname"]), form=form)


@csrf_exempt
@require_POST
@login_not_required
def verify_file(request: HttpRequest) -> HttpResponse:
    """A file, looked at in memory and never kept; or its hash alone."""
    handler = BoundedUploadHandler(request)
    request.upload_handlers = [handler]
    form = FileHashForm(request.POST)
    if handler.is_too_large:
        return _form(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, is_too_large=True)
    if content := handler.content:
        return _limited(request, lambda: verification.verify_file(content), by_file=True)
    if form.is_valid():
        digest = form.cleaned_data["sha256"]
        return _limited(request, lambda: verification.verify_hash(digest), by_file=True)
    return _form(request, HTTPStatus.BAD_REQUEST, is_without_file=True)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def verify_list(request: HttpRequest) -> HttpResponse:
    """A table of codes and surnames: an answer a line, on the screen or as a table. Nothing is written."""
    if request.method != "POST":
        return _list(request, HTTPStatus.OK)
    handler = BoundedUploadHandler(request, largest=LARGEST_LIST)
    request.upload_handlers = [handler]
    as_table = request.POST.get("as") == "csv"
    if handler.is_too_large:
        return _list(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, fault=_("This list is too large (256 kB at most)."))
    if not handler.content:
        return _list(request, HTTPStatus.BAD_REQUEST, fault=_("Please choose a file first."))
    try:
        lines = read_list(handler.content)
    except ValidationError as error:
        return _list(request, HTTPStatus.BAD_REQUEST, fault=" ".join(error.messages))
    if not _may_ask(request):
        return _too_many(request)
    checked = verification.verify_list(lines)
    if failures := sum(line.result.answer is Answer.UNKNOWN for line in checked):
        verification.note_failure(_address(request), failures)
    if as_table:
        content = reports.as_csv(reports.checked_rows(checked)).encode()
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, _("answers.csv")) or "attachment"
        return _unlisted(response)
    return _list(request, HTTPStatus.OK, checked=[(line, reports.answer_in_words(line.result)) for line in checked])


def _list(request: HttpRequest, status: HTTPStatus, **context: Any) -> HttpResponse:
    return _unlisted(render(request, "certificates/verify_list.html", context, status=status))
