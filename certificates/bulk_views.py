"""Many certificates at once, at the desk: issue what waits, and take along the files of a course."""

import tempfile
import time
import zipfile
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.log_actions import log

from certificates import reports, services
from certificates.codes import grouped
from certificates.errors import CertificateError
from certificates.forms import BulkForm

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
    return _page(request, BulkForm(courses=reports.courses_with_certificates()))


def _page(request: HttpRequest, form: BulkForm, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {
        "form": form,
        "waiting": services.completions_without_certificate().count(),
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
    said = ngettext("%(count)d certificate was issued.", "%(count)d certificates were issued.", issued) % {
        "count": issued
    }
    if tried > issued:
        said += " " + _("%(count)d wait for something: mostly for the person's name.") % {"count": tried - issued}
    if tried < len(waiting):
        said += " " + _("%(count)d are left: press again to go on.") % {"count": len(waiting) - tried}
    messages.success(request, said)
    return redirect("certificates_bulk")


@require_POST
def bulk_download(request: HttpRequest) -> HttpResponse | FileResponse:
    """The files of a course as one archive: those that stand, the newest of each line. Each is noted in the log."""
    _refuse_unless(request, "certificates.view_certificate")
    form = BulkForm(request.POST, courses=reports.courses_with_certificates())
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    found = list(reports.certificates_of_course(**form.cleaned_data)[: MOST_FILES + 1])
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
        rows = reports.certificates_as_rows(found)
        packed.writestr(_("certificates.csv"), reports.as_csv(rows))
        if lost:
            packed.writestr(_("missing.txt"), "\n".join(lost))
    archive.seek(0)
    return FileResponse(archive, as_attachment=True, filename=_("certificates.zip"), content_type="application/zip")
