"""The desk of those who write quizzes: banks, items, quizzes with their results; attempts to read, and to void."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, ProtectedError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.chooser import (
    BaseChooseView,
    ChooseResultsView,
    ChooseView,
    ChosenMultipleView,
    ChosenView,
)
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from quizzes import reports, services
from quizzes.errors import QuizError
from quizzes.forms import CopyItemForm, ItemFilterForm, ItemForm, QuizForm, VoidForm
from quizzes.kinds import points_in_words
from quizzes.models import Attempt, Item, ItemBank, ItemMedia, Quiz
from quizzes.views import send_file

LANGUAGE_NAMES = dict(settings.LANGUAGES)


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


# --- Banks ---------------------------------------------------------------------------------------------------------


class ItemBankIndexView(generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().annotate(item_count=Count("items"))


class ItemBankViewSet(ModelViewSet):
    model = ItemBank
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Banks")
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = ItemBankIndexView
    delete_view_class = KeptDeleteView
    list_display = ["__str__", "code", Column("item_count", label=gettext_lazy("Items"))]
    search_fields = ["code", "name__en", "name__es"]
    search_backend_name = None
    panels = [FieldPanel("name"), FieldPanel("code")]


# --- Items ---------------------------------------------------------------------------------------------------------


def language_state(item: Item) -> str:
    missing = [LANGUAGE_NAMES[code] for code in reports.languages_missing(item)]
    return _("Not finished in %(languages)s") % {"languages": ", ".join(missing)} if missing else _("All languages")


def warn_of_languages(request, item: Item) -> Item:
    """Say so where the item that was just saved is not written in every language yet."""
    if reports.languages_missing(item):
        messages.warning(
            request,
            _("%(state)s. Learners who read it there see the other language instead.")
            % {"state": language_state(item)},
        )
    return item


class ItemFormPage(RowPage):
    """The form of an item, for the kind that it has or is to get."""

    template_name = "quizzes/admin/item_form.html"
    kind = ""

    def form_of(self, *args, **kwargs):
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        return self.render_to_response(self.get_context_data(form=self.form_of()))

    def post(self, request, *args, **kwargs):
        form = self.form_of(request.POST, request.FILES)
        if not form.is_valid():
            messages.error(request, _("The item could not be saved. Please look at what is marked below."))
            return self.render_to_response(self.get_context_data(form=form))
        chosen = form.cleaned_data
        try:
            item = services.write_item(
                form.draft_spec,
                bank=chosen["bank"],
                item=form.item,
                files=form.draft_files,
                competency=chosen["competency"],
                review_state=chosen["review_state"],
            )
        except QuizError as error:
            form.add_error(None, str(error))
            return self.render_to_response(self.get_context_data(form=form))
        messages.success(request, _("The item is saved. Past answers keep the words that they were given to."))
        warn_of_languages(request, item)
        for twin in reports.twins_of(item)[:3]:
            messages.warning(request, _("Item %(code)s asks the same.") % {"code": twin.code})
        return redirect(reverse(self.inspect_url_name, args=[item.pk]))


class ItemAddView(ItemFormPage):
    """First the kind, then the form."""

    page_title = gettext_lazy("New item")
    permission_required = "add"
    object = None

    def get_page_subtitle(self):
        return Item.Kind(self.request.GET["kind"]).label if self.request.GET.get("kind") in Item.Kind.values else ""

    def form_of(self, *args, **kwargs):
        return ItemForm(*args, kind=self.request.GET["kind"], **kwargs)

    def dispatch(self, request, *args, **kwargs):
        if request.GET.get("kind") not in Item.Kind.values:
            self.http_method_names = ["get", "head"]
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        if request.GET.get("kind") in Item.Kind.values:
            return super().get(request, *args, **kwargs)
        return self.render_to_response(self.get_context_data(kinds=Item.Kind.choices))


class ItemEditView(ItemFormPage):
    page_title = gettext_lazy("Edit the item")
    permission_required = "change"

    def form_of(self, *args, **kwargs):
        return ItemForm(*args, kind=self.object.kind, item=self.object, **kwargs)


class ItemIndexView(generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("bank").annotate(quiz_count=Count("quiz_items"))


class ItemInspectView(RowPage):
    """How a learner sees the item, and where it is used."""

    template_name = "quizzes/admin/item.html"
    page_title = gettext_lazy("Look at the item")

    def get_context_data(self, **kwargs):
        missing = reports.languages_missing(self.object)
        return super().get_context_data(
            quizzes=reports.quizzes_with(self.object),
            languages=settings.LANGUAGES,
            language_state=language_state(self.object) if missing else "",
            may_change=self.user_has_permission("change"),
            may_add=self.user_has_permission("add"),
            may_see_quizzes=self.request.user.has_perm("quizzes.change_quiz"),
            **kwargs,
        )


class ItemPreviewView(RowPage):
    """The learner's screen of the item, without its key, in one language."""

    def get(self, request, *args, **kwargs):
        code = self.kwargs["language"] if self.kwargs["language"] in LANGUAGE_NAMES else get_language()
        with override(code):
            media_url = reverse("quiz-items:file", args=["-"]).removesuffix("-")
            question = reports.preview_of(self.object, language=code, media_url=media_url)
            if question is None:
                raise Http404
            return TemplateResponse(request, "quizzes/admin/item_preview.html", {"question": question}).render()


