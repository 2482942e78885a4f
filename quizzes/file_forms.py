"""What those who bring in files of items send."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from quizzes.formats.shapes import MAX_BYTES
from quizzes.models import ItemBank


class ItemFileForm(forms.Form):
    """A file of items, and where they go."""

    file = forms.FileField(label=_("File"), help_text=_("At most 50 MB. Nothing is changed before you say so."))
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[
            ("gift", "GIFT"),
            ("moodle-xml", "Moodle XML"),
            ("qti", "QTI 2.1, 2.2, 3"),
            ("csv", "CSV, XLSX"),
        ],
    )
    bank = forms.ModelChoiceField(label=_("Bank"), queryset=ItemBank.objects.order_by("code"))
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the texts for which the file says none.")
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(
                _("The file is too large: at most %(size)d MB.") % {"size": MAX_BYTES // 1024 // 1024}
            )
        return file
