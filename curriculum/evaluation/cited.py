"""Which codes the figures of a rule name: competencies, topics, papers, units, authorities."""

from collections.abc import Mapping
from typing import Any

COMPETENCIES = ("competency", "competencies")
AUTHORITIES = ("authority",)
# What a pack must give words for: nobody but its author knows what these codes are called.
IN_WORDS = ("tag", "tags", "documents", "unit", "residences", "education")


def cited(figures: Any, keys: tuple[str, ...]) -> frozenset[str]:
    """The codes that stand under these keys, at any depth."""
    if isinstance(figures, Mapping):
        found: set[str] = set()
        for key, value in figures.items():
            if key in keys:
                found.update([value] if isinstance(value, str) else value)
            else:
                found |= cited(value, keys)
        return frozenset(found)
    if isinstance(figures, list | tuple):
        return frozenset().union(*(cited(item, keys) for item in figures))
    return frozenset()
