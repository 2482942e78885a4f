"""A board's reviewer sees the hours of those who allowed it, down to each entry, and of nobody else."""

from playwright.sync_api import expect

from tests.journeys.steps import in_spanish, make_learner, sign_in

CONSENTING = """
result = sorted(consent.person.printed_name for consent in Consent.objects.current())
"""
# Rosa keeps her consent for other journeys: here it is somebody made for the purpose.
GIVE = """
from people.models import Organization
from people.services import give_consent
person = User.objects.get(email=email)
give_consent(person, Organization.objects.get(code="MA-BOARD"))
result = [str(person.public_id), {
    share.competency.code: share.minutes
    for share in LedgerShare.objects.filter(entry__learner=person, competency__framework__code="MA-CHW")}]
"""
LOOKS = """
person = User.objects.get(email=email)
result = [[look.reviewer.email, look.what] for look in person.disclosures.order_by("pk")]
"""


def test_a_reviewer_sees_consenting_people_down_to_their_entries_until_consent_ends(site, phone):
    name = "Rosaura Íñiguez"
    email = make_learner(site, done=25, name=name)
    silent = make_learner(site, done=25, name="Nadie Callada")
    public_id, shares = site.ask(GIVE, email=email)
    assert shares == {"MA-3": 20, "MA-8": 15, "MA-10": 115}
    silent_id = site.ask("result = User.objects.get(email=email).public_id", email=silent)

    desk = phone(language="en")
    sign_in(desk, "grace@demo.example", language="en")
    desk.goto("/en/board/")
    listed = desk.locator("main tbody a").all_inner_texts()
    assert sorted(listed) == site.ask(CONSENTING)
    assert name in listed
    assert "Nadie Callada" not in listed
    assert desk.goto(f"/en/board/{silent_id}/").status == 404
    desk.goto("/en/board/")
    desk.get_by_role("link", name=name).click()
    desk.wait_for_url(f"**/en/board/{public_id}/**")
    expect(desk.get_by_role("heading", level=1)).to_have_text(name)

    # Every total opens to its entries.
    hours = desk.locator("section[aria-labelledby=hours-heading]")
    total = hours.locator("details").filter(has=desk.locator("summary", has_text="MA-10"))
    expect(total.locator("li")).to_be_hidden()
    total.locator("summary").click()
    expect(total.locator("li")).to_have_count(1)
    expect(total.locator("li")).to_contain_text("1 hour 55 minutes")
    expect(total.locator("li")).to_contain_text("Compassion resilience")
    expect(desk.locator("section[aria-labelledby=certificates-heading] tbody tr")).to_have_count(1)

    # The person ends it, on their own phone; the next click of the reviewer finds nothing.
    page = phone()
    sign_in(page, email)
    page.goto("/es/account/privacy/")
    page.locator("main a[href*='/privacy/withdraw/']").click()
    page.locator("main form[action*='/privacy/withdraw/'] button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(in_spanish(site, "Who may see my hours"))
    withdrawn = "result = User.objects.get(email=email).consents.get().withdrawn_at is not None"
    assert site.ask(withdrawn, email=email) is True
    page.goto("/es/path/looks/")
    expect(page.locator("main")).to_contain_text("Grace Whitfield")

    before = site.ask(LOOKS, email=email)
    assert ["grace@demo.example", "person"] in before
    with desk.expect_response(lambda response: "hours.csv" in response.url) as answered:
        desk.locator("main a[href*='hours.csv']").click()
    assert answered.value.status == 404
    assert desk.goto(f"/en/board/{public_id}/").status == 404
    desk.goto("/en/board/")
    assert name not in desk.locator("main tbody a").all_inner_texts()
    assert site.ask(LOOKS, email=email) == before
