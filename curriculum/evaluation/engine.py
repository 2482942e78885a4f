"""The whole: every way through the alternatives is judged in full, and the one that is best for the worker answers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import product

from curriculum.data import (
    Dossier,
    Evaluation,
    Reason,
    RequirementFacts,
    RequirementResult,
    RequirementSetFacts,
    Status,
)
from curriculum.evaluation.alone import RULES as ALONE
from curriculum.evaluation.answers import PoolAnswer, answer
from curriculum.evaluation.figures import (
    CAPS,
    GATES,
    LOGIC,
    MINIMUMS,
    Node,
    RulesError,
    as_day,
    choices,
    faults,
    set_faults,
    tree,
)
from curriculum.evaluation.intake import Intake
from curriculum.evaluation.pool import Pool

POOLED = frozenset((*GATES, *CAPS, *MINIMUMS))
Way = tuple[Node, ...]


class Prepared:
    """Rules checked and laid out once, to judge many people by. Raises RulesError where they are not well formed."""

    def __init__(self, rules: RequirementSetFacts) -> None:
        for requirement in rules.requirements:
            for fault in faults(requirement.kind, requirement.parameters):
                raise RulesError(f"{rules.code}, {requirement.code}: {fault.key}: {fault.code}.")
        for fault in set_faults(rules.requirements):
            raise RulesError(f"{rules.code}: {fault.key}: {fault.code}.")
        self.rules = rules
        self.forest = tree(rules.requirements)
        self.above = {item.code: item.part_of for item in rules.requirements}
        self.by_code = {item.code: item for item in rules.requirements}
        self._ways: dict[frozenset[str], list[tuple[Node, ...]]] = {}

    def groups(self, code: str) -> Iterator[str]:
        """The groups that a rule is in, from the nearest to the top ("")."""
        while code:
            code = self.above[code]
            yield code

    @cached_property
    def _dated(self) -> list[RequirementFacts]:
        return [item for item in self.rules.requirements if {"open_from", "open_to"} & set(item.parameters)]

    def closed(self, on: date) -> frozenset[str]:
        """Groups that nobody can take on a day."""
        return frozenset(item.code for item in self._dated if not _is_open(item, on))

    def ways(self, closed: frozenset[str]) -> list[Way]:
        """Every way through the alternatives, as the nodes on it; the first as written first."""
        if closed not in self._ways:
            self._ways[closed] = _ways_through(self.forest, closed)
        return self._ways[closed]

    @cached_property
    def alternatives(self) -> frozenset[str]:
        """Codes of rules that some way does without."""
        return frozenset(
            code
            for code in self.above
            if any(group and self.by_code[group].kind in ("any_of", "n_of") for group in self.groups(code))
        )

    def pool_of(self, code: str, owners: frozenset[str]) -> str:
        """The group whose total a rule belongs to."""
        return next((group for group in self.groups(code) if group in owners), "")


def _is_open(item: RequirementFacts, on: date) -> bool:
    first, last = as_day(item.parameters.get("open_from")), as_day(item.parameters.get("open_to"))
    return (first is None or first <= on) and (last is None or on <= last)


def _ways_through(nodes: Sequence[Node], closed: frozenset[str]) -> list[Way]:
    open_nodes = [node for node in nodes if node.facts.code not in closed]
    return [
        tuple(node for part in parts for node in part)
        for parts in product(*(_ways_of(node, closed) for node in open_nodes))
    ]


def _ways_of(node: Node, closed: frozenset[str]) -> list[Way]:
    if node.facts.kind not in LOGIC:
        return [(node,)]
    found: list[Way] = []
    for taken in choices(node):
        if any(part.facts.code in closed for part in taken) and node.facts.kind != "all_of":
            continue
        found += [(node, *way) for way in _ways_through(taken, closed)]
    return found or [(node,)]


@dataclass(frozen=True)
class _Answered:
    """One way, answered."""

    results: Mapping[str, RequirementResult]
    pools: tuple[PoolAnswer, ...]
    short_minutes: int

    @property
    def counted_minutes(self) -> int:
        return sum(pool.counted_minutes for pool in self.pools)


def evaluate(rules: RequirementSetFacts | Prepared, dossier: Dossier, *, as_of: date) -> Evaluation:
    """Judge what a dossier offers by rules, on the day `as_of`.

    The order of the evidence never matters. Raises RulesError where the rules are not well formed; give `Prepared`
    rules to judge many people by the same ones.
    """
    prepared = rules if isinstance(rules, Prepared) else Prepared(rules)
    return _Judge(prepared, dossier, as_of).evaluation()


class _Judge:
    def __init__(self, prepared: Prepared, dossier: Dossier, as_of: date) -> None:
        self.prepared = prepared
        self.intake = Intake(prepared.rules, dossier, as_of)
        self.as_of = as_of
        self.closed = prepared.closed(as_of)
        self._pools: dict[frozenset[str], PoolAnswer] = {}
        self._alone: dict[str, RequirementResult] = {}

    def evaluation(self) -> Evaluation:
        ways = [self._answer(way) for way in self.prepared.ways(self.closed)]
        ranked = sorted(range(len(ways)), key=lambda index: self._rank(ways[index], index))
        best = ways[ranked[0]]
        results = self._all_results([ways[index] for index in ranked])
        top = [result for result in results if not result.part_of]
        if self.intake.is_exempt:
            results, top, short = self._exempted(results), [], 0
            status = Status.WAIVED
        else:
            short, status = best.short_minutes, overall(top)
        competencies: dict[str, int] = defaultdict(int)
        for pool in best.pools:
            for code, minutes in pool.competency_minutes.items():
                competencies[code] += minutes
        return Evaluation(
            rules=self.prepared.rules,
            status=status,
            as_of=self.as_of,
            due_on=self.intake.due_on,
            required_minutes=sum(pool.required_minutes for pool in best.pools),
            counted_minutes=best.counted_minutes,
            short_minutes=short,
            competency_minutes=dict(sorted(competencies.items())),
            results=results,
            steps=() if self.intake.is_exempt else tuple(step for pool in best.pools for step in pool.steps),
        )

    # One way

    def _answer(self, way: Way) -> _Answered:
        facts = [node.facts for node in way]
        owners = self._owners(facts)
        results: dict[str, RequirementResult] = {}
        pools = []
        reserved = frozenset(
            component for item in facts if item.kind == "supervision" for component in item.parameters["components"]
        )
        for owner in sorted(owners):
            pool = self._pool(facts, owner, owners, reserved)
            if pool is not None:
                pools.append(pool)
                results.update({code: result for code, result in pool.results.items() if code not in results})
        further = sum(pool.short_minutes for pool in pools)
        for item in facts:
            if item.kind in ALONE:
                results[item.code] = self._stand_alone(item)
                further += results[item.code].short_minutes
        for item in reversed(facts):
            if item.kind in LOGIC:
                results[item.code] = self._group(item, facts, results)
        return _Answered({item.code: results[item.code] for item in facts}, tuple(pools), further)

    def _owners(self, facts: Sequence[RequirementFacts]) -> frozenset[str]:
        """Groups with a total of their own, or with buckets that are one; the top where neither is above a rule."""
        owners = {item.part_of for item in facts if item.kind == "total_minimum"}
        for item in facts:
            if item.kind == "partition" and not owners.intersection(self.prepared.groups(item.code)):
                owners.add(item.part_of)
        return frozenset(owners | {""})

    def _pool(
        self, facts: Sequence[RequirementFacts], owner: str, owners: frozenset[str], reserved: frozenset[str]
    ) -> PoolAnswer | None:
        """The pool of an owner, with the gates and limits of the groups above it."""
        above = {owner, *(self.prepared.groups(owner) if owner else ())}
        mine = []
        for item in facts:
            if item.kind not in POOLED:
                continue
            home = self.prepared.pool_of(item.code, owners)
            if home == owner or (home in above and item.kind not in MINIMUMS):
                mine.append(item)
        asks = any(item.kind in MINIMUMS for item in mine)
        if not asks and (owner or len(owners) > 1 or not mine):
            return None
        key = frozenset(item.code for item in mine)
        if key not in self._pools:
            answered = answer(Pool(self.intake, mine, reserved))
            self._pools[key] = replace(
                answered, results={code: self._waive(result) for code, result in answered.results.items()}
            )
        return self._pools[key]

    def _stand_alone(self, item: RequirementFacts) -> RequirementResult:
        if item.code not in self._alone:
            self._alone[item.code] = self._waive(ALONE[item.kind](item, self.intake))
        return self._alone[item.code]

    def _waive(self, result: RequirementResult) -> RequirementResult:
        if not self.intake.is_waived(result.requirement):
            return result
        last = self.intake.waiver_of(result.requirement)
        reason = Reason(code="waived", parameters={"last": last}) if last else Reason(code="waived_open")
        return replace(result, status=Status.WAIVED, short_minutes=0, reason=reason)

    def _group(
        self, item: RequirementFacts, facts: Sequence[RequirementFacts], results: Mapping[str, RequirementResult]
    ) -> RequirementResult:
        taken = [results[other.code] for other in facts if other.part_of == item.code]
        if not taken:
            return self._waive(
                RequirementResult(requirement=item, status=Status.CANNOT_TELL, reason=Reason(code="all_closed"))
            )
        reason = None
        if item.kind != "all_of":
            reason = Reason(code="way_taken", parameters={"requirements": tuple(result.code for result in taken)})
        return self._waive(
            RequirementResult(
                requirement=item,
                status=overall(taken),
                required_minutes=sum(result.required_minutes for result in taken if result.kind == "total_minimum"),
                counted_minutes=sum(result.counted_minutes for result in taken if result.kind == "total_minimum"),
                short_minutes=max(result.short_minutes for result in taken),
                reason=reason,
            )
        )

    # Among ways

    def _rank(self, way: _Answered, index: int) -> tuple[int, int, int, int, int]:
        """Smaller is better for the worker. A way of which nothing is on record hides none that has begun."""
        own = [r for code, r in way.results.items() if code in self.prepared.alternatives and r.kind not in LOGIC]
        unknown = sum(result.status == Status.CANNOT_TELL for result in own)
        begun = any(result.counted_minutes for result in own)
        if any(result.status == Status.SHORT for result in own):
            rank = 2
        elif unknown:
            rank = 1 if begun else 3
        else:
            rank = 0
        return rank, way.short_minutes, unknown, -way.counted_minutes, index

    def _all_results(self, ways: Sequence[_Answered]) -> tuple[RequirementResult, ...]:
        """Every rule answered: on the best way, else on the best of those that it is on, else as closed."""
        chosen = ways[0].results
        found = []
        for item in self.prepared.rules.requirements:
            if item.code in chosen:
                found.append(chosen[item.code])
                continue
            other = next((way.results[item.code] for way in ways if item.code in way.results), None)
            if other is None:
                other = RequirementResult(requirement=item, status=Status.WAIVED, reason=Reason(code="closed"))
            found.append(replace(other, is_chosen=False))
        return tuple(found)

    @staticmethod
    def _exempted(results: Sequence[RequirementResult]) -> tuple[RequirementResult, ...]:
        reason = Reason(code="first_cycle_exempt")
        return tuple(
            result
            if result.kind == "first_cycle"
            else replace(result, status=Status.WAIVED, short_minutes=0, reason=reason)
            for result in results
        )


def overall(results: Sequence[RequirementResult]) -> Status:
    """What can be said of several conditions that must all hold."""
    statuses = {result.status for result in results}
    for status in (Status.SHORT, Status.CANNOT_TELL, Status.MET, Status.WAIVED):
        if status in statuses:
            return status
    return Status.CANNOT_TELL
