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


SPEC_FAULTS: Mapping[str, Any] = {
    "no_right_answer": _("No answer earns the whole mark. Please mark what is right."),
    "both_right": _("Both answers are right. Please mark exactly one."),
    "weights_not_whole": _("The parts of the right answers do not make up the whole mark (100 percent)."),
    "weight_below_zero": _("An answer takes marks away, which this way of giving marks does not do."),
    "gaps_differ": _("Each gap must be once in the text of every language, as [[name]], and once in the list."),
    "key_twice": _("Two parts have the same name. Please give each its own."),
    "match_missing": _("What belongs to it is missing."),
    "choice_missing": _("The right word is missing in the list of words."),
    "choice_repeats": _("A word is right in two gaps and may be used only once."),
    "node_missing": _("The conversation goes on at a moment that is not there."),
    "case_circle": _("The conversation goes round in a circle."),
    "case_empty": _("The conversation has nothing to choose at its start."),
    "text_missing": _("A text is missing."),
    "text_too_long": _("A text is too long."),
    "text_has_null": _("A text has a character that cannot be kept."),
    "tolerance_below_zero": _("A tolerance is below zero."),
    "range_end": _("A range needs an end that is not before its beginning."),
    "unit_empty": _("A unit needs a name, and its number may not be zero."),
    "units_do_not_fit": _("Units are asked for and none is listed, or the other way round."),
    "media_missing": _("A picture is missing. Please choose one."),
    "not_a_picture": _("A file is no picture."),
    "no_wrong_region": _("Please add a place that is wrong: the list of places would give the answer otherwise."),
    "shape_empty": _("A place in the picture has no inside."),
    "words_contradict": _("More words are asked for than are allowed."),
    "rubric_worthless": _("A criterion has no level that counts."),
    "too_few_choices": _("There is not enough to choose from."),
    "too_short": _("There are not enough of them."),
    "too_long": _("There are too many of them."),
    "string_pattern_mismatch": _("This has a form that cannot be read: names have no spaces, numbers are plain."),
    "int_type": _("This must be a whole number."),
    "less_than_equal": _("This number is too large."),
    "greater_than_equal": _("This number is too small."),
    "missing": _("A number is missing."),
}


def spec_sentence(place: str, code: str) -> str:
    """What keeps an item from being asked, in words for its author, with the place where it is."""
    words = str(SPEC_FAULTS.get(code, _("This is not right.")))
    parts = [str(int(part) + 1) if part.isdecimal() else part for part in place.split(".")]
    return words if place == "item" else f"{' '.join(parts)}: {words}"


def fault_sentence(fault: Fault) -> str:
    """What is wrong with an answer, in words for the learner."""
    return str(FAULTS[fault.code]) % fault.context


def points_in_words(hundredths: int) -> str:
    """Marks as points: 150 hundredths are "1.5", in the reader's way of writing numbers."""
    whole, rest = divmod(hundredths, 100)
    return number_format(f"{whole}.{rest:02}".rstrip("0").rstrip("."), use_l10n=True) if rest else str(whole)
