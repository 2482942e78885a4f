"""What an answer earns by the behaviour of its attempt: checks and certainty on top of what it earns by itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from quizzes import behaviours, items
from quizzes.data import QuestionState
from quizzes.models import Attempt, AttemptItem, ItemVersion, ResponseCheck


def with_checks(attempt: Attempt, rows: Iterable[AttemptItem]) -> None:
    """Give each row its attempt, and the checks of its answers. One query where answers can be checked, else none."""
    checks: dict[int, list[ResponseCheck]] = defaultdict(list)
    if attempt.behaviour in behaviours.CHECKING:
        for check in ResponseCheck.objects.filter(attempt_item__attempt=attempt).order_by("number"):
            checks[check.attempt_item_id].append(check)
    for row in rows:
        row.attempt = attempt
        row.checks = checks[row.pk]


def checks_of(row: AttemptItem) -> list[ResponseCheck]:
    """The checks of one question: those that `with_checks` fetched, else by a query where there can be any."""
    if row.checks is not None:
        return row.checks
    if row.attempt.behaviour not in behaviours.CHECKING:
        return []
    return list(ResponseCheck.objects.filter(attempt_item=row).order_by("number"))


def spec_for(row: AttemptItem, version: ItemVersion) -> items.ItemSpec:
    """What grades an answer under `version`. What the question is worth stays as the learner was told."""
    if version.pk == row.version_id:
        return version.spec
    return items.merge(version.question | {"points": row.version.question["points"]}, version.answer_key)


def earned_by(row: AttemptItem, raw: items.Marks, version: ItemVersion) -> int:
    """What the answer that stands earns. `raw` is what it earns by itself under `version`, by which answers that were
    checked before are graded too where it is not the one that was asked. The row has a response."""
    response = row.response
    behaviour = row.attempt.behaviour
    if behaviour == behaviours.CERTAINTY:
        if items.is_empty(response.value):
            return 0
        return behaviours.marks_by_certainty(raw.earned, raw.maximum, response.certainty)
    checks = checks_of(row)
    if not checks:
        return raw.earned
    return behaviours.marks_of(
        behaviour,
        [
            check.earned
            if version.pk == row.version_id or items.response_faults(version.question, check.value)
            else items.grade(spec_for(row, version), check.value).earned
            for check in checks
        ],
        raw.earned if response.value != checks[-1].value else None,
        maximum=raw.maximum,
        penalty=row.version.question["penalty"],
    )


def state_of(asked: AttemptItem, checks: Sequence[ResponseCheck]) -> QuestionState:
    """Where a question stands after these checks; its version has both halves, its attempt the behaviour."""
    question = asked.version.question
    return behaviours.state_of(
        asked.attempt.behaviour,
        [check.earned for check in checks],
        maximum=question["points"] * items.HUNDREDTHS,
        penalty=question["penalty"],
        hints=len(asked.version.answer_key.get("hints", ())),
    )
