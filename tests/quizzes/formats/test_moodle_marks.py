"""What answers earn in Moodle, by its own rules, and here: the same, or a line says otherwise.

The fractions are worked out by hand from Moodle's documentation of each type of question.
"""

import pytest

from quizzes import items
from tests.quizzes.formats.test_moodle_xml import TWO, answer, only, question, quiz, read, refusal

BELOW_ZERO = "A weight below zero counts as zero here."
UNITS = (
    "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit><unit><multiplier>100</multiplier>"
    "<unit_name>cm</unit_name></unit></units><unitgradingtype>{}</unitgradingtype><unitpenalty>0.2</unitpenalty>"
    "<showunits>0</showunits>"
)
LENGTH = answer("1.25", 100, "<tolerance>0</tolerance>") + answer("1.23", 50, "<tolerance>0</tolerance>")
PAIRS = "".join(
    f'<subquestion format="html"><text>{one}</text><answer><text>{two}</text></answer></subquestion>'
    for one, two in (("frog", "amphibian"), ("newt", "amphibian"), ("cat", "mammal"), ("", "fish"))
)
WORDS = "".join(
    f"<selectoption><text>{word}</text><group>{group}</group></selectoption>"
    for word, group in (("quick", 1), ("slow", 1), ("fox", 2), ("hen", 2))
)
ORDER = "".join(answer(word, place) for place, word in enumerate(("one", "two", "three", "four"), start=1))


def percent(item, response):
    marks = items.grade(item.spec, response)
    return 100 * marks.earned / marks.maximum


def key_of(item, text):
    """The key of the part with this text."""
    spec = item.spec
    parts = [*getattr(spec, "choices", ()), *getattr(spec, "entries", ()), *getattr(spec, "matches", ())]
    parts += [choice for group in getattr(spec, "groups", ()) for choice in group.choices]
    return next(part.key for part in parts if part.text["en"] == text)


def prompt_of(item, text):
    return next(prompt.key for prompt in item.spec.prompts if prompt.text["en"] == text)


@pytest.mark.parametrize(
    ("type", "inside", "taken", "fraction", "is_told"),
    [
        ("multichoice", TWO, ["a"], 100, False),
        ("multichoice", TWO, ["b"], 0, False),
        # Moodle takes a third of the mark away from other questions; here an item never earns less than nothing.
        ("multichoice", answer("a", 100) + answer("b", -33.33333), ["b"], 0, True),
        ("multichoice", answer("a", 100) + answer("b", 50) + answer("c", 0), ["b"], 50, False),
    ],
)
def test_choice_of_one(type, inside, taken, fraction, is_told):
    item = only(type, inside)

    assert percent(item, [key_of(item, text) for text in taken]) == fraction
    assert (BELOW_ZERO in item.changed) == is_told


SEVERAL = "<single>false</single>" + answer("a", 50) + answer("b", 50) + answer("c", -50) + answer("d", 0)
THIRDS = "<single>false</single>" + "".join(answer(text, 33.33333) for text in "abc") + answer("d", -100)
SET = "".join(answer(text, 100) for text in "ab") + "".join(answer(text, 0) for text in "cd")


@pytest.mark.parametrize(
    ("type", "inside", "taken", "fraction"),
    [
        ("multichoice", SEVERAL, "ab", 100),
        ("multichoice", SEVERAL, "a", 50),
        ("multichoice", SEVERAL, "abd", 100),
        ("multichoice", SEVERAL, "abc", 50),
        ("multichoice", SEVERAL, "c", 0),
        ("multichoice", THIRDS, "abc", 100),
        ("multichoice", THIRDS, "ab", 67),
        ("multichoice", THIRDS, "abcd", 0),
        ("multichoiceset", SET, "ab", 100),
        ("multichoiceset", SET, "a", 0),
        ("multichoiceset", SET, "abc", 0),
        # The Open University's: one share a right tick, less one for each tick beyond the number of right ones.
        ("oumultiresponse", SET, "ab", 100),
        ("oumultiresponse", SET, "ac", 50),
        ("oumultiresponse", SET, "abc", 50),
        ("oumultiresponse", SET, "abcd", 0),
        ("oumultiresponse", SET, "cd", 0),
    ],
)
def test_choice_of_several(type, inside, taken, fraction):
    item = only(type, inside)

    assert percent(item, [key_of(item, text) for text in taken]) == fraction


