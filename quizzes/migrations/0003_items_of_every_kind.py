"""Room for items of every kind: versions carry the whole spec, marks are hundredths of a point.

The triggers of 0002 name columns that change here and in 0004, so they are taken down first and built again in 0005.
"""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import curriculum.fields
import quizzes.models

triggers = import_module("quizzes.migrations.0002_closed_attempts_stay_closed")


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0002_closed_attempts_stay_closed"),
        ("curriculum", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(triggers.drop_triggers, triggers.create_triggers),
        migrations.RemoveConstraint(model_name="item", name="item_worth_a_point"),
        migrations.RemoveConstraint(model_name="attempt", name="attempt_points_within_maximum"),
        migrations.RemoveConstraint(model_name="attempt", name="attempt_state_and_marks_agree"),
        migrations.RenameField(model_name="attempt", old_name="points", new_name="marks"),
        migrations.RenameField(model_name="attempt", old_name="max_points", new_name="max_marks"),
        migrations.RenameField(model_name="response", old_name="points", new_name="marks"),
        migrations.CreateModel(
            name="ItemMedia",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.CharField(
                        default=quizzes.models.new_media_token, editable=False, max_length=40, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("type", models.CharField(max_length=60, verbose_name="type")),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("file", models.FileField(upload_to=quizzes.models.media_path)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"verbose_name": "file of items", "verbose_name_plural": "files of items"},
        ),
        migrations.AddField("item", "name", models.CharField(blank=True, default="", help_text="For those who edit.", max_length=1000, verbose_name="name"), preserve_default=False),
        migrations.AddField("item", "category", models.CharField(blank=True, default="", help_text="A path such as Topic/Subtopic; a slash in a name is doubled.", max_length=1000, verbose_name="category"), preserve_default=False),
        migrations.AddField("item", "tags", models.JSONField(blank=True, default=list, encoder=curriculum.fields.ReadableEncoder)),
        migrations.AddField("item", "cognitive_level", models.CharField(blank=True, choices=[("remember", "remember"), ("understand", "understand"), ("apply", "apply"), ("analyze", "analyze"), ("evaluate", "evaluate"), ("create", "create")], default="", max_length=20, verbose_name="cognitive level"), preserve_default=False),
        migrations.AddField("item", "difficulty", models.CharField(blank=True, choices=[("easy", "easy"), ("medium", "medium"), ("hard", "hard")], default="", max_length=10, verbose_name="difficulty"), preserve_default=False),
        migrations.AddField("item", "review_state", models.CharField(choices=[("draft", "draft"), ("in_review", "in review"), ("approved", "approved")], default="draft", max_length=10, verbose_name="state of review")),
        migrations.AddField("item", "current_version", models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="quizzes.itemversion")),
        migrations.AddField("quizitem", "pinned_version", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="quizzes.itemversion", verbose_name="pinned version")),
    ]
