"""Draws took what people mark, without saying so. Those that are there go on as they did, and now say it."""

from django.db import migrations


def go_on(apps, schema_editor):
    apps.get_model("quizzes", "QuizDraw").objects.update(can_take_marked=True)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0050_draws_say_whether_people_mark")]

    operations = [migrations.RunPython(go_on, migrations.RunPython.noop)]
