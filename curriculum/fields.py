"""Text in several languages in one column, for reference data that editors keep side by side.

Pages are translated as pages (one page a language); everything without a URL of its own (a competency's name, a
quiz question) keeps all its languages on one row, so that its identity and its meaning never drift apart.
"""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Translated(dict[str, str]):
    """A text by language code, e.g. ``{"en": "Outreach", "es": "Alcance"}``.

    Prints itself in the active language, else in the site's default language, else in any it has.
    """

    def in_language(self, code: str | None) -> str:
        """The text in language `code`; falls back as described above; empty where there is none at all."""
        base = (code or "").split("-")[0]
        for candidate in (code, base, settings.LANGUAGE_CODE):
            if candidate and self.get(candidate):
                return self[candidate]
        return next((text for text in self.values() if text), "")

    def __str__(self) -> str:
        return self.in_language(get_language())

    @property
    def languages(self) -> list[str]:
        """Codes of the languages that have a text, in the order of settings.LANGUAGES."""
        return [code for code, _name in settings.LANGUAGES if self.get(code)]


class TranslatedWidget(forms.MultiWidget):
    """One input a language, each labelled with the language's own name."""

    template_name = "curriculum/widgets/translated.html"

    class Media:
        css = {"all": ["curriculum/translated.css"]}

    def __init__(self, multiline: bool = False, attrs: dict[str, Any] | None = None) -> None:
        self.multiline = multiline
        self.field_label: Any = None
        self.codes = [code for code, _name in settings.LANGUAGES]
        # One widget each, never one shared: Django writes `required` on them one by one.
        super().__init__(
            {code: forms.Textarea(attrs={"rows": 3}) if multiline else forms.TextInput() for code in self.codes}, attrs
        )

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.codes]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        if isinstance(value, Mapping):
            value = self.decompress(value)
        context = super().get_context(name, value, attrs)
        for (code, label), subwidget in zip(settings.LANGUAGES, context["widget"]["subwidgets"], strict=True):
            subwidget["language"] = code
            subwidget["language_name"] = label
            subwidget["attrs"]["lang"] = code
            # A form has many of these: "English" alone would not say which text it is.
            subwidget["attrs"]["aria-label"] = f"{self.field_label}: {label}" if self.field_label else label
            # Not `required`: a browser would then refuse a form whose emptied inline row was taken away.
            if self.is_required and code == settings.LANGUAGE_CODE:
                subwidget["attrs"]["aria-required"] = "true"
        return context


class TranslatedFormField(forms.MultiValueField):
    """Takes one text a language; the site's default language must be there when the field is required."""

    def __init__(self, *, multiline: bool = False, max_length: int | None = None, **kwargs: Any) -> None:
        # The parts are never required themselves: forms may change `required` of the whole after it was made.
        fields = [forms.CharField(required=False, max_length=max_length) for _code in settings.LANGUAGES]
        kwargs["widget"] = TranslatedWidget(multiline=multiline)
        super().__init__(fields=fields, require_all_fields=False, **kwargs)
        self.widget.field_label = self.label
        for part, widget in zip(self.fields, self.widget.widgets, strict=True):
            widget.attrs.update(part.widget_attrs(widget))

    def compress(self, data_list: list[str]) -> Translated:
        codes = [code for code, _name in settings.LANGUAGES]
        value = Translated({code: text for code, text in zip(codes, data_list, strict=False) if text})
        if self.required and not value.get(settings.LANGUAGE_CODE):
            raise ValidationError(
                _("Please write this in %(language)s too."),
                code="missing_default_language",
                params={"language": dict(settings.LANGUAGES)[settings.LANGUAGE_CODE]},
            )
        return value


class TranslatedAttribute(DeferredAttribute):
    """A plain dict becomes `Translated` where it is assigned, so that a row prints itself before it was ever saved."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, Mapping) and not isinstance(value, Translated):
            value = Translated(value)
        instance.__dict__[self.field.attname] = value


class ReadableEncoder(json.JSONEncoder):
    """Writes accents as letters: SQLite keeps JSON as text, and a search for "educación" must find it there."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "ensure_ascii": False})


class TranslatedTextField(models.JSONField):
    """A JSON column of texts by language code; reads as `Translated`.

    `max_length` bounds each single text in the form. Raises ValidationError for unknown languages or non-texts.
    """

    descriptor_class = TranslatedAttribute

    def __init__(self, *args: Any, multiline: bool = False, max_length: int | None = None, **kwargs: Any) -> None:
        self.multiline = multiline
        self.text_max_length = max_length
        kwargs.setdefault("default", Translated)
        kwargs["encoder"] = ReadableEncoder
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["encoder"]
        if self.multiline:
            kwargs["multiline"] = True
        if self.text_max_length:
            kwargs["max_length"] = self.text_max_length
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        value = super().from_db_value(value, expression, connection)
        return Translated(value) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return Translated(value) if isinstance(value, Mapping) else value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        known = {code for code, _name in settings.LANGUAGES}
        if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
            raise ValidationError(_("This must be a text for each language."), code="not_translated")
        if unknown := sorted(map(str, set(value) - known)):
            raise ValidationError(
                _("Unknown languages: %(codes)s."), code="unknown_language", params={"codes": ", ".join(unknown)}
            )

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(
            self,
            **{
                "form_class": TranslatedFormField,
                "multiline": self.multiline,
                "max_length": self.text_max_length,
                # Django turns this on for callable defaults, and then compares with a hidden input nobody renders.
                "show_hidden_initial": False,
                **kwargs,
            },
        )


class StableIdentifierField(models.UUIDField):
    """An identifier that other systems keep: given once, when a row is first saved, by `make_identifier` of its model.

    Fixed from then on, whatever becomes of the code or the site's address it was made from.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"editable": False, "blank": True, **kwargs})

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if value is None:
            value = model_instance.make_identifier()
            setattr(model_instance, self.attname, value)
        return value
