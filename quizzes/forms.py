"""Shapes of input: an answer, and what those who write items and quizzes send."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.forms.choosers import BaseFilterForm

from curriculum.models import code_validator
from quizzes.models import Item


class ResponseForm(forms.Form):
    """One answer as the learner's form sends it; the choices are checked by the service, which knows the offer."""

    position = forms.IntegerField()
    revision = forms.IntegerField()


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
