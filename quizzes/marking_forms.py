"""Shapes of what those who mark, regrade and reopen send. The services check it against the answer."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from quizzes import items, reports, services
from quizzes.models import ItemVersion, Quiz, Regrade


class QueueForm(forms.Form):
    """Which of the waiting answers are shown."""

    SHOW = (
        ("", _("All that I can mark")),
        ("mine", _("Begun by me")),
        ("second", _("Second mark needed")),
        ("third", _("Two people differ")),
        ("returned", _("With the learner")),
    )
    quiz = forms.ModelChoiceField(Quiz.objects.none(), label=_("Quiz"), required=False, empty_label=_("All"))
    show = forms.ChoiceField(label=_("Which"), choices=SHOW, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quiz"].queryset = reports.quizzes_that_wait()  # type: ignore[attr-defined]


class MarkingForm(forms.Form):
    """Levels of a rubric (`level.KEY`), or points where there is none; and words for the learner."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    points = forms.DecimalField(label=_("points"), max_digits=7, decimal_places=2, required=False, localize=True)
    comment = forms.CharField(
        label=_("What you write to the learner"),
        required=False,
        max_length=services.LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @property
    def levels(self) -> dict[str, str]:
        return {name[6:]: value for name, value in self.data.items() if name.startswith("level.") and value}

    @property
    def marks(self) -> int | None:
        points: Decimal | None = self.cleaned_data["points"]
        return None if points is None else int(points * items.HUNDREDTHS)


class ReturnForm(forms.Form):
    """Why an answer goes back to the learner."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("What shall be changed"),
        max_length=services.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The learner reads it and may answer this question again."),
    )


class VersionField(forms.ModelChoiceField):
    """A version of an item, by the day on which it was written."""

    def label_from_instance(self, version: ItemVersion) -> str:  # type: ignore[override]
        return date_format(localtime(version.created_at), "DATETIME_FORMAT")


class RegradeForm(forms.Form):
    """How a question shall count for everybody who was asked it."""

    action = forms.ChoiceField(label=_("How it shall count"), choices=Regrade.Action.choices, widget=forms.RadioSelect)
    version = VersionField(
        ItemVersion.objects.none(),
        label=_("Version whose key grades"),
        required=False,
        empty_label=_("the newest"),
    )
    may_lower = forms.BooleanField(
        label=_("Who passed may fail by it"),
        required=False,
        help_text=_("Without this, nobody loses a pass: whoever passed before keeps it, whatever the new marks say."),
    )

    def __init__(self, *args: Any, versions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something that was earned changes."""

    reason = forms.CharField(
        label=_("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("It is kept.")
    )
