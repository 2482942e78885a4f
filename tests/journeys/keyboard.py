"""Hands on the keyboard alone: Tab, Enter, Space and the arrows; the focus is seen at every stop and never caught."""

from playwright.sync_api import Locator, Page, expect

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
    // A day is typed in three parts: leaving it would begin again at the first. Leaving a list of choices, a window or
    // an editor would close it or lose the place in it.
    const kept = "input[type=date], [role=combobox], [contenteditable], [role=dialog] *, .modal *, .tippy-box *";
    if (element.matches(kept)) return focused.some((look) => look !== "|");
    const scrolled = [scrollX, scrollY];
    element.blur();
    const plain = looks();
    element.focus({preventScroll: true});
    scrollTo(...scrolled);
    return document.activeElement === element && focused.some((look, n) => look !== plain[n] && look !== "|");
}
"""
# In the window, and not wholly under something that lies above (a bar at the foot of the screen).
PLACE = """
element => {
    const box = (element.closest("label") ?? element).getBoundingClientRect();
    const left = Math.max(box.left, 0) + 2, right = Math.min(box.right, innerWidth) - 2;
    const top = Math.max(box.top, 0) + 2, bottom = Math.min(box.bottom, innerHeight) - 2;
    if (!(box.width > 0 && left < right && top < bottom)) return false;
    const isShown = (x, y) => {
        const hit = document.elementFromPoint(x, y);
        return hit && (element.contains(hit) || hit.contains(element));
    };
    const middle = isShown((left + right) / 2, (top + bottom) / 2);
    return middle || isShown(left, top) || isShown(right, top) || isShown(left, bottom) || isShown(right, bottom);
}
"""


def focused(page: Page) -> Locator:
    return page.locator("*:focus")


def tab(page: Page, key: str = "Tab") -> None:
    """One stop further; the focus there is seen."""
    page.keyboard.press(key)
    here = focused(page)
    if here.count():
        assert here.evaluate(SHOWS_FOCUS), f"No visible focus: {here.evaluate('e => e.outerHTML.slice(0, 200)')}"
        for _moment in range(10):  # a menu may still be sliding in
            if here.evaluate(PLACE):
                break
            page.wait_for_timeout(50)
        assert here.evaluate(PLACE), f"Focus out of sight: {here.evaluate('e => e.outerHTML.slice(0, 200)')}"


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    for _stop in range(MOST_STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        tab(page, key)
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


def write(page: Page, wanted: Locator, text: str) -> None:
    """Go to a field and write over what stands in it."""
    tab_to(page, wanted)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    expect(wanted).to_have_value(text)


def choose(page: Page, select: Locator, value: str | int) -> None:
    """Go to a list and along it with the arrows."""
    tab_to(page, select)
    values = select.locator("option").evaluate_all("options => options.map((option) => option.value)")
    page.keyboard.press("Home")
    for _step in range(values.index(str(value))):
        page.keyboard.press("ArrowDown")
    expect(select).to_have_value(str(value))
