"""Frameworks for other systems, as the REST binding of CASE 1.1 says: public, read-only, cacheable.

All frameworks are served, archived ones too: they are public reference data, and certificates cite them for years.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.csrf import csrf_exempt

from curriculum import exporting
from curriculum.formats.case_writing import PATH, to_bytes
from curriculum.formats.shapes import read_uuid

MAX_AGE_SECONDS = 300
DEFAULT_LIMIT = 100
MAX_LIMIT = 500


class CaseProblem(Exception):
    """A request that is answered with imsx_StatusInfo. `minor` is a word of CASE's vocabulary."""

    def __init__(self, status: int, minor: str, field: str, description: str) -> None:
        self.status, self.minor, self.field, self.description = status, minor, field, description
        super().__init__(description)


def _status_info(problem: CaseProblem) -> HttpResponse:
    return HttpResponse(
        to_bytes(
            {
                "imsx_codeMajor": "failure",
                "imsx_severity": "error",
                "imsx_description": problem.description,
                "imsx_codeMinor": {
                    "imsx_codeMinorField": [
                        {"imsx_codeMinorFieldName": problem.field, "imsx_codeMinorFieldValue": problem.minor}
                    ]
                },
            }
        ),
        status=problem.status,
        content_type="application/json",
    )


def _case_view(view: Callable[..., tuple[dict[str, Any], datetime | None, dict[str, str]]]) -> Callable[..., Any]:
    """A view that returns an object, the moment it last changed, and headers: as JSON, with validators."""

    @csrf_exempt  # it only reads; without this a POST would be refused in HTML
    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        # The middleware of languages would send a 404 to a page of its own; these addresses have no language.
        request.urlconf = "curriculum.case_urls"
        try:
            if request.method not in {"GET", "HEAD"}:
                raise CaseProblem(405, "invalid_selection_field", "method", "This service is read-only: use GET.")
            value, changed_at, headers = view(request, **kwargs)
        except CaseProblem as problem:
            response = _status_info(problem)
            if problem.status == 405:
                response["Allow"] = "GET, HEAD"
        else:
            response = _cacheable(request, to_bytes(value), changed_at)  # type: ignore[assignment]
            for name, text in headers.items():
                response[name] = text
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "Link, X-Total-Count, ETag"
        return response

    return answer


def _cacheable(request: HttpRequest, content: bytes, changed_at: datetime | None) -> HttpResponseBase:
    etag = quote_etag(sha256(content).hexdigest()[:32])
    last_modified = int(changed_at.timestamp()) if changed_at else None
    response: Any = get_conditional_response(request, etag=etag, last_modified=last_modified)
    if response is None:
        response = HttpResponse(content, content_type="application/json")
    response["ETag"] = etag
    if last_modified is not None:
        response["Last-Modified"] = http_date(last_modified)
    response["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    return response


def _found(found: Any, text: str) -> Any:
    if found is None:
        raise CaseProblem(404, "unknownobject", "sourcedId", f"Unknown Object: {text[:60]}")
    return found


def _identifier(text: str) -> Any:
    identifier = read_uuid(text)
    if identifier is None:
        raise CaseProblem(404, "invaliduuid", "sourcedId", f"Invalid UUID: {text[:60]}")
    return identifier


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, str(default))
    # A number of more than nine digits is no place in a list, and too long for the database.
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise CaseProblem(400, "invalid_selection_field", name, f"{name} must be a whole number, zero or more.")
    return int(text)


@_case_view
def documents(request: HttpRequest) -> Any:
    """All frameworks, by pages of `limit` from `offset`; X-Total-Count and Link say where one stands."""
    limit = min(_number(request, "limit", DEFAULT_LIMIT), MAX_LIMIT)
    offset = _number(request, "offset", 0)
    total, entries = exporting.case_documents(limit=limit, offset=offset)
    headers = {"X-Total-Count": str(total)}
    if links := _page_links(limit, offset, total):
        headers["Link"] = links
    # A page changes with what is left out of it, which no moment tells: the ETag alone is its validator.
    return {"CFDocuments": entries}, None, headers


def _page_links(limit: int, offset: int, total: int) -> str:
    if not limit:
        return ""
    places = {
        "next": offset + limit if offset + limit < total else None,
        "prev": max(0, offset - limit) if offset else None,
        "first": 0,
        "last": max(0, (total - 1) // limit * limit),
    }
    base = f"{settings.BASE_URL.rstrip('/')}{PATH}/CFDocuments"
    return ", ".join(
        f'<{base}?{urlencode({"limit": limit, "offset": place})}>; rel="{name}"'
        for name, place in places.items()
        if place is not None
    )


@_case_view
def document(request: HttpRequest, identifier: str) -> Any:
    """One framework, without its competencies."""
    return (*_found(exporting.case_document(_identifier(identifier)), identifier), {})


@_case_view
def package(request: HttpRequest, identifier: str) -> Any:
    """One framework with all that belongs to it: the same bytes as its exported file."""
    return (*_found(exporting.case_package(_identifier(identifier)), identifier), {})


@_case_view
def item(request: HttpRequest, identifier: str) -> Any:
    """One competency."""
    return (*_found(exporting.case_item(_identifier(identifier)), identifier), {})


@_case_view
def item_associations(request: HttpRequest, identifier: str) -> Any:
    """One competency with its parent, its parts and its confirmed links."""
    return (*_found(exporting.case_item_associations(_identifier(identifier)), identifier), {})


@_case_view
def nothing(request: HttpRequest, rest: str) -> Any:
    """Whatever else is asked for below the address of the service."""
    raise CaseProblem(404, "unknownobject", "path", "There is nothing at this address.")
