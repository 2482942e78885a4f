"""Makes sentences of an evaluation, in the active language. Decides nothing: every figure comes from the engine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum.data import Evaluation, Evidence, LeftOut, Reason, RequirementResult, RequirementSetFacts, Status
from curriculum.fields import Translated
from curriculum.models import Verification
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
    parts: tuple[PartReport, ...]
    counted: tuple[Record, ...]
    left_out: tuple[Record, ...]


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


TONES = {Status.MET: "good", Status.SHORT: "warn", Status.CANNOT_TELL: "help", Status.WAIVED: "info"}


def _day(value: date) -> str:
    return date_format(value, "DATE_FORMAT")


def _words(status: Status) -> str:
    return {
        Status.MET: _("Met"),
        Status.SHORT: _("Not yet"),
        Status.CANNOT_TELL: _("We cannot tell"),
        Status.WAIVED: _("Not asked for now"),
    }[status]


def _text(texts: Mapping[str, str]) -> str:
    return str(Translated(texts))


# --- Reasons ------------------------------------------------------------------------------------------------------


def _left_out_sentences() -> dict[str, str]:
    return {
        "counted_already": _("This record is here twice. It counts once."),
        "after_as_of": _("It was earned after %(day)s, the day of this answer."),
        "before_window": _("It was earned before %(first)s, the first day that counts."),
        "after_window": _("It was earned after %(last)s, the last day that counts."),
        "provider_not_approved": _("The board had not approved this provider on %(day)s."),
        "provider_unknown": _("We do not know if the board had approved this provider on %(day)s. It counts for now."),
        "subject_unknown": _("We do not know if the board accepts this subject. It counts for now."),
        "over_cap": _("It is over the limit of %(minutes)s for this way of learning."),
        "other_competency": _("It is about another competency than %(competency)s."),
        "other_topic": _("It is about another topic than %(tag)s."),
        "corrected": _("A correction took this time back."),
    }


def _result_sentences() -> dict[str, str]:
    return {
        "no_expiry_day": _("Tell us the day your certificate expires, and we can count."),
        "nothing_to_judge": _("There are no hours to check yet."),
        "subject_to_confirm": _("Ask the board if it accepts the subject of the records below."),
        "experience_not_held": _("Puente does not keep your work hours. Show the board %(minutes)s of work."),
        "documents_needed": _("You send these to the board yourself."),
        "references_needed": _("You ask for these references and send them to the board yourself."),
        "age_needed": _("Puente does not ask your age. You must be at least %(years)s."),
        "waived": _("The board does not ask for this until %(last)s."),
        "over_cap_by": _("The limit is %(cap)s. You have %(minutes)s more than that, which do not count."),
        "under_cap": _("The limit is %(cap)s. All your hours are within it."),
    }


def _fill(reason: Reason, names: Mapping[str, str]) -> dict[str, Any]:
    """The figures of a reason as a reader says them."""
    filled = {}
    for key, value in reason.parameters.items():
        if isinstance(value, date):
            filled[key] = _day(value)
        elif key in ("minutes", "cap"):
            filled[key] = spoken(abs(value))
        elif key == "competency":
            filled[key] = ", ".join(names.get(code, code) for code in value.split(", "))
        else:
            filled[key] = value
    return filled


def left_out_sentence(left_out: LeftOut, names: Mapping[str, str] | None = None) -> str:
    """Why these minutes do not count here."""
    return _left_out_sentences()[left_out.reason.code] % _fill(left_out.reason, names or {})


def result_sentence(result: RequirementResult, names: Mapping[str, str] | None = None) -> str:
    """The answer to one requirement in one sentence."""
    if result.status == Status.SHORT:
        if result.parts:
            missing = [part for part in result.parts if part.short_minutes]
            listed = "; ".join(f"{(names or {}).get(p.code, p.code)}: {spoken(p.short_minutes)}" for p in missing)
            return _("You still need: %(list)s.") % {"list": listed}
        return _("You have %(counted)s of %(required)s. You need %(short)s more.") % {
            "counted": spoken(result.counted_minutes),
            "required": spoken(result.required_minutes),
            "short": spoken(result.short_minutes),
        }
    if result.reason is None:
        if result.required_minutes:
            return _("You have %(counted)s of %(required)s.") % {
                "counted": spoken(result.counted_minutes),
                "required": spoken(result.required_minutes),
            }
        return _("All your records meet this.")
    if result.reason.code == "provider_to_confirm":
        return _provider_sentence(result.reason)
    return _result_sentences()[result.reason.code] % _fill(result.reason, names or {})


def _provider_sentence(reason: Reason) -> str:
    count, providers = reason.parameters["count"], reason.parameters["providers"]
    if not providers:
        return ngettext(
            "Ask the board if it approved the provider of %(count)s record.",
            "Ask the board if it approved the providers of %(count)s records.",
            count,
        ) % {"count": count}
    return ngettext(
        "Ask the board if it approved the provider of %(count)s record: %(providers)s.",
        "Ask the board if it approved the providers of %(count)s records: %(providers)s.",
        count,
    ) % {"count": count, "providers": providers}


def headline(evaluation: Evaluation) -> str:
    """The answer to "what do I still need?", first."""
    if evaluation.status == Status.MET:
        return _("You meet every requirement.")
    if evaluation.status == Status.WAIVED:
        return _("The board asks for none of this now.")
    if evaluation.status == Status.SHORT:
        figures = {"short": spoken(evaluation.short_minutes)}
        if evaluation.due_on:
            return _("You need %(short)s more by %(day)s.") % {**figures, "day": _day(evaluation.due_on)}
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
    evaluation: Evaluation, evidence: Iterable[Evidence] = (), *, competency_names: Mapping[str, str] | None = None
) -> Report:
    """An evaluation in sentences; `evidence` gives its records their titles and days."""
    lines = {line.id: line for line in evidence}
    names = competency_names or {}
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
        rules=tuple(_rule(result, lines, names) for result in evaluation.results),
    )


def _rule(result: RequirementResult, lines: Mapping[str, Evidence], names: Mapping[str, str]) -> Rule:
    requirement = result.requirement
    return Rule(
        code=result.code,
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
        parts=tuple(
            PartReport(
                name=names.get(part.code, part.code),
                required_minutes=part.required_minutes,
                counted_minutes=part.counted_minutes,
                short_minutes=part.short_minutes,
            )
            for part in result.parts
        ),
        counted=tuple(_record(lines, item.evidence_id, item.minutes) for item in result.counted),
        left_out=tuple(
            _record(lines, item.evidence_id, item.minutes, left_out_sentence(item, names)) for item in result.left_out
        ),
    )


def _record(lines: Mapping[str, Evidence], evidence_id: str, minutes: int, reason: str = "") -> Record:
    line = lines.get(evidence_id)
    return Record(
        evidence_id=evidence_id,
        title=(line.title if line else "") or _("Record %(id)s") % {"id": evidence_id},
        provider=line.provider if line else "",
        earned_on=line.earned_on if line else None,
        minutes=minutes,
        reason=reason,
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
