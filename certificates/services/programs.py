"""Certificates of programs: issued when every course of one was finished, each finished course counted once."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.errors import NotEligible
from certificates.models import Certificate, LedgerEntry, Program, ProgramCourse, ProgramCredit
from certificates.services.freezing import program_facts
from certificates.services.issuing import written
from courses.models import CourseCompletion
from people.models import User


def countable(program: Program) -> QuerySet[CourseCompletion]:
    """Return finished courses of the program that stand, are credited, and were counted for no certificate of it."""
    return CourseCompletion.objects.filter(
        Exists(LedgerEntry.objects.filter(completion=OuterRef("pk"), kind=LedgerEntry.Kind.CREDIT)),
        ~Exists(ProgramCredit.objects.filter(completion=OuterRef("pk"), program=program)),
        course_key__in=ProgramCourse.objects.filter(program=program).values("course_key"),
        reversed_at=None,
    )


def _complete_set(program: Program, person_id: int) -> list[CourseCompletion]:
    """Return the first countable completion of every course, or nothing where one is missing."""
    wanted = set(ProgramCourse.objects.filter(program=program).values_list("course_key", flat=True))
    found: dict[object, CourseCompletion] = {}
    ordered = countable(program).filter(learner_id=person_id).select_related("learner").order_by("completed_at", "pk")
    for completion in ordered:
        found.setdefault(completion.course_key, completion)
    return list(found.values()) if wanted and set(found) == wanted else []


def issue_program(program: Program, person: User, *, now: datetime | None = None) -> Certificate:
    """Return the person's certificate of the program: a new one where every course was finished (again), or the newest.

    Raises NotEligible where there is none yet, and courses are missing or the name is.
    """
    now = now or timezone.now()
    completions = _complete_set(program, person.pk) if program.is_open else []
    if not completions:
        if existing := _newest(program, person):
            return existing
        raise NotEligible(_("This program is not complete yet: finish every course of it first."))

    def count(certificate: Certificate) -> None:
        ProgramCredit.objects.bulk_create(
            ProgramCredit(certificate=certificate, program=program, completion=each) for each in completions
        )

    return written(
        lambda: program_facts(program, completions, now=now), winner=lambda: _newest(program, person), also=count
    )


def _newest(program: Program, person: User) -> Certificate | None:
    return Certificate.objects.filter(program=program, recipient=person, superseded_by=None).first()


def complete_programs(*, person_id: int | None = None) -> Iterator[tuple[Program, User]]:
    """Yield (program, person) whose every course was finished and whose certificate is missing.

    One query a program finds who might, one a person makes sure: few are ever in between.
    """
    for program in Program.objects.filter(is_open=True).prefetch_related("courses"):
        keys = {course.course_key for course in program.courses.all()}
        if not keys:
            continue
        done: dict[int, set[object]] = {}
        rows = countable(program)
        if person_id is not None:
            rows = rows.filter(learner_id=person_id)
        for learner_id, key in rows.values_list("learner_id", "course_key"):
            done.setdefault(learner_id, set()).add(key)
        complete = [learner_id for learner_id, found in done.items() if found == keys]
        for person in User.objects.filter(pk__in=complete).order_by("pk"):
            yield program, person


def issue_programs(person_id: int | None = None, *, now: datetime | None = None) -> list[Certificate]:
    """Issue what is complete (of one person, or of all) and can be issued now; return what was issued."""
    tried = [issue_program_if_ready(*each, now=now) for each in complete_programs(person_id=person_id)]
    return [certificate for certificate in tried if certificate]


def issue_program_if_ready(program: Program, person: User, *, now: datetime | None = None) -> Certificate | None:
    """Issue it, or leave it to the sweep and to the saving of a name where it must wait."""
    try:
        return issue_program(program, person, now=now)
    except NotEligible:
        return None


def issue_programs_of(completion_id: int, *, now: datetime | None = None) -> list[Certificate]:
    """Issue the programs that this finished course completes."""
    person_id = CourseCompletion.objects.values_list("learner_id", flat=True).get(pk=completion_id)
    return issue_programs(person_id, now=now)
