"""App config of quizzes: says what it keeps about people, writes its letters."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "quizzes"
    verbose_name = _("Quizzes")

    def ready(self) -> None:
        from people import holders  # noqa: PLC0415 - beside what fills it
        from people.letters import register  # noqa: PLC0415 - beside what fills it
        from quizzes import letters  # noqa: PLC0415 - models must be loaded first
        from quizzes.erasing import QuizzesHolder  # noqa: PLC0415 - models must be loaded first

        holders.register("quizzes", QuizzesHolder())
        register("attempt_graded", letters.attempt_graded, name=_("answers were marked"))
        register("answer_returned", letters.answer_returned, name=_("an answer came back"))
