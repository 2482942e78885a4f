"""One QTI item as the values of a spec: what its interaction asks, and what its response is worth."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from quizzes.formats.moodle_kinds import decimal_of
from quizzes.formats.qti_marks import Response, marks_of, number_near, ratio
from quizzes.formats.qti_names import attribute, first, local, named
from quizzes.formats.qti_places import area_of, picture_size
from quizzes.formats.qti_texts import INTERACTION, UNASKED, BodyReader
from quizzes.formats.shapes import Fault, keys_for
from quizzes.formats.texts import without_control
from quizzes.formats.weights import round_half_up, scaled_to_whole
from quizzes.formats.xml import Element
from quizzes.items import WHOLE

Values = dict[str, Any]
_INLINE = frozenset({"inlineChoiceInteraction", "textEntryInteraction"})
_UNGRADED = frozenset({"description", "survey", "essay", "upload"})


class ItemReader(BodyReader):
    """Reads one item; what is lost goes into `notes`, files into `shelf`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.source = etree.tostring(self.root, encoding="unicode")
        self.marks = marks_of(self.root)

    # --- What all have --------------------------------------------------------------------------------------------

    def values(self) -> Values:
        """The values of a spec. Raises Fault."""
        if self.body is None:
            raise Fault(_("The item has no body."))
        if named(self.root, "templateDeclaration"):
            raise Fault(_("Its numbers are made anew for each learner, which items here do not do."))
        asked = [element for element in self.body.iter() if INTERACTION.search(local(element))]
        found = [element for element in asked if local(element) not in UNASKED]
        if named(self.root, "modalFeedback", "feedbackBlock", "feedbackInline"):
            self.notes.change(_("Feedback was left out."))
        values = self._asked(found)
        is_marked_by_person = values["kind"] in ("essay", "upload")
        self.lose_asides(are_marked=is_marked_by_person)
        if is_marked_by_person:
            values["notes"] = self.for_markers()
        if self.marks.is_own_rule and values["kind"] not in _UNGRADED:
            self.notes.change(
                _("Its own rule for marks was not read: the marks follow the right answers and weights that it names.")
            )
        elif self.marks.is_all_at_once and values["kind"] in ("matching", "cloze", "gap_select"):
            self.notes.change(_("It was all or nothing there: here each right part earns its share."))
        if self.marks.is_scaled and not self.marks.is_own_rule and values["kind"] not in _UNGRADED:
            self.notes.change(_("It says another number of points than its rule adds up to: what it says was taken."))
        values.setdefault("points", self._points() if values["kind"] not in ("description", "survey") else 0)
        return values

    def _asked(self, found: list[Element]) -> Values:
        if not found:
            return {"kind": "description", "stem": self.stem()}
        names = {local(element) for element in found}
        if names <= _INLINE:
            return self._inline(found)
        if len(found) > 1:
            raise Fault(_("It asks several things at once, which an item here does not do."))
        kinds: dict[str, Callable[[Element], Values]] = {
            "choiceInteraction": self._choice,
            "orderInteraction": self._order,
            "matchInteraction": self._match,
            "associateInteraction": self._associate,
            "gapMatchInteraction": self._gap_match,
            "hottextInteraction": self._hottext,
            "extendedTextInteraction": self._essay,
            "uploadInteraction": self._upload,
            "hotspotInteraction": self._hotspot,
        }
        (element,) = found
        read = kinds.get(local(element))
        if read is None:
            raise Fault(_("Questions of the type “%(type)s” are not known here.") % {"type": local(element)[:40]})
        values = read(element)
        return values if "stem" in values else {"stem": self.stem(element), **values}

    def _of(self, element: Element) -> Response:
        return self.marks.responses.get(attribute(element, "responseIdentifier"), Response(True, ""))

    def _points(self) -> int:
        given = self.marks.points
        points = max(1, min(1_000, int(given.to_integral_value(ROUND_HALF_UP))))
        if points != given:
            self.notes.change(
                _("%(given)s points became %(points)d: points are whole here.") % {"given": given, "points": points}
            )
        return points

    def _keys(self, count: int, what: str = "") -> list[str]:
        return keys_for(self.source + what, count)

    # --- Choices --------------------------------------------------------------------------------------------------

    def _weights(self, response: Response, names: list[str], *, is_multiple: bool) -> list[int]:
        values = [response.worth(name) for name in names]
        right_ones = [value for value in values if value > 0]
        if not right_ones or not (response.by_map or not response.correct):
            right = [WHOLE if name in response.correct else 0 for name in names]
            return scaled_to_whole(right, is_multiple=is_multiple)
        total = sum(right_ones, Decimal(0)) if is_multiple else max(right_ones)
        if is_multiple and response.highest is not None and response.highest < total:
            self.notes.change(
                _("Its marks stopped before the last right answer there: here all of them share the mark.")
            )
        # Thirds do not add up: the item's own points are the whole that was meant.
        points = self.marks.points.to_integral_value(ROUND_HALF_UP)
        if points > 0 and abs(total - points) < Decimal("0.0001"):
            total = points
        raw = [int((value * WHOLE / total).to_integral_value(ROUND_HALF_UP)) for value in values]
        return [max(-WHOLE, weight) for weight in scaled_to_whole(raw, is_multiple=is_multiple)]

    def _check_is_survey(self) -> None:
        """An item without a right answer asks for opinions, unless a rule of its own knows better. Raises Fault."""
        if self.marks.is_own_rule:
            raise Fault(_("Its right answers stand in a rule of its own, which is not read."))
        self.notes.change(_("No answer is right: it became a question of a survey, worth nothing."))

    def _is_shuffled(self, element: Element, offered: list[Element]) -> bool:
        is_shuffled = attribute(element, "shuffle", "false") == "true"
        if is_shuffled and any(attribute(one, "fixed") == "true" for one in offered):
            self.notes.change(_("Some choices were to keep their place: none is shuffled here."))
            return False
        return is_shuffled

    def _hottext(self, element: Element) -> Values:
        """Words to be picked in a text."""
        values = self._choice(element, "hottext")
        self.notes.change(_("The words to be picked in the text stand below it as choices."))
        prompt = self.say(first(element, "prompt"))
        return {"stem": self.joined(self.shared_text(), prompt, self.say(self.body, opened=element)), **values}

    def _choice(self, element: Element, name: str = "simpleChoice") -> Values:
        response = self._of(element)
        offered = named(element, name)
        names = [attribute(one, "identifier") for one in offered]
        is_multiple = not response.is_single
        weights = self._weights(response, names, is_multiple=is_multiple)
        if not any(weight > 0 for weight in weights):
            self._check_is_survey()
            choices = [
                {"key": key, "text": self.say(one)} for key, one in zip(self._keys(len(offered)), offered, strict=True)
            ]
            return {"kind": "survey", "points": 0, "choices": choices, "is_multiple": is_multiple}
        graded: list[Values] = [
            {"key": key, "text": self.say(one), "weight": weight}
            for key, one, weight in zip(self._keys(len(offered)), offered, weights, strict=True)
        ]
        shuffle = self._is_shuffled(element, offered)
        if not is_multiple:
            self.notes.below_zero(weights)
            return {"kind": "single_choice", "choices": graded, "shuffle": shuffle}
        scoring = "with_penalty" if response.by_map else "all_or_nothing"
        return {"kind": "multiple_choice", "choices": graded, "scoring": scoring, "shuffle": shuffle}

    def _order(self, element: Element) -> Values:
        offered = _by_name(named(element, "simpleChoice"))
        right = self._of(element).correct
        if sorted(right) != sorted(offered):
            raise Fault(_("The right order is not given, or not of all entries."))
        entries = [
            {"key": key, "text": self.say(offered[name])}
            for key, name in zip(self._keys(len(right)), right, strict=True)
        ]
        return {"kind": "ordering", "entries": entries, "scoring": "all_or_nothing"}

    def _pairs(self, element: Element) -> list[tuple[str, str]]:
        response = self._of(element)
        mapped = [pair for pair, value in response.mapped.items() if value > 0] if response.by_map else []
        if response.by_map:
            self.notes.below_zero([response.default, *response.mapped.values()])
        if response.rule == "match" and len(response.correct) > 1:
            self.marks.is_all_at_once = True
        pairs = [tuple(pair.split()) for pair in mapped or response.correct]
        if not pairs or any(len(pair) != 2 for pair in pairs):
            raise Fault(_("The right pairs are not given."))
        return [(pair[0], pair[1]) for pair in pairs]

    def _match(self, element: Element) -> Values:
        sets = named(element, "simpleMatchSet")
        if len(sets) != 2:
            raise Fault(_("Matching needs two sets."))
        prompts, matches = (_by_name(named(two, "simpleAssociableChoice")) for two in sets)
        pairs = self._pairs(element)
        if len({one for one, _two in pairs}) < len(pairs) == len({two for _one, two in pairs}):
            # Each of the second set belongs to one of the first, which has several: it is asked the other way round.
            self.notes.change(_("The two sides changed places: here each prompt has one match."))
            prompts, matches = matches, prompts
        return self._matching(element, prompts, matches, pairs)

    def _associate(self, element: Element) -> Values:
        offered = _by_name(named(element, "simpleAssociableChoice"))
        pairs = self._pairs(element)
        left = {one for one, _two in pairs}
        if left & {two for _one, two in pairs}:
            raise Fault(_("A choice is on both sides of its pairs."))
        self.notes.change(_("Pairs of one list became prompts and matches."))
        prompts = {name: one for name, one in offered.items() if name in left}
        matches = {name: one for name, one in offered.items() if name not in left}
        return self._matching(element, prompts, matches, pairs)

    def _matching(
        self, element: Element, prompts: dict[str, Element], matches: dict[str, Element], pairs: list[tuple[str, str]]
    ) -> Values:
        response = self._of(element)
        right: dict[str, str] = {}
        for one, two in pairs:
            if one not in prompts and two in prompts:
                one, two = two, one
            if one in right or one not in prompts or two not in matches:
                raise Fault(_("A prompt has more than one match, or none."))
            right[one] = two
        if len({response.worth(f"{one} {two}") for one, two in pairs}) > 1 and response.by_map:
            self.notes.change(_("Its pairs were worth more or less: here each is worth the same."))
        keys = dict(zip([*prompts, *matches], self._keys(len(prompts) + len(matches)), strict=True))
        left_out = [name for name in prompts if name not in right]
        if left_out:
            self.notes.change(_("Prompts without a match were left out."))
        return {
            "kind": "matching",
            "prompts": [
                {"key": keys[one], "text": self.say(prompts[one]), "match": keys[right[one]]}
                for one in prompts
                if one in right
            ],
            "matches": [{"key": keys[name], "text": self.say(two)} for name, two in matches.items()],
            "shuffle": attribute(element, "shuffle", "false") == "true",
        }

    # --- Typed ----------------------------------------------------------------------------------------------------

    def _accepted(self, response: Response) -> dict[str, int]:
        """What is typed with its weight. Raises Fault where nothing earns the whole mark."""
        most = max(response.mapped.values(), default=Decimal(0))
        given = dict.fromkeys(response.correct, WHOLE)
        if most > 0 and (response.by_map or not given):
            self.notes.below_zero(response.mapped.values())
            if response.default > 0:
                # Whatever is typed would earn something.
                self.marks.is_own_rule = True
            given = {
                name: round_half_up(int(max(value, Decimal(0)) * 1_000_000) * WHOLE, int(most * 1_000_000))
                for name, value in response.mapped.items()
            }
        given = {name: weight for name, weight in given.items() if name}
        if not given:
            if self.marks.is_own_rule:
                raise Fault(_("Its right answers stand in a rule of its own, which is not read."))
            raise Fault(_("No answer earns the whole mark."))
        return given

    def _typed(self, element: Element) -> Values:
        """What a text entry accepts: numbers or words."""
        response = self._of(element)
        given = self._accepted(response)
        if response.base in ("float", "integer"):
            numbers = [{**number_near(text, response), "weight": weight} for text, weight in given.items()]
            return {"kind": "numeric", "answers": numbers}
        accepted = [{"text": without_control(text), "weight": weight} for text, weight in given.items()]
        forgive = {"case": not response.is_case_sensitive, "accents": False}
        return {"kind": "short_text", "answers": accepted, "forgive": forgive}

    def _inline(self, found: list[Element]) -> Values:
        if len(found) == 1 and local(found[0]) == "textEntryInteraction":
            stem = self.joined(self.shared_text(), self.say(self.body, gaps={found[0]: "_____"}))
            response = self._of(found[0])
            if not response.correct and not response.mapped and not self.marks.is_own_rule:
                self._check_is_survey()
                return {"kind": "survey", "stem": stem}
            return {"stem": stem, **self._typed(found[0])}
        keys = self._keys(len(found), "gaps")
        gaps = []
        for key, weight, element in zip(keys, self._shares(found), found, strict=True):
            if local(element) == "textEntryInteraction":
                gaps.append({"key": key, "weight": weight, **self._typed(element)})
                continue
            response = self._of(element)
            offered = named(element, "inlineChoice")
            weights = self._weights(response, [attribute(one, "identifier") for one in offered], is_multiple=False)
            choices = [
                {"key": name, "text": self.say(one), "weight": share}
                for name, one, share in zip(self._keys(len(offered), key), offered, weights, strict=True)
            ]
            shuffle = self._is_shuffled(element, offered)
            gaps.append({"kind": "select", "key": key, "weight": weight, "choices": choices, "shuffle": shuffle})
        marks = {element: f"[[{key}]]" for key, element in zip(keys, found, strict=True)}
        return {"kind": "cloze", "stem": self.shared_text(), "text": self.say(self.body, gaps=marks), "gaps": gaps}

    def _shares(self, found: list[Element]) -> list[int]:
        """How much each gap counts next to the others."""
        return ratio([self._of(element).most() for element in found])

    def _gap_match(self, element: Element) -> Values:
        """Words to be put into the gaps of a text."""
        words, gaps = named(element, "gapText"), named(element, "gap")
        if named(element, "gapImg"):
            raise Fault(_("Pictures are put into gaps, which items here do not do."))
        keys = dict(zip(_by_name(words), self._keys(len(words)), strict=True))
        names = dict(zip(_by_name(gaps), self._keys(len(gaps), "gaps"), strict=True))
        right: dict[str, str] = {}
        worth: dict[str, Decimal] = {}
        for word, gap in self._pairs(element):
            if word not in keys or names.get(gap, gap) in right or gap not in names:
                raise Fault(_("A gap has more than one right word, or one that is not there."))
            right[names[gap]] = keys[word]
            worth[names[gap]] = self._of(element).worth(f"{word} {gap}")
        if set(right) != set(names.values()):
            raise Fault(_("The right pairs are not given."))
        marks = {gap: f"[[{names[attribute(gap, 'identifier')]}]]" for gap in gaps}
        hidden = dict.fromkeys(words, "")
        prompt = self.say(first(element, "prompt"))
        return {
            "kind": "gap_select",
            "stem": self.joined(self.shared_text(), prompt),
            "text": self.say(self.body, gaps=marks | hidden, opened=element),
            "groups": [
                {
                    "key": "g",
                    "choices": [
                        {"key": key, "text": self.say(one)} for key, one in zip(keys.values(), words, strict=True)
                    ],
                }
            ],
            "gaps": [
                {"key": key, "group": "g", "right": right[key], "weight": share}
                for key, share in zip(names.values(), ratio([worth[key] for key in names.values()]), strict=True)
            ],
            "may_repeat": any(attribute(one, "matchMax", "1") != "1" for one in words),
        }

    def _essay(self, element: Element) -> Values:
        return {"kind": "essay"}

    def _upload(self, element: Element) -> Values:
        type = attribute(element, "type")
        accept = type.partition("/")[0] if type.partition("/")[0] in ("audio", "image") else "document"
        return {"kind": "upload", "accept": accept}

    # --- Places in a picture --------------------------------------------------------------------------------------

    def _hotspot(self, element: Element) -> Values:
        holder = first(element, "object", "img", "picture")
        address = "" if holder is None else holder.get("data") or holder.get("src") or ""
        key = self.find_file(address) if address else None
        if holder is None or key is None:
            raise Fault(_("The picture is missing."))
        width, height = self._size(holder, self.shelf.content[key])
        response = self._of(element)
        places = named(element, "hotspotChoice")
        names = [attribute(one, "identifier") for one in places]
        weights = self._weights(response, names, is_multiple=not response.is_single)
        regions = []
        for number, (name, place, weight) in enumerate(
            zip(self._keys(len(places)), places, weights, strict=True), start=1
        ):
            label = attribute(place, "hotspotLabel") or place.get("aria-label") or ""
            if not label.strip():
                label = _("Place %(number)d") % {"number": number}
                self.notes.change(_("Places without a name were numbered."))
            area = area_of(attribute(place, "shape"), attribute(place, "coords"), width, height)
            regions.append({"key": name, "label": {self.language: label}, "area": area, "weight": weight})
        alt = holder.get("alt") or "".join(holder.itertext()).strip() or _("Picture")
        return {
            "kind": "hotspot",
            "image": key,
            "alt": {self.language: alt},
            "regions": regions,
            "is_multiple": not response.is_single,
        }

    def _size(self, holder: Element, content: bytes) -> tuple[int, int]:
        width, height = (decimal_of(holder.get(name, "")) for name in ("width", "height"))
        if width and height and width > 0 and height > 0:
            return int(width), int(height)
        size = picture_size(content)
        if size is None:
            raise Fault(_("The size of the picture is not known."))
        return size


def _by_name(elements: list[Element]) -> dict[str, Element]:
    """Elements by their identifiers. Raises Fault where two have the same."""
    found = {attribute(element, "identifier"): element for element in elements}
    if len(found) < len(elements):
        raise Fault(_("Two of its parts have the same identifier."))
    return found
