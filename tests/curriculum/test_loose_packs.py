"""Every primitive of the rule vocabulary once, as an outsider would write it from docs/requirement-packs.md alone: a
loose folder through `evaluate_requirements --pack FOLDER --json`. Expected figures were worked out by hand.
"""
# ruff: noqa: E501 - a case is one line, and reads as one

import json
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

AS_OF = "2026-06-15"


@pytest.fixture
def judge(tmp_path):
    """Write a pack and a file of evidence as given, run the command; return its answer, complaints and status."""

    def run(pack, evidence, *, as_of=AS_OF):
        folder, file = tmp_path / "board", tmp_path / "evidence.json"
        folder.mkdir(exist_ok=True)
        versions = pack if isinstance(pack, list) else [pack]
        for number, content in enumerate(versions, start=1):
            name = "pack.yaml" if number == 1 else f"pack-{number}.yaml"
            (folder / name).write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        file.write_text(evidence if isinstance(evidence, str) else json.dumps(evidence))
        out, err, status = StringIO(), StringIO(), 0
        try:
            call_command(
                "evaluate_requirements",
                pack=str(folder),
                as_of=as_of,
                evidence=str(file),
                json=True,
                stdout=out,
                stderr=err,
            )
        except SystemExit as stopped:
            status = stopped.code
        return (json.loads(out.getvalue()) if out.getvalue() else None), err.getvalue(), status

    return run


def pack(rules, head=""):
    """A pack of one's own: a code, and rules in YAML flow form, one a line."""
    lines = [line.strip() for line in rules.strip().splitlines()]
    return f"code: board\n{head}requirements:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


def line(id, minutes, day="2026-03-01", **fields):
    return {"id": id, "minutes": minutes, "earned_on": day, **fields}


def offer(*evidence, **parts):
    return {"evidence": list(evidence), **parts}


HOURS = "code: hours, kind: total_minimum, parameters: {minutes: 600}"
CYCLE = {"starts_on": "2024-11-01", "expires_on": "2026-10-31"}
FULL = {"provider": "Casa", "authority": "B", "status": "full"}

