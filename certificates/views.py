"""Postmen of certificates: my path, transcript, certificate, the board's desk."""

from datetime import datetime
from http import HTTPStatus
from types import SimpleNamespace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from certificates import reports, services, standing, verification
from certificates.codes import grouped
from certificates.errors import CertificateError
from certificates.forms import CycleForm, WindowForm
from certificates.models import Certificate, Disclosure
from certificates.times import times_of
from courses.data import in_language
from courses.services import courses_of
from curriculum import services as curriculum
from curriculum.errors import CurriculumError
from people.data import SignedInRequest
from people.models import Consent, Membership, Organization, Role, User

PEOPLE_A_PAGE = 25
WHOLE_BRIDGE = tuple(SimpleNamespace(title="", state="done") for _stone in range(11))


# --- My path ------------------------------------------------------------------------------------------------------


@require_GET
@never_cache
def my_path(request: SignedInRequest) -> HttpResponse:
    """The learner's home: what is still needed, by when; courses, hours, certificates."""
    return _my_path(request)


def _my_path(request: SignedInRequest, *, form: CycleForm | None = None, form_of: str = "", status: int = 200):
    today = timezone.localdate()
    in_force = curriculum.names_in_force(today)
    answers = standing.requirement_reports(request.user, today=today, in_force=in_force)
    followed = {answer.code for answer in answers}
    own = reports.transcript_of(request.user)
    courses = courses_of(request.user)
    certificates = list(_own_certificates(request.user))
    context = {
        "answers": [
            {
                "answer": answer,
                "courses": [
                    {"course": course, "path": in_language(course.paths, get_language() or "")}
                    for course in answer.courses
                ],
                "form": form
                if form is not None and answer.code == form_of
                else CycleForm(initial={"expires_on": answer.expires_on}, auto_id=f"id_{answer.code}_%s"),
            }
            for answer in answers
        ],
        "choices": [item for item in in_force if item.code not in followed],
        "transcript": own,
        "frameworks": reports.for_screen(own),
        "running": [course for course in courses if course.state == "active"],
        "certificates": certificates,
        "waiting": services.completions_without_certificate().filter(learner=request.user).exists(),
    }
    return render(request, "certificates/my_path.html", context, status=status)


def _own_certificates(person: User):
    return (
        Certificate.objects.filter(recipient=person, superseded_by=None)
        .select_related("revocation")
        .defer("competency_minutes", "details")
    )


