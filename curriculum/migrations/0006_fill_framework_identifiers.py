"""Gives frameworks and competencies that stood before the identifiers that other systems will know them by."""

from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import migrations


def fill(apps, schema_editor):
    base = f"{settings.BASE_URL.rstrip('/')}/ims/case/v1p1"
    alias = schema_editor.connection.alias
    for framework in apps.get_model("curriculum", "CompetencyFramework").objects.using(alias).filter(identifier=None):
        framework.identifier = uuid5(NAMESPACE_URL, f"{base}/CFDocuments/{framework.code}")
        framework.save(update_fields=["identifier"])
    competencies = apps.get_model("curriculum", "Competency").objects.using(alias).filter(identifier=None)
    for competency in competencies.select_related("framework"):
        competency.identifier = uuid5(
            NAMESPACE_URL, f"{base}/CFItems/{competency.framework.code}/{competency.code}"
        )
        competency.save(update_fields=["identifier"])


class Migration(migrations.Migration):
    dependencies = [("curriculum", "0005_framework_trees_links_and_identifiers")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
