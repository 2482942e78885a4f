"""Gaps of a text as the questions that Moodle embeds in it."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import gcd

from quizzes.formats.gift_writing import FORGIVEN, wordless
from quizzes.formats.texts import without_pictures
from quizzes.formats.weights import percent
from quizzes.items import WHOLE
from quizzes.items.writing import AcceptedNumber, NumberGap, SelectGap, TextGap

Gap = SelectGap | TextGap | NumberGap
Middle = Callable[[AcceptedNumber], tuple[str, str]]


def embedded(text: str, gaps: Sequence[Gap], language: str, middle: Middle) -> tuple[str, list[str]]:
    """The text with an embedded question in place of each gap, and names of what was left out. Raises Fault for a
    choice that is nothing but a picture."""
    writer = _Embedder(language, middle)
    divisor = gcd(*(gap.weight for gap in gaps)) if any(gap.weight > 999_999 for gap in gaps) else 1
    if divisor > 1 or any(gap.weight > 999_999 for gap in gaps):
        writer.lost.append("weights")
    shown = {gap.key: writer.gap(gap, min(999_999, gap.weight // divisor)) for gap in gaps}
    return re.sub(r"\[\[([\w-]+)\]\]", lambda found: shown.get(found[1], found[0]), text), writer.lost


class _Embedder:
    def __init__(self, language: str, middle: Middle) -> None:
        self.language, self.middle = language, middle
        self.lost: list[str] = []

    def _pick(self, texts: Mapping[str, str]) -> str:
        text = texts.get(self.language) or next(iter(texts.values()), "")
        if without_pictures(text) != text:
            self.lost.append("media")
        words = without_pictures(text)
        if text.strip() and not words.strip():
            raise wordless()
        return words

    def gap(self, gap: Gap, weight: int) -> str:
        if isinstance(gap, SelectGap):
            kind = "MULTICHOICE_S" if gap.shuffle else "MULTICHOICE"
            answers = [_answer(self._pick(c.text), c.weight, self._pick(c.feedback)) for c in gap.choices]
        elif isinstance(gap, TextGap):
            kind = "SHORTANSWER" if gap.forgive.case else "SHORTANSWER_C"
            if gap.forgive.model_copy(update={"case": True}) != FORGIVEN:
                self.lost.append("forgive")
            if any(answer.language for answer in gap.answers):
                self.lost.append("answer_languages")
            answers = [
                _answer(
                    answer.text if answer.is_pattern else answer.text.replace("*", "\\*"),
                    answer.weight,
                    self._pick(answer.feedback),
                )
                for answer in gap.answers
            ]
        else:
            kind = "NUMERICAL"
            answers = [_answer(self._number(one), one.weight, self._pick(one.feedback)) for one in gap.answers]
        return f"{{{weight}:{kind}:{'~'.join(answers)}}}"

    def _number(self, answer: AcceptedNumber) -> str:
        if answer.tolerance_kind == "any":
            return "*"
        value, tolerance = self.middle(answer)
        return f"{value}:{tolerance}" if Decimal(tolerance) else value


def _escape(text: str) -> str:
    return re.sub(r"[\\}#~/\"]", lambda found: "\\" + found[0], text)


def _answer(text: str, weight: int, feedback: str) -> str:
    """One answer. A text that begins like a weight gets a backslash before its sign."""
    shown = _escape(text)
    if shown.startswith(("=", "%")):
        shown = "\\" + shown
    sign = "=" if weight == WHOLE else f"%{percent(weight)}%"
    return sign + shown + (f"#{_escape(feedback)}" if feedback else "")
