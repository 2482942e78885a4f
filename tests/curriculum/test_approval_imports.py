"""Approvals from CSV and back: all or none, a line for each fault, twice as once."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import ModelLogEntry

from curriculum.approval_imports import COLUMNS, MAX_BYTES, export_approvals, import_approvals
from curriculum.errors import RegisterError
from curriculum.models import ProviderApproval
from tests.factories.people import UserFactory, make_program_admin
from tests.factories.register import approval, make_board, published

pytestmark = pytest.mark.django_db
HEADER = "authority,provider,activity,status,first_on,last_on,allows_ce,approved_minutes,number,source_url,note"
GOOD = f"""{HEADER}
MA-BOARD,Puente Training,,full,2025-01-01,2025-12-31,,,PRV-1,https://example.org/list,Board meeting
MA-BOARD,Puente Training,,warning,2026-01-01,,yes,,PRV-1,,
MA-BOARD,Other,SAFETALK,Full,2025-01-01,,no,240,,,
"""


@pytest.fixture(autouse=True)
def board():
    return make_board()


def read(text, **options):
    return import_approvals(text.encode(), **{"actor": None, **options})


def faults(text) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.message) for fault in read(text).faults]


def test_import_writes_drafts_once(board):
    first = read(GOOD)
    second = read(GOOD)

    assert (len(first.added), first.unchanged) == (3, 0)
    assert (len(second.added), second.unchanged) == (0, 3)
    rows = ProviderApproval.objects.order_by("pk").values_list(
        "authority", "provider", "activity", "status", "first_on", "last_on", "allows_ce", "approved_minutes", "number",
        "source_url", "note", "published_at",
    )  # fmt: skip
    assert list(rows) == [
        (board.pk, "Puente Training", "", "full", date(2025, 1, 1), date(2025, 12, 31), False, None, "PRV-1",
         "https://example.org/list", "Board meeting", None),
        (board.pk, "Puente Training", "", "warning", date(2026, 1, 1), None, True, None, "PRV-1", "", "", None),
        (board.pk, "Other", "SAFETALK", "full", date(2025, 1, 1), None, False, 240, "", "", "", None),
    ]  # fmt: skip
    log = ModelLogEntry.objects.get()
    assert (log.action, log.data) == ("curriculum.import_approvals", {"count": 3})


def test_import_publishes_in_a_persons_name_alone(learner):
    with pytest.raises(RegisterError, match="Say who publishes"):
        read(GOOD, publish_them=True)

    answer = read(GOOD, publish_them=True, actor=learner)

    assert answer.is_published
    assert ProviderApproval.objects.in_effect().filter(published_by=learner).count() == 3


def test_dry_run_writes_nothing():
    answer = read(GOOD, is_dry_run=True)

    assert (len(answer.added), answer.faults) == (3, ())
    assert not ProviderApproval.objects.exists()
    assert not ModelLogEntry.objects.exists()


def test_import_takes_the_semicolons_and_bom_of_spreadsheets():
    text = "\ufeff" + GOOD.replace(",", ";").replace("\n", "\r\n") + ";;;;;;;;;;\r\n\r\n"

    assert len(read(text).added) == 3


@pytest.mark.parametrize("lines", [1, 3])
def test_import_asks_as_much_for_one_line_as_for_three(lines, django_assert_num_queries):
    text = "\n".join(GOOD.splitlines()[: lines + 1])

    with django_assert_num_queries(5):  # organizations, the lock of their rows, what is stored; within a savepoint
        read(text, is_dry_run=True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("XX,P,,full,2025-01-01,,,,,,", ("authority", "No organization here has the code “XX”.")),
        (",P,,full,2025-01-01,,,,,,", ("authority", "This is empty.")),
        ("MA-BOARD,,,full,2025-01-01,,,,,,", ("provider", "This is empty.")),
        (
            "MA-BOARD,P,,splendid,2025-01-01,,,,,,",
            ("status", "“splendid” is not known. Write one of: full, warning, pending, withdrawn."),
        ),
        ("MA-BOARD,P,,full,01/02/2025,,,,,,", ("first_on", "“01/02/2025” is not a day such as 2026-07-31.")),
        ("MA-BOARD,P,,full,2025-02-30,,,,,,", ("first_on", "“2025-02-30” is not a day such as 2026-07-31.")),
        ("MA-BOARD,P,,full,2025-02-01,2025-01-31,,,,,", ("last_on", "The last day comes before the first.")),
        ("MA-BOARD,P,,full,2025-02-01,,yes,,,,", ("allows_ce", "Only a warning can say that hours still count.")),
        ("MA-BOARD,P,,warning,2025-02-01,,maybe,,,,", ("allows_ce", "Write “yes” or “no”.")),
        ("MA-BOARD,P,,full,2025-02-01,,,-30,,,", ("approved_minutes", "Minutes are a whole number above zero.")),
        ("MA-BOARD,P,,full,2025-02-01,,,1.5,,,", ("approved_minutes", "Minutes are a whole number above zero.")),
        ("MA-BOARD,P,,full,2025-02-01,,,0,,,", ("approved_minutes", "Minutes are a whole number above zero.")),
        ("MA-BOARD,P,,full,2025-02-01,,,²,,,", ("approved_minutes", "Minutes are a whole number above zero.")),
        (
            f"MA-BOARD,P,,full,2025-02-01,,,{'9' * 5000},,,",
            ("approved_minutes", "Minutes are a whole number above zero."),
        ),
        ("MA-BOARD,P,,full,2025-02-01,,,,,not an address,", ("source_url", "Enter a valid URL.")),
        ("MA-BOARD,P,,full,2025-02-01", ("", "This line has another number of cells than the header.")),
    ],
)
def test_line_with_a_fault_is_named_and_nothing_is_written(line, expected):
    good = "MA-BOARD,Good,,full,2025-01-01,,,,,,"

    assert faults(f"{HEADER}\n{good}\n{line}\n") == [(3, *expected)]
    assert not ProviderApproval.objects.exists()


def test_every_fault_is_told_at_once():
    text = f"{HEADER}\nXX,,,full,2025-01-01,,,,,,\nMA-BOARD,P,,full,x,y,,,,,\n"

    assert [fault[:2] for fault in faults(text)] == [
        (2, "provider"), (2, "authority"), (3, "first_on"), (3, "last_on"),
    ]  # fmt: skip


def test_overlap_within_the_file_names_both_and_the_line():
    text = f"{HEADER}\nMA-BOARD,P,,full,2025-01-01,,,,,,\nMA-BOARD,P,,warning,2026-01-01,,,,,,\n"

    ((line, column, message),) = faults(text)

    assert (line, column) == (3, "first_on")
    assert "“P: full approval, from Jan. 1, 2025” and “P: approval with warning, from Jan. 1, 2026”" in message
    assert message.endswith("Line 2 of the file.")


def test_overlap_with_what_is_stored_names_both(board, learner):
    published(approval(board, provider="P"), learner)
    text = f"{HEADER}\nMA-BOARD,P,,warning,2026-01-01,,,,,,\n"

    ((_line, _column, message),) = faults(text)

    assert "“P: full approval, from Jan. 1, 2025” and" in message
    assert message.endswith("One of them is here already.")
    assert ProviderApproval.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(1, "authority"), (1, "provider"), (1, "status"), (1, "first_on")]),
        (b"authority,provider,status,first_on,color\n", [(1, "color")]),
        (b"authority,provider,status,first_on,status\n", [(1, "status")]),
        (b"\xff\xfe\x00", [(0, "")]),
        (b"PK\x03\x04\x00\x00", [(0, "")]),
        (b"x" * (MAX_BYTES + 1), [(0, "")]),
        (b'authority,provider,status,first_on\n"' + b"x" * 200_000, [(2, "")]),
    ],
)
def test_file_that_is_no_list_is_refused(content, expected):
    answer = import_approvals(content, actor=None)

    assert [(fault.line, fault.column) for fault in answer.faults] == expected


def test_export_is_what_the_import_reads(board, learner):
    published(approval(board, provider="=HYPERLINK(1)", note="@all", number="-1", last_on=date(2025, 6, 30)), learner)
    published(
        approval(board, provider="W", activity="A", status="warning", allows_ce=True, approved_minutes=90), learner
    )
    exported = export_approvals(ProviderApproval.objects.in_effect().select_related("authority"))

    answer = import_approvals(exported.encode(), actor=None, is_dry_run=True)

    lines = exported.splitlines()
    assert lines[0] == HEADER == ",".join(COLUMNS)
    assert "MA-BOARD,'=HYPERLINK(1),,full,2025-01-01,2025-06-30,no,,'-1,,'@all" in lines
    assert (answer.faults, answer.unchanged, len(answer.added)) == ((), 2, 0)


# --- Commands -----------------------------------------------------------------------------------------------------


def run(*args):
    out, err = StringIO(), StringIO()
    status = 0
    try:
        call_command("import_approvals", *map(str, args), stdout=out, stderr=err)
    except SystemExit as stopped:
        status = stopped.code
    return status, out.getvalue(), err.getvalue()


def test_command_imports_says_so_and_is_idempotent(tmp_path):
    file = tmp_path / "approvals.csv"
    file.write_text(GOOD)

    assert run(file, "--dry-run") == (0, "3 would be added, 0 were here already.\n", "")
    assert run(file) == (0, "3 added, 0 were here already.\n", "")
    assert run(file) == (0, "0 added, 3 were here already.\n", "")


def test_command_answers_in_json_with_status_2_for_a_bad_file(tmp_path):
    file = tmp_path / "approvals.csv"
    file.write_text(f"{HEADER}\nMA-BOARD,P,,full,2025-02-01,,,-30,,,\n")

    status, out, _err = run(file, "--json")

    assert status == 2
    assert json.loads(out) == {
        "dry_run": False,
        "added": 0,
        "unchanged": 0,
        "published": False,
        "faults": [{"line": 2, "column": "approved_minutes", "message": "Minutes are a whole number above zero."}],
    }
    status, out, err = run(file)
    assert (status, out) == (2, "")
    assert f"{file}, line 2, approved_minutes: Minutes are a whole number above zero." in err
    assert "Nothing was written." in err


def test_command_without_its_file_or_person_has_status_2(tmp_path):
    file = tmp_path / "approvals.csv"
    file.write_text(GOOD)
    UserFactory(email="nobody@example.org")

    for args in ([tmp_path / "missing.csv"], [file, "--publish-as", "nobody@example.org"]):
        with pytest.raises(CommandError) as caught:
            run(*args)
        assert caught.value.returncode == 2
    assert not ProviderApproval.objects.exists()


def test_command_publishes_in_the_name_of_who_may(tmp_path):
    file = tmp_path / "approvals.csv"
    file.write_text(GOOD)
    luis = make_program_admin()

    assert run(file, "--publish-as", luis.email.upper()) == (0, "3 added and published, 0 were here already.\n", "")
    assert ProviderApproval.objects.in_effect().filter(published_by=luis).count() == 3


def test_export_command_writes_what_is_published(board, learner):
    published(approval(board), learner)
    approval(board, provider="Draft").save()
    out = StringIO()

    call_command("export_approvals", stdout=out)

    assert out.getvalue() == f"{HEADER}\r\nMA-BOARD,Puente Training,,full,2025-01-01,,no,,,,\r\n"
