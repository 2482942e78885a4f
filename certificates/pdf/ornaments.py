"""What is drawn and not written: the bridge, the frame, the logo and the QR code."""

from functools import lru_cache
from io import BytesIO
from math import asin, cos, sin, sqrt
from typing import Any

import segno
from reportlab.lib.utils import ImageReader

from certificates.pdf.layout import INK, Page

FRAME = 24.0  # from the edge of the paper: inside of what office printers can print


def _wedge(canvas: Any, start: float, end: float, inner: float, outer: float, x: float, y: float) -> None:
    """One stone of the arch, its sides pointing to the middle of the circle."""
    steps = 6
    angles = [start + (end - start) * step / steps for step in range(steps + 1)]
    path = canvas.beginPath()
    path.moveTo(x + inner * sin(angles[0]), y + inner * cos(angles[0]))
    for angle in angles:
        path.lineTo(x + outer * sin(angle), y + outer * cos(angle))
    for angle in reversed(angles):
        path.lineTo(x + inner * sin(angle), y + inner * cos(angle))
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def bridge(
    page: Page, x: float, y: float, span: float, *, deck: tuple[float, float] | None = None, with_water: bool = True
) -> None:
    """The arch bridge, whole: stones on both sides, the keystone, the deck over it, water below. Decoration.

    `deck`: where it begins and ends; otherwise a little beyond the arch.
    """
    canvas = page.canvas
    rise, thick, stones = span * 0.26, span * 0.07, 11
    radius = (span * span / 4 + rise * rise) / (2 * rise)
    half = asin(span / 2 / radius)
    below = y - sqrt(radius * radius - span * span / 4)
    width = 2 * half / stones
    for number in range(stones):
        is_key = number == stones // 2
        canvas.setFillColor(page.accent if is_key else page.stone)
        reach = thick * (1.16 if is_key else 1)
        start = -half + number * width
        _wedge(canvas, start + 0.006, start + width - 0.006, radius, radius + reach, x, below)
    canvas.setStrokeColor(page.main)
    canvas.setLineCap(1)
    canvas.setLineWidth(span * 0.016)
    top = y + rise + thick * 1.16 + span * 0.012
    start_x, end_x = deck or (x - span * 0.72, x + span * 0.72)
    canvas.line(start_x, top, end_x, top)
    canvas.setLineWidth(span * 0.005)
    for wave in range(2 if with_water else 0):
        path = canvas.beginPath()
        left, height = x - span * (0.30 - wave * 0.10), y + span * (0.03 - wave * 0.035)
        path.moveTo(left, height)
        for _step in range(4 - wave):
            path.curveTo(
                left + span * 0.04, height + span * 0.03, left + span * 0.08, height - span * 0.03,
                left + span * 0.13, height,
            )  # fmt: skip
            left += span * 0.13
        canvas.drawPath(path, stroke=1, fill=0)
    canvas.setLineCap(0)


def thickness(border: str) -> float:
    """How far a border reaches inward."""
    return {"double": 5.3, "stones": 7.0}.get(border, 0.0)


def frame(page: Page, border: str) -> None:
    """The border of the page: a line, two lines, or stones as in the arch. Decoration."""
    canvas, width, height = page.canvas, page.width - 2 * FRAME, page.height - 2 * FRAME
    canvas.setStrokeColor(page.main)
    if border == "line":
        canvas.setLineWidth(1.1)
        canvas.rect(FRAME, FRAME, width, height, stroke=1, fill=0)
    elif border == "double":
        canvas.setLineWidth(2.4)
        canvas.rect(FRAME, FRAME, width, height, stroke=1, fill=0)
        canvas.setLineWidth(0.6)
        canvas.rect(FRAME + 5, FRAME + 5, width - 10, height - 10, stroke=1, fill=0)
    elif border == "stones":
        _stones(page, width, height)


def _stones(page: Page, width: float, height: float) -> None:
    """A course of stones around the page, with a keystone at each corner. Written as operators, for there are many."""
    canvas, thick = page.canvas, 7.0
    stones: list[str] = []
    for along, across, length in ((True, FRAME, width), (True, page.height - FRAME - thick, width),
                                  (False, FRAME, height), (False, page.width - FRAME - thick, height)):  # fmt: skip
        inner = length - 2 * thick
        count = round(inner / 24)
        size = inner / count
        for number in range(count):
            start = FRAME + thick + number * size + 0.6
            box = (start, across, size - 1.2, thick) if along else (across, start, thick, size - 1.2)
            stones.append(" ".join(f"{side:.2f}" for side in box) + " re")
    canvas.setFillColor(page.stone)
    canvas._code.append(" ".join([*stones, "f"]))
    canvas.setFillColor(page.accent)
    for x in (FRAME, page.width - FRAME - thick):
        for y in (FRAME, page.height - FRAME - thick):
            canvas.rect(x, y, thick, thick, stroke=0, fill=1)


def divider(page: Page, y: float, reach: float) -> None:
    """A line with a keystone in its middle. Decoration."""
    canvas, middle = page.canvas, page.width / 2
    canvas.setStrokeColor(page.stone)
    canvas.setLineWidth(0.8)
    canvas.line(middle - reach, y, middle - 8, y)
    canvas.line(middle + 8, y, middle + reach, y)
    canvas.setFillColor(page.accent)
    path = canvas.beginPath()
    path.moveTo(middle - 4.5, y + 4)
    path.lineTo(middle + 4.5, y + 4)
    path.lineTo(middle + 2.6, y - 4)
    path.lineTo(middle - 2.6, y - 4)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


@lru_cache(maxsize=8)
def _picture(content: bytes) -> ImageReader:
    """The decoded picture: of a thousand certificates each has the same."""
    return ImageReader(BytesIO(content))


def logo(page: Page, content: bytes, x: float, y: float, width: float, height: float) -> tuple[float, float]:
    """Draw the picture as large as fits into the box, centred in it; return the size it has."""
    picture = _picture(content)
    wide, high = picture.getSize()
    scale = min(width / wide, height / high)
    size = (wide * scale, high * scale)
    left, bottom = x + (width - size[0]) / 2, y + (height - size[1]) / 2
    page.canvas.drawImage(picture, left, bottom, *size)
    return size


def qr_code(canvas: Any, text: str, x: float, y: float, size: float) -> None:
    """A QR code in the square whose lower left corner is (x, y); runs of dark squares are drawn as one."""
    matrix = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    cell = size / len(matrix)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(cell, cell)
    canvas.setFillColor(INK)
    # Written as operators: hundreds of rectangles through reportlab's path objects take longer than all the text.
    squares = []
    for row_number, row in enumerate(matrix):
        start = None
        for column, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                squares.append(f"{start} {len(matrix) - row_number - 1} {column - start} 1 re")
                start = None
    canvas._code.append(" ".join([*squares, "f"]))
    canvas.restoreState()
