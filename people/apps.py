"""App configs: people, which connects its receivers, and Wagtail's users section fitted to our accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")
    default = True

    def ready(self) -> None:
        from people import receivers  # noqa: PLC0415 - models must be loaded first

        receivers.connect()


class AdminUsersConfig(WagtailUsersAppConfig):
    """Stands in INSTALLED_APPS in place of wagtail.users."""

    user_viewset = "people.viewsets.AccountViewSet"
