"""The vocabulary of a lesson: few blocks, each named for what it is. Words of the reader are in `templates/blocks/`.

Each docstring gives the shape of the stored value, so that a course can be written by a program as well as by hand.
Rich text is HTML of `<p> <b> <i> <a> <ol> <ul> <li>` only. The id of a block is its anchor (`b-<id>`) and is the same
in every language: a learner who changes language stays at the same block.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock as AccessibleImageBlock
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock

TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul"]
READING = _("Reading")
MEDIA = _("Pictures and sound")
DOING = _("Something to do")
PREVIEW = "blocks/_preview.html"


def RichText(**kwargs: Any) -> blocks.RichTextBlock:
    """Prose with the few features a lesson may use."""
    return blocks.RichTextBlock(features=TEXT_FEATURES, **kwargs)


class HeadingBlock(blocks.CharBlock):
    """A heading inside the lesson. Value: text."""

    class Meta:
        icon = "title"
        label = _("Heading")
        group = READING
        template = "blocks/heading.html"
        preview_template = PREVIEW
        preview_value = _("Say no kindly")
        description = _("One idea, named in a few words.")


class TextBlock(blocks.RichTextBlock):
    """Prose. Value: HTML."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=TEXT_FEATURES, **kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        group = READING
        template = "blocks/text.html"
        preview_template = PREVIEW
        preview_value = _("<p>Short sentences. <b>One idea</b> at a time.</p>")
        description = _("Short paragraphs, lists and links.")


class ImageBlock(blocks.StructBlock):
    """A picture. Value: {"image": {"image": image pk, "decorative": bool, "alt_text": text}, "caption": text}."""

    image = AccessibleImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Picture")
        group = MEDIA
        template = "blocks/image.html"
        description = _("A picture with a description for people who cannot see it.")


class VideoBlock(blocks.StructBlock):
    """A video. Value: {"media": media pk, "captions": document pk or None, "no_captions_reason": text,
    "transcript": HTML}. Captions are a must, unless a reason is given why there are none.
    """

    media = VideoChooserBlock(label=_("Video"))
    captions = DocumentChooserBlock(
        required=False, label=_("Captions"), help_text=_("A WebVTT file (.vtt) in the language of this page.")
    )
    no_captions_reason = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_("Why there are no captions"),
        help_text=_("Only where captions make no sense, for example: nobody speaks."),
    )
    transcript = RichText(label=_("Transcript"), help_text=_("Everything that is said and shown, in words."))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        captions = cleaned.get("captions")
        if captions and not captions.filename.lower().endswith(".vtt"):
            raise StructBlockValidationError(
                {"captions": ValidationError(_("Captions must be a WebVTT file (.vtt)."), code="not_vtt")}
            )
        if not captions and not cleaned.get("no_captions_reason"):
            raise StructBlockValidationError(
                {"captions": ValidationError(_("Add captions, or say why there are none."), code="no_captions")}
            )
        return cleaned

    class Meta:
        icon = "media"
        label = _("Video")
        group = MEDIA
        template = "blocks/video.html"
        description = _("A video with captions and a transcript. It loads only when the learner starts it.")


class AudioBlock(blocks.StructBlock):
    """A recording. Value: {"media": media pk, "transcript": HTML}."""

    media = AudioChooserBlock(label=_("Recording"))
    transcript = RichText(label=_("Transcript"), help_text=_("Everything that is said, in words."))

    class Meta:
        icon = "media"
        label = _("Audio")
        group = MEDIA
        template = "blocks/audio.html"
        description = _("A recording with its transcript. It loads only when the learner starts it.")


class CalloutBlock(blocks.StructBlock):
    """Text that stands out. Value: {"tone": "story" | "tip" | "caution" | "crisis", "title": text, "body": HTML}."""

    tone = blocks.ChoiceBlock(
        choices=[
            ("story", _("Story")),
            ("tip", _("Tip")),
            ("caution", _("Caution")),
            ("crisis", _("Help in a crisis")),
        ],
        default="tip",
        label=_("Kind"),
    )
    title = blocks.CharBlock(required=False, max_length=120, label=_("Title"))
    body = RichText(label=_("Text"))

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        group = READING
        template = "blocks/callout.html"
        preview_template = PREVIEW
        preview_value = {"tone": "tip", "title": _("Try this"), "body": _("<p>Breathe out slowly, three times.</p>")}
        description = _("A story, a tip, a caution, or where to find help in a crisis.")


class AccordionItemBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=150, label=_("Title"))
    body = RichText(label=_("Text"))

    class Meta:
        label = _("Part")


class AccordionBlock(blocks.StructBlock):
    """Parts that open one by one. Value: {"items": [{"title": text, "body": HTML}, ...]}."""

    items = blocks.ListBlock(AccordionItemBlock(), min_num=1, label=_("Parts"))

    class Meta:
        icon = "list-ul"
        label = _("Accordion")
        group = READING
        template = "blocks/accordion.html"
        preview_template = PREVIEW
        preview_value = {"items": [{"title": _("Open me"), "body": _("<p>Here is more.</p>")}]}
        description = _("Parts that a learner opens one by one.")


