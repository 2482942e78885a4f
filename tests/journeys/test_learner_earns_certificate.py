"""The main job, on a phone, in Spanish: from the front page to a certificate that a stranger can check."""

import re
import subprocess
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.steps import ANSWERS, act, in_spanish, sign_in, take_quiz, text_of

NAME = "Ángela Muñoz Güereña"
PASSWORD = "tres piedras y un arroyo"
TITLE = "Resiliencia compasiva"

STANDING = """
learner = User.objects.get(email=email)
enrollment = learner.enrollments.get()
place = Place.objects.filter(enrollment=enrollment).first()
result = {
    "done": sorted(str(row.lesson_key) for row in enrollment.lesson_completions.filter(reversed_at=None)),
    "place": [str(place.lesson_key), place.block_id] if place else None,
    "state": enrollment.state,
    "attempts": [[attempt.is_passed, attempt.marks] for attempt in learner.attempts.order_by("pk")],
}
"""

EARNED = """
learner = User.objects.get(email=email)
result = {
    "credits": [[entry.kind, entry.minutes] for entry in learner.ledger_entries.all()],
    "shares": {share.competency.code: share.minutes
               for share in LedgerShare.objects.filter(entry__learner=learner, competency__framework__code="MA-CHW")},
    "certificates": [[found.recipient_name, found.contact_minutes, found.code, found.token, found.language]
                     for found in learner.certificates.all()],
}
"""


def front_to_course(page: Page) -> None:
    """Find the course as somebody does who writes no accents."""
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "es"
    page.locator("main a[href='/es/cursos/']").first.click()
    page.get_by_role("searchbox").fill("RESILIENCIA limites carino")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("main article")).to_have_count(1)
    page.locator("main article a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)


def sign_up(page: Page, email: str) -> None:
    """From the course page to an account, and back to the course."""
    page.locator("main a[href*='/account/signup/']").click()
    page.locator("input[name=printed_name]").fill(NAME)
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password1]").fill(PASSWORD)
    assert page.locator("input[name=language]:checked").get_attribute("value") == "es"
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)


def lesson_key(page: Page) -> str:
    return re.search(r"/lesson/([0-9a-f-]{36})/", page.locator("#lesson-body").get_attribute("data-place-url"))[1]


