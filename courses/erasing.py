"""What courses keeps about a person, for `people.holders`."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from courses.models import CourseCompletion, Enrollment, LessonCompletion, MeasuredTime, Place
from people.holders import Holding, rows
from people.models import User


class CoursesHolder:
    """Courses taken and finished stay, without a name: hours rest on them. The bookmark goes."""

    def holdings(self, person: User, today: date) -> Sequence[Holding]:
        if not Enrollment.objects.filter(learner=person).exists():
            return []
        return [
            Holding(_("Where you stopped reading")),
            Holding(
                _("Which courses and lessons you finished, without your name"),
                stays=True,
                why=_("Your hours and certificates rest on them."),
            ),
        ]

    def erase(self, person: User, now: datetime) -> None:
        Place.objects.filter(enrollment__learner=person).delete()
        Enrollment.objects.filter(learner=person, state=Enrollment.State.ACTIVE).update(
            state=Enrollment.State.WITHDRAWN, ended_at=now
        )

    def clean(self, person: User) -> None:
        """No file is kept."""

    def export(self, person: User) -> tuple[dict[str, Any], Iterable[tuple[str, bytes]]]:
        return {
            "courses": rows(
                Enrollment.objects.filter(learner=person).order_by("pk"),
                "public_id", "course_key", "state", "enrolled_at", "ended_at",
            ),
            "lessons_finished": rows(
                LessonCompletion.objects.filter(enrollment__learner=person).order_by("pk"),
                "enrollment__public_id", "lesson_key", "completed_at", "reversed_at", "reversal_reason",
            ),
            "courses_finished": rows(
                CourseCompletion.objects.filter(learner=person).order_by("pk"),
                "public_id", "course_key", "course_title", "course_revision", "completed_at", "contact_minutes",
                "delivery", "language", "reversed_at", "reversal_reason",
            ),
            "time_measured": rows(
                MeasuredTime.objects.filter(enrollment__learner=person).order_by("pk"),
                "enrollment__public_id", "lesson_key", "seconds", "last_seen_at",
            ),
        }, ()  # fmt: skip