class ItemMediaView(RowPage):
    """A file of an item, for those who may look at items."""

    def get(self, request, *args, **kwargs):
        return send_file(get_object_or_404(ItemMedia, token=self.kwargs["token"]))


class ItemCopyView(RowPage):
    """Asks for the code of the copy; the copy opens for editing."""

    template_name = "quizzes/admin/item_copy.html"
    page_title = gettext_lazy("Copy the item")
    permission_required = "add"

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", CopyItemForm(initial={"code": f"{self.object.code}-copy"}))
        return super().get_context_data(**kwargs)

    def post(self, request, *args, **kwargs):
        form = CopyItemForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            copy = services.copy_item(self.object, code=form.cleaned_data["code"])
        except QuizError as error:
            messages.error(request, str(error))
            return redirect(reverse(self.inspect_url_name, args=[self.object.pk]))
        messages.success(request, _("This is the copy. Change what is different."))
        return redirect(reverse(self.edit_url_name, args=[copy.pk]))


class ItemArchiveView(RowPage):
    """Archives the item, or brings it back."""

    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if request.POST.get("restore"):
            services.restore_item(self.object)
            messages.success(request, _("The item can be asked again."))
        else:
            services.archive_item(self.object)
            messages.success(request, _("The item is archived: it is asked no more, and past answers keep it."))
        return redirect(reverse(self.inspect_url_name, args=[self.object.pk]))


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


class ItemViewSet(KeptViewSet):
    model = Item
    icon = "help"
    menu_label = gettext_lazy("Items")
    index_view_class = ItemIndexView
    inspect_view_class = ItemInspectView
    list_display = [
        "__str__",
        "code",
        "bank",
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        Column("quiz_count", label=gettext_lazy("Quizzes")),
        Column(
            "archived_at",
            label=gettext_lazy("Archived"),
            accessor=lambda item: _("archived") if item.archived_at else "",
        ),
    ]
    list_filter = ["bank", "kind", "competency", "difficulty", "cognitive_level", "review_state"]
    search_fields = ["code", "name", "category", "stem__en", "stem__es"]
    search_backend_name = None
    form_fields = ["bank"]

    @property
    def add_view(self):
        return self.page(ItemAddView)

    @property
    def edit_view(self):
        return self.page(ItemEditView)

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("file/<str:token>", self.page(ItemMediaView), name="file"),
            path(
                "preview/<int:pk>/<str:language>/",
                xframe_options_sameorigin(self.page(ItemPreviewView)),
                name="preview",
            ),
            path("copy/<int:pk>/", self.page(ItemCopyView), name="copy"),
            path("archive/<int:pk>/", self.page(ItemArchiveView), name="archive"),
        ]


class AuthorsOnly(View):
    """The editor's rights are asked for here too: a chooser is open to everybody in the admin otherwise."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("quizzes.change_quiz") and not request.user.has_perm("quizzes.add_quiz"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class _ItemList(AuthorsOnly, BaseChooseView):
    filter_form_class = ItemFilterForm

    def get_object_list(self):
        return Item.objects.filter(archived_at=None).select_related("bank")

    @property
    def columns(self):
        return [*super().columns, Column("code", label=_("code")), Column("bank", label=_("bank"))]


class ItemChooseView(_ItemList, ChooseView):
    pass


class ItemChooseResultsView(_ItemList, ChooseResultsView):
    pass


class ItemChosenView(AuthorsOnly, ChosenView):
    pass


class ItemChosenMultipleView(AuthorsOnly, ChosenMultipleView):
    pass


class ItemChooserViewSet(ChooserViewSet):
    """Picks items by their words. Shows no key: an item prints as its question."""

    model = Item
    icon = "help"
    choose_one_text = gettext_lazy("Choose an item")
    choose_another_text = gettext_lazy("Choose another item")
    choose_view_class = ItemChooseView
    choose_results_view_class = ItemChooseResultsView
    chosen_view_class = ItemChosenView
    chosen_multiple_view_class = ItemChosenMultipleView

    # The base class would put its own list in place of the one of the views above.
    def get_object_list(self):
        return Item.objects.filter(archived_at=None).select_related("bank")


# --- Quizzes -------------------------------------------------------------------------------------------------------


def pass_mark_in_words(quiz: Quiz) -> str:
    mark = reports.pass_mark_of(quiz)
    if mark.needed is None:
        return _("%(percent)s %%") % {"percent": mark.percent}
    return _("%(needed)s of %(max_points)s (%(percent)s %%)") % {
        "needed": points_in_words(mark.needed),
        "max_points": points_in_words(mark.max_marks or 0),
        "percent": mark.percent,
    }


def say_pass_mark(request, quiz: Quiz) -> Quiz:
    """Say what passing the quiz that was just saved takes."""
    messages.info(request, _("To pass: %(mark)s.") % {"mark": pass_mark_in_words(quiz)})
    return quiz


class QuizAddView(generic.CreateView):
    def save_instance(self):
        return say_pass_mark(self.request, super().save_instance())


class QuizEditView(generic.EditView):
    def save_instance(self):
        return say_pass_mark(self.request, super().save_instance())


class QuizIndexView(generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().annotate(item_count=Count("quiz_items"))


class QuizResultsView(RowPage):
    """How a quiz goes: passes, hard items, and everybody's marks."""

    template_name = "quizzes/admin/results.html"
    page_title = gettext_lazy("Results")
    per_page = 50

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("quizzes.view_attempt"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        page = Paginator(reports.results_of(self.object), self.per_page).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            summary=reports.summary_of(self.object),
            facility=reports.facility_of(self.object),
            page_obj=page,
            pass_mark=pass_mark_in_words(self.object),
            **kwargs,
        )


