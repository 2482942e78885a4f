"""Errors of curriculum: sentences that a reader can act on."""

from collections.abc import Iterable
from dataclasses import dataclass


class CurriculumError(Exception):
    """Something about competencies or requirements cannot be done; the message says why and what to do."""


class NoRequirementSet(CurriculumError):
    """No requirement set with this code is in force on this day."""


class InvalidCycle(CurriculumError):
    """The expiry day cannot be right."""


class DataFileError(CurriculumError):
    """A file of frameworks or packs is wrong; the message names the file and the key. For those who keep the files."""


class RulesInForce(CurriculumError):
    """Rules that are in force are never edited: a change is a new version."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, or was mended, in a file: the place, and a sentence."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}" if self.where else self.reason


class FrameworkFileError(CurriculumError):
    """A file of a framework was refused as a whole. `faults` has a line for each thing that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(str(fault) for fault in self.faults))


class LinkRefused(CurriculumError):
    """Two competencies cannot be linked."""
