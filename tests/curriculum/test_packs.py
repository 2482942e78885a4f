"""The packs that are shipped: which there are, what each must say of itself, and how its own cases are answered."""

from dataclasses import replace

import pytest

from curriculum.evaluation import evaluate, faults, set_faults
from curriculum.loading import PACKS, read_pack, read_packs
from curriculum.packfiles import differences, find_pack, judge, read_cases, rules_of, version_for

CODES = [
    "iacet-ceu", "ky-renewal", "la-initial", "ma-initial", "ma-renewal", "md-renewal", "nm-renewal", "nv-chw2",
    "nv-early-childhood", "oh-renewal", "or-renewal", "ri-initial", "sc-initial", "tx-renewal",
]  # fmt: skip
RENEWALS = [code for code in CODES if code.endswith("-renewal")]


def cases_of(code):
    return read_cases(PACKS / code)


def case_of(code, begins):
    return next(case for case in cases_of(code) if case.name.startswith(begins))


def shipped_rules():
    return [(pack.code, rule) for pack in read_packs() for rule in pack.requirements]


def test_every_pack_of_the_plan_is_there():
    assert [pack.code for pack in read_packs()] == CODES
    assert sorted(path.name for path in PACKS.iterdir()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_pack_says_that_it_is_a_sample(code):
    pack = find_pack(code)[-1]

    assert pack.notice["en"].startswith("Sample: confirm with your board.")
    assert pack.notice["es"].startswith("Ejemplo: confirme con su junta.")


@pytest.mark.parametrize("code", CODES)
def test_pack_is_read_in_full_under_the_name_of_its_folder(code):
    pack = read_pack(PACKS / code / "pack.yaml")

    assert pack.code == code
    assert pack.purpose == ("renewal" if code in RENEWALS else "initial")
    assert pack.credential.authority.website


def test_rule_has_its_source_or_is_marked_unverified():
    bare = [
        (code, rule.code)
        for code, rule in shipped_rules()
        if rule.verification != "unverified" and not (rule.source_url and rule.source_citation)
    ]

    assert bare == []


def test_figures_of_every_rule_are_well_formed():
    assert [(code, rule.code) for code, rule in shipped_rules() if faults(rule.kind, rule.parameters)] == []
    for pack in read_packs():
        assert set_faults(pack.requirements) == []


def test_what_the_sources_leave_open_is_marked_unverified():
    open_questions = {
        ("ma-initial", "work-alone"), ("nm-renewal", "self-selected"), ("nv-chw2", "training"),
        ("nv-early-childhood", "hours"), ("oh-renewal", "law"), ("oh-renewal", "boundaries"),
        ("or-renewal", "oral-health"), ("ri-initial", "supervised"), ("sc-initial", "attendance"),
        ("tx-renewal", "mix-1"), ("tx-renewal", "mix-2"), ("tx-renewal", "mix-3"), ("iacet-ceu", "tenths"),
    }  # fmt: skip
    unverified = {(code, rule.code) for code, rule in shipped_rules() if rule.verification == "unverified"}

    assert open_questions <= unverified


def test_texts_are_two_texts():
    """A text that reads the same in both languages was not translated."""
    same = [(code, rule.code) for code, rule in shipped_rules() if rule.text["en"] == rule.text["es"]]

    assert same == []


# --- Cases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "case"), [pytest.param(code, case, id=f"{code}: {case.name}") for code in CODES for case in cases_of(code)]
)
def test_case_of_a_pack_is_answered_as_it_says(code, case):
    answer = judge(version_for(find_pack(code), case.dossier, case.as_of), case.dossier, as_of=case.as_of)

    assert differences(answer, case.expect) == []


@pytest.mark.parametrize("code", CODES)
def test_case_says_what_it_expects_and_under_a_name_of_its_own(code):
    cases = cases_of(code)

    assert len({case.name for case in cases}) == len(cases) >= 5
    assert [case.name for case in cases if not case.expect] == []


@pytest.mark.parametrize("vector", range(1, 15))
def test_every_vector_of_the_rule_vocabulary_is_a_case(vector):
    named = [case.name for code in CODES for case in cases_of(code) if case.name.startswith(f"T{vector}")]

    assert [name for name in named if name[len(f"T{vector}")] in ": "]


@pytest.mark.parametrize(("allowed", "status", "short"), [(False, "short", 60), (True, "met", 0)])
def test_one_hour_for_two_topics_is_a_setting_in_ohio(allowed, status, short):
    rules = rules_of(find_pack("oh-renewal")[0])
    changed = tuple(
        replace(rule, parameters={**rule.parameters, "overlap_allowed": allowed})
        if rule.kind == "nested_minimum"
        else rule
        for rule in rules.requirements
    )
    case = case_of("oh-renewal", "T11")

    answer = evaluate(replace(rules, requirements=changed), case.dossier, as_of=case.as_of)

    assert (answer.status, answer.short_minutes) == (status, short)


@pytest.mark.parametrize("code", CODES)
def test_order_of_the_evidence_never_matters(code):
    for case in cases_of(code):
        backwards = replace(case.dossier, evidence=case.dossier.evidence[::-1])
        pack = version_for(find_pack(code), case.dossier, case.as_of)

        assert judge(pack, backwards, as_of=case.as_of) == judge(pack, case.dossier, as_of=case.as_of)
