"""Items brought in from files: every one is told of, the same file twice changes nothing, a dry run writes nothing."""

import base64
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quizzes import items
from quizzes.errors import ItemFileError
from quizzes.importing import import_items
from quizzes.models import Item, ItemBank, ItemMedia, ItemVersion
from quizzes.services import archive_item, item_spec
from tests.quizzes.formats.specs import PNG, SAMPLES
from tests.quizzes.formats.test_moodle_xml import PICTURE, TWO, question, quiz

pytestmark = pytest.mark.django_db

GIFT = b"""// [id:Q-1]
::One::Is it so? {T}

::bad::Which? {=a ~b

[html]<u>Which?</u> {=a ~b}

Which? {=c ~d}

Which? {=c ~d}
"""
WITH_PICTURE = quiz(
    question(
        "multichoice", "<idnumber>P-1</idnumber>" + TWO, text='<img src="@@PLUGINFILE@@/a.png" alt="map">'
    ).replace("</questiontext>", f'<file name="a.png" encoding="base64">{PICTURE}</file></questiontext>')
).encode()


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def bring(content=GIFT, **options):
    return import_items(content, **{"format": "gift", "bank": "First aid", **options})


def rows():
    models = (ItemBank, Item, ItemVersion, ItemMedia)
    return [list(model.objects.order_by("pk").values()) for model in models]


def actions(report):
    return [(line.id, line.line, line.action) for line in report.lines]


def test_every_item_is_imported_or_refused_and_what_was_changed_is_told():
    report = bring()

    bank = ItemBank.objects.get()
    assert (bank.code, bank.name) == ("First-aid", {"en": "First aid"})
    assert [action for _id, _line, action in actions(report)] == [
        "created", "refused", "created", "created", "created",
    ]  # fmt: skip
    answer = report.as_json()
    assert (answer["read"], answer["imported"], len(answer["refused"])) == (5, 4, 1)
    assert [entry["id"] for entry in answer["refused"]] == ["bad"]
    assert answer["changed"] == [{"id": "line 6", "what": "Left out of the text: <u>."}]
    assert item_spec(Item.objects.get(code="Q-1")).stem == {"en": "Is it so?"}
    # What nobody has looked at yet is a draft.
    assert set(Item.objects.values_list("review_state", flat=True)) == {"draft"}


def test_same_file_twice_changes_nothing():
    bring()
    before = rows()

    report = bring()

    assert {line.action for line in report.lines} == {"unchanged", "refused"}
    assert rows() == before


def test_item_keeps_its_code_when_the_file_grows_above_it():
    bring()
    codes = set(Item.objects.values_list("code", flat=True))

    bring(b"A new one? {F}\n\n" + GIFT)

    assert codes < set(Item.objects.values_list("code", flat=True))
    assert Item.objects.count() == 5


def test_dry_run_writes_nothing_and_says_what_would_be():
    dry = bring(dry_run=True)
    nothing = rows()
    done = bring()

    assert nothing == [[], [], [], []]
    assert (dry.lines, dry.digest) == (done.lines, done.digest)


def test_dry_run_keeps_no_file(settings):
    bring(WITH_PICTURE, format="moodle-xml", dry_run=True)

    assert not settings.MEDIA_ROOT.exists()


def test_pictures_come_along_once():
    bring(WITH_PICTURE, format="moodle-xml")
    report = bring(WITH_PICTURE, format="moodle-xml")

    media = ItemMedia.objects.get()
    spec = item_spec(Item.objects.get(code="P-1"))
    with media.file.open() as opened:
        assert (opened.read(), media.name) == (PNG, "a.png")
    assert spec.stem == {"en": f"![map](media:{media.token})"}
    assert [line.action for line in report.lines] == ["unchanged"]


def test_other_picture_of_the_same_name_is_a_change():
    bring(WITH_PICTURE, format="moodle-xml")
    other = WITH_PICTURE.replace(PICTURE.encode(), base64.b64encode(PNG + b"!"))

    report = bring(other, format="moodle-xml")

    assert [line.action for line in report.lines] == ["changed"]


def test_table_that_names_a_file_that_is_not_here_has_its_row_refused():
    media = [{"key": "gone", "name": "a.png", "type": "image/png"}]
    item = {"kind": "essay", "code": "Q", "stem": {"en": "![x](media:gone)"}, "media": media}

    report = bring(b"item\n" + ('"' + json.dumps(item).replace('"', '""') + '"').encode(), format="csv", dry_run=True)

    assert [(line.action, "a.png" in line.what[0]) for line in report.lines] == [("refused", True)]


def test_changed_item_gets_a_new_version_under_its_code():
    bring()
    item = Item.objects.get(code="Q-1")

    report = bring(b"// [id:Q-1]\nIs it still so? {T}")

    assert [line.action for line in report.lines] == ["changed"]
    assert item_spec(Item.objects.get(pk=item.pk)).stem == {"en": "Is it still so?"}
    assert item.versions.count() == 2


def test_archived_item_stays_so_and_it_is_told():
    bring()
    archive_item(Item.objects.get(code="Q-1"))

    report = bring()

    assert report.lines[0].what == ("It is archived here, and stays so.",)


def test_code_of_another_bank_is_not_taken_away():
    bring(b"// [id:Q-1]\nIs it so? {T}", bank="One")

    report = bring(b"// [id:Q-1]\nIs it so? {T}", bank="Two")
    again = bring(b"// [id:Q-1]\nIs it so? {T}", bank="Two")

    assert sorted(Item.objects.values_list("bank__code", "code")) == [("One", "Q-1"), ("Two", "Two.Q-1")]
    assert report.lines[0].what == ("Its code Q-1 is taken: it became Two.Q-1.",)
    assert [line.action for line in again.lines] == ["unchanged"]


