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
