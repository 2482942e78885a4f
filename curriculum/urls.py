"""Addresses of curriculum; everything here is public."""

from django.urls import path

from curriculum import views

app_name = "curriculum"

urlpatterns = [
    path("credentials/<slug:code>/", views.credential_detail, name="credential"),
]
