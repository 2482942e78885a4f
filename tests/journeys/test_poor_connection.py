"""On a poor link nothing that a learner answered is lost, and nothing is sent twice."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.steps import ANSWERS, COMPASSION, act, answer_all, in_spanish, make_learner, question, sign_in

SAVED = """
attempt = Attempt.objects.get(public_id=public_id)
result = {item.position: item.response.value for item in attempt.attempt_items.all() if hasattr(item, "response")}
"""


def open_quiz(page, email: str) -> str:
    """To the first question that takes one answer; returns the id of the attempt."""
    sign_in(page, email)
    page.goto(COMPASSION)
    page.locator("main a[href*='/resume/']").click()
    act(page, "/quiz/").click()
    page.wait_for_url("**/quiz/**")
    public_id = re.search(r"/quiz/([0-9a-f-]{36})", page.url)[1]
    number = 1
    while question(page).locator("input[name=choice][type=checkbox]").count():
        number += 1
        page.goto(f"/es/quiz/{public_id}/?q={number}")
    return public_id


def at_the_last_look(site, phone):
    """A learner who has answered everything and not sent it: her page and the id of her attempt."""
    page = phone()
    public_id = open_quiz(page, make_learner(site, done=4))
    answer_all(page, site.ask(ANSWERS))
    return page, public_id


def test_answers_given_without_a_connection_wait_and_arrive(site, phone):
    email = make_learner(site, done=4)
    page = phone()
    public_id = open_quiz(page, email)
    status = page.locator("main [role=status][data-status]")

    choices = question(page).locator("input[name=choice]")
    choices.nth(0).check()
    expect(status).to_have_text(in_spanish(site, "Saved"))
    first = choices.nth(0).get_attribute("value")
    position = question(page).locator("[name=position]").input_value()
    assert site.ask(SAVED, public_id=public_id) == {position: [first]}

    page.context.set_offline(True)
    choices.nth(1).check()
    second = choices.nth(1).get_attribute("value")
    expect(status).to_have_text(in_spanish(site, "Waiting for a connection: 1 answer. It is kept on this device."))
    question(page).locator("button[name=go]").first.click()  # on to the next question, with no connection
    expect(question(page).locator("[name=position]")).not_to_have_value(position)
    other = question(page).locator("input[name=choice]").nth(0)
    other.check()
    following = question(page).locator("[name=position]").input_value()
    waiting = in_spanish(site, "Waiting for a connection: {count} answers. They are kept on this device.")
    expect(status).to_have_text(waiting.replace("{count}", "2"))
    taken = other.get_attribute("value")
    kept = page.evaluate("Object.values(localStorage).map((value) => JSON.parse(value).fields).flat()")
    assert sorted(kept) == sorted([["choice", second], ["choice", taken]])
    assert site.ask(SAVED, public_id=public_id) == {position: [first]}

    page.context.set_offline(False)
    expect(status).to_have_text(in_spanish(site, "Saved"))
    assert site.ask(SAVED, public_id=public_id) == {position: [second], following: [taken]}
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    page.goto(f"/es/quiz/{public_id}/?q={position}")
    expect(question(page).locator(f"input[value='{second}']")).to_be_checked()


def test_answers_that_wait_survive_closing_the_page(site, phone):
    email = make_learner(site, done=4)
    page = phone()
    public_id = open_quiz(page, email)
    page.context.set_offline(True)
    choice = question(page).locator("input[name=choice]").nth(1)
    taken, position = choice.get_attribute("value"), question(page).locator("[name=position]").input_value()
    choice.check()
    status = page.locator("main [role=status][data-status]")
    expect(status).to_have_text(in_spanish(site, "Waiting for a connection: 1 answer. It is kept on this device."))
    page.close()
    assert site.ask(SAVED, public_id=public_id) == {}

    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(f"/es/quiz/{public_id}/?q={position}")
    expect(question(again).locator(f"input[value='{taken}']")).to_be_checked()
    expect(again.locator("main [role=status][data-status]")).to_have_text(in_spanish(site, "Saved"))
    assert site.ask(SAVED, public_id=public_id) == {position: [taken]}


def test_sending_without_a_connection_keeps_the_page_and_brings_the_result_later(site, phone):
    page, public_id = at_the_last_look(site, phone)
    asked = []
    page.context.set_offline(True)

    act(page, "/send/").click()

    unsent = "There is no connection, so nothing was sent yet. Your answers are kept. "
    unsent += "Please send again as soon as there is a connection."
    expect(page.locator("main [role=status][data-status]")).to_have_text(in_spanish(site, unsent))
    assert site.ask("result = Attempt.objects.get(public_id=public_id).state", public_id=public_id) == "open"
    page.context.set_offline(False)
    page.on("request", lambda request: asked.append(request.url) if "/quiz/" in request.url else None)
    act(page, "/send/").click()
    page.wait_for_url("**/review/")
    expect(page.locator("main h1")).to_be_focused()
    assert [url.rsplit("/", 2)[-2] for url in asked] == ["send"]  # the result came with the reply
    shown = page.locator("main").inner_text()
    page.reload()
    assert page.locator("main").inner_text() == shown
    page.go_back()
    page.wait_for_url("**/review/")


def test_a_double_click_sends_once(site, phone):
    page, public_id = at_the_last_look(site, phone)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/send/") else None)
    # A slow link, so that the second click meets the page that is still there.
    page.route("**/send/", lambda route: (page.wait_for_timeout(400), route.continue_()))
    act(page, "/send/").dblclick()
    page.wait_for_url("**/review/")
    assert len(sent) == 1
    graded = site.ask(
        """
        attempt = Attempt.objects.get(public_id=public_id)
        learner = attempt.learner
        done = LessonCompletion.objects.filter(enrollment__learner=learner).count()
        result = [attempt.state, attempt.is_passed, learner.attempts.count(), done]
        """,
        public_id=public_id,
    )
    assert graded == ["graded", True, 1, 5]


# --- Forward only, and a time that ends ------------------------------------------------------------------------------

# A quiz of three questions with one right answer each, and a running attempt at it that began some seconds ago.
START = """
from datetime import timedelta
from django.utils import timezone
from quizzes.items import WHOLE, read_item
from quizzes.models import ItemBank, QuizItem, QuizSection
from quizzes.services import start_attempt, write_item

