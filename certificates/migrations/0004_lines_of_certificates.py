"""A certificate may take the place of another; its file is no column any more; who signed, on which paper, till when.

SQLite remakes the table for this and loses its triggers, so they are made again.
"""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


history = import_module("certificates.migrations.0002_refuse_rewriting_history")


def make_triggers_again(apps, schema_editor):
    history.drop(apps, schema_editor)
    history.create(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0003_pdfs_become_files'),
        ('courses', '0001_initial'),
        ('people', '0002_organization_code'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name='certificate',
            name='pdf',
        ),
        migrations.AddField(
            model_name='certificate',
            name='approvals',
            field=models.JSONField(default=list, help_text='[{"authority", "number", "status"}] of the provider on the day of completion.'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='change',
            field=models.CharField(blank=True, choices=[('correction', 'correction'), ('rename', 'new name'), ('renewal', 'renewal')], max_length=12),
        ),
        migrations.AddField(
            model_name='certificate',
            name='change_reason',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='certificate',
            name='issued_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certificate',
            name='paper',
            field=models.CharField(choices=[('letter', 'Letter (8.5 × 11 inches)'), ('a4', 'A4 (210 × 297 mm)')], default='letter', max_length=10),
        ),
        migrations.AddField(
            model_name='certificate',
            name='signed_by',
            field=models.CharField(blank=True, help_text='Whose key; empty: not signed.', max_length=200),
        ),
        migrations.AddField(
            model_name='certificate',
            name='signer_fingerprint',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='certificate',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='certificates.certificate'),
        ),
        migrations.AddField(
            model_name='issuer',
            name='months_good',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Counted from the day of completion. Empty: certificates have no last day.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)], verbose_name='months a certificate is good for'),
        ),
        migrations.AddField(
            model_name='issuer',
            name='paper',
            field=models.CharField(choices=[('letter', 'Letter (8.5 × 11 inches)'), ('a4', 'A4 (210 × 297 mm)')], default='letter', max_length=10, verbose_name='paper'),
        ),
        migrations.AlterField(
            model_name='certificate',
            name='completion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='courses.coursecompletion'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('completion',), name='certificate_one_line_per_completion'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('change', ''), ('change_reason', ''), ('issued_by', None), ('supersedes', None)), models.Q(('issued_by__isnull', False), ('supersedes__isnull', False), models.Q(('change', ''), _negated=True), models.Q(('change_reason', ''), _negated=True)), _connector='OR'), name='certificate_change_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_by', ''), ('signer_fingerprint', '')), models.Q(models.Q(('signed_by', ''), _negated=True), models.Q(('signer_fingerprint', ''), _negated=True)), _connector='OR'), name='certificate_signer_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='issuer',
            constraint=models.CheckConstraint(condition=models.Q(('months_good', None), ('months_good__gt', 0), _connector='OR'), name='issuer_months_above_zero'),
        ),
        migrations.RunPython(make_triggers_again, migrations.RunPython.noop),
    ]
