"""Where a person stands with the rules of a board: the ledger's evidence, judged by curriculum; courses that help."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import prefetch_related_objects

from certificates.data import RequirementReport
from certificates.evidence import evidence_of_many
from courses.data import Outline
from courses.models import CourseCompletion
from courses.services import catalogue
from curriculum import services as curriculum
from curriculum.data import CycleFacts, Step
from curriculum.evaluation import evaluate
from curriculum.facts import binding_day, dossier_of
from curriculum.models import RequirementSet
from curriculum.register import register_facts
from curriculum.reports import explain
from people.models import Organization, User

MOST_COURSES = 3
OFFERED, GIVEN = ("", "self_paced"), ("", "class")  # how the courses of this site are taken, and what they are


def requirement_reports(
    person: User,
    *,
    today: date,
    authority: Organization | None = None,
    in_force: Sequence[RequirementSet] | None = None,
) -> list[RequirementReport]:
    """Return how the person's hours answer the requirements that they work toward, renewals first.

    `authority` narrows it to what this body asks for, whether the person works toward it or not. `in_force`: the sets
    in force, where the caller has them. The number of queries does not grow with people's hours or requirements.
    """
    cycles = curriculum.cycles_of(person)
    if in_force is None:
        in_force = curriculum.names_in_force(today)
    if authority is None:
        sets = curriculum.followed_sets(in_force, cycles)
    else:
        sets = [item for item in in_force if item.credential.authority_id == authority.pk]
    prefetch_related_objects(sets, "requirements")
    framework_of = {item.code: getattr(item.credential.framework, "code", "") for item in sets}
    lines = evidence_of_many([person.pk], set(framework_of.values()))[person.pk]
    cycle_of = {item.code: curriculum.cycle_for(item, person, cycles, today=today) for item in sets}
    days = {item.code: binding_day(item.binding, lines[framework_of[item.code]], None, today) for item in sets}
    names = curriculum.competency_names(set(framework_of.values()))
    register = register_facts({line.provider for found in lines.values() for line in found})
    offered = [course for course in catalogue() if course.adds_up]
    taken = set(CourseCompletion.objects.filter(learner=person, reversed_at=None).values_list("course_key", flat=True))
    answers = []
    for requirement_set in curriculum.bound_versions(sets, days, on=today):
        framework = framework_of[requirement_set.code]
        rules = curriculum.facts_of(requirement_set)
        cycle = cycle_of[requirement_set.code]
        dossier = dossier_of(lines[framework], register, rules, CycleFacts(expires_on=cycle.expires_on))
        evaluation = evaluate(rules, dossier, as_of=today)
        answers.append(
            RequirementReport(
                code=requirement_set.code,
                name=str(requirement_set.name),
                purpose=requirement_set.purpose,
                expires_on=cycle.expires_on,
                is_assumed=cycle.is_assumed,
                report=explain(evaluation, dossier.evidence, competency_names=names[framework]),
                courses=courses_for(evaluation.steps, [item for item in offered if item.key not in taken]),
            )
        )
    return answers


def courses_for(steps: Iterable[Step], courses: Iterable[Outline]) -> tuple[Outline, ...]:
    """Return the courses that give most of the minutes that are still needed, three at most, the best first.

    What must be learned together with others, in practice or at a level is not for a self-paced course to give.
    """
    within_reach = [step for step in steps if step.delivery in OFFERED and step.component in GIVEN and not step.level]

    def worth(course: Outline) -> tuple[int, int]:
        by_code = Counter({share.code: share.minutes for share in course.shares})
        particular = any_sort = 0
        for step in within_reach:
            if step.tags and not step.tags.intersection(course.topics):
                continue
            minutes = min(step.minutes, by_code[step.competency] if step.competency else course.minutes)
            if step.competency or step.tags:
                particular += minutes
            else:
                any_sort += minutes
        return particular, any_sort

    ranked = sorted(((worth(course), course) for course in courses), key=lambda pair: pair[0], reverse=True)
    return tuple(course for figures, course in ranked if any(figures))[:MOST_COURSES]


def set_expiry(person: User, requirement_set_code: str, *, expires_on: date, today: date) -> None:
    """Write down on which day the person's certification expires. Raises CurriculumError."""
    requirement_set = curriculum.requirement_set_in_force(requirement_set_code, today)
    curriculum.set_cycle(
        person, requirement_set.credential, requirement_set.purpose, expires_on=expires_on, today=today
    )
