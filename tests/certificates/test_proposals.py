"""Hours that a person grants: proposed by one, confirmed by another, counted from then on, decided once."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates.errors import AlreadyDecided, InvalidAdjustment, NotAllowed
from certificates.models import HoursProposal, LedgerEntry
from certificates.services import decide_hours, propose_hours
from tests.certificates.test_concurrency import at_once
from tests.certificates.test_ledger import entry, may
from tests.factories.certificates import CompetencyFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(db):
    """Another person who may adjust hours."""
    return UserFactory(email="second@example.org", is_superuser=True)


def propose(learner, actor, **values):
    common = {"minutes": 90, "shares": {}, "reason": "A day with Ms. Díaz.", "earned_on": date(2026, 3, 2)}
    return propose_hours(learner, actor=actor, **(common | values))


@pytest.fixture
def proposal(learner, operator):
    return propose(learner, operator, shares={CompetencyFactory(code="MA-3"): 90}, component="mentorship",
                   evidence="Sign-in sheet")  # fmt: skip


def test_propose_hours_counts_nothing_yet(proposal):
    assert LedgerEntry.objects.count() == 0
    assert (proposal.decision, proposal.minutes, proposal.provider_name) == ("", 90, "Puente")


def test_decide_hours_approved_writes_the_entry_with_both_names(proposal, learner, operator, second, now):
    decided = decide_hours(proposal.pk, approve=True, actor=second, now=now)

    written = LedgerEntry.objects.get()
    assert decided.entry == written
    assert (written.learner, written.minutes, written.earned_on) == (learner, 90, date(2026, 3, 2))
    assert (written.actor, written.confirmed_by, written.recorded_at) == (operator, second, now)
    assert (written.component, written.evidence, written.reason) == (
        "mentorship", "Sign-in sheet", "A day with Ms. Díaz.",
    )  # fmt: skip
    assert dict(written.shares.values_list("competency__code", "minutes")) == {"MA-3": 90}


def test_decide_hours_refused_writes_none_and_needs_a_reason(proposal, second):
    with pytest.raises(InvalidAdjustment):
        decide_hours(proposal.pk, approve=False, actor=second, reason=" ")

    decided = decide_hours(proposal.pk, approve=False, actor=second, reason="No sheet.")

    assert (decided.decision, decided.decision_reason, decided.decided_by) == ("refused", "No sheet.", second)
    assert LedgerEntry.objects.count() == 0


def test_decide_hours_is_for_a_second_person(proposal, learner, operator, stranger):
    for person in (operator, may(learner, "adjust_ledger"), stranger):
        with pytest.raises(NotAllowed):
            decide_hours(proposal.pk, approve=True, actor=person)

    assert LedgerEntry.objects.count() == 0


def test_decide_hours_once(proposal, second):
    decide_hours(proposal.pk, approve=True, actor=second)

    for approve in (True, False):
        with pytest.raises(AlreadyDecided):
            decide_hours(proposal.pk, approve=approve, actor=second, reason="x")

    assert LedgerEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_who_decide_at_once_write_one_entry(proposal, second):
    def decide() -> tuple[int, int]:
        try:
            return decide_hours(proposal.pk, approve=True, actor=second).pk, 1
        except AlreadyDecided:
            return 0, 0

    assert at_once(decide) == {(proposal.pk, 1), (0, 0)}
    assert LedgerEntry.objects.count() == 1


def test_propose_hours_refuses_own_account_and_strangers_and_minus(learner, operator, stranger):
    with pytest.raises(NotAllowed):
        propose(operator, operator)
    with pytest.raises(NotAllowed):
        propose(learner, stranger)
    for values in ({"minutes": -5}, {"minutes": 0}, {"reason": " "}):
        with pytest.raises(InvalidAdjustment):
            propose(learner, operator, **values)

    assert HoursProposal.objects.count() == 0


# --- What the database refuses ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nobody", "actor", "learner"])
def test_constraint_granted_by_two_others(learner, operator, who):
    confirmed_by = {"nobody": None, "actor": operator, "learner": learner}[who]

    with pytest.raises(IntegrityError), transaction.atomic():
        entry(learner, kind="adjustment", component="class", reason="x", actor=operator, confirmed_by=confirmed_by)


def test_constraint_grant_of_ones_own(learner, operator):
    with pytest.raises(IntegrityError), transaction.atomic():
        entry(learner, kind="adjustment", component="class", reason="x", actor=learner, confirmed_by=operator)


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0},
        {"reason": ""},
        {"decision": "approved"},
        {"decision": "refused", "decided_by": "second", "decided_at": "now"},
        {"decided_by": "second"},
        {"decision": "refused", "decision_reason": "x", "decided_by": "proposer", "decided_at": "now"},
        {"decision": "refused", "decision_reason": "x", "decided_by": "learner", "decided_at": "now"},
        {"proposed_by": "learner"},
    ],
)
def test_constraint_proposals_are_whole(proposal, learner, operator, second, now, wrong):
    people = {"second": second, "proposer": operator, "learner": learner, "now": now}
    values = {name: people.get(value, value) for name, value in wrong.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        HoursProposal.objects.filter(pk=proposal.pk).update(**values)


# --- At the desk --------------------------------------------------------------------------------------------------


def test_desk_proposes_what_adds_and_another_confirms(client, learner, operator, second):
    client.force_login(operator)
    response = client.post(
        reverse("ledgerentry:add"),
        {
            "learner": learner.pk, "minutes": "45", "earned_on": "2026-03-15", "delivery": "in_person",
            "component": "class", "evidence": "Sheet", "provider_name": "", "reason": "Was there.", "confirm": "on",
        },
    )  # fmt: skip
    proposal = HoursProposal.objects.get()
    address = reverse("hoursproposal:edit", args=[proposal.pk])
    own = client.post(address, {"verdict": "approve", "why": ""})
    assert (response.status_code, own.status_code, LedgerEntry.objects.count()) == (302, 200, 0)

    client.force_login(second)
    assert "Was there." in client.get(address).content.decode()
    answered = client.post(address, {"verdict": "approve", "why": ""})

    assert (answered.status_code, LedgerEntry.objects.get().minutes) == (302, 45)
    actions = (
        ModelLogEntry.objects.filter(action__startswith="certificates.").order_by("pk").values_list("action", "user")
    )
    assert list(actions) == [("certificates.propose", operator.pk), ("certificates.decide", second.pk)]
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("item_count", [1, 3])
def test_list_of_proposals_asks_the_same_for_one_and_three(client, learner, operator, item_count,
                                                           django_assert_max_num_queries):  # fmt: skip
    for _number in range(item_count):
        propose(learner, operator)
    client.force_login(operator)
    client.get(reverse("hoursproposal:index"))

    with django_assert_max_num_queries(17):
        response = client.get(reverse("hoursproposal:index"))

    assert len(response.context["object_list"]) == item_count


def test_desk_is_closed_to_strangers(client, proposal, stranger):
    client.force_login(stranger)

    client.get(reverse("hoursproposal:index"))
    client.post(reverse("hoursproposal:edit", args=[proposal.pk]), {"verdict": "approve"})

    assert LedgerEntry.objects.count() == 0
    assert HoursProposal.objects.get().decision == ""
