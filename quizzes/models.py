"""Items and quizzes, which trainers edit; attempts and responses, which are records.

Keys and attempts stay out of Wagtail's reference index: it copies nothing secret today, but a record needs no entry
in it, and each save would cost its queries.

An attempt freezes what was asked: every attempt item points at an immutable `ItemVersion`, so editing an item never
changes what anyone was asked or how they were graded. No course is known here: an attempt belongs to a person and a
quiz.
"""

import secrets
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connections, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from curriculum.fields import ReadableEncoder, TranslatedTextField
from curriculum.models import Competency, code_validator
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

    `kind`, `stem` and `points` repeat what the current version says, for lists and searches; the service that writes
    a version writes them. An item without a version is asked by no quiz.
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

    # No quiz asks these yet: nobody could be told how she did.
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


class Quiz(ClusterableModel):
    """A test: which items, how many of them, how many tries, and the mark that passes."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    title = TranslatedTextField(_("title"), max_length=200)
    pass_mark_percent = models.PositiveSmallIntegerField(
        _("pass mark (percent)"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    attempt_limit = models.PositiveSmallIntegerField(
        _("tries allowed"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: no limit.")
    )
    draw_count = models.PositiveSmallIntegerField(
        _("questions asked each time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Drawn at random from the items below. Empty: all of them."),
    )
    shuffle_items = models.BooleanField(_("shuffle the questions"), default=True)
    shuffle_choices = models.BooleanField(_("shuffle the answers"), default=True)

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pass_mark_percent__gte=1, pass_mark_percent__lte=100),
                name="quiz_pass_mark_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=models.Q(attempt_limit=None) | models.Q(attempt_limit__gte=1),
                name="quiz_allows_an_attempt",
            ),
            models.CheckConstraint(
                condition=models.Q(draw_count=None) | models.Q(draw_count__gte=1), name="quiz_draws_an_item"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title) or self.code


class QuizItem(models.Model):
    """An item belongs to a quiz, at a place. The quiz asks its newest version or, where one is pinned, that one."""

    wagtail_reference_index_ignore = True
    sort_order_field = "sort_order"  # lets the editor move rows

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="quiz_items")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="quiz_items", verbose_name=_("item"))
    pinned_version = models.ForeignKey(
        "ItemVersion",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("pinned version"),
    )
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("item of a quiz")
        verbose_name_plural = _("items of a quiz")
        ordering = ["quiz", "sort_order"]
        constraints = [models.UniqueConstraint(fields=["quiz", "item"], name="quizitem_once_per_quiz")]

    def __str__(self) -> str:
        return str(self.item)


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
        return items.merge(self.question, self.answer_key)


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


class Attempt(models.Model):
    """One sitting of a quiz by a person: open, then submitted and graded in one act; voided only by a named person.

    The conditions (pass mark) and the marks are copied here and never recomputed from the quiz.
    """

    wagtail_reference_index_ignore = True

    class State(models.TextChoices):
        OPEN = "open", _("open")
        GRADED = "graded", _("graded")
        VOIDED = "voided", _("voided")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Neither needs an index of its own: the constraints below begin with learner, the index below with quiz.
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    seed = models.BigIntegerField()
    pass_mark_percent = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    marks = models.PositiveIntegerField(null=True, blank=True, help_text="hundredths of a point")
    max_marks = models.PositiveIntegerField(help_text="hundredths of a point")
    is_passed = models.BooleanField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    void_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        permissions = [("void_attempt", "Can void an attempt")]
        indexes = [models.Index(fields=["quiz", "submitted_at", "id"], name="attempt_results_of_quiz")]
        constraints = [
            models.UniqueConstraint(fields=["learner", "quiz", "number"], name="attempt_number_unique"),
            models.UniqueConstraint(
                fields=["learner", "quiz"], condition=models.Q(state="open"), name="attempt_one_open_per_quiz"
            ),
            models.CheckConstraint(
                condition=models.Q(marks=None) | models.Q(marks__lte=models.F("max_marks")),
                name="attempt_marks_within_maximum",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", submitted_at=None, marks=None, is_passed=None)
                | models.Q(state="graded", submitted_at__isnull=False, marks__isnull=False, is_passed__isnull=False)
                | models.Q(state="voided"),
                name="attempt_state_and_marks_agree",
            ),
            models.CheckConstraint(
                condition=models.Q(state="voided", voided_at__isnull=False, voided_by__isnull=False)
                & ~models.Q(void_reason="")
                | ~models.Q(state="voided") & models.Q(voided_at=None, voided_by=None, void_reason=""),
                name="attempt_voided_by_someone_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id} #{self.number}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class AttemptItem(models.Model):
    """What was asked, at which place (from 1), answers in which order. Written with the attempt, never changed."""

    wagtail_reference_index_ignore = True

    # Each constraint below begins with one of the two: two indexes serve what four would.
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="attempt_items", db_index=False)
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="attempt_items", db_index=False)
    position = models.PositiveSmallIntegerField()
    choice_order = models.JSONField(
        help_text="Places of the choices (of a matching: of the prompts) in the version's question, in the order shown."
    )

    class Meta:
        verbose_name = _("attempt item")
        verbose_name_plural = _("attempt items")
        ordering = ["attempt", "position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="attemptitem_position_unique"),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="attemptitem_position_from_one"),
            models.UniqueConstraint(fields=["version", "attempt"], name="attemptitem_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}.{self.position}"


class ResponseQuerySet(models.QuerySet["Response"]):
    def save_newer(self, *, attempt_item_id: int, value: Any, revision: int, saved_at: datetime) -> int | None:
        """Write the answer unless one of the same or a newer revision is there; return its id, or None.

        One statement, so that two devices cannot interleave: Django's `bulk_create(update_conflicts=True)` knows no
        condition on the update.
        """
        fields = {field.name: field for field in Response._meta.concrete_fields}
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO quizzes_response (attempt_item_id, value, revision, saved_at) VALUES (%s, %s, %s, %s)
                ON CONFLICT (attempt_item_id) DO UPDATE
                SET value = excluded.value, revision = excluded.revision, saved_at = excluded.saved_at
                WHERE quizzes_response.revision < excluded.revision
                RETURNING id
                """,
                [
                    attempt_item_id,
                    fields["value"].get_db_prep_save(value, cursor.db),
                    revision,
                    fields["saved_at"].get_db_prep_save(saved_at, cursor.db),
                ],
            )
            row = cursor.fetchone()
        return row[0] if row else None


class Response(models.Model):
    """The answer to one attempt item, as last given while the attempt was open. Its absence means: not answered; so
    does an empty value, which says that an answer was taken back.

    `revision` grows with each change by the learner's device; an older revision never overwrites a newer one. The
    database refuses every write once the attempt is closed (migration 0002); `marks` are therefore written in the
    transaction that grades, before it closes the attempt.
    """

    wagtail_reference_index_ignore = True

    attempt_item = models.OneToOneField(AttemptItem, on_delete=models.PROTECT, related_name="response")
    value = models.JSONField(help_text="As the kind of the item has it: see quizzes.items.responses.")
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    marks = models.PositiveIntegerField(null=True, blank=True, help_text="hundredths of a point")

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.CheckConstraint(condition=models.Q(revision__gte=1), name="response_revision_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_item_id} r{self.revision}"
