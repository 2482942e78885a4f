"""One QTI item as the values of a spec: what its interaction asks, and what its response is worth."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree
from PIL import Image

from quizzes.formats.html import FindFile, read_html
from quizzes.formats.media import MediaShelf
from quizzes.formats.moodle_kinds import decimal_of
from quizzes.formats.qti_names import attribute, first, local, named
from quizzes.formats.shapes import Fault, Notes, check_length, keys_for
from quizzes.formats.texts import decimal_text, without_control
from quizzes.formats.weights import round_half_up, scaled_to_whole
from quizzes.formats.xml import Element
from quizzes.items import WHOLE

Values = dict[str, Any]
_INTERACTION = re.compile(r"Interaction$")
_INLINE = frozenset({"inlineChoiceInteraction", "textEntryInteraction"})
# What belongs to a body and says nothing to a learner before she answers.
_ASIDE = frozenset({"rubricBlock", "feedbackBlock", "feedbackInline", "templateBlock", "templateInline", "stylesheet"})


@dataclass
class Response:
    """What a response declaration says: how many values, which are right, and what each is worth."""

    is_single: bool
    base: str
    correct: list[str] = field(default_factory=list)
    mapped: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class ItemReader:
    """Reads one item; what is lost goes into `notes`, files into `shelf`."""

    root: Element
    language: str
    notes: Notes
    find_file: FindFile
    shelf: MediaShelf

    def __post_init__(self) -> None:
        self.source = etree.tostring(self.root, encoding="unicode")
        self.responses = {
            attribute(one, "identifier"): self._response(one) for one in named(self.root, "responseDeclaration")
        }
        self.body = first(self.root, "itemBody")

    # --- What all have --------------------------------------------------------------------------------------------

    def values(self) -> Values:
        """The values of a spec. Raises Fault."""
        if self.body is None:
            raise Fault(_("The item has no body."))
        if named(self.root, "templateDeclaration"):
            raise Fault(_("Its numbers are made anew for each learner, which items here do not do."))
        found = [element for element in self.body.iter() if _INTERACTION.search(local(element))]
        if named(self.root, "modalFeedback", "feedbackBlock", "feedbackInline"):
            self.notes.change(_("Feedback was left out."))
        if not found:
            return {"kind": "description", "points": 0, "stem": self._stem()}
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
            "extendedTextInteraction": self._essay,
            "uploadInteraction": self._upload,
            "hotspotInteraction": self._hotspot,
        }
        (element,) = found
        read = kinds.get(local(element))
        if read is None:
            raise Fault(_("Questions of the type “%(type)s” are not known here.") % {"type": local(element)[:40]})
        return {"stem": self._stem(element), "points": self._points(), **read(element)}

    def _response(self, element: Element) -> Response:
        correct = first(element, "correctResponse")
        mapping = first(element, "mapping")
        found = Response(attribute(element, "cardinality") == "single", attribute(element, "baseType"))
        if correct is not None:
            found.correct = ["".join(value.itertext()).strip() for value in named(correct, "value")]
        for entry in named(mapping, "mapEntry") if mapping is not None else []:
            value = decimal_of(attribute(entry, "mappedValue"))
            if value is not None:
                found.mapped[attribute(entry, "mapKey").strip()] = value
        return found

    def _of(self, element: Element) -> Response:
        return self.responses.get(attribute(element, "responseIdentifier"), Response(True, ""))

    def _points(self) -> int:
        for outcome in named(self.root, "outcomeDeclaration"):
            most = (
                decimal_of(attribute(outcome, "normalMaximum")) if attribute(outcome, "identifier") == "SCORE" else None
            )
            if most is not None:
                return max(1, min(1_000, round(most)))
        return 1

    def _keys(self, count: int, what: str = "") -> list[str]:
        return keys_for(self.source + what, count)

    # --- Texts ----------------------------------------------------------------------------------------------------

    def say(self, element: Element | None, *, gaps: dict[Element, str] | None = None) -> dict[str, str]:
        """What an element says, without interactions and asides; those in `gaps` leave their mark."""
        if element is None:
            return {}
        places = {id(inside): mark for inside, mark in (gaps or {}).items()}
        html = self._html(element, places)
        check_length(html)
        reading = read_html(without_control(html), self.find_file)
        self.notes.lost(reading.lost)
        return {self.language: reading.text} if reading.text else {}

    def _html(self, element: Element, places: dict[int, str]) -> str:
        """The inside of an element as HTML. No recursion: a body may be deep."""
        parts: list[str] = []
        for event, inside in etree.iterwalk(element, events=("start", "end")):
            if inside is element:
                if event == "start":
                    parts.append(_escaped(inside.text))
                continue
            name = local(inside)
            is_hidden = any(up is not element and self._is_hidden(up, places) for up in _ups(inside, element))
            if event == "start":
                if id(inside) in places:
                    parts.append(places[id(inside)])
                elif not is_hidden and not self._is_hidden(inside, places):
                    shown = " ".join(
                        f'{key}="{_escaped(value)}"' for key, value in inside.attrib.items() if not key.startswith("{")
                    )
                    parts.append(f"<{name}{' ' + shown if shown else ''}>{_escaped(inside.text)}")
            else:
                if not is_hidden and not self._is_hidden(inside, places) and name not in ("br", "img", "hr", "source"):
                    parts.append(f"</{name}>")
                if not is_hidden:
                    parts.append(_escaped(inside.tail))
        return "".join(parts)

    def _is_hidden(self, element: Element, places: dict[int, str]) -> bool:
        name = local(element)
        return id(element) in places or name in _ASIDE or bool(_INTERACTION.search(name)) or name == "prompt"

    def _stem(self, interaction: Element | None = None) -> dict[str, str]:
        if named(self.body, "rubricBlock"):
            self.notes.lost(["rubricBlock"])
        body = self.say(self.body)
        prompt = self.say(first(interaction, "prompt")) if interaction is not None else {}
        whole = "\n\n".join(filter(None, (body.get(self.language, ""), prompt.get(self.language, ""))))
        if not whole and self.root.get("title", "").strip():
            self.notes.change(_("The question has no text: its title was taken."))
            whole = " ".join(self.root.get("title").split())
        return {self.language: whole} if whole else {}

    # --- Choices --------------------------------------------------------------------------------------------------

    def _weights(self, response: Response, names: list[str], *, is_multiple: bool) -> list[int]:
        values = [response.mapped.get(name, Decimal(0)) for name in names]
        right_ones = [value for value in values if value > 0]
        if right_ones:
            total = sum(right_ones, Decimal(0)) if is_multiple else max(right_ones)
            # Thirds do not add up: the item's own points are the whole that was meant.
            if abs(total - self._points()) < Decimal("0.0001"):
                total = Decimal(self._points())
            raw = [int((value * WHOLE / total).to_integral_value(ROUND_HALF_UP)) for value in values]
            return [max(-WHOLE, weight) for weight in scaled_to_whole(raw, is_multiple=is_multiple)]
        right = [WHOLE if name in response.correct else 0 for name in names]
        return scaled_to_whole(right, is_multiple=is_multiple)

    def _choice(self, element: Element) -> Values:
        response = self._of(element)
        offered = named(element, "simpleChoice")
        names = [attribute(one, "identifier") for one in offered]
        is_multiple = not response.is_single
        weights = self._weights(response, names, is_multiple=is_multiple)
        shuffle = attribute(element, "shuffle", "false") == "true"
        if not any(weight > 0 for weight in weights):
            self.notes.change(_("No answer is right: it became a question of a survey, worth nothing."))
            choices = [
                {"key": key, "text": self.say(one)} for key, one in zip(self._keys(len(offered)), offered, strict=True)
            ]
            return {"kind": "survey", "points": 0, "choices": choices, "is_multiple": is_multiple}
        graded: list[Values] = [
            {"key": key, "text": self.say(one), "weight": weight}
            for key, one, weight in zip(self._keys(len(offered)), offered, weights, strict=True)
        ]
        if not is_multiple:
            return {"kind": "single_choice", "choices": graded, "shuffle": shuffle}
        scoring = "with_penalty" if response.mapped else "all_or_nothing"
        return {"kind": "multiple_choice", "choices": graded, "scoring": scoring, "shuffle": shuffle}

    def _order(self, element: Element) -> Values:
        offered = {attribute(one, "identifier"): one for one in named(element, "simpleChoice")}
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
        given = response.correct or [pair for pair, value in response.mapped.items() if value > 0]
        pairs = [tuple(pair.split()) for pair in given]
        if not pairs or any(len(pair) != 2 for pair in pairs):
            raise Fault(_("The right pairs are not given."))
        return [(pair[0], pair[1]) for pair in pairs]

    def _match(self, element: Element) -> Values:
        sets = named(element, "simpleMatchSet")
        if len(sets) != 2:
            raise Fault(_("Matching needs two sets."))
        prompts, matches = (
            {attribute(one, "identifier"): one for one in named(two, "simpleAssociableChoice")} for two in sets
        )
        return self._matching(element, prompts, matches, self._pairs(element))

    def _associate(self, element: Element) -> Values:
        offered = {attribute(one, "identifier"): one for one in named(element, "simpleAssociableChoice")}
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
        right: dict[str, str] = {}
        for one, two in pairs:
            if one not in prompts and two in prompts:
                one, two = two, one
            if one in right or one not in prompts or two not in matches:
                raise Fault(_("A prompt has more than one match, or none."))
            right[one] = two
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

    def _typed(self, element: Element) -> Values:
        """What a text entry accepts: numbers or words."""
        response = self._of(element)
        most = max(response.mapped.values(), default=Decimal(0))
        given = dict.fromkeys(response.correct, WHOLE)
        if most > 0:
            given |= {
                name: round_half_up(int(value * 1_000_000) * WHOLE, int(most * 1_000_000))
                for name, value in response.mapped.items()
                if value >= 0
            }
        given = {name: weight for name, weight in given.items() if name}
        if not given:
            raise Fault(_("No answer earns the whole mark."))
        if response.base in ("float", "integer"):
            answers = []
            for text, weight in given.items():
                number = decimal_of(text)
                if number is None:
                    raise Fault(_("“%(text)s” is no number.") % {"text": text[:60]})
                answers.append({"value": decimal_text(number), "weight": weight})
            return {"kind": "numeric", "answers": answers}
        accepted = [{"text": without_control(text), "weight": weight} for text, weight in given.items()]
        entries = [entry for entry in named(self.root, "mapEntry") if attribute(entry, "caseSensitive") == "true"]
        return {"kind": "short_text", "answers": accepted, "forgive": {"case": not entries, "accents": False}}

    def _inline(self, found: list[Element]) -> Values:
        points = {"points": self._points()}
        if len(found) == 1 and local(found[0]) == "textEntryInteraction":
            stem = self.say(self.body, gaps={found[0]: "_____"})
            return {**points, "stem": stem, **self._typed(found[0])}
        keys = self._keys(len(found), "gaps")
        gaps = []
        for key, element in zip(keys, found, strict=True):
            if local(element) == "textEntryInteraction":
                gaps.append({"key": key, **self._typed(element)})
                continue
            response = self._of(element)
            offered = named(element, "inlineChoice")
            weights = self._weights(response, [attribute(one, "identifier") for one in offered], is_multiple=False)
            choices = [
                {"key": name, "text": self.say(one), "weight": weight}
                for name, one, weight in zip(self._keys(len(offered), key), offered, weights, strict=True)
            ]
            shuffle = attribute(element, "shuffle", "false") == "true"
            gaps.append({"kind": "select", "key": key, "choices": choices, "shuffle": shuffle})
        marks = {element: f"[[{key}]]" for key, element in zip(keys, found, strict=True)}
        return {**points, "kind": "cloze", "stem": {}, "text": self.say(self.body, gaps=marks), "gaps": gaps}

    def _essay(self, element: Element) -> Values:
        return {"kind": "essay"}

    def _upload(self, element: Element) -> Values:
        type = attribute(element, "type")
        accept = type.partition("/")[0] if type.partition("/")[0] in ("audio", "image") else "document"
        return {"kind": "upload", "accept": accept}

    # --- Places in a picture --------------------------------------------------------------------------------------

    def _hotspot(self, element: Element) -> Values:
        holder = next(iter(named(element, "object", "img", "picture")), None)
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
            area = _area(attribute(place, "shape"), attribute(place, "coords"), width, height)
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


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a picture in pixels; None for one that cannot be looked into."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.size
    except Exception:  # noqa: BLE001 - a broken picture raises whatever its reader stumbles over
        return None


def _area(shape: str, coords: str, width: int, height: int) -> Values:
    """A place in per mille of the picture. Raises Fault."""
    numbers = [decimal_of(part) for part in coords.split(",")]
    values = [number for number in numbers if number is not None]
    if len(values) != len(numbers):
        raise Fault(_("A place in the picture has no readable corners."))

    def across(value: Decimal) -> int:
        return max(0, min(1_000, round(value * 1_000 / width)))

    def down(value: Decimal) -> int:
        return max(0, min(1_000, round(value * 1_000 / height)))

    if shape == "rect" and len(values) == 4:
        left, top, right, bottom = values
        return {"shape": "rect", "left": across(left), "top": down(top), "right": across(right), "bottom": down(bottom)}
    if shape == "circle" and len(values) == 3:
        x, y, radius = values
        ratio = max(1, min(10_000, round(Decimal(100 * height) / width)))
        return {
            "shape": "circle", "x": across(x), "y": down(y), "radius": max(1, across(radius)), "height_percent": ratio,
        }  # fmt: skip
    if shape == "poly" and len(values) >= 6 and len(values) % 2 == 0:
        corners = [[across(x), down(y)] for x, y in zip(values[::2], values[1::2], strict=True)]
        return {
            "shape": "polygon",
            "corners": corners[:-1] if corners[0] == corners[-1] and len(corners) > 3 else corners,
        }
    raise Fault(_("A place in the picture has a shape that is not known here."))


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _ups(element: Element, top: Element) -> list[Element]:
    """What an element stands in, up to and without `top`."""
    found = []
    up = element.getparent()
    while up is not None and up is not top:
        found.append(up)
        up = up.getparent()
    return found
