"""The ledger: credited once, reversed once, adjusted by name; refused by the database where a service is not asked."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from certificates.errors import InvalidAdjustment, NotAllowed, NotEligible
from certificates.evidence import evidence_of
from certificates.models import Disclosure, Issuer, LedgerEntry, LedgerShare, Revocation
from certificates.services import (
    adjust_hours,
    credit_completion,
    issue_certificate,
    reverse_credit,
    revoke_certificate,
)
from courses.models import CourseCompletion
from courses.signals import completion_reversed, course_completed
from tests.factories.certificates import CompetencyFactory, CourseCompletionFactory, completion_with_shares
from tests.factories.people import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


def reverse_by(completion, actor, at):
    CourseCompletion.objects.filter(pk=completion.pk).update(
        reversed_at=at, reversed_by=actor, reversal_reason="The attempt was voided."
    )


def may(person, codename):
    person.user_permissions.add(Permission.objects.get(content_type__app_label="certificates", codename=codename))
    return type(person).objects.get(pk=person.pk)


def test_credit_completion_copies_minutes_and_shares(completion, learner, issuer, now):
    entry = credit_completion(completion.pk, now=now)

    assert (entry.kind, entry.minutes, entry.learner, entry.recorded_at) == ("credit", 150, learner, now)
    assert (entry.title, entry.provider_name) == (completion.course_title, "Puente Training Collaborative")
    assert dict(entry.shares.values_list("competency__code", "minutes")) == {"MA-3": 60, "MA-10": 90}


def test_credit_completion_says_of_what_and_what_shows_it(completion, issuer, now):
    entry = credit_completion(completion.pk, now=now)

    assert (entry.component, entry.activity_key, entry.edition) == ("class", completion.course_key, "en:41 es:42")
    assert (entry.evidence, entry.provider) == (f"completion {completion.public_id}", issuer.organization)
    assert (entry.earned_on, entry.recorded_at, entry.delivery) == (date(2026, 3, 15), now, "self_paced")


def test_credit_completion_twice_is_once(completion):
    first, second = credit_completion(completion.pk), credit_completion(completion.pk)

    assert first == second
    assert (LedgerEntry.objects.count(), LedgerShare.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/New_York", date(2026, 3, 14)), ("UTC", date(2026, 3, 15)), ("Nowhere/City", date(2026, 3, 14))],
)
def test_credit_completion_earned_on_the_learners_day(zone, day):
    learner = UserFactory(time_zone=zone)
    completion = CourseCompletionFactory(learner=learner, completed_at=datetime(2026, 3, 15, 3, 30, tzinfo=UTC))

    assert credit_completion(completion.pk).earned_on == day


def test_credit_completion_refuses_a_reversed_one(completion, operator, now):
    reverse_by(completion, operator, now)

    with pytest.raises(NotEligible):
        credit_completion(completion.pk)

    assert LedgerEntry.objects.count() == 0


def test_reverse_credit_takes_back_in_full_once_and_leaves_the_certificate_to_a_person(
    completion, certificate, operator, now
):
    reverse_by(completion, operator, now)

    first, second = reverse_credit(completion.pk, now=now), reverse_credit(completion.pk, now=now)

    assert first == second
    assert (first.minutes, first.actor, first.reason) == (-150, operator, "The attempt was voided.")
    assert LedgerEntry.objects.aggregate(sum=Sum("minutes"))["sum"] == 0
    assert LedgerShare.objects.aggregate(sum=Sum("minutes"))["sum"] == 0
    assert not Revocation.objects.exists()


def test_reverse_credit_leaves_a_standing_completion(completion):
    credit_completion(completion.pk)

    assert reverse_credit(completion.pk) is None
    assert LedgerEntry.objects.count() == 1


def test_reverse_credit_without_credit_does_nothing(completion, operator, now):
    reverse_by(completion, operator, now)

    assert reverse_credit(completion.pk) is None


def test_adjust_hours_writes_who_and_why(learner, operator, now):
    competency = CompetencyFactory(code="MA-9")

    entry = adjust_hours(learner, minutes=-30, shares={competency: -30}, reason=" Twice. ", actor=operator, now=now)

    assert (entry.kind, entry.minutes, entry.reason, entry.actor) == ("adjustment", -30, "Twice.", operator)
    assert (entry.earned_on, entry.provider_name) == (date(2026, 3, 15), "Puente")
    assert [(share.competency, share.minutes) for share in entry.shares.all()] == [(competency, -30)]


@pytest.mark.parametrize(
    ("minutes", "share", "reason"),
    [(0, None, "x"), (-30, None, " "), (-30, -29, "x"), (30, None, "x"), (-30, 30, "x")],
)
def test_adjust_hours_refuses_figures_that_do_not_fit(learner, operator, minutes, share, reason):
    shares = {CompetencyFactory(code="MA-9"): share} if share else {}

    with pytest.raises(InvalidAdjustment):
        adjust_hours(learner, minutes=minutes, shares=shares, reason=reason, actor=operator)

    assert LedgerEntry.objects.count() == 0


def test_adjust_hours_needs_the_right(learner, stranger):
    with pytest.raises(NotAllowed):
        adjust_hours(learner, minutes=-30, shares={}, reason="x", actor=stranger)

    adjust_hours(learner, minutes=-30, shares={}, reason="x", actor=may(stranger, "adjust_ledger"))

    assert LedgerEntry.objects.count() == 1


def test_evidence_of_leaves_out_what_was_reversed(learner, operator, now):
    kept, gone = completion_with_shares(learner), completion_with_shares(learner, minutes=60, shares={"MA-3": 60})
    for completion in (kept, gone):
        credit_completion(completion.pk)
    reverse_by(gone, operator, now)
    reverse_credit(gone.pk)

    (evidence,) = evidence_of(learner)

    assert (evidence.minutes, evidence.delivery) == (150, "self_paced")
    assert evidence.competencies == {"MA-3": 60, "MA-10": 90}


# --- Doorbells and the sweep --------------------------------------------------------------------------------------


def test_course_completed_rung_twice_credits_and_issues_once(completion, issuer, learner):
    for _ring in range(2):
        course_completed.send(sender=CourseCompletion, completion_id=completion.pk)

    assert (LedgerEntry.objects.count(), learner.certificates.count()) == (1, 1)


def test_completion_reversed_rung_twice_reverses_once(completion, certificate, operator, now):
    reverse_by(completion, operator, now)

    for _ring in range(2):
        completion_reversed.send(sender=CourseCompletion, completion_id=completion.pk)

    assert list(LedgerEntry.objects.values_list("kind", "minutes")) == [("credit", 150), ("reversal", -150)]


# --- What the database refuses ------------------------------------------------------------------------------------


@pytest.fixture
def rows(completion, certificate, operator, stranger, now):
    """One row in each table that is written once."""
    revocation = revoke_certificate(certificate, actor=operator, reason="Wrong person.", now=now)
    look = Disclosure.objects.create(
        reviewer=stranger, person=certificate.recipient, organization=OrganizationFactory(kind="board"), what="person",
        looked_at=now,
    )  # fmt: skip
    entry = LedgerEntry.objects.get()
    return {
        "ledgerentry": (entry, "minutes", 1),
        "ledgershare": (entry.shares.first(), "minutes", 1),
        "certificate": (certificate, "recipient_name", "'Someone else'"),
        "revocation": (revocation, "reason", "'Never mind'"),
        "disclosure": (look, "what", "'list'"),
    }


@pytest.mark.parametrize("column", ["activity_key", "edition", "evidence", "component", "provider_id", "earned_on",
                                    "recorded_at", "delivery", "confirmed_by_id"])  # fmt: skip
def test_triggers_keep_every_column_of_an_entry(rows, column):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE certificates_ledgerentry SET {column} = {column}")  # noqa: S608 - a list of our own


TABLES = ["ledgerentry", "ledgershare", "certificate", "revocation", "disclosure"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["update", "delete"])
def test_triggers_refuse_to_rewrite_history(rows, table, act):
    row, column, value = rows[table]
    statement = {
        "update": f"UPDATE certificates_{table} SET {column} = {value} WHERE id = {row.pk}",  # noqa: S608
        "delete": f"DELETE FROM certificates_{table} WHERE id = {row.pk}",  # noqa: S608
    }[act]

    with (
        pytest.raises(IntegrityError, match=f"certificates_{table} is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    before = type(row).objects.get(pk=row.pk)
    assert before == row


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL truncates")
@pytest.mark.parametrize("table", TABLES)
def test_triggers_refuse_to_empty_a_table(rows, table):
    with (
        pytest.raises(IntegrityError, match=f"certificates_{table} is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the rows just written keep the table busy
        cursor.execute(f"TRUNCATE certificates_{table} CASCADE")


def entry(learner, **fields):
    values = {
        "kind": "credit", "learner": learner, "minutes": 10, "earned_on": date(2026, 3, 1), "title": {"en": "x"},
        "provider_name": "x", "delivery": "self_paced",
    }  # fmt: skip
    return LedgerEntry.objects.create(**(values | fields))


def test_constraint_credit_once_per_completion(completion, learner):
    entry(learner, completion=completion)

    with pytest.raises(IntegrityError), transaction.atomic():
        entry(learner, completion=completion)


def test_constraint_reversal_once_per_entry(completion, learner, operator):
    credit = entry(learner, completion=completion)
    entry(learner, kind="reversal", minutes=-10, reverses=credit, reason="x", actor=operator)

    with pytest.raises(IntegrityError), transaction.atomic():
        entry(learner, kind="reversal", minutes=-10, reverses=credit, reason="x", actor=operator)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "credit"},
        {"kind": "adjustment", "reason": "", "with_actor": True},
        {"kind": "adjustment", "reason": "x"},
        {"kind": "reversal", "reason": "x", "with_actor": True},
        {"kind": "adjustment", "reason": "x", "with_actor": True, "minutes": 0},
        {"kind": "adjustment", "reason": "x", "with_actor": True, "component": "class"},
    ],
)
def test_constraint_kind_and_source_agree(learner, operator, fields):
    actor = {"actor": operator} if fields.get("with_actor") else {}
    fields = {name: value for name, value in fields.items() if name != "with_actor"} | actor

    with pytest.raises(IntegrityError), transaction.atomic():
        entry(learner, **fields)


def test_constraint_share_once_and_not_zero(completion, learner):
    credit, competency = entry(learner, completion=completion), CompetencyFactory(code="MA-1")
    LedgerShare.objects.create(entry=credit, competency=competency, minutes=10)

    for minutes in (10, 0):
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerShare.objects.create(
                entry=credit, competency=competency if minutes else CompetencyFactory(code="MA-2"), minutes=minutes
            )


def test_constraint_one_default_issuer(issuer):
    with pytest.raises(IntegrityError), transaction.atomic():
        Issuer.objects.create(organization=OrganizationFactory(), printed_name="x", is_default=True)


def test_rows_are_there_to_be_protected(rows):
    assert sorted(rows) == sorted(TABLES)
    assert issue_certificate(rows["certificate"][0].completion_id) == rows["certificate"][0]
