"""Which minutes a rule speaks of, and how a provider stood with an authority on a day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from curriculum.data import ApprovalFacts, Evidence, Standing

# A line of evidence and the competency of the minutes in question ("" for none), to yes or no.
Match = Callable[[Evidence, str], bool]


class Register:
    """The approvals on record, asked by line of evidence."""

    def __init__(self, approvals: Iterable[ApprovalFacts]) -> None:
        self._by_name: dict[tuple[str, str], list[ApprovalFacts]] = {}
        for approval in approvals:
            self._by_name.setdefault((approval.authority, approval.provider), []).append(approval)
        self._known: dict[tuple[Any, ...], ApprovalFacts | bool | None] = {}

    def _of(self, line: Evidence, authority: str, with_sponsors: bool) -> list[ApprovalFacts]:
        names = (line.provider, *line.sponsors) if with_sponsors else (line.provider,)
        return [approval for name in names for approval in self._by_name.get((authority, name), ())]

    def approval_of(
        self,
        line: Evidence,
        authority: str,
        statuses: Sequence[str] = (),
        *,
        with_sponsors: bool = True,
        activity_only: bool = False,
    ) -> ApprovalFacts | bool | None:
        """The approval that stood on the day of the activity; False where what is on record does not cover it; None
        where nothing is on record for the provider or a sponsor.

        Judged as of the activity's own day (272 CMR 7.03(1)). A warning counts where its notice allows it.
        """
        when = (line.provider, line.sponsors, line.activity, line.earned_on)
        key = (*when, authority, tuple(statuses), with_sponsors, activity_only)
        if key not in self._known:
            self._known[key] = self._find(line, authority, statuses, with_sponsors, activity_only)
        return self._known[key]

    def _find(
        self, line: Evidence, authority: str, statuses: Sequence[str], with_sponsors: bool, activity_only: bool
    ) -> ApprovalFacts | bool | None:
        on_record = self._of(line, authority, with_sponsors)
        accepted = frozenset(statuses or (Standing.FULL,))
        for approval in on_record:
            names_it = approval.activity == line.activity if approval.activity else not activity_only
            stands = approval.status in accepted or (approval.status == Standing.WARNING and approval.allows_ce)
            if names_it and stands and approval.covers(line.earned_on):
                return approval
        return False if on_record else None


class Granted(Register):
    """A register for evidence that does not exist yet: it has the approvals that we name."""

    def __init__(self, authorities: Iterable[str]) -> None:
        super().__init__(())
        self.authorities = frozenset(authorities)

    def _find(
        self, line: Evidence, authority: str, statuses: Sequence[str], with_sponsors: bool, activity_only: bool
    ) -> ApprovalFacts | bool | None:
        return authority in self.authorities


def matcher(parameters: Mapping[str, Any], register: Register) -> Match:
    """Whether minutes match everything that these figures ask for (figures that select nothing match everything)."""
    tests: list[Match] = []
    competencies = {parameters["competency"]} if "competency" in parameters else set(parameters.get("competencies", ()))
    tags = {parameters["tag"]} if "tag" in parameters else set(parameters.get("tags", ()))
    if competencies:
        tests.append(lambda line, competency: competency in competencies)
    if tags:
        tests.append(lambda line, _competency: not tags.isdisjoint(line.tags))
    for key, attribute in (("deliveries", "delivery"), ("components", "component"), ("levels", "level")):
        if key in parameters:
            tests.append(_among(frozenset(parameters[key]), attribute))
    if "first_time" in parameters:
        tests.append(lambda line, _competency: line.first_time is parameters["first_time"])
    if "authority" in parameters:
        authority, statuses = parameters["authority"], tuple(parameters.get("statuses", ()))
        tests.append(lambda line, _competency: bool(register.approval_of(line, authority, statuses)))
    if "any" in parameters:
        tests.append(any_of(parameters["any"], register))
    if "none" in parameters:
        refused = any_of(parameters["none"], register)
        tests.append(lambda line, competency: not refused(line, competency))
    if len(tests) == 1:
        return tests[0]
    return lambda line, competency: all(test(line, competency) for test in tests)


def _among(allowed: frozenset[str], attribute: str) -> Match:
    return lambda line, _competency: getattr(line, attribute) in allowed


def any_of(selectors: Sequence[Mapping[str, Any]], register: Register) -> Match:
    """Whether minutes match at least one of several selectors."""
    tests = [matcher(selector, register) for selector in selectors]
    return lambda line, competency: any(test(line, competency) for test in tests)


# --- Gates: may this line count at all? True, False, or None where nobody can say ---------------------------------

Verdict = tuple[bool | None, str, Mapping[str, Any]]
PASS: Verdict = (True, "", {})


def _provider(parameters: Mapping[str, Any], line: Evidence, register: Register) -> Verdict:
    approval = register.approval_of(
        line,
        parameters["authority"],
        tuple(parameters.get("statuses", ())),
        with_sponsors=parameters.get("sponsors", True),
    )
    if approval:
        return PASS
    figures = {"provider": line.provider, "day": line.earned_on}
    return (False, "provider_not_approved", figures) if approval is False else (None, "provider_unknown", figures)


def _activity(parameters: Mapping[str, Any], line: Evidence, register: Register) -> Verdict:
    approval = register.approval_of(
        line, parameters["authority"], tuple(parameters.get("statuses", ())), activity_only=True
    )
    if approval:
        return PASS
    figures = {"activity": line.activity or line.title or line.id, "day": line.earned_on}
    return (False, "activity_not_approved", figures) if approval is False else (None, "activity_unknown", figures)


def _subject(parameters: Mapping[str, Any], line: Evidence, register: Register) -> Verdict:
    wanted = parameters.get("competencies", ())
    if any(line.competencies.get(code) for code in wanted) or line.tags.intersection(parameters.get("tags", ())):
        return PASS
    return None, "subject_unknown", {}


def _listed(key: str, attribute: str, refusal: str, unknown: str) -> Callable[..., Verdict]:
    def judge(parameters: Mapping[str, Any], line: Evidence, register: Register) -> Verdict:
        value = getattr(line, attribute)
        if value in parameters[key]:
            return PASS
        return (False, refusal, {attribute: value}) if value else (None, unknown, {})

    return judge


def _attendance(parameters: Mapping[str, Any], line: Evidence, register: Register) -> Verdict:
    percent = parameters["percent"]
    if line.attendance_percent is None:
        return None, "attendance_unknown", {"percent": percent}
    if line.attendance_percent >= percent:
        return PASS
    return False, "attendance_too_low", {"percent": percent, "attended": line.attendance_percent}


def _counted_before(parameters: Mapping[str, Any], line: Evidence, register: Register) -> Verdict:
    """Once per activity is judged over all lines, by the intake."""
    if used := sorted(line.tags.intersection(parameters.get("tags", ()))):
        return False, "used_elsewhere", {"tag": ", ".join(used)}
    if parameters.get("first_time") and line.first_time is False:
        return False, "not_first_time", {}
    return PASS


GATES: Mapping[str, Callable[[Mapping[str, Any], Evidence, Register], Verdict]] = {
    "provider_eligibility": _provider,
    "activity_approval": _activity,
    "subject": _subject,
    "delivery": _listed("deliveries", "delivery", "delivery_not_accepted", "delivery_unknown"),
    "component": _listed("components", "component", "component_not_accepted", "component_unknown"),
    "level": _listed("levels", "level", "level_not_accepted", "level_unknown"),
    "attendance": _attendance,
    "no_double_counting": _counted_before,
}


def within(day: date, window: tuple[date, date] | None) -> bool:
    """Whether a day lies in a window, both ends inclusive; no window has no limits."""
    return window is None or window[0] <= day <= window[1]
