"""The one form of courses: how the catalogue is searched and filtered. Everything in it may be missing."""

from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

LENGTHS = {"short": (0, 60), "medium": (61, 120), "long": (121, 10**6)}


class CatalogueForm(forms.Form):
    """Search and filters of the catalogue, sent as a plain address so that it can be kept and shared."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    competency = forms.ChoiceField(label=_("Competency"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("Any language")), *settings.LANGUAGES]
    )
    length = forms.ChoiceField(
        label=_("Length"),
        required=False,
        choices=[
            ("", _("Any length")),
            ("short", _("Up to 1 hour")),
            ("medium", _("1 to 2 hours")),
            ("long", _("More than 2 hours")),
        ],
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("Newest first")), ("title", _("By title")), ("shortest", _("Shortest first"))],
    )

    def __init__(
        self, data=None, *, topics: Iterable[tuple[str, str]], competencies: Iterable[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.fields["topic"].choices = [("", _("All topics")), *topics]
        self.fields["competency"].choices = [("", _("All competencies")), *competencies]

    @property
    def wanted(self) -> dict[str, str]:
        """What was asked for, understood parts only: an unknown filter is no filter."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
