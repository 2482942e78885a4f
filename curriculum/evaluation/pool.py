"""One total with everything that is counted within it: lines pass its gates, fall into classes, and are shared out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curriculum.data import (
    Evidence,
    LeftOut,
    Reason,
    RequirementFacts,
    Window,
)
from curriculum.evaluation.allocation import (
    Allocation,
    Ask,
    Coverage,
    Kind,
    Limit,
    Problem,
    Use,
    allocate,
    takes_from,
)
from curriculum.evaluation.figures import CAPS, SELECT
from curriculum.evaluation.figures import GATES as GATE_KINDS
from curriculum.evaluation.intake import (
    Intake,
    Slice,
    age_order,
    correct,
    is_outside,
    left_out,
    outside,
    slices_of,
)
from curriculum.evaluation.selectors import GATES, PASS, Match, Verdict, any_of, matcher


@dataclass(slots=True)
class Placed:
    """A slice in its class, with the minutes credited to it and where they lie among those of the class."""

    slice: Slice
    kind: Kind
    credit: int = 0
    begins: int = 0

    @property
    def evidence(self) -> Evidence:
        return self.slice.evidence

    @property
    def minutes(self) -> int:
        return self.slice.minutes


@dataclass
class Minimum:
    """A rule that asks for minutes, with the positions of its asks in the problem."""

    requirement: RequirementFacts
    positions: list[int]
    window: Window | None
    lacks_day: bool
    miss: Reason | None
    is_waived: bool


@dataclass
class Judged:
    """What a gate said of each line."""

    passed: list[Evidence] = field(default_factory=list)
    refused: list[LeftOut] = field(default_factory=list)
    unknown: list[LeftOut] = field(default_factory=list)


def use_of(requirement: RequirementFacts) -> Use:
    """How a rule that asks for minutes uses them."""
    if requirement.kind == "total_minimum":
        return Use.TOTAL
    if requirement.kind == "mandatory_topic" and requirement.parameters.get("inside", True) is False:
        return Use.ON_TOP
    if requirement.kind == "nested_minimum" and requirement.parameters.get("overlap_allowed", True) is False:
        return Use.ALONE
    return Use.SHARED


class Pool:
    """Judges the rules of one total over the lines of an intake."""

    def __init__(self, intake: Intake, requirements: Sequence[RequirementFacts], reserved: frozenset[str]) -> None:
        self.intake = intake
        self.requirements = requirements
        self.active = [item for item in requirements if not intake.is_waived(item)]
        self.total = next((item for item in requirements if item.kind == "total_minimum"), None)
        self.reserved = reserved
        self.gates = [item for item in requirements if item.kind in GATE_KINDS]
        self.judged: dict[str, Judged] = {item.code: Judged() for item in self.gates}
        self.base = intake.window(self.total.parameters) if self.total else None
        self.lacks_day = bool(self.total and intake.lacks_day(self.total.parameters))
        self.left_out: list[LeftOut] = list(intake.left_out)
        self.outside: list[tuple[Slice, LeftOut]] = []
        self.slices = self._slices()
        self.asks: list[Ask] = []
        self.selects: list[Mapping[str, Any]] = []
        self.matches: list[Match] = []
        self.windows: list[Window | None] = []
        self.coverages: list[Coverage] = []
        self.minimums = [self._minimum(item) for item in requirements if item.kind in _ASKING]
        self.limits, self.under = self._limits()
        self.problem = Problem(tuple(self.asks), tuple(limit for _item, limit in self.limits), tuple(self.coverages))
        self.placed = self._place()
        self.sizes: dict[Kind, int] = defaultdict(int)
        for piece in self.placed:
            self.sizes[piece.kind] += piece.minutes
        self.allocation: Allocation = allocate(self.problem, self.sizes)
        self._spread()

    # Which lines may count

    def _slices(self) -> list[Slice]:
        passed: list[Slice] = []
        for line in self.intake.lines:
            # A correction is judged by what it corrects, so it passes every gate.
            if line.minutes < 0 or self._passes(line):
                passed.extend(slices_of(line))
        standing, taken_back = correct(passed)
        self.left_out.extend(taken_back)
        select = matcher(self.total.parameters, self.intake.register) if self.total else None
        inside = []
        for piece in sorted(standing, key=age_order):
            if is_outside(piece.evidence, self.base):
                assert self.base is not None  # noqa: S101 - nothing is outside of no window
                self.outside.append((piece, outside(piece.evidence, piece.minutes, self.base)))
            elif select and not select(piece.evidence, piece.competency):
                self.left_out.append(left_out(piece.evidence, piece.minutes, "not_this_sort"))
            else:
                inside.append(piece)
        return inside

    def _passes(self, line: Evidence) -> bool:
        if line.component in self.reserved and not self._selects_component(line.component):
            self.left_out.append(left_out(line, line.minutes, "counts_as_supervision"))
            return False
        refusal: LeftOut | None = None
        for gate in self.gates:
            allowed, code, figures = self._verdict(gate, line)
            judged = self.judged[gate.code]
            if allowed:
                judged.passed.append(line)
            elif allowed is None:
                judged.unknown.append(left_out(line, line.minutes, code, **figures))
            else:
                loss = left_out(line, line.minutes, code, **figures)
                judged.refused.append(loss)
                if refusal is None and not self.intake.is_waived(gate):
                    refusal = loss
        for item in self.active:
            if refusal is None and item.kind in CAPS and (code := self._unfit(item, line)):
                refusal = left_out(line, line.minutes, code)
        if refusal:
            self.left_out.append(refusal)
        return refusal is None

    def _selects_component(self, component: str) -> bool:
        return bool(self.total and component in self.total.parameters.get("components", ()))

    def _verdict(self, gate: RequirementFacts, line: Evidence) -> Verdict:
        """What a gate says of a line: the same in every pool, so it is asked once."""
        key = gate.code, line.id
        if key not in self.intake.verdicts:
            self.intake.verdicts[key] = self._judge(gate, line)
        return self.intake.verdicts[key]

    def _judge(self, gate: RequirementFacts, line: Evidence) -> Verdict:
        only = gate.parameters.get("only")
        if only and not any_of(only, self.intake.register)(line, _main_competency(line)):
            return PASS
        if gate.kind == "window":
            window = self.intake.window(gate.parameters)
            if not is_outside(line, window):
                return PASS
            assert window is not None  # noqa: S101 - nothing is outside of no window
            loss = outside(line, line.minutes, window)
            return False, loss.reason.code, loss.reason.parameters
        return GATES[gate.kind](gate.parameters, line, self.intake.register)

    @staticmethod
    def _unfit(item: RequirementFacts, line: Evidence) -> str:
        """Why a line that a limit speaks of may not be credited at all; "" where it may."""
        figures = item.parameters
        if line.tags.isdisjoint(figures.get("tags", ("instructor",))):
            return ""
        if item.kind == "cross_profession" and figures.get("related", True) and not line.competencies:
            return "not_related"
        if item.kind == "instructor_credit" and figures.get("first_time") and line.first_time is False:
            return "not_first_time"
        return ""

    # What is asked of them

    def _minimum(self, item: RequirementFacts) -> Minimum:
        figures, waived = item.parameters, self.intake.is_waived(item)
        window = self.intake.window(figures, self.base)
        unknown = self.lacks_day or self.intake.lacks_day(figures)
        first = len(self.asks)
        miss: Reason | None = None
        use = use_of(item)
        if item.kind == "partition":
            miss = Reason(code="no_bucket")
            for bucket in figures["buckets"]:
                self._ask(
                    f"{item.code}.{bucket['code']}",
                    bucket["minutes"],
                    Use.BUCKET,
                    item.code,
                    bucket,
                    window,
                    waived or unknown,
                )
        elif item.kind in ("competency_minimum", "coverage"):
            each = figures.get("minutes", 1)
            narrow = {key: figures[key] for key in SELECT if key in figures and key != "competencies"}
            for code in figures["competencies"]:
                one = {**narrow, "competency": code}
                self._ask(f"{item.code}.{code}", each, Use.COMPETENCY, item.code, one, window, waived or unknown)
            if item.kind == "coverage":
                self.coverages.append(Coverage(item.code, figures.get("at_least", len(figures["competencies"]))))
            miss = Reason(code="other_competency", parameters={"competency": ", ".join(figures["competencies"])})
        else:
            minutes = figures["minutes"]
            if use == Use.TOTAL:
                minutes = self.intake.asked_before_rounding(self.intake.required(minutes))
            select: Mapping[str, Any] = {} if use == Use.TOTAL else figures
            group = "topics" if use in (Use.ALONE, Use.ON_TOP) else ""
            self._ask(item.code, minutes, use, group, select, window, waived or unknown)
            miss = None if use == Use.TOTAL else _miss(figures)
        return Minimum(item, list(range(first, len(self.asks))), window, unknown, miss, waived)

    def _ask(
        self,
        code: str,
        minutes: int,
        use: Use,
        group: str,
        select: Mapping[str, Any],
        window: Window | None,
        idle: bool,
    ) -> None:
        """An idle ask (waived, or nobody can tell) is only watched: it asks for nothing and takes nothing."""
        if idle:
            minutes, use = 0, use if use in (Use.TOTAL, Use.COMPETENCY) else Use.SHARED
        self.asks.append(Ask(code, minutes, use, group))
        self.selects.append(select)
        self.matches.append(matcher(select, self.intake.register))
        self.windows.append(None if window == self.base else window)

    def _limits(self) -> tuple[list[tuple[RequirementFacts, Limit]], list[Match]]:
        limits, under = [], []
        for item in self.active:
            if item.kind not in CAPS:
                continue
            figures = item.parameters
            if figures.get("basis") == "counted" and "share_percent" in figures:
                limit = Limit(item.code, percent_of_counted=figures["share_percent"])
            else:
                limit = Limit(item.code, minutes=self.cap_minutes(item))
            limits.append((item, limit))
            under.append(matcher(limit_select(item), self.intake.register))
        return limits, under

    def cap_minutes(self, item: RequirementFacts) -> int:
        """Most minutes that a limit lets through; a share is one of the minutes required, rounded down."""
        if "minutes" in item.parameters:
            return int(item.parameters["minutes"])
        assert self.total is not None  # noqa: S101 - set_faults refuses a share of no total
        required = self.intake.required(self.total.parameters["minutes"])
        return required * int(item.parameters["share_percent"]) // 100

    def _place(self) -> list[Placed]:
        known: dict[Kind, Kind] = {}
        placed = []
        for piece in self.slices:
            kind = self._kind(piece.evidence, piece.competency)
            placed.append(Placed(piece, known.setdefault(kind, kind)))
        return placed

    def _kind(self, line: Evidence, competency: str) -> Kind:
        asks = frozenset(
            i
            for i, match in enumerate(self.matches)
            if match(line, competency) and not is_outside(line, self.windows[i])
        )
        return Kind(asks, frozenset(i for i, match in enumerate(self.under) if match(line, competency)))

    # What each slice gives

    def _spread(self) -> None:
        """Spread the minutes credited to a kind over its slices, the oldest first."""
        reached_in: dict[Kind, int] = defaultdict(int)
        for piece in self.placed:
            piece.begins = reached_in[piece.kind]
            piece.credit = min(piece.minutes, self.allocation.credit[piece.kind] - piece.begins)
            reached_in[piece.kind] += piece.credit
        self.used_spans: dict[tuple[int, Kind], tuple[int, int]] = {}
        reached: dict[tuple[str, Kind], int] = defaultdict(int)
        for position in self.problem.dividing:
            group = self.asks[position].group
            for (of, kind), minutes in self.allocation.used.items():
                if of == position:
                    begins = reached[group, kind]
                    self.used_spans[position, kind] = begins, begins + minutes
                    reached[group, kind] += minutes

    def used(self, position: int, piece: Placed) -> int:
        """Minutes of a slice that serve a dividing ask alone."""
        span = self.used_spans.get((position, piece.kind))
        if span is None:
            return 0
        return max(0, min(span[1], piece.begins + piece.credit) - max(span[0], piece.begins))

    def counted(self, position: int) -> int:
        """Minutes that answer an ask."""
        return self.allocation.counted(self.problem, position)

    def share(self, position: int, piece: Placed) -> int:
        """Minutes of a slice that answer an ask."""
        if position not in piece.kind.asks:
            return 0
        if not self.used_spans:
            return 0 if position in self.problem.dividing else piece.credit
        if position in self.problem.dividing:
            return self.used(position, piece)
        ask = self.asks[position]
        taken = sum(self.used(other, piece) for other in self.problem.dividing if takes_from(self.asks[other], ask))
        return piece.credit - taken


_ASKING = ("total_minimum", "nested_minimum", "competency_minimum", "partition", "coverage", "mandatory_topic")


def limit_select(item: RequirementFacts) -> Mapping[str, Any]:
    """The minutes that a limit speaks of."""
    if item.kind == "instructor_credit":
        return {"tags": item.parameters.get("tags", ("instructor",))}
    return item.parameters


def _main_competency(line: Evidence) -> str:
    return next(iter(sorted(line.competencies)), "")


def _miss(figures: Mapping[str, Any]) -> Reason:
    """Why minutes that a minimum does not speak of do not answer it."""
    competencies = [figures["competency"]] if "competency" in figures else list(figures.get("competencies", ()))
    if competencies:
        return Reason(code="other_competency", parameters={"competency": ", ".join(competencies)})
    tags = [figures["tag"]] if "tag" in figures else list(figures.get("tags", ()))
    if tags:
        return Reason(code="other_topic", parameters={"tag": ", ".join(tags)})
    return Reason(code="not_this_sort")
