"""Items and quizzes for tests. Choices are named by the test; a quiz holds exactly the items it is given."""

import itertools

import factory

from quizzes import services
from quizzes.items import WHOLE, read_item
from quizzes.models import Item, ItemBank, Quiz, QuizItem, QuizSection


class ItemBankFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ItemBank

    code = factory.Sequence(lambda n: f"bank-{n}")
    name = factory.LazyAttribute(lambda bank: {"en": bank.code, "es": bank.code})


def in_both(text: str) -> dict[str, str]:
    return {"en": text, "es": f"{text} (es)"}


_numbers = itertools.count()


def ItemFactory(*, choices=(("right", True), ("wrong", False)), bank=None, code="", competency=None, **spec) -> Item:
    """An item that is asked. `choices`: what is on offer, as (text, is_right) or (text, is_right, feedback)."""
    number = next(_numbers)
    code = code or f"item-{number}"
    value = {"kind": "single_choice", "stem": in_both(f"Question {code}?"), "code": code} | spec
    if value["kind"] in {"single_choice", "multiple_choice", "true_false"}:
        value["choices"] = [
            {
                "key": f"k{number}-{place}",
                "text": in_both(text),
                "weight": WHOLE if is_right else 0,
                "feedback": in_both(feedback[0]) if feedback else {},
            }
            for place, (text, is_right, *feedback) in enumerate(choices)
        ]
    return services.write_item(read_item(value), bank=bank or ItemBankFactory(), competency=competency)


def rewrite(item: Item, **changes) -> Item:
    """The item with other content, as an author would change it."""
    return services.write_item(
        read_item(services.item_spec(item).model_dump(mode="json") | changes), bank=item.bank, item=item
    )


class QuizFactory(factory.django.DjangoModelFactory):
    """`items`: the items of the quiz, in their order, in one section. Without it there are none. `draw_count` and
    `shuffle_items` are those of the section."""

    class Meta:
        model = Quiz
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"quiz-{n}")
    title = factory.LazyAttribute(lambda quiz: in_both(f"Title of {quiz.code}"))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        of_section = {name: kwargs.pop(name) for name in ("draw_count", "shuffle_items") if name in kwargs}
        quiz = super()._create(model_class, *args, **kwargs)
        QuizSection.objects.create(quiz=quiz, **of_section)
        return quiz

    @factory.post_generation
    def items(quiz, create, extracted, **kwargs):
        add_items(quiz.sections.get(), extracted or ())


def add_items(section: QuizSection, items) -> QuizSection:
    """The section with these items at its end."""
    for place, item in enumerate(items, start=section.items.count()):
        QuizItem.objects.create(quiz=section.quiz, section=section, item=item, sort_order=place)
    return section


def keys(item: Item, *texts: str) -> list[str]:
    """Keys of the choices of `item` whose English text is named."""
    by_text = {choice["text"]["en"]: choice["key"] for choice in item.current_version.question["choices"]}
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


RUBRIC = [
    {
        "key": "clear",
        "name": in_both("Clear"),
        "levels": [
            {"key": "no", "text": in_both("not clear")},
            {"key": "some", "text": in_both("somewhat"), "weight": 1},
            {"key": "yes", "text": in_both("very clear"), "weight": 2},
        ],
    }
]


def essay_quiz(*, choices: int = 1, essays: int = 1, rubric=(), points: int = 4, **fields) -> Quiz:
    """`choices` single-choice items worth a point each, then `essays` worth `points` each; asked in this order."""
    items = [ItemFactory() for _place in range(choices)]
    items += [ItemFactory(kind="essay", points=points, rubric=list(rubric)) for _place in range(essays)]
    return QuizFactory(items=items, shuffle_items=False, **fields)


def answer_right(attempt, *, text: str = "I would listen first.", rights: int | None = None, now=None) -> None:
    """Answer every question: choices right (only the first `rights` where that is said), essays with `text`."""
    for row in attempt.attempt_items.select_related("version__item").order_by("position"):
        if row.version.item.kind == "essay":
            value = {"text": text}
        else:
            value = keys(row.version.item, "right" if rights is None or row.position <= rights else "wrong")
        services.save_response(attempt, row.position, value, revision=1, now=now)


def sent(learner, quiz, *, now=None, **answers):
    """An attempt of `learner`, answered and sent."""
    attempt = services.start_attempt(learner, quiz, now=now)
    answer_right(attempt, now=now, **answers)
    return services.submit_attempt(attempt, now=now)
