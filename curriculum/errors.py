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


class RegisterError(CurriculumError):
    """An approval, a sponsorship or a waiver cannot be written like this."""


class Overlap(RegisterError):
    """Two entries about the same share a day; the sentence names both."""


class NotADraft(RegisterError):
    """It was published, so it stays as it is: it can be ended, or voided with a reason."""


class NotInEffect(RegisterError):
    """It is a draft or void: there is nothing to end."""


class StalePreview(CurriculumError):
    """What a preview was begun for has changed since."""


class DossierFaults(CurriculumError):
    """A file of evidence is wrong. `faults` are the places and what is wrong there."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{place}: {problem}" for place, problem in faults))


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
