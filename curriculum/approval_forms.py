"""Forms of the register in the CMS."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from curriculum.models import Requirement
from people.models import Organization


class EntryForm(WagtailAdminModelForm):
    """Any entry: its `clean` says beside the field what the constraints would say once more, in other words."""

    def validate_constraints(self):
        pass


class ApprovalForm(EntryForm):
    """An approval; the authorities are those that rules can name."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = Organization.objects.exclude(code="")


class RequirementChoice(forms.ModelChoiceField):
    """A rule, said with its set and version."""

    def label_from_instance(self, obj):
        owner = obj.requirement_set
        return f"{owner.code} {owner.version} · {obj.code}: {obj.text}"


class WaiverForm(EntryForm):
    """A waiver; the rules are listed with their sets, the newest version first."""

    requirement = RequirementChoice(
        Requirement.objects.select_related("requirement_set").order_by(
            "requirement_set__code", "-requirement_set__version", "sort_order", "code"
        ),
        label=_("Rule"),
    )


class ChangeForm(forms.Form):
    """On which day people are judged in the preview."""

    as_of = forms.DateField(
        label=_("Judge people as on this day"),
        widget=AdminDateInput,
        help_text=_("For the preview only."),
    )


class EndForm(ChangeForm):
    """Until when it holds."""

    last_on = forms.DateField(label=_("Last day (inclusive)"), widget=AdminDateInput)
    field_order = ["last_on", "as_of"]


class WithdrawForm(ChangeForm):
    """From when the authority withdrew it, and where that can be read."""

    on = forms.DateField(label=_("Withdrawn from this day on"), widget=AdminDateInput)
    source_url = forms.URLField(label=_("Source"), required=False, max_length=500, assume_scheme="https")
    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2}))
    field_order = ["on", "source_url", "note", "as_of"]


class VoidForm(ChangeForm):
    """Why it never should have counted."""

    reason = forms.CharField(label=_("Why it is void"), max_length=500)
    field_order = ["reason", "as_of"]


class ApprovalFileForm(forms.Form):
    """A CSV file of approvals."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("UTF-8, with a header line. The export of the list has the same columns."),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > 1_000_000:
            raise ValidationError(_("The file is larger than 1 MB. Please send it in parts."))
        return upload
