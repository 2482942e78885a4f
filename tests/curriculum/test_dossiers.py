"""A file of evidence is read as a whole, or refused with a line for each fault."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from curriculum.data import ApprovalFacts, CycleFacts, DocumentFacts, Evidence, PersonFacts, Standing, WaiverFacts
from curriculum.dossiers import dossier_of, read_dossier, schema
from curriculum.errors import DossierFaults

TODAY = date(2026, 3, 15)
LINE = {"id": "1", "minutes": 60, "earned_on": "2026-01-10"}


def read(value, **options):
    return dossier_of(value, as_of=TODAY, **options)


def faults(value, **options):
    with pytest.raises(DossierFaults) as caught:
        read(value, **options)
    return caught.value.faults


def test_every_part_is_read():
    dossier = read(
        {
            "person": {"born_on": "2008-03-16", "residence": "MA", "nickname": "not read"},
            "cycle": {
                "starts_on": "2025-08-01",
                "expires_on": "2027-07-31",
                "first": True,
                "carried_over_minutes": 30,
            },
            "approvals": [
                {"provider": "A", "authority": "B", "status": "warning", "from": "2025-01-01", "activity": "x"}
            ],
            "waivers": [{"rule": "cap", "from": "2025-01-01", "to": "2026-12-31", "reason": "Vote."}],
            "evidence": [
                {
                    **LINE,
                    "delivery": "live_online",
                    "component": "reading",
                    "competencies": {"MA-1": 30},
                    "tags": ["ethics"],
                    "provider": "A",
                    "sponsors": ["C"],
                    "activity": "x",
                    "level": "advanced",
                    "first_time": False,
                    "units": {"academic_credit": 1},
                }
            ],
            "documents": [{"kind": "reference", "covers": ["MA-1"]}],
        },
        competencies=frozenset({"MA-1"}),
    )

    assert dossier.evidence == (
        Evidence(
            id="1",
            minutes=60,
            earned_on=date(2026, 1, 10),
            delivery="live_online",
            component="reading",
            competencies={"MA-1": 30},
            tags=frozenset({"ethics"}),
            provider="A",
            sponsors=("C",),
            activity="x",
            level="advanced",
            first_time=False,
            units={"academic_credit": 1},
        ),
    )
    assert dossier.approvals == (
        ApprovalFacts(
            provider="A", authority="B", status=Standing.WARNING, first_on=date(2025, 1, 1), last_on=None, activity="x"
        ),
    )
    assert dossier.waivers == (
        WaiverFacts(rule="cap", first_on=date(2025, 1, 1), last_on=date(2026, 12, 31), reason="Vote."),
    )
    assert dossier.documents == (DocumentFacts(kind="reference", covers=frozenset({"MA-1"})),)
    assert dossier.person == PersonFacts(age=17, residence="MA")
    assert dossier.cycle == CycleFacts(
        starts_on=date(2025, 8, 1), expires_on=date(2027, 7, 31), is_first=True, carried_over_minutes=30
    )


@pytest.mark.parametrize(("born_on", "age"), [("2008-03-14", 18), ("2008-03-15", 18), ("2008-03-16", 17)])
def test_age_is_that_of_the_day_asked_about(born_on, age):
    assert read({"evidence": [], "person": {"born_on": born_on}}).person.age == age


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, [("evidence", "is missing.")]),
        ({"evidence": [LINE], "colour": 1}, [("colour", "is not known here.")]),
        ({"evidence": {}}, [("evidence", "must be a list.")]),
        ({"evidence": [3]}, [("evidence[0]", "must be names with values.")]),
        ({"evidence": [{**LINE, "minutes": 1.5}]}, [("evidence[0].minutes", "must be a whole number.")]),
        ({"evidence": [{**LINE, "minutes": 60.0}]}, [("evidence[0].minutes", "must be a whole number.")]),
        ({"evidence": [{**LINE, "minutes": "60"}]}, [("evidence[0].minutes", "must be a whole number.")]),
        ({"evidence": [{**LINE, "minutes": True}]}, [("evidence[0].minutes", "must be a whole number.")]),
        ({"evidence": [{**LINE, "minutes": -1}]}, [("evidence[0].minutes", "must be zero or more.")]),
        ({"evidence": [{**LINE, "minutes": 10**9}]}, [("evidence[0].minutes", "is too large.")]),
        ({"evidence": [{"id": "1", "earned_on": "2026-01-10"}]}, [("evidence[0].minutes", "is missing.")]),
        ({"evidence": [{**LINE, "id": ""}]}, [("evidence[0].id", "must not be empty.")]),
        (
            {"evidence": [{**LINE, "earned_on": "2026-02-30"}]},
            [("evidence[0].earned_on", "must be a day such as 2026-07-31.")],
        ),
        (
            {"evidence": [{**LINE, "level": "high"}]},
            [("evidence[0].level", "must be one of: introductory, intermediate or advanced.")],
        ),
        ({"evidence": [{**LINE, "first_time": "yes"}]}, [("evidence[0].first_time", "must be true or false.")]),
        ({"evidence": [LINE, LINE]}, [("evidence", "has the id 1 more than once.")]),
        (
            {"evidence": [{**LINE, "competencies": {"MA-1": 61}}]},
            [("evidence[0].competencies", "have more minutes together than the whole.")],
        ),
        (
            {"evidence": [{**LINE, "competencies": {"MA-11": 1}}], "documents": [{"kind": "x", "covers": ["MA-12"]}]},
            [
                ("evidence[0].competencies.MA-11", "is not a competency of this framework."),
                ("documents[0].covers.MA-12", "is not a competency of this framework."),
            ],
        ),
        (
            {"evidence": [], "cycle": {"starts_on": "2026-01-02", "expires_on": "2026-01-01"}},
            [("cycle", "ends before it begins.")],
        ),
        (
            {"evidence": [], "waivers": [{"rule": "a", "from": "2026-01-02", "to": "2026-01-01"}]},
            [("waivers[0]", "ends before it begins.")],
        ),
    ],
)
def test_a_wrong_file_is_refused_with_every_place(value, expected):
    assert faults(value, competencies=frozenset({"MA-1"})) == expected


def test_all_faults_are_told_at_once():
    assert len(faults({"evidence": [{**LINE, "minutes": -1}, {**LINE, "delivery": "mail", "x": 1}]})) == 3


def test_what_is_not_json_is_refused():
    with pytest.raises(DossierFaults, match="the file: is not JSON"):
        read_dossier(b"{", as_of=TODAY)


def test_faults_are_told_in_spanish():
    with translation.override("es"):
        assert faults({}) == [("evidence", "falta.")]


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ({"to": "2026-02-15"}, {"from": "2026-02-16"}, False),
        ({"to": "2026-02-15"}, {"from": "2026-02-15"}, True),
        ({}, {"from": "2026-02-15"}, True),
        ({}, {"from": "2026-02-15", "activity": "x"}, False),
        ({}, {"from": "2026-02-15", "authority": "C"}, False),
    ],
)
def test_approvals_that_overlap_are_refused(first, second, refused):
    common = {"provider": "A", "authority": "B", "status": "full"}
    value = {"evidence": [], "approvals": [{**common, **first}, {**common, **second}]}

    if refused:
        assert faults(value) == [("approvals[1]", "overlaps with approvals[0].")]
    else:
        assert len(read(value).approvals) == 2


def test_faults_of_lines_and_between_lines_are_told_together():
    span = {"provider": "A", "authority": "B", "status": "full"}
    value = {
        "evidence": [
            {"id": "1", "minutes": -5, "earned_on": "2026-01-01"},
            {"id": "2", "minutes": 30, "earned_on": "2026-01-01", "competencies": {"MA-1": 60}},
        ],
        "approvals": [
            {**span, "from": "2026-01-01", "to": "2025-01-01"},
            {**span, "status": "maybe"},
            {**span, "from": "2024-01-01"},
            {**span, "from": "2024-06-01"},
        ],
    }

    assert [place for place, _problem in faults(value)] == [
        "approvals[1].status", "evidence[0].minutes", "approvals[0]", "evidence[1].competencies", "approvals[3]",
    ]  # fmt: skip


def test_the_published_schema_is_the_one_that_reads():
    path = Path(__file__).parents[2] / "docs" / "requirement-evidence.schema.json"

    assert json.loads(path.read_text()) == schema()
