"""Addresses of people: below /<language>/account/, and the two that stand ahead of Wagtail's own below /admin/."""

from django.contrib.auth.decorators import login_required
from django.urls import path
from wagtail.admin.auth import require_admin_access

from people import views, viewsets

app_name = "people"

urlpatterns = [
    path("start/", views.landing, name="landing"),
    path("profile/", views.profile, name="profile"),
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/give/", views.give_consent, name="give_consent"),
    path("privacy/data.zip", views.export, name="export"),
    path("privacy/erase/", views.erase, name="erase"),
    path("privacy/erased/", views.erased, name="erased"),
    path("privacy/withdraw/<int:pk>/", views.withdraw_consent, name="withdraw_consent"),
    # Ahead of allauth's pages at the same addresses: they keep silent where a code is over, and would let an address
    # that nobody confirmed become the main one.
    path("email/", login_required(views.EmailView.as_view()), name="email"),
    path("password/reset/confirm/", views.ConfirmPasswordResetCodeView.as_view(), name="confirm_password_reset_code"),
    path("password/reset/complete/", views.CompletePasswordResetView.as_view(), name="complete_password_reset"),
]

admin_urlpatterns = [
    path("login/", views.sign_in_door, name="desk_sign_in"),
    path("account/", require_admin_access(viewsets.AdminAccountView.as_view())),
]
