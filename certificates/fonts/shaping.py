"""Text to positioned glyphs: which font, which direction, which shape. Draws nothing and knows no page."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import uharfbuzz
from bidi import algorithm as bidi

from certificates.fonts import FAMILIES, JOINERS, coverage, family_of, harfbuzz_face

# What may stand inside a word of any script and takes the font of its neighbour where that has it.
NEUTRAL = {"Zs", "Po", "Pd", "Ps", "Pe", "Pi", "Pf", "Mn", "Me", "Mc", "Nd", "Cf", "Sk", "Lm"}
RIGHT_TO_LEFT = {"R", "AL", "AN", "RLE", "RLO"}


@dataclass(frozen=True)
class Glyph:
    """One shape. `text` is what it stands for: all of a cluster on its main glyph, nothing on the others."""

    gid: int
    advance: int
    width: int
    x_offset: int
    y_offset: int
    text: str


@dataclass(frozen=True)
class Run:
    """Glyphs of one font, left to right as they are seen. Distances in thousandths of the font size."""

    family: str
    weight: str
    text: str
    right_to_left: bool
    glyphs: tuple[Glyph, ...]

    @property
    def advance(self) -> int:
        return sum(glyph.advance for glyph in self.glyphs)


@cache
def _harfbuzz_font(family: str, weight: str) -> uharfbuzz.Font:
    return uharfbuzz.Font(harfbuzz_face(family, weight))


def _levels(text: str) -> list[int]:
    """The embedding level of each character (Unicode bidirectional algorithm), the first strong letter deciding."""
    if not any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in text):
        return [0] * len(text)
    storage = bidi.get_empty_storage()
    base = bidi.get_base_level(text)
    storage["base_level"] = base
    storage["base_dir"] = ("L", "R")[base]
    bidi.get_embedding_levels(text, storage)
    for index, item in enumerate(storage["chars"]):
        item["index"] = index
    bidi.explicit_embed_and_overrides(storage)
    bidi.resolve_weak_types(storage)
    bidi.resolve_neutral_types(storage, False)
    bidi.resolve_implicit_levels(storage, False)
    levels: list[int] = [-1] * len(text)
    for item in storage["chars"]:
        levels[item["index"]] = item["level"]
    for index, level in enumerate(levels):  # joiners were set aside by the algorithm: they go with what is before them
        if level < 0:
            levels[index] = levels[index - 1] if index else base
    return levels


def _families(text: str) -> list[str]:
    """The family that prints each character; neutral ones keep the font of the word they are in."""
    families: list[str] = []
    for character in text:
        own = family_of(character) or FAMILIES[0]
        previous = families[-1] if families else None
        neutral = unicodedata.category(character) in NEUTRAL
        if previous and neutral and (ord(character) in coverage(previous) or character in JOINERS):
            own = previous
        families.append(own)
    return families


def _pieces(text: str) -> Iterator[tuple[int, int, str, int]]:
    """(start, end, family, level) of each stretch in one font and one direction, in reading order."""
    levels, families = _levels(text), _families(text)
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or (levels[index], families[index]) != (levels[start], families[start]):
            yield start, index, families[start], levels[start]
            start = index


@cache
def _nominal_width(family: str, weight: str, gid: int) -> int:
    return _harfbuzz_font(family, weight).get_glyph_h_advance(gid)


def _shape(text: str, family: str, weight: str, right_to_left: bool) -> Run:
    font = _harfbuzz_font(family, weight)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if right_to_left else "ltr"
    uharfbuzz.shape(font, buffer, {"kern": True, "liga": False, "clig": True})
    starts = [*sorted({info.cluster for info in buffer.glyph_infos}), len(text)]
    ends = dict(pairwise(starts))
    shapes = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
    # The letters of a cluster are told by its widest glyph: that is the one that stands in the line.
    tellers: dict[int, int] = {}
    for index, (info, position) in enumerate(shapes):
        best = tellers.get(info.cluster)
        if best is None or position.x_advance > shapes[best][1].x_advance:
            tellers[info.cluster] = index
    glyphs = [
        Glyph(
            gid=info.codepoint,
            advance=position.x_advance,
            width=_nominal_width(family, weight, info.codepoint),
            x_offset=position.x_offset,
            y_offset=position.y_offset,
            text=text[info.cluster : ends[info.cluster]] if tellers[info.cluster] == index else "",
        )
        for index, (info, position) in enumerate(shapes)
    ]
    return Run(family, weight, text, right_to_left, tuple(glyphs))


@lru_cache(maxsize=1024)  # labels come again on every certificate, and fitting asks for the same words many times
def shape_line(text: str, weight: str = "Regular") -> tuple[Run, ...]:
    """Return the runs of one line, left to right as they are seen."""
    pieces = list(_pieces(text))
    if not pieces:
        return ()
    # Rule L2 of the algorithm: from the highest level down, turn round each stretch at that level or above.
    order = list(range(len(pieces)))
    for level in range(max(piece[3] for piece in pieces), 0, -1):
        index = 0
        while index < len(order):
            if pieces[order[index]][3] < level:
                index += 1
                continue
            end = index
            while end < len(order) and pieces[order[end]][3] >= level:
                end += 1
            order[index:end] = reversed(order[index:end])
            index = end
    return tuple(
        _shape(text[start:end], family, weight, level % 2 == 1)
        for start, end, family, level in (pieces[index] for index in order)
    )


def width_of(text: str, size: float, weight: str = "Regular") -> float:
    """Return how wide `text` is in one line at `size` points."""
    return sum(run.advance for run in shape_line(text, weight)) * size / 1000
