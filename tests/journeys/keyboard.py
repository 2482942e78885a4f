"""Hands on the keyboard alone: Tab, Enter, Space and the arrows; the focus is seen at every stop and never caught."""

from playwright.sync_api import Locator, Page

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