@pytest.mark.parametrize(("taken", "fraction"), [("True", 0), ("False", 100)])
def test_true_or_false(taken, fraction):
    item = only("truefalse", answer("true", 0) + answer("false", 100))

    assert percent(item, [key_of(item, taken)]) == fraction


@pytest.mark.parametrize(
    ("usecase", "text", "fraction"),
    [
        (0, "Frog", 100), (0, "  frog ", 100), (0, "tree frog", 80), (0, "toad", 10), (1, "FROG", 10),
        (1, "frog", 100), (0, "a*b", 60), (0, "axb", 10), (0, "", 0),
    ],
)  # fmt: skip
def test_short_answer(usecase, text, fraction):
    answers = answer("frog", 100) + answer("*frog", 80) + answer(r"a\*b", 60) + answer("*", 10)
    item = only("shortanswer", f"<usecase>{usecase}</usecase>{answers}")

    assert percent(item, {"text": text}) == fraction


@pytest.mark.parametrize(
    ("grading", "typed", "unit", "fraction"),
    [
        (1, "1.25", "m", 100), (1, "125", "cm", 100), (1, "125 cm", "", 100), (1, "0.125x10^1 m", "", 100),
        (1, "1.25", "", 80), (1, "1.25 frogs", "", 80), (1, "1.25", "cm", 80), (1, "125", "m", 0),
        (1, "1.23", "m", 50), (1, "1.23", "", 40), (1, "2", "m", 0),
        (0, "1.25", "", 100), (0, "1.25 frogs", "", 100), (0, "125cm", "", 100), (0, "1,25", "", 100),
    ],
)  # fmt: skip
def test_number_with_units(grading, typed, unit, fraction):
    item = only("numerical", LENGTH + UNITS.format(grading))

    assert percent(item, {"text": typed, "unit": unit}) == fraction


def test_number_with_its_unit_in_front():
    money = (
        answer("1332", 100, "<tolerance>0</tolerance>")
        + "<units><unit><multiplier>1</multiplier><unit_name>$</unit_name></unit></units><unitsleft>1</unitsleft>"
        "<unitgradingtype>1</unitgradingtype><unitpenalty>0.2</unitpenalty><showunits>0</showunits>"
    )
    item = only("numerical", money)

    assert [percent(item, {"text": text, "unit": ""}) for text in ("$1332", "$ 1,332", "frog 1332", "1332", "$1")] == [
        100, 100, 80, 80, 0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fraction"), [("6", 100), ("8", 100), ("5.99", 0), ("8.01", 0), ("1e1", 50), ("", 0), ("seven", 0)]
)
def test_number_within_its_tolerance(text, fraction):
    item = only("numerical", answer("7", 100, "<tolerance>1</tolerance>") + answer("10", 50))

    assert percent(item, {"text": text}) == fraction


@pytest.mark.parametrize("type", ["matching", "match", "ddmatch"])
@pytest.mark.parametrize(
    ("given", "fraction"),
    [
        ({"frog": "amphibian", "newt": "amphibian", "cat": "mammal"}, 100),
        ({"frog": "amphibian", "newt": "fish", "cat": "amphibian"}, 33),
        ({"frog": "amphibian"}, 33),
        ({"frog": "mammal"}, 0),
    ],
)
def test_matching(type, given, fraction):
    item = only(type, PAIRS)
    response = {prompt_of(item, one): key_of(item, two) for one, two in given.items()}

    assert percent(item, response) == fraction


@pytest.mark.parametrize("type", ["gapselect", "ddwtos"])
@pytest.mark.parametrize(
    ("given", "fraction"), [(("quick", "fox"), 100), (("slow", "fox"), 50), (("slow", "hen"), 0), (("quick",), 50)]
)
def test_words_for_gaps(type, given, fraction):
    inside = WORDS if type == "gapselect" else WORDS.replace("selectoption", "dragbox")
    item = only(type, inside, text="The [[1]] brown [[3]].")
    gaps = [gap.key for gap in item.spec.gaps]

    assert percent(item, {gap: key_of(item, word) for gap, word in zip(gaps, given, strict=False)}) == fraction


