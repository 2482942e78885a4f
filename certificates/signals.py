"""Doorbells of certificates. Payload: one id. Rung after commit only; the row is the letter."""

from django.dispatch import Signal

certificate_issued = Signal()  # certificate_id: int
certificate_revoked = Signal()  # certificate_id: int
