"""Writing the register: drafted, published, ended, voided; twice, and by two at once; and as the engine reads it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from wagtail.models import ModelLogEntry

from curriculum import register
from curriculum.data import ApprovalFacts, CycleFacts, Evidence, Standing, Status, WaiverFacts
from curriculum.errors import NotADraft, NotInEffect, Overlap, RegisterError
from curriculum.evaluation import evaluate
from curriculum.facts import RegisterFacts, SponsorFacts, dossier_of
from curriculum.models import ProviderApproval, RequirementSet, Sponsorship, Waiver
from curriculum.services import facts_of
from tests.factories.curriculum import RequirementFactory, RequirementSetFactory
from tests.factories.people import OrganizationFactory, UserFactory
from tests.factories.register import PROVIDER, approval, make_board, published, sponsorship, waiver

DAY = date(2026, 3, 1)


@pytest.fixture
def luis(db):
    return UserFactory(email="luis@example.org")


@pytest.fixture
def board(db):
    return make_board()


def actions() -> list[str]:
    return list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True))


# --- Drafts -------------------------------------------------------------------------------------------------------


def test_record_twice_is_one_draft(luis, board):
    first = register.record(approval(board, provider="  Puente   Training "), actor=luis)
    second = register.record(approval(board), actor=luis)

    assert (first.pk, first.provider) == (second.pk, PROVIDER)
    assert first.is_draft
    assert actions() == ["wagtail.create"]


def test_record_changes_a_draft_and_no_more_once_published(luis, board):
    draft = register.record(approval(board), actor=luis)
    draft.number = "PRV-1"
    register.record(draft, actor=luis)
    register.publish([draft], actor=luis)
    draft.number = "PRV-2"

    with pytest.raises(NotADraft):
        register.record(draft, actor=luis)

    draft.refresh_from_db()
    assert draft.number == "PRV-1"


def test_record_refuses_an_authority_that_no_rule_can_name(luis):
    nameless = OrganizationFactory(kind="board", code="", name="Nameless")

    with pytest.raises(RegisterError, match="“Nameless” has no code"):
        register.record(approval(nameless), actor=luis)

    assert not ProviderApproval.objects.exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"status": "splendid"}, "status: Value 'splendid' is not a valid choice."),
        ({"last_on": date(2024, 1, 1)}, "The last day comes before the first."),
        ({"allows_ce": True}, "Only a warning can say that hours still count."),
        ({"approved_minutes": -5}, "approved minutes: Ensure this value is greater than or equal to 1."),
        ({"provider": " "}, "provider: This field cannot be blank."),
    ],
)
def test_record_says_what_is_wrong(luis, board, values, sentence):
    with pytest.raises(RegisterError) as caught:
        register.record(approval(board, **values), actor=luis)

    assert sentence in str(caught.value)


def test_overlap_names_both_and_draft_or_published_alike(luis, board):
    register.record(approval(board, last_on=date(2026, 6, 30)), actor=luis)
    later = approval(board, date(2026, 6, 30), status="warning")

    with pytest.raises(Overlap) as caught:
        register.record(later, actor=luis)

    assert str(caught.value) == (
        "These two are about the same and share a day: “Puente Training: full approval, from Jan. 1, 2025 to June 30, "
        "2026” and “Puente Training: approval with warning, from June 30, 2026”. End the earlier one before the later "
        "one begins."
    )
    later.first_on = date(2026, 7, 1)
    register.record(later, actor=luis)
    assert ProviderApproval.objects.count() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_one_of_two_that_overlap():
    board, luis = make_board(), UserFactory()
    gate = Barrier(4)

    def write(number: int) -> str:
        gate.wait(timeout=30)
        try:
            # Other first days and an end each: no unique constraint sees this, the lock must.
            register.record(approval(board, date(2026, 1, number), last_on=date(2026, 12, number)), actor=luis)
        except Overlap:
            return "refused"
        else:
            return "written"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(write, range(1, 5)))

    assert answers == ["refused", "refused", "refused", "written"]
    assert ProviderApproval.objects.count() == 1


def test_discard_throws_a_draft_away_once_and_nothing_published(luis, board):
    draft = register.record(approval(board), actor=luis)
    register.discard(draft, actor=luis)
    register.discard(draft, actor=luis)
    kept = published(approval(board), luis)

    with pytest.raises(NotADraft):
        register.discard(kept, actor=luis)

    assert list(ProviderApproval.objects.all()) == [kept]


# --- Published ----------------------------------------------------------------------------------------------------


def test_publish_twice_keeps_the_first_moment(luis, stranger, board, now):
    draft = register.record(approval(board), actor=luis, now=now)

    first = register.publish([draft], actor=luis, now=now)
    again = register.publish([draft], actor=stranger)

    draft.refresh_from_db()
    assert (first, again) == ([draft], [])
    assert (draft.published_at, draft.published_by) == (now, luis)
    assert actions() == ["wagtail.create", "curriculum.publish"]


def test_close_ends_what_is_published_twice_as_once(luis, board):
    draft = register.record(approval(board), actor=luis)
    with pytest.raises(NotInEffect):
        register.close(draft, last_on=DAY, actor=luis)
    register.publish([draft], actor=luis)

    register.close(draft, last_on=DAY, actor=luis)
    register.close(draft, last_on=DAY, actor=luis)

    draft.refresh_from_db()
    assert draft.last_on == DAY
    assert actions() == ["wagtail.create", "curriculum.publish", "curriculum.close"]
    with pytest.raises(RegisterError, match="The last day comes before the first"):
        register.close(draft, last_on=date(2024, 12, 31), actor=luis)


def test_close_never_grows_into_the_next_one(luis, board):
    one = published(approval(board, last_on=date(2025, 12, 31)), luis)
    published(approval(board, date(2026, 1, 1), status="warning"), luis)

    with pytest.raises(Overlap):
        register.close(one, last_on=date(2026, 1, 1), actor=luis)

    one.refresh_from_db()
    assert one.last_on == date(2025, 12, 31)


def test_withdraw_ends_the_approval_the_day_before_and_says_so(luis, board, now):
    one = published(approval(board, number="PRV-1"), luis)

    first = register.withdraw_approval(one, on=DAY, actor=luis, note="Annual report missing.", now=now)
    again = register.withdraw_approval(one, on=DAY, actor=luis, note="Annual report missing.", now=now)

    one.refresh_from_db()
    assert (one.last_on, one.status) == (date(2026, 2, 28), "full")
    assert first.pk == again.pk
    assert (first.status, first.first_on, first.last_on, first.number) == ("withdrawn", DAY, None, "PRV-1")
    assert first.counts
    assert ProviderApproval.objects.count() == 2


def test_withdraw_does_not_lengthen_what_ended_before(luis, board):
    one = published(approval(board, last_on=date(2025, 6, 30)), luis)

    register.withdraw_approval(one, on=DAY, actor=luis)

    one.refresh_from_db()
    assert one.last_on == date(2025, 6, 30)


def test_withdraw_of_a_draft_is_refused_with_nothing_written(luis, board):
    draft = register.record(approval(board, last_on=date(2025, 6, 30)), actor=luis)

    with pytest.raises(NotInEffect):
        register.withdraw_approval(draft, on=DAY, actor=luis)

    assert ProviderApproval.objects.count() == 1


def test_void_keeps_the_row_with_its_first_reason(luis, stranger, board, now):
    one = published(approval(board), luis)
    with pytest.raises(RegisterError, match="Please write why it is void"):
        register.void(one, actor=luis, reason=" ")

    register.void(one, actor=luis, reason="Another provider.", now=now)
    register.void(one, actor=stranger, reason="Again.")

    one.refresh_from_db()
    assert (one.voided_at, one.voided_by, one.void_reason, one.counts) == (now, luis, "Another provider.", False)
    assert register.register_facts() == RegisterFacts()
    published(approval(board), luis)  # the days are free again
    with pytest.raises(NotInEffect):
        register.close(one, last_on=DAY, actor=luis)


def test_void_of_a_draft_is_refused(luis, board):
    draft = register.record(approval(board), actor=luis)

    with pytest.raises(NotInEffect, match="Delete it instead"):
        register.void(draft, actor=luis, reason="Wrong.")


def test_waivers_and_sponsorships_go_the_same_way(luis):
    rule = RequirementFactory()
    for make in (sponsorship, lambda *args, **kwargs: waiver(rule, *args, **kwargs)):
        one = published(make(date(2026, 1, 1)), luis)
        register.close(one, last_on=DAY, actor=luis)
        with pytest.raises(Overlap):
            register.record(make(DAY), actor=luis)
        register.void(one, actor=luis, reason="Wrong.")
        assert published(make(DAY), luis).counts

    assert Sponsorship.objects.count() == Waiver.objects.count() == 2


# --- As the engine reads it ---------------------------------------------------------------------------------------


def test_register_facts_are_what_is_published(luis, board, django_assert_num_queries):
    rule = RequirementFactory(code="online-cap", requirement_set=RequirementSetFactory(code="ma-initial", version=2))
    published(approval(board, status="warning", allows_ce=True, activity="A", approved_minutes=90, number="N"), luis)
    published(sponsorship(last_on=DAY), luis)
    published(waiver(rule), luis)
    register.record(approval(board, provider="Draft"), actor=luis)

    with django_assert_num_queries(3):
        facts = register.register_facts()

    assert facts.approvals == (
        ApprovalFacts(
            provider=PROVIDER, authority="MA-BOARD", status=Standing.WARNING, first_on=date(2025, 1, 1),
            activity="A", allows_ce=True, minutes=90, number="N",
        ),
    )  # fmt: skip
    assert facts.sponsorships == (
        SponsorFacts(sponsor="Big Sponsor", provider=PROVIDER, first_on=date(2025, 1, 1), last_on=DAY),
    )
    waived = (WaiverFacts(rule="online-cap", first_on=date(2026, 1, 1), reason="Vote of the board."),)
    assert facts.waivers_of("ma-initial", 2) == waived
    assert facts.waivers_of("ma-initial", 1) == facts.waivers_of("ma-renewal", 2) == ()


def test_register_facts_of_some_providers_bring_their_sponsors(luis, board, django_assert_num_queries):
    for name in ("Big Sponsor", "Unasked", PROVIDER):
        published(approval(board, provider=name), luis)
    published(sponsorship(), luis)

    with django_assert_num_queries(3):
        facts = register.register_facts([PROVIDER])

    assert [item.provider for item in facts.approvals] == ["Big Sponsor", PROVIDER]
    assert facts.sponsors_of(PROVIDER, "any", DAY) == ("Big Sponsor",)
    assert facts.sponsors_of(PROVIDER, "any", date(2024, 12, 31)) == ()


def renewal(*, authority="MA-BOARD") -> RequirementSet:
    found = RequirementSetFactory(code="renewal")
    RequirementFactory(requirement_set=found, code="hours", parameters={"minutes": 60}, sort_order=1)
    RequirementFactory(
        requirement_set=found,
        code="provider",
        kind="provider_eligibility",
        parameters={"authority": authority},
        sort_order=2,
    )
    return found


def judged(line_day: date, **line):
    rules = facts_of(RequirementSet.objects.get(code="renewal"))
    lines = [Evidence(id="1", minutes=60, earned_on=line_day, provider=PROVIDER, delivery="in_person", **line)]
    dossier = dossier_of(lines, register.register_facts(), rules, CycleFacts(expires_on=date(2027, 7, 31)))
    return evaluate(rules, dossier, as_of=date(2026, 12, 31)).status


def test_provider_is_judged_as_of_the_day_of_the_activity(luis, board):
    renewal()
    assert judged(DAY) == Status.CANNOT_TELL

    one = published(approval(board), luis)
    assert judged(DAY) == Status.MET

    register.withdraw_approval(one, on=DAY, actor=luis)
    assert judged(DAY) == Status.SHORT
    assert judged(date(2026, 2, 28)) == Status.MET


def test_sponsor_counts_like_the_provider_for_its_activity_and_days(luis, board):
    renewal()
    published(approval(board, provider="Big Sponsor"), luis)
    published(sponsorship(activity="SAFETALK", last_on=DAY), luis)

    assert judged(DAY, activity="SAFETALK") == Status.MET
    assert judged(DAY, activity="OTHER") == Status.CANNOT_TELL
    assert judged(date(2026, 3, 2), activity="SAFETALK") == Status.CANNOT_TELL


def test_waiver_lifts_the_rule_of_its_set_alone(luis, board):
    rules = renewal()
    published(approval(board, status="withdrawn"), luis)
    other = RequirementFactory(code="provider", requirement_set=RequirementSetFactory(code="other"))
    published(waiver(other), luis)
    assert judged(DAY) == Status.SHORT

    published(waiver(rules.requirements.get(code="provider")), luis)

    assert judged(DAY) == Status.MET
