"""Zip files of strangers: nothing is unpacked to a disk, and nothing grows out of proportion."""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from quizzes.errors import ItemFileError

MAX_UNPACKED = 200 * 1024 * 1024
MAX_PART = 25 * 1024 * 1024
MAX_PARTS = 50_000
# Text packs well, but a thousand to one is no text.
MAX_RATIO = 300
# Any file gets one date, so that the same items give the same bytes.
_DATE = (2000, 1, 1, 0, 0, 0)


def is_zip(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


@dataclass
class Package:
    """The parts of a zip file by name. A part is read when it is asked for, never beyond its limit."""

    archive: zipfile.ZipFile
    names: dict[str, zipfile.ZipInfo]

    def read(self, name: str) -> bytes | None:
        """The bytes of a part; None where there is none, or where it is not what it says of itself."""
        info = self.names.get(name)
        if info is None:
            return None
        try:
            with self.archive.open(info) as opened:
                content = opened.read(MAX_PART + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
            return None
        except Exception as error:
            if type(error).__module__ in ("zlib", "lzma", "_lzma", "_bz2"):
                return None
            raise
        return content if len(content) <= MAX_PART else None


def open_package(content: bytes) -> Package:
    """A zip file that was looked through. Raises ItemFileError for what is no zip, or could do harm."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, IndexError) as error:
        raise ItemFileError(_("This is not a zip file, or it is broken.")) from error
    if len(infos) > MAX_PARTS:
        raise ItemFileError(_("The zip file has too many parts: at most %(count)d.") % {"count": MAX_PARTS})
    total = 0
    names: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if info.is_dir():
            continue
        if not is_safe(info.filename):
            raise ItemFileError(
                _("A part of the zip file points outside of it: “%(name)s”.") % {"name": info.filename[:80]}
            )
        if info.flag_bits & 0x1:
            raise ItemFileError(_("The zip file is locked with a password."))
        total += info.file_size
        is_bomb = info.file_size > 1024 * 1024 and info.file_size > MAX_RATIO * max(1, info.compress_size)
        if total > MAX_UNPACKED or is_bomb:
            raise ItemFileError(_("The zip file would become too large: at most %(size)d MB.") % {
                "size": MAX_UNPACKED // 1024 // 1024,
            })  # fmt: skip
        names.setdefault(info.filename, info)
    return Package(archive, names)


def is_safe(name: str) -> bool:
    """Whether a name stays inside its package."""
    return not (
        name.startswith(("/", "\\"))
        or "\\" in name
        or "\x00" in name
        or re.match(r"[A-Za-z]:", name)
        or ".." in PurePosixPath(name).parts
    )


def resolved(base: str, reference: str) -> str:
    """The name of a part that another part refers to; ".." may not lead out. Empty where it does."""
    # A slash in front means the top of the package.
    parts: list[str] = [] if reference.startswith("/") else list(PurePosixPath(base).parent.parts)
    for part in PurePosixPath(reference.split("#")[0].split("?")[0]).parts:
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in (".", "/"):
            parts.append(part)
    return "/".join(parts)


def pack(parts: dict[str, bytes]) -> bytes:
    """A zip file of these parts; the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, date_time=_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return out.getvalue()
