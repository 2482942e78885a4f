"""App config of courses: connects its receivers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from courses import receivers  # noqa: PLC0415 - models must be loaded first
        from courses.erasing import CoursesHolder  # noqa: PLC0415 - models must be loaded first
        from people import holders  # noqa: PLC0415 - beside what fills it

        receivers.connect()
        holders.register("courses", CoursesHolder())
