"""CASE packages read: real files with their blemishes, and those that are refused as a whole."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from curriculum.errors import FrameworkFileError
from curriculum.files import code_validator
from curriculum.formats import shapes
from curriculum.formats.case import looks_like_case, read_case
from curriculum.formats.shapes import made_code
from tests.curriculum.formats.packages import DOCUMENT, association, content, end, item, item_id, package

TODAY = date(2026, 3, 15)
SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "samples" / "case"
TREE = {"A": None, "A.1": "A", "A.2": "A", "B": None}


def read(value):
    return read_case(value if isinstance(value, bytes) else content(value), today=TODAY)


def told(value):
    """The lines that refuse a file."""
    with pytest.raises(FrameworkFileError) as caught:
        read(value)
    return [str(fault) for fault in caught.value.faults]


def warned(value):
    return [str(warning) for warning in read(value).warnings]


def changed(change, tree=None):
    value = package(tree or TREE)
    change(value)
    return value


def competency(value, code):
    return next(item for item in read(value).package.competencies if item.code == code)


# --- What is understood -------------------------------------------------------------------------------------------


def test_package_is_read_with_its_tree_without_a_warning():
    reading = read(package(TREE, publisher="A board", creator="A board", version="2", language="en-US"))

    framework = reading.package
    assert reading.warnings == ()
    assert (framework.name, framework.publisher, framework.version) == ({"en": "A framework"}, "A board", "2")
    assert (framework.code, framework.is_code_made) == ("A-FRAMEWORK-D0000000", True)
    assert framework.source_url == f"https://publisher.example/ims/case/v1p1/CFDocuments/{DOCUMENT}"
    assert framework.changed_at == datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert [(one.code, one.parent, one.name) for one in framework.competencies] == [
        ("A", "", {"en": "Statement A"}),
        ("A.1", "A", {"en": "Statement A.1"}),
        ("A.2", "A", {"en": "Statement A.2"}),
        ("B", "", {"en": "Statement B"}),
    ]
    assert str(framework.competencies[0].identifier) == item_id("A")


def test_order_of_the_file_does_not_matter():
    value = changed(lambda v: (v["CFItems"].reverse(), v["CFAssociations"].reverse()))

    assert read(value).package.competencies == read(package(TREE)).package.competencies


def test_sequence_numbers_order_siblings_and_list_enumerations_those_without():
    value = package({"A": None, "B": None, "C": None, "D": None})
    for entry, number in zip(value["CFAssociations"], [2, 1, None, None], strict=True):
        entry.pop("sequenceNumber")
        if number:
            entry["sequenceNumber"] = number
    for entry, enumeration in zip(value["CFItems"], ["", "", "10", "9"], strict=True):
        entry["listEnumeration"] = enumeration

    assert [one.code for one in read(value).package.competencies] == ["B", "A", "D", "C"]


def test_long_statement_gets_a_name_and_stays_whole():
    full = "Word " * 60 + "end"
    value = changed(lambda v: v["CFItems"][0].update(fullStatement=full))

    one = competency(value, "A")

    assert one.statement == {"en": full}
    assert len(one.name["en"]) <= shapes.MAX_NAME
    assert one.name["en"].endswith("Word…")


def test_abbreviated_statement_is_the_name():
    value = changed(lambda v: v["CFItems"][0].update(abbreviatedStatement="Short", notes="A\nnote"))

    one = competency(value, "A")

    assert (one.name, one.statement, one.description) == ({"en": "Short"}, {"en": "Statement A"}, {"en": "A\nnote"})


def test_language_of_the_document_and_of_an_item():
    value = package(TREE, language="es")
    value["CFItems"][1]["language"] = "en"

    reading = read(value)

    names = [list(one.name) for one in reading.package.competencies]
    assert (list(reading.package.name), names) == (["es"], [["es"], ["en"], ["es"], ["es"]])


def test_end_date_that_has_passed_archives():
    value = changed(lambda v: v["CFItems"][0].update(statusEndDate="2026-03-15"))
    value["CFItems"][1]["statusEndDate"] = "2026-03-16"

    reading = read(value)

    assert [one.archived_on for one in reading.package.competencies] == [date(2026, 3, 15), None, None, None]
    assert [str(line) for line in reading.warnings] == [
        "CFItems[2] (A.1).statusEndDate: It ends on a day to come: archive it then."
    ]


def test_relations_to_other_frameworks_are_links():
    other = item_id("elsewhere")
    value = changed(
        lambda v: v["CFAssociations"].append(association(item_id("A"), other, "exactMatchOf", notes="Same"))
    )
    value["CFAssociations"].append(association(item_id("A"), item_id("B"), "precedes"))

    reading = read(value)

    assert [(one.origin, one.association, str(one.destination), one.note) for one in reading.package.links] == [
        ("A", "exactMatchOf", other, "Same")
    ]
    assert [str(line) for line in reading.warnings] == ["CFAssociations: Relations “precedes” that are not kept: 1."]


# --- Blemishes that are mended, each with a line ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            lambda v: v["CFItems"][0].update(lastChangeDateTime="2024-03-01T12:00:00"),
            ["CFItems[1] (A).lastChangeDateTime: The time zone is missing: UTC was taken."],
        ),
        (
            lambda v: v["CFItems"][0].update(lastChangeDateTime="yesterday"),
            ["CFItems[1] (A).lastChangeDateTime: “yesterday” is not a moment: it was left out."],
        ),
        (lambda v: v["CFItems"][0].pop("lastChangeDateTime"), ["CFItems[1] (A).lastChangeDateTime: This is missing."]),
        (
            lambda v: v["CFItems"][0].update(lastChangeDateTime="0001-01-01T00:00:00+14:00"),
            ["CFItems[1] (A).lastChangeDateTime: “0001-01-01T00:00:00+14:00” is not a moment: it was left out."],
        ),
        (
            lambda v: v["CFItems"][0].update(educationalLevel="06", colour="red"),
            ["CFItems: “colour” is not kept (1 times).", "CFItems: “educationalLevel” is not kept (1 times)."],
        ),
        (lambda v: v["CFItems"][0].update(colour=None, subject=[]), []),
        (
            lambda v: v["CFItems"][0].update(fullStatement="Area &amp; <b>scope</b>"),
            ["CFItems[1] (A).fullStatement: HTML was turned into plain text."],
        ),
        (
            lambda v: v["CFItems"][0].update(fullStatement="a\u0000b\ud800"),
            ["CFItems[1] (A).fullStatement: Characters that cannot be shown were taken out."],
        ),
        (
            lambda v: v["CFItems"][0].update(humanCodingScheme="K.CC (A) 1"),
            ["CFItems[1].humanCodingScheme: The code “K.CC (A) 1” is written “K.CC-A-1” here."],
        ),
        (
            lambda v: v["CFItems"][0].pop("humanCodingScheme"),
            [f"CFItems[1]: It has no code: “{made_code(UUID(item_id('A')))}” was made."],
        ),
        (
            lambda v: v["CFItems"][0].update(humanCodingScheme=7),
            ["CFItems[1].humanCodingScheme: A number was taken as text."],
        ),
        (
            lambda v: v["CFItems"][0].update(identifier=item_id("A").upper()),
            ["CFItems[1].identifier: The identifier was written in the usual form."],
        ),
        (
            lambda v: v["CFAssociations"][0].update(associationType="Is Child Of"),
            ["CFAssociations[1].associationType: “Is Child Of” was taken as “isChildOf”."],
        ),
        (
            lambda v: v["CFAssociations"][0].update(sequenceNumber="1"),
            ["CFAssociations[1].sequenceNumber: A text was taken as a number."],
        ),
        (
            lambda v: v["CFAssociations"].pop(),
            ["CFAssociations: Competencies that belong nowhere and stand at the top: 1."],
        ),
        (
            lambda v: v["CFAssociations"].append(association(item_id("A.1"), item_id("B"))),
            ["CFAssociations[5]: A.1 has more than one parent: the first, A, is kept."],
        ),
        (lambda v: v["CFDocument"].update(language="fr"), [
            "CFDocument.language: This site has no language “fr”: the texts stand as English."
        ]),
        (lambda v: v["CFDocument"].update(adoptionStatus="Private Draft"), [
            "CFDocument.adoptionStatus: Its publisher calls it “Private Draft”. Here everybody can read it."
        ]),
        (lambda v: v["CFDocument"].update(publisher="B"), [
            "CFDocument.creator: “A publisher” is not kept: the publisher is."
        ]),
        (lambda v: v.update(CFRubrics=[{}]), ["CFPackage: “CFRubrics” is not kept (1 times)."]),
        (lambda v: v.update(CFDefinitions={"CFItemTypes": [{}, {}], "CFSubjects": []}), [
            "CFDefinitions: “CFItemTypes” is not kept (2 times)."
        ]),
    ],
)  # fmt: skip
def test_blemish_is_mended_with_a_line(change, lines):
    assert warned(changed(change)) == lines


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Area &amp; <b>scope</b>", "Area & scope"),
        ("<p>One</p><ul><li>two</li><li>three</li></ul>", "One - two - three"),
        ("x<sup>2</sup>", "x^2"),
        ("x < y and z > w", "x < y and z > w"),
        ("x<y and z>w", "x<y and z>w"),
        ("5 &lt; 6", "5 < 6"),
        ("<script>alert(1)</script>ok", "ok"),
        ("R&D; AT&T", "R&D; AT&T"),
        ("  two \t spaces\u00a0 ", "two spaces"),
        ("𝑑 and 🙂", "𝑑 and 🙂"),
        ("$x = {-b \\pm \\sqrt{b^2-4ac} \\over 2a}$", "$x = {-b \\pm \\sqrt{b^2-4ac} \\over 2a}$"),
    ],
)
def test_statement_is_read_as_plain_text(written, read_as):
    value = changed(lambda v: v["CFItems"][0].update(fullStatement=written))

    assert competency(value, "A").name == {"en": read_as}


def test_mended_codes_stay_different():
    value = changed(
        lambda v: [
            one.update(humanCodingScheme=code)
            for one, code in zip(v["CFItems"], ["A 1", "A-1", "A(1)", "B"], strict=True)
        ]
    )

    codes = [one.code for one in read(value).package.competencies]

    assert codes[1] == "A-1"
    assert len(set(codes)) == 4
    assert all(shapes.is_code(code) for code in codes)


def test_codes_are_those_the_database_takes():
    assert shapes.CODE_PATTERN.pattern == code_validator.regex.pattern.removeprefix("^").removesuffix("$")


def test_wrapped_package_with_a_byte_order_mark_is_read():
    value = b"\xef\xbb\xbf" + content({"CFPackage": package(TREE)})

    assert looks_like_case(value)
    assert warned(value) == ["CFPackage: The package was wrapped in another object."]


def test_ends_may_be_addresses():
    value = package(TREE)
    for entry in value["CFAssociations"]:
        for key in ("originNodeURI", "destinationNodeURI"):
            entry[key] = f"https://publisher.example/uri/{entry[key]['identifier']}"

    assert read(value).package.competencies == read(package(TREE)).package.competencies


# --- Refused, with the place and the reason -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (b"", "line 1, column 1: This is not JSON."),
        (b"{", "line 1, column 2: This is not JSON."),
        (b"\xff\xfe{}", "byte 1: This is not UTF-8 text."),
        (b"[" * 200_000, "This JSON is nested too deeply, or has a number that is too long."),
        (b'{"a": ' + b"9" * 5000 + b"}", "This JSON is nested too deeply, or has a number that is too long."),
        (b'{"CFDocument": {}, "CFDocument": {}}', "“CFDocument” stands twice in one object."),
        (b"[]", "This is no CASE package: it must be a JSON object with a CFDocument."),
        (b"{}", "This is no CASE package: there is no CFDocument."),
        (b'{"CFDocument": 3}', "This is no CASE package: CFDocument must be an object."),
        (b'{"CFDocuments": []}', "This is a list of CASE documents: a package (CFPackage) of one document is needed."),
        (b'{"document": {}}', "This is the form of another program (“document”), not a CASE package."),
        (b'{"imsx_codeMajor": "failure"}', "This is the error message of a CASE server, not a package."),
        (b'{"$schema": "x", "title": "y"}', "This is a JSON Schema, not a CASE package."),
        (content(item("A")), "This is one CASE item, not a package: its CFDocument is missing."),
        (
            content(package({})["CFDocument"]),
            "This is one CASE document without its items: a package (CFPackage) is needed.",
        ),
        (b" " * (shapes.MAX_BYTES + 1), "The file is too large: at most 10 MB."),
    ],
    ids=range(16),
)  # fmt: skip
def test_other_documents_are_refused_by_name(value, line):
    assert told(value) == [line]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (lambda v: v["CFItems"][0].pop("identifier"), [
            "CFItems[1].identifier: This is missing.",
            f"CFAssociations[1]: The child {item_id('A')} is not in the file.",
            f"CFAssociations[2]: The parent {item_id('A')} of A.1 is not in the file.",
            f"CFAssociations[3]: The parent {item_id('A')} of A.2 is not in the file.",
        ]),
        (lambda v: v["CFItems"][0].update(identifier="A"), ["CFItems[1].identifier: “A” is no UUID.", *[
            f"CFAssociations[1]: The child {item_id('A')} is not in the file.",
            f"CFAssociations[2]: The parent {item_id('A')} of A.1 is not in the file.",
            f"CFAssociations[3]: The parent {item_id('A')} of A.2 is not in the file.",
        ]]),
        (lambda v: v["CFItems"][1].update(humanCodingScheme="A"), [
            "CFItems[2] (A): The code “A” is already at CFItems[1] (A)."
        ]),
        (lambda v: v["CFItems"].append(item("C", identifier=item_id("B"))), [
            f"CFItems[5] (C): The identifier {item_id('B')} is already at CFItems[4] (B)."
        ]),
        (lambda v: v["CFItems"][0].update(fullStatement=" "), ["CFItems[1] (A).fullStatement: This is missing."]),
        (lambda v: v["CFItems"][0].update(fullStatement=["x"]), [
            "CFItems[1] (A).fullStatement: This must be a text.", "CFItems[1] (A).fullStatement: This is missing."
        ]),
        (lambda v: v["CFItems"].append(3), ["CFItems[5]: This must be an object."]),
        (lambda v: v.update(CFItems={}), ["CFItems: This must be a list.", *[
            f"CFAssociations[{n}]: The child {item_id(c)} is not in the file." for n, c in enumerate(TREE, start=1)
        ]]),
        (lambda v: v["CFDocument"].pop("identifier"), ["CFDocument.identifier: This is missing.", *[
            f"CFAssociations[{n}]: The parent {DOCUMENT} of {c} is not in the file." for n, c in ((1, "A"), (4, "B"))
        ]]),
        (lambda v: v["CFDocument"].pop("title"), ["CFDocument.title: This is missing."]),
        (lambda v: v["CFAssociations"][1].update(destinationNodeURI=end(item_id("Z"))), [
            f"CFAssociations[2]: The parent {item_id('Z')} of A.1 is not in the file."
        ]),
        (lambda v: v["CFAssociations"][1].update(originNodeURI=end(item_id("Z"))), [
            f"CFAssociations[2]: The child {item_id('Z')} is not in the file."
        ]),
        (lambda v: v["CFAssociations"][1].pop("originNodeURI"), [
            "CFAssociations[2].originNodeURI: This names nothing: a UUID is needed."
        ]),
        (lambda v: v["CFAssociations"][0].update(destinationNodeURI=end(item_id("A.1"))), [
            "CFItems[1] (A): A circle of parents: A → A.1 → A."
        ]),
        (lambda v: v["CFAssociations"][3].update(destinationNodeURI=end(item_id("B"))), [
            "CFItems[4] (B): A circle of parents: B → B."
        ]),
        (lambda v: v["CFItems"][0].update(extensions={"puente": 3}), [
            "CFItems[1] (A).extensions.puente: This must be an object."
        ]),
        (lambda v: v["CFItems"][0].update(extensions={"puente": {"name": {"en": 3}}}), [
            "CFItems[1] (A).extensions.puente.name: This must be a text for each language."
        ]),
        (lambda v: v["CFItems"][0].update(extensions={"puente": {"name": {"es": "\u0000"}}}), [
            "CFItems[1] (A).extensions.puente.name: This has characters that cannot be kept."
        ]),
        (lambda v: v["CFItems"][0].update(extensions={"puente": {"verification": "sure"}}), [
            "CFItems[1] (A).extensions.puente.verification: This must be “verified” or “unverified”."
        ]),
        (lambda v: v["CFDocument"].update(extensions={"puente": {"code": "no code"}}), [
            "CFDocument.extensions.puente.code: “no code” is no code."
        ]),
    ],
    ids=range(20),
)  # fmt: skip
def test_faults_are_told_with_their_place(change, lines):
    assert told(changed(change)) == lines


def test_all_faults_are_told_not_only_the_first():
    value = package(TREE)
    value["CFItems"][0].pop("fullStatement")
    value["CFItems"][3]["humanCodingScheme"] = "A.1"
    value["CFAssociations"][2]["destinationNodeURI"] = end(item_id("Z"))

    assert told(value) == [
        "CFItems[1] (A).fullStatement: This is missing.",
        "CFItems[4] (A.1): The code “A.1” is already at CFItems[2] (A.1).",
        f"CFAssociations[3]: The parent {item_id('Z')} of A.2 is not in the file.",
    ]


def test_tree_of_twelve_levels_is_read_and_of_thirteen_refused():
    codes = [f"L{level}" for level in range(1, 14)]
    deep = dict(zip(codes, [None, *codes], strict=False))
    allowed = dict(list(deep.items())[:12])

    assert len(read(package(allowed)).package.competencies) == 12
    assert told(package(deep)) == ["CFItems[13] (L13): It is below 12 others: that is too deep."]


def test_too_many_competencies_are_refused(monkeypatch):
    monkeypatch.setattr("curriculum.formats.case_values.MAX_COMPETENCIES", 3)

    assert told(package(TREE)) == ["CFItems: The file is too large: at most 3 competencies."]


def test_file_with_any_piece_missing_is_read_or_refused_and_never_breaks():
    """Every value of a whole package replaced by every other kind of value: no crash, whatever stands where."""
    whole = package(TREE)
    for path in _paths(whole):
        for other in (None, "", "text", 3, 1.5, True, [], {}, [1], {"a": 1}):
            value = json.loads(json.dumps(whole))
            at = value
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = other
            try:
                read(value)
            except FrameworkFileError as error:
                assert error.faults


def _paths(value, before=()):
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    for key, part in pairs:
        yield (*before, key)
        yield from _paths(part, (*before, key))


# --- Real files ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of others are not here")
@pytest.mark.parametrize(
    ("name", "title", "statement"),
    [
        ("AdoptedTestFramework.json", "Adopted Test", "Item 1"),
        ("Utf8TestFramework.json", "UTF8 𝑑 Test", "Item 𝑑 1"),
    ],
)
def test_real_file_is_read(name, title, statement):
    reading = read((SAMPLES / name).read_bytes())

    only = reading.package.competencies[0]
    assert reading.package.name == {"en": title}
    assert (only.name, only.parent, only.code) == ({"en": statement}, "", made_code(only.identifier))
    assert [str(line) for line in reading.warnings] == [f"CFItems[1]: It has no code: “{only.code}” was made."]
