"""Items that are answered in one's own words or numbers, marked by rule or by a person, or not at all."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from quizzes.items.arranging import check_gaps
from quizzes.items.base import (
    LARGEST_ANSWERS,
    LARGEST_CHOICES,
    WHOLE,
    DecimalText,
    Flag,
    ItemSpec,
    Key,
    Line,
    Part,
    Secret,
    Share,
    Text,
    UnscoredSpec,
    Weight,
    Written,
    fault,
    one_each,
)
from quizzes.items.choices import Choice, check_one_right

Language = Annotated[str, Field(pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$", max_length=40)]


class Forgive(Part):
    """What does not count in a short text. Space at the ends and runs of it never count."""

    case: Flag = True
    accents: Flag = Field(default=True, description="also the tilde of ñ")
    spacing: Flag = Field(default=False, description="any space at all")
    punctuation: Flag = False


class AcceptedText(Part):
    """A form of the answer. The first form that fits decides.

    With `is_pattern`, `*` stands for any run of characters and `\\*` for a star. `language` says which language the
    form is in, for those who edit; it is accepted in every language.
    """

    text: Annotated[Line, Field(min_length=1)]
    language: Language = ""
    weight: Annotated[Weight, Field(ge=0)] = WHOLE
    feedback: Text = Field(default_factory=dict)
    is_pattern: Flag = False

    @model_validator(mode="after")
    def _says_something(self) -> "AcceptedText":
        if not self.text.strip():
            raise fault("text_missing", "A text is missing.")
        return self


class AcceptedNumber(Part):
    """A number that is accepted. The first that fits decides.

    `absolute`: at most `tolerance` away. `relative`: at most `tolerance` times the value away. `geometric`: between
    the value divided by and multiplied with 1 + `tolerance`. `range`: from `value` to `upper`. `any`: every number.
    """

    value: DecimalText = "0"
    tolerance: DecimalText = "0"
    tolerance_kind: Literal["absolute", "relative", "geometric", "range", "any"] = "absolute"
    upper: DecimalText | None = Field(default=None, description="the end of a range")
    weight: Annotated[Weight, Field(ge=0)] = WHOLE
    feedback: Text = Field(default_factory=dict)

    @model_validator(mode="after")
    def _makes_sense(self) -> "AcceptedNumber":
        if self.tolerance.startswith("-"):
            raise fault("tolerance_below_zero", "A tolerance is below zero.")
        if (self.tolerance_kind == "range") != (self.upper is not None):
            raise fault("range_end", "A range needs its end, and nothing else has one.")
        if self.upper is not None and Decimal(self.upper) < Decimal(self.value):
            raise fault("range_end", "A range ends before it begins.")
        return self


class Unit(Part):
    """A unit: a number in it, times the multiplier, is the number in the unit of the answers."""

    name: Annotated[Line, Field(min_length=1, max_length=40)]
    multiplier: DecimalText = "1"

    @model_validator(mode="after")
    def _can_multiply(self) -> "Unit":
        if not self.name.strip() or not Decimal(self.multiplier):
            raise fault("unit_empty", "A unit has no name, or its multiplier is zero.")
        return self


def check_accepted(weights: list[int]) -> None:
    if WHOLE not in weights:
        raise fault("no_right_answer", "No answer earns the whole mark.")


class ShortText(ItemSpec):
    """A few words."""

    kind: Literal["short_text"] = "short_text"
    answers: Annotated[tuple[AcceptedText, ...], Field(min_length=1, max_length=LARGEST_ANSWERS), Secret]
    forgive: Annotated[Forgive, Secret] = Field(default_factory=Forgive)

    @model_validator(mode="after")
    def _can_be_graded(self) -> "ShortText":
        check_accepted([answer.weight for answer in self.answers])
        return self


class Numeric(ItemSpec):
    """A number, with a unit where one is asked for. An answer without its unit, or with a wrong one, loses
    `unit_penalty` of what the number earns."""

    kind: Literal["numeric"] = "numeric"
    answers: Annotated[tuple[AcceptedNumber, ...], Field(min_length=1, max_length=LARGEST_ANSWERS), Secret]
    units: Annotated[tuple[Unit, ...], Field(max_length=50)] = ()
    unit: Literal["none", "optional", "required"] = "none"
    unit_penalty: Annotated[int, Field(strict=True, ge=0, le=WHOLE), Secret] = WHOLE

    @model_validator(mode="after")
    def _can_be_graded(self) -> "Numeric":
        check_accepted([answer.weight for answer in self.answers])
        one_each("units", [unit.name for unit in self.units])
        if (self.unit == "none") != (not self.units):
            raise fault("units_do_not_fit", "Units are asked for and there are none, or the other way round.")
        return self


# --- Mixed gaps ---------------------------------------------------------------------------------------------------


class SelectGap(Part):
    """A gap with its own choices."""

    kind: Literal["select"] = "select"
    key: Key
    weight: Share = 1
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=LARGEST_CHOICES)]
    shuffle: Flag = False

    @model_validator(mode="after")
    def _can_be_graded(self) -> "SelectGap":
        one_each("choices", [choice.key for choice in self.choices])
        check_one_right([choice.weight for choice in self.choices])
        return self


class TextGap(Part):
    """A gap that takes a few words."""

    kind: Literal["short_text"] = "short_text"
    key: Key
    weight: Share = 1
    answers: Annotated[tuple[AcceptedText, ...], Field(min_length=1, max_length=LARGEST_ANSWERS), Secret]
    forgive: Annotated[Forgive, Secret] = Field(default_factory=Forgive)

    @model_validator(mode="after")
    def _can_be_graded(self) -> "TextGap":
        check_accepted([answer.weight for answer in self.answers])
        return self


class NumberGap(Part):
    """A gap that takes a number."""

    kind: Literal["numeric"] = "numeric"
    key: Key
    weight: Share = 1
    answers: Annotated[tuple[AcceptedNumber, ...], Field(min_length=1, max_length=LARGEST_ANSWERS), Secret]

    @model_validator(mode="after")
    def _can_be_graded(self) -> "NumberGap":
        check_accepted([answer.weight for answer in self.answers])
        return self


class Cloze(ItemSpec):
    """A text with gaps `[[key]]` of several kinds; a gap counts as much as its weight says next to the others."""

    kind: Literal["cloze"] = "cloze"
    stem: Text = Field(default_factory=dict)  # type: ignore[assignment]
    text: Written
    gaps: Annotated[
        tuple[Annotated[SelectGap | TextGap | NumberGap, Field(discriminator="kind")], ...],
        Field(min_length=1, max_length=LARGEST_CHOICES),
    ]

    @model_validator(mode="after")
    def _can_be_graded(self) -> "Cloze":
        check_gaps(self.text, [gap.key for gap in self.gaps])
        return self


# --- Marked by a person -------------------------------------------------------------------------------------------


class Level(Part):
    """How well a criterion is met, and what that is worth next to the other levels."""

    key: Key
    text: Written
    weight: Annotated[int, Field(strict=True, ge=0, le=100 * WHOLE), Secret] = 0


class Criterion(Part):
    """One line of a rubric."""

    key: Key
    name: Written
    levels: Annotated[tuple[Level, ...], Field(min_length=2, max_length=20)]

    @model_validator(mode="after")
    def _can_be_graded(self) -> "Criterion":
        one_each("levels", [level.key for level in self.levels])
        if not any(level.weight for level in self.levels):
            raise fault("rubric_worthless", "No level of the criterion “{key}” earns a mark.", key=self.key)
        return self


Rubric = Annotated[tuple[Criterion, ...], Field(max_length=30)]


class Essay(ItemSpec):
    """A longer text, marked by a person: by the rubric or, where there is none, with a mark for the whole."""

    kind: Literal["essay"] = "essay"
    min_words: Annotated[int, Field(strict=True, ge=0, le=20_000)] = 0
    max_words: Annotated[int, Field(strict=True, ge=1, le=20_000)] | None = None
    template: Text = Field(default_factory=dict, description="what stands in the field at the start")
    rubric: Rubric = ()
    notes: Annotated[Text, Secret] = Field(default_factory=dict, description="for those who mark")

    @model_validator(mode="after")
    def _can_be_written(self) -> "Essay":
        one_each("rubric", [criterion.key for criterion in self.rubric])
        if self.max_words is not None and self.max_words < self.min_words:
            raise fault("words_contradict", "More words are asked for than are allowed.")
        return self


class Upload(ItemSpec):
    """A file, marked by a person."""

    kind: Literal["upload"] = "upload"
    accept: Literal["audio", "image", "document"]
    max_megabytes: Annotated[int, Field(strict=True, ge=1, le=20)] = 10
    max_files: Annotated[int, Field(strict=True, ge=1, le=10)] = 1
    rubric: Rubric = ()
    notes: Annotated[Text, Secret] = Field(default_factory=dict, description="for those who mark")

    @model_validator(mode="after")
    def _can_be_marked(self) -> "Upload":
        one_each("rubric", [criterion.key for criterion in self.rubric])
        return self


# --- Worth nothing ------------------------------------------------------------------------------------------------


class Statement(Part):
    """Something one agrees with or not; or a point of the scale that says how much."""

    key: Key
    text: Written


class Likert(UnscoredSpec):
    """Each statement gets a point of the scale. Nothing is right or wrong."""

    kind: Literal["likert"] = "likert"
    statements: Annotated[tuple[Statement, ...], Field(min_length=1, max_length=50)]
    scale: Annotated[tuple[Statement, ...], Field(min_length=2, max_length=11)]

    @model_validator(mode="after")
    def _can_be_answered(self) -> "Likert":
        one_each("statements", [statement.key for statement in self.statements])
        one_each("scale", [point.key for point in self.scale])
        return self


class Survey(UnscoredSpec):
    """A question to hear what people think: in their own words or, where there are choices, by taking of them."""

    kind: Literal["survey"] = "survey"
    choices: Annotated[tuple[Statement, ...], Field(max_length=LARGEST_CHOICES)] = ()
    is_multiple: Flag = False

    @model_validator(mode="after")
    def _can_be_answered(self) -> "Survey":
        one_each("choices", [choice.key for choice in self.choices])
        if len(self.choices) == 1 or (self.is_multiple and not self.choices):
            raise fault("too_few_choices", "There is not enough to choose from.")
        return self


class Description(UnscoredSpec):
    """Words between the questions. Nothing is asked."""

    kind: Literal["description"] = "description"


def answers_of(gap: Any) -> tuple[Any, ...]:
    """What a gap accepts, whatever its kind: choices or answers."""
    return gap.choices if isinstance(gap, SelectGap) else gap.answers
