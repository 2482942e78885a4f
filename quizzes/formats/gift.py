"""GIFT, the question format that people write by hand: a file of it as items."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from quizzes.formats.gift_grammar import GiftAnswer, GiftQuestion, GiftText, read_questions
from quizzes.formats.html import read_html, read_text
from quizzes.formats.shapes import (
    Fault,
    Notes,
    Reading,
    ReadItem,
    Refused,
    build,
    check_count,
    check_length,
    check_size,
    keys_for,
    mended_code,
    short_name,
    split_category,
)
from quizzes.formats.texts import (
    decimal_text,
    decode,
    foreign_markdown,
    has_html,
    own_markdown,
    pictures_in,
    plain_of,
    without_control,
    without_pictures,
)
from quizzes.formats.weights import millionths, scaled_to_whole
from quizzes.items import WHOLE

Values = dict[str, Any]


def read_gift(content: bytes, *, language: str = "en") -> Reading:
    """Every question of a GIFT file, read or refused. Raises ItemFileError for a file that is no text or too large.

    The file does not say its language: `language` is the one its texts are kept under.
    """
    check_size(content)
    text, changed = decode(content)
    entries: list[ReadItem | Refused] = []
    for found in read_questions(text):
        entries.append(found if isinstance(found, Refused) else _read(found, language))
        check_count(len(entries))
    return Reading(entries=tuple(entries), changed=tuple(changed))


def _read(question: GiftQuestion, language: str) -> ReadItem | Refused:
    maker = _Maker(question, language)
    try:
        spec = build(maker.values())
    except Fault as fault:
        return Refused(id=question.id or question.title, line=fault.line or question.line, reason=str(fault))
    return ReadItem(id=question.id or question.title, line=question.line, spec=spec, changed=maker.notes.changed)


def truth_words(language: str) -> tuple[str, str]:
    """How true and false are called in a language of the site, else in English."""
    with override(language):
        return _("True"), _("False")


def accepted_text(text: str) -> Values:
    """A short answer as Moodle writes it: * stands for any run, \\* for a star."""
    # What is typed is one line.
    bare = re.sub(r"\s*\n\s*", " ", without_control(text)).strip()
    if "*" in bare.replace("\\*", ""):
        return {"text": bare, "is_pattern": True}
    return {"text": bare.replace("\\*", "*"), "is_pattern": False}


@dataclass
class _Maker:
    """One question becomes the values of a spec."""

    question: GiftQuestion
    language: str
    notes: Notes = field(default_factory=Notes)

    def values(self) -> Values:
        question = self.question
        for sentence in question.changed:
            self.notes.change(sentence)
        kinds: dict[str, Callable[[], Values]] = {
            "MC": self._choices,
            "TF": self._truth,
            "Short": self._short,
            "Numerical": self._numeric,
            "Matching": self._matching,
            "Essay": lambda: {"kind": "essay"},
            "Description": lambda: {"kind": "description", "points": 0},
        }
        stem = self.say(question.stem)
        if not stem:
            if not question.title:
                raise Fault(_("The question has no text."))
            self.notes.change(_("The question has no text: its title was taken."))
            stem = self.say(GiftText(question.title, "plain"))
        return {
            "stem": stem,
            "name": short_name(without_control(question.title)),
            "code": self._code(),
            "tags": list(dict.fromkeys(tag[:100] for tag in question.tags if tag))[:50],
            "category": list(split_category(question.category)),
            "feedback": self.say(question.feedback),
            **kinds[question.kind](),
        }

    def _source(self) -> str:
        """All that the file says of the question, wherever in it that stands."""
        return repr(replace(self.question, line=0))

    def _code(self) -> str:
        code = mended_code(self.question.id)
        if code != self.question.id:
            self.notes.change(_("The identifier “%(id)s” became “%(code)s”.") % {"id": self.question.id, "code": code})
        return code

    def say(self, text: GiftText | None) -> dict[str, str]:
        """A text in the language of the file; empty where there is none."""
        if text is None or not text.text.strip():
            return {}
        check_length(text.text)
        if text.format == "markdown":
            markdown = own_markdown(without_control(text.text)).strip()
            if pictures_in(markdown):
                self.notes.lost(address or words for words, address in pictures_in(markdown))
                markdown = without_pictures(markdown)
            # As it stands in the file: what was words for its writer is told apart from tags.
            foreign = foreign_markdown(without_pictures(without_control(text.text)))
            if foreign:
                self.notes.change(_("Shown as plain text: %(what)s.") % {"what": ", ".join(foreign)})
        else:
            reading = read_text(text.text, text.format)
            self.notes.lost(reading.lost)
            markdown = reading.text
        return {self.language: markdown} if markdown else {}

    def plain(self, text: GiftText) -> str:
        """A text that has no form: what a learner types."""
        check_length(text.text)
        if text.format in ("html", "moodle") and has_html(text.text):
            return plain_of(read_html(text.text).text)
        return text.text

    # --- Kinds ----------------------------------------------------------------------------------------------------

    def _weights(self, answers: tuple[GiftAnswer, ...], *, is_multiple: bool, floor: int) -> list[int]:
        weights = []
        for answer in answers:
            given = answer.weight if answer.weight is not None else Decimal(100 if answer.is_right else 0)
            weights.append(max(floor, millionths(given)))
            if weights[-1] == floor and millionths(given) < floor:
                self.notes.change(_("A weight below zero counts as zero here."))
        scaled = scaled_to_whole(weights, is_multiple=is_multiple)
        if scaled != weights:
            self.notes.change(_("The weights did not make up 100 %: they were scaled in the same ratio."))
        return scaled

    def _choices(self) -> Values:
        answers = self.question.answers
        # As Moodle has it: an answer that is right alone makes it a choice of one.
        is_multiple = not any(answer.is_right for answer in answers)
        keys = keys_for(self._source(), len(answers))
        texts = [self.say(answer.text) for answer in answers]
        weights = self._weights(answers, is_multiple=is_multiple, floor=-WHOLE)
        if not any(weight > 0 for weight in weights):
            self.notes.change(_("No answer is right: it became a question of a survey, worth nothing."))
            if any(answer.feedback for answer in answers):
                self.notes.change(_("Feedback to single answers was left out."))
            choices = [{"key": key, "text": text} for key, text in zip(keys, texts, strict=True)]
            return {"kind": "survey", "points": 0, "choices": choices, "is_multiple": is_multiple}
        offered: list[Values] = [
            {"key": key, "text": text, "weight": weight, "feedback": self.say(answer.feedback)}
            for key, text, weight, answer in zip(keys, texts, weights, answers, strict=True)
        ]
        if is_multiple:
            return {"kind": "multiple_choice", "scoring": "with_penalty", "choices": offered}
        self.notes.below_zero(weights)
        return {"kind": "single_choice", "choices": offered}

    def _truth(self) -> Values:
        question = self.question
        keys = keys_for(self._source(), 2)
        choices = []
        for key, word, is_right in zip(
            keys, truth_words(self.language), (question.is_true, not question.is_true), strict=True
        ):
            feedback = question.right_feedback if is_right else question.wrong_feedback
            choices.append(
                {
                    "key": key,
                    "text": {self.language: word},
                    "weight": WHOLE if is_right else 0,
                    "feedback": self.say(feedback),
                }
            )
        return {"kind": "true_false", "choices": choices}

    def _short(self) -> Values:
        answers = self.question.answers
        weights = self._weights(answers, is_multiple=False, floor=0)
        return {
            "kind": "short_text",
            # What is right stays what it was: capitals do not count there, accents do.
            "forgive": {"case": True, "accents": False},
            "answers": [
                {**accepted_text(self.plain(answer.text)), "weight": weight, "feedback": self.say(answer.feedback)}
                for answer, weight in zip(answers, weights, strict=True)
            ],
        }

    def _numeric(self) -> Values:
        answers = self.question.answers
        weights = self._weights(answers, is_multiple=False, floor=0)
        return {
            "kind": "numeric",
            "answers": [
                {**_number(answer), "weight": weight, "feedback": self.say(answer.feedback)}
                for answer, weight in zip(answers, weights, strict=True)
            ],
        }

    def _matching(self) -> Values:
        pairs = self.question.pairs
        keys = keys_for(self._source(), 2 * len(pairs))
        matches: dict[str, Values] = {}
        prompts = []
        for key, pair, match_key in zip(keys[: len(pairs)], pairs, keys[len(pairs) :], strict=True):
            match = matches.setdefault(pair.match.text, {"key": match_key, "text": self.say(pair.match)})
            text = self.say(pair.prompt)
            if text:
                prompts.append({"key": key, "text": text, "match": match["key"]})
        if not prompts:
            raise Fault(_("No pair has a first half."))
        return {"kind": "matching", "prompts": prompts, "matches": list(matches.values())}


def _number(answer: GiftAnswer) -> Values:
    if answer.lowest is not None and answer.highest is not None:
        return {
            "value": decimal_text(answer.lowest),
            "upper": decimal_text(answer.highest),
            "tolerance_kind": "range",
        }
    if answer.value is None:
        return {"tolerance_kind": "any"}
    return {"value": decimal_text(answer.value), "tolerance": decimal_text(answer.tolerance or Decimal(0))}
