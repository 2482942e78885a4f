"""Programs: courses that together earn one certificate more, and which finished courses were counted for one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import CourseCompletion
from curriculum.fields import TranslatedTextField


class Program(models.Model):
    """A named set of courses. Whoever finished all of them gets its certificate.

    It says nothing of what a board asks for (that is a requirement set). Certificates copy its name and courses:
    changing it changes none of them.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = TranslatedTextField(_("name"), max_length=200)
    is_open = models.BooleanField(
        _("issues certificates"), default=True, help_text=_("Off: nobody gets its certificate from now on.")
    )

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name) or self.code


class ProgramCourse(models.Model):
    """This course is part of the program, in whatever language: `course_key` as in courses.models.records."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="courses")
    course_key = models.UUIDField(_("course"))

    class Meta:
        verbose_name = _("course of a program")
        verbose_name_plural = _("courses of a program")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "course_key"], name="programcourse_once_per_program"),
        ]

    def __str__(self) -> str:
        return str(self.course_key)


class ProgramCredit(models.Model):
    """This finished course was counted for this program's certificate (the first of its line). Once: a second
    certificate of the program needs every course finished again. Never changed, never deleted."""

    certificate = models.ForeignKey(
        "certificates.Certificate", on_delete=models.PROTECT, related_name="program_credits"
    )
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="credits")
    completion = models.ForeignKey(CourseCompletion, on_delete=models.PROTECT, related_name="program_credits")

    class Meta:
        verbose_name = _("course counted for a program")
        verbose_name_plural = _("courses counted for a program")
        constraints = [
            models.UniqueConstraint(fields=["program", "completion"], name="programcredit_counts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.completion_id}"
