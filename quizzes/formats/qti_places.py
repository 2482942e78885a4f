"""Places in a picture as QTI writes them, in pixels."""

import io
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from quizzes.formats.moodle_kinds import decimal_of
from quizzes.formats.shapes import Fault


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a picture in pixels; None for one that cannot be looked into."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.size
    except Exception:  # noqa: BLE001 - a broken picture raises whatever its reader stumbles over
        return None


def area_of(shape: str, coords: str, width: int, height: int) -> dict[str, Any]:
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
