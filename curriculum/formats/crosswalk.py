"""Reads the files of proposed crosswalks (YAML). Every link in them is a proposal: only people confirm."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from curriculum.errors import DataFileError
from curriculum.formats.case_terms import LINK_TYPES


@dataclass(frozen=True, kw_only=True)
class ProposedLink:
    """One line of a file: two competencies, each by the code of its framework and its own."""

    origin_framework: str
    origin: str
    destination_framework: str
    destination: str
    association: str
    note: str
    source: str


def read_crosswalk(path: Path) -> list[ProposedLink]:
    """Read one file. Raises DataFileError with the file and the place."""
    try:
        content = yaml.safe_load(path.read_bytes())
    except yaml.YAMLError as error:
        raise DataFileError(f"{path.name}: this is not YAML: {error}") from error
    source = _take(content, "source", str, path.name)
    rows = _take(content, "links", list, path.name)
    links = [_link(row, source, f"{path.name}: links[{index}]") for index, row in enumerate(rows, start=1)]
    pairs = [
        frozenset(((item.origin_framework, item.origin), (item.destination_framework, item.destination)))
        for item in links
    ]
    for index, pair in enumerate(pairs, start=1):
        if pair in pairs[: index - 1]:
            raise DataFileError(f"{path.name}: links[{index}] stands twice.")
    return links


def _take(entry: Any, key: str, kind: type, where: str) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get(key), kind) or not entry[key]:
        raise DataFileError(f"{where}: {key} is missing, or is no {kind.__name__}.")
    return entry[key]


def _link(row: Any, source: str, where: str) -> ProposedLink:
    origin = _end(_take(row, "from", str, where), where)
    destination = _end(_take(row, "to", str, where), where)
    association = row.get("association", "isRelatedTo")
    note = row.get("note", "")
    if association not in LINK_TYPES:
        raise DataFileError(f"{where}: association must be one of {', '.join(LINK_TYPES)}.")
    if not isinstance(note, str):
        raise DataFileError(f"{where}: note must be a text.")
    if unknown := sorted(set(row) - {"from", "to", "association", "note"}):
        raise DataFileError(f"{where}: {unknown[0]} is not known here.")
    if origin[0] == destination[0]:
        raise DataFileError(f"{where}: a link joins two frameworks.")
    return ProposedLink(
        origin_framework=origin[0],
        origin=origin[1],
        destination_framework=destination[0],
        destination=destination[1],
        association=association,
        note=note,
        source=source,
    )


def _end(text: str, where: str) -> tuple[str, str]:
    """ "FRAMEWORK/CODE" as its two parts."""
    framework, slash, code = text.partition("/")
    if not (framework and slash and code):
        raise DataFileError(f"{where}: “{text}” must be FRAMEWORK/CODE.")
    return framework, code
