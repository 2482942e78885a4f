"""The rules of a pool answered: what counts, what does not and why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from curriculum.data import Counted, LeftOut, Part, Reason, RequirementFacts, RequirementResult, Status, Step
from curriculum.evaluation.figures import CAPS, SELECT
from curriculum.evaluation.further import further
from curriculum.evaluation.intake import is_outside, left_out, merge, outside
from curriculum.evaluation.pool import Minimum, Placed, Pool
from curriculum.evaluation.selectors import matcher

TO_CONFIRM = {
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


@dataclass(frozen=True)
class PoolAnswer:
    """The answers of a pool: by rule, what counts toward its total, and what further minutes would settle it."""

    results: Mapping[str, RequirementResult]
    required_minutes: int
    counted_minutes: int
    short_minutes: int
    competency_minutes: Mapping[str, int]
    steps: tuple[Step, ...]


def answer(pool: Pool) -> PoolAnswer:
    """Every rule of the pool answered, and what would settle it."""
    results = {}
    for minimum in pool.minimums:
        results[minimum.requirement.code] = _answer_minimum(pool, minimum)
    for item, _limit in pool.limits:
        results[item.code] = _answer_limit(pool, item)
    for item in pool.requirements:
        if item.kind in CAPS and item.code not in results:
            results[item.code] = _answer_idle_limit(pool, item)
    for gate in pool.gates:
        results[gate.code] = _answer_gate(pool, gate)
    required, counted = _totals(pool, results)
    short, steps = further(pool)
    return PoolAnswer(results, required, counted, short, _by_competency(pool), steps)


def _totals(pool: Pool, results: Mapping[str, RequirementResult]) -> tuple[int, int]:
    if pool.total:
        result = results[pool.total.code]
        return result.required_minutes, result.counted_minutes
    partitions = [result for result in results.values() if result.kind == "partition"]
    if partitions:
        return (
            sum(result.required_minutes for result in partitions),
            sum(result.counted_minutes for result in partitions),
        )
    return 0, sum(piece.credit for piece in pool.placed)


def _answer_minimum(pool: Pool, minimum: Minimum) -> RequirementResult:
    item = minimum.requirement
    required = sum(_required(pool, minimum, position) for position in minimum.positions)
    if minimum.lacks_day and not minimum.is_waived:
        lacking = Reason(code="no_expiry_day")
        return RequirementResult(requirement=item, status=Status.CANNOT_TELL, required_minutes=required, reason=lacking)
    counted: dict[str, int] = defaultdict(int)
    losses = [loss for _piece, loss in pool.outside] + pool.left_out
    mine = {kind: kind.asks.intersection(minimum.positions) for kind in pool.sizes}
    for piece in pool.placed:
        positions = mine[piece.kind]
        if not positions:
            if miss := _miss(minimum, piece):
                losses.append(miss)
            continue
        given = sum(pool.share(position, piece) for position in positions)
        if given:
            counted[piece.evidence.id] += given
        if given < piece.minutes:
            losses.extend(_losses(pool, minimum, piece, given))
    parts = _parts(pool, minimum)
    total = sum(counted.values())
    gap = required - total
    if item.kind == "total_minimum":
        gap = pool.intake.asked_before_rounding(required) - total
        total = pool.intake.rounded_total(total)
    if parts and item.kind == "coverage":
        at_least = pool.coverages[[c.group for c in pool.coverages].index(item.code)].at_least
        lacks = sorted(part.short_minutes for part in parts)
        short = sum(lacks[:at_least])
        required = item.parameters.get("minutes", 1) * at_least
    elif parts:
        short = sum(part.short_minutes for part in parts)
    else:
        short = max(0, gap)
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


def _required(pool: Pool, minimum: Minimum, position: int) -> int:
    """What is asked for, also where it is waived or cannot be told."""
    item = minimum.requirement
    if item.kind == "partition":
        return int(item.parameters["buckets"][position - minimum.positions[0]]["minutes"])
    minutes = int(item.parameters.get("minutes", 1))
    return pool.intake.required(minutes) if item.kind == "total_minimum" else minutes


def _parts(pool: Pool, minimum: Minimum) -> tuple[Part, ...]:
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
            required_minutes=_required(pool, minimum, position),
            counted_minutes=sum(pool.share(position, piece) for piece in pool.placed),
        )
        for (code, text), position in zip(names, minimum.positions, strict=True)
    )


def _miss(minimum: Minimum, piece: Placed) -> LeftOut | None:
    """Why a slice that a minimum does not speak of does not answer it; None where nobody expects it to."""
    window = minimum.window
    if window and is_outside(piece.evidence, window):
        return outside(piece.evidence, piece.minutes, window)
    if minimum.miss:
        return LeftOut(evidence_id=piece.evidence.id, minutes=piece.minutes, reason=minimum.miss)
    return None


def _losses(pool: Pool, minimum: Minimum, piece: Placed, given: int) -> Iterator[LeftOut]:
    """Why the rest of a slice that a minimum speaks of does not answer it."""
    line = piece.evidence
    if over := piece.minutes - piece.credit:
        yield _over(pool, piece, over)
    if given == piece.credit:
        return
    if minimum.requirement.kind == "partition":
        yield left_out(line, piece.credit - given, "bucket_full")
        return
    others = (p for p in pool.problem.dividing if p not in minimum.positions and pool.used(p, piece))
    if (taker := next(others, None)) is not None:
        yield left_out(line, piece.credit - given, "used_by_other", requirement=pool.asks[taker].code)


def _over(pool: Pool, piece: Placed, minutes: int) -> LeftOut:
    """Minutes that a limit keeps out: the first limit that is full."""
    positions = sorted(piece.kind.limits)
    full = next((p for p in positions if _room(pool, p) <= 0), positions[0])
    item, limit = pool.limits[full]
    if limit.minutes is None:
        share = item.parameters["share_percent"]
        return left_out(piece.evidence, minutes, "over_share", percent=share, requirement=item.code)
    return left_out(piece.evidence, minutes, "over_cap", minutes=limit.minutes, requirement=item.code)


def _room(pool: Pool, position: int) -> int:
    _item, limit = pool.limits[position]
    under = sum(minutes for kind, minutes in pool.allocation.credit.items() if position in kind.limits)
    if limit.minutes is not None:
        return limit.minutes - under
    everything = sum(pool.allocation.credit.values())
    return (limit.percent_of_counted or 0) * everything // 100 - under


def _answer_limit(pool: Pool, item: RequirementFacts) -> RequirementResult:
    """A limit asks for nothing: it is met, and says what it left out."""
    position = [limited.code for limited, _limit in pool.limits].index(item.code)
    losses: list[LeftOut] = []
    counted: dict[str, int] = defaultdict(int)
    for piece in pool.placed:
        if position in piece.kind.limits:
            counted[piece.evidence.id] += piece.credit
            over = piece.minutes - piece.credit
            if over and _over(pool, piece, over).reason.parameters["requirement"] == item.code:
                losses.append(_over(pool, piece, over))
    dropped = sum(loss.minutes for loss in losses)
    limit = pool.limits[position][1]
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


def _answer_idle_limit(pool: Pool, item: RequirementFacts) -> RequirementResult:
    """A limit that nobody applies now: what it would speak of."""
    match = matcher({key: item.parameters[key] for key in SELECT if key in item.parameters}, pool.intake.register)
    counted: dict[str, int] = defaultdict(int)
    for piece in pool.placed:
        if match(piece.evidence, piece.slice.competency):
            counted[piece.evidence.id] += piece.credit
    return RequirementResult(
        requirement=item,
        status=Status.WAIVED,
        counted_minutes=sum(counted.values()),
        counted=tuple(Counted(evidence_id=key, minutes=value) for key, value in counted.items() if value),
    )


def _answer_gate(pool: Pool, gate: RequirementFacts) -> RequirementResult:
    judged = pool.judged[gate.code]
    days = {line.id: line for line in pool.intake.lines}

    def in_base(evidence_id: str) -> bool:
        return not is_outside(days[evidence_id], pool.base)

    passed = [line for line in judged.passed if in_base(line.id)]
    unknown = [item for item in judged.unknown if in_base(item.evidence_id)]
    refused = [item for item in judged.refused if in_base(item.evidence_id)]
    status, reason = Status.MET, None
    if unknown:
        names = sorted({days[item.evidence_id].provider for item in unknown} - {""})
        status = Status.CANNOT_TELL
        figures = {"count": len(unknown), "providers": ", ".join(names)}
        reason = Reason(code=TO_CONFIRM[gate.kind], parameters=figures)
    elif not passed and not refused:
        status, reason = Status.CANNOT_TELL, Reason(code="nothing_to_judge")
    elif refused:
        reason = Reason(code="some_do_not_count", parameters={"count": len(refused)})
    return RequirementResult(
        requirement=gate,
        status=status,
        counted_minutes=sum(line.minutes for line in passed),
        counted=tuple(Counted(evidence_id=line.id, minutes=line.minutes) for line in passed),
        left_out=tuple(refused + unknown),
        reason=reason,
    )


def _by_competency(pool: Pool) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for piece in pool.placed:
        if piece.slice.competency:
            sums[piece.slice.competency] += piece.credit
    return {code: minutes for code, minutes in sorted(sums.items()) if minutes}
