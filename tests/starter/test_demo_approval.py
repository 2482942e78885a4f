"""The demonstration's provider is approved, says that it is invented, and is approved once."""

from datetime import date, timedelta

import pytest

from curriculum.data import CycleFacts, Evidence, Status
from curriculum.evaluation import evaluate
from curriculum.facts import dossier_of
from curriculum.models import ProviderApproval, RequirementSet
from curriculum.register import register_facts
from curriculum.services import facts_of
from starter.demo import _approve, _board, _program
from starter.site import setup_site
from tests.factories.people import make_program_admin

pytestmark = pytest.mark.django_db


def test_fifteen_hours_of_the_demonstration_program_meet_the_renewal(now):
    setup_site()
    make_program_admin(email="luis@demo.example")
    program, board = _program(), _board()

    for moment in (now, now + timedelta(days=1)):
        _approve(program, board, moment)

    approval = ProviderApproval.objects.get()
    assert "Massachusetts" in approval.authority.name
    assert approval.counts
    assert "Invented" in approval.note
    assert "invented" in approval.number
    rules = facts_of(RequirementSet.objects.get(code="ma-renewal"))
    line = Evidence(
        id="1", minutes=900, earned_on=date(2026, 3, 1), provider=approval.provider, competencies={"MA-1": 900}
    )
    cycle = CycleFacts(expires_on=date(2027, 7, 31))
    dossier = dossier_of([line], register_facts([approval.provider]), rules, cycle)
    assert evaluate(rules, dossier, as_of=date(2026, 3, 15)).status == Status.MET
