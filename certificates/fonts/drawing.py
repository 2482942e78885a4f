"""Puts shaped text on a reportlab canvas so that it can be read back: by copy and paste, by a screen reader, by a test.

reportlab's own shaping hands out private code points in the order in which names come by, for ever and for the whole
process: two prints of one certificate would differ. Here every document has its own fonts, which share the parsed
tables, number their glyphs from one, and say in their ToUnicode table which letters each glyph stands for.
"""

import copy
from functools import cache
from itertools import count
from typing import Any, BinaryIO

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas

from certificates.fonts import FAMILIES, FOLDER
from certificates.fonts.shaping import Glyph, Run, shape_line

rl_config.useA85 = 0  # page contents as plain bytes: a quarter smaller, and no slow encoding in Python

FIRST_PRIVATE_CODE = 0xE000
_documents = count(1)


@cache
def _parsed_face(family: str, weight: str) -> Any:
    return ttfonts.TTFont(f"{family}-{weight}", str(FOLDER / f"{family}-{weight}.ttf"), shapable=True).face


class _DocumentFont(ttfonts.TTFont):
    """One face in one document: codes are private, given out by (glyph, text) in the order of drawing."""

    def __init__(self, family: str, weight: str, name: str) -> None:
        face = copy.copy(_parsed_face(family, weight))
        face.charToGlyph, face.charWidths, face.glyphToChar = {32: face.charToGlyph[32]}, {32: face.charWidths[32]}, {}
        self.fontName = name
        self.face = face
        self.encoding = ttfonts.TTEncoding()
        self.state: dict[Any, Any] = {}
        self._asciiReadable = False
        self.shapable = True
        self.codes: dict[tuple[int, str], int] = {}
        self.texts: dict[int, str] = {32: " "}

    def code_of(self, gid: int, text: str, width: int) -> int:
        """Return the code under which this document draws `gid` for `text`."""
        if text == " ":
            return 32
        if (gid, text) not in self.codes:
            code = FIRST_PRIVATE_CODE + len(self.codes)
            self.codes[gid, text] = code
            self.texts[code] = text
            self.face.charToGlyph[code] = gid
            self.face.charWidths[code] = width
        return self.codes[gid, text]

    def addObjects(self, doc: Any) -> None:
        """Add the subsets as reportlab does, with a ToUnicode table that may name several letters for one glyph."""
        subsets = self.state[doc].subsets
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            base = b"".join((ttfonts.SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            doc.idToObject["toUnicodeCMap:" + base].content = self._unicode_map(base, subset)

    def _unicode_map(self, name: str, subset: list[int]) -> str:
        lines = [
            f"<{position:02X}> <{self.texts.get(code, ' ').encode('utf-16-be').hex().upper()}>"
            for position, code in enumerate(subset)
            if code
        ]
        blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
        return "\n".join(
            [
                "/CIDInit /ProcSet findresource begin",
                "12 dict begin",
                "begincmap",
                f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
                f"/CMapName /{name} def",
                "/CMapType 2 def",
                "1 begincodespacerange",
                "<00> <FF>",
                "endcodespacerange",
                *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
                "endcmap",
                "CMapName currentdict /CMap defineresource pop",
                "end",
                "end",
            ]
        )


class Pen:
    """A canvas, and the fonts of its document. Use as a context: the fonts leave the table of the process at the end.

    The canvas starts with one of ours, so that no reader's own Helvetica is named in the file.
    """

    def __init__(self, output: BinaryIO, *, page_size: tuple[float, float], language: str) -> None:
        self._number = next(_documents)
        self._fonts: dict[tuple[str, str], _DocumentFont] = {}
        first = self._font(FAMILIES[0], "Regular")
        self.canvas = Canvas(
            output, pagesize=page_size, invariant=1, pageCompression=1, initialFontName=first.fontName, lang=language
        )

    def __enter__(self) -> "Pen":
        return self

    def __exit__(self, *exception: object) -> None:
        for font in self._fonts.values():
            pdfmetrics._fonts.pop(font.fontName, None)

    def describe(self, *, title: str, author: str, subject: str) -> None:
        """Write what the file is called, by whom and of what."""
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setSubject(subject)
        self.canvas.setCreator("Puente")

    def text(
        self, x: float, y: float, text: str, *, size: float, weight: str = "Regular", align: str = "left"
    ) -> float:
        """Draw one line with its baseline at `y`; return its width in points."""
        runs = shape_line(text, weight)
        width = sum(run.advance for run in runs) * size / 1000
        left = {"left": x, "center": x - width / 2, "right": x - width}[align]
        marks: list[tuple[float, Run, Glyph]] = []
        for run in runs:
            self._run(left, y, run, size, marks)
            left += run.advance * size / 1000
        for mark_x, run, glyph in marks:
            self._mark(mark_x, y, run, glyph, size)
        return width

    def _font(self, family: str, weight: str) -> _DocumentFont:
        key = (family, weight)
        if key not in self._fonts:
            # The canvas finds a font by name in a table of the whole process: the number keeps documents apart. This
            # name is not written into the file.
            font = _DocumentFont(family, weight, name=f"{family}-{weight}-{self._number}")
            pdfmetrics._fonts[font.fontName] = font
            self._fonts[key] = font
        return self._fonts[key]

    def _run(self, x: float, y: float, run: Run, size: float, marks: list[tuple[float, Run, Glyph]]) -> None:
        """Draw what stands in the line; what floats above or below it goes to `marks`, to be drawn after.

        A mark drawn in between needs a step back and forth, which readers of the text take for a space.
        """
        font = self._font(run.family, run.weight)
        shape_data: list[Any] = []
        characters: list[str] = []
        pen = 0
        for glyph in run.glyphs:
            if not glyph.text and (glyph.x_offset or glyph.y_offset):
                marks.append((x + (pen + glyph.x_offset) * size / 1000, run, glyph))
                if glyph.advance and shape_data:
                    shape_data[-1] = shape_data[-1]._replace(x_advance=shape_data[-1].x_advance + glyph.advance)
            else:
                characters.append(chr(font.code_of(glyph.gid, glyph.text, glyph.width)))
                shape_data.append(ttfonts.ShapeData(0, glyph.advance, 0, glyph.x_offset, glyph.y_offset, glyph.width))
            pen += glyph.advance
        # ActualText spells the run for readers that know it. Right to left it would be read backwards by some, and
        # every reader turns round the letters of the ToUnicode table by itself.
        spell = not run.right_to_left and any(len(glyph.text) != 1 for glyph in run.glyphs)
        if spell:
            spelled = (b"\xfe\xff" + run.text.encode("utf-16-be")).hex().upper()
            self.canvas._code.append(f"/Span << /ActualText <{spelled}> >> BDC")
        line = self.canvas.beginText(x, y)
        line.setFont(font.fontName, size)
        line.textOut(ttfonts.ShapedStr("".join(characters), shape_data))
        self.canvas.drawText(line)
        if spell:
            self.canvas._code.append("EMC")

    def _mark(self, x: float, y: float, run: Run, glyph: Glyph, size: float) -> None:
        font = self._font(run.family, run.weight)
        line = self.canvas.beginText(x, y)
        line.setFont(font.fontName, size)
        line.setRise(glyph.y_offset * size / 1000)  # not another baseline: to a reader of the text it is this line
        line.textOut(chr(font.code_of(glyph.gid, "", glyph.width)))
        line.setRise(0)
        self.canvas.drawText(line)
