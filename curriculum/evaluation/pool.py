"""One total with everything that is counted within it: lines pass its gates, fall into classes, and are shared out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from curriculum.data import (
    Counted,
    Evidence,
    LeftOut,
    Part,
    Reason,
    RequirementFacts,
    RequirementResult,
    Status,
    Step,
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
    fewest_further,
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
    merge,
    outside,
    slices_of,
)
from curriculum.evaluation.selectors import GATES, Granted, Match, Register, any_of, matcher

Key = tuple[str, str]


@dataclass
class _Minimum:
    """A rule that asks for minutes, with the positions of its asks in the problem."""

    requirement: RequirementFacts
    positions: list[int]
    window: Window | None
    lacks_day: bool
    miss: Reason | None
    is_waived: bool


@dataclass
class _Judged:
    """What a gate said of each line."""

    passed: list[Evidence] = field(default_factory=list)
    refused: list[LeftOut] = field(default_factory=list)
    unknown: list[LeftOut] = field(default_factory=list)


@dataclass(frozen=True)
class PoolAnswer:
    """The answers of a pool: by rule, what counts toward its total, and what further minutes would settle it."""

    results: Mapping[str, RequirementResult]
    required_minutes: int
    counted_minutes: int
    short_minutes: int
    competency_minutes: Mapping[str, int]
    steps: tuple[Step, ...]


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
        self.judged: dict[str, _Judged] = {item.code: _Judged() for item in self.gates}
        self.base = intake.window(self.total.parameters) if self.total else None
        self.lacks_day = bool(self.total and intake.lacks_day(self.total.parameters))
        self.left_out: list[LeftOut] = list(intake.left_out)
        self.outside: list[tuple[Slice, LeftOut]] = []
        self.slices = self._slices()
        self.asks: list[Ask] = []
        self.matches: list[Match] = []
        self.windows: list[Window | None] = []
        self.coverages: list[Coverage] = []
        self.minimums = [self._minimum(item) for item in requirements if item.kind in _ASKING]
        self.limits, self.under = self._limits()
        self.problem = Problem(tuple(self.asks), tuple(limit for _item, limit in self.limits), tuple(self.coverages))
        self.kinds: dict[Key, Kind] = {piece.key: self._kind(piece.evidence, piece.competency) for piece in self.slices}
        self.sizes: dict[Kind, int] = defaultdict(int)
        for piece in self.slices:
            self.sizes[self.kinds[piece.key]] += piece.minutes
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

    def _verdict(self, gate: RequirementFacts, line: Evidence) -> tuple[bool | None, str, Mapping[str, Any]]:
        only = gate.parameters.get("only")
        if only and not any_of(only, self.intake.register)(line, _main_competency(line)):
            return True, "", {}
        if gate.kind == "window":
            window = self.intake.window(gate.parameters)
            if not is_outside(line, window):
                return True, "", {}
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

    def _minimum(self, item: RequirementFacts) -> _Minimum:
        figures, waived = item.parameters, self.intake.is_waived(item)
        window = self.intake.window(figures, self.base)
        unknown = self.lacks_day or self.intake.lacks_day(figures)
        first = len(self.asks)
        miss: Reason | None = None
        use = use_of(item)
        if item.kind == "partition":
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
                select = {**narrow, "competency": code}
                self._ask(f"{item.code}.{code}", each, Use.COMPETENCY, item.code, select, window, waived or unknown)
            if item.kind == "coverage":
                self.coverages.append(Coverage(item.code, figures.get("at_least", len(figures["competencies"]))))
            miss = Reason(code="other_competency", parameters={"competency": ", ".join(figures["competencies"])})
        else:
            minutes = self.intake.required(figures["minutes"]) if use == Use.TOTAL else figures["minutes"]
            select = {} if use == Use.TOTAL else figures
            group = "topics" if use in (Use.ALONE, Use.ON_TOP) else ""
            self._ask(item.code, minutes, use, group, select, window, waived or unknown)
            miss = None if use == Use.TOTAL else _miss(figures)
        return _Minimum(item, list(range(first, len(self.asks))), window, unknown, miss, waived)

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
        self.matches.append(matcher(select, self.intake.register))
        self.windows.append(None if window == self.base else window)

    def _limits(self) -> tuple[list[tuple[RequirementFacts, Limit]], list[Match]]:
        limits, under = [], []
        for item in self.active:
            if item.kind not in CAPS:
                continue
            figures: Mapping[str, Any] = item.parameters
            if item.kind == "instructor_credit":
                figures = {**figures, "tags": figures.get("tags", ("instructor",))}
                figures = {key: value for key, value in figures.items() if key != "first_time"}
            if figures.get("basis") == "counted" and "share_percent" in figures:
                limit = Limit(item.code, percent_of_counted=figures["share_percent"])
            else:
                limit = Limit(item.code, minutes=self.cap_minutes(item))
            limits.append((item, limit))
            under.append(matcher(figures, self.intake.register))
        return limits, under

    def cap_minutes(self, item: RequirementFacts) -> int:
        """Most minutes that a limit lets through; a share is one of the minutes required, rounded down."""
        if "minutes" in item.parameters:
            return int(item.parameters["minutes"])
        assert self.total is not None  # noqa: S101 - set_faults refuses a share of no total
        required = self.intake.required(self.total.parameters["minutes"])
        return required * int(item.parameters["share_percent"]) // 100

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
        left = dict(self.allocation.credit)
        self.credit: dict[Key, int] = {}
        self.spans: dict[Key, tuple[int, int]] = {}
        for piece in self.slices:
            kind = self.kinds[piece.key]
            given = min(piece.minutes, left[kind])
            begins = self.allocation.credit[kind] - left[kind]
            left[kind] -= given
            self.credit[piece.key] = given
            self.spans[piece.key] = begins, begins + given
        self.used_spans: dict[tuple[int, Kind], tuple[int, int]] = {}
        reached: dict[tuple[str, Kind], int] = defaultdict(int)
        for position in self.problem.dividing:
            group = self.asks[position].group
            for (of, kind), minutes in self.allocation.used.items():
                if of == position:
                    begins = reached[group, kind]
                    self.used_spans[position, kind] = begins, begins + minutes
                    reached[group, kind] += minutes

    def _used(self, position: int, piece: Slice) -> int:
        """Minutes of a slice that serve a dividing ask alone."""
        span = self.used_spans.get((position, self.kinds[piece.key]))
        if span is None:
            return 0
        mine = self.spans[piece.key]
        return max(0, min(span[1], mine[1]) - max(span[0], mine[0]))

    def share(self, position: int, piece: Slice) -> int:
        """Minutes of a slice that answer an ask."""
        if position not in self.kinds[piece.key].asks:
            return 0
        if position in self.problem.dividing:
            return self._used(position, piece)
        ask = self.asks[position]
        taken = sum(self._used(other, piece) for other in self.problem.dividing if takes_from(self.asks[other], ask))
        return self.credit[piece.key] - taken

    # The answers

    def answer(self) -> PoolAnswer:
        """Every rule of the pool answered, and what would settle it."""
        results = {}
        for minimum in self.minimums:
            results[minimum.requirement.code] = self._answer_minimum(minimum)
        for item, _limit in self.limits:
            results[item.code] = self._answer_limit(item)
        for item in self.requirements:
            if item.kind in CAPS and item.code not in results:
                results[item.code] = self._answer_idle_limit(item)
        for gate in self.gates:
            results[gate.code] = self._answer_gate(gate)
        required, counted = self._totals(results)
        short, steps = self._further()
        rounded_gain = self._rounding_gain(results)
        return PoolAnswer(results, required, counted, max(0, short - rounded_gain), self._by_competency(), steps)

    def _totals(self, results: Mapping[str, RequirementResult]) -> tuple[int, int]:
        if self.total:
            result = results[self.total.code]
            return result.required_minutes, result.counted_minutes
        partitions = [result for result in results.values() if result.kind == "partition"]
        if partitions:
            return (
                sum(result.required_minutes for result in partitions),
                sum(result.counted_minutes for result in partitions),
            )
        return 0, sum(self.credit.values())

    def _rounding_gain(self, results: Mapping[str, RequirementResult]) -> int:
        """Minutes that a total has gained because the board rounds it up."""
        if not self.total or self.lacks_day:
            return 0
        position = next(m.positions[0] for m in self.minimums if m.requirement is self.total)
        return max(0, results[self.total.code].counted_minutes - self.allocation.counted(self.problem, position))

    def _answer_minimum(self, minimum: _Minimum) -> RequirementResult:
        item = minimum.requirement
        required = sum(self._required(minimum, position) for position in minimum.positions)
        if minimum.lacks_day and not minimum.is_waived:
            lacking = Reason(code="no_expiry_day")
            return RequirementResult(
                requirement=item, status=Status.CANNOT_TELL, required_minutes=required, reason=lacking
            )
        counted: dict[str, int] = defaultdict(int)
        losses = [loss for _piece, loss in self.outside] + self.left_out
        for piece in self.slices:
            given = sum(self.share(position, piece) for position in minimum.positions)
            if given:
                counted[piece.evidence.id] += given
            losses.extend(self._losses(minimum, piece, given))
        parts = self._parts(minimum)
        total = sum(counted.values())
        if item.kind == "total_minimum":
            total = self.intake.rounded_total(total)
        if parts and item.kind == "coverage":
            at_least = self.coverages[[c.group for c in self.coverages].index(item.code)].at_least
            lacks = sorted(part.short_minutes for part in parts)
            short = sum(lacks[:at_least])
            required = item.parameters.get("minutes", 1) * at_least
        elif parts:
            short = sum(part.short_minutes for part in parts)
        else:
            short = max(0, required - total)
        return RequirementResult(
            requirement=item,
            status=Status.SHORT if short else Status.MET,
            required_minutes=required,
            counted_minutes=total,
            short_minutes=short,
            counted=tuple(Counted(evidence_id=key, minutes=value) for key, value in counted.items()),
            left_out=tuple(merge(losses)),
            window=minimum.window,
            parts=parts,
        )

    def _required(self, minimum: _Minimum, position: int) -> int:
        """What is asked for, also where it is waived or cannot be told."""
        item = minimum.requirement
        if item.kind == "partition":
            return int(item.parameters["buckets"][position - minimum.positions[0]]["minutes"])
        minutes = int(item.parameters.get("minutes", 1))
        return self.intake.required(minutes) if item.kind == "total_minimum" else minutes

    def _parts(self, minimum: _Minimum) -> tuple[Part, ...]:
        item = minimum.requirement
        if item.kind not in ("partition", "competency_minimum", "coverage"):
            return ()
        names = (
            [(bucket["code"], bucket.get("text", {})) for bucket in item.parameters["buckets"]]
            if item.kind == "partition"
            else [(code, {}) for code in item.parameters["competencies"]]
        )
        return tuple(
            Part(
                code=code,
                text=text,
                required_minutes=self._required(minimum, position),
                counted_minutes=sum(self.share(position, piece) for piece in self.slices),
            )
            for (code, text), position in zip(names, minimum.positions, strict=True)
        )

    def _losses(self, minimum: _Minimum, piece: Slice, given: int) -> Iterator[LeftOut]:
        """Why the rest of a slice does not answer a minimum."""
        line = piece.evidence
        kind = self.kinds[piece.key]
        mine = kind.asks.intersection(minimum.positions)
        if not mine:
            window = minimum.window
            if window and is_outside(line, window):
                yield outside(line, piece.minutes, window)
            elif minimum.miss:
                yield left_out(line, piece.minutes, minimum.miss.code, **minimum.miss.parameters)
            elif minimum.requirement.kind == "partition":
                yield left_out(line, piece.minutes, "no_bucket")
            return
        over = piece.minutes - self.credit[piece.key]
        if over:
            yield self._over(piece, over)
        if minimum.requirement.kind == "partition" and self.credit[piece.key] > given:
            yield left_out(line, self.credit[piece.key] - given, "bucket_full")
        elif given < self.credit[piece.key]:
            taker = next(
                (self.asks[p].code for p in self.problem.dividing if p not in mine and self._used(p, piece)), None
            )
            if taker:
                yield left_out(line, self.credit[piece.key] - given, "used_by_other", requirement=taker)

    def _over(self, piece: Slice, minutes: int) -> LeftOut:
        """Minutes that a limit keeps out: the first limit that is full."""
        positions = sorted(self.kinds[piece.key].limits)
        full = next((p for p in positions if self._room(p) <= 0), positions[0])
        item, limit = self.limits[full]
        if limit.minutes is None:
            share = item.parameters["share_percent"]
            return left_out(piece.evidence, minutes, "over_share", percent=share, requirement=item.code)
        return left_out(piece.evidence, minutes, "over_cap", minutes=limit.minutes, requirement=item.code)

    def _room(self, position: int) -> int:
        _item, limit = self.limits[position]
        under = sum(minutes for kind, minutes in self.allocation.credit.items() if position in kind.limits)
        if limit.minutes is not None:
            return limit.minutes - under
        everything = sum(self.allocation.credit.values())
        return (limit.percent_of_counted or 0) * everything // 100 - under

    def _answer_limit(self, item: RequirementFacts) -> RequirementResult:
        """A limit asks for nothing: it is met, and says what it left out."""
        position = [limited.code for limited, _limit in self.limits].index(item.code)
        losses, counted = [], defaultdict(int)
        for piece in self.slices:
            if position in self.kinds[piece.key].limits:
                counted[piece.evidence.id] += self.credit[piece.key]
                over = piece.minutes - self.credit[piece.key]
                if over and self._over(piece, over).reason.parameters["requirement"] == item.code:
                    losses.append(self._over(piece, over))
        dropped = sum(loss.minutes for loss in losses)
        limit = self.limits[position][1]
        if limit.minutes is None:
            code, figures = "share_over" if dropped else "share_under", {"percent": limit.percent_of_counted}
        else:
            code, figures = "over_cap_by" if dropped else "under_cap", {"cap": limit.minutes}
        return RequirementResult(
            requirement=item,
            status=Status.MET,
            counted_minutes=sum(counted.values()),
            counted=tuple(Counted(evidence_id=key, minutes=value) for key, value in counted.items() if value),
            left_out=tuple(merge(losses)),
            reason=Reason(code=code, parameters={"minutes": dropped, **figures}),
        )

    def _answer_idle_limit(self, item: RequirementFacts) -> RequirementResult:
        """A limit that nobody applies now: what it would speak of."""
        match = matcher({key: item.parameters[key] for key in SELECT if key in item.parameters}, self.intake.register)
        counted: dict[str, int] = defaultdict(int)
        for piece in self.slices:
            if match(piece.evidence, piece.competency):
                counted[piece.evidence.id] += self.credit[piece.key]
        return RequirementResult(
            requirement=item,
            status=Status.WAIVED,
            counted_minutes=sum(counted.values()),
            counted=tuple(Counted(evidence_id=key, minutes=value) for key, value in counted.items() if value),
        )

    def _answer_gate(self, gate: RequirementFacts) -> RequirementResult:
        judged = self.judged[gate.code]
        days = {line.id: line for line in self.intake.lines}

        def in_base(evidence_id: str) -> bool:
            return not is_outside(days[evidence_id], self.base)

        passed = [line for line in judged.passed if in_base(line.id)]
        unknown = [item for item in judged.unknown if in_base(item.evidence_id)]
        refused = [item for item in judged.refused if in_base(item.evidence_id)]
        status, reason = Status.MET, None
        if unknown:
            names = sorted({days[item.evidence_id].provider for item in unknown} - {""})
            status = Status.CANNOT_TELL
            figures = {"count": len(unknown), "providers": ", ".join(names)}
            reason = Reason(code=_TO_CONFIRM[gate.kind], parameters=figures)
        elif not passed and not refused:
            status, reason = Status.CANNOT_TELL, Reason(code="nothing_to_judge")
        return RequirementResult(
            requirement=gate,
            status=status,
            counted_minutes=sum(line.minutes for line in passed),
            counted=tuple(Counted(evidence_id=line.id, minutes=line.minutes) for line in passed),
            left_out=tuple(refused + unknown),
            reason=reason,
        )

    def _by_competency(self) -> dict[str, int]:
        sums: dict[str, int] = defaultdict(int)
        for piece in self.slices:
            if piece.competency:
                sums[piece.competency] += self.credit[piece.key]
        return {code: minutes for code, minutes in sorted(sums.items()) if minutes}

    # What would settle it

    def _further(self) -> tuple[int, tuple[Step, ...]]:
        if self.lacks_day or all(
            self.allocation.counted(self.problem, i) >= ask.minutes for i, ask in enumerate(self.asks)
        ):
            return 0, ()
        offers: dict[Kind, Evidence] = {}
        for line in self._offers():
            competency = next(iter(line.competencies), "")
            granted = Granted(line.sponsors)
            asks = frozenset(i for i, match in enumerate(self._rematched(granted)[0]) if match(line, competency))
            limits = frozenset(i for i, match in enumerate(self._rematched(granted)[1]) if match(line, competency))
            offers.setdefault(Kind(asks, limits), line)
        needed = fewest_further(self.problem, self.sizes, self.allocation, list(offers))
        if needed is None:
            needed = {}
            lacks = [ask.minutes - self.allocation.counted(self.problem, i) for i, ask in enumerate(self.asks)]
            return max([0, *lacks]), ()
        short = {i for i, ask in enumerate(self.asks) if self.allocation.counted(self.problem, i) < ask.minutes}
        steps = tuple(self._step(kind, offers[kind], minutes, short) for kind, minutes in needed.items() if minutes)
        return sum(needed.values()), steps

    def _rematched(self, register: Register) -> tuple[list[Match], list[Match]]:
        """The matches of asks and limits under another register."""
        key = register.authorities if isinstance(register, Granted) else frozenset()
        if not hasattr(self, "_remembered"):
            self._remembered: dict[frozenset[str], tuple[list[Match], list[Match]]] = {}
        if key not in self._remembered:
            asks = [matcher(select, register) for select in self._ask_selects()]
            limits = [matcher(self._limit_select(item), register) for item, _limit in self.limits]
            self._remembered[key] = asks, limits
        return self._remembered[key]

    def _ask_selects(self) -> list[Mapping[str, Any]]:
        selects: list[Mapping[str, Any]] = []
        for minimum in self.minimums:
            item = minimum.requirement
            if item.kind == "partition":
                selects.extend(item.parameters["buckets"])
            elif item.kind in ("competency_minimum", "coverage"):
                narrow = {
                    key: item.parameters[key] for key in SELECT if key in item.parameters and key != "competencies"
                }
                selects.extend({**narrow, "competency": code} for code in item.parameters["competencies"])
            else:
                selects.append({} if item.kind == "total_minimum" else item.parameters)
        return selects

    @staticmethod
    def _limit_select(item: RequirementFacts) -> Mapping[str, Any]:
        if item.kind == "instructor_credit":
            return {"tags": item.parameters.get("tags", ("instructor",))}
        return item.parameters

    def _offers(self) -> Iterator[Evidence]:
        """Sorts of minutes that can still be earned, the plainest first: what gates ask for, with nothing more, with
        what one minimum asks for, with what several do."""
        base: dict[str, Any] = {}
        for gate in self.active:
            if gate.kind in _WISHING and "only" not in gate.parameters:
                base = _joined(base, _wish(gate.parameters)) or base
        if self.total:
            base = _joined(base, _wish(self.total.parameters)) or base
        selects = self._ask_selects()
        competencies = [s["competency"] for s, ask in zip(selects, self.asks, strict=True) if ask.use == Use.COMPETENCY]
        others = [
            _wish(s) for s, ask in zip(selects, self.asks, strict=True) if ask.use not in (Use.TOTAL, Use.COMPETENCY)
        ]
        most = len(others) if len(others) <= 6 else 2
        sizes = [*range(most + 1), *([len(others)] if most < len(others) else [])]
        for size in sizes:
            for together in combinations(others, size):
                wish: dict[str, Any] | None = base
                for one in together:
                    wish = _joined(wish, one) if wish is not None else None
                if wish is None:
                    continue
                yield self._imagined(wish)
                if "competency" not in wish:
                    for code in competencies:
                        yield self._imagined({**wish, "competency": code})

    def _imagined(self, wish: Mapping[str, Any]) -> Evidence:
        competency = wish.get("competency", "")
        return Evidence(
            id="",
            minutes=1,
            earned_on=self.base[1] if self.base else self.intake.as_of,
            delivery=wish.get("delivery", ""),
            component=wish.get("component", "class"),
            level=wish.get("level", ""),
            tags=frozenset(wish.get("tags", ())),
            competencies={competency: 1} if competency else {},
            sponsors=tuple(sorted(wish.get("authorities", ()))),
            first_time=wish.get("first_time", True),
        )

    def _step(self, kind: Kind, line: Evidence, minutes: int, short: set[int]) -> Step:
        codes = []
        for minimum in self.minimums:
            if short.intersection(minimum.positions) & kind.asks:
                codes.append(minimum.requirement.code)
        return Step(
            minutes=minutes,
            competency=next(iter(line.competencies), ""),
            tags=line.tags,
            delivery=line.delivery,
            component=line.component if line.component != "class" else "",
            level=line.level,
            authorities=frozenset(line.sponsors),
            settles=tuple(codes),
        )


_ASKING = ("total_minimum", "nested_minimum", "competency_minimum", "partition", "coverage", "mandatory_topic")

# Gates that say what a further minute must be like; a subject may be any of many.
_WISHING = ("provider_eligibility", "activity_approval", "delivery", "component", "level")

_TO_CONFIRM = {
    "provider_eligibility": "provider_to_confirm",
    "activity_approval": "activity_to_confirm",
    "subject": "subject_to_confirm",
    "delivery": "delivery_to_confirm",
    "component": "component_to_confirm",
    "window": "nothing_to_judge",
    "level": "level_to_confirm",
    "attendance": "attendance_to_confirm",
    "no_double_counting": "nothing_to_judge",
}


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


def _wish(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The plainest minutes that a rule's figures accept."""
    wish: dict[str, Any] = {}
    for choice in figures.get("any", ())[:1]:
        wish = _wish(choice)
    if competency := figures.get("competency") or next(iter(figures.get("competencies", ())), None):
        wish["competency"] = competency
    if tag := figures.get("tag") or next(iter(figures.get("tags", ())), None):
        wish["tags"] = frozenset({*wish.get("tags", ()), tag})
    for key, name in (("deliveries", "delivery"), ("components", "component"), ("levels", "level")):
        if figures.get(key):
            wish[name] = "class" if name == "component" and "class" in figures[key] else figures[key][0]
    if "authority" in figures:
        wish["authorities"] = frozenset({*wish.get("authorities", ()), figures["authority"]})
    if "first_time" in figures:
        wish["first_time"] = figures["first_time"]
    return wish


def _joined(wish: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
    """Minutes that are both; None where they cannot be."""
    joined = dict(wish)
    for key, value in other.items():
        if key in ("tags", "authorities"):
            joined[key] = frozenset({*joined.get(key, ()), *value})
        elif joined.get(key, value) != value:
            return None
        else:
            joined[key] = value
    return joined
