"""Everybody's marks in a quiz, a page at a time. Writes nothing.

A page is found by the key of the row before it, never by counting rows: the last page of 20,000 costs as much as the
first. Only a search by name and the order by name look at everybody.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from quizzes.models import Attempt, Quiz

PER_PAGE = 25

# What each order is called, by which column, and whether it goes down.
ORDERS: Mapping[str, tuple[Any, str, bool]] = {
    "newest": (_("newest first"), "submitted_at", True),
    "oldest": (_("oldest first"), "submitted_at", False),
    "best": (_("best first"), "marks", True),
    "weakest": (_("weakest first"), "marks", False),
    "name": (_("by name"), "learner_name", False),
}
RESULTS: Mapping[str, Any] = {
    "": _("all"),
    "passed": _("passed"),
    "not_passed": _("not passed"),
    "waiting": _("waits for a person"),
    "voided": _("voided"),
}


# What a line says of an attempt and of its learner. The rest of both is wide, and there are many.
SHOWN = (
    *("number", "state", "language", "marks", "max_marks", "is_passed", "submitted_at"),
    *("learner__printed_name", "learner__email", "learner__erased_at"),
)


@dataclass(frozen=True)
class ResultsPage:
    """Some results, and the keys with which the pages beside them are asked for ("" where there is none)."""

    rows: tuple[Attempt, ...]
    before: str
    after: str


def results_of(quiz: Quiz, *, name: str = "", result: str = "") -> QuerySet[Attempt]:
    """Sent attempts of the quiz with their learners."""
    found = Attempt.objects.filter(quiz=quiz, submitted_at__isnull=False).select_related("learner").only(*SHOWN)
    graded = Q(state=Attempt.State.GRADED)
    if result == "passed":
        found = found.filter(graded, is_passed=True)
    elif result == "not_passed":
        found = found.filter(graded, is_passed=False)
    elif result == "voided":
        found = found.filter(state=Attempt.State.VOIDED)
    elif result == "waiting":
        found = found.filter(state=Attempt.State.SUBMITTED)
    if name.strip():
        for word in name.split()[:5]:
            found = found.filter(Q(learner__printed_name__iregex=_pattern(word)) | Q(learner__email__icontains=word))
    return found


# Letters that people type without their marks, and the other way round.
_ALIKE = {
    plain: plain + marked
    for plain, marked in zip("aeiouncy", ("áàâäãå", "éèêë", "íìîï", "óòôöõ", "úùûü", "ñ", "ç", "ýÿ"), strict=True)
}


def _pattern(word: str) -> str:
    """A regular expression that finds the word whatever its accents and capitals, on both databases: "nunez" finds
    "Núñez". Everything else in it stands for itself."""
    plain = (unicodedata.normalize("NFD", letter)[0].lower() for letter in unicodedata.normalize("NFC", word))
    return "".join(f"[{_ALIKE[one]}{_ALIKE[one].upper()}]" if one in _ALIKE else re.escape(one) for one in plain)


def in_order(results: QuerySet[Attempt], order: str) -> QuerySet[Attempt]:
    """The results in one of `ORDERS`; what has no marks has no place in an order by marks."""
    _name, column, is_down = ORDERS[order]
    if column == "learner_name":
        # Nobody's name is null; who has none is listed by e-mail address, as she is shown.
        name = Coalesce(NullIf(F("learner__printed_name"), Value("")), F("learner__email"), output_field=CharField())
        results = results.annotate(learner_name=name)
    if column == "marks":
        results = results.filter(marks__isnull=False)
    sign = "-" if is_down else ""
    return results.order_by(f"{sign}{column}", f"{sign}pk")


def page_of(results: QuerySet[Attempt], *, order: str, after: str = "", before: str = "") -> ResultsPage:
    """The page after the row with this key, or before it; the first page where there is no key. One query."""
    _name, column, is_down = ORDERS[order]
    ordered = in_order(results, order)
    is_back = bool(before)
    key = _read_key(before or after, column)
    if key is not None:
        value, pk = key
        side = "lt" if is_down != is_back else "gt"
        # The first condition is what the index is entered by; the second leaves out the row itself and its equals.
        ordered = ordered.filter(
            Q(**{f"{column}__{side}e": value}) & (Q(**{f"{column}__{side}": value}) | Q(**{f"pk__{side}": pk}))
        )
    rows = list((ordered.reverse() if is_back else ordered)[: PER_PAGE + 1])
    has_more = len(rows) > PER_PAGE
    rows = rows[:PER_PAGE]
    if is_back:
        rows.reverse()
    has_before = has_more if is_back else key is not None
    has_after = True if is_back else has_more
    return ResultsPage(
        rows=tuple(rows),
        before=_key(rows[0], column) if rows and has_before else "",
        after=_key(rows[-1], column) if rows and has_after else "",
    )


def _key(row: Attempt, column: str) -> str:
    value = getattr(row, column)
    return f"{row.pk}~{value.isoformat() if isinstance(value, datetime) else value}"


def _read_key(text: str, column: str) -> tuple[Any, int] | None:
    """The value and the id of a row; None for what is no key."""
    pk, _tilde, value = text.partition("~")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19 and value):
        return None
    try:
        read = {"submitted_at": _moment, "marks": _marks}.get(column, str)(value)
    except ValueError:
        return None
    return read, int(pk)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _marks(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValueError(text)
    return int(text)


def results_table(results: QuerySet[Attempt]) -> Iterator[Attempt]:
    """Every result, for a file: the newest first, a thousand at a time."""
    yield from in_order(results, "newest").iterator(chunk_size=1000)
