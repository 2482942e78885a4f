"""Questions that Moodle embeds in a text: `{2:MULTICHOICE:=Paris#Yes~%50%Lyon}`.

A text is cut into words and gaps; what a gap accepts is plain data for the reader of Moodle XML.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from quizzes.formats.shapes import Fault

_KINDS = {
    **dict.fromkeys(("SHORTANSWER", "SA", "MW"), "short"),
    **dict.fromkeys(("SHORTANSWER_C", "SAC", "MWC"), "short_case"),
    **dict.fromkeys(("NUMERICAL", "NM"), "numeric"),
    **dict.fromkeys(("MULTICHOICE", "MC"), "select"),
    **dict.fromkeys(("MULTICHOICE_S", "MCS"), "select_shuffled"),
    **dict.fromkeys(("MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"), "list"),
    **dict.fromkeys(("MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"), "list_shuffled"),
    **dict.fromkeys(
        ("MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"),
        "several",
    ),
}
_START = re.compile(r"\{\s*(\d{0,6})\s*:\s*(" + "|".join(sorted(_KINDS, key=len, reverse=True)) + r")\s*:")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:[.,]\d*)?)%")
_ESCAPED = re.compile(r"\\([}#~/\"\\=%])")


@dataclass(frozen=True)
class EmbeddedAnswer:
    """One answer of a gap, as HTML; `percent` is what it earns of the gap."""

    text: str
    percent: Decimal
    feedback: str


@dataclass(frozen=True)
class EmbeddedGap:
    """A gap: short, short_case, numeric, select, select_shuffled, list, list_shuffled or several."""

    kind: str
    weight: int
    answers: tuple[EmbeddedAnswer, ...]
    source: str


def cut(text: str) -> tuple[list[str], list[EmbeddedGap]]:
    """The words around the gaps (one more than there are gaps), and the gaps. Raises Fault."""
    words: list[str] = []
    gaps: list[EmbeddedGap] = []
    place = 0
    while (found := _START.search(text, place)) is not None:
        end = _end(text, found.end())
        if end < 0:
            raise Fault(
                _("An embedded question has no closing brace: “%(text)s”.") % {"text": text[found.start() :][:40]}
            )
        words.append(text[place : found.start()])
        gaps.append(
            EmbeddedGap(
                kind=_KINDS[found[2]],
                weight=max(1, int(found[1] or 1)),
                answers=tuple(_answer(part) for part in _split(text[found.end() : end], "~") if part.strip()),
                source=text[found.start() : end + 1],
            )
        )
        place = end + 1
    words.append(text[place:])
    return words, gaps


def _end(text: str, place: int) -> int:
    """Where the closing brace is that has no backslash; -1 for nowhere."""
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] == "}":
            return place
        place += 1
    return -1


def _split(text: str, sign: str) -> list[str]:
    """The text cut at a sign that has no backslash."""
    return re.split(rf"(?<!\\){re.escape(sign)}", text.replace("\\\\", "\x00"))


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text).replace("\x00", "\\").strip()


def _answer(part: str) -> EmbeddedAnswer:
    text, *feedback = _split(part, "#")
    text = text.strip()
    percent = Decimal(0)
    weight = _WEIGHT.match(text)
    if weight:
        percent = Decimal(weight[1].replace(",", "."))
        text = text[weight.end() :]
    elif text.startswith("="):
        percent, text = Decimal(100), text[1:]
    if not -100 <= percent <= 100:
        raise Fault(_("A weight lies between -100 and 100 percent, and %(weight)s does not.") % {"weight": percent})
    return EmbeddedAnswer(_plain(text), percent, _plain("#".join(feedback)))
