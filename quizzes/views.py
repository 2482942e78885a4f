"""Take, send and look at an attempt that the learner owns. Everything here is somebody's own: others get a 404."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quizzes import items, reports, services, timing
from quizzes.answer_forms import ANSWER_FIELDS, ResponseForm, sent_answers
from quizzes.data import ShownQuestion
from quizzes.errors import AnswersMissing, AttemptClosed, InvalidResponse, PromiseMissing, QuizError
from quizzes.models import AnswerFile, Attempt, ItemMedia, Response

CHECK = "check"  # the screen after the last question
TRY = "try"  # check this answer
CLOCK = "clock"  # sent by a page whose clock ran out, not by a person


def _number(text: str) -> int:
    """A small number from a form; 0 for anything else."""
    return int(text) if text.isdecimal() and len(text) <= 6 else 0


def _own_attempt(request: HttpRequest, public_id) -> Attempt:
    return get_object_or_404(Attempt.objects.select_related("quiz"), public_id=public_id, learner=request.user)


@never_cache
@require_GET
def attempt(request, public_id):
    """One question: `?q=n`, else the first without an answer; forward only, the one that was reached."""
    mine = services.close_if_over(_own_attempt(request, public_id))
    if not mine.is_open:
        return redirect("quizzes:review", public_id)
    if mine.break_started_at is not None:
        if left := services.break_seconds_left(mine):
            until = timezone.now() + timedelta(seconds=left)
            return render(request, "quizzes/break.html", {"attempt": mine, "until": until})
        services.end_break(mine)
    questions = reports.asked_of(mine, language=get_language())
    return _screen(request, mine, questions, _current(mine, questions, _number(request.GET.get("q", ""))))


def _current(mine: Attempt, questions: list[ShownQuestion], asked_for: int) -> ShownQuestion | None:
    """The question to show; None for the last look."""
    if mine.is_sequential:
        asked_for = mine.reached
        if asked_for > len(questions):
            return None
    if 1 <= asked_for <= len(questions):
        return questions[asked_for - 1]
    return next((question for question in questions if not question.is_answered), None)


def _frame(request, mine: Attempt, questions: list[ShownQuestion]) -> dict[str, Any]:
    """What every screen of an attempt needs."""
    return {
        "attempt": mine,
        "attempt_url": reverse("quizzes:attempt", args=[mine.public_id]),
        "save_url": reverse("quizzes:save", args=[mine.public_id]),
        "questions": questions,
        "unanswered": sum(not question.is_answered for question in questions),
        "other_languages": [code for code, _name in settings.LANGUAGES if code != get_language()],
        "promise": services.promise_hash(mine.quiz),
        "promise_text": reports.shown(mine.quiz.honesty_statement, get_language()),
    }


def _screen(request, mine, questions, current):
    """The page around one question; around the last look where `current` is None.

    It carries the other questions too, inert, so that a script can go on without asking again, also without a
    connection. Where the way is forward only, it carries none: each comes with the answer that leads to it. All on one
    page, nothing is inert.
    """
    end = services.deadline_of(mine)
    is_page = mine.is_on_one_page
    return render(
        request,
        "quizzes/attempt.html",
        _frame(request, mine, questions)
        | {
            "deadline": end,
            "seconds_left": timing.seconds_until(end, timezone.now()),
            "is_page": is_page,
            "current": current,
            "others": []
            if mine.is_sequential or is_page
            else [question for question in questions if question is not current],
            "carries_check": current is not None and not mine.is_sequential and not is_page,
            "break_minutes": -(-services.break_seconds_left(mine) // 60) if end else 0,
        },
    )


def _piece(request, mine: Attempt, position: int) -> JsonResponse:
    """One screen for a script that asked for it: the question at `position`, or the last look."""
    mine = _own_attempt(request, mine.public_id)
    questions = reports.asked_of(mine, language=get_language())
    current = _current(mine, questions, position) if position <= len(questions) else None
    context = _frame(request, mine, questions) | {"question": current}
    template = "quizzes/_question.html" if current else "quizzes/_check.html"
    name = str(current.position) if current else CHECK
    revision = current.revision if current else None
    return JsonResponse(
        {"screen": name, "html": render_to_string(template, context, request=request), "revision": revision}
    )


@never_cache
@require_POST
def save(request, public_id):
    """Keep one answer and go where the pressed button says; or say what stands, as JSON, to a script.

    The button may also ask to check the answer, or to leave the question for good: then a script gets the screen that
    follows.
    """
    is_script = _is_script(request)
    form = ResponseForm(request.POST)
    fields = {name: values for name, values in request.POST.lists() if name.startswith(ANSWER_FIELDS)}
    go = request.POST.get("go", "")
    try:
        if not form.is_valid():
            raise InvalidResponse(_("This answer came without its question. Please load the page again."))
        given = form.cleaned_data
        position, revision = given["position"], given["revision"]
        # The attempt comes with the answer's question: little is asked here, and often.
        response = services.save_fields(
            services.OwnAttempt(public_id, request.user.pk),
            position,
            fields,
            revision=revision,
            certainty=given["certainty"],
            operation_id=given["operation"],
        )
        mine, question = response.attempt_item.attempt, response.attempt_item.version.question
        # The same answer may be sent again; one that came later from elsewhere stands instead.
        is_kept = response.revision == revision and response.value == items.response_from(question, fields)
        if go == TRY and is_kept:
            services.check_response(mine, position)
        elif is_kept and _leads_on(go, position) and not _goes_on(question, response.value):
            services.go_on(mine, position)
    except Attempt.DoesNotExist:
        raise Http404 from None
    except QuizError as error:
        return _refusal(request, _own_attempt(request, public_id), error, is_script=is_script)
    if is_script:
        if is_kept and (go == TRY or (mine.is_sequential and _leads_on(go, position))):
            return _piece(request, mine, position)
        return JsonResponse(_standing(response, is_kept=is_kept))
    if not is_kept:
        messages.warning(
            request,
            _("You answered this question later on another page or device. That answer was kept; you can change it."),
        )
        return redirect(_question_url(mine, position))
    if _leads_on(go, position) and _goes_on(question, response.value):
        return redirect(_question_url(mine, position))
    return redirect(_destination(mine, position, go))


def _standing(response: Response, *, is_kept: bool) -> dict[str, Any]:
    """What a script is told of an answer: whether it was kept, and the one that stands."""
    asked = response.attempt_item
    standing = items.fields_of(asked.version.question, response.value)
    return {"position": asked.position, "revision": response.revision, "is_kept": is_kept, "fields": standing}


@never_cache
@require_POST
def save_together(request, public_id):
    """Keep several answers that a script sends at once, and say of each what stands or why it was not taken."""
    try:
        sent = sent_answers(request.POST.get("answers", ""))
        results = services.save_together(services.OwnAttempt(public_id, request.user.pk), sent)
    except Attempt.DoesNotExist:
        raise Http404 from None
    except QuizError as error:
        return _refusal(request, _own_attempt(request, public_id), error, is_script=True)
    told = []
    for answer, result in zip(sent, results, strict=True):
        if isinstance(result, QuizError):
            told.append({"position": answer.position, "error": str(result)})
            continue
        value = items.response_from(result.attempt_item.version.question, answer.fields)
        is_kept = (result.revision, result.value) == (answer.sending.revision, value)
        told.append(_standing(result, is_kept=is_kept))
    return JsonResponse({"answers": told})


def _is_script(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _leads_on(go: str, position: int) -> bool:
    """Whether the pressed button leads forward."""
    return _number(go) > position or go == CHECK


@never_cache
@require_POST
def onward(request, public_id):
    """Go on from a question that is finished: there is no answer to keep."""
    mine = services.close_if_over(_own_attempt(request, public_id))
    position, go = _number(request.POST.get("position", "")), request.POST.get("go", "")
    if mine.is_open and _leads_on(go, position):
        services.go_on(mine, position)
    if _is_script(request) and mine.is_open:
        return _piece(request, mine, _number(go) or position)
    return redirect(_destination(mine, position, go))


@never_cache
@require_POST
def pause(request, public_id):
    """Begin a break, or end it."""
    mine = services.close_if_over(_own_attempt(request, public_id))
    if "end" in request.POST:
        services.end_break(mine)
    else:
        try:
            services.start_break(mine)
        except QuizError as error:
            messages.warning(request, str(error))
    return redirect("quizzes:attempt", public_id)


def _goes_on(question: Mapping[str, Any], value: Any) -> bool:
    """Whether a conversation was answered as far as it was shown and has something more to say."""
    if question["kind"] != "case" or not value:
        return False
    nodes = {node["key"]: node for node in question["nodes"]}
    last = {reply["key"]: reply["next"] for node in nodes.values() for reply in node["choices"]}[value[-1]]
    return bool(last and nodes[last]["choices"])


def _question_url(mine: Attempt, position: int | str) -> str:
    place = f"#question-{position}" if mine.is_on_one_page else f"?q={position}"
    return reverse("quizzes:attempt", args=[mine.public_id]) + place


def _destination(mine: Attempt, position: int, go: str) -> str:
    if go == CHECK:
        return reverse("quizzes:submit", args=[mine.public_id])
    if go in dict(settings.LANGUAGES):
        return translate_url(_question_url(mine, position), go)
    return _question_url(mine, _number(go) or position)


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
@require_POST
def upload(request, public_id, position):
    """Keep files as an answer, besides those sent before that are still ticked, and go where the button says."""
    mine = _own_attempt(request, public_id)
    go = request.POST.get("go", "")
    try:
        services.save_upload(mine, position, keep=request.POST.getlist("file"), files=request.FILES.getlist("upload"))
        if _leads_on(go, position):
            services.go_on(mine, position)
    except QuizError as error:
        return _refusal(request, mine, error)
    return redirect(_destination(mine, position, go))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def again(request, public_id, position):
    """One question that was returned for revision, to be answered again."""
    mine = _own_attempt(request, public_id)
    if request.method == "POST":
        fields = {name: values for name, values in request.POST.lists() if name.startswith(ANSWER_FIELDS)}
        try:
            if request.POST.get("kind") == "upload":
                services.upload_again(
                    mine, position, keep=request.POST.getlist("file"), files=request.FILES.getlist("upload")
                )
            else:
                services.answer_again_by_fields(mine, position, fields)
        except QuizError as error:
            return _refusal(request, mine, error)
        messages.success(request, _("Your new answer was sent. A person will read it."))
        return redirect("quizzes:review", public_id)
    returned = reports.returned_question(mine, position, language=get_language())
    if returned is None:
        return redirect("quizzes:review", public_id)
    return render(
        request, "quizzes/again.html", {"attempt": mine, "question": returned.question, "reason": returned.reason}
    )


@require_GET
@cache_control(private=True, max_age=86_400, immutable=True)
def answer_file(request, public_id, token):
    """A file that the learner sent in her own attempt."""
    mine = get_object_or_404(Attempt, public_id=public_id, learner=request.user)
    answer = get_object_or_404(AnswerFile, token=token, attempt_item__attempt=mine)
    return send_file(answer, name=answer.name)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request, public_id):
    """GET: the last look, with what has no answer. POST: send; when more is missing than was shown, look again.

    A script gets what came of it with the reply, in place of a page that it would have to ask for. Where its clock
    sends and the server's has not run out (more time was granted meanwhile), it gets the seconds left, or null.
    """
    if request.method != "POST":
        mine = services.close_if_over(_own_attempt(request, public_id))
        if not mine.is_open:
            return redirect("quizzes:review", public_id)
        return _screen(request, mine, reports.asked_of(mine, language=get_language()), None)
    if request.POST.get("by") == CLOCK:
        mine = services.close_if_over(_own_attempt(request, public_id))
        if mine.is_open and (left := services.seconds_left(mine)) != 0:
            return JsonResponse({"seconds": left})
    try:
        sent = services.send_attempt(
            services.OwnAttempt(public_id, request.user.pk),
            promised=request.POST.get("promise", ""),
            known_missing=_number(request.POST.get("unanswered", "")),
        )
    except Attempt.DoesNotExist:
        raise Http404 from None
    except (PromiseMissing, AnswersMissing) as error:
        messages.warning(request, str(error))
        return _look_again(request, public_id)
    except QuizError as error:
        return _refusal(request, _own_attempt(request, public_id), error, is_script=_is_script(request))
    url = reverse("quizzes:review", args=[public_id])
    if not _is_script(request):
        return redirect(url)
    html = render_to_string("quizzes/_review.html", _review_context(sent), request=request)
    return JsonResponse({"html": html, "title": _("Your result"), "url": url})


def _look_again(request, public_id) -> HttpResponse:
    url = reverse("quizzes:submit", args=[public_id])
    return JsonResponse({"url": url}) if _is_script(request) else redirect(url)


@never_cache
@require_GET
def review(request, public_id):
    """What came of it, question by question, and what to do next."""
    mine = _own_attempt(request, public_id)
    if mine.is_open:
        return redirect("quizzes:attempt", public_id)
    return render(request, "quizzes/review.html", _review_context(mine))


def _review_context(mine: Attempt) -> dict[str, Any]:
    if mine.state == Attempt.State.VOIDED:
        return {"attempt": mine}
    review = reports.review_of(mine, language=get_language())
    return {"attempt": mine, "review": review, "ran_out": services.ran_out(mine)}


@require_GET
@cache_control(private=True, max_age=86_400, immutable=True)
def media(request, public_id, token):
    """A file that a question of the learner's own attempt shows."""
    mine = get_object_or_404(Attempt, public_id=public_id, learner=request.user)
    if not reports.may_see_media(mine, token):
        raise Http404
    return send_file(get_object_or_404(ItemMedia, token=token))


def send_file(kept: ItemMedia | AnswerFile, *, name: str = "") -> FileResponse:
    """The bytes of a file, so that nothing in it can run: its type is as it was checked, and scripts are off. Under
    `name`, where there is one, it is saved and not opened."""
    content = kept.open() if isinstance(kept, AnswerFile) else kept.file.open("rb")
    response = FileResponse(content, content_type=kept.type, as_attachment=bool(name), filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
