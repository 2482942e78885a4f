"""Deny by default: a page is public only where its view says so."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.utils import timezone


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends strangers to the sign-in page from every view that is not marked public (`login_not_required`).

    Wagtail's page view and allauth's own views cannot be marked, so they are public by name here; lessons guard
    themselves in `courses.access`, and Wagtail's admin has its own door.
    """

    PUBLIC_VIEWS = frozenset({"wagtail_serve", "set_language"})
    PUBLIC_PREFIXES = ("account_",)
    PUBLIC_NAMESPACES = frozenset({"wagtailadmin"})

    def process_view(self, request, view_func, view_args, view_kwargs):
        match = request.resolver_match
        name = match.url_name or ""
        if name in self.PUBLIC_VIEWS or name.startswith(self.PUBLIC_PREFIXES):
            return None
        if request.path.startswith(("/admin/", settings.STATIC_URL, settings.MEDIA_URL)):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class TimeZoneMiddleware:
    """Shows times in the signed-in person's time zone, else in the site's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            try:
                timezone.activate(ZoneInfo(request.user.time_zone))
            except (ZoneInfoNotFoundError, ValueError):
                timezone.deactivate()
        else:
            timezone.deactivate()
        return self.get_response(request)
