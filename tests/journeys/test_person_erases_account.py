"""A learner takes her data along, has her account erased, and who holds her paper still gets an answer."""

import json
from zipfile import ZipFile

from playwright.sync_api import expect

from tests.journeys.steps import in_spanish, make_learner, sign_in

FACTS = """
certificate = Certificate.objects.get(recipient__email=email)
result = [certificate.token, certificate.recipient.pk, certificate.contact_minutes]
"""
AFTER = """
person = User.objects.get(pk=pk)
result = [
    str(person), person.is_active, person.erased_at is not None, person.erasure.cleaned_at is not None,
    sum(entry.minutes for entry in person.ledger_entries.all()),
    User.objects.filter(email=email).exists(),
]
"""


def test_a_learner_takes_her_data_and_is_forgotten(site, phone):
    email = make_learner(site, done=25, name="Rosaura Olvido")
    token, pk, minutes = site.ask(FACTS, email=email)
    page = phone()
    sign_in(page, email)
    page.goto("/es/account/privacy/")

    with page.expect_download() as taken:
        page.get_by_role("link", name=in_spanish(site, "Download my data"), exact=True).click()
    with ZipFile(taken.value.path()) as archive:
        data = json.loads(archive.read("data.json"))
        assert sum(name.endswith(".pdf") for name in archive.namelist()) == 1
    assert (data["account"]["name"], data["hours"][0]["minutes"]) == ("Rosaura Olvido", minutes)

    page.get_by_role("link", name=in_spanish(site, "Erase my account and my data")).click()
    page.locator("input[type=password]").fill(site.ask("from starter.demo import PASSWORD\nresult = PASSWORD"))
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/privacy/erase/")
    expect(page.locator("main")).to_contain_text(in_spanish(site, "Your hours, line by line, without your name"))
    page.locator("main input[name=word]").fill("borrar")
    page.get_by_role("button", name=in_spanish(site, "Erase my account and my data")).click()
    page.wait_for_url("**/privacy/erased/")

    page.goto("/es/path/")
    expect(page).to_have_url(f"{site.url}/es/account/login/?next=/es/path/")
    assert site.ask(AFTER, pk=pk, email=email)[1:] == [False, True, True, minutes, False]
    page.goto(f"/es/verify/{token}/")
    expect(page.locator("main")).to_contain_text("Rosaura Olvido")
    site.ask('Issuer.objects.update(erasure_policy="at_once")\nresult = None')
    site.manage("sweep")
    page.reload()
    expect(page.locator("main")).to_contain_text(
        in_spanish(site, "Puente issued this certificate, and it stands today.")
    )
    expect(page.locator("main")).not_to_contain_text("Rosaura")
    site.ask('Issuer.objects.update(erasure_policy="keep_name")\nresult = None')
