"""Doorbells of people. Payload: one id. Rung after commit only; the row is the letter."""

from django.dispatch import Signal

mail_posted = Signal()  # mail_id: int
person_erased = Signal()  # person_id: int
