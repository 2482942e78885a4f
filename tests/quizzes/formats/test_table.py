"""Items as tables: a row for each, written by hand or by our own export, as CSV or as a workbook."""

import csv
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from quizzes.errors import ItemFileError
from quizzes.formats.shapes import Outgoing
from quizzes.formats.table import COLUMNS, read_table, write_table
from quizzes.items import WHOLE
from tests.quizzes.formats.specs import ALL_KINDS, glued, items, marked, plain_lines, spec_of

words = st.one_of(plain_lines, glued, marked)


def table(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def only(header, row, **options):
    reading = read_table(table(header, row), **options)
    assert reading.refused == []
    (item,) = reading.items
    return item


@pytest.mark.parametrize("is_workbook", [False, True])
@pytest.mark.parametrize("kind", ALL_KINDS)
@settings(max_examples=25)
@given(data=st.data())
def test_item_comes_back_as_it_was(kind, is_workbook, data):
    inner = words.filter(lambda text: text == text.strip() and not text.startswith("'"))
    spec = spec_of(data.draw(items(kind, languages=("en", "es"), inner=inner)))

    written = write_table([Outgoing(spec=spec)], is_workbook=is_workbook)
    reading = read_table(written.content)

    assert (reading.refused, [item.spec for item in reading.items]) == ([], [spec])
    assert bool(written.changed) == bool(spec.media)


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "expected"),
    [
        ("single_choice", "a", "b\nc", [("a", WHOLE), ("b", 0), ("c", 0)]),
        ("", "a", "b [50 %]\nc", [("a", WHOLE), ("b", 500_000), ("c", 0)]),
        ("multiple_choice", "a\nb\nc", "d", [("a", 333_333), ("b", 333_333), ("c", 333_333), ("d", 0)]),
        ("multiple_choice", "a\nb", "d [-100 %]", [("a", 500_000), ("b", 500_000), ("d", -WHOLE)]),
        ("true_false", "False", "", [("True", 0), ("False", WHOLE)]),
    ],
)
def test_choices_written_by_hand(kind, right, wrong, expected):
    spec = only(["kind", "question", "right", "wrong"], [kind, "Which?", right, wrong]).spec

    assert [(choice.text["en"], choice.weight) for choice in spec.choices] == expected


@pytest.mark.parametrize(
    ("kind", "right", "expected"),
    [
        ("short_text", "Bob\nRob*", [("Bob", False), ("Rob*", True)]),
        ("numeric", "3,5\n1..2\n5 ± 0.5", [("3.5", "0", None), ("1", "0", "2"), ("5", "0.5", None)]),
    ],
)
def test_typed_answers_written_by_hand(kind, right, expected):
    spec = only(["kind", "stem_en", "right_en"], [kind, "What?", right]).spec

    if kind == "short_text":
        assert [(answer.text, answer.is_pattern) for answer in spec.answers] == expected
    else:
        assert [(answer.value, answer.tolerance, answer.upper) for answer in spec.answers] == expected


def test_pairs_and_order_written_by_hand():
    pairs = only(
        ["kind", "stem", "right", "wrong"], ["matching", "Match.", "frog -> amphibian\ncat->mammal", "fish"]
    ).spec
    order = only(["kind", "stem", "right"], ["ordering", "Order.", "one\ntwo"]).spec

    assert [match.text["en"] for match in pairs.matches] == ["amphibian", "mammal", "fish"]
    assert [prompt.text["en"] for prompt in pairs.prompts] == ["frog", "cat"]
    assert [entry.text["en"] for entry in order.entries] == ["one", "two"]


def test_row_in_two_languages_with_its_catalogue():
    header = ["code", "name", "category", "tags", "points", "difficulty", "stem_en", "stem_es", "right_en", "right_es",
              "wrong_en", "wrong_es", "feedback_es"]  # fmt: skip
    row = ["Q-1", "Name", "A/B", "x; y", "2", "easy", "Which?", "¿Cuál?", "a", "á", "b", "bé", "Así."]

    spec = only(header, row).spec

    assert (spec.code, spec.name, spec.category, spec.tags, spec.points, spec.difficulty) == (
        "Q-1", "Name", ("A", "B"), ("x", "y"), 2, "easy",
    )  # fmt: skip
    assert spec.stem == {"en": "Which?", "es": "¿Cuál?"}
    assert [choice.text for choice in spec.choices] == [{"en": "a", "es": "á"}, {"en": "b", "es": "bé"}]
    assert spec.feedback == {"es": "Así."}


def test_cell_beside_the_item_says_what_is_different():
    spec = spec_of({"kind": "essay", "code": "Q", "stem": {"en": "Write."}, "min_words": 5})
    rows = list(csv.reader(io.StringIO(write_table([Outgoing(spec=spec)]).content.decode())))
    rows[1][COLUMNS.index("stem_en")] = "Write more."
    rows[1][COLUMNS.index("points")] = "4"

    (item,) = read_table(table(*rows)).items

    assert (item.spec.stem, item.spec.points, item.spec.min_words) == ({"en": "Write more."}, 4, 5)


