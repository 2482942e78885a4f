"""Postmen: what a page shows to whom, and every act of a learner. The pages name their view; acts have plain URLs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from wagtail import views as wagtail_views
from wagtail.models import Site
from wagtail.url_routing import RouteResult

from courses import catalogue, completion, publishing, services
from courses.access import Door, door_of
from courses.data import LessonState, Outline, in_language
from courses.errors import CourseError, CourseUnknown, LessonLocked, NotEnrolled, QuizDecides
from courses.forms import LENGTHS, CatalogueForm
from courses.models import CourseIndexPage, CoursePage, CourseTopic, Enrollment, HomePage, LessonPage, ModulePage
from courses.models.pages import page_at
from people.data import SignedInRequest
from quizzes.errors import QuizError

COURSES_A_PAGE = 12


class PageRequest(HttpRequest):
    """A request that a page passed on (`courses.models.pages.Shown`)."""

    is_preview: bool


# --- Pages: everyone may look -------------------------------------------------------------------------------------


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Every page, by Wagtail's own view; ours are found in fewer steps, all others as Wagtail finds them."""
    site = Site.find_for_request(request)
    page = page_at(site.root_page, path, _language()) if site else None
    if page is not None:
        # Wagtail keeps here what it found for a request, and looks here first.
        request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]
    return wagtail_views.serve(request, path)


def home_page(request: HttpRequest, page: HomePage) -> HttpResponse:
    index = page.get_children().type(CourseIndexPage).live().first()
    courses = services.catalogue()[:3]
    context = {"courses": [_card(course) for course in courses], "index_path": index.get_url(request) if index else ""}
    return _show(request, page, "courses/home_page.html", context)


def catalogue_page(request: HttpRequest, page: CourseIndexPage) -> HttpResponse:
    topics = {topic.code: topic.name for topic in CourseTopic.objects.all()}
    courses = services.catalogue()
    named = {share.code: str(share.name) for course in courses for share in course.shares}
    form = CatalogueForm(
        request.GET,
        topics=[(code, str(name)) for code, name in topics.items()],
        competencies=sorted(named.items(), key=lambda pair: catalogue.folded(pair[1])),
    )
    found = catalogue.matching(
        courses, form.wanted, topics=topics, lengths=LENGTHS, language=get_language() or settings.LANGUAGE_CODE
    )
    page_obj = Paginator(found, COURSES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "is_filtered": bool(form.wanted),
        "page_obj": page_obj,
        "courses": [_card(course) for course in page_obj],
        "has_courses": bool(courses),
    }
    return _show(request, page, "courses/course_index_page.html", context)


def course_page(request: PageRequest, page: CoursePage) -> HttpResponse:
    if request.is_preview:
        return _show(request, page, "courses/course_page.html", _course_preview(page))
    plan = services.outline(page.translation_key)
    if plan is None:
        # Live, but without a lesson: shown to nobody but in preview.
        raise Http404
    enrollment, done = _standing(request, plan.key)
    stones = completion.states(plan, done, is_enrolled=enrollment is not None)
    upcoming = completion.next_lesson(plan, done)
    context = {
        **_plan_context(plan, stones),
        "enrollment": enrollment,
        "is_active": enrollment is not None and enrollment.state == Enrollment.State.ACTIVE,
        "is_completed": enrollment is not None and enrollment.state == Enrollment.State.COMPLETED,
        "done_count": completion.done_count(plan, done),
        "next_stone": next((stone for stone in stones if upcoming and stone.lesson.key == upcoming.key), None),
        "minutes_left": completion.minutes_left(plan, done),
    }
    return _show(request, page, "courses/course_page.html", context)


def module_page(request: PageRequest, page: ModulePage) -> HttpResponse:
    course = publishing.course_of(page)
    if request.is_preview:
        return _show(request, page, "courses/module_page.html", {"course": course})
    if course is None or not course.live:
        raise Http404
    return HttpResponseRedirect(f"{course.get_url(request)}#m-{page.translation_key}")


