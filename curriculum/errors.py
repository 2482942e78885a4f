"""Errors of curriculum: sentences that a reader can act on."""


class CurriculumError(Exception):
    """Something about competencies or requirements cannot be done; the message says why and what to do."""
