"""What each type of Moodle's questions is here: an element of Moodle XML as the values of a spec."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

from django.utils.translation import gettext as _

from quizzes.formats.gift import accepted_text, truth_words
from quizzes.formats.html import read_html
from quizzes.formats.moodle_cloze import EmbeddedGap, cut
from quizzes.formats.moodle_texts import TextReader, in_language, languages_in
from quizzes.formats.shapes import Fault, Notes, keys_for
from quizzes.formats.texts import decimal_text, own_markdown, plain_of, without_control
from quizzes.formats.weights import millionths, scaled_to_whole
from quizzes.formats.xml import Element, child_text, words
from quizzes.items import WHOLE

Values = dict[str, Any]
_RECORDER = re.compile(r"\[\[([\w-]{1,60}):(\w{1,20})(?::[^\]\[]{0,40})?\]\]")


def is_on(element: Element, name: str, *, default: bool) -> bool:
    """Whether a switch of a question is on: 1, true, or an element without text."""
    child = element.find(name)
    if child is None:
        return default
    return words(child).strip().lower() not in ("0", "false", "no")


def decimal_of(text: str) -> Decimal | None:
    """A number with a point or a comma; None for what is none, or none that can be kept."""
    try:
        number = Decimal(text.strip().replace(",", ".").replace(" ", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and (number.is_zero() or abs(number.adjusted()) <= 60) else None


@dataclass
class KindReader:
    """Turns one question element into what is its own kind's."""

    element: Element
    texts: TextReader
    notes: Notes
    source: str
    readers: dict[str, Callable[[], Values]] = field(init=False)

    def __post_init__(self) -> None:
        self.readers = {
            "multichoice": self._multichoice,
            "multichoiceset": lambda: self._set("all_or_nothing"),
            "oumultiresponse": lambda: self._set("proportional"),
            "truefalse": self._truefalse,
            "shortanswer": self._shortanswer,
            "numerical": self._numerical,
            "matching": self._matching,
            "match": self._matching,
            "ddmatch": self._matching,
            "essay": self._essay,
            "recordrtc": self._recording,
            "description": lambda: {"kind": "description", "points": 0},
            "cloze": self._cloze,
            "multianswer": self._cloze,
            "gapselect": self._gap_select,
            "ddwtos": self._gap_select,
            "ordering": self._ordering,
            "ddimageortext": self._dragged_to_places,
            "ddmarker": self._markers,
        }

    def keys(self, count: int, what: str = "") -> list[str]:
        return keys_for(self.source + what, count)

    # --- Choices --------------------------------------------------------------------------------------------------

    def _fractions(self, answers: list[Element], *, floor: int = -WHOLE) -> list[int]:
        weights = []
        for answer in answers:
            given = decimal_of(answer.get("fraction", "0")) or Decimal(0)
            weight = max(-WHOLE, min(WHOLE, millionths(given)))
            if weight < floor:
                self.notes.change(_("A weight below zero counts as zero here."))
            weights.append(max(floor, weight))
        return weights

    def _scaled(self, weights: list[int], *, is_multiple: bool) -> list[int]:
        scaled = scaled_to_whole(weights, is_multiple=is_multiple)
        if scaled != weights:
            self.notes.change(_("The weights did not make up 100 %: they were scaled in the same ratio."))
        return scaled

    def _choice_list(self, weights: list[int]) -> list[Values]:
        answers = self.element.findall("answer")
        return [
            {
                "key": key,
                "text": self.texts.say(answer),
                "weight": weight,
                "feedback": self.texts.say(answer.find("feedback")),
            }
            for key, answer, weight in zip(self.keys(len(answers)), answers, weights, strict=True)
        ]

    def _multichoice(self) -> Values:
        is_multiple = not is_on(self.element, "single", default=True)
        weights = self._fractions(self.element.findall("answer"))
        choices = self._choice_list(self._scaled(weights, is_multiple=is_multiple))
        shuffle = is_on(self.element, "shuffleanswers", default=True)
        if is_multiple:
            return {"kind": "multiple_choice", "scoring": "with_penalty", "choices": choices, "shuffle": shuffle}
        self.notes.below_zero(weights)
        return {"kind": "single_choice", "choices": choices, "shuffle": shuffle}

    def _set(self, scoring: str) -> Values:
        answers = self.element.findall("answer")
        weights = [weight if weight > 0 else 0 for weight in self._fractions(answers)]
        right = sum(1 for weight in weights if weight)
        shares = scaled_to_whole([1000 if weight else 0 for weight in weights], is_multiple=True) if right else weights
        shuffle = is_on(self.element, "shuffleanswers", default=True)
        return {"kind": "multiple_choice", "scoring": scoring, "choices": self._choice_list(shares), "shuffle": shuffle}

    def _truefalse(self) -> Values:
        answers = {self.texts.plain(answer).lower(): answer for answer in self.element.findall("answer")}
        if set(answers) != {"true", "false"}:
            raise Fault(_("A question of true or false needs the answers “true” and “false”."))
        choices = []
        for key, place, name in zip(self.keys(2), (0, 1), ("true", "false"), strict=True):
            answer = answers[name]
            choices.append(
                {
                    "key": key,
                    "text": {code: truth_words(code)[place] for code in self.texts.languages},
                    "weight": self._fractions([answer])[0],
                    "feedback": self.texts.say(answer.find("feedback")),
                }
            )
        return {"kind": "true_false", "choices": choices}

    # --- Words and numbers ----------------------------------------------------------------------------------------

    def _shortanswer(self) -> Values:
        answers = self.element.findall("answer")
        weights = self._scaled(self._fractions(answers, floor=0), is_multiple=False)
        return {
            "kind": "short_text",
            "forgive": {"case": not is_on(self.element, "usecase", default=False), "accents": False},
            "answers": [
                {
                    **accepted_text(self.texts.plain(answer)),
                    "weight": weight,
                    "feedback": self.texts.say(answer.find("feedback")),
                }
                for answer, weight in zip(answers, weights, strict=True)
            ],
        }

    def _accepted_number(self, text: str, tolerance: str) -> Values:
        if text.strip() == "*":
            return {"tolerance_kind": "any"}
        value, width = decimal_of(text), decimal_of(tolerance or "0")
        if value is None or width is None:
            raise Fault(_("“%(text)s” is no number.") % {"text": (text if value is None else tolerance)[:60]})
        return {"value": decimal_text(value), "tolerance": decimal_text(abs(width))}

    def _numerical(self) -> Values:
        answers = self.element.findall("answer")
        weights = self._scaled(self._fractions(answers, floor=0), is_multiple=False)
        return {
            "kind": "numeric",
            "answers": [
                {
                    **self._accepted_number(self.texts.plain(answer), child_text(answer, "tolerance")),
                    "weight": weight,
                    "feedback": self.texts.say(answer.find("feedback")),
                }
                for answer, weight in zip(answers, weights, strict=True)
            ],
            **self._units(),
        }

    def _units(self) -> Values:
        units = []
        for unit in self.element.findall("units/unit"):
            name, multiplier = child_text(unit, "unit_name"), decimal_of(child_text(unit, "multiplier") or "1")
            if not name or multiplier is None or multiplier.is_zero():
                self.notes.change(_("A unit without a name or multiplier was left out."))
                continue
            with localcontext(prec=25):
                # There: how much of it makes the first unit. Here: what a number in it is multiplied with.
                units.append({"name": without_control(name), "multiplier": decimal_text(1 / multiplier)})
        shown, graded = child_text(self.element, "showunits"), child_text(self.element, "unitgradingtype") or "0"
        if not units:
            return {}
        if shown == "3" or (shown == "" and graded == "0" and len(units) == 1 and units[0]["multiplier"] == "1"):
            self.notes.change(_("Units that nobody was asked for were left out."))
            return {}
        if shown in ("1", "2"):
            self.notes.change(_("The unit is typed here, not chosen."))
        if graded == "0":
            return {"units": units, "unit": "optional", "unit_penalty": 0}
        if graded == "2":
            self.notes.change(_("The penalty for a wrong unit counts of what the number earns, not of the whole mark."))
        penalty = millionths((decimal_of(child_text(self.element, "unitpenalty") or "0.1") or Decimal(0)) * 100)
        return {"units": units, "unit": "required", "unit_penalty": max(0, min(WHOLE, penalty))}

    def _essay(self) -> Values:
        element = self.element
        notes = self.texts.say(element.find("graderinfo"))
        attachments = child_text(element, "attachments") or "0"
        if child_text(element, "responseformat") == "noinline" and attachments != "0":
            files = int(attachments) if attachments.isdecimal() else 10
            types = child_text(element, "filetypeslist").lower()
            accept = next((name for name in ("audio", "image") if name in types), "document")
            size = decimal_of(child_text(element, "maxbytes") or "0") or Decimal(0)
            megabytes = max(1, min(20, int(size) // (1024 * 1024))) if size else 20
            return {
                "kind": "upload",
                "accept": accept,
                "max_files": max(1, min(10, files)),
                "max_megabytes": megabytes,
                "notes": notes,
            }
        if attachments not in ("0", ""):
            self.notes.change(_("Files cannot be added to an essay here: that was left out."))
        lowest, highest = child_text(element, "minwordlimit"), child_text(element, "maxwordlimit")
        return {
            "kind": "essay",
            "min_words": int(lowest) if lowest.isdecimal() and len(lowest) < 6 else 0,
            "max_words": int(highest) if highest.isdecimal() and 0 < len(highest) < 6 and int(highest) else None,
            "template": self.texts.say(element.find("responsetemplate")),
            "notes": notes,
        }

    def _recording(self) -> Values:
        question = self.element.find("questiontext")
        whole = child_text(question, "text") if question is not None else ""
        media = child_text(self.element, "mediatype").lower()
        places = _RECORDER.findall(whole) if media == "customav" else []
        if "video" in media or "screen" in media or any(kind != "audio" for _name, kind in places):
            raise Fault(_("Video cannot be recorded here."))
        values: Values = {
            "kind": "upload",
            "accept": "audio",
            "notes": self.texts.say(self.element.find("graderinfo")),
        }
        if places:
            self.notes.change(_("Its places for recordings became one answer of several files."))
            values["max_files"] = min(10, len(places))
            values["stem"] = self.texts.say(question, text=_RECORDER.sub(r"(\1)", whole))
        return values

    # --- Put together ---------------------------------------------------------------------------------------------

    def _matching(self) -> Values:
        pairs = self.element.findall("subquestion")
        keys = self.keys(2 * len(pairs))
        matches: dict[str, Values] = {}
        prompts = []
        for pair, key, match_key in zip(pairs, keys[: len(pairs)], keys[len(pairs) :], strict=True):
            answer = pair.find("answer")
            # Only the newer type of dragging has HTML in what is chosen from.
            has_format = answer is not None and answer.get("format") is not None
            text = self.texts.say(answer) if has_format else self._plain_text(answer)
            if not text:
                raise Fault(_("A pair has no second half."))
            match = matches.setdefault(repr(text), {"key": match_key, "text": text})
            prompt = self.texts.say(pair)
            if prompt:
                prompts.append({"key": key, "text": prompt, "match": match["key"]})
        if not prompts:
            raise Fault(_("No pair has a first half."))
        return {
            "kind": "matching",
            "prompts": prompts,
            "matches": list(matches.values()),
            "shuffle": is_on(self.element, "shuffleanswers", default=True),
        }

    def _plain_text(self, element: Element | None) -> dict[str, str]:
        """What a list to choose from shows: words, whatever the format of the question, entities read."""
        return self.texts.say(element, format="moodle")

    def _ordering(self) -> Values:
        answers = self.element.findall("answer")
        places = [decimal_of(answer.get("fraction", "")) for answer in answers]
        if None not in places and len(set(places)) == len(places):
            order = sorted(range(len(answers)), key=lambda number: places[number] or Decimal(0))
            answers = [answers[number] for number in order]
        grading = child_text(self.element, "gradingtype").upper()
        scoring = {
            "-1": "all_or_nothing", "ALL_OR_NOTHING": "all_or_nothing",
            "": "places", "0": "places", "ABSOLUTE_POSITION": "places",
            "1": "neighbours", "RELATIVE_NEXT_EXCLUDE_LAST": "neighbours",
        }.get(grading)  # fmt: skip
        if scoring is None:
            scoring = "places" if grading in ("7", "RELATIVE_TO_CORRECT") else "neighbours"
            self.notes.change(_("The way of scoring “%(name)s” became the nearest one here.") % {"name": grading[:40]})
        if child_text(self.element, "selecttype").upper() not in ("", "0", "ALL"):
            self.notes.change(_("All entries are asked here, not some of them."))
        return {
            "kind": "ordering",
            "scoring": scoring,
            "entries": [
                {"key": key, "text": self.texts.say(answer)}
                for key, answer in zip(self.keys(len(answers)), answers, strict=True)
            ],
        }

    # --- Gaps -----------------------------------------------------------------------------------------------------

    def _gap_select(self) -> Values:
        elements = self.element.findall("selectoption") or self.element.findall("dragbox")
        keys = self.keys(len(elements))
        groups: dict[str, Values] = {}
        names: list[tuple[str, str]] = []
        group_keys = iter(self.keys(len(elements), "groups"))
        for element, key in zip(elements, keys, strict=True):
            number = child_text(element, "group") or "1"
            if number not in groups:
                groups[number] = {"key": next(group_keys), "choices": []}
            groups[number]["choices"].append({"key": key, "text": self._plain_text(element)})
            names.append((groups[number]["key"], key))
        question = self.element.find("questiontext")
        whole = child_text(question, "text") if question is not None else ""
        gaps: list[Values] = []
        gap_keys = self.keys(min(whole.count("[["), 1_000), "gaps")
        places: dict[tuple[str, int], str] = {}

        def name_gap(found: re.Match[str]) -> str:
            number = int(found[1])
            if not 1 <= number <= len(names):
                raise Fault(_("The gap [[%(number)d]] has no choice of that number.") % {"number": number})
            # The same choice may be right in several gaps, once more in each language.
            turn = (found[1], sum(1 for place in places if place[0] == found[1]))
            if len(places) >= len(gap_keys):
                raise Fault(_("There are more parts than an item can have."))
            key = gap_keys[len(places)]
            places[turn] = key
            group, right = names[number - 1]
            gaps.append({"key": key, "group": group, "right": right})
            return f"[[{key}]]"

        text = self._in_each_language(question, whole, name_gap, places, gaps)
        used = {gap["group"] for gap in gaps}
        is_dragged = bool(self.element.findall("dragbox"))
        endless = [element.find("infinite") is not None for element in elements]
        may_repeat = not is_dragged or all(endless)
        rights = [gap["right"] for gap in gaps]
        if is_dragged and not may_repeat and (any(endless) or len(set(rights)) < len(rights)):
            may_repeat = True
            self.notes.change(_("Every word may be used more than once."))
        return {
            "kind": "gap_select",
            "stem": {},
            "text": text,
            "groups": [group for group in groups.values() if group["key"] in used],
            "gaps": gaps,
            "may_repeat": may_repeat,
        }

    def _in_each_language(
        self,
        question: Element | None,
        whole: str,
        name_gap: Callable[[re.Match[str]], str],
        places: dict[tuple[str, int], str],
        gaps: list[Values],
    ) -> dict[str, str]:
        """The text by language. A gap of one language is the same gap in the others, in the order of its number."""
        pattern = re.compile(r"\[\[(\d{1,4})\]\]")
        if question is None:
            raise Fault(_("The question has no text."))
        if not languages_in(whole):
            return self.texts.say(question, text=pattern.sub(name_gap, whole))
        first = self.texts.languages[0]
        marked = self.texts.say(question, text=whole)
        said = {first: pattern.sub(name_gap, marked.get(first, ""))}
        for code in self.texts.languages[1:]:
            turns: dict[str, int] = {}

            def same_gap(found: re.Match[str], turns: dict[str, int] = turns) -> str:
                turn = turns.setdefault(found[1], 0)
                turns[found[1]] += 1
                key = places.get((found[1], turn))
                if key is None:
                    raise Fault(_("The languages of the text do not have the same gaps."))
                return f"[[{key}]]"

            said[code] = pattern.sub(same_gap, marked.get(code, ""))
        return {code: text for code, text in said.items() if text}

    def _cloze(self) -> Values:
        question = self.element.find("questiontext")
        whole = child_text(question, "text") if question is not None else ""
        marked = languages_in(whole)
        if marked:
            from_first = self.texts.languages[:1]
            if len(marked) > 1:
                self.notes.change(_("Only the first language of the text was read: gaps have one language."))
            self.texts.languages = from_first
            whole = in_language(whole, from_first[0])
        pieces, gaps = cut(whole)
        if not gaps:
            raise Fault(_("The text has no gap."))
        keys = self.keys(len(gaps), "gaps")
        text = pieces[0] + "".join(f"[[{key}]]{piece}" for key, piece in zip(keys, pieces[1:], strict=True))
        values: Values = {
            "kind": "cloze",
            "stem": {},
            "text": self.texts.say(question, text=text),
            "gaps": [self._gap(key, gap, place) for place, (key, gap) in enumerate(zip(keys, gaps, strict=True))],
        }
        if self.element.find("defaultgrade") is None:
            values["points"] = max(1, min(1_000, sum(gap.weight for gap in gaps)))
        return values

    def _gap(self, key: str, gap: EmbeddedGap, place: int) -> Values:
        if gap.kind == "several":
            raise Fault(_("A gap takes several answers at once, which gaps here do not do."))
        weights = [millionths(answer.percent) for answer in gap.answers]
        # A gap takes nothing from the others; what is chosen keeps its weight for those who look at it.
        self.notes.below_zero(weights)
        if not gap.kind.startswith(("select", "list")):
            weights = [max(0, weight) for weight in weights]
        weights = self._scaled(weights, is_multiple=False)
        values: Values = {"key": key, "weight": gap.weight}
        answers = list(zip(gap.answers, weights, strict=True))
        if gap.kind == "numeric":
            found = []
            for answer, weight in answers:
                value, _sign, tolerance = self._bare(answer.text).partition(":")
                number = self._accepted_number(value, tolerance)
                found.append({**number, "weight": weight, "feedback": self._embedded(answer.feedback)})
            return {**values, "kind": "numeric", "answers": found}
        if gap.kind.startswith("short"):
            return {
                **values,
                "kind": "short_text",
                "forgive": {"case": gap.kind == "short", "accents": False},
                "answers": [
                    {
                        **accepted_text(self._bare(answer.text)),
                        "weight": weight,
                        "feedback": self._embedded(answer.feedback),
                    }
                    for answer, weight in answers
                ],
            }
        if gap.kind.startswith("list"):
            self.notes.change(_("A gap that was a list of answers is a choice from a menu here."))
        choices = [
            {
                "key": name,
                "text": self._embedded(answer.text),
                "weight": weight,
                "feedback": self._embedded(answer.feedback),
            }
            for name, (answer, weight) in zip(self.keys(len(answers), f"gap{place}"), answers, strict=True)
        ]
        return {**values, "kind": "select", "choices": choices, "shuffle": gap.kind.endswith("_shuffled")}

    def _bare(self, embedded: str) -> str:
        """The words of an answer that is typed; it is of the text's own format."""
        if self.texts.default_format == "markdown":
            return own_markdown(embedded)
        return plain_of(read_html(embedded).text) if re.search(r"[<&]", embedded) else embedded

    def _embedded(self, html: str) -> dict[str, str]:
        """A piece of the text inside a gap; it is of the text's own format."""
        question = self.element.find("questiontext")
        if question is None or not html.strip():
            return {}
        files = question.findall("file")
        for file in files:
            question.remove(file)
        said = self.texts.say(question, text=html)
        question.extend(files)
        return said

    # --- Pictures -------------------------------------------------------------------------------------------------

    def _dragged_to_places(self) -> Values:
        drags, drops = self.element.findall("drag"), self.element.findall("drop")
        labels = [self._word(drop) for drop in drops]
        names = {child_text(drag, "no"): self._word(drag) for drag in drags}
        if not drops or not all(labels) or not all(names.values()):
            raise Fault(_("Its places or pieces have no names, and there is no way to answer it without dragging."))
        keys = self.keys(len(names) + len(drops))
        match_of = dict(zip(names, keys, strict=False))
        self.notes.change(_("Dragging to places in a picture became matching by the names of the places."))
        prompts = []
        for drop, label, key in zip(drops, labels, keys[len(names) :], strict=True):
            choice = child_text(drop, "choice")
            if choice not in match_of:
                raise Fault(_("A place in the picture names a piece that is not there."))
            prompts.append({"key": key, "text": label, "match": match_of[choice]})
        matches = [{"key": match_of[number], "text": name} for number, name in names.items()]
        return {"kind": "matching", "prompts": prompts, "matches": matches}

    def _word(self, element: Element) -> dict[str, str]:
        return self.texts.say(element) if child_text(element, "text") else {}

    def _markers(self) -> Values:
        raise Fault(
            _("Markers on a picture have no faithful form here: make a question about a place in a picture of it.")
        )
