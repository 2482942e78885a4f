"""Errors of courses: sentences that a learner can read."""

from uuid import UUID

from django.core.exceptions import PermissionDenied


class CourseError(Exception):
    """Something about a course cannot be done; the message says why and what to do."""


class CourseUnknown(CourseError):
    """There is no such live course, or no such live lesson in it."""


class NotEnrolled(CourseError):
    """The act needs an enrollment that still runs."""


class LessonLocked(CourseError):
    """Another lesson comes first. `first_key` names it."""

    def __init__(self, message: str, *, first_key: UUID) -> None:
        self.first_key = first_key
        super().__init__(message)


class QuizDecides(CourseError):
    """The lesson has a quiz: it is done when the quiz is passed, and not before."""


class NoQuiz(CourseError):
    """The lesson has no quiz to start."""


class CourseUnfit(CourseError, PermissionDenied):
    """The course has problems and cannot be published. Wagtail's admin answers it as something not allowed."""
