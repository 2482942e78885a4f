"""Templates of certificates in the CMS: a draft beside its pictures, and versions that never change."""

from base64 import b64encode
from typing import cast

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from certificates import designs, services
from certificates.models import CertificateTemplate
from certificates.pdf.words import WORDS
from certificates.pictures import page_as_png
from certificates.services import templates
from certificates.template_forms import DesignForm
from certificates.viewsets import ActOfService, NeverView
from people.models import User

NAMES = {"short": templates.SHORT_NAME, "long": templates.LONG_NAME}


def _refuse_stranger(request: HttpRequest) -> None:
    # 404: who may not change templates has no business with a draft.
    if not request.user.has_perm(templates.RIGHT):
        raise Http404


class DesignView(ActOfService, generic.EditView):
    """The draft beside its pictures. Saving shows it; publishing makes it a version, used from now on."""

    template_name = "certificates/admin/template.html"
    submit_button_label = gettext_lazy("Save and look")
    submit_button_active_label = gettext_lazy("Saving…")
    error_message = gettext_lazy("The draft was not saved: please look at the form.")

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.can_delete = False

    def get_success_url(self):
        return reverse(self.edit_url_name, args=[self.object.pk])

    def get_success_message(self):
        return self.said

    def save_instance(self):
        template = self.form.instance
        name = self.form.cleaned_data["name"]
        if name != CertificateTemplate.objects.values_list("name", flat=True).get(pk=template.pk):
            CertificateTemplate.objects.filter(pk=template.pk).update(name=name)
        services.save_draft(template, self.form.design, logo=self.form.new_logo, actor=self.request.user)
        self.said = _("The draft is saved. Certificates follow it when you publish it.")
        if "action-publish" in self.request.POST:
            version = services.publish_template(template, actor=self.request.user)
            log(instance=template, action="certificates.publish_template", data={"version": version.number})
            self.said = _("Version %(number)d is in use now. What was issued before stays as it is.") % {
                "number": version.number
            }
        return template

    def get_context_data(self, **kwargs):
        versions = self.object.versions.select_related("published_by").annotate(count=Count("certificates"))
        newest = versions.first()
        return super().get_context_data(
            versions=versions,
            is_published=newest is not None and newest.content_sha256 == designs.hash_of(self.object.draft),
            pictures=[
                {"language": code, "name": str(label), "length": length}
                for code, label in settings.LANGUAGES
                for length in NAMES
            ],
            **kwargs,
        )


class PreviewView(View):
    """The pictures of what stands in the form, not saved; or the sentences that say what is wrong with it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        _refuse_stranger(request)
        template = get_object_or_404(CertificateTemplate.objects.select_related("issuer"), pk=pk)
        form = DesignForm(request.POST, request.FILES, instance=template)
        if not form.is_valid():
            errors = {name: [str(error) for error in found] for name, found in form.errors.items()}
            return JsonResponse({"errors": errors}, status=422)
        picture = form.new_logo.content if form.new_logo else templates.picture_of(form.design)
        drawn = {
            f"{code}-{length}": "data:image/png;base64,"
            + b64encode(
                page_as_png(templates.preview(template, form.design, language=code, name=name, picture=picture))
            ).decode()
            for code in WORDS
            for length, name in NAMES.items()
        }
        return JsonResponse({"pictures": drawn})


class DraftPictureView(View):
    """The saved draft, as a picture or as the PDF itself."""

    as_pdf = False

    def get(self, request: HttpRequest, pk: int, language: str, length: str) -> HttpResponse:
        _refuse_stranger(request)
        if language not in WORDS or length not in NAMES:
            raise Http404
        template = get_object_or_404(CertificateTemplate.objects.select_related("issuer"), pk=pk)
        design = designs.from_content(template.draft)
        content = templates.preview(
            template, design, language=language, name=NAMES[length], picture=templates.picture_of(design)
        )
        if self.as_pdf:
            return HttpResponse(content, content_type="application/pdf", headers={"Cache-Control": "no-store"})
        return HttpResponse(page_as_png(content), content_type="image/png", headers={"Cache-Control": "no-store"})


class RetireView(View):
    """Take a template out of use."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        _refuse_stranger(request)
        template = get_object_or_404(CertificateTemplate, pk=pk)
        services.retire_template(template, actor=cast("User", request.user))
        log(instance=template, action="certificates.retire_template")
        messages.success(request, _("Out of use: from now on certificates look as the house draws them."))
        return redirect(reverse("certificatetemplate:index"))


class TemplateAddView(generic.CreateView):
    """Whose, and of which kind; then it opens for drawing."""

    def get_success_url(self):
        return reverse(self.edit_url_name, args=[self.object.pk])


class TemplateViewSet(ModelViewSet):
    """How certificates look."""

    model = CertificateTemplate
    icon = "view"
    menu_label = gettext_lazy("Templates")
    add_view_class = TemplateAddView
    edit_view_class = DesignView
    delete_view_class = NeverView
    list_display = [
        "name",
        "code",
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        "issuer",
        BooleanColumn("is_in_use", label=gettext_lazy("In use")),
    ]
    list_filter = ["kind", "is_in_use"]
    search_fields = ["name", "code"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    panels = [FieldPanel("name"), FieldPanel("code"), FieldPanel("kind"), FieldPanel("issuer")]

    def get_form_class(self, for_update=False):
        return DesignForm if for_update else super().get_form_class(for_update)

    def get_edit_handler(self):
        return super().get_edit_handler()

    @cached_property
    def edit_view(self):
        return self.construct_view(
            DesignView, **self.get_edit_view_kwargs() | {"panel": None, "form_class": DesignForm}
        )

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("preview/<int:pk>/", PreviewView.as_view(), name="preview"),
            path("picture/<int:pk>/<str:language>/<str:length>/", DraftPictureView.as_view(), name="picture"),
            path("pdf/<int:pk>/<str:language>/<str:length>/", DraftPictureView.as_view(as_pdf=True), name="pdf"),
            path("retire/<int:pk>/", RetireView.as_view(), name="retire"),
        ]
