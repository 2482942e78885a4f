"""Parts that the forms of several kinds share, and the widget that shows a form."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.base import get_error_json_data
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


class ItemWidget(blocks.BlockWidget):
    """Shows one block at the root, which Wagtail's own widget does with an error in the console."""

    def render_with_errors(
        self, name: str, value: Any, attrs: Any = None, errors: Any = None, renderer: Any = None
    ) -> SafeString:
        problem = get_error_json_data(errors.as_data()[0]) if errors else None
        return format_html(
            '<div id="{}" data-item-editor="{}" data-state="{}"></div>',
            name,
            self.block_json,
            json.dumps([self.block_def.get_form_state(value), problem]),
        )

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["js/item-editor.js"])


class Hidden(blocks.FieldBlock):
    """What the form carries and nobody edits: the key of a part."""

    def __init__(self, **kwargs: Any) -> None:
        self.field = forms.CharField(required=False, widget=forms.HiddenInput)
        super().__init__(**kwargs)


def percent(**kwargs: Any) -> blocks.DecimalBlock:
    return blocks.DecimalBlock(required=False, min_value=-100, max_value=100, decimal_places=4, max_digits=7, **kwargs)


def listed(child: blocks.Block, **kwargs: Any) -> blocks.ListBlock:
    """A list that begins with as many empty members as it needs at least."""
    kwargs.setdefault("default", [child.get_default() for _place in range(kwargs.get("min_num", 0))])
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
