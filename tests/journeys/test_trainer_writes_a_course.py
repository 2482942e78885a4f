"""A trainer, who is no superuser, writes a course in the CMS; an approver lets it out; learners find it."""

import re
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.journeys.steps import in_spanish, sign_in

STATE = """
course = CoursePage.objects.get(pk=pk)
state = course.current_workflow_state
below = course.get_descendants()
result = {
    "live": course.live,
    "below": [[page.title, page.live] for page in below.order_by("path")],
    "workflow": state.status if state else None,
    "owner": course.owner.email,
}
"""
UNEVEN = (
    "The module “%(title)s” has lessons of %(minutes)d minutes, "
    "but its competencies (%(framework)s) add up to %(total)d minutes."
)


def page_id(page: Page) -> int:
    return int(re.search(r"/admin/pages/(\d+)/", page.url)[1])


def save(page: Page) -> None:
    """Press the main button of the editor and wait for the page: a draft that saves itself changes the address too."""
    with page.expect_event("load"):
        page.locator("footer button[type=submit]").first.click()


def new_page(page: Page, kind: str, parent: int, title: str) -> None:
    page.goto(f"/admin/pages/add/courses/{kind}/{parent}/")
    page.locator("[name=title]").fill(title[:-1])
    page.locator("[name=title]").press_sequentially(title[-1])  # the slug follows the keys
    expect(page.locator("[name=slug]")).not_to_have_value("")


def add_text(page: Page, text: str, label: str) -> None:
    """One more text block at the end of the lesson."""
    blocks = page.locator("[data-contentpath=body] [role=textbox]")
    before = blocks.count()
    page.locator("[data-contentpath=body] .c-sf-add-button").last.click()
    page.get_by_role("option", name=label, exact=True).click()
    expect(blocks).to_have_count(before + 1)
    blocks.last.click()
    page.keyboard.type(text)
    expect(blocks.last).to_contain_text(text)
    page.wait_for_timeout(500)  # the editor hands its text to the form after a quarter of a second


def write_item(page: Page, bank: str, code: str, stem: dict, right: dict, wrong: dict) -> None:
    page.goto("/admin/quiz-items/new/?kind=single_choice")
    for language in ("en", "es"):
        page.locator(f"[name=content-stem-{language}]").fill(stem[language])
        page.locator(f"[name=content-choices-0-value-text-{language}]").fill(right[language])
        page.locator(f"[name=content-choices-1-value-text-{language}]").fill(wrong[language])
    page.locator("[name=content-choices-0-value-right]").check()
    page.locator("[name=bank]").select_option(label=bank)
    page.locator("[name=code]").fill(code)
    save(page)