# Number and name; rules; evidence; status, counted and short minutes of the whole; of single rules: status, minutes,
# and the reasons (record, code, minutes) for what is left out.
VECTORS = [
    ("01 total", HOURS, offer(line("a", 400), line("b", 170)), ("short", 570, 30), {"hours": ("short", 570, [])}),
    ("02 nested, shared",
     HOURS + """
     code: law, kind: nested_minimum, parameters: {minutes: 60, tag: law}
     code: ethics, kind: nested_minimum, parameters: {minutes: 60, tag: ethics}""",
     offer(line("a", 60, tags=["law", "ethics"]), line("b", 540)), ("met", 600, 0),
     {"law": ("met", 60, [("b", "other_topic", 540)]), "ethics": ("met", 60, [("b", "other_topic", 540)])}),
    ("02 nested, not shared",
     HOURS + """
     code: law, kind: nested_minimum, parameters: {minutes: 60, tag: law, overlap_allowed: false}
     code: ethics, kind: nested_minimum, parameters: {minutes: 60, tag: ethics, overlap_allowed: false}""",
     offer(line("a", 60, tags=["law", "ethics"]), line("b", 540)), ("short", 600, 60), {"law": ("met", 60, None)}),
    ("03 partition",
     """code: groups, kind: partition, parameters: {buckets: [{code: x, minutes: 480, tags: [x]}, {code: y, minutes: 360, tags: [y]}]}""",
     offer(line("a", 600, tags=["x"]), line("b", 240, tags=["y"])), ("short", 720, 120),
     {"groups": ("short", 720, [("a", "bucket_full", 120)])}),
    ("04 each competency",
     """code: each, kind: competency_minimum, parameters: {minutes: 1200, competencies: [C-1, C-2]}""",
     offer(line("a", 2000, competencies={"C-1": 1200, "C-2": 800})), ("short", 2000, 400),
     {"each": ("short", 2000, [])}),
    ("05 coverage", "code: all, kind: coverage, parameters: {competencies: [C-1, C-2, C-3], at_least: 2}",
     offer(line("a", 30, competencies={"C-1": 15, "C-3": 15})), ("met", 30, 0), {"all": ("met", 30, None)}),
    ("05 references", "code: refs, kind: references, parameters: {count: 2, each_at_least: 2, competencies: [C-1, C-2, C-3]}",
     offer(documents=[{"kind": "reference", "covers": ["C-1", "C-2"]}, {"kind": "reference", "covers": ["C-3"]}]),
     ("short", 0, 0), {"refs": ("short", 0, [])}),
    ("06 cap in minutes", HOURS + "\ncode: cap, kind: credit_cap, parameters: {minutes: 300, deliveries: [recorded]}",
     offer(line("a", 400, delivery="recorded"), line("b", 250, delivery="in_person")), ("short", 550, 50),
     {"cap": ("met", 300, [("a", "over_cap", 100)])}),
    ("06 cap, share of required", HOURS + "\ncode: cap, kind: credit_cap, parameters: {share_percent: 25, deliveries: [recorded]}",
     offer(line("a", 400, delivery="recorded"), line("b", 900, delivery="in_person")), ("met", 1050, 0),
     {"cap": ("met", 150, [("a", "over_cap", 250)])}),
    ("06 cap, share of counted",
     HOURS + "\ncode: cap, kind: credit_cap, parameters: {share_percent: 25, basis: counted, deliveries: [recorded]}",
     offer(line("a", 400, delivery="recorded"), line("b", 300, delivery="in_person")), ("short", 400, 150),
     {"cap": ("met", 100, [("a", "over_share", 300)])}),
    ("07 delivery", HOURS + "\ncode: ways, kind: delivery, parameters: {deliveries: [in_person, live_online]}",
     offer(line("a", 600, delivery="in_person"), line("b", 60, delivery="recorded")), ("met", 600, 0),
     {"ways": ("met", 600, [("b", "delivery_not_accepted", 60)])}),
    ("07 delivery that nobody knows", HOURS + "\ncode: ways, kind: delivery, parameters: {deliveries: [in_person]}",
     offer(line("a", 600)), ("cannot_tell", 600, 0), {"hours": ("met", 600, []), "ways": ("cannot_tell", 0, [])}),
    ("08 component", HOURS + "\ncode: parts, kind: component, parameters: {components: [class]}",
     offer(line("a", 600), line("b", 30, component="reading")), ("met", 600, 0),
     {"parts": ("met", 600, [("b", "component_not_accepted", 30)])}),
    ("09 window before expiry", "code: hours, kind: total_minimum, parameters: {minutes: 600, window_months: 24}",
     offer(line("a", 600, "2024-11-01"), line("b", 90, "2024-10-31"), cycle=CYCLE), ("met", 600, 0),
     {"hours": ("met", 600, [("b", "before_window", 90)])}),
    ("09 window looking back", "code: hours, kind: total_minimum, parameters: {minutes: 600, lookback_months: 12}",
     offer(line("a", 500, "2025-06-16"), line("b", 90, "2025-06-15")), ("short", 500, 100), {}),
    ("09 window of fixed days", HOURS + "\ncode: days, kind: window, parameters: {from: 2026-01-01, to: 2026-01-31}",
     offer(line("a", 600, "2026-01-31"), line("b", 90, "2026-02-01")), ("met", 600, 0),
     {"days": ("met", 600, [("b", "after_window", 90)])}),
    ("11 provider, as of the day",
     HOURS + "\ncode: approved, kind: provider_eligibility, parameters: {authority: B}",
     offer(line("a", 600, "2026-02-15", provider="Casa"), line("b", 60, "2026-02-16", provider="Casa"),
           approvals=[{**FULL, "to": "2026-02-15"}, {**FULL, "status": "warning", "from": "2026-02-16"}]),
     ("met", 600, 0), {"approved": ("met", 600, [("b", "provider_not_approved", 60)])}),
    ("11 provider, a sponsor counts", HOURS + "\ncode: approved, kind: provider_eligibility, parameters: {authority: B}",
     offer(line("a", 600, provider="Host", sponsors=["Casa"]), approvals=[FULL]), ("met", 600, 0), {}),
    ("12 activity, of its approved length",
     HOURS + "\ncode: approved, kind: activity_approval, parameters: {authority: B}",
     offer(line("a", 700, provider="Casa", activity="x"), line("b", 60, provider="Casa", activity="y"),
           approvals=[{**FULL, "activity": "x", "minutes": 600}]),
     ("met", 600, 0),
     {"hours": ("met", 600, [("a", "over_approved", 100), ("b", "activity_not_approved", 60)])}),
    ("13 any of",
     """code: ways, kind: any_of
     code: one, kind: all_of, part_of: ways
     code: one-hours, part_of: one, kind: total_minimum, parameters: {minutes: 600, tags: [certified]}
     code: two, kind: all_of, part_of: ways
     code: two-hours, part_of: two, kind: total_minimum, parameters: {minutes: 900}""",
     offer(line("a", 580, tags=["certified"]), line("b", 200)), ("short", 580, 20),
     {"one-hours": ("short", 580, None), "two-hours": ("short", 780, None)}),
    ("13 n of",
     """code: two-of-three, kind: n_of, parameters: {count: 2}
     code: p, part_of: two-of-three, kind: documents, parameters: {documents: [photo]}
     code: q, part_of: two-of-three, kind: documents, parameters: {documents: [letter]}
     code: r, part_of: two-of-three, kind: documents, parameters: {documents: [fee]}""",
     offer(documents=[{"kind": "photo"}, {"kind": "fee"}]), ("met", 0, 0),
     {"two-of-three": ("met", 0, []), "q": ("cannot_tell", 0, [])}),
    ("14 experience", "code: work, kind: experience, parameters: {minutes: 6000, lookback_months: 36, documents: [letter]}",
     offer(line("a", 5000, component="experience"), line("b", 4000, "2023-06-15", component="experience")),
     ("short", 0, 1000), {"work": ("short", 5000, [("b", "before_window", 4000)])}),
    ("15 supervision", HOURS + "\ncode: field, kind: supervision, parameters: {minutes: 120, components: [practicum]}",
     offer(line("a", 600), line("b", 120, component="practicum")), ("met", 600, 0),
     {"field": ("met", 120, []), "hours": ("met", 600, [("b", "counts_as_supervision", 120)])}),
    ("16 attendance", HOURS + "\ncode: there, kind: attendance, parameters: {percent: 80}",
     offer(line("a", 600, attendance_percent=80), line("b", 60, attendance_percent=79)), ("met", 600, 0),
     {"there": ("met", 600, [("b", "attendance_too_low", 60)])}),
    ("17 assessment", "code: exam, kind: assessment, parameters: {percent: 75}",
     offer(line("a", 60, component="assessment", score_percent=74)), ("short", 0, 0), {"exam": ("short", 0, [])}),
    ("18 topic inside", HOURS + "\ncode: topic, kind: mandatory_topic, parameters: {minutes: 180, tags: [topic]}",
     offer(line("a", 420), line("b", 180, tags=["topic"])), ("met", 600, 0), {"topic": ("met", 180, None)}),
    ("18 topic on top", HOURS + "\ncode: topic, kind: mandatory_topic, parameters: {minutes: 180, tags: [topic], inside: false}",
     offer(line("a", 420), line("b", 180, tags=["topic"])), ("short", 420, 180), {"topic": ("met", 180, None)}),
    ("19 level", HOURS + "\ncode: above, kind: level, parameters: {levels: [intermediate, advanced]}",
     offer(line("a", 600, level="advanced"), line("b", 60, level="introductory")), ("met", 600, 0),
     {"above": ("met", 600, [("b", "level_not_accepted", 60)])}),
    ("20 nothing twice",
     HOURS + "\ncode: once, kind: no_double_counting, parameters: {once_per: activity, tags: [initial]}",
     offer(line("a", 600, activity="x"), line("b", 600, "2026-03-02", activity="x"), line("c", 60, tags=["initial"])),
     ("met", 600, 0), {"hours": ("met", 600, [("b", "activity_again", 600), ("c", "used_elsewhere", 60)])}),
    ("21 carry-over", HOURS + "\ncode: carry, kind: carry_over, parameters: {carried_minutes: 120}",
     offer(line("a", 480), cycle={**CYCLE, "carried_over_minutes": 300}), ("met", 600, 0),
     {"hours": ("met", 600, [("carried-over", "over_carry_over", 180)])}),
    ("21 carry-over without a rule", HOURS, offer(line("a", 480), cycle={**CYCLE, "carried_over_minutes": 300}),
     ("short", 480, 120), {"hours": ("short", 480, [("carried-over", "no_carry_over", 300)])}),
    ("22 first cycle, free", HOURS + "\ncode: first, kind: first_cycle, parameters: {exempt: true}",
     offer(cycle={**CYCLE, "first": True}), ("waived", 0, 0), {"hours": ("waived", 0, [])}),
    ("22 first cycle, in proportion", HOURS + "\ncode: first, kind: first_cycle, parameters: {prorate: true, cycle_months: 24}",
     offer(line("a", 225), cycle={"starts_on": "2026-02-01", "expires_on": "2026-10-31", "first": True}),
     ("met", 225, 0), {}),
    ("23 lapse",
     """code: hours, kind: total_minimum, parameters: {minutes: 600, window_months: 24}
     code: late, kind: lapse, parameters: {grace_months: 6, lookback_months: 24, documents: [test]}""",
     offer(line("a", 600, "2026-01-10"), cycle={"expires_on": "2025-10-31"}), ("cannot_tell", 600, 0),
     {"late": ("cannot_tell", 0, [])}),
    ("24 extension",
     """code: hours, kind: total_minimum, parameters: {minutes: 600, window_months: 24}
     code: more, kind: extension, parameters: {days: 90}""",
     offer(line("a", 600, "2026-05-10"), cycle={"expires_on": "2026-04-30"},
           waivers=[{"rule": "more", "from": "2026-04-01", "to": "2026-07-29"}]), ("met", 600, 0), {}),
    ("24 waiver of the rule itself",
     HOURS + "\ncode: cap, kind: credit_cap, parameters: {minutes: 60, deliveries: [recorded]}, waived: {from: 2026-06-15, to: 2026-06-15}",
     offer(line("a", 600, delivery="recorded")), ("met", 600, 0), {"cap": ("waived", 600, [])}),
    ("24 waiver that comes with the evidence",
     HOURS + "\ncode: cap, kind: credit_cap, parameters: {minutes: 60, deliveries: [recorded]}",
     offer(line("a", 600, delivery="recorded"), waivers=[{"rule": "cap", "to": "2026-06-14"}]), ("short", 60, 540), {}),
    ("25 cross-profession", HOURS + "\ncode: other, kind: cross_profession, parameters: {minutes: 300, tags: [nurse]}",
     offer(line("a", 360, tags=["nurse"], competencies={"C-1": 360}), line("b", 90, tags=["nurse"]), line("c", 200)),
     ("short", 500, 100),
     {"other": ("met", 300, [("a", "over_cap", 60)]), "hours": ("short", 500, [("a", "over_cap", 60), ("b", "not_related", 90)])}),
    ("26 teaching",
     HOURS + "\ncode: teach, kind: instructor_credit, parameters: {multiplier_percent: 300, share_percent: 50}",
     offer(line("a", 120, tags=["instructor"]), line("b", 250)), ("short", 550, 50),
     {"teach": ("met", 300, [("a", "over_cap", 60)])}),
    ("27 rounding of each record",
     HOURS + "\ncode: quarter, kind: rounding, parameters: {step_minutes: 15, direction: down}",
     offer(line("a", 590), line("b", 29)), ("met", 600, 0),
     {"hours": ("met", 600, [("a", "rounded_down", 5), ("b", "rounded_down", 14)])}),
    ("27 rounding of the total",
     HOURS + "\ncode: half, kind: rounding, parameters: {step_minutes: 30, direction: nearest, per: total}",
     offer(line("a", 584)), ("short", 570, 1), {}),
    ("28 conversion", HOURS + "\ncode: credit, kind: conversion, parameters: {unit: college, minutes: 900}",
     offer({"id": "a", "earned_on": "2026-03-01", "units": {"college": 3}}, line("b", 0, units={"other": 2})),
     ("met", 2700, 0), {"hours": ("met", 2700, [("b", "unit_unknown", 0)])}),
    ("29 documents", "code: papers, kind: documents, parameters: {documents: [photo, fee]}",
     offer(documents=[{"kind": "photo"}]), ("cannot_tell", 0, 0), {"papers": ("cannot_tell", 0, [])}),
    ("30 person", "code: who, kind: person_eligibility, parameters: {years: 18, residences: [TX], education: [school]}",
     offer(person={"born_on": "2008-06-16", "residence": "TX", "education": "school"}), ("short", 0, 0),
     {"who": ("short", 0, [])}),
    ("31 filing window", "code: when, kind: filing_window, parameters: {earliest_days: 60, latest_days: 30}",
     offer(cycle={"expires_on": "2026-07-14"}), ("cannot_tell", 0, 0), {"when": ("cannot_tell", 0, [])}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "evidence", "whole", "single"), [pytest.param(*vector[1:], id=vector[0]) for vector in VECTORS]
)
def test_primitive_is_judged_as_the_document_says(judge, rules, evidence, whole, single):
    answer, err, exit_status = judge(pack(rules), evidence)

    assert (err, exit_status) == ("", 0)
    assert (answer["status"], answer["counted_minutes"], answer["short_minutes"]) == whole
    rules_by_code = {rule["id"]: rule for rule in answer["rules"]}
    for code, (status, minutes, reasons) in single.items():
        given = rules_by_code[code]
        assert (given["status"], given["minutes"]) == (status, minutes), code
        found = [(item["id"], item["code"], item["minutes"]) for item in given["not_counted"]]
        assert reasons is None or sorted(found) == sorted(reasons), code
        assert all(item["reason"] for item in given["not_counted"])


