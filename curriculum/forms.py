"""Forms of the CMS."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from curriculum.data import RequirementFacts
from curriculum.evaluation import set_faults
from curriculum.kinds import fault_sentence


class ConfirmForm(forms.Form):
    """Nothing to fill in: sending it is the answer."""


class NewVersionForm(forms.Form):
    """From which day the copy is in force."""

    effective_from = forms.DateField(label=_("In force from"), widget=AdminDateInput)


class RequirementSetForm(WagtailAdminModelForm):
    """Refuses rules that are each well formed but cannot stand together."""

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
