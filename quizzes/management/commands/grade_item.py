"""Grade answers to an item without a database, so that grading can be checked from outside: see docs/item-grading.md.

Exit status: 0 graded, 2 refused (a line for each fault).
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from pydantic import ValidationError

from quizzes import items
from quizzes.errors import GradingRefused

LARGEST_FILE = 10_000_000  # bytes
LARGEST_RESPONSES = 10_000
LONGEST_NUMBER = 40  # digits


class Command(BaseCommand):
    help = __doc__
    # Nothing here needs a database, a site or a session.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE", help="a JSON file; - for standard input")
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    def handle(self, *args, **options) -> None:
        try:
            answer = graded(self._content(options["file"]))
        except GradingRefused as error:
            self.stderr.write(str(error))
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False))
            return
        for number, marks in enumerate(answer["responses"], start=1):
            words = (
                "waits for a person" if marks["needs_person"] else f"{marks['earned']} of {marks['maximum']} hundredths"
            )
            self.stdout.write(f"{number}: {words}")

    @staticmethod
    def _content(file: str) -> bytes:
        try:
            with sys.stdin.buffer if file == "-" else Path(file).open("rb") as handle:
                content = handle.read(LARGEST_FILE + 1)
        except OSError as error:
            raise GradingRefused([f"{file}: cannot be read: {error.strerror}."]) from error
        if len(content) > LARGEST_FILE:
            raise GradingRefused([f"{file}: is larger than {LARGEST_FILE} bytes."])
        return content


def graded(content: bytes) -> dict[str, Any]:
    """The marks of every response in the file. Raises GradingRefused with a line for each fault."""
    spec, responses, rubrics = _read(content)
    question, _answer_key = items.split(spec)
    faults = [
        f"responses.{at}: {fault.code}{_context(fault)}"
        for at, response in enumerate(responses)
        for fault in items.response_faults(question, response)
    ]
    if faults:
        raise GradingRefused(faults)
    marks = [items.grade(spec, response) for response in responses]
    for at, levels in enumerate(rubrics):
        if levels is not None:
            try:
                marks[at] = items.grade_rubric(spec, levels)
            except KeyError as error:
                faults.append(f"rubrics.{at}: {error.args[0]} is not in the rubric.")
    if faults:
        raise GradingRefused(faults)
    return {"kind": spec.kind, "points": spec.points, "responses": [_as_json(one) for one in marks]}


def _read(content: bytes) -> tuple[items.ItemSpec, list[Any], list[dict[str, str] | None]]:
    try:
        value = json.loads(content, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole_number)
    except (ValueError, RecursionError) as error:
        raise GradingRefused([f"the file: is not JSON: {error}."]) from error
    if not isinstance(value, dict) or not {"item", "responses"} <= set(value) <= {"item", "responses", "rubrics"}:
        raise GradingRefused(['the file: must be {"item": …, "responses": […]}, and nothing else but "rubrics".'])
    responses, rubrics = value["responses"], value.get("rubrics", [])
    faults = []
    if not isinstance(responses, list) or len(responses) > LARGEST_RESPONSES:
        faults.append(f"responses: must be a list of at most {LARGEST_RESPONSES}.")
    elif not isinstance(rubrics, list) or len(rubrics) > len(responses) or not all(map(_is_rubric, rubrics)):
        faults.append("rubrics: must be a list with, for a response each, null or {criterion: level}.")
    try:
        if not isinstance(value["item"], dict):
            raise GradingRefused(["item: must be an object.", *faults])
        spec = items.read_item(value["item"])
    except ValidationError as error:
        lines = [
            "item.kind: is missing or not known." if code.startswith("union_tag") else f"item.{place}: {sentence}"
            for place, code, sentence in items.spec_faults(error)
        ]
        raise GradingRefused([line.replace("item.item:", "item:") for line in lines] + faults) from error
    if rubrics and not getattr(spec, "rubric", ()):
        faults.append("rubrics: this item has no rubric.")
    if faults:
        raise GradingRefused(faults)
    return spec, responses, rubrics


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different: of two that are the same, readers take the one or the other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _value in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f"the name “{twice[:40]}” is there twice in one object")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _whole_number(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER} digits")
    return int(text)


def _is_rubric(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and all(isinstance(level, str) for level in value.values()))


def _context(fault: items.Fault) -> str:
    return "".join(f" ({name} {value})" for name, value in fault.context.items())


def _as_json(marks: items.Marks) -> dict[str, Any]:
    return {
        "earned": marks.earned,
        "maximum": marks.maximum,
        "is_complete": marks.is_complete,
        "needs_person": marks.needs_person,
        "parts": [{"key": part.key, "earned": part.earned} for part in marks.parts],
        "feedback": list(marks.feedback),
    }
