"""Errors of people: sentences that the person at the screen can read."""


class PeopleError(Exception):
    """Something about a person cannot be done; the message says why and what to do."""


class RoleNotAllowedHere(PeopleError):
    """The role does not go with this kind of organization."""


class ConsentNotPossible(PeopleError):
    """This consent cannot be given as asked."""


class UnknownPermission(PeopleError):
    """The table of roles names a permission that an installed app does not have."""


class ErasureNotPossible(PeopleError):
    """This person's data cannot be erased as long as something stands in the way."""
