"""Frozen shapes of quizzes. Standard library only. Marks are hundredths of a point."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grade:
    """The marks of one attempt; `earned` holds those of each item in its order."""

    earned: tuple[int, ...]
    marks: int
    max_marks: int
    is_passed: bool


@dataclass(frozen=True)
class ShownText:
    """A text as a reader gets it: in her language, or in another one where hers has none."""

    text: str
    language: str
    is_fallback: bool

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class ShownChoice:
    """An answer on offer: words, or a picture (its key) with words for it; `next` only in a conversation."""

    key: str
    text: ShownText
    is_taken: bool
    image: str = ""
    next: str = ""


@dataclass(frozen=True)
class ShownPart:
    """A part that is answered by itself: a pair, a gap, an entry's place, a statement. `choices` empty: by words."""

    name: str
    label: ShownText
    choices: tuple[ShownChoice, ...] = ()
    value: str = ""
    is_number: bool = False
    number: int = 0


@dataclass(frozen=True)
class ShownPiece:
    """Words of a text, and the gap that follows them (None: the text ends)."""

    text: ShownText
    gap: ShownPart | None


@dataclass(frozen=True)
class ShownNode:
    """A moment of a conversation; `is_reached` once the replies before it were taken."""

    name: str
    key: str
    speaker: ShownText
    text: ShownText
    choices: tuple[ShownChoice, ...]
    is_reached: bool


@dataclass(frozen=True)
class ShownQuestion:
    """One question of an open attempt. There is no field here that could carry a key or feedback."""

    position: int
    total: int
    kind: str
    stem: ShownText
    revision: int
    is_answered: bool
    points: int = 1
    media_url: str = ""
    is_multiple: bool = False
    choices: tuple[ShownChoice, ...] = ()
    parts: tuple[ShownPart, ...] = ()
    pieces: tuple[ShownPiece, ...] = ()
    nodes: tuple[ShownNode, ...] = ()
    units: tuple[str, ...] = ()
    text: str = ""
    unit: str = ""
    image: str = ""
    alt: ShownText | None = None
    touched: tuple[str, ...] = ()  # "x,y" in per mille of the picture

    @property
    def template(self) -> str:
        return f"quizzes/items/{_TEMPLATES.get(self.kind, self.kind)}.html"

    @property
    def has_fallback(self) -> bool:
        texts = [self.stem, *(choice.text for choice in self.choices), *(part.label for part in self.parts)]
        texts += [choice.text for part in self.parts for choice in part.choices]
        texts += [piece.text for piece in self.pieces]
        texts += [text for node in self.nodes for text in (node.text, *(choice.text for choice in node.choices))]
        return any(text.is_fallback for text in texts)

    @property
    def title(self) -> ShownText:
        """What a list calls it: of a text with gaps that has no question, the beginning of the text."""
        return self.stem or (self.pieces[0].text if self.pieces else self.stem)

    @property
    def is_last(self) -> bool:
        return self.position == self.total

    @property
    def is_asked(self) -> bool:
        """False for words between the questions."""
        return self.kind != "description"


_TEMPLATES = {
    "single_choice": "choices",
    "multiple_choice": "choices",
    "true_false": "choices",
    "image_choice": "choices",
    "gap_select": "cloze",
}


@dataclass(frozen=True)
class ReviewedLine:
    """A part of an answer after grading. `is_right` is None where it is not told, `told` is the right answer where it
    is told and was not given."""

    label: ShownText | None
    given: ShownText | None
    is_right: bool | None
    told: ShownText | None
    feedback: ShownText | None


@dataclass(frozen=True)
class ReviewedQuestion:
    """One question after grading."""

    position: int
    kind: str
    stem: ShownText
    lines: tuple[ReviewedLine, ...]
    feedback: tuple[ShownText, ...]
    marks: int
    max_marks: int
    is_answered: bool
    media_url: str = ""

    @property
    def is_scored(self) -> bool:
        return self.max_marks > 0

    @property
    def is_right(self) -> bool:
        return self.marks == self.max_marks

    @property
    def is_partly_right(self) -> bool:
        return 0 < self.marks < self.max_marks


@dataclass(frozen=True)
class Review:
    """The outcome of a graded attempt, question by question."""

    questions: tuple[ReviewedQuestion, ...]
    marks: int
    max_marks: int
    marks_to_pass: int
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
class QuizSummary:
    """How the graded attempts of a quiz went."""

    attempts: int
    passed: int
    learners: int

    @property
    def passed_percent(self) -> int:
        """For reading only."""
        return self.passed * 100 // self.attempts if self.attempts else 0


@dataclass(frozen=True)
class PassMark:
    """What passing takes: of so many marks, so many."""

    percent: int
    needed: int | None  # None: the questions drawn are worth different points, so it depends on the draw
    max_marks: int | None
