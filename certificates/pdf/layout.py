"""The page: colours, text that is made to fit, and a place that moves down. Knows no certificate."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, LETTER

from certificates.designs import HOUSE, Design
from certificates.fonts.drawing import Pen
from certificates.fonts.shaping import width_of
from certificates.pdf.tags import Element, Tags
from certificates.pdf.words import WORDS, language_of, other_language
from curriculum.fields import Translated

PAPERS = {"letter": LETTER, "a4": A4}
MARGIN = 54.0
ROW = 14.0

GROUND = HexColor("#FBF7F0")
INK = HexColor("#1F2933")
SOFT = HexColor("#4A5560")
DECK = HexColor("#0F5C5C")
CLAY = HexColor("#A8481F")
STONE = HexColor("#D9A98C")
LINE = HexColor("#E0D5C3")


def _lighter(colour: Any, share: float) -> Any:
    """So much nearer to white."""
    return Color(*(part + (1 - part) * share for part in (colour.red, colour.green, colour.blue)))


def wrapped(text: str, size: float, width: float, weight: str = "Regular") -> list[str]:
    """Break `text` at spaces into lines no wider than `width`; a word that is wider is broken where it must."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while width_of(word, size, weight) > width and len(word) > 1:
            cut = len(word)
            while cut > 1 and width_of(word[:cut], size, weight) > width:
                cut -= 1
            if line:
                lines.append(line)
                line = ""
            lines.append(word[:cut])
            word = word[cut:]
        longer = f"{line} {word}" if line else word
        if line and width_of(longer, size, weight) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def fitted(
    text: str, *, largest: float, smallest: float, width: float, lines: int, weight: str = "Regular"
) -> tuple[float, list[str]]:
    """Return the largest size at which `text` fits into so many lines, and the lines; more of them at the smallest."""
    size = largest
    while True:
        broken = wrapped(text, size, width, weight)
        if len(broken) <= lines and all(width_of(line, size, weight) <= width for line in broken):
            return size, broken
        if size <= smallest:
            return smallest, broken
        size = max(smallest, size - 1)


def both(text: Mapping[str, str], language: str) -> tuple[str, str]:
    """The text in the language, and in the other one where that differs."""
    main = Translated(text).in_language(language)
    second = text.get(other_language(language), "")
    return main, "" if second == main else second


class Page:
    """A pen with a place on the page that moves down. What it writes belongs to the open element of `tags`."""

    def __init__(self, pen: Pen, language: str, size: tuple[float, float], design: Design = HOUSE) -> None:
        self.pen = pen
        self.canvas = pen.canvas
        self.tags = Tags(pen.canvas)
        self.language = language_of(language)
        self.second_language = other_language(self.language)
        self.words = WORDS[self.language]
        self.small = WORDS[self.second_language]
        self.main, self.accent = HexColor(design.main), HexColor(design.accent)
        # Stones and ground go with the colour of the accent; of the house's own they are drawn by hand.
        is_house = design.accent.upper() == HOUSE.accent
        self.stone = STONE if is_house else _lighter(self.accent, 0.55)
        self.ground = GROUND if is_house else _lighter(self.accent, 0.94)
        self.width, self.height = size
        self.body = self.width - 2 * MARGIN
        self.y = self.height
        self.row_height = ROW
        self.rest: list[Callable[[], None]] = []

    def put(
        self, x: float, text: str, size: float, *, weight: str = "Regular", color: Any = INK, align: str = "left"
    ) -> float:
        """Write one line; return its width in points."""
        self.canvas.setFillColor(color)
        with self.tags.mark():
            return self.pen.text(x, self.y, text, size=size, weight=weight, align=align)

    @contextmanager
    def second(self, *, inline: bool = False) -> Iterator[Element]:
        """What is written inside is in the other language: a listener's voice changes with it."""
        with self.tags.element("Span" if inline else "P", language=self.second_language) as made:
            yield made

    def label(self, x: float, key: str, size: float = 9, align: str = "left", kind: str = "P") -> None:
        """A label in the language, the other language after it, smaller."""
        self.label_of(x, self.words[key], self.small[key], size, align, kind)

    def label_of(self, x: float, main: str, second: str, size: float = 9, align: str = "left", kind: str = "P") -> None:
        """The same, of words that are not the house's. What does not fit on a line with both is said once, smaller."""
        tail = f" · {second}" if second and second != main else ""
        whole = width_of(main, size, "Bold") + width_of(tail, size - 1.5)
        if whole > self.body:
            tail = ""
            size, _lines = fitted(main, largest=size, smallest=6, width=self.body, lines=1, weight="Bold")
            whole = width_of(main, size, "Bold")
        left = x - whole / 2 if align == "center" else x
        with self.tags.element(kind):
            wide = self.put(left, main, size, weight="Bold", color=self.main)
            if tail:
                with self.second(inline=True):
                    self.put(left + wide, tail, size - 1.5, color=SOFT)

    def rule(self, x: float, width: float) -> None:
        """A thin line. It means nothing."""
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.7)
        with self.tags.artifact():
            self.canvas.line(x, self.y, x + width, self.y)

    def turn(self) -> None:
        """Go on at the top of the next page."""
        self.canvas.showPage()
        self.tags.new_page()
        self.y = self.height - MARGIN

    def lines(
        self,
        x: float,
        text: str,
        *,
        sizes: tuple[float, float],
        width: float,
        most: int = 1,
        leading: float = 1.2,
        weight: str = "Regular",
        color: Any = INK,
        align: str = "left",
    ) -> float:
        """Write `text` at the largest of `sizes` (largest, smallest) at which it fits into `most` lines.

        The place moves down by one leading a line; the size is returned.
        """
        size, broken = fitted(text, largest=sizes[0], smallest=sizes[1], width=width, lines=most, weight=weight)
        for line in broken:
            self.put(x, line, size, weight=weight, color=color, align=align)
            self.y -= size * leading
        return size
