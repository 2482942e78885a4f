"""An answer that earns the whole mark: for demonstrations, for measuring, and to see that an item can be solved."""

from typing import Any

from quizzes.items.arranging import Case
from quizzes.items.base import WHOLE, ItemSpec


def right_response(spec: ItemSpec) -> Any:
    """An answer to `spec` that earns everything; empty for kinds that a person marks or that are worth nothing."""
    rule = _RULES.get(spec.kind)
    return rule(spec) if rule else []


def _one(spec: Any) -> list[str]:
    return [next(choice.key for choice in spec.choices if choice.weight == WHOLE)]


def _several(spec: Any) -> list[str]:
    return [choice.key for choice in spec.choices if choice.weight > 0]


def _form(answers: Any) -> str:
    """What the first accepted form of the whole mark says."""
    answer = next(answer for answer in answers if answer.weight == WHOLE)
    if not hasattr(answer, "text"):
        return str(answer.value)
    return answer.text.replace(r"\*", "\0").replace("*", "").replace("\0", "*") if answer.is_pattern else answer.text


def _numeric(spec: Any) -> dict[str, str]:
    unit = next((unit.name for unit in spec.units if unit.multiplier == "1"), "")
    return {"text": _form(spec.answers)} | ({"unit": unit} if unit else {})


def _gap(gap: Any) -> str:
    return _one(gap)[0] if gap.kind == "select" else _form(gap.answers)


def _way(case: Case) -> list[str]:
    nodes = {node.key: node for node in case.nodes}
    worth: dict[str, int] = {"": 0}
    stack = [case.start]
    while stack:
        waiting = [reply.next for reply in nodes[stack[-1]].choices if reply.next not in worth]
        if waiting:
            stack.append(waiting[0])
            continue
        key = stack.pop()
        worth[key] = max((reply.weight + worth[reply.next] for reply in nodes[key].choices), default=0)
    here, way = case.start, []
    while here and nodes[here].choices:
        best = max(nodes[here].choices, key=lambda reply: reply.weight + worth[reply.next])
        way.append(best.key)
        here = best.next
    return way


_RULES: dict[str, Any] = {
    "single_choice": _one,
    "true_false": _one,
    "multiple_choice": _several,
    "image_choice": lambda spec: _several(spec) if spec.is_multiple else _one(spec),
    "matching": lambda spec: {prompt.key: prompt.match for prompt in spec.prompts},
    "ordering": lambda spec: [entry.key for entry in spec.entries],
    "gap_select": lambda spec: {gap.key: gap.right for gap in spec.gaps},
    "cloze": lambda spec: {gap.key: _gap(gap) for gap in spec.gaps},
    "short_text": lambda spec: {"text": _form(spec.answers)},
    "numeric": _numeric,
    "hotspot": lambda spec: {
        "regions": [
            region.key for region in spec.regions if (region.weight > 0 if spec.is_multiple else region.weight == WHOLE)
        ][: None if spec.is_multiple else 1]
    },
    "case": _way,
}
