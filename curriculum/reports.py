"""Makes sentences of an evaluation, in the active language. Decides nothing: every figure comes from the engine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from curriculum.data import Evaluation, Evidence, RequirementResult, RequirementSetFacts, Status
from curriculum.fields import Translated
from curriculum.models import Verification
from curriculum.sentences import (
    day_in_words,
    is_to_confirm,
    not_counted_sentence,
    part_name,
    result_sentence,
    step_sentence,
)
from people.durations import spoken


@dataclass(frozen=True, kw_only=True)
class Record:
    """One line of evidence under a rule: counted, or left out for a reason."""

    evidence_id: str
    title: str
    provider: str
    earned_on: date | None
    minutes: int
    reason: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class PartReport:
    """One competency of a rule that asks for several."""

    name: str
    required_minutes: int
    counted_minutes: int
    short_minutes: int


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One requirement, to be shown: a mark, a word, a sentence, its own text and where that was found."""

    code: str
    kind: str
    part_of: str
    depth: int
    is_chosen: bool
    status: str
    tone: str
    word: str
    text: str
    sentence: str
    source_url: str
    source_citation: str
    is_verified: bool
    verification_name: str
    required_minutes: int
    counted_minutes: int
    short_minutes: int
    pieces: tuple[PartReport, ...]
    counted: tuple[Record, ...]
    left_out: tuple[Record, ...]
    to_confirm: tuple[Record, ...]

    @property
    def remarks(self) -> int:
        """How many records do not count here, or are not sure to."""
        return len(self.left_out) + len(self.to_confirm)


