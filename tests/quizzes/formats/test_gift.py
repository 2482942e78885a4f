"""GIFT as people write it: every question is read or refused with its line, whatever the file is."""

from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quizzes.errors import ItemFileError
from quizzes.formats.gift import read_gift
from quizzes.items import WHOLE
from tests.quizzes.formats.specs import SAMPLES

SAMPLE = SAMPLES / "gift/moodle-examples.gift"


def read(text, **options):
    return read_gift(text.encode() if isinstance(text, str) else text, **options)


def only(text, **options):
    """The one item of a text, with what was changed."""
    reading = read(text, **options)
    assert reading.refused == []
    (item,) = reading.items
    return item


def refusal(text):
    reading = read(text)
    assert reading.items == []
    (refused,) = reading.refused
    return refused.line, refused.reason


def offers(item):
    return [(choice.text["en"], choice.weight) for choice in item.spec.choices]


def accepts(item):
    return [(answer.text, answer.weight, answer.is_pattern) for answer in item.spec.answers]


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("{~a =b ~c}", "single_choice", [("a", 0), ("b", WHOLE), ("c", 0)]),
        ("{~a ~%50%b =c}", "single_choice", [("a", 0), ("b", 500_000), ("c", WHOLE)]),
        ("{=a =b ~c}", "single_choice", [("a", WHOLE), ("b", WHOLE), ("c", 0)]),
        ("{\n~%50%a\n~%50%b\n~%-100%c\n}", "multiple_choice", [("a", 500_000), ("b", 500_000), ("c", -WHOLE)]),
        (
            "{~%33.33333%a ~%33.33333%b ~%33.33333%c ~d}",
            "multiple_choice",
            [("a", 333_333), ("b", 333_333), ("c", 333_333), ("d", 0)],
        ),
        ("{~%33.3%a ~%66.7%b}", "multiple_choice", [("a", 333_333), ("b", 666_667)]),
        ("{~%14,28571%a ~%85.71429%b}", "multiple_choice", [("a", 142_857), ("b", 857_143)]),
        ("{~100% of it =50 %}", "single_choice", [("100% of it", 0), ("50 %", WHOLE)]),
        ("{T}", "true_false", [("True", WHOLE), ("False", 0)]),
        ("{FALSE}", "true_false", [("True", 0), ("False", WHOLE)]),
        (r"{~\=\~\# =\{\}\:\\ ~a\nb}", "single_choice", [("=~#", 0), ("{}:\\", WHOLE), ("a\nb", 0)]),
        ("{=two\nlines  here ~ b }", "single_choice", [("two lines here", WHOLE), ("b", 0)]),
    ],
)
def test_choices_with_their_weights(body, kind, expected):
    item = only(f"Which? {body}")

    assert (item.spec.kind, offers(item), item.changed) == (kind, expected, ())


