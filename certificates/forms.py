"""Shape of input: checking a certificate, dates, reasons. And the reading of a dropped file, which is never kept."""

from hashlib import sha256

from django import forms
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext_lazy as _

LARGEST_FILE = 2 * 1024 * 1024


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


class HashingUploadHandler(FileUploadHandler):
    """Adds a file to a hash as it arrives and forgets it: no byte is kept, in memory or on disk."""

    def __init__(self, request=None):
        super().__init__(request)
        self.digest = None
        self.is_too_large = False
        self._seen = 0

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.digest = sha256()
        self._seen = 0

    def receive_data_chunk(self, raw_data, start):
        self._seen += len(raw_data)
        if self._seen > LARGEST_FILE:
            self.is_too_large = True
            raise StopUpload(connection_reset=False)
        self.digest.update(raw_data)

    def file_complete(self, file_size):
        return None

    @property
    def hexdigest(self) -> str:
        """The hash of what came, or "" where nothing did."""
        return self.digest.hexdigest() if self.digest and self._seen else ""


class WindowForm(forms.Form):
    """From one day to another, both included; either may be left open."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self):
        data = super().clean()
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise forms.ValidationError(_("The first day is after the last one. Please exchange them."))
        return data


class CycleForm(forms.Form):
    """The day on which a person's certification expires."""

    expires_on = forms.DateField(
        label=_("My certification expires on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Please write the day as year-month-day, for example 2027-07-31.")},
    )


class RevokeForm(forms.Form):
    """Why a certificate is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("In plain words. Whoever checks the certificate reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confirm = forms.BooleanField(label=_("I have checked that this is the right certificate. This cannot be undone."))