class FlashcardBlock(blocks.StructBlock):
    front = blocks.CharBlock(max_length=300, label=_("Front"))
    back = blocks.TextBlock(label=_("Back"), rows=2)

    class Meta:
        label = _("Card")


class FlashcardsBlock(blocks.StructBlock):
    """Cards to turn over. Value: {"cards": [{"front": text, "back": text}, ...]}."""

    cards = blocks.ListBlock(FlashcardBlock(), min_num=1, label=_("Cards"))

    class Meta:
        icon = "copy"
        label = _("Flashcards")
        group = DOING
        template = "blocks/flashcards.html"
        preview_template = PREVIEW
        preview_value = {"cards": [{"front": _("Burnout"), "back": _("Being worn out by work for a long time.")}]}
        description = _("Questions or words on the front, the answer on the back.")


class DownloadBlock(blocks.StructBlock):
    """A file to keep. Value: {"document": document pk, "description": text}."""

    document = DocumentChooserBlock(label=_("File"))
    description = blocks.CharBlock(required=False, max_length=300, label=_("What it is for"))

    class Meta:
        icon = "download"
        label = _("Download")
        group = MEDIA
        template = "blocks/download.html"
        description = _("A file that learners can keep or print. Its size is shown.")


class ReflectionBlock(blocks.StructBlock):
    """A question to think about. Value: {"prompt": text, "help": text}. What is written is never sent or stored."""

    prompt = blocks.TextBlock(label=_("Question"), rows=2)
    help = blocks.CharBlock(required=False, max_length=300, label=_("Help"))

    class Meta:
        icon = "edit"
        label = _("Reflection")
        group = DOING
        template = "blocks/reflection.html"
        preview_template = PREVIEW
        preview_value = {"prompt": _("What helped you last week?"), "help": ""}
        description = _("A question to think about. Nobody ever sees what a learner writes here.")


class PracticeBlock(blocks.StructBlock):
    """A task to do away from the screen. Value: {"title": text, "body": HTML, "minutes": whole number or None}."""

    title = blocks.CharBlock(max_length=150, label=_("Title"))
    body = RichText(label=_("What to do"))
    minutes = blocks.IntegerBlock(required=False, min_value=1, max_value=240, label=_("Minutes"))

    class Meta:
        icon = "pick"
        label = _("Practice")
        group = DOING
        template = "blocks/practice.html"
        preview_template = PREVIEW
        preview_value = {"title": _("Walk and notice"), "body": _("<p>Walk around the block.</p>"), "minutes": 5}
        description = _("A task that can be done without a network.")


class SelfCheckChoiceBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=300, label=_("Answer"))
    is_correct = blocks.BooleanBlock(required=False, label=_("Right"))
    feedback = blocks.TextBlock(label=_("Feedback"), rows=2, help_text=_("Why it is right or wrong."))

    class Meta:
        label = _("Answer")


class SelfCheckBlock(blocks.StructBlock):
    """An ungraded question with one right answer. Value: {"stem": text,
    "choices": [{"text": text, "is_correct": bool, "feedback": text}, ...]}.

    The key is in the page: nothing is earned here.
    """

    stem = blocks.TextBlock(label=_("Question"), rows=2)
    choices = blocks.ListBlock(SelfCheckChoiceBlock(), min_num=2, label=_("Answers"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if sum(bool(choice["is_correct"]) for choice in cleaned["choices"]) != 1:
            raise StructBlockValidationError(
                {"choices": ValidationError(_("Mark exactly one answer as right."), code="not_one_right")}
            )
        return cleaned

    class Meta:
        icon = "help"
        label = _("Self-check")
        group = DOING
        template = "blocks/self_check.html"
        preview_template = PREVIEW
        preview_value = {
            "stem": _("Which of these is a boundary?"),
            "choices": [
                {"text": _("I answer calls until six."), "is_correct": True, "feedback": _("Yes: clear and kind.")},
                {"text": _("I always answer."), "is_correct": False, "feedback": _("This wears you out.")},
            ],
        }
        description = _("An ungraded question. Feedback comes at once.")


class LessonBlocks(blocks.StreamBlock):
    """What a lesson may hold."""

    heading = HeadingBlock(max_length=150)
    text = TextBlock()
    callout = CalloutBlock()
    accordion = AccordionBlock()
    image = ImageBlock()
    video = VideoBlock()
    audio = AudioBlock()
    download = DownloadBlock()
    flashcards = FlashcardsBlock()
    reflection = ReflectionBlock()
    practice = PracticeBlock()
    self_check = SelfCheckBlock()


class SourceBlock(blocks.StructBlock):
    """One source. Value: {"key": short name, "title": as published, "url": address, "note": what was taken from it}."""

    key = blocks.CharBlock(max_length=60, label=_("Short name"))
    title = blocks.CharBlock(max_length=300, label=_("Title, as published"))
    url = blocks.URLBlock(max_length=500, label=_("Address"))
    note = blocks.CharBlock(max_length=300, required=False, label=_("What we took from it"))

    class Meta:
        icon = "link-external"
        label = _("Source")


class SourceBlocks(blocks.StreamBlock):
    """What a course leans on."""

    source = SourceBlock()
