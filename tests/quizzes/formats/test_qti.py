"""QTI packages: our own come back whole, those of others are read or refused item by item, and none does harm."""

import io
import json
import sys
import zipfile

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from quizzes.errors import ItemFileError
from quizzes.formats.qti import read_qti
from quizzes.formats.qti_writing import write_qti
from quizzes.formats.shapes import Outgoing
from quizzes.items import WHOLE
from tests.quizzes.formats.specs import ALL_KINDS, PNG, glued, items, marked, plain_lines, spec_of

words = st.one_of(plain_lines, glued, marked).filter(lambda text: text == text.strip() and text)


def picture():
    out = io.BytesIO()
    Image.new("RGB", (200, 100)).save(out, "PNG")
    return out.getvalue()


def write(values, media=None, language="en"):
    spec = spec_of(values)
    return spec, write_qti([Outgoing(spec=spec, media=media or {})], language=language)


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("kind", ALL_KINDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_item_comes_back_whole(kind, data):
    values = data.draw(items(kind, languages=("en", "es"), inner=words))
    media = {"pic": PNG} if values.get("media") else {}

    spec, written = write(values, media)
    reading = read_qti(written.content)

    assert (reading.refused, written.refused) == ([], ())
    assert [(item.spec, item.media) for item in reading.items] == [(spec, media)]
    assert bool(written.changed) == (kind == "case")


WITHOUT_FORM = (
    "single_choice",
    "multiple_choice",
    "matching",
    "ordering",
    "essay",
    "upload",
    "description",
    "short_text",
)


@pytest.mark.parametrize("kind", WITHOUT_FORM)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_standard_alone_says_the_same(kind, data):
    """As other programs read it: without our data file."""
    plain = st.sampled_from(["ant", "Bob", "two words", "é"])
    values = data.draw(items(kind, inner=plain, plain=plain, common=False))
    if kind == "ordering":
        values["scoring"] = "all_or_nothing"
    if kind == "short_text":  # the standard has one weight for one text; ours lets the first of two count
        assume(len({answer["text"] for answer in values["answers"]}) == len(values["answers"]))
    _spec, written = write(values | {"code": "Q-1"})
    parts = {name: part for name, part in parts_of(written.content).items() if not name.endswith(".json")}

    (item,) = read_qti(packed(parts)).items

    spec = item.spec
    assert (spec.kind, spec.code, spec.points) == (kind, "Q-1", _spec.points)
    assert spec.stem["en"].removesuffix("_____").strip() == _spec.stem["en"]
    if hasattr(spec, "choices"):
        assert [(c.text, c.weight) for c in spec.choices] == [(c.text, c.weight) for c in _spec.choices]
    if kind == "matching":
        texts, ours = ({m.key: m.text["en"] for m in one.matches} for one in (spec, _spec))
        assert [texts[p.match] for p in spec.prompts] == [ours[p.match] for p in _spec.prompts]
    if kind == "ordering":
        assert [entry.text for entry in spec.entries] == [entry.text for entry in _spec.entries]


def test_item_that_was_edited_elsewhere_is_read_as_it_is_now():
    values = {"kind": "essay", "code": "Q", "stem": {"en": "Write."}, "min_words": 5}
    _spec, written = write(values)
    parts = parts_of(written.content)
    (name,) = (name for name in parts if name.startswith("items/") and name.endswith(".xml"))
    parts[name] = parts[name].replace(b"Write.", b"Write more.")

    (item,) = read_qti(packed(parts)).items

    assert (item.spec.stem, item.spec.min_words) == ({"en": "Write more."}, 0)


def test_package_is_well_formed_with_a_manifest_that_names_every_file():
    values = {
        "kind": "single_choice", "code": "Q", "stem": {"en": "**Which?** ![map](media:pic)", "es": "¿Cuál?"},
        "choices": [{"key": "a", "text": {"en": "x < y & z"}, "weight": WHOLE}, {"key": "b", "text": {"en": "no"}}],
        "media": [{"key": "pic", "name": "a map.png", "type": "image/png"}],
    }  # fmt: skip
    _spec, written = write(values, {"pic": PNG})

    parts = parts_of(written.content)

    manifest = etree.fromstring(parts["imsmanifest.xml"])
    listed = {file.get("href").replace("%20", " ") for file in manifest.iter("{*}file")}
    assert listed | {"imsmanifest.xml"} == set(parts)
    root = etree.fromstring(parts["items/00001-Q.xml"])
    assert root.tag.endswith("}qti-assessment-item")
    assert [image.get("src") for image in root.iter("{*}img")] == ["../media/pic-a%20map.png"]
    assert ["".join(choice.itertext()).strip() for choice in root.iter("{*}qti-simple-choice")] == ["x < y & z", "no"]
    # The same items give the same bytes.
    assert write(values, {"pic": PNG})[1].content == written.content


def test_right_order_is_not_the_order_of_the_file():
    entries = [{"key": f"e{number}", "text": {"en": str(number)}} for number in range(6)]
    _spec, written = write({"kind": "ordering", "code": "Q", "stem": {"en": "Order."}, "entries": entries})

    root = etree.fromstring(parts_of(written.content)["items/00001-Q.xml"])

    assert [choice.get("identifier") for choice in root.iter("{*}qti-simple-choice")] != [f"e{n}" for n in range(6)]


# --- Items of others ----------------------------------------------------------------------------------------------

QTI2 = "http://www.imsglobal.org/xsd/imsqti_v2p1"


def item2(declaration, body, *, outcome="", more=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem xmlns="{QTI2}" identifier="i-1" title="A title">'
        f"{declaration}{outcome}<itemBody>{body}</itemBody>{more}</assessmentItem>"
    ).encode()


def declare(cardinality, base, correct=(), mapping=""):
    values = "".join(f"<value>{value}</value>" for value in correct)
    right = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base}">'
        f"{right}{mapping}</responseDeclaration>"
    )


