"""Short words for rules and evidence, so that a test of the engine reads as a case."""

from datetime import date

from curriculum import evaluation
from curriculum.data import (
    ApprovalFacts,
    CycleFacts,
    Dossier,
    Evaluation,
    Evidence,
    RequirementFacts,
    RequirementSetFacts,
    Standing,
)

TODAY = date(2026, 3, 15)
EXPIRY = date(2027, 7, 31)

GOOD, BAD, UNHEARD = "Good", "Bad", "Unheard of"
APPROVALS = (
    ApprovalFacts(provider=GOOD, authority="BOARD", status=Standing.FULL),
    ApprovalFacts(provider=BAD, authority="BOARD", status=Standing.WITHDRAWN),
)


def rule(code: str, kind: str, part_of: str = "", **parameters: object) -> RequirementFacts:
    """A rule with these figures."""
    text = {"en": f"The {code}.", "es": f"El {code}."}
    return RequirementFacts(code=code, kind=kind, part_of=part_of, parameters=parameters, text=text)


def rules(*requirements: RequirementFacts) -> RequirementSetFacts:
    """A set of rules."""
    return RequirementSetFacts(code="test", name={"en": "Test"}, requirements=requirements)


def line(id: str, minutes: int, earned_on: date = date(2026, 1, 10), **fields) -> Evidence:
    """A line of evidence of a day in the cycle, in person."""
    return Evidence(id=id, minutes=minutes, earned_on=earned_on, **{"delivery": "in_person", **fields})


def evaluate(rules, evidence, *, as_of=TODAY, expires_on=None, cycle=None, **offered) -> Evaluation:
    """Judge lines of evidence for a cycle that ends on a day, with the approvals above."""
    dossier = Dossier(
        evidence=tuple(evidence),
        cycle=cycle or CycleFacts(expires_on=expires_on),
        **{"approvals": APPROVALS, **offered},
    )
    return evaluation.evaluate(rules, dossier, as_of=as_of)
