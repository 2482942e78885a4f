"""Rules that share no minutes with others: work, supervised practice, papers, tests, facts of the person, days."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from curriculum.data import Counted, Evidence, LeftOut, Reason, RequirementFacts, RequirementResult, Status
from curriculum.evaluation.days import months_before
from curriculum.evaluation.intake import Intake, is_outside, left_out, outside


def _hours_of(
    requirement: RequirementFacts, intake: Intake, lines: list[Evidence], nothing: str, missing: str
) -> RequirementResult:
    """Hours of their own. With none on record nobody can tell; with some, what lacks is short."""
    figures = requirement.parameters
    window = intake.window(figures)
    counted: list[Counted] = []
    losses: list[LeftOut] = []
    tags = set(figures.get("tags", ()))
    for line in sorted(lines, key=lambda line: (line.earned_on, line.id)):
        if window and is_outside(line, window):
            losses.append(outside(line, line.minutes, window))
        elif tags and tags.isdisjoint(line.tags):
            losses.append(left_out(line, line.minutes, "other_topic", tag=", ".join(sorted(tags))))
        else:
            counted.append(Counted(evidence_id=line.id, minutes=line.minutes))
    required = figures["minutes"]
    total = max(0, sum(item.minutes for item in counted))
    papers = [kind for kind in figures.get("documents", ()) if not _has_paper(intake, kind)]
    status, reason, short = Status.MET, None, 0
    if total < required:
        short = required - total if lines else 0
        status = Status.SHORT if lines else Status.CANNOT_TELL
        reason = None if lines else Reason(code=nothing, parameters={"minutes": required})
    elif papers:
        status, reason = Status.CANNOT_TELL, Reason(code=missing, parameters={"documents": tuple(papers)})
    return RequirementResult(
        requirement=requirement,
        status=status,
        required_minutes=required,
        counted_minutes=total,
        short_minutes=short,
        counted=tuple(counted),
        left_out=tuple(losses),
        reason=reason,
        window=window,
    )


def _experience(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    return _hours_of(requirement, intake, intake.experience, "experience_not_held", "hours_to_confirm")


def _supervision(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    components = set(requirement.parameters["components"])
    lines = [line for line in intake.lines if line.component in components]
    return _hours_of(requirement, intake, lines, "supervision_not_held", "hours_to_confirm")


def _has_paper(intake: Intake, kind: str) -> bool:
    return any(document.kind == kind for document in intake.dossier.documents)


def _fact(requirement: RequirementFacts, status: Status, code: str = "", **figures: object) -> RequirementResult:
    reason = Reason(code=code, parameters=figures) if code else None
    return RequirementResult(requirement=requirement, status=status, reason=reason)


def _documents(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    wanted = requirement.parameters["documents"]
    missing = tuple(kind for kind in wanted if not _has_paper(intake, kind))
    if not missing:
        return _fact(requirement, Status.MET, "documents_shown", documents=tuple(wanted))
    return _fact(requirement, Status.CANNOT_TELL, "documents_needed", documents=missing)


def _references(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    """So many references, each speaking for enough competencies, and together for all (272 CMR 4.03)."""
    figures = requirement.parameters
    wanted = set(figures["competencies"])
    each, count = figures["each_at_least"], figures["count"]
    forms = [document.covers & wanted for document in intake.dossier.documents if document.kind == "reference"]
    if not forms:
        return _fact(requirement, Status.CANNOT_TELL, "references_needed", **figures)
    good = [covers for covers in forms if len(covers) >= each]
    if len(good) < count:
        thin = len(forms) - len(good)
        shown = {"count": count, "good": len(good), "thin": thin, "each_at_least": each}
        return _fact(requirement, Status.SHORT, "references_too_few", **shown)
    lacking = wanted.difference(*good)
    if lacking:
        return _fact(requirement, Status.SHORT, "references_leave_out", competency=", ".join(sorted(lacking)))
    return _fact(requirement, Status.MET, "references_enough", count=len(good))


def _assessment(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    """A test passed; with competencies, one that covers each of them. Papers of kind "assessment" count as passed."""
    figures = requirement.parameters
    percent, wanted = figures.get("percent"), set(figures.get("competencies", ()))
    sat = [line for line in intake.lines if line.component == "assessment"]
    papers = [document.covers for document in intake.dossier.documents if document.kind == "assessment"]
    if not sat and not papers:
        return _fact(requirement, Status.CANNOT_TELL, "assessment_not_held")
    if "attempts" in figures and len(sat) > figures["attempts"]:
        return _fact(requirement, Status.CANNOT_TELL, "assessment_too_often", attempts=figures["attempts"])
    scored = [line for line in sat if percent is None or line.score_percent is not None]
    passed = [line for line in scored if percent is None or (line.score_percent or 0) >= percent]
    covered = {code for line in passed for code in line.competencies} | {code for paper in papers for code in paper}
    if (passed or papers) and wanted <= covered:
        return _fact(requirement, Status.MET, "assessment_passed")
    if len(scored) < len(sat):
        return _fact(requirement, Status.CANNOT_TELL, "assessment_without_score")
    if wanted - covered and (passed or papers):
        return _fact(requirement, Status.SHORT, "assessment_leaves_out", competency=", ".join(sorted(wanted - covered)))
    return _fact(requirement, Status.SHORT, "assessment_not_passed", percent=percent or 0)


def _person(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    figures, person = requirement.parameters, intake.dossier.person
    unknown, failed = [], []
    if "years" in figures:
        if person.age is None:
            unknown.append("age")
        elif person.age < figures["years"]:
            failed.append("age")
    for key, value in (("residences", person.residence), ("education", person.education)):
        if key in figures:
            if not value:
                unknown.append(key)
            elif value not in figures[key]:
                failed.append(key)
    if failed:
        return _fact(requirement, Status.SHORT, "person_does_not_fit", what=tuple(failed), **figures)
    if unknown == ["age"]:
        return _fact(requirement, Status.CANNOT_TELL, "age_needed", years=figures["years"])
    if unknown:
        return _fact(requirement, Status.CANNOT_TELL, "person_to_confirm", what=tuple(unknown))
    return _fact(requirement, Status.MET, "person_fits")


def _filing_window(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    """When to apply. Too early is not yet a lack; too late is for the board to say."""
    figures, due = requirement.parameters, intake.expires_on
    if due is None:
        return _fact(requirement, Status.CANNOT_TELL, "no_expiry_day")
    opens = due - timedelta(days=figures["earliest_days"]) if "earliest_days" in figures else None
    closes = due - timedelta(days=figures.get("latest_days", 0))
    if intake.as_of > closes:
        return _fact(requirement, Status.CANNOT_TELL, "filing_too_late", last=closes)
    if opens and intake.as_of < opens:
        return _fact(requirement, Status.MET, "filing_opens", first=opens, last=closes)
    return _fact(requirement, Status.MET, "filing_open", last=closes)


def _first_cycle(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    is_first = intake.dossier.cycle.is_first
    if is_first is None:
        return _fact(requirement, Status.MET, "first_cycle_unknown")
    if not is_first:
        return _fact(requirement, Status.MET, "not_first_cycle")
    return _fact(requirement, Status.MET, "first_cycle_exempt" if intake.is_exempt else "first_cycle_prorated")


def _lapse(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    figures, due = requirement.parameters, intake.due_on
    if due is None:
        return _fact(requirement, Status.CANNOT_TELL, "no_expiry_day")
    if not intake.is_lapsed:
        return _fact(requirement, Status.MET, "not_lapsed", day=due)
    if "grace_months" in figures and intake.as_of <= months_before(due, -figures["grace_months"]):
        return _fact(requirement, Status.MET, "lapsed_in_grace", day=months_before(due, -figures["grace_months"]))
    missing = tuple(kind for kind in figures.get("documents", ()) if not _has_paper(intake, kind))
    if missing:
        return _fact(requirement, Status.CANNOT_TELL, "lapsed_documents", day=due, documents=missing)
    if "documents" not in figures and "lookback_months" not in figures:
        return _fact(requirement, Status.CANNOT_TELL, "lapsed_ask", day=due)
    return _fact(requirement, Status.MET, "lapsed", day=due)


def _extension(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
    if intake.extended_to:
        return _fact(requirement, Status.MET, "extended", day=intake.extended_to)
    return _fact(requirement, Status.MET, "extension_can_be_asked", days=requirement.parameters["days"])


def _read_by_intake(code: str) -> Callable[[RequirementFacts, Intake], RequirementResult]:
    def rule(requirement: RequirementFacts, intake: Intake) -> RequirementResult:
        return _fact(requirement, Status.MET, code, **requirement.parameters)

    return rule


RULES: Mapping[str, Callable[[RequirementFacts, Intake], RequirementResult]] = {
    "experience": _experience,
    "supervision": _supervision,
    "documents": _documents,
    "references": _references,
    "assessment": _assessment,
    "person_eligibility": _person,
    "filing_window": _filing_window,
    "first_cycle": _first_cycle,
    "lapse": _lapse,
    "extension": _extension,
    "carry_over": _read_by_intake("carry_over"),
    "rounding": _read_by_intake("rounding"),
    "conversion": _read_by_intake("conversion"),
}