@pytest.mark.parametrize(
    ("typed", "fraction"),
    [
        (("cat", "3.1", "no"), 100),
        (("CAT", "3.14", "no"), 100),
        (("cat", "", ""), 25),
        (("dog", "3.1", ""), 37.5),  # (0.5 × 1 + 1 × 1) of 4
        (("", "", "no"), 50),
        (("cat", "3.1", "yes"), 50),
    ],
)
def test_gaps_of_several_kinds(typed, fraction):
    text = "A {1:SHORTANSWER:=cat~%50%dog}, {1:NUMERICAL:=3.1:0.05} and {2:MULTICHOICE:yes~=no}."
    item = only("cloze", text=text)
    first, second, third = item.spec.gaps
    said = {choice.text["en"]: choice.key for choice in third.choices}
    response = {first.key: typed[0], second.key: typed[1], third.key: said.get(typed[2], "")}

    assert percent(item, {key: value for key, value in response.items() if value}) == fraction


def test_gap_takes_nothing_from_the_others_and_that_is_told():
    """Moodle would give half less a quarter."""
    item = only("cloze", text="A {1:SHORTANSWER:=cat} {1:MULTICHOICE:%-50%yes~=no}.")
    first, second = item.spec.gaps
    wrong = next(choice.key for choice in second.choices if choice.text["en"] == "yes")

    assert percent(item, {first.key: "cat", second.key: wrong}) == 50
    assert item.changed == (BELOW_ZERO,)


@pytest.mark.parametrize(
    ("grading", "given", "fraction"),
    [
        (-1, ("one", "two", "three", "four"), 100),
        (-1, ("two", "one", "three", "four"), 0),
        (0, ("two", "one", "three", "four"), 50),
        (0, ("four", "one", "two", "three"), 0),
        (1, ("four", "one", "two", "three"), 67),
        (1, ("one", "two", "four", "three"), 33),
    ],
)
def test_ordering(grading, given, fraction):
    item = only("ordering", f"<gradingtype>{grading}</gradingtype>{ORDER}")

    assert percent(item, [key_of(item, text) for text in given]) == fraction


@pytest.mark.parametrize("type", ["essay", "recordrtc"])
def test_what_a_person_marks_waits_for_one(type):
    item = only(type, "<mediatype>audio</mediatype>")
    response = {"text": "My answer."} if type == "essay" else {"files": ["00000000-0000-4000-8000-000000000000"]}

    assert items.grade(item.spec, response).needs_person


def test_description_is_worth_nothing_and_nothing_is_said_of_points():
    item = only("description", "<defaultgrade>0.0000000</defaultgrade>")

    assert (item.spec.points, item.changed) == (0, ())


@pytest.mark.parametrize("type", ["calculated", "calculatedmulti", "calculatedsimple", "random", "randomsamatch",
                                  "ddmarker", "ddimageortext", "stack", ""])  # fmt: skip
def test_type_without_a_form_here_is_refused_in_words(type):
    assert refusal(type).endswith(".")


# --- What is left out ---------------------------------------------------------------------------------------------


def test_settings_that_change_what_is_asked_are_told_of_and_looks_are_not():
    inside = (
        "<responserequired>0</responserequired><attachmentsrequired>0</attachmentsrequired>"
        "<responsefieldlines>15</responsefieldlines><timelimitinseconds>30</timelimitinseconds>"
    )

    item = only("essay", inside)

    assert item.changed == ("Settings without a place here were left out: responserequired, timelimitinseconds.",)


def test_several_recordings_in_one_question_become_several_files():
    item = only("recordrtc", "<mediatype>customav</mediatype>", text="Say [[hello:audio]] and [[bye:audio:60]].")

    assert (item.spec.max_files, item.spec.stem) == (2, {"en": "Say (hello) and (bye)."})
    assert item.changed == ("Its places for recordings became one answer of several files.",)
    assert "Video" in refusal("recordrtc", "<mediatype>customav</mediatype>", text="Show [[it:video]].")


def test_parts_of_a_file_that_are_no_questions_are_told_of():
    reading = read(question("description"), "<course><text>x</text></course>")

    assert (len(reading.items), reading.changed) == (1, ("Only questions were read of the file, not: <course>.",))
    assert quiz().count("<question") == 0
