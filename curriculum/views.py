"""The public page of a credential."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from curriculum import services


@login_not_required
@require_safe
def credential_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What a credential asks for today, with sources and marks. 404 for a code that nobody knows."""
    return render(
        request, "curriculum/credential_detail.html", services.describe_credential(code, on=timezone.localdate())
    )
