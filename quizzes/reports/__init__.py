"""What screens read: questions of an open attempt, the review of a graded one, the figures of a quiz. Writes nothing.

`questions_of` is all that the screens of an open attempt may use: it never selects the column of the keys.
"""

from quizzes.reports.asking import files_of, may_see_media, preview_of, questions_of, shown
from quizzes.reports.figures import (
    facility_of,
    languages_missing,
    pass_mark_of,
    quizzes_with,
    results_of,
    summary_of,
    twins_of,
)
from quizzes.reports.marking import finals_of, newest_draft, queue_of, quizzes_that_wait, returned_question, rubric_of
from quizzes.reports.reviewing import marks_in_words, record_of, review_of

__all__ = [
    "facility_of",
    "files_of",
    "finals_of",
    "languages_missing",
    "marks_in_words",
    "may_see_media",
    "newest_draft",
    "pass_mark_of",
    "preview_of",
    "questions_of",
    "queue_of",
    "quizzes_that_wait",
    "quizzes_with",
    "record_of",
    "results_of",
    "returned_question",
    "review_of",
    "rubric_of",
    "shown",
    "summary_of",
    "twins_of",
]
