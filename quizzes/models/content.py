"""What editors write: banks, items with their versions and files."""

import secrets
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curriculum.fields import ReadableEncoder, TranslatedTextField
from curriculum.files import code_validator
from curriculum.models import Competency
from quizzes import items


def new_media_token() -> str:
    """A key of 130 random bits."""
    return "m" + "".join(secrets.choice("0123456789abcdefghjkmnpqrstvwxyz") for _place in range(26))


class ItemBank(models.Model):
    """A stock of items that are kept together."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    name = TranslatedTextField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("item bank")
        verbose_name_plural = _("item banks")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name) or self.code


class Item(models.Model):
    """One question under one key that never changes, in all its languages. What it says is its current version;
    attempts hold versions of it, never it.

    `kind`, `stem`, `points` and `missing_languages` repeat what the current version says, for lists and searches; the
    service that writes a version writes them. An item without a version is asked by no quiz.
    """

    wagtail_reference_index_ignore = True

    class Kind(models.TextChoices):
        SINGLE_CHOICE = "single_choice", _("single choice")
        MULTIPLE_CHOICE = "multiple_choice", _("multiple choice")
        TRUE_FALSE = "true_false", _("true or false")
        IMAGE_CHOICE = "image_choice", _("choice of pictures")
        MATCHING = "matching", _("matching")
        ORDERING = "ordering", _("ordering")
        GAP_SELECT = "gap_select", _("words for gaps")
        CLOZE = "cloze", _("text with gaps")
        SHORT_TEXT = "short_text", _("short answer")
        NUMERIC = "numeric", _("number")
        HOTSPOT = "hotspot", _("place in a picture")
        CASE = "case", _("conversation")
        ESSAY = "essay", _("essay")
        UPLOAD = "upload", _("file")
        LIKERT = "likert", _("scale of agreement")
        SURVEY = "survey", _("opinion")
        DESCRIPTION = "description", _("text only")

    class CognitiveLevel(models.TextChoices):
        REMEMBER = "remember", _("remember")
        UNDERSTAND = "understand", _("understand")
        APPLY = "apply", _("apply")
        ANALYZE = "analyze", _("analyze")
        EVALUATE = "evaluate", _("evaluate")
        CREATE = "create", _("create")

    class Difficulty(models.TextChoices):
        EASY = "easy", _("easy")
        MEDIUM = "medium", _("medium")
        HARD = "hard", _("hard")

    class ReviewState(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        APPROVED = "approved", _("approved")

    MARKED_BY_PERSON = (Kind.ESSAY, Kind.UPLOAD)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bank = models.ForeignKey(ItemBank, on_delete=models.PROTECT, related_name="items", verbose_name=_("bank"))
    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=1000, blank=True, help_text=_("For those who edit."))
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices, default=Kind.SINGLE_CHOICE)
    stem = TranslatedTextField(_("question"), multiline=True)
    points = models.PositiveSmallIntegerField(_("points"), default=1)
    current_version = models.ForeignKey(
        "ItemVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("competency")
    )
    category = models.CharField(
        _("category"),
        max_length=1000,
        blank=True,
        help_text=_("A path such as Topic/Subtopic; a slash in a name is doubled."),
    )
    tags = models.JSONField(default=list, blank=True, encoder=ReadableEncoder)
    cognitive_level = models.CharField(_("cognitive level"), max_length=20, choices=CognitiveLevel.choices, blank=True)
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Difficulty.choices, blank=True)
    review_state = models.CharField(
        _("state of review"), max_length=10, choices=ReviewState.choices, default=ReviewState.DRAFT
    )
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    missing_languages = models.CharField(
        max_length=200,
        blank=True,
        default="",
        editable=False,
        help_text="Codes between commas (,es,) of the languages in which a part is not written; empty: none.",
    )

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(points__gte=1) | models.Q(kind__in=["likert", "survey", "description"], points=0),
                name="item_worth_a_point",
            ),
        ]

    def __str__(self) -> str:
        return str(self.stem) or self.name or self.code


class ItemVersion(models.Model):
    """An item exactly as it is or was asked: written once, never changed, one for the same content.

    `question` holds only what a learner may see before submitting, `answer_key` the rest; together they are the spec
    (`quizzes.items.split` and `merge`). Views of an open attempt never load the answer key.
    """

    wagtail_reference_index_ignore = True

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    content_hash = models.CharField(max_length=64)
    question = models.JSONField(encoder=ReadableEncoder)
    answer_key = models.JSONField(encoder=ReadableEncoder)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("item version")
        verbose_name_plural = _("item versions")
        constraints = [
            models.UniqueConstraint(fields=["item", "content_hash"], name="itemversion_content_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.content_hash[:8]}"

    @property
    def spec(self) -> items.ItemSpec:
        """The whole item, without its catalogue. Raises pydantic's ValidationError for a version nobody could grade."""
        return _read(_Content(self.content_hash, self.question, self.answer_key))


@dataclass(frozen=True)
class _Content:
    """The two halves of a version, known by their hash."""

    content_hash: str
    question: dict[str, Any] = field(compare=False, repr=False)
    answer_key: dict[str, Any] = field(compare=False, repr=False)


@lru_cache(maxsize=512)
def _read(content: _Content) -> items.ItemSpec:
    """Versions never change, and an attempt reads each of its own twice when it is sent."""
    return items.merge(content.question, content.answer_key)


def media_path(media: "ItemMedia", filename: str) -> str:
    """Where a file is kept: outside the folders that the site serves, under a name that cannot be guessed."""
    return f"quiz/{media.token}"


class ItemMedia(models.Model):
    """A file that an item shows. Never changed: another picture is another row, so that old versions keep theirs.

    `token` is its key in the specs of the items and its name in addresses. Who may see it is asked at each request.
    """

    wagtail_reference_index_ignore = True

    token = models.CharField(max_length=40, unique=True, default=new_media_token, editable=False)
    name = models.CharField(_("name"), max_length=255)
    type = models.CharField(_("type"), max_length=60)
    sha256 = models.CharField(max_length=64, db_index=True)
    file = models.FileField(upload_to=media_path)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("file of items")
        verbose_name_plural = _("files of items")

    def __str__(self) -> str:
        return self.name
