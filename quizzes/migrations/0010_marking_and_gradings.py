"""Marking by people, gradings that follow each other, regrades. The triggers come back in 0012."""

from importlib import import_module

import curriculum.fields
import django.core.validators
import django.db.models.deletion
import quizzes.models.marking
from django.conf import settings
from django.db import migrations, models


triggers = import_module("quizzes.migrations.0002_closed_attempts_stay_closed")
timed = import_module("quizzes.migrations.0006_time_limits")


class Migration(migrations.Migration):

    dependencies = [
        ('quizzes', '0007_when_the_key_is_told'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(triggers.drop_triggers, timed.create_triggers),
        migrations.CreateModel(
            name='AnswerFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=quizzes.models.marking.new_file_token, editable=False, max_length=40, unique=True)),
                ('name', models.CharField(max_length=255)),
                ('type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField(help_text='bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('path', models.CharField(help_text='in the storage of answers', max_length=100)),
                ('sent_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'file of a learner',
                'verbose_name_plural': 'files of learners',
            },
        ),
        migrations.CreateModel(
            name='AnswerReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('returned_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=1000)),
                ('earlier_value', models.JSONField(encoder=curriculum.fields.ReadableEncoder)),
                ('earlier_revision', models.PositiveIntegerField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'returned answer',
                'verbose_name_plural': 'returned answers',
            },
        ),
        migrations.CreateModel(
            name='Grading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('marks', models.PositiveIntegerField(help_text='hundredths of a point')),
                ('max_marks', models.PositiveIntegerField(help_text='hundredths of a point')),
                ('is_passed', models.BooleanField()),
                ('is_pass_kept', models.BooleanField(default=False, help_text='The marks are below the pass mark; the pass stays.')),
                ('items', models.JSONField()),
                ('cause', models.CharField(choices=[('submit', 'sent'), ('marking', 'marked by a person'), ('regrade', 'graded again'), ('undo', 'regrading undone')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'grading',
                'verbose_name_plural': 'gradings',
            },
        ),
        migrations.CreateModel(
            name='Marking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('place', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('draft', 'draft'), ('final', 'final')], max_length=10)),
                ('levels', models.JSONField(default=dict, help_text='criterion of the rubric → level')),
                ('marks', models.PositiveIntegerField(blank=True, help_text='hundredths of a point', null=True)),
                ('comment', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'marking',
                'verbose_name_plural': 'markings',
                'permissions': [('mark_response', 'Can mark answers'), ('decide_marking', 'Can decide where two markers differ')],
            },
        ),
        migrations.CreateModel(
            name='MarkingTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('first', 'first mark'), ('second', 'second mark'), ('third', 'third look'), ('returned', 'with the learner'), ('done', 'done')], default='first', max_length=10)),
                ('has_second_marker', models.BooleanField()),
                ('difference_percent', models.PositiveSmallIntegerField()),
                ('is_blind', models.BooleanField()),
                ('waiting_since', models.DateTimeField()),
                ('marks', models.PositiveIntegerField(blank=True, help_text='hundredths of a point', null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'answer to mark',
                'verbose_name_plural': 'answers to mark',
            },
        ),
        migrations.CreateModel(
            name='Regrade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('key', "grade by another version's key"), ('drop', 'leave the question out'), ('full', 'full marks for everybody who was asked')], max_length=10)),
                ('may_lower', models.BooleanField(default=False, help_text='Who passed before may fail by it.')),
                ('reason', models.CharField(max_length=500)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('undo_reason', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'verbose_name': 'regrading',
                'verbose_name_plural': 'regradings',
                'permissions': [('regrade_attempt', 'Can grade attempts again')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='attempt',
            name='attempt_one_open_per_quiz',
        ),
        migrations.RemoveConstraint(
            model_name='attempt',
            name='attempt_state_and_marks_agree',
        ),
        migrations.AddField(
            model_name='attempt',
            name='grading_number',
            field=models.PositiveIntegerField(default=0, help_text='number of the grading that stands; 0: none'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='reopened_from',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reopened_as', to='quizzes.attempt'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='has_second_marker',
            field=models.BooleanField(default=False, help_text='Each without seeing what the other gave.', verbose_name='two people mark each answer'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='is_marked_blind',
            field=models.BooleanField(default=False, help_text='Who marks does not see who answered.', verbose_name='answers are marked without names'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='marking_difference_percent',
            field=models.PositiveSmallIntegerField(default=10, help_text='Of the points of the question. Up to it, the mean of the two counts.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='difference that asks for a third person (percent)'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='state',
            field=models.CharField(choices=[('open', 'open'), ('submitted', 'waits for a person'), ('graded', 'graded'), ('voided', 'voided')], default='open', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'submitted'])), fields=('learner', 'quiz'), name='attempt_one_open_per_quiz'),
        ),
        migrations.AddConstraint(
            model_name='quiz',
            constraint=models.CheckConstraint(condition=models.Q(('marking_difference_percent__lte', 100)), name='quiz_marking_difference_is_a_percentage'),
        ),
        migrations.AddField(
            model_name='answerfile',
            name='attempt_item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='quizzes.attemptitem'),
        ),
        migrations.AddField(
            model_name='answerreturn',
            name='returned_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='grading',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='grading',
            name='attempt',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='gradings', to='quizzes.attempt'),
        ),
        migrations.AddField(
            model_name='marking',
            name='marker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='markingtask',
            name='attempt_item',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='marking_task', to='quizzes.attemptitem'),
        ),
        migrations.AddField(
            model_name='markingtask',
            name='quiz',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marking_tasks', to='quizzes.quiz'),
        ),
        migrations.AddField(
            model_name='marking',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='markings', to='quizzes.markingtask'),
        ),
        migrations.AddField(
            model_name='answerreturn',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='quizzes.markingtask'),
        ),
        migrations.AddField(
            model_name='regrade',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='regrade',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='regrades', to='quizzes.item'),
        ),
        migrations.AddField(
            model_name='regrade',
            name='quiz',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='regrades', to='quizzes.quiz'),
        ),
        migrations.AddField(
            model_name='regrade',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='regrade',
            name='version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quizzes.itemversion'),
        ),
        migrations.AddField(
            model_name='grading',
            name='regrade',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gradings', to='quizzes.regrade'),
        ),
        migrations.AddIndex(
            model_name='markingtask',
            index=models.Index(fields=['state', 'waiting_since', 'id'], name='markingtask_oldest_first'),
        ),
        migrations.AddConstraint(
            model_name='markingtask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('marks__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at', None), ('marks', None)), _connector='OR'), name='markingtask_done_with_marks'),
        ),
        migrations.AddConstraint(
            model_name='marking',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'final')), fields=('task', 'revision', 'place'), name='marking_one_final_a_place'),
        ),
        migrations.AddConstraint(
            model_name='marking',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'final')), fields=('task', 'revision', 'marker'), name='marking_one_final_a_person'),
        ),
        migrations.AddConstraint(
            model_name='marking',
            constraint=models.CheckConstraint(condition=models.Q(('place__gte', 1), ('place__lte', 3)), name='marking_place_from_1_to_3'),
        ),
        migrations.AddConstraint(
            model_name='marking',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('marks__isnull', False), _connector='OR'), name='marking_final_has_marks'),
        ),
        migrations.AddConstraint(
            model_name='answerreturn',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('task',), name='answerreturn_one_open_a_task'),
        ),
        migrations.AddConstraint(
            model_name='answerreturn',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='answerreturn_for_a_reason'),
        ),
        migrations.AddIndex(
            model_name='regrade',
            index=models.Index(fields=['quiz', 'at'], name='regrade_of_quiz'),
        ),
        migrations.AddConstraint(
            model_name='regrade',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='regrade_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='regrade',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', 'key'), ('version__isnull', False)), models.Q(models.Q(('action', 'key'), _negated=True), ('version', None)), _connector='OR'), name='regrade_by_key_names_a_version'),
        ),
        migrations.AddConstraint(
            model_name='regrade',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undo_reason', ''), ('undone_at', None), ('undone_by', None)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False), models.Q(('undo_reason', ''), _negated=True)), _connector='OR'), name='regrade_undo_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='grading',
            constraint=models.UniqueConstraint(fields=('attempt', 'number'), name='grading_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='grading',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='grading_number_from_one'),
        ),
        migrations.AddConstraint(
            model_name='grading',
            constraint=models.CheckConstraint(condition=models.Q(('marks__lte', models.F('max_marks'))), name='grading_marks_within_maximum'),
        ),
        migrations.AddConstraint(
            model_name='grading',
            constraint=models.CheckConstraint(condition=models.Q(('is_pass_kept', False), ('is_passed', True), _connector='OR'), name='grading_kept_pass_is_a_pass'),
        ),
        migrations.AddConstraint(
            model_name='grading',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('actor', None), ('cause', 'submit'), ('regrade', None)), models.Q(('actor__isnull', False), ('cause', 'marking'), ('regrade', None)), models.Q(('actor__isnull', False), ('cause__in', ['regrade', 'undo']), ('regrade__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='grading_cause_names_who_and_why'),
        ),
    ]
