"""The desk: who may come in, what cannot be saved, what is shown, and what leaves a trace."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import NoReverseMatch, reverse

from quizzes import services
from quizzes.models import Attempt, Item, ItemBank, Quiz
from tests.factories.people import UserFactory
from tests.factories.quizzes import ItemFactory, QuizFactory, in_both, keys, plain_quiz
from tests.quizzes.screens import words


def rows(prefix, *given, saved=0):
    """The fields of an inline formset."""
    data = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": saved}
    for number, row in enumerate(given):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
        data.setdefault(f"{prefix}-{number}-ORDER", number + 1)
    return data


# --- Items ---------------------------------------------------------------------------------------------------------


def test_item_page_says_where_it_is_used(desk):
    item = ItemFactory(choices=[("a", True), ("b", False)])
    QuizFactory(items=[item], code="spring")
    QuizFactory(code="autumn")

    html = desk.get(reverse("quiz-items:inspect", args=[item.pk])).content.decode()

    assert "Title of spring" in html
    assert "Title of autumn" not in html


def test_item_preview_shows_no_key(desk):
    item = ItemFactory(choices=[("a", True, "CANARY"), ("b", False)], feedback=in_both("CANARY"))

    for language, stem in (("en", f"Question {item.code}?"), ("es", f"Question {item.code}? (es)")):
        html = desk.get(reverse("quiz-items:preview", args=[item.pk, language])).content.decode()
        assert re.sub(r"<[^>]+>", "", html.split("<legend")[1].split("</legend>")[0]).split(">")[1] == stem
        assert "CANARY" not in html
        assert "checked" not in html


def test_item_is_copied_under_another_code(desk):
    item = ItemFactory(choices=[("a", True), ("b", False)], code="first")

    taken = desk.post(reverse("quiz-items:copy", args=[item.pk]), {"code": "first"})
    response = desk.post(reverse("quiz-items:copy", args=[item.pk]), {"code": "second"})

    copy = Item.objects.get(code="second")
    assert "Another item has this code." in taken.content.decode()
    assert response.url == reverse("quiz-items:edit", args=[copy.pk])
    assert copy.current_version.spec == item.current_version.spec


def test_item_is_archived_and_brought_back(desk):
    item = ItemFactory()

    desk.post(reverse("quiz-items:archive", args=[item.pk]))
    item.refresh_from_db()
    archived_at = item.archived_at
    desk.post(reverse("quiz-items:archive", args=[item.pk]), {"restore": "1"})
    item.refresh_from_db()

    assert archived_at is not None
    assert item.archived_at is None


def test_item_has_no_page_that_deletes():
    with pytest.raises(NoReverseMatch):
        reverse("quiz-items:delete", args=[1])


def test_item_chooser_finds_words_in_any_language_and_shows_no_key(desk):
    ItemFactory(stem={"en": "About sleep", "es": "Sobre el sueño"}, choices=[("CANARY", True), ("no", False)])
    ItemFactory(stem={"en": "About food", "es": "Sobre la comida"})
    services.archive_item(ItemFactory(stem={"en": "About sleep, old"}))

    html = desk.get(reverse("item_chooser:choose_results"), {"q": "sueño"}).content.decode()

    assert ("About sleep" in html, "About food" in html, "old" in html, "CANARY" in html) == (True, False, False, False)


# --- Quizzes -------------------------------------------------------------------------------------------------------


def section_data(number, *items, draws=(), **changes):
    """A section as the form of a quiz sends it."""
    prefix = f"sections-{number}"
    return {
        f"{prefix}-id": "",
        f"{prefix}-ORDER": str(number + 1),
        f"{prefix}-title_en": "",
        f"{prefix}-title_es": "",
        f"{prefix}-draw_count": "",
        f"{prefix}-pass_mark_percent": "",
        f"{prefix}-shuffle_items": "on",
        **rows(f"{prefix}-items", *({"item": item.pk} for item in items)),
        **rows(f"{prefix}-draws", *draws),
        **{f"{prefix}-{name}": value for name, value in changes.items()},
    }


def quiz_data(*sections, **changes):
    return {
        "title_en": "Spring quiz",
        "title_es": "Cuestionario",
        "code": "spring",
        "pass_mark_percent": "80",
        "competency_percent": "",
        "attempt_limit": "",
        "counting": "highest",
        "behaviour": "deferred",
        "navigation": "free",
        "wait_minutes": "0",
        "marking_difference_percent": "10",
        "tell_marks": "at_once",
        "tell_feedback": "at_once",
        "tell_key": "after_pass",
        "shuffle_choices": "on",
        **rows("sections", *({} for _section in sections)),
        **{name: value for section in sections for name, value in section.items()},
        **changes,
    }


def test_trainer_makes_a_quiz_and_reads_what_passing_takes(desk):
    items = [ItemFactory(choices=[("a", True), ("b", False)]) for _ in range(6)]

    response = desk.post(reverse("quizzes_admin:add"), quiz_data(section_data(0, *items, draw_count="5")), follow=True)

    quiz = Quiz.objects.get()
    assert list(quiz.quiz_items.values_list("item", "sort_order")) == [(item.pk, n) for n, item in enumerate(items)]
    assert quiz.sections.get().draw_count == 5
    assert "To pass: 4 of 5 (80 %)." in response.content.decode()


def test_trainer_makes_a_quiz_of_sections_and_draws(desk):
    listed, pooled = ItemFactory(), ItemFactory()
    Item.objects.filter(pk=pooled.pk).update(review_state="approved")
    draw = {"count": "1", "bank": pooled.bank_id, "category": "", "tag": "", "competency": "", "difficulty": ""}

    desk.post(
        reverse("quizzes_admin:add"),
        quiz_data(
            section_data(0, listed, title_en="First", title_es="Primera"),
            section_data(1, draws=[draw], pass_mark_percent="60"),
        ),
    )

    first, second = Quiz.objects.get().sections.all()
    assert (first.title["es"], [row.item for row in first.items.all()]) == ("Primera", [listed])
    assert [(row.count, row.bank) for row in second.draws.all()] == [(1, pooled.bank)]
    assert second.pass_mark_percent == 60
    attempt = services.start_attempt(UserFactory(), Quiz.objects.get())
    assert {row.version.item for row in attempt.attempt_items.all()} == {listed, pooled}


def test_trainer_changes_a_quiz_and_its_items_keep_their_quiz(desk, quiz):
    section, more = quiz.sections.get(), ItemFactory()
    data = quiz_data(section_data(0, *(row.item for row in quiz.quiz_items.all()), more))
    data |= {"sections-0-id": section.pk, "sections-INITIAL_FORMS": "1", "sections-0-items-INITIAL_FORMS": "5"}
    data |= {f"sections-0-items-{n}-id": row.pk for n, row in enumerate(quiz.quiz_items.all())}

    desk.post(reverse("quizzes_admin:edit", args=[quiz.pk]), data)

    assert quiz.quiz_items.count() == 6
    assert quiz.quiz_items.last().item == more


def test_quiz_that_draws_more_than_it_has_is_not_saved(desk):
    response = desk.post(reverse("quizzes_admin:add"), quiz_data(section_data(0, ItemFactory(), draw_count="2")))

    assert (response.status_code, Quiz.objects.count()) == (200, 0)
    assert "There are only 1 questions below." in response.content.decode()


def a_draw(bank, count):
    return {"count": count, "bank": bank.pk, "category": "", "tag": "", "competency": "", "difficulty": ""}


def test_quiz_whose_pool_cannot_fill_a_draw_is_not_saved(desk):
    bank = ItemFactory().bank
    ItemFactory(bank=bank)
    Item.objects.update(review_state="approved")
    Item.objects.filter(pk=ItemFactory(bank=bank).pk).update(review_state="draft")

    response = desk.post(reverse("quizzes_admin:add"), quiz_data(section_data(0, draws=[a_draw(bank, "3")])))

    assert (response.status_code, Quiz.objects.count()) == (200, 0)
    assert "A random draw asks for 3 questions. Only 2 fit it" in response.content.decode()


def test_quiz_whose_draws_share_too_few_is_not_saved(desk):
    bank = ItemFactory().bank
    ItemFactory(bank=bank)
    Item.objects.update(review_state="approved")

    response = desk.post(
        reverse("quizzes_admin:add"), quiz_data(section_data(0, draws=[a_draw(bank, "1"), a_draw(bank, "2")]))
    )

    assert (response.status_code, Quiz.objects.count()) == (200, 0)
    assert "there are too few for all of them together" in response.content.decode()


@pytest.mark.parametrize(
    ("section", "changes", "sentence"),
    [
        (section_data(0), {}, "A quiz asks something."),
        (
            section_data(0, draws=[{"count": "1", "bank": "", "category": "", "tag": "", "difficulty": "easy"}]),
            {},
            "Please say where to draw from",
        ),
        (section_data(0), {"tell_marks": "after_closing"}, "Please say when the quiz closes."),
        (section_data(0), {"competency_percent": "101"}, "less than or equal to 100"),
    ],
)
def test_quiz_that_cannot_be_asked_is_not_saved(desk, section, changes, sentence):
    response = desk.post(reverse("quizzes_admin:add"), quiz_data(section, **changes))

    assert (response.status_code, Quiz.objects.count()) == (200, 0)
    assert sentence in response.content.decode()


@pytest.mark.parametrize("behaviour", ["immediate", "several_tries", "adaptive"])
def test_one_page_is_refused_where_each_answer_is_checked(desk, behaviour):
    data = quiz_data(section_data(0, ItemFactory()), navigation="page", behaviour=behaviour)

    html = desk.post(reverse("quizzes_admin:add"), data).content.decode()

    assert "All questions stand on one page only where answers are checked at the end." in html
    assert not Quiz.objects.exists()


def test_quiz_on_one_page_is_made(desk):
    data = quiz_data(section_data(0, ItemFactory()), navigation="page", behaviour="certainty")

    desk.post(reverse("quizzes_admin:add"), data)

    assert Quiz.objects.get().navigation == "page"


@pytest.mark.parametrize(("is_split", "sentence"), [(True, "is there twice."), (False, "duplicate values below")])
def test_quiz_that_asks_an_item_twice_is_not_saved(desk, is_split, sentence):
    item = ItemFactory()
    sections = [section_data(0, item), section_data(1, item)] if is_split else [section_data(0, item, item)]

    response = desk.post(reverse("quizzes_admin:add"), quiz_data(*sections))

    assert (response.status_code, Quiz.objects.count()) == (200, 0)
    assert sentence in response.content.decode()


@pytest.mark.parametrize(("language", "words_there"), [("en", "Question 1 of 5"), ("es", "Pregunta 1 de 5")])
def test_quiz_preview_shows_every_question_and_keeps_nothing(desk, quiz, language, words_there):
    Quiz.objects.update(behaviour="certainty", aids_statement=in_both("Notes allowed."))

    html = desk.get(reverse("quizzes_admin:preview", args=[quiz.pk, language])).content.decode()

    assert words_there in html
    assert html.count("<form") == 5
    assert html.count('name="certainty" value="3"') == 5
    assert "Notes allowed." in html
    assert "Feedback-of" not in html
    assert not Attempt.objects.exists()


def test_quiz_preview_of_a_quiz_that_cannot_be_asked_says_so(desk):
    html = desk.get(reverse("quizzes_admin:preview", args=[QuizFactory().pk, "en"]), follow=True).content.decode()

    assert "This quiz has no questions yet." in html


def test_results_say_which_try_counts(desk, learner):
    quiz = plain_quiz(2, counting="first")
    for _try in range(2):
        services.submit_attempt(services.start_attempt(learner, quiz))

    text = words(desk.get(reverse("quizzes_admin:inspect", args=[quiz.pk])))

    assert re.findall(r"(\d) 0 of 2 not passed( \(counts\))?", text) == [("2", ""), ("1", " (counts)")]


def test_quiz_with_attempts_is_kept_even_from_an_operator(client, learner, quiz):
    services.start_attempt(learner, quiz)
    client.force_login(UserFactory(email="op@example.org", is_superuser=True))

    response = client.post(reverse("quizzes_admin:delete", args=[quiz.pk]), follow=True)

    assert "This is in use, so it was kept." in response.content.decode()
    assert Quiz.objects.count() == 1


# --- Results -------------------------------------------------------------------------------------------------------


def take(learner, quiz, rights):
    attempt = services.start_attempt(learner, quiz)
    for row in attempt.attempt_items.select_related("version__item"):
        text = "right" if row.version.item.code in rights else "wrong"
        services.save_response(attempt, row.position, keys(row.version.item, text), revision=1)
    return services.submit_attempt(attempt)


def test_results_before_anybody_sent(desk, quiz):
    text = words(desk.get(reverse("quizzes_admin:inspect", args=[quiz.pk])))

    assert "Nobody has sent this quiz yet." in text


def test_results_say_who_passed_and_what_was_hard(desk, learner, stranger):
    quiz = plain_quiz(2, pass_mark_percent=100)
    easy, hard = (row.item for row in quiz.quiz_items.all())
    take(learner, quiz, rights={easy.code, hard.code})
    take(stranger, quiz, rights={easy.code})
    voided = take(stranger, quiz, rights=set())
    services.void_attempt(voided, actor=learner, reason="Test")

    text = words(desk.get(reverse("quizzes_admin:inspect", args=[quiz.pk])))

    assert "Attempts 2 Learners 2 Passed 1 of 2 (50 %) To pass 2 of 2 (100 %)" in text
    hard_first = words(desk.get(reverse("quizzes_admin:statistics", args=[quiz.pk])))
    assert re.search(rf"1 {re.escape(hard.stem['en'])} 2 50 % .* 2 {re.escape(easy.stem['en'])} 2 100 %", hard_first), (
        hard_first
    )
    assert re.findall(r"(Charlie Stranger|Rosa María Núñez) (\d) (\d of \d) (voided|passed|not passed)", text) == [
        ("Charlie Stranger", "2", "0 of 2", "voided"),
        ("Charlie Stranger", "1", "1 of 2", "not passed"),
        ("Rosa María Núñez", "1", "2 of 2", "passed"),
    ]


QUERIES_OF_THE_FRAME = 8


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["quizzes_admin", "quiz-items", "item-banks", "attempts"])
def test_queries_of_lists(desk, learner, name, count, django_assert_num_queries):
    for _ in range(count):
        services.start_attempt(learner, plain_quiz(1))
    url = reverse(f"{name}:index")
    desk.get(url)
    figures = {"quizzes_admin": 5, "quiz-items": 5, "item-banks": 2, "attempts": 3}

    with django_assert_num_queries(QUERIES_OF_THE_FRAME + figures[name]):
        response = desk.get(url)

    assert response.status_code == 200


# --- Attempts ------------------------------------------------------------------------------------------------------


@pytest.fixture
def voider(trainer):
    trainer.user_permissions.add(Permission.objects.get(codename="void_attempt"))
    return trainer


def test_attempt_can_be_read_but_not_voided_without_the_right(desk, learner, quiz):
    attempt = take(learner, quiz, rights=set())
    url = reverse("attempts:inspect", args=[attempt.pk])

    text = words(desk.get(url))
    answer = desk.post(url, {"reason": "Because"})

    attempt.refresh_from_db()
    assert "0 of 5, not passed" in text
    assert text.count("wrong (taken)") == 5
    assert text.count("right (right)") == 5
    assert "Void this attempt" not in text
    assert (answer.status_code, attempt.state) == (302, "graded")


def test_attempt_that_is_open_shows_no_answers(desk, attempt):
    text = words(desk.get(reverse("attempts:inspect", args=[attempt.pk])))

    assert "This attempt is still open." in text
    assert "(right)" not in text


def test_attempt_is_voided_with_a_reason(client, voider, learner, quiz):
    attempt = take(learner, quiz, rights=set())
    client.force_login(voider)
    url = reverse("attempts:inspect", args=[attempt.pk])

    without = client.post(url, {"reason": " "})
    client.post(url, {"reason": "Taken by somebody else"})

    assert "This field is required." in without.content.decode()
    voided = Attempt.objects.get()
    assert (voided.state, voided.voided_by, voided.void_reason) == ("voided", voider, "Taken by somebody else")
    assert "Voided by Tess Trainer" in words(client.get(url))


@pytest.mark.parametrize(("name", "args"), [("add", []), ("edit", [1]), ("delete", [1])])
def test_attempt_has_no_page_that_changes(name, args):
    with pytest.raises(NoReverseMatch):
        reverse(f"attempts:{name}", args=args)


# --- Who -----------------------------------------------------------------------------------------------------------


def pages(item, quiz, attempt):
    bank = ItemBank.objects.first()
    yield from (("get", f"{name}:index", []) for name in ("quizzes_admin", "quiz-items", "item-banks", "attempts"))
    yield from (("get", f"{name}:add", []) for name in ("quizzes_admin", "quiz-items", "item-banks"))
    yield "get", "item-banks:edit", [bank.pk]
    yield "get", "quiz-items:edit", [item.pk]
    yield "get", "quiz-items:inspect", [item.pk]
    yield "get", "quiz-items:preview", [item.pk, "en"]
    yield "get", "quiz-items:copy", [item.pk]
    yield "post", "quiz-items:copy", [item.pk]
    yield "post", "quiz-items:archive", [item.pk]
    yield "get", "quizzes_admin:edit", [quiz.pk]
    yield "get", "quizzes_admin:inspect", [quiz.pk]
    yield "get", "quizzes_admin:preview", [quiz.pk, "en"]
    yield "get", "attempts:inspect", [attempt.pk]
    yield "post", "attempts:inspect", [attempt.pk]
    yield "get", "item_chooser:choose", []
    yield "get", "item_chooser:choose_results", []
    yield "get", "item_chooser:chosen", [item.pk]


def test_stranger_with_the_key_to_the_desk_sees_nothing_of_quizzes(client, stranger, attempt):
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)
    item = Item.objects.first()

    for method, name, args in pages(item, attempt.quiz, attempt):
        response = getattr(client, method)(reverse(name, args=args), {"code": "x", "reason": "y"})
        assert (name, response.status_code) == (name, 302), words(response)
        assert response.url == reverse("wagtailadmin_home"), name
    attempt.refresh_from_db()
    assert (attempt.state, Item.objects.filter(archived_at=None).count()) == ("open", 5)


def test_trainer_reaches_every_page(desk, attempt):
    for method, name, args in pages(Item.objects.first(), attempt.quiz, attempt):
        if method == "get":
            assert (name, desk.get(reverse(name, args=args)).status_code) == (name, 200)