def stop_in_the_middle(site, page: Page, email: str) -> tuple[str, str]:
    """Scroll to the middle of the lesson and put the phone away; return the lesson and the block."""
    blocks = page.locator("#lesson-body [data-block]")
    block = blocks.nth(blocks.count() // 2)
    block.evaluate("block => scrollTo({top: block.getBoundingClientRect().top + scrollY, behavior: 'instant'})")
    here = [lesson_key(page), block.get_attribute("id").removeprefix("b-")]
    page.wait_for_timeout(300)
    page.goto("about:blank")
    for _second in range(20):
        if site.ask(STANDING, email=email)["place"] == here:
            break
        page.wait_for_timeout(250)
    assert site.ask(STANDING, email=email)["place"] == here
    return here[0], f"b-{here[1]}"


def ticked(page: Page) -> list[int]:
    """The numbers of the lessons that the course page shows as done, whatever its language."""
    return page.locator("main details li").evaluate_all(
        "rows => rows.filter(row => row.querySelector(`use[href$='#check']`)).map(row => parseInt(row.innerText))"
    )


def read_qr(pdf: Path, folder: Path) -> str:
    subprocess.run(["pdftoppm", "-r", "200", "-png", str(pdf), str(folder / "page")], check=True)
    pictures = sorted(str(path) for path in folder.glob("page*.png"))
    read = subprocess.run(["zbarimg", "--quiet", "--raw", *pictures], check=True, capture_output=True, text=True)
    return read.stdout.strip()


def check_by_hand(page: Page, code: str, surname: str) -> None:
    page.goto("/es/verify/")
    page.locator("input[name=code]").fill(code)
    page.locator("input[name=surname]").fill(surname)
    page.locator("input[name=surname]").press("Enter")
    page.wait_for_load_state()


def test_a_learner_earns_a_certificate_that_anyone_can_check(site, phone, tmp_path):
    email = f"angela-{uuid4().hex[:8]}@journey.example"
    answers = site.ask(ANSWERS)

    # A new account, found through the catalogue, enrolled.
    first = phone()
    front_to_course(first)
    sign_up(first, email)
    act(first, "/enroll/").click()
    first.locator("main a[href*='/resume/']").click()

    # Two lessons read, the third put away in the middle.
    for number in (1, 2):
        expect(first.locator("main nav")).to_contain_text(re.compile(rf"\b{number}\b.*\b25\b"))
        act(first, "/complete/").click()
    expect(first.locator("main nav")).to_contain_text(re.compile(r"\b3\b.*\b25\b"))
    lesson, block = stop_in_the_middle(site, first, email)
    standing = site.ask(STANDING, email=email)
    assert len(standing["done"]) == 2

    # Another phone: the same lesson, the same block in sight.
    page = phone()
    sign_in(page, email, PASSWORD)
    page.goto("/es/path/")
    page.locator("main a[href*='/resume/']").click()
    page.wait_for_url(f"**#{block}")
    assert lesson_key(page) == lesson
    expect(page.locator(f"[id='{block}']")).to_be_in_viewport()

    # In English and back, with every tick.
    page.locator("header a[hreflang=en]").click()
    page.wait_for_url("**/en/**")
    assert lesson_key(page) == lesson
    page.locator("main nav a").first.click()
    assert ticked(page) == [1, 2]
    page.locator("header a[hreflang=es]").click()
    page.wait_for_url("**/es/**")
    assert ticked(page) == [1, 2]
    assert site.ask(STANDING, email=email)["done"] == standing["done"]

    # On to the end; the first quiz fails on purpose and is taken again.
    page.locator("main a[href*='/resume/']").click()
    for module in range(1, 6):
        while act(page, "/complete/").count():
            heading = text_of(page.locator("main h1"))
            act(page, "/complete/").click()
            expect(page.locator("main h1")).not_to_have_text(heading)
        if module == 1:
            take_quiz(page, answers, rightly=False)
            assert site.ask(STANDING, email=email)["attempts"] == [[False, 0]]
            assert len(site.ask(STANDING, email=email)["done"]) == 4
            page.locator("main a[href*='/learn/lesson/']").first.click()
        take_quiz(page, answers)
        page.locator("main a[href*='/learn/lesson/']").first.click()
        page.locator("main footer a").last.click()
    standing = site.ask(STANDING, email=email)
    assert standing["state"] == "completed"
    assert len(standing["done"]) == 25
    assert standing["attempts"] == [[False, 0]] + [[True, 500]] * 5

    # My path: hours by competency, and what the renewal still needs.
    earned = site.ask(EARNED, email=email)
    assert earned["credits"] == [["credit", 150]]
    assert earned["shares"] == {"MA-3": 20, "MA-8": 15, "MA-10": 115}
    [[name, minutes, code, token, language]] = earned["certificates"]
    assert (name, minutes, language) == (NAME, 150, "es")
    page.goto("/es/path/")
    hours = page.locator("section[aria-labelledby=hours-heading]")
    for competency, words in (("MA-10", "1 hora y 55 minutos"), ("MA-3", "20 minutos"), ("MA-8", "15 minutos")):
        expect(hours.locator(".meter").filter(has_text=f"{competency} ")).to_contain_text(words)
    renewal = page.locator("section[aria-labelledby=answer-ma-renewal]")
    sentence = in_spanish(site, "You need %(short)s more by %(day)s.")
    before, after = (re.escape(part) for part in (sentence % {"short": "12 horas y 30 minutos", "day": "|"}).split("|"))
    expect(renewal).to_contain_text(re.compile(f"{before}.*{after}"))

    # The PDF, read back.
    with page.expect_download() as downloading:
        page.locator("main a[href$='/pdf/']").click()
    pdf = tmp_path / "certificate.pdf"
    downloading.value.save_as(pdf)
    text = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(pdf).pages).split())
    for fact in (NAME, "Resiliencia compasiva: cuidar sin quebrarse", "2 horas y 30 minutos"):
        assert fact in text
    fonts = subprocess.run(["pdffonts", str(pdf)], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert fonts
    assert {line.split()[-5] for line in fonts} == {"yes"}

    # Its QR code, on the phone of somebody without an account.
    link = read_qr(pdf, tmp_path)
    assert link.startswith(f"{site.url}/v/")
    stranger = phone()
    assert stranger.goto(link).status == 200
    expect(stranger.get_by_role("heading", level=1)).to_have_text(in_spanish(site, "Stands"))
    for fact in (NAME, "Resiliencia compasiva: cuidar sin quebrarse", "2 horas y 30 minutos"):
        expect(stranger.locator("main dl")).to_contain_text(fact)
    assert stranger.context.cookies() == []
    check_by_hand(stranger, code.lower(), "munoz guerena")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(in_spanish(site, "Stands"))
    check_by_hand(stranger, code, "Muñiz")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(in_spanish(site, "Not one of ours"))
    expect(stranger.locator("main")).not_to_contain_text(NAME)

    # Taken back by the program: the same link says so, since when and why.
    desk = phone(width=1280)
    sign_in(desk, "luis@demo.example")
    desk.goto(f"/admin/certificate/?q={code}")
    desk.locator("main tbody tr").filter(has_text=NAME).get_by_role("link").first.click()
    # Reading comes first; the act is one step behind it.
    desk.locator("header [data-controller~=w-dropdown] button").first.click()
    desk.get_by_role("link", name="Retirar el certificado").click()
    desk.locator("textarea[name=reason]").fill("Prueba: se emitió por error.")
    desk.locator("input[name=confirm]").check()
    desk.locator("main form button[type=submit]").last.click()
    desk.wait_for_url("**/admin/certificate/")
    taken = site.ask(
        """
        found = Certificate.objects.get(token=token)
        result = [found.revocation.reason, found.revocation.revoked_by.email, found.recipient_name]
        """,
        token=token,
    )
    assert taken == ["Prueba: se emitió por error.", "luis@demo.example", NAME]
    day = site.ask("""
        from django.utils import timezone, translation
        from django.utils.formats import date_format
        with translation.override("es"):
            result = date_format(timezone.localdate(), "DATE_FORMAT")
    """)
    stranger.goto(link)
    ended = in_spanish(site, "No longer stands, since %(day)s") % {"day": day}
    expect(stranger.get_by_role("heading", level=1)).to_have_text(ended)
    expect(stranger.locator("main")).to_contain_text("Prueba: se emitió por error.")
    assert first.console_errors + page.console_errors + stranger.console_errors == []
