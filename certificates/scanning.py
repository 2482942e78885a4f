"""Pure: what a file that somebody dropped says about itself. A scanner, not a parser.

A hostile PDF has nothing to work on here: no object is followed, nothing is built from it, and bytes, streams, time and
what is unpacked are bounded. It finds two things: the hashes of the file and of the revisions inside it (a file to
which something was added still begins with the one that was issued), and links to our checking page, in plain bytes or
in packed streams.
"""

import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from certificates import codes

MOST_REVISIONS = 20
MOST_TOKENS = 5
MOST_STREAMS = 400
MOST_READ_OF_A_STREAM = 256 * 1024
MOST_UNPACKED_OF_A_STREAM = 512 * 1024
MOST_UNPACKED = 8 * 1024 * 1024
MOST_SECONDS = 1.0
LINK = re.compile(rb"/v/([0-9A-Za-z]{%d})(?![0-9A-Za-z])" % codes.TOKEN_LENGTH)
STREAM = re.compile(rb"stream\r?\n")
END = re.compile(rb"%%EOF(\r?\n|\r)?")


@dataclass(frozen=True)
class Scan:
    """What was found. `sha256`: of the whole; `revisions`: of what the file began as; `tokens`: of links to us."""

    sha256: str
    revisions: tuple[str, ...]
    tokens: tuple[str, ...]


def scan(content: bytes) -> Scan:
    """Scan a file. Whatever the bytes are, it answers, within about a second."""
    return Scan(sha256(content).hexdigest(), tuple(_revisions(content)), tuple(_tokens(content)))


def _revisions(content: bytes) -> Iterator[str]:
    """The hash of each beginning that ends where a PDF may end, the whole file aside."""
    running, hashed = sha256(), 0
    for number, end in enumerate(END.finditer(content)):
        if number == MOST_REVISIONS:
            return
        mark = end.start() + len(b"%%EOF")
        for place in sorted({mark, *range(mark + 1, end.end() + 1)}):
            running.update(content[hashed:place])
            hashed = place
            if place < len(content):
                yield running.copy().hexdigest()


def _tokens(content: bytes) -> list[str]:
    found: dict[str, None] = {}
    for piece in (content, *_unpacked(content)):
        for link in LINK.finditer(piece):
            token = codes.normalise(link[1].decode("ascii"))
            if codes.is_token(token):
                found[token] = None
            if len(found) == MOST_TOKENS:
                return list(found)
    return list(found)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What Flate streams hold, as far as the bounds allow."""
    deadline, left = time.monotonic() + MOST_SECONDS, MOST_UNPACKED
    for number, start in enumerate(STREAM.finditer(content)):
        if number == MOST_STREAMS or left <= 0 or time.monotonic() > deadline:
            return
        packed = content[start.end() : start.end() + MOST_READ_OF_A_STREAM]
        try:
            piece = zlib.decompressobj().decompress(packed, min(left, MOST_UNPACKED_OF_A_STREAM))
        except zlib.error:
            continue
        left -= len(piece)
        yield piece
