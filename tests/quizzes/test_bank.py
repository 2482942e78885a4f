"""The bank: what is found in it, and many items changed at once."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from curriculum.models import Competency
from quizzes import reports, services
from quizzes.errors import QuizError
from quizzes.models import BulkEdit, Item
from quizzes.services import ItemChanges, bulk
from tests.factories.people import UserFactory
from tests.factories.quizzes import ItemBankFactory, ItemFactory, QuizFactory, rewrite
from tests.quizzes.screens import words
from tests.quizzes.test_models import provoke

QUERIES_OF_THE_FRAME = 8


def seen(*items):
    return {item.pk: services.fingerprint(item) for item in items}


def state(item):
    return Item.objects.filter(pk=item.pk).values(*bulk.FIELDS).get()


# --- What is found ------------------------------------------------------------------------------------------------


@pytest.fixture
def stock(db, now):
    """Items that differ in all that can be looked for."""
    bank = ItemBankFactory()
    made = {
        "plain": ItemFactory(bank=bank, code="plain"),
        "tagged": ItemFactory(bank=bank, code="tagged", tags=["niñez", "two words"]),
        "near": ItemFactory(bank=bank, code="near", tags=["niñez-2"]),
        "filed": ItemFactory(bank=bank, code="filed", category=["Health", "Sleep"]),
        "english": ItemFactory(bank=bank, code="english", stem={"en": "Only English?"}),
        "hard": ItemFactory(bank=bank, code="hard", difficulty="hard", cognitive_level="apply"),
        "used": ItemFactory(bank=bank, code="used"),
        "old": ItemFactory(bank=bank, code="old"),
    }
    QuizFactory(items=[made["used"]], code="spring")
    services.archive_item(made["old"], now=now)
    return made


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"tag": "niñez"}, {"tagged"}),
        ({"tag": "two words"}, {"tagged"}),
        ({"tag": "two"}, set()),
        ({"tag": '"'}, set()),
        ({"category": "sleep"}, {"filed"}),
        ({"missing": "es"}, {"english"}),
        ({"missing": "en"}, set()),
        ({"difficulty": "hard"}, {"hard"}),
        ({"cognitive_level": "apply"}, {"hard"}),
        ({"used": "yes"}, {"used"}),
        ({"used": "no", "archived": "yes"}, {"old"}),
        ({"archived": "yes"}, {"old"}),
        ({"q": "Only English"}, {"english"}),
        ({"review_state": "approved"}, set()),
    ],
)
def test_items_are_found(desk, stock, asked, expected):
    html = desk.get(reverse("quiz-items:index"), asked).content.decode()

    found = {int(pk) for pk in re.findall(r'name="item" value="(\d+)"', html)}
    assert found == {stock[code].pk for code in expected}


def test_name_in_the_list_leads_to_the_item(desk):
    item = ItemFactory()

    html = desk.get(reverse("quiz-items:index")).content.decode()

    assert f'href="{reverse("quiz-items:edit", args=[item.pk])}"' in html.split("<main")[1]


def test_list_says_where_an_item_is_used(desk, stock):
    for code in ("b", "c", "d"):
        QuizFactory(items=[stock["used"]], code=code)

    assert "b, c, d +1" in words(desk.get(reverse("quiz-items:index"), {"used": "yes"}))


def test_language_that_is_finished_is_missing_no_more(stock):
    rewrite(stock["english"], stem={"en": "Only English?", "es": "¿También español?"})

    assert Item.objects.get(code="english").missing_languages == ""


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list(desk, count, django_assert_num_queries):
    for number in range(count):
        QuizFactory(items=[ItemFactory(code=f"i{number}")])
    url = reverse("quiz-items:index")
    desk.get(url)

    with django_assert_num_queries(QUERIES_OF_THE_FRAME + 5):
        response = desk.get(url)

    assert len(re.findall(r'name="item"', response.content.decode())) == count


# --- Changed at once ----------------------------------------------------------------------------------------------


def test_many_are_changed_and_put_back(stock, trainer, now):
    tagged, filed = stock["tagged"], stock["filed"]
    before = [state(tagged), state(filed)]
    changes = ItemChanges(
        tags_added=("new",), tags_removed=("niñez",), category="Food", difficulty="easy", review_state="approved",
        cognitive_level="apply", is_archived=True,
    )  # fmt: skip

    edit, stale = services.change_items(seen(tagged, filed), changes, actor=trainer, now=now)

    assert stale == []
    assert [(row["tags"], row["category"], row["archived_at"]) for row in map(state, (tagged, filed))] == [
        (["two words", "new"], "Food", now),
        (["new"], "Food", now),
    ]
    assert (edit.made_by, edit.made_at, len(edit.changes)) == (trainer, now, 2)
    assert services.undo_change(edit, now=now + timedelta(minutes=1)) == (2, [])
    assert [state(tagged), state(filed)] == before
    assert services.undo_change(BulkEdit.objects.get(), now=now + timedelta(minutes=2)) == (0, [])


def test_same_change_twice_changes_nothing_more(stock, trainer, now):
    changes = ItemChanges(difficulty="easy")
    services.change_items(seen(stock["plain"]), changes, actor=trainer, now=now)
    again = Item.objects.get(code="plain")

    assert services.change_items(seen(again), changes, actor=trainer, now=now) == (None, [])
    assert BulkEdit.objects.count() == 1


def test_item_that_somebody_else_changed_is_left_alone(stock, trainer, now):
    then = seen(stock["plain"], stock["hard"])
    Item.objects.filter(code="plain").update(category="Elsewhere")

    edit, stale = services.change_items(then, ItemChanges(category="Food"), actor=trainer, now=now)

    assert [item.code for item in stale] == ["plain"]
    assert list(edit.changes) == [str(stock["hard"].pk)]
    assert state(stock["plain"])["category"] == "Elsewhere"


def test_undoing_leaves_alone_what_was_changed_since(stock, trainer, now):
    edit, _stale = services.change_items(
        seen(stock["plain"], stock["hard"]), ItemChanges(category="Food"), actor=trainer, now=now
    )
    Item.objects.filter(code="plain").update(category="Newer")

    count, stale = services.undo_change(edit, now=now)

    assert (count, [item.code for item in stale]) == (1, ["plain"])
    assert (state(stock["plain"])["category"], state(stock["hard"])["category"]) == ("Newer", "")


def test_too_many_at_once(stock, trainer, monkeypatch):
    monkeypatch.setattr(bulk, "LARGEST", 1)

    with pytest.raises(QuizError, match="no more than 1 items"):
        services.change_items(seen(stock["plain"], stock["hard"]), ItemChanges(category="x"), actor=trainer)


def test_too_many_tags(stock, trainer):
    many = ItemChanges(tags_added=tuple(f"t{n}" for n in range(51)))

    with pytest.raises(QuizError, match="no more than 50 tags"):
        services.change_items(seen(stock["plain"]), many, actor=trainer)
    assert state(stock["plain"])["tags"] == []


def test_bulkedit_undone_after_it_was_made(trainer, now):
    before = now - timedelta(seconds=1)

    provoke(
        "bulkedit_undone_after_it_was_made",
        lambda: BulkEdit.objects.create(made_by=trainer, made_at=now, changes={}, undone_at=before),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_change(trainer, count, now, django_assert_num_queries):
    then = seen(*(ItemFactory() for _ in range(count)))

    with django_assert_num_queries(5):  # savepoint, read, write, written down, release
        services.change_items(then, ItemChanges(difficulty="easy"), actor=trainer, now=now)


# --- At the desk --------------------------------------------------------------------------------------------------


def hidden(response):
    return re.findall(r'name="seen" value="([^"]+)"', response.content.decode())


def test_trainer_changes_many_after_a_look_and_takes_it_back(desk, stock):
    competency = Competency.objects.first()
    page = desk.get(reverse("quiz-items:bulk"), {"item": [stock["plain"].pk, stock["hard"].pk], "take": "ticked"})
    form = {"seen": hidden(page), "tags_added": "a, b,a", "difficulty": "easy", "cognitive_level": "keep"}
    form |= {"review_state": "keep", "archive": "keep", "competency": competency.pk if competency else ""}

    look = desk.post(reverse("quiz-items:bulk"), form)
    untouched = [state(stock[code])["tags"] for code in ("plain", "hard")]
    done = desk.post(reverse("quiz-items:bulk"), form | {"yes": "1"}, follow=True)
    changed = [(state(stock[code])["tags"], state(stock[code])["difficulty"]) for code in ("plain", "hard")]
    back = desk.post(done.redirect_chain[-1][0], follow=True)

    assert "2 items. What they say is not changed" in words(page)
    assert "tags: 2 items" in words(look)
    assert "difficulty: 2 items" in words(look)
    assert untouched == [[], []]
    assert changed == [(["a", "b"], "easy"), (["a", "b"], "easy")]
    assert "2 items are changed. Nothing was lost" in words(done)
    assert "2 items are as they were before." in back.content.decode()
    assert [(state(stock[code])["tags"], state(stock[code])["difficulty"]) for code in ("plain", "hard")] == [
        ([], ""),
        ([], "hard"),
    ]


def test_all_that_was_found_can_be_changed(desk, stock):
    page = desk.get(reverse("quiz-items:bulk"), {"take": "found", "archived": "no", "q": "n"})

    assert {int(one.split(":")[0]) for one in hidden(page)} == {
        item.pk for item in Item.objects.filter(archived_at=None)
    }


def test_nothing_ticked_says_so(desk, stock):
    response = desk.get(reverse("quiz-items:bulk"), {"take": "ticked"}, follow=True)

    assert "Please tick the items first." in response.content.decode()


def test_stale_rows_are_named(desk, stock):
    page = desk.get(reverse("quiz-items:bulk"), {"item": [stock["plain"].pk, stock["hard"].pk], "take": "ticked"})
    Item.objects.filter(code="plain").update(difficulty="medium")

    form = {"seen": hidden(page), "review_state": "approved", "yes": "1"}
    response = desk.post(reverse("quiz-items:bulk"), form, follow=True)

    assert "Somebody changed one of the items meanwhile; it was left as it is: plain." in response.content.decode()
    assert (state(stock["plain"])["review_state"], state(stock["hard"])["review_state"]) == ("draft", "approved")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"tags_added": "x" * 101}, "A tag is too long."),
        ({"category": "/".join("x" * 21)}, "The path is too long."),
        ({"category": "x", "is_category_removed": "on"}, "Choose one of the two."),
    ],
)
def test_form_that_cannot_be_read_changes_nothing(desk, stock, given, sentence):
    page = desk.get(reverse("quiz-items:bulk"), {"item": stock["plain"].pk, "take": "ticked"})

    response = desk.post(reverse("quiz-items:bulk"), {"seen": hidden(page), "yes": "1", **given})

    assert sentence in response.content.decode()
    assert not BulkEdit.objects.exists()


def test_change_is_taken_back_only_by_who_made_it(desk, stock, now):
    other = UserFactory()
    edit, _stale = services.change_items(seen(stock["plain"]), ItemChanges(category="x"), actor=other, now=now)
    url = reverse("quiz-items:bulk-done", args=[edit.public_id])

    assert [desk.get(url, follow=True).status_code, desk.post(url, follow=True).status_code] == [404, 404]
    assert state(stock["plain"])["category"] == "x"


def test_stranger_changes_nothing(client, stranger, stock):
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)
    before = state(stock["plain"])
    form = {"seen": [f"{pk}:{digest}" for pk, digest in seen(stock["plain"]).items()], "difficulty": "easy", "yes": "1"}

    answers = [
        client.get(reverse("quiz-items:bulk"), {"item": stock["plain"].pk}),
        client.post(reverse("quiz-items:bulk"), form),
        client.get(reverse("quiz-items:twins")),
    ]

    assert [answer.url for answer in answers] == [reverse("wagtailadmin_home")] * 3
    assert state(stock["plain"]) == before


def test_reader_of_items_sees_no_way_to_change_many(client, stranger, stock):
    for codename in ("access_admin", "view_item"):
        stranger.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(stranger)

    html = client.get(reverse("quiz-items:index")).content.decode()

    assert "Change the ticked items" not in html
    assert client.post(reverse("quiz-items:bulk"), {}).url == reverse("wagtailadmin_home")


# --- Twins --------------------------------------------------------------------------------------------------------


def test_twins_are_listed_whatever_the_language(desk):
    bank = ItemBankFactory()
    for code, stem in (
        ("a", {"en": "What is sleep?", "es": "¿Qué es el sueño?"}),
        ("b", {"en": "Something else", "es": "que es el sueno"}),
        ("c", {"en": "what is SLEEP", "es": "Otra cosa"}),
        ("d", {"en": "Not alike at all", "es": "Nada parecido"}),
    ):
        ItemFactory(code=code, stem=stem, bank=bank)
    services.archive_item(ItemFactory(code="e", stem={"en": "What is sleep?"}))

    text = words(desk.get(reverse("quiz-items:twins")))

    assert [(one.code, other.code, percent) for one, other, percent in reports.likely_twins()] == [
        ("a", "b", 100),
        ("a", "c", 100),
    ]
    assert text.count("100 %") == 2


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_twins(db, count, django_assert_num_queries):
    for number in range(count + 1):
        ItemFactory(code=f"i{number}", stem={"en": "The same?"})

    with django_assert_num_queries(2):
        assert len([str(one.bank) for one, _other, _percent in reports.likely_twins()]) == count * (count + 1) // 2


def test_no_twins(desk):
    assert "No two items ask the same" in words(desk.get(reverse("quiz-items:twins")))
