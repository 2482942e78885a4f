"""GIFT as text: questions cut apart and their answers taken to pieces. What the pieces mean for Puente is gift.py's.

What the format's own library (gift-pegjs) reads, this reads with the same answers and weights. More is read than that
where the meaning is plain: a colon without a backslash, numbers with a decimal comma, a blank line between answers. One
faulty question is refused with its line; the others are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from quizzes.formats.shapes import Fault, Refused

FORMATS = ("html", "markdown", "plain", "moodle")
_ESCAPABLE = "\\:#={}~"
# An escaped sign travels as a lone surrogate, which no decoded text can hold, so that no search takes it for the sign.
_HIDDEN = {sign: chr(0xDC00 + ord(sign)) for sign in _ESCAPABLE}
_HIDDEN_BREAK = chr(0xDC00 + ord("n"))
_SHOWN = {ord(hidden): sign for sign, hidden in _HIDDEN.items()} | {ord(_HIDDEN_BREAK): "\n"}
_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_PREFIX = re.compile(r"\[(html|markdown|plain|moodle)\]\s*")
_ID = re.compile(r"\[id:([^\x00-\x1F\x7F]+?)(?<!\\)\]")
_TAG = re.compile(r"\[tag:([^\x00-\x1F\x7F]+?)(?<!\\)\]")
_NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?"
_WEIGHT = re.compile(rf"%\s*({_NUMBER})\s*%")
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_WITH_TOLERANCE = re.compile(rf"({_NUMBER})\s*:\s*({_NUMBER})")
_ALONE = re.compile(_NUMBER)
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
BLANK = "_____"
_MOST_JOINED = 100  # blank lines inside one answer block


MOST_DIGITS = 30  # of a number on either side of its point
MOST_ANSWERS = 200  # what an item holds; far more would only keep the server busy


@dataclass(frozen=True)
class GiftText:
    """A piece of text with the way it is written."""

    text: str
    format: str = "moodle"


@dataclass(frozen=True)
class GiftAnswer:
    """One answer. `weight` is in percent, None where the file gives none. A number is one of (value, tolerance) or
    (lowest, highest); both are None for "any other number"."""

    is_right: bool
    text: GiftText = GiftText("")
    weight: Decimal | None = None
    feedback: GiftText | None = None
    value: Decimal | None = None
    tolerance: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None


@dataclass(frozen=True)
class GiftPair:
    """A prompt, perhaps empty, and what belongs to it."""

    prompt: GiftText
    match: GiftText


@dataclass(frozen=True, kw_only=True)
class GiftQuestion:
    """One question as the file has it. `kind`: MC, TF, Short, Numerical, Matching, Essay or Description."""

    line: int
    kind: str
    title: str = ""
    stem: GiftText
    is_embedded: bool = False
    answers: tuple[GiftAnswer, ...] = ()
    pairs: tuple[GiftPair, ...] = ()
    is_true: bool = False
    # Of true and false: what is said to who was wrong, and to who was right.
    wrong_feedback: GiftText | None = None
    right_feedback: GiftText | None = None
    feedback: GiftText | None = None
    category: str = ""
    id: str = ""
    tags: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass
class _Block:
    """Lines of one question with their numbers, without comments."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line for _number, line in self.lines)

    @property
    def hidden(self) -> str:
        return _hide(self.text)


def _hide(text: str) -> str:
    return _ESCAPE.sub(lambda found: _HIDDEN_BREAK if found[1] == "n" else _HIDDEN[found[1]], text)


def _show(text: str) -> str:
    return text.translate(_SHOWN)


# --- Cutting apart ------------------------------------------------------------------------------------------------


def _blocks(text: str) -> Iterator[_Block]:
    """Runs of lines between blank ones. An identifier or tags in a comment belong to the next question."""
    block = _Block()
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip(" \t")
        if bare.startswith("//"):
            if not block.lines:
                block.comments.append(bare)
        elif bare.startswith("$CATEGORY:") and not block.lines:
            # What is said of a category belongs to no question.
            yield _Block([(number, bare)])
            block = _Block()
        elif bare:
            block.lines.append((number, line))
        elif block.lines:
            yield block
            block = _Block()
    if block.lines:
        yield block


def _joined(blocks: Iterator[_Block]) -> Iterator[_Block]:
    """Blocks again, where a blank line inside an answer block was no end: the next brace closes what is open."""
    open_block: _Block | None = None
    for block in blocks:
        if open_block is not None:
            first = re.search(r"[{}]", block.hidden)
            is_answers = block.text.lstrip().startswith(("=", "~")) if first is None else first[0] == "}"
            if not is_answers or len(open_block.changed) >= _MOST_JOINED:
                yield open_block
                open_block = None
            else:
                open_block.lines += block.lines
                open_block.changed.append(_("A blank line inside the answers was passed over."))
                block, open_block = open_block, None
        hidden = block.hidden
        if hidden.count("{") == 1 and "}" not in hidden:
            open_block = block
        else:
            yield block
    if open_block is not None:
        yield open_block