def test_several_answers_are_added_up_as_elsewhere():
    assert only("Which? {~%50%a ~%50%b ~c}").spec.scoring == "with_penalty"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{=Bob =Rob}", [("Bob", WHOLE, False), ("Rob", WHOLE, False)]),
        ("{Bob}", [("Bob", WHOLE, False)]),
        ("{t}", [("t", WHOLE, False)]),
        ("{Tom}", [("Tom", WHOLE, False)]),
        ("{=Bob =%75%Bab =%0%*}", [("Bob", WHOLE, False), ("Bab", 750_000, False), ("*", 0, True)]),
        (r"{=5 \\* 3 =5*}", [("5 * 3", WHOLE, False), ("5*", WHOLE, True)]),
        ("{a -> b}", [("a -> b", WHOLE, False)]),
    ],
)
def test_short_answers(body, expected):
    item = only(f"Who? {body}")

    assert (item.spec.kind, accepts(item), item.changed) == ("short_text", expected, ())
    assert (item.spec.forgive.case, item.spec.forgive.accents) == (True, False)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{#1822}", [("1822", "0", None, "absolute", WHOLE)]),
        ("{#-3.5:0.25}", [("-3.5", "0.25", None, "absolute", WHOLE)]),
        ("{#3,14:0,01}", [("3.14", "0.01", None, "absolute", WHOLE)]),
        ("{#1..2.5}", [("1", "0", "2.5", "range", WHOLE)]),
        ("{#-1..-3}", [("-3", "0", "-1", "range", WHOLE)]),
        ("{#\n=1822:0\n=%50%1822:2\n}", [
            ("1822", "0", None, "absolute", WHOLE), ("1822", "2", None, "absolute", 500_000),
        ]),
        ("{#5:1 ~#no}", [("5", "1", None, "absolute", WHOLE), ("0", "0", None, "any", 0)]),
        ("{#=5 ~#no}", [("5", "0", None, "absolute", WHOLE), ("0", "0", None, "any", 0)]),
        ("{#1e3}", [("1000", "0", None, "absolute", WHOLE)]),
    ],
)  # fmt: skip
def test_numbers(body, expected):
    item = only(f"How many? {body}")

    found = [
        (one.value.removesuffix(".0"), one.tolerance, one.upper, one.tolerance_kind, one.weight)
        for one in item.spec.answers
    ]
    assert (item.spec.kind, item.changed) == ("numeric", ())
    assert [(f"{float(value):g}", *rest) for value, *rest in found] == expected


def test_pairs_share_matches_and_an_empty_prompt_gives_one_more():
    spec = only("Match. {=frog -> amphibian =newt -> amphibian =cat->mammal = -> insect}").spec

    names = {match.key: match.text["en"] for match in spec.matches}
    assert list(names.values()) == ["amphibian", "mammal", "insect"]
    assert [(prompt.text["en"], names[prompt.match]) for prompt in spec.prompts] == [
        ("frog", "amphibian"),
        ("newt", "amphibian"),
        ("cat", "mammal"),
    ]


def test_essay_and_description():
    assert only("Tell me. {}").spec.kind == "essay"
    assert (only("Words between.").spec.kind, only("Words between.").spec.points) == ("description", 0)


def test_missing_word_leaves_a_blank_where_the_answers_stood():
    assert only("Grant is {~buried =entombed} in a tomb.").spec.stem == {"en": "Grant is _____ in a tomb."}
    assert only("Two and two is {=four =4}.").spec.stem == {"en": "Two and two is _____."}


def test_feedback_is_kept_for_answers_and_for_the_whole():
    spec = only("Which? {=a#yes ~b # no #### all of you }").spec

    assert [choice.feedback for choice in spec.choices] == [{"en": "yes"}, {"en": "no"}]
    assert spec.feedback == {"en": "all of you"}


def test_feedback_of_true_and_false_is_for_the_wrong_first():
    choices = only("Is it? {FALSE#it is not#well done####both}").spec.choices

    assert [(choice.weight, choice.feedback) for choice in choices] == [
        (0, {"en": "it is not"}),
        (WHOLE, {"en": "well done"}),
    ]


def test_title_identifier_tags_and_category():
    item = only("$CATEGORY: $course$/top/First aid/Cuts\n\n// [id:q-7] [tag:one] [tag:two words]\n::A title::Well?{T}")

    spec = item.spec
    assert (spec.code, spec.name, spec.tags, spec.category) == (
        "q-7", "A title", ("one", "two words"), ("First aid", "Cuts"),
    )  # fmt: skip
    assert (item.id, item.line, item.changed) == ("q-7", 4, ())


def test_identifier_that_is_no_code_is_mended_and_told():
    item = only("// [id:q 7/ü]\nWell?{T}")

    assert (item.spec.code, item.changed) == ("q-7-u", ("The identifier “q 7/ü” became “q-7-u”.",))


