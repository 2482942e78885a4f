"""Frozen shapes of quizzes. Standard library only. Marks are hundredths of a point."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PartRule:
    """A part of an attempt with its own pass mark (None: it has none): a section, or the items of a competency."""

    kind: str  # "section" or "competency"
    title: Mapping[str, str]
    percent: int | None
    positions: tuple[int, ...]  # from 1


@dataclass(frozen=True)
class PassRule:
    """What passing takes, as it was when the attempt was started."""

    percent: int
    parts: tuple[PartRule, ...] = ()


@dataclass(frozen=True)
class PartMarks:
    """How a part of an attempt went."""

    rule: PartRule
    marks: int
    max_marks: int
    needed: int
    is_met: bool


@dataclass(frozen=True)
class Grade:
    """The marks of one attempt; `earned` holds those of each item in its order."""

    earned: tuple[int, ...]
    marks: int
    max_marks: int
    is_passed: bool
    parts: tuple[PartMarks, ...] = ()


@dataclass(frozen=True)
class QuestionState:
    """Where a question stands whose answers can be checked while the attempt is open."""

    checks: int
    earned: int  # by the last check, before what tries cost
    maximum: int
    is_right: bool
    is_finished: bool
    tries_left: int | None  # None: as many as it takes
    hints_shown: int
    costs: int  # of the marks, so much is lost by now


@dataclass(frozen=True)
class ItemMark:
    """What one question of an attempt earned; `by`: key, person, drop (it does not count: `max_marks` is 0) or full."""

    position: int
    marks: int
    max_marks: int
    by: str
    version: int | None = None  # whose key graded it, where not that of the version that was asked


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
class ShownFile:
    """A file that was sent as an answer."""

    token: str
    name: str
    type: str
    size: int  # bytes

    @property
    def is_image(self) -> bool:
        return self.type.startswith("image/")

    @property
    def is_audio(self) -> bool:
        return self.type.startswith("audio/")


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
    section: ShownText | None = None
    certainty: int | None = None
    checked: "CheckedQuestion | None" = None  # only once it was checked
    min_words: int = 0
    max_words: int | None = None
    files: tuple[ShownFile, ...] = ()
    max_files: int = 0
    max_megabytes: int = 0
    accept: str = ""

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
    def is_finished(self) -> bool:
        """True once no other answer is taken."""
        return self.checked is not None and self.checked.state.is_finished

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
class ReturnedQuestion:
    """A question that went back to the learner, with what she had answered and why."""

    question: ShownQuestion
    reason: str


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
class ReviewedCriterion:
    """The level that a person gave for one line of a rubric."""

    name: ShownText
    level: ShownText


@dataclass(frozen=True)
class ReviewedMarking:
    """What a person said about an answer."""

    comment: str
    criteria: tuple[ReviewedCriterion, ...]


@dataclass(frozen=True)
class ReviewedQuestion:
    """One question after it was sent. `by` is that of its ItemMark; empty where a person has yet to read the answer,
    who sent it back to the learner where `returned` says why."""

    position: int
    kind: str
    stem: ShownText
    lines: tuple[ReviewedLine, ...]
    feedback: tuple[ShownText, ...]
    marks: int
    max_marks: int
    is_answered: bool
    media_url: str = ""
    is_answer_right: bool = False  # also where wrong tries or doubt made it earn less
    is_judged: bool = True  # False: marks are not told (yet)
    certainty: int | None = None
    earlier: tuple["EarlierAnswer", ...] = ()  # only for those who may look into records
    by: str = "key"
    returned: str = ""
    files: tuple[ShownFile, ...] = ()
    markings: tuple[ReviewedMarking, ...] = ()

    @property
    def is_waiting(self) -> bool:
        return not self.by

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
class EarlierAnswer:
    """An answer that stood before, in words; `is_check`: it was checked then."""

    words: tuple[ReviewedLine, ...]
    saved_at: datetime
    is_check: bool = False


@dataclass(frozen=True)
class CheckedQuestion:
    """What was told of a question while its attempt is open. `review` only once it is finished."""

    state: QuestionState
    hints: tuple[ShownText, ...]
    review: ReviewedQuestion | None


@dataclass(frozen=True)
class Told:
    """What the learner may know of her answers by now."""

    marks: bool
    feedback: bool
    key: bool


@dataclass(frozen=True)
class ReviewedPart:
    """How a section or a competency went."""

    title: ShownText
    is_competency: bool
    marks: int
    max_marks: int
    needed: int  # 0: it has no pass mark of its own
    is_met: bool


@dataclass(frozen=True)
class Review:
    """The outcome of an attempt that was sent, question by question. While a person has yet to read something, `marks`
    are those of the rest."""

    questions: tuple[ReviewedQuestion, ...]
    marks: int
    max_marks: int
    marks_to_pass: int
    is_passed: bool
    tries_left: int | None  # None: no limit
    told: Told
    parts: tuple[ReviewedPart, ...] = ()
    is_waiting: bool = False
    is_pass_kept: bool = False
    is_regraded: bool = False

    @property
    def is_key_told(self) -> bool:
        return self.told.key

    @property
    def short(self) -> list[ReviewedPart]:
        """What keeps a try from passing that has enough marks, or adds to it."""
        return [part for part in self.parts if not part.is_met]

    @property
    def waiting(self) -> list[ReviewedQuestion]:
        return [question for question in self.questions if question.is_waiting]

    @property
    def can_retry(self) -> bool:
        return not self.is_waiting and (self.tries_left is None or self.tries_left > 0)

    @property
    def wrong(self) -> list[ReviewedQuestion]:
        return [question for question in self.questions if not question.is_right and not question.is_waiting]


@dataclass(frozen=True)
class RegradeLine:
    """What grading again would change in one attempt."""

    attempt_id: int
    learner: str
    number: int
    grading_number: int
    marks_before: int
    max_before: int
    is_passed_before: bool
    marks_after: int
    max_after: int
    is_passed_after: bool
    is_pass_kept: bool


@dataclass(frozen=True)
class RegradePlan:
    """What grading again would change: attempts that change, how many get it later, and a mark of all that."""

    lines: tuple[RegradeLine, ...]
    later: int
    digest: str

    @property
    def people(self) -> int:
        return len({line.learner for line in self.lines})

    @property
    def passing(self) -> list[RegradeLine]:
        return [line for line in self.lines if line.is_passed_after and not line.is_passed_before]

    @property
    def failing(self) -> list[RegradeLine]:
        return [line for line in self.lines if line.is_passed_before and not line.is_passed_after]

    @property
    def kept(self) -> list[RegradeLine]:
        return [line for line in self.lines if line.is_pass_kept]


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


@dataclass(frozen=True)
class OpeningSection:
    """A section as it is announced; its own pass mark in percent, if it has one."""

    title: ShownText
    percent: int | None


@dataclass(frozen=True)
class Opening:
    """What a learner should know before the first question: sentences, sections, and two statements."""

    title: ShownText
    lines: tuple[str, ...]
    sections: tuple[OpeningSection, ...]
    aids: ShownText
    honesty: ShownText

    @property
    def says_anything(self) -> bool:
        return bool(self.lines or self.sections or self.aids or self.honesty)
