"""An attempt says in which language it was started, and what it adds to the statistics stands ready."""

from importlib import import_module

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import curriculum.fields

marks = import_module("quizzes.migrations.0012_marks_change_with_a_grading")
triggers = import_module("quizzes.migrations.0022_earlier_answers_are_kept")


def create_triggers(apps, schema_editor):
    """Those of 0022, which now keep the language too."""
    marks.FROZEN_ALWAYS.append("language")
    try:
        triggers.create_triggers(apps, schema_editor)
    finally:
        marks.FROZEN_ALWAYS.remove("language")


class Migration(migrations.Migration):

    dependencies = [
        ('quizzes', '0022_earlier_answers_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(triggers.drop_triggers, triggers.create_triggers),
        migrations.CreateModel(
            name='AttemptTally',
            fields=[
                ('attempt', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='tally', serialize=False, to='quizzes.attempt')),
                ('cells', models.TextField(help_text='version:marks:what was taken, a question a cell, joined by semicolons')),
                ('paces', models.TextField(blank=True, help_text='version:seconds, joined by semicolons, where they are known')),
            ],
            options={
                'verbose_name': 'tally of an attempt',
                'verbose_name_plural': 'tallies of attempts',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='language',
            field=models.CharField(blank=True, default='', help_text='In which it was started; empty: from before it was kept.', max_length=20),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['quiz', 'state', 'learner', 'number', 'is_passed'], name='attempt_sums_of_quiz'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['quiz', 'marks', 'id'], name='attempt_marks_of_quiz'),
        ),
        migrations.RunPython(create_triggers, triggers.drop_triggers),
        migrations.AddField(
            model_name='item',
            name='missing_languages',
            field=models.CharField(blank=True, default='', editable=False, help_text='Codes between commas (,es,) of the languages in which a part is not written; empty: none.', max_length=200),
        ),
        migrations.CreateModel(
            name='BulkEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changes', models.JSONField(encoder=curriculum.fields.ReadableEncoder)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'change of many items',
                'verbose_name_plural': 'changes of many items',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('undone_at', None), ('undone_at__gte', models.F('made_at')), _connector='OR'), name='bulkedit_undone_after_it_was_made')],
            },
        ),
    ]
