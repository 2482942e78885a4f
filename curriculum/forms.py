"""Forms of the CMS."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from curriculum.data import RequirementFacts
from curriculum.evaluation import set_faults
from curriculum.formats.shapes import MAX_BYTES
from curriculum.kinds import fault_sentence
from curriculum.models import Competency, CompetencyLink


class ConfirmForm(forms.Form):
    """Nothing to fill in: sending it is the answer."""


class NewVersionForm(forms.Form):
    """From which day the copy is in force."""

    effective_from = forms.DateField(label=_("In force from"), widget=AdminDateInput)


class FrameworkFileForm(forms.Form):
    """A file of a framework: CASE (JSON) or a table (CSV)."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A CASE package (.json) or a table (.csv), at most 10 MB. Nothing is changed before you say so."),
        widget=forms.FileInput(attrs={"accept": ".json,.csv,application/json,text/csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(
                _("The file is too large: at most %(size)d MB.") % {"size": MAX_BYTES // 1024 // 1024}
            )
        return file


class ProposeLinkForm(forms.ModelForm):
    """A link between a competency of one framework and one of another."""

    class Meta:
        model = CompetencyLink
        fields = ["origin", "association", "destination", "note", "source"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, left, right, **kwargs):
        super().__init__(*args, **kwargs)
        for name, framework in (("origin", left), ("destination", right)):
            field: Any = self.fields[name]
            field.queryset = Competency.objects.filter(framework=framework, archived_at=None).order_by(
                "sort_order", "code"
            )
            field.label = framework.code

    def _post_clean(self) -> None:
        """Checked by the service and its constraints: the row may be one that is there already."""


class RequirementSetForm(WagtailAdminModelForm):
    """Refuses rules that are each well formed but cannot stand together."""

    class Media:
        css = {"all": ["curriculum/rules.css"]}

    def clean(self):
        cleaned = super().clean()
        formset = self.formsets.get("requirements")
        if formset is not None and formset.is_valid():
            rows = [
                row.cleaned_data for row in formset.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")
            ]
            facts = [
                RequirementFacts(
                    code=row["code"], kind=row["kind"], part_of=row["part_of"], parameters=row["parameters"] or {}
                )
                for row in rows
            ]
            if found := set_faults(facts):
                raise ValidationError([fault_sentence(fault) for fault in found])
        return cleaned