def mapping(**values):
    entries = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in values.items())
    return f'<mapping defaultValue="0">{entries}</mapping>'


CHOICES = (
    '<p>Look.</p><choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1"><prompt>Which?</prompt>'
    '<simpleChoice identifier="A">one<feedbackInline identifier="A" outcomeIdentifier="F">f</feedbackInline>'
    "</simpleChoice>"
    '<simpleChoice identifier="B"><b>two</b></simpleChoice><simpleChoice identifier="C">three</simpleChoice>'
    "</choiceInteraction>"
)


def only(content):
    reading = read_qti(content)
    assert reading.refused == []
    (item,) = reading.items
    return item


@pytest.mark.parametrize(
    ("declaration", "kind", "weights"),
    [
        (declare("single", "identifier", ["B"]), "single_choice", [0, WHOLE, 0]),
        (declare("single", "identifier", ["B"], mapping(B="2", A="1")), "single_choice", [500_000, WHOLE, 0]),
        (declare("multiple", "identifier", ["A", "B"]), "multiple_choice", [500_000, 500_000, 0]),
        (
            declare("multiple", "identifier", ["A", "B"], mapping(A="1", B="1", C="-2")),
            "multiple_choice",
            [500_000, 500_000, -WHOLE],
        ),
    ],
)
def test_choices_of_version_2(declaration, kind, weights):
    spec = only(item2(declaration, CHOICES)).spec

    assert (spec.kind, spec.stem, spec.name, spec.code) == (kind, {"en": "Look.\n\nWhich?"}, "A title", "i-1")
    assert [(choice.text["en"], choice.weight) for choice in spec.choices] == list(
        zip(["one", "**two**", "three"], weights, strict=True)
    )


def test_choices_without_a_right_one_become_a_survey():
    item = only(item2(declare("single", "identifier"), CHOICES))

    assert (item.spec.kind, len(item.spec.choices)) == ("survey", 3)
    assert any("survey" in line for line in item.changed)


def test_typed_answers_and_points():
    outcome = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="3"/>'
    body = '<p>I am <textEntryInteraction responseIdentifier="RESPONSE"/>.</p>'

    text = only(item2(declare("single", "string", ["York"], mapping(York="1", york="0.5")), body, outcome=outcome)).spec
    number = only(item2(declare("single", "float", ["3.5"]), body)).spec

    assert (text.kind, text.stem, text.points) == ("short_text", {"en": "I am _____."}, 3)
    assert [(answer.text, answer.weight) for answer in text.answers] == [("York", WHOLE), ("york", 500_000)]
    assert [(answer.value, answer.weight) for answer in number.answers] == [("3.5", WHOLE)]


