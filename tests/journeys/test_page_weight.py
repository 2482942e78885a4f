"""What a first view costs somebody who pays for each megabyte."""

import pytest

from tests.journeys.steps import make_learner, sign_in

MOST_REQUESTS = 10
MOST_BYTES = 40_000
LESSONS = """
from courses.services import outline
from starter.demo import COMPASSION
from starter.loading import key_of
result = [lesson.paths["es"] for lesson in outline(key_of("course", COMPASSION)).modules[0].lessons]
"""


@pytest.mark.parametrize("number", [1, 2, 4, 5])
def test_the_first_view_of_a_lesson_is_light(site, phone, number):
    email = make_learner(site, done=number - 1)
    path = site.ask(LESSONS)[number - 1]
    warm = phone()
    sign_in(warm, email)
    cold = phone()  # signed in, and nothing in its cache
    cold.context.add_cookies(warm.context.cookies())
    watch = cold.context.new_cdp_session(cold)
    watch.send("Network.enable")
    addresses, weights = {}, {}
    watch.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
    watch.on("Network.loadingFinished", lambda event: weights.update({event["requestId"]: event["encodedDataLength"]}))
    assert cold.goto(path, wait_until="networkidle").status == 200
    assert cold.locator("#lesson-body [data-block]").count() > 0

    counted = {
        addresses[name]: weight
        for name, weight in weights.items()
        if "/media/" not in addresses[name] and not addresses[name].startswith("data:")
    }
    assert cold.url in counted
    assert len(counted) <= MOST_REQUESTS, counted
    assert sum(counted.values()) <= MOST_BYTES, counted
