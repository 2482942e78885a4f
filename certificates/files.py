"""The issued PDFs, as files: written once under the certificate's public id, read back byte for byte.

They lie in the storage "certificates" (settings.STORAGES), apart from media: no web server shows that folder.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

STORAGE = "certificates"


def storage() -> Storage:
    """Return where issued PDFs lie."""
    return storages[STORAGE]


def name_of(public_id: UUID) -> str:
    """Return the name of the file: two letters of folder, so that no folder grows without end."""
    return f"{public_id.hex[:2]}/{public_id}.pdf"


def write_pdf(public_id: UUID, content: bytes) -> None:
    """Store the file of a certificate, over a broken one of the same name. Raises OSError; then nothing is left of it.

    What is acknowledged must survive a power cut, so a file on a disk of ours is flushed to it.
    """
    name, place = name_of(public_id), storage()
    place.delete(name)
    try:
        saved = place.save(name, ContentFile(content))
        if saved != name:
            place.delete(saved)
            raise OSError(f"The storage wanted to call {name} {saved}.")
        _flush(place, name)
    except OSError:
        place.delete(name)
        raise


def _flush(place: Storage, name: str) -> None:
    try:
        path = place.path(name)
    except NotImplementedError:  # not a disk of ours: whoever stores it answers for it
        return
    # The bytes, and the names that lead to them: a new file in a folder that was not flushed is lost with the power.
    for each in (path, os.path.dirname(path), place.path("")):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_pdf(public_id: UUID) -> bytes | None:
    """Return the stored bytes, or None where there are none."""
    try:
        with storage().open(name_of(public_id)) as file:
            return file.read()
    except FileNotFoundError:
        return None


def names() -> set[str]:
    """Return the names of all stored files."""
    place = storage()
    found: set[str] = set()
    try:
        folders, _loose = place.listdir("")
    except FileNotFoundError:  # nothing was ever stored
        return found
    for folder in folders:
        _below, stored = place.listdir(folder)
        found.update(f"{folder}/{name}" for name in stored)
    return found


def stray_names(known: Iterable[UUID], *, before: datetime) -> list[str]:
    """Return stored files that none of `known` owns and that were written before then."""
    place, strays = storage(), names().difference(name_of(public_id) for public_id in known)
    return sorted(name for name in strays if name.endswith(".pdf") and place.get_modified_time(name) < before)


def delete_stray(name: str) -> None:
    """Take away a file by its name."""
    storage().delete(name)


def delete_pdf(public_id: UUID) -> None:
    """Take away a file that no certificate came to own."""
    storage().delete(name_of(public_id))
