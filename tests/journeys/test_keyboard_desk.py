"""The trainer and the approver without a mouse: the CMS's menus, forms, choosers and windows. See keyboard.py."""

import re
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.journeys.keyboard import choose, press, tab_to, write
from tests.journeys.steps import PASSWORD, in_spanish

STATE = """
course = CoursePage.objects.get(pk=pk)
result = {
    "live": course.live,
    "below": [[page.title, page.live] for page in course.get_descendants().order_by("path")],
    "workflow": course.current_workflow_state.status if course.current_workflow_state else None,
}
"""


def skip_to_main(page: Page) -> None:
    """Past the menu by the link that leads there, as keyboard users do."""
    press(page, page.locator("a[href='#main']").first)
    expect(page.locator("#main")).to_be_focused()


def sign_in_by_keys(page: Page, email: str) -> None:
    page.goto("/es/account/login/")
    write(page, page.locator("main input[name=login]"), email)
    write(page, page.locator("main input[name=password]"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")


def open_menu(page: Page, name: str, path: str) -> None:
    """Through the menu at the side: a group opens, a link in it leads on. On a phone the menu is opened first."""
    toggle = page.locator("button[aria-controls=wagtail-sidebar], .sidebar-nav-toggle").first
    if page.viewport_size["width"] < 800:
        press(page, toggle)
        expect(toggle).to_have_attribute("aria-expanded", "true")
    press(page, page.locator(".sidebar button").filter(has_text=re.compile(f"^{name}$")))
    link = page.locator(f".sidebar a[href='{path}']").first
    expect(link).to_be_visible()
    with page.expect_event("load"):
        press(page, link)


def save(page: Page) -> None:
    """Press the main button. A load is waited for, because a draft that saves itself changes the address too."""
    with page.expect_event("load"):
        press(page, page.locator("footer button[type=submit]").first)


def page_id(page: Page) -> int:
    return int(re.search(r"/admin/pages/(\d+)/", page.url)[1])


def write_item(page: Page, mark: str) -> None:
    open_menu(page, "Cuestionarios", "/admin/quiz-items/")
    skip_to_main(page)
    with page.expect_event("load"):
        press(page, page.locator("main a[href='/admin/quiz-items/new/']").first)
    skip_to_main(page)
    with page.expect_event("load"):
        press(page, page.locator("main a[href='?kind=single_choice']"))
    skip_to_main(page)
    for language, stem in (("en", f"What comes first? {mark}"), ("es", f"¿Qué va primero? {mark}")):
        write(page, page.locator(f"[name=content-stem-{language}]"), stem)
    for number, texts in enumerate((("Listening", "Escuchar"), ("Advice", "Dar consejos"))):
        for language, text in zip(("en", "es"), texts, strict=True):
            write(page, page.locator(f"[name=content-choices-{number}-value-text-{language}]"), text)
        if number == 0:
            press(page, page.locator("[name=content-choices-0-value-right]"), "Space")
    bank = page.locator("[name=bank]")
    choose(page, bank, bank.locator("option").nth(1).get_attribute("value"))
    write(page, page.locator("[name=code]"), f"teclas-{mark}")
    save(page)


def write_quiz(page: Page, mark: str) -> None:
    open_menu(page, "Cuestionarios", "/admin/quizzes/")
    skip_to_main(page)
    with page.expect_event("load"):
        press(page, page.locator("main a[href='/admin/quizzes/new/']").first)
    skip_to_main(page)
    write(page, page.locator("[name=title_en]"), f"Keys quiz {mark}")
    write(page, page.locator("[name=title_es]"), f"Cuestionario de teclas {mark}")
    write(page, page.locator("[name=code]"), f"teclas-{mark}")
    press(page, page.locator("#id_sections-0-items-ADD"))
    press(page, page.locator("#id_sections-0-items-0-item-chooser [data-chooser-action-choose]").first)
    dialog = page.locator(".modal-dialog:visible")
    expect(page.get_by_role("dialog").filter(visible=True)).to_be_focused()
    write(page, dialog.locator("input[name=q]"), mark)
    expect(dialog.locator("tbody tr")).to_have_count(1)
    press(page, dialog.get_by_role("link", name=f"¿Qué va primero? {mark}"))
    expect(page.locator("[name=sections-0-items-0-item]")).not_to_have_value("")
    expect(dialog).to_have_count(0)
    save(page)


def begin_course(page: Page, site) -> None:
    """Down the tree of pages to the Spanish catalogue, and to a new course in it."""
    home, index = site.ask("""
        language = {"locale__language_code": "es"}
        result = [HomePage.objects.get(**language).pk, CourseIndexPage.objects.get(**language).pk]
    """)
    open_menu(page, "Páginas", f"/admin/pages/{home}/")
    skip_to_main(page)
    with page.expect_event("load"):
        press(page, page.locator(f"main td a[href='/admin/pages/{index}/']").first)
    skip_to_main(page)
    with page.expect_event("load"):
        press(page, page.locator("main a[href*='/add_subpage/']").first)
    page.wait_for_url("**/add/courses/coursepage/**")
    skip_to_main(page)


def write_course(page: Page, title: str) -> int:
    write(page, page.locator("[name=title]"), title)
    write(page, page.locator("[name=summary]"), "Con las manos en el teclado.")
    save(page)
    return page_id(page)


def add_text(page: Page, text: str, label: str) -> None:
    """One block of text: the list of blocks opens, is searched, and leaves the hands in the new block."""
    press(page, page.locator("[data-contentpath=body] .c-sf-add-button").last)
    tab_to(page, page.locator(".tippy-box input[role=combobox]"))
    page.keyboard.type(label)
    page.keyboard.press("Enter")
    block = page.locator("[data-contentpath=body] [role=textbox]").last
    expect(block).to_be_focused()
    page.keyboard.type(text)
    expect(block).to_contain_text(text)
    page.wait_for_timeout(500)  # the editor hands its text to the form after a quarter of a second


def test_a_trainer_and_an_approver_need_no_mouse(site, phone):
    mark = uuid4().hex[:6]
    title = f"Teclas y manos {mark}"
    kitchen = site.ask('result = Competency.objects.get(code="MA-3", framework__code="MA-CHW").pk')
    text_label = in_spanish(site, "Text")
    page = phone(width=1280, reduced_motion=True)
    sign_in_by_keys(page, "teresa@demo.example")
    write_item(page, mark)
    write_quiz(page, mark)
    quiz = site.ask(
        """
        quiz = Quiz.objects.get(code=code)
        result = [quiz.pk, [link.item.code for link in quiz.quiz_items.all()]]
        """,
        code=f"teclas-{mark}",
    )
    assert quiz[1] == [f"teclas-{mark}"]

    # The catalogue, by the tree of pages; a new course.
    begin_course(page, site)
    course = write_course(page, title)

    def open_course() -> None:
        page.goto(f"/admin/pages/{course}/edit/")
        skip_to_main(page)

    # A module, with what its minutes count for.
    open_course()
    with page.expect_event("load"):
        press(page, page.locator(".course-outline a[href*='/add/courses/modulepage/']"))
    skip_to_main(page)
    write(page, page.locator("[name=title]"), "Las manos")
    press(page, page.locator("#id_competencies-ADD"))
    choose(page, page.locator("[name=competencies-0-competency]"), kitchen)
    write(page, page.locator("[name=competencies-0-minutes]"), "15")
    save(page)

    # A lesson with a block of text, seen as a learner sees it; then one with the quiz.
    open_course()
    add_lesson = page.locator(".course-outline a[href*='/add/courses/lessonpage/']")
    with page.expect_event("load"):
        press(page, add_lesson)
    skip_to_main(page)
    write(page, page.locator("[name=title]"), "Sentarse")
    write(page, page.locator("[name=minutes]"), "10")
    add_text(page, f"Primero se escucha {mark}.", text_label)
    save(page)
    skip_to_main(page)
    toggle = page.locator("[data-side-panel-toggle=preview]").first
    press(page, toggle)
    preview = page.frame_locator("[data-side-panel=preview] iframe").last
    expect(preview.locator("#main")).to_contain_text(f"Primero se escucha {mark}.")
    tab_to(page, toggle, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-side-panel=preview]")).to_be_hidden()
    open_course()
    with page.expect_event("load"):
        press(page, add_lesson)
    skip_to_main(page)
    write(page, page.locator("[name=title]"), "Compruebe")
    write(page, page.locator("[name=minutes]"), "5")
    choose(page, page.locator("[name=quiz]"), quiz[0])
    save(page)
    assert site.ask(STATE, pk=course) == {
        "live": False,
        "below": [["Las manos", False], ["Sentarse", False], ["Compruebe", False]],
        "workflow": None,
    }

    # Sent for approval.
    open_course()
    submit = page.locator("[name=action-submit]")
    if not submit.is_visible():
        press(page, page.locator("footer [data-controller~=w-dropdown] button").first)
    with page.expect_event("load"):
        press(page, submit)
    assert site.ask(STATE, pk=course)["workflow"] == "in_progress"

    # The approver finds it on the front page of the CMS, reads it and lets it out.
    desk = phone(width=1280, reduced_motion=True)
    sign_in_by_keys(desk, "anna@demo.example")
    skip_to_main(desk)
    with desk.expect_event("load"):
        press(desk, desk.get_by_role("link", name=title).first)
    skip_to_main(desk)
    approve = desk.locator("footer [data-workflow-action-name=approve]").first
    if not approve.is_visible():
        press(desk, desk.locator("footer [data-controller~=w-dropdown] button").first)
    with desk.expect_event("load"):
        press(desk, approve)
    after = site.ask(STATE, pk=course)
    assert after["live"] is True
    assert after["below"] == [["Las manos", True], ["Sentarse", True], ["Compruebe", True]]

    learner = phone()
    learner.goto(f"/es/cursos/?q={mark}")
    press(learner, learner.get_by_role("link", name=title))
    expect(learner.get_by_role("heading", level=1)).to_have_text(title)


def test_the_desk_on_a_phone_needs_no_mouse(site, phone):
    mark = uuid4().hex[:6]
    page = phone(reduced_motion=True)
    sign_in_by_keys(page, "teresa@demo.example")
    write_item(page, mark)
    assert site.ask("result = Item.objects.filter(code=code).count()", code=f"teclas-{mark}") == 1
    begin_course(page, site)
    course = write_course(page, f"Teléfono y teclas {mark}")
    assert site.ask(STATE, pk=course) == {"live": False, "below": [], "workflow": None}
