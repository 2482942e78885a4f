"""Time limits, windows, waiting times, and extra time for those who need it. An attempt keeps its limit."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


triggers = import_module("quizzes.migrations.0002_closed_attempts_stay_closed")
renamed = import_module("quizzes.migrations.0005_choices_are_in_versions")


def create_triggers(apps, schema_editor):
    """Those of 0005, which now keep the time limit too."""
    triggers.FROZEN_ALWAYS.append("time_limit_minutes")
    try:
        renamed.create_triggers(apps, schema_editor)
    finally:
        triggers.FROZEN_ALWAYS.remove("time_limit_minutes")


class Migration(migrations.Migration):

    dependencies = [
        ('quizzes', '0005_choices_are_in_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(triggers.drop_triggers, renamed.create_triggers),
        migrations.CreateModel(
            name='Accommodation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('extra_time_percent', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(900)], verbose_name='extra time (percent)')),
                ('is_untimed', models.BooleanField(default=False, verbose_name='no time limit')),
                ('reason', models.CharField(blank=True, help_text='Only those who edit this read it.', max_length=500, verbose_name='reason')),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name': 'extra time',
                'verbose_name_plural': 'extra time',
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='time_limit_minutes',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='quiz',
            name='closes_at',
            field=models.DateTimeField(blank=True, help_text='No try can be started after this. One with a time limit that runs by then keeps its full time.', null=True, verbose_name='closes'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='opens_at',
            field=models.DateTimeField(blank=True, help_text='Empty: it can be started from now on.', null=True, verbose_name='opens'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='time_limit_minutes',
            field=models.PositiveIntegerField(blank=True, help_text='Empty: no limit. What was answered when the time ends is sent by itself.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='time limit (minutes)'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='wait_minutes',
            field=models.PositiveIntegerField(default=0, help_text='From sending one try to starting the next.', verbose_name='waiting time between tries (minutes)'),
        ),
        migrations.AddConstraint(
            model_name='quiz',
            constraint=models.CheckConstraint(condition=models.Q(('time_limit_minutes', None), ('time_limit_minutes__gte', 1), _connector='OR'), name='quiz_gives_a_minute'),
        ),
        migrations.AddConstraint(
            model_name='quiz',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at', None), ('closes_at', None), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='quiz_closes_after_it_opens'),
        ),
        migrations.AddField(
            model_name='accommodation',
            name='learner',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='quiz_accommodation', to=settings.AUTH_USER_MODEL, verbose_name='learner'),
        ),
        migrations.AddConstraint(
            model_name='accommodation',
            constraint=models.CheckConstraint(condition=models.Q(('extra_time_percent__lte', 900)), name='accommodation_extra_time_within_bounds'),
        ),
        migrations.RunPython(create_triggers, triggers.drop_triggers),
    ]
