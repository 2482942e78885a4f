"""Errors of certificates: sentences that a person can read."""


class CertificateError(Exception):
    """Something about hours or certificates cannot be done; the message says why and what to do."""
