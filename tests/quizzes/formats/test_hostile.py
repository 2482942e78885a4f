"""Files that mean harm, or are broken in unusual ways: a sentence, a line, nothing stored, and no long wait."""

import io
import time
import zipfile

import pytest

from quizzes.errors import ItemFileError
from quizzes.importing import import_items
from quizzes.models import Item, ItemBank, ItemMedia

QUESTION = (
    '<question type="multichoice"><name><text>n</text></name><questiontext format="html"><text>{text}</text>'
    '</questiontext><defaultgrade>1</defaultgrade><single>true</single><answer fraction="{fraction}"><text>a</text>'
    '</answer><answer fraction="0"><text>b</text></answer></question>'
)
LAUGHS = '<!DOCTYPE q [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{("&" + before + ";") * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def moodle(text="?", fraction="100", head=""):
    return f'<?xml version="1.0"?>{head}<quiz>{QUESTION.format(text=text, fraction=fraction)}</quiz>'.encode()


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def csv_of(value):
    return f'kind,stem_en,right_en,wrong_en,points\nsingle_choice,q,a,b,"{value}"\n'.encode()


@pytest.mark.parametrize(
    ("format", "content", "line"),
    [
        ("moodle-xml", f"{LAUGHS}]><quiz>&i;</quiz>".encode(), 1),
        ("moodle-xml", f"\n\n{LAUGHS}]><quiz>&i;</quiz>".encode("utf-16"), 3),
        ("moodle-xml", b'<!DOCTYPE q [\n<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>', 2),
        ("moodle-xml", b'<!DOCTYPE q [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><quiz/>', 1),
        ("moodle-xml", b"<quiz>\n&undefined;</quiz>", 2),
        ("moodle-xml", b"<quiz>" * 100_000 + b"</quiz>" * 100_000, 1),
        ("moodle-xml", b"<!DOCTYPE html><html><body>404</body></html>", 1),
        ("moodle-xml", moodle("&#xD800;"), 1),
        ("moodle-xml", moodle("&#0;"), 1),
        ("moodle-xml", b"", 1),
        ("gift", b"q\x00 {T}", 1),
        ("gift", "q {T}".encode("utf-32"), 1),
        ("gift", b"q {T}\n\n" * 20_001, 0),
        ("csv", b'kind,stem_en\n"single_choice,x\n', 2),
        ("csv", b"kind,stem_en\nsingle_choice,a\x00b\n", 2),
        ("csv", b"a,b\nc,d\n", 1),
        ("csv", zipped(a_txt=b"x"), 1),
        ("qti", b"<assessmentItem>" * 90_000, 1),
        ("qti", zipped(imsmanifest_xml=f"{LAUGHS}]><manifest>&i;</manifest>"), 1),
        ("qti", zipped(imsmanifest_xml="<manifest/>", a_xml=b" " * 210_000_000), 0),
        ("qti", zipped(imsmanifest_xml="<manifest/>")[:-30], 0),
    ],
)
def test_file_that_cannot_be_read_stores_nothing(db, format, content, line):
    began = time.process_time()

    with pytest.raises(ItemFileError) as caught:
        import_items(content, format=format, bank="Hostile")

    assert caught.value.line == line
    assert str(caught.value).endswith((".", "!"))
    assert time.process_time() - began < 10
    assert not any(model.objects.exists() for model in (Item, ItemBank, ItemMedia))


@pytest.mark.parametrize(
    ("format", "content", "reason"),
    [
        ("moodle-xml", moodle("<![CDATA[" + "<" * 200_000 + "]]>"), "A text is too long."),
        ("moodle-xml", moodle("x" * 9_000_000), "A text is too long."),
        ("moodle-xml", moodle(fraction="nan"), "No answer earns the whole mark."),
        ("moodle-xml", moodle(fraction="1e400"), "No answer earns the whole mark."),
        ("gift", b"q {" + b"~a" * 100_000 + b"}", "A question has no more than 200 answers."),
        ("gift", b"q {" + b"=a -> b " * 20_000 + b"}", "A question has no more than 200 answers."),
        ("gift", b"q {#" + b"9" * 100_000 + b"}", f"“{'9' * 60}” is no number."),
        ("gift", b"q {#" + b"9" * 31 + b"}", f"“{'9' * 31}” is no number."),
        ("gift", b"q {#1e999999999}", "“1e999999999” is no number."),
        ("gift", b"{" * 100_000, "The braces do not match"),
        (
            "moodle-xml",
            b"<quiz><question type='multichoice'><name><text>n</text></name>"
            + b"<answer/>" * 60_000
            + b"</question></quiz>",
            "There are more parts than an item can have.",
        ),
        (
            "qti",
            b"<assessmentItem><itemBody><p>"
            + b"<textEntryInteraction responseIdentifier='R'/>" * 30_000
            + b"</p></itemBody></assessmentItem>",
            "There are more parts than an item can have.",
        ),
        (
            "qti",
            b"<assessmentItem><itemBody><choiceInteraction><prompt>?</prompt>"
            + b"<simpleChoice>a</simpleChoice>" * 30_000
            + b"</choiceInteraction></itemBody></assessmentItem>",
            "There are more parts than an item can have.",
        ),
        ("csv", csv_of("1e5"), "“1e5” is no whole number of points."),
        ("csv", csv_of("∞"), "“∞” is no whole number of points."),
        ("csv", csv_of("=1+1"), "“=1+1” is no whole number of points."),
        ("csv", b"kind,stem_en,item\nessay,x," + b"[" * 100_000, "The column “item” is no JSON."),
        (
            "csv",
            b'stem_en,item\nx,"{""kind"": ""essay"", ""stem"": {""es"": ""a\\ud800""}}"',
            "A text has a character that cannot be kept.",
        ),
        (
            "csv",
            b'stem_en,item\nx,"{""kind"": ""essay"", ""name"": ""a\\ud800""}"',
            "A text has a character that cannot be kept.",
        ),
        ("csv", b'stem_en,item\nx,"{""kind"": ""essay"", ""words"": 3}"', "The part “words” is not known."),
        (
            "csv",
            b'stem_en,item\nx,"{""kind"": ""essay"", ""min_words"": ""many""}"',
            "The part “min_words” has a value that it cannot have.",
        ),
        ("csv", b'stem_en,item\nx,"{""kind"": ""numeric""}"', "The part “answers” is missing."),
        ("csv", b'stem_en,item\nx,"{""kind"": ""song""}"', "Items of this kind are not known."),
        ("csv", b'kind,stem_en,item\nessay,x,"{""kind"": 1}"', "“essay” is not the kind of the column “item”."),
        (
            "qti",
            zipped(
                imsmanifest_xml='<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources><resource '
                'identifier="r" type="imsqti_item_xmlv2p1" href="../../etc/passwd"/></resources></manifest>'
            ),
            "The package has no readable file of this name.",
        ),
    ],
)
def test_item_that_cannot_be_read_is_refused_in_words(db, format, content, reason):
    began = time.process_time()

    report = import_items(content, format=format, bank="Hostile").as_json()

    assert (report["read"], report["imported"]) == (1, 0)
    assert report["refused"][0]["reason"].startswith(reason)
    assert time.process_time() - began < 10
    assert not Item.objects.exists()


def test_formula_is_read_as_the_words_it_is(db):
    content = b"kind,stem_en,right_en,wrong_en\nsingle_choice,=cmd|' /C calc'!A0,@x,+y\n"

    import_items(content, format="csv", bank="Hostile")

    assert Item.objects.get().stem["en"] == "=cmd|' /C calc'!A0"
