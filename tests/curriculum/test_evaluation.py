"""The engine, without a database: tables of cases, edges, and properties that hold for any evidence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.data import Counted, Evidence, LeftOut, Part, Reason, Status
from curriculum.evaluation import (
    ALONE,
    LOGIC,
    PARAMETERS,
    Fault,
    RulesError,
    faults,
    months_before,
    next_fixed_day,
    set_faults,
    window_before,
)
from curriculum.evaluation.figures import CAPS, GATES, MINIMUMS, SELECT
from tests.curriculum.judging import BAD, EXPIRY, GOOD, TODAY, UNHEARD, evaluate, line, rule, rules

RENEWAL = rules(rule("hours", "total_minimum", minutes=900, window_months=24))
TRAINING = rules(
    rule("hours", "total_minimum", minutes=4800),
    rule("online", "credit_cap", deliveries=["self_paced", "live_online"], share_percent=70),
)


# --- Vectors ------------------------------------------------------------------------------------------------------


def test_t1_hours_outside_the_window_leave_it_short():
    evidence = [line("a", 870), line("b", 120, date(2025, 7, 1))]

    answer = evaluate(RENEWAL, evidence, as_of=TODAY, expires_on=EXPIRY)

    hours = answer.result("hours")
    assert (answer.status, answer.counted_minutes, answer.short_minutes, answer.due_on) == (
        Status.SHORT,
        870,
        30,
        EXPIRY,
    )
    assert hours.window == (date(2025, 8, 1), EXPIRY)
    assert hours.counted == (Counted(evidence_id="a", minutes=870),)
    reason = Reason(code="before_window", parameters={"first": date(2025, 8, 1), "last": EXPIRY})
    assert hours.left_out == (LeftOut(evidence_id="b", minutes=120, reason=reason),)


def test_t2_a_provider_that_was_not_approved_that_day_counts_nowhere():
    both = rules(*RENEWAL.requirements, rule("provider", "provider_eligibility", authority="BOARD"))
    evidence = [line("a", 120, date(2026, 3, 1), provider=BAD)]

    answer = evaluate(both, evidence, as_of=TODAY, expires_on=EXPIRY)

    reason = Reason(code="provider_not_approved", parameters={"provider": BAD, "day": date(2026, 3, 1)})
    left_out = (LeftOut(evidence_id="a", minutes=120, reason=reason),)
    assert answer.counted_minutes == 0
    assert answer.result("hours").left_out == left_out
    assert answer.result("provider").left_out == left_out


def test_t3_a_cap_limits_credit_not_learning():
    evidence = [line("a", 3600, delivery="self_paced"), line("b", 1800)]

    answer = evaluate(TRAINING, evidence, as_of=TODAY)

    reason = Reason(code="over_cap", parameters={"minutes": 3360, "requirement": "online"})
    left_out = (LeftOut(evidence_id="a", minutes=240, reason=reason),)
    assert (answer.status, answer.counted_minutes, answer.short_minutes) == (Status.MET, 86 * 60, 0)
    assert answer.result("hours").left_out == left_out
    assert answer.result("online").left_out == left_out
    assert answer.result("online").reason == Reason(code="over_cap_by", parameters={"minutes": 240, "cap": 3360})


def test_t4_the_same_with_too_little_in_person_is_short_and_with_the_waiver_met():
    evidence = [line("a", 4800, delivery="live_online"), line("b", 600)]
    total, cap = TRAINING.requirements
    waived = rules(total, replace(cap, waived_from=date(2025, 3, 11), waived_to=date(2028, 7, 31)))

    without = evaluate(TRAINING, evidence, as_of=TODAY)
    with_waiver = evaluate(waived, evidence, as_of=TODAY)

    assert (without.status, without.counted_minutes, without.short_minutes) == (Status.SHORT, 66 * 60, 14 * 60)
    assert (with_waiver.status, with_waiver.counted_minutes, with_waiver.short_minutes) == (Status.MET, 90 * 60, 0)
    assert with_waiver.result("online").status == Status.WAIVED
    assert with_waiver.result("online").reason == Reason(code="waived", parameters={"last": date(2028, 7, 31)})


# --- Thresholds and edges -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "status", "short"), [(899, "short", 1), (900, "met", 0), (901, "met", 0)])
def test_total_at_the_threshold(minutes, status, short):
    answer = evaluate(RENEWAL, [line("a", minutes)], as_of=TODAY, expires_on=EXPIRY)

    assert (answer.status, answer.short_minutes, answer.counted_minutes) == (status, short, minutes)


@pytest.mark.parametrize(
    ("earned_on", "minutes"),
    [
        (date(2025, 7, 31), 0),
        (date(2025, 8, 1), 60),
        (date(2027, 7, 31), 60),
        (date(2027, 8, 1), 0),
    ],
)
def test_window_counts_its_first_and_last_day(earned_on, minutes):
    answer = evaluate(RENEWAL, [line("a", 60, earned_on)], as_of=date(2027, 12, 31), expires_on=EXPIRY)

    assert answer.counted_minutes == minutes


@pytest.mark.parametrize(
    ("expires_on", "months", "first"),
    [
        (date(2027, 7, 31), 24, date(2025, 8, 1)),
        (date(2028, 2, 29), 24, date(2026, 3, 1)),
        (date(2026, 2, 28), 24, date(2024, 2, 29)),
        (date(2027, 3, 31), 1, date(2027, 3, 1)),
        (date(2027, 1, 15), 12, date(2026, 1, 16)),
        (date(2027, 10, 31), 12, date(2026, 11, 1)),
    ],
)
def test_window_before_an_expiry_day(expires_on, months, first):
    assert window_before(expires_on, months) == (first, expires_on)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 31), 2, date(2025, 11, 30)),
        (date(2026, 1, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 5), -1, date(2027, 1, 5)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_before(day, months, expected):
    assert months_before(day, months) == expected


@pytest.mark.parametrize(
    ("today", "years", "expected"),
    [
        (date(2026, 3, 15), "odd", date(2027, 7, 31)),
        (date(2027, 7, 31), "odd", date(2027, 7, 31)),
        (date(2027, 8, 1), "odd", date(2029, 7, 31)),
        (date(2026, 3, 15), "even", date(2026, 7, 31)),
        (date(2026, 8, 1), "every", date(2027, 7, 31)),
    ],
)
def test_next_fixed_day(today, years, expected):
    assert next_fixed_day(today, month=7, day=31, years=years) == expected


def test_next_fixed_day_refuses_years_it_does_not_know():
    with pytest.raises(ValueError, match="odd, even or every"):
        next_fixed_day(TODAY, month=7, day=31, years="")


@pytest.mark.parametrize(
    ("online", "counted", "left_out"), [(3359, 3359, 0), (3360, 3360, 0), (3361, 3360, 1), (9999, 3360, 6639)]
)
def test_cap_at_the_threshold(online, counted, left_out):
    answer = evaluate(TRAINING, [line("a", online, delivery="self_paced")], as_of=TODAY)

    assert answer.counted_minutes == counted
    assert sum(item.minutes for item in answer.result("online").left_out) == left_out


def test_cap_in_minutes_needs_no_total():
    only = rules(rule("cap", "credit_cap", deliveries=["self_paced"], minutes=60))

    answer = evaluate(only, [line("a", 90, delivery="self_paced"), line("b", 30)], as_of=TODAY)

    assert (answer.status, answer.counted_minutes) == (Status.MET, 90)


def test_share_of_a_cap_is_rounded_down_to_whole_minutes():
    odd = rules(
        rule("hours", "total_minimum", minutes=101),
        rule("online", "credit_cap", deliveries=["self_paced"], share_percent=50),
    )

    answer = evaluate(odd, [line("a", 101, delivery="self_paced")], as_of=TODAY)

    assert answer.counted_minutes == 50


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        (date(2025, 3, 10), "short"),
        (date(2025, 3, 11), "waived"),
        (date(2028, 7, 31), "waived"),
        (date(2028, 8, 1), "short"),
    ],
)
def test_waiver_counts_its_first_and_last_day(as_of, status):
    waived = replace(
        rule("hours", "total_minimum", minutes=900), waived_from=date(2025, 3, 11), waived_to=date(2028, 7, 31)
    )

    assert evaluate(rules(waived), [], as_of=as_of).status == status


# --- Each kind ----------------------------------------------------------------------------------------------------


def test_total_without_an_expiry_day_cannot_be_told():
    answer = evaluate(RENEWAL, [line("a", 900)], as_of=TODAY)

    assert (answer.status, answer.due_on) == (Status.CANNOT_TELL, None)
    assert answer.result("hours").reason == Reason(code="no_expiry_day")


def test_evidence_of_a_day_to_come_is_left_out():
    answer = evaluate(RENEWAL, [line("a", 60, date(2026, 3, 16))], as_of=TODAY, expires_on=EXPIRY)

    reason = Reason(code="after_as_of", parameters={"day": TODAY})
    assert answer.result("hours").left_out == (LeftOut(evidence_id="a", minutes=60, reason=reason),)


def test_same_evidence_twice_counts_once():
    answer = evaluate(RENEWAL, [line("a", 60), line("a", 60)], as_of=TODAY, expires_on=EXPIRY)

    assert answer.counted_minutes == 60
    assert answer.result("hours").left_out == (
        LeftOut(evidence_id="a", minutes=60, reason=Reason(code="counted_already")),
    )


@pytest.mark.parametrize(("minutes", "status", "short"), [(59, "short", 1), (60, "met", 0), (61, "met", 0)])
@pytest.mark.parametrize("by", ["competency", "tag"])
def test_nested_minimum_at_the_threshold(minutes, status, short, by):
    nested = rules(
        rule("hours", "total_minimum", minutes=60, window_months=24),
        rule("ethics", "nested_minimum", minutes=60, **{by: "X"}),
    )
    proof = {"competencies": {"X": minutes}} if by == "competency" else {"tags": frozenset({"X"})}

    answer = evaluate(nested, [line("a", minutes, **proof), line("b", 100)], as_of=TODAY, expires_on=EXPIRY)

    result = answer.result("ethics")
    assert (result.status, result.short_minutes, result.counted_minutes) == (status, short, minutes)
    code = "other_competency" if by == "competency" else "other_topic"
    assert result.left_out == (LeftOut(evidence_id="b", minutes=100, reason=Reason(code=code, parameters={by: "X"})),)


def test_nested_minimum_looks_back_as_far_as_the_total():
    nested = rules(
        rule("hours", "total_minimum", minutes=60, window_months=24),
        rule("ethics", "nested_minimum", minutes=60, tag="ethics"),
    )

    answer = evaluate(
        nested, [line("a", 60, date(2025, 7, 31), tags=frozenset({"ethics"}))], as_of=TODAY, expires_on=EXPIRY
    )

    assert answer.result("ethics").counted_minutes == 0


def test_nested_minimum_may_have_a_shorter_window_of_its_own():
    nested = rules(
        rule("hours", "total_minimum", minutes=60, window_months=24),
        rule("ethics", "nested_minimum", minutes=60, tag="ethics", window_months=6),
    )

    answer = evaluate(nested, [line("a", 60, tags=frozenset({"ethics"}))], as_of=TODAY, expires_on=EXPIRY)

    assert (answer.counted_minutes, answer.result("ethics").counted_minutes) == (60, 0)


@pytest.mark.parametrize(("minutes", "status", "short"), [(29, "short", 1), (30, "met", 0), (31, "met", 0)])
def test_competency_minimum_at_the_threshold(minutes, status, short):
    each = rules(rule("each", "competency_minimum", minutes=30, competencies=["X", "Y"]))

    answer = evaluate(each, [line("a", 100, competencies={"X": 60, "Y": minutes})], as_of=TODAY)

    result = answer.result("each")
    assert (result.status, result.short_minutes, result.required_minutes) == (status, short, 60)
    assert result.parts == (
        Part(code="X", required_minutes=30, counted_minutes=60),
        Part(code="Y", required_minutes=30, counted_minutes=minutes),
    )


def test_competency_minimum_without_an_expiry_day_cannot_be_told():
    each = rules(rule("each", "competency_minimum", minutes=30, competencies=["X", "Y"], window_months=24))

    answer = evaluate(each, [], as_of=TODAY)

    assert (answer.status, answer.result("each").required_minutes) == (Status.CANNOT_TELL, 60)


def test_cap_credits_first_what_another_minimum_needs():
    both = rules(
        rule("hours", "total_minimum", minutes=100),
        rule("cap", "credit_cap", deliveries=["self_paced"], minutes=60),
        rule("x", "nested_minimum", minutes=50, competency="X"),
    )
    evidence = [
        line("a", 60, date(2026, 1, 1), delivery="self_paced", competencies={"Y": 60}),
        line("b", 60, date(2026, 1, 2), delivery="self_paced", competencies={"X": 60}),
        line("c", 40),
    ]

    answer = evaluate(both, evidence, as_of=TODAY)

    assert (answer.status, answer.counted_minutes) == (Status.MET, 100)
    assert answer.result("x").counted_minutes == 50
    assert answer.competency_minutes == {"X": 50, "Y": 10}


def test_cap_is_never_spent_twice_over_several_minimums():
    both = rules(
        rule("hours", "total_minimum", minutes=100),
        rule("cap", "credit_cap", deliveries=["self_paced"], minutes=56),
        rule("each", "competency_minimum", minutes=30, competencies=["X", "Y"]),
    )
    evidence = [line("a", 80, delivery="self_paced", competencies={"X": 40, "Y": 40})]

    answer = evaluate(both, evidence, as_of=TODAY)

    assert (answer.counted_minutes, answer.result("each").counted_minutes) == (56, 56)
    assert answer.result("each").short_minutes == 4


@pytest.mark.parametrize(
    ("provider", "status", "counted"), [(GOOD, "met", 900), (UNHEARD, "cannot_tell", 900), (BAD, "short", 0)]
)
def test_provider_decides_only_where_it_is_known(provider, status, counted):
    both = rules(*RENEWAL.requirements, rule("provider", "provider_eligibility", authority="BOARD"))

    answer = evaluate(both, [line("a", 900, provider=provider)], as_of=TODAY, expires_on=EXPIRY)

    assert (answer.status, answer.counted_minutes) == (status, counted)


def test_provider_to_confirm_names_the_records_and_providers():
    both = rules(*RENEWAL.requirements, rule("provider", "provider_eligibility", authority="BOARD"))
    evidence = [
        line("a", 60, provider="Uno"),
        line("b", 60, provider="Dos"),
        line("c", 60, provider=GOOD),
        line("d", 60, date(2024, 1, 1), provider="Tres"),
    ]

    result = evaluate(both, evidence, as_of=TODAY, expires_on=EXPIRY).result("provider")

    assert result.status == Status.CANNOT_TELL
    assert result.reason == Reason(code="provider_to_confirm", parameters={"count": 2, "providers": "Dos, Uno"})
    assert result.counted == (Counted(evidence_id="c", minutes=60),)
    assert [item.evidence_id for item in result.left_out] == ["a", "b"]


def test_provider_without_evidence_cannot_be_told():
    gate = rules(rule("provider", "provider_eligibility", authority="BOARD"))

    result = evaluate(gate, [], as_of=TODAY).result("provider")

    assert (result.status, result.reason) == (Status.CANNOT_TELL, Reason(code="nothing_to_judge"))


@pytest.mark.parametrize(
    ("proof", "status"),
    [({"competencies": {"X": 10}}, "met"), ({"tags": frozenset({"law"})}, "met"), ({}, "cannot_tell")],
)
def test_subject_is_met_by_a_competency_or_a_topic(proof, status):
    subject = rules(rule("subject", "subject", competencies=["X"], tags=["law"]))

    assert evaluate(subject, [line("a", 60, **proof)], as_of=TODAY).status == status


@pytest.mark.parametrize(("minutes", "status"), [(119, "short"), (120, "met"), (121, "met")])
def test_experience_on_record_at_the_threshold(minutes, status):
    work = rules(rule("work", "experience", minutes=120, lookback_months=12))
    evidence = [
        line("a", minutes, component="experience"),
        line("b", 500),
        line("c", 500, date(2025, 3, 15), component="experience"),
    ]

    result = evaluate(work, evidence, as_of=TODAY).result("work")

    assert (result.status, result.counted_minutes) == (status, minutes)
    assert [item.evidence_id for item in result.left_out] == ["c"]


def test_experience_that_nobody_recorded_cannot_be_told():
    work = rules(rule("work", "experience", minutes=120))

    result = evaluate(work, [line("b", 500)], as_of=TODAY).result("work")

    assert (result.status, result.short_minutes) == (Status.CANNOT_TELL, 0)
    assert result.reason == Reason(code="experience_not_held", parameters={"minutes": 120})


def test_experience_is_not_training():
    answer = evaluate(RENEWAL, [line("a", 900, component="experience")], as_of=TODAY, expires_on=EXPIRY)

    assert answer.counted_minutes == 0


@pytest.mark.parametrize(
    ("kind", "parameters", "reason"),
    [
        ("documents", {"documents": ("photo",)}, "documents_needed"),
        ("references", {"count": 3, "each_at_least": 1, "competencies": ["X"]}, "references_needed"),
        ("person_eligibility", {"years": 18}, "age_needed"),
    ],
)
def test_what_only_the_person_can_show_cannot_be_told(kind, parameters, reason):
    result = evaluate(rules(rule("it", kind, **parameters)), [], as_of=TODAY).result("it")

    assert (result.status, result.reason) == (Status.CANNOT_TELL, Reason(code=reason, parameters=parameters))


def test_waived_gate_lets_everything_through():
    provider = replace(rule("provider", "provider_eligibility", authority="BOARD"), waived_from=TODAY, waived_to=TODAY)
    both = rules(*RENEWAL.requirements, provider)

    answer = evaluate(both, [line("a", 900, provider=BAD)], as_of=TODAY, expires_on=EXPIRY)

    assert (answer.status, answer.counted_minutes) == (Status.MET, 900)


def test_no_rules_say_nothing():
    assert evaluate(rules(), [line("a", 60)], as_of=TODAY).status == Status.CANNOT_TELL


def test_fewest_minutes_settle_total_and_parts_together():
    both = rules(
        rule("hours", "total_minimum", minutes=100),
        rule("x", "nested_minimum", minutes=50, competency="X"),
        rule("y", "nested_minimum", minutes=40, competency="Y"),
        rule("t", "nested_minimum", minutes=95, tag="t"),
    )

    short_of_parts = evaluate(both, [line("a", 99, tags=frozenset({"t"}))], as_of=TODAY)
    short_of_all = evaluate(both, [], as_of=TODAY)

    assert short_of_parts.short_minutes == 90
    assert short_of_all.short_minutes == 100


# --- Corrections --------------------------------------------------------------------------------------------------


def test_correction_takes_back_from_what_is_most_alike():
    evidence = [
        line("a", 60, competencies={"X": 60}),
        line("b", 60, competencies={"Y": 60}),
        line("c", -20, competencies={"Y": -20}),
    ]

    answer = evaluate(RENEWAL, evidence, as_of=TODAY, expires_on=EXPIRY)

    assert (answer.counted_minutes, answer.competency_minutes) == (100, {"X": 60, "Y": 40})
    reason = Reason(code="corrected", parameters={"evidence_id": "c"})
    assert answer.result("hours").left_out == (LeftOut(evidence_id="b", minutes=20, reason=reason),)


def test_correction_never_takes_more_than_there_is():
    answer = evaluate(RENEWAL, [line("a", 60), line("b", -90)], as_of=TODAY, expires_on=EXPIRY)

    assert answer.counted_minutes == 0


# --- Bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": 1.5},
        {"minutes": True},
        {"minutes": 60, "competencies": {"X": 1.5}},
        {"minutes": 60, "competencies": {"X": 61}},
        {"minutes": 60, "competencies": {"X": 31, "Y": 30}},
        {"minutes": 60, "competencies": {"X": -1}},
        {"minutes": -60, "competencies": {"X": 60}},
    ],
)
def test_evidence_refuses_figures_that_cannot_be(fields):
    with pytest.raises(ValueError, match="Evidence a"):
        Evidence(id="a", earned_on=TODAY, **fields)


@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        ("total_minimum", {"minutes": 900}, []),
        ("total_minimum", {}, [Fault("minutes", "missing")]),
        ("total_minimum", {"minutes": 0}, [Fault("minutes", "not_whole")]),
        ("total_minimum", {"minutes": 1.5}, [Fault("minutes", "not_whole")]),
        ("total_minimum", {"minutes": True}, [Fault("minutes", "not_whole")]),
        ("total_minimum", {"minutes": 1, "hours": 1}, [Fault("hours", "unknown")]),
        ("total_minimum", [], [Fault("parameters", "not_a_mapping")]),
        ("sum", {}, [Fault("kind", "unknown_kind")]),
        ("nested_minimum", {"minutes": 1}, [Fault(", ".join(SELECT), "at_least_one")]),
        ("nested_minimum", {"minutes": 1, "tag": "a", "competency": "b"}, []),
        ("nested_minimum", {"minutes": 1, "tag": ""}, [Fault("tag", "not_code")]),
        ("competency_minimum", {"minutes": 1, "competencies": []}, [Fault("competencies", "not_codes")]),
        ("competency_minimum", {"minutes": 1, "competencies": ["X", "X"]}, [Fault("competencies", "not_codes")]),
        ("competency_minimum", {"minutes": 1, "competencies": "X"}, [Fault("competencies", "not_codes")]),
        ("credit_cap", {"deliveries": ["hybrid"], "share_percent": 100}, []),
        ("credit_cap", {"deliveries": ["hybrid"], "share_percent": 101}, [Fault("share_percent", "not_percent")]),
        ("subject", {}, [Fault("competencies, tags", "at_least_one")]),
    ],
)
def test_faults_of_a_rule(kind, parameters, expected):
    assert faults(kind, parameters) == expected


def test_faults_of_rules_taken_together():
    total = rule("hours", "total_minimum", minutes=1)
    share = rule("cap", "credit_cap", deliveries=["hybrid"], share_percent=70)

    assert set_faults([total, share]) == []
    assert set_faults([total, total]) == [Fault("hours", "double_code")]
    assert set_faults([total, replace(total, code="more")]) == [Fault("total_minimum", "more_than_one_total")]
    assert set_faults([share]) == [Fault("cap", "share_of_no_total")]


@pytest.mark.parametrize(
    "bad",
    [rules(rule("a", "sum")), rules(rule("cap", "credit_cap", deliveries=["hybrid"], share_percent=70))],
)
def test_rules_that_are_not_well_formed_are_refused(bad):
    with pytest.raises(RulesError):
        evaluate(bad, [], as_of=TODAY)


def test_asking_for_an_unknown_result_is_an_error():
    with pytest.raises(KeyError):
        evaluate(RENEWAL, [], as_of=TODAY).result("nothing")


def test_every_kind_has_a_rule_and_figures():
    asking = {*GATES, *CAPS, *MINIMUMS, *LOGIC}

    assert not asking & set(ALONE)
    assert asking | set(ALONE) == set(PARAMETERS)


# --- Properties ---------------------------------------------------------------------------------------------------

MIXED = rules(
    rule("hours", "total_minimum", minutes=900, window_months=24),
    rule("online", "credit_cap", deliveries=["self_paced", "live_online"], share_percent=70),
    rule("live", "credit_cap", deliveries=["live_online"], minutes=120),
    rule("x", "nested_minimum", minutes=120, competency="X"),
    rule("t", "nested_minimum", minutes=60, tag="t"),
    rule("each", "competency_minimum", minutes=90, competencies=["X", "Y"]),
    rule("provider", "provider_eligibility", authority="BOARD"),
    rule("subject", "subject", competencies=["X", "Y"], tags=["t"]),
)


@st.composite
def evidence_lines(draw):
    split = draw(st.dictionaries(st.sampled_from(["X", "Y", "Z"]), st.integers(0, 200), max_size=3))
    return [
        sum(split.values()) + draw(st.integers(0, 200)),
        date(2025, 6, 1) + timedelta(days=draw(st.integers(0, 330))),
        {
            "delivery": draw(st.sampled_from(["self_paced", "live_online", "in_person"])),
            "competencies": split,
            "tags": frozenset(draw(st.sets(st.sampled_from(["t", "u"])))),
            "provider": draw(st.sampled_from([GOOD, BAD, UNHEARD])),
        },
    ]


def _lines(drawn):
    return [line(str(index), minutes, day, **fields) for index, (minutes, day, fields) in enumerate(drawn)]


@given(st.lists(evidence_lines(), max_size=12), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=200)
def test_order_never_matters(drawn, random):
    evidence = _lines(drawn)
    shuffled = list(evidence)
    random.shuffle(shuffled)

    assert evaluate(MIXED, shuffled, as_of=TODAY, expires_on=EXPIRY) == evaluate(
        MIXED, evidence, as_of=TODAY, expires_on=EXPIRY
    )


@given(st.lists(evidence_lines(), min_size=1, max_size=12))
@settings(deadline=None, max_examples=200)
def test_more_evidence_never_lowers_the_total(drawn):
    evidence = _lines(drawn)

    fewer = evaluate(MIXED, evidence[:-1], as_of=TODAY, expires_on=EXPIRY)
    more = evaluate(MIXED, evidence, as_of=TODAY, expires_on=EXPIRY)

    assert more.counted_minutes >= fewer.counted_minutes


@given(st.lists(evidence_lines(), max_size=12))
@settings(deadline=None, max_examples=200)
def test_nothing_is_counted_twice_and_nothing_is_lost(drawn):
    evidence = _lines(drawn)
    minutes = {item.id: item.minutes for item in evidence}

    answer = evaluate(MIXED, evidence, as_of=TODAY, expires_on=EXPIRY)

    for result in answer.results:
        counted = {item.evidence_id: item.minutes for item in result.counted}
        assert len(counted) == len(result.counted)
        assert all(counted[key] <= minutes[key] for key in counted)
    hours = answer.result("hours")
    for key, whole in minutes.items():
        kept = sum(item.minutes for item in hours.counted if item.evidence_id == key)
        dropped = sum(item.minutes for item in hours.left_out if item.evidence_id == key)
        assert kept + dropped == whole
    assert sum(answer.competency_minutes.values()) <= answer.counted_minutes
    online = sum(item.minutes for item in hours.counted if evidence[int(item.evidence_id)].delivery != "in_person")
    assert online <= 630
