"""Items as Moodle XML, with their files inside.

Texts are written as Markdown, which Moodle knows; languages as its own filter for many languages has them. What the
format cannot say is told item by item.
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from lxml import etree

from quizzes import items
from quizzes.formats import leftovers
from quizzes.formats.gift import truth_words
from quizzes.formats.gift_writing import FORGIVEN, matches_alone
from quizzes.formats.html import picture
from quizzes.formats.moodle_embedding import embedded
from quizzes.formats.moodle_texts import PLUGIN
from quizzes.formats.shapes import Fault, Outgoing, Written, joined_category
from quizzes.formats.texts import has_html, markdown_of, pictures_in, plain_of, shared_markdown, with_addresses
from quizzes.formats.weights import percent, scaled_to_whole
from quizzes.formats.xml import Element
from quizzes.items import WHOLE, ItemSpec
from quizzes.items.writing import AcceptedNumber, AcceptedText

_COMBINED = (
    items.SingleChoice,
    items.MultipleChoice,
    items.ImageChoice,
    items.Matching,
    items.Ordering,
    items.GapSelect,
)
_NO_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_moodle_xml(outgoing: Sequence[Outgoing], *, language: str) -> Written:
    """Items as one Moodle XML file.

    `language` is the one that needs no mark, and of texts with gaps, which have one, the one that is written.
    """
    root = etree.Element("quiz")
    changed: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    category: tuple[str, ...] = ()
    for item in outgoing:
        writer = _Writer(item, language)
        try:
            question = writer.question()
        except Fault as fault:
            refused.append((item.spec.code, str(fault)))
            continue
        if question is None:
            refused.append((item.spec.code, _("Moodle XML has no place for this kind of item.")))
            continue
        if item.spec.category != category:
            category = item.spec.category
            element = etree.SubElement(root, "question", type="category")
            path = joined_category(category)
            _text(etree.SubElement(element, "category"), f"$course$/top/{path}".rstrip("/"))
        root.append(question)
        told = leftovers.sentence(writer.lost)
        if told:
            changed.append((item.spec.code, told))
    etree.indent(root, " ")
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
    return Written(content=content, changed=tuple(changed), refused=tuple(refused))


def _text(parent: Element, text: str) -> None:
    etree.SubElement(parent, "text").text = _NO_FORBIDDEN.sub("", text)


def _leaf(parent: Element, name: str, value: object) -> None:
    etree.SubElement(parent, name).text = _NO_FORBIDDEN.sub("", str(value))


class _Writer:
    def __init__(self, item: Outgoing, language: str) -> None:
        self.spec, self.media = item.spec, item.media
        self.languages = list(leftovers.languages_of(item.spec)) or [language]
        self.is_marked = self.languages != [language]
        self.first = language if language in self.languages else self.languages[0]
        self.names = {media.key: media.name for media in item.spec.media}
        self.lost: list[str] = []
        self.element = etree.Element("question")

    def question(self) -> Element | None:
        """The item as an element; None for a kind that Moodle does not have."""
        spec = self.spec
        kinds: dict[type[ItemSpec], Callable[[Any], None]] = {
            items.SingleChoice: self._choices,
            items.MultipleChoice: self._choices,
            items.ImageChoice: self._pictures,
            items.TrueFalse: self._truth,
            items.ShortText: self._short,
            items.Numeric: self._numeric,
            items.Matching: self._matching,
            items.Ordering: self._ordering,
            items.Cloze: self._cloze,
            items.GapSelect: self._gap_select,
            items.Essay: self._essay,
            items.Upload: self._upload,
            items.Description: lambda spec: self._head(spec, "description"),
        }
        write = kinds.get(type(spec))
        if write is None:
            return None
        kept = {"points", "penalty", "media"}
        if isinstance(spec, _COMBINED):
            kept |= {"feedback_right", "feedback_partly", "feedback_wrong"}
        if not isinstance(spec, items.Essay | items.Upload | items.Description):
            kept.add("hints")
        self.lost += leftovers.common(spec, kept=frozenset(kept))
        write(spec)
        self._tail(spec)
        return self.element

    # --- Texts ----------------------------------------------------------------------------------------------------

    def _marked(self, texts: Mapping[str, str], write: Callable[[str], str], *, always: bool = False) -> str:
        """A text in all languages of the item, each in a mark of its own where they differ, or `always`."""
        said = {code: write(texts[code]) for code in self.languages if texts.get(code, "").strip()}
        if not said:
            return ""
        is_same = len(said) == len(self.languages) > 1 and len(set(said.values())) == 1
        if not self.is_marked or (is_same and not always):
            return next(iter(said.values()))
        return "".join(f'<span lang="{code}" class="multilang">{text}</span>' for code, text in said.items())

    def say(self, parent: Element, name: str, texts: Mapping[str, str], *, always: bool = False) -> Element | None:
        """An element with a text and the files that it shows."""
        if not always and not any(text.strip() for text in texts.values()):
            return None
        element = etree.SubElement(parent, name, format="markdown")
        self.fill(element, texts)
        return element

    def fill(self, element: Element, texts: Mapping[str, str]) -> None:
        shown = {
            address.removeprefix("media:"): None
            for text in texts.values()
            for _words, address in pictures_in(text)
            if address.startswith("media:")
        }
        # In the order in which the item has them, so that they come back in it.
        names = self._file_names([key for key in self.names if key in shown])
        addresses = {f"media:{key}": PLUGIN + quote(name, safe="") for key, name in names.items()}
        # The first text says which languages there are.
        _text(
            element,
            self._marked(
                texts,
                lambda text: shared_markdown(with_addresses(text, addresses)),
                always=element.tag == "questiontext",
            ),
        )
        for key, name in names.items():
            file = etree.SubElement(element, "file", name=name, path="/", encoding="base64")
            file.text = base64.b64encode(self.media[key]).decode()

    def _file_names(self, keys: list[str]) -> dict[str, str]:
        """A name for each file, different from those of the others."""
        names: dict[str, str] = {}
        for key in keys:
            if key in self.media:
                name = self.names[key]
                names[key] = f"{key}-{name}" if name in names.values() else name
        return names

    def plain(self, parent: Element, texts: Mapping[str, str]) -> None:
        """A text that Moodle shows without any form."""
        if any(markdown_of(plain_of(text)) != text for text in texts.values()):
            self.lost.append("form")

        def write(text: str) -> str:
            words = plain_of(text) or text
            if not has_html(words):
                return words
            return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

        _text(parent, self._marked(texts, write))

    # --- What all have --------------------------------------------------------------------------------------------

    def _head(self, spec: ItemSpec, type: str, stem: Mapping[str, str] | None = None) -> None:
        element = self.element
        element.set("type", type)
        _text(etree.SubElement(element, "name"), spec.name)
        self.say(element, "questiontext", spec.stem if stem is None else stem, always=True)
        self.say(element, "generalfeedback", spec.feedback)
        _leaf(element, "defaultgrade", spec.points)
        with localcontext(prec=20):
            _leaf(element, "penalty", f"{Decimal(spec.penalty) / WHOLE:.6f}")
        if spec.code:
            _leaf(element, "idnumber", spec.code)

    def _tail(self, spec: ItemSpec) -> None:
        if isinstance(spec, _COMBINED):
            self.say(self.element, "correctfeedback", spec.feedback_right)
            self.say(self.element, "partiallycorrectfeedback", spec.feedback_partly)
            self.say(self.element, "incorrectfeedback", spec.feedback_wrong)
        if not isinstance(spec, items.Essay | items.Upload | items.Description):
            for hint in spec.hints:
                self.say(self.element, "hint", hint)
        if spec.tags:
            tags = etree.SubElement(self.element, "tags")
            for tag in spec.tags:
                _text(etree.SubElement(tags, "tag"), tag)

    def _joined_stem(self, stem: Mapping[str, str], text: Mapping[str, str]) -> dict[str, str]:
        """A text with gaps has no question before it: that goes into the text."""
        if not any(stem.values()):
            return dict(text)
        self.lost.append("stem")
        return {code: "\n\n".join(filter(None, (stem.get(code, ""), words))) for code, words in text.items()}

    def _switch(self, name: str, value: bool) -> None:
        _leaf(self.element, name, "true" if value else "false")

    # --- Kinds ----------------------------------------------------------------------------------------------------

    def _answers(self, texts: Sequence[Any], weights: Sequence[int], feedback: Sequence[Any]) -> None:
        for text, weight, said in zip(texts, weights, feedback, strict=True):
            answer = self.say(self.element, "answer", text, always=True)
            if answer is not None:
                answer.set("fraction", percent(weight))
                self.say(answer, "feedback", said)

    def _choices(self, spec: items.SingleChoice | items.MultipleChoice) -> None:
        is_multiple = isinstance(spec, items.MultipleChoice)
        weights = [choice.weight for choice in spec.choices]
        if isinstance(spec, items.MultipleChoice) and spec.scoring != "with_penalty":
            self.lost.append("scoring")
            weights = scaled_to_whole(weights, is_multiple=True)
        self._head(spec, "multichoice")
        self._switch("single", not is_multiple)
        self._switch("shuffleanswers", spec.shuffle)
        self._answers([c.text for c in spec.choices], weights, [c.feedback for c in spec.choices])

    def _pictures(self, spec: items.ImageChoice) -> None:
        self.lost.append("kind")
        weights = [choice.weight for choice in spec.choices]
        if spec.is_multiple and spec.scoring != "with_penalty":
            self.lost.append("scoring")
            weights = scaled_to_whole(weights, is_multiple=True)
        texts = []
        for choice in spec.choices:
            shown = {code: picture(" ".join(plain_of(alt).split()), choice.image) for code, alt in choice.alt.items()}
            texts.append({code: f"{image} {choice.text.get(code, '')}".strip() for code, image in shown.items()})
        self._head(spec, "multichoice")
        self._switch("single", not spec.is_multiple)
        self._switch("shuffleanswers", spec.shuffle)
        self._answers(texts, weights, [choice.feedback for choice in spec.choices])

    def _truth(self, spec: items.TrueFalse) -> None:
        weights = [choice.weight for choice in spec.choices]
        is_usual = all(
            tuple(choice.text.get(code) for choice in spec.choices) == truth_words(code) for code in self.languages
        )
        if not is_usual:
            self.lost.append("kind")
            self._head(spec, "multichoice")
            self._switch("single", True)
            self._answers([c.text for c in spec.choices], weights, [c.feedback for c in spec.choices])
            return
        self._head(spec, "truefalse")
        for word, choice in zip(("true", "false"), spec.choices, strict=True):
            answer = etree.SubElement(self.element, "answer", fraction=percent(choice.weight), format="plain_text")
            _text(answer, word)
            self.say(answer, "feedback", choice.feedback)

    def _accepted(self, answers: Sequence[AcceptedText]) -> None:
        for given in answers:
            answer = etree.SubElement(
                self.element, "answer", fraction=percent(given.weight), format="moodle_auto_format"
            )
            _text(answer, given.text if given.is_pattern else given.text.replace("*", "\\*"))
            self.say(answer, "feedback", given.feedback)

    def _short(self, spec: items.ShortText) -> None:
        if spec.forgive.model_copy(update={"case": True}) != FORGIVEN:
            self.lost.append("forgive")
        if any(answer.language for answer in spec.answers):
            self.lost.append("answer_languages")
        self._head(spec, "shortanswer")
        _leaf(self.element, "usecase", 0 if spec.forgive.case else 1)
        self._accepted(spec.answers)

    def _numeric(self, spec: items.Numeric) -> None:
        self._head(spec, "numerical")
        for given in spec.answers:
            answer = etree.SubElement(self.element, "answer", fraction=percent(given.weight), format="plain_text")
            if given.tolerance_kind == "any":
                _text(answer, "*")
            else:
                value, tolerance = self.middle(given)
                _text(answer, value)
                _leaf(answer, "tolerance", tolerance)
            self.say(answer, "feedback", given.feedback)
        if spec.unit == "none":
            return
        units = etree.SubElement(self.element, "units")
        for given_unit in spec.units:
            unit = etree.SubElement(units, "unit")
            with localcontext(prec=25):
                _leaf(unit, "multiplier", f"{1 / Decimal(given_unit.multiplier):f}")
            _leaf(unit, "unit_name", given_unit.name)
        _leaf(self.element, "unitgradingtype", 0 if spec.unit == "optional" else 1)
        _leaf(self.element, "unitpenalty", f"{Decimal(spec.unit_penalty) / WHOLE:.6f}")
        _leaf(self.element, "showunits", 0)
        _leaf(self.element, "unitsleft", 0)

    def middle(self, given: AcceptedNumber) -> tuple[str, str]:
        """A number and how far away from it is still right."""
        if given.tolerance_kind in ("relative", "geometric"):
            self.lost.append("tolerance")
        if given.tolerance_kind == "absolute":
            return f"{Decimal(given.value):f}", f"{Decimal(given.tolerance):f}"
        low, high = leftovers.bounds(given)
        with localcontext(prec=70):
            return f"{(low + high) / 2:f}", f"{(high - low) / 2:f}"

    def _matching(self, spec: items.Matching) -> None:
        if any(prompt.feedback for prompt in spec.prompts):
            self.lost.append("prompt_feedback")
        texts = {match.key: match.text for match in spec.matches}
        if len({repr(text) for text in texts.values()}) < len(texts):
            self.lost.append("same_matches")
        self._head(spec, "matching")
        self._switch("shuffleanswers", spec.shuffle)
        before, after = matches_alone(spec)
        pairs: list[tuple[Mapping[str, str], str]] = [(prompt.text, prompt.match) for prompt in spec.prompts]
        for prompt, key in [*(({}, key) for key in before), *pairs, *(({}, key) for key in after)]:
            pair = self.say(self.element, "subquestion", prompt, always=True)
            if pair is not None:
                self.plain(etree.SubElement(pair, "answer"), texts[key])

    def _ordering(self, spec: items.Ordering) -> None:
        self._head(spec, "ordering")
        names = {
            "all_or_nothing": "ALL_OR_NOTHING",
            "places": "ABSOLUTE_POSITION",
            "neighbours": "RELATIVE_NEXT_EXCLUDE_LAST",
        }
        for name, value in (
            ("layouttype", "VERTICAL"),
            ("selecttype", "ALL"),
            ("selectcount", 0),
            ("gradingtype", names[spec.scoring]),
            ("showgrading", "SHOW"),
        ):
            _leaf(self.element, name, value)
        for place, entry in enumerate(spec.entries, start=1):
            answer = self.say(self.element, "answer", entry.text, always=True)
            if answer is not None:
                answer.set("fraction", str(100 * place))

    def _cloze(self, spec: items.Cloze) -> None:
        if len(self.languages) > 1:
            self.lost.append("languages")
        text = spec.text.get(self.first) or next(iter(spec.text.values()))
        stem = spec.stem.get(self.first, "")
        whole, lost = embedded(text, spec.gaps, self.first, self.middle)
        self.lost += lost
        joined = self._joined_stem({self.first: stem} if stem else {}, {self.first: whole})
        only = self.languages
        self.languages = [self.first]
        self._head(spec, "cloze", joined)
        self.languages = only

    def _gap_select(self, spec: items.GapSelect) -> None:
        if len({gap.weight for gap in spec.gaps}) > 1:
            self.lost.append("weights")
        numbers: dict[str, int] = {}
        for group in spec.groups:
            for choice in group.choices:
                numbers[choice.key] = len(numbers) + 1
        right = {gap.key: numbers[gap.right] for gap in spec.gaps}
        text = {
            code: re.sub(r"\[\[([\w-]+)\]\]", lambda found: f"[[{right.get(found[1], found[1])}]]", words)
            for code, words in spec.text.items()
        }
        self._head(spec, "gapselect" if spec.may_repeat else "ddwtos", self._joined_stem(spec.stem, text))
        for place, group in enumerate(spec.groups, start=1):
            for choice in group.choices:
                option = etree.SubElement(self.element, "selectoption" if spec.may_repeat else "dragbox")
                self.plain(option, choice.text)
                _leaf(option, "group", place)

    def _essay(self, spec: items.Essay) -> None:
        if spec.rubric:
            self.lost.append("rubric")
        self._head(spec, "essay")
        _leaf(self.element, "responseformat", "editor")
        if spec.min_words:
            _leaf(self.element, "minwordlimit", spec.min_words)
        if spec.max_words:
            _leaf(self.element, "maxwordlimit", spec.max_words)
        _leaf(self.element, "attachments", 0)
        self.say(self.element, "graderinfo", spec.notes)
        self.say(self.element, "responsetemplate", spec.template)

    def _upload(self, spec: items.Upload) -> None:
        if spec.rubric:
            self.lost.append("rubric")
        self._head(spec, "essay")
        _leaf(self.element, "responseformat", "noinline")
        _leaf(self.element, "attachments", spec.max_files)
        _leaf(self.element, "attachmentsrequired", 1)
        _leaf(self.element, "maxbytes", spec.max_megabytes * 1024 * 1024)
        _leaf(self.element, "filetypeslist", spec.accept)
        self.say(self.element, "graderinfo", spec.notes)
