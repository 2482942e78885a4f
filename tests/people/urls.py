"""The site's addresses, and two ways into files that exist only where the process serves them."""

from django.urls import include, path, re_path
from django.views.static import serve

from config.urls import urlpatterns as site

files = [re_path(r"^media/(?P<path>.*)$", serve, {"document_root": "/nonexistent"})]

# What other apps add under these names must not become public by accident of a name.
lookalikes = (
    [
        path("wagtail_serve/", serve, {"path": "x", "document_root": "/nonexistent"}, name="wagtail_serve"),
        path("account_login/", serve, {"path": "x", "document_root": "/nonexistent"}, name="account_login"),
    ],
    "lookalikes",
)

urlpatterns = [*files, path("administration/", include(lookalikes)), *site]
