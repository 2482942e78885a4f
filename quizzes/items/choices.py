"""Items whose answer is taken from what is offered: choices, true or false, pictures, places in a picture."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from quizzes.items.base import (
    LARGEST_CHOICES,
    WHOLE,
    Flag,
    ItemSpec,
    Key,
    OrderTells,
    Part,
    Secret,
    Text,
    Weight,
    Written,
    fault,
    one_each,
)

Scoring = Literal["all_or_nothing", "proportional", "with_penalty"]


class Choice(Part):
    """An answer on offer."""

    key: Key
    text: Written
    weight: Annotated[Weight, Secret] = 0
    feedback: Annotated[Text, Secret] = Field(default_factory=dict)


class PictureChoice(Part):
    """An answer on offer that is a picture, with the words that stand for it where it cannot be seen."""

    key: Key
    image: Annotated[Key, Field(description="key of a picture among the media")]
    alt: Written
    text: Text = Field(default_factory=dict)
    weight: Annotated[Weight, Secret] = 0
    feedback: Annotated[Text, Secret] = Field(default_factory=dict)


def check_one_right(weights: list[int]) -> None:
    """One answer is taken: one of them must earn the whole mark."""
    if WHOLE not in weights:
        raise fault("no_right_answer", "No answer earns the whole mark.")


def check_several_right(weights: list[int], scoring: Scoring) -> None:
    """Several answers are taken together: the right ones must make up the whole mark.

    A millionth a choice is forgiven, since three thirds are 999,999; grading divides by what they make up. Where all
    must be right at once, a weight above zero says "right" and its size nothing.
    """
    right = [weight for weight in weights if weight > 0]
    if not right:
        raise fault("no_right_answer", "No answer is right.")
    if scoring != "all_or_nothing" and abs(sum(right) - WHOLE) > len(right):
        raise fault("weights_not_whole", "The weights of the right answers do not make up the whole mark.")
    if scoring != "with_penalty" and min(weights) < 0:
        raise fault("weight_below_zero", "An answer takes marks away, which this way of scoring does not do.")


class SingleChoice(ItemSpec):
    """One of the answers is taken; it earns its weight."""

    kind: Literal["single_choice"] = "single_choice"
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=LARGEST_CHOICES)]
    shuffle: Flag = True

    @model_validator(mode="after")
    def _can_be_graded(self) -> "SingleChoice":
        one_each("choices", [choice.key for choice in self.choices])
        check_one_right([choice.weight for choice in self.choices])
        return self


class TrueFalse(ItemSpec):
    """One of two answers is taken."""

    kind: Literal["true_false"] = "true_false"
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=2)]

    @model_validator(mode="after")
    def _can_be_graded(self) -> "TrueFalse":
        one_each("choices", [choice.key for choice in self.choices])
        check_one_right([choice.weight for choice in self.choices])
        if self.choices[0].weight == self.choices[1].weight:
            raise fault("both_right", "Both answers are right.")
        return self


class MultipleChoice(ItemSpec):
    """Any number of answers is taken.

    `all_or_nothing`: exactly the right ones (weight above zero), else nothing. `proportional`: the weights of the
    right ones that were taken; each tick beyond the number of right answers costs an average share, so that ticking
    everything does not pay. `with_penalty`: the weights of all that were taken, never below zero together.
    """

    kind: Literal["multiple_choice"] = "multiple_choice"
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=LARGEST_CHOICES)]
    scoring: Scoring = "all_or_nothing"
    shuffle: Flag = True

    @model_validator(mode="after")
    def _can_be_graded(self) -> "MultipleChoice":
        one_each("choices", [choice.key for choice in self.choices])
        check_several_right([choice.weight for choice in self.choices], self.scoring)
        return self


class ImageChoice(ItemSpec):
    """One of several pictures is taken or, where `is_multiple`, any number of them."""

    kind: Literal["image_choice"] = "image_choice"
    choices: Annotated[tuple[PictureChoice, ...], Field(min_length=2, max_length=LARGEST_CHOICES)]
    is_multiple: Flag = False
    scoring: Scoring = Field(default="all_or_nothing", description="where several are taken")
    shuffle: Flag = True

    @model_validator(mode="after")
    def _can_be_graded(self) -> "ImageChoice":
        one_each("choices", [choice.key for choice in self.choices])
        weights = [choice.weight for choice in self.choices]
        if self.is_multiple:
            check_several_right(weights, self.scoring)
        else:
            check_one_right(weights)
        check_pictures(self, {choice.image for choice in self.choices})
        return self


def check_pictures(spec: ItemSpec, keys: set[str]) -> None:
    """Raise where one of the media named is no picture."""
    types = {media.key: media.type for media in spec.media}
    for key in sorted(keys):
        if not types.get(key, "image/").startswith("image/"):
            raise fault("not_a_picture", "The file “{key}” is no picture.", key=key)


# --- Places in a picture ------------------------------------------------------------------------------------------

PerMille = Annotated[int, Field(strict=True, ge=0, le=1_000)]


class Rectangle(Part):
    """From the upper left to the lower right corner, borders included."""

    shape: Literal["rect"] = "rect"
    left: PerMille
    top: PerMille
    right: PerMille
    bottom: PerMille

    @model_validator(mode="after")
    def _has_an_inside(self) -> "Rectangle":
        if self.right <= self.left or self.bottom <= self.top:
            raise fault("shape_empty", "A rectangle has no inside.")
        return self

    def contains(self, x: int, y: int) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


class Circle(Part):
    """A circle on the picture: the radius is in per mille of its width.

    `height_percent` is the picture's height in percent of its width, which makes the circle round on the screen.
    """

    shape: Literal["circle"] = "circle"
    x: PerMille
    y: PerMille
    radius: Annotated[int, Field(strict=True, ge=1, le=1_000)]
    height_percent: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 100

    def contains(self, x: int, y: int) -> bool:
        across, down = (x - self.x) * 100, (y - self.y) * self.height_percent
        return across * across + down * down <= (self.radius * 100) ** 2


class Polygon(Part):
    """Corners in their order; the border belongs to it."""

    shape: Literal["polygon"] = "polygon"
    corners: Annotated[tuple[tuple[PerMille, PerMille], ...], Field(min_length=3, max_length=200)]

    @model_validator(mode="after")
    def _has_an_inside(self) -> "Polygon":
        if not sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in self._sides()):
            raise fault("shape_empty", "A polygon has no inside.")
        return self

    def _sides(self) -> Any:
        return zip(self.corners, self.corners[1:] + self.corners[:1], strict=True)

    def contains(self, x: int, y: int) -> bool:
        is_inside = False
        for (x1, y1), (x2, y2) in self._sides():
            turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
            if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
                return True
            if (y1 > y) != (y2 > y) and (turn > 0) == (y2 > y1):
                is_inside = not is_inside
        return is_inside


class Region(Part):
    """A place in the picture that can be chosen, by touch or by its label."""

    key: Key
    label: Written
    area: Annotated[Annotated[Rectangle | Circle | Polygon, Field(discriminator="shape")], Secret]
    weight: Annotated[Weight, Secret] = 0
    feedback: Annotated[Text, Secret] = Field(default_factory=dict)


class Hotspot(ItemSpec):
    """Places in a picture are chosen. There is at least one wrong one, or the list of labels would give the answer."""

    kind: Literal["hotspot"] = "hotspot"
    image: Annotated[Key, Field(description="key of a picture among the media")]
    alt: Written
    regions: Annotated[tuple[Region, ...], Field(min_length=2, max_length=LARGEST_CHOICES), OrderTells]
    is_multiple: Flag = False

    @model_validator(mode="after")
    def _can_be_graded(self) -> "Hotspot":
        one_each("regions", [region.key for region in self.regions])
        weights = [region.weight for region in self.regions]
        if self.is_multiple:
            check_several_right(weights, "with_penalty")
        else:
            check_one_right(weights)
        if min(weights) > 0:
            raise fault("no_wrong_region", "Every place is right, so the list of places would give the answer.")
        check_pictures(self, {self.image})
        return self
