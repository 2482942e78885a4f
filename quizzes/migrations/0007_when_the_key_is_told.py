"""A quiz says when the right answers are told; by default as it always was."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('quizzes', '0006_time_limits'),
    ]

    operations = [
        migrations.AddField(
            model_name='quiz',
            name='tell_key',
            field=models.CharField(choices=[('after_pass', 'after a pass, or after the last try'), ('at_once', 'after every try'), ('after_closing', 'after the quiz has closed'), ('never', 'never')], default='after_pass', max_length=20, verbose_name='right answers are told'),
        ),
    ]
