"""Reading a bundle: whole or not at all, every fault a sentence that names its place."""

import pytest
from django.utils.translation import override

from starter.bundles import BundleError, read_bundle, reading_words
from tests.factories import starter as make


def faults_of(folder) -> list[str]:
    with pytest.raises(BundleError) as caught:
        read_bundle(folder)
    return caught.value.faults


def test_read_bundle_whole(tmp_path):
    bundle = read_bundle(make.write_bundle(tmp_path))

    assert bundle.course.code == "small"
    assert [lesson.code for lesson in bundle.lessons] == ["small-1-1", "small-1-quiz"]
    assert bundle.lessons[0].activity_minutes == 5


def test_reading_words_counts_blocks_without_citations(tmp_path):
    part = make.module()
    part["lessons"][0]["blocks"] = [
        {"id": "a", "type": "text", "en": "One two three. [@src]", "es": "Uno dos."},
        {"id": "b", "type": "reflection", "prompt": {"en": "Four five?", "es": "¿Tres?"}},
    ]
    bundle = read_bundle(make.write_bundle(tmp_path, None, part))

    assert reading_words(bundle.lessons[0], "en") == 5
    assert reading_words(bundle.lessons[0], "es") == 3


def lesson_minutes_off(head, part):
    part["lessons"][0]["minutes"] = 9


def split_off(head, part):
    part["split"] = {"MA-8": 8, "MA-10": 5}


def course_minutes_off(head, part):
    head["minutes"] = 13


def picture_missing(head, part):
    part["lessons"][0]["blocks"][2]["file"] = "nowhere.svg"


def picture_outside(head, part):
    head["picture"]["file"] = "../modules/01.yaml"


def spanish_missing(head, part):
    del part["lessons"][0]["title"]["es"]


def key_mistyped(head, part):
    part["lessons"][0]["minuets"] = 3


def title_missing(head, part):
    del part["title"]


def two_right(head, part):
    part["lessons"][1]["quiz"]["items"][0]["choices"][1]["correct"] = True


def none_right(head, part):
    item = part["lessons"][1]["quiz"]["items"][0]
    item["type"] = "multiple_choice"
    item["choices"][0]["correct"] = False


def draws_too_many(head, part):
    part["lessons"][1]["quiz"]["draw"] = 4


def block_id_twice(head, part):
    part["lessons"][0]["blocks"][1]["id"] = "s-h"


def source_unknown(head, part):
    part["lessons"][0]["blocks"][1]["es"] = "Texto. [@otra]"


def check_without_answer(head, part):
    part["lessons"][0]["blocks"][8]["choices"][0]["correct"] = False


def choice_key_twice(head, part):
    part["lessons"][1]["quiz"]["items"][0]["choices"][1]["key"] = "a"


FAULTS = [
    (lesson_minutes_off, ["small-1: the lessons add up to 13 minutes, the module says 12."]),
    (split_off, ["small-1: the competencies add up to 13 minutes, the module says 12."]),
    (course_minutes_off, ["small: the modules add up to 12 minutes, the course says 13."]),
    (picture_missing, ["images/nowhere.svg: this picture is missing."]),
    (picture_outside, ["images/../modules/01.yaml: this picture is missing."]),
    (spanish_missing, ["modules/01.yaml: lessons.0.title: this text is missing in: es."]),
    (key_mistyped, ["modules/01.yaml: lessons.0.minuets: this key is not known here."]),
    (title_missing, ["modules/01.yaml: title: this is missing."]),
    (two_right, ["small-q1: exactly one answer must be right."]),
    (none_right, ["small-q1: at least one answer must be right."]),
    (draws_too_many, ["small-1-quiz: it draws 4 items and has 3."]),
    (block_id_twice, ["s-h: this block id is used 2 times."]),
    (source_unknown, ["small-1-1: the source otra is not in course.yaml."]),
    (check_without_answer, ["s-s: exactly one answer must be right."]),
    (choice_key_twice, ["small-q1: two answers have the same key."]),
]


@pytest.mark.parametrize(("spoil", "expected"), FAULTS, ids=[spoil.__name__ for spoil, _expected in FAULTS])
def test_read_bundle_names_the_fault(tmp_path, spoil, expected):
    head, part = make.course(), make.module()
    spoil(head, part)

    assert faults_of(make.write_bundle(tmp_path, head, part)) == expected


def test_read_bundle_names_every_fault_at_once(tmp_path):
    head, part = make.course(), make.module()
    course_minutes_off(head, part)
    picture_missing(head, part)
    draws_too_many(head, part)

    assert len(faults_of(make.write_bundle(tmp_path, head, part))) == 3


def test_read_bundle_speaks_the_readers_language(tmp_path):
    head, part = make.course(), make.module()
    course_minutes_off(head, part)

    with override("es"):
        faults = faults_of(make.write_bundle(tmp_path, head, part))

    assert faults == ["small: los módulos suman 12 minutos; el curso dice 13."]


def test_read_bundle_unreadable_yaml(tmp_path):
    root = make.write_bundle(tmp_path)
    (root / "modules" / "01.yaml").write_text("a: [1", encoding="utf-8")

    faults = faults_of(root)

    assert len(faults) == 1
    assert faults[0].startswith("modules/01.yaml: this is not readable YAML:")


def test_read_bundle_empty_folder(tmp_path):
    (tmp_path / "empty").mkdir()

    assert faults_of(tmp_path / "empty") == [
        "empty/course.yaml: this file is missing.",
        "empty: the bundle has no modules.",
    ]
