"""Which minutes are credited where: the best for the worker, found exactly.

Minutes that answer the same questions alike are one class, so a case is a handful of classes, limits and minimums. With
c[k] the credited minutes of class k and s[a] what minimum a lacks, stage by stage:

1. credit as many minutes as the limits allow (so more evidence never lowers the total, but for a limit that is a share
   of what is counted);
2. of those ways, lack as little as possible in all minimums together;
3. of those, lack least in the first minimum as written (topics on top of the total before all), then in the second,
   and so on.

Where no limit divides the question the answer is plain arithmetic. Elsewhere HiGHS solves the linear program, and again
over whole numbers where a share leaves a fraction (docs/decisions/0011-the-requirement-engine.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import pairwise

Terms = Mapping[int, float]
TOLERANCE = 1e-6
ENDLESS = 10**7


class Use(Enum):
    """How a minimum uses the minutes that answer it."""

    TOTAL = "total"
    SHARED = "shared"  # a minute may serve any number of these
    COMPETENCY = "competency"  # the author's split already keeps these apart
    ALONE = "alone"  # its minutes serve no other topic
    ON_TOP = "on_top"  # its minutes do not count toward the total
    BUCKET = "bucket"  # one of several that share no minute


@dataclass(frozen=True)
class Ask:
    """A minimum: so many minutes. `group` keeps buckets of one partition, or parts of one coverage, together."""

    code: str
    minutes: int
    use: Use
    group: str = ""


@dataclass(frozen=True)
class Limit:
    """At most so many minutes, or such a percentage of all that is credited."""

    code: str
    minutes: int | None = None
    percent_of_counted: int | None = None


class Kind:
    """A class of minutes: which asks and which limits they fall under, by position. Never changed."""

    # Written out for its hash, which is asked for at every step.
    __slots__ = ("_hash", "asks", "limits")

    def __init__(self, asks: frozenset[int], limits: frozenset[int]) -> None:
        self.asks = asks
        self.limits = limits
        self._hash = hash((asks, limits))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kind) and (self.asks, self.limits) == (other.asks, other.limits)

    def __repr__(self) -> str:
        return f"Kind(asks={sorted(self.asks)}, limits={sorted(self.limits)})"


@dataclass(frozen=True)
class Coverage:
    """So many of the asks of a group are enough."""

    group: str
    at_least: int


@dataclass(frozen=True)
class Problem:
    """Minimums in the order in which they are written, limits, and groups of which some are enough."""

    asks: tuple[Ask, ...]
    limits: tuple[Limit, ...]
    coverages: tuple[Coverage, ...] = ()

    @cached_property
    def dividing(self) -> tuple[int, ...]:
        """Asks that need minutes of their own."""
        return tuple(i for i, ask in enumerate(self.asks) if ask.use in (Use.ALONE, Use.ON_TOP, Use.BUCKET))

    @cached_property
    def precedence(self) -> tuple[int, ...]:
        """Asks in the order in which lacking least counts: a topic on top of the total, then as written."""
        return tuple(sorted(range(len(self.asks)), key=lambda i: (self.asks[i].use != Use.ON_TOP, i)))

    @cached_property
    def counts_buckets(self) -> bool:
        """Whether the total is what is in the buckets, there being no other total."""
        uses = {ask.use for ask in self.asks}
        return Use.BUCKET in uses and Use.TOTAL not in uses


@dataclass
class Allocation:
    """Credited minutes of each kind, and of those the minutes that serve a dividing ask alone."""

    credit: dict[Kind, int]
    used: dict[tuple[int, Kind], int] = field(default_factory=dict)

    def counted(self, problem: Problem, position: int) -> int:
        """Minutes that answer this ask."""
        return sum(self.share(problem, position, kind) for kind in self.credit)

    def share(self, problem: Problem, position: int, kind: Kind) -> int:
        """Minutes of a kind that answer this ask."""
        ask = problem.asks[position]
        if position not in kind.asks:
            return 0
        if ask.use in (Use.ALONE, Use.ON_TOP, Use.BUCKET):
            return self.used.get((position, kind), 0)
        return self.credit[kind] - sum(
            self.used.get((other, kind), 0) for other in problem.dividing if takes_from(problem.asks[other], ask)
        )


def takes_from(taker: Ask, ask: Ask) -> bool:
    """Whether minutes that serve `taker` alone are lost to `ask`."""
    if taker.use == Use.ON_TOP:
        return ask.use in (Use.TOTAL, Use.SHARED, Use.COMPETENCY)
    return taker.use == Use.ALONE and ask.use == Use.SHARED


def allocate(problem: Problem, sizes: Mapping[Kind, int]) -> Allocation:
    """Credit the minutes of each kind (`sizes`) in the way that is best for the worker."""
    simple = _simple(problem, sizes)
    return simple if simple is not None else _Model(problem, sizes).allocate()


def fewest_further(
    problem: Problem, sizes: Mapping[Kind, int], allocation: Allocation, offers: Sequence[Kind]
) -> dict[Kind, int] | None:
    """The fewest further minutes, by kind, that settle every ask; `offers` are the kinds that can still be earned.

    What is credited already may be credited otherwise. None where no minutes at all would do.
    """
    lacks = {i: ask.minutes - allocation.counted(problem, i) for i, ask in enumerate(problem.asks)}
    short = {i for i, lack in lacks.items() if lack > 0}
    if problem.coverages:
        short -= _spared(problem, lacks)
    if not short:
        return {}
    plain = _simple(problem, sizes) is not None and not problem.dividing
    if plain and all(limit.percent_of_counted is None for limit in problem.limits):
        layered = _layers(problem, lacks, short, offers)
        if layered is not None:
            return layered
    return _Model(problem, sizes, offers).fewest()


def _spared(problem: Problem, lacks: Mapping[int, int]) -> set[int]:
    """Asks that nobody needs because enough others of their group are answered or nearer to it."""
    spared: set[int] = set()
    for coverage in problem.coverages:
        members = [i for i, ask in enumerate(problem.asks) if ask.group == coverage.group]
        spared.update(sorted(members, key=lambda i: (lacks[i], i))[coverage.at_least :])
    return spared


# --- Plain arithmetic ---------------------------------------------------------------------------------------------


def _simple(problem: Problem, sizes: Mapping[Kind, int]) -> Allocation | None:
    """The answer where it is plain: no ask divides minutes, no two limits meet in one class, and under a limit that
    bites all classes answer the same asks. Then any way of filling it up is as good as another. Else None."""
    if problem.dividing:
        return None
    everything = sum(sizes.values())
    credit = dict(sizes)
    for position, limit in enumerate(problem.limits):
        under = [kind for kind in sizes if position in kind.limits]
        size = sum(sizes[kind] for kind in under)
        if limit.percent_of_counted is not None:
            if 100 * size > limit.percent_of_counted * everything:
                return None
            continue
        room = limit.minutes or 0
        if size <= room:
            continue
        if any(len(kind.limits) > 1 for kind in under) or len({kind.asks for kind in under}) > 1:
            return None
        for kind in sorted(under, key=_order):
            credit[kind] = min(sizes[kind], room)
            room -= credit[kind]
    shares = [limit for limit in problem.limits if limit.percent_of_counted is not None]
    if shares and credit != dict(sizes):
        return None
    return Allocation(credit)


def _order(kind: Kind) -> tuple[list[int], list[int]]:
    return sorted(kind.asks), sorted(kind.limits)


def _layers(
    problem: Problem, lacks: Mapping[int, int], short: set[int], offers: Sequence[Kind]
) -> dict[Kind, int] | None:
    """Further minutes in layers, each of a free kind that serves all that still lack at that depth; None if there is
    none such. One minute serves the total, one competency, and any number of topics."""
    free = [kind for kind in offers if not kind.limits]
    competencies = sorted(i for i in short if problem.asks[i].use == Use.COMPETENCY)
    others = sorted((i for i in short if i not in competencies), key=lambda i: (lacks[i], i))
    needed = max([lacks[i] for i in others] + [sum(lacks[i] for i in competencies)])
    marks = {0, needed, *(lacks[i] for i in others)}
    done = 0
    for i in competencies:
        done += lacks[i]
        marks.add(done)
    found: dict[Kind, int] = {}
    for begins, ends in pairwise(sorted(marks)):
        wanted = {i for i in others if lacks[i] > begins}
        reached = 0
        for i in competencies:
            if reached <= begins < reached + lacks[i]:
                wanted.add(i)
            reached += lacks[i]
        kind = next((kind for kind in free if wanted <= kind.asks), None)
        if kind is None:
            return None
        found[kind] = found.get(kind, 0) + ends - begins
    return found


# --- The linear program -------------------------------------------------------------------------------------------


class _Program:
    """Variables from 0 up to a limit, rows, and one aim after another, over whole numbers where it matters."""

    def __init__(self) -> None:
        self.upper: list[float] = []
        self.rows: list[tuple[float, float, Terms]] = []
        self.must_be_whole = False

    def variable(self, upper: float) -> int:
        self.upper.append(upper)
        return len(self.upper) - 1

    def choice(self) -> int:
        """A variable that is yes (1) or no (0)."""
        self.must_be_whole = True
        return self.variable(1)

    def at_most(self, terms: Terms, limit: float) -> None:
        self.rows.append((-float("inf"), limit, terms))

    def at_least(self, terms: Terms, limit: float) -> None:
        self.rows.append((limit, float("inf"), terms))

    def minimise(self, aims: Sequence[Terms]) -> list[int] | None:
        """The values of all variables after one aim has been reached after another; None where nothing satisfies the
        rows. Every aim has whole coefficients."""
        values = None if self.must_be_whole else self._solve(aims, whole=False)
        if values is None or any(abs(value - round(value)) > TOLERANCE for value in values):
            values = self._solve(aims, whole=True)
        return None if values is None else [round(value) for value in values]

    def _solve(self, aims: Sequence[Terms], *, whole: bool) -> list[float] | None:
        # Loaded here: it takes a fifth of a second, and few cases need it.
        import highspy  # noqa: PLC0415
        import numpy as np  # noqa: PLC0415

        solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.5)):
            solver.setOptionValue(option, value)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.upper), len(self.rows)
        model.col_cost_ = np.zeros(len(self.upper))
        model.col_lower_, model.col_upper_ = np.zeros(len(self.upper)), np.array(self.upper, dtype=float)
        model.row_lower_ = np.array([row[0] for row in self.rows], dtype=float)
        model.row_upper_ = np.array([row[1] for row in self.rows], dtype=float)
        starts = [0]
        for _lower, _upper, terms in self.rows:
            starts.append(starts[-1] + len(terms))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        model.a_matrix_.index_ = np.array([i for *_bounds, terms in self.rows for i in terms], dtype=np.int32)
        model.a_matrix_.value_ = np.array([v for *_bounds, terms in self.rows for v in terms.values()], dtype=float)
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * len(self.upper)
        solver.passModel(model)
        columns = np.arange(len(self.upper), dtype=np.int32)
        values: list[float] | None = None
        for aim in aims:
            costs = np.zeros(len(self.upper))
            for i, cost in aim.items():
                costs[i] = cost
            solver.changeColsCost(len(columns), columns, costs)
            solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            values = list(solver.getSolution().col_value)
            reached = sum(cost * values[i] for i, cost in aim.items())
            # Over whole numbers an aim is whole, so that half a minute keeps it and lets no other value in.
            bound = round(reached) + 0.5 if whole else reached + TOLERANCE
            indices = np.array(list(aim), dtype=np.int32)
            solver.addRow(-highspy.kHighsInf, bound, len(aim), indices, np.array(list(aim.values()), float))
        return values


class _Model:
    """A problem as a linear program; with `offers` it asks how much more is needed, else how much lacks."""

    def __init__(self, problem: Problem, sizes: Mapping[Kind, int], offers: Sequence[Kind] | None = None) -> None:
        self.problem = problem
        self.program = _Program()
        self.sizes = dict(sorted(sizes.items(), key=lambda item: _order(item[0])))
        variable = self.program.variable
        self.credit: list[tuple[Kind, int]] = [(kind, variable(size)) for kind, size in self.sizes.items()]
        self.offered = [(kind, variable(ENDLESS)) for kind in offers or ()]
        self.lack = {} if offers is not None else {i: variable(ask.minutes) for i, ask in enumerate(problem.asks)}
        self.used: dict[tuple[int, int], int] = {}
        self.needed = self._coverage_choice()
        self._divide()
        self._limit()
        for position, ask in enumerate(problem.asks):
            self._ask(position, ask)

    @property
    def _columns(self) -> list[tuple[Kind, int]]:
        return self.credit + self.offered

    def _coverage_choice(self) -> dict[int, int]:
        """For an ask of a coverage: the yes-or-no variable that says it is one of those that are needed."""
        chosen: dict[int, int] = {}
        for coverage in self.problem.coverages:
            members = [i for i, ask in enumerate(self.problem.asks) if ask.group == coverage.group]
            if coverage.at_least < len(members):
                for i in members:
                    chosen[i] = self.program.choice()
                self.program.at_least({chosen[i]: 1 for i in members}, coverage.at_least)
        return chosen

    def _divide(self) -> None:
        """Minutes that serve one ask alone: within a group no minute twice, and never more than is asked."""
        for kind, column in self._columns:
            shares: dict[str, dict[int, float]] = {}
            for position in self.problem.dividing:
                if position in kind.asks:
                    ask = self.problem.asks[position]
                    use = self.program.variable(ENDLESS)
                    self.used[position, column] = use
                    shares.setdefault(ask.group, {})[use] = 1
            for terms in shares.values():
                self.program.at_most({**terms, column: -1}, 0)
        for position in self.problem.dividing:
            terms = {use: 1.0 for (of, _column), use in self.used.items() if of == position}
            if terms:
                self.program.at_most(terms, self.problem.asks[position].minutes)

    def _limit(self) -> None:
        for position, limit in enumerate(self.problem.limits):
            under = {column for kind, column in self._columns if position in kind.limits}
            if not under:
                continue
            if limit.percent_of_counted is None:
                self.program.at_most(dict.fromkeys(under, 1.0), limit.minutes or 0)
            else:
                share = limit.percent_of_counted
                terms = {column: (100 if column in under else 0) - share for _kind, column in self._columns}
                self.program.at_most({column: cost for column, cost in terms.items() if cost}, 0)

    def _ask(self, position: int, ask: Ask) -> None:
        terms: dict[int, float] = {}
        for kind, column in self._columns:
            if position not in kind.asks:
                continue
            if (position, column) in self.used:
                terms[self.used[position, column]] = 1
                continue
            terms[column] = 1
            for other in self.problem.dividing:
                if takes_from(self.problem.asks[other], ask) and (other, column) in self.used:
                    terms[self.used[other, column]] = -1
        if position in self.lack:
            terms[self.lack[position]] = 1
        if position in self.needed:
            self.program.at_least({**terms, self.needed[position]: -ask.minutes}, 0)
        else:
            self.program.at_least(terms, ask.minutes)

    def allocate(self) -> Allocation:
        counted = (
            [use for (position, _column), use in self.used.items() if self.problem.asks[position].use == Use.BUCKET]
            if self.problem.counts_buckets
            else [column for _kind, column in self.credit]
        )
        aims: list[Terms] = [dict.fromkeys(counted, -1.0)] if counted else []
        lacks = [self.lack[position] for position in self.problem.precedence]
        aims += [dict.fromkeys(lacks, 1.0)] if lacks else []
        aims += [{column: 1.0} for column in lacks]
        # Of equal ways the one that leaves no minute uncredited: buckets may leave some.
        aims += [dict.fromkeys([column for _kind, column in self.credit], -1.0)] if self.credit else []
        values = self.program.minimise(aims)
        if values is None:
            raise ArithmeticError("Crediting nothing satisfies every limit, and yet no allocation was found.")
        by_column = {column: kind for kind, column in self.credit}
        return Allocation(
            {kind: values[column] for kind, column in self.credit},
            {
                (position, by_column[column]): values[use]
                for (position, column), use in self.used.items()
                if values[use]
            },
        )

    def fewest(self) -> dict[Kind, int] | None:
        # Of equally few minutes those of the plainest sort: offers come plainest first.
        aims: list[Terms] = [
            {column: 1.0 for _kind, column in self.offered},
            {column: float(rank) for rank, (_kind, column) in enumerate(self.offered, start=1)},
        ]
        values = self.program.minimise(aims)
        if values is None:
            return None
        return {kind: values[column] for kind, column in self.offered if values[column]}
