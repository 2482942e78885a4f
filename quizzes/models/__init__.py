"""Items and quizzes, which trainers edit; attempts and responses, which are records.

Keys and attempts stay out of Wagtail's reference index: it copies nothing secret today, but a record needs no entry
in it, and each save would cost its queries.

An attempt freezes what was asked: every attempt item points at an immutable `ItemVersion`, so editing an item never
changes what anyone was asked or how they were graded. No course is known here: an attempt belongs to a person and a
quiz.
"""

from quizzes.models.bank import BulkEdit
from quizzes.models.content import (
    Item,
    ItemBank,
    ItemMedia,
    ItemVersion,
    media_path,
    new_media_token,
)
from quizzes.models.gradings import Grading, Regrade
from quizzes.models.history import HonestyStatement, ResponseCheck, ResponseEvent
from quizzes.models.marking import AnswerFile, AnswerReturn, Marking, MarkingTask, new_file_token
from quizzes.models.quizzes import Quiz, QuizDraw, QuizItem, QuizSection
from quizzes.models.records import Accommodation, Attempt, AttemptItem, Response
from quizzes.models.tallies import AttemptTally

__all__ = [
    "Accommodation",
    "AnswerFile",
    "AnswerReturn",
    "Attempt",
    "AttemptItem",
    "AttemptTally",
    "BulkEdit",
    "Grading",
    "HonestyStatement",
    "Item",
    "ItemBank",
    "ItemMedia",
    "ItemVersion",
    "Marking",
    "MarkingTask",
    "Quiz",
    "QuizDraw",
    "QuizItem",
    "QuizSection",
    "Regrade",
    "Response",
    "ResponseCheck",
    "ResponseEvent",
    "media_path",
    "new_file_token",
    "new_media_token",
]