def test_several_gaps_become_a_text_with_gaps():
    declarations = declare("single", "identifier", ["B"]) + declare("single", "string", ["x"]).replace(
        "RESPONSE", "TWO"
    )
    body = (
        '<p>One <inlineChoiceInteraction responseIdentifier="RESPONSE"><inlineChoice identifier="A">a</inlineChoice>'
        '<inlineChoice identifier="B">b</inlineChoice></inlineChoiceInteraction> and '
        '<textEntryInteraction responseIdentifier="TWO"/>.</p>'
    )

    spec = only(item2(declarations, body)).spec

    first, second = spec.gaps
    assert spec.text == {"en": f"One [[{first.key}]] and [[{second.key}]]."}
    assert [(choice.text["en"], choice.weight) for choice in first.choices] == [("a", 0), ("b", WHOLE)]
    assert [answer.text for answer in second.answers] == ["x"]


def test_pairs_and_order_of_version_2():
    sets = (
        '<matchInteraction responseIdentifier="RESPONSE"><simpleMatchSet>'
        '<simpleAssociableChoice identifier="P">frog</simpleAssociableChoice></simpleMatchSet><simpleMatchSet>'
        '<simpleAssociableChoice identifier="X">amphibian</simpleAssociableChoice>'
        '<simpleAssociableChoice identifier="Y">fish</simpleAssociableChoice></simpleMatchSet></matchInteraction>'
    )
    order = CHOICES.replace("choiceInteraction", "orderInteraction")

    pairs = only(item2(declare("multiple", "directedPair", ["P X"]), "<p>Match.</p>" + sets)).spec
    entries = only(item2(declare("ordered", "identifier", ["C", "A", "B"]), order)).spec

    names = {match.key: match.text["en"] for match in pairs.matches}
    assert [(prompt.text["en"], names[prompt.match]) for prompt in pairs.prompts] == [("frog", "amphibian")]
    assert [entry.text["en"] for entry in entries.entries] == ["three", "one", "**two**"]


def test_places_in_a_picture_with_their_names():
    body = (
        '<p>Where?</p><hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1">'
        '<object data="map.png" type="image/png" width="200" height="100">A map</object>'
        '<hotspotChoice identifier="A" shape="rect" coords="0,0,100,50" hotspotLabel="North"/>'
        '<hotspotChoice identifier="B" shape="circle" coords="150,50,20"/></hotspotInteraction>'
    )
    parts = {"q/item.xml": item2(declare("single", "identifier", ["A"]), body), "q/map.png": picture()}

    item = only(packed(parts))

    north, other = item.spec.regions
    assert (item.spec.alt, north.label, other.label) == ({"en": "A map"}, {"en": "North"}, {"en": "Place 2"})
    assert north.area.model_dump(exclude={"shape"}) == {"left": 0, "top": 0, "right": 500, "bottom": 500}
    assert (other.area.x, other.area.y, other.area.radius, other.area.height_percent) == (750, 500, 100, 50)
    assert (list(item.media.values()), [north.weight, other.weight]) == ([picture()], [WHOLE, 0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (item2("", '<p>x</p><sliderInteraction responseIdentifier="RESPONSE"/>'), "not known"),
        (item2("", CHOICES + CHOICES), "several things"),
        (item2('<templateDeclaration identifier="T"/>', "<p>x</p>"), "made anew"),
        (
            item2(declare("ordered", "identifier"), CHOICES.replace("choiceInteraction", "orderInteraction")),
            "right order",
        ),
    ],
)
def test_what_has_no_form_here_is_refused_with_a_reason(content, words):
    reading = read_qti(content)

    (refused,) = reading.refused
    assert words in refused.reason


def test_one_broken_item_costs_no_other():
    parts = {"a.xml": item2("", "<p>Words.</p>"), "b.xml": b"<assessmentItem><itemBody></assessmentItem>"}

    reading = read_qti(packed(parts))

    assert ([item.spec.kind for item in reading.items], [refused.id for refused in reading.refused]) == (
        ["description"], ["b.xml"],
    )  # fmt: skip


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("item.xml", b" " * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 broken", "zip"),
        (b"<questestinterop/>", "1.2"),
        (packed({"q.xml": b'<?xml version="1.0"?><questestinterop/>'}), "QTI 1.2"),
        (b"<assessmentTest/>", "bring the whole package"),
        (b"<html/>", "no QTI item"),
        (packed({"readme.txt": b"x"}), "no QTI item"),
        (packed({"../item.xml": b"<x/>"}), "outside"),
        (packed({"/etc/item.xml": b"<x/>"}), "outside"),
        (packed({"C:/item.xml": b"<x/>"}), "outside"),
        (bomb(), "too large"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><assessmentItem>&x;</assessmentItem>', "entities"),
    ],
)
def test_file_that_cannot_be_read_is_refused(content, words):
    with pytest.raises(ItemFileError) as caught:
        read_qti(content)

    assert words in str(caught.value)