def read_questions(text: str) -> Iterator[GiftQuestion | Refused]:
    """Every question of a GIFT text, in its order; in place of one that is faulty, why and at which line.

    The text has line feeds for line ends. Never raises.
    """
    category = ""
    for block in _joined(_blocks(text)):
        line = block.lines[0][0]
        if block.text.startswith("$CATEGORY:"):
            category = block.text.removeprefix("$CATEGORY:").strip()
            continue
        comments = "\n".join(block.comments)
        found = _ID.search(comments)
        name = found[1].strip().replace("\\]", "]") if found else ""
        tags = tuple(tag.strip().replace("\\]", "]") for tag in _TAG.findall(comments))
        try:
            yield _question(block, line=line, category=category, id=name, tags=tags)
        except Fault as fault:
            yield Refused(id=name or _title_of(block.hidden), line=fault.line or line, reason=str(fault))


def _title_of(hidden: str) -> str:
    parts = hidden.strip().split("::", 2)
    return " ".join(_show(parts[1]).split()) if len(parts) == 3 and not parts[0] else ""


def _line_at(block: _Block, place: int) -> int:
    """The line of the file in which a place of the block's text stands."""
    return block.lines[block.hidden.count("\n", 0, place)][0]


# --- One question -------------------------------------------------------------------------------------------------


def _text(hidden: str, format: str) -> GiftText:
    """A text without its prefix; in the plain formats a line end is a space."""
    bare = hidden.strip()
    prefix = _PREFIX.match(bare)
    if prefix:
        format, bare = prefix[1], bare[prefix.end() :]
    if format not in ("html", "markdown"):
        bare = re.sub(r"\s\s+", " ", bare.replace("\n", " "))
    return GiftText(_show(bare), format)


def _question(block: _Block, *, line: int, category: str, id: str, tags: tuple[str, ...]) -> GiftQuestion:
    hidden, title, start = block.hidden, "", 0
    if hidden.lstrip().startswith("::"):
        begin = hidden.index("::") + 2
        end = hidden.find("::", begin)
        if end < 0:
            raise Fault(_("The title has no end: it stands between two pairs of colons."))
        title, start = " ".join(_show(hidden[begin:end]).split()), end + 2
    braces = [place.start() for place in re.finditer(r"[{}]", hidden[start:])]
    changed = list(block.changed)
    common: dict[str, Any] = {"line": line, "title": title, "category": category, "id": id, "tags": tags}
    if not braces:
        stem = _text(hidden[start:], "moodle")
        if not stem.text:
            raise Fault(_("The question has no text."))
        return GiftQuestion(kind="Description", stem=stem, changed=tuple(changed), **common)
    places = [start + place for place in braces]
    if "".join(hidden[place] for place in places) != "{}":
        wrong = places[2] if hidden[places[0]] == "{" and len(places) > 2 else places[0]
        if hidden[places[0]] == "{" and len(places) > 1 and hidden[places[1]] == "{":
            wrong = places[1]
        raise Fault(
            _("The braces do not match: a question has one answer block {…}; other braces are written \\{ and \\}."),
            line=_line_at(block, wrong),
        )
    before, body, after = hidden[start : places[0]], hidden[places[0] + 1 : places[1]], hidden[places[1] + 1 :]
    if after.lstrip(" \t").startswith("//"):
        after = after.partition("\n")[2]
    stem_before = _text(before, "moodle") if before.strip() else None
    format = stem_before.format if stem_before else (_text(after, "moodle").format if after.strip() else "moodle")
    is_embedded = bool(after.strip())
    if is_embedded:
        # The blank stands where the answers stood, with the spaces that were around them.
        bare = before.lstrip()
        prefix = _PREFIX.match(bare)
        rest = _PREFIX.sub("", after, count=1) if _PREFIX.match(after.lstrip()) else after
        stem = _text(f"[{format}]{bare[prefix.end() :] if prefix else bare}{BLANK}{rest}", format)
    else:
        stem = stem_before or GiftText("", format)
    general: GiftText | None = None
    if "####" in body:
        body, _sign, tail = body.partition("####")
        general = _text(tail, format) if tail.strip() else None
    pieces = _answers(_Answers(body.strip(), format, changed))
    changed = list(dict.fromkeys(changed))
    return GiftQuestion(
        stem=stem, is_embedded=is_embedded, feedback=general, changed=tuple(changed), **common, **pieces
    )


@dataclass
class _Answers:
    """The inside of an answer block, with signs hidden; what had to be put right is added to `changed`."""

    body: str
    format: str
    changed: list[str]


@dataclass(frozen=True)
class _Entry:
    sign: str
    text: str
    feedback: str | None


