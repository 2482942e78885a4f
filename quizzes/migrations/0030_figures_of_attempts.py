"""An attempt says in which language it was started, and what it adds to the statistics stands ready."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


triggers = import_module("quizzes.migrations.0002_closed_attempts_stay_closed")
limited = import_module("quizzes.migrations.0006_time_limits")


def create_triggers(apps, schema_editor):
    """Those of 0006, which now keep the language too."""
    triggers.FROZEN_ALWAYS.append("language")
    try:
        limited.create_triggers(apps, schema_editor)
    finally:
        triggers.FROZEN_ALWAYS.remove("language")


class Migration(migrations.Migration):

    dependencies = [
        ('quizzes', '0007_when_the_key_is_told'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(triggers.drop_triggers, limited.create_triggers),
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
    ]
