"""Shapes of input: an answer, and what those who write items and quizzes send."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as PydanticError
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.blocks import BlockField

from curriculum.files import code_validator
from curriculum.models import Competency
from quizzes import items, services
from quizzes.blocks import ItemWidget, block_of
from quizzes.editing import drafted, filled
from quizzes.kinds import spec_sentence
from quizzes.models import Item, ItemBank, Quiz


class ResponseForm(forms.Form):
    """One answer as the learner's form sends it; the choices are checked by the service, which knows the offer."""

    position = forms.IntegerField()
    revision = forms.IntegerField()


class ItemForm(forms.Form):
    """An item of one kind with its place in the bank: one that could not be graded is not saved.

    After `is_valid`, `draft_spec` and `draft_files` are what `services.write_item` takes.
    """

    def __init__(self, *args: Any, kind: str, item: Item | None = None, **kwargs: Any) -> None:
        self.kind = kind
        self.item = item
        self.existing = services.item_spec(item) if item and item.current_version else None
        block = block_of(kind)
        kwargs["initial"] = {"content": block.get_default()}
        if self.existing:
            kwargs["initial"] = self._catalogue() | {"content": block.to_python(filled(self.existing))}
        super().__init__(*args, **kwargs)
        self.fields["content"] = BlockField(block=block, label="")
        self.fields["content"].widget = ItemWidget(block)

    bank = forms.ModelChoiceField(ItemBank.objects.order_by("code"), label=_("bank"))
    code = forms.CharField(label=_("code"), max_length=60, validators=[code_validator])
    name = forms.CharField(label=_("name"), max_length=1000, required=False, help_text=_("For those who edit."))
    competency = forms.ModelChoiceField(
        Competency.objects.filter(archived_at=None).order_by("code"), label=_("competency"), required=False
    )
    category = forms.CharField(
        label=_("category"),
        max_length=1000,
        required=False,
        help_text=_("A path such as Topic/Subtopic; a slash in a name is doubled."),
    )
    tags = forms.CharField(label=_("tags"), required=False, help_text=_("Separated by commas."))
    cognitive_level = forms.ChoiceField(
        label=_("cognitive level"), choices=[("", "–"), *Item.CognitiveLevel.choices], required=False
    )
    difficulty = forms.ChoiceField(label=_("difficulty"), choices=[("", "–"), *Item.Difficulty.choices], required=False)
    review_state = forms.ChoiceField(
        label=_("state of review"), choices=Item.ReviewState.choices, initial=Item.ReviewState.DRAFT
    )

    def _catalogue(self) -> dict[str, Any]:
        item = self.item
        assert item is not None  # noqa: S101 - for the type checker: only items that exist have a catalogue
        names = ("bank", "code", "name", "competency", "category", "cognitive_level", "difficulty", "review_state")
        return {name: getattr(item, name) for name in names} | {"tags": ", ".join(item.tags)}

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        others = Item.objects.exclude(pk=self.item.pk) if self.item else Item.objects.all()
        if others.filter(code=code).exists():
            raise ValidationError(_("Another item has this code."), code="unique")
        return code

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        draft = drafted(self.kind, cleaned["content"], items.content_of(self.existing) if self.existing else None)
        catalogue = {
            "code": cleaned["code"],
            "name": cleaned["name"],
            "competency": cleaned["competency"].code if cleaned["competency"] else "",
            "category": services.category_parts(cleaned["category"]),
            "tags": list(dict.fromkeys(tag.strip() for tag in cleaned["tags"].split(",") if tag.strip())),
            "cognitive_level": cleaned["cognitive_level"] or None,
            "difficulty": cleaned["difficulty"] or None,
        }
        try:
            self.draft_spec = items.read_item(draft.spec | catalogue)
        except PydanticError as error:
            for place, code, _sentence in items.spec_faults(error):
                self.add_error(None, ValidationError(spec_sentence(place, code), code=code))
        self.draft_files = draft.files
        return cleaned


class QuizForm(WagtailAdminModelForm):
    """A quiz with its items: it draws no more than it has, and asks no item twice."""

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        items = [row["item"] for row in kept_rows(self.formsets["quiz_items"]) if row.get("item")]
        draw_count = self.cleaned_data.get("draw_count")
        if draw_count and draw_count > len(items):
            self.add_error(
                "draw_count",
                ValidationError(
                    _("There are only %(count)s questions below."), code="too_many", params={"count": len(items)}
                ),
            )
        opens_at, closes_at = self.cleaned_data.get("opens_at"), self.cleaned_data.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", ValidationError(_("A quiz closes after it opens."), code="window"))
        if self.cleaned_data.get("tell_key") == Quiz.TellKey.AFTER_CLOSING and not closes_at:
            self.add_error("tell_key", ValidationError(_("Please say when the quiz closes."), code="never_closes"))
        return not self.errors


def kept_rows(formset) -> list[dict[str, Any]]:
    """What the rows of a formset say, without those that are blank or to be deleted."""
    return [
        form.cleaned_data
        for form in formset.forms
        if form.cleaned_data and not formset._should_delete_form(form) and (form.instance.pk or form.has_changed())
    ]


class CopyItemForm(forms.Form):
    """The code of a copy: new on the site."""

    code = forms.CharField(label=_("code"), max_length=60, validators=[code_validator])

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Item.objects.filter(code=code).exists():
            raise ValidationError(_("Another item has this code."), code="unique")
        return code


class VoidForm(forms.Form):
    """Why an attempt shall no longer count."""

    reason = forms.CharField(
        label=_("reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The learner reads it."),
    )


class ItemFilterForm(BaseFilterForm):
    """Find an item by its code or its words, in any language."""

    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects):
        query = self.cleaned_data.get("q")
        if query:
            self.is_searching = True
            self.search_query = query
            objects = objects.filter(
                Q(code__icontains=query) | Q(stem__en__icontains=query) | Q(stem__es__icontains=query)
            )
        return super().filter(objects)