def test_a_trainer_writes_a_course_that_an_approver_lets_out(site, phone):
    mark = uuid4().hex[:6]
    course_title = f"Escuchar en la cocina {mark}"
    index, kitchen = site.ask("""
        index = CourseIndexPage.objects.get(locale__language_code="es")
        result = [index.pk, Competency.objects.get(code="MA-3", framework__code="MA-CHW").pk]
    """)
    assert site.ask("""
        teresa = User.objects.get(email="teresa@demo.example")
        result = [teresa.is_superuser, teresa.is_staff, sorted(teresa.groups.values_list("name", flat=True))]
    """) == [False, False, ["trainer"]]  # fmt: skip
    text_label = in_spanish(site, "Text")

    # The bank, two items and the quiz: on a phone, where the CMS's plain forms are workable.
    small = phone()
    sign_in(small, "teresa@demo.example")
    small.goto("/admin/item-banks/new/")
    small.locator("[name=name_en]").fill(f"Kitchen talk {mark}")
    small.locator("[name=name_es]").fill(f"Charla de cocina {mark}")
    small.locator("[name=code]").fill(f"cocina-{mark}")
    save(small)
    for number in (1, 2):
        write_item(
            small,
            f"Charla de cocina {mark}",
            f"cocina-{mark}-{number}",
            {"en": f"What comes first? {mark}-{number}", "es": f"¿Qué va primero? {mark}-{number}"},
            {"en": "Listening", "es": "Escuchar"},
            {"en": "Giving advice", "es": "Dar consejos"},
        )
    assert small.evaluate("document.documentElement.scrollWidth") <= 360
    small.context.close()
    page = phone()
    sign_in(page, "teresa@demo.example")
    page.goto("/admin/quizzes/new/")
    page.locator("[name=title_en]").fill(f"Kitchen quiz {mark}")
    page.locator("[name=title_es]").fill(f"Cuestionario de cocina {mark}")
    page.locator("[name=code]").fill(f"cocina-{mark}")
    for number in (0, 1):
        page.locator("#id_sections-0-items-ADD").click()
        page.locator(f"[id='id_sections-0-items-{number}-item-chooser'] [data-chooser-action-choose]").first.click()
        dialog = page.locator(".modal-dialog:visible")
        dialog.get_by_role("link", name=f"¿Qué va primero? {mark}-{number + 1}").click()
        expect(page.locator(f"[name=sections-0-items-{number}-item]")).not_to_have_value("")
    save(page)
    quiz = site.ask(
        """
        quiz = Quiz.objects.get(code=quiz_code)
        result = [quiz.pk, sorted(link.item.code for link in quiz.quiz_items.all())]
        """,
        quiz_code=f"cocina-{mark}",
    )
    assert quiz[1] == [f"cocina-{mark}-1", f"cocina-{mark}-2"]

    # The course, a module whose minutes do not add up yet, a lesson of two blocks, and one with the quiz.
    new_page(page, "coursepage", index, course_title)
    page.locator("[name=summary]").fill("Escuchar primero, hablar después.")
    save(page)
    course = page_id(page)
    new_page(page, "modulepage", course, "La mesa")
    page.locator("#id_competencies-ADD").click()
    page.locator("[name=competencies-0-competency]").select_option(value=str(kitchen))
    page.locator("[name=competencies-0-minutes]").fill("20")
    save(page)
    module = page_id(page)
    new_page(page, "lessonpage", module, "Sentarse")
    page.locator("[name=minutes]").fill("10")
    add_text(page, f"Primero se escucha {mark}.", text_label)
    add_text(page, f"Luego se pregunta {mark}.", text_label)
    save(page)

    # Seen as a learner sees it, on a phone.
    page.locator("[data-side-panel-toggle=preview]").first.click()
    preview = page.frame_locator("[data-side-panel=preview] iframe").last
    expect(preview.get_by_role("heading", level=1)).to_have_text("Sentarse")
    expect(preview.locator("#main")).to_contain_text(f"Primero se escucha {mark}.")
    expect(preview.locator("#main")).to_contain_text(f"Luego se pregunta {mark}.")
    assert preview.locator("html").get_attribute("lang") == "es"
    assert 300 <= preview.locator("html").evaluate("html => html.ownerDocument.defaultView.innerWidth") <= 430
    assert preview.locator("html").evaluate("html => html.scrollWidth - html.clientWidth") == 0
    page.locator("[data-side-panel-toggle=preview]").first.click()

    new_page(page, "lessonpage", module, "Compruebe")
    page.locator("[name=minutes]").fill("5")
    page.locator("[name=quiz]").select_option(value=str(quiz[0]))
    save(page)
    written = site.ask(STATE, pk=course)
    assert written["below"] == [["La mesa", False], ["Sentarse", False], ["Compruebe", False]]
    assert written["owner"] == "teresa@demo.example"

    # Sent too early: refused in a sentence, nothing sent.
    def send_for_approval() -> None:
        page.goto(f"/admin/pages/{course}/edit/")
        submit = page.locator("[name=action-submit]")
        if not submit.is_visible():
            page.locator("footer [data-controller~=w-dropdown] button").first.click()
        with page.expect_event("load"):
            submit.click()

    send_for_approval()
    problem = in_spanish(site, UNEVEN) % {"title": "La mesa", "minutes": 15, "framework": "MA-CHW", "total": 20}
    expect(page.get_by_role("alert").or_(page.locator(".messages")).first).to_contain_text(problem)
    assert site.ask(STATE, pk=course)["workflow"] is None

    # Mended: 15 of 15 minutes.
    page.goto(f"/admin/pages/{module}/edit/")
    page.locator("[name=competencies-0-minutes]").fill("15")
    save(page)
    send_for_approval()
    assert site.ask(STATE, pk=course)["workflow"] == "in_progress"

    # She cannot publish: no button, and none forged.
    page.goto(f"/admin/pages/{course}/edit/")
    assert page.locator("[name=action-publish]").count() == 0
    assert page.locator("[name=action-workflow-action], [data-workflow-action-name=approve]").count() == 0
    page.evaluate(
        """() => {
            const form = document.querySelector("[data-edit-form], #w-editor-form, main form[method=post]");
            const publish = {type: "hidden", name: "action-publish", value: "x"};
            form.append(Object.assign(document.createElement("input"), publish));
            HTMLFormElement.prototype.submit.call(form);
        }"""
    )
    page.wait_for_load_state()
    assert site.ask(STATE, pk=course)["live"] is False
    learner = phone()
    learner.goto("/es/cursos/")
    expect(learner.get_by_role("link", name=course_title)).to_have_count(0)

    # The approver lets it out, whole.
    desk = phone(language="en")
    sign_in(desk, "anna@demo.example", language="en")
    desk.goto(f"/admin/pages/{course}/edit/")
    approve = desk.locator("[data-workflow-action-name=approve]").first
    if not approve.is_visible():
        desk.locator("footer [data-controller~=w-dropdown] button").first.click()
    with desk.expect_event("load"):
        approve.click()
    after = site.ask(STATE, pk=course)
    assert after["live"] is True
    assert after["below"] == [["La mesa", True], ["Sentarse", True], ["Compruebe", True]]

    learner.goto(f"/es/cursos/?q={mark}")
    learner.get_by_role("link", name=course_title).click()
    expect(learner.get_by_role("heading", level=1)).to_have_text(course_title)
    expect(learner.locator("main")).to_contain_text("15 minutos")
    expect(learner.locator("main")).to_contain_text("Sentarse")
    assert learner.console_errors == []
