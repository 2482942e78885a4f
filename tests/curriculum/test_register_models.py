"""The rows of the register: what the database refuses, and what a row says of itself."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import translation

from curriculum.models import ProviderApproval, Sponsorship, Waiver
from tests.factories.curriculum import RequirementFactory
from tests.factories.people import UserFactory
from tests.factories.register import approval, make_board, published, sponsorship, waiver

pytestmark = pytest.mark.django_db


def make(kind: str, **values):
    if kind == "providerapproval":
        return approval(make_board(), **values)
    if kind == "sponsorship":
        return sponsorship(**values)
    rule = values.pop("requirement", None) or RequirementFactory()
    return waiver(rule, **{"first_on": date(2025, 1, 1), **values})


KINDS = ["providerapproval", "sponsorship", "waiver"]


def refused(entry, constraint: str) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        entry.save()
    # SQLite names the columns of a broken unique constraint, not the constraint.
    said = str(caught.value)
    assert constraint in said or (connection.vendor == "sqlite" and "UNIQUE" in said and "unique" in constraint)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("ends_after_start", {"last_on": date(2024, 12, 31)}),
        ("published_whole_or_none", {"published_at": "now"}),
        ("published_whole_or_none", {"published_by": "someone"}),
        ("voided_whole_or_none", {"published_at": "now", "published_by": "someone", "void_reason": "Wrong."}),
        (
            "voided_whole_or_none",
            {"published_at": "now", "published_by": "someone", "voided_at": "now", "voided_by": "someone"},
        ),
        ("voided_whole_or_none", {"voided_at": "now", "voided_by": "someone", "void_reason": "A draft."}),
    ],
)
def test_entry_is_whole(kind, constraint, values, now):
    someone = UserFactory()
    filled = {name: {"now": now, "someone": someone}.get(value, value) for name, value in values.items()}

    refused(make(kind, **filled), f"{kind}_{constraint}")


@pytest.mark.parametrize("kind", KINDS)
def test_last_day_may_be_the_first(kind):
    entry = make(kind, last_on=date(2025, 1, 1))
    entry.save()

    assert type(entry).objects.on(date(2025, 1, 1)).get() == entry
    assert not type(entry).objects.on(date(2025, 1, 2)).exists()
    assert not type(entry).objects.on(date(2024, 12, 31)).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_two_that_begin_on_one_day_are_refused(kind):
    shared = {"requirement": RequirementFactory()} if kind == "waiver" else {}
    make(kind, last_on=date(2025, 1, 31), **shared).save()

    refused(make(kind, last_on=date(2025, 2, 28), **shared), f"{kind}_unique_start")


@pytest.mark.parametrize("kind", KINDS)
def test_two_without_an_end_are_refused(kind):
    shared = {"requirement": RequirementFactory()} if kind == "waiver" else {}
    make(kind, **shared).save()

    with pytest.raises(IntegrityError), transaction.atomic():
        make(kind, first_on=date(2026, 1, 1), **shared).save()


@pytest.mark.parametrize("kind", KINDS)
def test_void_entry_leaves_room(kind, now):
    shared = {"requirement": RequirementFactory()} if kind == "waiver" else {}
    someone = UserFactory()
    past = {"published_at": now, "published_by": someone, "voided_at": now, "voided_by": someone, "void_reason": "No."}
    make(kind, **shared, **past).save()

    make(kind, **shared).save()

    assert type(make(kind, **shared)).objects.live().count() == 1


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("status_known", {"status": "splendid"}),
        ("names_a_provider", {"provider": ""}),
        ("ce_only_under_warning", {"allows_ce": True}),
        ("minutes_above_zero", {"approved_minutes": 0}),
    ],
)
def test_approval_that_says_nothing_is_refused(constraint, values):
    refused(approval(make_board(), **values), f"providerapproval_{constraint}")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("names_both", {"sponsor": ""}),
        ("names_both", {"provider": ""}),
        ("of_another", {"sponsor": "Same", "provider": "Same"}),
    ],
)
def test_sponsorship_of_nobody_is_refused(constraint, values):
    refused(sponsorship(**values), f"sponsorship_{constraint}")


def test_waiver_without_a_reason_is_refused():
    refused(waiver(RequirementFactory(), reason=""), "waiver_has_a_reason")


def test_waived_rule_is_not_deleted():
    rule = RequirementFactory()
    waiver(rule).save()

    with pytest.raises(ProtectedError):
        rule.delete()


def test_same_days_of_another_activity_or_authority_are_no_overlap():
    one = approval(make_board())

    assert one.overlaps(approval(make_board(), date(2030, 1, 1)))
    assert not one.overlaps(approval(make_board(), activity="SAFETALK"))
    assert not one.overlaps(approval(make_board("TX-DSHS")))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2025, 3, 31), None, True),
        (date(2025, 4, 1), None, False),
        (date(2024, 1, 1), date(2024, 12, 31), False),
        (date(2024, 1, 1), date(2025, 1, 1), True),
        (date(2024, 1, 1), None, True),
    ],
)
def test_overlap_at_its_edges(first, last, expected):
    board = make_board()
    one = approval(board, date(2025, 1, 1), last_on=date(2025, 3, 31))
    other = approval(board, first, last_on=last)

    assert one.overlaps(other) is expected
    assert other.overlaps(one) is expected


def test_entry_says_its_state_and_days_in_the_readers_language(now):
    draft = approval(make_board(), activity="SAFETALK")
    draft.save()
    with translation.override("es"):
        said = (draft.state_name, str(draft))

    assert said == ("borrador", "Puente Training, SAFETALK: aprobación completa, desde el 1 de enero de 2025")
    assert [str(label) for label in draft.State.labels] == ["draft", "published", "void"]
    assert str(published(sponsorship(last_on=date(2025, 2, 1)))) == (
        "Big Sponsor → Puente Training, from Jan. 1, 2025 to Feb. 1, 2025"
    )


def test_querysets_say_what_counts(now):
    board = make_board()
    approval(board).save()
    counting = published(approval(board, provider="Other"))

    assert list(ProviderApproval.objects.in_effect()) == [counting]
    assert [entry.provider for entry in ProviderApproval.objects.drafts()] == ["Puente Training"]
    assert not Sponsorship.objects.live().exists()
    assert not Waiver.objects.live().exists()
