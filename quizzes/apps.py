"""App config of quizzes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "quizzes"
    verbose_name = _("Quizzes")

    def ready(self) -> None:
        from people import holders  # noqa: PLC0415 - beside what fills it
        from quizzes.erasing import QuizzesHolder  # noqa: PLC0415 - models must be loaded first

        holders.register("quizzes", QuizzesHolder())
