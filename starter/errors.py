"""Errors of starter."""


class StarterError(Exception):
    """Something cannot be loaded; the message says why and what to do."""