# --- 10 the cycle, 32 the version ---------------------------------------------------------------------------------

CREDENTIAL = """credential:
  code: board-chw
  name: A certificate
  authority: {code: B, name: Board, website: "https://board.example/"}
  cycle_months: 24
  fixed_expiry: {month: 10, day: 31, years: %s}
"""


@pytest.mark.parametrize(
    ("years", "due", "counted"), [("even", "2026-10-31", 600), ("odd", "2027-10-31", 0), ("every", "2026-10-31", 600)]
)
def test_10_cycle_ends_on_the_next_fixed_day(judge, years, due, counted):
    rules = "code: hours, kind: total_minimum, parameters: {minutes: 600, window_months: 24}"

    answer, _err, _status = judge(pack(rules, CREDENTIAL % years), offer(line("a", 600, "2025-10-31")))

    assert (answer["due_on"], answer["counted_minutes"]) == (due, counted)


@pytest.mark.parametrize(
    ("binding", "as_of", "version"),
    [
        ("application", "2026-06-30", 1), ("application", "2026-07-01", 2),
        ("start", "2026-08-01", 1), ("completion", "2026-08-01", 2),
    ],
)  # fmt: skip
def test_32_version_that_binds(judge, binding, as_of, version):
    head = f"version: %s\neffective_from: %s\nbinding: {binding}\n"
    versions = [
        pack(HOURS, head % (1, "2020-01-01") + "effective_to: 2026-06-30\n"),
        pack(HOURS, head % (2, "2026-07-01")),
    ]

    answer, _err, _status = judge(
        versions, offer(line("a", 60, "2026-06-01"), line("b", 60, "2026-07-20")), as_of=as_of
    )

    assert answer["version"] == version


