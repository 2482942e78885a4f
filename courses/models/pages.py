"""What people study: pages, one a language, tied together by their translation key. Content only, no rule.

What learners did hangs on the translation key (`course_key`, `lesson_key`), never on the page row of one language.

Views stand above models, so a page names the view that shows it, and a course the gate it must pass, by a dotted path.
"""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester, PageViewRestriction
from wagtail.search import index

from courses.blocks import LessonBlocks, SourceBlocks
from curriculum.fields import TranslatedTextField
from curriculum.models import Competency


class CourseTopic(models.Model):
    """What a course is about, to find it by."""

    code = models.SlugField(_("code"), unique=True)
    name = TranslatedTextField(_("name"), max_length=100)
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["sort_order", "code"]

    def __str__(self) -> str:
        return str(self.name) or self.code


class DraftOrderPermissions(PagePermissionTester):
    """Who may write below a page may also put its drafts in order; Wagtail asks for the right to publish.

    What is live already changes for learners at once, so there it stays with those who publish.
    """

    def can_reorder_children(self) -> bool:
        return super().can_reorder_children() or ("change" in self.permissions and not self.page.live)


class Shown(models.Model):
    """A page that a view shows, in preview too. The view asks `request.is_preview` and then writes nothing."""

    view: ClassVar[str]

    class Meta:
        abstract = True

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.is_preview = False
        return import_string(self.view)(request, self)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        request.is_preview = True
        return import_string(self.view)(request, self)

    def get_view_restrictions(self) -> models.QuerySet:
        """What keeps this page private, by one query where Wagtail takes two: a path holds the paths of its parents.

        By none where the query that found the page has seen that there is nothing (`page_at`).
        """
        if self.alias_of_id:
            return super().get_view_restrictions()
        if getattr(self, "is_restricted", None) is False:
            return PageViewRestriction.objects.none()
        paths = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(page__path__in=paths)

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("", _("As a learner sees it"))]

    @property
    def default_preview_size(self) -> str:
        return "mobile"


class HomePage(Shown, Page):
    """The front page of one language."""

    tagline = models.CharField(_("what this is, in one sentence"), max_length=200, blank=True)

    view = "courses.views.home_page"
    max_count_per_parent = 2
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CourseIndexPage"]
    content_panels = [*Page.content_panels, FieldPanel("tagline")]

    class Meta:
        verbose_name = _("front page")


class CourseIndexPage(Shown, Page):
    """The catalogue of one language."""

    intro = models.CharField(_("introduction"), max_length=300, blank=True)

    view = "courses.views.catalogue_page"

    max_count_per_parent = 1
    parent_page_types = ["courses.HomePage"]
    subpage_types = ["courses.CoursePage"]
    content_panels = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("catalogue")