@require_POST
def cycle(request: SignedInRequest) -> HttpResponse:
    """Save the day on which the person's certification expires."""
    code = request.POST.get("requirement_set", "")
    form = CycleForm(request.POST, auto_id=f"id_{code}_%s")
    if form.is_valid():
        try:
            standing.set_expiry(
                request.user, code, expires_on=form.cleaned_data["expires_on"], today=timezone.localdate()
            )
        except CurriculumError as error:
            form.add_error("expires_on", str(error))
        else:
            messages.success(request, _("We count to this day now."))
            return redirect("certificates:my_path")
    return _my_path(request, form=form, form_of=code, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
def follow(request: SignedInRequest) -> HttpResponse:
    """Show where I stand by these rules, or no longer."""
    code, today = request.POST.get("requirement_set", ""), timezone.localdate()
    try:
        if request.POST.get("what") == "stop":
            curriculum.unfollow(request.user, code, on=today)
        else:
            curriculum.follow(request.user, code, on=today)
    except CurriculumError as error:
        messages.error(request, str(error))
    return redirect("certificates:my_path")


@require_GET
@never_cache
def disclosures(request: SignedInRequest) -> HttpResponse:
    """Who looked at my hours, and when."""
    looks = Disclosure.objects.filter(person=request.user).select_related("reviewer", "organization")
    page = Paginator(looks, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "certificates/disclosures.html", {"page_obj": page})


# --- Transcript ---------------------------------------------------------------------------------------------------


def _window(request: HttpRequest):
    form = WindowForm(request.GET)
    if form.is_valid():
        return form, {"since": form.cleaned_data["since"], "until": form.cleaned_data["until"]}
    return form, {"since": None, "until": None}


@require_GET
@never_cache
def transcript(request: SignedInRequest) -> HttpResponse:
    """All hours, on screen and for the printer."""
    form, window = _window(request)
    found = reports.transcript_of(request.user, **window)
    context = {
        "form": form,
        "transcript": found,
        "frameworks": reports.for_screen(found),
        "times": times_of(request.user),
        "query": request.GET.urlencode(),
    }
    return render(request, "certificates/transcript.html", context)


@require_GET
@never_cache
def transcript_csv(request: SignedInRequest) -> HttpResponse:
    """All hours as a table for a spreadsheet."""
    _form, window = _window(request)
    return _csv_of(reports.transcript_of(request.user, **window), _("my-hours.csv"))


@require_GET
@never_cache
def transcript_pdf(request: SignedInRequest) -> HttpResponse:
    """All hours as PDF."""
    _form, window = _window(request)
    content = services.transcript_pdf(
        reports.transcript_of(request.user, **window),
        language=get_language() or "en",
        paper="a4" if request.GET.get("paper") == "a4" else "letter",
    )
    return _file(content, "application/pdf", _("my-hours.pdf"))


def _csv_of(found, name: str) -> HttpResponse:
    return _file(reports.as_csv(reports.transcript_rows(found)).encode(), "text/csv; charset=utf-8", name)


def _file(content: bytes, content_type: str, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    return response


# --- One certificate ----------------------------------------------------------------------------------------------


@require_GET
@never_cache
def certificate(request: SignedInRequest, public_id) -> HttpResponse:
    """A certificate on the screen, as on paper. Only its owner's."""
    found = get_object_or_404(
        Certificate.objects.for_checking().filter(recipient=request.user),
        public_id=public_id,
    )
    facts = reports.facts_of(found)
    return render(
        request,
        "certificates/certificate.html",
        {
            "certificate": found,
            "facts": facts,
            "heading": reports.heading_of(facts.kind),
            "code": grouped(facts.code),
            "result": verification.result_of(found),
            "stones": WHOLE_BRIDGE,
        },
    )


@require_GET
@never_cache
def certificate_pdf(request: SignedInRequest, public_id) -> HttpResponse:
    """The very bytes that were issued."""
    found = get_object_or_404(Certificate.objects.filter(recipient=request.user), public_id=public_id)
    name = f"{_('certificate')}-{grouped(found.code)}.pdf"
    try:
        content = services.pdf_of(found)
    except CertificateError as error:
        messages.error(request, str(error))
        return redirect("certificates:certificate", public_id=public_id)
    return _file(content, "application/pdf", name, inline="view" in request.GET)


# --- The board's desk ---------------------------------------------------------------------------------------------


def _board_of(request: SignedInRequest) -> tuple[Organization, list[Organization]]:
    """The board at whose desk this person sits now, and all of theirs. Asked of the database each time."""
    memberships = (
        Membership.objects.filter(
            person=request.user, role=Role.BOARD_REVIEWER, organization__kind=Organization.Kind.BOARD
        )
        .current()
        .select_related("organization")
        .order_by("organization__name")
    )
    boards = [membership.organization for membership in memberships]
    if not boards:
        raise Http404
    wanted = request.GET.get("board", "")
    chosen = next((board for board in boards if str(board.pk) == wanted), None)
    if wanted and chosen is None:
        raise Http404
    return chosen or boards[0], boards


@require_GET
@never_cache
def board(request: SignedInRequest) -> HttpResponse:
    """The people who let this board see their hours."""
    chosen, boards = _board_of(request)
    order = "hours" if request.GET.get("order") == "hours" else "name"
    query = request.GET.get("q", "").strip()[:100]
    page = Paginator(reports.people_of_board(chosen, query=query, order=order), PEOPLE_A_PAGE).get_page(
        request.GET.get("page")
    )
    services.record_looks(request.user, list(page.object_list), chosen, what=Disclosure.What.LIST)
    return render(
        request,
        "certificates/board.html",
        {"board": chosen, "boards": boards, "page_obj": page, "query": query, "order": order},
    )


def _consenting(request: SignedInRequest, public_id) -> tuple[Organization, User, Consent]:
    chosen, _boards = _board_of(request)
    consent = get_object_or_404(
        Consent.objects.current().select_related("person"),
        organization=chosen,
        person__public_id=public_id,
        person__is_active=True,
    )
    return chosen, consent.person, consent


def _certificates_of(person: User):
    """Every one, the replaced ones too: a board may hold one of them in its hand."""
    return Certificate.objects.for_checking().filter(recipient=person)


@require_GET
@never_cache
def board_person(request: SignedInRequest, public_id) -> HttpResponse:
    """One person's packet: every total opens to its entries."""
    chosen, person, consent = _consenting(request, public_id)
    services.record_looks(request.user, [person], chosen, what=Disclosure.What.PERSON)
    found = reports.transcript_of(person)
    certificates = _certificates_of(person)
    return render(
        request,
        "certificates/board_person.html",
        {
            "board": chosen,
            "person": person,
            "consent": consent,
            "transcript": found,
            "frameworks": reports.for_screen(found),
            "answers": standing.requirement_reports(person, today=timezone.localdate(), authority=chosen),
            "results": [
                {
                    "certificate": each,
                    "result": result,
                    "answer": reports.answer_in_words(result),
                    "code": grouped(each.code),
                }
                for each, result in ((each, verification.result_of(each)) for each in certificates)
            ],
        },
    )


@require_GET
@never_cache
def board_packet(request: SignedInRequest, public_id) -> HttpResponse:
    """The same as a file."""
    chosen, person, _consent = _consenting(request, public_id)
    services.record_looks(request.user, [person], chosen, what=Disclosure.What.PACKET)
    found = reports.transcript_of(person)
    rows = [
        [_("Name"), person.get_full_name()],
        [_("Drawn up"), datetime.now(tz=timezone.get_current_timezone()).isoformat(timespec="minutes")],
        [],
        *reports.transcript_rows(found),
        [],
        *reports.certificate_rows((each, verification.result_of(each)) for each in _certificates_of(person)),
    ]
    return _file(reports.as_csv(rows).encode(), "text/csv; charset=utf-8", f"hours-{person.public_id}.csv")
