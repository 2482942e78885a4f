"""Files of items at the desk: a look first, then yes or no; only for those who may write items."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from people.roles import Role
from people.services import sync_roles
from quizzes.importing import import_items
from quizzes.models import Item, ItemBank
from tests.factories.people import UserFactory

GIFT = b"::One::Is it so? {T}\n\n::bad::Which? {=a ~b"


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def bank(db):
    return ItemBank.objects.create(code="B", name={"en": "First aid", "es": "Primeros auxilios"})


def send(desk, bank, content=GIFT, format="gift"):
    data = {"file": SimpleUploadedFile("a.gift", content), "format": format, "bank": bank.pk, "language": "en"}
    return desk.post(reverse("item_files:index"), data)


def digest_of(response):
    return response.context["report"].digest


def test_file_is_shown_first_and_written_after_a_yes(desk, bank):
    sent = send(desk, bank)
    shown = desk.get(sent.url)
    nothing = Item.objects.count()
    done = desk.post(sent.url, {"digest": digest_of(shown)})

    html = shown.content.decode()
    assert [line.action for line in shown.context["lines"]] == ["refused", "created"]
    assert "The braces do not match" in html
    assert (nothing, [item.name for item in Item.objects.all()]) == (0, ["One"])
    assert done.url == f"{reverse('quiz-items:index')}?bank={bank.pk}"
    # Nothing waits any more.
    assert desk.get(sent.url).url == reverse("item_files:index")


def test_no_puts_the_file_aside(desk, bank):
    sent = send(desk, bank)

    answer = desk.post(sent.url, {"drop": "1"})

    assert (answer.url, Item.objects.count()) == (reverse("item_files:index"), 0)
    assert default_storage.listdir("quiz-uploads") == ([], [])


def test_yes_to_something_else_than_was_shown_is_asked_again(desk, bank):
    sent = send(desk, bank)
    seen = digest_of(desk.get(sent.url))
    import_items(GIFT, format="gift", bank="B")

    answer = desk.post(sent.url, {"digest": seen})

    assert (answer.status_code, Item.objects.count()) == (200, 1)
    assert "The site changed in the meantime" in answer.content.decode()


def test_file_that_cannot_be_read_is_refused_at_once(desk, bank):
    answer = send(desk, bank, b"<quiz>\n<x></quiz>", "moodle-xml")

    assert answer.status_code == 200
    assert answer.context["form"].errors["file"] == ["line 2: This is not well-formed XML."]


def test_bank_is_written_out(desk, bank):
    import_items(b"// [id:Q]\nIs it so? {T}", format="gift", bank="B")

    answer = desk.get(reverse("item_files:export", args=[bank.pk, "gift"]))

    assert answer.content == b"// [id:Q]\nIs it so? {TRUE}\n\n"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="B.gift"'


def test_what_the_format_cannot_say_is_shown_before_it_is_written(desk, bank):
    import_items(b"kind,code,stem,points\nessay,Q,Write.,5\n", format="csv", bank="B")
    url = reverse("item_files:export", args=[bank.pk, "gift"])

    shown = desk.get(url)
    written = desk.get(url, {"anyway": "1"})

    assert shown.context["changed"] == (("Q", "Left out, because the format has no place for it: points."),)
    assert written.content == b"// [id:Q]\nWrite. {}\n\n"


@pytest.mark.parametrize("format", ["pdf", "case"])
def test_unknown_format_is_404(desk, bank, format):
    assert desk.get(reverse("item_files:export", args=[bank.pk, format]), follow=True).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_page_lists_banks_with_their_items(desk, bank, count, django_assert_num_queries):
    for number in range(count - 1):
        ItemBank.objects.create(code=f"X{number}", name={"en": "Another"})
    import_items(b"Is it so? {T}", format="gift", bank="B")
    desk.get(reverse("item_files:index"))

    with django_assert_num_queries(10):
        answer = desk.get(reverse("item_files:index"))

    assert next((row.code, row.item_count) for row in answer.context["banks"]) == ("B", 1)
    assert len(answer.context["banks"]) == count


@pytest.mark.parametrize("name", ["index", "confirm"])
def test_stranger_may_neither_look_nor_send(client, bank, name, db):
    person = UserFactory()
    client.force_login(person)

    assert client.get(reverse(f"item_files:{name}")).status_code in (302, 403)
    assert client.post(reverse(f"item_files:{name}"), {"digest": "x"}).status_code in (302, 403)
    assert Item.objects.count() == 0


def test_stranger_at_the_desk_gets_no_answers(client, bank, trainer):
    """Support may enter the admin and may not read answers out of a file."""
    sync_roles()
    person = UserFactory()
    person.groups.add(Group.objects.get(name=Role.SUPPORT))
    client.force_login(person)

    answer = client.get(reverse("item_files:export", args=[bank.pk, "gift"]))

    assert answer.status_code in (302, 403)
