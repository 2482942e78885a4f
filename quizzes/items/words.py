"""Whether words fit an accepted form. No regular expression ever comes from a user, so none can run for ever."""

import unicodedata
from typing import Any

from quizzes.items.base import ItemSpec
from quizzes.items.writing import AcceptedText, Cloze, Forgive, ShortText, TextGap


def plain_words(text: str, forgive: Forgive) -> str:
    """`text` without what is forgiven: two texts that come out the same count as the same."""
    return _tidy(text, forgive).strip()


def _tidy(text: str, forgive: Forgive) -> str:
    text = unicodedata.normalize("NFC", text)
    if forgive.accents:
        letters = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", "".join(c for c in letters if unicodedata.category(c) != "Mn"))
    if forgive.case:
        text = text.casefold()
    if forgive.punctuation:
        text = "".join(" " if unicodedata.category(c).startswith("P") else c for c in text)
    else:
        text = text.translate(_QUOTES)
    runs = text.split()
    if forgive.spacing:
        return "".join(runs)
    head = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() and runs else ""
    return head + " ".join(runs) + tail


# A phone writes typographic marks by itself; nobody is marked down for that.
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "‑": "-", "—": "-"})


def fits(text: str, accepted: AcceptedText, forgive: Forgive) -> bool:
    """Whether the learner's words are this accepted form, or fit its pattern."""
    given = plain_words(text, forgive)
    if not accepted.is_pattern:
        return given == plain_words(accepted.text, forgive)
    pieces = [_tidy(piece, forgive) for piece in _pieces(accepted.text)]
    pieces[0], pieces[-1] = pieces[0].lstrip(), pieces[-1].rstrip()
    return _fits_pieces(given, pieces)


def _pieces(pattern: str) -> list[str]:
    """The pattern cut at its stars; `\\*` is a star itself and `\\\\` a backslash."""
    pieces = [""]
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            after = next(characters, "")
            pieces[-1] += after if after in ("*", "\\") else character + after
        elif character == "*":
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces


def _fits_pieces(given: str, pieces: list[str]) -> bool:
    """First and last piece at the ends, the others in between in their order: the earliest place is always enough."""
    first, *middle = pieces
    if not middle:
        return given == first
    last = middle.pop()
    if len(given) < len(first) + len(last) or not given.startswith(first) or not given.endswith(last):
        return False
    place, end = len(first), len(given) - len(last)
    for piece in middle:
        found = given.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def twin_answers(spec: ItemSpec) -> list[str]:
    """Accepted texts that say what one before them says already, after what is forgiven: they can never decide."""
    return [answer.text for part in _text_parts(spec) for answer in _twins(part)]


def without_twin_answers(spec: ItemSpec) -> ItemSpec:
    """The same item, of texts that are accepted twice with the first one alone."""
    if isinstance(spec, ShortText):
        return _without(spec)
    if isinstance(spec, Cloze):
        gaps = tuple(_without(gap) if isinstance(gap, TextGap) else gap for gap in spec.gaps)
        return spec.model_copy(update={"gaps": gaps})
    return spec


def _text_parts(spec: ItemSpec) -> list[ShortText | TextGap]:
    if isinstance(spec, ShortText):
        return [spec]
    return [gap for gap in spec.gaps if isinstance(gap, TextGap)] if isinstance(spec, Cloze) else []


def _twins(part: ShortText | TextGap) -> list[AcceptedText]:
    seen: set[Any] = set()
    twins = []
    for answer in part.answers:
        if answer.is_pattern:
            said: Any = tuple(_tidy(piece, part.forgive) for piece in _pieces(answer.text))
        else:
            said = plain_words(answer.text, part.forgive)
        if said in seen:
            twins.append(answer)
        seen.add(said)
    return twins


def _without(part: Any) -> Any:
    left_out = {id(answer) for answer in _twins(part)}
    return part.model_copy(update={"answers": tuple(answer for answer in part.answers if id(answer) not in left_out)})
