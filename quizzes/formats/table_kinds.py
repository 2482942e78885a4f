"""Kinds of items that a person can write in the columns of a table: right answers in one cell, wrong ones in another.

One answer a line. A weight in percent may stand at the end of a line, as "half right [50 %]".
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from quizzes import items
from quizzes.formats.gift import accepted_text, truth_words
from quizzes.formats.moodle_kinds import decimal_of
from quizzes.formats.shapes import Fault, Notes, keys_for
from quizzes.formats.texts import decimal_text, plain_of
from quizzes.formats.weights import millionths, percent, round_half_up
from quizzes.items import WHOLE, ItemSpec

KINDS = (
    "single_choice", "multiple_choice", "true_false", "short_text", "numeric", "matching", "ordering", "essay",
    "survey", "description",
)  # fmt: skip
_WEIGHT = re.compile(r"^(?P<text>.*?)\s*\[(?P<weight>-?[\d.,]+)\s*%\]$")
_RANGE = re.compile(r"^(\S+)\s*(?:\.\.|…)\s*(\S+)$")
_TOLERANCE = re.compile(r"^(\S+)\s*(?:±|\+/-)\s*(\S+)$")


def answers_of(spec: ItemSpec, language: str) -> tuple[list[str], list[str]]:
    """Right and wrong answers of an item in a language, one a line, for people to read."""
    if isinstance(spec, items.SingleChoice | items.MultipleChoice | items.TrueFalse):
        said = [(choice.text.get(language, ""), choice.weight) for choice in spec.choices]
        right = [_line(text, weight) for text, weight in said if weight > 0 and text]
        return right, [_line(text, weight) for text, weight in said if weight <= 0 and text]
    if isinstance(spec, items.ShortText):
        return [_line(answer.text, answer.weight) for answer in spec.answers], []
    if isinstance(spec, items.Ordering):
        return [plain_of(entry.text.get(language, "")) for entry in spec.entries], []
    if isinstance(spec, items.Matching):
        texts = {match.key: plain_of(match.text.get(language, "")) for match in spec.matches}
        used = {prompt.match for prompt in spec.prompts}
        pairs = [f"{plain_of(p.text.get(language, ''))} -> {texts[p.match]}" for p in spec.prompts]
        return pairs, [text for key, text in texts.items() if key not in used]
    return [], []


def _line(text: str, weight: int) -> str:
    shown = " ".join(text.split())
    return shown if weight in (0, WHOLE) else f"{shown} [{percent(weight)} %]"


def values_of(cells: Mapping[str, str], notes: Notes) -> dict[str, Any]:
    """The values of a spec from the columns of a row. Raises Fault."""
    kind = cells.get("kind") or _guess(cells)
    if kind not in KINDS:
        if kind in items.KINDS:
            raise Fault(_("Items of the kind “%(kind)s” need the column “item”.") % {"kind": kind})
        raise Fault(_("The kind “%(kind)s” is not known.") % {"kind": kind[:40]})
    reader = _RowReader(cells, notes)
    values: dict[str, Any] = {"kind": kind, "stem": {}, **getattr(reader, f"read_{kind}")()}
    return values


def _guess(cells: Mapping[str, str]) -> str:
    """What a row without a kind is, by its answers."""
    right = [line for name, cell in cells.items() if name.startswith("right_") for line in cell.splitlines()]
    wrong = any(cell for name, cell in cells.items() if name.startswith("wrong_"))
    if not right:
        return "survey" if wrong else "description"
    first = next(cell for name, cell in cells.items() if name.startswith("right_") and cell).splitlines()
    if wrong:
        return "multiple_choice" if len(first) > 1 else "single_choice"
    return "short_text"


class _RowReader:
    def __init__(self, cells: Mapping[str, str], notes: Notes) -> None:
        self.cells, self.notes = cells, notes
        self.right, self.wrong = self._lines("right"), self._lines("wrong")

    def _lines(self, column: str) -> dict[str, list[str]]:
        found = {}
        for name, cell in self.cells.items():
            lines = [line.strip() for line in cell.splitlines() if line.strip()]
            if name.startswith(f"{column}_") and lines:
                found[name.split("_", 1)[1]] = lines
        if len({len(lines) for lines in found.values()}) > 1:
            raise Fault(_("The languages do not have the same number of answers."))
        return found

    def _texts(self, lines: Mapping[str, list[str]]) -> list[dict[str, str]]:
        count = len(next(iter(lines.values()), []))
        return [{code: some[place] for code, some in lines.items()} for place in range(count)]

    def _keys(self, count: int) -> list[str]:
        return keys_for(repr(sorted(self.cells.items())), count)

    def _weighted(self, text: Mapping[str, str], default: int) -> tuple[dict[str, str], int]:
        said, weight = {}, default
        for code, line in text.items():
            found = _WEIGHT.match(line)
            number = decimal_of(found["weight"]) if found else None
            if found and number is not None and -100 <= number <= 100:
                said[code], weight = found["text"], millionths(number)
            else:
                said[code] = line
        return said, weight

    def _choices(self, default: int) -> list[dict[str, Any]]:
        given = [(text, default) for text in self._texts(self.right)] + [(text, 0) for text in self._texts(self.wrong)]
        choices = []
        for key, (text, weight) in zip(self._keys(len(given)), given, strict=True):
            said, own = self._weighted(text, weight)
            choices.append({"key": key, "text": said, "weight": own})
        return choices

    def read_single_choice(self) -> dict[str, Any]:
        return {"choices": self._choices(WHOLE)}

    def read_multiple_choice(self) -> dict[str, Any]:
        count = max(1, len(self._texts(self.right)))
        choices = self._choices(round_half_up(WHOLE, count))
        scoring = "with_penalty" if any(choice["weight"] < 0 for choice in choices) else "all_or_nothing"
        return {"choices": choices, "scoring": scoring}

    def read_true_false(self) -> dict[str, Any]:
        languages = list(self.right) or ["en"]
        said = next(iter(self.right.values()), [""])[0].casefold()
        truths = {word.casefold(): place for code in languages for place, word in enumerate(truth_words(code))}
        truths |= {"true": 0, "false": 1, "t": 0, "f": 1, "1": 0, "0": 1}
        if said not in truths:
            raise Fault(_("“%(text)s” is neither true nor false.") % {"text": said[:40]})
        return {
            "choices": [
                {
                    "key": key,
                    "text": {code: truth_words(code)[place] for code in languages},
                    "weight": WHOLE if place == truths[said] else 0,
                }
                for place, key in enumerate(self._keys(2))
            ]
        }

    def read_short_text(self) -> dict[str, Any]:
        answers = []
        for code, lines in self.right.items():
            for line in lines:
                text, weight = self._weighted({code: line}, WHOLE)
                answer = {
                    **accepted_text(text[code]),
                    "weight": weight,
                    "language": code if len(self.right) > 1 else "",
                }
                answers.append(answer)
        return {"answers": answers}

    def read_numeric(self) -> dict[str, Any]:
        answers = []
        for line in next(iter(self.right.values()), []):
            text, weight = self._weighted({"": line}, WHOLE)
            answers.append({**_number(text[""]), "weight": weight})
        return {"answers": answers}

    def read_matching(self) -> dict[str, Any]:
        pairs = self._texts(self.right)
        extra = self._texts(self.wrong)
        keys = self._keys(2 * len(pairs) + len(extra))
        matches: dict[str, dict[str, Any]] = {}
        prompts = []
        for number, pair in enumerate(pairs):
            halves = {code: line.partition("->") for code, line in pair.items()}
            if not all(arrow and two.strip() for _one, arrow, two in halves.values()):
                raise Fault(_("A pair is written one -> other."))
            match = {code: two.strip() for code, (_one, _arrow, two) in halves.items()}
            entry = matches.setdefault(repr(match), {"key": keys[2 * number], "text": match})
            prompt = {code: one.strip() for code, (one, _arrow, _two) in halves.items()}
            prompts.append({"key": keys[2 * number + 1], "text": prompt, "match": entry["key"]})
        for key, text in zip(keys[2 * len(pairs) :], extra, strict=True):
            matches.setdefault(repr(text), {"key": key, "text": text})
        return {"prompts": prompts, "matches": list(matches.values())}

    def read_ordering(self) -> dict[str, Any]:
        texts = self._texts(self.right)
        return {
            "entries": [{"key": key, "text": text} for key, text in zip(self._keys(len(texts)), texts, strict=True)]
        }

    def read_essay(self) -> dict[str, Any]:
        return {}

    def read_description(self) -> dict[str, Any]:
        return {"points": 0}

    def read_survey(self) -> dict[str, Any]:
        texts = self._texts(self.wrong)
        choices = [{"key": key, "text": text} for key, text in zip(self._keys(len(texts)), texts, strict=True)]
        return {"points": 0, "choices": choices}


def _number(text: str) -> dict[str, Any]:
    found = _RANGE.match(text)
    if found:
        low, high = (decimal_of(part) for part in found.groups())
        if low is not None and high is not None:
            low, high = sorted((low, high))
            return {"value": decimal_text(low), "upper": decimal_text(high), "tolerance_kind": "range"}
    found = _TOLERANCE.match(text)
    value = decimal_of(found[1] if found else text)
    tolerance = decimal_of(found[2]) if found else Decimal(0)
    if value is None or tolerance is None:
        raise Fault(_("“%(text)s” is no number.") % {"text": text[:60]})
    return {"value": decimal_text(value), "tolerance": decimal_text(abs(tolerance))}
