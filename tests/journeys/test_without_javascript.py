"""Everything a learner must do works where no script runs."""

from uuid import uuid4

from playwright.sync_api import expect

from tests.journeys.steps import ANSWERS, COMPASSION, act, answer_all, make_learner, question, send, sign_in, text_of

NAME = "José Iñárritu Peña"
STANDING = """
learner = User.objects.get(email=email)
result = [learner.printed_name, learner.language,
          LessonCompletion.objects.filter(enrollment__learner=learner).count(),
          [[attempt.state, attempt.marks, attempt.is_passed] for attempt in learner.attempts.order_by("pk")]]
"""


def test_a_learner_signs_up_reads_and_passes_a_quiz_without_scripts(site, phone):
    email = f"jose-{uuid4().hex[:8]}@journey.example"
    answers = site.ask(ANSWERS)
    page = phone(javascript=False)
    page.goto(COMPASSION)
    page.locator("main a[href*='/account/signup/']").click()
    page.locator("input[name=printed_name]").fill(NAME)
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password1]").fill("un arroyo con tres piedras")
    page.locator("main form button[type=submit]").last.click()
    act(page, "/enroll/").click()
    page.locator("main a[href*='/resume/']").click()
    while act(page, "/complete/").count():
        heading = text_of(page.locator("main h1"))
        act(page, "/complete/").click()
        expect(page.locator("main h1")).not_to_have_text(heading)
    assert site.ask(STANDING, email=email) == [NAME, "es", 4, []]

    act(page, "/quiz/").click()
    # A question is left out, and the last look says so; then back, answered, and the language changed on the way.
    question(page).locator("button[name=go]").first.click()
    answer_all(page, answers)
    expect(page.locator("main [data-unanswered-notice]")).to_be_visible()
    page.locator("main a[href*='?q=1']").click()
    question(page).locator("button[name=go][value=en]").click()
    page.wait_for_url("**/en/quiz/**")
    page.locator("header a[hreflang=es], main button[name=go][value=es]").first.click()
    page.wait_for_url("**/es/quiz/**")
    answer_all(page, answers)
    expect(page.locator("main [data-unanswered-notice]")).to_be_hidden()
    send(page)
    assert site.ask(STANDING, email=email) == [NAME, "es", 5, [["graded", 500, True]]]
    page.locator("main a[href*='/learn/lesson/']").first.click()
    page.locator("main footer a").last.click()
    expect(act(page, "/complete/")).to_be_visible()


def test_the_place_is_the_lesson_and_the_course_ends_without_scripts(site, phone):
    email = make_learner(site, done=24)
    page = phone(javascript=False)
    sign_in(page, email)
    page.goto("/es/path/")
    page.locator("main a[href*='/resume/']").click()
    act(page, "/quiz/").click()
    answer_all(page, site.ask(ANSWERS))
    send(page)
    page.goto("/es/path/")
    page.locator("main h3 a[href*='/certificates/']").click()
    expect(page.locator("main dl")).to_contain_text("2 horas y 30 minutos")
    with page.expect_download() as downloading:
        page.locator("main a[href$='/pdf/']").click()
    assert downloading.value.path().read_bytes()[:5] == b"%PDF-"
    earned = "result = [[e.kind, e.minutes] for e in User.objects.get(email=email).ledger_entries.all()]"
    assert site.ask(earned, email=email) == [["credit", 150]]
