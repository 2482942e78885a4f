"""Items and quizzes for tests. Choices are named by the test; a quiz holds exactly the items it is given."""

import factory

from quizzes.models import Choice, Item, ItemBank, Quiz, QuizItem


class ItemBankFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ItemBank

    code = factory.Sequence(lambda n: f"bank-{n}")
    name = factory.LazyAttribute(lambda bank: {"en": bank.code, "es": bank.code})


def in_both(text: str) -> dict[str, str]:
    return {"en": text, "es": f"{text} (es)"}


class ItemFactory(factory.django.DjangoModelFactory):
    """`choices`: what is on offer, as (text, is_right) or (text, is_right, feedback). Without it there are none."""

    class Meta:
        model = Item
        skip_postgeneration_save = True

    bank = factory.SubFactory(ItemBankFactory)
    code = factory.Sequence(lambda n: f"item-{n}")
    kind = Item.Kind.SINGLE_CHOICE
    stem = factory.LazyAttribute(lambda item: in_both(f"Question {item.code}?"))

    @factory.post_generation
    def choices(item, create, extracted, **kwargs):
        for place, (text, is_correct, *feedback) in enumerate(extracted or ()):
            Choice.objects.create(
                item=item,
                text=in_both(text),
                is_correct=is_correct,
                feedback=in_both(feedback[0]) if feedback else {},
                sort_order=place,
            )


class QuizFactory(factory.django.DjangoModelFactory):
    """`items`: the items of the quiz, in their order. Without it there are none."""

    class Meta:
        model = Quiz
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"quiz-{n}")
    title = factory.LazyAttribute(lambda quiz: in_both(f"Title of {quiz.code}"))

    @factory.post_generation
    def items(quiz, create, extracted, **kwargs):
        for place, item in enumerate(extracted or ()):
            QuizItem.objects.create(quiz=quiz, item=item, sort_order=place)


def keys(item: Item, *texts: str) -> list[str]:
    """Keys of the choices of `item` whose English text is named."""
    by_text = {choice.text["en"]: str(choice.key) for choice in Choice.objects.filter(item=item)}
    return [by_text[text] for text in texts]


def plain_quiz(count: int, **fields) -> Quiz:
    """A quiz of `count` single-choice items; "right" is right, "wrong" and "worse" are not."""
    items = [
        ItemFactory(
            choices=[
                ("right", True, "Feedback-of-right"),
                ("wrong", False, "Feedback-of-wrong"),
                ("worse", False, "Feedback-of-worse"),
            ],
            feedback=in_both("Look-again"),
        )
        for _ in range(count)
    ]
    return QuizFactory(items=items, **fields)