bank, _created = ItemBank.objects.get_or_create(code="journey", defaults={"name": {"en": "Journey", "es": "Viaje"}})
made = timezone.now().strftime("%H%M%S%f")
quiz = Quiz.objects.create(code=f"journey-{made}", title={"en": "On the way", "es": "En camino"}, **conditions)
section = QuizSection.objects.create(quiz=quiz, shuffle_items=False)
for place in range(3):
    stem = f"¿Pregunta {made} {place}?"
    spec = {
        "kind": "single_choice",
        "code": f"journey-{made}-{place}",
        "stem": {"en": stem, "es": stem},
        "choices": [
            {"key": f"{key}-{made}-{place}", "text": {"en": key, "es": key}, "weight": WHOLE if key == "right" else 0}
            for key in ("right", "wrong", "worse")
        ],
    }
    if place == 0 and has_upload:
        spec = {"kind": "upload", "accept": "image", "code": spec["code"], "stem": spec["stem"]}
    QuizItem.objects.create(quiz=quiz, section=section, item=write_item(read_item(spec), bank=bank), sort_order=place)
learner = User.objects.get(email=email)
began = timezone.now() - timedelta(seconds=ago)
result = str(start_attempt(learner, quiz, language="es", now=began).public_id)
"""

STANDS = """
attempt = Attempt.objects.get(public_id=public_id)
given = {item.position: item.response.value[0].split("-")[0] for item in attempt.attempt_items.all()
         if hasattr(item, "response") and item.response.value}
