"""Where courses meets Wagtail's admin: the gate before publishing, the delete guard, reports. Rules are elsewhere."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import SubmitForModerationMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from courses import publishing
from courses.checks import Problem
from courses.models import CourseCompletion, CoursePage, Enrollment, LessonPage, ModulePage
from courses.viewsets import CoursePageViewSet, CourseReportView, ReadOnlyPolicy, learning_viewsets, say_problems

register_permission_policy(Enrollment, ReadOnlyPolicy(Enrollment))
register_permission_policy(CourseCompletion, ReadOnlyPolicy(CourseCompletion))

GOING_LIVE = ("action-publish", "action-submit", "action-restart-workflow")
PARTS = (ModulePage, LessonPage)


# --- The gate: a course goes live whole and mended, or not at all --------------------------------------------------


def _asks_to_go_live(request: HttpRequest) -> bool:
    approves = "action-workflow-action" in request.POST and request.POST.get("workflow-action-name") == "approve"
    return request.method == "POST" and (approves or any(name in request.POST for name in GOING_LIVE))


def _only_save(request: HttpRequest) -> None:
    """Turn the request into "save draft": what was typed is kept, and nothing goes live."""
    data = request.POST.copy()
    for name in (*GOING_LIVE, "action-workflow-action", "workflow-action-name"):
        data.pop(name, None)
    request.POST = data


def _say_saved_with_problems(request: HttpRequest, problems: Iterable[Problem]) -> None:
    say_problems(request, problems, _("Your draft is saved. Before it can be approved, please mend:"))


@hooks.register("before_edit_page")
def gate_course(request: HttpRequest, page: Page) -> None:
    if not _asks_to_go_live(request):
        return
    if isinstance(page, CoursePage):
        if problems := publishing.problems_of(page):
            _only_save(request)
            _say_saved_with_problems(request, problems)
        else:
            request.course_drafts_below = publishing.drafts_below(page).count()
    elif isinstance(page, PARTS) and not _was_taken_down(page):
        _only_save(request)
        _say_with_course(request)


@hooks.register("before_create_page")
def gate_new_page(request: HttpRequest, parent: Page, page_class: type[Page]) -> None:
    if not _asks_to_go_live(request):
        return
    if page_class is CoursePage:
        _only_save(request)
        messages.warning(request, _("Your draft is saved. Add modules and lessons, then send the course for approval."))
    elif page_class in PARTS:
        _only_save(request)
        _say_with_course(request)


def _say_with_course(request: HttpRequest) -> None:
    messages.warning(
        request, _("Your draft is saved. It goes live together with its course: send or publish the course.")
    )


def _was_taken_down(page: Page) -> bool:
    return not page.live and page.first_published_at is not None


@hooks.register("after_publish_page")
@hooks.register("after_edit_page")
def say_how_many(request: HttpRequest, page: Page) -> None:
    """Say what else went live. The receiver of `page_published` has done it by now."""
    count = getattr(request, "course_drafts_below", 0)
    if count and isinstance(page, CoursePage) and not publishing.drafts_below(page).exists():
        request.course_drafts_below = 0
        messages.success(
            request,
            ngettext(
                "%(count)d draft below the course went live with it.",
                "%(count)d drafts below the course went live with it.",
                count,
            )
            % {"count": count},
        )


@hooks.register("register_admin_viewset")
def register_course_pages() -> CoursePageViewSet:
    return CoursePageViewSet()


@hooks.register("construct_page_action_menu")
def one_thing_to_send(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Modules and lessons are saved; only the course is sent or published."""
    page = context.get("page")
    if isinstance(page, PARTS) and _was_taken_down(page):
        return
    if isinstance(page, PARTS) or _creates_part(request):
        menu_items[:] = [item for item in menu_items if item.name not in GOING_LIVE]
    menu_items[:] = [SendForApproval(order=item.order) if item.name == "action-submit" else item for item in menu_items]


class SendForApproval(SubmitForModerationMenuItem):
    """Wagtail's button, with a verb in the trainer's language instead of the name of the workflow."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return super().get_context_data(parent_context) | {"label": _("Send for approval")}


def _creates_part(request: HttpRequest) -> bool:
    match = request.resolver_match
    return bool(match) and match.kwargs.get("content_type_model_name") in {"modulepage", "lessonpage"}


# --- The delete guard ---------------------------------------------------------------------------------------------


@hooks.register("before_delete_page")
def guard_delete(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse_delete(request, [page], page.get_parent())


@hooks.register("before_bulk_action")
def guard_bulk_action(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    pages = [found.specific for found in objects if isinstance(found, Page)]
    if not pages:
        return None
    if action_type == "delete":
        return _refuse_delete(request, pages, pages[0].get_parent())
    if action_type == "publish":
        return _refuse_bulk_publish(request, pages)
    return None


def _refuse_delete(request: HttpRequest, pages: list[Page], parent: Page | None) -> HttpResponse | None:
    """Refuse when someone has learned from anything below, in any language: keys are shared by translations."""
    titles = publishing.learned_pages(pages)
    if not titles:
        return None
    messages.error(request, publishing.deletion_refusal(titles))
    return redirect("wagtailadmin_explore", parent.pk if parent else pages[0].pk)


def _refuse_bulk_publish(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    parts = [page for page in pages if isinstance(page, PARTS) and not _was_taken_down(page)]
    if parts:
        messages.error(request, _("Modules and lessons go live together with their course: publish the course."))
        return redirect("wagtailadmin_explore", parts[0].get_parent().pk)
    for page in pages:
        if isinstance(page, CoursePage) and (problems := publishing.problems_of(page)):
            say_problems(request, problems)
            return redirect("wagtailadmin_pages:edit", page.pk)
    return None


# --- Reports ------------------------------------------------------------------------------------------------------


@hooks.register("register_admin_viewset")
def register_learning() -> list[Any]:
    return learning_viewsets()


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return CourseReportView.permission_policy.user_has_any_permission(request.user, ["view"])


@hooks.register("register_reports_menu_item")
def register_course_report() -> MenuItem:
    return ReportMenuItem(_("Courses"), reverse("courses_report"), icon_name="list-ul", order=100)


@hooks.register("register_admin_urls")
def register_course_report_urls() -> list[Any]:
    return [
        path("reports/courses/", CourseReportView.as_view(), name="courses_report"),
        path("reports/courses/results/", CourseReportView.as_view(results_only=True), name="courses_report_results"),
    ]
