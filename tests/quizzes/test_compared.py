"""Questions that give part of their marks, between languages, at the desk: words, picture, and what is not shown."""

import re
from fractions import Fraction
from random import Random

import pytest
from django.urls import reverse

from quizzes import reports, services
from quizzes.items import WHOLE, read_item
from quizzes.models import ItemBank
from quizzes.reports import pictures
from quizzes.statistics import ENOUGH_TO_COMPARE
from tests.factories.people import UserFactory, make_trainer
from tests.factories.quizzes import ItemFactory, QuizFactory, in_both, keys
from tests.quizzes.screens import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_trainer())
    return client


def quiz_with_parts():
    """Four plain questions and one that gives its marks in halves."""
    plain = [ItemFactory() for _number in range(4)]
    halves = read_item(
        {
            "kind": "multiple_choice",
            "code": "halves",
            "stem": in_both("Which two?"),
            "scoring": "proportional",
            "choices": [
                {"key": f"h-{text}", "text": in_both(text), "weight": weight}
                for text, weight in (("one", WHOLE // 2), ("two", WHOLE // 2), ("neither", 0))
            ],
        }
    )
    item = services.write_item(halves, bank=ItemBank.objects.first())
    return QuizFactory(items=[*plain, item], shuffle_items=False), item


def take(quiz, able, halves, language):
    """An attempt with `able` plain questions right, and so many halves of the last."""
    attempt = services.start_attempt(UserFactory(), quiz, language=language)
    for row in attempt.attempt_items.select_related("version__item").order_by("position"):
        if row.version.item.code == "halves":
            value = keys(row.version.item, *{0: ["neither"], 1: ["one"], 2: ["one", "two"]}[halves])
        else:
            value = keys(row.version.item, "right" if row.position <= able else "wrong")
        services.save_response(attempt, row.position, value, revision=1)
    return services.submit_attempt(attempt)


def many(quiz, spanish_halves, *, english=ENOUGH_TO_COMPARE + 10, spanish=ENOUGH_TO_COMPARE + 10):
    """Learners who do alike, but for the halves: each language draws from what is said for it."""
    for language, count, given in (("en", english, (2, 2, 1, 0)), ("es", spanish, spanish_halves)):
        random = Random(7)  # given the same to draw from, both get the same
        for number in range(count):
            take(quiz, number % 5, random.choice(given), language)


def page_of(desk, item, language="en"):
    address = reverse("quiz-items:statistics", args=[item.pk])
    return desk.get(address, headers={"accept-language": language})


def test_partial_marks_between_languages_are_told_in_words_and_as_a_picture(desk):
    quiz, item = quiz_with_parts()
    many(quiz, (1, 0, 0, 0))

    (one,) = (one for one in reports.analysis_of(quiz, language="en").versions if one.item_id == item.pk)
    response = page_of(desk, item)
    text, page = words(response), response.content.decode()

    (compared,) = one.compared
    assert (compared.found.level, compared.found.is_harder, compared.picture) == ("CC", True, None)
    assert "harder there for learners who know as much" in " ".join(one.notices)
    assert re.search(
        r"Español beside English, among learners with the same marks: −\d\d of every hundred points of this question, "
        r"partial points counted \(mean difference −\d\.\d\d standard deviations, class CC\)\. "
        r"That is a large difference",
        text,
    )
    assert page.count('class="quiz-curve') == 2
    assert "Mantel-Haenszel delta" not in text
    # The picture's table says the same as its lines.
    rows = re.findall(r"about (\d+) %</th><td>(\d+) %</td><td>(\d+) %", page)
    assert len(rows) >= 2
    assert page.count('class="quiz-dot"') == page.count('class="quiz-dot quiz-dot--focal"') == len(rows)
    assert all(int(english) > int(spanish) for _total, english, spanish in rows)


def test_the_same_in_spanish(desk):
    quiz, item = quiz_with_parts()
    many(quiz, (1, 0, 0, 0))

    text = words(page_of(desk, item, "es"))

    assert "Español frente a English, entre personas con los mismos puntos" in text
    assert re.search(r"diferencia de medias de −\d,\d\d desviaciones estándar, clase CC", text)


def test_languages_that_do_alike_are_small(desk):
    quiz, item = quiz_with_parts()
    many(quiz, (2, 2, 1, 0))

    text = words(page_of(desk, item))

    assert "class AA). That may be chance, or is too little to matter." in text
    assert "reads differently" not in text


def test_too_few_are_not_compared_and_have_no_picture(desk):
    quiz, item = quiz_with_parts()
    many(quiz, (1, 0, 0, 0), spanish=ENOUGH_TO_COMPARE - 1)

    response = page_of(desk, item)

    assert "beside English" not in words(response)
    assert "quiz-curve" not in response.content.decode()


def test_profile_stands_where_its_shares_say():
    drawn = pictures.profile_of(
        [(Fraction(0), Fraction(0), Fraction(1)), (Fraction(1), Fraction(1, 2), Fraction(1, 4))]
    )

    assert drawn.reference_line == "40,170 380,95"
    assert drawn.focal_line == "40,20 380,132"
    assert [(point.total, point.reference, point.focal) for point in drawn.points] == [(0, 0, 100), (100, 50, 25)]