class CoursePage(Shown, Page):
    """A course in one language. It is what is sent for approval and published: what lies below goes with it."""

    summary = models.CharField(_("summary"), max_length=200, blank=True)
    helps_with = models.CharField(_("what it helps with"), max_length=200, blank=True)
    objectives = models.TextField(
        _("objectives"), blank=True, help_text=_("One a line: what a learner can do after the course.")
    )
    picture = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    picture_alt = models.CharField(
        _("what the picture shows"),
        max_length=200,
        blank=True,
        help_text=_("For people who cannot see it. Empty: the picture only decorates."),
    )
    topics = ParentalManyToManyField(CourseTopic, blank=True, related_name="courses", verbose_name=_("topics"))
    is_sequential = models.BooleanField(
        _("lessons open in order"),
        default=True,
        help_text=_("The next lesson opens when the one before is done."),
    )
    minutes_basis = models.TextField(
        _("how the minutes were set"), blank=True, help_text=_("For example: reading speed, pilot timing and its date.")
    )
    sources = StreamField(SourceBlocks(), blank=True, verbose_name=_("sources"))

    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.ModulePage"]
    view = "courses.views.course_page"
    gate = "courses.publishing.refuse_unfit"
    content_panels = [
        HelpPanel(heading=_("The course at a glance"), template="courses/admin/outline_panel.html", icon="list-ul"),
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("helps_with"),
        FieldPanel("objectives"),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_alt")], heading=_("Picture")),
        FieldPanel("topics", widget=CheckboxSelectMultiple),
        FieldPanel("is_sequential"),
        FieldPanel("minutes_basis"),
        FieldPanel("sources"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("helps_with"),
        index.AutocompleteField("summary"),
    ]

    class Meta:
        verbose_name = _("course")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return DraftOrderPermissions(user, self)

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> Any:
        """Every way of publishing passes here or through the editor, which asks the same gate and answers in words."""
        import_string(self.gate)(self)
        return super().publish(revision, *args, **kwargs)


class ModulePage(Shown, Page):
    """A part of a course. Its minutes are split over competencies by its author; the split adds up to its lessons."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)
    objectives = models.TextField(_("objectives"), blank=True, help_text=_("One a line."))

    parent_page_types = ["courses.CoursePage"]
    subpage_types = ["courses.LessonPage"]
    view = "courses.views.module_page"
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("objectives"),
        InlinePanel(
            "competencies",
            [FieldPanel("competency"), FieldPanel("minutes")],
            heading=_("What its minutes count for"),
            label=_("competency"),
            help_text=_("In each framework, the minutes add up to the minutes of the lessons."),
        ),
    ]

    class Meta:
        verbose_name = _("module")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return DraftOrderPermissions(user, self)


class ModuleCompetency(models.Model):
    """So many minutes of a module count for this competency. Per framework they add up to the module's minutes."""

    module = ParentalKey(ModulePage, on_delete=models.CASCADE, related_name="competencies")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+", verbose_name=_("competency"))
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    sort_order = models.PositiveIntegerField(default=0)
    sort_order_field = "sort_order"  # moved by buttons, as Wagtail's Orderable; nobody types a number

    class Meta:
        ordering = ["sort_order"]
        constraints = [
            models.UniqueConstraint(fields=["module", "competency"], name="modulecompetency_once_per_module"),
            models.CheckConstraint(condition=models.Q(minutes__gte=1), name="modulecompetency_has_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.minutes}"


class LessonPage(Shown, Page):
    """A sitting of a few minutes, in one language. With a quiz, it is done when the quiz is passed."""

    minutes = models.PositiveIntegerField(
        _("minutes"), default=5, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    body = StreamField(LessonBlocks(), blank=True, verbose_name=_("body"))
    quiz = models.ForeignKey(
        "quizzes.Quiz", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("quiz")
    )

    parent_page_types = ["courses.ModulePage"]
    subpage_types: list[str] = []
    view = "courses.views.lesson_page"
    content_panels = [*Page.content_panels, FieldPanel("minutes"), FieldPanel("body"), FieldPanel("quiz")]
    # The body goes to no index: lessons open only to those enrolled, and a search result would show their text.
    search_fields = Page.search_fields

    class Meta:
        verbose_name = _("lesson")


KINDS: tuple[type[Page], ...] = (HomePage, CourseIndexPage, CoursePage, ModulePage, LessonPage)


def page_at(root: Page, path: str, language: str) -> Page | None:
    """The live page at `path` below the live front page of a language, by one query: its depth tells its kind.

    `root` is the front page of the site in any language. None for every page of another kind or place: those are left
    to Wagtail, which asks for the language, for the front page and then twice a level.
    """
    parts = [part for part in path.split("/") if part]
    if len(parts) >= len(KINDS):
        return None
    front = HomePage.objects.live().filter(translation_key=root.translation_key, locale__language_code=language)
    wanted = Concat(Subquery(front.values("url_path")[:1]), Value("".join(f"{part}/" for part in parts)))
    here = ExpressionWrapper(OuterRef("path"), output_field=models.CharField())
    above = PageViewRestriction.objects.annotate(here=here).filter(here__startswith=F("page__path"))
    kind = KINDS[len(parts)]
    related = ["locale", "picture"] if kind is CoursePage else ["locale"]
    pages = kind.objects.live().annotate(is_restricted=Exists(above)).select_related(*related)
    if parts:
        pages = pages.filter(slug=parts[-1])  # the address is long and has no index
    return pages.filter(url_path=wanted).first()
