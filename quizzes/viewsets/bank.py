"""The list of the bank: what is found in it, many items changed at once, and items that likely ask the same."""

import json
from functools import reduce
from operator import or_

import django_filters
from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, TextField
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from quizzes import reports, services
from quizzes.errors import QuizError
from quizzes.forms import BulkForm
from quizzes.models import BulkEdit, Item, QuizItem
from quizzes.services.bulk import LARGEST


def in_json(text: str) -> str:
    """The text as it stands in a column of JSON."""
    return json.dumps(text, ensure_ascii=False)


def with_words(text: str) -> Q:
    """Items with this in what the list searches."""
    return reduce(or_, (Q(**{f"{field}__icontains": text.strip()}) for field in SEARCHED))


SEARCHED = ("code", "name", "category", "stem__en", "stem__es")


class ItemFilterSet(WagtailFilterSet):
    """What a trainer looks for in a bank."""

    tag = django_filters.CharFilter(label=gettext_lazy("Tag"), method="with_tag")
    category = django_filters.CharFilter(label=gettext_lazy("Category"), field_name="category", lookup_expr="icontains")
    missing = django_filters.ChoiceFilter(
        label=gettext_lazy("Not finished in"), choices=settings.LANGUAGES, method="without_language"
    )
    used = django_filters.ChoiceFilter(
        label=gettext_lazy("Used"),
        choices=[("yes", gettext_lazy("in a quiz")), ("no", gettext_lazy("in no quiz"))],
        method="in_use",
    )
    archived = django_filters.ChoiceFilter(
        label=gettext_lazy("Archived"),
        choices=[("no", gettext_lazy("not archived")), ("yes", gettext_lazy("archived"))],
        method="in_archive",
    )

    class Meta:
        model = Item
        fields = ["bank", "kind", "competency", "difficulty", "cognitive_level", "review_state"]

    def with_tag(self, queryset, name, value):
        return queryset.annotate(tags_text=Cast("tags", TextField())).filter(tags_text__contains=in_json(value.strip()))

    def without_language(self, queryset, name, value):
        return queryset.filter(missing_languages__contains=f",{value},")

    def in_use(self, queryset, name, value):
        used = Exists(QuizItem.objects.filter(item=OuterRef("pk")))
        return queryset.filter(used if value == "yes" else ~used)

    def in_archive(self, queryset, name, value):
        return queryset.filter(archived_at__isnull=value == "no")


class TickColumn(Column):
    """A box to take the row for a change of many."""

    cell_template_name = "quizzes/admin/_tick.html"


def where_used(item: Item) -> str:
    """The codes of the first quizzes that ask it, and how many more there are."""
    codes = sorted(row.quiz.code for row in item.quiz_items.all())
    more = len(codes) - 3
    return ", ".join(codes[:3]) + (f" +{more}" if more > 0 else "")


class ItemIndexView(generic.IndexView):
    results_template_name = "quizzes/admin/item_results.html"

    @cached_property
    def columns(self):
        """The tick stands first; the name after it leads to the item. Wagtail makes a link of the first column only."""
        tick, name, *others = self.list_display
        columns = [one if isinstance(one, Column) else self._get_custom_column(one) for one in others]
        return [tick, self._get_title_column(name), *columns]

    def get_base_queryset(self):
        return (
            super()
            .get_base_queryset()
            .select_related("bank")
            .prefetch_related(Prefetch("quiz_items", queryset=QuizItem.objects.select_related("quiz")))
        )

    @cached_property
    def header_more_buttons(self):
        from wagtail.admin.widgets.button import Button  # noqa: PLC0415 - Wagtail's own registry is ready only here

        return [
            *super().header_more_buttons,
            Button(_("Likely twins"), url=reverse("quiz-items:twins"), icon_name="copy", priority=50),
        ]

    def get_context_data(self, *args, **kwargs):
        context = super().get_context_data(*args, **kwargs)
        if self.request.user.has_perm("quizzes.change_item"):
            given = self.request.GET
            context["bulk_url"] = reverse("quiz-items:bulk")
            context["asked_fields"] = [(name, value) for name in given for value in given.getlist(name) if name != "p"]
        return context


class BulkPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Changes of many items: first what shall change, then what that means, then it is done and can be taken back."""

    model = Item
    permission_required = "change"
    template_name = "quizzes/admin/bulk.html"
    page_title = gettext_lazy("Change many items")
    header_icon = "help"
    index_url_name = inspect_url_name = edit_url_name = ""

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("quiz-items:index"), "label": Item._meta.verbose_name_plural},
            {"url": "", "label": self.get_page_title()},
        ]

    def taken(self) -> list[Item]:
        """The items that were ticked, or all that the list found. Ids that are none of ours are left out."""
        given = self.request.GET
        if given.get("take") == "found":
            found = ItemFilterSet(given, queryset=Item.objects.all(), request=self.request).qs
            if given.get("q"):
                found = found.filter(with_words(given["q"]))
        else:
            found = Item.objects.filter(
                pk__in=[int(pk) for pk in given.getlist("item") if pk.isdecimal() and len(pk) < 10]
            )
        return list(found.order_by("code")[: LARGEST + 1])

    def get(self, request, *args, **kwargs):
        items = self.taken()
        if not items or len(items) > LARGEST:
            messages.warning(
                request,
                _("Please tick the items first.")
                if not items
                else _("Please change no more than %(count)s items at once.") % {"count": LARGEST},
            )
            return redirect("quiz-items:index")
        return self.render_to_response(self.get_context_data(form=BulkForm(), items=items, seen=self.seen(items)))

    @staticmethod
    def seen(items) -> list[str]:
        return [f"{item.pk}:{services.fingerprint(item)}" for item in items]

    def post(self, request, *args, **kwargs):
        seen = {
            int(pk): digest
            for pk, _colon, digest in (one.partition(":") for one in request.POST.getlist("seen"))
            if pk.isdecimal() and len(pk) < 10
        }
        form = BulkForm(request.POST)
        items = list(Item.objects.filter(pk__in=seen).order_by("code")[: LARGEST + 1])
        given = [f"{pk}:{digest}" for pk, digest in seen.items()]
        if not form.is_valid() or not items or "yes" not in request.POST:
            effect = form.effect(items) if form.is_valid() else None
            return self.render_to_response(
                self.get_context_data(form=form, items=items, seen=given, effect=effect, is_asked=form.is_valid())
            )
        try:
            edit, stale = services.change_items(seen, form.changes, actor=request.user)
        except QuizError as error:
            messages.error(request, str(error))
            return redirect("quiz-items:index")
        say_stale(request, stale)
        if edit is None:
            messages.info(request, _("Nothing had to change."))
            return redirect("quiz-items:index")
        return redirect("quiz-items:bulk-done", edit.public_id)


def say_stale(request, stale) -> None:
    """Name the items that were left alone, as somebody else had changed them."""
    if stale:
        messages.warning(
            request,
            ngettext(
                "Somebody changed one of the items meanwhile; it was left as it is: %(codes)s.",
                "Somebody changed %(count)s of the items meanwhile; they were left as they are: %(codes)s.",
                len(stale),
            )
            % {"count": len(stale), "codes": ", ".join(item.code for item in stale[:20])},
        )


class BulkDonePage(BulkPage):
    """What was done, and the way back."""

    template_name = "quizzes/admin/bulk_done.html"

    def edit(self) -> BulkEdit:
        return get_object_or_404(BulkEdit, public_id=self.kwargs["public_id"], made_by=self.request.user)

    def get(self, request, *args, **kwargs):
        edit = self.edit()
        return self.render_to_response(self.get_context_data(edit=edit, count=len(edit.changes)))

    def post(self, request, *args, **kwargs):
        edit = self.edit()
        count, stale = services.undo_change(edit)
        say_stale(request, stale)
        messages.success(
            request,
            ngettext("One item is as it was before.", "%(count)s items are as they were before.", count)
            % {"count": count},
        )
        return redirect("quiz-items:index")


class TwinsPage(BulkPage):
    """Items that likely ask the same."""

    template_name = "quizzes/admin/twins.html"
    page_title = gettext_lazy("Likely twins")
    permission_required = None
    any_permission_required = ["add", "change", "delete", "view"]
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        return self.render_to_response(self.get_context_data(pairs=reports.likely_twins()))
