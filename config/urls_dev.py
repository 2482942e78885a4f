"""The site's URLs and, in development, the style guide: /styleguide/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from config.styleguide import styleguide
from config.urls import urlpatterns as site_urlpatterns

__all__ = ["urlpatterns"]

urlpatterns = [
    *i18n_patterns(
        path("styleguide/", styleguide, name="styleguide"),
        path("styleguide/<slug:sample>/", styleguide, name="styleguide_sample"),
    ),
    *site_urlpatterns,
]