def lesson_page(request: PageRequest, page: LessonPage) -> HttpResponse:
    if request.is_preview:
        return _show(request, page, "courses/lesson_page.html", {"is_open": True})
    plan = services.outline_with(page.translation_key)
    if plan is None:
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    enrollment, done = _standing(request, plan.key)
    door, first = door_of(plan, page.translation_key, enrollment, done)
    if door == Door.NOT_ENROLLED or enrollment is None:
        messages.info(request, _("Enroll in this course to open its lessons. It is free."))
        return HttpResponseRedirect(in_language(plan.paths, _language()))
    if door == Door.LOCKED and first is not None:
        return _locked(request, plan, page.translation_key, first.key)
    lesson = plan.lesson(page.translation_key)
    stones = completion.states(plan, done)
    after = completion.lesson_after(plan, page.translation_key, done)
    context = {
        "plan": plan,
        "course_path": in_language(plan.paths, _language()),
        "module": plan.module_of(page.translation_key),
        "lesson": lesson,
        "number": next(stone.number for stone in stones if stone.lesson.key == page.translation_key),
        "total": len(stones),
        "done_count": completion.done_count(plan, done),
        "is_done": page.translation_key in done,
        "after": after if after and after.key != page.translation_key else None,
        "after_path": in_language(after.paths, _language()) if after else "",
        "language_paths": lesson.paths if lesson else {},
        "enrollment": enrollment,
    }
    if lesson and lesson.has_quiz:
        attempt = services.last_attempt(enrollment, page.translation_key)
        context["attempt"] = attempt
        context["are_marks_told"] = attempt is not None and services.are_marks_told(attempt)
        context["may_try"] = services.may_try(enrollment, lesson.quiz_id, attempt)
    _keep_place(request, enrollment, page.translation_key)
    return _show(request, page, "courses/lesson_page.html", context)


def _locked(request: HttpRequest, plan: Outline, lesson_key: UUID, first_key: UUID) -> HttpResponse:
    lesson, first = plan.lesson(lesson_key), plan.lesson(first_key)
    context = {
        "plan": plan,
        "lesson": lesson,
        "first": first,
        "first_path": in_language(first.paths, _language()) if first else "",
        "course_path": in_language(plan.paths, _language()),
    }
    response = TemplateResponse(request, "courses/lesson_locked.html", context, status=403)
    add_never_cache_headers(response)
    return response


def _keep_place(request: HttpRequest, enrollment: Enrollment, lesson_key: UUID) -> None:
    """Opening a lesson moves the bookmark to it: without JavaScript, the lesson itself is the place."""
    place = getattr(enrollment, "place", None)
    is_prefetch = "prefetch" in request.headers.get("Sec-Purpose", "")
    if request.method == "GET" and not is_prefetch and (place is None or place.lesson_key != lesson_key):
        services.save_place(enrollment, lesson_key, "")


# --- Addresses by key ---------------------------------------------------------------------------------------------


@login_not_required
def course(request: HttpRequest, course_key: UUID) -> HttpResponse:
    """To the live page of a course in the active language, else in another."""
    return HttpResponseRedirect(in_language(_plan_or_404(course_key).paths, _language()))


@login_not_required
def catalogue_index(request: HttpRequest) -> HttpResponse:
    """To the catalogue in the active language."""
    index = services.index_page(_language())
    if index is None:
        raise Http404
    return redirect(index.get_url(request))


@login_not_required
def lesson(request: HttpRequest, lesson_key: UUID) -> HttpResponse:
    """To the live page of a lesson in the active language, else in another."""
    plan = services.outline_with(lesson_key)
    found = plan.lesson(lesson_key) if plan else None
    if found is None:
        raise Http404
    return HttpResponseRedirect(in_language(found.paths, _language()))


