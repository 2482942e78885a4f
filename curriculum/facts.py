"""Pure: the register as the engine reads it, and the dossier of a person made of it. No database.

What a look at My path and a preview of a change have in common is here, so that both judge alike.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from curriculum.data import ApprovalFacts, CycleFacts, Dossier, Evidence, RequirementSetFacts, WaiverFacts


@dataclass(frozen=True, kw_only=True)
class SponsorFacts:
    """Who stands behind a provider's activity (or, without one, behind all of them) between two days, inclusive."""

    sponsor: str
    provider: str
    activity: str = ""
    first_on: date | None = None
    last_on: date | None = None

    def covers(self, activity: str, day: date) -> bool:
        """Whether it holds for this activity on that day."""
        begun = self.first_on is None or self.first_on <= day
        return begun and (self.last_on is None or day <= self.last_on) and self.activity in ("", activity)


@dataclass(frozen=True)
class RegisterFacts:
    """Everything published: approvals, sponsorships, and waivers by code and version of their requirement set.

    A waiver's rule is a code, and two sets may use the same one: ask `waivers_of` the set.
    """

    approvals: tuple[ApprovalFacts, ...] = ()
    sponsorships: tuple[SponsorFacts, ...] = ()
    waivers: Mapping[tuple[str, int], tuple[WaiverFacts, ...]] = field(default_factory=dict)

    @cached_property
    def _approvals_by_provider(self) -> Mapping[str, list[ApprovalFacts]]:
        found: dict[str, list[ApprovalFacts]] = {}
        for approval in self.approvals:
            found.setdefault(approval.provider, []).append(approval)
        return found

    @cached_property
    def _sponsorships_by_provider(self) -> Mapping[str, list[SponsorFacts]]:
        found: dict[str, list[SponsorFacts]] = {}
        for item in self.sponsorships:
            found.setdefault(item.provider, []).append(item)
        return found

    def approvals_of(self, names: Collection[str]) -> tuple[ApprovalFacts, ...]:
        """What is on record for these providers and sponsors, in a fixed order."""
        return tuple(item for name in sorted(names) for item in self._approvals_by_provider.get(name, ()))

    def sponsors_of(self, provider: str, activity: str, day: date) -> tuple[str, ...]:
        """Who stood behind this activity of the provider on that day."""
        known = self._sponsorships_by_provider.get(provider)
        if not known:
            return ()
        return tuple(sorted({item.sponsor for item in known if item.covers(activity, day)}))

    def waivers_of(self, code: str, version: int) -> tuple[WaiverFacts, ...]:
        """Waivers of rules of this version of a requirement set."""
        return self.waivers.get((code, version), ())

    def with_sponsors(self, line: Evidence) -> Evidence:
        """The line with the sponsors that are on record beside those that it names itself."""
        found = self.sponsors_of(line.provider, line.activity, line.earned_on)
        further = tuple(name for name in found if name not in line.sponsors)
        return replace(line, sponsors=(*line.sponsors, *further)) if further else line


def dossier_of(
    lines: Iterable[Evidence], register: RegisterFacts, rules: RequirementSetFacts, cycle: CycleFacts
) -> Dossier:
    """What is offered for one person: their lines with sponsors, and what the register says that may matter to them."""
    evidence = tuple(register.with_sponsors(line) for line in lines)
    names = {line.provider for line in evidence}.union(*(line.sponsors for line in evidence))
    return Dossier(
        evidence=evidence,
        approvals=register.approvals_of(names),
        waivers=register.waivers_of(rules.code, rules.version),
        cycle=cycle,
    )


def binding_day(binding: str, lines: Iterable[Evidence], starts_on: date | None, as_of: date) -> date:
    """The day whose rules count for a person: of the application, or of the training's first or last day.

    `binding`: "application" (which is taken to be `as_of`), "start" or "completion". Without any training yet, `as_of`.
    """
    days = [line.earned_on for line in lines if line.earned_on <= as_of]
    if binding == "start" and (days or starts_on):
        return starts_on or min(days)
    if binding == "completion" and days:
        return max(days)
    return as_of
