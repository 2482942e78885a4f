"""Frameworks brought in from files: planned first, written whole or not at all, the same file twice changes nothing."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from curriculum import importing
from curriculum.errors import FrameworkFileError
from curriculum.importing import import_framework
from curriculum.models import Competency, CompetencyFramework, CompetencyLink, FrameworkUpload
from curriculum.services import load_frameworks
from tests.curriculum.formats.packages import DOCUMENT, association, content, item, item_id, package
from tests.factories.curriculum import CompetencyFactory, CompetencyFrameworkFactory

pytestmark = pytest.mark.django_db
CODE = "A-FRAMEWORK-D0000000"
TREE = {"A": None, "A.1": "A", "A.2": "A", "B": None}


def bring(value, **options):
    raw = value if isinstance(value, bytes) else content(value)
    return import_framework(raw, **{"file_name": "file.json", **options})


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (CompetencyFramework, Competency, CompetencyLink)]


def deeds(report):
    return [(line.action, line.code, line.fields) for line in report.lines]


def told(value, **options):
    with pytest.raises(FrameworkFileError) as caught:
        bring(value, **options)
    return [str(fault) for fault in caught.value.faults]


def test_framework_is_written_with_its_tree_identifiers_and_days():
    report = bring(package(TREE))

    framework = CompetencyFramework.objects.get()
    competencies = Competency.objects.order_by("sort_order")
    assert deeds(report) == [("created", CODE, ()), *(("created", code, ()) for code in TREE)]
    assert (framework.code, str(framework.identifier), framework.name) == (CODE, DOCUMENT, {"en": "A framework"})
    assert [(one.code, one.parent and one.parent.code, str(one.identifier)) for one in competencies] == [
        (code, parent, item_id(code)) for code, parent in TREE.items()
    ]
    assert {one.changed_at for one in [framework, *competencies]} == {datetime(2024, 3, 1, 12, tzinfo=UTC)}


def test_same_file_twice_changes_nothing_and_says_so():
    bring(package(TREE))
    before = rows()

    report = bring(package(TREE))

    assert (report.is_unchanged, report.unchanged, rows()) == (True, 4, before)


def test_dry_run_writes_nothing_and_says_what_would_be():
    dry = bring(package(TREE), dry_run=True)
    nothing = rows()
    done = bring(package(TREE))

    assert nothing == [[], [], []]
    assert (dry.lines, dry.digest, dry.is_dry_run, done.is_dry_run) == (done.lines, done.digest, True, False)


def test_changed_names_update_and_what_is_gone_is_archived(now):
    bring(package(TREE))
    value = package({"A": None, "A.1": "A", "C": None})
    value["CFItems"][0]["fullStatement"] = "Another statement"

    report = bring(value, now=now)

    assert deeds(report) == [
        ("changed", "A", ("name",)),
        ("created", "C", ()),
        ("archived", "A.2", ()),
        ("archived", "B", ()),
    ]
    assert dict(Competency.objects.values_list("code", "archived_at")) == {
        "A": None, "A.1": None, "A.2": now, "B": now, "C": None,
    }  # fmt: skip
    assert Competency.objects.get(code="A").name == {"en": "Another statement"}
    assert bring(value).is_unchanged


def test_what_comes_back_is_in_use_again():
    bring(package(TREE))
    bring(package({"A": None}))

    report = bring(package(TREE))

    assert [line.code for line in report.lines if line.action == "restored"] == ["A.1", "A.2", "B"]
    assert not Competency.objects.filter(archived_at__isnull=False).exists()


def test_tree_may_be_turned_upside_down():
    bring(package({"A": None, "B": "A", "C": "B"}))

    report = bring(package({"C": None, "B": "C", "A": "B"}))

    parents = dict(Competency.objects.values_list("code", "parent__code"))
    assert parents == {"C": None, "B": "C", "A": "B"}
    assert {line.code: "parent" in line.fields for line in report.lines} == {"A": True, "B": True, "C": True}
    assert bring(package({"C": None, "B": "C", "A": "B"})).is_unchanged


def test_children_move_below_a_parent_that_is_new():
    bring(package({"A": None, "B": None}))

    bring(package({"N": None, "A": "N", "B": "A"}))

    assert dict(Competency.objects.values_list("code", "parent__code")) == {"N": None, "A": "N", "B": "A"}


def test_other_languages_stay_when_a_file_speaks_one():
    bring(package(TREE))
    Competency.objects.filter(code="A").update(
        name={"en": "Statement A", "es": "Enunciado A"}, description={"es": "Más"}
    )
    CompetencyFramework.objects.update(name={"en": "A framework", "es": "Un marco"}, verification="verified")

    report = bring(package(TREE))
    value = package(TREE, title="New title")
    value["CFItems"][0]["fullStatement"] = "New"
    bring(value)

    assert report.is_unchanged
    assert Competency.objects.get(code="A").name == {"en": "New", "es": "Enunciado A"}
    assert Competency.objects.get(code="A").description == {"es": "Más"}
    framework = CompetencyFramework.objects.get()
    assert (framework.name, framework.verification) == ({"en": "New title", "es": "Un marco"}, "verified")


def test_code_that_the_publisher_changed_stays_because_hours_are_kept_under_it():
    bring(package({"A": None}))
    value = package({"A": None})
    value["CFItems"][0]["humanCodingScheme"] = "Z"

    report = bring(value)

    assert report.is_unchanged
    assert [str(line) for line in report.warnings] == ["Z: It is A here, and stays so: hours are kept under that code."]
    assert Competency.objects.get().code == "A"


def test_competency_known_by_code_takes_the_publishers_identifier():
    load_frameworks()
    value = package({"MA-1": None})
    value["CFItems"][0]["fullStatement"] = "Outreach Methods and Strategies"

    report = bring(value, code="MA-CHW")

    one = Competency.objects.get(code="MA-1")
    assert str(one.identifier) == item_id("MA-1")
    assert one.name["es"] == "Métodos y estrategias de acercamiento a la comunidad"
    assert ("changed", "MA-1", ("identifier", "changed_at")) in deeds(report)
    assert len(report.codes("archived")) == 9


def test_identifier_of_another_framework_is_refused_and_nothing_is_written():
    bring(package(TREE))
    before = rows()
    other = package({"A": None, "X": None}, identifier="e0000000-0000-4000-8000-000000000000", title="Other")

    assert told(other) == [f"A: It is already a competency of the framework {CODE}."]
    assert rows() == before


def test_code_that_another_identifier_has_is_refused():
    bring(package({"A": None, "B": None}))
    value = package({"A": None, "B": None})
    value["CFItems"].append(item("N", humanCodingScheme="B"))
    value["CFItems"][1]["humanCodingScheme"] = "C"

    assert told(value) == [f"B: Its code belongs to the competency {item_id('B')}."]


def test_made_code_that_is_taken_is_refused():
    CompetencyFrameworkFactory(code=CODE)

    assert told(package(TREE)) == [f"CFDocument: The code {CODE} belongs to another framework of this site."]


def test_wrong_code_of_ones_own_is_refused():
    assert told(package(TREE), code="no code") == ["“no code” is no code."]


def test_file_with_faults_writes_nothing():
    value = package(TREE)
    value["CFItems"][3].pop("fullStatement")

    assert told(value) == ["CFItems[4] (B).fullStatement: This is missing."]
    assert rows() == [[], [], []]


def test_links_become_proposals_once_and_never_confirmed():
    elsewhere = CompetencyFactory()
    value = package(TREE)
    for destination in (str(elsewhere.identifier), item_id("nowhere")):
        value["CFAssociations"].append(association(item_id("A"), destination, "exactMatchOf"))

    dry = bring(value, dry_run=True)
    report = bring(value)
    again = bring(value)

    link = CompetencyLink.objects.get()
    assert (dry.links_proposed, report.links_proposed, again.links_proposed, again.is_unchanged) == (1, 1, 0, True)
    assert (link.origin.code, link.destination, link.association) == ("A", elsewhere, "exactMatchOf")
    assert (link.is_confirmed, link.proposed_by, link.source) == (False, None, CODE)
    assert [str(line) for line in report.warnings] == [
        "CFAssociations: Links to competencies that are not on this site, and are not kept: 1."
    ]


def test_table_of_a_person_is_brought_in_twice():
    text = b"code,name,name_es,parent\nA,Listening,Escuchar,\nA.1,Asking back,Preguntar,A\n"

    first = bring(text, file_name="mine.csv")
    again = bring(text, file_name="mine.csv")

    assert (first.code, first.codes("created"), again.is_unchanged) == ("mine", ["A", "A.1"], True)
    assert Competency.objects.get(code="A.1").parent.code == "A"


@pytest.mark.parametrize("count", [1, 3])
def test_import_asks_as_often_for_three_competencies_as_for_one(count, django_assert_num_queries):
    tree = {f"C{number}": None for number in range(count)}
    # Wagtail keeps its index of references from the moment the CMS is loaded; Django asks for types once a process.
    reverse("competencyframework:index")
    bring(package({"Z": None}, identifier="e0000000-0000-4000-8000-000000000000", title="Another"))

    with django_assert_num_queries(17):
        bring(package(tree))
    with django_assert_num_queries(7):
        assert bring(package(tree)).is_unchanged


# --- Files that wait ----------------------------------------------------------------------------------------------


def test_upload_takes_the_place_of_the_one_before(learner):
    importing.keep_upload(learner, content=content(package(TREE)), file_name="one.json")
    importing.keep_upload(learner, content=content(package({"A": None})), file_name="two.json")

    assert importing.upload_of(learner).file_name == "two.json"
    assert FrameworkUpload.objects.count() == 1


def test_upload_that_cannot_be_read_is_not_kept(learner):
    with pytest.raises(FrameworkFileError):
        importing.keep_upload(learner, content=b"{}", file_name="one.json")

    assert importing.upload_of(learner) is None


def test_upload_is_dropped_twice(learner, stranger):
    importing.keep_upload(learner, content=content(package(TREE)), file_name="one.json")
    importing.keep_upload(stranger, content=content(package(TREE)), file_name="two.json")

    importing.drop_upload(learner)
    importing.drop_upload(learner)

    assert (importing.upload_of(learner), importing.upload_of(stranger).file_name) == (None, "two.json")


# --- The command --------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    def write(value, name="file.json"):
        path = tmp_path / name
        path.write_bytes(value if isinstance(value, bytes) else content(value))
        return str(path)

    return write


def test_command_tells_each_line(capsys, file):
    call_command("import_framework", file({**package({"A": None}), "CFRubrics": [1]}), "--dry-run")
    call_command("import_framework", file(package({"A": None})))
    call_command("import_framework", file(package({"A": None})))

    out, err = capsys.readouterr()
    assert out == (
        f"created: {CODE} A framework\ncreated: A Statement A\nNothing was written.\n"
        f"created: {CODE} A framework\ncreated: A Statement A\n"
        f"{CODE} is up to date: nothing changed.\n"
    )
    assert err == "Note: CFPackage: “CFRubrics” is not kept (1 times).\n"


def test_command_answers_in_json(capsys, file):
    call_command("import_framework", file(package(TREE)), "--json")
    capsys.readouterr()
    value = package({"A": None, "C": None})
    value["CFItems"][0]["fullStatement"] = "New"
    call_command("import_framework", file(value), "--json", "--dry-run")

    assert json.loads(capsys.readouterr().out) == {
        "status": "planned",
        "framework": {"code": CODE, "name": "A framework", "action": "unchanged"},
        "created": ["C"],
        "changed": [{"code": "A", "fields": ["name"]}],
        "archived": ["A.1", "A.2", "B"],
        "restored": [],
        "unchanged": 0,
        "links_proposed": 0,
        "refused": [],
        "warnings": [],
    }


def test_command_refuses_with_status_two_and_a_line_for_each_fault(capsys, file):
    value = package({"A": None, "B": None})
    value["CFItems"][0].pop("fullStatement")
    value["CFItems"][1]["humanCodingScheme"] = "A"
    lines = [
        "CFItems[1] (A).fullStatement: This is missing.",
        "CFItems[2] (A): The code “A” is already at CFItems[1] (A).",
    ]

    with pytest.raises(CommandError, match=r"Nothing was loaded. Faults: 2\.") as caught:
        call_command("import_framework", file(value))
    plain = capsys.readouterr()
    with pytest.raises(CommandError):
        call_command("import_framework", file(value), "--json")
    in_json = json.loads(capsys.readouterr().out)

    assert caught.value.returncode == 2
    assert (plain.out, plain.err.splitlines()) == ("", lines)
    assert (in_json["status"], [f"{one['where']}: {one['reason']}" for one in in_json["refused"]]) == ("refused", lines)


def test_command_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError) as caught:
        call_command("import_framework", str(tmp_path / "nothing.json"))

    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("name", "value", "format"),
    [
        ("a.json", b"code,name\n", "case"),
        ("a.csv", b'{"CFDocument": 3}', "case"),
        ("a.txt", b"code,name\n", "csv"),
        ("a", b"\xef\xbb\xbf [", "case"),
    ],
)
def test_format_is_seen_from_the_file(name, value, format):
    assert importing.guess_format(value, name) == format
