"""Banks and items: written, looked at, copied, archived, chosen."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.chooser import (
    BaseChooseView,
    ChooseResultsView,
    ChooseView,
    ChosenMultipleView,
    ChosenView,
)
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from quizzes import reports, services
from quizzes.errors import QuizError
from quizzes.forms import CopyItemForm, ItemFilterForm, ItemForm
from quizzes.models import Item, ItemBank, ItemMedia
from quizzes.views import send_file
from quizzes.viewsets.bank import (
    SEARCHED,
    BulkDonePage,
    BulkPage,
    ItemFilterSet,
    ItemIndexView,
    TickColumn,
    TwinsPage,
    where_used,
)
from quizzes.viewsets.figures import ItemStatisticsView
from quizzes.viewsets.pages import KeptDeleteView, KeptViewSet, RowPage

LANGUAGE_NAMES = dict(settings.LANGUAGES)


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
            may_see_figures=self.request.user.has_perm("quizzes.view_attempt"),
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


class ItemViewSet(KeptViewSet):
    model = Item
    icon = "help"
    menu_label = gettext_lazy("Items")
    index_view_class = ItemIndexView
    inspect_view_class = ItemInspectView
    list_display = [
        TickColumn("tick", label=gettext_lazy("Take")),
        "__str__",
        "code",
        "bank",
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        Column("quizzes", label=gettext_lazy("Quizzes"), accessor=where_used),
        Column(
            "archived_at",
            label=gettext_lazy("Archived"),
            accessor=lambda item: _("archived") if item.archived_at else "",
        ),
    ]
    filterset_class = ItemFilterSet
    search_fields = list(SEARCHED)
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
            path("bulk/", BulkPage.as_view(), name="bulk"),
            path("bulk/<uuid:public_id>/", BulkDonePage.as_view(), name="bulk-done"),
            path("twins/", TwinsPage.as_view(), name="twins"),
            path("statistics/<int:pk>/", self.page(ItemStatisticsView), name="statistics"),
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
