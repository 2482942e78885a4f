"""What people do on the site, step by step, as journeys need it. Found by role, label and address, not by looks."""

import re
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from starter.demo import PASSWORD
from tests.journeys.conftest import ServedSite

COMPASSION = "/es/cursos/resiliencia-compasiva/"

# A learner made by the services that clicks call; `done` lessons of the course are behind them.
MAKE_LEARNER = """
from courses.services import complete_lesson, enroll, outline, start_lesson_attempt
from people.models import Organization, Role
from people.services import grant_role
from quizzes.items import right_response
from quizzes.models import Attempt, ItemVersion
from quizzes.services import save_response, submit_attempt
from starter.demo import COMPASSION, PASSWORD
from starter.loading import key_of

learner = User.objects.create_user(email, PASSWORD, printed_name=name, language=language)
grant_role(learner, Role.LEARNER, Organization.objects.get(name="Puente Demonstration Program"))
key = key_of("course", COMPASSION)
if done is not None:
    enrollment = enroll(learner, key)
    for lesson in [lesson for module in outline(key).modules for lesson in module.lessons][:done]:
        if not lesson.has_quiz:
            complete_lesson(enrollment, lesson.key, language=language)
            continue
        attempt = start_lesson_attempt(enrollment, lesson.key)
        for item in attempt.attempt_items.order_by("position"):
            right = right_response(ItemVersion.objects.get(pk=item.version_id).spec)
            save_response(attempt, item.position, right, revision=1)
        submit_attempt(attempt)
"""

ANSWERS = """
result = {
    " ".join(item.stem["es"].split()): {
        "right": [choice.text["es"] for choice in item.current_version.spec.choices if choice.weight > 0],
        "wrong": [choice.text["es"] for choice in item.current_version.spec.choices if choice.weight <= 0],
    }
    for item in Item.objects.select_related("current_version")
    if item.stem.get("es") and item.current_version and hasattr(item.current_version.spec, "choices")
}
"""

IN_SPANISH = """
from django.utils import translation
with translation.override("es"):
    result = translation.gettext(text)
"""


def in_spanish(site: ServedSite, text: str) -> str:
    """Return a sentence of the site in Spanish; there must be one."""
    said = site.ask(IN_SPANISH, text=text)
    assert said != text, f"Not said in Spanish: {text!r}"
    return said


def make_learner(site: ServedSite, *, done: int | None = None, name: str = "Inés Robles", language: str = "es") -> str:
    """Make a learner who finished `done` lessons of Compassion resilience (None: not enrolled); return the address."""
    email = f"{uuid4().hex[:12]}@journey.example"
    site.ask(MAKE_LEARNER, email=email, name=name, language=language, done=done)
    return email


def sign_in(page: Page, email: str, password: str = PASSWORD, *, language: str = "es") -> None:
    """Sign in through the form, as a person would."""
    page.goto(f"/{language}/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*account/login)"))


def act(page: Page, path: str) -> Locator:
    """The button that sends something to this address."""
    return page.locator(f"main form[method=post][action*='{path}'] button")


def question(page: Page) -> Locator:
    """The question on the screen."""
    return page.locator("main section form[action$='/answer/']")


def text_of(found: Locator) -> str:
    return " ".join(found.inner_text().split())


def answer(page: Page, answers: dict, *, rightly: bool = True) -> None:
    """Answer the question on the screen and go on."""
    form = question(page)
    choices = answers[text_of(form.locator("legend"))]
    for text in choices["right"] if rightly else choices["wrong"][:1]:
        form.get_by_label(text, exact=True).check()
    position = form.locator("[name=position]").input_value()
    form.locator("button[name=go]").first.click()
    expect(page.locator(f"main section form [name=position][value='{position}']")).to_have_count(0)


def answer_all(page: Page, answers: dict, *, rightly: bool = True) -> None:
    """Answer question after question, up to the last look before sending."""
    page.wait_for_url("**/quiz/**")
    while question(page).count():
        answer(page, answers, rightly=rightly)


def send(page: Page) -> None:
    act(page, "/send/").click()
    page.wait_for_url("**/review/")


def take_quiz(page: Page, answers: dict, *, rightly: bool = True) -> None:
    """From the lesson to the result."""
    act(page, "/quiz/").click()
    answer_all(page, answers, rightly=rightly)
    send(page)