def test_reference_that_leads_out_of_the_package_finds_nothing():
    content = packed({"item.xml": item2("", '<p>x <img src="../../etc/passwd.png" alt="gone"/></p>')})

    item = only(content)

    assert (item.spec.stem, item.media) == ({"en": "x gone"}, {})
    assert item.changed == ("Left out of the text: ../../etc/passwd.png.",)


def test_file_that_lies_in_our_own_package_is_refused():
    values = {
        "kind": "essay", "code": "Q", "stem": {"en": "![x](media:pic)"},
        "media": [{"key": "pic", "name": "a.png", "type": "image/png"}],
    }  # fmt: skip
    _spec, written = write(values, {"pic": PNG})
    parts = parts_of(written.content) | {"media/pic-a.png": b"MZ a program"}

    (refused,) = read_qti(packed(parts)).refused

    assert "a.png" in refused.reason


@settings(max_examples=150)
@given(st.data())
def test_mutated_packages_are_read_or_refused(data):
    values = {"kind": "essay", "code": "Q", "stem": {"en": "Write."}}
    content = bytearray(write(values)[1].content if data.draw(st.booleans()) else item2("", CHOICES))
    for _turn in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_qti(bytes(content))
    except ItemFileError as error:
        assert str(error)


_data_keys = st.sampled_from(["xml_sha256", "item", "media"])
_any_json = st.recursive(
    st.one_of(st.none(), st.text(max_size=5), st.integers()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_data_keys, inner)),
    max_leaves=10,
)


@given(_any_json)
def test_data_file_of_any_shape_does_no_harm(value):
    parts = parts_of(write({"kind": "essay", "code": "Q", "stem": {"en": "Write."}})[1].content)
    parts["items/00001-Q.puente.json"] = json.dumps(value).encode()

    assert only(packed(parts)).spec.stem == {"en": "Write."}


# --- Work, counted: seconds say more about the machine ------------------------------------------------------------


def manifest_of(hrefs):
    """A manifest that names these files as items."""
    resources = "".join(
        f'<resource identifier="r{place}" type="imsqti_item_xmlv3p0" href="{href}"><file href="{href}"/></resource>'
        for place, href in enumerate(hrefs)
    )
    return f"<manifest><resources>{resources}</resources></manifest>".encode()


def item_named(name):
    return (
        f'<qti-assessment-item identifier="{name}" title="{name}"><qti-item-body><p>Read this, {name}.</p>'
        "</qti-item-body></qti-assessment-item>"
    ).encode()


@pytest.fixture
def opened(monkeypatch):
    """Names of the parts that were opened, one for each time."""
    names, really = [], zipfile.ZipFile.open

    def note(archive, name, *args, **kwargs):
        names.append(getattr(name, "filename", name))
        return really(archive, name, *args, **kwargs)

    monkeypatch.setattr(zipfile.ZipFile, "open", note)
    return names


def test_file_that_a_manifest_names_20000_times_is_read_once(opened):
    content = packed({"imsmanifest.xml": manifest_of(["i.xml"] * 20_000), "i.xml": item_named("i")})
    opened.clear()

    reading = read_qti(content)

    assert opened == ["imsmanifest.xml", "i.xml"]
    assert [(item.id, item.spec.stem) for item in reading.items] == [("i", {"en": "Read this, i."})] * 20_000


def test_package_with_too_many_items_is_refused_before_any_is_read(opened):
    content = packed({"imsmanifest.xml": manifest_of(["i.xml"] * 20_001), "i.xml": item_named("i")})
    opened.clear()

    with pytest.raises(ItemFileError, match="too many items: at most 20000"):
        read_qti(content)

    assert opened == ["imsmanifest.xml"]


@pytest.mark.parametrize("with_manifest", [True, False])
def test_four_times_the_items_are_four_times_the_work(with_manifest):
    def work(count):
        names = [f"i{place}" for place in range(count)]
        parts = {f"{name}.xml": item_named(name) for name in names}
        manifest = {"imsmanifest.xml": manifest_of(parts)} if with_manifest else {}
        content = packed(manifest | parts)
        calls = 0

        def count_call(frame, event, argument):
            nonlocal calls
            calls += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count_call)
        try:
            reading = read_qti(content)
        finally:
            sys.setprofile(before)
        assert len(reading.items) == count
        return calls

    work(1)  # what is kept for the next time is made
    few, many = work(50), work(200)

    assert many < 5 * few  # were each item to look at all others, sixteen times
