"""The evidence before any requirement asks: read once, in an order of its own, cut into slices that count once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from curriculum.data import (
    EXPERIENCE,
    Dossier,
    Evidence,
    LeftOut,
    Reason,
    RequirementFacts,
    RequirementSetFacts,
    Window,
)
from curriculum.evaluation.days import months_before, months_between, window_before
from curriculum.evaluation.figures import as_day
from curriculum.evaluation.selectors import Register, Verdict, within

CARRIED_OVER = "carried-over"


@dataclass(frozen=True, slots=True)
class Slice:
    """Minutes of one line of evidence under one competency ("" for none): the smallest thing that is counted."""

    evidence: Evidence
    competency: str
    minutes: int

    @property
    def key(self) -> tuple[str, str]:
        return self.evidence.id, self.competency


def slices_of(line: Evidence) -> list[Slice]:
    """The split of a line over competencies, and what is left of it."""
    parts = [Slice(line, code, minutes) for code, minutes in sorted(line.competencies.items()) if minutes]
    rest = line.minutes - sum(line.competencies.values())
    return [*parts, Slice(line, "", rest)] if rest else parts


def age_order(piece: Slice) -> tuple[date, str, str]:
    """Oldest first; a total order, so that nothing depends on the order in which evidence came."""
    return piece.evidence.earned_on, piece.evidence.id, piece.competency


def left_out(line: Evidence, minutes: int, code: str, /, **figures: Any) -> LeftOut:
    """Minutes that do not count, and why."""
    return LeftOut(evidence_id=line.id, minutes=minutes, reason=Reason(code=code, parameters=figures))


def merge(items: Iterable[LeftOut]) -> list[LeftOut]:
    """Several slices of one line left out for one reason are one entry."""
    merged: dict[tuple[Any, ...], LeftOut] = {}
    for item in items:
        key = (item.evidence_id, item.reason.code, *item.reason.parameters.values())
        known = merged.get(key)
        merged[key] = replace(known, minutes=known.minutes + item.minutes) if known else item
    return list(merged.values())


def _identity(line: Evidence) -> tuple[Any, ...]:
    return line.id, line.earned_on, line.minutes, line.delivery, sorted(line.competencies.items()), line.provider


def _scaled(line: Evidence, minutes: int) -> Evidence:
    """The line with another length; its split keeps its proportions, in whole minutes, first codes first."""
    split, given = {}, 0
    whole, done = line.minutes, 0
    for code, part in sorted(line.competencies.items()):
        done += part
        upto = done * minutes // whole if whole else 0
        split[code], given = upto - given, upto
    return replace(line, minutes=minutes, competencies={code: part for code, part in split.items() if part})


@dataclass
class Intake:
    """The lines that may count, those that are work, those that do not count, and how the cycle stands.

    Limits are not judged here: they are the pool's affair. `verdicts` is where pools keep what gates said of lines.
    """

    rules: RequirementSetFacts
    dossier: Dossier
    as_of: date
    register: Register = field(init=False)
    lines: list[Evidence] = field(default_factory=list)
    experience: list[Evidence] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    verdicts: dict[tuple[str, str], Verdict] = field(default_factory=dict)
    expires_on: date | None = None
    is_lapsed: bool = False
    extended_to: date | None = None

    def __post_init__(self) -> None:
        self.register = Register(self.dossier.approvals)
        self._by_code = {item.code: item for item in self.rules.requirements}
        self._modifiers = {
            item.kind: item for item in self.rules.requirements if not item.part_of and not self.is_waived(item)
        }
        self._conversions = [item for item in self.rules.requirements if item.kind == "conversion"]
        self._settle_cycle()
        self._take_in()

    def modifier(self, kind: str) -> RequirementFacts | None:
        """The rule of the whole set of this kind, unless it is waived."""
        return self._modifiers.get(kind)

    def waiver_of(self, requirement: RequirementFacts) -> date | bool | None:
        """The last day of the waiver that holds on the day asked about (None: no end is known), else False.

        A waiver of a group waives everything in it.
        """
        own = self._own_waiver(requirement)
        if own is not False or not requirement.part_of:
            return own
        return self.waiver_of(self._by_code[requirement.part_of])

    def _own_waiver(self, requirement: RequirementFacts) -> date | bool | None:
        if requirement.is_waived(self.as_of):
            return requirement.waived_to
        for waiver in self.dossier.waivers:
            if waiver.rule == requirement.code and waiver.covers(self.as_of):
                return waiver.last_on
        return False

    def is_waived(self, requirement: RequirementFacts) -> bool:
        """Whether a waiver holds for this rule. A waiver of an extension is what grants it, not what lifts it."""
        return requirement.kind != "extension" and self.waiver_of(requirement) is not False

    # The cycle

    def _settle_cycle(self) -> None:
        self.expires_on = self.dossier.cycle.expires_on
        extension = next((item for item in self.rules.requirements if item.kind == "extension"), None)
        if extension and self.expires_on:
            granted = [waiver for waiver in self.dossier.waivers if waiver.rule == extension.code]
            if granted:
                latest = self.expires_on + timedelta(days=int(extension.parameters["days"]))
                named = [waiver.last_on for waiver in granted if waiver.last_on]
                self.extended_to = min([latest, max(named)]) if named else latest
        due = self.due_on
        self.is_lapsed = due is not None and self.as_of > due

    @property
    def due_on(self) -> date | None:
        """The last day on which hours can be earned, with an extension where one was given."""
        if self.extended_to and self.expires_on:
            return max(self.extended_to, self.expires_on)
        return self.expires_on

    def window(self, parameters: Mapping[str, Any], inherited: Window | None = None) -> Window | None:
        """The days in which minutes count by these figures, within an inherited window; None: no limit."""
        own: Window | None = None
        lapse = self._modifiers.get("lapse")
        if self.is_lapsed and lapse and "lookback_months" in lapse.parameters and self._looks_back(parameters):
            own = window_before(self.as_of, lapse.parameters["lookback_months"])
        elif "window_months" in parameters and self.expires_on:
            begins, _ends = window_before(self.expires_on, parameters["window_months"])
            own = begins, self.due_on or self.expires_on
        elif "lookback_months" in parameters:
            own = window_before(self.as_of, parameters["lookback_months"])
        elif parameters.get("in_cycle") and self.expires_on:
            own = self.dossier.cycle.starts_on or date.min, self.due_on or self.expires_on
        fixed: Window | None = None
        if "from" in parameters or "to" in parameters:
            fixed = as_day(parameters.get("from")) or date.min, as_day(parameters.get("to")) or date.max
        bounds = [item for item in (own, fixed, inherited) if item]
        if not bounds:
            return None
        return max(item[0] for item in bounds), min(item[1] for item in bounds)

    @staticmethod
    def _looks_back(parameters: Mapping[str, Any]) -> bool:
        return "window_months" in parameters or bool(parameters.get("in_cycle"))

    def lacks_day(self, parameters: Mapping[str, Any]) -> bool:
        """Whether these figures look back from an expiry day (or over a cycle) that nobody has told us."""
        if parameters.get("in_cycle"):
            return self.expires_on is None or self.dossier.cycle.starts_on is None
        return self._looks_back(parameters) and self.expires_on is None

    def required(self, minutes: int) -> int:
        """Minutes asked for, less what a first, shorter cycle does not owe; whole minutes, rounded up."""
        rule, cycle = self._modifiers.get("first_cycle"), self.dossier.cycle
        if not rule or not rule.parameters.get("prorate") or cycle.is_first is not True:
            return minutes
        if cycle.starts_on is None or cycle.expires_on is None:
            return minutes
        whole = rule.parameters["cycle_months"]
        held = max(0, min(whole, months_between(cycle.starts_on, cycle.expires_on)))
        return -(-minutes * held // whole)

    @property
    def is_exempt(self) -> bool:
        """Whether this is a first cycle of which nothing is asked."""
        rule = self._modifiers.get("first_cycle")
        return bool(rule and rule.parameters.get("exempt") and self.dossier.cycle.is_first)

    # The lines

    def _take_in(self) -> None:
        seen: set[str] = set()
        activities: set[str] = set()
        once = self._modifiers.get("no_double_counting")
        once_per_activity = once is not None and "once_per" in once.parameters
        for line in sorted(self.dossier.evidence, key=_identity):
            if line.id in seen:
                self._leave_out(line, line.minutes, "counted_already")
            elif line.earned_on > self.as_of:
                self._leave_out(line, line.minutes, "after_as_of", day=self.as_of)
            elif line.component == EXPERIENCE:
                self.experience.append(line)
            else:
                self.lines.append(self._measured(line))
            seen.add(line.id)
        if once_per_activity:
            self.lines.sort(key=lambda line: (line.earned_on, line.id))
            for line in list(self.lines):
                if line.activity and line.minutes > 0:
                    if line.activity in activities:
                        self.lines.remove(line)
                        self._leave_out(line, line.minutes, "activity_again", activity=line.activity)
                    activities.add(line.activity)
        self._carry_over()

    def _leave_out(self, line: Evidence, minutes: int, code: str, /, **figures: Any) -> None:
        if minutes > 0:
            self.left_out.append(left_out(line, minutes, code, **figures))

    def _measured(self, line: Evidence) -> Evidence:
        """The line at the minutes that the board gives it: units converted, length as approved, teaching multiplied,
        each record rounded."""
        line = self._converted(line)
        if line.minutes <= 0:
            return line
        minutes = self._approved_minutes(line)
        if minutes < line.minutes:
            self._leave_out(line, line.minutes - minutes, "over_approved", minutes=minutes)
        minutes = self._rounded(self._taught(line, minutes), "record")
        if minutes != line.minutes:
            if 0 <= minutes < line.minutes and minutes < self._approved_minutes(line):
                self._leave_out(line, self._approved_minutes(line) - minutes, "rounded_down")
            line = _scaled(line, minutes)
        return line

    def _converted(self, line: Evidence) -> Evidence:
        if not line.units:
            return line
        known = {item.parameters["unit"]: int(item.parameters["minutes"]) for item in self._conversions}
        added = sum(count * known[unit] for unit, count in line.units.items() if unit in known)
        for unit in sorted(set(line.units) - set(known)):
            self.left_out.append(left_out(line, 0, "unit_unknown", unit=unit))
        return replace(line, minutes=line.minutes + added)

    def _approved_minutes(self, line: Evidence) -> int:
        authorities = [
            item.parameters["authority"]
            for item in self.rules.requirements
            if item.kind in ("activity_approval", "provider_eligibility") and item.parameters.get("authority")
        ]
        for authority in authorities:
            approval = self.register.approval_of(line, authority, activity_only=True)
            if approval and not isinstance(approval, bool) and approval.minutes is not None:
                return min(line.minutes, approval.minutes)
        return line.minutes

    def _taught(self, line: Evidence, minutes: int) -> int:
        rule = self._modifiers.get("instructor_credit")
        if rule is None or line.tags.isdisjoint(rule.parameters.get("tags", ("instructor",))):
            return minutes
        return minutes * int(rule.parameters["multiplier_percent"]) // 100

    def _rounded(self, minutes: int, per: str) -> int:
        rule = self._modifiers.get("rounding")
        if rule is None or rule.parameters.get("per", "record") != per:
            return minutes
        return rounded(minutes, rule.parameters["step_minutes"], rule.parameters["direction"])

    def asked_before_rounding(self, minutes: int) -> int:
        """Minutes that a total needs before it is rounded."""
        rule = self._modifiers.get("rounding")
        if rule is None or rule.parameters.get("per", "record") != "total":
            return minutes
        return least_before_rounding(minutes, rule.parameters["step_minutes"], rule.parameters["direction"])

    def rounded_total(self, minutes: int) -> int:
        """A total as the board rounds it."""
        return self._rounded(minutes, "total")

    def _carry_over(self) -> None:
        """What the board says is left over from the cycle before, as a line of its own. Without a rule: nothing."""
        minutes = self.dossier.cycle.carried_over_minutes
        if minutes <= 0:
            return
        rule = self._modifiers.get("carry_over")
        allowed = min(minutes, int(rule.parameters["carried_minutes"])) if rule else 0
        first = self.dossier.cycle.starts_on or self.as_of
        line = Evidence(id=CARRIED_OVER, minutes=allowed, earned_on=min(first, self.as_of))
        if allowed:
            self.lines.append(line)
        self._leave_out(line, minutes - allowed, "no_carry_over" if not rule else "over_carry_over", minutes=allowed)


def least_before_rounding(minutes: int, step: int, direction: str) -> int:
    """The fewest minutes that are at least so many once they are rounded."""
    steps = -(-minutes // step)
    if direction == "up":
        return (steps - 1) * step + 1
    if direction == "nearest":
        return steps * step - step // 2
    return steps * step


def rounded(minutes: int, step: int, direction: str) -> int:
    """Minutes in whole steps: down, up, or to the nearest (a half goes up)."""
    if direction == "up":
        return -(-minutes // step) * step
    if direction == "nearest":
        return (2 * minutes + step) // (2 * step) * step
    return minutes // step * step


def correct(slices: Sequence[Slice]) -> tuple[list[Slice], list[LeftOut]]:
    """Take the corrections off what they correct: the most alike first, the nearest in time, never below zero."""
    corrections = [piece for piece in slices if piece.minutes < 0]
    if not corrections:
        return [piece for piece in slices if piece.minutes], []
    standing = {piece.key: piece for piece in slices if piece.minutes > 0}
    taken_back = []
    for correction in sorted(corrections, key=age_order):
        owed = -correction.minutes
        mine = correction.evidence

        def likeness(piece: Slice, mine: Evidence = mine, competency: str = correction.competency) -> tuple[Any, ...]:
            other = piece.evidence
            distance = abs((other.earned_on - mine.earned_on).days)
            return piece.competency != competency, other.delivery != mine.delivery, distance, *piece.key

        for piece in sorted(standing.values(), key=likeness):
            taken = min(owed, piece.minutes)
            owed -= taken
            if taken:
                taken_back.append(left_out(piece.evidence, taken, "corrected", evidence_id=mine.id))
                standing[piece.key] = replace(piece, minutes=piece.minutes - taken)
    return [piece for piece in standing.values() if piece.minutes], taken_back


def outside(line: Evidence, minutes: int, window: Window) -> LeftOut:
    """Minutes earned before or after the days that count."""
    code = "before_window" if line.earned_on < window[0] else "after_window"
    return left_out(line, minutes, code, first=window[0], last=window[1])


def is_outside(line: Evidence, window: Window | None) -> bool:
    return line.id != CARRIED_OVER and not within(line.earned_on, window)


__all__ = ["CARRIED_OVER", "Intake", "Slice", "age_order", "correct", "defaultdict", "months_before"]
