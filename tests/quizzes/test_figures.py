"""Results and statistics at the desk: what they say, what they hide, how they are found, paged and written out."""

import csv
import io
import re
from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from openpyxl import load_workbook

from quizzes import reports, services
from quizzes.models import Attempt, AttemptTally
from quizzes.reports import results
from quizzes.statistics import ENOUGH_TO_COMPARE, SMALLEST_GROUP
from tests.factories.people import UserFactory
from tests.factories.quizzes import keys, plain_quiz, rewrite
from tests.quizzes.screens import words

QUERIES_OF_THE_FRAME = 8


def take(learner, quiz, *texts, language="en", now=None):
    """Answer the questions in the order of the quiz."""
    attempt = services.start_attempt(learner, quiz, language=language, now=now)
    rows = {row.version.item_id: row for row in attempt.attempt_items.select_related("version__item")}
    for quiz_item, text in zip(quiz.quiz_items.order_by("sort_order"), texts, strict=False):
        row = rows[quiz_item.item_id]
        services.save_response(attempt, row.position, keys(row.version.item, text), revision=1, now=now)
    return services.submit_attempt(attempt, now=now)


def analysis(quiz, **asked):
    return reports.analysis_of(quiz, language="en", **asked)


# --- What counts --------------------------------------------------------------------------------------------------


def test_first_attempt_of_each_learner_counts_or_all(learner, stranger):
    quiz = plain_quiz(1)
    take(learner, quiz, "wrong")
    take(learner, quiz, "right")
    take(stranger, quiz, "right")

    first, every = analysis(quiz), analysis(quiz, is_first_only=False)

    assert (first.learners, first.figures.sittings, first.figures.mean_percent) == (2, 2, 50)
    assert (every.learners, every.figures.sittings, round(every.figures.mean_percent)) == (2, 3, 67)


def test_voided_attempt_gives_its_place_to_the_next(learner):
    quiz = plain_quiz(1)
    services.void_attempt(take(learner, quiz, "wrong"), actor=learner, reason="Test")
    take(learner, quiz, "right")

    found = analysis(quiz)

    assert (found.figures.sittings, found.figures.mean_percent) == (1, 100)


def test_open_attempts_do_not_count(learner):
    quiz = plain_quiz(1)
    services.start_attempt(learner, quiz)

    assert (analysis(quiz).figures, analysis(quiz).versions) == (None, ())


def test_versions_of_an_item_are_told_apart(learner, stranger):
    quiz = plain_quiz(1)
    item = quiz.quiz_items.get().item
    take(learner, quiz, "right")
    rewrite(item, stem={"en": "Changed?", "es": "¿Cambiada?"})
    take(stranger, quiz, "wrong")

    found = analysis(quiz).versions

    assert [(one.number, one.versions, one.figures.facility_percent) for one in found] == [(2, 2, 0), (1, 2, 100)]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_statistics(db, count, django_assert_num_queries):
    quiz = plain_quiz(count)
    for person in UserFactory.create_batch(count):
        take(person, quiz, *["right"] * count)

    with django_assert_num_queries(3):
        found = analysis(quiz)

    assert [one.figures.asked for one in found.versions] == [count] * count


# --- Languages ----------------------------------------------------------------------------------------------------


def many(quiz, english, spanish):
    """Learners who do alike, but for the last question, which most get wrong in Spanish and right in English."""
    rest, random = quiz.quiz_items.count() - 1, Random(1)
    for number, person in enumerate(UserFactory.create_batch(english + spanish)):
        is_spanish = number >= english
        able = number % (rest + 1)
        last = "right" if random.random() < (0.15 if is_spanish else 0.85) else "worse"
        texts = ["right"] * able + ["wrong"] * (rest - able) + [last]
        take(person, quiz, *texts, language="es" if is_spanish else "en")


@pytest.mark.parametrize(("spanish", "is_shown"), [(SMALLEST_GROUP - 1, False), (SMALLEST_GROUP, True)])
def test_language_with_too_few_learners_is_hidden_with_what_would_give_it_away(desk, spanish, is_shown):
    quiz = plain_quiz(1)
    many(quiz, SMALLEST_GROUP + 2, spanish)

    text = words(desk.get(reverse("quizzes_admin:statistics", args=[quiz.pk])))

    assert ("Español" in text, "English" in text) == (is_shown, is_shown)
    assert ("Too few to say: a language with fewer than 10 learners" in text) is not is_shown


def test_question_that_reads_differently_is_named(desk):
    quiz = plain_quiz(5)
    many(quiz, ENOUGH_TO_COMPARE + 10, ENOUGH_TO_COMPARE + 10)
    last = quiz.quiz_items.order_by("sort_order").last().item

    notices = {one.item_id: one.notices for one in analysis(quiz).versions}
    text = words(desk.get(reverse("quiz-items:statistics", args=[last.pk])))

    sentence = "This question reads differently in Español: it is harder there for learners who know as much."
    assert sentence in notices[last.pk]
    assert sum(sentence in of_item for of_item in notices.values()) == 1
    assert sentence in text
    assert "Español beside English, among learners with the same marks" in text


