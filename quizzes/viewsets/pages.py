"""What the pages of the desk share: a page about one row, rows that are kept."""

from django.db import models
from django.db.models import ProtectedError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet


class RowPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page about one row, with its place in the breadcrumb."""

    model: type[models.Model] = models.Model
    index_url_name = ""
    edit_url_name = ""
    inspect_url_name = ""
    any_permission_required = ["add", "change", "delete", "view"]

    @cached_property
    def object(self):
        return get_object_or_404(self.model, pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.model._meta.verbose_name_plural},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get_page_subtitle(self):
        return str(self.object)

    def get_context_data(self, **kwargs):
        return super().get_context_data(object=self.object, **kwargs)


class KeptDeleteView(generic.DeleteView):
    """Deletes only what nothing stands on."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError:
            messages.error(self.request, _("This is in use, so it was kept. Nothing was changed."))
            return redirect(reverse(self.edit_url_name, args=[self.object.pk]))


class KeptViewSet(ModelViewSet):
    """Rows that are never deleted, and copied (if at all) by a service."""

    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    left_out: frozenset[str] = frozenset({"delete", "usage"})

    def get_common_view_kwargs(self, **kwargs):
        kwargs = super().get_common_view_kwargs(**kwargs)
        return kwargs | {f"{name}_url_name": None for name in self.left_out if f"{name}_url_name" in kwargs}

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.left_out]

    def page(self, view_class):
        names = {f"{name}_url_name": self.get_url_name(name) for name in ("index", "inspect")}
        if "edit" not in self.left_out:
            names["edit_url_name"] = self.get_url_name("edit")
        return view_class.as_view(model=self.model, header_icon=self.icon, **names)

    @property
    def inspect_view(self):
        return self.page(self.inspect_view_class)
