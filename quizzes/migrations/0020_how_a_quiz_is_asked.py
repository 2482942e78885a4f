"""Sections, random draws, behaviours, the way through, breaks, promises; earlier answers are kept.

Items find their sections in 0021; what sections take the place of goes in 0022, which also builds the triggers again.
"""

from importlib import import_module

import curriculum.fields
import django.core.validators
import django.db.models.deletion
import modelcluster.fields
from django.conf import settings
from django.db import migrations, models


triggers = import_module("quizzes.migrations.0012_marks_change_with_a_grading")


class Migration(migrations.Migration):

    dependencies = [
        ('curriculum', '0008_refuse_impossible_trees_and_links'),
        ('quizzes', '0012_marks_change_with_a_grading'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(triggers.drop_triggers, triggers.create_triggers),
        migrations.CreateModel(
            name='HonestyStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_hash', models.CharField(max_length=64)),
                ('text', curriculum.fields.TranslatedTextField(default=curriculum.fields.Translated, multiline=True)),
            ],
            options={
                'verbose_name': 'promise',
                'verbose_name_plural': 'promises',
                'constraints': [models.UniqueConstraint(fields=('content_hash',), name='honestystatement_content_unique')],
            },
        ),
        migrations.CreateModel(
            name='QuizDraw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='how many')),
                ('category', models.CharField(blank=True, help_text='With everything below it, such as Topic/Subtopic.', max_length=1000, verbose_name='category')),
                ('tag', models.CharField(blank=True, max_length=100, verbose_name='tag')),
                ('difficulty', models.CharField(blank=True, choices=[('easy', 'easy'), ('medium', 'medium'), ('hard', 'hard')], max_length=10, verbose_name='difficulty')),
                ('sort_order', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'random draw',
                'verbose_name_plural': 'random draws',
                'ordering': ['section', 'sort_order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='QuizSection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', curriculum.fields.TranslatedTextField(blank=True, default=curriculum.fields.Translated, help_text='Empty: a quiz with one section needs none.', max_length=200, verbose_name='title')),
                ('pass_mark_percent', models.PositiveSmallIntegerField(blank=True, help_text='Of this section, this much must be right, too. Empty: only the whole counts.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='own pass mark (percent)')),
                ('draw_count', models.PositiveSmallIntegerField(blank=True, help_text='Drawn at random from the items below. Empty: all of them.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='questions asked each time')),
                ('shuffle_items', models.BooleanField(default=True, verbose_name='shuffle the questions')),
                ('sort_order', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'section of a quiz',
                'verbose_name_plural': 'sections of a quiz',
                'ordering': ['quiz', 'sort_order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ResponseCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('value', models.JSONField()),
                ('earned', models.PositiveIntegerField(help_text='hundredths of a point')),
                ('checked_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'checked answer',
                'verbose_name_plural': 'checked answers',
                'ordering': ['attempt_item', 'number'],
            },
        ),
        migrations.CreateModel(
            name='ResponseEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('operation_id', models.UUIDField(blank=True, null=True)),
                ('value', models.JSONField()),
                ('certainty', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('saved_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'earlier answer',
                'verbose_name_plural': 'earlier answers',
                'ordering': ['attempt_item', 'revision'],
            },
        ),
        migrations.AlterModelOptions(
            name='quizitem',
            options={'ordering': ['quiz', 'section__sort_order', 'sort_order'], 'verbose_name': 'item of a quiz', 'verbose_name_plural': 'items of a quiz'},
        ),
        migrations.AddField(
            model_name='accommodation',
            name='breaks_minutes',
            field=models.PositiveSmallIntegerField(default=0, help_text='In each try with a time limit, the clock may stand still for so long.', validators=[django.core.validators.MaxValueValidator(600)], verbose_name='breaks (minutes in all)'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='behaviour',
            field=models.CharField(choices=[('deferred', 'all answers are checked at the end'), ('immediate', 'each answer can be checked once, at once'), ('several_tries', 'several tries at each question, with hints'), ('adaptive', 'as many tries at each question as it takes, each wrong one costs'), ('certainty', 'learners say how sure they are')], default='deferred', max_length=20),
        ),
        migrations.AddField(
            model_name='attempt',
            name='break_seconds',
            field=models.PositiveIntegerField(default=0, help_text='Of breaks that have ended.'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='break_started_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='honesty_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='is_sequential',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='attempt',
            name='pass_rule',
            field=models.JSONField(blank=True, help_text='Sections and competencies: see quizzes.grading.read_rule.', null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='reached',
            field=models.PositiveSmallIntegerField(default=1, help_text='Position of the question, where forward only.'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='aids_statement',
            field=curriculum.fields.TranslatedTextField(blank=True, default=curriculum.fields.Translated, help_text='Shown before the first question. For example: You may use your notes, but no help from others.', max_length=2000, multiline=True, verbose_name='what may be used'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='behaviour',
            field=models.CharField(choices=[('deferred', 'all answers are checked at the end'), ('immediate', 'each answer can be checked once, at once'), ('several_tries', 'several tries at each question, with hints'), ('adaptive', 'as many tries at each question as it takes, each wrong one costs'), ('certainty', 'learners say how sure they are')], default='deferred', help_text='Hints, and what a wrong try costs, are those of each item; an item without hints has one try. Learners who say how sure they are earn 1, 2 or 3 times the points when right, and lose 0, 2 or 6 times when wrong; the pass mark is of 3 times the points.', max_length=20, verbose_name='when answers are checked'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='competency_percent',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Of the questions of each competency, this much must be right, too. Empty: only the whole counts.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='pass mark of each competency (percent)'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='counting',
            field=models.CharField(choices=[('highest', 'the best try'), ('latest', 'the latest try'), ('first', 'the first try')], default='highest', help_text='A lesson that was passed stays passed.', max_length=10, verbose_name='what counts'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='honesty_statement',
            field=curriculum.fields.TranslatedTextField(blank=True, default=curriculum.fields.Translated, help_text='Learners tick it before they send. For example: I answered these questions myself.', max_length=2000, multiline=True, verbose_name='promise'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='navigation',
            field=models.CharField(choices=[('free', 'to any question, forward and back'), ('sequential', 'forward only')], default='free', help_text='Forward only: a question that was left is not seen again, and going on needs a connection.', max_length=10, verbose_name='going from question to question'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='tell_feedback',
            field=models.CharField(choices=[('after_pass', 'after a pass, or after the last try'), ('at_once', 'after every try'), ('after_closing', 'after the quiz has closed'), ('never', 'never')], default='at_once', max_length=20, verbose_name='feedback is told'),
        ),
        migrations.AddField(
            model_name='quiz',
            name='tell_marks',
            field=models.CharField(choices=[('after_pass', 'after a pass, or after the last try'), ('at_once', 'after every try'), ('after_closing', 'after the quiz has closed'), ('never', 'never')], default='at_once', help_text='Whether the quiz was passed is always told.', max_length=20, verbose_name='points are told'),
        ),
        migrations.AddField(
            model_name='response',
            name='certainty',
            field=models.PositiveSmallIntegerField(blank=True, help_text='How sure the learner is: 1 to 3.', null=True),
        ),
        migrations.AddField(
            model_name='response',
            name='operation_id',
            field=models.UUIDField(blank=True, help_text="Of the learner's device.", null=True),
        ),
        migrations.AlterField(
            model_name='quizitem',
            name='quiz',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='quiz_items', to='quizzes.quiz'),
        ),
        migrations.AlterField(
            model_name='response',
            name='marks',
            field=models.IntegerField(blank=True, help_text='hundredths of a point; below zero for what was sure and wrong', null=True),
        ),
        migrations.AddConstraint(
            model_name='accommodation',
            constraint=models.CheckConstraint(condition=models.Q(('breaks_minutes__lte', 600)), name='accommodation_breaks_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='quiz',
            constraint=models.CheckConstraint(condition=models.Q(('competency_percent', None), models.Q(('competency_percent__gte', 1), ('competency_percent__lte', 100)), _connector='OR'), name='quiz_competency_mark_is_a_percentage'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(('certainty', None), models.Q(('certainty__gte', 1), ('certainty__lte', 3)), _connector='OR'), name='response_certainty_is_a_level'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='honesty',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quizzes.honestystatement'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('reached__gte', 1)), name='attempt_reached_from_one'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('honesty', None), ('honesty_at', None)), models.Q(('honesty__isnull', False), ('honesty_at__isnull', False)), _connector='OR'), name='attempt_promised_at_a_moment'),
        ),
        migrations.AddField(
            model_name='quizdraw',
            name='bank',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quizzes.itembank', verbose_name='bank'),
        ),
        migrations.AddField(
            model_name='quizdraw',
            name='competency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='curriculum.competency', verbose_name='competency'),
        ),
        migrations.AddField(
            model_name='quizsection',
            name='quiz',
            field=modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='quizzes.quiz'),
        ),
        migrations.AddField(
            model_name='quizdraw',
            name='section',
            field=modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='draws', to='quizzes.quizsection'),
        ),
        migrations.AddField(
            model_name='quizitem',
            name='section',
            field=modelcluster.fields.ParentalKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='quizzes.quizsection'),
        ),
        migrations.AddField(
            model_name='responsecheck',
            name='attempt_item',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='response_checks', to='quizzes.attemptitem'),
        ),
        migrations.AddField(
            model_name='responseevent',
            name='attempt_item',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='response_events', to='quizzes.attemptitem'),
        ),
        migrations.AddConstraint(
            model_name='quizsection',
            constraint=models.CheckConstraint(condition=models.Q(('pass_mark_percent', None), models.Q(('pass_mark_percent__gte', 1), ('pass_mark_percent__lte', 100)), _connector='OR'), name='quizsection_pass_mark_is_a_percentage'),
        ),
        migrations.AddConstraint(
            model_name='quizsection',
            constraint=models.CheckConstraint(condition=models.Q(('draw_count', None), ('draw_count__gte', 1), _connector='OR'), name='quizsection_draws_an_item'),
        ),
        migrations.AddConstraint(
            model_name='quizdraw',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 1), ('count__lte', 100)), name='quizdraw_draws_an_item'),
        ),
        migrations.AddConstraint(
            model_name='quizdraw',
            constraint=models.CheckConstraint(condition=models.Q(('bank__isnull', False), ('competency__isnull', False), models.Q(('category', ''), _negated=True), models.Q(('tag', ''), _negated=True), _connector='OR'), name='quizdraw_draws_from_somewhere', violation_error_message='Please say where to draw from: a bank, a category, a tag or a competency.'),
        ),
        migrations.AddConstraint(
            model_name='responsecheck',
            constraint=models.UniqueConstraint(fields=('attempt_item', 'number'), name='responsecheck_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='responsecheck',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='responsecheck_number_from_one'),
        ),
        migrations.AddConstraint(
            model_name='responseevent',
            constraint=models.UniqueConstraint(fields=('attempt_item', 'revision'), name='responseevent_revision_unique'),
        ),
    ]
