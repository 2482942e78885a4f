"""The register in the CMS: approvals, sponsorships, waivers. Drafted, looked at, published, ended, by services."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy

from curriculum import register
from curriculum.approval_forms import ApprovalForm, EntryForm, WaiverForm
from curriculum.approval_views import (
    EndView,
    EntryDeed,
    ExportView,
    ImportView,
    PublishAllView,
    PublishView,
    VoidView,
    WithdrawView,
)
from curriculum.errors import CurriculumError
from curriculum.models import ProviderApproval, RegisterEntry, Sponsorship, Waiver
from people.spreadsheets import SafeExport


class RegisterPolicy(ModelPermissionPolicy):
    """Rights by model. Who may change drafts may throw them away; what was published nobody edits or deletes."""

    def user_has_permission(self, user, action):
        return super().user_has_permission(user, "change" if action == "delete" else action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user, action, instance):
        if action in {"change", "delete"} and not instance.is_draft:
            return False
        return self.user_has_permission(user, action)


def day_in_words(day):
    return date_format(day, "DATE_FORMAT") if day else "–"


# --- Lists --------------------------------------------------------------------------------------------------------


class RegisterFilterSet(WagtailFilterSet):
    """By state, and by a day."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=RegisterEntry.State.choices, method="in_state"
    )
    on = django_filters.DateFilter(label=gettext_lazy("In force on"), method="in_force", widget=AdminDateInput)

    def in_state(self, queryset, name, value):
        if value == RegisterEntry.State.DRAFT:
            return queryset.drafts()
        return queryset.in_effect() if value == RegisterEntry.State.PUBLISHED else queryset.exclude(voided_at=None)

    def in_force(self, queryset, name, value):
        return queryset.in_effect().on(value)


class ApprovalFilterSet(RegisterFilterSet):
    class Meta:
        model = ProviderApproval
        fields = ["authority", "status"]


class SponsorshipFilterSet(RegisterFilterSet):
    class Meta:
        model = Sponsorship
        fields: list[str] = []


class WaiverFilterSet(RegisterFilterSet):
    class Meta:
        model = Waiver
        fields = ["requirement__requirement_set"]


class RegisterIndexView(SafeExport, generic.IndexView):
    """Entries of every state; what is published opens to be read."""

    related: tuple[str, ...] = ()

    def get_base_queryset(self):
        return super().get_base_queryset().select_related(*self.related)

    def get_edit_url(self, instance):
        return super().get_edit_url(instance) if instance.is_draft else None

    def get_delete_url(self, instance):
        return super().get_delete_url(instance) if instance.is_draft else None


class ApprovalIndexView(RegisterIndexView):
    related = ("authority",)

    @cached_property
    def header_more_buttons(self):
        found = [*super().header_more_buttons]
        found.append(Button(_("Export as CSV"), url=reverse("providerapproval:csv"), icon_name="download", priority=50))
        if self.user_has_permission("change"):
            found += [
                Button(_("Import a file"), url=reverse("providerapproval:import"), icon_name="upload", priority=60),
                Button(
                    _("Publish all drafts"), url=reverse("providerapproval:publish_all"), icon_name="view", priority=70
                ),
            ]
        return found


class WaiverIndexView(RegisterIndexView):
    related = ("requirement__requirement_set",)


# --- Drafts -------------------------------------------------------------------------------------------------------


class RecordMixin:
    """Writes a draft through the service; a refusal becomes a sentence on the form."""

    form: Any
    request: Any

    def save_instance(self):
        return register.record(self.form.instance, actor=self.request.user)

    def form_valid(self, form):
        self.form = form
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except CurriculumError as error:
            form.add_error(None, str(error))
            self.produced_error_code = "validation_error"
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]


class EntryAddView(RecordMixin, generic.CreateView):
    """A draft; it opens to be looked at and published."""

    success_message = gettext_lazy("The draft is written: %(object)s. It counts when it is published.")

    def get_success_url(self):
        return reverse(f"{self.model._meta.model_name}:inspect", args=[self.form.instance.pk])


class PublishedIsKeptMixin(PermissionCheckedMixin):
    """What is published is shown instead of edited or deleted, with a sentence that says what to do."""

    model: Any
    inspect_url_name: Any = None
    kwargs: dict[str, Any]

    def dispatch(self, request, *args, **kwargs):
        entry = get_object_or_404(self.model, pk=self.kwargs["pk"])
        if self.user_has_permission(self.permission_required) and not entry.is_draft:
            messages.warning(
                request, _("This was published, so it stays as it is. End it, or void it and write a new one.")
            )
            return redirect(self.inspect_url_name, entry.pk)
        return super().dispatch(request, *args, **kwargs)


class EntryEditView(PublishedIsKeptMixin, RecordMixin, generic.EditView):
    pass


class EntryDeleteView(PublishedIsKeptMixin, generic.DeleteView):
    def delete_action(self):
        register.discard(self.object, actor=self.request.user)


class EntryInspectView(generic.InspectView):
    """One entry, and what can be done with it."""

    def get_field_display_value(self, field_name, field):
        value = getattr(self.object, field_name)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return "–" if value in (None, "") else super().get_field_display_value(field_name, field)

    def get_edit_url(self):
        return super().get_edit_url() if self.object.is_draft else None

    def get_delete_url(self):
        return super().get_delete_url() if self.object.is_draft else None

    @cached_property
    def header_more_buttons(self):
        return [*super().header_more_buttons, *self._deeds()]

    def _deeds(self):
        if not self.user_has_permission("change"):
            return []
        name = self.model._meta.model_name
        deeds = []
        if self.object.is_draft:
            deeds.append(("publish", _("Preview the change"), "view"))
        elif self.object.counts:
            deeds.append(("end", _("End it"), "date"))
            if isinstance(self.object, ProviderApproval):
                deeds.append(("withdraw", _("The authority withdrew it"), "cross"))
            deeds.append(("void", _("It was a mistake"), "bin"))
        return [
            Button(label, url=reverse(f"{name}:{deed}", args=[self.object.pk]), icon_name=icon, priority=40 + number)
            for number, (deed, label, icon) in enumerate(deeds)
        ]


