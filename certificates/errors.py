"""Errors of certificates: sentences that a person can read."""


class CertificateError(Exception):
    """Something about hours or certificates cannot be done; the message says why and what to do."""


class NotEligible(CertificateError):
    """The certificate cannot be issued (yet)."""


class AlreadyRevoked(CertificateError):
    """The certificate was taken back before."""


class AlreadySuperseded(CertificateError):
    """A newer certificate took its place before."""


class FileLost(CertificateError):
    """The stored file of a certificate is gone, and cannot be made again as it was."""


class NotAllowed(CertificateError):
    """The person may not do this."""


class AlreadyDecided(CertificateError):
    """Somebody decided before."""


class InvalidAdjustment(CertificateError):
    """The figures of an adjustment do not fit together."""
