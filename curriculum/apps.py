"""App config of curriculum."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CurriculumConfig(AppConfig):
    name = "curriculum"
    verbose_name = _("Curriculum")

    def ready(self) -> None:
        from curriculum.erasing import CurriculumHolder  # noqa: PLC0415 - models must be loaded first
        from people import holders  # noqa: PLC0415 - beside what fills it

        holders.register("curriculum", CurriculumHolder())