@pytest.mark.parametrize("is_workbook", [False, True])
def test_no_cell_is_a_formula(is_workbook):
    spec = spec_of({"kind": "description", "points": 0, "name": "=1+1", "stem": {"en": "-cmd", "es": "@x"}})

    content = write_table([Outgoing(spec=spec)], is_workbook=is_workbook).content

    if is_workbook:
        cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
        texts = [cell.value for cell in cells if cell.value]
    else:
        texts = [cell for row in csv.reader(io.StringIO(content.decode())) for cell in row]
    assert {"'=1+1", "'-cmd", "'@x"} <= set(texts)
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)
    assert read_table(content).items[0].spec == spec


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        (["kind", "stem"], ["case", "Talk."], "need the column"),
        (["kind", "stem"], ["riddle", "What?"], "not known"),
        (["kind", "stem", "right"], ["numeric", "What?", "three"], "no number"),
        (["kind", "stem", "right"], ["matching", "What?", "a b"], "one -> other"),
        (["kind", "stem", "right"], ["true_false", "What?", "perhaps"], "neither"),
        (["stem", "right", "wrong", "points"], ["What?", "a", "b", "two"], "points"),
        (["stem", "right_en", "right_es", "wrong"], ["What?", "a\nb", "a", "c"], "same number"),
        (["item"], ["{"], "no JSON"),
        (["item"], ["[" * 100_000], "no JSON"),
        (["item"], ["[]"], "no JSON"),
        (["item"], ['{"kind": "essay"}'], "stem"),
        (["stem", "right", "wrong"], ["", "a", "b"], "missing"),
    ],
)
def test_faulty_row_is_refused_with_line_and_reason(header, row, words):
    reading = read_table(table(header, row, [""] * len(row)))

    (refused,) = reading.refused
    assert (reading.items, refused.line) == ([], 2)
    assert words in refused.reason


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "empty"),
        (b"one,two\n1,2\n", 1, "name the columns"),
        (b"stem,stem_en\n1,2\n", 1, "twice"),
        (b'stem\n"a\nb', 3, "no"),
        (b"PK\x03\x04 no zip", 0, "zip"),
    ],
)
def test_file_that_is_no_table_is_refused_with_its_line(content, line, words):
    with pytest.raises(ItemFileError) as caught:
        read_table(content)

    assert words in str(caught.value) or "CSV" in str(caught.value)
    assert caught.value.line == line


def test_columns_that_are_not_read_are_told_and_windows_text_is_read():
    reading = read_table("stem;mine\r\n¿Qué?;x\r\n".encode("cp1252"))

    assert reading.items[0].spec.stem == {"en": "¿Qué?"}
    assert len(reading.changed) == 2


def test_workbook_of_a_person_has_numbers_and_truths():
    book = Workbook()
    book.active.append(["kind", "stem", "right", "points"])
    book.active.append(["numeric", "How many?", 3.0, 2])
    book.active.append(["true_false", "Is it?", True, None])
    out = io.BytesIO()
    book.save(out)

    items_found = read_table(out.getvalue()).items

    assert (items_found[0].spec.answers[0].value, items_found[0].spec.points) == ("3", 2)
    assert [choice.weight for choice in items_found[1].spec.choices] == [WHOLE, 0]


def test_zip_that_grows_out_of_proportion_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000_000)

    with pytest.raises(ItemFileError, match="too large"):
        read_table(out.getvalue())


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda noise: b"stem,item\n" + noise)))
def test_noise_is_read_or_refused(content):
    try:
        read_table(content)
    except ItemFileError as error:
        assert str(error)


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_values(content, **values):
    """The workbook with what its formulas came to, as a spreadsheet writes it beside them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as changed:
        for name in archive.namelist():
            part = archive.read(name)
            for formula, value in values.items():
                part = part.replace(f"<f>{formula}</f><v></v>".encode(), f"<f>{formula}</f><v>{value}</v>".encode())
                part = part.replace(f"<f>{formula}</f><v/>".encode(), f"<f>{formula}</f><v>{value}</v>".encode())
            changed.writestr(name, part)
    return out.getvalue()


def test_formula_without_its_value_costs_the_row_and_not_a_cell_in_silence():
    content = workbook(("stem", "right", "wrong", "points"), ("One?", "a", "b", "=SUM(1)"), ("Two?", "a", "b", 2))

    unknown, known = read_table(content), read_table(with_values(content, **{"SUM(1)": 3}))

    assert [(refused.line, refused.reason) for refused in unknown.refused] == [
        (2, "A cell holds a formula, and the file does not say what comes out of it.")
    ]
    assert [item.spec.points for item in unknown.items] == [2]
    assert ([item.spec.points for item in known.items], known.refused) == ([3, 2], [])


def test_many_columns_that_are_not_read_take_a_line_and_not_a_page():
    header = ["stem", *(f"column {number}" for number in range(1_000))]

    (note,) = read_table(table(header, ["Read this."])).changed

    assert note.endswith("column 10, column 11.")


@pytest.mark.parametrize("sign", [";", "|", "\t", ","])
def test_line_that_says_what_stands_between_the_cells_is_no_row(sign):
    rows = ("stem right wrong", "Which, or; not? a b", "x")
    content = "\r\n".join([f"sep={sign}", *(row.replace(" ", sign) for row in rows)])
    content = content.replace(f"Which,{sign}or;{sign}not?", '"Which, or; not?"')

    reading = read_table(content.encode())

    assert [item.spec.stem for item in reading.items] == [{"en": "Which, or; not?"}, {"en": "x"}]
    assert [item.line for item in reading.items] == [3, 4]
