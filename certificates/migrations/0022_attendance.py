"""Attendance: entered by a person, append-only by triggers like the ledger."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

MESSAGE = "is append-only: write a new row that puts it right"
TABLE = "certificates_attendance"


def statements_to_create(vendor):
    """Return the SQL that makes the triggers on this kind of database."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {TABLE}_refuse_{act} BEFORE {act.upper()} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} {MESSAGE}'); END"
            for act in ("update", "delete")
        ]
    return [
        f"CREATE TRIGGER {TABLE}_refuse_{act} BEFORE {act.upper()} ON {TABLE} "
        f"FOR EACH {'STATEMENT' if act == 'truncate' else 'ROW'} EXECUTE FUNCTION certificates_refuse()"
        for act in ("update", "delete", "truncate")
    ]


def statements_to_drop(vendor):
    """Return the SQL that takes them away: for going back, and for tests that empty the database."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {TABLE}_refuse_{act}" for act in ("update", "delete")]
    return [f"DROP TRIGGER IF EXISTS {TABLE}_refuse_{act} ON {TABLE}" for act in ("update", "delete", "truncate")]


def create(apps, schema_editor):
    for statement in statements_to_create(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in statements_to_drop(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0021_names_may_be_erased'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=255, verbose_name='session')),
                ('course_key', models.UUIDField(blank=True, help_text='Of the course it belongs to, where it belongs to one.', null=True, verbose_name='course')),
                ('held_on', models.DateField(verbose_name='day')),
                ('minutes', models.IntegerField(verbose_name='minutes attended')),
                ('entered_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='entered')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('corrects', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='certificates.attendance')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'attendance',
                'verbose_name_plural': 'attendances',
                'ordering': ['-held_on', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('corrects', None), ('minutes__gt', 0), ('minutes__lte', 1440)), models.Q(('corrects__isnull', False), ('minutes__lt', 0), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='attendance_minutes_or_a_correction'), models.CheckConstraint(condition=models.Q(('entered_by', models.F('learner')), _negated=True), name='attendance_by_somebody_else')],
            },
        ),
        migrations.RunPython(create, drop),
    ]