def test_language_of_the_file_is_the_one_that_was_named():
    spec = only("¿Sí? {T}", language="es").spec

    assert spec.stem == {"es": "¿Sí?"}
    assert [choice.text for choice in spec.choices] == [{"es": "Verdadero"}, {"es": "Falso"}]


@pytest.mark.parametrize(
    ("stem", "expected", "changed"),
    [
        ("[html]<p>Is <b>this</b> so?</p>", "Is **this** so?", ()),
        ("[markdown]Is **this** so?", "Is **this** so?", ()),
        ("[plain]Is *this* so?", r"Is \*this\* so?", ()),
        ("Is <i>this</i> so?", "Is *this* so?", ()),
        ("Is x < y and y > z?", "Is x < y and y > z?", ()),
        ('[html]A <img src\\="x.png" alt\\="map">', "A map", ("Left out of the text: x.png.",)),
        ("[html]<u>A</u>", "A", ("Left out of the text: <u>.",)),
        ("[markdown]A [link](there)", "A [link](there)", ("Shown as plain text: link.",)),
    ],
)
def test_formats_of_texts(stem, expected, changed):
    item = only(f"{stem} {{T}}")

    assert (item.spec.stem["en"], item.changed) == (expected, changed)


def test_html_of_the_question_is_the_format_of_its_answers():
    assert offers(only("[html]Which? {=<b>a</b> ~[plain]<b>}")) == [("**a**", WHOLE), ("<b>", 0)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_mark_at_the_start(end):
    text = "\ufeff// a comment\nOne? {T}\n\n\nTwo {\n=a\n// not an answer\n~b\n}\n// done\n \t \nThree".replace(
        "\n", end
    )

    items = read(text).items

    assert [(item.line, item.spec.stem["en"]) for item in items] == [(2, "One?"), (5, "Two"), (12, "Three")]
    assert offers(items[1]) == [("a", WHOLE), ("b", 0)]


def test_windows_text_is_read_and_told():
    reading = read("¿Qué? {=sí ~no}".encode("cp1252"))

    assert (reading.items[0].spec.stem["en"], len(reading.changed)) == ("¿Qué?", 1)


def test_utf16_with_a_mark_is_read():
    assert read("Well? {T}".encode("utf-16")).items[0].spec.stem == {"en": "Well?"}


def test_blank_line_inside_answers_is_passed_over_and_told():
    item = only("Which? {\n=a\n\n~b\n}")

    assert (offers(item), len(item.changed)) == ([("a", WHOLE), ("b", 0)], 1)


def test_weights_that_do_not_make_up_the_whole_are_scaled_and_told():
    item = only("Which? {~%25%a ~%25%b ~c}")

    assert (offers(item), len(item.changed)) == ([("a", 500_000), ("b", 500_000), ("c", 0)], 1)


def test_choices_of_which_none_is_right_become_a_survey_and_it_is_told():
    item = only("Which? {~a ~b}")

    assert (item.spec.kind, item.spec.points, len(item.changed)) == ("survey", 0, 1)


def test_title_stands_in_for_a_missing_text():
    item = only("::Is it so?::{T}")

    assert (item.spec.stem, len(item.changed)) == ({"en": "Is it so?"}, 1)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\nWhich? {=a ~b", 2, "braces"),
        ("Which? =a ~b}", 1, "braces"),
        ("Which?\n{=a {~b}", 2, "braces"),
        ("Which? {T}\nAnd? {F}", 2, "braces"),
        ("::title Which? {T}", 1, "title"),
        ("Which? {=a ~}", 1, "no text"),
        ("Which? {~%150%a =b}", 1, "100 percent"),
        ("How many? {#three}", 1, "no number"),
        ("How many? {#}", 1, "none is given"),
        ("Match. {=a -> b =c}", 1, "pair"),
        ("Match. {=a -> b}", 1, "not enough"),
        ("Which? {words ~a =b}", 1, "before the first answer"),
        ("Which? {=a ~}", 1, "no text"),
        ("{}", 1, "no text"),
    ],
)
def test_faulty_question_is_refused_with_line_and_reason(text, line, words):
    found, reason = refusal(text)

    assert found == line
    assert words in reason


