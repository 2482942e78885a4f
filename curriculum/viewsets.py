"""Reference data in the CMS: frameworks, competencies, credentials, requirement sets. Writing with consequences goes
through the services; nothing that may be cited is deleted here.
"""

from typing import Any

from django.forms import Form
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy

from curriculum import framework_views, services
from curriculum.errors import CurriculumError
from curriculum.exporting import branches
from curriculum.forms import ConfirmForm, NewVersionForm, RequirementSetForm
from curriculum.models import Competency, CompetencyFramework, Credential, RequirementSet
from curriculum.panels import KindsPanel


class KeptPolicy(ModelPermissionPolicy):
    """Rights by model, but nobody deletes, not even an operator: what may be cited is archived."""

    def user_has_permission(self, user, action):
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return super().user_has_any_permission(user, set(actions) - {"delete"})


class RulesPolicy(ModelPermissionPolicy):
    """Rights by model; rules that are in force, or were, are neither changed nor deleted by anybody."""

    def user_has_permission_for_instance(self, user, action, instance):
        if action in {"change", "delete"} and instance.has_started(timezone.localdate()):
            return False
        return super().user_has_permission_for_instance(user, action, instance)


# --- One small deed on one row, asked once ------------------------------------------------------------------------


class DeedView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Asks "do you mean it?" in words, does it through a service, says what was done."""

    model: Any = None
    object: Any
    index_url_name: Any = None
    inspect_url_name: Any = None
    permission_required = "change"
    template_name = "curriculum/admin/deed.html"
    form_class: type[Form] = ConfirmForm
    question: Any = ""
    submit_label: Any = ""
    request: Any

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.model, pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return str(self.object)

    def get_breadcrumbs_items(self):
        inspect = reverse(self.inspect_url_name, args=[self.object.pk])
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.model._meta.verbose_name_plural.capitalize()},
            {"url": inspect, "label": str(self.object)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs):
        back = reverse(self.inspect_url_name, args=[self.object.pk])
        return super().get_context_data(question=self.question, submit_label=self.submit_label, back_url=back, **kwargs)

    def do(self, form) -> str:
        """Do it; return the sentence that says so."""
        raise NotImplementedError

    def get_success_url(self):
        return reverse(self.inspect_url_name, args=[self.object.pk])

    def form_valid(self, form):
        try:
            messages.success(self.request, self.do(form))
        except CurriculumError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return super().form_valid(form)


# --- Frameworks ---------------------------------------------------------------------------------------------------


class FrameworkIndexView(generic.IndexView):
    @cached_property
    def header_buttons(self):
        buttons = list(super().header_buttons)
        if self.user_has_permission("change"):
            url = reverse("competencyframework:import")
            buttons.append(HeaderButton(_("Bring in a file"), url=url, icon_name="upload"))
        return buttons

    @cached_property
    def header_more_buttons(self):
        url = reverse("competencyframework:crosswalks")
        return [*super().header_more_buttons, Button(_("Crosswalks"), url=url, icon_name="link", priority=50)]


class FrameworkInspectView(generic.InspectView):
    """The framework with its tree of competencies."""

    @cached_property
    def header_more_buttons(self):
        names = {"case": _("Download as CASE (JSON)"), "csv": _("Download as a table (CSV)")}
        return [
            *super().header_more_buttons,
            *(
                Button(
                    label,
                    url=reverse("competencyframework:export", args=[self.object.pk, format]),
                    icon_name="download",
                    priority=50,
                )
                for format, label in names.items()
            ),
            Button(_("Crosswalks"), url=reverse("competencyframework:crosswalks"), icon_name="link", priority=60),
        ]

    def get_context_data(self, **kwargs):
        competencies = Competency.objects.filter(framework=self.object).order_by("sort_order", "code")
        return super().get_context_data(tree=branches(competencies), **kwargs)


class FrameworkViewSet(ModelViewSet):
    model = CompetencyFramework
    index_view_class = FrameworkIndexView
    inspect_view_class = FrameworkInspectView
    inspect_template_name = "curriculum/admin/framework_inspect.html"
    icon = "list-ul"
    menu_label = gettext_lazy("Frameworks")
    menu_order = 100
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = [
        "code", "name", "publisher", "version", "source_url", "verification", "notice", "identifier", "changed_at",
    ]  # fmt: skip
    list_display = [
        "code",
        "name",
        "publisher",
        "version",
        Column("get_verification_display", label=gettext_lazy("Mark")),
    ]
    list_filter = ["verification"]
    search_fields = ["code", "name", "publisher"]
    search_backend_name = None
    panels = [
        FieldPanel("code"),
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("publisher"), FieldPanel("version")]),
        FieldPanel("source_url"),
        FieldPanel("verification"),
        FieldPanel("notice"),
    ]

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("import/", self.construct_view(framework_views.ImportView), name="import"),
            path("import/confirm/", self.construct_view(framework_views.ImportConfirmView), name="import_confirm"),
            path("export/<int:pk>/<str:format>/", self.construct_view(framework_views.ExportView), name="export"),
            path("crosswalks/", self.construct_view(framework_views.CrosswalkIndexView), name="crosswalks"),
            path(
                "crosswalks/<int:left>/<int:right>/",
                self.construct_view(framework_views.CrosswalkView),
                name="crosswalk",
            ),
            path(
                "crosswalks/links/<int:pk>/<str:deed>/",
                self.construct_view(framework_views.LinkDeedView),
                name="link_deed",
            ),
        ]


# --- Competencies -------------------------------------------------------------------------------------------------


class ArchivedFilterSet(WagtailFilterSet):
    """Those in use, unless somebody asks for the archived ones."""

    class Meta:
        model = Competency
        fields = {"framework": ["exact"], "verification": ["exact"], "archived_at": ["isnull"]}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        archived = self.filters["archived_at__isnull"]
        archived.label = _("In use")


def _archive_buttons(view, instance, button_class, **kwargs):
    if not view.user_has_permission("change"):
        return []
    name, label, icon = (
        ("restore", _("Restore"), "undo") if instance.is_archived else ("archive", _("Archive"), "folder-inverse")
    )
    return [button_class(label, url=reverse(f"competency:{name}", args=[instance.pk]), icon_name=icon, priority=40)]


class CompetencyIndexView(generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("framework")

    def get_list_more_buttons(self, instance):
        return [*super().get_list_more_buttons(instance), *_archive_buttons(self, instance, MenuItem)]


class CompetencyInspectView(generic.InspectView):
    @cached_property
    def header_more_buttons(self):
        return [*super().header_more_buttons, *_archive_buttons(self, self.object, Button)]


class ArchiveView(DeedView):
    page_title = gettext_lazy("Archive")
    question = gettext_lazy(
        "Courses can no longer choose an archived competency. Hours and certificates that name it stay as they are. "
        "You can restore it at any time."
    )
    submit_label = gettext_lazy("Yes, archive it")

    def do(self, form):
        services.archive_competency(self.object, actor=self.request.user)
        return _("“%(name)s” is archived.") % {"name": self.object}


class RestoreView(DeedView):
    page_title = gettext_lazy("Restore")
    question = gettext_lazy("Courses can choose this competency again.")
    submit_label = gettext_lazy("Yes, restore it")

    def do(self, form):
        services.restore_competency(self.object, actor=self.request.user)
        return _("“%(name)s” is in use again.") % {"name": self.object}


class CompetencyViewSet(ModelViewSet):
    model = Competency
    icon = "tag"
    menu_label = gettext_lazy("Competencies")
    menu_order = 200
    copy_view_enabled = False
    index_view_class = CompetencyIndexView
    inspect_view_class = CompetencyInspectView
    inspect_view_enabled = True
    inspect_view_fields = [
        "framework", "code", "parent", "name", "statement", "description", "verification", "source_url", "archived_at",
        "identifier", "changed_at",
    ]  # fmt: skip
    list_display = [
        "code",
        "name",
        "framework",
        Column("get_verification_display", label=gettext_lazy("Mark")),
        DateColumn("archived_at", label=gettext_lazy("Archived")),
    ]
    filterset_class = ArchivedFilterSet
    search_fields = ["code", "name", "description"]
    search_backend_name = None
    ordering = ["framework__code", "sort_order", "code"]
    panels = [
        FieldRowPanel([FieldPanel("framework"), FieldPanel("code")]),
        FieldPanel("parent"),
        FieldPanel("name"),
        FieldPanel("statement"),
        FieldPanel("description"),
        FieldPanel("verification"),
        FieldPanel("source_url"),
    ]

    @property
    def archive_view(self):
        return self.construct_view(ArchiveView)

    @property
    def restore_view(self):
        return self.construct_view(RestoreView)

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("archive/<int:pk>/", self.archive_view, name="archive"),
            path("restore/<int:pk>/", self.restore_view, name="restore"),
        ]


# --- Credentials --------------------------------------------------------------------------------------------------


class CredentialIndexView(generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("authority", "framework")


class CredentialViewSet(ModelViewSet):
    model = Credential
    icon = "success"
    menu_label = gettext_lazy("Credentials")
    menu_order = 300
    copy_view_enabled = False
    index_view_class = CredentialIndexView
    inspect_view_enabled = True
    list_display = ["code", "name", "authority", "framework"]
    list_filter = ["authority", "framework"]
    search_fields = ["code", "name", "authority__name"]
    search_backend_name = None
    panels = [
        FieldPanel("code"),
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("authority"), FieldPanel("framework")]),
        MultiFieldPanel(
            [
                FieldPanel("cycle_months"),
                FieldRowPanel(
                    [
                        FieldPanel("fixed_expiry_month"),
                        FieldPanel("fixed_expiry_day"),
                        FieldPanel("fixed_expiry_years"),
                    ]
                ),
            ],
            heading=gettext_lazy("When it expires"),
        ),
    ]


# --- Requirement sets ---------------------------------------------------------------------------------------------


class RequirementSetIndexView(generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("credential")

    def get_list_more_buttons(self, instance):
        return [*super().get_list_more_buttons(instance), *_version_buttons(self, instance, MenuItem)]


def _version_buttons(view, instance, button_class):
    if not view.user_has_permission("add"):
        return []
    url = reverse("requirementset:new_version", args=[instance.pk])
    buttons = [button_class(_("Copy as a new version"), url=url, icon_name="copy", priority=40)]
    if not instance.has_started(timezone.localdate()):
        url = reverse("curriculum_preview_version", args=[instance.pk])
        buttons.append(button_class(_("Preview the change"), url=url, icon_name="view", priority=50))
    return buttons


class RequirementSetInspectView(generic.InspectView):
    template_name = "curriculum/admin/requirement_set_inspect.html"

    def get_edit_url(self):
        return super().get_edit_url() if self.user_has_permission_for_instance("change", self.object) else None

    def get_delete_url(self):
        return super().get_delete_url() if self.user_has_permission_for_instance("delete", self.object) else None

    @cached_property
    def header_more_buttons(self):
        return [*super().header_more_buttons, *_version_buttons(self, self.object, Button)]

    def get_field_display_value(self, field_name, field):
        value = super().get_field_display_value(field_name, field)
        return "–" if value is None else value

    def get_context_data(self, **kwargs):
        return super().get_context_data(rules=services.rules_in_words(self.object), **kwargs)


class RefuseRulesInForceMixin(PermissionCheckedMixin):
    """Rules in force are shown instead of edited or deleted, with a sentence that says what to do."""

    inspect_url_name: Any = None
    kwargs: dict[str, Any]

    def dispatch(self, request, *args, **kwargs):
        requirement_set = get_object_or_404(RequirementSet, pk=self.kwargs["pk"])
        if self.user_has_permission(self.permission_required) and requirement_set.has_started(timezone.localdate()):
            messages.warning(
                request, _("These rules are in force, so they stay as they are. Copy them as a new version.")
            )
            return redirect(self.inspect_url_name, requirement_set.pk)
        return super().dispatch(request, *args, **kwargs)


class RequirementSetEditView(RefuseRulesInForceMixin, generic.EditView):
    pass


class RequirementSetDeleteView(RefuseRulesInForceMixin, generic.DeleteView):
    pass


class NewVersionView(DeedView):
    page_title = gettext_lazy("Copy as a new version")
    permission_required = "add"
    form_class = NewVersionForm
    question = gettext_lazy(
        "The copy can be edited until the day it comes into force. The present rules stay as they are."
    )
    submit_label = gettext_lazy("Copy")
    edit_url_name: Any = None

    def do(self, form):
        self.object = services.open_new_version(
            self.object, effective_from=form.cleaned_data["effective_from"], actor=self.request.user
        )
        return _("Version %(version)s is ready to edit.") % {"version": self.object.version}

    def get_success_url(self):
        return reverse(self.edit_url_name, args=[self.object.pk])


class RequirementSetViewSet(ModelViewSet):
    model = RequirementSet
    icon = "clipboard-list"
    menu_label = gettext_lazy("Requirement sets")
    menu_order = 400
    copy_view_enabled = False
    index_view_class = RequirementSetIndexView
    edit_view_class = RequirementSetEditView
    delete_view_class = RequirementSetDeleteView
    inspect_view_class = RequirementSetInspectView
    inspect_view_enabled = True
    inspect_view_fields = [
        "code", "version", "name", "credential", "purpose", "effective_from", "effective_to", "minutes_per_hour",
    ]  # fmt: skip
    inspect_template_name = "curriculum/admin/requirement_set_inspect.html"
    list_display = ["code", "version", "name", "credential", "effective_from", "effective_to"]
    list_filter = ["credential", "purpose"]
    search_fields = ["code", "name", "credential__name"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("credential"), FieldPanel("purpose")]),
            FieldRowPanel([FieldPanel("code"), FieldPanel("version")]),
            FieldPanel("name"),
            FieldRowPanel([FieldPanel("effective_from"), FieldPanel("effective_to"), FieldPanel("minutes_per_hour")]),
            FieldPanel("binding"),
            FieldPanel("notice"),
            KindsPanel(heading=gettext_lazy("Kinds of rules and their figures")),
            InlinePanel(
                "requirements",
                heading=gettext_lazy("Requirements"),
                label=gettext_lazy("Requirement"),
                panels=[
                    FieldRowPanel([FieldPanel("code"), FieldPanel("kind"), FieldPanel("part_of")]),
                    FieldPanel(
                        "parameters",
                        help_text=gettext_lazy(
                            "Names with values, such as {“minutes”: 900, “window_months”: 24}. Minutes are whole. "
                            "Which ones a kind takes: see “Kinds of rules and their figures” above."
                        ),
                    ),
                    FieldPanel("text"),
                    FieldRowPanel(
                        [FieldPanel("source_url"), FieldPanel("source_citation"), FieldPanel("verification")]
                    ),
                    FieldRowPanel([FieldPanel("waived_from"), FieldPanel("waived_to")]),
                ],
            ),
        ],
        base_form_class=RequirementSetForm,
    )

    @property
    def new_version_view(self):
        return self.construct_view(NewVersionView)

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("new-version/<int:pk>/", self.new_version_view, name="new_version")]


class CurriculumViewSetGroup(ModelViewSetGroup):
    menu_label = gettext_lazy("Curriculum")
    menu_icon = "clipboard-list"
    menu_order = 250
    items = (FrameworkViewSet, CompetencyViewSet, CredentialViewSet, RequirementSetViewSet)
