"""Who learned what, for staff: read only. Records are written by services alone. And approval without the editor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Locale
from wagtail.permission_policies import ModelPermissionPolicy

from courses import publishing
from courses.checks import Problem
from courses.models import CourseCompletion, CoursePage, Enrollment
from people.spreadsheets import SafeExport


class ReadOnlyPolicy(ModelPermissionPolicy):
    """May be looked at by those with the right to; changed by nobody, not even an operator."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return "view" in actions and super().user_has_any_permission(user, ["view"])


def course_titles() -> dict[Any, str]:
    """The title of every course by its key, in the active language where there is one. Two queries."""
    active = Locale.get_active()
    titles: dict[Any, str] = {}
    for key, title, locale_id in CoursePage.objects.values_list("translation_key", "title", "locale_id"):
        if key not in titles or locale_id == active.pk:
            titles[key] = title
    return titles


def course_choices() -> list[tuple[str, str]]:
    return sorted(((str(key), title) for key, title in course_titles().items()), key=lambda pair: pair[1])


class EnrollmentFilters(WagtailFilterSet):
    course_key = django_filters.ChoiceFilter(label=_("Course"), choices=course_choices)

    class Meta:
        model = Enrollment
        fields = ["course_key", "state"]


class CompletionFilters(WagtailFilterSet):
    course_key = django_filters.ChoiceFilter(label=_("Course"), choices=course_choices)
    is_reversed = django_filters.BooleanFilter(
        label=_("Reversed"), field_name="reversed_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = CourseCompletion
        fields = ["course_key", "language"]


class RecordIndexView(SafeExport, generic.IndexView):
    """A list of records with the person and the course, in a constant number of queries."""

    any_permission_required = ["view"]
    export_headings = {
        "learner.printed_name": _("Person"),
        "learner.email": _("E-mail address"),
        "course": _("Course"),
    }

    @cached_property
    def search_fields(self) -> set[str]:
        return {"learner__printed_name", "learner__email"}

    @cached_property
    def titles(self) -> dict[Any, str]:
        return course_titles()

    def title_of(self, record: Any) -> str:
        return self.titles.get(record.course_key, str(record.course_key))

    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("learner")

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        item.course = self.title_of(item)
        return super().to_row_dict(item)


class EnrollmentIndexView(RecordIndexView):
    page_title = _("Enrollments")
    list_export = ["learner.printed_name", "learner.email", "course", "state", "enrolled_at", "ended_at"]

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("learner", label=_("Person"), sort_key="learner__printed_name"),
            Column("course", label=_("Course"), accessor=self.title_of),
            Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
            DateColumn("enrolled_at", label=_("Enrolled"), sort_key="enrolled_at"),
            DateColumn("ended_at", label=_("Ended"), sort_key="ended_at"),
        ]


class CompletionIndexView(RecordIndexView):
    page_title = _("Finished courses")
    list_export = [
        "learner.printed_name",
        "learner.email",
        "course",
        "completed_at",
        "contact_minutes",
        "language",
        "reversed_at",
        "reversal_reason",
    ]

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("learner", label=_("Person"), sort_key="learner__printed_name"),
            Column("course", label=_("Course"), accessor=self.title_of),
            DateColumn("completed_at", label=_("Finished"), sort_key="completed_at"),
            Column("contact_minutes", label=_("Minutes"), sort_key="contact_minutes"),
            Column("language", label=_("Language")),
            DateColumn("reversed_at", label=_("Reversed"), sort_key="reversed_at"),
        ]

    def title_of(self, record: Any) -> str:
        return str(record.course_title)  # as it was on the day


class RecordViewSet(ModelViewSet):
    form_fields: list[str] = []
    add_to_settings_menu = False
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False  # it would cost each record five queries more to write


class EnrollmentViewSet(RecordViewSet):
    model = Enrollment
    icon = "group"
    menu_label = _("Enrollments")
    index_view_class = EnrollmentIndexView
    filterset_class = EnrollmentFilters
    ordering = ["-enrolled_at", "-pk"]


class CompletionViewSet(RecordViewSet):
    model = CourseCompletion
    icon = "check"
    menu_label = _("Finished courses")
    index_view_class = CompletionIndexView
    filterset_class = CompletionFilters
    ordering = ["-completed_at", "-pk"]


class LearningGroup(ViewSetGroup):
    """Who learned what."""

    menu_label = _("Learning")
    menu_icon = "group"
    menu_order = 300
    items = (EnrollmentViewSet, CompletionViewSet)


class CourseReportView(SafeExport, ReportView):
    """One line a course: how many take it, finished it, left it."""

    page_title = _("Courses")
    header_icon = "list-ul"
    index_url_name = "courses_report"
    index_results_url_name = "courses_report_results"
    model = CoursePage
    permission_policy = ReadOnlyPolicy(Enrollment)
    any_permission_required = ["view"]
    is_searchable = False
    list_export = ["title", "enrolled", "running", "finished", "withdrawn"]
    export_headings = {
        "title": _("Course"),
        "enrolled": _("Enrolled"),
        "running": _("Taking it now"),
        "finished": _("Finished"),
        "withdrawn": _("Left"),
    }

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("title", label=_("Course")),
            *(Column(name, label=self.export_headings[name]) for name in self.list_export[1:]),
        ]

    def get_queryset(self) -> QuerySet:
        # The page of the leading language stands for the course.
        lead = CoursePage.objects.filter(translation_key=OuterRef("translation_key")).order_by("locale_id", "pk")
        pages = CoursePage.objects.filter(pk=Subquery(lead.values("pk")[:1]))
        return pages.annotate(
            enrolled=_count(),
            running=_count(state=Enrollment.State.ACTIVE),
            finished=_count(state=Enrollment.State.COMPLETED),
            withdrawn=_count(state=Enrollment.State.WITHDRAWN),
        ).order_by("title")


def _count(**conditions: Any) -> Coalesce:
    rows = Enrollment.objects.filter(course_key=OuterRef("translation_key")).order_by().values("course_key")
    return Coalesce(Subquery(rows.annotate(n=Count("pk", filter=Q(**conditions))).values("n")), 0)


def learning_viewsets() -> list[Any]:
    return [LearningGroup()]


# --- Approval -----------------------------------------------------------------------------------------------------


def say_problems(request: HttpRequest, problems: Iterable[Problem], lead: str = "") -> None:
    """Say above the next page what keeps a course from going live, each sentence with a link to its page."""
    sentences = format_html_join(
        "",
        '<li><a href="{}">{}</a></li>',
        ((reverse("wagtailadmin_pages:edit", args=[p.page_id]), p.text) for p in problems),
    )
    lead = lead or gettext("This course cannot be approved yet. Please mend:")
    messages.error(request, format_html("{} <ul>{}</ul>", lead, sentences))


class CourseApprovalView(WorkflowActionView):
    """Approval without the editor, from the list of what waits: the editor's gate, and its words."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        problems = publishing.problems_of(self.object.specific) if self.action_name == "approve" else []
        if not problems:
            return super().post(request, *args, **kwargs)
        say_problems(request, problems)
        course = reverse("wagtailadmin_pages:edit", args=[self.object.pk])
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return self.render_modal_json(request, {"step": "success", "redirect": course})
        return redirect(course)


class CoursePageViewSet(PageViewSet):
    """Wagtail's views of a course, but for the one that approves."""

    model = CoursePage
    parent_models: list[Any] = []  # what lies below a catalogue is listed as everywhere
    workflow_action_view_class = CourseApprovalView