def test_one_faulty_question_costs_no_other():
    reading = read("One? {T}\n\n::bad::Two? {=a ~b\n\nThree? {F}")

    assert [item.spec.stem["en"] for item in reading.items] == ["One?", "Three?"]
    assert [(refused.id, refused.line) for refused in reading.refused] == [("bad", 3)]


@pytest.mark.parametrize("content", [b"", b" \n ", b"\x00\x01\x02"])
def test_what_is_no_text_is_refused_whole_with_its_line(content):
    with pytest.raises(ItemFileError) as caught:
        read_gift(content)

    assert caught.value.line == 1


def test_answers_have_keys_that_tell_nothing():
    spec = only("Which? {=a ~b ~c}").spec

    assert len({choice.key for choice in spec.choices}) == 3
    assert only("Which? {=a ~b ~c}").spec == spec
    assert [choice.key for choice in only("Which? {~a =b ~c}").spec.choices] != [choice.key for choice in spec.choices]


_signs = [*"={}~#:%\\\n\t ->[]T/*$1.", "::", "####", "[html]", "<b>", "&amp;", "\n\n", "//", "$CATEGORY:", "é"]
signs = st.lists(st.sampled_from(_signs), max_size=60).map("".join)


@settings(max_examples=400)
@given(st.one_of(st.binary(max_size=200), signs.map(str.encode), st.text(max_size=200).map(str.encode)))
@example(b"\xff\xfe\x00")
@example(b"{#1e999999999}")
@example(b"{~%1e999%a =b}")
@example(b"{#9999999999999999999999999999999999999999:1}")
def test_no_bytes_bring_the_reader_down(content):
    try:
        reading = read_gift(content)
    except ItemFileError as error:
        assert str(error)
    else:
        assert all(entry.label and entry.line > 0 for entry in reading.entries)


@pytest.mark.parametrize("noise", ["<a ", "<b>x", "<ul><li>", "<!--", "&#", "**a_", "![", "[html]", "{mlang en}"])
def test_time_does_not_grow_with_the_square_of_the_noise(noise):
    text = f"[html]{noise * (150_000 // len(noise))} {{T}}"

    started = perf_counter()
    read(text)

    # A parser that goes back takes minutes for this.
    assert perf_counter() - started < 20


@given(st.data())
def test_a_mutated_file_is_read_or_refused(data):
    content = bytearray(SAMPLE.read_bytes() if SAMPLE.exists() else b"Which? {=a#b ~%50%c####d}\n\nHow? {#1:2}\n" * 20)
    for _turn in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b"={}~#:%\\\n> \x00\xff"))
    try:
        read_gift(bytes(content))
    except ItemFileError as error:
        assert str(error)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the samples are not here")
def test_sample_file_is_read_whole():
    reading = read_gift(SAMPLE.read_bytes())

    assert (len(reading.items), reading.refused) == (43, [])


def test_choice_of_one_that_takes_marks_away_is_told():
    item = only("Which? {=a ~%-50%b}")

    assert (offers(item), item.changed) == (
        [("a", WHOLE), ("b", -500_000)], ("A weight below zero counts as zero here.",),
    )  # fmt: skip


def test_what_is_typed_is_one_line():
    item = only("[markdown]Say it. {=two\\n  lines}")

    assert accepts(item) == [("two lines", WHOLE, False)]


@pytest.mark.parametrize(("stem", "changed"), [("x &lt;b> y", ()), ("x <b>y</b>", ("Shown as plain text: HTML.",))])
def test_words_that_were_no_tags_where_they_were_written_are_not_told_of(stem, changed):
    assert only(f"[markdown]{stem} {{T}}").changed == changed
