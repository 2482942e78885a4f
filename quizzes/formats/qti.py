"""QTI packages as items: version 3, and versions 2.1 and 2.2, from a zip file with a manifest or from a single item.

Our own packages have a data file beside each item, from which it comes back whole; it counts only while the item beside
it is byte for byte as we wrote it. Where somebody edited the item, what the standard says wins.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _

from quizzes.errors import ItemFileError
from quizzes.formats.html import FindFile
from quizzes.formats.media import MAX_FILE_BYTES, MediaShelf, type_of
from quizzes.formats.packages import Package, is_zip, open_package, resolved
from quizzes.formats.qti_kinds import ItemReader
from quizzes.formats.qti_names import attribute, first, local, named
from quizzes.formats.shapes import (
    Fault,
    Notes,
    Reading,
    ReadItem,
    Refused,
    build,
    check_count,
    check_size,
    mended_code,
    short_name,
)
from quizzes.formats.texts import without_control
from quizzes.formats.xml import Element, parse
from quizzes.items import media_named

MANIFEST = "imsmanifest.xml"
DATA_SUFFIX = ".puente.json"


@dataclass
class _Source:
    """One item on its way in: where its XML stands, and the other files that belong to it."""

    name: str
    package: Package | None = None
    files: tuple[str, ...] = ()
    single: bytes = b""  # the file itself, where it is no package

    def read(self) -> bytes:
        """The XML; empty where the package has none of this name."""
        return (self.package.read(self.name) or b"") if self.package else self.single


def read_qti(content: bytes, *, language: str = "en") -> Reading:
    """Every item of a QTI package or of a single file, read or refused. Raises ItemFileError for what is neither.

    An item that says its language (`xml:lang`) is kept under that one, all others under `language`.
    """
    check_size(content)
    notes = Notes()
    sources = _sources(content, notes)
    check_count(len(sources))
    # A manifest may name one file ever so often.
    read: dict[tuple[str, tuple[str, ...]], ReadItem | Refused] = {}
    for source in sources:
        if (key := (source.name, source.files)) not in read:
            read[key] = _read(source, source.read(), language)
    entries = tuple(read[source.name, source.files] for source in sources)
    return Reading(entries=entries, changed=notes.changed)


def _sources(content: bytes, notes: Notes) -> list[_Source]:
    """Where the items stand; none of those that a manifest names is read yet."""
    if not is_zip(content):
        root, _changed = parse(content)
        if local(root) != "assessmentItem":
            raise ItemFileError(_root_problem(root), line=root.sourceline or 1)
        return [_Source("item.xml", single=content)]
    package = open_package(content)
    listed = list(_listed(package, notes))
    loose = list(_unlisted(package, {source.name for source in listed}))
    if listed and loose:
        names = ", ".join(source.name for source in loose[:12])
        notes.change(_("The manifest does not name these items, so they were not read: %(names)s.") % {"names": names})
    if not listed and not loose:
        raise ItemFileError(_package_problem(package))
    return listed or loose


def _package_problem(package: Package) -> str:
    """Why a package without an item has none."""
    for name in package.names:
        content = package.read(name) if name.endswith(".xml") else None
        if content and b"<questestinterop" in content[:4_000]:
            return _old_version()
    return _("There is no QTI item in this package.")


def _old_version() -> str:
    return _("This is QTI 1.2, which is not read. Versions 2.1, 2.2 and 3 are.")


def _root_problem(root: Element) -> str:
    if local(root) == "questestinterop":
        return _old_version()
    if local(root) == "assessmentTest":
        return _("This is a QTI test. Its items stand in files of their own: bring the whole package.")
    return _("This is no QTI item: it does not begin with an assessment item.")


def _listed(package: Package, notes: Notes) -> Iterator[_Source]:
    """Items in the order of the manifest."""
    name = next((name for name in package.names if name.rsplit("/", 1)[-1] == MANIFEST), None)
    content = package.read(name) if name else None
    if name is None or content is None:
        return
    root, _changed = parse(content)
    for resource in root.iter():
        type = resource.get("type", "").lower() if local(resource) == "resource" else ""
        if not type.startswith("imsqti"):
            continue
        files = tuple(
            resolved(name, unquote(child.get("href")))
            for child in resource
            if local(child) == "file" and child.get("href")
        )
        given = resource.get("href", "")
        href = resolved(name, unquote(given)) if given else next(iter(files), "")
        if "item" in type:
            yield _Source(href or resource.get("identifier", ""), package, files)
        elif "test" in type:
            notes.change(_("The package has a test too: its items were read, how it puts them together was not."))


def _unlisted(package: Package, listed: set[str]) -> Iterator[_Source]:
    """Items of a package that no manifest names."""
    for name in sorted(set(package.names) - listed):
        may_be = name.endswith(".xml") and name.rsplit("/", 1)[-1] != MANIFEST
        content = package.read(name) if may_be else None
        if content and b"ssessment" in content and (b"assessmentItem" in content or b"qti-assessment-item" in content):
            try:
                root, _changed = parse(content)
            except ItemFileError:
                yield _Source(name, package)
                continue
            if local(root) == "assessmentItem":
                yield _Source(name, package)


def _read(source: _Source, content: bytes, language: str) -> ReadItem | Refused:
    if not content:
        return Refused(id=source.name, line=0, reason=_("The package has no readable file of this name."))
    own = _own_data(source, content)
    if own is not None:
        return own
    try:
        root, changed = parse(content)
    except ItemFileError as error:
        return Refused(id=source.name, line=error.line, reason=str(error))
    name = root.get("identifier", "") or source.name
    if local(root) != "assessmentItem":
        return Refused(id=source.name, line=root.sourceline or 1, reason=_root_problem(root))
    notes, shelf = Notes(), MediaShelf()
    for sentence in changed:
        notes.change(sentence)

    find_file = _finder(source.package, source.name, shelf)
    shared = _shared(root, source, notes, shelf)
    code = mended_code(root.get("identifier", ""))
    reader = ItemReader(root, _language(root, language), notes, find_file, shelf, shared=shared)
    try:
        values: dict[str, Any] = {
            "code": code,
            "name": short_name(without_control(root.get("title", ""))),
            **reader.values(),
        }
        media, files = shelf.used(media_named(values))
        spec = build({**values, "media": media})
    except Fault as fault:
        return Refused(id=name, line=fault.line or root.sourceline or 1, reason=str(fault))
    if code != root.get("identifier", ""):
        notes.change(_("The identifier “%(id)s” became “%(code)s”.") % {"id": name[:100], "code": code})
    return ReadItem(id=name, line=root.sourceline or 1, spec=spec, media=files, changed=notes.changed)


def _finder(package: Package | None, base: str, shelf: MediaShelf) -> FindFile:
    """What finds the files that a part of the package shows."""

    def find_file(address: str) -> str | None:
        if package is None or ":" in address:
            return None
        part = resolved(base, unquote(address))
        content = package.read(part) if part else None
        return shelf.put(part.rsplit("/", 1)[-1], content) if content else None

    return find_file


def _shared(root: Element, source: _Source, notes: Notes, shelf: MediaShelf) -> list[tuple[Element, FindFile]]:
    """The texts that the item shares with others, which stand in files of their own."""
    found = []
    for reference in named(root, "assessmentStimulusRef"):
        href = attribute(reference, "href")
        part = resolved(source.name, unquote(href))
        content = source.package.read(part) if source.package and part else None
        try:
            body = first(parse(content)[0], "stimulusBody") if content else None
        except ItemFileError:
            body = None
        if body is None:
            notes.lost([href[:80] or "assessmentStimulusRef"])
        else:
            found.append((body, _finder(source.package, part, shelf)))
    return found


def _language(root: Element, language: str) -> str:
    given = (attribute(root, "lang") or "").split("-")[0].lower()
    return given if len(given) in (2, 3) and given.isascii() and given.isalpha() else language


def _own_data(source: _Source, xml: bytes) -> ReadItem | Refused | None:
    """The item from the data file that we wrote beside it; None where there is none, or the item was edited since."""
    name = next((file for file in source.files if file.endswith(DATA_SUFFIX)), None)
    content = source.package.read(name) if source.package and name else None
    if content is None:
        return None
    try:
        data = json.loads(content)
        is_same = data["xml_sha256"] == hashlib.sha256(xml).hexdigest()
        values, files = dict(data["item"]), dict(data["media"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not is_same:
        return None
    try:
        spec = build(values)
    except Fault as fault:
        return Refused(id=source.name, line=1, reason=str(fault))
    media: dict[str, bytes] = {}
    for entry in spec.media:
        place = files.get(entry.key)
        found = source.package.read(place) if source.package and isinstance(place, str) else None
        if found is None or len(found) > MAX_FILE_BYTES or type_of(found, entry.name) != entry.type:
            reason = _("The file “%(name)s” is missing or is not what it says.") % {"name": entry.name}
            return Refused(id=spec.code or source.name, line=1, reason=reason)
        media[entry.key] = found
    return ReadItem(id=spec.code or spec.name, line=1, spec=spec, media=media)