result = [attempt.state, attempt.reached, attempt.marks, [given.get(place, "") for place in (1, 2, 3)]]
"""

PICTURE = io.BytesIO()
Image.new("RGB", (8, 8), "teal").save(PICTURE, "PNG")
NOWHERE_TO_GO = (
    "There is no connection. Your answer is kept on this device. You can go on as soon as there is a connection."
)
# The sweep, as it will run once the time and its grace are over.
SWEEP_LATER = """
from datetime import timedelta
from django.utils import timezone
from quizzes.services import close_expired_attempts
close_expired_attempts(now=timezone.now() + timedelta(minutes=1))
result = None
"""


def start_quiz(site, phone, *, ago: int = 0, has_upload: bool = False, **conditions):
    """A learner on the first question of a quiz under these conditions: her page and the id of her attempt."""
    email = make_learner(site)
    page = phone()
    sign_in(page, email)
    public_id = site.ask(START, email=email, ago=ago, has_upload=has_upload, conditions=conditions)
    page.goto(f"/es/quiz/{public_id}/")
    expect(page.locator("main section form [name=position]").first).to_have_value("1")
    return page, public_id


def status_of(page):
    return page.locator("main [role=status][data-status]")


def take(page, text: str) -> None:
    question(page).get_by_label(text, exact=True).check()


def on_to(page, place: int) -> None:
    question(page).locator("button[data-asks]").click()
    expect(question(page).locator("[name=position]")).to_have_value(str(place))


def kept_on_the_device(page) -> list:
    return page.evaluate("Object.values(localStorage).map((value) => JSON.parse(value).fields.flat()[1].split('-')[0])")


def test_forward_only_without_a_connection_waits_and_goes_on_after(site, phone):
    page, public_id = start_quiz(site, phone, navigation="sequential")
    take(page, "right")
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))
    on_to(page, 2)

    page.context.set_offline(True)
    take(page, "right")
    expect(status_of(page)).to_have_text(
        in_spanish(site, "Waiting for a connection: 1 answer. It is kept on this device.")
    )
    question(page).locator("button[data-asks]").click()
    expect(status_of(page)).to_have_text(in_spanish(site, NOWHERE_TO_GO))
    expect(question(page).locator("[name=position]")).to_have_value("2")
    assert kept_on_the_device(page) == ["right"]
    assert site.ask(STANDS, public_id=public_id) == ["open", 2, None, ["right", "", ""]]

    page.context.set_offline(False)
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))
    expect(question(page).locator("[name=position]")).to_have_value("2")  # nobody is taken on unasked
    assert site.ask(STANDS, public_id=public_id) == ["open", 2, None, ["right", "right", ""]]
    assert kept_on_the_device(page) == []
    on_to(page, 3)
    take(page, "wrong")
    question(page).locator("button[data-asks]").click()
    expect(page.locator("main form[data-check]")).to_be_visible()
    act(page, "/send/").click()
    page.wait_for_url("**/review/")
    assert site.ask(STANDS, public_id=public_id) == ["graded", 4, 200, ["right", "right", "wrong"]]
    offline = [error for error in page.console_errors if "ERR_INTERNET_DISCONNECTED" not in error]
    assert offline == []


def test_forward_only_answer_that_waits_survives_closing_the_page(site, phone):
    page, public_id = start_quiz(site, phone, navigation="sequential")
    page.context.set_offline(True)
    take(page, "worse")
    expect(status_of(page)).to_have_text(
        in_spanish(site, "Waiting for a connection: 1 answer. It is kept on this device.")
    )
    page.close()

    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(f"/es/quiz/{public_id}/send/")  # the last look, which carries no question
    expect(status_of(again)).to_have_text(in_spanish(site, "Saved"))
    assert site.ask(STANDS, public_id=public_id) == ["open", 1, None, ["worse", "", ""]]


def test_forward_only_reply_that_got_lost_takes_nobody_back_or_too_far(site, phone):
    page, public_id = start_quiz(site, phone, navigation="sequential")
    take(page, "right")
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))

    def lose(route):
        route.fetch()  # the server does it ...
        route.abort()  # ... and nobody hears of it

    page.route("**/answer/", lose, times=1)
    question(page).locator("button[data-asks]").click()
    expect(status_of(page)).to_have_text(in_spanish(site, NOWHERE_TO_GO))
    expect(question(page).locator("[name=position]")).to_have_value("1")
    assert site.ask(STANDS, public_id=public_id)[1] == 2

    on_to(page, 2)
    assert site.ask(STANDS, public_id=public_id) == ["open", 2, None, ["right", "", ""]]


def test_second_click_of_a_double_one_leaves_no_question(site, phone):
    page, public_id = start_quiz(site, phone, navigation="sequential")
    take(page, "right")
    onward = question(page).locator("button[data-asks]")
    onward.click()
    expect(question(page).locator("[name=position]")).to_have_value("2")

    # The hand comes down again at once, on the button of the next question.
    box = question(page).locator("button[data-asks]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)

    take(page, "wrong")
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))
    assert site.ask(STANDS, public_id=public_id) == ["open", 2, None, ["right", "wrong", ""]]


@pytest.mark.parametrize("navigation", ["free", "sequential"])
def test_file_waits_on_its_page_for_a_connection(site, phone, navigation):
    page, public_id = start_quiz(site, phone, has_upload=True, navigation=navigation)
    form = page.locator("main section form[data-kind=upload]")
    form.locator("[name=upload]").first.set_input_files(
        {"name": "visit.png", "mimeType": "image/png", "buffer": PICTURE.getvalue()}
    )
    page.context.set_offline(True)
    form.locator("button[name=go][value='2']").click()
    expect(status_of(page)).to_have_text(
        in_spanish(
            site,
            "There is no connection, so the file was not sent. Leave this page open and send it as soon as there is a "
            "connection.",
        )
    )
    assert form.locator("[name=upload]").first.evaluate("(input) => input.files[0].name") == "visit.png"

    page.context.set_offline(False)
    form.locator("button[name=go][value='2']").click()
    expect(question(page).locator("[name=position]")).to_have_value("2")
    files = "result = list(AnswerFile.objects.filter(attempt_item__attempt__public_id=public_id).values_list('name'))"
    assert site.ask(files, public_id=public_id) == [["visit.png"]]


def test_other_language_is_not_asked_for_without_a_connection(site, phone):
    page, public_id = start_quiz(site, phone, navigation="sequential")
    page.context.set_offline(True)
    take(page, "right")
    question(page).locator("button[data-leaves]").click()
    expect(status_of(page)).to_have_text(in_spanish(site, NOWHERE_TO_GO))

    page.context.set_offline(False)
    question(page).locator("button[data-leaves]").click()
    page.wait_for_url(f"**/en/quiz/{public_id}/**")
    expect(question(page).get_by_label("right", exact=True)).to_be_checked()


def over_without_a_connection(site, page):
    """The time ends while nothing can be sent; the page says so."""
    expect(status_of(page)).to_have_text(
        in_spanish(
            site,
            "The time is over, and there is no connection. What you answered waits on this device and is sent as soon "
            "as there is one. Leave this page open. What was saved before counts in any case.",
        ),
        timeout=30_000,
    )
    expect(page.locator("[data-clock-text]")).to_have_text(in_spanish(site, "The time is over."))


@pytest.mark.parametrize("navigation", ["free", "sequential"])
def test_answer_given_in_time_and_delivered_within_the_grace_counts(site, phone, navigation):
    page, public_id = start_quiz(site, phone, ago=50, time_limit_minutes=1, navigation=navigation)
    take(page, "wrong")
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))
    page.context.set_offline(True)
    take(page, "right")
    over_without_a_connection(site, page)
    assert kept_on_the_device(page) == ["right"]
    assert site.ask(STANDS, public_id=public_id) == ["open", 1, None, ["wrong", "", ""]]

    page.context.set_offline(False)
    page.wait_for_url("**/review/")

    assert site.ask(STANDS, public_id=public_id) == ["graded", 1, 100, ["right", "", ""]]
    assert kept_on_the_device(page) == []


@pytest.mark.parametrize("navigation", ["free", "sequential"])
def test_time_that_ends_offline_with_everything_saved_leaves_the_page_standing(site, phone, navigation):
    page, public_id = start_quiz(site, phone, ago=50, time_limit_minutes=1, navigation=navigation)
    take(page, "right")
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))
    page.context.set_offline(True)
    over_without_a_connection(site, page)

    page.context.set_offline(False)
    page.wait_for_url("**/review/")

    assert site.ask(STANDS, public_id=public_id) == ["graded", 1, 100, ["right", "", ""]]


@pytest.mark.parametrize("navigation", ["free", "sequential"])
def test_time_that_was_granted_meanwhile_is_given_by_the_open_page(site, phone, navigation):
    page, public_id = start_quiz(site, phone, ago=50, time_limit_minutes=1, navigation=navigation)
    take(page, "wrong")
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))
    more = (
        "Accommodation.objects.create(learner=Attempt.objects.get(public_id=public_id).learner, extra_time_percent=300)"
    )
    site.ask(f"{more}; result = None", public_id=public_id)

    left = in_spanish(site, "Time left: {minutes} minutes")
    expect(page.locator("[data-clock-text]")).to_have_text(left.replace("{minutes}", "3"), timeout=30_000)

    take(page, "right")
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))
    assert site.ask(STANDS, public_id=public_id) == ["open", 1, None, ["right", "", ""]]


def test_answer_delivered_after_the_grace_is_told_and_what_was_saved_counts(site, phone):
    page, public_id = start_quiz(site, phone, ago=50, time_limit_minutes=1)
    take(page, "right")
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))
    page.context.set_offline(True)
    take(page, "wrong")
    over_without_a_connection(site, page)
    site.ask(SWEEP_LATER)

    page.context.set_offline(False)
    expect(status_of(page)).to_have_text(
        in_spanish(
            site, "Your answers were already sent, so this one was not added. Nothing that you sent before was lost."
        )
    )
    page.get_by_role("link", name=in_spanish(site, "See how it went")).click()
    page.wait_for_url("**/review/")

    assert site.ask(STANDS, public_id=public_id) == ["graded", 1, 100, ["right", "", ""]]
    assert kept_on_the_device(page) == []


def test_on_one_page_answers_that_wait_arrive_together(site, phone):
    page, public_id = start_quiz(site, phone, navigation="page")
    expect(page.locator("main h1")).to_have_text("En camino")
    posted = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.context.set_offline(True)
    page.locator("#question-1").get_by_label("right", exact=True).check()
    page.locator("#question-2").get_by_label("wrong", exact=True).check()
    waiting = in_spanish(site, "Waiting for a connection: {count} answers. They are kept on this device.")
    expect(status_of(page)).to_have_text(waiting.replace("{count}", "2"))
    answered = page.locator("[data-answered]:visible")
    expect(answered).to_have_count(2)
    assert site.ask(STANDS, public_id=public_id) == ["open", 1, None, ["", "", ""]]

    posted.clear()
    page.context.set_offline(False)
    expect(status_of(page)).to_have_text(in_spanish(site, "Saved"))
    assert [url.rsplit("/", 2)[-2] for url in posted] == ["answers"]
    assert site.ask(STANDS, public_id=public_id) == ["open", 1, None, ["right", "wrong", ""]]

    page.locator("[data-go='3']").click()
    expect(page.locator("#question-3 h2")).to_be_focused()
    page.locator("#question-3").get_by_label("right", exact=True).check()
    expect(answered).to_have_count(3)
    page.locator("form[data-check] button").click()
    page.wait_for_url("**/review/")
    assert site.ask(STANDS, public_id=public_id) == ["graded", 1, 200, ["right", "wrong", "right"]]
