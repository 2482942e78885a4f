"""Deny by default: a page is public only where its view says so."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.views.static import serve as serve_file


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends strangers to the sign-in page from every view that is not marked public (`login_not_required`).

    Exceptions are made for whole names and whole views, never for how a path or a name begins. Two views cannot be
    marked because they are not ours: Wagtail's page view (pages guard themselves, lessons by `courses.access`) and
    Django's language switch. allauth marks its own. `desk_sign_in` is our door where Wagtail's sign-in form was.
    """

    PUBLIC_VIEWS = frozenset({"wagtail_serve", "set_language", "desk_sign_in"})
    # Pictures of public pages. Documents and recordings are for those who are signed in.
    PUBLIC_MEDIA_FOLDERS = frozenset({"images", "original_images"})

    def process_view(self, request, view_func, view_args, view_kwargs):
        if self._is_public(request, view_func, view_kwargs):
            return None
        if request.path.startswith(reverse("wagtailadmin_home")):
            return self._guard_the_desk(request, view_func)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def get_login_url(self, view_func):
        """Every view has the same door, whatever door it was written for."""
        return settings.LOGIN_URL

    def _is_public(self, request, view_func, view_kwargs) -> bool:
        if request.resolver_match.view_name in self.PUBLIC_VIEWS:
            return True
        if view_func is serve_file:
            # Where a web server serves the files instead (SERVE_MEDIA off), it keeps the same rule.
            folder, _slash, rest = view_kwargs["path"].partition("/")
            return folder in self.PUBLIC_MEDIA_FOLDERS and ".." not in rest.split("/")
        return False

    def _guard_the_desk(self, request, view_func):
        """Let into the CMS only those who may enter it, whatever a view below it says of itself.

        Views of its API are marked public by their framework, which brings its own rules; here they do not count.
        """
        if request.user.is_authenticated:
            if request.user.has_perm("wagtailadmin.access_admin"):
                return None
            # Wagtail would send them to sign in, and signing in would send them back: round and round.
            raise PermissionDenied
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            # A script cannot use a sign-in page; the CMS shows that the session is over when it gets this answer.
            raise PermissionDenied
        return self.handle_no_permission(request, view_func)


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