def _answers(inside: _Answers) -> dict[str, Any]:
    """What an answer block holds: its kind with the answers."""
    body = inside.body
    before_feedback = body.partition("#")[0].strip()
    if not body:
        return {"kind": "Essay"}
    if body.startswith("#"):
        return {"kind": "Numerical", "answers": _numbers(inside)}
    if "~" not in body and before_feedback in _TRUTH:
        parts = [_text(part, inside.format) if part.strip() else None for part in body.split("#", 2)[1:]]
        wrong, right = [*parts, None, None][:2]
        return {
            "kind": "TF",
            "is_true": _TRUTH[before_feedback],
            "wrong_feedback": wrong,
            "right_feedback": right,
        }
    entries = _entries(body)
    if "~" not in body and body.startswith("=") and "->" in entries[0].text:
        return {"kind": "Matching", "pairs": _pairs(entries, inside.format)}
    answers = tuple(_answer(entry, inside) for entry in entries)
    is_short = all(answer.is_right for answer in answers)
    return {"kind": "Short" if is_short else "MC", "answers": answers}


def _entries(body: str, *, is_number: bool = False) -> list[_Entry]:
    """The parts of an answer block, each begun by = or ~. A single answer may stand without a sign, and so may the
    first of several numbers."""
    parts = re.split(r"([=~])", body)
    if len(parts) > 2 * MOST_ANSWERS + 1:
        raise Fault(_("A question has no more than %(count)s answers.") % {"count": MOST_ANSWERS})
    lead = parts[0].strip()
    if lead and "~" in parts and not is_number:
        raise Fault(_("There is text before the first answer: each answer begins with = or ~."))
    signed = list(zip(parts[1::2], parts[2::2], strict=True))
    if lead:
        signed.insert(0, ("=", lead))
    entries = []
    for sign, whole in signed:
        text, mark, feedback = whole.partition("#")
        entries.append(_Entry(sign, text.strip(), feedback.strip() if mark else None))
    return entries


def _weighted(text: str, inside: _Answers) -> tuple[Decimal | None, str]:
    """The weight in percent that an answer begins with, and the rest."""
    if not text.startswith("%"):
        return None, text
    found = _WEIGHT.match(text)
    if found is None:
        if "%" in text[1:]:
            inside.changed.append(_("“%(text)s” is no weight: it was read as text.") % {"text": _show(text[:20])})
        return None, text
    weight = Decimal(found[1].replace(",", "."))
    if not -100 <= weight <= 100:
        raise Fault(_("A weight lies between -100 and 100 percent, and %(weight)s does not.") % {"weight": weight})
    return weight, text[found.end() :].strip()


def _feedback(entry: _Entry, format: str) -> GiftText | None:
    return _text(entry.feedback, format) if entry.feedback else None


def _answer(entry: _Entry, inside: _Answers) -> GiftAnswer:
    weight, text = _weighted(entry.text, inside)
    if not text:
        raise Fault(_("An answer has no text."))
    return GiftAnswer(
        is_right=entry.sign == "=",
        text=_text(text, inside.format),
        weight=weight,
        feedback=_feedback(entry, inside.format),
    )


def _pairs(entries: list[_Entry], format: str) -> tuple[GiftPair, ...]:
    pairs = []
    for entry in entries:
        prompt, arrow, match = entry.text.partition("->")
        if not arrow or not match.strip():
            raise Fault(
                _("A pair is written = one -> other, and “%(text)s” is not.") % {"text": _show(entry.text[:60])}
            )
        if entry.feedback:
            raise Fault(_("A pair has no feedback of its own: write \\# for the sign #."))
        # What is chosen from is one plain line, whatever the question's own format.
        pairs.append(GiftPair(_text(prompt, format), GiftText(" ".join(_show(match).split()), "plain")))
    return tuple(pairs)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _number(text: str) -> dict[str, Any]:
    """What is asked of a number: a value with a tolerance, or its lowest and highest value."""
    # A number is nothing but its signs: an escaped colon is a colon here.
    text = _show(text).strip()
    if re.search(rf"\d{{{MOST_DIGITS + 1}}}", text):
        raise Fault(_("“%(text)s” is no number.") % {"text": text[:60]})
    found = _RANGE.fullmatch(text)
    if found:
        low, high = sorted(_decimal(part) for part in found.groups())
        return {"lowest": low, "highest": high}
    found = _WITH_TOLERANCE.fullmatch(text)
    if found:
        return {"value": _decimal(found[1]), "tolerance": abs(_decimal(found[2]))}
    if _ALONE.fullmatch(text):
        return {"value": _decimal(text), "tolerance": Decimal(0)}
    raise Fault(_("“%(text)s” is no number.") % {"text": text[:60]})


def _numbers(inside: _Answers) -> tuple[GiftAnswer, ...]:
    body = inside.body[1:].strip()
    if not body or body.startswith("#"):
        raise Fault(_("A number is asked for, and none is given."))
    answers = []
    for entry in _entries(body, is_number=True):
        weight, text = _weighted(entry.text, inside)
        any_other = text in ("", "*")
        answers.append(
            GiftAnswer(
                is_right=entry.sign == "=",
                weight=weight,
                feedback=_feedback(entry, inside.format),
                **({} if any_other else _number(text)),
            )
        )
    return tuple(answers)
