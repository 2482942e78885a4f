"""The form of each kind."""

from typing import Any

from django.utils.translation import gettext_lazy
from wagtail import blocks

from quizzes import behaviours
from quizzes.blocks.parts import (
    ANSWER,
    ANSWERS,
    FEEDBACK,
    PERCENT,
    PERCENT_HELP,
    RIGHT,
    SEVERAL,
    SHUFFLE,
    Hidden,
    Words,
    accepted_number,
    accepted_text,
    choices,
    forgive,
    gap_name,
    gap_weight,
    listed,
    node,
    notes,
    option,
    percent,
    picture,
    region,
    rubric,
    scoring,
    struct,
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


def tries() -> list[tuple[str, blocks.Block]]:
    """What a quiz uses that lets learners check their answers before the end."""
    hints = listed(
        Words(multiline=True, label=gettext_lazy("hint")),
        default=[],
        max_num=20,
        label=gettext_lazy("hints"),
        help_text=gettext_lazy("Where a quiz gives several tries: one hint after each wrong try."),
    )
    penalty = blocks.DecimalBlock(
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=4,
        max_digits=7,
        label=gettext_lazy("what a wrong try costs (percent of the points)"),
        help_text=gettext_lazy("Only in such quizzes. Empty: nothing."),
    )
    return [("hints", hints), ("penalty_percent", penalty)]


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
    if kind not in WORTH_NOTHING and kind not in behaviours.MARKED_BY_PERSON:
        children += tries()
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
