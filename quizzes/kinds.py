"""Sentences about items: what is wrong with an answer, and how marks read."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from quizzes.items import Fault

FAULTS: Mapping[str, Any] = {
    "wrong_shape": _("This answer could not be read. Please load the page again."),
    "not_offered": _("This answer is not one of those offered. Please load the page again and choose."),
    "not_asked": _("This answer belongs to no part of the question. Please load the page again."),
    "taken_twice": _("The same answer came twice. Please choose each one only once."),
    "used_twice": _("A word is used twice. Please use each one only once."),
    "place_twice": _("Two entries have the same number. Please give each one its own."),
    "place_unknown": _("An entry has a number that is not a place. Please choose from the list."),
    "one_only": _("Please choose one answer only."),
    "too_many": _("Please give no more than %(limit)s."),
    "too_long": _("Please write no more than %(limit)s characters."),
    "not_storable": _("This answer has a character that cannot be kept. Please write it without."),
}


def fault_sentence(fault: Fault) -> str:
    """What is wrong with an answer, in words for the learner."""
    return str(FAULTS[fault.code]) % fault.context


def points_in_words(hundredths: int) -> str:
    """Marks as points: 150 hundredths are "1.5", in the reader's way of writing numbers."""
    whole, rest = divmod(hundredths, 100)
    return number_format(f"{whole}.{rest:02}".rstrip("0").rstrip("."), use_l10n=True) if rest else str(whole)
