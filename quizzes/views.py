"""Take, send and look at an attempt that the learner owns. Everything here is somebody's own: others get a 404."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quizzes import reports, services
from quizzes.errors import AttemptClosed, InvalidResponse, QuizError
from quizzes.forms import ResponseForm
from quizzes.models import Attempt

CHECK = "check"  # the screen after the last question


def _own_attempt(request: HttpRequest, public_id) -> Attempt:
    return get_object_or_404(Attempt.objects.select_related("quiz"), public_id=public_id, learner=request.user)


@never_cache
@require_GET
def attempt(request, public_id):
    """One question: `?q=n`, else the first without an answer."""
    mine = _own_attempt(request, public_id)
    if not mine.is_open:
        return redirect("quizzes:review", public_id)
    questions = reports.questions_of(mine, language=get_language())
    asked_for = request.GET.get("q", "")
    if asked_for.isdecimal() and 1 <= int(asked_for) <= len(questions):
        return _screen(request, mine, questions, questions[int(asked_for) - 1])
    unanswered = [question for question in questions if not question.is_answered]
    return _screen(request, mine, questions, unanswered[0] if unanswered else None)


def _screen(request, mine, questions, current):
    """The page around one question; around the last look where `current` is None.

    It carries the other questions too, inert, so that a script can go on without asking again, also without a
    connection.
    """
    return render(
        request,
        "quizzes/attempt.html",
        {
            "attempt": mine,
            "questions": questions,
            "current": current,
            "others": [question for question in questions if question is not current],
            "unanswered": sum(not question.is_answered for question in questions),
            "other_languages": [code for code, _name in settings.LANGUAGES if code != get_language()],
        },
    )


@never_cache
@require_POST
def save(request, public_id):
    """Keep one answer and go where the pressed button says; or say what stands, as JSON, to a script."""
    mine = _own_attempt(request, public_id)
    is_script = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    form = ResponseForm(request.POST)
    value = request.POST.getlist("choice")
    try:
        if not form.is_valid():
            raise InvalidResponse(_("This answer came without its question. Please load the page again."))
        position = form.cleaned_data["position"]
        response = services.save_response(mine, position, value, revision=form.cleaned_data["revision"])
    except QuizError as error:
        return _refusal(request, mine, error, is_script=is_script)
    if is_script:
        return JsonResponse({"position": position, "revision": response.revision, "value": response.value})
    if set(response.value) != set(value):
        messages.warning(
            request,
            _("You answered this question later on another page or device. That answer was kept; you can change it."),
        )
        return redirect(_question_url(mine, position))
    return redirect(_destination(mine, position, request.POST.get("go", "")))


def _question_url(mine: Attempt, position: int | str) -> str:
    return f"{reverse('quizzes:attempt', args=[mine.public_id])}?q={position}"


def _destination(mine: Attempt, position: int, go: str) -> str:
    if go == CHECK:
        return reverse("quizzes:submit", args=[mine.public_id])
    if go in dict(settings.LANGUAGES):
        return translate_url(_question_url(mine, position), go)
    return _question_url(mine, go if go.isdecimal() else position)


def _refusal(request, mine, error: QuizError, *, is_script: bool = False) -> HttpResponse:
    is_closed = isinstance(error, AttemptClosed)
    status = HTTPStatus.CONFLICT if is_closed else HTTPStatus.BAD_REQUEST
    review_url = reverse("quizzes:review", args=[mine.public_id])
    if is_script:
        return JsonResponse({"error": str(error), "is_closed": is_closed, "review": review_url}, status=status)
    return render(
        request, "quizzes/refused.html", {"attempt": mine, "error": str(error), "is_closed": is_closed}, status=status
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request, public_id):
    """GET: the last look, with what has no answer. POST: send; when more is missing than was shown, look again."""
    mine = _own_attempt(request, public_id)
    if request.method != "POST":
        if not mine.is_open:
            return redirect("quizzes:review", public_id)
        return _screen(request, mine, reports.questions_of(mine, language=get_language()), None)
    if mine.is_open:
        questions = reports.questions_of(mine, language=get_language())
        missing = sum(not question.is_answered for question in questions)
        shown = request.POST.get("unanswered", "")
        if missing > (int(shown) if shown.isdecimal() else 0):
            messages.warning(request, _("Some answers are missing. Please look once more before you send."))
            return redirect("quizzes:submit", public_id)
    try:
        services.submit_attempt(mine)
    except QuizError as error:
        return _refusal(request, mine, error)
    return redirect("quizzes:review", public_id)


@never_cache
@require_GET
def review(request, public_id):
    """What came of it, question by question, and what to do next."""
    mine = _own_attempt(request, public_id)
    if mine.is_open:
        return redirect("quizzes:attempt", public_id)
    context: dict[str, Any] = {"attempt": mine}
    if mine.state == Attempt.State.GRADED:
        context["review"] = reports.review_of(mine, language=get_language())
    return render(request, "quizzes/review.html", context)
