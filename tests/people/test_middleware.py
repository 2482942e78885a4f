"""Who gets through without signing in, and who enters the desk: every route of the site, and a table."""

from zoneinfo import ZoneInfo

import pytest
from django.urls import URLResolver, get_resolver
from django.utils import timezone
from wagtail.admin.urls import urlpatterns as wagtail_admin_urlpatterns

from people.middleware import SignInRequiredMiddleware
from tests.factories.people import UserFactory, make_board_reviewer, make_support, make_trainer

# Apps above people guard their own public views in their own tests.
NEIGHBOURS = ("check", "certificates", "courses", "quizzes", "curriculum", "starter")

PUBLIC = {
    "account_confirm_email",
    "account_confirm_login_code",
    "account_confirm_password_reset_code",
    "account_complete_password_reset",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_password_reset_completed",
    "account_reset_password",
    "account_signup",
    "case_document",
    "case_documents",
    "case_item",
    "case_item_associations",
    "case_nothing",
    "case_package",
    "desk_sign_in",
    "healthz",
    "people:complete_password_reset",
    "people:confirm_password_reset_code",
    "people:erased",
    "readyz",
    "set_language",
    "sign_in_door",
    "wagtail_serve",
    "wagtailcore_login",  # never reached: our door stands ahead of it
}


def routes(resolver, namespace="", path=""):
    for pattern in resolver.url_patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""), here)
        else:
            yield namespace + (pattern.name or str(pattern.pattern)), here, pattern.callback


def test_public_routes_are_exactly_these():
    public = {
        name
        for name, path, view in routes(get_resolver())
        if (name in SignInRequiredMiddleware.PUBLIC_VIEWS or not getattr(view, "login_required", True))
        and (not path.startswith("admin/") or name in SignInRequiredMiddleware.PUBLIC_VIEWS)
        and not name.startswith(NEIGHBOURS)
    }

    assert public == PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/pages/",
        "/admin/api/main/pages/",
        "/admin/api/main/images/",
        "/admin/api/main/documents/",
        "/admin/users/",
        "/admin/account/",
        "/admin/sprite/",
        "/admin/logout/",
        "/admin/bulk/people/user/delete/",
        "/admin/membership/",
        "/admin/nonsense/",
        "/documents/1/secret.pdf",
        "/en/account/start/",
        "/en/account/profile/",
        "/es/account/profile/",
        "/en/account/privacy/",
        "/en/account/privacy/give/",
        "/en/account/privacy/withdraw/1/",
        "/en/account/email/",
        "/en/account/password/change/",
        "/en/account/reauthenticate/",
        "/en/_util/authenticate_with_password/1/1/",
    ],
)
def test_stranger_is_sent_to_sign_in(client, path):
    for response in (client.get(path), client.post(path)):
        assert response.status_code == 302
        assert response["Location"].split("?")[0].endswith("/account/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/pages/", "/admin/api/main/pages/"])
def test_scripts_of_a_stranger_are_told_no(client, path):
    assert client.get(path, headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en/account/login/", "/en/account/signup/", "/healthz"])
def test_public_pages_open(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/api/main/pages/", "/admin/users/", "/admin/account/", "/admin/logout/"]
)
@pytest.mark.parametrize("make", [UserFactory, make_board_reviewer])
def test_desk_is_closed_to_learners_and_reviewers(client, path, make):
    client.force_login(make())

    assert (client.get(path).status_code, client.post(path).status_code) == (403, 403)


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_trainer, make_support])
def test_desk_opens_for_those_who_may(client, make):
    client.force_login(make())

    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_learner_at_the_old_admin_door_is_not_sent_in_circles(client, learner):
    client.force_login(learner)

    response = client.get("/admin/login/", follow=True)

    assert response.status_code == 403
    assert [url for url, _status in response.redirect_chain] == ["/en/account/login/?next=%2Fadmin%2F", "/admin/"]


@pytest.mark.django_db
@pytest.mark.urls("tests.people.urls")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/media/images/a.jpg", 404),  # let through; there is no such file
        ("/media/original_images/a.jpg", 404),
        ("/media/documents/secret.pdf", 302),
        ("/media/media/lesson.mp3", 302),
        ("/media/images-of-others/a.jpg", 302),
        ("/media/images/../documents/secret.pdf", 302),
        ("/media/documents/images/a.jpg", 302),
        ("/administration/wagtail_serve/", 302),
        ("/administration/account_login/", 302),
    ],
)
def test_files_and_lookalikes(client, path, status):
    assert client.get(path).status_code == status


def test_our_doors_stand_ahead_of_wagtails():
    ours = {path: name for name, path, _view in reversed(list(routes(get_resolver()))) if path.endswith("login/")}

    assert ours["admin/login/"] == "desk_sign_in"
    assert any(getattr(pattern, "name", "") == "wagtailadmin_login" for pattern in wagtail_admin_urlpatterns)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "shown"),
    [("America/Los_Angeles", "America/Los_Angeles"), ("Nowhere/Land", "America/New_York"), ("", "America/New_York")],
)
def test_times_are_the_persons(client, zone, shown):
    client.force_login(UserFactory(time_zone=zone))

    client.get("/en/account/profile/")

    assert timezone.get_current_timezone() == ZoneInfo(shown)


@pytest.mark.django_db
def test_times_of_strangers_are_the_sites(client):
    timezone.activate(ZoneInfo("Asia/Tokyo"))

    client.get("/en/account/login/")

    assert timezone.get_current_timezone() == ZoneInfo("America/New_York")
