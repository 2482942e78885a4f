"""Every quiz gets one section with its items, drawn and shuffled as they were."""

from django.db import migrations


def forwards(apps, schema_editor):
    Quiz, QuizSection, QuizItem = (apps.get_model("quizzes", name) for name in ("Quiz", "QuizSection", "QuizItem"))
    for quiz in Quiz.objects.all():
        section = QuizSection.objects.create(
            quiz=quiz, draw_count=quiz.draw_count, shuffle_items=quiz.shuffle_items, title={}
        )
        QuizItem.objects.filter(quiz=quiz).update(section=section)


def backwards(apps, schema_editor):
    """What a quiz of before could say: one section, no draws from elsewhere."""
    Quiz, QuizSection, QuizItem, QuizDraw = (
        apps.get_model("quizzes", name) for name in ("Quiz", "QuizSection", "QuizItem", "QuizDraw")
    )
    if QuizDraw.objects.exists():
        raise migrations.exceptions.IrreversibleError("Quizzes with random draws had no place before.")
    for quiz in Quiz.objects.all():
        sections = list(QuizSection.objects.filter(quiz=quiz).order_by("sort_order", "pk"))
        if len(sections) > 1:
            raise migrations.exceptions.IrreversibleError(f"Quiz {quiz.code} has sections, which had no place before.")
        for section in sections:
            quiz.draw_count, quiz.shuffle_items = section.draw_count, section.shuffle_items
            quiz.save(update_fields=["draw_count", "shuffle_items"])
            QuizItem.objects.filter(section=section).update(section=None)
            section.delete()


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0020_how_a_quiz_is_asked")]
    operations = [migrations.RunPython(forwards, backwards)]
