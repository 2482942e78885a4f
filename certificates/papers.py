"""Reads for the desk: which papers there are to take along, whose they are, and which of them lost their ground."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from certificates.codes import grouped
from certificates.models import Certificate, Kind, LedgerEntry, Program, ProgramCredit
from certificates.reports import facts_of
from courses.models import CourseCompletion
from people.models import User


def papers_to_take() -> list[tuple[str, Any]]:
    """Return what there is to take along, as choices of a form: courses, programs, and all papers of a kind."""
    programs = Program.objects.filter(Exists(Certificate.objects.filter(program=OuterRef("pk"))))
    kinds = Certificate.objects.order_by().values_list("kind", flat=True).distinct()
    return [
        *courses_with_certificates(),
        *((f"program:{program.pk}", _("Program: %(name)s") % {"name": program}) for program in programs),
        *(
            (f"kind:{kind}", name)
            for kind, name in (
                (Kind.PERIOD, _("All statements of hours")),
                (Kind.TRAINING_LETTER, _("All letters that verify training")),
            )
            if kind in kinds
        ),
    ]


def courses_with_certificates() -> list[tuple[str, str]]:
    """Return (key, title as it was last) of every course that a certificate was issued for, by title."""
    last = (
        Certificate.objects.filter(kind=Kind.COURSE)
        .order_by()
        .values("completion__course_key")
        .annotate(last=Max("pk"))
        .values("last")
    )
    rows = Certificate.objects.filter(pk__in=last).values_list("completion__course_key", "course_title")
    return sorted(((str(key), str(title)) for key, title in rows), key=lambda row: row[1].casefold())


def certificates_of_course(*, course: str, since: date | None, until: date | None) -> QuerySet[Certificate]:
    """Return what stands of a choice of `papers_to_take`, finished within these days (both included).

    The newest of each line only.
    """
    what, _colon, which = course.partition(":")
    chosen = {"program": Q(program=which), "kind": Q(kind=which)}.get(what) or Q(completion__course_key=course)
    found = Certificate.objects.select_related("recipient").filter(chosen, superseded_by=None, revocation=None)
    if since:
        found = found.filter(completed_on__gte=since)
    if until:
        found = found.filter(completed_on__lte=until)
    return found.order_by("completed_on", "pk")


def people_of_course(course: str, *, after: int = 0) -> QuerySet[User]:
    """Return who finished this course (and was not taken it back), in a lasting order, those after a key only."""
    done = CourseCompletion.objects.filter(learner=OuterRef("pk"), course_key=course, reversed_at=None)
    return User.objects.filter(Exists(done), is_active=True, pk__gt=after).order_by("pk")


def finished_courses() -> list[tuple[str, str]]:
    """Return (key, title as it was last) of every course that somebody finished, by title."""
    last = CourseCompletion.objects.order_by().values("course_key").annotate(last=Max("pk")).values("last")
    rows = CourseCompletion.objects.filter(pk__in=last).values_list("course_key", "course_title")
    return sorted(((str(key), str(title)) for key, title in rows), key=lambda row: row[1].casefold())


def certificates_as_rows(certificates: Iterable[Certificate]) -> list[list[Any]]:
    """Return certificates as the rows of a table."""
    rows: list[list[Any]] = [
        [_("Code"), _("Name"), _("Course"), _("Minutes"), _("Completed on"), _("Issued on"), _("Good until")]
    ]
    rows.extend(
        [
            grouped(each.code), each.recipient_name or _("erased person"), each.course_title, each.contact_minutes,
            each.completed_on.isoformat(), facts_of(each).issued_on.isoformat(), each.expires_on or "",
        ]
        for each in certificates
    )  # fmt: skip
    return rows


def lost_a_course() -> Exists:
    """A finished course that was counted for the program was taken back."""
    credits_ = ProgramCredit.objects.filter(program=OuterRef("program"), certificate__recipient=OuterRef("recipient"))
    return Exists(credits_.filter(completion__reversed_at__isnull=False))


def lost_hours() -> Exists:
    """After a statement or a letter was issued, hours of its days were taken away."""
    return Exists(
        LedgerEntry.objects.filter(
            learner=OuterRef("recipient"),
            minutes__lt=0,
            recorded_at__gt=OuterRef("issued_at"),
            earned_on__gte=Coalesce(OuterRef("since"), date.min),
            earned_on__lte=Coalesce(OuterRef("until"), date.max),
        )
    )