# --- The pages ----------------------------------------------------------------------------------------------------


def test_key_that_is_wrong_is_named(desk):
    quiz = plain_quiz(3)
    for number, person in enumerate(UserFactory.create_batch(24)):
        able = number % 2
        take(person, quiz, *["right" if able else "wrong"] * 2, "worse" if able else "right")
    last = quiz.quiz_items.order_by("sort_order").last().item

    of_quiz = words(desk.get(reverse("quizzes_admin:statistics", args=[quiz.pk])))
    of_item = words(desk.get(reverse("quiz-items:statistics", args=[last.pk]), {"quiz": quiz.pk}))

    assert "The best learners choose “worse”: look at the key." in of_quiz
    assert "Attempts 24 Learners 24 Mean 50 %" in of_quiz
    # lower third: 12 who earned 1 of 3; upper third: 12 who earned 2 of 3
    assert "right (right) 12 100 % 0 % 0 % 33 %" in of_item
    assert "worse 12 0 % 0 % 100 % 67 %" in of_item


def test_statistics_before_anybody_sent(desk, quiz):
    item = quiz.quiz_items.first().item

    assert "Nobody has sent this quiz yet." in words(desk.get(reverse("quizzes_admin:statistics", args=[quiz.pk])))
    assert "Nobody has sent a quiz with this item" in words(desk.get(reverse("quiz-items:statistics", args=[item.pk])))


def test_statistics_write_the_tallies_that_are_missing(desk, learner, quiz):
    take(learner, quiz, "right")
    AttemptTally.objects.all().delete()

    text = words(desk.get(reverse("quizzes_admin:statistics", args=[quiz.pk])))

    assert "Attempts 1" in text
    assert AttemptTally.objects.count() == 1


def test_pages_have_no_script_and_no_style_of_their_own(desk, learner, quiz):
    take(learner, quiz, "right")
    for name, pk in (("quizzes_admin:statistics", quiz.pk), ("quiz-items:statistics", quiz.quiz_items.first().item_id)):
        main = desk.get(reverse(name, args=[pk])).content.decode().split("<main")[1].split("</main>")[0]
        own = main.split('class="quiz-', 1)[1]
        assert "style=" not in own
        assert "<script" not in own.split("</section>")[0]


def test_item_of_another_quiz_is_not_found(desk, learner, quiz):
    take(learner, quiz, "right")
    other = plain_quiz(1)

    response = desk.get(
        reverse("quiz-items:statistics", args=[quiz.quiz_items.first().item_id]), {"quiz": other.pk}, follow=True
    )

    assert response.status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("quizzes_admin:statistics", 4), ("quiz-items:statistics", 7)])
def test_queries_of_the_pages(desk, count, page, queries, django_assert_num_queries):
    quiz = plain_quiz(count)
    for person in UserFactory.create_batch(count):
        take(person, quiz, *["right"] * count)
    pk = quiz.pk if page.startswith("quizzes") else quiz.quiz_items.first().item_id
    desk.get(reverse(page, args=[pk]))

    with django_assert_num_queries(QUERIES_OF_THE_FRAME + queries):
        desk.get(reverse(page, args=[pk]))


# --- Results ------------------------------------------------------------------------------------------------------


@pytest.fixture
def five(now, monkeypatch):
    """A quiz of four questions with five results: 0 to 4 right, a minute apart; three pass. Two stand on a page."""
    monkeypatch.setattr(results, "PER_PAGE", 2)
    quiz = plain_quiz(4, pass_mark_percent=50)
    for number, name in enumerate(["Ana", "Zoe", "Bea", "Eva", "Carla"]):
        person = UserFactory(email=f"{name.lower()}@example.org", printed_name=f"{name} Pérez")
        take(person, quiz, *["right"] * number, now=now + timedelta(minutes=number))
    return quiz


def names(response):
    return re.findall(r"(\w+) Pérez", words(response))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["Carla", "Eva", "Bea", "Zoe", "Ana"]),
        ("oldest", ["Ana", "Zoe", "Bea", "Eva", "Carla"]),
        ("best", ["Carla", "Eva", "Bea", "Zoe", "Ana"]),
        ("weakest", ["Ana", "Zoe", "Bea", "Eva", "Carla"]),
        ("name", ["Ana", "Bea", "Carla", "Eva", "Zoe"]),
        ("nonsense", ["Carla", "Eva", "Bea", "Zoe", "Ana"]),
    ],
)
def test_results_are_paged_there_and_back_in_every_order(desk, five, order, expected):
    url = reverse("quizzes_admin:inspect", args=[five.pk])
    there, back, query = [], [], f"?order={order}"
    while query:
        html = desk.get(url + query)
        there.append(names(html))
        links = dict(re.findall(r'rel="(next|prev)" href="([^"]+)"', html.content.decode()))
        query = links.get("next", "").replace("&amp;", "&")
    query = links["prev"].replace("&amp;", "&")
    while query:
        html = desk.get(url + query)
        back.append(names(html))
        links = dict(re.findall(r'rel="(next|prev)" href="([^"]+)"', html.content.decode()))
        query = links.get("prev", "").replace("&amp;", "&")

    assert there == [expected[:2], expected[2:4], expected[4:]]
    assert back == [expected[2:4], expected[:2]]


