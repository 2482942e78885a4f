"""Pure: requirements and evidence in, a report with reasons out. No database, no clock, no language, no fractions.

How a new kind of rule is added: a function in RULES (and its figures in PARAMETERS). Callers see only `evaluate`.

Three families of kinds:
- gates judge each line of evidence (provider, subject): a line that fails counts nowhere; one nobody can judge counts
  for now, and the gate itself answers "cannot tell";
- caps bound what is credited over lines that passed;
- the rest ask for a sum, a paper or a fact.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from curriculum.data import (
    EXPERIENCE,
    Approval,
    Counted,
    Evaluation,
    Evidence,
    LeftOut,
    Part,
    Reason,
    RequirementFacts,
    RequirementResult,
    RequirementSetFacts,
    Status,
)

Window = tuple[date, date]


# --- Days ---------------------------------------------------------------------------------------------------------


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last day of the month where there is no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def window_before(expires_on: date, months: int) -> Window:
    """First and last day of the months that end on the expiry day, both inclusive.

    24 months before 31 July 2027 run from 1 August 2025: 31 July 2025 belongs to the cycle before.
    """
    return months_before(expires_on, months) + timedelta(days=1), expires_on


def next_fixed_day(today: date, *, month: int, day: int, years: str) -> date:
    """The first such day of the calendar that is not past; `years` is odd, even or every."""
    for year in (today.year, today.year + 1, today.year + 2):
        if years == "every" or years == ("odd" if year % 2 else "even"):
            candidate = date(year, month, min(day, monthrange(year, month)[1]))
            if candidate >= today:
                return candidate
    raise ValueError(f"Years are odd, even or every, not {years!r}.")


# --- Figures: what each kind must be told -------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """Something wrong with the figures of a rule: which one, and a code for it."""

    key: str
    code: str


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_percent(value: Any) -> bool:
    return _is_count(value) and value <= 100


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_codes(value: Any) -> bool:
    return (
        isinstance(value, list | tuple) and bool(value) and all(map(_is_code, value)) and len(set(value)) == len(value)
    )


CHECKS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "minutes": (_is_count, "not_whole"),
    "window_months": (_is_count, "not_whole"),
    "lookback_months": (_is_count, "not_whole"),
    "years": (_is_count, "not_whole"),
    "count": (_is_count, "not_whole"),
    "each_at_least": (_is_count, "not_whole"),
    "share_percent": (_is_percent, "not_percent"),
    "competency": (_is_code, "not_code"),
    "tag": (_is_code, "not_code"),
    "authority": (_is_code, "not_code"),
    "competencies": (_is_codes, "not_codes"),
    "tags": (_is_codes, "not_codes"),
    "deliveries": (_is_codes, "not_codes"),
    "documents": (_is_codes, "not_codes"),
}


@dataclass(frozen=True)
class Parameters:
    """Figures a kind needs, those it may have, and those of which exactly (or at least) one is needed."""

    needed: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()


PARAMETERS: Mapping[str, Parameters] = {
    "total_minimum": Parameters(needed=("minutes",), allowed=("window_months",)),
    "nested_minimum": Parameters(needed=("minutes",), allowed=("window_months",), one_of=("competency", "tag")),
    "competency_minimum": Parameters(needed=("minutes", "competencies"), allowed=("window_months",)),
    "credit_cap": Parameters(needed=("deliveries",), one_of=("share_percent", "minutes")),
    "provider_eligibility": Parameters(allowed=("authority",)),
    "subject": Parameters(some_of=("competencies", "tags")),
    "experience": Parameters(needed=("minutes",), allowed=("lookback_months",)),
    "documents": Parameters(needed=("documents",)),
    "references": Parameters(needed=("count", "each_at_least", "competencies")),
    "person_age": Parameters(needed=("years",)),
}


def faults(kind: str, parameters: Any) -> list[Fault]:
    """What is wrong with a rule as written; empty where nothing is."""
    if kind not in PARAMETERS:
        return [Fault("kind", "unknown_kind")]
    if not isinstance(parameters, Mapping):
        return [Fault("parameters", "not_a_mapping")]
    known = PARAMETERS[kind]
    found = [Fault(key, "missing") for key in known.needed if key not in parameters]
    if known.one_of and sum(key in parameters for key in known.one_of) != 1:
        found.append(Fault(", ".join(known.one_of), "exactly_one"))
    if known.some_of and not any(key in parameters for key in known.some_of):
        found.append(Fault(", ".join(known.some_of), "at_least_one"))
    for key in sorted(parameters, key=str):
        if key not in known.needed + known.allowed + known.one_of + known.some_of:
            found.append(Fault(str(key), "unknown"))
        elif not CHECKS[key][0](parameters[key]):
            found.append(Fault(key, CHECKS[key][1]))
    return found


class RulesError(ValueError):
    """The rules cannot be applied as written: which one, and what is wrong with it."""


def set_faults(requirements: Sequence[RequirementFacts]) -> list[Fault]:
    """What is wrong with rules taken together."""
    kinds = [requirement.kind for requirement in requirements]
    found = []
    if kinds.count("total_minimum") > 1:
        found.append(Fault("total_minimum", "more_than_one_total"))
    shares = [item for item in requirements if item.kind == "credit_cap" and "share_percent" in item.parameters]
    if shares and "total_minimum" not in kinds:
        found.append(Fault(shares[0].code, "share_of_no_total"))
    return found


def _refuse_faults(rules: RequirementSetFacts) -> None:
    for requirement in rules.requirements:
        for fault in faults(requirement.kind, requirement.parameters):
            raise RulesError(f"{rules.code}, {requirement.code}: {fault.key}: {fault.code}.")
    for fault in set_faults(rules.requirements):
        raise RulesError(f"{rules.code}: {fault.key}: {fault.code}.")


# --- Evidence, cut into slices that can be counted once -----------------------------------------------------------


@dataclass(frozen=True)
class _Slice:
    """Minutes of one line of evidence under one competency ("" for none): the smallest thing that is counted."""

    evidence: Evidence
    competency: str
    minutes: int

    @property
    def key(self) -> tuple[str, str]:
        return self.evidence.id, self.competency


def _slices_of(line: Evidence) -> list[_Slice]:
    parts = [_Slice(line, code, minutes) for code, minutes in sorted(line.competencies.items()) if minutes]
    rest = line.minutes - sum(line.competencies.values())
    return [*parts, _Slice(line, "", rest)] if rest else parts


def _age_order(piece: _Slice) -> tuple[date, str, str]:
    return piece.evidence.earned_on, piece.evidence.id, piece.competency


def _identity(line: Evidence) -> tuple[Any, ...]:
    return line.id, line.earned_on, line.minutes, line.delivery, sorted(line.competencies.items()), line.provider


class _Frame:
    """The evidence as it stands before any requirement asks: what counts, at how many minutes, and what does not."""

    def __init__(
        self, rules: RequirementSetFacts, evidence: Iterable[Evidence], as_of: date, expires_on: date | None
    ) -> None:
        self.rules = rules
        self.as_of = as_of
        self.expires_on = expires_on
        self.left_out: list[LeftOut] = []
        self.lines: list[Evidence] = []
        self.experience: list[Evidence] = []
        self._take_in(evidence)
        self.active = [item for item in rules.requirements if not item.is_waived(as_of)]
        self.total = next((item for item in rules.requirements if item.kind == "total_minimum"), None)
        self.slices = self._correct(self._pass_gates())
        self.over_cap: dict[str, list[tuple[_Slice, LeftOut]]] = defaultdict(list)
        self.credit = self._credit()

    # What is known of each line

    def _take_in(self, evidence: Iterable[Evidence]) -> None:
        seen: set[str] = set()
        for line in sorted(evidence, key=_identity):
            if line.id in seen:
                self._leave_out(line, line.minutes, "counted_already")
            elif line.earned_on > self.as_of:
                self._leave_out(line, line.minutes, "after_as_of", day=self.as_of)
            elif line.component == EXPERIENCE:
                self.experience.append(line)
            else:
                self.lines.append(line)
            seen.add(line.id)

    def _leave_out(self, line: Evidence, minutes: int, code: str, **parameters: Any) -> None:
        if minutes > 0:
            reason = Reason(code=code, parameters=parameters)
            self.left_out.append(LeftOut(evidence_id=line.id, minutes=minutes, reason=reason))

    def _pass_gates(self) -> list[_Slice]:
        passed = []
        for line in self.lines:
            # A correction is judged by what it corrects, so it passes every gate.
            refusal = self._refusal(line) if line.minutes > 0 else None
            if refusal:
                self._leave_out(line, line.minutes, refusal.code, **refusal.parameters)
            else:
                passed.extend(_slices_of(line))
        return passed

    def _refusal(self, line: Evidence) -> Reason | None:
        for item in self.active:
            if item.kind in GATES:
                allowed, reason = GATES[item.kind](item, line)
                if allowed is False:
                    return reason
        return None

    def _correct(self, slices: list[_Slice]) -> list[_Slice]:
        """Take the corrections off what they correct: the most alike first, the nearest in time, never below zero."""
        standing = {piece.key: piece for piece in slices if piece.minutes > 0}
        for correction in sorted((piece for piece in slices if piece.minutes < 0), key=_age_order):
            owed = -correction.minutes
            mine = correction.evidence

            def likeness(piece: _Slice, mine: Evidence = mine, competency: str = correction.competency) -> tuple:
                other = piece.evidence
                distance = abs((other.earned_on - mine.earned_on).days)
                return piece.competency != competency, other.delivery != mine.delivery, distance, *piece.key

            for piece in sorted(standing.values(), key=likeness):
                taken = min(owed, piece.minutes)
                owed -= taken
                if taken:
                    self._leave_out(piece.evidence, taken, "corrected", evidence_id=mine.id)
                    standing[piece.key] = replace(piece, minutes=piece.minutes - taken)
        return [piece for piece in standing.values() if piece.minutes]

    # Windows

    def window(self, requirement: RequirementFacts) -> Window | None:
        """The days in which minutes count for a requirement: its own, else those of the total."""
        months = requirement.parameters.get("window_months")
        if months is None and self.total is not None:
            months = self.total.parameters.get("window_months")
        if months is None or self.expires_on is None:
            return None
        return window_before(self.expires_on, months)

    def lacks_expiry_day(self, requirement: RequirementFacts) -> bool:
        """Whether the requirement looks back from an expiry day that nobody has told us."""
        own = requirement.parameters.get("window_months")
        inherited = self.total.parameters.get("window_months") if self.total else None
        return self.expires_on is None and (own or inherited) is not None

    # Caps

    def cap_minutes(self, requirement: RequirementFacts) -> int:
        if "minutes" in requirement.parameters:
            return int(requirement.parameters["minutes"])
        assert self.total is not None  # noqa: S101 - set_faults refuses a share of no total
        return int(self.total.parameters["minutes"]) * int(requirement.parameters["share_percent"]) // 100

    def _credit(self) -> dict[tuple[str, str], int]:
        """Minutes credited for each slice.

        Where a cap bites, minutes that another minimum still needs are credited before the rest, in the order of the
        requirements; within that, the oldest first. The total is the same whichever are chosen.
        """
        caps = [item for item in self.active if item.kind == "credit_cap"]
        room = {item.code: self.cap_minutes(item) for item in caps}
        base = self.window(self.total) if self.total else None
        inside = sorted((piece for piece in self.slices if _within(piece.evidence, base)), key=_age_order)
        binding = {
            piece.key: [item for item in caps if piece.evidence.delivery in item.parameters["deliveries"]]
            for piece in inside
        }
        credit = {piece.key: 0 if binding[piece.key] else piece.minutes for piece in inside}

        def grant(piece: _Slice, wanted: int) -> int:
            free = piece.minutes - credit[piece.key]
            granted = min([wanted, free, *(room[item.code] for item in binding[piece.key])])
            credit[piece.key] += granted
            for item in binding[piece.key]:
                room[item.code] -= granted
            return granted

        for required, matches in self._minimums():
            need = required - sum(credit[piece.key] for piece in inside if matches(piece))
            for piece in inside:
                if need > 0 and binding[piece.key] and matches(piece):
                    need -= grant(piece, need)
        for piece in inside:
            if binding[piece.key]:
                grant(piece, piece.minutes)
                if missing := piece.minutes - credit[piece.key]:
                    full = next(item for item in binding[piece.key] if not room[item.code])
                    self._over(full, piece, missing)
        return credit

    def _over(self, cap: RequirementFacts, piece: _Slice, minutes: int) -> None:
        reason = Reason(code="over_cap", parameters={"minutes": self.cap_minutes(cap), "requirement": cap.code})
        loss = LeftOut(evidence_id=piece.evidence.id, minutes=minutes, reason=reason)
        self.over_cap[cap.code].append((piece, loss))

    def _minimums(self) -> Iterable[tuple[int, Callable[[_Slice], bool]]]:
        for item in self.active:
            if item.kind == "nested_minimum":
                yield item.parameters["minutes"], _matcher(item.parameters)
            elif item.kind == "competency_minimum":
                for code in item.parameters["competencies"]:
                    yield item.parameters["minutes"], _matcher({"competency": code})

    # Sums

    def count(
        self, requirement: RequirementFacts, matches: Callable[[_Slice], bool], miss: Reason | None = None
    ) -> tuple[list[Counted], list[LeftOut]]:
        """What counts for a requirement and what does not; `miss` is the reason for slices that do not match."""
        window = self.window(requirement)
        counted: dict[str, int] = defaultdict(int)
        left_out = list(self.left_out)
        for piece in sorted(self.slices, key=_age_order):
            line = piece.evidence
            if window and not _within(line, window):
                code = "before_window" if line.earned_on < window[0] else "after_window"
                reason = Reason(code=code, parameters={"first": window[0], "last": window[1]})
                left_out.append(LeftOut(evidence_id=line.id, minutes=piece.minutes, reason=reason))
            elif not matches(piece):
                if miss:
                    left_out.append(LeftOut(evidence_id=line.id, minutes=piece.minutes, reason=miss))
            else:
                counted[line.id] += self.credit.get(piece.key, piece.minutes)
        for losses in self.over_cap.values():
            left_out.extend(loss for piece, loss in losses if matches(piece) and _within(piece.evidence, window))
        return [Counted(evidence_id=key, minutes=value) for key, value in counted.items() if value], _merge(left_out)

    def competency_minutes(self) -> dict[str, int]:
        """Credited minutes by competency."""
        sums: dict[str, int] = defaultdict(int)
        for piece in self.slices:
            if piece.competency:
                sums[piece.competency] += self.credit.get(piece.key, 0)
        return {code: minutes for code, minutes in sorted(sums.items()) if minutes}


def _within(line: Evidence, window: Window | None) -> bool:
    return window is None or window[0] <= line.earned_on <= window[1]


def _merge(left_out: Iterable[LeftOut]) -> list[LeftOut]:
    """Several slices of one line left out for one reason are one entry."""
    merged: list[LeftOut] = []
    for item in left_out:
        for index, known in enumerate(merged):
            if known.evidence_id == item.evidence_id and known.reason == item.reason:
                merged[index] = replace(known, minutes=known.minutes + item.minutes)
                break
        else:
            merged.append(item)
    return merged


def _matcher(parameters: Mapping[str, Any]) -> Callable[[_Slice], bool]:
    if "competency" in parameters:
        return lambda piece: piece.competency == parameters["competency"]
    return lambda piece: parameters["tag"] in piece.evidence.tags


# --- Gates: may this line count at all? True, False, or None where nobody can say ---------------------------------


def _judge_provider(requirement: RequirementFacts, line: Evidence) -> tuple[bool | None, Reason]:
    if line.approval == Approval.APPROVED:
        return True, Reason(code="approved")
    parameters = {"provider": line.provider, "day": line.earned_on}
    if line.approval == Approval.NOT_APPROVED:
        return False, Reason(code="provider_not_approved", parameters=parameters)
    return None, Reason(code="provider_unknown", parameters=parameters)


def _judge_subject(requirement: RequirementFacts, line: Evidence) -> tuple[bool | None, Reason]:
    competencies = requirement.parameters.get("competencies", ())
    tags = requirement.parameters.get("tags", ())
    if any(line.competencies.get(code) for code in competencies) or line.tags.intersection(tags):
        return True, Reason(code="approved")
    return None, Reason(code="subject_unknown")


GATES: Mapping[str, Callable[[RequirementFacts, Evidence], tuple[bool | None, Reason]]] = {
    "provider_eligibility": _judge_provider,
    "subject": _judge_subject,
}


# --- Rules: one function a kind -----------------------------------------------------------------------------------


def _sum_rule(
    requirement: RequirementFacts, frame: _Frame, matches: Callable[[_Slice], bool], miss: Reason | None
) -> RequirementResult:
    required = requirement.parameters["minutes"]
    if frame.lacks_expiry_day(requirement):
        return RequirementResult(
            requirement=requirement,
            status=Status.CANNOT_TELL,
            required_minutes=required,
            reason=Reason(code="no_expiry_day"),
        )
    counted, left_out = frame.count(requirement, matches, miss)
    total = sum(item.minutes for item in counted)
    short = max(0, required - total)
    return RequirementResult(
        requirement=requirement,
        status=Status.SHORT if short else Status.MET,
        required_minutes=required,
        counted_minutes=total,
        short_minutes=short,
        counted=tuple(counted),
        left_out=tuple(left_out),
        window=frame.window(requirement),
    )


def _total_minimum(requirement: RequirementFacts, frame: _Frame) -> RequirementResult:
    return _sum_rule(requirement, frame, lambda piece: True, None)


def _nested_minimum(requirement: RequirementFacts, frame: _Frame) -> RequirementResult:
    wanted = {key: requirement.parameters[key] for key in ("competency", "tag") if key in requirement.parameters}
    code = "other_competency" if "competency" in wanted else "other_topic"
    return _sum_rule(requirement, frame, _matcher(wanted), Reason(code=code, parameters=wanted))


def _competency_minimum(requirement: RequirementFacts, frame: _Frame) -> RequirementResult:
    codes = requirement.parameters["competencies"]
    each = requirement.parameters["minutes"]
    miss = Reason(code="other_competency", parameters={"competency": ", ".join(codes)})
    whole = _sum_rule(requirement, frame, lambda piece: piece.competency in codes, miss)
    if whole.status == Status.CANNOT_TELL:
        return replace(whole, required_minutes=each * len(codes))
    parts = []
    for code in codes:
        counted, _left_out = frame.count(requirement, _matcher({"competency": code}))
        minutes = sum(item.minutes for item in counted)
        parts.append(Part(code=code, required_minutes=each, counted_minutes=minutes))
    short = sum(part.short_minutes for part in parts)
    return replace(
        whole,
        status=Status.SHORT if short else Status.MET,
        required_minutes=each * len(codes),
        short_minutes=short,
        parts=tuple(parts),
    )


def _credit_cap(requirement: RequirementFacts, frame: _Frame) -> RequirementResult:
    """A cap asks for nothing: it is met, and says what it left out."""
    left_out = _merge(loss for _piece, loss in frame.over_cap[requirement.code])
    capped = requirement.parameters["deliveries"]
    counted: dict[str, int] = defaultdict(int)
    for piece in sorted(frame.slices, key=_age_order):
        if piece.evidence.delivery in capped:
            counted[piece.evidence.id] += frame.credit.get(piece.key, 0)
    cap = frame.cap_minutes(requirement)
    dropped = sum(item.minutes for item in left_out)
    return RequirementResult(
        requirement=requirement,
        status=Status.MET,
        counted_minutes=sum(counted.values()),
        counted=tuple(Counted(evidence_id=key, minutes=value) for key, value in counted.items() if value),
        left_out=tuple(left_out),
        reason=Reason(code="over_cap_by" if dropped else "under_cap", parameters={"minutes": dropped, "cap": cap}),
    )


def _gate_rule(requirement: RequirementFacts, frame: _Frame) -> RequirementResult:
    judged = [(line, *GATES[requirement.kind](requirement, line)) for line in frame.lines if line.minutes > 0]
    base = frame.window(requirement)
    judged = [item for item in judged if _within(item[0], base)]
    unknown = [line for line, allowed, _reason in judged if allowed is None]
    status, reason = Status.MET, None
    if not judged:
        status, reason = Status.CANNOT_TELL, Reason(code="nothing_to_judge")
    elif unknown:
        code = "provider_to_confirm" if requirement.kind == "provider_eligibility" else "subject_to_confirm"
        names = sorted({line.provider for line in unknown if line.provider})
        status = Status.CANNOT_TELL
        reason = Reason(code=code, parameters={"count": len(unknown), "providers": ", ".join(names)})
    counted = [Counted(evidence_id=line.id, minutes=line.minutes) for line, allowed, _reason in judged if allowed]
    return RequirementResult(
        requirement=requirement,
        status=status,
        counted_minutes=sum(item.minutes for item in counted),
        counted=tuple(counted),
        left_out=tuple(
            LeftOut(evidence_id=line.id, minutes=line.minutes, reason=why)
            for line, allowed, why in judged
            if not allowed
        ),
        reason=reason,
    )


def _experience(requirement: RequirementFacts, frame: _Frame) -> RequirementResult:
    """Work is rarely recorded here, so too little of it on record means "cannot tell", never "short"."""
    required = requirement.parameters["minutes"]
    months = requirement.parameters.get("lookback_months")
    window = window_before(frame.as_of, months) if months else None
    counted, left_out = [], []
    for line in frame.experience:
        if _within(line, window):
            counted.append(Counted(evidence_id=line.id, minutes=line.minutes))
        elif window:
            reason = Reason(code="before_window", parameters={"first": window[0], "last": window[1]})
            left_out.append(LeftOut(evidence_id=line.id, minutes=line.minutes, reason=reason))
    total = max(0, sum(item.minutes for item in counted))
    return RequirementResult(
        requirement=requirement,
        status=Status.MET if total >= required else Status.CANNOT_TELL,
        required_minutes=required,
        counted_minutes=total,
        counted=tuple(counted),
        left_out=tuple(left_out),
        reason=None if total >= required else Reason(code="experience_not_held", parameters={"minutes": required}),
        window=window,
    )


def _person_must_show(code: str, *keys: str) -> Callable[[RequirementFacts, _Frame], RequirementResult]:
    def rule(requirement: RequirementFacts, frame: _Frame) -> RequirementResult:
        parameters = {key: requirement.parameters[key] for key in keys}
        reason = Reason(code=code, parameters=parameters)
        return RequirementResult(requirement=requirement, status=Status.CANNOT_TELL, reason=reason)

    return rule


RULES: Mapping[str, Callable[[RequirementFacts, _Frame], RequirementResult]] = {
    "total_minimum": _total_minimum,
    "nested_minimum": _nested_minimum,
    "competency_minimum": _competency_minimum,
    "credit_cap": _credit_cap,
    "provider_eligibility": _gate_rule,
    "subject": _gate_rule,
    "experience": _experience,
    "documents": _person_must_show("documents_needed", "documents"),
    "references": _person_must_show("references_needed", "count", "each_at_least", "competencies"),
    "person_age": _person_must_show("age_needed", "years"),
}


# --- The whole ----------------------------------------------------------------------------------------------------


def evaluate(
    rules: RequirementSetFacts, evidence: Iterable[Evidence], *, as_of: date, expires_on: date | None = None
) -> Evaluation:
    """Judge `evidence` by `rules` on the day `as_of`, for a cycle that ends on `expires_on`.

    The order of the evidence never matters. Raises RulesError where the rules are not well formed.
    """
    _refuse_faults(rules)
    frame = _Frame(rules, evidence, as_of, expires_on)
    results = tuple(_judge(requirement, frame) for requirement in rules.requirements)
    total = next((result for result in results if result.kind == "total_minimum"), None)
    return Evaluation(
        rules=rules,
        status=_overall(results),
        as_of=as_of,
        due_on=expires_on,
        required_minutes=total.required_minutes if total else 0,
        counted_minutes=total.counted_minutes if total else sum(frame.credit.values()),
        short_minutes=_fewest_minutes(results),
        competency_minutes=frame.competency_minutes(),
        results=results,
    )


def _judge(requirement: RequirementFacts, frame: _Frame) -> RequirementResult:
    result = RULES[requirement.kind](requirement, frame)
    if requirement.is_waived(frame.as_of):
        reason = Reason(code="waived", parameters={"last": requirement.waived_to})
        return replace(result, status=Status.WAIVED, short_minutes=0, reason=reason)
    return result


def _overall(results: Sequence[RequirementResult]) -> Status:
    statuses = {result.status for result in results}
    for status in (Status.SHORT, Status.CANNOT_TELL, Status.MET, Status.WAIVED):
        if status in statuses:
            return status
    return Status.CANNOT_TELL


def _fewest_minutes(results: Sequence[RequirementResult]) -> int:
    """The same minute may serve the total, one competency and any number of topics, but never two competencies."""
    competencies: dict[str, int] = defaultdict(int)
    largest = 0
    for result in results:
        if result.status != Status.SHORT:
            continue
        if result.parts:
            for part in result.parts:
                competencies[part.code] = max(competencies[part.code], part.short_minutes)
        elif competency := result.requirement.parameters.get("competency"):
            competencies[competency] = max(competencies[competency], result.short_minutes)
        else:
            largest = max(largest, result.short_minutes)
    return max(largest, sum(competencies.values()))
