"""Every URL of the site. Pages and plain views live below the language; the QR link, CASE and health checks do not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from certificates.urls import short_link
from config.health import healthz, readyz
from courses.views import serve as serve_page
from people import urls as people_urls
from people.views import sign_in_door

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", include(people_urls.admin_urlpatterns)),  # ahead of Wagtail's: one door for signing in
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    short_link,
    path("", include("curriculum.case_urls")),
]

if settings.SERVE_MEDIA:
    # Pictures and recordings only: documents go through Wagtail's own view, which asks who may read them.
    urlpatterns.append(
        re_path(
            rf"^{settings.MEDIA_URL.strip('/')}/(?P<path>(?:images|original_images|media)/.*)$",
            serve,
            {"document_root": settings.MEDIA_ROOT},
        )
    )

urlpatterns += i18n_patterns(
    path("account/", include("people.urls")),
    path("quiz/", include("quizzes.urls")),
    path("", include("courses.urls")),
    path("account/", include("allauth.account.urls")),
    path("", include("certificates.urls")),
    path("", include("curriculum.urls")),
    path("_util/login/", sign_in_door, name="sign_in_door"),  # ahead of Wagtail's own form for private pages
    path("", include(wagtail_urls.urlpatterns[:-1])),  # all but the last, the one that shows pages: that is ours
    re_path(wagtail_urls.serve_pattern, serve_page, name="wagtail_serve"),
)
