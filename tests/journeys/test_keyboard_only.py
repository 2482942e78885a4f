"""The main job without a mouse: a learner, a reviewer, a trainer and an approver. See keyboard.py for the rules."""

import re
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.journeys.keyboard import press, tab_to, tour, type_in
from tests.journeys.steps import ANSWERS, COMPASSION, PASSWORD, in_spanish, make_learner, question, text_of

GIVE = """
from people.models import Organization
from people.services import give_consent
person = User.objects.get(email=email)
give_consent(person, Organization.objects.get(code="MA-BOARD"))
result = [Certificate.objects.get(recipient=person).code, str(person.public_id)]
"""


def answer_by_keys(page: Page, answers: dict) -> None:
    form = question(page)
    choices = form.locator("input[name=choice]")
    right = {text_of(form.get_by_text(text, exact=True)) for text in answers[text_of(form.locator("legend"))]["right"]}
    labels = [" ".join(label.split()) for label in form.locator("label.answer").all_inner_texts()]
    wanted = [number for number, label in enumerate(labels) if label in right]
    assert len(wanted) == len(right)
    if choices.first.get_attribute("type") == "checkbox":
        for number in wanted:
            press(page, choices.nth(number), "Space")
    else:
        tab_to(page, choices.first)
        page.keyboard.press("Space")
        for _step in range(wanted[0]):
            page.keyboard.press("ArrowDown")
    for number, _label in enumerate(labels):
        assert choices.nth(number).is_checked() == (number in wanted)
    position = form.locator("[name=position]").input_value()
    press(page, form.locator("button[name=go]").first)
    expect(page.locator(f"main section form [name=position][value='{position}']")).to_have_count(0)


def test_a_learner_needs_no_mouse(site, phone):
    email = make_learner(site, name=f"Teclado {uuid4().hex[:4]}")
    answers = site.ask(ANSWERS)
    page = phone(reduced_motion=True)

    page.goto("/es/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    press(page, page.locator("main a[href='/es/cursos/']").first)
    page.wait_for_url("**/es/cursos/")
    tab_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("resiliencia")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=resiliencia**")
    press(page, page.locator("main article a").first)
    page.wait_for_url(f"**{COMPASSION}")
    press(page, page.locator("main a[href*='/account/login/']"))
    page.wait_for_url("**/account/login/**")
    type_in(page, "login", email)
    type_in(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{COMPASSION}")

    press(page, page.locator("main form[action*='/enroll/'] button"))
    page.wait_for_load_state()
    press(page, page.locator("main a[href*='/resume/']"))
    page.wait_for_url(f"**{COMPASSION}*/**")
    assert tour(page) > 5
    for _lesson in range(4):
        heading = text_of(page.locator("main h1"))
        press(page, page.locator("main form[action*='/complete/'] button"))
        expect(page.locator("main h1")).not_to_have_text(heading)

    press(page, page.locator("main form[action*='/quiz/'] button"), "Space")
    page.wait_for_url("**/es/quiz/**")
    assert tour(page) > 3
    while question(page).count():
        answer_by_keys(page, answers)
    press(page, page.locator("main form[action*='/send/'] button"))
    page.wait_for_url("**/review/")

    # My path, through the menu.
    menu = page.locator("header button[popovertarget]")
    press(page, menu)
    page.keyboard.press("Escape")
    expect(page.locator("header a[href='/es/path/']")).to_be_hidden()
    press(page, menu)
    press(page, page.locator("header a[href='/es/path/']"))
    page.wait_for_url("**/es/path/")
    assert tour(page) > 5

    standing = site.ask(
        """
        learner = User.objects.get(email=email)
        result = [LessonCompletion.objects.filter(enrollment__learner=learner).count(),
                  [[attempt.state, attempt.marks] for attempt in learner.attempts.all()]]
        """,
        email=email,
    )
    assert standing == [5, [["graded", 500]]]
    assert page.console_errors == []


def sign_in_by_keys(page: Page, email: str) -> None:
    type_in(page, "login", email)
    type_in(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*account/login)"))


def test_a_reviewer_needs_no_mouse(site, phone):
    name = "Teclada Íñiguez"
    learner = make_learner(site, done=25, name=name)
    certificate, public_id = site.ask(GIVE, email=learner)
    page = phone(reduced_motion=True)

    # Without an account: a code and a surname, typed; a slip of the finger is answered where the hands are.
    page.goto("/es/")
    press(page, page.locator("main a[href='/es/verify/']").first)
    page.wait_for_url("**/es/verify/")
    assert tour(page) > 5
    type_in(page, "code", certificate[:-1] + ("0" if certificate[-1] != "0" else "1"))
    type_in(page, "surname", "Iniguez")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(in_spanish(site, "This code looks mistyped"))
    tab_to(page, page.locator("main input[name=code]"))
    page.keyboard.press("Control+a")
    page.keyboard.type(certificate.lower())
    type_in(page, "surname", "Iniguez")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(in_spanish(site, "Stands"))
    expect(page.locator("main")).to_contain_text(name)
    assert tour(page) > 3

    # The board's desk.
    menu = page.locator("header button[popovertarget]")
    press(page, menu)
    press(page, page.locator("header a[href*='/account/login/']"))
    page.wait_for_url("**/account/login/**")
    sign_in_by_keys(page, "grace@demo.example")
    page.wait_for_url("**/en/board/")  # her own language
    press(page, page.locator("header .languages [lang=es]"))
    page.wait_for_url("**/es/board/")
    assert tour(page) > 5
    tab_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("teclada")
    tab_to(page, page.locator("main select[name=order]"))
    page.keyboard.press("ArrowDown")
    press(page, page.locator("main form[role=search] button"))
    page.wait_for_url("**order=hours**")
    press(page, page.get_by_role("link", name=name))
    page.wait_for_url(f"**/es/board/{public_id}/**")
    stops = tour(page)
    assert stops > 10

    # A total opens to its entries and closes again; what is inside is reached only while it is open.
    total = page.locator("section[aria-labelledby=hours-heading] details").filter(
        has=page.locator("summary", has_text="MA-10")
    )
    summary, entry = total.locator("summary"), total.locator("li")
    expect(entry).to_be_hidden()
    press(page, summary)
    expect(entry).to_be_visible()
    expect(entry).to_contain_text("1 hora y 55 minutos")
    page.keyboard.press("Space")
    expect(entry).to_be_hidden()
    page.evaluate("window.print = () => { document.body.dataset.printed = 'yes'; }")
    tab_to(page, page.locator("main a[href*='hours.csv']"))
    press(page, page.get_by_role("button", name=in_spanish(site, "Print this page")))
    expect(page.locator("body")).to_have_attribute("data-printed", "yes")
    press(page, page.locator("section[aria-labelledby=certificates-heading] a").first)
    page.wait_for_url("**/es/verify/**")
    expect(page.get_by_role("heading", level=1)).to_have_text(in_spanish(site, "Stands"))

    assert page.console_errors == []
