"""A random draw says whether it takes questions that a person marks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0040_answers_may_be_emptied")]

    operations = [
        migrations.AddField(
            model_name="quizdraw",
            name="can_take_marked",
            field=models.BooleanField(
                default=False,
                help_text="Essays and files. A learner who gets one waits for the result until somebody has marked it.",
                verbose_name="also questions that a person marks",
            ),
        ),
    ]
