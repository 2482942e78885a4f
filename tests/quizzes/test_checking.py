"""Checking answers while the attempt is open: by behaviour, twice, raced by answers and sending, and without a leak."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes import services
from quizzes.errors import AttemptClosed, CheckRefused, InvalidResponse, QuestionClosed
from quizzes.items import WHOLE
from quizzes.models import Attempt, Quiz, Response, ResponseCheck
from tests.factories.people import UserFactory
from tests.factories.quizzes import ItemFactory, QuizFactory, in_both, keys
from tests.quizzes.test_views import JSON, url, words

CANARY = "CANARY-9c1d"


def item_with_hints(hints=2, **spec):
    return ItemFactory(
        choices=[("right", True, f"{CANARY} right"), ("wrong", False, f"{CANARY} wrong"), ("worse", False)],
        feedback=in_both(f"{CANARY} item"),
        feedback_wrong=in_both(f"{CANARY} no"),
        hints=[in_both(f"{CANARY} hint-{number}") for number in range(1, hints + 1)],
        penalty=WHOLE // 4,
        **spec,
    )


def quiz_of(behaviour, count=1, **fields):
    return QuizFactory(items=[item_with_hints() for _number in range(count)], behaviour=behaviour, **fields)


class Sitting:
    """One attempt, answered in words."""

    def __init__(self, learner, quiz, now):
        self.attempt = services.start_attempt(learner, quiz, now=now)
        self.now = now
        self.revision = 0
        rows = self.attempt.attempt_items.select_related("version__item__current_version")
        self.items = {row.position: row.version.item for row in rows}

    def key(self, text, position=1):
        return keys(self.items[position], text)

    def save(self, text, position=1, **more):
        self.revision += 1
        value = self.key(text, position) if text else []
        return services.save_response(self.attempt, position, value, revision=self.revision, now=self.now, **more)

    def check(self, text="", position=1):
        if text:
            self.save(text, position)
        return services.check_response(self.attempt, position, now=self.now)

    def sent(self):
        return services.submit_attempt(self.attempt, now=self.now)


@pytest.fixture
def sit(learner, now):
    return lambda behaviour, count=1, **fields: Sitting(learner, quiz_of(behaviour, count, **fields), now)


# --- Each behaviour ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", ["deferred", "certainty"])
def test_nothing_is_checked_before_the_end(sit, behaviour):
    sitting = sit(behaviour)
    sitting.save("right")

    with pytest.raises(CheckRefused, match="checked when everything is sent"):
        sitting.check()
    assert ResponseCheck.objects.count() == 0


@pytest.mark.parametrize(("text", "marks"), [("right", 100), ("wrong", 0)])
def test_immediate_checks_once_and_closes_the_question(sit, text, marks):
    sitting = sit("immediate")

    state = sitting.check(text)

    assert (state.is_finished, state.is_right) == (True, text == "right")
    with pytest.raises(QuestionClosed, match="was checked"):
        sitting.save("right")
    assert sitting.sent().marks == marks


def test_several_tries_cost_their_penalty_and_end_with_the_hints(sit):
    sitting = sit("several_tries")

    states = [sitting.check(text) for text in ("wrong", "worse", "right")]

    assert [(s.is_finished, s.tries_left, s.hints_shown) for s in states] == [
        (False, 2, 1),
        (False, 1, 2),
        (True, 0, 0),
    ]
    assert sitting.sent().marks == 50
    assert ResponseCheck.objects.count() == 3


def test_several_tries_that_are_used_up_close_the_question(sit):
    sitting = sit("several_tries")
    for text in ("wrong", "worse", "wrong"):
        sitting.check(text)

    with pytest.raises(QuestionClosed):
        sitting.save("right")
    assert sitting.sent().marks == 0


def test_adaptive_goes_on_until_it_is_right(sit):
    sitting = sit("adaptive")

    states = [sitting.check(text) for text in ("wrong", "worse", "right")]

    assert [state.is_finished for state in states] == [False, False, True]
    assert sitting.sent().marks == 50


def test_answer_that_was_not_checked_is_one_more_try(sit):
    sitting = sit("adaptive")
    sitting.check("wrong")
    sitting.save("right")

    assert sitting.sent().marks == 75


@pytest.mark.parametrize(
    ("text", "certainty", "marks", "total"),
    [("right", 3, 300, 300), ("right", 1, 100, 100), ("wrong", 1, 0, 0), ("wrong", 2, -200, 0), ("", 3, 0, 0)],
)
def test_certainty_earns_and_costs(sit, text, certainty, marks, total):
    sitting = sit("certainty")
    sitting.save(text, certainty=certainty)

    sent = sitting.sent()

    assert (sent.marks, sent.max_marks) == (total, 300)
    assert Response.objects.get().marks == marks


def test_certainty_takes_from_other_questions_what_was_lost(sit):
    sitting = sit("certainty", 3, pass_mark_percent=1)
    for position, (text, level) in enumerate([("right", 3), ("wrong", 2), ("right", 1)], start=1):
        sitting.save(text, position, certainty=level)

    sent = sitting.sent()

    assert (sent.marks, sent.max_marks, sent.is_passed) == (200, 900, True)


def test_certainty_of_no_level_is_refused(sit):
    with pytest.raises(InvalidResponse):
        sit("certainty").save("right", certainty=4)


def test_certainty_is_no_matter_in_other_quizzes(sit):
    sitting = sit("deferred")
    sitting.save("right", certainty=3)

    assert Response.objects.get().certainty is None
    assert sitting.sent().marks == 100


# --- Twice, late, in a row -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", ["immediate", "several_tries", "adaptive"])
def test_same_answer_is_checked_once(sit, behaviour):
    sitting = sit(behaviour)

    states = [sitting.check("wrong"), sitting.check(), sitting.check()]

    assert states == [states[0]] * 3
    assert ResponseCheck.objects.count() == 1


@pytest.mark.parametrize("text", [None, ""])
def test_no_answer_is_not_checked(sit, text):
    sitting = sit("immediate")
    if text is not None:
        sitting.save("")

    with pytest.raises(CheckRefused, match="no answer to check yet"):
        sitting.check()


def test_answer_that_was_kept_before_may_come_again_to_a_closed_question(sit):
    sitting = sit("immediate")
    kept = sitting.save("wrong")
    sitting.check()
    sitting.revision = 0

    again = sitting.save("wrong")

    assert (again.revision, again.value) == (kept.revision, kept.value)


def test_check_of_a_sent_attempt_is_refused(sit):
    sitting = sit("immediate")
    sitting.save("right")
    sitting.sent()

    with pytest.raises(AttemptClosed):
        sitting.check()
    assert ResponseCheck.objects.count() == 0


def test_check_after_the_time_sends_the_attempt(sit):
    sitting = sit("immediate", time_limit_minutes=10)
    sitting.save("right")
    sitting.now += timedelta(minutes=11)

    with pytest.raises(AttemptClosed, match="The time is over"):
        sitting.check()
    sitting.attempt.refresh_from_db()
    assert (sitting.attempt.state, sitting.attempt.marks) == ("graded", 100)


def test_behaviour_of_an_attempt_is_that_of_its_start(sit):
    sitting = sit("immediate")
    Quiz.objects.update(behaviour="deferred")

    assert sitting.check("right").is_finished


def test_texts_between_questions_are_not_checked(learner, now):
    sitting = Sitting(learner, QuizFactory(items=[ItemFactory(kind="description")], behaviour="immediate"), now)

    with pytest.raises(CheckRefused):
        sitting.check()


# --- Screens -------------------------------------------------------------------------------------------------------


@pytest.fixture
def take(signed_in, learner):
    """The screens of an attempt, as with and as without a script."""

    class Screens(Sitting):
        def __init__(self, behaviour, **fields):
            super().__init__(learner, quiz_of(behaviour, 2, **fields), None)

        def post(self, text, go="", *, position=1, script=False, **more):
            self.revision += 1
            data = {"position": position, "revision": self.revision, "choice": self.key(text, position), "go": go}
            return signed_in.post(url("save", self.attempt), data | more, headers=JSON if script else {})

        def page(self, position=1):
            return signed_in.get(url("attempt", self.attempt), {"q": position})

    return Screens


def test_check_without_a_script_shows_how_it_went(take):
    screens = take("immediate")

    response = screens.post("right", "try")

    assert (response.status_code, response.url) == (302, url("attempt", screens.attempt) + "?q=1")
    text = words(screens.page())
    assert f"Right Your answer: right {CANARY} right {CANARY} item" in text
    assert "Check my answer" not in text


def test_check_with_a_script_brings_the_screen(take):
    screens = take("several_tries")

    response = screens.post("wrong", "try", script=True).json()

    assert response["screen"] == "1"
    assert "Not right yet. Try again." in response["html"]
    assert f"{CANARY} hint-1" in response["html"]
    assert f"{CANARY} hint-2" not in response["html"]
    assert "2 tries are left." in response["html"]
    assert "Wrong tries have cost 0.25 points so far." in response["html"]


def test_check_of_nothing_says_what_to_do(take, signed_in):
    screens = take("immediate")

    response = signed_in.post(url("save", screens.attempt), {"position": 1, "revision": 1, "go": "try"}, headers=JSON)

    assert response.status_code == 400
    assert response.json()["error"] == "There is no answer to check yet. Please answer first."


def test_answer_to_a_closed_question_is_refused_in_words(take):
    screens = take("immediate")
    screens.post("wrong", "try")

    page, script = screens.post("right"), screens.post("right", script=True)

    assert (page.status_code, script.status_code) == (400, 400)
    assert "Your answer to this question was checked, so it can no longer be changed." in words(page)
    assert script.json()["is_closed"] is False


@pytest.mark.parametrize(
    ("fields", "has_feedback", "has_key"),
    [
        ({}, True, False),
        ({"tell_feedback": "after_pass"}, False, False),
        ({"tell_key": "at_once"}, True, True),
        ({"tell_feedback": "after_try", "tell_key": "after_try"}, False, False),
    ],
)
def test_closed_question_tells_what_the_quiz_says(take, fields, has_feedback, has_key):
    screens = take("immediate", **fields)
    screens.post("wrong", "try")

    text = words(screens.page())

    assert "Not right" in text
    assert (f"{CANARY} wrong" in text) is has_feedback
    assert ("Right answer: right" in text) is has_key


def test_what_waits_for_the_end_of_the_try_is_told_then(take, signed_in):
    screens = take("immediate", tell_feedback="after_try", tell_key="after_try")
    screens.post("wrong", "try")
    attempt = services.submit_attempt(Attempt.objects.get())

    text = words(signed_in.get(url("review", attempt)))

    assert f"{CANARY} wrong" in text
    assert "Right answer: right" in text


def test_certainty_is_asked_kept_and_shown_again(take):
    screens = take("certainty")
    assert 'name="certainty" value="1" checked' in screens.page().content.decode()

    screens.post("right", certainty="3")

    assert Response.objects.get().certainty == 3
    assert 'name="certainty" value="3" checked' in screens.page().content.decode()


def test_deferred_quiz_offers_no_check(take):
    html = take("deferred").page().content.decode()

    assert "Check my answer" not in html
    assert "certainty" not in html


# --- Secrets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", ["deferred", "immediate", "several_tries", "adaptive", "certainty"])
def test_nothing_secret_leaves_before_the_question_is_finished(take, signed_in, behaviour):
    """Canaries in every secret text of two questions: of one that is checked and wrong, and of one that is not."""
    screens = take(behaviour, tell_key="at_once")
    bodies = []

    def look():
        for language in ("en", "es"):
            bodies.extend(signed_in.get(url("attempt", screens.attempt, language), {"q": q}) for q in (1, 2))
            bodies.append(signed_in.get(url("submit", screens.attempt, language)))

    with CaptureQueriesContext(connection) as queries:
        look()
        bodies += [screens.post("wrong", script=True), screens.post("wrong", "2"), screens.post("wrong", position=2)]
    assert not [query["sql"] for query in queries if "answer_key" in query["sql"] and "SELECT" in query["sql"]]
    if behaviour in {"several_tries", "adaptive"}:
        bodies += [screens.post("wrong", "try", script=True), screens.post("worse", "try")]
        look()

    sent = b"".join(response.content + repr(response.headers).encode() for response in bodies).decode()
    allowed = ["hint-1", "hint-2"] if behaviour == "several_tries" else []
    for words_allowed in allowed:
        sent = sent.replace(f"{CANARY} {words_allowed}", "")
    assert CANARY not in sent
    assert "weight" not in sent
    if behaviour in {"immediate", "several_tries", "adaptive"}:
        told = screens.post("right", "try", script=True).json()["html"]
        assert f"{CANARY} item" in told  # the scan would have found it


def test_finished_question_tells_nothing_of_the_others(take):
    screens = take("immediate", tell_key="at_once")
    screens.post("wrong", "try")

    html = screens.page(2).content.decode()
    second = html.split('data-question="2"')[1].split("</form>")[0]

    assert CANARY in html  # of the first, which lies in a template
    assert CANARY not in second


# --- Queries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_check(learner, now, count, django_assert_num_queries):
    sitting = Sitting(learner, quiz_of("adaptive", count), now)
    sitting.save("wrong")

    # Savepoint, question with its attempt, checks, answer, check, release.
    with django_assert_num_queries(6):
        sitting.check()


# --- On the road of marks ------------------------------------------------------------------------------------------


def test_attempt_that_is_given_back_keeps_what_was_checked(sit, stranger):
    sitting = sit("immediate")
    sitting.check("wrong")
    sent = sitting.sent()

    fresh = services.reopen_attempt(sent, actor=stranger, reason="Sent by mistake", now=sitting.now)

    with pytest.raises(QuestionClosed):
        services.save_response(fresh, 1, sitting.key("right"), revision=9, now=sitting.now)
    assert services.submit_attempt(fresh, now=sitting.now).marks == 0


def test_full_marks_of_a_regrade_are_those_of_who_was_sure(sit):
    sitting = sit("certainty", 2)
    sitting.save("wrong", 1, certainty=3)
    sitting.save("right", 2, certainty=3)
    sent = sitting.sent()
    judge = UserFactory(is_superuser=True)

    services.apply_regrade(sent.quiz, sitting.items[1], action="full", actor=judge, reason="The key was wrong")

    sent.refresh_from_db()
    assert (sent.marks, sent.max_marks, sent.is_passed) == (600, 600, True)
