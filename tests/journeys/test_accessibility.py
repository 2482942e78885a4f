"""axe finds nothing on any page that learners, boards and checkers see: in both languages, narrow and wide, light and
dark. No page scrolls sideways on a phone, and no console complains (also not of the content security policy).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.journeys.conftest import listen
from tests.journeys.steps import ANSWERS, act, answer_all, make_learner, send, sign_in

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}

# Whoever looks: nobody signed in; a learner who has just come; one in the middle of a course, at its first quiz; one
# who finished it (with a failed try); the board's reviewer. Addresses are made once and shared by all pages.
ADDRESSES = """
from courses.services import outline
from people.models import Organization
from people.services import give_consent
from starter.demo import COMPASSION
from starter.loading import key_of
plan = outline(key_of("course", COMPASSION))
done = User.objects.get(email=finished)
board = Organization.objects.get(code="MA-BOARD")
give_consent(done, board)
ended = Certificate.objects.filter(revocation__isnull=False).first()
result = {
    "course": plan.paths,
    "lessons": [lesson.paths for lesson in plan.modules[0].lessons],
    "certificate": str(done.certificates.get().public_id),
    "stands": done.certificates.get().token,
    "ended": ended.token,
    "review": str(done.attempts.filter(is_passed=True).first().public_id),
    "finished": str(done.public_id),
    "consent": done.consents.get().pk,
    "board": board.pk,
}
"""


@dataclass(frozen=True)
class Shown:
    """A page, who sees it, where it is (given the language and the addresses), and what to do there first."""

    name: str
    who: str
    path: str | Callable[[str, dict], str]
    status: int = 200
    first: Callable[[Page], None] | None = None


def _submit(**fields: str) -> Callable[[Page], None]:
    def fill(page: Page) -> None:
        for name, value in fields.items():
            page.locator(f"main [name={name}]").fill(value)
        page.locator("main form[method=post]").first.evaluate("form => { form.noValidate = true; form.submit(); }")
        page.wait_for_load_state("load")
        page.wait_for_timeout(100)

    return fill


def _open_everything(page: Page) -> None:
    page.locator("main details").evaluate_all("all => all.forEach((each) => { each.open = true; })")


def _open_menu(page: Page) -> None:
    page.locator("header button[popovertarget]").click()
    page.locator(":popover-open").wait_for()


NOWHERE = "/{}/learn/course/00000000-0000-4000-8000-000000000000/"
PAGES = [
    Shown("front", "nobody", "/{}/"),
    Shown("menu", "nobody", "/{}/verify/", first=_open_menu),
    Shown("catalogue", "nobody", lambda language, at: at["course"][language].rsplit("/", 2)[0] + "/"),
    Shown(
        "catalogue, nothing found",
        "nobody",
        lambda language, at: at["course"][language].rsplit("/", 2)[0] + "/?q=zzz&topic=wellbeing",
    ),
    Shown("course, signed out", "nobody", lambda language, at: at["course"][language], first=_open_everything),
    Shown("sign in", "nobody", "/{}/account/login/"),
    Shown("sign in, wrong", "nobody", "/{}/account/login/", first=_submit(login="a@b.example", password="no")),
    Shown("sign up", "nobody", "/{}/account/signup/"),
    Shown("sign up, wrong", "nobody", "/{}/account/signup/", first=_submit(printed_name="", email="x", password1="1")),
    Shown("reset", "nobody", "/{}/account/password/reset/"),
    Shown("reset, the code", "nobody", "/{}/account/password/reset/", first=_submit(email="nobody@journey.example")),
    Shown("not found", "nobody", NOWHERE, 404),
    Shown("check", "nobody", "/{}/verify/"),
    Shown("check, empty", "nobody", "/{}/verify/", first=_submit(code="", surname="")),
    Shown("check, mistyped", "nobody", "/{}/verify/", first=_submit(code="ABC", surname="Peña")),
    Shown("check a list", "nobody", "/{}/verify/list/"),
    Shown("stands", "nobody", lambda language, at: f"/{language}/verify/{at['stands']}/"),
    Shown("no longer stands", "nobody", lambda language, at: f"/{language}/verify/{at['ended']}/"),
    Shown("not one of ours", "nobody", "/{}/verify/AAAAAAAAAAAAAAAAAAAAAAAA/", 404),
    Shown("my path, empty", "fresh", "/{}/path/", first=_open_everything),
    Shown("hours, empty", "fresh", "/{}/path/hours/"),
    Shown("looks, empty", "fresh", "/{}/path/looks/"),
    Shown("profile", "fresh", "/{}/account/profile/"),
    Shown("profile, wrong", "fresh", "/{}/account/profile/", first=_submit(printed_name="")),
    Shown("privacy", "fresh", "/{}/account/privacy/"),
    Shown("addresses", "fresh", "/{}/account/email/"),
    Shown("password", "fresh", "/{}/account/password/change/"),
    Shown("sign out", "fresh", "/{}/account/logout/"),
    Shown("course, to enroll", "fresh", lambda language, at: at["course"][language]),
    Shown("not found, signed in", "fresh", NOWHERE, 404),
    Shown("course, half way", "halfway", lambda language, at: at["course"][language], first=_open_everything),
    Shown("my path, half way", "halfway", "/{}/path/", first=_open_everything),
    Shown("lesson 1", "halfway", lambda language, at: at["lessons"][0][language], first=_open_everything),
    Shown("lesson 2", "halfway", lambda language, at: at["lessons"][1][language], first=_open_everything),
    Shown("lesson 3", "halfway", lambda language, at: at["lessons"][2][language], first=_open_everything),
    Shown("lesson 4", "halfway", lambda language, at: at["lessons"][3][language], first=_open_everything),
    Shown("quiz lesson", "halfway", lambda language, at: at["lessons"][4][language]),
    Shown("locked lesson", "enrolled", lambda language, at: at["lessons"][3][language], 403),
    Shown("question", "halfway", lambda language, at: f"/{language}/quiz/{at['open']}/?q=1"),
    Shown("last look", "halfway", lambda language, at: f"/{language}/quiz/{at['open']}/send/"),
    Shown("review, failed", "failed", lambda language, at: f"/{language}/quiz/{at['failed']}/review/"),
    Shown("review, passed", "finished", lambda language, at: f"/{language}/quiz/{at['review']}/review/"),
    Shown("course, finished", "finished", lambda language, at: at["course"][language]),
    Shown("my path, finished", "finished", "/{}/path/", first=_open_everything),
    Shown("hours", "finished", "/{}/path/hours/", first=_open_everything),
    Shown("looks", "finished", "/{}/path/looks/"),
    Shown("statement", "finished", "/{}/path/statement/"),
    Shown("letters", "finished", "/{}/path/letters/"),
    Shown("certificate", "finished", lambda language, at: f"/{language}/certificates/{at['certificate']}/"),
    Shown("privacy, shared", "finished", "/{}/account/privacy/"),
    Shown(
        "sharing", "fresh", lambda language, at: f"/{language}/account/privacy/give/?organization={at['board']}"
    ),
    Shown(
        "end of sharing", "finished", lambda language, at: f"/{language}/account/privacy/withdraw/{at['consent']}/"
    ),
    Shown("board", "reviewer", "/{}/board/"),
    Shown("board, nobody found", "reviewer", "/{}/board/?q=zzz"),
    Shown(
        "board, a person",
        "reviewer",
        lambda language, at: f"/{language}/board/{at['finished']}/",
        first=_open_everything,
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def eyes(site, browser):
    """One browser a person, with the addresses that the pages need."""
    emails = {
        "fresh": make_learner(site),
        "enrolled": make_learner(site, done=0),
        "halfway": make_learner(site, done=4),
        "failed": make_learner(site, done=4),
        "finished": make_learner(site, done=25, name="Zoila Ñáñez"),
        "reviewer": "grace@demo.example",
    }
    pages = {}
    for who in ("nobody", *emails):
        context = browser.new_context(
            base_url=site.url, viewport={"width": 360, "height": 740}, locale="es-US", reduced_motion="reduce"
        )
        context.set_default_timeout(15_000)
        pages[who] = context.new_page()
        listen(pages[who])
        if who in emails:
            sign_in(pages[who], emails[who])
    at = site.ask(ADDRESSES, finished=emails["finished"])
    answers = site.ask(ANSWERS)
    for who, name in (("halfway", "open"), ("failed", "failed")):
        page = pages[who]
        page.goto(at["lessons"][4]["es"])
        act(page, "/quiz/").click()
        page.wait_for_url("**/quiz/**")
        at[name] = re.search(r"/quiz/([0-9a-f-]{36})", page.url)[1]
        if name == "failed":
            answer_all(page, answers, rightly=False)
            send(page)
    pages["reviewer"].goto(f"/en/board/{at['finished']}/")  # so that somebody looked
    yield pages, at
    for page in pages.values():
        page.context.close()


# What moves is measured where it comes to rest: a menu that slides in covers its neighbours on the way.
STILL = """
() => Promise.all(document.getAnimations()
    .filter((moving) => Number.isFinite(moving.effect.getComputedTiming().endTime))
    .map((moving) => moving.finished.catch(() => null)))
"""


def _violations(page: Page, rules: dict) -> list[str]:
    page.evaluate(STILL)
    found = page.evaluate("async (rules) => (await axe.run(rules)).violations", rules)
    return [
        f"{violation['id']} ({violation['help']}): {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for violation in found
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_nothing_stands_in_anyones_way(eyes, shown, language):
    pages, at = eyes
    page = pages[shown.who]
    page.console_errors.clear()
    page.set_viewport_size({"width": 360, "height": 740})
    path = shown.path.format(language) if isinstance(shown.path, str) else shown.path(language, at)
    assert page.goto(path).status == shown.status
    if shown.first:
        shown.first(page)
    assert page.locator("html").get_attribute("lang") == language
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.evaluate(AXE_SCRIPT)
    narrow = _violations(page, RULES)
    page.emulate_media(color_scheme="dark")
    dark = _violations(page, COLORS)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator(":popover-open")).to_have_count(0)  # the menu closes where the window has grown, a frame later
    desk = _violations(page, RULES)
    assert narrow == []
    assert dark == []
    assert desk == []
    assert wide <= 360
    assert page.console_errors == []
