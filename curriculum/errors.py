"""Errors of curriculum: sentences that a reader can act on."""


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


class DossierFaults(CurriculumError):
    """A file of evidence is wrong. `faults` are the places and what is wrong there."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{place}: {problem}" for place, problem in faults))
