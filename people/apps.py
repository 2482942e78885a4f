"""App configs: people, and Wagtail's users section fitted to our accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")
    default = True


class AdminUsersConfig(WagtailUsersAppConfig):
    """Stands in INSTALLED_APPS in place of wagtail.users."""

    user_viewset = "people.viewsets.AccountViewSet"
