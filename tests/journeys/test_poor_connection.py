"""On a poor link nothing that a learner answered is lost, and nothing is sent twice."""

import re

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
    email = make_learner(site, done=4)
    page = phone()
    public_id = open_quiz(page, email)
    answer_all(page, site.ask(ANSWERS))
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
    email = make_learner(site, done=4)
    page = phone()
    public_id = open_quiz(page, email)
    answer_all(page, site.ask(ANSWERS))
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