class QuizViewSet(KeptViewSet):
    model = Quiz
    icon = "clipboard-list"
    menu_label = gettext_lazy("Quizzes")
    left_out = frozenset({"usage"})
    add_to_reference_index = True
    index_view_class = QuizIndexView
    add_view_class = QuizAddView
    edit_view_class = QuizEditView
    inspect_view_class = QuizResultsView
    delete_view_class = KeptDeleteView
    list_display = [
        "__str__",
        "code",
        Column("item_count", label=gettext_lazy("Items")),
        Column("draw_count", label=gettext_lazy("Asked each time"), accessor=lambda quiz: quiz.draw_count or _("all")),
        Column("pass_mark_percent", label=gettext_lazy("Pass mark (percent)")),
    ]
    search_fields = ["code", "title__en", "title__es"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("code"),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("pass_mark_percent"), FieldPanel("attempt_limit")]),
                    FieldPanel("draw_count"),
                    FieldRowPanel([FieldPanel("shuffle_items"), FieldPanel("shuffle_choices")]),
                    HelpPanel(gettext_lazy("Attempts that are open or done keep the conditions they began with.")),
                ],
                heading=gettext_lazy("Conditions"),
            ),
            InlinePanel(
                "quiz_items",
                heading=gettext_lazy("Items"),
                label=gettext_lazy("Item"),
                min_num=1,
                panels=[FieldPanel("item")],
            ),
        ],
        base_form_class=QuizForm,
    )


# --- Attempts ------------------------------------------------------------------------------------------------------


class AttemptIndexView(generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("learner", "quiz").order_by("-pk")


class AttemptInspectView(RowPage):
    """What was asked, answered and earned. Read-only; with the right to, the attempt can be voided."""

    template_name = "quizzes/admin/attempt.html"
    page_title = gettext_lazy("Attempt")

    @cached_property
    def object(self):
        return get_object_or_404(Attempt.objects.select_related("learner", "quiz", "voided_by"), pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return f"{self.object.learner}: {self.object.quiz}"

    @property
    def may_void(self):
        return self.request.user.has_perm("quizzes.void_attempt") and self.object.state != Attempt.State.VOIDED

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", VoidForm())
        return super().get_context_data(
            # Whoever may look at an attempt may still be about to take one like it: no key before it is closed.
            questions=() if self.object.is_open else reports.record_of(self.object, language=get_language()),
            may_void=self.may_void,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        if not request.user.has_perm("quizzes.void_attempt"):
            raise PermissionDenied
        form = VoidForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            services.void_attempt(self.object, actor=request.user, reason=form.cleaned_data["reason"])
        except QuizError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The attempt no longer counts."))
        return redirect(request.path)


class AttemptViewSet(KeptViewSet):
    model = Attempt
    icon = "list-ol"
    menu_label = gettext_lazy("Attempts")
    left_out = frozenset({"add", "edit", "delete", "usage", "history", "history_results"})
    index_view_class = AttemptIndexView
    inspect_view_class = AttemptInspectView
    form_fields: list[str] = []
    list_display = [
        Column("learner", label=gettext_lazy("Learner")),
        "quiz",
        "number",
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
        Column("points", label=gettext_lazy("Points"), accessor=reports.marks_in_words),
        "submitted_at",
    ]
    list_filter = ["quiz", "state"]


class QuizzesViewSetGroup(ViewSetGroup):
    """The menu of quizzes."""

    menu_label = gettext_lazy("Quizzes")
    menu_icon = "clipboard-list"
    menu_order = 250
    items = (
        QuizViewSet("quizzes_admin", url_prefix="quizzes"),
        ItemViewSet("quiz-items"),
        ItemBankViewSet("item-banks"),
        AttemptViewSet("attempts"),
    )
