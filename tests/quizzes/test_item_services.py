"""Writing, copying, archiving items: versions once, files under keys that cannot be guessed."""

from datetime import timedelta

import pytest

from quizzes import services
from quizzes.errors import InvalidItem
from quizzes.items import KINDS, read_item, with_catalogue
from quizzes.models import Item, ItemMedia, ItemVersion
from tests.factories.courses import make_competency
from tests.factories.quizzes import ItemBankFactory, ItemFactory, in_both, keys, rewrite
from tests.quizzes.items.samples import SPECS

pytestmark = pytest.mark.django_db

FILES = {"pic": b"\x89PNG picture"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_item_of_every_kind_reads_as_it_was_written(kind):
    make_competency("T-1")
    spec = with_catalogue(
        read_item(SPECS[kind]),
        code="x-1",
        name="Name",
        tags=["a", "b"],
        category=["Care/Home", "Visits"],
        competency="T-1",
        cognitive_level="apply",
        difficulty="hard",
    )

    item = services.write_item(spec, bank=ItemBankFactory(), files=FILES)

    item.refresh_from_db()
    read = services.item_spec(item)
    token = {media.key for media in read.media}
    assert len(token) == len(spec.media)
    assert read.model_dump(exclude={"media", "image", "choices"}) == spec.model_dump(
        exclude={"media", "image", "choices"}
    )
    assert (item.kind, item.points, item.category) == (kind, spec.points, "Care//Home/Visits")
    assert str(item)


def test_write_twice_makes_one_version():
    item = ItemFactory()
    first = item.current_version

    rewrite(item)
    rewrite(item, stem=in_both("Other"))
    rewrite(item, stem=in_both(f"Question {item.code}?"))

    item.refresh_from_db()
    assert item.current_version == first
    assert ItemVersion.objects.filter(item=item).count() == 2


def test_catalogue_changes_without_a_new_version():
    item = ItemFactory()

    rewrite(item, tags=["new"], difficulty="easy")

    item.refresh_from_db()
    assert (item.tags, item.difficulty, item.versions.count()) == (["new"], "easy", 1)


def test_text_with_gaps_is_called_by_its_text():
    item = services.write_item(read_item(SPECS["cloze"]), bank=ItemBankFactory(), code="gaps")

    assert item.stem["en"] == "A ____, ____ and ____."


def test_file_is_kept_once_under_a_key_that_cannot_be_guessed():
    spec = read_item(SPECS["hotspot"] | {"stem": in_both("See ![it](media:pic)")})
    bank = ItemBankFactory()

    one = services.write_item(spec, bank=bank, code="one", files=FILES)
    two = services.write_item(spec, bank=bank, code="two", files=FILES)

    kept = ItemMedia.objects.get()
    assert len(kept.token) == 27
    with kept.file.open() as handle:
        assert handle.read() == FILES["pic"]
    for item in (one, two):
        question = item.current_version.question
        assert (question["image"], question["media"]) == (kept.token, [{"key": kept.token, "type": "image/png"}])
        assert question["stem"]["en"] == f"See ![it](media:{kept.token})"


def test_file_that_is_kept_needs_no_bytes_again():
    item = services.write_item(read_item(SPECS["hotspot"]), bank=ItemBankFactory(), code="one", files=FILES)

    rewrite(item, stem=in_both("Where now?"))

    assert ItemMedia.objects.count() == 1


def test_file_without_bytes_is_refused_and_nothing_written():
    with pytest.raises(InvalidItem, match=r"secret-name\.png is missing"):
        services.write_item(read_item(SPECS["hotspot"]), bank=ItemBankFactory(), code="one")
    assert (Item.objects.count(), ItemVersion.objects.count()) == (0, 0)


def test_file_that_is_too_large_is_refused():
    with pytest.raises(InvalidItem, match="larger than 20 MB"):
        services.write_item(
            read_item(SPECS["hotspot"]), bank=ItemBankFactory(), code="one", files={"pic": b"x" * 20_000_001}
        )


def test_unknown_competency_is_refused():
    spec = with_catalogue(read_item(SPECS["essay"]), competency="NOPE")

    with pytest.raises(InvalidItem, match="NOPE is not on this site"):
        services.write_item(spec, bank=ItemBankFactory(), code="one")


def test_new_item_is_a_draft_unless_it_was_approved():
    bank = ItemBankFactory()

    draft = services.write_item(read_item(SPECS["essay"]), bank=bank, code="one")
    approved = services.write_item(read_item(SPECS["essay"]), bank=bank, code="two", review_state="approved")

    assert (draft.review_state, approved.review_state) == ("draft", "approved")


def test_copy_item_says_the_same_under_another_code():
    item = ItemFactory(choices=[("a", True, "why"), ("b", False)], feedback=in_both("again"))

    copy = services.copy_item(item, code="copied")

    assert (copy.code, copy.stem, copy.bank) == ("copied", item.stem, item.bank)
    assert copy.key != item.key
    assert copy.current_version != item.current_version
    assert copy.current_version.spec == item.current_version.spec
    assert keys(copy, "a", "b") == keys(item, "a", "b")


def test_copy_of_an_item_without_content():
    item = Item.objects.create(bank=ItemBankFactory(), code="empty", stem=in_both("?"))

    with pytest.raises(InvalidItem, match="no content yet"):
        services.copy_item(item, code="copied")


def test_archive_item_twice_keeps_the_first_moment(now):
    item = ItemFactory()
    services.archive_item(item, now=now)

    assert services.archive_item(item, now=now + timedelta(days=1)).archived_at == now
    assert services.restore_item(item).archived_at is None
    assert services.restore_item(item).archived_at is None


def test_short_text_that_is_accepted_twice_is_refused_where_it_is_written():
    with pytest.raises(InvalidItem, match="“Promotora” is accepted twice"):
        ItemFactory(kind="short_text", answers=[{"text": "promotora"}, {"text": "Promotora"}])

    assert not Item.objects.exists()