def test_nothing_depends_on_how_long_the_board_says_an_hour_is(judge):
    """Minutes are minutes: 50 of them are shown as an hour, and never change what counts."""
    answers = [judge(pack(HOURS, f"minutes_per_hour: {length}\n"), offer(line("a", 500)))[0] for length in (50, 60)]

    assert [(item["counted_minutes"], item["short_minutes"]) for item in answers] == [(500, 100), (500, 100)]


# --- What is refused: the place, the reason, exit status 2, nothing answered --------------------------------------

TWO_CIRCLES = """code: a, kind: all_of, part_of: c
code: b, kind: any_of, part_of: a
code: c, kind: n_of, part_of: b, parameters: {count: 1}
code: d, kind: documents, part_of: c, parameters: {documents: [photo]}"""


@pytest.mark.parametrize(
    ("rules", "place", "reason"),
    [
        (TWO_CIRCLES, "requirements", "is part of itself."),
        ("code: a, kind: all_of, part_of: a", "requirements", "“a” is part of itself."),
        ("code: a, kind: documents, part_of: gone, parameters: {documents: [x]}", "requirements", "is part of a rule that is not there."),
        (HOURS + "\ncode: b, kind: documents, part_of: hours, parameters: {documents: [x]}", "requirements", "is part of a rule that has no parts."),
        ("code: g, kind: any_of", "requirements", "“g” has no parts."),
        ("code: g, kind: all_of\ncode: r, part_of: g, kind: rounding, parameters: {step_minutes: 5, direction: up}", "requirements", "cannot be part of another."),
        ("code: h, kind: total_minimum, parameters: {minutes: 90.5}", "requirements[1].parameters", "must be a whole number above zero."),
        ("code: h, kind: total_minimum, parameters: {minutes: -60}", "requirements[1].parameters", "must be a whole number above zero."),
        ("code: h, kind: total_minimum, parameters: {minutes: 0}", "requirements[1].parameters", "must be a whole number above zero."),
        ("code: h, kind: total_minimum, parameters: {minutes: '600'}", "requirements[1].parameters", "must be a whole number above zero."),
        ("code: h, kind: total_minimum, parameters: {minutes: true}", "requirements[1].parameters", "must be a whole number above zero."),
        ("code: h, kind: total_minimum, parameters: {minutes: 600, colour: red}", "requirements[1].parameters", "“colour” is not a figure of this kind of rule."),
        ("code: c, kind: credit_cap, parameters: {minutes: 60, share_percent: 5, tags: [x]}", "requirements[1].parameters", "Give exactly one of these"),
        ("code: c, kind: credit_cap, parameters: {share_percent: 101, tags: [x]}", "requirements[1].parameters", "must be a whole number from 1 to 100."),
        ("code: w, kind: window, parameters: {from: 2026-02-30}", "requirements[1].parameters", "must be a day, such as 2026-07-31."),
        ("code: w, kind: window, parameters: {from: 2026-03-01, to: 2026-02-01}", "requirements[1].parameters", "comes before its first day."),
        ("code: w, kind: window, parameters: {window_months: 12, in_cycle: true}", "requirements[1].parameters", "Give exactly one of these"),
        (HOURS + ", waived: {from: 2026-02-01, to: 2026-01-01}", "requirements[1].waived.to", "comes before the first day."),
        (HOURS + "\n" + HOURS, "requirements", "stands twice."),
        (HOURS + "\ncode: h2, kind: total_minimum, parameters: {minutes: 60}", "requirements", "one total at most."),
        ("code: f, kind: filing_window, parameters: {earliest_days: 30, latest_days: 60}", "requirements[1].parameters", "comes before the first day on which one can apply."),
        ("code: n, kind: n_of, parameters: {count: 2}\ncode: d, part_of: n, kind: documents, parameters: {documents: [x]}", "requirements", "asks for more than are listed."),
        ("code: s, kind: sum", "requirements[1].kind", "This kind of rule is not known."),
    ],
)  # fmt: skip
def test_a_pack_that_cannot_be_applied_is_refused_with_its_place(judge, rules, place, reason):
    answer, err, status = judge(pack(rules), offer(line("a", 60)))

    assert (answer, status) == (None, 2)
    assert f"board/pack.yaml: {place}" in err
    assert reason in err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("code: board\nversion: 1\neffective_from: 2026-02-01\neffective_to: 2026-01-01\nrequirements:\n  - {" + HOURS + "}\n",
         "board/pack.yaml: effective_to comes before effective_from."),
        ("code: board\nrequirements: []\n", "board/pack.yaml: requirements must be a list with something in it."),
        ("code: board\ncode: other\nrequirements:\n  - {" + HOURS + "}\n", "board/pack.yaml: code stands twice (line 2)."),
        ("code: [\n", "board/pack.yaml: this is not YAML"),
        ("- 1\n", "board/pack.yaml: the file must be names with values."),
        (pack(HOURS, CREDENTIAL.replace("cycle_months: 24", "framework: MA-CHW") % "odd").replace(
            "minutes: 600}", "minutes: 600, competency: MA-11}"),
         "board/pack.yaml: requirements hours names MA-11, which the framework does not have."),
    ],
)  # fmt: skip
def test_a_pack_whose_head_is_wrong_is_refused(judge, content, message):
    answer, err, status = judge(content, offer(line("a", 60)))

    assert (answer, status) == (None, 2)
    assert message in err


