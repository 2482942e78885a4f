"""What I still need, and why: at one look, and down to each record."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import make_learner, sign_in


@pytest.mark.parametrize("language", ["es", "en"])
def test_where_i_stand_is_on_one_screen(site, phone, language):
    page = phone(language=language)
    sign_in(page, "rosa@demo.example")

    page.goto(f"/{language}/path/")

    answers = page.locator(".standing")
    expect(answers).to_have_count(2)
    for answer in answers.all():
        sentence = answer.locator(".standing__sentence").bounding_box()
        assert sentence["y"] + sentence["height"] <= page.viewport_size["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]


def test_rules_of_another_board_are_chosen_read_and_hidden(site, phone):
    page = phone(language="en")
    sign_in(page, make_learner(site))

    page.goto("/en/path/")
    page.get_by_text("Do you work toward something else?").click()
    page.get_by_label("Rules to show here").select_option("tx-renewal")
    page.get_by_role("button", name="Show these rules").click()
    texas = page.locator(".standing").filter(has_text="Texas: renewal")
    expect(texas.get_by_label("My certification expires on")).to_be_visible()
    texas.get_by_label("My certification expires on").fill("2028-03-31")
    texas.get_by_role("button", name="Save this day").click()
    expect(texas.locator(".standing__sentence")).to_contain_text("March 31, 2028")
    texas.get_by_text("What counts, why, and until when").click()
    expect(texas.get_by_text("20 hours in 24 months, in one of three mixes.", exact=True)).to_be_visible()
    texas.get_by_text("2 other ways").click()
    expect(texas.get_by_text("Mix 1: all 20 hours are certified.").first).to_be_visible()
    texas.get_by_role("button", name="Do not show these rules").click()

    expect(page.locator(".standing")).to_have_count(2)
    expect(texas).to_have_count(0)
