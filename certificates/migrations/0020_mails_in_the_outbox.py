"""The mails about certificates move into the outbox of people, with what became of each."""

from datetime import timedelta

from django.db import migrations

LASTS = timedelta(minutes=15)
PREFIX = "certificate-"


def move(apps, schema_editor):
    mails, outbox = apps.get_model("certificates", "CertificateMail"), apps.get_model("people", "OutboxMail")
    rows = mails.objects.select_related("certificate").order_by("pk")
    batch = []
    for row in rows.iterator(chunk_size=500):
        certificate = row.certificate
        batch.append(
            outbox(
                key=f"{PREFIX}{certificate.public_id}",
                recipient_id=certificate.recipient_id,
                language=certificate.language,
                kind="certificate_issued",
                context={"certificate": certificate.pk},
                posted_at=certificate.issued_at,
                due_at=certificate.issued_at,
                attempts=1 if row.claimed_at else 0,
                claimed_until=row.claimed_at + LASTS if row.claimed_at and not row.sent_at else None,
                sent_at=row.sent_at,
            )
        )
        if len(batch) == 500:
            outbox.objects.bulk_create(batch)
            batch = []
    outbox.objects.bulk_create(batch)


def move_back(apps, schema_editor):
    mails, outbox = apps.get_model("certificates", "CertificateMail"), apps.get_model("people", "OutboxMail")
    found = outbox.objects.filter(kind="certificate_issued")
    mails.objects.bulk_create(
        mails(
            certificate_id=row.context["certificate"],
            claimed_at=row.sent_at or (row.claimed_until and row.claimed_until - LASTS),
            sent_at=row.sent_at,
        )
        for row in found.order_by("pk").iterator(chunk_size=500)
    )
    found.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0005_hours_have_sources_and_two_grantors"),
        ("people", "0020_mails_in_an_outbox"),
    ]

    operations = [
        migrations.RunPython(move, move_back),
        migrations.DeleteModel(name="CertificateMail"),
    ]
