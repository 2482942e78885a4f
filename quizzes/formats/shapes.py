"""What every format gives and takes: items as plain data with their files, and what was changed or refused."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from quizzes.errors import ItemFileError
from quizzes.items import ItemSpec, opaque_keys, read_item, spec_faults

MAX_BYTES = 50 * 1024 * 1024
MAX_ITEMS = 20_000
MAX_NAME = 200
MAX_PARTS = 1_000
LONG_SOURCE = 10_000  # characters
MAX_TEXT = 200_000  # characters, tags included; an item keeps a tenth of it


class Fault(Exception):
    """One item cannot be read; the sentence says why. `line` is the line of the file, 0 where the item's own serves."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An item that was not read, and why. `id` is the file's name for it, or empty."""

    id: str
    line: int
    reason: str

    @property
    def label(self) -> str:
        """What people find it by in their file."""
        return self.id or place_name(self.line)


@dataclass(frozen=True, kw_only=True)
class ReadItem:
    """An item that was read, with the bytes of its files by key, and a sentence for each thing that was changed."""

    id: str
    line: int
    spec: ItemSpec
    media: Mapping[str, bytes] = field(default_factory=dict)
    changed: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What people find it by in their file."""
        return self.id or self.spec.code or self.spec.name or place_name(self.line)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A whole file: every item of it was read or refused. `changed` is what was done to the file as such."""

    entries: tuple[ReadItem | Refused, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def items(self) -> list[ReadItem]:
        return [entry for entry in self.entries if isinstance(entry, ReadItem)]

    @property
    def refused(self) -> list[Refused]:
        return [entry for entry in self.entries if isinstance(entry, Refused)]


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """An item on its way out, with the bytes of its files by key."""

    spec: ItemSpec
    media: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file that was written; for each item that could not be said whole, its code and what was left out.

    `refused` are the items that the format has no place for.
    """

    content: bytes
    changed: tuple[tuple[str, str], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


@dataclass
class Notes:
    """Collects what is changed while one item is read."""

    lines: dict[str, None] = field(default_factory=dict)

    def change(self, sentence: str) -> None:
        self.lines.setdefault(sentence)

    def lost(self, names: Iterable[str]) -> None:
        """Tell what of a text's form was left out."""
        shown = list(dict.fromkeys(names))
        if shown:
            self.change(_("Left out of the text: %(what)s.") % {"what": ", ".join(shown[:12])})

    def below_zero(self, weights: Iterable[int | Decimal]) -> None:
        """Tell of weights that take marks away: an item never earns less than nothing here."""
        if any(weight < 0 for weight in weights):
            self.change(_("A weight below zero counts as zero here."))

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(self.lines)


def place_name(line: int) -> str:
    """Where something stands in a file."""
    return _("line %(line)d") % {"line": line} if line else _("the file")


def check_size(content: bytes, limit: int = MAX_BYTES) -> None:
    """Raise ItemFileError for a file that is empty or too large."""
    if not content.strip():
        raise ItemFileError(_("The file is empty."), line=1)
    if len(content) > limit:
        raise ItemFileError(_("The file is too large: at most %(size)d MB.") % {"size": limit // 1024 // 1024})


def check_length(text: str) -> None:
    """Raise Fault for a text that is far longer than an item takes, before anything is made of it."""
    if len(text) > MAX_TEXT:
        raise Fault(_("A text is too long."))


def check_count(count: int) -> None:
    """Raise ItemFileError where a file has more items than one import takes."""
    if count > MAX_ITEMS:
        raise ItemFileError(_("The file has too many items: at most %(count)d.") % {"count": MAX_ITEMS})


# --- Building -----------------------------------------------------------------------------------------------------


def keys_for(source: str, count: int) -> list[str]:
    """Keys for the parts of an item; `source` is all that the file says of it, answers included.

    Raises Fault for far more parts than an item can have.
    """
    if count > MAX_PARTS:
        raise Fault(_("There are more parts than an item can have."))
    # The source is gone through once for each key: a long one stands in by its digest.
    if len(source) > LONG_SOURCE:
        source = hashlib.sha256(source.encode(errors="surrogatepass")).hexdigest()
    return opaque_keys(source, count)


def mended_code(text: str) -> str:
    """The nearest code to a file's own name for an item; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.-]+", "-", plain).lstrip(".-")[:60].rstrip(".-")


def short_name(text: str) -> str:
    """A text as a name of one line."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_NAME else line[: MAX_NAME - 1].rstrip() + "…"


def split_category(path: str) -> tuple[str, ...]:
    """A category such as "$course$/top/First aid" as the names along the way, without Moodle's own first ones.

    A doubled slash is a slash.
    """
    hidden = path.strip().replace("//", "\x00")
    names = [" ".join(name.replace("\x00", "/").split()) for name in hidden.split("/")]
    while names and (re.fullmatch(r"\$\w+\$", names[0]) or names[0] in ("", "top")):
        names.pop(0)
    return tuple(name[:255] for name in names if name)[:20]


def joined_category(names: Iterable[str]) -> str:
    """The way back from `split_category`."""
    return "/".join(name.replace("/", "//") for name in names)


_REASONS = {
    "no_right_answer": lambda: _("No answer earns the whole mark."),
    "weights_not_whole": lambda: _("The weights of the right answers do not make up the whole mark."),
    "weight_below_zero": lambda: _("An answer takes marks away, which this kind of item does not do."),
    "text_has_null": lambda: _("A text has a character that cannot be kept."),
    "string_unicode": lambda: _("A text has a character that cannot be kept."),
    "language_unknown": lambda: _("A text is in a language whose code is not known."),
    "union_tag_invalid": lambda: _("Items of this kind are not known."),
    "union_tag_not_found": lambda: _("The kind of the item is not given."),
    "key_twice": lambda: _("Two parts have the same name. Please give each its own."),
    "match_missing": lambda: _("What belongs to it is missing."),
    "choice_missing": lambda: _("The right word is missing in the list of words."),
    "node_missing": lambda: _("The conversation goes on at a moment that is not there."),
    "case_circle": lambda: _("The conversation goes round in a circle."),
    "case_empty": lambda: _("The conversation has nothing to choose at its start."),
    "tolerance_below_zero": lambda: _("A tolerance is below zero."),
    "too_few_choices": lambda: _("There is not enough to choose from."),
    "unit_empty": lambda: _("A unit needs a name, and its number may not be zero."),
    "units_do_not_fit": lambda: _("Units are asked for and none is listed, or the other way round."),
    "words_contradict": lambda: _("More words are asked for than are allowed."),
    "rubric_worthless": lambda: _("A criterion has no level that counts."),
    "text_missing": lambda: _("A text is missing."),
    "text_too_long": lambda: _("A text is too long."),
    "too_short": lambda: _("There is not enough to choose from."),
    "too_long": lambda: _("There are more parts than an item can have."),
    "string_too_long": lambda: _("A text is too long."),
    "string_too_short": lambda: _("A text is missing."),
    "both_right": lambda: _("Both answers are right."),
    "no_wrong_region": lambda: _("Every place is right, so the list of places would give the answer."),
    "not_a_picture": lambda: _("A file that should be a picture is none."),
    "media_missing": lambda: _("A file that the text shows is missing."),
    "gaps_differ": lambda: _("The gaps of the text and the gaps of the list are not the same."),
    "range_end": lambda: _("A range ends before it begins."),
    "choice_repeats": lambda: _("A choice is right twice and may be used once."),
    "shape_empty": lambda: _("A place in the picture has no inside."),
}


def reason_of(error: ValidationError) -> str:
    """Why a spec cannot stand, in a sentence for people."""
    place, code, _sentence = spec_faults(error)[0]
    if code in _REASONS:
        return _REASONS[code]()
    # What only files that are written by programs get wrong.
    names = {"place": place[:200]}
    if code == "missing":
        return _("The part “%(place)s” is missing.") % names
    if code == "extra_forbidden":
        return _("The part “%(place)s” is not known.") % names
    return _("The part “%(place)s” has a value that it cannot have.") % names


def build(values: Mapping[str, Any]) -> ItemSpec:
    """The spec with these values. Raises Fault with the reason where it cannot stand."""
    try:
        return read_item(values)
    except ValidationError as error:
        raise Fault(reason_of(error)) from error