MASSACHUSETTS = pack(HOURS, CREDENTIAL.replace("cycle_months: 24", "framework: MA-CHW") % "odd")
TWICE = [{**FULL, "from": "2026-01-01", "to": "2026-03-31"}, {**FULL, "status": "warning", "from": "2026-03-31"}]


@pytest.mark.parametrize(
    ("evidence", "messages"),
    [
        (offer(line("a", -60)), ["evidence[0].minutes: must be zero or more."]),
        (offer(line("a", 60.5)), ["evidence[0].minutes: must be a whole number."]),
        (offer(line("a", "60")), ["evidence[0].minutes: must be a whole number."]),
        (offer(line("a", 60, competencies={"MA-11": 60})), ["evidence[0].competencies.MA-11: is not a competency of this framework."]),
        (offer(documents=[{"kind": "reference", "covers": ["XX-1"]}]), ["documents[0].covers.XX-1: is not a competency of this framework."]),
        (offer(line("a", 60, competencies={"MA-1": 61})), ["evidence[0].competencies: have more minutes together than the whole."]),
        (offer(line("a", 60), line("a", 60)), ["evidence: has the id a more than once."]),
        (offer(approvals=TWICE), ["approvals[1]: overlaps with approvals[0]."]),
        (offer(approvals=[{**FULL, "from": "2026-02-01", "to": "2026-01-01"}]), ["approvals[0]: ends before it begins."]),
        (offer(cycle={"starts_on": "2026-02-01", "expires_on": "2026-01-01"}), ["cycle: ends before it begins."]),
        (offer(waivers=[{"rule": "hours", "from": "2026-02-01", "to": "2026-01-01"}]), ["waivers[0]: ends before it begins."]),
        (offer(line("a", 60, "2026-02-30")), ["evidence[0].earned_on: must be a day such as 2026-07-31."]),
        (offer(line("a", 60, delivery="by_post")), ["evidence[0].delivery: must be one of: in_person"]),
        (offer(line("a", 60, colour="red")), ["evidence[0].colour: is not known here."]),
        (offer({"id": "a", "earned_on": "2026-03-01"}), ["evidence[0].minutes: is missing."]),
        (offer(approvals=[{**FULL, "provider": ""}]), ["approvals[0].provider: must not be empty."]),
        ({}, ["evidence: is missing."]),
        ("{", ["the file: is not JSON"]),
        (offer(line("a", -1), line("b", 1.5)), ["evidence[0].minutes: must be zero or more.", "evidence[1].minutes: must be a whole number."]),
    ],
)  # fmt: skip
def test_evidence_that_is_wrong_gets_a_line_for_each_fault(judge, evidence, messages):
    answer, err, status = judge(MASSACHUSETTS, evidence)

    assert (answer, status) == (None, 2)
    given = err.strip().splitlines()
    assert len(given) == len(messages)
    assert [message for message, found in zip(messages, given, strict=True) if not found.startswith(message)] == []


