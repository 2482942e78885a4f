"""Deny by default: a page is public only where its view says so."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.views.static import serve as serve_file


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends strangers to the sign-in page from every view that is not marked public (`login_not_required`).

    Exceptions are made for whole names and whole views, never for how a path or a name begins. Two views cannot be
    marked because they are not ours: Wagtail's page view (pages guard themselves, lessons by `courses.access`) and
    Django's language switch. allauth marks its own.
    """

    PUBLIC_VIEWS = frozenset({"wagtail_serve", "set_language"})
    # Pictures of public pages. Documents and recordings are for those who are signed in.
    PUBLIC_MEDIA_FOLDERS = frozenset({"images", "original_images"})

    def process_view(self, request, view_func, view_args, view_kwargs):
        if self._is_public(request, view_func, view_kwargs):
            return None
        if not request.user.is_authenticated and request.headers.get("x-requested-with") == "XMLHttpRequest":
            # A script cannot use a sign-in page; the CMS shows that the session is over when it gets this answer.
            raise PermissionDenied
        response = super().process_view(request, view_func, view_args, view_kwargs)
        if response is None and self._is_behind_the_desk(request, view_func):
            # Wagtail would send them to sign in, and signing in would send them back: round and round.
            raise PermissionDenied
        return response

    def _is_public(self, request, view_func, view_kwargs) -> bool:
        if request.resolver_match.view_name in self.PUBLIC_VIEWS:
            return True
        if view_func is serve_file:
            # Where a web server serves the files instead (SERVE_MEDIA off), it keeps the same rule.
            folder, _slash, rest = view_kwargs["path"].partition("/")
            return folder in self.PUBLIC_MEDIA_FOLDERS and ".." not in rest.split("/")
        return False

    def _is_behind_the_desk(self, request, view_func) -> bool:
        """Say whether this is the CMS, asked for by someone signed in without the right to enter it."""
        return (
            getattr(view_func, "login_required", True)
            and request.path.startswith(reverse("wagtailadmin_home"))
            and not request.user.has_perm("wagtailadmin.access_admin")
        )


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
