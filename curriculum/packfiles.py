"""Packs judged without a database: by code or by folder, with their own test cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from curriculum.data import Dossier, Evaluation, RequirementResult, RequirementSetFacts
from curriculum.dossiers import dossier_of
from curriculum.errors import DataFileError, NoRequirementSet
from curriculum.evaluation import evaluate, next_fixed_day
from curriculum.facts import binding_day
from curriculum.files import Entry, open_yaml
from curriculum.loading import PACKS, PackFile, competencies_of, read_frameworks, read_pack
from curriculum.reports import Record, Report, Rule, explain


@dataclass(frozen=True, kw_only=True)
class Case:
    """One test case of a pack: evidence, the day asked about, and what must be answered."""

    name: str
    as_of: date
    dossier: Dossier
    expect: Mapping[str, Any]


def find_pack(code_or_folder: str, *, folder: Path = PACKS) -> list[PackFile]:
    """The versions of a pack, given by its code or as a folder. Raises NoRequirementSet, DataFileError."""
    known = folder / code_or_folder
    chosen = known if known.parent == folder and known.is_dir() else Path(code_or_folder)
    files = sorted(chosen.glob("pack*.yaml")) if chosen.is_dir() else []
    if not files:
        names = ", ".join(sorted(path.name for path in folder.iterdir() if path.is_dir()))
        raise NoRequirementSet(f"{code_or_folder}: no such pack, and no folder with a pack.yaml. Packs: {names}.")
    return [read_pack(path, loose=True) for path in files]


def rules_of(pack: PackFile) -> RequirementSetFacts:
    """A pack as the engine reads it."""
    return RequirementSetFacts(
        code=pack.code,
        version=pack.version,
        purpose=pack.purpose,
        name=pack.name,
        notice=pack.notice,
        words=pack.words,
        minutes_per_hour=pack.minutes_per_hour,
        effective_from=pack.effective_from,
        effective_to=pack.effective_to,
        requirements=pack.requirements,
    )


def version_for(packs: Sequence[PackFile], dossier: Dossier, as_of: date) -> PackFile:
    """The version that counts for a person: the highest that is in force on its binding day.

    Where none is (rules whose first day is not known to us), the one that comes nearest.
    """
    newest_first = sorted(packs, key=lambda pack: -pack.version)
    for pack in newest_first:
        if _is_in_force(pack, binding_day(pack.binding, dossier.evidence, dossier.cycle.starts_on, as_of)):
            return pack
    return min(newest_first, key=lambda pack: abs(((pack.effective_from or as_of) - as_of).days))


def _is_in_force(pack: PackFile, day: date) -> bool:
    return (pack.effective_from or day) <= day <= (pack.effective_to or day)


def with_cycle(pack: PackFile, dossier: Dossier, as_of: date) -> Dossier:
    """The dossier with the next fixed expiry day of a renewal, where the file says none."""
    credential = pack.credential
    if dossier.cycle.expires_on or pack.purpose != "renewal" or not credential or not credential.fixed_expiry_month:
        return dossier
    assumed = next_fixed_day(
        as_of,
        month=credential.fixed_expiry_month,
        day=credential.fixed_expiry_day or 1,
        years=credential.fixed_expiry_years,
    )
    return replace(dossier, cycle=replace(dossier.cycle, expires_on=assumed))


def judge(pack: PackFile, dossier: Dossier, *, as_of: date) -> Evaluation:
    """What a dossier is worth by a pack on a day."""
    return evaluate(rules_of(pack), with_cycle(pack, dossier, as_of), as_of=as_of)


def report_of(pack: PackFile, evaluation: Evaluation, dossier: Dossier) -> Report:
    """The answer in sentences of the active language."""
    framework = pack.credential.framework if pack.credential else ""
    names = {
        item.code: str(item.name) for file in read_frameworks() if file.code == framework for item in file.competencies
    }
    return explain(evaluation, dossier.evidence, competency_names=names)


def as_json(pack: PackFile, evaluation: Evaluation, report: Report) -> dict[str, Any]:
    """The answer as docs/requirement-evidence.md describes it."""
    return {
        "pack": pack.code,
        "version": pack.version,
        "as_of": evaluation.as_of.isoformat(),
        "due_on": evaluation.due_on.isoformat() if evaluation.due_on else None,
        "status": evaluation.status.value,
        "headline": report.headline,
        "required_minutes": evaluation.required_minutes,
        "counted_minutes": evaluation.counted_minutes,
        "short_minutes": evaluation.short_minutes,
        "competency_minutes": dict(evaluation.competency_minutes),
        "rules": [_rule_as_json(result, rule) for result, rule in zip(evaluation.results, report.rules, strict=True)],
        "shortest_way": [
            {
                "minutes": step.minutes,
                "text": text,
                "competency": step.competency or None,
                "tags": sorted(step.tags),
                "delivery": step.delivery or None,
                "authorities": sorted(step.authorities),
                "settles": list(step.settles),
            }
            for step, text in zip(evaluation.steps, report.steps, strict=True)
        ],
        "notice": report.notice,
    }


def _rule_as_json(result: RequirementResult, rule: Rule) -> dict[str, Any]:
    return {
        "id": result.code,
        "kind": result.kind,
        "part_of": result.part_of or None,
        "chosen": result.is_chosen,
        "status": result.status.value,
        "minutes": result.counted_minutes,
        "required_minutes": result.required_minutes,
        "short_minutes": result.short_minutes,
        "text": rule.text,
        "sentence": rule.sentence,
        "source": {"url": result.source_url, "citation": result.source_citation, "verified": rule.is_verified},
        "parts": [
            {
                "code": part.code,
                "required_minutes": part.required_minutes,
                "minutes": part.counted_minutes,
                "short_minutes": part.short_minutes,
            }
            for part in result.parts
        ],
        "counted": [{"id": item.evidence_id, "minutes": item.minutes} for item in result.counted],
        "not_counted": [_record_as_json(record) for record in rule.left_out],
        "to_confirm": [_record_as_json(record) for record in rule.to_confirm],
    }


def _record_as_json(record: Record) -> dict[str, Any]:
    return {"id": record.evidence_id, "minutes": record.minutes, "reason": record.reason, "code": record.code}


# --- A pack's own cases -------------------------------------------------------------------------------------------


def read_cases(folder: Path) -> list[Case]:
    """The test cases of a pack. Raises DataFileError, DossierFaults."""
    path = folder / "cases.yaml"
    value, _digest = open_yaml(path, f"{folder.name}/cases.yaml")
    if not isinstance(value, list) or not value:
        raise DataFileError(f"{folder.name}/cases.yaml: must be a list of cases.")
    competencies = competencies_of(read_pack(next(iter(sorted(folder.glob("pack*.yaml")))), loose=True))
    cases = []
    for index, item in enumerate(value, start=1):
        entry = Entry(item, f"{folder.name}/cases.yaml", f"[{index}]")
        as_of = entry.day("as_of")
        case = Case(
            name=entry.text("name"),
            as_of=as_of,
            dossier=dossier_of(entry.take("evidence"), as_of=as_of, competencies=competencies),
            expect=entry.take("expect"),
        )
        entry.done()
        cases.append(case)
    return cases


def differences(evaluation: Evaluation, expect: Mapping[str, Any]) -> list[str]:
    """Where an answer is not what a case expects; empty where it is."""
    answers: dict[str, Any] = {
        "status": evaluation.status.value,
        "counted_minutes": evaluation.counted_minutes,
        "short_minutes": evaluation.short_minutes,
        "required_minutes": evaluation.required_minutes,
    }
    found = [
        f"{key}: {answers.get(key)!r}, not {value!r}"
        for key, value in expect.items()
        if key != "rules" and answers.get(key) != value
    ]
    for code, wanted in expect.get("rules", {}).items():
        result = next((result for result in evaluation.results if result.code == code), None)
        if result is None:
            found.append(f"{code}: no such rule")
            continue
        given: dict[str, Any] = {
            "status": result.status.value,
            "minutes": result.counted_minutes,
            "short": result.short_minutes,
            "chosen": result.is_chosen,
            "reason": result.reason.code if result.reason else None,
        }
        found += [
            f"{code}.{key}: {given.get(key)!r}, not {value!r}"
            for key, value in wanted.items()
            if given.get(key) != value
        ]
    return found
