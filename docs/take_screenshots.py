"""Takes every picture of the README and the guides: `make screenshots`.

Starts the demonstration site in a temporary folder and looks at it as people do, with the fixtures of the journeys, so
that pictures can be made again whenever a page changes. Each test is one visit; a page that does not say what it should
fails instead of being photographed. Pictures are reduced to few colours, so that they weigh little in the repository.
"""

import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import browser, phone, site  # noqa: F401 - fixtures, used by their names
from tests.journeys.steps import sign_in

FOLDER = Path(__file__).parent / "screenshots"
HEAVIEST = 60_000
DESK_WIDTH = 1200


def shoot(page: Page, name: str, *, at: str | None = None, above: int = 12) -> None:
    """Save what the screen shows as `name`.png, scrolled so that `at` (a selector) stands near the top."""
    page.wait_for_load_state("networkidle")
    if at:
        page.evaluate(
            "([selector, above]) => window.scrollTo(0,"
            " document.querySelector(selector).getBoundingClientRect().top + window.scrollY - above)",
            [at, above],
        )
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    for colours in (128, 64, 32, 16):
        packed = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if packed.tell() <= HEAVIEST:
            break
    assert packed.tell() <= HEAVIEST, f"{name} weighs {packed.tell()} bytes"
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(packed.getvalue())


def says(page: Page, text: str) -> None:
    expect(page.locator("main").first).to_contain_text(text)


def go(page: Page, path: str) -> None:
    """Open `path` and see that it is there."""
    answer = page.goto(path)
    assert answer is not None and answer.ok, f"{path}: {answer and answer.status}"


def check_link(page: Page) -> str:
    """The address that the QR code of the certificate on this screen holds."""
    link = page.locator("[data-share]").first.get_attribute("data-share")
    assert link
    return "/" + link.split("/", 3)[3]


def test_front_page(phone):
    page = phone(language="es")
    go(page, "/es/")
    says(page, "Cursos")
    shoot(page, "front.es")


def test_learner(phone):
    page = phone(language="en", dark=True)
    sign_in(page, "marcus@demo.example", language="en")
    go(page, "/en/courses/compassion-resilience/")
    says(page, "Caring is not fixing")
    shoot(page, "course.en")

    page = phone(language="es")
    sign_in(page, "marcus@demo.example", language="es")
    go(page, "/es/cursos/resiliencia-compasiva/lo-que-pide-la-compasion/cinco-piedras/")
    says(page, "piedras")
    shoot(page, "lesson.es")


def test_quiz(phone):
    page = phone(language="en")
    sign_in(page, "rosa@demo.example", language="en")
    go(page, "/en/courses/early-childhood-mental-health/")
    page.locator("main a.button, main form .button").first.click()
    page.wait_for_load_state()
    page.locator("main form[action*='/quiz/'] button").first.click()
    page.wait_for_url(re.compile("/quiz/"))
    page.locator("main .answer").first.click()
    page.wait_for_timeout(1000)
    shoot(page, "quiz.en")


def test_my_path_and_certificate(phone):
    page = phone(language="es", dark=True)
    sign_in(page, "rosa@demo.example", language="es")
    go(page, "/es/path/")
    says(page, "Mi camino")
    shoot(page, "path.es")

    page = phone(language="es")
    sign_in(page, "rosa@demo.example", language="es")
    go(page, "/es/path/")
    page.locator("main a[href*='/certificates/']:not([href*='/pdf/'])").first.click()
    page.wait_for_url(re.compile("/certificates/"))
    says(page, "Rosa María Núñez Peña")
    shoot(page, "certificate.es")

    page = phone(language="en")
    sign_in(page, "rosa@demo.example", language="es")
    go(page, "/es/path/")
    page.locator("main a[href*='/certificates/']:not([href*='/pdf/'])").first.click()
    page.wait_for_url(re.compile("/certificates/"))
    link = check_link(page)
    board = phone(language="en")
    go(board, link)
    says(board, "Stands")
    shoot(board, "stands.en")


def test_taken_back(phone):
    owner = phone(language="es")
    sign_in(owner, "joao@demo.example", language="es")
    go(owner, "/es/path/")
    owner.locator("main a[href*='/certificates/']:not([href*='/pdf/'])").first.click()
    owner.wait_for_url(re.compile("/certificates/"))
    page = phone(language="es", dark=True)
    go(page, check_link(owner))
    says(page, "Ya no")
    shoot(page, "ended.es")


def test_board(phone):
    page = phone(language="en", dark=True)
    sign_in(page, "grace@demo.example", language="en")
    go(page, "/en/board/")
    page.get_by_role("link", name="Rosa María Núñez Peña").click()
    says(page, "Rosa María Núñez Peña")
    shoot(page, "board.en", at="main details")


def test_desk(phone):
    page = phone(language="es", width=DESK_WIDTH)
    sign_in(page, "teresa@demo.example", language="es")
    course, lesson, item = desk_addresses(page)
    for language in ("es", "en"):
        if language == "en":
            go(page, "/es/account/profile/")
            page.locator("input[name=language][value=en]").check()
            page.locator("main form button[type=submit]").first.click()
            page.wait_for_load_state()
        go(page, course)
        shoot(page, f"desk-course.{language}")
        go(page, lesson)
        open_preview(page)
        shoot(page, f"desk-lesson.{language}")
        go(page, item)
        shoot(page, f"desk-item.{language}")
        go(page, "/admin/reports/courses/")
        shoot(page, f"desk-report.{language}")


def open_preview(page: Page) -> None:
    """Open the panel that shows the page as on a phone, and wait until the lesson stands in it."""
    if not page.locator("[data-side-panel=preview]").is_visible():
        page.locator("[data-side-panel-toggle=preview]").first.click()
    expect(page.frame_locator("[data-side-panel=preview] iframe").first.locator("h1")).to_be_visible()


def desk_addresses(page: Page) -> tuple[str, str, str]:
    """Where the desk edits the course, a lesson of it and a question."""
    go(page, "/admin/pages/search/?q=compassion+resilience")
    course = page.locator("main a[href*='/edit/']").first.get_attribute("href") or ""
    go(page, course)
    lesson = page.locator(".course-outline ol ol a[href*='/edit/']").first.get_attribute("href") or ""
    go(page, "/admin/quiz-items/")
    item = page.locator("main a[href*='/edit/']").first.get_attribute("href") or ""
    return course, lesson, item
