"""A learner's whole way with Tab, Enter, Space and the arrows; the focus is seen at every stop and never caught."""

from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.journeys.steps import ANSWERS, COMPASSION, PASSWORD, make_learner, question, text_of

MOST_STOPS = 120
# Focused, the element (or the label around it) must look different from when it is not: an outline or a shadow.
SHOWS_FOCUS = """
element => {
    const looks = () => [element, element.closest("label"), element.parentElement].filter(Boolean).map((node) => {
        const style = getComputedStyle(node);
        const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 ? style.outline : "";
        return outline + "|" + (style.boxShadow === "none" ? "" : style.boxShadow);
    });
    const focused = looks();
    // A day is typed in three parts: leaving it would begin again at the first.
    if (element.matches("input[type=date]")) return focused[0] !== "|";
    const scrolled = [scrollX, scrollY];
    element.blur();
    const plain = looks();
    element.focus({preventScroll: true});
    scrollTo(...scrolled);
    return document.activeElement === element && focused.some((look, n) => look !== plain[n] && look !== "|");
}
"""
PLACE = """
element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
}
"""


def focused(page: Page) -> Locator:
    return page.locator("*:focus")


def tab(page: Page) -> None:
    """One stop further; the focus there is seen."""
    page.keyboard.press("Tab")
    here = focused(page)
    if here.count():
        assert here.evaluate(SHOWS_FOCUS), f"No visible focus: {here.evaluate('e => e.outerHTML.slice(0, 200)')}"
        assert here.evaluate(PLACE), f"Focus out of sight: {here.evaluate('e => e.outerHTML.slice(0, 200)')}"


def tab_to(page: Page, wanted: Locator) -> None:
    for _stop in range(MOST_STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        tab(page)
    raise AssertionError(f"Not reached with Tab: {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def type_in(page: Page, name: str, text: str) -> None:
    tab_to(page, page.locator(f"main input[name={name}]"))
    page.keyboard.type(text)


def tour(page: Page) -> int:
    """Go once around the page; every stop is left again. Returns the number of stops."""
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.locator("a.skip").focus()
    for stop in range(1, MOST_STOPS):
        tab(page)
        if not focused(page).count() or focused(page).evaluate("e => e.matches('a.skip')"):
            return stop
    raise AssertionError(f"Caught at {focused(page).evaluate('e => e.outerHTML.slice(0, 200)')}")


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
                  [[attempt.state, attempt.points] for attempt in learner.attempts.all()]]
        """,
        email=email,
    )
    assert standing == [5, [["graded", 5]]]
    assert page.console_errors == []
