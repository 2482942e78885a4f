"""Rules for marks that no template of QTI has: numbers that are near enough."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from quizzes.formats.gift_writing import bounds_text
from quizzes.formats.xml import Element
from quizzes.items import WHOLE
from quizzes.items.writing import AcceptedNumber

Add = Callable[..., Element]


def is_exact(answers: Sequence[AcceptedNumber]) -> bool:
    """Whether a map of values says all of it."""
    return all(one.tolerance_kind == "absolute" and not Decimal(one.tolerance) for one in answers)


def write_numbers(
    add: Add, root: Element, name: str, answers: Sequence[AcceptedNumber], share: Callable[[int], str]
) -> None:
    """The rule of a number: the first answer that is near enough decides, as here. `share` turns a weight to points."""
    condition = add(add(root, "qti-response-processing"), "qti-response-condition")
    right = next((one for one in answers if one.weight == WHOLE and one.tolerance_kind != "any"), None)
    for turn, answer in enumerate(answers):
        branch = add(condition, "qti-response-else-if" if turn else "qti-response-if")
        _compare(add, branch, name, answer, is_right=answer is right)
        score = add(branch, "qti-set-outcome-value", identifier="SCORE")
        add(score, "qti-base-value", share(answer.weight), base_type="float")


def _compare(add: Add, branch: Element, name: str, answer: AcceptedNumber, *, is_right: bool) -> None:
    if answer.tolerance_kind == "any":
        add(add(add(branch, "qti-not"), "qti-is-null"), "qti-variable", identifier=name)
        return
    if answer.tolerance_kind in ("range", "geometric"):
        both = add(branch, "qti-and")
        for sign, end in zip(("qti-gte", "qti-lte"), bounds_text(answer), strict=True):
            compared = add(both, sign)
            add(compared, "qti-variable", identifier=name)
            add(compared, "qti-base-value", end, base_type="float")
        return
    width = Decimal(answer.tolerance) * (100 if answer.tolerance_kind == "relative" else 1)
    attributes = {"tolerance_mode": answer.tolerance_kind, "tolerance": f"{width:f} {width:f}"}
    compared = add(branch, "qti-equal", **(attributes if width else {"tolerance_mode": "exact"}))
    add(compared, "qti-variable", identifier=name)
    if is_right:
        add(compared, "qti-correct", identifier=name)
    else:
        add(compared, "qti-base-value", answer.value, base_type="float")
