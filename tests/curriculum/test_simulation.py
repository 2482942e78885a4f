"""Comparing two answers, and what is asked of the app that keeps hours. No database."""

from datetime import date
from itertools import product

import pytest

from curriculum.data import (
    ApprovalFacts,
    CycleFacts,
    Dossier,
    Evidence,
    RequirementFacts,
    RequirementSetFacts,
    Standing,
    Status,
    WaiverFacts,
)
from curriculum.evaluation import Prepared, evaluate
from curriculum.facts import RegisterFacts, SponsorFacts, dossier_of
from curriculum.simulation import (
    Case,
    HoursSlot,
    Outcome,
    Proposal,
    RuleTurn,
    Tally,
    cites,
    compare,
    judge,
    outcome_of,
)

DAY = date(2026, 3, 1)
CYCLE = CycleFacts(expires_on=date(2027, 7, 31))
FULL = ApprovalFacts(provider="P", authority="B", status=Standing.FULL, first_on=date(2025, 1, 1))


def rules(minutes=60, *, version=1, authority="B") -> RequirementSetFacts:
    found = [RequirementFacts(code="hours", kind="total_minimum", parameters={"minutes": minutes})]
    if authority:
        found.append(
            RequirementFacts(code="provider", kind="provider_eligibility", parameters={"authority": authority})
        )
    return RequirementSetFacts(code="set", version=version, requirements=tuple(found))


def line(minutes=60, **values) -> Evidence:
    return Evidence(**{"id": "1", "minutes": minutes, "earned_on": DAY, "provider": "P", **values})


def answer(rules, *lines, approvals=(FULL,)):
    return evaluate(rules, Dossier(evidence=lines, approvals=approvals, cycle=CYCLE), as_of=DAY)


def proposal(before=RegisterFacts(), after=RegisterFacts(), *, old=None, new=None) -> tuple[Proposal, Case]:  # noqa: B008 - frozen
    new = Prepared(new or rules())
    case = Case(
        name="Set", framework="F", credential=None, purpose="renewal", before=Prepared(old) if old else new, after=new
    )
    return Proposal(as_of=DAY, before=before, after=after, cases=(case,)), case


# --- Outcomes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("met", "met", "stays_met"),
        ("met", "waived", "stays_met"),
        ("waived", "met", "stays_met"),
        ("met", "short", "becomes_short"),
        ("waived", "short", "becomes_short"),
        ("met", "cannot_tell", "becomes_unclear"),
        ("short", "met", "becomes_met"),
        ("short", "waived", "becomes_met"),
        ("short", "short", "stays_short"),
        ("short", "cannot_tell", "becomes_unclear"),
        ("cannot_tell", "met", "becomes_met"),
        ("cannot_tell", "short", "becomes_short"),
        ("cannot_tell", "cannot_tell", "stays_unclear"),
        (None, "met", "becomes_met"),
        (None, "short", "becomes_short"),
        (None, "cannot_tell", "becomes_unclear"),
    ],
)
def test_outcome(before, after, expected):
    outcome = outcome_of(Status(before) if before else None, Status(after))

    assert outcome == expected
    assert outcome.turns is expected.startswith("becomes")


def test_every_pair_of_statuses_has_an_outcome():
    found = {outcome_of(before, after) for before, after in product((None, *Status), Status)}

    assert found == set(Outcome)


# --- Comparing ----------------------------------------------------------------------------------------------------


def test_compare_names_what_turned_and_the_minutes_lost():
    before, after = answer(rules(), line()), answer(rules(90), line(), approvals=())

    change = compare(before, after)

    assert (change.before, change.after, change.outcome) == (Status.MET, Status.SHORT, "becomes_short")
    assert (change.short_before, change.short_after) == (0, 30)
    assert change.turned == (
        RuleTurn(code="hours", before=Status.MET, after=Status.SHORT),
        RuleTurn(code="provider", before=Status.MET, after=Status.CANNOT_TELL),
    )
    assert change.is_changed


def test_compare_of_a_provider_refused_loses_its_minutes():
    withdrawn = ApprovalFacts(provider="P", authority="B", status=Standing.WITHDRAWN)

    change = compare(answer(rules(), line()), answer(rules(), line(), approvals=(withdrawn,)))

    assert (change.counted_before, change.counted_after, change.gained_minutes) == (60, 0, -60)


def test_compare_of_the_same_is_no_change():
    same = answer(rules(), line())

    change = compare(same, same)

    assert not change.is_changed
    assert change.outcome == "stays_met"


def test_compare_tells_rules_that_come_and_go():
    change = compare(answer(rules(authority=""), line()), answer(rules(), line()))

    assert change.turned == (RuleTurn(code="provider", before=None, after=Status.MET),)
    assert compare(answer(rules(), line()), answer(rules(authority=""), line())).turned == (
        RuleTurn(code="provider", before=Status.MET, after=None),
    )


def test_compare_with_nothing_before_is_all_new():
    change = compare(None, answer(rules(), line()))

    assert (change.before, change.outcome, change.gained_minutes, change.turned) == (None, "becomes_met", 60, ())


