"""Every attempt that has marks gets the grading that says so: number 1, as it was sent."""

from django.db import migrations

AT_ONCE = 500


def forwards(apps, schema_editor):
    Attempt, AttemptItem, Grading = (apps.get_model("quizzes", name) for name in ("Attempt", "AttemptItem", "Grading"))
    graded = Attempt.objects.filter(marks__isnull=False, submitted_at__isnull=False).order_by("pk")
    last = 0
    while attempts := list(graded.filter(pk__gt=last)[:AT_ONCE]):
        last = attempts[-1].pk
        items = {attempt.pk: [] for attempt in attempts}
        rows = AttemptItem.objects.filter(attempt__in=items).order_by("attempt", "position")
        for attempt_id, position, points, marks in rows.values_list(
            "attempt_id", "position", "version__question__points", "response__marks"
        ):
            items[attempt_id].append({"position": position, "marks": marks or 0, "max": points * 100, "by": "key"})
        Grading.objects.bulk_create(
            Grading(
                attempt=attempt,
                number=1,
                marks=attempt.marks,
                max_marks=attempt.max_marks,
                is_passed=attempt.is_passed,
                items=items[attempt.pk],
                cause="submit",
                at=attempt.submitted_at,
            )
            for attempt in attempts
        )
        Attempt.objects.filter(pk__in=items).update(grading_number=1)


def backwards(apps, schema_editor):
    apps.get_model("quizzes", "Grading").objects.all().delete()
    apps.get_model("quizzes", "Attempt").objects.update(grading_number=0)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0010_marking_and_gradings")]
    operations = [migrations.RunPython(forwards, backwards)]
