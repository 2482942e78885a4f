"""What became part of the versions goes, and the constraints and triggers come back with the new names."""

from importlib import import_module

from django.db import migrations, models

import curriculum.fields

triggers = import_module("quizzes.migrations.0002_closed_attempts_stay_closed")


def create_triggers(apps, schema_editor):
    """The triggers of 0002, with the columns under their new names: points are called marks now."""
    vendor = schema_editor.connection.vendor
    statements = {"sqlite": triggers.sqlite_triggers, "postgresql": triggers.postgresql_triggers}[vendor]
    for statement in statements():
        schema_editor.execute(statement.replace("points", "marks"), params=None)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0004_content_in_versions")]

    operations = [
        migrations.DeleteModel(name="Choice"),
        migrations.RemoveField(model_name="item", name="feedback"),
        migrations.AlterField(
            model_name='attempt',
            name='marks',
            field=models.PositiveIntegerField(blank=True, help_text='hundredths of a point', null=True),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='max_marks',
            field=models.PositiveIntegerField(help_text='hundredths of a point'),
        ),
        migrations.AlterField(
            model_name='attemptitem',
            name='choice_order',
            field=models.JSONField(help_text="Places of the choices (of a matching: of the prompts) in the version's question, in the order shown."),
        ),
        migrations.AlterField(
            model_name='item',
            name='kind',
            field=models.CharField(choices=[('single_choice', 'single choice'), ('multiple_choice', 'multiple choice'), ('true_false', 'true or false'), ('image_choice', 'choice of pictures'), ('matching', 'matching'), ('ordering', 'ordering'), ('gap_select', 'words for gaps'), ('cloze', 'text with gaps'), ('short_text', 'short answer'), ('numeric', 'number'), ('hotspot', 'place in a picture'), ('case', 'conversation'), ('essay', 'essay'), ('upload', 'file'), ('likert', 'scale of agreement'), ('survey', 'opinion'), ('description', 'text only')], default='single_choice', max_length=30, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='item',
            name='points',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='points'),
        ),
        migrations.AlterField(
            model_name='itemversion',
            name='answer_key',
            field=models.JSONField(encoder=curriculum.fields.ReadableEncoder),
        ),
        migrations.AlterField(
            model_name='itemversion',
            name='question',
            field=models.JSONField(encoder=curriculum.fields.ReadableEncoder),
        ),
        migrations.AlterField(
            model_name='response',
            name='marks',
            field=models.PositiveIntegerField(blank=True, help_text='hundredths of a point', null=True),
        ),
        migrations.AlterField(
            model_name='response',
            name='value',
            field=models.JSONField(help_text='As the kind of the item has it: see quizzes.items.responses.'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('marks', None), ('marks__lte', models.F('max_marks')), _connector='OR'), name='attempt_marks_within_maximum'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_passed', None), ('marks', None), ('state', 'open'), ('submitted_at', None)), models.Q(('is_passed__isnull', False), ('marks__isnull', False), ('state', 'graded'), ('submitted_at__isnull', False)), ('state', 'voided'), _connector='OR'), name='attempt_state_and_marks_agree'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('points__gte', 1), models.Q(('kind__in', ['likert', 'survey', 'description']), ('points', 0)), _connector='OR'), name='item_worth_a_point'),
        ),
        migrations.RunPython(create_triggers, triggers.drop_triggers),
    ]
