"""Shape of input: days of a statement, requests for letters, what staff decide of them, courses of a program."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.forms import WindowForm
from certificates.models import LetterRequest, Program, ProgramCourse, Signatory
from courses.services import catalogue
from people.models import Organization, User

DAY = {"type": "date"}


class PeriodForm(WindowForm):
    """The days of a statement: both are needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].required = True
            self.fields[name].widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")


class BulkPeriodForm(PeriodForm):
    """Statements for everybody who finished a course. `after`: how far the presses before came."""

    field_order = ["course", "since", "until"]
    after = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, courses: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="statements_%s", **kwargs)
        self.fields["course"] = forms.ChoiceField(label=_("Everybody who finished"), choices=courses)
        self.order_fields(self.field_order)


class LetterForm(WindowForm):
    """To whom a letter goes: a board of the list, or an address."""

    board = forms.ModelChoiceField(
        label=gettext_lazy("A board"),
        queryset=Organization.objects.filter(kind=Organization.Kind.BOARD),
        required=False,
        empty_label=gettext_lazy("Somebody else"),
    )
    addressee = forms.CharField(
        label=gettext_lazy("Name and address, as on the envelope"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For a board of the list the name is enough, and it is there already."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the letter"), choices=settings.LANGUAGES)
    note = forms.CharField(
        label=gettext_lazy("What should we know?"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    field_order = ["board", "addressee", "language", "since", "until", "note"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        board, typed = data.get("board"), (data.get("addressee") or "").strip()
        if not board and not typed:
            self.add_error("addressee", _("Please write to whom the letter goes."))
        data["addressee"] = "\n".join(filter(None, [board.name if board else "", typed]))
        return data


class StaffLetterForm(LetterForm, forms.ModelForm):
    """The same, asked for a person who cannot do it herself."""

    learner = forms.ModelChoiceField(
        label=gettext_lazy("Person"), queryset=User.objects.filter(is_active=True).order_by("printed_name", "pk")
    )
    field_order = ["learner", *LetterForm.field_order]

    class Meta:
        model = LetterRequest
        fields = ["learner", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)

    def _post_clean(self) -> None:
        """Checked by the service, which writes the row."""


class DecideLetterForm(forms.ModelForm):
    """Issue the letter, with who signs; or refuse it, with a reason."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[("issue", gettext_lazy("Issue this letter")), ("refuse", gettext_lazy("Do not issue it"))],
        widget=forms.RadioSelect,
    )
    signatory = forms.ModelChoiceField(
        label=gettext_lazy("Who signs"),
        queryset=Signatory.objects.filter(is_current=True, issuer__is_default=True).order_by("pk"),
        required=False,
        empty_label=gettext_lazy("the first who signs for the issuer"),
    )
    why = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Needed where you do not issue it. The person reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = LetterRequest
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)

    def _post_clean(self) -> None:
        """Checked by the service, which writes the row."""


class ProgramForm(forms.ModelForm):
    """A program and its courses. Courses that are not live any more stay in it until somebody takes them out."""

    class Meta:
        model = Program
        fields = ["code", "name", "is_open"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        choices = {str(course.key): str(course.titles) for course in catalogue()}
        kept = [str(course.course_key) for course in self.instance.courses.all()] if self.instance.pk else []
        choices |= {key: _("%(key)s (not published now)") % {"key": key} for key in kept if key not in choices}
        self.fields["course_keys"] = forms.MultipleChoiceField(
            label=_("Courses"),
            choices=sorted(choices.items(), key=lambda pair: str(pair[1]).casefold()),
            initial=kept,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Whoever finished all of them gets the certificate of the program."),
        )

    def save(self, commit: bool = True) -> Program:
        program = super().save(commit=commit)
        wanted = set(self.cleaned_data["course_keys"])
        rows = {str(course.course_key): course for course in ProgramCourse.objects.filter(program=program)}
        ProgramCourse.objects.filter(pk__in=[row.pk for key, row in rows.items() if key not in wanted]).delete()
        ProgramCourse.objects.bulk_create(
            ProgramCourse(program=program, course_key=key) for key in sorted(wanted - set(rows))
        )
        return program