@dataclass(frozen=True, kw_only=True)
class Node:
    """A rule with the rules that are part of it: those on the way that is shown, and the other ways."""

    rule: Rule
    parts: tuple["Node", ...]
    others: tuple["Node", ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole evaluation, to be shown. The headline answers "what do I still need?"."""

    name: str
    notice: str
    status: str
    tone: str
    word: str
    headline: str
    due_on: date | None
    required_minutes: int
    counted_minutes: int
    short_minutes: int
    rules: tuple[Rule, ...]
    steps: tuple[str, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The rules as they nest, in the order in which they are written."""
        return self._nodes("")

    def _nodes(self, part_of: str) -> tuple[Node, ...]:
        made = []
        for rule in self.rules:
            if rule.part_of == part_of:
                below = self._nodes(rule.code)
                made.append(
                    Node(
                        rule=rule,
                        parts=tuple(node for node in below if node.rule.is_chosen or not rule.is_chosen),
                        others=tuple(node for node in below if rule.is_chosen and not node.rule.is_chosen),
                    )
                )
        return tuple(made)


TONES = {Status.MET: "good", Status.SHORT: "warn", Status.CANNOT_TELL: "help", Status.WAIVED: "info"}


def _words(status: Status) -> str:
    return {
        Status.MET: _("Met"),
        Status.SHORT: _("Not yet"),
        Status.CANNOT_TELL: _("We cannot tell"),
        Status.WAIVED: _("Not asked for now"),
    }[status]


def _text(texts: Mapping[str, str]) -> str:
    return str(Translated(texts))


def headline(evaluation: Evaluation) -> str:
    """The answer to "what do I still need?", first."""
    if evaluation.status == Status.MET:
        return _("You meet every requirement.")
    if evaluation.status == Status.WAIVED:
        return _("The board asks for none of this now.")
    if evaluation.status == Status.SHORT:
        figures = {"short": spoken(evaluation.short_minutes)}
        if evaluation.due_on:
            return _("You need %(short)s more by %(day)s.") % {**figures, "day": day_in_words(evaluation.due_on)}
        return _("You need %(short)s more.") % figures
    if not evaluation.required_minutes:
        return _("We cannot tell yet: some things only you or the board can confirm.")
    if any(result.reason and result.reason.code == "no_expiry_day" for result in evaluation.results):
        return _("Tell us the day your certificate expires, and we can say what you still need.")
    return _("You have the hours: %(counted)s of %(required)s. Some things only you or the board can confirm.") % {
        "counted": spoken(evaluation.counted_minutes),
        "required": spoken(evaluation.required_minutes),
    }


# --- The whole ----------------------------------------------------------------------------------------------------


def explain(
    evaluation: Evaluation,
    evidence: Iterable[Evidence] = (),
    *,
    competency_names: Mapping[str, str] | None = None,
    authority_names: Mapping[str, str] | None = None,
) -> Report:
    """An evaluation in sentences; `evidence` gives its records their titles and days.

    `authority_names`: those on record, by code. They win over the words of the rules.
    """
    lines = {line.id: line for line in evidence}
    names = names_in(evaluation.rules, competency_names or {}, authority_names or {})
    return Report(
        name=_text(evaluation.rules.name),
        notice=_text(evaluation.rules.notice),
        status=evaluation.status.value,
        tone=TONES[evaluation.status],
        word=_words(evaluation.status),
        headline=headline(evaluation),
        due_on=evaluation.due_on,
        required_minutes=evaluation.required_minutes,
        counted_minutes=evaluation.counted_minutes,
        short_minutes=evaluation.short_minutes,
        rules=tuple(_rule(result, evaluation, lines, names) for result in evaluation.results),
        steps=tuple(step_sentence(step, names) for step in evaluation.steps),
    )


def names_in(
    rules: RequirementSetFacts, competency_names: Mapping[str, str], authority_names: Mapping[str, str]
) -> dict[str, str]:
    """What the codes in rules are called, in the active language."""
    words = {code: _text(texts) for code, texts in rules.words.items()}
    return {**competency_names, **words, **authority_names}


def _depth(result: RequirementResult, evaluation: Evaluation) -> int:
    depth, part_of = 0, result.part_of
    while part_of:
        depth, part_of = depth + 1, evaluation.result(part_of).part_of
    return depth


def _rule(
    result: RequirementResult, evaluation: Evaluation, lines: Mapping[str, Evidence], names: Mapping[str, str]
) -> Rule:
    requirement = result.requirement
    return Rule(
        code=result.code,
        kind=result.kind,
        part_of=result.part_of,
        depth=_depth(result, evaluation),
        is_chosen=result.is_chosen,
        status=result.status.value,
        tone=TONES[result.status],
        word=_words(result.status),
        text=_text(requirement.text),
        sentence=result_sentence(result, names),
        source_url=requirement.source_url,
        source_citation=requirement.source_citation,
        is_verified=requirement.verification == Verification.VERIFIED,
        verification_name=str(Verification(requirement.verification).label),
        required_minutes=result.required_minutes,
        counted_minutes=result.counted_minutes,
        short_minutes=result.short_minutes,
        pieces=tuple(
            PartReport(
                name=part_name(part.code, part.text, names),
                required_minutes=part.required_minutes,
                counted_minutes=part.counted_minutes,
                short_minutes=part.short_minutes,
            )
            for part in result.parts
        ),
        counted=tuple(_record(lines, item.evidence_id, item.minutes) for item in result.counted),
        left_out=tuple(
            _record(lines, item.evidence_id, item.minutes, not_counted_sentence(item, names), item.reason.code)
            for item in result.left_out
            if not is_to_confirm(item)
        ),
        to_confirm=tuple(
            _record(lines, item.evidence_id, item.minutes, not_counted_sentence(item, names), item.reason.code)
            for item in result.left_out
            if is_to_confirm(item)
        ),
    )


def _record(lines: Mapping[str, Evidence], evidence_id: str, minutes: int, reason: str = "", code: str = "") -> Record:
    line = lines.get(evidence_id)
    return Record(
        evidence_id=evidence_id,
        title=(line.title if line else "") or _("Record %(id)s") % {"id": evidence_id},
        provider=line.provider if line else "",
        earned_on=line.earned_on if line else None,
        minutes=minutes,
        reason=reason,
        code=code,
    )


def rules_as_written(rules: RequirementSetFacts, on: date) -> list[dict[str, Any]]:
    """The requirements as they are written down, for a page that judges nobody."""
    return [
        {
            "text": _text(item.text),
            "source_url": item.source_url,
            "source_citation": item.source_citation,
            "is_verified": item.verification == Verification.VERIFIED,
            "verification_name": str(Verification(item.verification).label),
            "waived_to": item.waived_to if item.is_waived(on) else None,
        }
        for item in rules.requirements
    ]
