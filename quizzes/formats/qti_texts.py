"""What an item of QTI says: its body without what is asked, the prompt, and the texts that it shares with others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml import etree

from quizzes.formats.html import FindFile, read_html
from quizzes.formats.media import MediaShelf
from quizzes.formats.qti_names import attribute, first, local, named
from quizzes.formats.shapes import Notes, check_length
from quizzes.formats.texts import without_control
from quizzes.formats.xml import Element

INTERACTION = re.compile(r"Interaction$")
# Interactions that ask nothing: they play a file, or end a turn.
UNASKED = frozenset({"mediaInteraction", "endAttemptInteraction"})
# What belongs to a body and says nothing to a learner before she answers.
_ASIDE = frozenset(
    ["annotation", "annotation-xml", "catalogInfo", "feedbackBlock", "feedbackInline", "stylesheet", "templateBlock",
     "templateInline"]
)  # fmt: skip
# Names of the standard's own that are plain HTML here.
_NAMES = {"rubricBlock": "div", "contentBody": "div", "hottext": "span", "gap": "span"}
_SINGLE = frozenset({"br", "img", "hr", "source"})


@dataclass
class BodyReader:
    """Reads the texts of one item; what is lost goes into `notes`, files into `shelf`.

    `shared` are texts that stand before the body, each with what finds its files.
    """

    root: Element
    language: str
    notes: Notes
    find_file: FindFile
    shelf: MediaShelf
    shared: Sequence[tuple[Element, FindFile]] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        self.body = first(self.root, "itemBody")

    def say(
        self,
        element: Element | None,
        *,
        gaps: dict[Element, str] | None = None,
        opened: Element | None = None,
        find_file: FindFile | None = None,
    ) -> dict[str, str]:
        """What an element says, without interactions and asides. Those in `gaps` leave their mark; the interaction
        `opened` is read like any other element."""
        if element is None:
            return {}
        places = {id(inside): mark for inside, mark in (gaps or {}).items()}
        html = self._html(element, places, opened)
        check_length(html)
        reading = read_html(without_control(html), find_file or self.find_file)
        self.notes.lost(reading.lost)
        return {self.language: reading.text} if reading.text else {}

    def stem(self, interaction: Element | None = None) -> dict[str, str]:
        """What stands before and around an interaction, with its prompt; else the title of the item."""
        prompt = self.say(first(interaction, "prompt")) if interaction is not None else {}
        whole = self.joined(self.shared_text(), self.say(self.body), prompt)
        if not whole and self.root.get("title", "").strip():
            self.notes.change(_("The question has no text: its title was taken."))
            whole = {self.language: " ".join(self.root.get("title").split())}
        return whole

    def joined(self, *texts: dict[str, str]) -> dict[str, str]:
        """Texts below each other."""
        whole = "\n\n".join(filter(None, (text.get(self.language, "") for text in texts)))
        return {self.language: whole} if whole else {}

    def shared_text(self) -> dict[str, str]:
        """The texts that the item shares with others."""
        return self.joined(*(self.say(element, find_file=find_file) for element, find_file in self.shared))

    def for_markers(self) -> dict[str, str]:
        """What the body says to those who mark, and to no learner."""
        blocks = [block for block in named(self.body, "rubricBlock") if _is_for(block, "scorer")]
        return self.joined(*(self.say(block) for block in blocks if not _is_for(block, "candidate")))

    def lose_asides(self, *, are_marked: bool) -> None:
        """Tell of the blocks that no learner is shown; `are_marked` says that those for markers were kept."""
        for block in named(self.body, "rubricBlock"):
            if not _is_for(block, "candidate") and not (are_marked and _is_for(block, "scorer")):
                self.notes.lost(["rubricBlock"])
        self.notes.lost(name for name in ("endAttemptInteraction", "catalogInfo") if named(self.body, name))

    def _html(self, element: Element, places: dict[int, str], opened: Element | None) -> str:
        """The inside of an element as HTML. No recursion: a body may be deep."""
        parts: list[str] = []
        hidden = 0  # how many of the elements that are open are not shown
        for event, inside in etree.iterwalk(element, events=("start", "end")):
            if inside is element:
                if event == "start":
                    parts.append(_escaped(inside.text))
                continue
            is_hidden = inside is not opened and self._is_hidden(inside, places)
            name = local(inside)
            name = "div" if INTERACTION.search(name) else _NAMES.get(name, name)
            if event == "start":
                if id(inside) in places and not hidden:
                    parts.append(places[id(inside)])
                elif not is_hidden and not hidden:
                    shown = "".join(
                        f' {key}="{_escaped(value)}"' for key, value in inside.attrib.items() if not key.startswith("{")
                    )
                    parts.append(f"<{name}{shown}>{_escaped(inside.text)}")
                hidden += is_hidden
            else:
                hidden -= is_hidden
                if not is_hidden and not hidden and name not in _SINGLE:
                    parts.append(f"</{name}>")
                if not hidden:
                    parts.append(_escaped(inside.tail))
        return "".join(parts)

    def _is_hidden(self, element: Element, places: dict[int, str]) -> bool:
        name = local(element)
        if name == "rubricBlock":
            return not _is_for(element, "candidate")
        is_asked = bool(INTERACTION.search(name)) and name != "mediaInteraction"
        return id(element) in places or name in _ASIDE or is_asked or name == "prompt"


def _is_for(block: Element, role: str) -> bool:
    return role in attribute(block, "view", "candidate").split()


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
