"""Approvals, sponsorships and waivers for tests, written by the services; and people with hours."""

from datetime import date

from certificates.models import LedgerEntry, LedgerShare
from courses.models import CourseCompletion
from curriculum import register
from curriculum.models import ProviderApproval, Requirement, Sponsorship, Waiver
from people.models import Organization, User
from tests.factories.curriculum import RequirementFactory, RequirementSetFactory
from tests.factories.people import BoardFactory, UserFactory

PROVIDER = "Puente Training"


def make_board(code: str = "MA-BOARD") -> Organization:
    """The board with this code; the same one when asked twice."""
    return Organization.objects.filter(code=code).first() or BoardFactory(code=code, name=f"Board of {code}")


def approval(authority: Organization, first_on: date = date(2025, 1, 1), **values) -> ProviderApproval:
    """An approval that nobody has saved."""
    return ProviderApproval(
        **{"authority": authority, "provider": PROVIDER, "status": "full", "first_on": first_on, **values}
    )


def published(entry, actor: User | None = None):
    """The entry, written and published."""
    register.record(entry, actor=actor)
    register.publish([entry], actor=actor or UserFactory())
    entry.refresh_from_db()
    return entry


def sponsorship(first_on: date = date(2025, 1, 1), **values) -> Sponsorship:
    """A sponsorship that nobody has saved."""
    return Sponsorship(**{"sponsor": "Big Sponsor", "provider": PROVIDER, "first_on": first_on, **values})


def waiver(requirement: Requirement, first_on: date = date(2026, 1, 1), **values) -> Waiver:
    """A waiver that nobody has saved."""
    return Waiver(**{"requirement": requirement, "first_on": first_on, "reason": "Vote of the board.", **values})


def hours(
    learner: User,
    minutes: int,
    *,
    earned_on: date = date(2026, 1, 10),
    provider: str = PROVIDER,
    shares=(),
) -> LedgerEntry:
    """A line of the ledger, as an adjustment; `shares`: pairs of competency and minutes."""
    entry = LedgerEntry.objects.create(
        kind=LedgerEntry.Kind.ADJUSTMENT,
        learner=learner,
        minutes=minutes,
        earned_on=earned_on,
        title={"en": "Course", "es": "Curso"},
        provider_name=provider,
        delivery=CourseCompletion.Delivery.SELF_PACED,
        reason="For a test",
        actor=learner,
    )
    LedgerShare.objects.bulk_create(
        LedgerShare(entry=entry, competency=competency, minutes=part) for competency, part in shares
    )
    return entry


def rules_of(board, **fields):
    """A renewal of this board: 60 minutes from a provider that it approved."""
    found = RequirementSetFactory(code="renewal", credential__authority=board, name={"en": "Renewal"}, **fields)
    RequirementFactory(requirement_set=found, code="hours", parameters={"minutes": 60}, sort_order=1)
    RequirementFactory(
        requirement_set=found,
        code="provider",
        kind="provider_eligibility",
        parameters={"authority": board.code},
        sort_order=2,
    )
    return found
