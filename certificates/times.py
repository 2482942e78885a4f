"""Three facts about time, side by side: measured by the site, awarded in the ledger, attended at sessions.

None is made from another, and none overwrites another. Reads only.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from certificates.models import Attendance, LedgerEntry
from courses.models import CoursePage, Enrollment, MeasuredTime
from people.models import User


@dataclass(frozen=True)
class TimeLine:
    """One entry behind a figure: which kind it is, its day, what it says, its minutes."""

    kind: str
    day: Any
    text: str
    minutes: int


@dataclass(frozen=True)
class Times:
    """The three figures of one activity, in minutes, with the entries that make them."""

    title: str
    measured: int
    awarded: int
    attended: int
    lines: tuple[TimeLine, ...]


def times_of(person: User) -> list[Times]:
    """Return the three figures of each activity of a person, by title. Four queries, however many there are."""
    measured = (
        MeasuredTime.objects.filter(enrollment__learner=person)
        .order_by()
        .values("enrollment__course_key")
        .annotate(seconds=Sum("seconds"), lessons=Count("lesson_key", distinct=True))
    )
    found: dict[tuple[UUID | None, str], dict[str, Any]] = {}

    def at(key: UUID | None, title: str) -> dict[str, Any]:
        # What belongs to a course goes by its key, all else by what it is called.
        place = (key, "" if key else title)
        return found.setdefault(place, {"title": title, "measured": 0, "awarded": 0, "attended": 0, "lines": []})

    for entry in LedgerEntry.objects.filter(learner=person).order_by("earned_on", "pk"):
        row = at(entry.activity_key, str(entry.title))
        row["awarded"] += entry.minutes
        row["lines"].append(TimeLine("awarded", entry.earned_on, entry.reason, entry.minutes))
    for each in Attendance.objects.filter(learner=person).order_by("held_on", "pk"):
        row = at(each.course_key, each.title)
        row["attended"] += each.minutes
        row["lines"].append(TimeLine("attended", each.held_on, each.reason or each.title, each.minutes))
    for sum_ in measured:
        row = at(sum_["enrollment__course_key"], "")
        row["measured"] += sum_["seconds"] // 60
    titles = course_titles() if found else {}
    return sorted(
        (
            Times(
                title=(titles.get(key) if key else "") or row["title"],
                measured=row["measured"],
                awarded=row["awarded"],
                attended=row["attended"],
                lines=tuple(row["lines"]),
            )
            for (key, _title), row in found.items()
        ),
        key=lambda times: times.title.casefold(),
    )


def course_titles() -> dict[UUID, str]:
    """Return the titles of all courses by key, in the reader's language where there is one. One query."""
    pages = CoursePage.objects.values_list("translation_key", "title", "locale__language_code")
    titles: dict[UUID, str] = {}
    for key, title, language in pages:
        if key not in titles or language == get_language():
            titles[key] = title
    return titles


def times_by_enrollment() -> QuerySet[Enrollment]:
    """Return enrollments with `measured_seconds`, `awarded_minutes` and `attended_minutes` of learner and course."""

    def total(rows: QuerySet[Any], group: str, of: str) -> Coalesce:
        summed = rows.order_by().values(group).annotate(total=Sum(of)).values("total")
        return Coalesce(Subquery(summed, output_field=IntegerField()), Value(0))

    return (
        Enrollment.objects.select_related("learner")
        .annotate(
            measured_seconds=total(MeasuredTime.objects.filter(enrollment=OuterRef("pk")), "enrollment", "seconds"),
            awarded_minutes=total(
                LedgerEntry.objects.filter(completion__enrollment=OuterRef("pk")), "completion__enrollment", "minutes"
            ),
            attended_minutes=total(
                Attendance.objects.filter(learner=OuterRef("learner"), course_key=OuterRef("course_key")),
                "learner",
                "minutes",
            ),
        )
        .order_by("-enrolled_at", "-pk")
    )
