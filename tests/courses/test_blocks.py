"""The vocabulary of a lesson: what is refused, and that each block reads without JavaScript."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from wagtail.blocks import StreamBlockValidationError

from courses.blocks import LessonBlocks

BLOCKS = LessonBlocks()


def value_of(*parts):
    raw = [{"type": kind, "value": value, "id": str(uuid.uuid4())} for kind, value in parts]
    return BLOCKS.to_python(raw)


def html_of(kind, value):
    return value_of((kind, value))[0].render({"block_id": "x"})


CHOICES = [
    {"text": "Yes", "is_correct": True, "feedback": "Because."},
    {"text": "No", "is_correct": False, "feedback": "Not so."},
]


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("heading", "Idea", ["<h2>Idea</h2>"]),
        ("text", "<p>Text</p>", ["<p>Text</p>"]),
        ("callout", {"tone": "crisis", "title": "", "body": "<p>988</p>"}, ["notice--bad", "Help now", "988"]),
        ("callout", {"tone": "caution", "title": "Mind", "body": "<p>b</p>"}, ["notice--warn", "Mind"]),
        ("callout", {"tone": "story", "title": "Ana", "body": "<p>b</p>"}, ["Story", "Ana"]),
        ("accordion", {"items": [{"title": "T", "body": "<p>B</p>"}]}, ["<details", "T", "B"]),
        ("flashcards", {"cards": [{"front": "F", "back": "B"}]}, ["<details", "F", "B"]),
        ("practice", {"title": "Walk", "body": "<p>b</p>", "minutes": 5}, ["Walk", "5 minutes"]),
        ("self_check", {"stem": "S?", "choices": CHOICES}, ["<details", "S?", "Right", "Not quite", "Because."]),
    ],
)
def test_block_shows(kind, value, words):
    html = html_of(kind, value)

    assert [word for word in words if word not in html] == []
    assert "<script" not in html and "style=" not in html


def test_reflection_is_never_sent():
    html = html_of("reflection", {"prompt": "Why?", "help": ""})

    assert "<textarea" in html
    assert " name=" not in html
    assert "<form" not in html
    assert "not sent and not saved" in html


@pytest.mark.parametrize("right", [0, 2])
def test_self_check_has_exactly_one_right_answer(right):
    choices = [{**choice, "is_correct": index < right} for index, choice in enumerate(CHOICES)]

    with pytest.raises(StreamBlockValidationError):
        BLOCKS.clean(value_of(("self_check", {"stem": "S?", "choices": choices})))


def test_video_needs_captions_or_a_reason():
    block = BLOCKS.child_blocks["video"]
    fields = {name: child for name, child in block.child_blocks.items() if name != "media"}
    assert list(fields) == ["captions", "no_captions_reason", "transcript"]
    assert fields["transcript"].required is True

    with pytest.raises(ValidationError):
        block.clean(block.to_python({"media": None, "captions": None, "transcript": "<p>t</p>"}))


def test_blocks_are_grouped_and_explained():
    for name, block in BLOCKS.child_blocks.items():
        assert block.meta.group, name
        assert block.meta.description, name
        assert block.meta.icon != "placeholder", name
