"""Frameworks written out: valid to the official schema, and the same bytes after a journey through another site."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jsonschema
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curriculum.crosswalks import confirm_link, propose_link, withdraw_link
from curriculum.exporting import branches, export_framework
from curriculum.fields import Translated
from curriculum.formats.case_writing import identifier_of
from curriculum.importing import import_framework
from curriculum.models import Competency, CompetencyFramework
from curriculum.services import load_frameworks
from tests.curriculum.formats.packages import content, item_id, package
from tests.factories.curriculum import CompetencyFactory, CompetencyFrameworkFactory

pytestmark = pytest.mark.django_db
SCHEMA = (
    Path(__file__).resolve().parents[2].parent
    / "shared" / "samples" / "case" / "1edtech-official-case-v1p1-cfpackage.json"
)  # fmt: skip
needs_schema = pytest.mark.skipif(not SCHEMA.exists(), reason="the official schema is not here")


def validator():
    """The official schema, with identifiers and days checked for their form too."""
    checker = jsonschema.FormatChecker(formats=["uuid", "date"])

    @checker.checks("date-time", raises=ValueError)
    def is_moment(value):
        return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None

    return jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text()), format_checker=checker)


def faults(written):
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors(json.loads(written))]


def forget_all():
    Competency.objects.update(parent=None)
    Competency.objects.all().delete()
    CompetencyFramework.objects.all().delete()


def test_identifiers_of_our_own_are_the_same_for_ever(settings):
    framework = CompetencyFrameworkFactory(code="F")
    one = CompetencyFactory(framework=framework, code="A")
    CompetencyFramework.objects.update(code="G")
    settings.BASE_URL = "https://elsewhere.example"

    framework.refresh_from_db()
    framework.save()

    assert framework.identifier == identifier_of("http://localhost:8000", "CFDocuments", "F")
    assert one.identifier == identifier_of("http://localhost:8000", "CFItems", "F", "A")
    assert one.identifier.version == 5


@needs_schema
def test_schema_finds_what_is_wrong():
    load_frameworks()
    value = json.loads(export_framework("MA-CHW", format="case"))
    value["CFItems"][0]["colour"] = "red"
    value["CFItems"][1]["lastChangeDateTime"] = "2024-03-01T12:00:00"
    value["CFItems"][2]["identifier"] = "no"

    assert len(faults(json.dumps(value))) == 3


@needs_schema
def test_every_shipped_framework_is_valid():
    load_frameworks()

    codes = CompetencyFramework.objects.values_list("code", flat=True)

    assert {code: faults(export_framework(code, format="case")) for code in codes} == {
        code: [] for code in ("C3-ROLES", "C3-SKILLS", "KY-CHW", "MA-CHW", "MD-CHW", "RI-CHW", "TX-CHW")
    }


def test_package_says_what_the_site_knows():
    load_frameworks()

    value = json.loads(export_framework("MA-CHW", format="case"))

    first = value["CFItems"][0]
    assert value["CFDocument"]["title"] == "Massachusetts core competencies for community health workers"
    assert [one["humanCodingScheme"] for one in value["CFItems"]] == [f"MA-{number}" for number in range(1, 11)]
    assert first["fullStatement"] == "Outreach Methods and Strategies"
    assert first["uri"] == f"http://localhost:8000/ims/case/v1p1/CFItems/{first['identifier']}"
    assert first["extensions"]["puente"]["verification"] == "verified"
    assert [(one["associationType"], one["sequenceNumber"]) for one in value["CFAssociations"]] == [
        ("isChildOf", number) for number in range(1, 11)
    ]


@needs_schema
def test_imported_package_goes_out_under_its_own_identifiers():
    import_framework(content(package({"A": None, "A.1": "A"})), file_name="a.json")

    written = export_framework("A-FRAMEWORK-D0000000", format="case")

    value = json.loads(written)
    assert faults(written) == []
    assert [one["identifier"] for one in value["CFItems"]] == [item_id("A"), item_id("A.1")]
    assert value["CFItems"][0]["lastChangeDateTime"] == "2024-03-01T12:00:00Z"
    assert value["CFAssociations"][1]["destinationNodeURI"]["identifier"] == item_id("A")


def test_code_that_was_made_is_not_given_out_as_the_publishers():
    value = package({"A": None})
    value["CFItems"][0].pop("humanCodingScheme")
    import_framework(content(value), file_name="a.json")

    written = export_framework("A-FRAMEWORK-D0000000", format="case")

    assert "humanCodingScheme" not in json.loads(written)["CFItems"][0]
    assert import_framework(written, file_name="b.json").is_unchanged


def test_archived_competency_says_since_when(now):
    one = CompetencyFactory(framework__code="F", archived_at=now)
    CompetencyFactory(framework=one.framework, parent=one, code="Z")

    value = json.loads(export_framework("F", format="case"))

    assert [item.get("statusEndDate") for item in value["CFItems"]] == ["2026-03-15", None]


def test_only_confirmed_links_go_out(learner, now):
    one, other = CompetencyFactory(framework__code="F", code="A"), CompetencyFactory(code="X")
    link = propose_link(one, other, association="exactMatchOf", note="Same words")

    def links():
        return [
            (entry["associationType"], entry["destinationNodeURI"]["identifier"], entry["notes"])
            for entry in json.loads(export_framework("F", format="case"))["CFAssociations"]
            if entry["associationType"] != "isChildOf"
        ]

    proposed = links()
    confirm_link(link, actor=learner, now=now)
    confirmed = links()
    withdraw_link(link, actor=learner, now=now)

    assert (proposed, confirmed, links()) == ([], [("exactMatchOf", str(other.identifier), "Same words")], [])


def test_file_of_this_site_changes_nothing_here_with_confirmed_links_too(learner):
    load_frameworks()
    link = propose_link(Competency.objects.get(code="MA-1"), Competency.objects.get(code="TX-1"))
    confirm_link(link, actor=learner)

    for format, name in (("case", "a.json"), ("csv", "a.csv")):
        written = export_framework("MA-CHW", format=format)
        assert import_framework(written, file_name=name).is_unchanged
        assert export_framework("MA-CHW", format=format) == written


def test_edit_of_the_standards_own_words_wins_over_our_extension():
    load_frameworks()
    value = json.loads(export_framework("MA-CHW", format="case"))
    value["CFItems"][0]["fullStatement"] = "Outreach, newly worded"
    value["CFItems"][0].pop("notes")

    report = import_framework(json.dumps(value).encode(), file_name="a.json")

    one = Competency.objects.get(code="MA-1")
    assert [(line.code, line.fields) for line in report.lines] == [("MA-1", ("name", "description"))]
    assert one.name == {"en": "Outreach, newly worded", "es": "Métodos y estrategias de acercamiento a la comunidad"}
    assert list(one.description) == ["es"]


# --- There and back -----------------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(
    str.strip
)
prose = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
moments = st.integers(1, 1_767_000_000_000_000).map(
    lambda us: datetime(1970, 1, 2, tzinfo=UTC) + timedelta(microseconds=us)
)


def texts(text, *, required):
    """By language: English alone, Spanish alone, both, or none where none is needed."""
    some = st.dictionaries(st.sampled_from(["en", "es"]), text.filter(bool), min_size=1 if required else 0)
    return some.map(lambda found: {code: found[code] for code in ("en", "es") if code in found})


# Made once: a strategy that is made anew for each competency is looked through anew for each.
COUNTS = st.integers(0, 9)
CODE = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.-]{0,6}", fullmatch=True)
CODES = {count: st.lists(CODE, min_size=count, max_size=count, unique=True) for count in range(10)}
PARENTS = {count: st.one_of(st.none(), st.sampled_from(range(count))) for count in range(1, 9)}
ENTRIES = st.fixed_dictionaries(
    {
        "name": texts(words, required=True),
        "statement": texts(prose, required=False),
        "description": texts(prose, required=False),
        "verification": st.sampled_from(["verified", "unverified"]),
        "source_url": st.sampled_from(["", "https://example.org/a?b=c&d"]),
        "archived_at": st.one_of(st.none(), moments),
        "changed_at": moments,
        "identifier": st.one_of(st.none(), st.uuids()),
        "sort_order": st.integers(0, 3),
    }
)


@st.composite
def trees(draw):
    """A framework as it could be in the database: a random tree, random texts in one or two languages."""
    return [
        {"code": code, "parent": draw(PARENTS[index]) if index else None, **draw(ENTRIES)}
        for index, code in enumerate(draw(CODES[draw(COUNTS)]))
    ]


def write_down(tree, head):
    framework = CompetencyFrameworkFactory(code="F", **head)
    made = []
    for entry in tree:
        parent = None if entry["parent"] is None else made[entry["parent"]]
        values = {**entry, "parent": parent, "framework": framework}
        made.append(CompetencyFactory(**values))
        Competency.objects.filter(pk=made[-1].pk).update(changed_at=entry["changed_at"])


@pytest.mark.parametrize("format", ["case", "csv"])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tree=trees(),
    head=st.fixed_dictionaries(
        {
            "name": texts(words, required=True),
            "notice": texts(prose, required=False),
            "publisher": prose.filter(lambda text: text.isprintable()),
            "version": st.sampled_from(["", "2024 (a)"]),
            "identifier": st.uuids(),
        }
    ),
)
def test_export_import_export_gives_the_same_bytes(format, tree, head):
    with transaction.atomic():
        write_down(tree, {**head, "name": Translated(head["name"])})
        written = export_framework("F", format=format)
        on_this_site = import_framework(written, file_name=f"x.{format}", format=format)
        forget_all()

        import_framework(written, file_name=f"x.{format}", format=format)
        again = export_framework("F", format=format)
        twice = import_framework(written, file_name=f"x.{format}", format=format)

        transaction.set_rollback(True)
    assert on_this_site.is_unchanged, on_this_site.lines
    assert again == written
    assert twice.is_unchanged, twice.lines
    if format == "case" and SCHEMA.exists():
        assert faults(written) == []


# --- The command, and trees to be shown ---------------------------------------------------------------------------


def test_command_writes_to_standard_output_or_a_file(capsys, tmp_path):
    load_frameworks()

    call_command("export_framework", "MA-CHW", "--format", "case")
    call_command("export_framework", "MA-CHW", "--format", "csv", "--output", str(tmp_path / "ma.csv"))

    assert capsys.readouterr().out.encode() == export_framework("MA-CHW", format="case")
    assert (tmp_path / "ma.csv").read_bytes() == export_framework("MA-CHW", format="csv")


def test_command_knows_no_other_framework(tmp_path):
    with pytest.raises(CommandError, match=r"There is no framework X on this site\.") as caught:
        call_command("export_framework", "X")

    assert caught.value.returncode == 2


@pytest.mark.parametrize("format", ["case", "csv"])
@pytest.mark.parametrize("count", [1, 3])
def test_export_asks_as_often_for_three_competencies_as_for_one(format, count, django_assert_num_queries):
    framework = CompetencyFrameworkFactory(code="F")
    CompetencyFactory.create_batch(count, framework=framework)

    with django_assert_num_queries(3):
        export_framework("F", format=format)


def test_branches_keep_what_belongs_to_a_competency_that_is_not_shown():
    top = CompetencyFactory(code="A")
    part = CompetencyFactory(code="A.1", framework=top.framework, parent=top)
    below = CompetencyFactory(code="A.1.1", framework=top.framework, parent=part)

    def shape(found):
        return [(branch.competency.code, shape(branch.parts)) for branch in found]

    assert shape(branches([top, part, below])) == [("A", [("A.1", [("A.1.1", [])])])]
    assert shape(branches([top, below])) == [("A", []), ("A.1.1", [])]


def test_uuid_of_a_saved_row_is_a_uuid():
    assert isinstance(CompetencyFactory().identifier, UUID)
