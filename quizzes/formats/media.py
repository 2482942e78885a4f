"""Files that travel with items: what they are by their first bytes, whatever their name says."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

MAX_FILE_BYTES = 20_000_000  # what the bank keeps

_ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/svg+xml": ".svg",
    "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/ogg": ".ogg", "audio/wav": ".wav", "audio/webm": ".weba",
    "video/mp4": ".mp4", "video/webm": ".webm", "application/pdf": ".pdf",
}  # fmt: skip
# What an SVG could do beyond being a picture.
_ACTIVE_SVG = re.compile(
    rb"<\s*(?:[\w.-]+:)?(?:script|foreignObject|iframe|object|embed|handler|set|animate)\b|<!ENTITY|\bon[a-z]+\s*=|javascript:"
    rb"|(?:href|src)\s*=\s*[\"']\s*(?!#|data:image/(?:png|jpeg|gif|webp))",
    re.IGNORECASE,
)


def type_of(content: bytes, name: str = "") -> str | None:
    """The type of a file by what it begins with; None for what items do not hold, or hold only without script."""
    head = content[:512]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:11] == b"M4A" or name.lower().endswith((".m4a", ".aac")) else "video/mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "audio/webm" if name.lower().endswith((".weba",)) else "video/webm"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if re.match(
        rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg[^>\[]*>\s*)?<svg\b",
        head,
        re.DOTALL,
    ):
        return None if _ACTIVE_SVG.search(content) else "image/svg+xml"
    return None


def safe_name(name: str, type: str) -> str:
    """A file name without folders and signs that some system cannot store, with an ending that fits its type."""
    bare = re.sub(r"[\x00-\x1f\x7f\"*/:<>?\\|]", "_", PurePosixPath(name.replace("\\", "/")).name).strip(" .")
    stem = PurePosixPath(bare).stem[:200] if bare else ""
    suffix = PurePosixPath(bare).suffix
    return f"{stem or 'file'}{suffix or _ENDINGS[type]}"[:255]


def from_base64(text: str) -> bytes | None:
    """The bytes of a base64 text; None where it is broken."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


@dataclass
class MediaShelf:
    """The files of one item while it is read: the same bytes are kept once."""

    entries: dict[str, dict[str, str]] = field(default_factory=dict)
    content: dict[str, bytes] = field(default_factory=dict)

    def put(self, name: str, content: bytes) -> str | None:
        """Keep a file and return its key; None for a file that no item may hold.

        The key is made from the bytes: it tells nothing, and the same file has it again.
        """
        type = type_of(content, name)
        if type is None or len(content) > MAX_FILE_BYTES:
            return None
        key = f"f{hashlib.sha256(content).hexdigest()[:16]}"
        self.entries.setdefault(key, {"key": key, "name": safe_name(name, type), "type": type})
        self.content[key] = content
        return key

    def used(self, keys: set[str]) -> tuple[list[dict[str, str]], dict[str, bytes]]:
        """What is said of the files that are shown somewhere, and their bytes."""
        kept = [entry for key, entry in self.entries.items() if key in keys]
        return kept, {entry["key"]: self.content[entry["key"]] for entry in kept}
