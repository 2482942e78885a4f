"""Frozen shapes of quizzes. Standard library only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class GradedItem:
    """What grading needs to know of one item: its worth, its right choices and those that were taken."""

    points: int
    correct: Collection[str]
    taken: Collection[str]


@dataclass(frozen=True)
class Grade:
    """The marks of one attempt; `earned` holds the points of each item in its order."""

    earned: tuple[int, ...]
    points: int
    max_points: int
    is_passed: bool


@dataclass(frozen=True)
class ShownText:
    """A text as a reader gets it: in her language, or in another one where hers has none."""

    text: str
    language: str
    is_fallback: bool

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ShownChoice:
    """An answer on offer."""

    key: str
    text: ShownText
    is_taken: bool


@dataclass(frozen=True)
class ShownQuestion:
    """One question of an open attempt. There is no field here that could carry a key or feedback."""

    position: int
    total: int
    is_multiple: bool
    stem: ShownText
    choices: tuple[ShownChoice, ...]
    revision: int

    @property
    def is_answered(self) -> bool:
        return any(choice.is_taken for choice in self.choices)

    @property
    def has_fallback(self) -> bool:
        return self.stem.is_fallback or any(choice.text.is_fallback for choice in self.choices)

    @property
    def is_last(self) -> bool:
        return self.position == self.total


@dataclass(frozen=True)
class ReviewedChoice:
    """An answer after grading. `is_correct` is None where it is not told yet."""

    text: ShownText
    is_taken: bool
    is_correct: bool | None
    feedback: ShownText | None


@dataclass(frozen=True)
class ReviewedQuestion:
    """One question after grading."""

    position: int
    stem: ShownText
    choices: tuple[ReviewedChoice, ...]
    feedback: ShownText | None
    points: int
    max_points: int
    is_answered: bool

    @property
    def is_right(self) -> bool:
        return self.points == self.max_points

    @property
    def taken(self) -> list[ReviewedChoice]:
        return [choice for choice in self.choices if choice.is_taken]

    @property
    def told(self) -> list[ReviewedChoice]:
        """Right choices that were not taken and may be told."""
        return [choice for choice in self.choices if choice.is_correct and not choice.is_taken]


@dataclass(frozen=True)
class Review:
    """The outcome of a graded attempt, question by question."""

    questions: tuple[ReviewedQuestion, ...]
    points: int
    max_points: int
    points_to_pass: int
    is_passed: bool
    tries_left: int | None  # None: no limit
    is_key_told: bool

    @property
    def can_retry(self) -> bool:
        return self.tries_left is None or self.tries_left > 0

    @property
    def wrong(self) -> list[ReviewedQuestion]:
        return [question for question in self.questions if not question.is_right]


@dataclass(frozen=True)
class ItemFacility:
    """How an item did in the graded attempts of a quiz: of the points it could earn, so many were earned."""

    item_id: int
    code: str
    stem: str
    asked: int
    earned: int
    possible: int

    @property
    def percent(self) -> int:
        """For reading only; nothing is decided by it."""
        return self.earned * 100 // self.possible if self.possible else 0


@dataclass(frozen=True)
class QuizSummary:
    """How the graded attempts of a quiz went."""

    attempts: int
    passed: int
    learners: int
    last_submitted_at: datetime | None

    @property
    def passed_percent(self) -> int:
        """For reading only."""
        return self.passed * 100 // self.attempts if self.attempts else 0


@dataclass(frozen=True)
class PassMark:
    """What passing takes: of so many points, so many."""

    percent: int
    needed: int | None  # None: the questions drawn are worth different points, so it depends on the draw
    max_points: int | None
