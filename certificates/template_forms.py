"""Shape of input: the design of a certificate. What the rules refuse is refused where it was typed, in a sentence."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import designs
from certificates.designs import Design
from certificates.logos import Logo, read_logo
from certificates.models import CertificateTemplate, Paper
from curriculum.fields import Translated, TranslatedFormField

LABELS = {
    "heading": gettext_lazy("Heading"),
    "given_to": gettext_lazy("Line above the name"),
    "earned": gettext_lazy("Line above the title"),
    "statement": gettext_lazy("Statement"),
    "closing": gettext_lazy("Closing words"),
}
SHOWN_NAMES = {
    "competencies": gettext_lazy("minutes by competency"),
    "delivery": gettext_lazy("way of learning"),
    "objectives": gettext_lazy("objectives of the course"),
    "location": gettext_lazy("place"),
    "instructor": gettext_lazy("instructor"),
    "approvals": gettext_lazy("who approved the provider"),
    "version": gettext_lazy("version of the course"),
}
BORDER_NAMES = {
    "none": gettext_lazy("none"),
    "line": gettext_lazy("one line"),
    "double": gettext_lazy("two lines"),
    "stones": gettext_lazy("stones"),
}
ORNAMENT_NAMES = {
    "bridge": gettext_lazy("the bridge"),
    "arch": gettext_lazy("the arch alone"),
    "none": gettext_lazy("none"),
}
TEXTS = ("heading", "given_to", "earned", "statement", "closing")


def refuse_unfit(text: str, kind: str, language_name: str) -> None:
    """Raise ValidationError where a text names a field that is none, or uses a title that only a board gives."""
    if unknown := designs.unknown_fields(text, kind):
        raise ValidationError(
            _("%(language)s: %(unknown)s is no field. The fields here are: %(known)s.")
            % {
                "language": language_name,
                "unknown": ", ".join(unknown),
                "known": ", ".join(f"{{{name}}}" for name in designs.fields_for(kind)),
            }
        )
    if found := designs.protected_words(text):
        words, reason = found
        why = {
            "title": _("this is a title that only a board gives, and the law protects it"),
            "certified": _("only a board certifies a person; this paper shows training that was finished"),
            "licensed": _("nobody gets a license by a course"),
        }[reason]
        raise ValidationError(
            _("%(language)s: please do not write “%(words)s”: %(why)s.")
            % {"language": language_name, "words": words, "why": why}
        )


class DesignForm(forms.ModelForm):
    """The draft of a template."""

    main = forms.CharField(label=gettext_lazy("Main color"), widget=forms.TextInput(attrs={"type": "color"}))
    accent = forms.CharField(label=gettext_lazy("Second color"), widget=forms.TextInput(attrs={"type": "color"}))
    border = forms.ChoiceField(label=gettext_lazy("Border"), choices=BORDER_NAMES.items())
    ornament = forms.ChoiceField(label=gettext_lazy("Ornament, where there is no logo"), choices=ORNAMENT_NAMES.items())
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper"),
        required=False,
        choices=[("", gettext_lazy("as the issuer's")), *Paper.choices],
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG or JPEG, 2 MB at most. It stands on white paper."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    without_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    logo_alt = TranslatedFormField(
        label=gettext_lazy("What the logo shows"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("For people who cannot see it: mostly the name of the provider."),
    )
    location = TranslatedFormField(label=gettext_lazy("Place"), required=False, max_length=120)
    instructor = forms.CharField(label=gettext_lazy("Instructor"), required=False, max_length=120)

    class Meta:
        model = CertificateTemplate
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        self.draft = designs.from_content(self.instance.draft)
        self.new_logo: Logo | None = None
        kind = self.instance.kind
        self.texts = [key for key in TEXTS if key in designs.TEXTS[kind]]
        known = ", ".join(f"{{{name}}}" for name in designs.fields_for(kind))
        for key in self.texts:
            self.fields[key] = TranslatedFormField(
                label=LABELS[key],
                required=False,
                multiline=key in ("statement", "closing"),
                max_length=designs.LONGEST_TEXT[key],
                help_text=_("Empty: our own words. You may write: %(fields)s.") % {"fields": known}
                if key in ("statement", "closing")
                else _("Empty: our own words."),
                initial=Translated(getattr(self.draft, key) or {}),
            )
        signatories = list(self.instance.issuer.signatories.filter(is_current=True))
        self.fields["shows"] = forms.MultipleChoiceField(
            label=_("What is shown beside what must be"),
            required=False,
            choices=[(key, SHOWN_NAMES[key]) for key in designs.SHOWN[kind]],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["signatories"] = forms.TypedMultipleChoiceField(
            label=_("Who signs"),
            required=False,
            coerce=int,
            choices=[(each.pk, f"{each.printed_name}, {each.title}") for each in signatories],
            help_text=_("Up to three. Nobody chosen: the first who signs for the issuer."),
            widget=forms.CheckboxSelectMultiple,
        )
        if kind == designs.LETTER:
            del self.fields["location"], self.fields["instructor"]
        for name in ("main", "accent", "border", "ornament", "paper", "shows", "signatories", "logo_alt"):
            self.fields[name].initial = getattr(self.draft, name)
        for name in ("location", "instructor"):
            if name in self.fields:
                self.fields[name].initial = getattr(self.draft, name)
        if not self.draft.logo:
            del self.fields["without_logo"]
        self.order_fields(
            ["name", *self.texts, "logo", "without_logo", "logo_alt", "main", "accent", "border", "ornament", "paper"]
        )

    def clean_main(self) -> str:
        return self._colour("main")

    def clean_accent(self) -> str:
        return self._colour("accent")

    def _colour(self, name: str) -> str:
        colour = self.cleaned_data[name].strip()
        if not designs.is_colour(colour):
            raise ValidationError(_("Please write the color as #RRGGBB, for example #0F5C5C."))
        if not designs.is_readable(colour, [designs.PAPER_COLOUR]):
            raise ValidationError(
                _("Letters in this color are hard to read on white paper (%(ratio)s to 1; it takes %(least)s to 1). "
                  "Please choose a darker one.")
                % {"ratio": f"{designs.contrast(colour):.1f}", "least": designs.LEAST_CONTRAST}
            )  # fmt: skip
        return colour.upper()

    def clean_logo(self) -> None:
        if upload := self.cleaned_data.get("logo"):
            self.new_logo = read_logo(upload.read())

    def clean_signatories(self) -> list[int]:
        if len(self.cleaned_data["signatories"]) > 3:
            raise ValidationError(_("There is room for three signatures."))
        return self.cleaned_data["signatories"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        names = dict(settings.LANGUAGES)
        for key in self.texts:
            for code, text in (data.get(key) or {}).items():
                try:
                    refuse_unfit(text, self.instance.kind, str(names[code]))
                except ValidationError as error:
                    self.add_error(key, error)
        has_logo = bool(self.new_logo or (self.draft.logo and not data.get("without_logo")))
        if has_logo and any(not (data.get("logo_alt") or {}).get(code) for code in names):
            self.add_error("logo_alt", _("Please say in each language what the logo shows."))
        return data

    def _post_clean(self) -> None:
        """Checked by the service: the draft is one column."""

    @property
    def design(self) -> Design:
        """What was filled in. The logo is the one of the draft until the service stores a new one."""
        data = self.cleaned_data
        return Design(
            **{key: dict(data[key]) for key in self.texts},
            location=dict(data.get("location") or {}),
            instructor=data.get("instructor") or "",
            main=data["main"],
            accent=data["accent"],
            border=data["border"],
            ornament=data["ornament"],
            paper=data["paper"],
            shows=tuple(data["shows"]),
            signatories=tuple(data["signatories"]),
            logo="" if data.get("without_logo") else self.draft.logo,
            logo_alt=dict(data["logo_alt"] or {}),
        )
