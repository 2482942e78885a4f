"""Many certificates at once, at the desk: issue what waits, and take along the files of a course."""

import tempfile
import time
import zipfile
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.log_actions import log

from certificates import papers, reports, services
from certificates.codes import grouped
from certificates.errors import CertificateError
from certificates.forms import BulkForm
from certificates.kind_forms import BulkPeriodForm

SECONDS_A_PRESS = 10.0
MOST_FILES = 500
IN_MEMORY = 20 * 1024 * 1024


def _refuse_unless(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


@require_safe
def bulk(request: HttpRequest) -> HttpResponse:
    """What waits, and a choice of what to take along."""
    _refuse_unless(request, "certificates.view_certificate")
    return _page(request, BulkForm(courses=papers.papers_to_take()))


def _page(
    request: HttpRequest,
    form: BulkForm,
    status: int = HTTPStatus.OK,
    *,
    statements: BulkPeriodForm | None = None,
    **extra: Any,
) -> HttpResponse:
    context = extra | {
        "form": form,
        "statements": statements or BulkPeriodForm(courses=papers.finished_courses()),
        "waiting": services.completions_without_certificate().count(),
        "programs": sum(1 for _each in services.complete_programs()),
        "may_issue": request.user.has_perm("certificates.revoke_certificate"),
        "most": MOST_FILES,
    }
    return render(request, "certificates/admin/bulk.html", context, status=status)


@require_POST
def bulk_issue(request: HttpRequest) -> HttpResponse:
    """Issue what waits, for some seconds, and say how far it came: the next press goes on."""
    _refuse_unless(request, "certificates.revoke_certificate")
    began, issued, tried = time.monotonic(), 0, 0
    waiting = list(services.completions_without_certificate().values_list("pk", flat=True))
    for completion_id in waiting:
        if time.monotonic() - began > SECONDS_A_PRESS:
            break
        tried += 1
        issued += services.issue_if_ready(completion_id) is not None
    complete = list(services.complete_programs()) if tried == len(waiting) else []
    for program, person in complete:
        if time.monotonic() - began > SECONDS_A_PRESS:
            break
        tried += 1
        issued += services.issue_program_if_ready(program, person) is not None
    said = ngettext("%(count)d certificate was issued.", "%(count)d certificates were issued.", issued) % {
        "count": issued
    }
    if tried > issued:
        said += " " + _("%(count)d wait for something: mostly for the person's name.") % {"count": tried - issued}
    if left := len(waiting) + len(complete) - tried:
        said += " " + _("%(count)d are left: press again to go on.") % {"count": left}
    messages.success(request, said)
    return redirect("certificates_bulk")


@require_POST
def bulk_statements(request: HttpRequest) -> HttpResponse:
    """Statements of the same days for everybody who finished a course, for some seconds; the next press goes on."""
    _refuse_unless(request, "certificates.revoke_certificate")
    download = BulkForm(courses=papers.papers_to_take())
    form = BulkPeriodForm(request.POST, courses=papers.finished_courses())
    if not form.is_valid():
        return _page(request, download, HTTPStatus.UNPROCESSABLE_ENTITY, statements=form)
    began, data = time.monotonic(), form.cleaned_data
    people = list(papers.people_of_course(data["course"], after=data["after"] or 0))
    before = papers.people_of_course(data["course"]).count() - len(people)
    done, without = 0, []
    for person in people:
        if time.monotonic() - began > SECONDS_A_PRESS:
            break
        try:
            statement = services.issue_period(person, since=data["since"], until=data["until"])
        except CertificateError as error:
            without.append((person, str(error)))
        else:
            log(instance=statement, action="certificates.issue_statement")
        done += 1
    progress = {
        "done": before + done,
        "all": before + len(people),
        "issued": done - len(without),
        "without": without,
    }
    if done < len(people):
        values = request.POST.dict() | {"after": people[done - 1].pk if done else data["after"] or 0}
        form = BulkPeriodForm(initial=values, courses=papers.finished_courses())
    else:
        form = BulkPeriodForm(courses=papers.finished_courses())
    return _page(request, download, statements=form, progress=progress)


@require_POST
def bulk_download(request: HttpRequest) -> HttpResponse | FileResponse:
    """The files of a course as one archive: those that stand, the newest of each line. Each is noted in the log."""
    _refuse_unless(request, "certificates.view_certificate")
    form = BulkForm(request.POST, courses=papers.papers_to_take())
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    found = list(papers.certificates_of_course(**form.cleaned_data)[: MOST_FILES + 1])
    if not found or len(found) > MOST_FILES:
        form.add_error(
            None,
            _("More than %(most)d certificates fit. Please choose fewer days.") % {"most": MOST_FILES}
            if found
            else _("No certificate fits."),
        )
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    lost = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:  # PDFs are packed already
        for certificate in found:
            try:
                packed.writestr(f"{grouped(certificate.code)}.pdf", services.pdf_of(certificate))
            except CertificateError:
                lost.append(grouped(certificate.code))
            else:
                log(instance=certificate, action="certificates.download")
        rows = papers.certificates_as_rows(found)
        packed.writestr(_("certificates.csv"), reports.as_csv(rows))
        if lost:
            packed.writestr(_("missing.txt"), "\n".join(lost))
    archive.seek(0)
    return FileResponse(archive, as_attachment=True, filename=_("certificates.zip"), content_type="application/zip")
