"""Addresses of CASE, the same in every language."""

from django.urls import path

from curriculum import case_views
from curriculum.formats.case_writing import PATH

_BASE = PATH.strip("/")

urlpatterns = [
    path(f"{_BASE}/CFDocuments", case_views.documents, name="case_documents"),
    path(f"{_BASE}/CFDocuments/<str:identifier>", case_views.document, name="case_document"),
    path(f"{_BASE}/CFPackages/<str:identifier>", case_views.package, name="case_package"),
    path(f"{_BASE}/CFItems/<str:identifier>", case_views.item, name="case_item"),
    path(f"{_BASE}/CFItemAssociations/<str:identifier>", case_views.item_associations, name="case_item_associations"),
    path(f"{_BASE}/", case_views.nothing, {"rest": ""}, name="case_nothing"),
    path(f"{_BASE}/<path:rest>", case_views.nothing, name="case_nothing"),
]
