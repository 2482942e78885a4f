"""Writes the PDFs that the table holds into the storage "certificates", where they are served from from now on.

May run again after it was broken off: a file that is there and whole is left as it is.
"""

from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import migrations


def write_files(apps, schema_editor):
    place = storages["certificates"]
    for row in apps.get_model("certificates", "Certificate").objects.order_by("pk").iterator(chunk_size=50):
        name = f"{row.public_id.hex[:2]}/{row.public_id}.pdf"
        if place.exists(name):
            with place.open(name) as file:
                if sha256(file.read()).hexdigest() == row.pdf_sha256:
                    continue
            place.delete(name)
        saved = place.save(name, ContentFile(bytes(row.pdf)))
        if saved != name:
            raise RuntimeError(f"The storage called {name} {saved}.")


class Migration(migrations.Migration):
    dependencies = [("certificates", "0002_refuse_rewriting_history")]

    operations = [migrations.RunPython(write_files, migrations.RunPython.noop)]
