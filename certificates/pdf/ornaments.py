"""What is drawn and not written: the bridge and the QR code."""

from math import asin, cos, sin, sqrt
from typing import Any

import segno

from certificates.pdf.layout import CLAY, DECK, INK, STONE


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


def bridge(canvas: Any, x: float, y: float, span: float) -> None:
    """The arch bridge, whole: stones on both sides, the keystone, the deck over it, water below. Decoration."""
    rise, thick, stones = span * 0.26, span * 0.07, 11
    radius = (span * span / 4 + rise * rise) / (2 * rise)
    half = asin(span / 2 / radius)
    below = y - sqrt(radius * radius - span * span / 4)
    width = 2 * half / stones
    for number in range(stones):
        is_key = number == stones // 2
        canvas.setFillColor(CLAY if is_key else STONE)
        reach = thick * (1.16 if is_key else 1)
        start = -half + number * width
        _wedge(canvas, start + 0.006, start + width - 0.006, radius, radius + reach, x, below)
    canvas.setStrokeColor(DECK)
    canvas.setLineCap(1)
    canvas.setLineWidth(span * 0.016)
    top = y + rise + thick * 1.16 + span * 0.012
    canvas.line(x - span * 0.72, top, x + span * 0.72, top)
    canvas.setLineWidth(span * 0.005)
    for wave in range(2):
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
