"""Files of items in the CMS: bring one in after a look at what it would do, write a bank out.

Rights are those on items: who may add and change them may do both, since a file holds the answers.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from quizzes import importing, item_exports, item_uploads
from quizzes.errors import ItemFileError
from quizzes.file_forms import ItemFileForm
from quizzes.models import ItemBank

SHOWN_LINES = 500


def may_exchange(user: Any) -> bool:
    """Whether this person may bring in and write out items."""
    return user.has_perms(["quizzes.add_item", "quizzes.change_item"])


class FilesDesk(WagtailAdminTemplateMixin):
    """A page of the CMS about files of items."""

    header_icon = "upload"
    request: Any

    def dispatch(self, request, *args, **kwargs):
        if not may_exchange(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class ItemFilesView(FilesDesk, FormView):
    """Take a file, and refuse it at once where it cannot be read; or choose a bank to write out."""

    page_title = gettext_lazy("Files of items")
    template_name = "quizzes/admin/item_files.html"
    form_class = ItemFileForm

    def get_initial(self):
        return {"bank": self.request.GET.get("bank"), "language": get_language()}

    def get_context_data(self, **kwargs):
        in_use = Count("items", filter=Q(items__archived_at=None))
        banks = ItemBank.objects.annotate(item_count=in_use).order_by("code")
        return super().get_context_data(banks=banks, formats=item_exports.FORMATS, **kwargs)

    def form_valid(self, form):
        data = form.cleaned_data
        content = data["file"].read()
        try:
            importing.read_file(content, format=data["format"], language=data["language"])
        except ItemFileError as error:
            form.add_error("file", importing.file_fault(error))
            return self.form_invalid(form)
        upload = item_uploads.Upload(
            file_name=data["file"].name, format=data["format"], bank=data["bank"].code, language=data["language"]
        )
        item_uploads.keep_upload(self.request.user, upload, content)
        return redirect("item_files:confirm")


class ItemFileConfirmView(FilesDesk, FormView):
    """Show what the file would do; do it when the person says so, and only if it still is what they saw."""

    page_title = gettext_lazy("What this file would do")
    template_name = "quizzes/admin/item_file_confirm.html"
    form_class: type[Form] = Form
    waiting: Any = None

    def dispatch(self, request, *args, **kwargs):
        self.waiting = item_uploads.upload_of(request.user)
        if self.waiting is None and may_exchange(request.user):
            messages.warning(request, _("There is no file that waits. Choose one."))
            return redirect("item_files:index")
        return super().dispatch(request, *args, **kwargs)

    def _run(self, *, dry_run: bool) -> importing.ImportReport:
        upload, content = self.waiting
        return importing.import_items(
            content,
            format=upload.format,
            bank=upload.bank,
            language=upload.language,
            dry_run=dry_run,
            actor=self.request.user,
        )

    def get_context_data(self, **kwargs):
        report = self._run(dry_run=True)
        # What a person has to look at comes first; of the rest, a page is enough to see what it is.
        lines = sorted(report.lines, key=lambda line: (line.action != "refused", not line.what))
        return super().get_context_data(
            report=report,
            lines=lines[:SHOWN_LINES],
            more=max(0, len(lines) - SHOWN_LINES),
            upload=self.waiting[0],
            **kwargs,
        )

    def form_valid(self, form):
        if "drop" in self.request.POST:
            item_uploads.drop_upload(self.request.user)
            messages.success(self.request, _("The file was put aside. Nothing was changed."))
            return redirect("item_files:index")
        if self._run(dry_run=True).digest != self.request.POST.get("digest"):
            messages.warning(self.request, _("The site changed in the meantime. Please look again."))
            return self.render_to_response(self.get_context_data(form=form))
        report = self._run(dry_run=False)
        item_uploads.drop_upload(self.request.user)
        messages.success(
            self.request,
            _("Imported: %(imported)d. Refused: %(refused)d.")
            % {"imported": len(report.imported), "refused": len(report.refused)},
        )
        return redirect(f"{reverse('quiz-items:index')}?bank={ItemBank.objects.get(code=report.bank).pk}")


class ItemExportView(FilesDesk, WagtailAdminTemplateMixin, View):
    """A bank as a file to download; first a line for each item that the format cannot say whole."""

    page_title = gettext_lazy("What the format has no place for")
    template_name = "quizzes/admin/item_export.html"

    def get(self, request, pk, format):
        bank = get_object_or_404(ItemBank, pk=pk)
        if format not in item_exports.TYPES:
            raise Http404
        written = item_exports.export_items(bank, format=format, language=get_language())
        if (written.changed or written.refused) and "anyway" not in request.GET:
            context = self.get_context_data(
                bank=bank, changed=written.changed[:SHOWN_LINES], refused=written.refused[:SHOWN_LINES]
            )
            return self.render_to_response(context)
        content_type, suffix = item_exports.TYPES[format]
        disposition = f'attachment; filename="{bank.code}.{suffix}"'
        return HttpResponse(written.content, content_type=content_type, headers={"Content-Disposition": disposition})


class FilesMenuItem(MenuItem):
    def is_shown(self, request):
        return may_exchange(request.user)


class ItemFilesViewSet(ViewSet):
    icon = "upload"
    menu_label = gettext_lazy("Files of items")
    menu_item_class = FilesMenuItem

    def get_urlpatterns(self):
        return [
            path("", ItemFilesView.as_view(), name="index"),
            path("confirm/", ItemFileConfirmView.as_view(), name="confirm"),
            path("export/<int:pk>/<slug:format>/", ItemExportView.as_view(), name="export"),
        ]