def test_same_identifier_twice_in_a_file_makes_two_items():
    bring(b"// [id:Q]\nOne? {T}\n\n// [id:Q]\nTwo? {T}")

    assert sorted(Item.objects.values_list("code", flat=True)) == ["Q", "Q-2"]


def test_bank_is_found_by_its_name_in_any_language():
    ItemBank.objects.create(code="FA", name={"en": "First aid", "es": "Primeros auxilios"})

    assert bring(bank="primeros Auxilios").bank == "FA"
    assert ItemBank.objects.count() == 1


def test_number_of_queries_of_a_plan_does_not_grow(django_assert_num_queries):
    bring()
    for count in (1, 3):
        content = b"\n\n".join(b"Number %d? {T}" % number for number in range(count))
        with django_assert_num_queries(6):
            bring(content, dry_run=True)


def test_file_that_cannot_be_read_writes_nothing():
    with pytest.raises(ItemFileError):
        bring(b"<quiz>", format="moodle-xml")

    assert rows() == [[], [], [], []]


# --- Commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path):
    """Run import_items on bytes; return what it wrote, what it complained of, and its exit status."""

    def run(content=GIFT, *, format="gift", **options):
        path = tmp_path / "file.txt"
        path.write_bytes(content)
        out, err, status = StringIO(), StringIO(), 0
        try:
            call_command("import_items", str(path), format=format, bank="First aid", stdout=out, stderr=err, **options)
        except CommandError as error:
            status = error.returncode
            err.write(str(error))
        return out.getvalue(), err.getvalue(), status

    return run


def test_command_answers_in_json(command):
    out, err, status = command(json=True)

    answer = json.loads(out)
    assert (err, status, sorted(answer)) == ("", 0, ["changed", "imported", "read", "refused"])
    assert answer["read"] == answer["imported"] + len(answer["refused"]) == 5


def test_command_tells_each_item(command):
    out, _err, status = command()

    assert status == 0
    assert [line.split(":")[0] for line in out.splitlines()] == [
        "created", "refused", "created", "created", "created", "Read",
    ]  # fmt: skip


def test_command_with_a_dry_run_writes_nothing(command):
    command(dry_run=True)

    assert rows() == [[], [], [], []]


def test_command_fails_with_the_line_where_the_file_cannot_be_read(command):
    out, err, status = command(b"<quiz>\n<x></quiz>", format="moodle-xml", json=True)

    assert status == 2
    assert "line 2" in err
    assert json.loads(out) == {
        "read": 0, "imported": 0, "changed": [], "refused": [],
        "error": {"line": 2, "reason": "This is not well-formed XML."},
    }  # fmt: skip


def test_command_fails_where_there_is_no_file():
    with pytest.raises(CommandError) as caught:
        call_command("import_items", "/no/such/file", format="gift", bank="X")

    assert caught.value.returncode == 2


@pytest.mark.parametrize("format", ["gift", "moodle-xml", "qti", "csv", "xlsx"])
def test_exported_bank_comes_back_unchanged(format, tmp_path, command):
    bring(WITH_PICTURE, format="moodle-xml")
    bring(b"$CATEGORY: A/B\n\n// [id:Z] [tag:t]\n::Name::Is it so? {T#no#yes}\n\nWrite. {}")
    path = tmp_path / "out"

    call_command("export_items", bank="First-aid", format=format, output=path)
    report = bring(path.read_bytes(), format="csv" if format == "xlsx" else format)

    # GIFT holds no picture, and says so.
    expected = ["changed", "unchanged", "unchanged"] if format == "gift" else ["unchanged"] * 3
    assert sorted(line.action for line in report.lines) == expected


def test_export_tells_what_was_left_out(tmp_path):
    bring(WITH_PICTURE, format="moodle-xml")
    err = StringIO()

    call_command("export_items", bank="First aid", format="gift", output=tmp_path / "out", stderr=err)

    assert err.getvalue() == "P-1: Left out, because the format has no place for it: files.\n"


def test_export_of_a_bank_that_is_not_there_fails(tmp_path):
    with pytest.raises(CommandError) as caught:
        call_command("export_items", bank="X", format="gift", output=tmp_path / "out")

    assert caught.value.returncode == 2


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_samples_are_imported_whole():
    for path in [*SAMPLES.glob("gift/*.gift"), *SAMPLES.glob("moodle-xml/*.xml")]:
        report = bring(path.read_bytes(), format="gift" if path.suffix == ".gift" else "moodle-xml")
        assert (report.refused, len(report.imported) > 0) == ([], True), path.name
    specs = [item_spec(item) for item in Item.objects.select_related("current_version", "competency")]
    assert len(specs) == 43 + 5
    assert all(items.content_of(spec)["code"] for spec in specs)


def test_text_that_is_accepted_twice_is_kept_once_and_told():
    report = import_items(b"::one:: Who? {=promotora =Promotora =nurse}", format="gift", bank="First aid")

    assert [line.what for line in report.lines if line.what] == [
        ("“Promotora” is accepted twice: the first one was kept.",)
    ]
    assert [answer.text for answer in item_spec(Item.objects.get()).answers] == ["promotora", "nurse"]


@pytest.mark.parametrize("bank", ["", "  ", "\udcff"])
def test_bank_without_a_name_is_asked_for(bank, tmp_path):
    file = tmp_path / "a.gift"
    file.write_bytes(GIFT)

    with pytest.raises(CommandError) as caught:
        call_command("import_items", str(file), "--format", "gift", "--bank", bank)

    assert (caught.value.returncode, str(caught.value)) == (2, "The bank needs a name.")
    assert not ItemBank.objects.exists()
