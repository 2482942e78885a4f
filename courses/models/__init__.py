"""Two species live here: pages, which editors change, and records, which learners make."""

from courses.models.measured import MeasuredTime
from courses.models.pages import (
    CourseIndexPage,
    CoursePage,
    CourseTopic,
    HomePage,
    LessonPage,
    ModuleCompetency,
    ModulePage,
)
from courses.models.records import (
    CompletionShare,
    CourseCompletion,
    Enrollment,
    LessonAttempt,
    LessonCompletion,
    Place,
)

__all__ = [
    "CompletionShare",
    "CourseCompletion",
    "CourseIndexPage",
    "CoursePage",
    "CourseTopic",
    "Enrollment",
    "HomePage",
    "LessonAttempt",
    "LessonCompletion",
    "LessonPage",
    "MeasuredTime",
    "ModuleCompetency",
    "ModulePage",
    "Place",
]
