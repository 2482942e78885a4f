"""The kinds of certificates. Below the models, for templates and certificates both have one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates import designs


class Kind(models.TextChoices):
    """What a certificate states: a course, a program of courses, hours in a time, or training verified to a board."""

    COURSE = designs.COURSE, _("course")
    PROGRAM = designs.PROGRAM, _("program")
    PERIOD = designs.PERIOD, _("hours in a period")
    TRAINING_LETTER = designs.LETTER, _("letter that verifies training")
