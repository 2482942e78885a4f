"""Choices become part of the versions, and points become hundredths.

Every version is rewritten in place into the neutral shape (quizzes.items): it says the same, so no attempt changes.
Every item gets the version that it reads as today. Only the three kinds of before can be turned back.
"""

import hashlib
import json

from django.db import migrations
from django.db.models import F

WHOLE = 1_000_000
OLD_KINDS = ("single_choice", "multiple_choice", "true_false")


def in_new_shape(old_question, old_key):
    question = {
        "schema_version": 1,
        "kind": old_question["kind"],
        "stem": old_question["stem"],
        "points": old_question["points"],
        "penalty": 0,
        "media": [],
        "choices": [{"key": choice["key"], "text": choice["text"]} for choice in old_question["choices"]],
    }
    if question["kind"] == "multiple_choice":
        question["scoring"] = "all_or_nothing"
    if question["kind"] != "true_false":
        question["shuffle"] = True
    secrets = {}
    for choice in old_question["choices"]:
        hidden = {}
        if choice["key"] in old_key["correct"]:
            hidden["weight"] = WHOLE
        if feedback := old_key["choice_feedback"].get(choice["key"]):
            hidden["feedback"] = feedback
        if hidden:
            secrets[choice["key"]] = hidden
    answer_key = {"choices": {"of": secrets}} if secrets else {}
    if old_key["feedback"]:
        answer_key["feedback"] = old_key["feedback"]
    return question, answer_key


def in_old_shape(question, answer_key):
    if question["kind"] not in OLD_KINDS:
        raise migrations.exceptions.IrreversibleError(f"Items of the kind {question['kind']} had no place before.")
    secrets = answer_key.get("choices", {}).get("of", {})
    old_question = {name: question[name] for name in ("kind", "stem", "points", "choices")}
    old_key = {
        "correct": [c["key"] for c in question["choices"] if secrets.get(c["key"], {}).get("weight", 0) > 0],
        "feedback": answer_key.get("feedback", {}),
        "choice_feedback": {key: hidden["feedback"] for key, hidden in secrets.items() if hidden.get("feedback")},
    }
    return old_question, old_key


def content_hash(question, answer_key):
    content = json.dumps([question, answer_key], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def rewrite(ItemVersion, shape):
    for version in ItemVersion.objects.iterator():
        version.question, version.answer_key = shape(version.question, version.answer_key)
        version.content_hash = content_hash(version.question, version.answer_key)
        version.save(update_fields=["question", "answer_key", "content_hash"])


def forwards(apps, schema_editor):
    Item, Choice, ItemVersion = (apps.get_model("quizzes", name) for name in ("Item", "Choice", "ItemVersion"))
    Attempt, Response = (apps.get_model("quizzes", name) for name in ("Attempt", "Response"))
    Attempt.objects.update(marks=F("marks") * 100, max_marks=F("max_marks") * 100)
    Response.objects.update(marks=F("marks") * 100)
    rewrite(ItemVersion, in_new_shape)
    Item.objects.update(review_state="approved")
    for item in Item.objects.all():
        choices = list(Choice.objects.filter(item=item).order_by("sort_order", "pk"))
        rights = sum(choice.is_correct for choice in choices)
        if len(choices) < 2 or not rights or (item.kind != "multiple_choice" and rights != 1):
            continue  # it could not be graded before either; without a version nothing asks it
        question, answer_key = in_new_shape(
            {
                "kind": item.kind,
                "stem": dict(item.stem),
                "points": item.points,
                "choices": [{"key": str(choice.key), "text": dict(choice.text)} for choice in choices],
            },
            {
                "correct": [str(choice.key) for choice in choices if choice.is_correct],
                "feedback": dict(item.feedback),
                "choice_feedback": {str(choice.key): dict(choice.feedback) for choice in choices if choice.feedback},
            },
        )
        item.current_version, _created = ItemVersion.objects.get_or_create(
            item=item,
            content_hash=content_hash(question, answer_key),
            defaults={"question": question, "answer_key": answer_key},
        )
        item.save(update_fields=["current_version"])


def backwards(apps, schema_editor):
    Item, Choice, ItemVersion = (apps.get_model("quizzes", name) for name in ("Item", "Choice", "ItemVersion"))
    Attempt, Response = (apps.get_model("quizzes", name) for name in ("Attempt", "Response"))
    for item in Item.objects.exclude(current_version=None).select_related("current_version"):
        question, key = in_old_shape(item.current_version.question, item.current_version.answer_key)
        item.feedback = key["feedback"]
        item.save(update_fields=["feedback"])
        for place, choice in enumerate(question["choices"]):
            Choice.objects.update_or_create(
                item=item,
                key=choice["key"],
                defaults={
                    "text": choice["text"],
                    "is_correct": choice["key"] in key["correct"],
                    "feedback": key["choice_feedback"].get(choice["key"], {}),
                    "sort_order": place,
                },
            )
    rewrite(ItemVersion, in_old_shape)
    Attempt.objects.update(marks=F("marks") / 100, max_marks=F("max_marks") / 100)
    Response.objects.update(marks=F("marks") / 100)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0003_items_of_every_kind")]
    operations = [migrations.RunPython(forwards, backwards)]
