"""Walking everybody: chunks, time, tokens; and that a look writes nothing. Hours come from the ledger itself."""

from datetime import date
from itertools import count

import pytest
from django.apps import apps
from django.db.models import Model

from certificates.evidence import LedgerHours
from curriculum import previews, register
from curriculum.data import Status
from curriculum.errors import CurriculumError, StalePreview
from curriculum.models import Cycle, RequirementSet
from curriculum.services import open_new_version
from curriculum.simulation import hours as slot
from tests.factories.certificates import CompetencyFactory, FrameworkFactory
from tests.factories.curriculum import RequirementFactory
from tests.factories.people import UserFactory
from tests.factories.register import approval, hours, make_board, published, rules_of, sponsorship, waiver

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 15)


@pytest.fixture
def board():
    return make_board()


@pytest.fixture
def rules(board):
    return rules_of(board, credential__framework=FrameworkFactory())


@pytest.fixture
def people():
    """Three with hours of the provider, one with hours of another, one without any."""
    made = [UserFactory() for _number in range(5)]
    for person, minutes in zip(made, (60, 90, 30), strict=False):
        hours(person, minutes)
    hours(made[3], 60, provider="Another")
    return made


def walk(proposal, **options):
    progress = previews.begin(proposal)
    while not progress.is_done:
        previews.advance(proposal, progress, **{"keep_rows": True, **options})
    return progress


def counts(progress, number=0):
    return {outcome: found for outcome, found in progress.tallies[number].outcomes.items() if found}


def rows_in_database() -> dict[type[Model], int]:
    return {model: model.objects.count() for model in apps.get_models() if model._meta.managed}


# --- What is proposed ---------------------------------------------------------------------------------------------


def test_publishing_an_approval_turns_those_with_its_hours(board, rules, people):
    draft = register.record(approval(board), actor=None)

    progress = walk(previews.propose_publishing([draft], as_of=DAY))

    assert counts(progress) == {"becomes_met": 2, "stays_short": 1, "stays_unclear": 1}
    assert [row.person_id for row in progress.rows] == [person.pk for person in people[:3]]
    assert (progress.judged, progress.people) == (4, 4)
    assert [turn.code for turn in progress.rows[0].change.turned] == ["provider"]
    register.publish([draft], actor=people[4])
    back = walk(previews.propose_voiding(draft, as_of=DAY))
    assert counts(back) == {"becomes_unclear": 2, "stays_short": 1, "stays_unclear": 1}  # it came true


def test_withdrawing_takes_back_hours_of_later_days_alone(board, rules, people):
    one = published(approval(board))

    early = walk(previews.propose_withdrawing(one, on=date(2026, 1, 10), as_of=DAY))
    late = walk(previews.propose_withdrawing(one, on=date(2026, 1, 11), as_of=DAY))

    assert counts(early) == {"becomes_short": 2, "stays_short": 1, "stays_unclear": 1}
    assert (early.tallies[0].lost_minutes, early.tallies[0].changed) == (180, 3)
    assert counts(late) == {"stays_met": 2, "stays_short": 1, "stays_unclear": 1}
    assert late.tallies[0].changed == 0


def test_ending_and_voiding_are_told_apart(board, rules, people):
    one = published(approval(board))

    ended = walk(previews.propose_closing(one, last_on=date(2026, 1, 9), as_of=DAY))
    void = walk(previews.propose_voiding(one, as_of=DAY))

    # Ended: on record, and not approved that day. Void: nobody ever told us.
    assert counts(ended) == {"becomes_short": 2, "stays_short": 1, "stays_unclear": 1}
    assert counts(void) == {"becomes_unclear": 2, "stays_short": 1, "stays_unclear": 1}


def test_sponsorship_and_waiver_are_previewed_too(board, rules, people):
    published(approval(board, provider="Big Sponsor"))
    sponsored = walk(previews.propose_publishing([sponsorship()], as_of=DAY))
    draft = waiver(rules.requirements.get(code="hours"))
    waived = walk(previews.propose_publishing([draft], as_of=DAY))

    assert counts(sponsored) == {"becomes_met": 2, "stays_short": 1, "stays_unclear": 1}
    assert counts(waived) == {"stays_unclear": 3, "becomes_unclear": 1}
    assert previews.day_to_judge_on(draft, date(2025, 6, 1)) == draft.first_on
    assert previews.day_to_judge_on(draft, DAY) == DAY
    draft.last_on = date(2026, 1, 31)
    assert previews.day_to_judge_on(draft, DAY) == date(2026, 1, 31)


def test_version_is_compared_with_the_one_before(board, rules, people):
    published(approval(board))
    version = open_new_version(rules, effective_from=date(2027, 1, 1), actor=people[0], today=DAY)
    version.requirements.filter(code="hours").update(parameters={"minutes": 90})
    day = previews.day_to_judge_on(version, DAY)

    progress = walk(previews.propose_version(RequirementSet.objects.get(pk=version.pk), as_of=day))

    assert day == date(2027, 1, 1)
    # The last has 60 minutes of a provider that nobody knows: unclear before, short by 30 after.
    assert counts(progress) == {"becomes_short": 2, "stays_met": 1, "stays_short": 1}


def test_first_version_is_all_new(rules, people):
    progress = walk(previews.propose_version(rules, as_of=DAY))

    assert counts(progress) == {"becomes_unclear": 3, "becomes_short": 1}
    assert {row.change.before for row in progress.rows} == {None}


def test_rules_that_cannot_be_applied_are_a_sentence(rules):
    rules.requirements.filter(code="hours").update(parameters={})

    with pytest.raises(CurriculumError, match="cannot be applied as they are written"):
        previews.propose_version(rules, as_of=DAY)


