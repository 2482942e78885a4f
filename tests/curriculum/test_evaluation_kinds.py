"""Every kind of rule at its edges, and rules that nest. The number is that of the rule vocabulary (docs)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum import reports
from curriculum.data import (
    COMPONENTS,
    DELIVERIES,
    LEVELS,
    ApprovalFacts,
    CycleFacts,
    DocumentFacts,
    PersonFacts,
    Reason,
    Standing,
    Status,
    Step,
    WaiverFacts,
)
from curriculum.evaluation import PARAMETERS, Fault, faults, set_faults
from tests.curriculum.judging import BAD, EXPIRY, GOOD, TODAY, UNHEARD, evaluate, line, rule, rules

TOTAL = rule("hours", "total_minimum", minutes=600)


def answered(answer, code):
    result = answer.result(code)
    return result.status.value, result.counted_minutes, result.short_minutes


def reason(answer, code):
    found = answer.result(code).reason
    return found.code if found else None


def losses(answer, code):
    return {(item.evidence_id, item.reason.code): item.minutes for item in answer.result(code).left_out}


# --- 2 Of which at least; T11 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("overlap", "law", "boundaries"), [(True, 60, 60), (False, 60, 0)])
def test_t11_one_hour_on_two_topics_depends_on_whether_they_may_overlap(overlap, law, boundaries):
    asked = rules(
        TOTAL,
        rule("law", "nested_minimum", minutes=60, tag="law", overlap_allowed=overlap),
        rule("boundaries", "nested_minimum", minutes=60, tag="boundaries", overlap_allowed=overlap),
    )

    answer = evaluate(asked, [line("a", 60, tags=frozenset({"law", "boundaries"})), line("b", 600)])

    assert answer.result("law").counted_minutes == law
    assert answer.result("boundaries").counted_minutes == boundaries
    assert answer.counted_minutes == 660
    assert answer.short_minutes == 60 - boundaries


def test_minutes_that_serve_one_topic_alone_say_where_they_are():
    asked = rules(
        rule("law", "nested_minimum", minutes=60, tag="law", overlap_allowed=False),
        rule("ethics", "nested_minimum", minutes=30, tag="ethics"),
    )

    answer = evaluate(asked, [line("a", 70, tags=frozenset({"law", "ethics"}))])

    assert answered(answer, "law") == ("met", 60, 0)
    assert answered(answer, "ethics") == ("short", 10, 20)
    assert losses(answer, "ethics") == {("a", "used_by_other"): 60}


# --- 3 Partition; T10 ---------------------------------------------------------------------------------------------

BUCKETS = rule(
    "buckets",
    "partition",
    buckets=[
        {"code": "health", "minutes": 480, "tags": ["health"]},
        {"code": "culture", "minutes": 360, "tags": ["culture"]},
    ],
)


def test_t10_what_is_over_in_one_bucket_does_not_help_another():
    evidence = [line("a", 600, tags=frozenset({"health"})), line("b", 240, tags=frozenset({"culture"}))]

    answer = evaluate(rules(BUCKETS), evidence)

    assert (answer.status, answer.counted_minutes, answer.short_minutes) == (Status.SHORT, 720, 120)
    assert [(part.code, part.counted_minutes) for part in answer.result("buckets").parts] == [
        ("health", 480),
        ("culture", 240),
    ]
    assert losses(answer, "buckets") == {("a", "bucket_full"): 120}


def test_minutes_that_fit_two_buckets_go_where_they_are_needed():
    evidence = [line("a", 480, tags=frozenset({"health"})), line("b", 360, tags=frozenset({"health", "culture"}))]

    assert evaluate(rules(BUCKETS), evidence).status == Status.MET


def test_minutes_that_no_bucket_takes_say_so():
    assert losses(evaluate(rules(BUCKETS), [line("a", 5)]), "buckets") == {("a", "no_bucket"): 5}


# --- 5 Coverage, references; T14 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at_least", "codes", "status", "short"),
    [(3, "XYZ", "met", 0), (3, "XY", "short", 1), (2, "XY", "met", 0), (2, "X", "short", 1), (1, "", "short", 1)],
)
def test_coverage_counts_competencies_not_minutes(at_least, codes, status, short):
    asked = rules(rule("all", "coverage", competencies=["X", "Y", "Z"], at_least=at_least))

    answer = evaluate(asked, [line(code, 10, competencies={code: 1}) for code in codes])

    assert answer.result("all").status == status
    assert answer.short_minutes == short


@pytest.mark.parametrize(
    ("sizes", "status", "code"),
    [
        ([8, 8, 7], "short", "references_too_few"),
        ([8, 8, 8], "met", "references_enough"),
        ([8, 8], "short", "references_too_few"),
        ([8, 8, 8, 1], "met", "references_enough"),
        ([], "cannot_tell", "references_needed"),
    ],
)
def test_t14_each_reference_must_cover_enough(sizes, status, code):
    codes = [f"MA-{number}" for number in range(1, 11)]
    asked = rules(rule("references", "references", count=3, each_at_least=8, competencies=codes))
    # The first form starts at MA-1, the second ends at MA-10, the third leaves out the middle: together they are all.
    starts = [codes[:8], codes[2:], [*codes[:4], *codes[6:]], codes]
    papers = [
        DocumentFacts(kind="reference", covers=frozenset(start[:size]))
        for start, size in zip(starts, sizes, strict=False)
    ]

    answer = evaluate(asked, [], documents=tuple(papers))

    assert (answer.status, reason(answer, "references")) == (status, code)


def test_references_must_cover_everything_together():
    asked = rules(rule("references", "references", count=1, each_at_least=1, competencies=["X", "Y"]))

    answer = evaluate(asked, [], documents=(DocumentFacts(kind="reference", covers=frozenset("X")),))

    assert answer.result("references").reason == Reason(code="references_leave_out", parameters={"competency": "Y"})


# --- 6 Limits -----------------------------------------------------------------------------------------------------


def test_share_of_what_is_counted_grows_with_it():
    cap = rule("online", "credit_cap", deliveries=["self_paced"], share_percent=50, basis="counted")
    online = line("a", 400, delivery="self_paced")

    few = evaluate(rules(TOTAL, cap), [online, line("b", 100)])
    more = evaluate(rules(TOTAL, cap), [online, line("b", 100), line("c", 200)])

    assert (few.counted_minutes, more.counted_minutes) == (200, 600)
    assert losses(few, "online") == {("a", "over_share"): 300}
    assert reason(few, "online") == "share_over"
    # Of 400 that lack, every second minute may be one that is there already.
    assert few.short_minutes == 200


@pytest.mark.parametrize(("minutes", "counted"), [(299, 299), (300, 300), (301, 300)])
def test_cap_by_topic_at_the_threshold(minutes, counted):
    cap = rule("independent", "credit_cap", minutes=300, none=[{"authority": "BOARD"}])

    answer = evaluate(rules(TOTAL, cap), [line("a", minutes, provider=UNHEARD), line("b", 10, provider=GOOD)])

    assert answer.counted_minutes == counted + 10


# --- 7 8 9 19 Gates by what is known of a line; T12 ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "field", "good", "bad"),
    [
        (rule("gate", "delivery", deliveries=["in_person"]), "delivery", "in_person", "recorded"),
        (rule("gate", "component", components=["class"]), "component", "class", "homework"),
        (rule("gate", "level", levels=["advanced"]), "level", "advanced", "introductory"),
    ],
)
def test_gate_by_a_listed_value(gate, field, good, bad):
    evidence = [line("a", 10, **{field: good}), line("b", 20, **{field: bad}), line("c", 40, **{field: ""})]

    answer = evaluate(rules(TOTAL, gate), evidence)

    assert answer.counted_minutes == 50
    assert losses(answer, "gate") == {("b", f"{field}_not_accepted"): 20, ("c", f"{field}_unknown"): 40}
    assert reason(answer, "gate") == f"{field}_to_confirm"


@pytest.mark.parametrize(("components", "counted"), [(["class"], 60), (["class", "reading", "homework"], 90)])
def test_t12_whether_reading_counts_is_the_boards_rule(components, counted):
    asked = rules(TOTAL, rule("parts", "component", components=components))

    answer = evaluate(asked, [line("a", 60), line("b", 30, component="reading")])

    assert answer.counted_minutes == counted


def test_gate_judges_only_what_it_names():
    gate = rule("law", "provider_eligibility", authority="BOARD", only=[{"tags": ["law"]}])

    answer = evaluate(
        rules(TOTAL, gate), [line("a", 10, provider=BAD), line("b", 20, provider=BAD, tags=frozenset({"law"}))]
    )

    assert answer.counted_minutes == 10


@pytest.mark.parametrize(
    ("earned_on", "counted"),
    [("2026-01-01", 0), ("2026-01-02", 10), ("2026-01-31", 10), ("2026-02-01", 0)],
)
def test_window_of_fixed_days(earned_on, counted):
    gate = rule("days", "window", **{"from": "2026-01-02", "to": "2026-01-31"})

    assert evaluate(rules(TOTAL, gate), [line("a", 10, date.fromisoformat(earned_on))]).counted_minutes == counted


@pytest.mark.parametrize(("earned_on", "counted"), [("2025-08-31", 0), ("2025-09-01", 10), ("2026-03-15", 10)])
def test_window_of_a_cycle(earned_on, counted):
    total = rule("hours", "total_minimum", minutes=600, in_cycle=True)
    cycle = CycleFacts(starts_on=date(2025, 9, 1), expires_on=EXPIRY)

    answer = evaluate(rules(total), [line("a", 10, date.fromisoformat(earned_on))], cycle=cycle)

    assert answer.counted_minutes == counted


def test_window_of_a_cycle_whose_start_nobody_knows_cannot_be_told():
    total = rule("hours", "total_minimum", minutes=600, in_cycle=True)

    assert evaluate(rules(total), [line("a", 10)], expires_on=EXPIRY).status == Status.CANNOT_TELL


# --- 11 12 Approvals; T2 ------------------------------------------------------------------------------------------


def approval(status, first=None, last=None, **fields):
    facts = {"provider": "P", "authority": "BOARD", "status": status, "first_on": first, "last_on": last}
    return ApprovalFacts(**{**facts, **fields})


PROVIDER = rule("provider", "provider_eligibility", authority="BOARD")
FEB_15, FEB_16 = date(2026, 2, 15), date(2026, 2, 16)


@pytest.mark.parametrize(
    ("approvals", "counted"),
    [
        ((approval(Standing.FULL, None, FEB_15), approval(Standing.WARNING, FEB_16)), 0),
        ((approval(Standing.FULL, None, FEB_15), approval(Standing.WARNING, FEB_16, allows_ce=True)), 60),
        ((approval(Standing.FULL, None, date(2026, 3, 1)),), 60),
        ((approval(Standing.FULL, date(2026, 3, 2)),), 0),
        ((approval(Standing.PENDING),), 0),
        ((approval(Standing.WITHDRAWN),), 0),
        ((approval(Standing.FULL, activity="course-1"),), 60),
        ((approval(Standing.FULL, activity="course-2"),), 0),
        ((approval(Standing.WITHDRAWN), approval(Standing.FULL, provider="S")), 60),
        ((approval(Standing.FULL, authority="OTHER"),), 60),
    ],
)
def test_t2_approval_is_that_of_the_day_of_the_activity(approvals, counted):
    taken = line("a", 60, date(2026, 3, 1), provider="P", sponsors=("S",), activity="course-1")

    answer = evaluate(rules(TOTAL, PROVIDER), [taken], approvals=approvals)

    assert answer.counted_minutes == counted


def test_sponsors_count_unless_the_rule_says_otherwise():
    alone = rule("provider", "provider_eligibility", authority="BOARD", sponsors=False)
    taken = line("a", 60, provider=BAD, sponsors=(GOOD,))

    assert evaluate(rules(TOTAL, PROVIDER), [taken]).counted_minutes == 60
    assert evaluate(rules(TOTAL, alone), [taken]).counted_minutes == 0


def test_an_approved_activity_counts_for_its_approved_length():
    gate = rule("activity", "activity_approval", authority="BOARD")
    approvals = (approval(Standing.FULL, activity="x", minutes=45), approval(Standing.FULL))
    taken = [line("a", 60, provider="P", activity="x"), line("b", 60, provider="P", activity="y"), line("c", 1)]

    answer = evaluate(rules(TOTAL, gate), taken, approvals=approvals)

    assert losses(answer, "hours") == {("a", "over_approved"): 15, ("b", "activity_not_approved"): 60}
    assert losses(answer, "activity") == {("b", "activity_not_approved"): 60, ("c", "activity_unknown"): 1}
    assert (answer.counted_minutes, reason(answer, "activity")) == (46, "activity_to_confirm")


# --- 13 Logic; T5 T6 T7 T8 T9 -------------------------------------------------------------------------------------

CERTIFIED = {"any": [{"authority": "BOARD"}, {"tags": ["certified"]}]}
OTHER = {"none": [{"authority": "BOARD"}, {"tags": ["certified", "other-license"]}]}
MIXES = rules(
    rule("mix", "any_of"),
    rule("first", "all_of", "mix"),
    rule("first-hours", "total_minimum", "first", minutes=1200, **CERTIFIED),
    rule("second", "all_of", "mix"),
    rule("second-hours", "total_minimum", "second", minutes=1200),
    rule("second-certified", "nested_minimum", "second", minutes=300, **CERTIFIED),
    rule("second-license", "cross_profession", "second", minutes=300, tags=["other-license"]),
    rule("second-other", "credit_cap", "second", minutes=600, **OTHER),
    rule("third", "all_of", "mix"),
    rule("third-hours", "total_minimum", "third", minutes=1200),
    rule("third-certified", "nested_minimum", "third", minutes=600, **CERTIFIED),
    rule("third-other", "credit_cap", "third", minutes=600, none=CERTIFIED["any"]),
)


def mix(certified, license_, other):
    made = [line("c", certified * 60, provider=GOOD), line("o", other * 60, provider=UNHEARD)]
    made.append(line("l", license_ * 60, tags=frozenset({"other-license"}), competencies={"X": license_ * 60}))
    return [item for item in made if item.minutes]


@pytest.mark.parametrize(
    ("hours", "status", "counted", "short", "chosen"),
    [
        ((10, 0, 10), "met", 1200, 0, "second"),
        ((9, 0, 11), "short", 1140, 60, "second"),
        ((5, 5, 10), "met", 1200, 0, "second"),
        ((20, 0, 0), "met", 1200, 0, "first"),
        ((5, 6, 9), "short", 1140, 60, "second"),
        ((0, 0, 0), "short", 0, 1200, "first"),
    ],
)
def test_t5_t6_t7_the_best_of_three_mixes_answers(hours, status, counted, short, chosen):
    answer = evaluate(MIXES, mix(*hours))

    assert (answer.status, answer.counted_minutes, answer.short_minutes) == (status, counted, short)
    assert [item.code for item in answer.results if item.part_of == "mix" and item.is_chosen] == [chosen]
    assert answer.result("mix").status == status


def test_t6_one_certified_hour_is_the_shortest_way():
    answer = evaluate(MIXES, mix(9, 0, 11))

    assert [(step.minutes, step.settles) for step in answer.steps] == [(60, ("second-hours",))]
    assert evaluate(MIXES, mix(10, 0, 11)).status == Status.MET


def test_a_license_of_another_profession_must_name_a_competency():
    answer = evaluate(MIXES, [line("l", 60, tags=frozenset({"other-license"}))])

    assert losses(answer, "second-hours") == {("l", "not_related"): 60}


def test_t8_one_approved_hour_settles_both():
    kentucky = rules(
        TOTAL,
        rule("approved", "nested_minimum", minutes=300, authority="BOARD"),
        rule("independent", "credit_cap", minutes=300, none=[{"authority": "BOARD"}]),
    )

    answer = evaluate(kentucky, [line("a", 240, provider=GOOD), line("b", 480, provider=UNHEARD)])

    assert (answer.counted_minutes, answer.short_minutes) == (540, 60)
    assert answered(answer, "hours") == ("short", 540, 60)
    assert answered(answer, "approved") == ("short", 240, 60)
    assert answer.steps == (Step(minutes=60, authorities=frozenset({"BOARD"}), settles=("hours", "approved")),)


def test_n_of_takes_the_best_of_several():
    asked = rules(
        rule("two", "n_of", count=2),
        rule("a", "documents", "two", documents=["photo"]),
        rule("b", "nested_minimum", "two", minutes=60, tag="b"),
        rule("c", "nested_minimum", "two", minutes=60, tag="c"),
    )

    answer = evaluate(asked, [line("x", 60, tags=frozenset({"b"})), line("y", 50, tags=frozenset({"c"}))])

    assert {item.code for item in answer.results if not item.is_chosen} == {"c"}
    assert answer.result("two").status == Status.CANNOT_TELL
    more = evaluate(asked, [line("x", 60, tags=frozenset({"b"})), line("y", 60, tags=frozenset({"c"}))])
    assert (more.status, [item.code for item in more.results if not item.is_chosen]) == (Status.MET, ["a"])


def test_a_way_of_which_nothing_is_known_hides_none_that_has_begun():
    asked = rules(
        rule("ways", "any_of"),
        rule("trained", "all_of", "ways"),
        rule("hours", "total_minimum", "trained", minutes=600),
        rule("worked", "experience", "ways", minutes=240000),
    )

    short = evaluate(asked, [line("a", 60)])
    worked = evaluate(asked, [line("a", 60), line("b", 240000, component="experience")])

    assert (short.status, short.short_minutes, short.counted_minutes) == (Status.SHORT, 540, 60)
    assert (worked.status, worked.result("worked").is_chosen) == (Status.MET, True)


@pytest.mark.parametrize(("as_of", "status"), [("2023-07-31", "met"), ("2023-08-01", "short")])
def test_a_way_may_close(as_of, status):
    asked = rules(
        rule("ways", "any_of"),
        rule("trained", "all_of", "ways"),
        rule("hours", "total_minimum", "trained", minutes=600),
        rule("worked", "all_of", "ways", open_to="2023-07-31"),
        rule("work", "experience", "worked", minutes=60),
    )

    answer = evaluate(asked, [line("a", 60, date(2023, 1, 1), component="experience")], as_of=date.fromisoformat(as_of))

    assert answer.status == status
    assert reason(answer, "work") == (None if status == "met" else "closed")


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ([rule("a", "all_of", "b"), rule("b", "all_of", "a")], Fault("a", "circle")),
        ([rule("a", "all_of", "a")], Fault("a", "circle")),
        ([rule("a", "all_of")], Fault("a", "empty_group")),
        ([rule("a", "documents", "b", documents=["x"])], Fault("a", "part_of_nothing")),
        ([TOTAL, rule("a", "documents", "hours", documents=["x"])], Fault("a", "part_of_no_group")),
        (
            [rule("a", "n_of", count=2), rule("b", "documents", "a", documents=["x"])],
            Fault("a", "more_than_listed"),
        ),
        (
            [rule("a", "all_of"), rule("b", "rounding", "a", step_minutes=15, direction="down")],
            Fault("b", "stands_at_the_top"),
        ),
        (
            [rule("a", "n_of", count=4), *[rule(f"p{i}", "documents", "a", documents=["x"]) for i in range(8)]],
            Fault("requirements", "too_many_ways"),
        ),
        ([TOTAL, TOTAL], Fault("hours", "double_code")),
    ],
)
def test_rules_that_cannot_stand_together(requirements, expected):
    assert set_faults(requirements) == [expected]


# --- 14 15 Hours of their own -------------------------------------------------------------------------------------


def test_supervised_practice_is_not_training_too():
    asked = rules(TOTAL, rule("practice", "supervision", minutes=120, components=["practicum"]))

    answer = evaluate(asked, [line("a", 60), line("b", 90, component="practicum")])

    assert answered(answer, "hours") == ("short", 60, 540)
    assert answered(answer, "practice") == ("short", 90, 30)
    assert answer.short_minutes == 570
    assert losses(answer, "hours") == {("b", "counts_as_supervision"): 90}


def test_hours_of_work_that_need_a_paper():
    asked = rules(rule("work", "experience", minutes=60, documents=["employer-letter"]))
    work = [line("a", 60, component="experience")]

    assert evaluate(asked, work).status == Status.CANNOT_TELL
    assert evaluate(asked, work, documents=(DocumentFacts(kind="employer-letter"),)).status == Status.MET


# --- 16 17 Attendance, tests --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("attended", "counted"), [(79, 0), (80, 60), (81, 60), (None, 60)])
def test_attendance_at_the_threshold(attended, counted):
    asked = rules(TOTAL, rule("attendance", "attendance", percent=80))

    answer = evaluate(asked, [line("a", 60, attendance_percent=attended)])

    assert answer.counted_minutes == counted
    assert (answer.result("attendance").status == Status.CANNOT_TELL) is (attended is None)


@pytest.mark.parametrize(
    ("scores", "status", "code"),
    [
        ([], "cannot_tell", "assessment_not_held"),
        ([(69, "XY")], "short", "assessment_not_passed"),
        ([(70, "XY")], "met", "assessment_passed"),
        ([(70, "X")], "short", "assessment_leaves_out"),
        ([(70, "X"), (70, "Y")], "met", "assessment_passed"),
        ([(None, "XY")], "cannot_tell", "assessment_without_score"),
        ([(10, "XY"), (20, "XY"), (70, "XY")], "cannot_tell", "assessment_too_often"),
    ],
)
def test_a_test_for_each_competency(scores, status, code):
    asked = rules(rule("test", "assessment", percent=70, competencies=["X", "Y"], attempts=2))
    sat = [
        line(str(i), 10, component="assessment", score_percent=score, competencies=dict.fromkeys(codes, 1))
        for i, (score, codes) in enumerate(scores)
    ]

    answer = evaluate(asked, sat)

    assert (answer.result("test").status, reason(answer, "test")) == (status, code)


def test_a_test_passed_elsewhere_is_a_paper():
    asked = rules(rule("test", "assessment", percent=70))

    assert evaluate(asked, [], documents=(DocumentFacts(kind="assessment"),)).status == Status.MET


# --- 18 Mandatory topics ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("inside", "hours", "short"), [(True, 600, 0), (False, 540, 60)])
def test_a_topic_inside_the_total_or_on_top_of_it(inside, hours, short):
    asked = rules(TOTAL, rule("law", "mandatory_topic", minutes=60, tags=["law"], inside=inside))

    answer = evaluate(asked, [line("a", 540), line("b", 60, tags=frozenset({"law"}))])

    assert answered(answer, "hours") == ("met" if inside else "short", hours, short)
    assert answered(answer, "law") == ("met", 60, 0)


# --- 20 21 Nothing twice, nothing carried over --------------------------------------------------------------------


def test_an_activity_counts_once():
    asked = rules(TOTAL, rule("once", "no_double_counting", once_per="activity"))
    taken = [line("b", 60, TODAY, activity="x"), line("a", 30, activity="x"), line("c", 5), line("d", 5)]

    answer = evaluate(asked, taken)

    assert answer.counted_minutes == 40
    assert losses(answer, "hours") == {("b", "activity_again"): 60}


def test_what_was_used_elsewhere_or_repeated_does_not_count():
    asked = rules(TOTAL, rule("once", "no_double_counting", tags=["foundational"], first_time=True))
    taken = [line("a", 10, tags=frozenset({"foundational"})), line("b", 20, first_time=False), line("c", 40)]

    answer = evaluate(asked, taken)

    assert losses(answer, "hours") == {("a", "used_elsewhere"): 10, ("b", "not_first_time"): 20}


@pytest.mark.parametrize(
    ("allowed", "counted", "code"),
    [(None, 0, "no_carry_over"), (0, 0, "over_carry_over"), (60, 60, "over_carry_over"), (90, 90, None)],
)
def test_what_is_left_over_carries_over_only_as_far_as_a_rule_says(allowed, counted, code):
    carry = [] if allowed is None else [rule("carry", "carry_over", carried_minutes=allowed)]
    cycle = CycleFacts(expires_on=EXPIRY, carried_over_minutes=90)

    answer = evaluate(rules(TOTAL, *carry), [], cycle=cycle)

    assert answer.counted_minutes == counted
    assert [item.reason.code for item in answer.result("hours").left_out] == ([code] if code else [])


# --- 22 23 24 First cycles, lapses, more time ---------------------------------------------------------------------


def test_a_first_cycle_may_be_free():
    asked = rules(TOTAL, rule("first", "first_cycle", exempt=True))

    first = evaluate(asked, [], cycle=CycleFacts(is_first=True))
    later = evaluate(asked, [], cycle=CycleFacts(is_first=False))
    unknown = evaluate(asked, [])

    assert (first.status, first.short_minutes, reason(first, "hours")) == (Status.WAIVED, 0, "first_cycle_exempt")
    assert [later.status, unknown.status] == [Status.SHORT, Status.SHORT]
    assert reason(unknown, "first") == "first_cycle_unknown"


def test_a_first_shorter_cycle_owes_less():
    asked = rules(TOTAL, rule("first", "first_cycle", prorate=True, cycle_months=24))
    cycle = CycleFacts(starts_on=date(2026, 8, 1), expires_on=date(2027, 7, 31), is_first=True)

    assert evaluate(asked, [], cycle=cycle).required_minutes == 300


@pytest.mark.parametrize(
    ("as_of", "code", "counted"),
    [
        ("2027-07-31", "not_lapsed", 60),
        ("2028-01-31", "lapsed_in_grace", 60),
        ("2028-02-01", "lapsed_documents", 60),
    ],
)
def test_a_lapse_is_told_by_the_day(as_of, code, counted):
    hours = rule("hours", "total_minimum", minutes=600, window_months=24)
    asked = rules(hours, rule("lapse", "lapse", grace_months=6, documents=["competency-test"]))

    answer = evaluate(asked, [line("a", 60)], as_of=date.fromisoformat(as_of), expires_on=EXPIRY)

    assert (reason(answer, "lapse"), answer.counted_minutes) == (code, counted)


def test_after_a_lapse_other_days_may_count():
    hours = rule("hours", "total_minimum", minutes=600, window_months=24)
    asked = rules(hours, rule("lapse", "lapse", lookback_months=24))
    late = line("a", 60, date(2028, 1, 10))

    assert evaluate(asked, [late], as_of=date(2028, 3, 1), expires_on=EXPIRY).counted_minutes == 60
    assert evaluate(rules(hours), [late], as_of=date(2028, 3, 1), expires_on=EXPIRY).counted_minutes == 0


@pytest.mark.parametrize(
    ("last", "counted"), [(None, 60), (date(2027, 8, 31), 0), (date(2027, 9, 30), 60), (date(2028, 9, 30), 60)]
)
def test_more_time_is_granted_by_a_waiver_and_ends_with_it(last, counted):
    hours = rule("hours", "total_minimum", minutes=600, window_months=24)
    asked = rules(hours, rule("more", "extension", days=90))
    late = line("a", 60, date(2027, 9, 30))
    granted = (WaiverFacts(rule="more", first_on=date(2027, 7, 1), last_on=last),)

    answer = evaluate(asked, [late], as_of=date(2027, 10, 1), expires_on=EXPIRY, waivers=granted)

    assert answer.counted_minutes == counted
    assert evaluate(asked, [late], as_of=date(2027, 10, 1), expires_on=EXPIRY).counted_minutes == 0
    assert answer.due_on <= EXPIRY + timedelta(days=90)


@pytest.mark.parametrize(
    ("last", "status"), [(TODAY, "waived"), (TODAY - timedelta(days=1), "short"), (None, "waived")]
)
def test_a_waiver_that_comes_with_the_evidence(last, status):
    waiver = WaiverFacts(rule="hours", last_on=last)

    assert evaluate(rules(TOTAL), [], waivers=(waiver,)).result("hours").status == status


# --- 26 27 28 Teaching, rounding, other units; T13 ----------------------------------------------------------------


def test_teaching_counts_several_times_up_to_a_limit():
    asked = rules(
        rule("hours", "total_minimum", minutes=600),
        rule("teaching", "instructor_credit", multiplier_percent=300, share_percent=50, first_time=True),
    )
    taught = frozenset({"instructor"})

    answer = evaluate(asked, [line("a", 60, tags=taught), line("b", 60, tags=taught), line("c", 60)])
    again = evaluate(asked, [line("a", 60, tags=taught, first_time=False)])

    assert answer.counted_minutes == 360
    assert losses(answer, "teaching") == {("b", "over_cap"): 60}
    assert losses(again, "hours") == {("a", "not_first_time"): 180}


@pytest.mark.parametrize(
    ("minutes", "counted", "status"), [(29, 0, "short"), (30, 60, "met"), (89, 60, "met"), (90, 120, "met")]
)
def test_t13_thirty_minutes_are_a_tenth_of_a_unit(minutes, counted, status):
    asked = rules(
        rule("unit", "total_minimum", minutes=60),
        rule("steps", "rounding", step_minutes=60, direction="nearest", per="total"),
    )

    answer = evaluate(asked, [line("a", minutes)])

    assert (answer.counted_minutes, answer.status) == (counted, status)


@pytest.mark.parametrize(("direction", "counted"), [("down", 60), ("up", 90), ("nearest", 75)])
def test_each_record_is_rounded(direction, counted):
    asked = rules(TOTAL, rule("steps", "rounding", step_minutes=15, direction=direction))

    answer = evaluate(asked, [line("a", 29, competencies={"X": 29}), line("b", 52, competencies={"X": 10, "Y": 42})])

    assert answer.counted_minutes == counted
    assert sum(answer.competency_minutes.values()) == counted


def test_credits_of_a_college_are_minutes_where_the_board_says_how_many():
    credit = line("a", 0, units={"academic_credit": 3})
    told = rules(TOTAL, rule("credits", "conversion", unit="academic_credit", minutes=900))

    assert evaluate(told, [credit]).counted_minutes == 2700
    assert losses(evaluate(rules(TOTAL), [credit]), "hours") == {("a", "unit_unknown"): 0}


# --- 30 31 Person, when to apply ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "status", "code"),
    [
        (PersonFacts(), "cannot_tell", "person_to_confirm"),
        (PersonFacts(age=17, residence="MA"), "short", "person_does_not_fit"),
        (PersonFacts(age=18, residence="MA"), "met", "person_fits"),
        (PersonFacts(age=18, residence="NH"), "short", "person_does_not_fit"),
        (PersonFacts(residence="MA"), "cannot_tell", "age_needed"),
    ],
)
def test_who_may_apply(person, status, code):
    asked = rules(rule("who", "person_eligibility", years=18, residences=["MA"]))

    answer = evaluate(asked, [], person=person)

    assert (answer.status, reason(answer, "who")) == (status, code)


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        ("2027-05-31", "filing_opens"),
        ("2027-06-01", "filing_open"),
        ("2027-07-01", "filing_open"),
        ("2027-07-02", "filing_too_late"),
    ],
)
def test_when_to_apply(as_of, code):
    asked = rules(rule("when", "filing_window", earliest_days=60, latest_days=30))

    assert reason(evaluate(asked, [], as_of=date.fromisoformat(as_of), expires_on=EXPIRY), "when") == code


@pytest.mark.parametrize(
    ("kind", "parameters", "code"),
    [
        ("window", {"from": "2026-02-01", "to": "2026-01-01"}, "ends_before_it_begins"),
        ("window", {"window_months": 1, "in_cycle": True}, "exactly_one"),
        ("partition", {"buckets": []}, "not_buckets"),
        ("partition", {"buckets": [{"code": "a"}]}, "not_bucket"),
        ("partition", {"buckets": [{"code": "a", "minutes": 1}]}, "bucket_takes_nothing"),
        ("partition", {"buckets": [{"code": "a", "minutes": 1, "tag": "x"}] * 2}, "double_code"),
        ("credit_cap", {"minutes": 1, "any": [{}]}, "not_selector"),
        ("credit_cap", {"minutes": 1, "any": [{"colour": "red"}]}, "unknown"),
        ("credit_cap", {"minutes": 1, "any": []}, "not_selectors"),
        ("credit_cap", {"minutes": 1, "statuses": ["full"]}, "missing"),
        ("references", {"count": 1, "each_at_least": 2, "competencies": ["X"]}, "more_than_listed"),
        ("filing_window", {"earliest_days": 30, "latest_days": 60}, "latest_before_earliest"),
        ("first_cycle", {"prorate": True}, "missing"),
        ("rounding", {"step_minutes": 15, "direction": "sideways"}, "not_direction"),
        ("level", {"levels": ["high"]}, "not_levels"),
    ],
)
def test_figures_that_cannot_be_applied_are_named(kind, parameters, code):
    assert [fault.code for fault in faults(kind, parameters)] == [code]


# --- Anything goes, and every answer can be said ------------------------------------------------------------------

SAMPLES = {
    "all_of": {},
    "any_of": {},
    "n_of": {"count": 1},
    "total_minimum": {"minutes": 300, "window_months": 24},
    "nested_minimum": {"minutes": 60, "tags": ["t"], "overlap_allowed": False},
    "competency_minimum": {"minutes": 30, "competencies": ["X", "Y"]},
    "partition": {"buckets": [{"code": "a", "minutes": 30, "tag": "t"}, {"code": "b", "minutes": 30, "tag": "u"}]},
    "coverage": {"competencies": ["X", "Y"], "at_least": 1},
    "mandatory_topic": {"minutes": 30, "tag": "u", "inside": False},
    "credit_cap": {"minutes": 100, "deliveries": ["self_paced", "hybrid"]},
    "cross_profession": {"minutes": 30, "tags": ["other-license"]},
    "instructor_credit": {"multiplier_percent": 200, "minutes": 60, "first_time": True},
    "provider_eligibility": {"authority": "BOARD"},
    "activity_approval": {"authority": "BOARD"},
    "subject": {"competencies": ["X"], "tags": ["t"]},
    "delivery": {"deliveries": ["in_person", "self_paced"]},
    "component": {"components": ["class", "homework"]},
    "window": {"from": "2025-10-01"},
    "level": {"levels": ["advanced"]},
    "attendance": {"percent": 80},
    "no_double_counting": {"once_per": "activity", "tags": ["foundational"], "first_time": True},
    "experience": {"minutes": 60, "lookback_months": 12, "tags": ["paid"], "documents": ["letter"]},
    "supervision": {"minutes": 60, "components": ["practicum"]},
    "assessment": {"percent": 70, "competencies": ["X"], "attempts": 2},
    "carry_over": {"carried_minutes": 30},
    "first_cycle": {"prorate": True, "cycle_months": 24},
    "lapse": {"grace_months": 6, "documents": ["test"]},
    "extension": {"days": 90},
    "rounding": {"step_minutes": 15, "direction": "nearest"},
    "conversion": {"unit": "credit", "minutes": 60},
    "documents": {"documents": ["photo", "letter"]},
    "references": {"count": 2, "each_at_least": 1, "competencies": ["X", "Y"]},
    "person_eligibility": {"years": 18, "residences": ["MA"], "education": ["school"]},
    "filing_window": {"earliest_days": 60, "latest_days": 30},
}


@st.composite
def requirement_sets(draw):
    """Any kinds together, some of them alternatives of each other, some waived."""
    kinds = draw(
        st.lists(st.sampled_from(sorted(set(SAMPLES) - {"all_of", "any_of", "n_of"})), unique=True, max_size=7)
    )
    made = [rule(kind, kind, **SAMPLES[kind]) for kind in kinds]
    movable = [
        item
        for item in made
        if item.kind
        not in (
            "conversion",
            "rounding",
            "carry_over",
            "first_cycle",
            "lapse",
            "extension",
            "instructor_credit",
            "total_minimum",
        )
    ]
    logic = draw(st.sampled_from([None, "all_of", "any_of", "n_of"]))
    if logic and movable:
        inside = {
            item.code for item in draw(st.lists(st.sampled_from(movable), unique_by=lambda item: item.code, min_size=1))
        }
        made = [replace(item, part_of="group") if item.code in inside else item for item in made]
        made.append(rule("group", logic, **SAMPLES[logic]))
    if draw(st.booleans()) and made:
        waived = draw(st.sampled_from(made)).code
        made = [replace(item, waived_from=TODAY, waived_to=TODAY) if item.code == waived else item for item in made]
    return rules(*made)


@st.composite
def some_evidence(draw):
    minutes = draw(st.integers(0, 120))
    split = dict.fromkeys(draw(st.sets(st.sampled_from("XY"), max_size=2)), minutes // 2)
    return {
        "minutes": minutes,
        "earned_on": TODAY - timedelta(days=draw(st.integers(-5, 900))),
        "delivery": draw(st.sampled_from(["", *DELIVERIES])),
        "component": draw(st.sampled_from(COMPONENTS)),
        "level": draw(st.sampled_from(["", *LEVELS])),
        "competencies": {code: part for code, part in split.items() if part},
        "tags": frozenset(
            draw(st.sets(st.sampled_from(["t", "u", "instructor", "other-license", "foundational", "paid"])))
        ),
        "provider": draw(st.sampled_from([GOOD, BAD, UNHEARD, ""])),
        "activity": draw(st.sampled_from(["", "x"])),
        "first_time": draw(st.sampled_from([None, True, False])),
        "attendance_percent": draw(st.sampled_from([None, 79, 80])),
        "score_percent": draw(st.sampled_from([None, 69, 70])),
        "units": draw(st.sampled_from([{}, {"credit": 1}, {"other": 1}])),
    }


@st.composite
def offers(draw):
    papers = draw(st.lists(st.sampled_from(["photo", "letter", "reference", "assessment", "test"]), max_size=4))
    return {
        "cycle": CycleFacts(
            starts_on=draw(st.sampled_from([None, date(2025, 8, 1)])),
            expires_on=draw(st.sampled_from([None, EXPIRY, date(2026, 1, 31), date(2025, 1, 31)])),
            is_first=draw(st.sampled_from([None, True, False])),
            carried_over_minutes=draw(st.sampled_from([0, 60])),
        ),
        "documents": tuple(DocumentFacts(kind=kind, covers=frozenset("X")) for kind in papers),
        "person": draw(
            st.sampled_from(
                [PersonFacts(), PersonFacts(age=17), PersonFacts(age=18, residence="MA", education="school")]
            )
        ),
        "waivers": draw(st.sampled_from([(), (WaiverFacts(rule="extension"),), (WaiverFacts(rule="total_minimum"),)])),
    }


@given(requirement_sets(), st.lists(some_evidence(), max_size=8), offers())
@settings(deadline=None, max_examples=500)
def test_any_rules_answer_any_evidence_in_both_languages(asked, drawn, offered):
    evidence = [line(str(index), fields.pop("minutes"), **fields) for index, fields in enumerate(map(dict, drawn))]

    answer = evaluate(asked, evidence, **offered)
    backwards = evaluate(asked, evidence[::-1], **offered)

    assert answer == backwards
    assert {item.code for item in answer.results} == {item.code for item in asked.requirements}
    assert answer.short_minutes == 0 or answer.status == Status.SHORT
    for language in ("en", "es"):
        with translation.override(language):
            report = reports.explain(answer, evidence)
            sentences = [item.sentence for item in report.rules] + [report.headline, *report.steps]
            sentences += [record.reason for item in report.rules for record in (*item.left_out, *item.to_confirm)]
            assert [text for text in sentences if not text or "%" in text.replace(" %", "")] == []


def test_every_kind_is_drawn():
    assert set(SAMPLES) == set(PARAMETERS)
    assert [kind for kind, figures in SAMPLES.items() if faults(kind, figures)] == []
