"""The rule about a person's age is one of several facts about the person now; its figures stay as they are."""

from django.db import migrations


def rename(apps, old, new):
    apps.get_model("curriculum", "Requirement").objects.filter(kind=old).update(kind=new)


class Migration(migrations.Migration):
    dependencies = [("curriculum", "0002_rules_nest")]

    operations = [
        migrations.RunPython(
            lambda apps, _editor: rename(apps, "person_age", "person_eligibility"),
            lambda apps, _editor: rename(apps, "person_eligibility", "person_age"),
        )
    ]
