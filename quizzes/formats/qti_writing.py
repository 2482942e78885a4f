"""Items as a QTI 3 package: a manifest, one file for each item with its pictures, and beside each a data file.

From the data file Puente reads the item back whole: other languages, feedback, rubrics, keys.
Other programs see what QTI can say, in one language. A conversation has no interaction there: they see its first words,
and it is told.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from lxml import etree
from markdown_it import MarkdownIt

from quizzes import items
from quizzes.formats import leftovers
from quizzes.formats.packages import pack
from quizzes.formats.qti import DATA_SUFFIX, MANIFEST
from quizzes.formats.qti_names import NAMESPACE, XML_LANG
from quizzes.formats.qti_places import picture_size
from quizzes.formats.qti_rules import is_exact, write_numbers
from quizzes.formats.shapes import Outgoing, Written
from quizzes.formats.texts import without_control
from quizzes.formats.xml import Element
from quizzes.items import WHOLE, ItemSpec, content_of
from quizzes.items.choices import Circle, Polygon, Rectangle
from quizzes.items.writing import SelectGap, TextGap

_MANIFEST_NS = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_SCHEMA = f"{NAMESPACE} https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd"
_markdown = MarkdownIt("zero", {"breaks": True, "xhtmlOut": True}).enable(
    ["list", "emphasis", "newline", "escape", "entity", "image"]
)
_markdown.validateLink = lambda url: url.startswith("media:")  # type: ignore[method-assign]
_UPLOADS = {"audio": "audio/*", "image": "image/*", "document": "application/pdf"}


def write_qti(outgoing: Sequence[Outgoing], *, language: str) -> Written:
    """Items as one QTI 3 package. The same items give the same bytes."""
    parts: dict[str, bytes] = {}
    changed: list[tuple[str, str]] = []
    manifest = etree.Element("manifest", nsmap={None: _MANIFEST_NS}, identifier="puente-items")
    metadata = etree.SubElement(manifest, "metadata")
    etree.SubElement(metadata, "schema").text = "QTI Package"
    etree.SubElement(metadata, "schemaversion").text = "3.0.0"
    etree.SubElement(manifest, "organizations")
    resources = etree.SubElement(manifest, "resources")
    for number, one in enumerate(outgoing, start=1):
        spec = one.spec
        # Codes may differ in their capitals alone, and some file systems do not tell those apart.
        base = f"items/{number:05}-{spec.code or 'item'}"
        media = {entry.key: f"media/{entry.key}-{entry.name}" for entry in spec.media if entry.key in one.media}
        writer = _Writer(one, language, number)
        xml = etree.tostring(writer.item(), xml_declaration=True, encoding="UTF-8", pretty_print=False)
        data = {"xml_sha256": hashlib.sha256(xml).hexdigest(), "item": content_of(spec), "media": media}
        parts[f"{base}.xml"] = xml
        parts[f"{base}{DATA_SUFFIX}"] = json.dumps(data, ensure_ascii=False, indent=1).encode()
        for key, name in media.items():
            parts[name] = one.media[key]
        resource = etree.SubElement(
            resources, "resource", identifier=f"r{number}", type="imsqti_item_xmlv3p0", href=quote(f"{base}.xml")
        )
        for name in (f"{base}.xml", f"{base}{DATA_SUFFIX}", *media.values()):
            etree.SubElement(resource, "file", href=quote(name))
        told = leftovers.sentence(writer.lost)
        if told:
            changed.append((spec.code, told))
    packed = {MANIFEST: etree.tostring(manifest, xml_declaration=True, encoding="UTF-8", pretty_print=True), **parts}
    return Written(content=pack(packed), changed=tuple(changed))


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    element = etree.SubElement(parent, _tag(name), {key.replace("_", "-"): value for key, value in attributes.items()})
    element.text = without_control(text) if text is not None else None
    return element


class _Writer:
    def __init__(self, one: Outgoing, language: str, number: int) -> None:
        self.spec, self.media, self.number = one.spec, one.media, number
        known = leftovers.languages_of(one.spec)
        self.language = language if language in known or not known else next(iter(known))
        self.names = {media.key: (f"../media/{media.key}-{media.name}", media.type) for media in one.spec.media}
        self.lost: list[str] = []
        self.share = Decimal(1)  # of the item that the part counts which is being written
        self.root = etree.Element(_tag("qti-assessment-item"), nsmap={None: NAMESPACE})

    def item(self) -> Element:
        """The whole item."""
        spec, root = self.spec, self.root
        root.set("identifier", spec.code or f"item-{self.number}")
        root.set("title", without_control(spec.name) or spec.code or "Item")
        root.set("adaptive", "false")
        root.set("time-dependent", "false")
        root.set(XML_LANG, self.language)
        root.set(_XSI, _SCHEMA)
        kinds: dict[type[ItemSpec], Callable[[Any], None]] = {
            items.SingleChoice: self._choices,
            items.MultipleChoice: self._choices,
            items.TrueFalse: self._choices,
            items.ImageChoice: self._choices,
            items.Survey: self._survey,
            items.Matching: self._matching,
            items.Likert: self._likert,
            items.Ordering: self._ordering,
            items.ShortText: self._typed,
            items.Numeric: self._typed,
            items.Cloze: self._cloze,
            items.GapSelect: self._gap_select,
            items.Essay: self._essay,
            items.Upload: self._upload,
            items.Hotspot: self._hotspot,
            items.Case: self._case,
            items.Description: lambda spec: self._body(spec.stem),
        }
        kinds[type(spec)](spec)
        return root

    # --- Texts ----------------------------------------------------------------------------------------------------

    def pick(self, texts: Mapping[str, str]) -> str:
        return without_control(texts.get(self.language) or next(iter(texts.values()), ""))

    def fill(self, parent: Element, texts: Mapping[str, str], *, is_line: bool = False) -> None:
        """Put a text into an element, as XHTML with the files that it shows."""
        markdown = self.pick(texts)
        html = _markdown.renderInline(markdown) if is_line else _markdown.render(markdown)
        inside = etree.fromstring(f'<div xmlns="{NAMESPACE}">{html}</div>')
        for image in list(inside.iter(_tag("img"))):
            self._link(image)
        parent.text = (parent.text or "") + (inside.text or "")
        parent.extend(list(inside))

    def _link(self, image: Element) -> None:
        """Let a picture, or what Markdown writes as one, name its file."""
        address, type = self.names.get(image.get("src", "").removeprefix("media:"), ("", "image/"))
        words = image.attrib.pop("alt", "")
        image.attrib.clear()
        family = type.partition("/")[0]
        if family == "image":
            image.set("src", quote(address))
            image.set("alt", words)
        elif family in ("audio", "video"):
            image.tag = _tag(family)
            image.set("src", quote(address))
            image.set("controls", "controls")
        else:
            image.tag = _tag("a")
            image.set("href", quote(address))
            image.text = words or _("File")

    def _body(self, *texts: Mapping[str, str]) -> Element:
        body = _add(self.root, "qti-item-body")
        for text in texts:
            if self.pick(text):
                self.fill(_add(body, "div"), text)
        return body

    # --- Responses ------------------------------------------------------------------------------------------------

    def _declare(
        self,
        name: str,
        cardinality: str,
        base: str,
        correct: Sequence[str],
        mapped: Mapping[str, int] | None = None,
        *,
        is_case_sensitive: bool = False,
    ) -> None:
        """A response declaration; `mapped` holds weights of values in millionths."""
        declaration = _add(
            self.root, "qti-response-declaration", identifier=name, cardinality=cardinality, base_type=base
        )
        if correct:
            right = _add(declaration, "qti-correct-response")
            for value in correct:
                _add(right, "qti-value", value)
        if mapped:
            mapping = _add(declaration, "qti-mapping", default_value="0", lower_bound="0")
            for value, weight in mapped.items():
                entry = _add(mapping, "qti-map-entry", map_key=value, mapped_value=self._share(weight))
                if base == "string":
                    entry.set("case-sensitive", "true" if is_case_sensitive else "false")

    def _share(self, weight: int) -> str:
        """A weight as points of the whole item."""
        with localcontext(prec=25):
            points = Decimal(weight) * self.spec.points * self.share / WHOLE
        return f"{points.quantize(Decimal('0.000001')).normalize():f}"

    def _score(self) -> None:
        outcome = _add(
            self.root, "qti-outcome-declaration", identifier="SCORE", cardinality="single", base_type="float"
        )
        if self.spec.points:
            outcome.set("normal-maximum", str(self.spec.points))
        _add(_add(outcome, "qti-default-value"), "qti-value", "0")

    def _process(self, template: str) -> None:
        _add(self.root, "qti-response-processing", template=f"{_TEMPLATES}{template}.xml")

    def _process_parts(self, names: Sequence[str]) -> None:
        """The mapped parts added up."""
        processing = _add(self.root, "qti-response-processing")
        total = _add(_add(processing, "qti-set-outcome-value", identifier="SCORE"), "qti-sum")
        for name in names:
            _add(total, "qti-map-response", identifier=name)

    # --- Kinds ----------------------------------------------------------------------------------------------------

    def _choices(self, spec: Any) -> None:
        weights = {choice.key: choice.weight for choice in spec.choices}
        is_multiple = isinstance(spec, items.MultipleChoice) or getattr(spec, "is_multiple", False)
        right = [key for key, weight in weights.items() if weight > 0]
        is_mapped = not is_multiple or spec.scoring != "all_or_nothing"
        best = right if is_multiple else [key for key in right if weights[key] == WHOLE][:1]
        mapped = {key: weight for key, weight in weights.items() if weight} if is_mapped else None
        self._declare("RESPONSE", "multiple" if is_multiple else "single", "identifier", best, mapped)
        self._score()
        body = self._body(spec.stem)
        interaction = _add(
            body,
            "qti-choice-interaction",
            response_identifier="RESPONSE",
            shuffle="true" if getattr(spec, "shuffle", False) else "false",
            max_choices="0" if is_multiple else "1",
        )
        for choice in spec.choices:
            element = _add(interaction, "qti-simple-choice", identifier=choice.key)
            if isinstance(spec, items.ImageChoice):
                image = _add(element, "img", src=f"media:{choice.image}", alt=self.pick(choice.alt))
                self._link(image)
                if not self.pick(choice.text):
                    continue
            self.fill(element, choice.text)
        self._process("map_response" if is_mapped else "match_correct")

    def _survey(self, spec: items.Survey) -> None:
        base = "identifier" if spec.choices else "string"
        self._declare("RESPONSE", "multiple" if spec.is_multiple else "single", base, [])
        body = self._body(spec.stem)
        if not spec.choices:
            _add(body, "qti-extended-text-interaction", response_identifier="RESPONSE")
            return
        interaction = _add(
            body,
            "qti-choice-interaction",
            response_identifier="RESPONSE",
            shuffle="false",
            max_choices="0" if spec.is_multiple else "1",
        )
        for choice in spec.choices:
            self.fill(_add(interaction, "qti-simple-choice", identifier=choice.key), choice.text)

    def _match_sets(self, body: Element, left: Sequence[Any], right: Sequence[Any], *, shuffle: bool) -> None:
        interaction = _add(
            body,
            "qti-match-interaction",
            response_identifier="RESPONSE",
            shuffle="true" if shuffle else "false",
            max_associations=str(len(left)),
        )
        for some, most in ((left, "1"), (right, "0")):
            two = _add(interaction, "qti-simple-match-set")
            for one in some:
                self.fill(_add(two, "qti-simple-associable-choice", identifier=one.key, match_max=most), one.text)

    def _matching(self, spec: items.Matching) -> None:
        pairs = [f"{prompt.key} {prompt.match}" for prompt in spec.prompts]
        share = WHOLE // len(pairs)
        self._declare("RESPONSE", "multiple", "directedPair", pairs, dict.fromkeys(pairs, share))
        self._score()
        self._match_sets(self._body(spec.stem), spec.prompts, spec.matches, shuffle=spec.shuffle)
        self._process("map_response")

    def _likert(self, spec: items.Likert) -> None:
        self._declare("RESPONSE", "multiple", "directedPair", [])
        self._match_sets(self._body(spec.stem), spec.statements, spec.scale, shuffle=False)

    def _ordering(self, spec: items.Ordering) -> None:
        right = [entry.key for entry in spec.entries]
        self._declare("RESPONSE", "ordered", "identifier", right)
        self._score()
        interaction = _add(
            self._body(spec.stem), "qti-order-interaction", response_identifier="RESPONSE", shuffle="true"
        )
        # Not in the right order: a program that does not shuffle would show the answer.
        for entry in sorted(spec.entries, key=lambda entry: hashlib.sha256(entry.key.encode()).digest()):
            self.fill(_add(interaction, "qti-simple-choice", identifier=entry.key), entry.text)
        self._process("match_correct")

    def _accepted(self, name: str, part: Any) -> None:
        """The declaration of a typed answer."""
        if isinstance(part, items.ShortText | TextGap):
            weights = {answer.text: answer.weight for answer in reversed(part.answers) if not answer.is_pattern}
            best = [text for text, weight in weights.items() if weight == WHOLE][-1:]
            some = {text: weight for text, weight in reversed(weights.items()) if weight}
            self._declare(name, "single", "string", best, some, is_case_sensitive=not part.forgive.case)
            return
        known = [answer for answer in part.answers if answer.tolerance_kind != "any"]
        best = [answer.value for answer in known if answer.weight == WHOLE][:1]
        some = {answer.value: answer.weight for answer in reversed(known) if answer.weight}
        self._declare(name, "single", "float", best, some)

    def _typed(self, spec: items.ShortText | items.Numeric) -> None:
        self._accepted("RESPONSE", spec)
        self._score()
        line = _add(self._body(spec.stem), "p")
        _add(line, "qti-text-entry-interaction", response_identifier="RESPONSE")
        if isinstance(spec, items.ShortText) or is_exact(spec.answers):
            self._process("map_response")
        else:
            write_numbers(_add, self.root, "RESPONSE", spec.answers, self._share)

    def _gaps(
        self, stem: Mapping[str, str], text: Mapping[str, str], write: Callable[[Element, str, str], None]
    ) -> None:
        """The body of a text with gaps: in place of each `[[key]]` its interaction."""
        body = self._body(stem)
        holder = _add(body, "div")
        self.fill(holder, text)
        names = {key: f"RESPONSE{number}" for number, key in enumerate(items.gaps_in(self.pick(text)), start=1)}
        for element in list(holder.iter()):
            pieces = items.pieces_of(element.text or "")
            if len(pieces) > 1:
                element.text = pieces[0][0]
                for place, (key, words) in enumerate(_gaps_with_words(pieces)):
                    gap = etree.Element(_tag("span"))
                    write(gap, key, names[key])
                    (child,) = gap
                    child.tail = words
                    element.insert(place, child)
        for element in list(holder.iter()):
            pieces = items.pieces_of(element.tail or "")
            if len(pieces) > 1 and element is not holder:
                element.tail = pieces[0][0]
                parent, place = element.getparent(), element.getparent().index(element)
                for turn, (key, words) in enumerate(_gaps_with_words(pieces), start=1):
                    gap = etree.Element(_tag("span"))
                    write(gap, key, names[key])
                    (child,) = gap
                    child.tail = words
                    parent.insert(place + turn, child)
        self._process_parts(list(names.values()))

    def _inline_choice(self, parent: Element, name: str, choices: Sequence[Any], *, shuffle: bool) -> None:
        interaction = _add(
            parent, "qti-inline-choice-interaction", response_identifier=name, shuffle="true" if shuffle else "false"
        )
        for choice in choices:
            self.fill(_add(interaction, "qti-inline-choice", identifier=choice.key), choice.text, is_line=True)

    def _cloze(self, spec: items.Cloze) -> None:
        gaps = {gap.key: gap for gap in spec.gaps}
        total = sum(gap.weight for gap in spec.gaps)
        for number, key in enumerate(items.gaps_in(self.pick(spec.text)), start=1):
            gap = gaps[key]
            self.share = Decimal(gap.weight) / total
            if isinstance(gap, SelectGap):
                weights = {choice.key: choice.weight for choice in gap.choices}
                best = [name for name, weight in weights.items() if weight == WHOLE][:1]
                some = {name: weight for name, weight in weights.items() if weight}
                self._declare(f"RESPONSE{number}", "single", "identifier", best, some)
            else:
                self._accepted(f"RESPONSE{number}", gap)
        self._score()

        def write(parent: Element, key: str, name: str) -> None:
            gap = gaps[key]
            if isinstance(gap, SelectGap):
                self._inline_choice(parent, name, gap.choices, shuffle=gap.shuffle)
            else:
                _add(parent, "qti-text-entry-interaction", response_identifier=name)

        self._gaps(spec.stem, spec.text, write)

    def _gap_select(self, spec: items.GapSelect) -> None:
        gaps = {gap.key: gap for gap in spec.gaps}
        groups = {group.key: group for group in spec.groups}
        total = sum(gap.weight for gap in spec.gaps)
        for number, key in enumerate(items.gaps_in(self.pick(spec.text)), start=1):
            self.share = Decimal(gaps[key].weight) / total
            self._declare(f"RESPONSE{number}", "single", "identifier", [gaps[key].right], {gaps[key].right: WHOLE})
        self._score()

        def write(parent: Element, key: str, name: str) -> None:
            self._inline_choice(parent, name, groups[gaps[key].group].choices, shuffle=True)

        self._gaps(spec.stem, spec.text, write)

    def _essay(self, spec: items.Essay) -> None:
        self._declare("RESPONSE", "single", "string", [])
        self._score()
        _add(self._body(spec.stem), "qti-extended-text-interaction", response_identifier="RESPONSE")

    def _upload(self, spec: items.Upload) -> None:
        self._declare("RESPONSE", "single", "file", [])
        self._score()
        body = self._body(spec.stem)
        _add(body, "qti-upload-interaction", response_identifier="RESPONSE", type=_UPLOADS[spec.accept])

    def _hotspot(self, spec: items.Hotspot) -> None:
        weights = {region.key: region.weight for region in spec.regions}
        right = [key for key, weight in weights.items() if weight > 0]
        cardinality = "multiple" if spec.is_multiple else "single"
        self._declare(
            "RESPONSE",
            cardinality,
            "identifier",
            right if spec.is_multiple else [key for key in right if weights[key] == WHOLE][:1],
            {key: weight for key, weight in weights.items() if weight},
        )
        self._score()
        width, height = picture_size(self.media.get(spec.image, b"")) or (1_000, 1_000)
        interaction = _add(
            self._body(spec.stem),
            "qti-hotspot-interaction",
            response_identifier="RESPONSE",
            max_choices="0" if spec.is_multiple else "1",
        )
        address, _type = self.names[spec.image]
        _add(interaction, "img", src=quote(address), alt=self.pick(spec.alt), width=str(width), height=str(height))
        for region in spec.regions:
            shape, coords = _coords(region.area, width, height)
            _add(
                interaction,
                "qti-hotspot-choice",
                identifier=region.key,
                shape=shape,
                coords=coords,
                hotspot_label=self.pick(region.label),
            )
        self._process("map_response")

    def _case(self, spec: items.Case) -> None:
        self.lost.append("kind")
        start = next(node for node in spec.nodes if node.key == spec.start)
        self._body(spec.stem, start.text)


def _gaps_with_words(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each gap with the words that follow it."""
    return [(key, pieces[place + 1][0]) for place, (_words, key) in enumerate(pieces[:-1])]


def _coords(area: Rectangle | Circle | Polygon, width: int, height: int) -> tuple[str, str]:
    """A place in pixels of the picture."""

    def across(value: int) -> int:
        return (value * width + 500) // 1_000

    def down(value: int) -> int:
        return (value * height + 500) // 1_000

    if isinstance(area, Rectangle):
        return "rect", f"{across(area.left)},{down(area.top)},{across(area.right)},{down(area.bottom)}"
    if isinstance(area, Circle):
        return "circle", f"{across(area.x)},{down(area.y)},{max(1, across(area.radius))}"
    return "poly", ",".join(f"{across(x)},{down(y)}" for x, y in area.corners)
