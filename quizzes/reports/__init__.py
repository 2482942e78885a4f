"""What screens read: questions of an open attempt, the review of a graded one, the figures of a quiz. Writes nothing.

`questions_of` and `asked_of` are all that the screens of an open attempt may use: the first never selects the column of
the keys, the second only of questions that were checked.
"""

from quizzes.reports.analysis import Analysis, VersionAnalysis, analysis_of, taken_of
from quizzes.reports.asking import files_of, may_see_media, preview_of, questions_of, shown
from quizzes.reports.checked import asked_of
from quizzes.reports.figures import (
    asked_count,
    languages_missing,
    likely_twins,
    pass_mark_of,
    quizzes_with,
    summary_of,
    twins_of,
)
from quizzes.reports.marking import finals_of, newest_draft, queue_of, quizzes_that_wait, returned_question, rubric_of
from quizzes.reports.results import ORDERS, RESULTS, page_of, results_of, results_table
from quizzes.reports.reviewing import marks_are_told, marks_in_words, record_of, review_of, reviewed_parts

__all__ = [
    "ORDERS",
    "RESULTS",
    "Analysis",
    "VersionAnalysis",
    "analysis_of",
    "asked_count",
    "asked_of",
    "files_of",
    "finals_of",
    "languages_missing",
    "likely_twins",
    "marks_are_told",
    "marks_in_words",
    "may_see_media",
    "newest_draft",
    "page_of",
    "pass_mark_of",
    "preview_of",
    "questions_of",
    "queue_of",
    "quizzes_that_wait",
    "quizzes_with",
    "record_of",
    "results_of",
    "results_table",
    "returned_question",
    "review_of",
    "reviewed_parts",
    "rubric_of",
    "shown",
    "summary_of",
    "taken_of",
    "twins_of",
]
