"""Which courses help, and by which rules and approvals a person is judged."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from certificates.services import credit_completion
from certificates.standing import courses_for, requirement_reports
from curriculum.data import Step
from curriculum.models import RequirementSet
from curriculum.services import follow, load_frameworks, load_packs
from tests.factories.certificates import completion_with_shares
from tests.factories.curriculum import CredentialFactory, RequirementFactory, RequirementSetFactory


def course(name, *shares, topics=()):
    return SimpleNamespace(
        key=name,
        minutes=sum(minutes for _code, minutes in shares),
        shares=[SimpleNamespace(code=code, minutes=minutes) for code, minutes in shares],
        topics=topics,
    )


OUTREACH = course("outreach", ("MA-1", 120), ("MA-2", 60))
ETHICS = course("ethics", ("MA-9", 90), topics=("ethics",))
LONG = course("long", ("MA-3", 600))
BLANK = course("blank")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], []),
        ([Step(minutes=60, competency="MA-1")], ["outreach"]),
        ([Step(minutes=60, tags=frozenset({"ethics"}))], ["ethics"]),
        ([Step(minutes=500)], ["long", "outreach", "ethics"]),
        ([Step(minutes=90, competency="MA-9"), Step(minutes=60, competency="MA-1")], ["ethics", "outreach"]),
        ([Step(minutes=60, tags=frozenset({"ethics"})), Step(minutes=60)], ["ethics", "outreach", "long"]),
        ([Step(minutes=30, competency="MA-10")], []),
        ([Step(minutes=60, delivery="self_paced", component="class", competency="MA-3")], ["long"]),
        ([Step(minutes=60, delivery="in_person")], []),
        ([Step(minutes=60, component="practicum")], []),
        ([Step(minutes=60, level="advanced")], []),
    ],
)
def test_courses_that_give_most_of_what_is_needed_come_first(steps, expected):
    assert [item.key for item in courses_for(steps, [BLANK, OUTREACH, ETHICS, LONG])] == expected


def test_at_most_three_courses_are_named():
    steps = [Step(minutes=500)]

    assert len(courses_for(steps, [course(str(number), ("MA-1", 60)) for number in range(9)])) == 3


@pytest.fixture
def rules(db):
    load_frameworks()
    load_packs()


@pytest.mark.parametrize("chosen", [(), ("tx-renewal",), ("tx-renewal", "or-renewal", "oh-renewal")])
def test_queries_do_not_grow_with_the_rules_chosen(learner, rules, chosen, django_assert_num_queries):
    today = timezone.localdate()
    credit_completion(completion_with_shares(learner).pk)
    for code in chosen:
        follow(learner, code, on=today)
    requirement_reports(learner, today=today)

    with django_assert_num_queries(10):
        found = requirement_reports(learner, today=today)

    assert {item.code for item in found} == {"ma-renewal", "ma-initial", *chosen}


def test_rules_of_the_first_training_day_bind_where_the_board_says_so(learner):
    today = timezone.localdate()
    credential = CredentialFactory()
    credit_completion(completion_with_shares(learner).pk)
    for version, (first, last, minutes) in enumerate(
        [(date(2020, 1, 1), today, 600), (today + timedelta(days=1), None, 900)], start=1
    ):
        old = RequirementSetFactory(
            credential=credential, code="a", version=version, effective_from=first, effective_to=last, binding="start"
        )
        RequirementFactory(requirement_set=old, parameters={"minutes": minutes})
    tomorrow = today + timedelta(days=1)
    follow(learner, "a", on=tomorrow)

    (found,) = requirement_reports(learner, today=tomorrow)

    assert found.report.required_minutes == 600
    assert RequirementSet.objects.count() == 2