@pytest.mark.parametrize("key", ["x", "1", "~", "1~x", "9" * 30 + "~2026-01-01", "1~2026-01-01", "1~2026-01-01T00:00"])
def test_key_that_nobody_gave_shows_the_first_page(desk, five, key):
    response = desk.get(reverse("quizzes_admin:inspect", args=[five.pk]), {"after": key})

    assert names(response) == ["Carla", "Eva"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "bea"}, ["Bea"]),
        ({"q": "PÉREZ ana"}, ["Ana"]),
        ({"q": "perez éva"}, ["Eva"]),
        ({"q": "p.rez"}, []),
        ({"q": "[("}, []),
        ({"q": "zoe@example.org"}, ["Zoe"]),
        ({"q": "nobody"}, []),
        ({"result": "passed"}, ["Carla", "Eva"]),
        ({"result": "not_passed"}, ["Zoe", "Ana"]),
        ({"result": "voided"}, []),
        ({"result": "passed", "q": "Ana"}, []),
    ],
)
def test_results_are_found(desk, five, asked, expected):
    assert names(desk.get(reverse("quizzes_admin:inspect", args=[five.pk]), asked)) == expected


def test_equal_marks_are_shown_once_each(now, learner, monkeypatch):
    monkeypatch.setattr(results, "PER_PAGE", 2)
    quiz = plain_quiz(1)
    made = [take(person, quiz, "right", now=now).pk for person in UserFactory.create_batch(5)]
    seen, after = [], ""
    while True:
        page = reports.page_of(reports.results_of(quiz), order="best", after=after)
        seen += [row.pk for row in page.rows]
        after = page.after
        if not after:
            break

    assert sorted(seen) == made


@pytest.mark.parametrize("count", [1, 3, 60])
def test_queries_of_results_do_not_grow(desk, count, django_assert_num_queries):
    quiz = plain_quiz(1)
    for person in UserFactory.create_batch(count):
        take(person, quiz, "right")
    url = reverse("quizzes_admin:inspect", args=[quiz.pk])
    desk.get(url)

    # the quiz, the page, which count, sums, pass mark, pins
    with django_assert_num_queries(QUERIES_OF_THE_FRAME + 6):
        desk.get(url)


# --- Files --------------------------------------------------------------------------------------------------------


def test_results_as_csv_hold_no_formula(desk, quiz, now):
    take(UserFactory(printed_name="=HYPERLINK(1)"), quiz, "right", now=now)
    take(UserFactory(printed_name="@SUM Núñez"), quiz, now=now)

    response = desk.get(reverse("quizzes_admin:export", args=[quiz.pk, "results", "csv"]), {"result": "not_passed"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert rows[0][:4] == ["Learner", "Try", "State", "Points"]
    assert sorted(row[0] for row in rows[1:]) == ["'=HYPERLINK(1)", "'@SUM Núñez"]
    assert sorted(row[3] for row in rows[1:]) == ["0.0", "1.0"]
    assert response["Content-Disposition"] == f'attachment; filename="{quiz.code}-results.csv"'


def test_statistics_as_workbook_hold_no_formula(desk, learner):
    quiz = plain_quiz(1)
    rewrite(quiz.quiz_items.get().item, stem={"en": "=1+1", "es": "=1+1"})
    take(learner, quiz, "right")

    response = desk.get(reverse("quizzes_admin:export", args=[quiz.pk, "statistics", "xlsx"]))
    (header, row) = load_workbook(io.BytesIO(response.content)).active.iter_rows()

    assert [cell.value for cell in header][:4] == ["Code", "Question", "Version", "Asked"]
    assert (row[1].value, row[1].data_type, row[3].value, row[5].value) == ("'=1+1", "s", 1, 100)


@pytest.mark.parametrize(("what", "format"), [("people", "csv"), ("results", "pdf")])
def test_other_files_are_not_found(desk, quiz, what, format):
    url = reverse("quizzes_admin:export", args=[quiz.pk, what, format])

    assert desk.get(url, follow=True).status_code == 404


# --- Who ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", ["access_admin", "view_quiz"])
def test_stranger_sees_no_figures(client, stranger, learner, quiz, right):
    take(learner, quiz, "right")
    for codename in {"access_admin", right}:
        stranger.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(stranger)

    for name, args in (
        ("quizzes_admin:inspect", [quiz.pk]),
        ("quizzes_admin:statistics", [quiz.pk]),
        ("quizzes_admin:export", [quiz.pk, "results", "csv"]),
        ("quiz-items:statistics", [quiz.quiz_items.first().item_id]),
    ):
        response = client.get(reverse(name, args=args))
        assert (name, response.status_code, response.url) == (name, 302, reverse("wagtailadmin_home"))
    assert Attempt.objects.count() == 1
