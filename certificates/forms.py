"""Shape of input: checking a certificate, dates, reasons. And the reading of files that are checked, never kept."""

import csv
from io import StringIO
from typing import cast

from django import forms
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from certificates.models import Attendance, Certificate, HoursProposal, LedgerEntry
from courses.models import CoursePage
from curriculum.models import Competency
from people.models import User

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_BODY = 25 * 1024 * 1024  # what a web server before us lets through (see the operator's guide)
LARGEST_LIST = 256 * 1024
LONGEST_LIST = 500
CODE_HEADS = frozenset({"code", "código", "codigo", "link", "enlace", "certificate", "certificado"})
SURNAME_HEADS = frozenset({"surname", "apellido", "apellidos", "name", "nombre", "last name"})


class CheckForm(forms.Form):
    """A typed code and a surname."""

    code = forms.CharField(
        label=_("Code"),
        max_length=60,
        help_text=_("17 letters and digits, under the QR code. Capitals and hyphens do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"}
        ),
    )
    surname = forms.CharField(
        label=_("Surname"),
        max_length=120,
        help_text=_("One of the names on the certificate. Accents do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class FileHashForm(forms.Form):
    """The hash of a file, computed in the browser."""

    sha256 = forms.RegexField(r"^[0-9a-fA-F]{64}$")


class BoundedUploadHandler(FileUploadHandler):
    """Holds one file in memory while it is looked at, as far as `largest` bytes; nothing reaches a disk.

    What is larger is read to its end and thrown away, so that the answer reaches who sent it; what says of itself that
    it is far too large is refused unread.
    """

    def __init__(self, request=None, *, largest: int = LARGEST_FILE):
        super().__init__(request)
        self.largest = largest
        self.is_too_large = False
        self._parts: list[bytes] = []
        self._seen = 0

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length <= LARGEST_BODY:
            return None
        self.is_too_large = True
        return QueryDict(encoding=encoding), MultiValueDict()

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self._parts, self._seen = [], 0

    def receive_data_chunk(self, raw_data, start):
        self._seen += len(raw_data)
        if self._seen > self.largest:
            self.is_too_large, self._parts = True, []
            raise StopUpload(connection_reset=False)
        self._parts.append(raw_data)

    def file_complete(self, file_size):
        return None

    @property
    def content(self) -> bytes:
        """What came; empty where nothing did."""
        return b"".join(self._parts)


def read_list(content: bytes) -> list[tuple[int, str, str]]:
    """Return (line, code or link, surname) of a CSV file. Raises ValidationError with a sentence.

    The columns are found by their heads (code or link, surname; in English or Spanish), or are the first two. Commas,
    semicolons and tabs part them. Lines without a code are passed over.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    try:
        rows = list(csv.reader(StringIO(text), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise forms.ValidationError(_("This file cannot be read as a table. Please save it as CSV.")) from error
    code_at, surname_at, first = 0, 1, 0
    if rows:
        heads = [head.strip().casefold() for head in rows[0]]
        if any(head in CODE_HEADS for head in heads):
            first = 1
            code_at = next(place for place, head in enumerate(heads) if head in CODE_HEADS)
            surname_at = next((place for place, head in enumerate(heads) if head in SURNAME_HEADS), len(heads))
    lines = [
        (number, row[code_at].strip()[:200], row[surname_at].strip()[:120] if len(row) > surname_at else "")
        for number, row in enumerate(rows[first:], first + 1)
        if len(row) > code_at and row[code_at].strip()
    ]
    if not lines:
        raise forms.ValidationError(_("There is no line with a code in this file."))
    if len(lines) > LONGEST_LIST:
        raise forms.ValidationError(
            _("This list has %(count)d lines. Please send at most %(most)d at once.")
            % {"count": len(lines), "most": LONGEST_LIST}
        )
    return lines


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


class WindowForm(forms.Form):
    """From one day to another, both included; either may be left open."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self):
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise forms.ValidationError(_("The first day is after the last one. Please exchange them."))
        return data


class BulkForm(WindowForm):
    """Which certificates: of a course or a program, or all statements or letters; finished within some days."""

    field_order = ["course", "since", "until"]

    def __init__(self, *args, courses: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"] = forms.ChoiceField(label=_("What"), choices=courses)
        self.order_fields(self.field_order)


class CycleForm(forms.Form):
    """The day on which a person's certification expires."""

    expires_on = forms.DateField(
        label=_("My certification expires on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Please write the day as year-month-day, for example 2027-07-31.")},
    )


class RevokeForm(forms.ModelForm):
    """Why a certificate is taken back; asked once more before it is done."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("In plain words. Whoever checks the certificate reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confirm = forms.BooleanField(label=_("I have checked that this is the right certificate. This cannot be undone."))

    class Meta:
        model = Certificate
        fields: list[str] = []


class ReplaceForm(forms.ModelForm):
    """Why a newer certificate takes the place of this one."""

    change = forms.ChoiceField(label=_("Kind of change"), choices=Certificate.Change.choices, widget=forms.RadioSelect)
    expires_on = forms.DateField(
        label=_("New last day"),
        required=False,
        help_text=_("For a renewal only."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("In plain words. Whoever checks the old certificate reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confirm = forms.BooleanField(label=_("I have checked the person's profile: name and address of mail are right."))

    class Meta:
        model = Certificate
        fields: list[str] = []

    def _post_clean(self) -> None:
        """Checked by the service: the row it will write is not this one."""


class DecideForm(forms.ModelForm):
    """A second person's word about hours that somebody proposed."""

    verdict = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("approve", _("Add these hours")), ("refuse", _("Do not add them"))],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("Needed where you do not add them."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = HoursProposal
        fields: list[str] = []


class AttendanceForm(forms.ModelForm):
    """Who was at a live session, for how long."""

    email = forms.EmailField(
        label=_("E-mail address of the person"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    course_key = forms.ChoiceField(label=_("Course"), required=False)
    minutes = forms.IntegerField(label=_("Minutes attended"), min_value=1, max_value=1440)
    field_order = ["email", "title", "course_key", "held_on", "minutes"]

    class Meta:
        model = Attendance
        fields = ["title", "held_on", "minutes"]
        widgets = {"held_on": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args, **kwargs):
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        titles: dict[str, str] = {}
        for key, title in CoursePage.objects.order_by("locale_id").values_list("translation_key", "title"):
            titles.setdefault(str(key), title)
        chosen = sorted(titles.items(), key=lambda pair: pair[1].casefold())
        course = cast(forms.ChoiceField, self.fields["course_key"])
        course.choices = [("", _("of no course")), *chosen]

    def clean_email(self) -> str:
        self.learner = User.objects.filter(email=self.cleaned_data["email"].lower(), is_active=True).first()
        if self.learner is None:
            raise forms.ValidationError(_("There is no account with this address."))
        return self.learner.email


class TakeBackForm(forms.ModelForm):
    """Why an attendance is taken back."""

    why = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = Attendance
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)


class AdjustForm(forms.ModelForm):
    """Hours added or taken away by hand, split over competencies, for a reason the person can read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The person reads this beside the entry."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confirm = forms.BooleanField(
        label=_("I have checked the person and the minutes. An entry is never changed; a mistake needs another entry.")
    )
    field_order = ["learner", "minutes", "earned_on", "delivery", "component", "provider_name", "evidence", "reason"]

    class Meta:
        model = LedgerEntry
        fields = ["learner", "minutes", "earned_on", "delivery", "component", "provider_name", "evidence"]
        labels = {
            "learner": _("Person"),
            "minutes": _("Minutes"),
            "earned_on": _("Day of the activity"),
            "delivery": _("Way of learning"),
            "provider_name": _("Provider"),
            "component": _("Part of the training"),
            "evidence": _("What shows it"),
        }
        help_texts = {
            "minutes": _("Below zero to take away. What is added waits until a second person confirms it."),
            "component": "",
            "evidence": _("For example a sign-in sheet, or the letter of a supervisor."),
            "earned_on": "",
            "provider_name": _("Empty: the provider of this site."),
        }
        widgets = {"earned_on": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args, **kwargs):
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        self.fields["provider_name"].required = False
        self.fields["component"].required = True
        self.fields["component"].initial = LedgerEntry.Component.CLASS
        self.competencies = {
            f"share_{competency.pk}": competency
            for competency in Competency.objects.filter(archived_at=None)
            .select_related("framework")
            .order_by("framework__code", "sort_order", "code")
        }
        for name, competency in self.competencies.items():
            self.fields[name] = forms.IntegerField(
                required=False,
                label=_("%(framework)s, %(competency)s: minutes")
                % {"framework": competency.framework.code, "competency": competency},
            )
        self.order_fields([*self.field_order, *self.competencies, "confirm"])

    @property
    def shares(self) -> dict[Competency, int]:
        """The minutes by competency that were filled in."""
        return {
            competency: self.cleaned_data[name]
            for name, competency in self.competencies.items()
            if self.cleaned_data.get(name)
        }

    def _post_clean(self) -> None:
        """Checked by the service and its constraints: the row it will write is not this one."""
