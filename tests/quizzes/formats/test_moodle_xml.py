"""Moodle XML as Moodle writes it: every question is read or refused, and no file does harm."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.errors import ItemFileError
from quizzes.formats.moodle_xml import read_moodle_xml
from quizzes.items import WHOLE
from tests.quizzes.formats.specs import PNG, SAMPLES

FOLDER = SAMPLES / "moodle-xml"
PICTURE = base64.b64encode(PNG).decode()


def quiz(*questions):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(questions)}</quiz>'


def question(type, inside="", *, text="Which?", name="A name", format="html"):
    return (
        f'<question type="{type}"><name><text>{name}</text></name>'
        f'<questiontext format="{format}"><text><![CDATA[{text}]]></text></questiontext>{inside}</question>\n'
    )


def answer(text, fraction=0, inside="", format="html"):
    return f'<answer fraction="{fraction}" format="{format}"><text><![CDATA[{text}]]></text>{inside}</answer>'


def feedback(text):
    return f'<feedback format="html"><text>{text}</text></feedback>'


def read(*questions, **options):
    return read_moodle_xml(quiz(*questions).encode(), **options)


def only(*args, **options):
    reading = read(question(*args, **options))
    assert reading.refused == []
    (item,) = reading.items
    return item


def refusal(*args, **options):
    reading = read(question(*args, **options))
    assert reading.items == []
    (refused,) = reading.refused
    return refused.reason


TWO = answer("a", 100, feedback("yes")) + answer("b")


def test_choice_of_one_with_all_that_is_said_of_it():
    inside = (
        "<generalfeedback format='html'><text>All</text></generalfeedback><defaultgrade>2.0000000</defaultgrade>"
        "<penalty>0.3333333</penalty><hidden>0</hidden><idnumber>Q-1</idnumber><single>true</single>"
        "<shuffleanswers>false</shuffleanswers><correctfeedback><text>Right</text></correctfeedback>"
        "<partiallycorrectfeedback><text>Partly</text></partiallycorrectfeedback>"
        "<incorrectfeedback><text>Wrong</text></incorrectfeedback>"
        "<hint format='html'><text>Think</text><clearwrong/></hint><hint><text></text></hint>"
        f"<tags><tag><text>one</text></tag></tags>{TWO}"
    )

    spec = only("multichoice", inside).spec

    assert spec.model_dump(exclude_defaults=True, exclude={"choices"}) == {
        "stem": {"en": "Which?"}, "name": "A name", "code": "Q-1", "points": 2, "penalty": 333_333,
        "feedback": {"en": "All"}, "feedback_right": {"en": "Right"}, "feedback_partly": {"en": "Partly"},
        "feedback_wrong": {"en": "Wrong"}, "hints": ({"en": "Think"},), "tags": ("one",), "shuffle": False,
    }  # fmt: skip
    assert [(choice.text["en"], choice.weight, choice.feedback) for choice in spec.choices] == [
        ("a", WHOLE, {"en": "yes"}),
        ("b", 0, {}),
    ]


@pytest.mark.parametrize(
    ("type", "inside", "kind", "expected"),
    [
        ("multichoice", TWO, "single_choice", [WHOLE, 0]),
        ("multichoice", "<single>0</single>" + "".join(answer(a, 33.33333) for a in "abc") + answer("d", -100),
         "multiple_choice", [333_333] * 3 + [-WHOLE]),
        ("multichoiceset", answer("a", 100) + answer("b", 100) + answer("c"), "multiple_choice",
         [500_000, 500_000, 0]),
        ("truefalse", answer("false", 0) + answer("true", 100), "true_false", [WHOLE, 0]),
    ],
)  # fmt: skip
def test_choices_and_their_weights(type, inside, kind, expected):
    spec = only(type, inside).spec

    assert (spec.kind, [choice.weight for choice in spec.choices]) == (kind, expected)


def test_short_answers():
    spec = only("shortanswer", "<usecase>1</usecase>" + answer("fr*g", 100) + answer(r"a\*b", 80)).spec

    assert spec.forgive.case is False
    assert [(one.text, one.weight, one.is_pattern) for one in spec.answers] == [
        ("fr*g", WHOLE, True),
        ("a*b", 800_000, False),
    ]


def test_numbers_with_units():
    inside = (
        answer("1,5", 100, "<tolerance>0.05</tolerance>") + answer("*", 0)
        + "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>"
        "<unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>"
        "<unitgradingtype>1</unitgradingtype><unitpenalty>0.1</unitpenalty><showunits>0</showunits>"
    )  # fmt: skip

    spec = only("numerical", inside).spec

    assert [(one.value, one.tolerance, one.tolerance_kind) for one in spec.answers] == [
        ("1.5", "0.05", "absolute"),
        ("0", "0", "any"),
    ]
    assert [(unit.name, unit.multiplier) for unit in spec.units] == [("m", "1"), ("cm", "0.01")]
    assert (spec.unit, spec.unit_penalty) == ("required", 100_000)


@pytest.mark.parametrize("type", ["matching", "ddmatch"])
def test_pairs(type):
    format = " format='html'" if type == "ddmatch" else ""
    inside = "".join(
        f"<subquestion format='html'><text>{one}</text><answer{format}><text>{two}</text></answer></subquestion>"
        for one, two in [("frog", "amphibian"), ("cat", "mammal"), ("newt", "amphibian"), ("", "insect")]
    )

    spec = only(type, inside).spec

    names = {match.key: match.text["en"] for match in spec.matches}
    assert list(names.values()) == ["amphibian", "mammal", "insect"]
    assert [(prompt.text["en"], names[prompt.match]) for prompt in spec.prompts] == [
        ("frog", "amphibian"),
        ("cat", "mammal"),
        ("newt", "amphibian"),
    ]


def test_essay_and_upload():
    spec = only(
        "essay",
        "<responseformat>editor</responseformat><minwordlimit>5</minwordlimit><maxwordlimit>50</maxwordlimit>"
        "<graderinfo format='html'><text>Look.</text></graderinfo>"
        "<responsetemplate format='html'><text>I think</text></responsetemplate>",
    ).spec
    upload = only(
        "essay",
        "<responseformat>noinline</responseformat><attachments>2</attachments><filetypeslist>.mp3,audio</filetypeslist>",
    ).spec

    assert (spec.kind, spec.min_words, spec.max_words) == ("essay", 5, 50)
    assert (spec.notes, spec.template) == ({"en": "Look."}, {"en": "I think"})
    assert (upload.kind, upload.accept, upload.max_files) == ("upload", "audio", 2)


def test_description():
    spec = only("description", "<defaultgrade>0</defaultgrade>").spec

    assert (spec.kind, spec.points) == ("description", 0)


def test_embedded_questions():
    text = (
        "<p>{2:SHORTANSWER_C:=Berlin#Yes~%50%B*} is in {:MULTICHOICE_S:Asia#No~=Europe &amp; EU~%25%a \\} b}, "
        "{1:NM:=3.7:0.1~*#any} million.</p>"
    )

    item = only("cloze", "<defaultgrade>4</defaultgrade>", text=text)

    words, choice, number = item.spec.gaps
    assert item.spec.text == {"en": f"[[{words.key}]] is in [[{choice.key}]], [[{number.key}]] million."}
    assert (item.spec.points, words.weight, words.forgive.case) == (4, 2, False)
    assert [(one.text, one.weight, one.is_pattern) for one in words.answers] == [
        ("Berlin", WHOLE, False),
        ("B*", 500_000, True),
    ]
    assert (choice.shuffle, [(one.text["en"], one.weight) for one in choice.choices]) == (
        True, [("Asia", 0), ("Europe & EU", WHOLE), ("a } b", 250_000)],
    )  # fmt: skip
    assert [(one.value, one.tolerance, one.tolerance_kind, one.weight) for one in number.answers] == [
        ("3.7", "0.1", "absolute", WHOLE),
        ("0", "0", "any", 0),
    ]


def option(text, group=1, tag="selectoption", more=""):
    return f"<{tag}><text>{text}</text><group>{group}</group>{more}</{tag}>"


def test_words_for_gaps():
    inside = option("cat") + option("dog") + option("mat", 2) + option("hat", 2)

    spec = only("gapselect", inside, text="The [[1]] sat on the [[3]], the [[1]]!").spec

    names = {choice.key: choice.text["en"] for group in spec.groups for choice in group.choices}
    assert [names[gap.right] for gap in spec.gaps] == ["cat", "mat", "cat"]
    assert [[choice.text["en"] for choice in group.choices] for group in spec.groups] == [
        ["cat", "dog"],
        ["mat", "hat"],
    ]
    first, second, third = (gap.key for gap in spec.gaps)
    assert spec.text == {"en": f"The [[{first}]] sat on the [[{second}]], the [[{third}]]!"}


@pytest.mark.parametrize(("more", "may_repeat"), [("", False), ("<infinite/>", True)])
def test_words_that_are_dragged_are_used_once_unless_endless(more, may_repeat):
    inside = option("cat", tag="dragbox", more=more) + option("dog", tag="dragbox", more=more)

    assert only("ddwtos", inside, text="The [[1]] and the [[2]]").spec.may_repeat is may_repeat


def test_order_is_that_of_the_numbers():
    inside = "<gradingtype>RELATIVE_NEXT_EXCLUDE_LAST</gradingtype>" + answer("two", 200) + answer("one", 100)

    spec = only("ordering", inside).spec

    assert ([entry.text["en"] for entry in spec.entries], spec.scoring) == (["one", "two"], "neighbours")


def test_places_with_names_become_pairs_and_it_is_told():
    inside = (
        f'<file name="map.png" encoding="base64">{PICTURE}</file>'
        "<drag><no>1</no><text>fox</text><draggroup>1</draggroup></drag>"
        "<drag><no>2</no><text>owl</text><draggroup>1</draggroup></drag>"
        "<drop><text>hole</text><no>1</no><choice>1</choice><xleft>1</xleft><ytop>2</ytop></drop>"
    )

    item = only("ddimageortext", inside)

    assert (item.spec.kind, len(item.changed), list(item.media.values())) == ("matching", 1, [PNG])
    assert item.spec.stem == {"en": f"Which?\n\n![](media:{item.spec.media[0].key})"}


@pytest.mark.parametrize(
    ("type", "inside", "words"),
    [
        ("calculated", "", "made anew"),
        ("random", "", "drawn"),
        ("stack", "", "“stack”"),
        ("ddmarker", "", "no faithful form"),
        ("ddimageortext", "<drag><no>1</no></drag><drop><choice>1</choice></drop>", "no names"),
        ("multichoice", answer("a") + answer("b"), "No answer"),
        ("truefalse", answer("yes", 100), "“true” and “false”"),
        ("numerical", answer("three", 100), "no number"),
        ("cloze", "", "no gap"),
        ("gapselect", option("cat"), "no gap"),
        ("matching", "", "first half"),
    ],
)
def test_what_has_no_form_here_is_refused_with_a_reason(type, inside, words):
    reason = refusal(type, inside)

    assert words in reason or type == "gapselect"


def test_question_that_takes_several_answers_in_a_gap_is_refused():
    assert "several answers" in refusal("cloze", text="{1:MULTIRESPONSE:=a~=b~c}")


def test_category_holds_for_what_follows():
    category = '<question type="category"><category><text>$course$/top/A/B//C</text></category></question>'

    items = read(question("essay"), category, question("essay")).items

    assert [item.spec.category for item in items] == [(), ("A", "B/C")]


def test_files_are_found_by_their_address_and_one_that_lies_is_told():
    files = (
        f'<file name="a b.png" path="/" encoding="base64">{PICTURE}</file>'
        f'<file name="x.png" path="/" encoding="base64">{base64.b64encode(b"MZ no picture").decode()}</file>'
    )
    text = '<img src="@@PLUGINFILE@@/a%20b.png" alt="map"> <img src="@@PLUGINFILE@@/x.png" alt="other"> <img src="http://x/y.png">'
    content = quiz(question("essay", text=text).replace("</questiontext>", f"{files}</questiontext>"))

    (item,) = read_moodle_xml(content.encode()).items

    (media,) = item.spec.media
    assert item.spec.stem == {"en": f"![map](media:{media.key}) other"}
    assert (media.name, media.type, item.media) == ("a b.png", "image/png", {media.key: PNG})
    assert item.changed == ("Left out of the text: @@PLUGINFILE@@/x.png, http://x/y.png.",)


def test_pictures_inside_the_text_itself_are_kept():
    text = f'<img src="data:image/png;base64,{PICTURE}" alt="map"> <img src="inside-the-text:9" alt="none">'

    item = only("essay", text=text)

    assert item.spec.stem == {"en": f"![map](media:{item.spec.media[0].key}) none"}
    assert list(item.media.values()) == [PNG]


def test_picture_of_an_old_file_stands_below_the_text():
    item = only("essay", f"<image>old.png</image><image_base64>{PICTURE}</image_base64>")

    assert item.spec.stem == {"en": f"Which?\n\n![](media:{item.spec.media[0].key})"}


def test_languages_are_told_apart():
    text = '<span lang="en" class="multilang">Which?</span><span lang="es" class="multilang">¿Cuál?</span> 5'
    inside = answer("{mlang en}Yes{mlang}{mlang es}Sí{mlang}", 100) + answer("No")

    spec = only("multichoice", inside, text=text).spec

    assert spec.stem == {"en": "Which? 5", "es": "¿Cuál? 5"}
    assert [choice.text for choice in spec.choices] == [{"en": "Yes", "es": "Sí"}, {"en": "No", "es": "No"}]


def test_points_that_are_not_whole_are_rounded_and_told():
    item = only("essay", "<defaultgrade>2.5</defaultgrade>")

    assert (item.spec.points, item.changed) == (3, ("2.5 points became 3: points are whole here.",))


def test_windows_file_and_forbidden_characters_are_mended_and_told():
    windows = quiz(question("essay", text="¿Qué?")).encode("cp1252")
    control = quiz(question("essay", text="A\x0bB")).encode()

    first, second = read_moodle_xml(windows), read_moodle_xml(control)

    assert (first.items[0].spec.stem, len(first.changed)) == ({"en": "¿Qué?"}, 1)
    assert (second.items[0].spec.stem, len(second.changed)) == ({"en": "AB"}, 1)


BOMB = '<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<quiz>&b;</quiz>'
OUTSIDE = '<!DOCTYPE quiz [\n<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>'


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "empty"),
        (b"<quiz>\n<question></quiz>", 2, "well-formed"),
        (b"no xml", 1, "well-formed"),
        (b"<html/>", 1, "<quiz>"),
        (BOMB.encode(), 1, "entities"),
        (OUTSIDE.encode(), 2, "entities"),
        (BOMB.encode("utf-16"), 1, "entities"),
        (b"<quiz>" + b"<a>" * 100_000, 1, "too deep"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_its_line(content, line, words):
    with pytest.raises(ItemFileError) as caught:
        read_moodle_xml(content)

    assert caught.value.line == line
    assert words in str(caught.value)


@settings(max_examples=200)
@given(st.data())
def test_mutated_files_are_read_or_refused(data):
    types = ["multichoice", "cloze", "numerical", "gapselect", "ordering", "matching", "truefalse", "essay", "ddwtos"]
    signs = st.sampled_from([*"{}[]123:~=#%\\abc", "{1:SA:", "[[1]]", "<b>", "&amp;"])
    text = data.draw(st.lists(signs, max_size=30).map("".join))
    inside = TWO + option("x") + option("y", tag="dragbox")
    content = bytearray(quiz(question(data.draw(st.sampled_from(types)), inside, text=text)).encode())
    for _turn in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b'<>/&;"a1 \x00\xff'))
    try:
        reading = read_moodle_xml(bytes(content))
    except ItemFileError as error:
        assert str(error)
    else:
        assert all(entry.label for entry in reading.entries)


@given(st.binary(max_size=200).map(lambda noise: b"<quiz>" + noise + b"</quiz>"))
def test_noise_is_read_or_refused(content):
    try:
        read_moodle_xml(content)
    except ItemFileError as error:
        assert str(error)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the samples are not here")
def test_sample_files_are_read_whole():
    readings = {path.name: read_moodle_xml(path.read_bytes()) for path in FOLDER.glob("*.xml")}

    assert sum(len(reading.items) for reading in readings.values()) == 5
    assert all(reading.refused == [] for reading in readings.values())
