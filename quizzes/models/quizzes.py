"""Quizzes: how items are put together and asked. A quiz has sections; a section has items, and random draws."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from curriculum.fields import TranslatedTextField
from curriculum.files import code_validator
from curriculum.models import Competency
from quizzes.models.content import Item, ItemBank, ItemVersion

PERCENT = [MinValueValidator(1), MaxValueValidator(100)]


def percent_or_none(name: str, constraint: str) -> models.CheckConstraint:
    """An optional percentage is from 1 to 100."""
    within = models.Q(**{f"{name}__gte": 1, f"{name}__lte": 100})
    return models.CheckConstraint(condition=models.Q(**{name: None}) | within, name=constraint)


class Quiz(ClusterableModel):
    """A test: how its items are asked, how many tries there are, what passes, and what is told when."""

    class Tell(models.TextChoices):
        AFTER_PASS = "after_pass", _("after a pass, or after the last try")
        AT_ONCE = "at_once", _("at once: when an answer is checked, else after every try")
        AFTER_TRY = "after_try", _("after every try")
        AFTER_CLOSING = "after_closing", _("after the quiz has closed")
        NEVER = "never", _("never")

    class Behaviour(models.TextChoices):
        DEFERRED = "deferred", _("all answers are checked at the end")
        IMMEDIATE = "immediate", _("each answer can be checked once, at once")
        SEVERAL_TRIES = "several_tries", _("several tries at each question, with hints")
        ADAPTIVE = "adaptive", _("as many tries at each question as it takes, each wrong one costs")
        CERTAINTY = "certainty", _("learners say how sure they are")

    class Navigation(models.TextChoices):
        FREE = "free", _("to any question, forward and back")
        SEQUENTIAL = "sequential", _("forward only")
        PAGE = "page", _("all questions on one page")

    class Counting(models.TextChoices):
        HIGHEST = "highest", _("the best try")
        LATEST = "latest", _("the latest try")
        FIRST = "first", _("the first try")

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    title = TranslatedTextField(pgettext_lazy("of a quiz", "title"), max_length=200)
    pass_mark_percent = models.PositiveSmallIntegerField(_("pass mark (percent)"), default=80, validators=PERCENT)
    competency_percent = models.PositiveSmallIntegerField(
        _("pass mark of each competency (percent)"),
        null=True,
        blank=True,
        validators=PERCENT,
        help_text=_("Of the questions of each competency, this much must be right, too. Empty: only the whole counts."),
    )
    attempt_limit = models.PositiveSmallIntegerField(
        _("tries allowed"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: no limit.")
    )
    counting = models.CharField(
        _("what counts"),
        max_length=10,
        choices=Counting.choices,
        default=Counting.HIGHEST,
        help_text=_("A lesson that was passed stays passed."),
    )
    behaviour = models.CharField(
        _("when answers are checked"),
        max_length=20,
        choices=Behaviour.choices,
        default=Behaviour.DEFERRED,
        help_text=_(
            "Hints, and what a wrong try costs, are those of each item; an item without hints has one try. Learners "
            "who say how sure they are earn 1, 2 or 3 times the points when right, and lose 0, 2 or 6 times when "
            "wrong; the pass mark is of 3 times the points."
        ),
    )
    navigation = models.CharField(
        _("going from question to question"),
        max_length=10,
        choices=Navigation.choices,
        default=Navigation.FREE,
        help_text=_(
            "Forward only: a question that was left is not seen again, and going on needs a connection. One page suits "
            "short quizzes; on a phone, one question at a time is easier."
        ),
    )
    time_limit_minutes = models.PositiveIntegerField(
        _("time limit (minutes)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit. What was answered when the time ends is sent by itself."),
    )
    wait_minutes = models.PositiveIntegerField(
        _("waiting time between tries (minutes)"), default=0, help_text=_("From sending one try to starting the next.")
    )
    opens_at = models.DateTimeField(
        _("opens"), null=True, blank=True, help_text=_("Empty: it can be started from now on.")
    )
    closes_at = models.DateTimeField(
        _("closes"),
        null=True,
        blank=True,
        help_text=_("No try can be started after this. One with a time limit that runs by then keeps its full time."),
    )
    tell_marks = models.CharField(
        _("points are told"),
        max_length=20,
        choices=Tell.choices,
        default=Tell.AT_ONCE,
        help_text=_("Whether the quiz was passed is always told."),
    )
    tell_feedback = models.CharField(_("feedback is told"), max_length=20, choices=Tell.choices, default=Tell.AT_ONCE)
    tell_key = models.CharField(
        _("right answers are told"), max_length=20, choices=Tell.choices, default=Tell.AFTER_PASS
    )
    shuffle_choices = models.BooleanField(_("shuffle the answers"), default=True)
    has_second_marker = models.BooleanField(
        _("two people mark each answer"), default=False, help_text=_("Each without seeing what the other gave.")
    )
    marking_difference_percent = models.PositiveSmallIntegerField(
        _("difference that asks for a third person (percent)"),
        default=10,
        validators=[MaxValueValidator(100)],
        help_text=_("Of the points of the question. Up to it, the mean of the two counts."),
    )
    is_marked_blind = models.BooleanField(
        _("answers are marked without names"), default=False, help_text=_("Who marks does not see who answered.")
    )
    aids_statement = TranslatedTextField(
        _("what may be used"),
        blank=True,
        multiline=True,
        max_length=2000,
        help_text=_("Shown before the first question. For example: You may use your notes, but no help from others."),
    )
    honesty_statement = TranslatedTextField(
        _("promise"),
        blank=True,
        multiline=True,
        max_length=2000,
        help_text=_("Learners tick it before they send. For example: I answered these questions myself."),
    )

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pass_mark_percent__gte=1, pass_mark_percent__lte=100),
                name="quiz_pass_mark_is_a_percentage",
            ),
            percent_or_none("competency_percent", "quiz_competency_mark_is_a_percentage"),
            models.CheckConstraint(
                condition=models.Q(attempt_limit=None) | models.Q(attempt_limit__gte=1),
                name="quiz_allows_an_attempt",
            ),
            models.CheckConstraint(
                condition=models.Q(time_limit_minutes=None) | models.Q(time_limit_minutes__gte=1),
                name="quiz_gives_a_minute",
            ),
            models.CheckConstraint(
                condition=models.Q(marking_difference_percent__lte=100), name="quiz_marking_difference_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at=None)
                | models.Q(closes_at=None)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="quiz_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title) or self.code


class QuizSection(ClusterableModel):
    """A part of a quiz: its items stand together. A plain quiz has one section without a title."""

    wagtail_reference_index_ignore = True
    sort_order_field = "sort_order"  # lets the editor move rows

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="sections")
    title = TranslatedTextField(
        pgettext_lazy("of a quiz", "title"),
        blank=True,
        max_length=200,
        help_text=_("Empty: a quiz with one section needs none."),
    )
    pass_mark_percent = models.PositiveSmallIntegerField(
        _("own pass mark (percent)"),
        null=True,
        blank=True,
        validators=PERCENT,
        help_text=_("Of this section, this much must be right, too. Empty: only the whole counts."),
    )
    draw_count = models.PositiveSmallIntegerField(
        _("questions asked each time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Drawn at random from the items below. Empty: all of them."),
    )
    shuffle_items = models.BooleanField(_("shuffle the questions"), default=True)
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("section of a quiz")
        verbose_name_plural = _("sections of a quiz")
        ordering = ["quiz", "sort_order", "pk"]
        constraints = [
            percent_or_none("pass_mark_percent", "quizsection_pass_mark_is_a_percentage"),
            models.CheckConstraint(
                condition=models.Q(draw_count=None) | models.Q(draw_count__gte=1), name="quizsection_draws_an_item"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title) or f"{self.quiz_id}.{self.sort_order}"


class QuizItem(models.Model):
    """An item belongs to a section of a quiz, at a place. The quiz asks its newest version or, where one is pinned,
    that one. `quiz` repeats that of the section, so that the database keeps an item from being asked twice."""

    wagtail_reference_index_ignore = True
    sort_order_field = "sort_order"  # lets the editor move rows

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="quiz_items", editable=False)
    section = ParentalKey(QuizSection, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="quiz_items", verbose_name=_("item"))
    pinned_version = models.ForeignKey(
        ItemVersion,
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
        ordering = ["quiz", "section__sort_order", "sort_order"]
        constraints = [models.UniqueConstraint(fields=["quiz", "item"], name="quizitem_once_per_quiz")]

    def __str__(self) -> str:
        return str(self.item)


class QuizDraw(models.Model):
    """A section asks so many items that are drawn by lot from all approved ones that fit; never one that the quiz
    lists or draws anyway, and what a person marks only where the draw says so."""

    wagtail_reference_index_ignore = True
    sort_order_field = "sort_order"

    section = ParentalKey(QuizSection, on_delete=models.CASCADE, related_name="draws")
    count = models.PositiveSmallIntegerField(
        _("how many"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    bank = models.ForeignKey(
        ItemBank, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("bank")
    )
    category = models.CharField(
        _("category"), max_length=1000, blank=True, help_text=_("With everything below it, such as Topic/Subtopic.")
    )
    tag = models.CharField(_("tag"), max_length=100, blank=True)
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("competency")
    )
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Item.Difficulty.choices, blank=True)
    can_take_marked = models.BooleanField(
        _("also questions that a person marks"),
        default=False,
        help_text=_("Essays and files. A learner who gets one waits for the result until somebody has marked it."),
    )
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("random draw")
        verbose_name_plural = _("random draws")
        ordering = ["section", "sort_order", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(count__gte=1, count__lte=100), name="quizdraw_draws_an_item"),
            models.CheckConstraint(
                condition=models.Q(bank__isnull=False)
                | models.Q(competency__isnull=False)
                | ~models.Q(category="")
                | ~models.Q(tag=""),
                name="quizdraw_draws_from_somewhere",
                violation_error_message=_("Please say where to draw from: a bank, a category, a tag or a competency."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count}: {self.bank or self.category or self.tag or self.competency}"