def test_sets_that_do_not_ask_are_not_judged(board, rules, people):
    other = RequirementFactory(requirement_set__code="quiet").requirement_set

    proposal = previews.propose_publishing([approval(board)], as_of=DAY)
    elsewhere = previews.propose_publishing([approval(make_board("TX-DSHS"))], as_of=DAY)
    waived = previews.propose_publishing([waiver(other.requirements.get())], as_of=DAY)

    assert [case.code for case in proposal.cases] == ["renewal"]
    assert elsewhere.cases == ()
    assert previews.begin(elsewhere).is_done
    assert list(previews.changed_rows(elsewhere)) == []
    assert [case.code for case in waived.cases] == ["quiet"]


def test_each_person_is_judged_by_their_own_last_day(board, rules, people):
    published(approval(board))
    rules.requirements.filter(code="hours").update(parameters={"minutes": 60, "window_months": 12})
    Cycle.objects.create(
        person=people[0], credential=rules.credential, purpose="renewal", expires_on=date(2026, 12, 31)
    )
    Cycle.objects.create(person=people[1], credential=rules.credential, purpose="renewal", expires_on=date(2027, 6, 30))

    # Hours of 10 January 2026: within the 12 months before the first day, not before the second.
    progress = walk(previews.propose_version(rules, as_of=DAY))

    statuses = {row.person_id: row.change.after for row in progress.rows}
    assert statuses[people[0].pk] == Status.MET
    assert statuses[people[1].pk] == Status.SHORT
    assert statuses[people[2].pk] == Status.CANNOT_TELL  # told us no day, and none is assumed


# --- In steps -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 5])
def test_chunks_add_up_to_the_same(board, rules, people, chunk):
    proposal = previews.propose_publishing([approval(board)], as_of=DAY)

    progress = walk(proposal, chunk=chunk)

    assert counts(progress) == {"becomes_met": 2, "stays_short": 1, "stays_unclear": 1}
    assert progress.judged == 4
    assert list(previews.changed_rows(proposal, chunk=chunk)) == progress.rows


def test_one_call_stops_when_its_time_is_over(board, rules, people):
    proposal = previews.propose_publishing([approval(board)], as_of=DAY)
    ticks = count(step=4)
    progress = previews.begin(proposal)

    for judged in (2, 4, 4):
        previews.advance(proposal, progress, keep_rows=False, seconds=6, chunk=1, clock=lambda: next(ticks))
        assert progress.judged == judged

    assert progress.is_done
    assert progress.rows == []


def test_a_chunk_costs_the_same_for_one_and_three(board, rules, people, django_assert_num_queries):
    proposal = previews.propose_publishing([approval(board)], as_of=DAY)
    progress = previews.begin(proposal)

    for chunk in (1, 3):
        with django_assert_num_queries(4):  # people, hours, shares, days of the one case
            previews.advance(proposal, progress, keep_rows=True, chunk=chunk, seconds=0)

    assert progress.judged == 4


def test_rows_are_the_first_and_the_counts_are_all(board, rules, people, monkeypatch):
    monkeypatch.setattr(previews, "ROWS_SHOWN", 1)

    progress = walk(previews.propose_publishing([approval(board)], as_of=DAY))

    assert [row.person_id for row in progress.rows] == [people[0].pk]
    assert progress.tallies[0].changed == 3


def test_a_look_writes_nothing(board, rules, people):
    draft = register.record(approval(board), actor=None)
    before = rows_in_database()

    proposal = previews.propose_publishing([draft], as_of=DAY)
    walk(proposal)
    list(previews.changed_rows(proposal))
    walk(previews.propose_withdrawing(published(approval(board, provider="X")), on=DAY, as_of=DAY))

    after = rows_in_database()
    draft.refresh_from_db()
    assert draft.is_draft
    changed = {model.__name__: after[model] - before[model] for model in before if after[model] != before[model]}
    # "X" was published above, by somebody, with two lines of the log; nothing else.
    assert changed == {"ProviderApproval": 1, "User": 1, "ModelLogEntry": 2}


def test_token_goes_on_where_it_stopped(board, rules, people, stranger):
    proposal = previews.propose_publishing([approval(board)], as_of=DAY)
    progress = previews.advance(proposal, previews.begin(proposal), keep_rows=True, chunk=2, seconds=0)
    token = previews.pack(proposal, progress, people[4])

    again = previews.unpack(token, proposal, people[4])

    assert again == progress
    assert not again.is_done
    with pytest.raises(StalePreview):
        previews.unpack(token, proposal, stranger)
    with pytest.raises(StalePreview):
        previews.unpack(token[:-1], proposal, people[4])
    with pytest.raises(StalePreview, match="have changed since"):
        previews.unpack(token, previews.propose_publishing([], as_of=DAY), people[4])


# --- Hours of many ------------------------------------------------------------------------------------------------


def test_ledger_fills_the_slot_and_agrees_with_one_person(people, django_assert_num_queries):
    competency = CompetencyFactory(code="MA-1")
    hours(people[0], 30, earned_on=date(2025, 5, 1), shares=[(competency, 30)])
    source = slot.source

    with django_assert_num_queries(2):
        found = source.lines_of([person.pk for person in people], {"MA-CHW", ""})

    assert isinstance(source, LedgerHours)
    assert [line.competencies for line in found[people[0].pk]["MA-CHW"]] == [{"MA-1": 30}, {}]
    assert [line.competencies for line in found[people[0].pk][""]] == [{}, {}]
    assert [line.provider for line in found[people[3].pk][""]] == ["Another"]
    assert found[people[4].pk] == {"MA-CHW": [], "": []}
    assert source.count_people() == 4
    assert source.people_after(0, 2) == [people[0].pk, people[1].pk]
    assert source.people_after(people[1].pk, 9) == [people[2].pk, people[3].pk]
