"""The vocabulary of a lesson: few blocks, each named for what it is. Words of the reader are in `templates/blocks/`."""

from wagtail import blocks


class LessonBlocks(blocks.StreamBlock):
    """What a lesson may hold."""

    heading = blocks.CharBlock()
    text = blocks.RichTextBlock()


class SourceBlocks(blocks.StreamBlock):
    """What a course leans on."""

    source = blocks.StructBlock(
        [
            ("key", blocks.CharBlock(max_length=60)),
            ("title", blocks.CharBlock(max_length=300)),
            ("url", blocks.URLBlock(max_length=500)),
            ("note", blocks.CharBlock(max_length=300, required=False)),
        ]
    )