# --- Viewsets -----------------------------------------------------------------------------------------------------

STATE = Column("state", label=gettext_lazy("State"), accessor=lambda entry: entry.state_name)
# The days themselves, not how long ago they were: rules turn on the day.
FIRST = Column(
    "first_on",
    label=gettext_lazy("First day"),
    sort_key="first_on",
    accessor=lambda entry: day_in_words(entry.first_on),
)
LAST = Column(
    "last_on", label=gettext_lazy("Last day"), sort_key="last_on", accessor=lambda entry: day_in_words(entry.last_on)
)
PUBLICATION = ["published_at", "published_by", "voided_at", "voided_by", "void_reason"]


class RegisterViewSet(ModelViewSet):
    """What the three kinds share."""

    add_view_class = EntryAddView
    edit_view_class = EntryEditView
    delete_view_class = EntryDeleteView
    inspect_view_class = EntryInspectView
    index_view_class = RegisterIndexView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    deeds: dict[str, type[EntryDeed]] = {"publish": PublishView, "end": EndView, "void": VoidView}

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            *(path(f"{name}/<int:pk>/", self.construct_view(view), name=name) for name, view in self.deeds.items()),
        ]


class ApprovalViewSet(RegisterViewSet):
    model = ProviderApproval
    icon = "success"
    menu_label = gettext_lazy("Approvals")
    menu_order = 100
    index_view_class = ApprovalIndexView
    filterset_class = ApprovalFilterSet
    deeds = {**RegisterViewSet.deeds, "withdraw": WithdrawView}
    list_display = ["provider", "activity", "authority", Column("get_status_display", label=gettext_lazy("Status"),
                    sort_key="status"), FIRST, LAST, STATE]  # fmt: skip
    search_fields = ["provider", "activity", "number", "note"]
    inspect_view_fields = [
        "authority", "provider", "activity", "status", "allows_ce", "first_on", "last_on", "approved_minutes", "number",
        "source_url", "note", *PUBLICATION,
    ]  # fmt: skip
    edit_handler = ObjectList(
        [
            FieldPanel("authority"),
            FieldRowPanel([FieldPanel("provider"), FieldPanel("activity")]),
            FieldRowPanel([FieldPanel("status"), FieldPanel("allows_ce")]),
            FieldRowPanel([FieldPanel("first_on"), FieldPanel("last_on")]),
            FieldRowPanel([FieldPanel("number"), FieldPanel("approved_minutes")]),
            FieldPanel("source_url"),
            FieldPanel("note"),
        ],
        base_form_class=ApprovalForm,
    )

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("import/", self.construct_view(ImportView), name="import"),
            path("csv/", self.construct_view(ExportView), name="csv"),
            path("publish-all/", self.construct_view(PublishAllView), name="publish_all"),
        ]


class SponsorshipViewSet(RegisterViewSet):
    model = Sponsorship
    icon = "group"
    menu_label = gettext_lazy("Sponsorships")
    menu_order = 200
    filterset_class = SponsorshipFilterSet
    list_display = ["sponsor", "provider", "activity", FIRST, LAST, STATE]
    list_export = ["sponsor", "provider", "activity", "first_on", "last_on", "state_name", "source_url", "note"]
    search_fields = ["sponsor", "provider", "activity", "note"]
    inspect_view_fields = [
        "sponsor", "provider", "activity", "first_on", "last_on", "source_url", "note", *PUBLICATION,
    ]  # fmt: skip
    edit_handler = ObjectList(
        [
            FieldPanel("sponsor"),
            FieldRowPanel([FieldPanel("provider"), FieldPanel("activity")]),
            FieldRowPanel([FieldPanel("first_on"), FieldPanel("last_on")]),
            FieldPanel("source_url"),
            FieldPanel("note"),
        ],
        base_form_class=EntryForm,
    )


class WaiverViewSet(RegisterViewSet):
    model = Waiver
    icon = "calendar-check"
    menu_label = gettext_lazy("Waivers")
    menu_order = 300
    index_view_class = WaiverIndexView
    filterset_class = WaiverFilterSet
    list_display = [
        "requirement",
        Column(
            "set", label=gettext_lazy("Requirement set"), accessor=lambda waiver: waiver.requirement.requirement_set
        ),
        FIRST,
        LAST,
        STATE,
        "reason",
    ]
    list_export = [
        "requirement.requirement_set.code", "requirement.requirement_set.version", "requirement.code", "first_on",
        "last_on", "state_name", "reason", "source_url",
    ]  # fmt: skip
    search_fields = ["reason", "requirement__code", "requirement__requirement_set__code"]
    inspect_view_fields = ["requirement", "first_on", "last_on", "reason", "source_url", *PUBLICATION]
    edit_handler = ObjectList(
        [
            FieldPanel("requirement"),
            FieldRowPanel([FieldPanel("first_on"), FieldPanel("last_on")]),
            FieldPanel("reason"),
            FieldPanel("source_url"),
        ],
        base_form_class=WaiverForm,
    )


class RegisterViewSetGroup(ModelViewSetGroup):
    """One entry of the menu."""

    menu_label = gettext_lazy("Approvals and waivers")
    menu_icon = "success"
    menu_order = 260
    items = (ApprovalViewSet, SponsorshipViewSet, WaiverViewSet)
