"""Items that other programs wrote for QTI: what their rules for marks say, and what stands around the question."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from quizzes import items
from quizzes.errors import ItemFileError
from quizzes.formats.qti import read_qti
from quizzes.items import WHOLE
from tests.quizzes.formats.test_qti import (
    CHOICES,
    declare,
    item2,
    mapping,
    only,
    packed,
    parts_of,
    picture,
    write,
)

TEMPLATE = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/{}"/>'
MATCH, MAP = TEMPLATE.format("match_correct"), TEMPLATE.format("map_response")
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"{}/>'
OWN_RULE = "Its own rule for marks was not read: the marks follow the right answers and weights that it names."


def compare(with_what='<correct identifier="RESPONSE"/>', *, how="match", points="1", name="RESPONSE"):
    closed = how.split(" ")[0]
    return (
        f'<responseProcessing><responseCondition><responseIf><{how}><variable identifier="{name}"/>{with_what}'
        f'</{closed}><setOutcomeValue identifier="SCORE"><baseValue baseType="float">{points}</baseValue>'
        '</setOutcomeValue></responseIf><responseElse><setOutcomeValue identifier="SCORE">'
        '<baseValue baseType="float">0</baseValue></setOutcomeValue></responseElse></responseCondition>'
        "</responseProcessing>"
    )


def entry(*values, base="string", extra="", name="RESPONSE"):
    body = f'<p>Say: <textEntryInteraction responseIdentifier="{name}"/></p>'
    return item2(declare("single", base, values), body, more=extra)


def earned(spec, response):
    return items.grade(spec, response).earned


def score_of(*parts):
    return f'<setOutcomeValue identifier="SCORE"><sum>{"".join(parts)}</sum></setOutcomeValue>'


VARIABLE = '<variable identifier="{}"/>'
ONE = '<baseValue baseType="float">1</baseValue>'


# --- Marks --------------------------------------------------------------------------------------------------------


def test_right_answer_decides_where_the_rule_compares_and_the_map_where_it_adds_up():
    declaration = declare("multiple", "identifier", ["A", "B"], mapping(A="1", B="1", C="-1"))

    compared = only(item2(declaration, CHOICES, more=MATCH)).spec
    added = only(item2(declaration, CHOICES, more=MAP)).spec

    keys = [choice.key for choice in compared.choices]
    assert (compared.scoring, added.scoring) == ("all_or_nothing", "with_penalty")
    assert [earned(compared, some) for some in (keys[:2], keys[:1], keys)] == [100, 0, 0]
    keys = [choice.key for choice in added.choices]
    assert [earned(added, some) for some in (keys[:2], keys[:1], keys)] == [200, 100, 100]


def test_value_that_is_not_mapped_is_worth_the_default_of_the_map():
    declaration = declare("multiple", "identifier", ["A", "B"], mapping(A="1", B="1")).replace(
        'defaultValue="0"', 'defaultValue="-1"'
    )

    spec = only(item2(declaration, CHOICES, more=MAP)).spec

    assert [choice.weight for choice in spec.choices] == [500_000, 500_000, -500_000]


def test_map_that_stops_before_its_sum_is_told():
    declaration = declare("multiple", "identifier", ["A", "B"], mapping(A="1", B="1")).replace(
        'defaultValue="0"', 'defaultValue="0" upperBound="1"'
    )

    item = only(item2(declaration, CHOICES, more=MAP))

    assert (item.spec.points, [choice.weight for choice in item.spec.choices]) == (1, [500_000, 500_000, 0])
    assert item.changed[-1] == (
        "Its marks stopped before the last right answer there: here all of them share the mark."
    )


@pytest.mark.parametrize(
    ("outcome", "declared", "rule", "points", "is_told"),
    [
        (SCORE.format(' normalMaximum="4"'), declare("single", "identifier", ["A"]), MATCH, 4, False),
        (
            SCORE.format("") + '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
            "<defaultValue><value>3</value></defaultValue></outcomeDeclaration>",
            declare("single", "identifier", ["A"]), MATCH, 3, False,
        ),
        (SCORE.format(""), declare("single", "identifier", ["A"], mapping(A="2", B="1")), MAP, 2, False),
        (SCORE.format(""), declare("single", "identifier", ["A"]), compare(points="5"), 5, False),
        (SCORE.format(""), declare("single", "identifier", ["A"]), MATCH, 1, False),
        (SCORE.format(' normalMaximum="2.5"'), declare("single", "identifier", ["A"]), MATCH, 3, True),
        (SCORE.format(' normalMaximum="0"'), declare("single", "identifier", ["A"]), MATCH, 1, True),
    ],
)  # fmt: skip
def test_points_are_those_that_the_item_can_earn(outcome, declared, rule, points, is_told):
    item = only(item2(declared, CHOICES, outcome=outcome, more=rule))

    assert item.spec.points == points
    assert any("points are whole here" in line for line in item.changed) == is_told


@pytest.mark.parametrize(
    ("rule", "is_own"),
    [
        (MATCH, False),
        (MAP, False),
        (TEMPLATE.format("somebody_elses"), True),
        (compare(), False),
        (compare('<baseValue baseType="identifier">A</baseValue>'), True),
        (compare(how="member"), True),
        (f"<responseProcessing>{score_of(ONE)}</responseProcessing>", True),
        ("<responseProcessing/>", False),
        ("", False),
    ],
)
def test_rule_of_its_own_is_told_of(rule, is_own):
    item = only(item2(declare("single", "identifier", ["A"]), CHOICES, more=rule))

    assert ((item.changed[-1] == OWN_RULE), item.spec.kind) == (is_own, "single_choice")


@pytest.mark.parametrize("body", [CHOICES, '<p><textEntryInteraction responseIdentifier="RESPONSE"/> is it.</p>'])
def test_item_without_a_right_answer_is_a_survey_unless_its_own_rule_knows_one(body):
    declared = declare("single", "identifier")

    asked = only(item2(declared, body))
    (refused,) = read_qti(item2(declared, body, more=compare(how="member"))).refused

    assert (asked.spec.kind, asked.changed[-1]) == (
        "survey", "No answer is right: it became a question of a survey, worth nothing.",
    )  # fmt: skip
    assert refused.reason == "Its right answers stand in a rule of its own, which is not read."


def test_capitals_count_in_what_is_typed_unless_the_item_says_otherwise():
    loose = declare("single", "string", mapping=mapping(York="1").replace("/>", ' caseSensitive="false"/>'))
    body = '<p>Say: <textEntryInteraction responseIdentifier="RESPONSE"/></p>'

    strict = only(entry("York", extra=MATCH)).spec
    mapped = only(item2(loose, body, more=MAP)).spec
    compared = only(entry("York", extra=compare(how='stringMatch caseSensitive="false"'))).spec

    said = {"text": "york"}
    assert [earned(spec, said) for spec in (strict, mapped, compared)] == [0, 100, 100]


def test_capitals_of_one_gap_say_nothing_of_another():
    loose = declare("single", "string", mapping=mapping(York="1").replace("/>", ' caseSensitive="false"/>'))
    strict = declare("single", "string", mapping=mapping(Leeds="1")).replace("RESPONSE", "TWO")
    body = (
        '<p><textEntryInteraction responseIdentifier="RESPONSE"/> or <textEntryInteraction responseIdentifier="TWO"/>'
        "</p>"
    )

    spec = only(item2(loose + strict, body)).spec

    assert [gap.forgive.case for gap in spec.gaps] == [True, False]


@pytest.mark.parametrize(
    ("how", "right", "wrong"),
    [
        ('equal toleranceMode="absolute" tolerance="0.5 0.5"', ["9.5", "10.5"], ["9.4", "10.6"]),
        ('equal toleranceMode="absolute" tolerance="1 2"', ["9", "12"], ["8.9", "12.1"]),
        ('equal toleranceMode="relative" tolerance="10"', ["9", "11"], ["8.9", "11.1"]),
        ('equal toleranceMode="exact"', ["10"], ["10.1"]),
    ],
)
def test_number_is_as_near_as_the_rule_allows(how, right, wrong):
    spec = only(entry("10", base="float", extra=compare(how=how))).spec

    assert [earned(spec, {"text": text}) for text in right] == [100] * len(right)
    assert [earned(spec, {"text": text}) for text in wrong] == [0] * len(wrong)


def test_gaps_count_as_much_as_their_maps_say():
    one = declare("single", "string", mapping=mapping(a="3"))
    two = declare("single", "string", mapping=mapping(b="1")).replace("RESPONSE", "TWO")
    body = (
        '<p><textEntryInteraction responseIdentifier="RESPONSE"/><textEntryInteraction responseIdentifier="TWO"/></p>'
    )
    rule = (
        '<responseProcessing><setOutcomeValue identifier="SCORE"><sum><mapResponse identifier="RESPONSE"/>'
        '<mapResponse identifier="TWO"/></sum></setOutcomeValue></responseProcessing>'
    )

    item = only(item2(one + two, body, more=rule))

    assert (item.spec.points, [gap.weight for gap in item.spec.gaps], item.changed) == (4, [3, 1], ())


def right(name, then):
    comparison = f'<match><variable identifier="{name}"/><correct identifier="{name}"/></match>'
    return f"<responseCondition><responseIf>{comparison}{then}</responseIf></responseCondition>"


@pytest.mark.parametrize(
    "rule",
    [
        right("RESPONSE", score_of(VARIABLE.format("SCORE"), ONE))
        + right("TWO", score_of(VARIABLE.format("SCORE"), ONE)),
        right("RESPONSE", f'<setOutcomeValue identifier="S1">{ONE}</setOutcomeValue>')
        + right("TWO", f'<setOutcomeValue identifier="S2">{ONE}</setOutcomeValue>')
        + score_of(VARIABLE.format("S1"), VARIABLE.format("S2")),
        score_of('<mapResponse identifier="RESPONSE"/>', VARIABLE.format("SCORE"))
        + right("TWO", score_of(VARIABLE.format("SCORE"), ONE)),
    ],
)
def test_points_add_up_as_the_rule_has_it(rule):
    declared = declare("single", "string", ["a"], mapping(a="1")) + declare("single", "string", ["b"]).replace(
        "RESPONSE", "TWO"
    )
    body = (
        '<p><textEntryInteraction responseIdentifier="RESPONSE"/><textEntryInteraction responseIdentifier="TWO"/></p>'
    )

    item = only(item2(declared, body, more=f"<responseProcessing>{rule}</responseProcessing>"))

    first, second = item.spec.gaps
    assert (item.spec.points, item.changed) == (2, ())
    assert [earned(item.spec, {first.key: "a"}), earned(item.spec, {first.key: "a", second.key: "b"})] == [100, 200]


def test_what_only_chooses_a_feedback_is_no_rule_for_marks():
    feedback = (
        '<responseCondition><responseIf><match><baseValue baseType="identifier">A</baseValue>'
        '<variable identifier="RESPONSE"/></match><setOutcomeValue identifier="FEEDBACK"><multiple>'
        '<variable identifier="FEEDBACK"/><baseValue baseType="identifier">F</baseValue></multiple></setOutcomeValue>'
        "</responseIf></responseCondition>"
    )
    rule = compare().replace("</responseProcessing>", f"{feedback}</responseProcessing>")

    assert only(item2(declare("single", "identifier", ["A"]), CHOICES, more=rule)).changed == (
        "Feedback was left out.",
    )


def test_feedback_beside_a_score_hides_nothing_of_its_rule():
    said = '<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">OK</baseValue></setOutcomeValue>'
    rule = compare(points="2").replace("</setOutcomeValue>", f"</setOutcomeValue>{said}")
    declared = declare("multiple", "directedPair", ["a x", "b y"])

    item = only(item2(declared, sets("ab", "xy"), more=rule))

    assert (item.spec.points, item.changed) == (
        2, ("It was all or nothing there: here each right part earns its share.",),
    )  # fmt: skip


def test_answer_that_is_looked_at_in_any_other_way_is_a_rule_of_its_own():
    rule = compare(how="gt", with_what='<baseValue baseType="float">5</baseValue>')

    assert only(entry("7", base="float", extra=rule)).changed == (OWN_RULE,)


def test_template_for_one_answer_does_not_know_what_several_are_worth():
    declared = declare("single", "string", ["a"]) + declare("single", "string", ["b"]).replace("RESPONSE", "TWO")
    body = (
        '<p><textEntryInteraction responseIdentifier="RESPONSE"/><textEntryInteraction responseIdentifier="TWO"/></p>'
    )

    assert only(item2(declared, body, more=MATCH)).changed == (OWN_RULE,)


def test_points_that_the_item_says_and_its_map_does_not_give_are_told_of():
    declared = declare("multiple", "identifier", ["A", "B"], mapping(A="1", B="1"))

    item = only(item2(declared, CHOICES, outcome=SCORE.format(' normalMaximum="1"'), more=MAP))

    assert item.spec.points == 1
    assert item.changed[-1] == "It says another number of points than its rule adds up to: what it says was taken."


def test_pairs_that_take_marks_away_are_told_of():
    away = mapping().replace('defaultValue="0"', 'defaultValue="-1"').replace(
        "</mapping>", '<mapEntry mapKey="a x" mappedValue="1"/><mapEntry mapKey="b y" mappedValue="1"/></mapping>'
    )  # fmt: skip

    item = only(item2(declare("multiple", "directedPair", ["a x", "b y"], away), sets("ab", "xy"), more=MAP))

    assert item.changed == ("A weight below zero counts as zero here.",)


def test_one_gap_is_all_or_nothing_anyway():
    body = (
        '<p>It is <inlineChoiceInteraction responseIdentifier="RESPONSE"><inlineChoice identifier="A">a</inlineChoice>'
        '<inlineChoice identifier="B">b</inlineChoice></inlineChoiceInteraction>.</p>'
    )

    assert only(item2(declare("single", "identifier", ["A"]), body, more=MATCH)).changed == ()


def test_gaps_that_had_to_be_right_together_are_told_of():
    declared = declare("single", "string", ["a"]) + declare("single", "string", ["b"]).replace("RESPONSE", "TWO")
    body = (
        '<p><textEntryInteraction responseIdentifier="RESPONSE"/><textEntryInteraction responseIdentifier="TWO"/></p>'
    )
    parts = (
        '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
        '<match><variable identifier="TWO"/><correct identifier="TWO"/></match>'
    )
    rule = (
        f"<responseProcessing><responseCondition><responseIf><and>{parts}</and>"
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">2</baseValue></setOutcomeValue>'
        "</responseIf></responseCondition></responseProcessing>"
    )

    item = only(item2(declared, body, more=rule))

    assert (item.spec.points, item.changed) == (
        2, ("It was all or nothing there: here each right part earns its share.",),
    )  # fmt: skip


def rule_of(*answers):
    """The rule that we write for a number, and the item as it is read from the standard alone."""
    _spec, written = write(
        {"kind": "numeric", "code": "N", "stem": {"en": "How many?"}, "points": 2, "answers": answers}
    )
    parts = {name: part for name, part in parts_of(written.content).items() if not name.endswith(".json")}
    rule = etree.fromstring(parts["items/00001-N.xml"]).find("{*}qti-response-processing")
    return rule, only(packed(parts))


@pytest.mark.parametrize(
    ("answer", "near", "far"),
    [
        ({"value": "5", "tolerance": "0.5"}, ["4.5", "5.5"], ["4.4", "5.6"]),
        ({"value": "-200", "tolerance": "0.1", "tolerance_kind": "relative"}, ["-180", "-220"], ["-179", "-221"]),
        ({"value": "7"}, ["7"], ["7.1"]),
    ],
)
def test_number_that_we_wrote_is_as_near_for_others_as_here(answer, near, far):
    _rule, item = rule_of(answer)

    assert item.changed == ()
    assert [earned(item.spec, {"text": text}) for text in near] == [200] * len(near)
    assert [earned(item.spec, {"text": text}) for text in far] == [0] * len(far)


def test_first_number_that_is_near_enough_decides_for_others_too():
    rule, item = rule_of(
        {"value": "1", "upper": "2", "tolerance_kind": "range"},
        {"value": "4", "tolerance": "1", "tolerance_kind": "geometric", "weight": 500_000},
        {"tolerance_kind": "any", "weight": 250_000},
    )

    said = [
        (etree.QName(step).localname.removeprefix("qti-"), step.text)
        for step in rule.iter()
        if etree.QName(step).localname != "qti-variable"
    ]
    assert said[2:] == [
        ("response-if", None), ("and", None), ("gte", None), ("base-value", "1"), ("lte", None), ("base-value", "2"),
        ("set-outcome-value", None), ("base-value", "2"),
        ("response-else-if", None), ("and", None), ("gte", None), ("base-value", "2"), ("lte", None),
        ("base-value", "8"), ("set-outcome-value", None), ("base-value", "1"),
        ("response-else-if", None), ("not", None), ("is-null", None), ("set-outcome-value", None),
        ("base-value", "0.5"),
    ]  # fmt: skip
    assert OWN_RULE in item.changed


# --- Pairs --------------------------------------------------------------------------------------------------------


def choices_of(*names):
    return "".join(f'<simpleAssociableChoice identifier="{name}">{name}</simpleAssociableChoice>' for name in names)


def sets(first, second):
    return (
        f'<p>Match.</p><matchInteraction responseIdentifier="RESPONSE"><simpleMatchSet>{choices_of(*first)}'
        f"</simpleMatchSet><simpleMatchSet>{choices_of(*second)}</simpleMatchSet></matchInteraction>"
    )


def test_sides_change_places_where_one_of_the_first_has_several_of_the_second():
    declared = declare("multiple", "directedPair", ["fruit apple", "fruit pear", "root carrot"])

    item = only(item2(declared, sets(["fruit", "root"], ["apple", "pear", "carrot"]), more=MATCH))

    names = {match.key: match.text["en"] for match in item.spec.matches}
    assert [(prompt.text["en"], names[prompt.match]) for prompt in item.spec.prompts] == [
        ("apple", "fruit"), ("pear", "fruit"), ("carrot", "root"),
    ]  # fmt: skip
    assert item.changed == (
        "The two sides changed places: here each prompt has one match.",
        "It was all or nothing there: here each right part earns its share.",
    )


def test_pairs_that_were_worth_more_or_less_are_told_of():
    declared = declare("multiple", "directedPair", ["a x", "b y"], mapping().replace(
        "</mapping>", '<mapEntry mapKey="a x" mappedValue="2"/><mapEntry mapKey="b y" mappedValue="1"/></mapping>'
    ))  # fmt: skip

    item = only(item2(declared, sets(["a", "b"], ["x", "y"]), more=MAP))

    assert (item.spec.points, item.changed) == (
        3, ("Its pairs were worth more or less: here each is worth the same.",),
    )  # fmt: skip


def test_words_for_gaps_are_choices_for_gaps():
    declared = declare("multiple", "directedPair", ["W one", "S two"], mapping().replace(
        "</mapping>", '<mapEntry mapKey="W one" mappedValue="1"/><mapEntry mapKey="S two" mappedValue="2"/></mapping>'
    ))  # fmt: skip
    words = "".join(
        f'<gapText identifier="{name}" matchMax="1">{word}</gapText>'
        for name, word in (("W", "winter"), ("S", "summer"), ("X", "spring"))
    )
    body = (
        f'<p>Before.</p><gapMatchInteraction responseIdentifier="RESPONSE"><prompt>Fill in.</prompt>{words}'
        '<blockquote><p>Cold <gap identifier="one"/>, warm <gap identifier="two"/>.</p></blockquote>'
        "</gapMatchInteraction>"
    )

    spec = only(item2(declared, body, more=MAP)).spec

    first, second = spec.gaps
    (group,) = spec.groups
    texts = {choice.key: choice.text["en"] for choice in group.choices}
    assert spec.stem == {"en": "Fill in."}
    assert spec.text == {"en": f"Before.\n\nCold [[{first.key}]], warm [[{second.key}]]."}
    assert [(texts[gap.right], gap.weight) for gap in spec.gaps] == [("winter", 1), ("summer", 2)]
    assert (sorted(texts.values()), spec.may_repeat, spec.points) == (["spring", "summer", "winter"], False, 3)


def test_words_to_be_picked_in_a_text_are_choices_below_it():
    body = (
        '<p>Mind the verb.</p><hottextInteraction responseIdentifier="RESPONSE"><prompt>Pick it.</prompt>'
        '<p>Frogs <hottext identifier="A">eat</hottext> small <hottext identifier="B">flies</hottext>.</p>'
        "</hottextInteraction>"
    )

    item = only(item2(declare("single", "identifier", ["A"]), body, more=MATCH))

    assert item.spec.stem == {"en": "Pick it.\n\nMind the verb.\n\nFrogs eat small flies."}
    assert [(choice.text["en"], choice.weight) for choice in item.spec.choices] == [("eat", WHOLE), ("flies", 0)]
    assert item.changed == ("The words to be picked in the text stand below it as choices.",)


# --- Around the question ------------------------------------------------------------------------------------------


def test_block_for_learners_is_shown_and_one_for_markers_is_kept_for_them():
    body = (
        '<rubricBlock view="candidate"><p>Read <b>all</b>.</p></rubricBlock><p>Write.</p>'
        '<rubricBlock view="scorer"><p>Two reasons.</p></rubricBlock><rubricBlock view="tutor">x</rubricBlock>'
        '<extendedTextInteraction responseIdentifier="RESPONSE"/>'
    )

    item = only(item2(declare("single", "string"), body))

    assert (item.spec.stem, item.spec.notes) == ({"en": "Read **all**.\n\nWrite."}, {"en": "Two reasons."})
    assert item.changed == ("Left out of the text: rubricBlock.",)


def test_shared_text_stands_before_the_question_with_its_picture():
    item = item2(declare("single", "identifier", ["A"]), CHOICES, outcome=(
        '<assessmentStimulusRef identifier="S" href="../shared/text.xml"/>'
        '<assessmentStimulusRef identifier="T" href="gone.xml"/>'
    ))  # fmt: skip
    text = (
        '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="S" title="t">'
        '<qti-stimulus-body><p>A <em>long</em> story.<img src="map.png" alt="map"/></p></qti-stimulus-body>'
        "</qti-assessment-stimulus>"
    )

    read = only(packed({"items/a.xml": item, "shared/text.xml": text.encode(), "shared/map.png": picture()}))

    (key,) = read.media
    assert read.spec.stem == {"en": f"A *long* story.![map](media:{key})\n\nLook.\n\nWhich?"}
    assert "Left out of the text: gone.xml." in read.changed


def test_choices_that_keep_their_place_are_not_shuffled():
    body = CHOICES.replace('<simpleChoice identifier="C">', '<simpleChoice identifier="C" fixed="true">')

    item = only(item2(declare("single", "identifier", ["A"]), body))

    assert (item.spec.shuffle, item.changed[0]) == (False, "Feedback was left out.")
    assert "Some choices were to keep their place: none is shuffled here." in item.changed


def test_button_for_a_hint_is_no_question_of_its_own():
    body = CHOICES + '<endAttemptInteraction responseIdentifier="HINT" title="Hint"/>'

    item = only(item2(declare("single", "identifier", ["A"]), body))

    assert item.spec.kind == "single_choice"
    assert "Left out of the text: endAttemptInteraction." in item.changed


def test_what_stands_beside_the_text_for_aids_is_no_part_of_it():
    body = (
        "<p>Solve <math><mi>x</mi><annotation>\\frac</annotation></math>.</p>"
        '<catalogInfo><catalog id="c"><card support="glossary"><htmlContent>Word</htmlContent></card></catalog>'
        "</catalogInfo>"
    ) + CHOICES

    item = only(item2(declare("single", "identifier", ["A"]), body))

    assert item.spec.stem == {"en": "Solve x.\n\nLook.\n\nWhich?"}
    assert "Left out of the text: catalogInfo." in item.changed


# --- Packages -----------------------------------------------------------------------------------------------------

ESSAY = item2(declare("single", "string"), '<p>Write.</p><extendedTextInteraction responseIdentifier="RESPONSE"/>')


def manifest(*resources):
    return f"<manifest><resources>{''.join(resources)}</resources></manifest>".encode()


def test_items_are_found_by_any_name_that_the_manifest_gives_them():
    parts = {
        "imsmanifest.xml": manifest(
            '<resource identifier="a" type="imsqti_assessmentItem_xmlv2p1"><file href="a.xml"/></resource>',
            '<resource identifier="b" type="imsqti_item_xmlv2p2" href="b.xml"/>',
            '<resource identifier="c" type="imsqti_item_xmlv2p2"/>',
            '<resource identifier="t" type="imsqti_test_xmlv2p2" href="test.xml"/>',
        ),
        "a.xml": ESSAY, "b.xml": ESSAY.replace(b"i-1", b"i-2"), "loose.xml": ESSAY, "test.xml": b"<assessmentTest/>",
    }  # fmt: skip

    reading = read_qti(packed(parts))

    assert [item.id for item in reading.items] == ["i-1", "i-2"]
    assert [(refused.id, refused.reason) for refused in reading.refused] == [
        ("c", "The package has no readable file of this name.")
    ]
    assert reading.changed == (
        "The package has a test too: its items were read, how it puts them together was not.",
        "The manifest does not name these items, so they were not read: loose.xml.",
    )


def test_weights_of_thirds_stay_whole():
    declared = declare("multiple", "identifier", ["A", "B", "C"], mapping(A="0.333", B="0.333", C="0.333"))

    spec = only(item2(declared, CHOICES, more=MAP, outcome=SCORE.format(' normalMaximum="1"'))).spec

    assert earned(spec, [choice.key for choice in spec.choices]) == 100
    assert abs(sum(choice.weight for choice in spec.choices) - WHOLE) <= 3


def test_parts_with_the_same_identifier_are_refused():
    """One of them would be dropped without a line."""
    order = item2(
        declare("ordered", "identifier", ["A", "B", "C"]),
        CHOICES.replace("choiceInteraction", "orderInteraction").replace('identifier="B"', 'identifier="A"'),
    )
    pairs = item2(declare("multiple", "directedPair", ["a x"]), sets(["a"], ["x", "y", "y"]))
    gaps = item2(
        declare("multiple", "directedPair", ["W one"]),
        '<gapMatchInteraction responseIdentifier="RESPONSE"><gapText identifier="W">w</gapText>'
        '<gapText identifier="W">v</gapText><p>It is <gap identifier="one"/>.</p></gapMatchInteraction>',
    )

    reasons = [refused.reason for content in (order, pairs, gaps) for refused in read_qti(content).refused]

    assert reasons == ["Two of its parts have the same identifier."] * 3


# --- Anything goes ------------------------------------------------------------------------------------------------

GAPS = item2(
    declare("multiple", "directedPair", ["W one", "S two"]),
    '<gapMatchInteraction responseIdentifier="RESPONSE"><gapText identifier="W">w</gapText>'
    '<gapText identifier="S">s</gapText><p>It is <gap identifier="one"/> or <gap identifier="two"/>.</p>'
    "</gapMatchInteraction>",
    more=MATCH,
)
WHOLE_ITEMS = [
    GAPS,
    ESSAY,
    entry("10", base="float", extra=compare(how='equal toleranceMode="absolute" tolerance="1 2"')),
    item2(declare("multiple", "identifier", ["A"], mapping(A="1", B="0.5")), CHOICES, more=MAP),
    item2(declare("multiple", "directedPair", ["a x", "b y"]), sets(["a", "b"], ["x", "y"]), more=MATCH),
    item2(declare("ordered", "identifier", ["A", "B", "C"]), CHOICES.replace("choiceInt", "orderInt"), more=MATCH),
]
ODD = ["", "0", "-1", "1e400", "NaN", "9" * 40, "single", "record", "pair", "A B", "identifier", "RESPONSE", "٣"]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_items_with_parts_lost_doubled_or_changed_are_read_or_refused(data):
    root = etree.fromstring(data.draw(st.sampled_from(WHOLE_ITEMS)))
    for _turn in range(data.draw(st.integers(1, 5))):
        element = data.draw(st.sampled_from(list(root.iter())))
        how, parent = data.draw(st.sampled_from(["drop", "double", "say", "set", "name"])), element.getparent()
        if how == "drop" and parent is not None:
            parent.remove(element)
        elif how == "double" and parent is not None:
            parent.append(copy.deepcopy(element))
        elif how == "say":
            element.text = data.draw(st.sampled_from(ODD))
        elif how == "set" and element.attrib:
            element.set(data.draw(st.sampled_from(sorted(element.attrib))), data.draw(st.sampled_from(ODD)))
        elif how == "name":
            element.tag = data.draw(st.sampled_from([other.tag for other in root.iter()]))
    try:
        reading = read_qti(etree.tostring(root))
    except ItemFileError as error:
        assert str(error).endswith(".")
    else:
        assert len(reading.entries) == 1
        assert all(refused.reason.endswith(".") for refused in reading.refused)