# --- Judging ------------------------------------------------------------------------------------------------------


def test_judge_sees_an_approval_that_is_not_there_yet():
    proposed, case = proposal(after=RegisterFacts((FULL,)))

    change = judge(proposed, case, [line()], CYCLE)

    assert (change.before, change.after) == (Status.CANNOT_TELL, Status.MET)
    assert change.turned == (RuleTurn(code="provider", before=Status.CANNOT_TELL, after=Status.MET),)


def test_judge_leaves_those_alone_who_never_met_the_provider():
    register = RegisterFacts((FULL,))
    other = ApprovalFacts(provider="Q", authority="B", status=Standing.FULL)
    proposed, case = proposal(before=register, after=RegisterFacts((FULL, other)))

    assert not judge(proposed, case, [line()], CYCLE).is_changed
    assert judge(proposed, case, [line(provider="Q")], CYCLE).outcome == "becomes_met"


def test_judge_sees_a_sponsor_and_its_day():
    approved = ApprovalFacts(provider="S", authority="B", status=Standing.FULL)
    sponsor = SponsorFacts(sponsor="S", provider="P", first_on=DAY, last_on=DAY)
    proposed, case = proposal(RegisterFacts((approved,)), RegisterFacts((approved,), (sponsor,)))

    assert judge(proposed, case, [line()], CYCLE).outcome == "becomes_met"
    assert judge(proposed, case, [line(earned_on=date(2026, 2, 28))], CYCLE).outcome == "stays_unclear"


def test_judge_sees_a_waiver_of_its_own_set_and_version():
    waived = (WaiverFacts(rule="hours", first_on=DAY),)
    approved = (FULL,)
    for key, expected in ((("set", 1), "becomes_met"), (("set", 2), "stays_short"), (("other", 1), "stays_short")):
        proposed, case = proposal(RegisterFacts(approved), RegisterFacts(approved, (), {key: waived}), new=rules(600))
        assert judge(proposed, case, [line()], CYCLE).outcome == expected


def test_judge_compares_two_versions():
    register = RegisterFacts((FULL,))
    proposed, case = proposal(register, register, old=rules(60), new=rules(90, version=2))

    change = judge(proposed, case, [line()], CYCLE)

    assert (change.outcome, change.short_after) == ("becomes_short", 30)


def test_dossier_has_the_approvals_of_its_providers_and_sponsors_alone():
    other = ApprovalFacts(provider="Q", authority="B", status=Standing.FULL)
    sponsored = ApprovalFacts(provider="S", authority="B", status=Standing.FULL)
    sponsor = SponsorFacts(sponsor="S", provider="P")
    register = RegisterFacts((FULL, other, sponsored), (sponsor,))

    dossier = dossier_of([line()], register, rules(), CYCLE)

    assert dossier.approvals == (FULL, sponsored)
    assert [found.sponsors for found in dossier.evidence] == [("S",)]
    assert dossier_of([line(sponsors=("S",))], register, rules(), CYCLE).evidence[0].sponsors == ("S",)


# --- What is touched ----------------------------------------------------------------------------------------------


def test_cites_finds_an_authority_at_any_depth():
    nested = RequirementSetFacts(
        code="set",
        requirements=(
            RequirementFacts(
                code="mix",
                kind="credit_cap",
                parameters={"minutes": 300, "of": [{"none": [{"authority": "TX-DSHS"}]}]},
            ),
        ),
    )

    assert cites(nested, {"TX-DSHS", "B"})
    assert cites(nested, None)
    assert not cites(nested, {"B"})
    assert not cites(rules(authority=""), None)


def test_digest_tells_proposals_apart():
    plain, _case = proposal()
    same, _case = proposal()
    others = [
        proposal(after=RegisterFacts((FULL,)))[0],
        proposal(before=RegisterFacts((FULL,)))[0],
        proposal(after=RegisterFacts((), (), {("set", 1): (WaiverFacts(rule="hours"),)}))[0],
        proposal(new=rules(61))[0],
        Proposal(as_of=date(2026, 3, 2), before=plain.before, after=plain.after, cases=plain.cases),
    ]

    assert plain.digest == same.digest
    assert len({plain.digest, *(other.digest for other in others)}) == 6


# --- Counting -----------------------------------------------------------------------------------------------------


def test_tally_adds_up_to_the_people():
    tally = Tally()
    met, short = answer(rules(), line()), answer(rules(90), line(30))
    for before, after in ((met, met), (met, short), (short, met), (short, short), (None, met)):
        tally.add(compare(before, after))

    assert tally.people == 5
    assert tally.turned == 3
    assert tally.changed == 3
    assert (tally.gained_minutes, tally.lost_minutes) == (90, 30)
    assert {key: count for key, count in tally.outcomes.items() if count} == {
        "stays_met": 1, "becomes_short": 1, "becomes_met": 2, "stays_short": 1,
    }  # fmt: skip


def test_slot_says_that_nobody_filled_it():
    with pytest.raises(LookupError, match="No app has said where hours are kept"):
        _ = HoursSlot().source
