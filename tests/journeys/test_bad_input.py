"""What goes wrong is said in a clear sentence, in the reader's language, and leaves nothing half done."""

import re
from uuid import uuid4

from playwright.sync_api import expect

from tests.journeys.steps import ANSWERS, COMPASSION, act, answer_all, in_spanish, make_learner, question, send, sign_in

STATE_OF = """
attempt = Attempt.objects.get(public_id=public_id)
result = [attempt.state, attempt.marks, sorted(
    [item.position, sorted(item.response.value)] for item in attempt.attempt_items.all() if hasattr(item, "response"))]
"""


def test_what_belongs_to_a_stranger_is_not_there(site, phone):
    email = make_learner(site)
    strange = site.ask("""
        rosa = User.objects.get(email="rosa@demo.example")
        khai = User.objects.get(email="khai@demo.example")
        certificate = rosa.certificates.first().public_id
        attempt = rosa.attempts.first().public_id
        result = [f"/es/quiz/{attempt}/review/", f"/es/quiz/{attempt}/", f"/es/certificates/{certificate}/",
                  f"/es/certificates/{certificate}/pdf/", "/es/board/", f"/es/board/{khai.public_id}/",
                  f"/es/board/{khai.public_id}/hours.csv"]
    """)
    owner, stranger = phone(), phone()
    sign_in(owner, "rosa@demo.example")
    assert owner.goto(strange[2]).status == 200  # there is something to hide
    sign_in(stranger, email)
    title = in_spanish(site, "There is no page here")
    for path in strange:
        assert stranger.goto(path).status == 404, path
        assert stranger.get_by_role("heading", level=1).inner_text() == title
        assert stranger.locator("html").get_attribute("lang") == "es"


def test_a_strangers_attempt_and_enrollment_take_nothing(site, phone):
    email = make_learner(site)
    mine = make_learner(site, done=0)
    course = site.ask("""
        from courses.services import enroll, outline, start_lesson_attempt
        from courses.services import complete_lesson
        enrollment = User.objects.get(email=mine).enrollments.get()
        module = outline(enrollment.course_key).modules[0]
        for lesson in module.lessons[:-1]:
            complete_lesson(enrollment, lesson.key, language="es")
        attempt = start_lesson_attempt(enrollment, module.lessons[-1].key)
        result = [str(attempt.public_id), str(enrollment.course_key), str(module.lessons[0].key)]
    """, mine=mine)  # fmt: skip
    attempt, course_key, lesson_key = course
    page = phone()
    sign_in(page, email)
    page.goto(COMPASSION)
    posted = page.evaluate(
        """async (paths) => {
            const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
            const body = new URLSearchParams({csrfmiddlewaretoken: token, position: 1, revision: 1, block: "b-x"});
            return Promise.all(paths.map(async (path) => (await fetch(path, {method: "POST", body})).status));
        }""",
        [
            f"/es/quiz/{attempt}/answer/",
            f"/es/quiz/{attempt}/send/",
            f"/es/learn/course/{course_key}/withdraw/",
            f"/es/learn/lesson/{lesson_key}/complete/",
            f"/es/learn/lesson/{lesson_key}/place/",
            f"/es/learn/lesson/{lesson_key}/quiz/",
        ],
    )
    assert posted == [404] * 6
    assert site.ask(STATE_OF, public_id=attempt) == ["open", None, []]
    assert site.ask("result = User.objects.get(email=mine).enrollments.get().state", mine=mine) == "active"
    assert site.ask("result = User.objects.get(email=email).enrollments.count()", email=email) == 0


def test_a_lesson_that_is_not_open_says_which_comes_first(site, phone):
    email = make_learner(site, done=1)
    titles, path, second = site.ask("""
        from courses.services import outline
        from starter.demo import COMPASSION
        from starter.loading import key_of
        lessons = outline(key_of("course", COMPASSION)).modules[0].lessons
        result = [[lesson.titles["es"] for lesson in lessons[1:4]], lessons[3].paths["es"], lessons[1].paths["es"]]
    """)
    page = phone()
    sign_in(page, email)
    answered = page.goto(path)
    assert answered.status == 403
    sentence = in_spanish(site, "“%(title)s” opens when you finish “%(first)s”.")
    expect(page.get_by_text(sentence % {"title": titles[2], "first": titles[0]})).to_be_visible()
    page.locator(f"main a[href='{second}']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])
    done = "result = LessonCompletion.objects.filter(enrollment__learner__email=email).count()"
    assert site.ask(done, email=email) == 1


def test_an_attempt_that_was_sent_takes_no_answer_from_an_old_tab(site, phone):
    email = make_learner(site, done=4)
    answers = site.ask(ANSWERS)
    page = phone()
    sign_in(page, email)
    page.goto(COMPASSION)
    page.locator("main a[href*='/resume/']").click()
    act(page, "/quiz/").click()
    page.wait_for_url("**/quiz/**")
    public_id = re.search(r"/quiz/([0-9a-f-]{36})", page.url)[1]
    old = page.context.new_page()
    old.goto(f"/es/quiz/{public_id}/?q=1")
    page.bring_to_front()  # as a person would: a tab that is not seen draws nothing, and each click waits for that
    answer_all(page, answers)
    send(page)
    before = site.ask(STATE_OF, public_id=public_id)
    assert before[0] == "graded"

    old.bring_to_front()
    choices = question(old).locator("input[name=choice]")
    (choices.nth(0) if not choices.nth(0).is_checked() else choices.nth(1)).check()
    sentence = in_spanish(
        site, "Your answers were already sent, so this one was not added. Nothing that you sent before was lost."
    )
    expect(old.get_by_role("status").filter(has_text=sentence)).to_be_visible()
    old.locator("main a[href$='/review/']").click()
    old.wait_for_url("**/review/")
    assert site.ask(STATE_OF, public_id=public_id) == before

    without = phone(javascript=False)
    sign_in(without, email)
    without.goto(f"/es/quiz/{public_id}/")
    assert without.url.endswith("/review/")


def test_a_wrong_code_for_a_new_password_is_refused_and_the_right_one_works(site, phone):
    email = make_learner(site)
    page = phone()
    page.goto("/es/account/login/")
    page.locator("main a[href*='password/reset']").click()
    page.locator("main input[type=email]").fill(email)
    page.locator("main form button").last.click()
    code_field = page.locator("main input[name=code]")
    code_field.fill("AAAA-AAAA")
    code_field.press("Enter")
    refusal = in_spanish(site, "This code is not right. Please look at our newest message and type the code again.")
    expect(page.locator("#id_code_error")).to_have_text(refusal)
    assert page.locator("html").get_attribute("lang") == "es"

    letter = site.mail().rsplit(f"To: {email}", 1)[1]
    code = re.search(r"^\s*([0-9A-Z]{3,5}-?[0-9A-Z]{3,5})\s*$", letter, re.MULTILINE)[1]
    code_field = page.locator("main input[name=code]")
    code_field.fill(code)
    code_field.press("Enter")
    new = f"puente nueva {uuid4().hex[:8]}"
    page.locator("main input[type=password]").fill(new)
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main input[type=password][autocomplete=new-password]")).to_have_count(0)
    changed = "result = User.objects.get(email=email).check_password(new)"
    assert site.ask(changed, email=email, new=new) is True
    sign_in(phone(), email, new)