def resume(request: SignedInRequest, course_key: UUID) -> HttpResponse:
    """To the lesson and block where the learner stopped."""
    plan = _plan_or_404(course_key)
    try:
        return HttpResponseRedirect(services.resume_path(request.user, course_key))
    except NotEnrolled as error:
        messages.info(request, str(error))
        return HttpResponseRedirect(in_language(plan.paths, _language()))


# --- Acts ---------------------------------------------------------------------------------------------------------


@require_POST
def enroll(request: SignedInRequest, course_key: UUID) -> HttpResponse:
    plan = _plan_or_404(course_key)
    services.enroll(request.user, course_key)
    messages.success(request, _("You are enrolled. Begin when you like: your place is kept."))
    return HttpResponseRedirect(in_language(plan.paths, _language()))


@require_POST
def withdraw(request: SignedInRequest, course_key: UUID) -> HttpResponse:
    enrollment = _enrollment_or_404(request, course_key)
    try:
        services.withdraw(enrollment)
        messages.success(request, _("You left the course. You can enroll again at any time."))
    except CourseError as error:
        messages.warning(request, str(error))
    plan = services.outline(course_key)
    return HttpResponseRedirect(in_language(plan.paths, _language()) if plan else "/")


@require_POST
def complete(request: SignedInRequest, lesson_key: UUID) -> HttpResponse:
    plan, enrollment = _learning_or_404(request, lesson_key)
    try:
        services.complete_lesson(enrollment, lesson_key, language=_language())
    except LessonLocked as error:
        return _locked(request, plan, lesson_key, error.first_key)
    except QuizDecides as error:
        messages.info(request, str(error))
        return redirect("courses:lesson", lesson_key)
    except CourseError as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(in_language(plan.paths, _language()))
    done = services.done_lessons(enrollment)
    after = completion.lesson_after(plan, lesson_key, done)
    if after is None:
        if enrollment.state == Enrollment.State.COMPLETED:
            messages.success(request, _("You finished the course. Well done!"))
        return HttpResponseRedirect(in_language(plan.paths, _language()))
    return HttpResponseRedirect(in_language(after.paths, _language()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: SignedInRequest, lesson_key: UUID) -> HttpResponse:
    """Start the quiz of a lesson, or go on with it; first, what should be known before the clock runs, if there is
    anything."""
    plan, enrollment = _learning_or_404(request, lesson_key)
    try:
        if "begin" not in request.POST:
            opening = services.opening_of_quiz(enrollment, lesson_key, language=_language())
            if opening is not None and request.method == "POST":
                return redirect("courses:quiz", lesson_key)
            if opening is not None:
                start_url = reverse("courses:quiz", args=[lesson_key])
                return render(request, "quizzes/start.html", {"opening": opening, "start_url": start_url})
        if request.method != "POST":
            return redirect("courses:lesson", lesson_key)
        attempt = services.start_lesson_attempt(enrollment, lesson_key, language=_language())
    except LessonLocked as error:
        return _locked(request, plan, lesson_key, error.first_key)
    except (CourseError, QuizError) as error:
        messages.warning(request, str(error))
        return redirect("courses:lesson", lesson_key)
    return redirect("quizzes:attempt", attempt.public_id)


@require_POST
def place(request: SignedInRequest, lesson_key: UUID) -> HttpResponse:
    """A bookmark from the reading script; there is nothing to show."""
    _plan, enrollment = _learning_or_404(request, lesson_key)
    try:
        services.save_place(enrollment, lesson_key, request.POST.get("block", ""))
    except CourseUnknown as error:
        raise Http404 from error
    return HttpResponse(status=204)


# --- Helpers ------------------------------------------------------------------------------------------------------


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _show(request: HttpRequest, page: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    response = TemplateResponse(request, template, {"page": page, **context})
    if request.user.is_authenticated:
        add_never_cache_headers(response)  # a shared phone must not show the last person's page to the next
    return response


def _plan_or_404(course_key: UUID) -> Outline:
    plan = services.outline(course_key)
    if plan is None:
        raise Http404
    return plan


def _enrollment_or_404(request: SignedInRequest, course_key: UUID) -> Enrollment:
    enrollment = services.current_enrollment(request.user, course_key)
    if enrollment is None:
        raise Http404
    return enrollment


def _learning_or_404(request: SignedInRequest, lesson_key: UUID) -> tuple[Outline, Enrollment]:
    plan = services.outline_with(lesson_key)
    if plan is None:
        raise Http404
    return plan, _enrollment_or_404(request, plan.key)


def _standing(request: HttpRequest, course_key: UUID) -> tuple[Enrollment | None, frozenset[UUID]]:
    if not request.user.is_authenticated:
        return None, frozenset()
    return services.standing_of(request.user, course_key)


def _languages(plan: Outline) -> list[str]:
    return [get_language_info(code)["name_local"].capitalize() for code in plan.languages]


def _card(plan: Outline) -> dict[str, Any]:
    language = _language()
    return {
        "title": in_language(plan.titles, language),
        "summary": in_language(plan.summaries, language),
        "helps_with": in_language(plan.helps_with, language),
        "path": in_language(plan.paths, language),
        "minutes": plan.minutes,
        "languages": _languages(plan),
        "only_in": "" if language in plan.paths else ", ".join(_languages(plan)),
        "lang": language if language in plan.paths else next(iter(plan.paths), language),
        "picture": plan.picture,
        "competencies": _most(plan),
    }


def _most(plan: Outline, shown: int = 3) -> list[str]:
    """What the course counts for most: at most `shown` names, and how many more there are."""
    shares = sorted(plan.shares, key=lambda share: -share.minutes)
    names = [str(share.name) for share in shares[:shown]]
    if more := len(shares) - shown if len(shares) > shown else 0:
        names.append(_("and %(count)d more") % {"count": more})
    return names


def _plan_context(plan: Outline, stones: tuple[LessonState, ...]) -> dict[str, Any]:
    language = _language()
    by_key = {stone.lesson.key: stone for stone in stones}
    modules = []
    for part in plan.modules:
        inner = [by_key[found.key] for found in part.lessons]
        modules.append(
            {
                "key": part.key,
                "title": part.titles,
                "summary": part.summaries,
                "minutes": part.minutes,
                "is_done": all(stone.state == "done" for stone in inner),
                "is_current": any(stone.state == "current" for stone in inner),
                "lessons": [{"stone": stone, "path": in_language(stone.lesson.paths, language)} for stone in inner],
            }
        )
    frameworks: dict[str, list[Any]] = {}
    for share in plan.shares:
        frameworks.setdefault(share.framework, []).append(share)
    return {
        "plan": plan,
        "stones": stones,
        "modules": modules,
        "frameworks": list(frameworks.values()),
        "total": len(stones),
        "minutes": plan.minutes,
        "languages": _languages(plan),
        "language_paths": plan.paths,
    }


def _course_preview(page: CoursePage) -> dict[str, Any]:
    """The course as it is written now, drafts included, as someone sees it who is not enrolled."""
    facts = publishing.facts_of(page)
    stones = [SimpleNamespace(title=lesson.title, state="locked") for lesson in facts.lessons]
    numbers = {lesson.key: number for number, lesson in enumerate(facts.lessons, start=1)}
    return {
        "stones": stones,
        "modules": [
            {
                "key": part.key,
                "title": part.title,
                "summary": "",
                "minutes": part.minutes,
                "lessons": [
                    {"stone": {"title": found.title, "number": numbers[found.key], "lesson": found, "state": "locked"}}
                    for found in part.lessons
                ],
            }
            for part in facts.modules
        ],
        "total": len(stones),
        "minutes": facts.minutes,
        "languages": [facts.language],
    }
