"""Items that are here already say in which languages they are not finished."""

from django.conf import settings
from django.db import migrations


def texts(value, languages):
    """Every text by language in plain values: the mappings whose names are all languages of the site, or none."""
    if isinstance(value, list):
        for member in value:
            yield from texts(member, languages)
    elif isinstance(value, dict):
        if value and all(isinstance(text, str) for text in value.values()) and not languages.isdisjoint(value):
            yield value
        else:
            for member in value.values():
                yield from texts(member, languages)


def find_missing_languages(apps, schema_editor):
    """What the service writes from now on, for the items that are here. A half of a text that only the key has (a
    feedback) is a text, too: the halves of a version are looked at together."""
    codes = [code for code, _name in settings.LANGUAGES]
    Item = apps.get_model("quizzes", "Item")
    changed = []
    for item in Item.objects.exclude(current_version=None).select_related("current_version").iterator():
        halves = [item.current_version.question, item.current_version.answer_key]
        found = [text for text in texts(halves, set(codes)) if any(text.values())]
        missing = [code for code in codes if not all(text.get(code) for text in found)]
        if missing:
            item.missing_languages = f",{','.join(missing)},"
            changed.append(item)
    Item.objects.bulk_update(changed, ["missing_languages"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [("quizzes", "0030_figures_of_attempts")]
    operations = [migrations.RunPython(find_missing_languages, migrations.RunPython.noop)]
