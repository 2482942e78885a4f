"""Every kind in the learner's pages: asked, answered without a script, kept, sent, read again; and no key before."""

import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils.translation import override

from quizzes import services
from quizzes.items import KINDS, fields_of, grade, read_item, right_response, split
from quizzes.models import Item, ItemMedia, Response
from quizzes.templatetags.quizzes import points
from tests.factories.quizzes import ItemBankFactory, QuizFactory
from tests.quizzes.items.samples import RIGHT, SPECS, WRONG
from tests.quizzes.items.test_splitting import CANARY, planted
from tests.quizzes.test_views import JSON, url, words

FILES = {"pic": b"\x89PNG picture"}
SECRETS = {name: {"en": "x"} for name in ("feedback", "feedback_right", "feedback_partly", "feedback_wrong")} | {
    "hints": [{"en": "x"}]
}
ASKED = [kind for kind in KINDS if kind not in Item.MARKED_BY_PERSON]
PARTLY = {
    "single_choice": (["b"], "0.5"),
    "multiple_choice": (["a"], "0.5"),
    "matching": ({"p1": "m1", "p2": "m1", "p3": "m2"}, "0.67"),
    "ordering": (["q", "z", "k", "m"], "0.5"),
    "gap_select": ({"g1": "x", "g2": "v"}, "0.25"),
    "cloze": ({"g1": "x", "g2": "drive"}, "0.63"),
    "short_text": ({"text": "health worker"}, "0.5"),
    "numeric": ({"text": "3.5"}, "0.9"),
    "case": (["c1", "c5"], "0.33"),
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def write(kind, **changes):
    return services.write_item(read_item(SPECS[kind] | changes), bank=ItemBankFactory(), code=f"x-{kind}", files=FILES)


def start(learner, *kinds, **changes):
    quiz = QuizFactory(items=[write(kind, **changes) for kind in kinds], shuffle_items=False)
    return services.start_attempt(learner, quiz)


def data_of(attempt, position, answer, *, revision=1, go=""):
    question = attempt.attempt_items.get(position=position).version.question
    pairs = [("position", position), ("revision", revision), ("go", go), *fields_of(question, answer)]
    return urlencode(pairs)


def post(client, attempt, position, answer, **extra):
    headers = extra.pop("headers", None)
    return client.post(
        url("save", attempt),
        data_of(attempt, position, answer, **extra),
        content_type="application/x-www-form-urlencoded",
        headers=headers,
    )


def body_of(response):
    """All that was sent; a file is closed without the signal that would close the test's connection."""
    if not response.streaming:
        return response.content
    content = b"".join(response.streaming_content)
    for closer in response._resource_closers:
        closer()
    return content


def controls(html):
    """Names of everything on the page that can be answered with."""
    form = html.split('<section class="stack" data-screen')[1].split("</section>")[0]
    return set(re.findall(r'name="((?:choice|text|unit|region|point|part|place|node)[^"]*)"', form))


@pytest.mark.parametrize("kind", RIGHT)
def test_every_kind_is_answered_by_its_form_and_shown_again(kind, signed_in, learner):
    attempt = start(learner, kind)
    answer = {"regions": ["r1"]} if kind == "hotspot" else RIGHT[kind]

    offered = controls(signed_in.get(url("attempt", attempt)).content.decode())
    response = post(signed_in, attempt, 1, answer, go="check")

    question = attempt.attempt_items.get().version.question
    sent = fields_of(question, answer)
    assert {name for name, _value in sent} <= offered
    assert response.url == url("submit", attempt)
    assert Response.objects.get().value == answer
    html = signed_in.get(url("attempt", attempt), {"q": 1}).content.decode()
    for name, value in sent:
        pattern = (
            rf'(name="{re.escape(name)}" value="{re.escape(value)}"|value="{re.escape(value)}" (checked|selected))'
        )
        assert re.search(pattern, html), (name, value)


@pytest.mark.parametrize("kind", RIGHT)
def test_every_kind_is_read_again_after_sending(kind, signed_in, learner):
    attempt = start(learner, kind)
    services.save_response(attempt, 1, RIGHT[kind], revision=1)
    services.submit_attempt(attempt)

    text = words(signed_in.get(url("review", attempt)))

    assert "You got 1 of 1. You passed." in text
    assert "Your answer:" in text
    assert "Right answer:" not in text
    assert "Not right" not in text


@pytest.mark.parametrize("kind", WRONG)
def test_the_right_answer_is_told_only_when_nothing_is_left_to_win(kind, signed_in, learner):
    attempt = start(learner, kind)
    services.save_response(attempt, 1, WRONG[kind], revision=1)
    services.submit_attempt(attempt)

    before = signed_in.get(url("review", attempt))
    attempt.quiz.attempt_limit = 1
    attempt.quiz.save()
    after = signed_in.get(url("review", attempt))

    assert "Not right" in words(before)
    assert "Right answer:" not in words(before)
    assert "answer--wrong" not in before.content.decode()  # no part is called wrong either
    assert "Right answer:" in words(after)


@pytest.mark.parametrize("kind", PARTLY)
def test_partial_credit_is_said_in_words(kind, signed_in, learner):
    attempt = start(learner, kind)
    answer, earned = PARTLY[kind]
    services.save_response(attempt, 1, answer, revision=1)
    services.submit_attempt(attempt)

    assert f"Partly right: {earned} of 1" in words(signed_in.get(url("review", attempt)))


@pytest.mark.parametrize("kind", ["likert", "survey", "description"])
def test_what_is_worth_nothing_is_neither_right_nor_wrong(kind, signed_in, learner):
    attempt = start(learner, kind, "true_false")
    html = signed_in.get(url("attempt", attempt)).content.decode()
    answers = {"likert": {"s1": "h", "s2": "l"}, "survey": ["a"], "description": []}
    services.save_response(attempt, 1, answers[kind], revision=1)
    services.save_response(attempt, 2, ["a"], revision=1)
    graded = services.submit_attempt(attempt)

    text = words(signed_in.get(url("review", attempt)))

    assert (graded.marks, graded.max_marks, graded.is_passed) == (100, 100, True)
    assert text.count("Right") == 1
    assert (kind == "description") is ("There is nothing to answer here." in html)


def test_description_counts_as_answered(signed_in, learner):
    attempt = start(learner, "description")

    assert "Look over your answers" in words(signed_in.get(url("attempt", attempt)))


@pytest.mark.parametrize("language", ["en", "es"])
def test_points_are_written_as_the_reader_writes_numbers(language, settings):
    with override(language):
        assert [points(marks) for marks in (0, 100, 150, 167, 100_000)] == (
            ["0", "1", "1.5", "1.67", "1000"] if language == "en" else ["0", "1", "1,5", "1,67", "1000"]
        )


# --- Conversations -------------------------------------------------------------------------------------------------


def shown_nodes(response):
    return re.findall(r'data-node="(\w+)">', response.content.decode())


def test_conversation_opens_one_moment_at_a_time(signed_in, learner):
    attempt = start(learner, "case")

    first = signed_in.get(url("attempt", attempt))
    after = post(signed_in, attempt, 1, ["c1"], go="check")
    second = signed_in.get(after.url)
    end = post(signed_in, attempt, 1, ["c1", "c4"], revision=2, go="check")

    assert shown_nodes(first) == ["n1"]
    assert after.url == url("attempt", attempt) + "?q=1"
    assert shown_nodes(second) == ["n1", "n2"]
    assert end.url == url("submit", attempt)


def test_conversation_whose_beginning_changed_forgets_what_came_after(signed_in, learner):
    attempt = start(learner, "case")
    services.save_response(attempt, 1, ["c1", "c4"], revision=1)

    body = urlencode({"position": 1, "revision": 2, "go": "check", "node.n1": "c3", "node.n2": "c4"})
    signed_in.post(url("save", attempt), body, content_type="application/x-www-form-urlencoded")

    assert Response.objects.get().value == ["c3"]


# --- What cannot be kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("ordering", {"place.q": "1", "place.z": "1"}, "Two entries have the same number."),
        ("ordering", {"place.q": "9"}, "An entry has a number that is not a place."),
        ("ordering", {"place.nobody": "1"}, "not one of those offered"),
        ("matching", {"part.p1": "m9"}, "not one of those offered"),
        ("matching", {"part.p9": "m1"}, "belongs to no part"),
        ("cloze", {"part.g2": "x" * 1_001}, "no more than 1000 characters"),
        ("short_text", {"text": "a\0b"}, "cannot be kept"),
        ("hotspot", {"point": "1,x"}, "could not be read"),
        ("hotspot", {"point": "5000,1"}, "could not be read"),
        ("hotspot", {"region": ["r1", "r2"]}, "choose one answer only"),
        ("case", {"node.n1": "c4"}, "not one of those offered"),
    ],
)
def test_answer_that_does_not_fit_is_refused_in_words(kind, fields, sentence, signed_in, learner):
    attempt = start(learner, kind)

    response = signed_in.post(url("save", attempt), {"position": 1, "revision": 1, **fields})

    assert response.status_code == 400
    assert sentence in words(response)
    assert not Response.objects.exists()


