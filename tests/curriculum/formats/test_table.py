"""Frameworks as tables: our own, those of other programs, and those that are refused."""

from datetime import date

import pytest

from curriculum.errors import FrameworkFileError
from curriculum.formats import shapes
from curriculum.formats.shapes import CompetencyItem, FrameworkPackage
from curriculum.formats.table import COLUMNS, read_table, write_table


def read(text, name="my-list"):
    return read_table(text.encode() if isinstance(text, str) else text, name=name)


def told(text, name="my-list"):
    with pytest.raises(FrameworkFileError) as caught:
        read(text, name)
    return [str(fault) for fault in caught.value.faults]


def test_plain_table_of_a_person_is_read():
    reading = read("Code,Name,Parent\nA,Listening,\nA.1,Asking back,A\n")

    assert (reading.package.code, reading.package.name) == ("my-list", {"en": "my-list"})
    assert [(one.code, one.parent, one.name) for one in reading.package.competencies] == [
        ("A", "", {"en": "Listening"}),
        ("A.1", "A", {"en": "Asking back"}),
    ]
    assert [str(line) for line in reading.warnings] == [
        "The table has no row for the framework: it is called “my-list”."
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_of_other_countries_are_seen(delimiter):
    reading = read(delimiter.join(["code", "name_es"]) + "\r\n" + delimiter.join(["A", "Escuchar"]) + "\r\n")

    assert reading.package.competencies[0].name == {"es": "Escuchar"}


def test_children_may_stand_before_their_parents():
    reading = read("code,name,parent\nA.1,One,A\nA,All,\nA.2,Two,A\n")

    assert [one.code for one in reading.package.competencies] == ["A", "A.1", "A.2"]


def test_columns_of_opensalt_are_understood():
    reading = read(
        '"Identifier","fullStatement","Human Coding Scheme","Abbreviated Statement","Notes","Is Child Of"\n'
        '"Math","Everything","M","","",""\n"Math.F","Long text","M.F","Short","More","M"\n'
    )

    one = reading.package.competencies[1]
    assert (one.code, one.parent) == ("M.F", "M")
    assert (one.name, one.statement, one.description) == ({"en": "Short"}, {"en": "Long text"}, {"en": "More"})
    assert "line 2: “Math” is no UUID: it was left out." in [str(line) for line in reading.warnings]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ["The file is empty."]),
        (b"code,name\n\xe9,x\n", ["byte 11: This is not UTF-8 text. Save the table as “CSV UTF-8”."]),
        ('code,name\n"A,x\n', ["line 2: This is not CSV."]),
        ("a,b\n1,2\n", ["line 1: There is no column “code”.", "line 1: There is no column “name”."]),
        ("code,code,name\nA,B,C\n", ["line 1: The column “code” stands twice."]),
        ("code,name\nA,One\nA,Two\n", ["line 3 (A): The code “A” is already at line 2 (A)."]),
        ("code,name,parent\nA,One,B\n", ["line 2 (A): Its parent “B” is not in the file."]),
        ("code,name,parent\nA,One,B\nB,Two,A\n", ["line 2 (A): A circle of parents: A → B → A."]),
        ("code,name\n,One\nB,\n", ["line 2: It has no code.", "line 3 (B): It has no name."]),
        ("code,name,verification\nA,One,sure\n", ["line 2 (A): verification must be “verified” or “unverified”."]),
        ("code,name\nA,One,more\n", ["line 2: It has more cells than the table has columns."]),
        (
            "kind,code,name_en\nframework,X,F\nframework,Y,G\n",
            ["line 3: The table has a second row for a framework."],
        ),
        ("kind,code,name_en\nframework,X Y,F\n", ["line 2: “X Y” is no code."]),
        (
            "code,identifier,name\nA,11111111-1111-4111-8111-111111111111,x\nB,11111111-1111-4111-8111-111111111111,y\n",
            ["line 3 (B): The identifier 11111111-1111-4111-8111-111111111111 is already at line 2 (A)."],
        ),
        (b"x" * (shapes.MAX_BYTES + 1), ["The file is too large: at most 10 MB."]),
    ],
    ids=range(15),
)
def test_faults_are_told_with_their_line(text, lines):
    assert told(text) == lines


def test_file_without_a_name_to_call_it_by_is_refused():
    assert told("code,name\nA,One\n", name="…") == [
        "The table has no row for the framework, and its file no name to call it by."
    ]


def test_cells_that_would_run_as_formulas_are_made_harmless_and_come_back():
    names = ["=1+1", "'=1+1", "+a", "-a", "@a", "\ta", "'tis", "''x"]
    framework = FrameworkPackage(
        code="F",
        name={"en": "F"},
        competencies=tuple(
            CompetencyItem(code=f"C{index}", name={"en": name}, archived_on=date(2026, 1, 2))
            for index, name in enumerate(names)
        ),
    )

    written = write_table(framework)
    again = read_table(written, name="x").package

    cells = [row.split(",")[COLUMNS.index("name_en")].strip('"') for row in written.decode().split("\r\n")[2:-1]]
    assert cells == ["'=1+1", "''=1+1", "'+a", "'-a", "'@a", "'\ta", "'tis", "''x"]
    assert [one.name["en"] for one in again.competencies] == names
    assert {one.archived_on for one in again.competencies} == {date(2026, 1, 2)}
