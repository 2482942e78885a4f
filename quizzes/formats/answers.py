"""Files that learners send as answers: what they are by their bytes, whatever their name says.

Narrower than what items may show: no SVG (it can hold scripts), no document with macros. Containers that hold sound
or film (MP4, WebM, 3GP) pass as sound: phones record voices into them.
"""

import io
import zipfile

from quizzes.formats.media import type_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"

TYPES = {
    "image": ("image/jpeg", "image/png", "image/webp", "image/gif"),
    "audio": (
        "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm", "audio/aac", "audio/amr", "audio/3gpp",
        "audio/flac",
    ),
    "document": ("application/pdf", DOCX, ODT),
}  # fmt: skip
ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a", "audio/ogg": ".ogg", "audio/wav": ".wav", "audio/webm": ".weba", "audio/aac": ".aac",
    "audio/amr": ".amr", "audio/3gpp": ".3gp", "audio/flac": ".flac", "application/pdf": ".pdf", DOCX: ".docx",
    ODT: ".odt",
}  # fmt: skip
LARGEST_LISTING = 5_000  # entries of a document's container: more is no document


def answer_type(content: bytes, accept: str) -> str | None:
    """The type of a file that answers a question for `accept` (image, audio or document); None for any other file."""
    found = _type_of(content)
    if accept == "audio" and found in {"video/mp4", "video/webm"}:
        found = found.replace("video", "audio")
    return found if found in TYPES[accept] else None


def _type_of(content: bytes) -> str | None:
    head = content[:12]
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    if head[4:8] == b"ftyp" and head[8:11] in {b"3gp", b"3g2"}:
        return "audio/3gpp"
    if head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"mif1", b"avif"}:
        return None  # pictures that few browsers show
    if head.startswith(b"PK\x03\x04"):
        return _document_type(content)
    return type_of(content)


def _document_type(content: bytes) -> str | None:
    """Which text document a ZIP container is; None for any other, and for one that carries macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            if len(container.infolist()) > LARGEST_LISTING:
                return None
            names = set(container.namelist())
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                return None
            if {"[Content_Types].xml", "word/document.xml"} <= names:
                return DOCX
            if "mimetype" in names and container.getinfo("mimetype").file_size == len(ODT):
                return ODT if container.read("mimetype") == ODT.encode() else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        return None
    return None