def test_words_that_may_be_used_once_are_refused_twice(signed_in, learner):
    attempt = start(learner, "gap_select", may_repeat=False)

    response = signed_in.post(url("save", attempt), {"position": 1, "revision": 1, "part.g1": "x", "part.g2": "x"})

    assert "A word is used twice." in words(response)


# --- Files ---------------------------------------------------------------------------------------------------------


def test_file_is_served_to_whom_it_is_asked_and_nobody_else(client, learner, stranger):
    attempt = start(learner, "hotspot")
    token = ItemMedia.objects.get().token
    address = reverse("quizzes:media", args=[attempt.public_id, token])

    client.force_login(stranger)
    refused = client.get(address)
    client.force_login(learner)
    html = client.get(url("attempt", attempt)).content.decode()
    served = client.get(address)

    assert refused.status_code == 404
    assert f'src="{url("attempt", attempt)}file/{token}"' in html
    assert body_of(served) == FILES["pic"]
    assert served["Content-Type"] == "image/png"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]


def test_file_of_another_item_or_none_is_not_found(signed_in, learner):
    attempt = start(learner, "true_false")
    write("hotspot")

    for token in (ItemMedia.objects.get().token, "unknown"):
        assert signed_in.get(reverse("quizzes:media", args=[attempt.public_id, token])).status_code == 404


