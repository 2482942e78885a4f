"""Text in several languages: fallback, validation, the form field and its widget, and the column."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from curriculum.fields import Translated, TranslatedFormField, TranslatedTextField
from curriculum.models import Competency
from tests.factories.curriculum import CompetencyFactory


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({"en": "Outreach", "es": "Alcance"}, "es", "Alcance"),
        ({"en": "Outreach", "es": "Alcance"}, "es-mx", "Alcance"),
        ({"en": "Outreach", "es": "Alcance"}, "ht", "Outreach"),
        ({"en": "Outreach", "es": ""}, "es", "Outreach"),
        ({"es": "Alcance"}, "en", "Alcance"),
        ({"en": "Outreach"}, None, "Outreach"),
        ({}, "en", ""),
    ],
)
def test_translated_falls_back(texts, language, expected):
    assert Translated(texts).in_language(language) == expected


def test_translated_prints_itself_in_the_active_language():
    text = Translated({"en": "Outreach", "es": "Alcance"})

    with translation.override("es"):
        assert str(text) == "Alcance"
    with translation.override("en"):
        assert str(text) == "Outreach"


def test_translated_lists_its_languages_in_the_site_order():
    assert Translated({"es": "Alcance", "en": "Outreach"}).languages == ["en", "es"]
    assert Translated({"es": "Alcance", "en": ""}).languages == ["es"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"en": 3}, "not_translated"),
        ([1], "not_translated"),
        ({"xx": "?"}, "unknown_language"),
        ({}, "blank"),
        (None, "null"),
    ],
)
def test_column_refuses_what_is_not_text_by_language(value, code):
    with pytest.raises(ValidationError) as caught:
        TranslatedTextField().clean(value, None)

    assert caught.value.code == code


def test_column_takes_texts_by_language():
    value = TranslatedTextField().clean({"en": "A"}, None)

    assert (type(value), value) == (Translated, {"en": "A"})


def test_column_describes_itself_for_migrations():
    _name, _path, args, kwargs = TranslatedTextField("name", max_length=200, multiline=True).deconstruct()

    assert (args, kwargs) == (
        [],
        {"verbose_name": "name", "default": Translated, "max_length": 200, "multiline": True},
    )


@pytest.mark.django_db
def test_column_reads_back_as_translated():
    CompetencyFactory(code="X", name={"en": "Evaluation", "es": "Evaluación “ñ”"}, description={})

    found = Competency.objects.get(code="X")

    assert (type(found.name), found.name) == (Translated, {"en": "Evaluation", "es": "Evaluación “ñ”"})
    assert found.description == {}
    assert Competency.objects.filter(name__es="Evaluación “ñ”").count() == 1


def test_column_prints_itself_before_it_is_saved():
    assert str(Competency(code="X", name={"en": "Outreach"})) == "X Outreach"


@pytest.mark.django_db
def test_column_may_be_fetched_later(django_assert_num_queries):
    CompetencyFactory(name={"en": "Outreach"})

    competency = Competency.objects.defer("name").get()

    with django_assert_num_queries(1):
        assert str(competency.name) == "Outreach"


@pytest.mark.django_db
def test_column_is_searched_with_accents():
    CompetencyFactory(name={"en": "Evaluation", "es": "Evaluación"})

    assert Competency.objects.filter(name__icontains="evaluación").count() == 1
    assert Competency.objects.filter(name__icontains="alcance").count() == 0


# --- The form -----------------------------------------------------------------------------------------------------


class Form(forms.Form):
    name = TranslatedFormField(max_length=10, label="Name")
    note = TranslatedFormField(required=False, multiline=True)


def test_form_takes_one_text_a_language():
    form = Form({"name_en": " Outreach ", "name_es": "Alcance", "note_en": "", "note_es": ""})

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"name": {"en": "Outreach", "es": "Alcance"}, "note": {}}
    assert type(form.cleaned_data["name"]) is Translated


def test_form_takes_one_language_where_nothing_is_required():
    form = Form({"name_en": "Outreach", "note_es": "Nota"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"name": {"en": "Outreach"}, "note": {"es": "Nota"}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "This field is required."),
        ({"name_es": "Alcance"}, "Please write this in English too."),
        ({"name_en": "   ", "name_es": "Alcance"}, "Please write this in English too."),
        ({"name_en": "Far too long", "name_es": ""}, "Ensure this value has at most 10 characters (it has 12)."),
    ],
)
def test_form_refuses_in_words(data, message):
    form = Form(data)

    assert form.errors == {"name": [message]}


def test_form_obeys_required_changed_after_it_was_made():
    form = Form({"name_es": "Alcance"})
    form.fields["name"].required = False

    assert form.is_valid(), form.errors


def test_form_knows_what_has_changed():
    initial = {"name": Translated({"en": "A", "es": "B"})}

    assert Form({"name_en": "A", "name_es": "B"}, initial=initial).changed_data == []
    assert Form({"name_en": "A", "name_es": "C"}, initial=initial).changed_data == ["name"]


def test_widget_shows_every_language_with_its_own_name():
    html = str(Form(initial={"name": {"en": "A", "es": "<B>"}})["name"])

    assert html.count("<input") == 2
    for part in (
        'name="name_en" value="A" maxlength="10" id="id_name_0" lang="en" aria-label="Name: English"',
        'aria-label="Name: English" aria-required="true"',
        'name="name_es" value="&lt;B&gt;" maxlength="10" id="id_name_1" lang="es" aria-label="Name: Español"',
    ):
        assert part in html, html
    assert html.count("aria-required") == 1
    assert " style=" not in html


def test_widget_of_a_long_text_is_a_textarea_with_nothing_required():
    html = str(Form()["note"])

    assert html.count("<textarea") == 2
    assert html.count("required") == 0


def test_model_form_field_renders_no_hidden_copy():
    field = Competency._meta.get_field("name").formfield()

    assert (type(field), field.required, field.show_hidden_initial) == (TranslatedFormField, True, False)
    assert Competency._meta.get_field("description").formfield().required is False