@pytest.mark.parametrize(
    ("step", "direction", "per", "minutes", "counted"),
    [
        (15, "down", "record", [29, 29], 30), (15, "up", "record", [16, 16], 60), (15, "nearest", "record", [7, 8], 15),
        (15, "down", "total", [29, 29], 45), (15, "up", "total", [16, 15], 45), (60, "nearest", "total", [29], 0),
        (60, "nearest", "total", [30], 60), (50, "down", "total", [99], 50), (6, "down", "total", [11], 6),
    ],
)  # fmt: skip
def test_27_rounding_to_whole_steps(judge, step, direction, per, minutes, counted):
    rules = (
        HOURS + f"\ncode: r, kind: rounding, parameters: {{step_minutes: {step}, direction: {direction}, per: {per}}}"
    )

    answer, _err, _status = judge(pack(rules), offer(*(line(str(i), m) for i, m in enumerate(minutes))))

    assert answer["counted_minutes"] == counted


@pytest.mark.parametrize(
    ("percent", "basis", "online", "room", "counted"),
    [
        (33, "required", 600, 402, 600), (33, "required", 197, 402, 599), (33, "counted", 600, 100, 149),
        (33, "counted", 49, 100, 149), (1, "counted", 99, 98, 98), (1, "counted", 99, 99, 100), (50, "counted", 7, 3, 6),
    ],
)  # fmt: skip
def test_06_share_leaves_no_fraction_of_a_minute(judge, percent, basis, online, room, counted):
    """A third of 600 is 198; of what counts never more than the share, and never a part of a minute."""
    rules = (
        HOURS
        + f"\ncode: c, kind: credit_cap, parameters: {{share_percent: {percent}, basis: {basis}, deliveries: [recorded]}}"
    )

    answer, _err, _status = judge(
        pack(rules), offer(line("a", online, delivery="recorded"), line("b", room, delivery="in_person"))
    )

    assert answer["counted_minutes"] == counted


def test_a_waiver_of_a_rule_of_another_pack_changes_nothing(judge):
    """One file of evidence serves several packs, each with rules of its own."""
    answers = [
        judge(pack(HOURS), offer(line("a", 60), waivers=waivers))[0] for waivers in ([], [{"rule": "elsewhere"}])
    ]

    assert answers[0] == answers[1]


def test_a_provider_of_which_nothing_is_on_record_is_named_not_guessed(judge):
    rules = HOURS + "\ncode: approved, kind: provider_eligibility, parameters: {authority: B}"

    answer, _err, status = judge(pack(rules), offer(line("a", 600, provider="Nobody")))

    approved = next(rule for rule in answer["rules"] if rule["id"] == "approved")
    assert (status, answer["status"], approved["status"]) == (0, "cannot_tell", "cannot_tell")
    assert "Nobody" in approved["sentence"]
    assert [(item["id"], item["code"], item["minutes"]) for item in approved["to_confirm"]] == [
        ("a", "provider_unknown", 600)
    ]