def test_file_that_only_the_feedback_shows_waits_for_the_end(signed_in, learner):
    attempt = start(
        learner,
        "true_false",
        media=[{"key": "pic", "name": "a.png", "type": "image/png"}],
        feedback={"en": "![see](media:pic)"},
    )
    address = reverse("quizzes:media", args=[attempt.public_id, ItemMedia.objects.get().token])

    before = signed_in.get(address)
    services.submit_attempt(attempt)
    after = signed_in.get(address)

    assert (before.status_code, body_of(after)) == (404, FILES["pic"])


# --- Secrets -------------------------------------------------------------------------------------------------------


def test_no_key_of_any_kind_leaves_before_the_attempt_is_sent(signed_in, learner):
    """A canary in every feedback, hint, accepted form, tolerance and file name; the whole of what is sent is read."""
    items = [
        services.write_item(
            read_item(planted(SPECS[kind] | SECRETS)),
            bank=ItemBankFactory(),
            code=f"c-{kind}",
            files=FILES,
        )
        for kind in ASKED
    ]
    attempt = services.start_attempt(learner, QuizFactory(items=items))
    bodies = []
    for language in ("en", "es"):
        bodies += [signed_in.get(url(name, attempt, language)) for name in ("attempt", "submit")]
    for row in attempt.attempt_items.select_related("version"):
        spec = row.version.spec
        answer = right_response(spec)
        bodies.append(signed_in.get(url("attempt", attempt), {"q": row.position}))
        bodies.append(post(signed_in, attempt, row.position, answer, headers=JSON))
        bodies.append(post(signed_in, attempt, row.position, answer, revision=2))
        bodies.append(post(signed_in, attempt, row.position, [], revision=3))
        bodies.append(signed_in.post(url("save", attempt), {"position": row.position, "revision": 4, "choice": "x"}))
        for media in row.version.question["media"]:
            bodies.append(signed_in.get(reverse("quizzes:media", args=[attempt.public_id, media["key"]])))

    sent = ""
    for response in bodies:
        sent += body_of(response).decode(errors="replace") + repr(response.headers)
    assert CANARY not in sent
    assert "4711.4711" not in sent
    assert "secret-name" not in sent
    services.submit_attempt(attempt)
    assert CANARY in signed_in.get(url("review", attempt)).content.decode()


@pytest.mark.parametrize("kind", ASKED)
def test_marks_are_those_of_the_frozen_item(kind, learner):
    attempt = start(learner, kind)
    row = attempt.attempt_items.get()
    answer = right_response(row.version.spec)
    if answer:
        services.save_response(attempt, 1, answer, revision=1)

    graded = services.submit_attempt(attempt)

    assert graded.marks == grade((row.version.question, row.version.answer_key), answer).earned
    assert split(row.version.spec)[0] == row.version.question
