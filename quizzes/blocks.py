"""What an author fills in for each kind of item: fields side by side in every language, lists that grow and move."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock


class Words(blocks.StructBlock):
    """A text in every language of the site; the default language must be there where it is required."""

    def __init__(self, *, multiline: bool = False, required: bool = True, **kwargs: Any) -> None:
        self.is_needed = required
        child = blocks.TextBlock if multiline else blocks.CharBlock
        rows: dict[str, Any] = {"rows": 3} if multiline else {}
        super().__init__(
            [(code, child(required=False, label=name, **rows)) for code, name in settings.LANGUAGES],
            form_classname="struct-block quiz-words",
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if self.is_needed and not (value.get(settings.LANGUAGE_CODE) or "").strip():
            raise StructBlockValidationError(
                {settings.LANGUAGE_CODE: forms.ValidationError(_("Please write this in the site's first language."))}
            )
        return value


class Hidden(blocks.FieldBlock):
    """What the form carries and nobody edits: the key of a part."""

    def __init__(self, **kwargs: Any) -> None:
        self.field = forms.CharField(required=False, widget=forms.HiddenInput)
        super().__init__(**kwargs)


def percent(**kwargs: Any) -> blocks.DecimalBlock:
    return blocks.DecimalBlock(required=False, min_value=-100, max_value=100, decimal_places=4, max_digits=7, **kwargs)


def listed(child: blocks.Block, **kwargs: Any) -> blocks.ListBlock:
    return blocks.ListBlock(child, **kwargs)


RIGHT = gettext_lazy("right")
FEEDBACK = gettext_lazy("feedback")
ANSWER = gettext_lazy("answer")
ANSWERS = gettext_lazy("answers")
PERCENT = gettext_lazy("part of the mark (percent)")
PERCENT_HELP = gettext_lazy("Empty: the right answers share the mark.")
SEVERAL = gettext_lazy("several may be chosen")
SHUFFLE = gettext_lazy("shuffle")


def struct(*children: tuple[str, blocks.Block], **kwargs: Any) -> blocks.StructBlock:
    return blocks.StructBlock(list(children), **kwargs)


def choice() -> blocks.StructBlock:
    return struct(
        ("key", Hidden()),
        ("text", Words(label=ANSWER)),
        ("right", blocks.BooleanBlock(required=False, label=RIGHT)),
        ("percent", percent(label=PERCENT, help_text=PERCENT_HELP)),
        ("feedback", Words(multiline=True, required=False, label=FEEDBACK)),
    )


def choices(**kwargs: Any) -> blocks.ListBlock:
    return listed(choice(), min_num=2, label=ANSWERS, **kwargs)


def option(label: Any) -> blocks.StructBlock:
    return struct(("key", Hidden()), ("text", Words(label=label)))


def scoring() -> blocks.ChoiceBlock:
    return blocks.ChoiceBlock(
        choices=[
            ("all_or_nothing", gettext_lazy("exactly the right ones, else nothing")),
            ("proportional", gettext_lazy("each right one a part; too many ticks cost")),
            ("with_penalty", gettext_lazy("each right one a part; each wrong one costs")),
        ],
        default="all_or_nothing",
        label=gettext_lazy("marks"),
    )


def accepted_text() -> blocks.StructBlock:
    return struct(
        ("text", blocks.CharBlock(max_length=1000, label=gettext_lazy("accepted form"))),
        (
            "is_pattern",
            blocks.BooleanBlock(required=False, label=gettext_lazy("* stands for any letters")),
        ),
        ("percent", percent(default=100, label=PERCENT)),
        ("feedback", Words(multiline=True, required=False, label=FEEDBACK)),
    )


def accepted_number() -> blocks.StructBlock:
    kinds = [
        ("absolute", gettext_lazy("so much away")),
        ("relative", gettext_lazy("so many times the value away")),
        ("geometric", gettext_lazy("so many times more or less")),
        ("range", gettext_lazy("from the value to the end")),
        ("any", gettext_lazy("every number")),
    ]
    return struct(
        ("value", blocks.CharBlock(max_length=60, label=gettext_lazy("value"))),
        ("tolerance_kind", blocks.ChoiceBlock(choices=kinds, default="absolute", label=gettext_lazy("accepted"))),
        ("tolerance", blocks.CharBlock(max_length=60, required=False, default="0", label=gettext_lazy("tolerance"))),
        ("upper", blocks.CharBlock(max_length=60, required=False, label=gettext_lazy("end of the range"))),
        ("percent", percent(default=100, label=PERCENT)),
        ("feedback", Words(multiline=True, required=False, label=FEEDBACK)),
    )


def forgive() -> blocks.StructBlock:
    return struct(
        ("case", blocks.BooleanBlock(required=False, default=True, label=gettext_lazy("capitals"))),
        ("accents", blocks.BooleanBlock(required=False, default=True, label=gettext_lazy("accents"))),
        ("spacing", blocks.BooleanBlock(required=False, label=gettext_lazy("spaces"))),
        ("punctuation", blocks.BooleanBlock(required=False, label=gettext_lazy("punctuation"))),
        label=gettext_lazy("does not count"),
    )


GAP = gettext_lazy("name of the gap")
GAP_HELP = gettext_lazy("Stands in the text as [[name]], in every language.")


def gap_name() -> blocks.CharBlock:
    return blocks.CharBlock(max_length=60, label=GAP, help_text=GAP_HELP)


def gap_weight() -> blocks.IntegerBlock:
    return blocks.IntegerBlock(default=1, min_value=1, max_value=100_000_000, label=gettext_lazy("counts"))


def picture(**kwargs: Any) -> ImageChooserBlock:
    return ImageChooserBlock(
        required=False,
        label=gettext_lazy("picture"),
        help_text=gettext_lazy("Choosing one replaces the picture that is there."),
        **kwargs,
    )


def region() -> blocks.StructBlock:
    shapes = [
        ("rect", gettext_lazy("rectangle: left, top, right, bottom")),
        ("circle", gettext_lazy("circle: across, down, radius, height in percent of the width")),
        ("polygon", gettext_lazy("corners: across, down, across, down …")),
    ]
    return struct(
        ("key", Hidden()),
        ("label", Words(label=gettext_lazy("name of the place"))),
        ("shape", blocks.ChoiceBlock(choices=shapes, default="rect", label=gettext_lazy("shape"))),
        (
            "numbers",
            blocks.CharBlock(
                max_length=2000,
                label=gettext_lazy("where"),
                help_text=gettext_lazy("Whole numbers from 0 to 1000: thousandths of the picture."),
            ),
        ),
        ("right", blocks.BooleanBlock(required=False, label=RIGHT)),
        ("percent", percent(label=PERCENT, help_text=PERCENT_HELP)),
        ("feedback", Words(multiline=True, required=False, label=FEEDBACK)),
    )


def rubric() -> blocks.ListBlock:
    level = struct(
        ("key", Hidden()),
        ("text", Words(label=gettext_lazy("level"))),
        ("weight", blocks.IntegerBlock(default=0, min_value=0, max_value=100_000_000, label=gettext_lazy("counts"))),
    )
    return listed(
        struct(
            ("key", Hidden()),
            ("name", Words(label=gettext_lazy("criterion"))),
            ("levels", listed(level, min_num=2, label=gettext_lazy("levels"))),
        ),
        label=gettext_lazy("rubric"),
    )


def notes() -> Words:
    return Words(multiline=True, required=False, label=gettext_lazy("for those who mark"))


def node() -> blocks.StructBlock:
    reply = struct(
        ("key", Hidden()),
        ("text", Words(label=gettext_lazy("what one may say or do"))),
        (
            "next",
            blocks.CharBlock(
                required=False,
                max_length=60,
                label=gettext_lazy("goes on at"),
                help_text=gettext_lazy("The name of a moment below. Empty: it ends."),
            ),
        ),
        (
            "weight",
            blocks.IntegerBlock(default=0, min_value=-1000, max_value=1000, label=gettext_lazy("counts")),
        ),
        ("feedback", Words(multiline=True, required=False, label=FEEDBACK)),
    )
    return struct(
        ("key", blocks.CharBlock(max_length=60, label=gettext_lazy("name of the moment"))),
        ("speaker", Words(required=False, label=gettext_lazy("who speaks"))),
        ("text", Words(multiline=True, label=gettext_lazy("what happens"))),
        ("choices", listed(reply, label=gettext_lazy("replies"))),
    )


OWN_FIELDS: dict[str, Any] = {
    "single_choice": lambda: [("choices", choices()), ("shuffle", _flag(SHUFFLE, default=True))],
    "true_false": lambda: [("choices", choices(max_num=2))],
    "multiple_choice": lambda: [
        ("choices", choices()),
        ("scoring", scoring()),
        ("shuffle", _flag(SHUFFLE, default=True)),
    ],
    "image_choice": lambda: [
        (
            "choices",
            listed(
                struct(
                    ("key", Hidden()),
                    ("image", Hidden()),
                    ("picture", picture()),
                    ("alt", Words(label=gettext_lazy("words for those who cannot see it"))),
                    ("text", Words(required=False, label=gettext_lazy("words below it"))),
                    ("right", blocks.BooleanBlock(required=False, label=RIGHT)),
                    ("percent", percent(label=PERCENT, help_text=PERCENT_HELP)),
                    ("feedback", Words(multiline=True, required=False, label=FEEDBACK)),
                ),
                min_num=2,
                label=ANSWERS,
            ),
        ),
        ("is_multiple", _flag(SEVERAL)),
        ("scoring", scoring()),
        ("shuffle", _flag(SHUFFLE, default=True)),
    ],
    "matching": lambda: [
        (
            "pairs",
            listed(
                struct(
                    ("key", Hidden()),
                    ("match_key", Hidden()),
                    ("text", Words(label=gettext_lazy("what is asked"))),
                    ("match", Words(label=gettext_lazy("what belongs to it"))),
                    ("feedback", Words(multiline=True, required=False, label=FEEDBACK)),
                ),
                min_num=1,
                label=gettext_lazy("pairs"),
                help_text=gettext_lazy("The same words twice are one answer that is right twice."),
            ),
        ),
        ("others", listed(option(ANSWER), default=[], label=gettext_lazy("answers that belong to none"))),
        ("shuffle", _flag(SHUFFLE, default=True)),
    ],
    "ordering": lambda: [
        (
            "entries",
            listed(option(gettext_lazy("entry")), min_num=2, label=gettext_lazy("entries, in the right order")),
        ),
        (
            "scoring",
            blocks.ChoiceBlock(
                choices=[
                    ("places", gettext_lazy("each at its place is a part")),
                    ("neighbours", gettext_lazy("each that the right one follows is a part")),
                    ("all_or_nothing", gettext_lazy("all right, else nothing")),
                ],
                default="places",
                label=gettext_lazy("marks"),
            ),
        ),
    ],
    "gap_select": lambda: [
        ("text", Words(multiline=True, label=gettext_lazy("text with gaps"))),
        (
            "gaps",
            listed(
                struct(
                    ("key", gap_name()),
                    ("word_key", Hidden()),
                    ("word", Words(label=gettext_lazy("right word"))),
                    ("group", blocks.CharBlock(max_length=60, default="1", label=gettext_lazy("list of words"))),
                    ("weight", gap_weight()),
                ),
                min_num=1,
                label=gettext_lazy("gaps"),
            ),
        ),
        (
            "others",
            listed(
                struct(
                    ("key", Hidden()),
                    ("text", Words(label=gettext_lazy("word"))),
                    ("group", blocks.CharBlock(max_length=60, default="1", label=gettext_lazy("list of words"))),
                ),
                default=[],
                label=gettext_lazy("other words"),
            ),
        ),
        ("may_repeat", _flag(gettext_lazy("a word may be used more than once"), default=True)),
    ],
    "cloze": lambda: [
        ("text", Words(multiline=True, label=gettext_lazy("text with gaps"))),
        (
            "gaps",
            blocks.StreamBlock(
                [
                    (
                        "select",
                        struct(
                            ("key", gap_name()),
                            ("weight", gap_weight()),
                            ("choices", choices()),
                            ("shuffle", _flag(SHUFFLE)),
                            label=gettext_lazy("gap to choose for"),
                        ),
                    ),
                    (
                        "short_text",
                        struct(
                            ("key", gap_name()),
                            ("weight", gap_weight()),
                            ("answers", listed(accepted_text(), min_num=1, label=ANSWERS)),
                            ("forgive", forgive()),
                            label=gettext_lazy("gap for words"),
                        ),
                    ),
                    (
                        "numeric",
                        struct(
                            ("key", gap_name()),
                            ("weight", gap_weight()),
                            ("answers", listed(accepted_number(), min_num=1, label=ANSWERS)),
                            label=gettext_lazy("gap for a number"),
                        ),
                    ),
                ],
                min_num=1,
                label=gettext_lazy("gaps"),
            ),
        ),
    ],
    "short_text": lambda: [
        ("answers", listed(accepted_text(), min_num=1, label=ANSWERS)),
        ("forgive", forgive()),
    ],
    "numeric": lambda: [
        ("answers", listed(accepted_number(), min_num=1, label=ANSWERS)),
        (
            "units",
            listed(
                struct(
                    ("name", blocks.CharBlock(max_length=40, label=gettext_lazy("unit"))),
                    ("multiplier", blocks.CharBlock(max_length=60, default="1", label=gettext_lazy("times"))),
                ),
                default=[],
                label=gettext_lazy("units"),
            ),
        ),
        (
            "unit",
            blocks.ChoiceBlock(
                choices=[
                    ("none", gettext_lazy("no unit")),
                    ("optional", gettext_lazy("may be given")),
                    ("required", gettext_lazy("must be given")),
                ],
                default="none",
                label=gettext_lazy("unit"),
            ),
        ),
        ("unit_penalty_percent", percent(default=100, label=gettext_lazy("a wrong unit costs (percent)"))),
    ],
    "hotspot": lambda: [
        ("image", Hidden()),
        ("picture", picture()),
        ("alt", Words(label=gettext_lazy("words for those who cannot see it"))),
        ("regions", listed(region(), min_num=2, label=gettext_lazy("places"))),
        ("is_multiple", _flag(SEVERAL)),
    ],
    "case": lambda: [
        ("nodes", listed(node(), min_num=1, label=gettext_lazy("moments, the first one first"))),
        ("shuffle", _flag(SHUFFLE, default=True)),
    ],
    "essay": lambda: [
        ("min_words", blocks.IntegerBlock(default=0, min_value=0, label=gettext_lazy("fewest words"))),
        ("max_words", blocks.IntegerBlock(required=False, min_value=1, label=gettext_lazy("most words"))),
        ("template", Words(multiline=True, required=False, label=gettext_lazy("stands in the field at the start"))),
        ("rubric", rubric()),
        ("notes", notes()),
    ],
    "upload": lambda: [
        (
            "accept",
            blocks.ChoiceBlock(
                choices=[
                    ("audio", gettext_lazy("sound")),
                    ("image", gettext_lazy("picture")),
                    ("document", gettext_lazy("document")),
                ],
                default="audio",
                label=gettext_lazy("kind of file"),
            ),
        ),
        ("max_megabytes", blocks.IntegerBlock(default=10, min_value=1, max_value=20, label=gettext_lazy("most MB"))),
        ("rubric", rubric()),
        ("notes", notes()),
    ],
    "likert": lambda: [
        ("statements", listed(option(gettext_lazy("statement")), min_num=1, label=gettext_lazy("statements"))),
        ("scale", listed(option(gettext_lazy("point of the scale")), min_num=2, label=gettext_lazy("scale"))),
    ],
    "survey": lambda: [
        ("choices", listed(option(ANSWER), default=[], label=gettext_lazy("answers; without any, people write"))),
        ("is_multiple", _flag(SEVERAL)),
    ],
    "description": list,
}
WORTH_NOTHING = {"likert", "survey", "description"}


def _flag(label: Any, *, default: bool = False) -> blocks.BooleanBlock:
    return blocks.BooleanBlock(required=False, default=default, label=label)


def block_of(kind: str) -> blocks.StructBlock:
    """The fields of one kind: the question, what is its own, and what is said about answers."""
    has_text = kind in {"cloze", "gap_select"}
    children: list[tuple[str, blocks.Block]] = [
        ("stem", Words(multiline=True, required=not has_text, label=gettext_lazy("question")))
    ]
    if kind not in WORTH_NOTHING:
        children.append(
            ("points", blocks.IntegerBlock(default=1, min_value=1, max_value=1000, label=gettext_lazy("points")))
        )
    children += OWN_FIELDS[kind]()
    children.append(
        (
            "feedback",
            Words(
                multiline=True, required=False, label=FEEDBACK, help_text=gettext_lazy("Shown whatever was answered.")
            ),
        )
    )
    if kind not in WORTH_NOTHING:
        for name, label in (
            ("feedback_right", gettext_lazy("feedback when all is right")),
            ("feedback_partly", gettext_lazy("feedback when a part is right")),
            ("feedback_wrong", gettext_lazy("feedback when nothing is right")),
        ):
            children.append((name, Words(multiline=True, required=False, label=label)))
    children.append(
        (
            "files",
            listed(
                struct(
                    ("key", blocks.CharBlock(required=False, max_length=60, label=gettext_lazy("name in the text"))),
                    ("name", Hidden()),
                    ("type", Hidden()),
                    ("picture", picture()),
                ),
                default=[],
                label=gettext_lazy("pictures in the texts"),
                help_text=gettext_lazy("Write ![what it shows](media:name) where the picture belongs."),
            ),
        )
    )
    return blocks.StructBlock(children, form_classname="struct-block quiz-item")
