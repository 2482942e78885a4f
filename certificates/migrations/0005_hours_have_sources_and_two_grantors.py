"""A line of hours says of what, which edition, and what shows it; hours that a person grants are granted by two.

Rows from before keep these columns empty: the account is append-only, for migrations too. SQLite remakes the table and
loses its triggers, so they are made again.
"""

from importlib import import_module

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


history = import_module("certificates.migrations.0002_refuse_rewriting_history")


def make_triggers_again(apps, schema_editor):
    history.drop(apps, schema_editor)
    history.create(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0004_lines_of_certificates'),
        ('courses', '0001_initial'),
        ('people', '0002_organization_code'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HoursProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('minutes', models.PositiveIntegerField(verbose_name='minutes')),
                ('shares', models.JSONField(default=dict, help_text='Minutes by the key of the competency.')),
                ('earned_on', models.DateField(verbose_name='day of the activity')),
                ('delivery', models.CharField(choices=[('self_paced', 'self-paced, online (home study)'), ('live_online', 'live, online (webinar)'), ('in_person', 'in person (live)')], max_length=20, verbose_name='way of learning')),
                ('component', models.CharField(choices=[('class', 'class'), ('homework', 'homework'), ('reading', 'reading'), ('practicum', 'practicum'), ('assessment', 'assessment'), ('mentorship', 'mentorship'), ('experience', 'work experience')], max_length=20, verbose_name='component')),
                ('provider_name', models.CharField(max_length=200, verbose_name='provider')),
                ('evidence', models.CharField(blank=True, max_length=300, verbose_name='evidence')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed at')),
                ('decision', models.CharField(blank=True, choices=[('approved', 'approved'), ('refused', 'refused')], max_length=10, verbose_name='decision')),
                ('decision_reason', models.CharField(blank=True, max_length=500, verbose_name='reason of the decision')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'hours to be confirmed',
                'verbose_name_plural': 'hours to be confirmed',
                'ordering': ['-proposed_at', '-id'],
            },
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='activity_key',
            field=models.UUIDField(blank=True, help_text='Of the course, the same in every language.', null=True),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='component',
            field=models.CharField(blank=True, choices=[('class', 'class'), ('homework', 'homework'), ('reading', 'reading'), ('practicum', 'practicum'), ('assessment', 'assessment'), ('mentorship', 'mentorship'), ('experience', 'work experience')], help_text='Empty only in rows older than this column.', max_length=20),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='confirmed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='edition',
            field=models.CharField(blank=True, help_text='Of the course that counted, e.g. en:41 es:42.', max_length=64),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='evidence',
            field=models.CharField(blank=True, help_text='What shows that it was so.', max_length=300),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='provider',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'adjustment'), ('minutes__gt', 0), _negated=True), ('component', ''), models.Q(('confirmed_by__isnull', False), models.Q(('confirmed_by', models.F('actor')), _negated=True), models.Q(('confirmed_by', models.F('learner')), _negated=True), models.Q(('actor', models.F('learner')), _negated=True)), _connector='OR'), name='ledgerentry_granted_by_two_others'),
        ),
        migrations.AddField(
            model_name='hoursproposal',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='hoursproposal',
            name='entry',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='certificates.ledgerentry'),
        ),
        migrations.AddField(
            model_name='hoursproposal',
            name='learner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hours_proposals', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='hoursproposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by'),
        ),
        migrations.AddConstraint(
            model_name='hoursproposal',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gt', 0)), name='hoursproposal_adds_minutes'),
        ),
        migrations.AddConstraint(
            model_name='hoursproposal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='hoursproposal_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='hoursproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proposed_by', models.F('learner')), _negated=True), models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), models.Q(('decided_by', None), models.Q(('decided_by', models.F('learner')), _negated=True), _connector='OR')), name='hoursproposal_by_two_others'),
        ),
        migrations.AddConstraint(
            model_name='hoursproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', ''), ('decision_reason', ''), ('entry', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decision', 'approved'), ('entry__isnull', False)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decision', 'refused'), ('entry', None), models.Q(('decision_reason', ''), _negated=True)), _connector='OR'), name='hoursproposal_decision_is_whole'),
        ),
        migrations.RunPython(make_triggers_again, migrations.RunPython.noop),
    ]
