"""The form of every kind: what is written is what is asked, and what is opened and saved again is the same."""

import re
from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image as Picture
from wagtail.images import get_image_model
from wagtail.test.utils.form_data import nested_form_data

from quizzes import services
from quizzes.blocks import OWN_FIELDS
from quizzes.items import KINDS, WHOLE, read_item
from quizzes.models import Item, ItemMedia, ItemVersion
from tests.factories.quizzes import ItemBankFactory, ItemFactory, in_both
from tests.quizzes.items.samples import SPECS

FILES = {"pic": b"\x89PNG picture"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def picture(db):
    content = BytesIO()
    Picture.new("RGB", (8, 8), "teal").save(content, "PNG")
    return get_image_model().objects.create(title="Pump", file=ImageFile(BytesIO(content.getvalue()), name="pump.png"))


def rows(*given, type_of=None):
    """A list block as its form sends it."""
    data = {"count": len(given)}
    for place, value in enumerate(given):
        data[str(place)] = {"deleted": "", "order": str(place), "id": "", "type": "item", "value": value}
    return data


def stream(*given):
    data = {"count": len(given)}
    for place, (kind, value) in enumerate(given):
        data[str(place)] = {"deleted": "", "order": str(place), "id": "", "type": kind, "value": value}
    return data


def choice(text, *, right=False, percent="", **more):
    value = {"key": "", "text": in_both(text), "percent": percent, "feedback": {"en": "", "es": ""}, **more}
    return value | ({"right": "on"} if right else {})


def option(text, **more):
    return {"key": "", "text": in_both(text), **more}


NO_FEEDBACK = {"en": "", "es": ""}
FORGIVE = {"case": "on", "accents": "on"}


def text_form(text, **more):
    return {"text": text, "percent": "100", "feedback": NO_FEEDBACK, **more}


def number_form(value, **more):
    base = {"tolerance_kind": "absolute", "tolerance": "0", "upper": "", "percent": "100", "feedback": NO_FEEDBACK}
    return base | {"value": value, **more}


def region(text, numbers, shape="rect", **more):
    return {"key": "", "label": in_both(text), "shape": shape, "numbers": numbers, "percent": "",
            "feedback": NO_FEEDBACK, **more}  # fmt: skip


def level(text, weight):
    return {"key": "", "text": in_both(text), "weight": weight}


def reply(text, after="", weight="0"):
    return {"key": "", "text": in_both(text), "next": after, "weight": weight, "feedback": NO_FEEDBACK}


RUBRIC = rows({"key": "", "name": in_both("clear"), "levels": rows(level("no", "0"), level("yes", "2"))})
GAPPED = in_both("A [[g1]] and [[g2]].")

WRITTEN = {
    "single_choice": {"choices": rows(choice("a", right=True), choice("b", percent="50"), choice("c"))},
    "true_false": {"choices": rows(choice("true", right=True), choice("false"))},
    "multiple_choice": {
        "choices": rows(choice("a", right=True), choice("b", right=True), choice("c", right=True), choice("d")),
        "scoring": "with_penalty",
    },
    "matching": {
        "pairs": rows(
            *(
                {"key": "", "match_key": "", "text": in_both(one), "match": in_both(other), "feedback": NO_FEEDBACK}
                for one, other in (("cat", "meows"), ("dog", "barks"), ("puppy", "barks"))
            )
        ),
        "others": rows(option("sings")),
    },
    "ordering": {"entries": rows(option("first"), option("second"), option("third")), "scoring": "neighbours"},
    "gap_select": {
        "text": GAPPED,
        "gaps": rows(
            {"key": "g1", "word_key": "", "word": in_both("pump"), "group": "1", "weight": "1"},
            {"key": "g2", "word_key": "", "word": in_both("well"), "group": "1", "weight": "2"},
        ),
        "others": rows(option("roof", group="1")),
        "may_repeat": "on",
    },
    "cloze": {
        "text": in_both("A [[g1]], [[g2]] and [[g3]]."),
        "gaps": stream(
            ("select", {"key": "g1", "weight": "1", "choices": rows(choice("a", right=True), choice("b"))}),
            ("short_text", {"key": "g2", "weight": "2", "answers": rows(text_form("pump")), "forgive": FORGIVE}),
            ("numeric", {"key": "g3", "weight": "1", "answers": rows(number_form("37,5"))}),
        ),
    },
    "short_text": {
        "answers": rows(text_form("health work*", is_pattern="on"), text_form("aide", percent="50")),
        "forgive": FORGIVE,
    },
    "numeric": {
        "answers": rows(
            number_form("3,5", tolerance="0.1"), number_form("3", tolerance_kind="range", upper="4", percent="50")
        ),
        "units": rows({"name": "kg", "multiplier": "1"}, {"name": "g", "multiplier": "0,001"}),
        "unit": "required",
        "unit_penalty_percent": "10",
    },
    "case": {
        "nodes": rows(
            {
                "key": "door",
                "speaker": in_both("Rosa"),
                "text": in_both("Come in."),
                "choices": rows(reply("greet", "seat", "1"), reply("leave")),
            },
            {
                "key": "seat",
                "speaker": NO_FEEDBACK,
                "text": in_both("Sit."),
                "choices": rows(reply("listen", "", "2")),
            },
        )
    },
    "essay": {
        "min_words": "10",
        "max_words": "",
        "template": NO_FEEDBACK,
        "rubric": RUBRIC,
        "notes": in_both("look for the plan"),
    },
    "upload": {"accept": "image", "max_megabytes": "5", "rubric": rows(), "notes": NO_FEEDBACK},
    "likert": {"statements": rows(option("I can.")), "scale": rows(option("no"), option("yes"))},
    "survey": {"choices": rows()},
    "description": {},
}


def form_data(kind, own, bank, **changes):
    content = {
        "stem": in_both("What helps?"),
        "points": "2",
        **dict.fromkeys(("feedback", "feedback_right", "feedback_partly", "feedback_wrong"), NO_FEEDBACK),
        "hints": rows(),
        "penalty_percent": "",
        "files": rows(),
        **own,
    }
    catalogue = {
        "bank": bank.pk,
        "code": f"new-{kind.replace('_', '-')}",
        "name": "For editors",
        "category": "Care/Home",
        "tags": "first, second",
        "difficulty": "easy",
        "review_state": "in_review",
    }
    return nested_form_data({"content": content}) | catalogue | changes


def write(desk, kind, own, **changes):
    url = f"{reverse('quiz-items:add')}?kind={kind}"
    return desk.post(url, form_data(kind, own, ItemBankFactory(), **changes))


def said(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("kind", WRITTEN)
def test_trainer_writes_an_item_of_every_kind(kind, desk):
    response = write(desk, kind, WRITTEN[kind])

    assert response.status_code == 302, said(response)
    item = Item.objects.get()
    spec = services.item_spec(item)
    assert (item.kind, spec.stem, spec.tags, spec.category) == (
        kind,
        in_both("What helps?"),
        ("first", "second"),
        ("Care", "Home"),
    )
    assert (item.difficulty, item.review_state, item.name) == ("easy", "in_review", "For editors")
    assert spec.points == (0 if kind in {"likert", "survey", "description"} else 2)


def test_every_kind_has_a_form():
    assert set(OWN_FIELDS) == set(KINDS)


def spec_of(desk, kind, own=None):
    response = write(desk, kind, own or WRITTEN[kind])
    assert response.status_code == 302, said(response)
    return services.item_spec(Item.objects.get())


def test_right_answers_share_the_mark_and_wrong_ones_cost_as_much(desk):
    assert [choice.weight for choice in spec_of(desk, "multiple_choice").choices] == [
        333_333,
        333_333,
        333_333,
        -333_333,
    ]


def test_percent_is_taken_where_it_is_given(desk):
    assert [choice.weight for choice in spec_of(desk, "single_choice").choices] == [WHOLE, WHOLE // 2, 0]


def test_words_that_belong_twice_are_one_answer(desk):
    spec = spec_of(desk, "matching")

    assert [match.text["en"] for match in spec.matches] == ["meows", "barks", "sings"]
    assert spec.prompts[1].match == spec.prompts[2].match
    assert len({match.key for match in spec.matches}) == 3


def test_numbers_are_written_with_a_comma_too(desk):
    spec = spec_of(desk, "numeric")

    assert [(answer.value, answer.upper) for answer in spec.answers] == [("3.5", None), ("3", "4")]
    assert [unit.multiplier for unit in spec.units] == ["1", "0.001"]
    assert spec.unit_penalty == WHOLE // 10


def test_hints_and_what_a_wrong_try_costs_are_written(desk):
    hints = rows({"en": "Think of water", "es": "Piense en el agua"}, {"en": "It pumps", "es": "Bombea"})

    spec = spec_of(desk, "single_choice", WRITTEN["single_choice"] | {"hints": hints, "penalty_percent": "33.3333"})

    assert [hint["es"] for hint in spec.hints] == ["Piense en el agua", "Bombea"]
    assert spec.penalty == 333_333


@pytest.mark.parametrize("penalty", ["-1", "101"])
def test_penalty_beyond_the_points_is_refused(desk, penalty):
    response = write(desk, "single_choice", WRITTEN["single_choice"] | {"penalty_percent": penalty})

    assert (response.status_code, Item.objects.exists()) == (200, False)


def test_conversation_begins_with_the_first_moment(desk):
    spec = spec_of(desk, "case")

    assert (spec.start, [node.key for node in spec.nodes]) == ("door", ["door", "seat"])


def test_picture_from_the_library_is_copied_under_a_name_of_its_own(desk, picture):
    own = {
        "image": "",
        "picture": str(picture.pk),
        "alt": in_both("a kitchen"),
        "regions": rows(region("stove", "0, 0, 100, 100", right="on"), region("sink", "500 500 100 75", "circle")),
    }

    spec = spec_of(desk, "hotspot", own)

    kept = ItemMedia.objects.get()
    assert (spec.image, spec.media[0].key, spec.media[0].type) == (kept.token, kept.token, "image/png")
    assert spec.regions[1].area.radius == 100
    assert "pump" not in kept.file.name


def test_choice_of_pictures_and_a_picture_in_the_text(desk, picture):
    def row(text, **more):
        return {
            "key": "", "image": "", "picture": str(picture.pk), "alt": in_both(text), "text": NO_FEEDBACK,
            "percent": "", "feedback": NO_FEEDBACK, **more,
        }  # fmt: skip

    own = {
        "stem": in_both("See ![the pump](media:pump)"),
        "choices": rows(row("a", right="on"), row("b")),
        "scoring": "all_or_nothing",
        "files": rows({"key": "pump", "name": "", "type": "", "picture": str(picture.pk)}),
    }

    response = write(desk, "image_choice", own)

    assert response.status_code == 302, said(response)
    token = ItemMedia.objects.get().token
    spec = services.item_spec(Item.objects.get())
    assert spec.stem["en"] == f"See ![the pump](media:{token})"
    assert {choice.image for choice in spec.choices} == {token}


@pytest.mark.parametrize(
    ("kind", "own", "sentence"),
    [
        ("single_choice", {"choices": rows(choice("a"), choice("b"))}, "No answer earns the whole mark."),
        ("true_false", {"choices": rows(choice("a", right=True), choice("b", right=True))}, "Both answers are right."),
        (
            "multiple_choice",
            {
                "choices": rows(choice("a", percent="60"), choice("b", percent="50")),
                "scoring": "proportional",
            },
            "do not make up the whole mark",
        ),
        ("cloze", WRITTEN["cloze"] | {"text": in_both("A [[g1]].")}, "Each gap must be once in the text"),
        ("numeric", WRITTEN["numeric"] | {"unit": "none"}, "Units are asked for and none is listed"),
        (
            "case",
            {
                "nodes": rows(
                    {
                        "key": "door",
                        "speaker": NO_FEEDBACK,
                        "text": in_both("Come in."),
                        "choices": rows(reply("greet", "gone", "1")),
                    }
                )
            },
            "goes on at a moment that is not there",
        ),
        (
            "hotspot",
            {
                "image": "",
                "picture": "",
                "alt": in_both("a kitchen"),
                "regions": rows(region("a", "0,0,9,9", right="on"), region("b", "20,20,30,30")),
            },
            "A picture is missing. Please choose one.",
        ),
    ],
)
def test_item_that_cannot_be_graded_is_not_saved(kind, own, sentence, desk):
    response = write(desk, kind, own)

    assert (response.status_code, Item.objects.count()) == (200, 0)
    assert sentence in said(response)


def test_question_is_needed_in_the_first_language(desk):
    response = write(desk, "description", {"stem": {"en": "", "es": "Hola"}})

    assert (response.status_code, Item.objects.count()) == (200, 0)


def test_code_of_another_item_is_refused(desk):
    ItemFactory(code="new-description")

    assert "Another item has this code." in said(write(desk, "description", {}))


def test_item_that_asks_the_same_as_another_is_pointed_out(desk):
    ItemFactory(kind="description", stem=in_both("What helps?"), code="first")

    response = desk.post(
        f"{reverse('quiz-items:add')}?kind=description", form_data("description", {}, ItemBankFactory()), follow=True
    )

    assert "Item first asks the same." in said(response)


def test_item_that_lacks_a_language_is_saved_with_a_warning(desk):
    data = form_data("description", {"stem": {"en": "Only English", "es": ""}}, ItemBankFactory())

    response = desk.post(f"{reverse('quiz-items:add')}?kind=description", data, follow=True)

    assert Item.objects.count() == 1
    assert "Not finished in Español." in said(response)


@pytest.mark.parametrize("kind", KINDS)
def test_form_of_every_kind_opens_empty(kind, desk):
    response = desk.get(f"{reverse('quiz-items:add')}?kind={kind}")

    assert response.status_code == 200
    assert "data-item-editor" in response.content.decode()


def test_first_the_kind_is_chosen(desk):
    html = desk.get(reverse("quiz-items:add")).content.decode()

    assert re.findall(r'href="\?kind=(\w+)"', html) == list(Item.Kind.values)
    assert desk.post(reverse("quiz-items:add")).status_code == 405
    assert desk.get(f"{reverse('quiz-items:add')}?kind=nonsense").status_code == 200


def sent_by(form):
    """What the form would send without a change: its blocks as values, written flat."""

    def flat(block, value):
        name = type(block).__name__
        if name == "ListBlock":
            return rows(*(flat(block.child_block, child) for child in value))
        if name == "StreamBlock":
            return stream(*((child.block_type, flat(child.block, child.value)) for child in value))
        if hasattr(block, "child_blocks"):
            return {key: flat(child, value[key]) for key, child in block.child_blocks.items()}
        if isinstance(value, bool):
            return "on" if value else None
        return "" if value is None else str(value)

    content = flat(form.fields["content"].block, form.initial["content"])
    data = {}
    for name, value in nested_form_data({"content": content}).items():
        if value is not None:
            data[name] = value
    for name in form.fields:
        if name != "content":
            value = form.initial.get(name)
            data[name] = getattr(value, "pk", value) or ""
    return data


@pytest.mark.parametrize("kind", KINDS)
def test_opening_and_saving_again_changes_nothing(kind, desk):
    item = services.write_item(
        read_item(SPECS[kind]), bank=ItemBankFactory(), code=f"x-{kind.replace('_', '-')}", files=FILES
    )
    before = item.current_version.spec
    url = reverse("quiz-items:edit", args=[item.pk])

    form = desk.get(url).context["form"]
    response = desk.post(url, sent_by(form))

    assert response.status_code == 302, said(response)
    item.refresh_from_db()
    assert item.current_version.spec == before
    assert ItemVersion.objects.filter(item=item).count() == 1


def test_edit_makes_a_version_and_keeps_the_keys(desk):
    item = ItemFactory(choices=[("a", True), ("b", False)])
    url = reverse("quiz-items:edit", args=[item.pk])
    data = sent_by(desk.get(url).context["form"]) | {"content-choices-1-value-text-en": "b better"}

    desk.post(url, data)

    item.refresh_from_db()
    before = item.versions.order_by("pk").first().spec
    after = item.current_version.spec
    assert [choice.text["en"] for choice in after.choices] == ["a", "b better"]
    assert [choice.key for choice in after.choices] == [choice.key for choice in before.choices]
    assert item.versions.count() == 2


@pytest.mark.parametrize("kind", KINDS)
def test_preview_of_every_kind_shows_no_key(kind, desk):
    item = services.write_item(read_item(SPECS[kind]), bank=ItemBankFactory(), code="x-1", files=FILES)

    for language in ("en", "es"):
        response = desk.get(reverse("quiz-items:preview", args=[item.pk, language]))
        assert response.status_code == 200
        assert "checked" not in response.content.decode()


def test_file_of_an_item_is_for_those_who_may_look_at_items(desk, client, stranger):
    services.write_item(read_item(SPECS["hotspot"]), bank=ItemBankFactory(), code="x-1", files=FILES)
    address = reverse("quiz-items:file", args=[ItemMedia.objects.get().token])

    served = desk.get(address)
    content = b"".join(served.streaming_content)
    for closer in served._resource_closers:
        closer()
    client.force_login(stranger)
    refused = client.get(address)

    assert content == FILES["pic"]
    assert refused.status_code == 403
